"""How much of a question stands in a piece of text: weighted coverage of its words, printed names standing in for asked ones."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.indicators import indicators
from rag.records import Query
from rag.text import matching_key, search_terms

EQUIVALENT = 0.8
"""What a printed name counts beside the asked one it stands for."""
YEAR_WEIGHT = 0.5
CONTEXT = 0.5
"""What a word counts that stands in the headings above a text rather than in it."""
TABLE_CONTEXT = 0.85
"""What a word counts that stands in the caption or header of a table row."""


@lru_cache(maxsize=50_000)
def term_set(text: str) -> frozenset[str]:
    """The search terms of a text, each once."""
    return frozenset(search_terms(text))


@lru_cache(maxsize=50_000)
def _key(text: str) -> str:
    return matching_key(text)


@dataclass(frozen=True, slots=True)
class Relevance:
    """The words of a question with their weights."""

    weights: Mapping[str, float]
    equivalents: tuple[tuple[frozenset[str], tuple[str, ...]], ...]
    """(terms of an asked name, keys of the printed names that stand for it)."""

    @property
    def total(self) -> float:
        """Sum of all weights."""
        return sum(self.weights.values())

    def shares(self, text: str) -> dict[str, float]:
        """The question's terms a text covers, each with the share of its weight that it earns."""
        covered = {term: 1.0 for term in term_set(text) if term in self.weights}
        key = _key(text)
        for terms, printed in self.equivalents:
            if any(name in key for name in printed):
                for term in terms & self.weights.keys():
                    covered.setdefault(term, EQUIVALENT)
        return covered

    def coverage(self, text: str, context: str = "", context_share: float = CONTEXT) -> float:
        """Share of the question's weight, 0 to 1, that stands in a text, or (counting less) in its context."""
        covered = {term: context_share * share for term, share in self.shares(context).items()} if context else {}
        for term, share in self.shares(text).items():
            covered[term] = max(share, covered.get(term, 0.0))
        return sum(self.weights[term] * share for term, share in covered.items()) / self.total if self.total else 0.0


def query_to_relevance(query: Query, texts: Sequence[str]) -> Relevance:
    """The question's words, rare ones among `texts` heavy."""
    question = query.terms[0] if query.terms else query.standalone
    terms = term_set(question)
    documents = Counter(term for text in texts for term in term_set(text) & terms)
    weights = {
        term: math.log((len(texts) + 1.5) / (documents[term] + 0.5)) * (YEAR_WEIGHT if term.isdigit() else 1.0)
        for term in terms
    }
    return Relevance(weights, _equivalents(question))


def _equivalents(question: str) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    key = matching_key(question)
    found = []
    for indicator in indicators():
        asked = [name for name in indicator.asked if matching_key(name) in key]
        if asked:
            longest = max(asked, key=len)
            found.append((term_set(longest), tuple(matching_key(name) for name in indicator.printed)))
    return tuple(found)
