"""What the digits or numerals at a place of folded text are worth, in which unit, and where they end."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from math import gcd

from rag.language.numbers.equality import format_decimal
from rag.language.numbers.numerals import CHINESE, DIGIT_VALUES, DIGITS, VULGAR, numeral_value
from rag.language.numbers.units import DATA, GAP, SCALES, UNIT, Unit, canonical, scaled, unit_pattern
from rag.language.numbers.words import is_part_of_a_word

PLAIN = r"\d{1,15}(?!\d)(?:\.\d{1,12}(?!\d))?"
_NOTE = r"(?:[\[〔]?[⁰¹²³⁴-⁾ᵃᵇᶜᵈᵉⁿ]{1,8}[\]〕]?|[①-⑳]|\*{1,2}(?=[ ]?\S))"
_SCALE = rf"""{GAP}(?:[十百千]?(?:万亿|万(?![达科象向州宁众事物能华豪源隆全])|亿(?!达))
                    |[百千](?!克|米|瓦|伏)(?=[余多]?{UNIT}|[-~至到]\d+[百千]))"""
_ARABIC = re.compile(
    rf"""(?:(?P<high>\d{{1,6}})(?P<mark>亿(?=\d{{1,4}}(?:\.\d+)?万|\d千万|\d{{8}}(?!\d))|万(?=\d{{4}}(?!\d)|\d千)))?
         (?P<digits>\d{{1,3}}(?:,\d{{3}}){{1,4}}(?!\d)(?:\.\d{{1,12}}(?!\d))?
                  | \d(?:[ ]\d){{2,14}}(?=[ ]?(?:[万亿]|{UNIT}))
                  | \d{{1,15}}(?:\.\n[ ]*\d{{1,12}}(?!\d)(?={GAP}[万亿]?(?:{UNIT}))|\n?\.\d{{1,12}})?(?!\d))
         (?P<vulgar>[{VULGAR}])?
         (?:[ ]?(?P<within>余(?!额)|多(?=[ ]*[百千万亿])))?
         (?P<scale>{_SCALE})?
         (?P<also>余(?!额)|[多几来](?={GAP}(?:{UNIT})|[ ,。;、)]|$)
                |\+(?=[ ]?(?:{UNIT})|(?![0-9A-Za-z\u3400-\u9fff×(])|(?<=[万亿]\+)[\u3400-\u9fff]))?
         (?:{GAP}(?:{_NOTE}{GAP})?(?P<unit>{UNIT}))?""",
    re.VERBOSE,
)
_CHINESE_UNIT = unit_pattern(frozenset(DATA["arabic_only"].split()))
_NUMERAL = re.compile(
    rf"""(?P<run>[{CHINESE}]{{1,24}}(?:点[{DIGITS}]{{1,8}})?)
         (?:[-—~至到](?P<top>[{CHINESE}]{{1,24}}))?
         (?P<within>余|多|几|来)?(?P<scale>(?<=[余多几])[万亿]{{1,2}})?
         (?P<unit>{_CHINESE_UNIT})""",
    re.VERBOSE,
)
_ROUND_NUMERAL = re.compile(rf"(?P<run>[{CHINESE}]{{0,12}}[万亿])(?=[ ]*(?:[,。;、)!?]|$))")
_RATIO = re.compile(rf"(?P<left>{PLAIN})[ ]?(?::|比(?=\d))[ ]?(?P<right>{PLAIN})(?!:)")
_PARTS = re.compile(
    rf"(?P<whole>[{CHINESE}]{{1,8}}|\d{{1,6}})分之(?P<part>[{CHINESE}]{{1,12}}(?:点[{DIGITS}]{{1,8}})?|{PLAIN})"
)
_SLASHED = re.compile(rf"(?P<part>\d{{1,2}})/(?P<whole>\d{{1,2}})(?![\d./年月]|[ ]?(?:{UNIT}))")
_OF = re.compile(r"的|以上|左右")
_SAID_BEFORE = re.compile(r"(?:[^/]|(?<=\d)/(?=\d))*[\u3400-\u9fff≥≤<>][ ]?$")
_VULGAR = re.compile(f"[{VULGAR}]")
_HALF = re.compile(r"一半|半数|(?P<bare>半)(?=的|以上|左右|[ ]*[,。;、)]|$)")
_BOUND_BEFORE_HALF = re.compile("[过近超逾约]$")
_TENTHS = re.compile(
    rf"""(?P<tenths>[{DIGITS}](?![{DIGITS}])|\d(?:\.\d)?)(?:[-—~至到](?P<top>[{DIGITS}]|\d))?成(?P<half>半|五)?(?P<more>多)?
         (?![立员果功为长都效本绩人就品熟分型套语交群不份])""",
    re.VERBOSE,
)
_MAGNITUDES = frozenset(SCALES)
_CLOSES_PHRASE = re.compile(r"[ ]*(?:[,。;:、)!?\x1f]|\[\d|\u2063|$)")
_COUNTED_ONE = re.compile(r"(?:仅|仅有|只|只有|共|各|共计|总计|合计)$")
_NOT_BEFORE_NUMERAL = frozenset("第周初数几某之任唯统每另同这那哪万一期届")
_NOT_BEFORE_ONE = frozenset("上下头前后")
_NOT_AFTER_ONE = frozenset(DATA["not_after_one"].split())


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure without the words before and after it; of a range the lower end, `high` the upper one."""

    value: Decimal
    scale: str
    unit: Unit
    end: int
    bounds: tuple[str, ...] = ()
    high: Decimal | None = None


def read_at(folded: str, at: int, before: str, *, bounded: bool, behind: re.Pattern[str]) -> Reading | None:
    """The reading that begins at `at`; `bounded` says that a bound word stands before, `behind` matches one behind."""
    if _VULGAR.match(folded, at):
        return Reading(_vulgar_value(folded[at]), "", canonical("分之")[1], at + 1)
    reading = _parts(folded, at, before) or _half(folded, at, before) or _tenths(folded, at) or _ratio(folded, at)
    if reading or folded[at] == "半":
        return reading
    if folded[at].isdecimal():
        return _arabic(folded, at, before)
    return _numeral(folded, at, before, bounded, behind)


def is_year(digits: str) -> bool:
    """Whether a bare number reads as a year of our time."""
    return len(digits) == 4 and digits.isdecimal() and 1980 <= int(digits) < 2040


def _vulgar_value(character: str) -> Decimal:
    return Decimal(str(round(unicodedata.numeric(character), 12))).normalize()


def _arabic(folded: str, at: int, before: str) -> Reading | None:
    match = _ARABIC.match(folded, at)
    if match is None or (" " in match["digits"] and before[-1] == " " and before[-2].isdecimal()):
        return None
    value = Decimal(re.sub(r"[,\s]", "", match["digits"]))
    if match["vulgar"]:
        value += _vulgar_value(match["vulgar"])
    scale = (match["scale"] or "").strip()
    if match["high"]:
        value = scaled(Decimal(match["high"]), match["mark"]) + scaled(value, scale)
        scale = match["mark"] if scale in ("", "千", "百") else scale
        value = value / 10 ** SCALES[scale]
    unit = canonical(match["unit"] or "")[1]
    longer = "多" if "多" in (match["unit"] or "") else None
    bounds = tuple(word for word in (match["within"], match["also"], longer) if word)
    return Reading(value, scale, unit, match.end(), bounds)


def _numeral(folded: str, at: int, before: str, bounded: bool, behind: re.Pattern[str]) -> Reading | None:
    match = _NUMERAL.match(folded, at)
    if match is None and bounded:
        return _round_numeral(folded, at)
    if match is None or before[-1:] in _NOT_BEFORE_NUMERAL:
        return None
    run, unit, is_bound_before = match["run"], canonical(match["unit"])[1], bounded
    bounds = tuple(word for word in (match["within"], "多" if "多" in match["unit"] else None) if word)
    bounded = bounded or bool(bounds) or behind.match(folded, match.end()) is not None
    total = numeral_value(run)
    if (
        total is None
        or run in ("零", "〇")
        or (run == "二" and not match["top"])
        or (run in _MAGNITUDES and not bounded)
    ):
        return None
    if run == "一" and not match["top"] and not _is_one(match, unit, before, bool(bounds)):
        return None
    if is_part_of_a_word(folded, at, match.end(), bounded=is_bound_before):
        return None
    top = numeral_value(match["top"]) if match["top"] else None
    if match["top"] and (top is None or top <= total):
        return None
    scale = match["scale"] or ""
    tail = re.search("[万亿]*$", match["top"] or run)
    written = tail[0] if tail and tail[0] in SCALES else ""
    if top is not None and written and run[-1] not in "万亿":  # 三至五万
        total = scaled(total, written)
    if unit.base.startswith("元") and not scale:
        scale, shift = written, 10 ** SCALES.get(written, 0)
        total, top = total / shift, top / shift if top is not None else None
    return Reading(total, scale, unit, match.end(), bounds, top)


def _is_one(match: re.Match[str], unit: Unit, before: str, bounded: bool) -> bool:
    """Whether 一 counts: not 一批, 上一年; 金奖一枚。 and 仅一人 do, a mere "a" does not."""
    if unit.name in _NOT_AFTER_ONE or before[-1:] in _NOT_BEFORE_ONE:
        return False
    return bounded or bool(_COUNTED_ONE.search(before) or _CLOSES_PHRASE.match(match.string, match.end()))


def _round_numeral(folded: str, at: int) -> Reading | None:
    """十万, 百万 behind a bound word that no unit follows."""
    match = _ROUND_NUMERAL.match(folded, at)
    total = numeral_value(match["run"]) if match else None
    return Reading(total, "", canonical("")[1], match.end()) if match and total else None


def _amount(written: str) -> Decimal | None:
    return Decimal(written) if written[0].isdecimal() else numeral_value(written)


def _parts(folded: str, at: int, before: str) -> Reading | None:
    """百分之八十七点五, 千分之三, 三分之一, 占1/3; a 1/3 that nothing is said of is two numbers."""
    match = _PARTS.match(folded, at) or _SLASHED.match(folded, at)
    if match is None:
        return None
    whole, part = _amount(match["whole"]), _amount(match["part"])
    if not whole or part is None:
        return None
    unit = {Decimal(100): "%", Decimal(1000): "‰"}.get(whole)
    if match.re is _SLASHED:
        said = _SAID_BEFORE.match(before) or _OF.match(folded, match.end())
        if not said or before[-1] in "/)" or part >= whole or gcd(int(part), int(whole)) > 1:
            return None
        unit = None
    end = match.end("part") if match.re is _PARTS else match.end("whole")
    return Reading(part if unit else part / whole, "", canonical(unit or "分之")[1], end)


def _half(folded: str, at: int, before: str) -> Reading | None:
    """一半, 半数, and 半 behind 过, 近, 超."""
    match = _HALF.match(folded, at)
    if match is None or (match["bare"] and not _BOUND_BEFORE_HALF.search(before)):
        return None
    return Reading(Decimal("0.5"), "", canonical("分之")[1], match.end())


def _tenths(folded: str, at: int) -> Reading | None:
    match = _TENTHS.match(folded, at)
    if match is None:
        return None
    value, top = _tenth(match["tenths"]), _tenth(match["top"]) if match["top"] else None
    if top is not None and top <= value:
        return None
    half = 5 if match["half"] else 0
    more = ("多",) if match["more"] else ()
    return Reading(value + (half if top is None else 0), "", canonical("%")[1], match.end(), more, top)


def _tenth(digit: str) -> Decimal:
    return 10 * (Decimal(DIGIT_VALUES[digit]) if digit in DIGIT_VALUES else Decimal(digit))


def _ratio(folded: str, at: int) -> Reading | None:
    match = _RATIO.match(folded, at)
    if match is None or (is_year(match["left"]) and is_year(match["right"])):
        return None
    left, right = Decimal(match["left"]), Decimal(match["right"])
    if left == 1 and right != 1:
        return Reading(right, "", canonical("1:")[1], match.end())
    return Reading(left, "", canonical(":" + format_decimal(right.normalize()))[1], match.end())
