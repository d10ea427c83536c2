"""One competition's prizes, graded differently in two places: as many in all, but not as many of each grade."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from rag.contradictions.counted import Counted
from rag.contradictions.pairs import Weights
from rag.contradictions.table_sums import GRADE
from rag.numbers import unit_class

MIN_PRIZES = 4
"""Prizes in all from which on two lists that sum to the same are hardly of two competitions."""
MIN_EVENT = 5.0
"""Weight of the nouns that two lists, with what stands around them, must have in common."""
_PRIZE_WORDS = re.compile("等奖|[金银铜]奖|获奖|级$")


@dataclass(frozen=True, slots=True)
class _Prizes:
    """How many of each grade one sentence or row lists."""

    grades: Mapping[str, tuple[Counted, ...]]

    @property
    def total(self) -> Decimal:
        return sum((c.figure.number.value for found in self.grades.values() for c in found), Decimal(0))

    @property
    def first(self) -> Counted:
        return next(iter(self.grades.values()))[0]

    def count(self, grade: str) -> Decimal:
        return sum((c.figure.number.value for c in self.grades.get(grade, ())), Decimal(0))


def differing_prizes(counted: Sequence[Counted], weights: Weights) -> Iterator[tuple[str, Counted, Counted]]:
    """(grade, figure, figure) wherever two lists of the same prizes give one grade differently."""
    for one, other in combinations(_lists(counted), 2):
        if not _is_same(one, other, weights):
            continue
        for grade in sorted(one.grades.keys() & other.grades.keys()):
            if one.count(grade) != other.count(grade) and len(one.grades[grade]) == len(other.grades[grade]) == 1:
                yield grade, one.grades[grade][0], other.grades[grade][0]


def _lists(counted: Sequence[Counted]) -> list[_Prizes]:
    found: dict[tuple[str, int], dict[str, list[Counted]]] = defaultdict(lambda: defaultdict(list))
    for item in counted:
        graded = GRADE.findall(item.own)
        if graded and unit_class(item.figure.number.unit) == "count" and not item.figure.number.bound:
            found[item.figure.passage.id, item.figure.quote_start][graded[-1]].append(item)
    return [_Prizes({g: tuple(items) for g, items in grades.items()}) for grades in found.values() if len(grades) > 1]


def _is_same(one: _Prizes, other: _Prizes, weights: Weights) -> bool:
    if one.total != other.total or one.total < MIN_PRIZES or one.grades.keys() != other.grades.keys():
        return False
    if one.first.figure.passage.id == other.first.figure.passage.id and one.first.figure.is_cell:
        return False
    if one.first.years and other.first.years and not one.first.years & other.first.years:
        return False
    common = {word for word in one.first.topics & other.first.topics if not _PRIZE_WORDS.search(word)}
    return sum(weights[word] for word in common) >= MIN_EVENT
