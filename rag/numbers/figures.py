"""Figures in running text and in table cells."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from rag.numbers.equality import format_decimal
from rag.numbers.labels import LINE_OPENING, QUOTATION, RUN, end_of_label, without_opaque
from rag.numbers.numerals import CANDIDATE, CHINESE, DIGIT_VALUES, DIGITS, FOLD, numeral_value
from rag.numbers.units import DATA, GAP, SCALES, UNIT, Unit, canonical, scaled, unit_pattern
from rag.records import Number

PLAIN = r"\d{1,15}(?!\d)(?:\.\d{1,12}(?!\d))?"
_ARABIC = re.compile(
    rf"""(?:(?P<high>{PLAIN})(?P<mark>亿(?=\d)|万(?=\d{{4}}(?!\d)|\d千)))?
         (?P<digits>\d{{1,3}}(?:,\d{{3}}){{1,4}}(?![\d])(?:\.\d{{1,12}}(?!\d))?
                  | \d{{1,15}}(?:\.\n[ ]*\d{{1,12}}(?!\d)(?={GAP}[万亿]?(?:{UNIT}))|\n?\.\d{{1,12}})?(?!\d))
         (?:[ ]?(?P<within>余(?!额)|多(?=[ ]*[百千万亿])))?
         (?P<scale>{GAP}(?:[十百千]?(?:万亿|万(?![达科象向州宁众事物能华豪源隆全])|亿(?!达))|[百千](?!克|米|瓦|伏)(?=[余多]?{UNIT}|[-~至到]\d+[百千])))?
         (?P<also>余(?!额)|[多几来](?={GAP}(?:{UNIT})|[ ,。;、)]|$)|\+(?![0-9A-Za-z]))?
         (?:{GAP}(?P<unit>{UNIT}))?""",
    re.VERBOSE,
)
_NUMERAL = re.compile(
    rf"""(?P<run>[{CHINESE}]{{1,24}}(?:点[{DIGITS}]{{1,8}})?)(?P<within>余|多|几|来)?(?P<scale>(?<=[余多几])[万亿]{{1,2}})?
         (?P<unit>{unit_pattern(frozenset(DATA["arabic_only"].split()))})""",
    re.VERBOSE,
)
_RATIO = re.compile(rf"(?P<left>{PLAIN})[ ]?(?::|比(?=\d))[ ]?(?P<right>{PLAIN})(?!:)")
_PARTS = re.compile(
    rf"""(?P<whole>[{CHINESE}]{{1,8}}|\d{{1,6}})分之(?P<part>[{CHINESE}]{{1,12}}(?:点[{DIGITS}]{{1,8}})?|{PLAIN})
       | (?<![)\d])(?P<slash_part>\d{{1,6}})/(?P<slash_whole>\d{{1,6}})(?![\d/年月])""",
    re.VERBOSE,
)
_TENTHS = re.compile(
    rf"""(?P<tenths>[{DIGITS}](?![{DIGITS}])|\d(?:\.\d)?)成(?P<half>半|五)?(?P<more>多)?
         (?![立员果功为长都效本绩人就品熟分型套语交群不份])""",
    re.VERBOSE,
)
_AFTER = re.compile(
    rf"{GAP}(及以上|及以下|以上|以下|以内|左右|上下|有余|\+(?![0-9A-Za-z]))|(多)(?=[的来,。;、)]|时间|$)"
)
_BEFORE = re.compile(
    r"""(不得低于|不得少于|不得超过|不低于|不少于|不小于|不超过|不高于|不大于|大约|将近|接近|近乎|超过|超出|突破|高于|大于|多于|低于
         |小于|少于|不足|不到|未满|至少|至多|(?:(?<![预大节制合公契相签续集])|(?<=干预)|(?<=连续))约
         |(?<![最附邻亲远新临就相靠接])近|(?<![高反赶])超|逾|[≈≥≤<>])
        (?:达到|[占为有计达了合需用在])?(?:人民币)?[ ]?[¥￥]?[ ]?$""",
    re.VERBOSE,
)
_BEFORE_MAGNITUDE = re.compile(r"((?<![超通经不])过|(?<![以加])上|破)$")
_SIGN = re.compile(r"(?:^|[\s\x00率幅长比度降减增为是到至:(,、|])-$")
_MAGNITUDES = frozenset(SCALES)
_RUN_OF_MAGNITUDES = re.compile(rf"[百千万亿]+(?![{DIGITS}])")
_CLOSES_PHRASE = re.compile(r"[ ]*(?:[,。;:、)!?\x1f]|\[\d|\u2063|$)")
_COUNTED_ONE = re.compile(r"(?:仅|仅有|只|只有|共|各|共计|总计|合计)$")
_NOT_BEFORE_NUMERAL = frozenset("第周初数几某之任唯统每另同这那哪万一期")
_NOT_AFTER_ONE = frozenset(DATA["not_after_one"].split())
_TIME_UNITS = frozenset("年 个月 天 周 学期 学年 届 小时".split())
_LONGER_KINDS = frozenset("duration age multiple money length".split())
_BARE = re.compile(r"\d+(?:\.\d+)?")
_LATIN_BEFORE = re.compile(r"[A-Za-z][ _/-]?$")
_LATIN_AFTER = re.compile(r"[A-Za-z_]|[-+][A-Za-z0-9]")
_HEADING_AFTER = re.compile(r"[.、)]|[ \x1f]?(?:[\u3400-\u9fff“‘《]|\d\+)")
_ENUMERATED = re.compile(r"[。;:!?][ ]?$")
_POINTED = re.compile(r"[.)](?!\d)")
_RANGE_MARK = re.compile(r"[ ]?[-—~至到][ ]?")
_RANGE_WITH_UNIT = re.compile(rf"[ ]?[-—~至到][ ]?\d[\d.,]*{GAP}[余多]?[万亿]?(?:{UNIT})")
_WRITTEN_SCALE = re.compile(r"[十百千]?(?:万亿|[万亿])")


@dataclass(frozen=True, slots=True)
class _Reading:
    """A figure without the words before and after it."""

    value: Decimal
    scale: str
    unit: Unit
    end: int
    bounds: tuple[str, ...] = ()


def find_numbers(text: str) -> tuple[Number, ...]:
    """The figures of running text or of a table row, in order, without overlap; see the module for what counts."""
    folded = without_opaque(text.translate(FOLD))
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
            found.append(replace(number, text=text[number.start : number.end]))
    return _with_ranges(folded, found)


def cell_number(cell: str, column_unit: str = "") -> Number | None:
    """The figure a table cell is, None where it is empty, a dash, text, or more than one figure (`1/3` is two).

    A bare number takes `column_unit` (`unit_in_header` of its header); a bare year stays a bare number.
    """
    folded = cell.translate(FOLD).rstrip(" \n")
    candidate = CANDIDATE.search(folded)
    number = _figure_at(folded, candidate.start(), _text_before(folded, candidate.start())) if candidate else None
    if number is None or number.end != len(folded) or folded[: number.start].strip() not in ("", "+"):
        return None
    if number.unit == "分之" and "/" in folded:
        return None
    scale, unit = canonical(column_unit)
    if not number.unit and unit.name:
        value, name = _in_unit(number.value, scale, unit)
        number = replace(number, value=value, unit=name)
    return replace(number, text=cell[number.start : number.end])


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
    signed = _SIGN.search(before) is not None and folded[at].isdecimal()
    if signed:
        before = before[:-1]
    bound = _BEFORE.search(before)
    bounds = [] if bound is None else [bound[1]]
    magnitude = _BEFORE_MAGNITUDE.search(before)
    if magnitude and _RUN_OF_MAGNITUDES.match(folded, at):
        bound, bounds = magnitude, [magnitude[1]]
    reading = _read(folded, at, before, bool(bounds))
    if reading is None:
        return None
    if bounds == ["近"] and reading.unit.name in _TIME_UNITS:
        bound, bounds = None, []
    end = reading.end
    bounds += reading.bounds
    if (after := _AFTER.match(folded, end)) and (after[1] or reading.unit.kind in _LONGER_KINDS):
        bounds.append(after[1] or after[2])
        end = after.end()
    value, unit = _in_unit(-reading.value if signed else reading.value, reading.scale, reading.unit)
    start = at - signed - (len(bound[0]) if bound else 0)
    return Number("", value, unit, start, end, " ".join(bounds))


def _read(folded: str, at: int, before: str, bounded: bool) -> _Reading | None:
    return (
        _read_parts(folded, at)
        or _read_tenths(folded, at)
        or _read_ratio(folded, at)
        or (_read_arabic(folded, at) if folded[at].isdecimal() else _read_numeral(folded, at, before, bounded))
    )


def _read_arabic(folded: str, at: int) -> _Reading | None:
    match = _ARABIC.match(folded, at)
    if match is None:
        return None
    value = Decimal(re.sub(r"[,\s]", "", match["digits"]))
    scale = (match["scale"] or "").strip()
    if match["high"]:
        value = scaled(Decimal(match["high"]), match["mark"]) + scaled(value, scale)
        scale = match["mark"] if scale in ("", "千", "百") else scale
        value = value / 10 ** SCALES[scale]
    unit = canonical(match["unit"] or "")[1]
    longer = "多" if "多" in (match["unit"] or "") else None
    bounds = tuple(word for word in (match["within"], match["also"], longer) if word)
    return _Reading(value, scale, unit, match.end(), bounds)


def _read_numeral(folded: str, at: int, before: str, bounded: bool) -> _Reading | None:
    match = _NUMERAL.match(folded, at)
    if match is None or before[-1:] in _NOT_BEFORE_NUMERAL:
        return None
    run, unit = match["run"], canonical(match["unit"])[1]
    total = numeral_value(run)
    bounds = tuple(word for word in (match["within"], "多" if "多" in match["unit"] else None) if word)
    bounded = bounded or bool(bounds) or _AFTER.match(folded, match.end()) is not None
    if total is None or run == "二" or (run in _MAGNITUDES and not bounded):
        return None
    if run == "一" and unit.name in _NOT_AFTER_ONE:
        return None
    if run == "一" and not bounds and not _COUNTED_ONE.search(before) and not _CLOSES_PHRASE.match(folded, match.end()):
        return None
    scale = match["scale"] or ""
    if unit.base.startswith("元") and not scale:
        tail = re.search("[万亿]*$", run)
        scale = tail[0] if tail and tail[0] in SCALES else ""
        total = total / 10 ** SCALES.get(scale, 0)
    return _Reading(total, scale, unit, match.end(), bounds)


def _amount(written: str) -> Decimal | None:
    return Decimal(written) if written[0].isdecimal() else numeral_value(written)


def _read_parts(folded: str, at: int) -> _Reading | None:
    """百分之八十七点五, 千分之三, 三分之一, 1/3."""
    match = _PARTS.match(folded, at)
    if match is None:
        return None
    whole = _amount(match["whole"] or match["slash_whole"])
    part = _amount(match["part"] or match["slash_part"])
    if not whole or part is None or (match["slash_part"] and part >= whole):
        return None
    unit = {Decimal(100): "%", Decimal(1000): "‰"}.get(whole) if match["whole"] else None
    return _Reading(part if unit else part / whole, "", canonical(unit or "分之")[1], match.end())


def _read_tenths(folded: str, at: int) -> _Reading | None:
    match = _TENTHS.match(folded, at)
    if match is None:
        return None
    digit = match["tenths"]
    value = (Decimal(DIGIT_VALUES[digit]) if digit in DIGIT_VALUES else Decimal(digit)) * 10 + (
        5 if match["half"] else 0
    )
    return _Reading(value, "", canonical("%")[1], match.end(), ("多",) if match["more"] else ())


def _read_ratio(folded: str, at: int) -> _Reading | None:
    match = _RATIO.match(folded, at)
    if match is None or (_is_year(match["left"]) and _is_year(match["right"])):
        return None
    left, right = Decimal(match["left"]), Decimal(match["right"])
    if left == 1 and right != 1:
        return _Reading(right, "", canonical("1:")[1], match.end())
    return _Reading(left, "", canonical(":" + format_decimal(right.normalize()))[1], match.end())


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.isdecimal() and 1980 <= int(digits) < 2040


def _is_name(folded: str, at: int, number: Number, *, in_quotation: bool) -> bool:
    """Whether what reads as a figure is a name, year, code or row number: a bare one, or a quoted numeral."""
    digits = folded[at : number.end]
    if in_quotation and (not number.unit or not digits[0].isdecimal()):
        return True
    if number.unit or number.bound or not _BARE.fullmatch(digits) or _RANGE_WITH_UNIT.match(folded, number.end):
        return False
    before, after = _text_before(folded, at), folded[number.end : number.end + 3]
    return (
        _is_year(digits)
        or (digits.isdecimal() and (len(digits) >= 8 or (len(digits) > 1 and digits[0] == "0")))
        or _LATIN_BEFORE.search(before) is not None
        or _LATIN_AFTER.match(after) is not None
        or (before.endswith("(") and after.startswith(")") and len(digits) <= 2)
        or (_ENUMERATED.search(before) is not None and _POINTED.match(after) is not None)
        or (LINE_OPENING.search(before) is not None and _opens_line(digits, after))
    )


def _opens_line(digits: str, after: str) -> bool:
    """`1.`, `2、`, `3）`, `1.1 总则`, `1占地面积`: a heading or row number, not a first cell of figures."""
    return len(digits.replace(".", "")) <= 2 and _HEADING_AFTER.match(after) is not None


def _with_ranges(folded: str, found: list[Number]) -> tuple[Number, ...]:
    """`5-7个`, `3至5万人`, `10%~20%`: both ends in one unit, and marked."""
    numbers = list(found)
    for index, (low, high) in enumerate(pairwise(found)):
        if not _RANGE_MARK.fullmatch(folded, low.end, high.start) or low.unit not in ("", high.unit):
            continue
        if folded[max(0, low.start - 1) : low.start] in tuple("从由自"):
            continue
        scale = _WRITTEN_SCALE.search(folded, high.start, high.end)
        value = low.value
        low_has_scale = _WRITTEN_SCALE.search(folded, low.start, low.end)
        if not low.unit and scale and "元" not in high.unit and not low_has_scale:
            value = scaled(value, scale[0])
        elif not low.unit and low_has_scale and "元" in high.unit:
            value = value.scaleb(-SCALES.get(canonical(high.unit)[0], 0)).normalize()
        if value < high.value:
            numbers[index] = replace(low, value=value, unit=high.unit, bound=f"{low.bound} ～".strip())
            numbers[index + 1] = replace(high, bound=f"{high.bound} ～".strip())
    return tuple(numbers)
