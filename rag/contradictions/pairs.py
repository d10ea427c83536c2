"""Pairs of figures under one head that do not agree, and how much they have in common."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from rag.contradictions.counted import Counted
from rag.numbers import agree

MIN_UNITS = 200
"""Sentences and rows a report is taken to have at least: a word is not common because the report is short."""
MENTION_LIKENESS = 0.6
"""From this on two equal figures are mentions of one."""
COMMON_FIGURE = 100
"""A figure of at least so much that stands in both sentences shows that they tell of one thing."""
IN_CONTEXT = 0.25
"""What a word of one label still sets it apart that stands around the other."""
_GRADE = re.compile("等奖|[金银铜]奖|优秀奖|优胜奖|[国省市校厅院]级")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two figures under one head, and how much they have in common."""

    first: Counted
    second: Counted
    head: str
    likeness: float
    shared: float
    topic: float
    """Weight of the nouns around both beside their labels'."""
    qualified: bool
    """A noun stands in one label and nowhere around the other figure."""
    siblings: bool
    """So it is both ways round."""
    containment: float
    """Share of the shorter label's weight that stands in the other."""
    common: bool
    """Both sentences or rows hold one more figure that is the same, and not a small one."""


class Weights:
    """How much a word tells apart: rare words of a report much, common ones little."""

    def __init__(self, counted: Sequence[Counted]) -> None:
        units = {(c.figure.passage.id, c.figure.quote_start): c.topics | c.words.keys() for c in counted}
        self._counts = Counter(word for words in units.values() for word in words)
        self._total = max(len(units), MIN_UNITS)

    def __getitem__(self, word: str) -> float:
        """A word's weight."""
        return math.log((self._total + 1) / (self._counts[word] + 0.5))


def says_the_same(one: Counted, other: Counted, weights: Weights) -> bool:
    """Whether one figure is another mention of the other: equal, and counting the same."""
    if one.base != other.base or one.marks != other.marks or one.in_case or not same(one, other):
        return False
    pair = _pair(one, other, one.heads[0], weights)
    return not pair.qualified and pair.likeness >= MENTION_LIKENESS


def find_pairs(counted: Sequence[Counted], weights: Weights, years: Collection[int]) -> list[Pair]:
    """Figures under one head that do not agree, each with the best of every other sentence or row."""
    units: dict[tuple[str, int], list[Counted]] = defaultdict(list)
    groups: dict[tuple[str, str], list[Counted]] = defaultdict(list)
    for item in counted:
        units[_unit(item)].append(item)
        for head in item.heads:
            if not _GRADE.search(head):
                groups[head[-2:], item.base].append(item)
    best: dict[tuple[int, tuple[str, int]], Pair] = {}
    for (head, _), members in groups.items():
        for first, second in combinations(members, 2):
            if _comparable(first, second, years) and not _repeated(first, second, units):
                pair = _pair(first, second, head, weights, common=_common(first, second, units))
                for key in ((id(first), _unit(second)), (id(second), _unit(first))):
                    if key not in best or best[key].likeness < pair.likeness:
                        best[key] = pair
    counts = Counter(map(id, best.values()))
    return list({id(pair): pair for pair in best.values() if counts[id(pair)] == 2}.values())


def _unit(item: Counted) -> tuple[str, int]:
    return item.figure.passage.id, item.figure.quote_start


def _comparable(first: Counted, second: Counted, years: Collection[int]) -> bool:
    one, other = first.figure, second.figure
    if one.passage.id == other.passage.id and (one.quote_start == other.quote_start or one.is_cell):
        return False
    if first.marks != second.marks or "～" in one.number.bound + other.number.bound:
        return False
    if not (first.years or set(years)) & (second.years or set(years)) and years:
        return False
    if one.passage.section_id == other.passage.section_id and not (one.is_cell or other.is_cell):
        return False
    return not (first.in_case or second.in_case) and not same(first, second)


def same(first: Counted, second: Counted) -> bool:
    """Whether two figures agree; a bare cell counts what the other does."""
    one, other = first.figure.number, second.figure.number
    if not one.unit or not other.unit:
        one, other = replace(one, unit=one.unit or other.unit), replace(other, unit=other.unit or one.unit)
    return agree(one, other)


def _repeated(first: Counted, second: Counted, units: dict[tuple[str, int], list[Counted]]) -> bool:
    """Whether the sentence or row of one of them holds the other's figure too, of the same base."""
    return any(
        same(item, beside)
        for item, other in ((first, second), (second, first))
        for beside in units[_unit(other)]
        if beside.base == item.base and beside is not other
    )


def _common(first: Counted, second: Counted, units: Mapping[tuple[str, int], Sequence[Counted]]) -> bool:
    return any(
        one.figure.number.value >= COMMON_FIGURE and one.base == other.base and same(one, other)
        for one in units[_unit(first)]
        if one is not first
        for other in units[_unit(second)]
        if other is not second
    )


def _pair(first: Counted, second: Counted, head: str, weights: Weights, *, common: bool = False) -> Pair:
    shared = sum(weights[w] * min(v, _matching(w, second)) for w, v in first.words.items())
    apart = [
        (w, v, other)
        for one, other in ((first, second), (second, first))
        for w, v in one.words.items()
        if not _matching(w, other)
    ]
    lost = sum(v * weights[w] * (IN_CONTEXT if w in other.around else 1.0) for w, v, other in apart)
    labels = first.words.keys() | second.words.keys()
    topic = sum(weights[w] for w in (first.topics & second.topics) - labels)
    qualifiers = [(w, other) for w, v, other in apart if v == 1 and w not in other.around]
    return Pair(
        first,
        second,
        head,
        shared / (shared + lost + 1e-9),
        shared,
        topic,
        qualified=bool(qualifiers) or not _heads_agree(first, second),
        siblings=len({id(other) for _, other in qualifiers}) == 2,
        containment=shared / (min(_weight(item, weights) for item in (first, second)) + 1e-9),
        common=common,
    )


def _weight(item: Counted, weights: Weights) -> float:
    return sum(value * weights[word] for word, value in item.words.items())


def _heads_agree(first: Counted, second: Counted) -> bool:
    """Whether both count the same noun phrase, or one a longer one that stands around the other (学生社团, 社团)."""
    if set(first.heads) & set(second.heads):
        return True
    return any(
        long.endswith(short)
        and (long in other.around or (len(long) - len(short) > 1 and long[: -len(short)] in other.around))
        for one, other in ((first, second), (second, first))
        for long in one.heads
        for short in other.heads
        if short
    )


def _matching(word: str, other: Counted) -> float:
    """What a word counts that stands in another label; of a share also as the end of a longer one (村两委, 两委)."""
    if word in other.words or other.base != "%":
        return other.words.get(word, 0.0)
    return max((v for w, v in other.words.items() if w.endswith(word) or word.endswith(w)), default=0.0)
