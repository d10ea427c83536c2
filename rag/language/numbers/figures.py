"""Figures in running text and in table cells."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from rag.language.numbers.folding import fold
from rag.language.numbers.labels import LINE_OPENING, QUOTATION, RUN, end_of_label, without_opaque
from rag.language.numbers.numerals import CANDIDATE
from rag.language.numbers.ranges import RANGE_WITH_UNIT, with_ranges
from rag.language.numbers.readings import Reading, is_year, read_at
from rag.language.numbers.units import GAP, UNIT, Unit, canonical, scaled
from rag.records import Number

_AFTER = re.compile(
    rf"""{GAP}(及以上|及以下|以上|以下|以内|左右|上下|有余|(?<![\d ])\+(?![0-9A-Za-z])|\+(?![0-9A-Za-z\u3400-\u9fff×(]))
       | (多)(?=[的来,。;、)]|时间|$)""",
    re.VERBOSE,
)
_BEFORE = re.compile(
    r"""(不得低于|不得少于|不得超过|不低于|不少于|不小于|不超过|不高于|不大于|大约|将近|接近|近乎|超过|超出|突破|高于|大于|多于|低于
         |小于|少于|不足|不到|未满|至少|至多|(?:(?<![预大节制合公契相签续集])|(?<=干预)|(?<=连续))约
         |(?<![最附邻亲远新临就相靠接])近|(?<![高反赶])超|逾|[≈≥≤<>±])
        (?:达到|[占为有计达了合需用在])?(?:人民币)?[ ]?[¥￥]?[ ]?$""",
    re.VERBOSE,
)
_BEFORE_MAGNITUDE = re.compile(r"((?<![超通经不])过|(?<![以加])上|破)$")
_MAGNITUDE = re.compile(r"[百千万亿]+(?![〇零一二两三四五六七八九])|半数|半")
_SIGN = re.compile(r"(?:^|[\s\x00率幅长比度降减增为是到至:(,、|])-$")
_SIGN_OF_MONEY = re.compile(r"(?:[\u3400-\u9fff](?<![元万亿])-|(?<!正)(?<!胜)负|[△▲])$")
"""Before money, shares and fractions alone: 一等奖-3项 and ▲3个项目 are lists."""
_RISES = re.compile("[▼▽↓]")
_IN_BRACKETS = re.compile(rf"\){GAP}(?P<scale>[十百千]?[万亿])?(?P<unit>{UNIT})")
_ACCOUNTED = re.compile(r"\s*(?:[△▲负][ ]?|\()(?P<digits>[¥￥]?\d[\d,]*(?:\.\d+)?)(?P<unit>[^\d()]{0,4})\)?\s*")
_PLUS = re.compile(r"\s*[+¥￥]?\s*")
_TIME_UNITS = frozenset("年 个月 天 周 学期 学年 届 小时".split())
_LONGER_KINDS = frozenset("duration age multiple money length".split())
_COUNT_KINDS = frozenset("count visits person_days duration age lessons credits".split())
_SIGNED_KINDS = frozenset("money foreign_money percent points per".split())
_BARE = re.compile(r"\d+(?:\.\d+)?")
_LATIN_BEFORE = re.compile(r"[A-Za-z][ _/-]?$")
_CODE_BEFORE = re.compile(r"[A-Za-z][-.]$|\d[A-Za-z]+$")
_LATIN_AFTER = re.compile(r"[A-Za-z_]|[-+][A-Za-z0-9]")
_HEADING_AFTER = re.compile(r"[.、)]|[ \x1f]?(?:[\u3400-\u9fff“‘《]|\d\+)")
_ENUMERATED = re.compile(r"[。;:!?][ ]?$")
_POINTED = re.compile(r"[.)](?!\d)")
_LOST = frozenset("□\ufffd")
"""Characters that could not be read: what touches one may lack a digit."""
_NOTE_MARKS = " \n*⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵃᵇᶜᵈᵉⁿ"
_BRACKETS = ("()", "[]", "〔〕", "【】")
_BUDGET_CODE_LENGTH = 7
"""Digits of a 项 of expenditure by function (2050299)."""


def find_numbers(text: str) -> tuple[Number, ...]:
    """The figures of running text or of a table row, in order, without overlap; see the module for what counts."""
    folded = without_opaque(fold(text))
    quoted = [offset for match in QUOTATION.finditer(folded) for offset in match.span()]
    found: list[Number] = []
    at = 0
    while candidate := CANDIDATE.search(folded, at):
        start = candidate.start()
        before = _text_before(folded, start)
        end = end_of_label(folded, start, before)
        number = None if end else _figure_at(folded, start, before)
        at = number.end if number else end or _end_of_run(folded, start)
        if number and not _is_name(folded, start, number, in_quotation=bisect_left(quoted, start) % 2 == 1):
            found.append(number)
    return tuple(replace(number, text=text[number.start : number.end]) for number in with_ranges(folded, found))


@lru_cache(maxsize=20_000)
def cell_number(cell: str, column_unit: str = "") -> Number | None:
    """The figure a table cell is, None where it is empty, a dash, text, or more than one figure (`1/3` is two).

    A bare number takes `column_unit` (`unit_in_header` of its header); a bare year stays a bare number. (1,234.56)
    and ▲78.9 are negative. 5-7 is a range where the column has a unit.
    """
    folded = fold(cell).rstrip(_NOTE_MARKS)
    if accounted := _accounted(folded, column_unit):
        return replace(accounted, text=cell[accounted.start : accounted.end])
    candidate = CANDIDATE.search(folded)
    number = _figure_at(folded, candidate.start(), _text_before(folded, candidate.start())) if candidate else None
    if number is not None and number.end != len(folded):
        number = _cell_range(folded, number, bool(column_unit))
    if number is None or number.end != len(folded) or not _PLUS.fullmatch(folded, 0, number.start):
        return None
    return replace(_in_column(number, column_unit), text=cell[number.start : number.end])


def _in_column(number: Number, column_unit: str) -> Number:
    scale, unit = canonical(column_unit)
    if number.unit or not unit.name:
        return number
    value, name = _in_unit(number.value, scale, unit)
    high = number.high if number.high is None else _in_unit(number.high, scale, unit)[0]
    return replace(number, value=value, unit=name, high=high)


def _cell_range(folded: str, low: Number, has_unit: bool) -> Number | None:
    candidate = CANDIDATE.search(folded, low.end)
    at = candidate.start() if candidate else len(folded)
    high = _figure_at(folded, at, _text_before(folded, at)) if candidate else None
    joined = with_ranges(folded, [low, high]) if high else ()
    return joined[0] if len(joined) == 1 and (has_unit or joined[0].unit) else None


def _accounted(folded: str, column_unit: str) -> Number | None:
    """A negative as accounts write it: △45.6, 负3.2万元, and what stands in brackets in a column that counts nothing."""
    match = _ACCOUNTED.fullmatch(folded)
    if match is None:
        return None
    positive = cell_number(match["digits"] + match["unit"], column_unit)
    bracketed = "(" in folded
    written_as_money = "," in match["digits"] or "." in match["digits"] or unit_kind(column_unit) == "money"
    if positive is None or (bracketed and (unit_kind(positive.unit) in _COUNT_KINDS or not written_as_money)):
        return None
    start = len(folded) - len(folded.lstrip())
    return replace(positive, value=-positive.value, start=start, end=len(folded))


def unit_kind(unit: str) -> str:
    """The class of a unit as `unit_class` tells it."""
    return canonical(unit)[1].kind


def _text_before(folded: str, at: int) -> str:
    return folded[at - 10 : at] if at >= 10 else "\n" + folded[:at]


def _end_of_run(folded: str, at: int) -> int:
    run = RUN.match(folded, at)
    return run.end() if run else at + 1


def _in_unit(value: Decimal, scale: str, unit: Unit) -> tuple[Decimal, str]:
    """Money keeps the unit written, every other unit is counted out."""
    if unit.base.startswith("元") or unit.kind == "foreign_money":
        return value, scale + unit.name
    return scaled(value, scale), unit.name


def _figure_at(folded: str, at: int, before: str) -> Number | None:
    """The figure whose digits begin at `at`, with an empty `text`."""
    is_arabic = folded[at].isdecimal()
    signed = _SIGN.search(before) is not None and is_arabic
    may_be_signed = signed or (is_arabic and _SIGN_OF_MONEY.search(before) is not None)
    unsigned = before[:-1] if may_be_signed else before
    bound = _BEFORE.search(unsigned)
    bounds = [] if bound is None else [bound[1]]
    magnitude = _BEFORE_MAGNITUDE.search(unsigned)
    if magnitude and _MAGNITUDE.match(folded, at):
        bound, bounds = magnitude, [magnitude[1]]
    reading = read_at(folded, at, before, bounded=bool(bounds), behind=_AFTER)
    if reading is None:
        return None
    if is_arabic and before[-1] == "(" and (closed := _bracketed(folded, at, reading)):
        return closed
    signed = signed or (may_be_signed and _is_negative(folded, at, reading))
    if may_be_signed and not signed:
        bound, bounds = None, []
    if bounds == ["近"] and reading.unit.name in _TIME_UNITS:
        bound, bounds = None, []
    return _number(folded, at - signed - (len(bound[0]) if bound else 0), reading, bounds, signed)


def _number(folded: str, start: int, reading: Reading, bounds: list[str], signed: bool) -> Number:
    end, words = reading.end, [*bounds, *reading.bounds]
    if (after := _AFTER.match(folded, end)) and (after[1] or reading.unit.kind in _LONGER_KINDS):
        words.append(after[1] or after[2])
        end = after.end()
    value, unit = _in_unit(-reading.value if signed else reading.value, reading.scale, reading.unit)
    high = None if reading.high is None else _in_unit(reading.high, reading.scale, reading.unit)[0]
    return Number("", value, unit, start, end, " ".join([*words, "～"] if high is not None else words), high)


def _is_negative(folded: str, at: int, reading: Reading) -> bool:
    """Whether a minus, 负 or triangle before money or a share is its sign: 增值-8.9万元, △12.3万元, 为负3%."""
    if folded[at - 1] == "▲" and _RISES.search(folded):
        return False
    digits = folded[at : reading.end]
    exact = "." in digits or "," in digits or bool(reading.scale) or reading.unit.kind in ("percent", "points")
    return folded[at - 1] == "负" or (exact and reading.unit.kind in _SIGNED_KINDS)


def _bracketed(folded: str, at: int, reading: Reading) -> Number | None:
    """(12.3)万元: a negative amount in brackets before its unit."""
    match = _IN_BRACKETS.match(folded, reading.end)
    unit = canonical(match["unit"])[1] if match else None
    if match is None or unit is None or unit.kind not in _SIGNED_KINDS or reading.unit.name:
        return None
    value, name = _in_unit(-reading.value, match["scale"] or "", unit)
    return Number("", value, name, at - 1, match.end())


def _is_name(folded: str, at: int, number: Number, *, in_quotation: bool) -> bool:
    """Whether what reads as a figure is a name, year, code or row number, or has lost digits."""
    digits = folded[at : number.end]
    before, after = _text_before(folded, at), folded[number.end : number.end + 3]
    if in_quotation and (not number.unit or not digits[0].isdecimal()):
        return True
    if before[-1] in _LOST or after[:1] in _LOST or (number.start == at and _CODE_BEFORE.search(before)):
        return True
    if ":" in number.unit and _LATIN_BEFORE.search(before):
        return True
    if number.unit or number.bound or not _BARE.fullmatch(digits) or RANGE_WITH_UNIT.match(folded, number.end):
        return False
    return (
        is_year(digits)
        or (digits.isdecimal() and (len(digits) >= 8 or (len(digits) > 1 and digits[0] == "0")))
        or _LATIN_BEFORE.search(before) is not None
        or _LATIN_AFTER.match(after) is not None
        or (before[-1] + after[:1] in _BRACKETS and len(digits) <= 2)
        or (_ENUMERATED.search(before) is not None and _POINTED.match(after) is not None)
        or (LINE_OPENING.search(before) is not None and _opens_line(digits, after))
    )


def _opens_line(digits: str, after: str) -> bool:
    """`1.`, `2、`, `3）`, `1.1 总则`, `1占地面积`, `2050299其他`: a heading, row number or budget code, no first cell."""
    length = len(digits.replace(".", ""))
    return (length <= 2 or len(digits) == _BUDGET_CODE_LENGTH) and _HEADING_AFTER.match(after) is not None
