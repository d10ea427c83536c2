"""One sum of money printed in two units: 255万元 in the text, 255 under a header that says 元."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from rag.figures.context import Comparable
from rag.figures.contradictions.meant_as_one import value_of

MIN_DIGITS = 3
"""Digits two sums must have in common, closing zeros aside, to be taken for one."""
MISTAKEN = frozenset({Decimal(10) ** power for power in (4, 8)})
"""By how much 元, 万元 and 亿元 differ."""
MAX_EQUAL = 8
"""Figures of the same digits in one section from which on they say nothing."""


def same_digits(contexts: Sequence[Comparable]) -> Iterator[tuple[Comparable, Comparable]]:
    """Sums with the same digits, ten thousand or a hundred million times apart, in one section or said of the same."""
    groups: dict[tuple[object, Decimal], list[Comparable]] = defaultdict(list)
    for item in contexts:
        number = item.figure.number
        value = number.value.normalize()
        if item.base == "元" and number.unit and len(value.as_tuple().digits) >= MIN_DIGITS and not number.bound:
            groups[item.figure.passage.section_id, value].append(item)
            if len(item.terms) > 1:
                groups[item.terms, value].append(item)
    told: set[tuple[int, int]] = set()
    for items in groups.values():
        for one, other in combinations(items[:MAX_EQUAL], 2):
            low, high = sorted((value_of(one), value_of(other)))
            apart = one.figure.is_cell != other.figure.is_cell or one.terms == other.terms
            if (
                low
                and high / low in MISTAKEN
                and apart
                and one.aspects == other.aspects
                and (id(one), id(other)) not in told
            ):
                told.add((id(one), id(other)))
                yield one, other
                break
