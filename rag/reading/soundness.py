"""What a reader hands over → what every later stage may rely on, whatever the file held.

Texts can be kept and cut into lines, lengths are numbers, and the cells of a grid stand side by side within it. Nothing
printed is dropped: what has no place in its grid widens it, what stands where another cell does joins that cell's text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise, product

from rag.records import Cell, Grid, Line, Page, ReadFile

MAX_PLACES = 1_000_000
"""Rows times columns from which those of a grid that no cell begins or ends at are left out."""

_UNKEEPABLE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f]")


def sound_file(read: ReadFile) -> ReadFile:
    """The file with every page, title and warning sound."""
    return replace(
        read,
        name=_text(read.name),
        title=_text(read.title),
        pages=tuple(map(_page, read.pages)),
        outline=tuple((level, _text(title), page) for level, title, page in read.outline),
        warnings=tuple(map(_text, read.warnings)),
    )


def _text(text: str) -> str:
    if _UNKEEPABLE.search(text):  # halves of a character of two, and halves alone
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", _LINE_END.sub(" ", text))


def _page(page: Page) -> Page:
    items = tuple(item for item in map(_item, page.items) if item is not None)
    label = None if page.label is None else _text(page.label)
    return replace(page, items=items, label=label, width=_length(page.width), height=_length(page.height))


def _item(item: Line | Grid) -> Line | Grid | None:
    lengths = (item.left, item.top, item.right, item.bottom)
    if not all(map(math.isfinite, lengths)):
        left, top, right, bottom = map(_length, lengths)
        item = replace(item, left=left, top=top, right=right, bottom=bottom)
    if isinstance(item, Grid):
        return _grid(item)
    text, size, score = _text(item.text), _length(item.size), _score(item.score)
    return (
        item
        if (text, size, score) == (item.text, item.size, item.score)
        else replace(item, text=text, size=size, score=score)
    )


def _length(length: float) -> float:
    return length if math.isfinite(length) else 0.0


def _score(score: float) -> float:
    return min(max(score, 0.0), 1.0) if math.isfinite(score) else 0.0


def _grid(grid: Grid) -> Grid | None:
    """The grid, None where it has no cells."""
    if not grid.cells:
        return None
    cells = [_cell(cell) for cell in grid.cells]
    rows = max(grid.row_count, *(cell.row + 1 for cell in cells))
    columns = max(grid.column_count, *(cell.column + 1 for cell in cells))
    edges = grid.column_edges if _are_borders(grid.column_edges, columns) else ()
    if rows * columns > MAX_PLACES:
        cells, rows, columns = _narrowed(cells)
        edges = ()
    cells = _side_by_side(cells, rows, columns)
    return replace(
        grid,
        cells=tuple(cells),
        row_count=rows,
        column_count=columns,
        column_edges=edges,
        header_rows=min(max(grid.header_rows, 0), rows),
        warnings=tuple(map(_text, grid.warnings)),
    )


def _cell(cell: Cell) -> Cell:
    return replace(
        cell,
        text=_text(cell.text).replace("\t", " "),
        row=max(cell.row, 0),
        column=max(cell.column, 0),
        row_span=max(cell.row_span, 1),
        column_span=max(cell.column_span, 1),
        score=_score(cell.score),
    )


def _are_borders(edges: Sequence[float], columns: int) -> bool:
    ascend = all(left < right for left, right in pairwise(edges))
    return len(edges) == columns + 1 and ascend and all(map(math.isfinite, edges))


def _narrowed(cells: Sequence[Cell]) -> tuple[list[Cell], int, int]:
    """Cells, rows and columns without those rows and columns in which no cell begins or ends."""
    rows = _places(bound for cell in cells for bound in (cell.row, cell.row + cell.row_span))
    columns = _places(bound for cell in cells for bound in (cell.column, cell.column + cell.column_span))
    narrowed = [
        replace(
            cell,
            row=rows[cell.row],
            column=columns[cell.column],
            row_span=rows[cell.row + cell.row_span] - rows[cell.row],
            column_span=columns[cell.column + cell.column_span] - columns[cell.column],
        )
        for cell in cells
    ]
    return narrowed, len(rows) - 1, len(columns) - 1


def _places(bounds: Iterable[int]) -> dict[int, int]:
    return {bound: place for place, bound in enumerate(sorted(set(bounds)))}


def _side_by_side(cells: Sequence[Cell], rows: int, columns: int) -> list[Cell]:
    """The cells, none beyond the grid and none over another: a merged cell that is, is merged no more."""
    anchored: dict[tuple[int, int], Cell] = {}
    for cell in cells:
        place = (cell.row, cell.column)
        before = anchored.get(place)
        anchored[place] = cell if before is None else replace(before, text=f"{before.text} {cell.text}".strip())
    taken = set(anchored)
    found = []
    for (row, column), cell in anchored.items():
        height, width = min(cell.row_span, rows - row), min(cell.column_span, columns - column)
        covered = set(product(range(row, row + height), range(column, column + width))) - {(row, column)}
        if covered & taken:
            height, width, covered = 1, 1, set()
        taken |= covered
        same = (height, width) == (cell.row_span, cell.column_span)
        found.append(cell if same else replace(cell, row_span=height, column_span=width))
    return found
