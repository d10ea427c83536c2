"""Whether two figures say the same: equal, or one a rounding or a bound of the other."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from rag.numbers import same_bound, same_value
from rag.numbers.units import canonical, scaled
from rag.records import Number

_WRITTEN = re.compile(r"\d(?:\.(\d+))?\s*([百千]?(?:万亿|[万亿]))")
ROUGHLY = Decimal("0.1")
"""How far an approximate figure may be from an exact one it stands for, as a share of it."""


def agree(first: Number, second: Number) -> bool:
    """Whether two figures say the same: equal, or one a rounding or a bound of the other (超过96% and 96.12%)."""
    if same_value(first, second):
        return True
    (one, unit, step), (other, other_unit, other_step) = _measured(first), _measured(second)
    if unit != other_unit:
        return False
    gap = abs(one - other)
    if first.bound or second.bound:
        rough, place = (one, _last_digit(one)) if first.bound else (other, _last_digit(other))
        both = bool(first.bound and second.bound) and same_bound(first, second)
        return not both and gap <= max(ROUGHLY * abs(rough), place)
    return step != other_step and gap * 2 <= max(step, other_step)


def _measured(number: Number) -> tuple[Decimal, str, Decimal]:
    """(value in the base unit, that unit, worth there of the last place written)."""
    scale, unit = canonical(number.unit)
    written = _WRITTEN.search(number.text)
    place = place_of(number.value)
    if written and not scale:  # 52.4万册 is kept as 524000 册
        place = scaled(Decimal(1).scaleb(-len(written[1] or "")), written[2])
    return scaled(number.value * unit.factor, scale), unit.base, scaled(place * unit.factor, scale)


def _last_digit(value: Decimal) -> Decimal:
    """Worth of the last digit that is not a closing zero: 10000 of 40000."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def round_to(value: Decimal, like: Decimal) -> Decimal:
    """A value rounded half up to the last place of another."""
    return value.quantize(Decimal(1).scaleb(-decimal_places(like)), ROUND_HALF_UP)


def decimal_places(value: Decimal) -> int:
    """Digits written behind the point."""
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def place_of(value: Decimal) -> Decimal:
    """Worth of the last place written: 0.01 of 45.31."""
    return Decimal(1).scaleb(-decimal_places(value))
