"""What has to be looked up for a computation: phrases made whole, and moved to another year or date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.language.numbers import Scope, find_scopes
from rag.language.text import tagged_words
from rag.question import slots

MIN_COMMON_END = 2
"""Characters two names of different length must end alike in for one to stand in for the other."""
MAX_PIECE_WORDS = 8
MAX_NOUN_LENGTH = 8
"""Characters."""

_RELATIVE_YEARS = (
    (re.compile(r"(?:上一?|前一)(?:个)?(?:年度?|届|学年度?|级|财年)|去年|头一年"), -1),
    (re.compile(r"前年"), -2),
    (re.compile(r"今年|本年度?|当年|同年|这一年|本届|这一届|该年"), 0),
    (re.compile(r"次年|翌年|第二年|下一年"), 1),
)
_BESIDE_TIME = re.compile(r"^(?:[的年月日度底初末中旬时候同期级届份季夏秋冬春，,]|毕业生|毕业)*$")
_EDGES = "的是有为，,、：:；; 　\t"
_LEADING = re.compile(
    r"^(?:请问|请教|想问|想知道|想了解|我想|帮我|帮忙|麻烦|算一下|算算|查一下|看看|说说|那么?(?![份张个些所家项])|另外|还有|其中|至于|关于|对于|在(?![校职岗册编读建籍线外])|大概|大约|到底|究竟|"
    r"一共|总共|合计|一下|问一下|你好|您好)+[，,：:]?"
)
_TRAILING = re.compile(
    r"(?:大概|大约|差不多|到底|究竟|一共|总共|合计|总计|共计|分别|的话|相比|来说|来看|来讲|方面|之间|两者|二者|实际上?|同比|及其|以及|并且?)+$"
)
_INTERROGATIVE = re.compile(r"多少|几[何成分个名位项次门家所人]|哪|什么|谁|吗|[？?]")
_CONTEXT_END = re.compile(
    r"[，,；;：:]|(?<=[\u4e00-\u9fff])(?:里面|里头|里|当中|之中|(?<![高其初集])中(?![国央医西等专高小学文心级期药外部]))[，,]?"
)
_MEASURE = re.compile(r"[率度额值费薪数量]$|人数|收入|支出|面积|经费|得分|占比|计划$|[生师员]$")
_MONEY = re.compile(r"收入|支出|经费|拨款|资金|费用|学费|金额|总额|到款|产值|薪|工资|奖学金额|投入")
_PEOPLE = re.compile(
    r"(?:[新考学毕业男女校师]生|生源|人数?|教师|老师|教职工|职工|专家|员工|党员|学员|博士|硕士|教授|辅导员)$"
)
_OF_CLASS = re.compile(r"(?<=\d届)的?人数")
_RATE = re.compile(r"[率度]$|占比$|比例$|比重$")


@dataclass(frozen=True, slots=True)
class OperandPhrase:
    """What to look up: `text` says it in full, its year or date included; `year` and `date` where they are known."""

    text: str
    year: int | None = None
    date: str = ""
    kind: str = ""
    """What sort of figure it is, as in `slots`, where the operands of a plan differ in that."""


def tidy(text: str) -> str:
    """The phrase without fillers, copulas and marks at its ends."""
    previous = None
    while text != previous:
        previous = text
        text = _TRAILING.sub("", _LEADING.sub("", text.strip(_EDGES)))
    return text.strip(_EDGES)


def is_phrase(text: str) -> bool:
    """Whether a text names something to look up: not empty, and no question itself."""
    return bool(re.search(r"[\u4e00-\u9fffA-Za-z]", text)) and len(text) <= 60 and _INTERROGATIVE.search(text) is None


def phrase(text: str) -> OperandPhrase:
    """The phrase with the year or date it names; who is of a 届 has graduated."""
    text = _OF_CLASS.sub("毕业生人数", tidy(text))
    scope = next(iter(find_scopes(text)), None)
    if scope is None:
        relative = _relative(text)
        return OperandPhrase(text, date=relative[0] if relative and relative[1] else "")
    year = scope.years[0] if len(scope.years) == 1 else None
    return OperandPhrase(text, year, scope.text if scope.kind == "date" else "")


def is_time(text: str) -> bool:
    """Whether a phrase is a year, a date, 去年 and the like, and nothing else."""
    rest, found = _without_times(text.strip(_EDGES))
    return found and _BESIDE_TIME.fullmatch(rest) is not None


def leading_time(text: str) -> str:
    """The longest beginning of a text that is only a time."""
    return next((text[:end] for end in range(min(len(text), 16), 1, -1) if is_time(text[:end])), "")


def at_time(text: str, time: str, years: Sequence[int]) -> OperandPhrase:
    """What a phrase says, at another time: 2022年支出 at 上一年 is 2021年支出."""
    text, time = tidy(text), tidy(time)
    scope = next((scope for scope in find_scopes(text) if scope.years), None)
    relative, stated = _relative(time), _relative(text)
    if stated and scope is None:
        moved = text.replace(stated[0], time)
    elif relative is None:
        moved = text[: scope.start] + time + text[scope.end :] if scope else f"{time}{text}"
    elif scope:
        moved = text[: scope.start] + _shifted(scope.text, relative[1]) + text[scope.end :]
    elif len(years) == 1:
        moved = f"{years[0] + relative[1]}年{text}"
    else:
        moved = f"{relative[0]}{text}"
    return phrase(moved)


def in_year(time: str, other: str, years: Sequence[int]) -> str:
    """A time whose 当年, 次年 … are counted from the other time's year: 当年年底 beside 2020年8月 is 2020年年底."""
    relative = _relative(time)
    stated = [year for scope in find_scopes(other) for year in scope.years] or list(years)
    if relative and len(set(stated)) == 1:
        return time.replace(relative[0], f"{stated[0] + relative[1]}年").replace("年年", "年")
    if stated and not relative and all(not scope.years for scope in find_scopes(time)):
        return f"{stated[0]}年{time}"
    return time


def in_place_of(model: str, item: str) -> str:
    """`item` made whole by `model`, with which it is parallel: 2020届男生 and 女生 → 2020届女生.

    Where nothing in the model ends like it, it takes over only what the model begins with: its year, its whole.
    """
    model, item = tidy(model), tidy(item)
    best = max(_pieces(model), key=lambda span: _parallel(model[slice(*span)], item), default=(0, 0))
    if not _parallel(model[slice(*best)], item)[0]:
        return within_same(model, item)
    start = best[0] if best[1] - best[0] >= len(item) else _start_of_name(model, best[0])
    whole = tidy(model[:start] + item + model[best[1] :])
    return within_same(model, item) if whole == model else whole


def within_same(model: str, item: str) -> str:
    """`item` with what of the model also holds of it: its year and the whole it is part of."""
    if find_scopes(item):
        return item
    context, core = split_context(tidy(model))
    scopes = find_scopes(core)
    return tidy(context + (core[: scopes[0].end] if scopes and not context else "") + item)


def likeness(first: str, second: str) -> int:
    """How many characters the end of some piece of the first shares with the end of the second; 0 if too few."""
    return max((_parallel(first[slice(*span)], second)[0] for span in _pieces(first)), default=0)


def has_measure(text: str) -> bool:
    """Whether a phrase says what is measured or counted, not only of whom."""
    return _MEASURE.search(text) is not None


def with_measure_of(text: str, other: str) -> str:
    """A bare name with the measure the other phrase ends in: 护理学院 beside 口腔医学院的毕业生 → 护理学院的毕业生."""
    head, mark, measure = other.rpartition("的")
    if not mark or not head or "的" in text or measure in text:
        return text
    return f"{text}的{measure}"


def split_context(text: str) -> tuple[str, str]:
    """(what a phrase is said within, the phrase): 2020届毕业生中，男生 → 2020届毕业生, 男生."""
    ends = [match for match in _CONTEXT_END.finditer(text) if match.end() < len(text)]
    return (tidy(text[: ends[-1].start()]), text[ends[-1].end() :]) if ends else ("", text)


def last_noun(text: str) -> str:
    """What a phrase is about behind its year and the unit it names (机电学院2020届毕业人数 → 毕业人数), `` if nothing."""
    text = tidy(text)
    behind = text[max((scope.end for scope in find_scopes(text)), default=0) :]
    named = re.search(r"(?:的|专业|学院|系|大类)([^的]{2,8})$", behind)
    words = tagged_words(text)
    if not words or not words[-1][1].startswith(("n", "vn", "x")) or len(words[-1][0]) < 2:
        return ""
    if named:
        return named[1]
    return behind if 2 <= len(behind) <= MAX_NOUN_LENGTH and behind != text else words[-1][0]


def first_noun(text: str) -> str:
    """The noun a phrase begins with, empty where it begins with none."""
    words = tagged_words(tidy(text))
    return words[0][0] if words and words[0][1].startswith("n") and len(words[0][0]) > 1 else ""


def kind_of(text: str) -> str:
    """What sort of figure a phrase names, as in `slots`."""
    if _RATE.search(text):
        return slots.PERCENT
    if _MONEY.search(text):
        return slots.MONEY
    return slots.PEOPLE if _PEOPLE.search(text) else slots.ANY


def _relative(text: str) -> tuple[str, int] | None:
    for pattern, offset in _RELATIVE_YEARS:
        if match := pattern.search(text):
            return match[0], offset
    return None


def _without_times(text: str) -> tuple[str, bool]:
    scopes: tuple[Scope, ...] = find_scopes(text)
    rest = text
    for scope in reversed(scopes):
        rest = rest[: scope.start] + rest[scope.end :]
    bare = rest
    for pattern, _ in _RELATIVE_YEARS:
        rest = pattern.sub("", rest)
    return rest, bool(scopes) or rest != bare


def _shifted(scope: str, offset: int) -> str:
    return re.sub(r"\d{4}|(?<!\d)\d\d(?=[届级年])", lambda match: str(int(match[0]) + offset), scope)


def _pieces(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    at = 0
    for word, _ in tagged_words(text):
        start = text.lower().find(word, at)
        if start >= 0:
            at = start + len(word)
            spans.append((start, at))
    return [
        (spans[first][0], spans[last][1])
        for first in range(len(spans))
        for last in range(first, min(first + MAX_PIECE_WORDS, len(spans)))
        if not _CONTEXT_END.search(text[spans[first][0] : spans[last][1]])
    ]


def _parallel(piece: str, item: str) -> tuple[int, float]:
    """(characters of the common end, how nearly the two are of one length); one is enough only for like lengths."""
    piece, item = piece.replace("的", ""), item.replace("的", "")
    if not piece or not item:
        return 0, 0.0
    common = next((i for i, (a, b) in enumerate(zip(piece[::-1], item[::-1], strict=False)) if a != b), None)
    shared = min(len(piece), len(item)) if common is None else common
    if shared < MIN_COMMON_END and len(piece) != len(item):
        return 0, 0.0
    return shared, -abs(len(piece) - shared)


def _start_of_name(text: str, at: int) -> int:
    """Where the name that goes on at `at` begins: behind a year, a 的, a mark, or what the phrase is said within."""
    low = max((scope.end for scope in find_scopes(text) if scope.end <= at), default=0)
    return max([low, text.rfind("的", 0, at) + 1, *(match.end() for match in _CONTEXT_END.finditer(text, 0, at))])
