"""One sum of money printed in two units: 255万元 in the text, 255 under a header that says 元."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from rag.contradictions.counted import Counted
from rag.figures import Figure
from rag.numbers.units import canonical

MIN_DIGITS = 3
"""Digits two sums must have in common, closing zeros aside, to be taken for one."""
MISTAKEN = frozenset({Decimal(10) ** power for power in (4, 8)})
"""By how much 元, 万元 and 亿元 differ."""


def same_digits(counted: Sequence[Counted]) -> Iterator[tuple[Figure, Figure]]:
    """Sums with the same digits in one section, of something both name, one ten thousand times the other."""
    groups: dict[tuple[str, Decimal], list[Figure]] = defaultdict(list)
    for item in counted:
        number = item.figure.number
        if item.base == "元" and len(number.value.normalize().as_tuple().digits) >= MIN_DIGITS and not number.bound:
            groups[item.figure.passage.section_id, number.value.normalize()].append(item.figure)
    for figures in groups.values():
        for one, other in combinations(figures, 2):
            if _ratio(one, other) in MISTAKEN and one.is_cell != other.is_cell:
                yield one, other
                break


def _ratio(one: Figure, other: Figure) -> Decimal:
    first, second = (canonical(figure.number.unit) for figure in (one, other))
    powers = {"": 0, "万": 4, "亿": 8}
    low, high = sorted(powers.get(scale, 0) for scale, _ in (first, second))
    return Decimal(10) ** (high - low)
