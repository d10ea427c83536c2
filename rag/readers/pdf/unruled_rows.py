"""Rows of a ruled table that no rule parts: several figures one above the other between two rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rag.readers.pdf.letters import Letter, PrintLine, letters_within, print_lines
from rag.readers.pdf.ruling import Lattice, Region, region_box

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
