"""Whether one figure looks like a slip of the pen for another."""

from __future__ import annotations

from decimal import Decimal

from rag.language.numbers import decimal_places

MIN_DIGITS = 3
"""Digits, closing zeros of whole numbers aside, from which on two figures hardly differ in a single digit by chance."""


def is_slip(one: Decimal, other: Decimal, *, left_out: bool = False) -> bool:
    """Whether two figures differ by one digit, two neighbours swapped or, if asked, one left out: 567 and 576.

    Nothing that rounding may have done is a slip: 236.63 and 236.64.
    """
    places = max(decimal_places(one), decimal_places(other))
    first, second = (f"{abs(value):.{places}f}".replace(".", "").lstrip("0") for value in (one, other))
    said = max(len(digits if places else digits.rstrip("0")) for digits in (first, second))
    if said < MIN_DIGITS or abs(one - other) <= (Decimal(1).scaleb(-places) if places else 0):
        return False
    if len(first) != len(second):
        long, short = sorted((first, second), key=len, reverse=True)
        return (
            left_out
            and len(long) - len(short) == 1
            and len(short) >= MIN_DIGITS
            and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
        )
    apart = [at for at in range(len(first)) if first[at] != second[at]]
    swapped = len(apart) == 2 and apart[1] - apart[0] == 1 and first[apart[0]] == second[apart[1]]
    return len(apart) == 1 or (swapped and first[apart[1]] == second[apart[0]])
