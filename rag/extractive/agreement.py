"""Whether two printed figures say the same: equal, rounded, or one a bound of the other."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from rag.numbers import same_value
from rag.records import Number

ROUGHLY = Decimal("0.1")
"""How far an approximate figure may be from an exact one it stands for."""


def agree(first: Number, second: Number) -> bool:
    """Whether two figures say the same: equal, or one a rounding or a bound of the other (超过96% and 96.12%)."""
    if same_value(first, second):
        return True
    for exact, rough in ((first, second), (second, first)):
        coarser = _decimal_places(rough.value) < _decimal_places(exact.value)
        near = abs(exact.value - rough.value) <= ROUGHLY * abs(rough.value)
        if near and (rough.bound or (coarser and round_to(exact.value, rough.value) == rough.value)):
            return True
    return False


def round_to(value: Decimal, like: Decimal) -> Decimal:
    """A value rounded half up to the last place of another."""
    return value.quantize(Decimal(1).scaleb(-_decimal_places(like)), ROUND_HALF_UP)


def _decimal_places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
