"""The letters of a PDF page by place: for judging layout only, their text is never quoted.

Also the rows that they show in a ruled table where no rule parts them: several figures one above the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.readers.pdf.ruling import Lattice, Region, region_box

if TYPE_CHECKING:
    from pdfplumber.page import Page as PlumberPage

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the top left corner."""

SAME_LINE = 0.5
"""Share of a letter's height that two letters of one printed line differ by at most."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One visible character and its box."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Height of its centre."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class PrintLine:
    """Letters on one height, from left to right."""

    letters: tuple[Letter, ...]

    @property
    def text(self) -> str:
        """The letters without the white space between them."""
        return "".join(letter.text for letter in self.letters)

    def pieces(self, gap: float) -> list[str]:
        """The text parted wherever `gap` heights of the type or more are white."""
        parts = [self.letters[0].text]
        for before, after in pairwise(self.letters):
            if after.left - before.right >= gap * self.size:
                parts.append("")
            parts[-1] += after.text
        return parts

    @property
    def left(self) -> float:
        """Left end of the first letter."""
        return self.letters[0].left

    @property
    def right(self) -> float:
        """Right end of the last letter."""
        return max(letter.right for letter in self.letters)

    @property
    def top(self) -> float:
        """Top of the tallest letter."""
        return min(letter.top for letter in self.letters)

    @property
    def bottom(self) -> float:
        """Bottom of the lowest letter."""
        return max(letter.bottom for letter in self.letters)

    @property
    def middle(self) -> float:
        """Mean height of the letters' centres."""
        return sum(letter.middle for letter in self.letters) / len(self.letters)

    @property
    def size(self) -> float:
        """Height of the type."""
        return max(letter.bottom - letter.top for letter in self.letters)


def page_letters(page: PlumberPage) -> list[Letter]:
    """Every visible character of a page that is not turned, in the order it is drawn."""
    return [
        Letter(char["text"], char["x0"], char["top"], char["x1"], char["bottom"])
        for char in page.chars
        if char["upright"] and char["text"].strip()
    ]


def letters_within(letters: Iterable[Letter], box: Box) -> list[Letter]:
    """The letters whose centre lies in a box."""
    left, top, right, bottom = box
    return [
        letter
        for letter in letters
        if left <= (letter.left + letter.right) / 2 < right and top <= letter.middle < bottom
    ]


def print_lines(letters: Sequence[Letter]) -> list[PrintLine]:
    """Letters as printed lines from top to bottom."""
    groups: list[list[Letter]] = []
    for letter in sorted(letters, key=lambda letter: letter.middle):
        height = letter.bottom - letter.top
        if groups and letter.middle - groups[-1][-1].middle <= SAME_LINE * height / 2:
            groups[-1].append(letter)
        else:
            groups.append([letter])
    return [PrintLine(tuple(sorted(group, key=lambda letter: letter.left))) for group in groups]


LEVEL = 3.0
"""Points the lines of one row differ by in height at most."""

_FIGURE = re.compile(r"[-+−±]?\d[\d,，.]*[%％‰]?")


def is_figure(text: str) -> bool:
    """Whether text is one bare figure and nothing else."""
    return bool(_FIGURE.fullmatch(text.strip()))


def with_unruled_rows(lattice: Lattice, letters: Sequence[Letter]) -> Lattice:
    """The lattice with each row parted into the rows printed in it, where every column agrees on their heights."""
    inside = letters_within(
        letters, (lattice.column_edges[0], lattice.row_edges[0], lattice.column_edges[-1], lattice.row_edges[-1])
    )
    for row in reversed(range(len(lattice.row_edges) - 1)):
        lattice = _part(lattice, row, _cuts(lattice, row, inside))
    return lattice


def _cuts(lattice: Lattice, row: int, letters: Sequence[Letter]) -> list[float]:
    """Heights between the rows printed in one ruled row; none where a line stands between them."""
    columns = [
        print_lines(letters_within(letters, region_box(lattice, region)))
        for region in lattice.regions
        if region.row == row and region.row_span == 1
    ]
    columns = [lines for lines in columns if lines]
    figures = [lines for lines in columns if len(lines) > 1 and all(is_figure(line.text) for line in lines)]
    if not figures:
        return []
    anchors = figures[0]
    complete = sum(len(lines) == len(anchors) for lines in columns)
    if complete < 2 or not all(_on_anchors(lines, anchors) for lines in columns):
        return []
    return [(above.bottom + below.top) / 2 for above, below in pairwise(anchors)]


def _on_anchors(lines: Sequence[PrintLine], anchors: Sequence[PrintLine]) -> bool:
    return all(any(abs(line.middle - anchor.middle) <= LEVEL for anchor in anchors) for line in lines)


def _part(lattice: Lattice, row: int, cuts: Sequence[float]) -> Lattice:
    if not cuts:
        return lattice
    regions: list[Region] = []
    for region in lattice.regions:
        if region.row > row:
            regions.append(replace(region, row=region.row + len(cuts)))
        elif region.row + region.row_span <= row:
            regions.append(region)
        elif region.row_span > 1:
            regions.append(replace(region, row_span=region.row_span + len(cuts)))
        else:
            regions += [replace(region, row=row + step) for step in range(len(cuts) + 1)]
    edges = (*lattice.row_edges[: row + 1], *cuts, *lattice.row_edges[row + 1 :])
    return replace(
        lattice, row_edges=edges, regions=tuple(sorted(regions, key=lambda region: (region.row, region.column)))
    )
