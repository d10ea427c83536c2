"""One thing asked, with all that is the same for every figure weighed for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rag.language.numbers import cell_number, find_scopes
from rag.language.text import text_key
from rag.question.slots import Slot
from rag.records import Evidence, Number
from rag.retrieval.relevance import Relevance

MIN_LABEL = 2
KNOWN_SHARE = 0.5
"""From this share on a word counts as standing in a text."""
_YEAR_END = re.compile("年底|年末|年终")


@dataclass(frozen=True, slots=True)
class Ask:
    """One slot with everything that is the same for all figures weighed for it."""

    slot: Slot
    question: str
    """Key of what the whole question asks, its colleges aside."""
    own: str
    """Key of what a follow-up asks itself, without what it leaves to the question before."""
    whole: Relevance
    """The question's words; those of other slots count less."""
    local: Relevance
    """The slot's own words."""
    head: Relevance
    """The words straight before and behind its interrogative."""
    subject: frozenset[str]
    """Nouns of the slot that what answers it should speak of."""
    months: frozenset[int]
    premise: tuple[Number, ...]
    """Figures that the question itself names: what it supposes or has read."""
    leans: bool
    """The slot names nothing of its own."""
    contrasts: Mapping[int, frozenset[str]]
    """Class of qualities → those asked for (`contrasts`)."""
    memo: dict[object, object] = field(default_factory=dict, compare=False)
    """What was worked out for it so far."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the evidence as a whole says of the question."""

    known: frozenset[str]
    """The question's words that stand in it anywhere."""
    named: tuple[str, ...]
    """Keys of the row labels that the question names."""


def surroundings(asked: Ask, evidence: Evidence) -> Surroundings:
    """What the evidence says of a question, worked out once for each."""
    key = ("surroundings", id(evidence))
    if key not in asked.memo:
        passages = evidence.passages
        text = " ".join(" ".join([*passage.path, passage.text]) for passage in passages)
        shares = Relevance({**asked.whole.weights, **asked.local.weights}, asked.whole.equivalents).shares(text)
        known = frozenset(word for word, share in shares.items() if share >= KNOWN_SHARE)
        rows = [line.split("\t") for passage in passages if passage.table_id for line in passage.text.splitlines()]
        asked.memo[key] = Surroundings(known, named_labels(asked.question, rows))
    return asked.memo[key]  # type: ignore[return-value]


def named_labels(question: str, rows: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Keys of the labels of rows that stand whole in a question, longest first, none inside another."""
    keys = {text_key(re.split(r"[(（]", label)[0]) for row in rows for label in row if cell_number(label) is None}
    found: list[str] = []
    left = question
    for key in sorted((key for key in keys if MIN_LABEL <= len(key) <= 20 and key in question), key=len, reverse=True):
        if key in left:
            left = left.replace(key, "\0")
            found.append(key)
    return tuple(found)


def months_asked(question: str) -> frozenset[int]:
    """The months a question names; the end of the year is December."""
    return months_of(question) | (frozenset({12}) if _YEAR_END.search(question) else frozenset())


@lru_cache(maxsize=20_000)
def months_of(text: str) -> frozenset[int]:
    """The months a text names."""
    return frozenset(scope.month for scope in find_scopes(text) if scope.month is not None)
