"""What a question asks for, piece by piece: each interrogative with the words that belong to it and the unit it cues.

`一等奖奖多少钱、给每个学生多少？` asks twice: for money (奖), then for ANY (给每个学生). What no cue decides is ANY.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.language.numbers import find_numbers, unit_class
from rag.language.text import unique
from rag.records import Ask, AskKind

_CUES: tuple[tuple[AskKind, str], ...] = (
    (AskKind.NAME, r"哪(?:年|天|一?[年天]|[个些家所位种门类项名份台座处]?月|[几]?[天号])|什么时候|啥时候|何时|几[月号日]|多久[^，。？]{0,6}一次"),
    (AskKind.POINTS, r"(?:多少|几)个?(?:百分点|点(?![名钟]))"),
    (AskKind.PERCENT, r"百分之?[几多]少?|几成|占[到了]?多少|多[大少高]的?比[例重]|(?:比[例重率]|占比|份额)(?:有|是|为|多[高少大]|几何|[?？，,。]|$)"),
    (AskKind.MONEY, r"(?:多少|几)[十百千]?(?:[万亿]元?|元|块(?!地|屏)|[块]?钱|资金|经费|工资)|花了?多少|挣多少|值多少钱"),
    (AskKind.AREA, r"(?:多少|几)(?:亩|平方米|平米|平(?!均)|公顷)|面积(?:有|是|为)?多[大少]|占地多[大少]|多大(?:面积|地方)"),
    (AskKind.TIME, r"多[久长]时?间?|(?:多少|几)(?:个?(?:小时|月|学期|星期|周)|分钟|天|年|学时|课时)"),
    (AskKind.RATIO, r"几比[一1几]"),
    (AskKind.SCORE, r"(?:多少|几)分(?![之钟])"),
    (AskKind.PEOPLE, r"(?:多少|(?<!哪)几)[个名位]?(?:人(?!次|天|均)|学生|毕业生|教师|老师|新生|教授|博士|硕士|同学|男生|女生|[名位](?!次))|人数"),
    (AskKind.COUNT, r"(?:多少|(?<!哪)几)[\u4e00-\u9fff]?"),
    (AskKind.NAME, r"哪[一二两三四五六几]?[个些家所位种门类项名份台座处里儿样款支条届级]?|谁|什么|啥|怎么|如何|为何|为什么|叫做?"),
    (AskKind.ANY, r"多[大高低快少]|几何|[率度值量额数比](?=[?？]|$)"),
)  # fmt: skip
"""What a question asks with, and the kind of figure it wants; earlier lines win where they overlap."""
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _CUES)
_KIND_OF_UNIT = {
    "money": AskKind.MONEY, "percent": AskKind.PERCENT, "points": AskKind.POINTS, "area": AskKind.AREA,
    "ratio": AskKind.RATIO, "hours": AskKind.TIME, "duration": AskKind.TIME, "time": AskKind.TIME,
}  # fmt: skip
_COUNTED = re.compile("(?:多少|几)个")
_BREAK = re.compile(r"[，,；;。？?！!：:]")
_RATE_BEFORE = re.compile(r"(?:率|占比|比例|比重)(?:又?是|有|为|达到?|到)?(?:了|各|都|分别)*$")
_ITEM_MARK = re.compile(r"[、和与及跟]|以及")
_ITEMS = re.compile(
    r"(?P<items>[^，,；;：:。、和与及跟]{1,14}(?:(?:[、和与及跟]|以及)[^，,；;：:。、和与及跟]{1,14})+)$"
)
_WHETHER = re.compile(r"(?P<word>[多少涨跌增减升降高低])(?:[了过]?没有?|不)(?P=word)?|是[涨升增高多].{0,4}[跌降减低少]")
_EACH = re.compile(r"各自?(?:有|是|为|占|获)*|分别(?:是|有|为|占|达到?)*|依次(?:是|为)?")
_SUMMED_UP = re.compile(r"这?[两三四五六几\d]个?(?:年|者|项|方面|种|个|类|所|家|门|届|学院|专业|部分).*$")


def question_to_asks(text: str, carried: str = "", kinds: tuple[str, ...] = ()) -> tuple[Ask, ...]:
    """What a question asks for, in order; one that asks nothing by itself asks what `carried`, the one before it, asked.

    `kinds` are unit classes of the figures the answer before gave: what an elliptical question wants again.
    """
    found = _interrogatives(text)
    if not found:
        if carried and (before := question_to_asks(carried)):
            return (Ask(before[-1].kind, text, before[-1].unit),)
        kind = _KIND_OF_UNIT.get(kinds[0], AskKind.ANY) if len(kinds) == 1 else AskKind.ANY
        return (Ask(kind, text),)
    return (*_asks(text, found), *_whether(text, found[-1][1]))


def _asks(text: str, found: list[tuple[int, int, AskKind]]) -> Iterator[Ask]:
    previous = 0
    for at, (start, end, kind) in enumerate(found):
        following = found[at + 1][0] if at + 1 < len(found) else len(text)
        high = min((match.start() for match in _BREAK.finditer(text, end)), default=len(text))
        low = _clause_start(text, previous, start)
        unit = _unit(text[start:])
        if unit:
            kind = _KIND_OF_UNIT.get(unit_class(unit), AskKind.PEOPLE if unit in "人名位" else kind)
            kind = AskKind.COUNT if kind is AskKind.ANY else kind
        elif kind is AskKind.COUNT and not _COUNTED.match(text, start):
            kind = AskKind.ANY
        if kind is AskKind.ANY and _RATE_BEFORE.search(text[low:start]):
            kind = AskKind.PERCENT
        words = text[low : min(high, following)]
        each = _EACH.search(text, previous, min(high, following))
        items = _items(text[previous : min(each.start(), start)]) if each else ()
        for item in items or ("",):
            yield Ask(kind, words, unit, item)
        previous = end


def _whether(text: str, end: int) -> Iterator[Ask]:
    """What a later clause asks without an interrogative: 比上年是涨是跌."""
    for clause in _BREAK.split(text[end:])[1:]:
        if _WHETHER.search(clause):
            yield Ask(AskKind.ANY, clause)


def without_cues(text: str) -> str:
    """A question without the words it asks with: what is left names what is asked of."""
    for start, end, kind in reversed(_interrogatives(text)):
        kept = "" if kind is not AskKind.PEOPLE else re.sub("多少|几|[个名位]", "", text[start:end]).removesuffix("人")
        text = f"{text[:start]} {kept} {text[end:]}"
    return " ".join(text.split())


def _interrogatives(text: str) -> list[tuple[int, int, AskKind]]:
    """(start, end, kind) of each, in order; with nothing but copulas between them two are one."""
    taken: list[tuple[int, int, AskKind]] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if match[0] and all(match.end() <= a or match.start() >= b for a, b, _ in taken):
                taken.append((*match.span(), kind))
    merged: list[tuple[int, int, AskKind]] = []
    for start, end, kind in sorted(taken):
        if merged and re.fullmatch(r"[的是有为达到约各自分别大概一共总\s]{0,5}", text[merged[-1][1] : start]):
            first, _, before = merged[-1]
            merged[-1] = (first, end, kind if before in (AskKind.ANY, AskKind.NAME, AskKind.COUNT) else before)
        else:
            merged.append((start, end, kind))
    return merged


def _clause_start(text: str, previous: int, start: int) -> int:
    """Where the words of an interrogative begin: behind the last one, and behind a break if enough stands after it."""
    ends = [
        match.end() for match in _BREAK.finditer(text, previous, start) if len(text[match.end() : start].strip()) > 1
    ]
    return max([previous, *ends])


def _unit(text: str) -> str:
    """The unit straight behind 多少 or 几: 人次 of 多少人次; `` where none stands there."""
    match = re.match(r"(?:是|有|为|占[到了]?|花了?)*(?:多少|几)个?(?P<rest>[^，,；;。？?！!]{1,6})", text)
    numbers = find_numbers(f"3{match['rest']}") if match else ()
    return numbers[0].unit if numbers and numbers[0].start == 0 and len(numbers[0].text) > 1 else ""


def _items(text: str) -> tuple[str, ...]:
    """The items an enumeration ends with: 国家级、省级 of 获奖国家级、省级; the years of 2022年和2023年."""
    for clause in reversed(_BREAK.split(text.rstrip("的有是为占在，, "))):
        if match := _ITEMS.search(clause.rstrip("的有是为占在 ")):
            pieces = [piece.strip() for piece in _ITEM_MARK.split(match["items"])]
            pieces[-1] = _SUMMED_UP.sub("", pieces[-1]) or pieces[-1]
            return unique(piece for piece in pieces if piece)
    return ()
