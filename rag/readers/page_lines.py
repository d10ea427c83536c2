"""Page numbers that a text file has kept as lines of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

MIN_NUMBERS = 3
"""Fewer numbers that rise at one pace prove no paging."""
MAX_NUMBERS = 150
"""Lines that are numbers, from which on they are data of charts."""
MAX_DRIFT = 3.0
"""Pages by which a number differs from what its place lets expect at most."""
PACE = (15.0, 150.0)
"""Lines of a page, blank ones included."""

_NUMBER = re.compile(r"\s*[-—–·]?\s*(\d{1,3})\s*[-—–·]?\s*")

Place = tuple[int, int]
"""Index of a line and the number it is."""


def page_number_rows(rows: Sequence[str], outside: Sequence[int]) -> frozenset[int]:
    """Indexes, of those given, of lines that are page numbers: as many as rise through the text at one pace."""
    places = [(at, int(match[1])) for at in outside if (match := _NUMBER.fullmatch(rows[at]))]
    if len(places) > MAX_NUMBERS:
        return frozenset()
    runs = (_at_pace(places, one, other) for one, other in combinations(places, 2) if one[1] < other[1])
    best = max(runs, key=len, default=())
    return frozenset(at for at, _ in best) if len(best) >= MIN_NUMBERS else frozenset()


def _at_pace(places: Sequence[Place], one: Place, other: Place) -> tuple[Place, ...]:
    """The places whose numbers rise as they do from one to the other."""
    pace = (other[0] - one[0]) / (other[1] - one[1])
    if not PACE[0] <= pace <= PACE[1]:
        return ()
    found: list[Place] = []
    for at, number in places:
        near = abs((at - one[0]) / pace - (number - one[1])) <= MAX_DRIFT
        if near and (not found or number > found[-1][1]):
            found.append((at, number))
    return tuple(found)
