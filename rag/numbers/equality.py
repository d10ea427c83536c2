"""When two figures say the same, and a value written out."""

from __future__ import annotations

from decimal import Decimal

from rag.numbers.units import BOUND_KINDS, canonical, scaled
from rag.records import Number


def format_decimal(value: Decimal) -> str:
    """The value without exponent, with every digit it was written with (`63.60`)."""
    return format(value, "f")


def same_value(a: Number, b: Number) -> bool:
    """Whether two figures state the same amount of the same thing, bound words aside.

    Equal in Decimal after unit scaling (1.5亿元 = 15000万元). Counting words are interchangeable; %, 百分点, money,
    area, ratio and bare numbers are not, nor 人 and 人次, 学时 and 课时.
    """
    (scale_a, unit_a), (scale_b, unit_b) = canonical(a.unit), canonical(b.unit)
    if unit_a.base != unit_b.base:
        return False
    return scaled(a.value * unit_a.factor, scale_a) == scaled(b.value * unit_b.factor, scale_b)


def same_bound(a: Number, b: Number) -> bool:
    """Whether two figures are exact, approximate, or limits on the same side, alike: 超 and 余 are, 约 and none not."""
    return _bound_kinds(a.bound) == _bound_kinds(b.bound)


def _bound_kinds(bound: str) -> frozenset[str]:
    return frozenset(BOUND_KINDS[word] for word in bound.split() if word in BOUND_KINDS)
