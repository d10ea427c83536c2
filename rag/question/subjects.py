"""A question about several colleges or years → what it asks of each of them, as a question of its own.

Where each is said something of its own (A 的就业率和 B 的升学率) each keeps that; what is said before all of them,
behind the last, or of only one of them holds for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rag.domain.colleges import named_spans
from rag.language.numbers import find_numbers
from rag.language.text import tagged_words, unique
from rag.question.comparison import Comparison, group_span, question_to_comparison, tells_each, without_comparison
from rag.question.years import YearSpan, with_whole_years, year_spans
from rag.records import Operation

_JOINED = re.compile(
    r"(?:[，,、；;\s]|和|与|及|跟|同|以及|还有|还是|或者?|较|相较于?|相比于?|对比|对|距|离|(?<!生师)(?<!师生)(?<![占对同环百])比起?|vs\.?|VS|能不能|能否|能|可不可以|可以|是不是|是否|有没有|却|"
    r"要|会|那边|那里|则|而|又)+$"
)
_ASK = re.compile(
    r"[，,]?(?:各自?|分别|一共|总共|大概|又|都)*(?:是|有|为|占|达到?)*"
    r"(?P<ask>(?:多少|几)[^，,]{0,5}|百分之[几多]少?|多[大高长]|什么[^，,]{0,6}|哪[些个种类][^，,]{0,6}|怎么样|如何)(?:呢|啊|呀)?$"
)
_POINTS = re.compile(r"^(?:(?:多少|几)个?(?:百分点|点|倍)|百分之[几多]少?|几成)$")
_INTERROGATIVE = re.compile(r"多少|几(?![乎])|什么|哪|谁|如何|怎么样|多[大高长]|百分之")
_IS_SHARE = re.compile(r"[率度]$|比$|比例$|比重$|份额$")
_EDGES = "的，,、；;。？?！!：: "
_SAYS_NOTHING = frozenset(
    "学校 数据 情况 分别 各自 同样 直接 方面 相比 时候 年底 年末 报告 咱们 我们 具体 究竟 到底 怎么 总体上 可以 应该 现在 目前".split()
)
_CONTENT_TAGS = ("n", "v", "j", "l", "i", "b", "eng", "z", "a")
_OF_WHOM = ("对", "给", "向", "为", "于", "由", "在")
_STAYS_IN_FRONT = re.compile(r"(?:[对给向为于由在]|里面?|里头|中|上|内|年|届|学年)$")
_JUST_BESIDE = ("", "的", " ")


@dataclass(frozen=True, slots=True)
class Subject:
    """One of those a question compares."""

    name: str
    """College, with its class or year where the question gives it one of its own; or the year."""
    question: str
    """What is asked of it alone."""


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    name: str
    college: str = ""


def split_subjects(
    question: str, names: Mapping[str, Sequence[str]], years: Sequence[int] = (), every: Sequence[str] = ()
) -> tuple[Subject, ...]:
    """What a question asks of each of those it compares; empty where it is about one.

    `names` maps colleges to their short names; `years` are the years that reports of one college are of, `every`
    the colleges that words for all of them (哪所学校, 各校) stand for.
    """
    comparison = question_to_comparison(question)
    mentions = _colleges_in(question, names)
    if len(mentions) == 1 or not mentions:
        mentions = _years_in(question, years) or mentions
    known = [mention for mention in mentions if mention.college in names or not mention.college]
    is_compared = comparison.operation is not Operation.LOOKUP or comparison.asks_meaning or tells_each(question)
    if len(mentions) > 1 and not is_compared and len(known) < 2:
        return ()
    if len(mentions) > 1:
        return _of_named(_without_group(question), mentions, comparison)
    span = group_span(question)
    if span is None or len(every) < 2 or (comparison.operation is Operation.LOOKUP and not tells_each(question)):
        return ()
    is_placed = comparison.operation in (Operation.RANK, Operation.COMPARE) and question[span[0]] != "哪"
    if mentions and not is_placed:
        return ()
    before, after = question[: span[0]], question[span[1] :]
    if mentions:
        cut = mentions[0]
        before, after = (_cut(part, cut, offset) for part, offset in ((before, 0), (after, span[1])))
    asked = _joined(without_comparison(before.rstrip("在和与跟同比")), without_comparison(after), comparison)
    return tuple(Subject(name, f"{name}{asked}") for name in every) if _has_content(asked) else ()


def _cut(part: str, mention: _Mention, offset: int) -> str:
    low, high = max(mention.start - offset, 0), max(mention.end - offset, 0)
    return part[:low] + part[high:]


def _colleges_in(question: str, names: Mapping[str, Sequence[str]]) -> list[_Mention]:
    """Where a question names colleges, those without a report included, each with the year that is its own."""
    spans = {span: name for name, span in named_spans(question, names)}
    mentions = [_Mention(start, end, name, name) for (start, end), name in sorted(spans.items())]
    return _with_own_years(question, mentions, year_spans(question))


def _with_own_years(question: str, mentions: Sequence[_Mention], spans: Sequence[YearSpan]) -> list[_Mention]:
    """Mentions with the year beside them, where it is theirs and not that of all."""
    starting, ending = {span.start: span for span in spans}, {span.end: span for span in spans}
    beside = (_beside(question, mention, starting, ending) for mention in mentions)
    found = {index: span for index, span in enumerate(beside) if span}
    if len(found) < len(mentions):
        last = len(mentions) - 1
        shared = {0: lambda span: span.end <= mentions[0].start, last: lambda span: span.start >= mentions[last].end}
        found = {i: span for i, span in found.items() if not (i in shared and shared[i](span))}
    return [
        _Mention(
            min(m.start, s.start),
            max(m.end, s.end),
            f"{m.name}{with_whole_years(question[s.start : s.end])}",
            m.college,
        )
        if (s := found.get(index))
        else m
        for index, m in enumerate(mentions)
    ]


def _beside(
    question: str, mention: _Mention, starting: Mapping[int, YearSpan], ending: Mapping[int, YearSpan]
) -> YearSpan | None:
    """The year that stands just before or behind a mention."""
    for gap in _JUST_BESIDE:
        if (span := ending.get(mention.start - len(gap))) and question.startswith(gap, span.end):
            return span
    for gap in _JUST_BESIDE:
        if (span := starting.get(mention.end + len(gap))) and question.startswith(gap, mention.end):
            return span
    return None


def _years_in(question: str, years: Sequence[int]) -> list[_Mention]:
    """Where a question names several of the years that there are reports of."""
    if len(set(years)) < 2:
        return []
    mentions: list[_Mention] = []
    named: set[int] = set()
    for span in year_spans(question):
        is_one = span.word.startswith("学年")
        named |= set(span.years[-1:] if is_one else span.years)
        labels = (
            [f"{'-'.join(map(str, span.years))}{span.word}"]
            if is_one
            else [f"{year}{span.word or '年'}" for year in span.years]
        )
        mentions += [_Mention(span.start, span.end, label) for label in labels]
    return mentions if len(named & set(years)) > 1 else []


def _without_group(question: str) -> str:
    """The question with words for all colleges blanked out, length kept."""
    span = group_span(question)
    return question[: span[0]] + " " * (span[1] - span[0]) + question[span[1] :] if span else question


def _of_named(question: str, mentions: Sequence[_Mention], comparison: Comparison) -> tuple[Subject, ...]:
    first = without_comparison(_bare(question[: mentions[0].start]))
    ends = [mention.start for mention in mentions[1:]] + [len(question)]
    pieces = [
        _piece(question[m.end : max(m.end, end)], end < len(question)) for m, end in zip(mentions, ends, strict=True)
    ]
    said = _with_shared(pieces)
    if not any(_has_content(_joined(first, text, comparison)) for text in unique(said)):
        return ()
    return tuple(
        Subject(mention.name, _placed(first, mention.name, text, comparison))
        for mention, text in zip(mentions, said, strict=True)
    )


def _bare(text: str) -> str:
    return "".join(text.split())


def _piece(text: str, is_followed: bool) -> str:
    text = _bare(text)
    text = re.sub(r"^(?:相比较?|比起来|比较起来|之间)[，,]?", "", text)
    return without_comparison(_JOINED.sub("", text) if is_followed else text)


def _with_shared(pieces: Sequence[str]) -> list[str]:
    """What is said of each: its own words; where they say nothing, those of the nearest behind it, else before it."""
    asks = [_ask_of(piece) for piece in pieces]
    full = [piece if _has_content(piece) else "" for piece in pieces]
    found: list[str] = []
    for own, whole, ask, asked, lent in zip(pieces, full, asks, _nearest(asks), _nearest(full), strict=True):
        if whole:
            found.append(own if _INTERROGATIVE.search(own) else f"{own}{asked}")
        else:
            found.append(f"{_ASK.sub('', lent)}{ask}" if ask else lent or asked)
    return found


def _nearest(texts: Sequence[str]) -> Iterator[str]:
    """For each text the nearest behind it that is not empty, else before it.

    >>> list(_nearest(["", "甲", "乙"]))
    ['甲', '乙', '甲']
    """
    before, behind = (accumulate(part, lambda last, text: text or last, initial="") for part in (texts, texts[::-1]))
    return (after or ahead for ahead, after in zip(before, reversed(list(behind)[:-1]), strict=False))


def _ask_of(text: str) -> str:
    match = _ASK.search(text)
    return match["ask"] if match else ""


def _placed(first: str, name: str, said: str, comparison: Comparison) -> str:
    """A subject in its place: behind what only says where or of whom, before all else that is said."""
    asked = _joined("", said, comparison) if _has_content(said) or not first else _asked_of(first, said)
    if name[0].isdigit():
        return f"{first}{name}{asked}"
    if _STAYS_IN_FRONT.search(first):
        return f"{first}{'' if first.endswith(_OF_WHOM) else '，'}{name}{asked}"
    return f"{name}{first}{asked}"


def _asked_of(first: str, said: str) -> str:
    """The question put behind what is asked about where nothing more is said of the subject."""
    ask = _ask_of(said)
    if not ask or _POINTS.match(ask) or ask == "多少":
        return "是多少"
    return said if _ASK.sub("", said) else f"{'有' if ask[0] in '几多' and len(ask) > 1 else '是'}{ask}"


def _joined(first: str, said: str, comparison: Comparison) -> str:
    """What is asked, with an interrogative that asks for the figure itself, not for how far two are apart."""
    text = "，".join(part for part in (first, said) if part)
    body = _ASK.sub("", text).rstrip(_EDGES)
    ask = _ask_of(text)
    if ask and _POINTS.match(ask) and comparison.operation is not Operation.LOOKUP:
        return f"{body}{'' if ask.endswith('倍') or _IS_SHARE.search(body) else '的比例'}是多少"
    if ask == "多少" and text.endswith(f"{body}{ask}"):
        return f"{body}是多少"
    return text if ask or _INTERROGATIVE.search(text) else f"{text}是多少"


def _has_content(text: str) -> bool:
    """Whether a text names something to look up, in front of its interrogative or behind it."""
    ask = _ask_of(text)
    behind = re.sub(r"^(?:多少|几|什么|哪[些个种类]?|百分之[几多]少?)", "", ask)
    if number := next((n for n in find_numbers(f"3{behind}") if n.start == 0), None):
        behind = behind[number.end - 1 :]
    return any(
        len(word) > 1 and word not in _SAYS_NOTHING and (tag == "" or tag.startswith(_CONTENT_TAGS))
        for part in (_ASK.sub("", text), behind)
        for word, tag in tagged_words(part)
    )
