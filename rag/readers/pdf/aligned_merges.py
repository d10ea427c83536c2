"""Row labels of a table without vertical rules that stand beside several rows, each amid its own or beside the first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from statistics import fmean

from rag.readers.pdf.aligned_rows import MIN_CORRIDOR, are_rows, places
from rag.readers.pdf.letters import PrintLine, letters_within, print_lines
from rag.readers.pdf.ruling import Rule

OFF = 0.3
"""Rows by which a label stands off the middle of its rows at most."""


def merged_rows(
    rules: Sequence[Rule], bands: Sequence[Sequence[PrintLine]], edges: Sequence[float]
) -> tuple[list[Rule], list[Rule]]:
    """Borders of all rows but the first, and those of them that leave out the first column; nothing where it is in doubt
    which rows a label of the first column belongs to."""
    borders: list[Rule] = []
    short: list[Rule] = []
    for below, band in zip(rules[1:], bands, strict=True):
        rows = [line for line in band if any(places(line, edges[1:]))]
        ends = _last_rows(band, rows, edges)
        if not ends or not are_rows([places(line, edges[1:]) for line in rows]):
            return [], []
        for at, (line, following) in enumerate(pairwise(rows)):
            whole = at in ends
            border = Rule((line.bottom + following.top) / 2, edges[0] if whole else edges[1], edges[-1])
            borders.append(border)
            short += [] if whole else [border]
        borders.append(below)
    return borders, short


def _last_rows(band: Sequence[PrintLine], rows: Sequence[PrintLine], edges: Sequence[float]) -> set[int]:
    """Indexes of the last rows beside each label; none in doubt."""
    inside = letters_within([letter for line in band for letter in line.letters], (edges[0], 0, edges[1], 1e6))
    labels = _blocks(print_lines(inside))
    if not labels or len(rows) < 2 or len(edges) < 4:
        return set()
    pitches = [below.middle - above.middle for above, below in pairwise(rows)]
    pitch = fmean(pitches)
    if max(pitches) - min(pitches) > OFF * pitch:
        return set()
    places_of = [(label - rows[0].middle) / pitch for label in labels]
    ends = list(accumulate(places_of, lambda last, place: 2 * place - last - 1, initial=-1.0))[1:]
    starts = [round(place) for place in places_of]
    if not (_are_whole(ends) and round(ends[-1]) == len(rows) - 1 and _grow([-1, *map(round, ends)])):
        ends = [start - 1.0 for start in starts[1:]] + [len(rows) - 1.0]
        if starts[0] != 0 or not _are_whole(places_of) or not _grow(starts):
            return set()
    return set(map(round, ends))


def _are_whole(found: Sequence[float]) -> bool:
    return all(abs(one - round(one)) <= OFF for one in found)


def _grow(found: Sequence[int]) -> bool:
    return all(one < other for one, other in pairwise(found))


def _blocks(lines: Sequence[PrintLine]) -> list[float]:
    """The middles of labels, those of several lines as one."""
    spans: list[tuple[float, float]] = []
    for line in lines:
        if spans and line.top - spans[-1][1] < MIN_CORRIDOR * line.size:
            spans[-1] = (spans[-1][0], line.bottom)
        else:
            spans.append((line.top, line.bottom))
    return [fmean(span) for span in spans]
