"""How much of a question stands in a piece of text: its content words, weighted, printed names standing in for asked ones."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

from rag.domain.indicators import indicators
from rag.language.text import matching_key, specificity, tagged_words, text_key, unique
from rag.records import Evidence, Query

EQUIVALENT = 0.85
"""What a printed name counts beside the asked one it stands for."""
CARRIED = 0.25
"""What a word counts that stands only in the earlier question a follow-up leans on."""
PARTIAL = 0.6
"""What a long word counts, at most, of which only pieces stand in a text."""
CONTEXT = 0.5
"""What a word counts that stands in the headings above a text rather than in it."""
TABLE_CONTEXT = 0.85
"""What a word counts that stands in the caption or header of a table row."""

_NOUNS = ("n", "vn", "an", "j", "l", "i", "eng", "nz", "ng", "nrt")
_FACTORS: Mapping[str, float] = {
    **dict.fromkeys(_NOUNS, 1.0), "": 1.0, "ns": 1.0, "nr": 1.0, "nt": 1.0,
    "v": 0.5, "vd": 0.5, "a": 0.6, "b": 0.7, "t": 0.5, "s": 0.6, "f": 0.3, "z": 0.4, "m": 0.5,
}  # fmt: skip
"""What a word of each part of speech (ICTCLAS tags) says of the subject."""
COMPOUND_FACTOR = 0.6
"""From this factor on a word may be part of a compound."""
COMPOUND = 0.8
ASKED_NAME = 0.7
"""What a reader's name for an indicator counts where it is no word of its own (考过, 花了多少钱)."""
MAX_COMPOUND = 14
_OPPOSITES = ("待", "未", "不", "非", "无")
_SINGLE = 0.35
"""Factor for a word of one character."""
_VAGUE = frozenset(
    "学校 我校 学院 大学 院校 情况 方面 时候 数据 报告 百分比 百分之 多少 几个 几位 几项 现在 全年 今年 目前 具体 专门 学生 人数 人 比例 占比 比率 比重 钱 元 全校 全部 一共 总共 一起 对方 原文 涉及 主要 平均".split()
)
_VAGUE_FACTOR = 0.3
_PLACES = frozenset("本省 本地 本市 本县 外地".split())
"""Pronouns to a tagger, places to a report."""


@dataclass(frozen=True)
class Relevance:
    """The content words of a question with their weights; what a text covers of them is worked out once a text."""

    weights: Mapping[str, float]
    equivalents: tuple[tuple[frozenset[str], tuple[str, ...]], ...]
    """(words of an asked name, keys of the printed names that stand for it)."""
    related: tuple[tuple[str, str, float], ...] = ()
    """(word of the question, printed word that means much the same, what that counts)."""

    @cached_property
    def total(self) -> float:
        """Sum of all weights."""
        return sum(self.weights.values())

    @cached_property
    def _pairs(self) -> Mapping[str, Sequence[str]]:
        return {word: _pairs(word) for word in self.weights}

    @cached_property
    def _covered(self) -> dict[str, Mapping[str, float]]:
        """What the texts looked at so far cover, by their keys."""
        return {}

    def shares(self, text: str) -> Mapping[str, float]:
        """The question's words a text covers, each with the share of its weight that it earns."""
        return self.shares_in(text_key(text))

    def shares_in(self, key: str) -> Mapping[str, float]:
        """As `shares`, of a text's `matching_key`."""
        if key not in self._covered:
            self.read((key,))
        return self._covered[key]

    def read(self, keys: Iterable[str]) -> None:
        """Works out `shares_in` for many texts at once, a word at a time, several times as fast as one after the other."""
        new = [key for key in dict.fromkeys(keys) if key not in self._covered]
        found: list[dict[str, float]] = [{} for _ in new]
        for word, pairs in self._pairs.items():
            left = []
            for key, covered in zip(new, found, strict=True):
                if word not in key:
                    left.append((key, covered))
                elif not _always_negated(word, key):
                    covered[word] = 1.0
            if pairs and left:
                _cover_partly(word, pairs, left)
        for words, printed in self.equivalents:
            own = words & self.weights.keys()
            for key, covered in zip(new, found, strict=True) if own else ():
                if any(name in key for name in printed):
                    for word in own:
                        covered[word] = max(covered.get(word, 0.0), EQUIVALENT)
        for word, other, share in self.related:
            for key, covered in zip(new, found, strict=True):
                if other in key and share > covered.get(word, 0.0):
                    covered[word] = share
        self._covered.update(zip(new, found, strict=True))

    def coverage(self, text: str, context: str = "", context_share: float = CONTEXT) -> float:
        """Share of the question's weight, 0 to 1, that stands in a text, or (counting less) in its context."""
        above = self.shares(context) if context else {}
        return self.earned_with(text_key(text), above, context_share)

    def earned_with(self, key: str, above: Mapping[str, float], context_share: float) -> float:
        """As `coverage`, of a text's `matching_key` and the shares that its context covers."""
        weights, own, total = self.weights, self.shares_in(key), 0.0
        for word, share in above.items():
            total += weights[word] * max(context_share * share, own.get(word, 0.0))
        for word, share in own.items():
            if word not in above:
                total += weights[word] * share
        return total / self.total if self.total else 0.0

    def earned(self, covered: Mapping[str, float]) -> float:
        """Share of the whole weight that words covered to these shares earn."""
        return sum(self.weights[word] * share for word, share in covered.items()) / self.total if self.total else 0.0


def _pairs(word: str) -> Sequence[str]:
    """The pairs of characters of a word long enough to be told by them."""
    return () if len(word) < 3 or word.isascii() else [word[i : i + 2] for i in range(len(word) - 1)]


def _cover_partly(word: str, pairs: Sequence[str], left: Sequence[tuple[str, dict[str, float]]]) -> None:
    """Adds what a long word counts in the texts (key, what is covered) that hold at least half of its pairs."""
    for key, covered in left:
        if (found := sum([pair in key for pair in pairs])) * 2 >= len(pairs):
            covered[word] = PARTIAL * (found / len(pairs))


def _always_negated(word: str, key: str) -> bool:
    """Whether every occurrence is part of its opposite: 就业率 in 待就业率, 满意 in 不满意; `word` stands in `key`."""
    first = key.find(word)
    if len(word) < 2 or key[first - 1 : first] not in _OPPOSITES:
        return False
    return all(key[match.start() - 1 : match.start()] in _OPPOSITES for match in re.finditer(re.escape(word), key))


@lru_cache(maxsize=10_000)
def content_words(text: str) -> Mapping[str, float]:
    """The words of a text that say what it is about, each with what its part of speech makes it worth.

    Nouns that stand together (国家 助学金) count once more as a whole: what has the whole is nearer than what has
    the pieces apart.
    """
    words: dict[str, float] = {}
    run: list[str] = []
    printed, joined = text.lower(), ""
    for word, tag in (*tagged_words(text), ("", "x")):
        factor = _FACTORS["s"] if word in _PLACES else _FACTORS.get(tag, 0.0) or (0.5 if tag[:1] == "n" else 0.0)
        is_noun = factor >= COMPOUND_FACTOR and tag != "m"
        if is_noun and f"{joined}{word}"[-2 * MAX_COMPOUND :] in printed:  # of a longer run its end tells enough
            run.append(word)
        else:
            if len(run) > 1 and len(compound := "".join(run)) <= MAX_COMPOUND:
                words[compound] = COMPOUND
            run = [word] if is_noun else []
            joined = ""
        joined = f"{joined}{word}"[-2 * MAX_COMPOUND :] if run else ""
        if len(word) == 1:
            factor *= _SINGLE
        if word in _VAGUE:
            factor *= _VAGUE_FACTOR
        factor *= specificity(word)
        if factor:
            words[word] = max(words.get(word, 0.0), factor)
    return words | dict.fromkeys(_said_in(text), ASKED_NAME)


def _said_in(text: str) -> list[str]:
    """The names readers use for indicators that a text says."""
    key = text_key(text)
    return [name for name in asked_names() if name in key and _says(name, text)]


def _says(name: str, text: str) -> bool:
    """Whether a text says a name; one of a single character only as a word of its own (书, not the one of 书记)."""
    return name in text_key(text) and (len(name) > 1 or any(word == name for word, _ in tagged_words(text)))


@cache
def asked_names() -> tuple[str, ...]:
    """Keys of all names that the indicator table says readers use."""
    return tuple(unique(matching_key(name) for indicator in indicators() for name in indicator.asked))


def query_to_relevance(query: Query, texts: Sequence[str]) -> Relevance:
    """The question's content words, rare ones among `texts` heavy, those only carried over light."""
    asked = f"{query.focus} {query.carried}"
    stripped = query.terms[0] if query.terms else query.standalone
    words = {**content_words(stripped), **dict.fromkeys(_said_in(asked), ASKED_NAME)}
    keys = [text_key(text) for text in texts]
    own = content_words(query.focus) if query.carried else {}
    equivalents = _equivalents(asked)
    weights = {}
    for word, factor in words.items():
        names = (word, *(name for asks, printed in equivalents if word in asks for name in printed))
        documents = sum(any(name in key for name in names) for key in keys)
        carried = CARRIED if query.carried and word not in own else 1.0
        weights[word] = factor * carried * math.log((len(keys) + 1.5) / (documents + 0.5))
    return Relevance(weights, equivalents)


def evidence_to_relevance(evidence: Evidence) -> Relevance:
    """The question's words with the weights retrieval gave them."""
    equivalents = query_to_relevance(evidence.query, ()).equivalents
    return Relevance(dict(evidence.word_weights), equivalents)


def _equivalents(question: str) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    found = []
    for indicator in indicators():
        asked = [name for name in indicator.asked if _says(matching_key(name), question)]
        if asked:
            words = frozenset(
                word
                for word in content_words(question)
                if any(word in matching_key(name) or (len(name) > 1 and matching_key(name) in word) for name in asked)
            )
            found.append((words, tuple(matching_key(name) for name in indicator.printed)))
    return tuple(found)
