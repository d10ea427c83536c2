"""A printed figure that does not follow from others, and what follows from what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rag.figures.context import PEOPLE
from rag.language.numbers import decimal_places, last_place, unit_class
from rag.records import ContradictionKind, Figure

GRADE = re.compile("(?:特|一|二|三|四)等奖|[金银铜]奖|优秀奖|优胜奖")
_HOW_MANY = re.compile("数$|数量|项数|个数|合计")
HUNDRED = Decimal(100)
MIN_WHOLE_DIGITS = 4
"""Digits of a whole from which on a slip of one digit in one of its parts can be told."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A printed figure that does not follow from others."""

    kind: ContradictionKind
    figure: Figure
    operands: tuple[Figure, ...]


def total_of(figures: Sequence[Figure]) -> Decimal:
    """The sum of figures as written."""
    return sum((figure.number.value for figure in figures), Decimal(0))


def tolerance(figures: Sequence[Figure]) -> Decimal:
    """How much rounding may add up to over figures: half of the last place of each; what is counted is not rounded."""
    return sum((last_place(f.number.value) / 2 for f in figures if not _is_counted(f)), Decimal(0))


def _is_counted(figure: Figure) -> bool:
    return unit_class(figure.number.unit) in ("count", "bare") and decimal_places(figure.number.value) == 0


def adds_up(whole: Figure, parts: Sequence[Figure]) -> bool:
    """Whether parts add up to their whole, give or take their rounding."""
    return abs(total_of(parts) - whole.number.value) <= tolerance([whole, *parts])


def subtracts(change: Figure, new: Figure, old: Figure) -> bool:
    """Whether a change is the difference of two figures, whichever is the greater."""
    gap = abs(abs(new.number.value - old.number.value) - abs(change.number.value))
    return gap <= tolerance([change, new, old])


def quotient(part: Figure, whole: Figure, times: Decimal = Decimal(1)) -> Decimal | None:
    """Part ÷ whole, times as much; None where nothing can be divided by."""
    return part.number.value * times / whole.number.value if whole.number.value else None


def quotient_fits(printed: Figure, part: Figure, whole: Figure, times: Decimal = Decimal(1)) -> bool:
    """Whether a figure is part ÷ whole within the rounding of all three, its last place cut off or rounded."""
    if whole.number.value <= 0 or part.number.value < 0:
        return False
    half_part, half_whole = tolerance([part]), tolerance([whole])
    floor = max(whole.number.value - half_whole, last_place(whole.number.value) / 2)
    least = (part.number.value - half_part) * times / (whole.number.value + half_whole)
    most = (part.number.value + half_part) * times / floor
    step = last_place(printed.number.value)
    return least - step <= printed.number.value <= most + step / 2


def share_fits(share: Figure, part: Figure, whole: Figure) -> bool:
    """Whether a share in per cent is part ÷ whole."""
    return quotient_fits(share, part, whole, HUNDRED)


def growth_fits(rate: Figure, old: Figure, new: Figure) -> bool:
    """Whether a rate of growth may be that of two values, each anywhere within its rounding."""
    half_old, half_new = tolerance([old]), tolerance([new])
    low, high = old.number.value - half_old, old.number.value + half_old
    if low <= 0:
        return True
    least = (new.number.value - half_new - high) / high * 100
    most = (new.number.value + half_new - low) / low * 100
    slack = last_place(rate.number.value)
    return any(least - slack <= value <= most + slack for value in (rate.number.value, -rate.number.value))


def is_near(printed: Decimal, exact: Decimal, gap: Decimal) -> bool:
    """Whether a figure is at least something like what it should be."""
    return abs(printed - exact) <= gap * max(abs(printed), abs(exact))


def is_slip_of_part(whole: Figure, parts: Sequence[Figure]) -> bool:
    """Whether one digit of one part, and that of a figure of four digits or more, would make them add up."""
    gap = abs(total_of(parts) - whole.number.value).normalize().as_tuple()
    return len(gap.digits) == 1 and len(whole.number.value.normalize().as_tuple().digits) >= MIN_WHOLE_DIGITS


def same_unit(one: Figure, other: Figure) -> bool:
    """Whether two figures may be whole and part: of one unit, or both of people."""
    return one.number.unit == other.number.unit or {one.number.unit, other.number.unit} <= PEOPLE


def is_amount(figure: Figure) -> bool:
    """Whether a figure counts or measures something, and not nothing."""
    return unit_class(figure.number.unit) in ("count", "money", "area", "visits") and figure.number.value > 0


def rounded(value: Decimal, like: Figure) -> Decimal:
    """A value to the places of a figure."""
    return value.quantize(Decimal(1).scaleb(-decimal_places(like.number.value)), ROUND_HALF_UP)


def grade_sums(figures: Sequence[Figure]) -> Iterator[Misfit]:
    """Rows whose prizes, listed by grade in one cell, are more than the number printed beside them."""
    rows: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        rows[figure.quote_start].append(figure)
    for row in rows.values():
        wholes = [f for f in row if f.row and f.number.text == f.row.printed[f.column] and _HOW_MANY.search(f.before)]
        graded = [f for f in row if f not in wholes and GRADE.search(f.near.rpartition(" ")[2])]
        if len(graded) > 1 and len(wholes) == 1 and total_of(graded) > wholes[0].number.value:
            yield Misfit(ContradictionKind.TOTAL, wholes[0], tuple(graded))


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
