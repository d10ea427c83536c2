"""Which pairs of figures count one thing: with different figures, or, where one is qualified, in different scopes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from rag.contradictions.counted import CHANGE, Counted
from rag.contradictions.pairs import Pair
from rag.records import ContradictionKind

Found: TypeAlias = tuple[ContradictionKind, Pair]
CutOffs: TypeAlias = Mapping[tuple[str, Decimal], frozenset[tuple[int, int]]]
"""Month and day of the cut-offs printed with a rate, by its head's end and its value."""
MIN_LIKENESS = 0.5
"""Share of two labels' weight, rare words heavier, that must be common to both."""
MIN_SHARED = 3.0
"""Weight that must be common to both."""
COMPANION_LIKENESS = 0.9
"""From this on figures of two places that differ in another one differ too."""
SHARE_SHARED, SHARE_TOPIC = 5.5, 8.0
"""Weight common to the labels of two bare shares (30%已成为…), which are sentences, and to what stands around them."""
CONTAINED, CONTAINED_SHARED = 0.8, 5.0
"""Or: share of one label that stands in the other, and its weight."""
SCOPE_LIKENESS = 0.4
SCOPE_RATIO = Decimal("0.2")
"""From this on a part is large enough to be taken for the whole."""
CHANGE_LIKENESS = 0.8
_GRADUATES = frozenset("毕业生 应届毕业生".split())
MIN_TOPIC = 3.5
"""Weight of nouns common to what stands around two figures, where only one section is about what they count."""
_DIFFERENT, _SCOPE = ContradictionKind.DIFFERENT, ContradictionKind.SCOPE
TWIN_SHARED = 12.0
TWIN_LIKENESS = 0.65
"""From these on two labels are one sentence printed twice."""
MAX_VALUES = 3
"""Different values under one head from which on it names a kind of thing (教师, 项目), not one thing."""


def judge(pairs: Sequence[Pair], cutoffs: CutOffs) -> Iterator[Found]:
    """The pairs that count one thing: with different figures, or, where one is qualified, in different scopes."""
    values: dict[tuple[str, str], set[Decimal]] = defaultdict(set)
    for pair in pairs:
        if _is_alike(pair) and not pair.qualified and _is_specific(pair):
            values[pair.head, pair.first.base] |= {item.figure.number.value for item in (pair.first, pair.second)}
    places: set[frozenset[str]] = set()
    rest: list[Pair] = []
    for pair in pairs:
        few = len(values[pair.head, pair.first.base]) <= MAX_VALUES
        kind = _kind(pair) if few or _is_twin(pair) else None
        if kind is None:
            rest.append(pair)
            continue
        yield (_SCOPE if _cut_apart(pair, cutoffs) else kind), pair
        if kind is _DIFFERENT:
            places.add(_places(pair))
    for pair in rest:
        if _places(pair) in places and pair.likeness >= COMPANION_LIKENESS and not pair.qualified:
            yield _DIFFERENT, pair


def _cut_apart(pair: Pair, cutoffs: CutOffs) -> bool:
    """Whether two rates are of different moments."""
    one, other = (
        cutoffs.get((item.heads[0][-2:], item.figure.number.value), frozenset[tuple[int, int]]())
        if item.heads
        else frozenset[tuple[int, int]]()
        for item in (pair.first, pair.second)
    )
    return bool(one and other) and not one & other


def _kind(pair: Pair) -> ContradictionKind | None:
    if _is_twin(pair):
        return _DIFFERENT
    if pair.first.base == "%":
        return _DIFFERENT if _is_measure(pair) or _is_share(pair) or _is_change(pair) else None
    if _is_alike(pair) and _is_specific(pair) and not pair.qualified:
        return _DIFFERENT if pair.first.within == pair.second.within else _SCOPE
    if pair.common and pair.likeness >= SCOPE_LIKENESS and _is_specific(pair) and not pair.siblings:
        return _DIFFERENT
    return _SCOPE if _is_scope(pair) else None


def _is_alike(pair: Pair) -> bool:
    return pair.likeness >= MIN_LIKENESS and pair.shared >= MIN_SHARED


def _is_twin(pair: Pair) -> bool:
    """Whether two labels are one sentence printed twice."""
    return pair.shared >= TWIN_SHARED and pair.likeness >= TWIN_LIKENESS and not pair.siblings


def _is_scope(pair: Pair) -> bool:
    """Whether one figure is of a part, or a special kind, of what the other counts."""
    items = (pair.first, pair.second)
    if (
        pair.siblings
        or pair.likeness < SCOPE_LIKENESS
        or any(item.figure.is_cell and item.figure.near for item in items)
    ):
        return False
    low, high = sorted(abs(item.figure.number.value) for item in items)
    if low < SCOPE_RATIO * high:
        return False
    one, other = pair.first.heads, pair.second.heads
    return any(
        min(a, b, key=len) in item.specific and (a.endswith(b) or b.endswith(a))
        for a in one
        for b in other
        for item in items
    )


def _is_measure(pair: Pair) -> bool:
    """Whether two rates are of the same: both of nothing but the measure, or of something in common."""
    if not all(
        item.heads and item.heads[0].endswith(("率", "度")) for item in (pair.first, pair.second)
    ) or not _is_alike(pair):
        return False
    one, other = (_qualifiers(item) for item in (pair.first, pair.second))
    return bool(one & other) or (not one and not other)


def _qualifiers(item: Counted) -> set[str]:
    """Words of a rate's label that say whose and of what it is."""
    graduates = _GRADUATES if item.heads[0].endswith("率") else frozenset()
    return {word for word in item.words if not word.endswith(("率", "度")) and word not in graduates}


def _is_change(pair: Pair) -> bool:
    """Whether two changes are of the same thing."""
    return pair.first.heads == pair.second.heads == (CHANGE,) and pair.likeness >= CHANGE_LIKENESS


def _is_share(pair: Pair) -> bool:
    """Whether two bare shares (30%已成为…) are of one rare thing."""
    items = (pair.first, pair.second)
    if any(head.endswith(("率", "度", CHANGE)) for item in items for head in item.heads) or any(
        item.figure.is_cell for item in items
    ):
        return False
    within = pair.containment >= CONTAINED and pair.shared >= CONTAINED_SHARED
    return within or (pair.shared >= SHARE_SHARED and pair.topic >= SHARE_TOPIC)


def _is_specific(pair: Pair) -> bool:
    """Whether the head names one thing: it is specific, or the subject of their sections or tables."""
    items = (pair.first, pair.second)
    above = [pair.head in item.above for item in items]
    return bool(pair.first.specific & pair.second.specific) or all(above) or (any(above) and pair.topic >= MIN_TOPIC)


def _places(pair: Pair) -> frozenset[str]:
    return frozenset(_place(item) for item in (pair.first, pair.second))


def _place(item: Counted) -> str:
    """The table of a cell, the sentence of a figure in prose."""
    figure = item.figure
    return figure.passage.id if figure.is_cell else f"{figure.passage.id}#{figure.quote_start}"


def cut_offs(counted: Sequence[Counted]) -> CutOffs:
    """Month and day of the cut-offs printed with a rate, by its head's end and its value."""
    found: dict[tuple[str, Decimal], frozenset[tuple[int, int]]] = {}
    for item in counted:
        if item.base == "%" and item.dates and item.heads:
            key = (item.heads[0][-2:], item.figure.number.value)
            found[key] = found.get(key, frozenset()) | item.dates
    return found
