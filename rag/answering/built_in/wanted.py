"""What a question asks for, ready to be looked for: each thing asked with its weighted words, years and aspects."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.domain.short_names import short_names
from rag.language.text import is_known_word, text_key
from rag.question.asks import without_cues
from rag.question.years import question_years, without_years
from rag.records import Ask, Evidence, Query
from rag.retrieval.relevance import CARRIED, Relevance, content_words, query_to_relevance

OTHER_PART = 0.35
"""What a word of the question counts for one thing asked that stands beside another one of its."""
ABSENT = 0.6
"""What a word of the question counts that stands in no passage: its loss is felt, but it may only be another word."""
Equivalents = tuple[tuple[frozenset[str], tuple[str, ...]], ...]
_CHANGE = re.compile(
    r"增[加长幅]|[涨降跌](?!分)|提[高升]|下[降滑]|减少|变化|多[了出]|少了|同比|比(?:上|前|去|头|20)|新增"
)
_PLAN = re.compile(r"计划|预算|打算|目标|指标|要求|标准|最低|原来|本来|不得|拟|预计|合格|达标")
_EACH = re.compile(r"[生人均户师]均|平均|每|平摊|摊到|人均|一个月")
_EXTREME = re.compile(r"最|第[一二三]|冠|垫底")
_ASKED_ASPECTS = (("change", _CHANGE), ("plan", _PLAN), ("each", _EACH), ("extreme", _EXTREME))


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing asked, ready to be looked for."""

    ask: Ask
    words: Relevance
    question: str
    """Key of all the question says."""
    clause: str
    """Key of what belongs to this thing asked."""
    years: frozenset[int]
    aspects: frozenset[str]


def query_to_wanted(query: Query, evidence: Evidence, texts: Iterable[str]) -> tuple[Wanted, ...]:
    """Each thing asked with its weighted words: its own in full, those of the other things asked lightly.

    `texts` are the sentences and rows that may answer, with what stands above each: what they rarely say is heavy.
    """
    equivalents = query_to_relevance(query, ()).equivalents
    asked = f"{query.focus} {query.carried}"
    weights = _weights(query, evidence, set(texts), equivalents)
    found = []
    for at, ask in enumerate(query.asks):
        own = _own_weights(weights, query.asks, ask)
        aspects = {name for name, pattern in _ASKED_ASPECTS if pattern.search(ask.text if at else asked)}
        years = frozenset(question_years(ask.item) or query.years)
        clause = text_key(f"{ask.text} {ask.item}" if len(query.asks) > 1 else asked)
        found.append(Wanted(ask, Relevance(own, equivalents), text_key(asked), clause, years, frozenset(aspects)))
    return tuple(found)


def _own_weights(weights: Mapping[str, float], asks: Sequence[Ask], ask: Ask) -> dict[str, float]:
    """The weights of all words, those that only other things asked say made light."""
    key = text_key(f"{ask.text} {ask.item}")
    others = text_key(" ".join(other.text for other in asks if other.text != ask.text))
    rivals = text_key(" ".join(other.item for other in asks if other.item != ask.item))

    def share(word: str) -> float:
        if ask.item and word not in text_key(ask.item) and word in rivals:
            return 0.0
        return OTHER_PART if word in others and word not in key else 1.0

    return {word: weight * share(word) for word, weight in weights.items()}


def _weights(query: Query, evidence: Evidence, texts: Collection[str], equivalents: Equivalents) -> dict[str, float]:
    """The content words of a question, rare ones heavy; of a word that stands nowhere the pieces that do, and a rest."""
    stripped = without_years(without_cues(query.terms[0] if query.terms else query.standalone))
    names = [text_key(name) for college in query.colleges for name in (college, *short_names(college))]
    words = {
        word: factor for word, factor in content_words(stripped).items() if not any(word in name for name in names)
    }
    keys = sorted(texts)
    whole = " ".join([*keys, *{text_key(passage.text) for passage in evidence.passages}])
    printed = {word: [name for asks, names in equivalents if word in asks for name in names] for word in words}
    present: dict[str, float] = {}
    for word, factor in words.items():
        if word in whole or any(name in whole for name in printed[word]):
            present[word] = max(factor, present.get(word, 0.0))
        elif not any(other != word and other in word for other in words):
            for piece in _pieces(word, whole):
                present[piece] = max(factor * len(piece) / len(word), present.get(piece, 0.0))
            present[word] = factor * ABSENT
    own = content_words(query.focus) if query.carried else words
    found = {}
    for word, factor in present.items():
        forms = (word, *printed.get(word, ()))
        holding = max(sum(any(form in key for form in forms) for key in keys), 1)
        carried = 1.0 if word in own or not query.carried or word in query.focus else CARRIED
        found[word] = factor * carried * math.log((len(keys) + 1.5) / (holding + 0.5))
    return found


def _pieces(word: str, whole: str) -> list[str]:
    """The longest pieces of a word, of two characters or more, that are words and stand in a text: 博士 of 博士帽."""
    for length in range(len(word) - 1, 1, -1):
        found = [word[i : i + length] for i in range(len(word) - length + 1)]
        if kept := [piece for piece in found if piece in whole and is_known_word(piece)]:
            return kept
    return []
