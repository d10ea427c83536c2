"""When two figures say the same, and a value written out."""

from __future__ import annotations

import re
from decimal import Decimal

from rag.language.numbers.units import BOUND_KINDS, canonical, in_base, scaled
from rag.records import Number

ROUGHLY = Decimal("0.1")
"""How far an exact figure may be from an approximate one (约, 近, 余, 超) that stands for it, as a share of it."""
_SCALED = re.compile(r"\d(?:\.(\d+))?\s*([百千]?(?:万亿|[万亿]))")


def format_decimal(value: Decimal) -> str:
    """The value without exponent, with every digit it was written with (`63.60`)."""
    return format(value, "f")


def decimal_places(value: Decimal) -> int:
    """Digits written behind the point."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def last_place(value: Decimal) -> Decimal:
    """Worth of the last place written: 0.01 of 45.31."""
    return Decimal(1).scaleb(-decimal_places(value))


def measured(number: Number) -> tuple[Decimal, str, Decimal]:
    """(value in the base unit, that unit, worth there of the last place written): 1.5万元 is 15000, 元, 1000."""
    scale, unit = canonical(number.unit)
    written = _SCALED.search(number.text)
    place = last_place(number.value)
    if written and not scale:  # 52.4万册 is kept as 524000 册
        place = scaled(Decimal(1).scaleb(-len(written[1] or "")), written[2])
    return scaled(number.value * unit.factor, scale), unit.base, scaled(place * unit.factor, scale)


def same_value(a: Number, b: Number) -> bool:
    """Whether two figures state the same amount of the same thing, bound words aside.

    Equal in Decimal after unit scaling (1.5亿元 = 15000万元). Counting words are interchangeable; %, 百分点, money,
    area, ratio and bare numbers are not, nor 人 and 人次, 学时 and 课时. A range equals the
    same range alone, never one of its ends.
    """
    return measured(a)[:2] == measured(b)[:2] and (a.high is None) == (b.high is None) and _top(a) == _top(b)


def _top(number: Number) -> Decimal:
    """The upper end in the base unit, the value itself where it is no range."""
    return in_base(number.value if number.high is None else number.high, number.unit)


def same_bound(a: Number, b: Number) -> bool:
    """Whether two figures are exact, approximate, or limits on the same side, alike: 超 and 余 are, 约 and none not."""
    return _bound_kinds(a.bound) == _bound_kinds(b.bound)


def agree(first: Number, second: Number) -> bool:
    """Whether two figures may both be right of one thing: equal, or one a rounding or a fitting bound of the other.

    12067.33元 agrees with 1.21万元 and 1.2万元, not with 1.23万元; 96.12% with 超过96%, not with 超过97%; 3900人 with
    约4000人, never with 约4000元; 100余人 and 120余人 do not agree; 6个 agrees with 5-7个.
    """
    (one, unit, step), (other, other_unit, other_step) = measured(first), measured(second)
    if first.high is not None or second.high is not None:
        within = one <= _top(second) and other <= _top(first)
        return unit == other_unit and (same_value(first, second) if first.high and second.high else within)
    if unit != other_unit or one == other:
        return unit == other_unit
    if not first.bound and not second.bound:
        return step != other_step and abs(one - other) * 2 <= max(step, other_step)
    if first.bound and second.bound:
        return not same_bound(first, second) and abs(one - other) <= _leeway(one)
    exact, rough, bound = (other, one, first.bound) if first.bound else (one, other, second.bound)
    kinds, gap = _bound_kinds(bound), exact - rough
    if ("over" in kinds and gap < 0) or ("under" in kinds and gap > 0):
        return False
    return abs(gap) <= _leeway(rough)


def _leeway(rough: Decimal) -> Decimal:
    """How far from an approximate value an exact one may be: one in its last digit that is not a closing zero."""
    exponent = rough.normalize().as_tuple().exponent
    return max(ROUGHLY * abs(rough), Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0))


def _bound_kinds(bound: str) -> frozenset[str]:
    return frozenset(BOUND_KINDS[word] for word in bound.split() if word in BOUND_KINDS)
