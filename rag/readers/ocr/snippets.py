"""Which parts of a straight picture are read, each one line inside one cell.

The network that finds text takes what stands side by side for one text, rule or no rule, and overlooks single
characters. Therefore the strokes of ink decide: each belongs to the cell its middle lies in, no snippet holds strokes
of two cells, and a cell with strokes that no text was found for is read as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rag.readers.ocr.models import TextBox
from rag.readers.ocr.picture import Flags

NONE = -1
NEAR = 1.0
"""Line heights from a text found to a stroke on its line that belongs to it."""
MIN_STROKE, MIN_DASH = 0.25, 0.12
"""Line heights that one of the strokes that no text was found for is high or wide at least, or long and flat: the rest
are specks."""
FLAT = 0.45
"""Height by length of the highest dash."""
MAX_STROKE = 2.5
"""Line heights of the largest stroke that is part of a character."""
BORDER, MIN_REMNANT = 0.2, 0.35
"""Line heights from the border of a cell in which strokes as long as this along it are remnants of rules."""
SIDE_ROOM = 0.25
"""Line heights of paper kept beside the strokes of a snippet."""
UPRIGHT = 2.0
"""Height by length from which on a text runs down the page."""


class Area(NamedTuple):
    """Pixels from left to right (exclusive) and top to bottom."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """A part of a picture with one line of text."""

    area: Area
    upright: bool = False
    """The text runs down the page."""
    alone: bool = False
    """It is a single stroke in a cell."""


class Strokes(NamedTuple):
    """Connected ink: one row each in all columns."""

    lefts: Any
    tops: Any
    rights: Any
    bottoms: Any
    across: Any
    """x of the middle."""
    down: Any
    """y of the middle."""


def strokes_of(ink: Flags) -> Strokes:
    """The connected parts of ink but specks of a pixel or two."""
    import cv2

    _, _, stats, middles = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    kept = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] > 2)[1:]
    left, top, width, height = (stats[kept, column] for column in range(4))
    return Strokes(left, top, left + width, top + height, middles[kept, 0], middles[kept, 1])


def line_height(boxes: Sequence[TextBox]) -> float:
    """Pixels a text found is mostly high."""
    return float(np.median([min(box.length, box.height) for box in boxes])) if boxes else 0.0


def snippets_of(boxes: Sequence[TextBox], strokes: Strokes, cells: Sequence[Area]) -> list[Snippet]:
    """The parts to read, given the texts found and the cells of all lattices."""
    usual = line_height(boxes)
    cell_of = _innermost(strokes, cells)
    strokes, cell_of = _without_remnants(strokes, cell_of, cells, usual)
    areas = [area_of(box) for box in boxes]
    text_of = _innermost(strokes, areas)
    _reach_out(strokes, text_of, cell_of, areas, usual)
    snippets: list[Snippet] = []
    for text, area in enumerate(areas):
        inside = np.flatnonzero((text_of == text) & (strokes.bottoms - strokes.tops <= area.bottom - area.top))
        for cell in np.unique(cell_of[inside]):
            own = inside[cell_of[inside] == cell]
            snippets.append(_snippet(strokes, own, area, cells[cell] if cell != NONE else None))
        if not len(inside):
            snippets += [Snippet(part) for part in _parts(area, cells)]
    loose = np.flatnonzero((text_of == NONE) & (cell_of != NONE))
    for cell in np.unique(cell_of[loose]):
        for own in _lines(strokes, loose[cell_of[loose] == cell], usual):
            snippets.append(_snippet(strokes, own, _heightened(_around(strokes, own), usual), cells[cell]))
    return [snippet for snippet in snippets if min(_size(snippet.area)) > 2]


def area_of(box: TextBox) -> Area:
    """The level box around a text."""
    across, down = box.length / 2, box.height / 2
    return Area(int(box.x - across), int(box.y - down), math.ceil(box.x + across), math.ceil(box.y + down))


def _innermost(strokes: Strokes, areas: Sequence[Area]) -> Any:
    """For each stroke the index of the smallest area that its middle lies in."""
    found = np.full(len(strokes.across), NONE)
    sizes = [(area.right - area.left) * (area.bottom - area.top) for area in areas]
    for index in sorted(range(len(areas)), key=sizes.__getitem__, reverse=True):
        left, top, right, bottom = areas[index]
        beside = (strokes.across >= left) & (strokes.across < right)
        found[beside & (strokes.down >= top) & (strokes.down < bottom)] = index
    return found


def _without_remnants(strokes: Strokes, cell_of: Any, cells: Sequence[Area], usual: float) -> tuple[Strokes, Any]:
    """The strokes without those that hug the border of their cell: what is left of rules and of shaded ground."""
    inside = cell_of != NONE
    lefts, tops, rights, bottoms = (np.array([cell[side] for cell in cells] or [0])[cell_of] for side in range(4))
    border, length = BORDER * usual, MIN_REMNANT * usual
    beside = (strokes.rights - lefts <= border) | (rights - strokes.lefts <= border)
    along = (strokes.bottoms - tops <= border) | (bottoms - strokes.tops <= border)
    upright, level = strokes.bottoms - strokes.tops >= length, strokes.rights - strokes.lefts >= length
    kept = ~(inside & ((beside & upright) | (along & level)))
    return Strokes(*(column[kept] for column in strokes)), cell_of[kept]


def _reach_out(strokes: Strokes, text_of: Any, cell_of: Any, areas: Sequence[Area], usual: float) -> None:
    """Give strokes right beside a text found, on its line and in its cell, to that text."""
    for stroke in np.flatnonzero((text_of == NONE) & (strokes.bottoms - strokes.tops <= usual)):
        for text, area in enumerate(areas):
            gap = max(area.left - strokes.across[stroke], strokes.across[stroke] - area.right)
            if gap <= NEAR * usual and area.top <= strokes.down[stroke] < area.bottom:
                members = np.flatnonzero(text_of == text)
                if cell_of[stroke] in cell_of[members]:
                    text_of[stroke] = text
                    break


def _lines(strokes: Strokes, loose: Any, usual: float) -> Iterator[Any]:
    """Strokes of one cell that no text was found for, line by line; specks and drawings are none."""
    heights, widths = strokes.bottoms - strokes.tops, strokes.rights - strokes.lefts
    fitting = loose[np.maximum(heights, widths)[loose] <= MAX_STROKE * usual]
    line: list[int] = []
    for stroke in [*fitting[np.argsort(strokes.tops[fitting], kind="stable")], None]:
        if line and (stroke is None or strokes.tops[stroke] >= max(strokes.bottoms[line])):
            large = np.maximum(heights, widths)[line] >= MIN_STROKE * usual
            flat = (heights[line] <= FLAT * widths[line]) & (widths[line] >= MIN_DASH * usual)
            if (large | flat).any():
                yield np.array(line)
            line = []
        if stroke is not None:
            line.append(int(stroke))


def _around(strokes: Strokes, own: Any) -> Area:
    return Area(
        int(strokes.lefts[own].min()),
        int(strokes.tops[own].min()),
        int(strokes.rights[own].max()),
        int(strokes.bottoms[own].max()),
    )


def _snippet(strokes: Strokes, own: Any, found: Area, cell: Area | None) -> Snippet:
    """The part of a text found that lies in one cell: as high as the text found, as wide as its strokes."""
    inked = _around(strokes, own)
    width, height = _size(inked)
    if height > UPRIGHT * width and _size(found)[1] > UPRIGHT * _size(found)[0]:
        return Snippet(inked, upright=True)
    room = round(SIDE_ROOM * _size(found)[1])
    area = Area(inked.left - room, min(inked.top, found.top), inked.right + room, max(inked.bottom, found.bottom))
    return Snippet(_within(area, cell) if cell else area, alone=cell is not None and len(own) == 1)


def _parts(area: Area, cells: Sequence[Area]) -> list[Area]:
    """A text whose strokes cannot be told apart (white on dark), parted where it runs on over cells."""
    parts = [_within(area, cell) for cell in cells]
    height = _size(area)[1]
    return [part for part in parts if min(_size(part)) >= height / 2] or [area]


def _heightened(area: Area, usual: float) -> Area:
    """Strokes with paper above and below, as a text found has it."""
    room = math.ceil(max(0.3 * _size(area)[1], (usual - _size(area)[1]) / 2))
    return area._replace(top=area.top - room, bottom=area.bottom + room)


def _size(area: Area) -> tuple[int, int]:
    return area.right - area.left, area.bottom - area.top


def _within(area: Area, cell: Area) -> Area:
    return Area(
        max(area.left, cell.left), max(area.top, cell.top), min(area.right, cell.right), min(area.bottom, cell.bottom)
    )
