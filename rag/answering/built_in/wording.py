"""How the words of a question and those around a figure answer each other; all values lie between 0 and 1."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rag.answering.built_in.asks import KNOWN_SHARE, Ask, Surroundings
from rag.domain.colleges import names_in
from rag.language.text import tagged_words, text_key
from rag.question import slots
from rag.records import Figure
from rag.retrieval.relevance import Relevance, content_words

FAR = 24
"""Characters between the words asked for and a figure from which on they no longer count as close."""
COUNTED_LENGTH = 8
"""Characters of what is counted (任务 in 多少项任务) that are looked for."""
MIN_SHARE = 0.35
"""A word of which a text has less is missing there."""
_MEASURE_ENDS = ("率", "度", "比", "额", "值", "费", "薪", "收入", "工资", "面积", "税")
_NO_MEASURES = frozenset(
    "占比 比率 比重 年度 学年度 制度 程度 高度 角度 深度 力度 速度 同比 环比 对比 经费 免费 比例 百分比".split()
)
_NAMING_TAGS = frozenset("n ns nr nt nz nrt j vn an b s eng".split())
_TIME = "t"
"""年底 is no word to look for: what time a figure is of is weighed by itself."""
_ORDINAL = re.compile(r"第[一二三四五六七八九十\d]{1,3}[期批届次轮季]")
_PROPER_TAGS = frozenset("ns nr nt nz nrt eng".split())
_QUOTED = re.compile(r'"([^"]{2,16})"')
_TIMES = frozenset("趟回遍番轮次")
_GROUPS = frozenset("类群学")
"""Ends of words that stand before 专业 and name no single major: 土建类, 所学."""
_DONE = re.compile(r"已经?(?P<behind>[\u4e00-\u9fff]{2})|(?P<before>[\u4e00-\u9fff]{2})[了过](?![\u4e00-\u9fff])")
_WHOLE = frozenset(
    "学校 本校 我校 全校 学院 高职 总体 平均 整体 全体 应届 毕业生 学生 年底 年终 初次 一次性 数据 情况 报告".split()
)
"""Words that narrow nothing down."""
_LETTERS = re.compile(r"[^\w]|_")


def cover(asked: Ask, around: Surroundings, which: str, text: str) -> float:
    """Share of the known weight of the question, the slot or its head that a text covers."""
    key = (which, text)
    if key not in asked.memo:
        relevance: Relevance = getattr(asked, which)
        known = {word: weight for word, weight in relevance.weights.items() if word in around.known}
        total = sum(known.values())
        if not total and which != "whole":
            return cover(asked, around, "whole", text)
        shares = relevance.shares(text)
        asked.memo[key] = (
            sum(weight * shares.get(word, 0.0) for word, weight in known.items()) / total if total else 0.0
        )
    return float(asked.memo[key])  # type: ignore[arg-type]


def label_fit(label: str, asked: Ask, question: str) -> tuple[float, float]:
    """Share of a label's words that a question speaks of, and how much it says besides (1 = two words or more)."""
    key = ("fit", label, question)
    if key not in asked.memo:
        words = _simple_words(label)
        printed = [
            name for terms, names in asked.local.equivalents if terms & asked.whole.weights.keys() for name in names
        ]
        total = sum(words.values())
        fitting = sum(
            weight
            for word, weight in words.items()
            if word in question or any(word in name or name in word for name in printed)
        )
        asked.memo[key] = (fitting / total if total else 0.0, min(1.0, (total - fitting) / 2))
    return asked.memo[key]  # type: ignore[return-value]


@lru_cache(maxsize=20_000)
def _simple_words(label: str) -> Mapping[str, float]:
    """A label's content words without the compounds made of them."""
    words = content_words(label)
    return {word: weight for word, weight in words.items() if not _is_compound(word, words)}


def _is_compound(word: str, words: Mapping[str, float]) -> bool:
    return (
        len(word) > 3
        and any(other != word and word.startswith(other) for other in words)
        and any(other != word and word.endswith(other) for other in words)
    )


@lru_cache(maxsize=50_000)
def _bigrams(key: str) -> frozenset[str]:
    key = _LETTERS.sub("", key)
    return frozenset(key[i : i + 2] for i in range(len(key) - 1))


def pieces(key: str, text: str) -> float:
    """Share of a key's pairs of characters that stand in a text."""
    pairs = _bigrams(key)
    return len(pairs & _bigrams(text)) / len(pairs) if pairs else 0.0


def missing(asked: Ask, known: frozenset[str], around: str) -> tuple[float, float]:
    """Share of the slot's known subject that a text lacks, and the share of the heaviest word it lacks."""
    key = ("missing", around)
    if key not in asked.memo:
        weights = {w: x for w, x in asked.local.weights.items() if w in asked.subject and w in known}
        total = sum(weights.values())
        shares = asked.local.shares(around)
        lacking = [weight for word, weight in weights.items() if shares.get(word, 0.0) < MIN_SHARE]
        asked.memo[key] = (sum(lacking) / total, max(lacking, default=0.0) / total) if total else (0.0, 0.0)
    return asked.memo[key]  # type: ignore[return-value]


def _shared(word: str, text: str) -> float:
    return pieces(word, text) if len(word) > 2 else float(word in text)


@lru_cache(maxsize=1_000)
def _tagged(question: str) -> tuple[tuple[str, str], ...]:
    return tagged_words(question)


def unnamed(asked: Ask, around: str) -> Mapping[str, float]:
    """What the question names that a text lacks: nouns outside the slot, and proper names, majors and quoted words."""
    key = ("unnamed", around)
    if key not in asked.memo:
        words, text = _tagged(asked.question), text_key(around)
        shares, content = asked.whole.shares(around), content_words(asked.question)
        beside = sum(
            content.get(word, 0.0)
            for word, tag in words
            if len(word) > 1
            and tag in _NAMING_TAGS
            and word in asked.whole.weights
            and word not in asked.slot.text
            and shares.get(word, 0.0) < MIN_SHARE
        )
        names = [word for word, tag in words if len(word) > 1 and _is_name(word, tag, asked.question)]
        names = [name for name in (*names, *_QUOTED.findall(asked.question)) if name in (asked.slot.item or name)]
        lacking = any(_held(name, text) < KNOWN_SHARE for name in names)
        asked.memo[key] = {"absent_beside": min(beside, 2.0) / 2, "absent_proper": float(lacking)}
    return asked.memo[key]  # type: ignore[return-value]


def _is_name(word: str, tag: str, question: str) -> bool:
    """Whether a word is a proper name, or says which major or school (护理 in 护理专业)."""
    return tag in _PROPER_TAGS or (
        tag in _NAMING_TAGS and any(f"{word}{unit}" in question for unit in ("专业", "学院"))
    )


def _held(name: str, text: str) -> float:
    return pieces(name, text) if len(name) > 2 else float(name in text)


def absent(asked: Ask, around: str) -> Mapping[str, float]:
    """What the slot names that a text lacks: nouns, other words, places, ordinals, in words of full weight."""
    key = ("absent", around)
    if key not in asked.memo:
        shares = asked.local.shares(around)
        lacking = [
            (word, tag)
            for word, tag in _tagged(asked.slot.text)
            if word in asked.local.weights and shares.get(word, 0.0) < MIN_SHARE and len(word) > 1 and tag != _TIME
        ]
        content = content_words(asked.slot.text)
        total = sum(content.get(word, 0.0) for word in asked.local.weights)
        nouns = sum(content.get(word, 0.0) for word, tag in lacking if tag in _NAMING_TAGS)
        others = sum(content.get(word, 0.0) for word, tag in lacking if tag not in _NAMING_TAGS)
        text = text_key(around)
        ordinals = [match for match in _ORDINAL.findall(asked.question) if match not in text]
        asked.memo[key] = {
            "absent_nouns": min(nouns, 2.0) / 2,
            "absent_others": min(others, 2.0) / 2,
            "absent_share": (nouns + others) / total if total else 0.0,
            "absent_ordinal": float(bool(ordinals)),
        }
    return asked.memo[key]  # type: ignore[return-value]


def measure(asked: Ask, near: str, around: str) -> Mapping[str, float]:
    """Whether the quantity asked for by name (就业率, 月薪, 学费) stands in a text under that or a printed name."""
    measures = [
        word
        for word in asked.local.weights
        if word.endswith(_MEASURE_ENDS) and len(word) > 1 and word not in _NO_MEASURES
    ]

    def has(text: str) -> bool:
        shares = asked.local.shares(text)
        return any(shares.get(word, 0.0) >= KNOWN_SHARE for word in measures)

    return {
        "measured": float(has(around)),
        "unmeasured": float(bool(measures) and not has(around)),
        "unmeasured_near": float(bool(measures) and not has(near)),
    }


def named_elsewhere(named: Sequence[str], around: str) -> float:
    """Whether the question names a row of some table that is not the figure's own."""
    text = text_key(around)
    return float(any(label not in text for label in named))


def counted_missing(asked: Ask, around: str) -> float:
    """Whether nothing of what is counted (毫升 in 多少毫升) stands in a text."""
    counted = text_key(asked.slot.counted)[:COUNTED_LENGTH]
    return float(bool(counted) and not set(counted) & set(text_key(around)))


def otherwise_counted(asked: Ask, figure: Figure, around: str) -> bool:
    """Whether a figure counts something, and nothing of what is asked to be counted (毫升 in 多少毫升) stands by it."""
    counted = text_key(asked.slot.counted)[:COUNTED_LENGTH]
    wanted = asked.slot.kind == slots.COUNT and not asked.slot.unit and bool(counted) and counted[0] not in _TIMES
    return wanted and bool(figure.number.unit) and not set(counted) & set(text_key(f"{around} {figure.number.text}"))


def of_another_major(asked: Ask, around: str) -> bool:
    """Whether the slot names a major (护理 in 护理专业) of which a text says nothing."""
    text = text_key(around)
    return not asked.slot.item and any(_held(word, text) < KNOWN_SHARE for word in _majors(asked.slot.text))


@lru_cache(maxsize=1_000)
def _majors(question: str) -> tuple[str, ...]:
    key = text_key(question)
    return tuple(
        word
        for word, tag in tagged_words(key)
        if tag in ("n", "nz")
        and len(word) > 1
        and word[-1] not in _GROUPS
        and re.search(rf"{re.escape(word)}专业(?!群)", key)
    )


def done(question: str) -> frozenset[str]:
    """What a question says was done by those it counts: 就业 of 有多少毕业生就业了 and of 已就业的有多少人."""
    return frozenset(match["before"] or match["behind"] for match in _DONE.finditer(question))


def does(asked: Ask, near: str) -> bool:
    """Whether a figure's own words say that those it counts did what the question says."""
    return any(verb in text_key(near) for verb in done(asked.slot.text))


def has_unasked_quality(asked: Ask, label: str) -> bool:
    """Whether a word the question lacks narrows down, straight before it, what is asked for: 体育 of 体育专任教师."""
    key = text_key(label)
    places = [(len(word), key.rfind(word)) for word in asked.local.weights if len(word) > 1 and word in key]
    before = tagged_words(key[: max(places)[1]]) if places else ()
    if not before or not key[: max(places)[1]].endswith(before[-1][0]):
        return False
    word, tag = before[-1]
    if any(word in name or name in word for _, names in asked.whole.equivalents for name in names):
        return False
    return tag in _NAMING_TAGS and len(word) > 1 and not set(word) & set(asked.question) and word not in _WHOLE


def has_unasked_place(asked: Ask, before: str) -> bool:
    """Whether a figure is said of a place, colleges' own names aside, where the question names none."""
    return bool(places_in(before)) and not places_in(asked.question)


@lru_cache(maxsize=20_000)
def places_in(text: str) -> frozenset[str]:
    """Places a text names, names of colleges aside."""
    for name in names_in(text):
        text = text.replace(name, " ")
    return frozenset(word for word, tag in tagged_words(text) if tag == "ns" and len(word) > 1)


def counted(asked: Ask, text: str) -> float:
    """How far what is counted (任务 in 多少项任务) stands in a text."""
    counted = text_key(asked.slot.counted)
    return pieces(counted[:COUNTED_LENGTH], text_key(text)) if len(counted) > 1 else 0.0


def gap(figure: Figure, asked: Ask) -> float:
    """How far the nearest word asked for stands from a figure of prose, 0 beside it, 1 far off or not before it."""
    before, after = text_key(figure.before[-FAR:]), text_key(figure.after[:FAR])
    places = [len(before) - at - len(word) for word in asked.local.weights if (at := before.rfind(word)) >= 0]
    places += [at for word in asked.local.weights if (at := after.find(word)) >= 0]
    return min(places, default=FAR) / FAR
