"""The rows of a table: grids spread out, cells with how far they reach."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.language.text import matching_key
from rag.records import Cell, Grid, MergedValue, Origin, TableRow

_FIGURE = re.compile(
    r"[<>≥≤＞＜约近]?\s*[-+−±]?\d[\d,，.]*\s*(?:[%％‰]|[:：/]\s*\d[\d.]*)?\s*[\u4e00-\u9fff]{0,3}(?:[（(].*[）)])?"
)
_YEAR = re.compile(r"(?:19|20)\d{2}\s*(?:$|年|学年|届|级|[-—－–/])")


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row with, for each column, the cell that covers it."""

    page: int | None
    label: str | None
    printed: tuple[str, ...]
    filled: tuple[str, ...]
    heights: tuple[int, ...]
    """Rows covered by the cell in each column."""
    widths: tuple[int, ...]
    """Columns covered by it."""
    above: tuple[int, ...]
    """Rows of it above this one."""
    left: tuple[int, ...]
    """Columns of it to the left of this one."""
    full: tuple[bool, ...]
    """Whether its last printed line has no room for another character."""
    origin: Origin = Origin.PRINTED
    score: float = 1.0

    @property
    def key(self) -> tuple[str, ...]:
        """What its cells say, for comparison."""
        return tuple(map(matching_key, self.filled))


def grid_rows(grid: Grid, page: int | None, label: str | None) -> list[GridRow]:
    """The rows of a grid; a place that no cell covers is empty."""
    height, width = grid.row_count, grid.column_count
    printed = [[""] * width for _ in range(height)]
    covering: list[list[Cell | None]] = [[None] * width for _ in range(height)]
    for cell in grid.cells:
        printed[cell.row][cell.column] = cell.text
        for row in range(cell.row, min(cell.row + cell.row_span, height)):
            for column in range(cell.column, min(cell.column + cell.column_span, width)):
                covering[row][column] = cell
    return [_spread_out(at, row, printed[at], grid, page, label) for at, row in enumerate(covering)]


def _spread_out(
    at: int, covering: Sequence[Cell | None], printed: Sequence[str], grid: Grid, page: int | None, label: str | None
) -> GridRow:
    cells = [cell or Cell("", at, column) for column, cell in enumerate(covering)]
    return GridRow(
        page=page,
        label=label,
        printed=tuple(printed),
        filled=tuple(cell.text for cell in cells),
        heights=tuple(min(cell.row_span, grid.row_count - cell.row) for cell in cells),
        widths=tuple(min(cell.column_span, grid.column_count - cell.column) for cell in cells),
        above=tuple(at - cell.row for cell in cells),
        left=tuple(column - cell.column for column, cell in enumerate(cells)),
        full=tuple(cell.is_full for cell in cells),
        origin=grid.origin,
        score=min((cell.score for cell in cells if cell.row == at), default=1.0),
    )


def is_figure(text: str) -> bool:
    """Whether a cell holds a figure, perhaps with its unit; a year is a label."""
    return bool(_FIGURE.fullmatch(text.strip())) and not _YEAR.match(text.strip())


def is_single(row: GridRow) -> bool:
    """Whether one cell takes a whole row."""
    return row.widths[:1] == (len(row.widths),) != (1,)


def without_hidden_columns(rows: Sequence[GridRow]) -> tuple[GridRow, ...]:
    """The rows without the columns that every row covers with a cell of the column before: no cell begins there."""
    shown = [column for column in range(len(rows[0].filled)) if not all(row.left[column] for row in rows)]
    return tuple(rows) if len(shown) == len(rows[0].filled) else tuple(_narrowed(row, shown) for row in rows)


def _narrowed(row: GridRow, shown: Sequence[int]) -> GridRow:
    starts = [column - row.left[column] for column in shown]
    return replace(
        row,
        printed=tuple(row.printed[column] for column in shown),
        filled=tuple(row.filled[column] for column in shown),
        heights=tuple(row.heights[column] for column in shown),
        widths=tuple(starts.count(start) for start in starts),
        above=tuple(row.above[column] for column in shown),
        left=tuple(starts[:at].count(start) for at, start in enumerate(starts)),
        full=tuple(row.full[column] for column in shown),
    )


def table_rows(rows: Sequence[GridRow], header: int) -> tuple[TableRow, ...]:
    """Rows as they are kept: the words of a merged cell told in every place of it, its value only where it is printed."""
    head = [TableRow(row.printed, row.filled, row.page, row.label, row.origin, row.score) for row in rows[:header]]
    labels = list(zip(*(row.filled for row in head), strict=True))
    return (*head, *(_body_row(rows[header:], at, labels) for at in range(len(rows) - header)))


def _body_row(rows: Sequence[GridRow], at: int, labels: Sequence[tuple[str, ...]]) -> TableRow:
    row = rows[at]
    filled, merged = list(row.filled), []
    for column, text in enumerate(row.filled):
        if column == 0 or not is_figure(text):
            continue
        above, below = _reach(rows, at, column)
        width = row.widths[column] if len(set(labels[column : column + row.widths[column]])) > 1 else 1
        if row.printed[column] and (above or below or width > 1):
            merged.append(MergedValue(column, above, below, width))
        elif not row.printed[column]:
            filled[column] = ""
    return TableRow(row.printed, tuple(filled), row.page, row.label, row.origin, row.score, tuple(merged))


def _reach(rows: Sequence[GridRow], at: int, column: int) -> tuple[int, int]:
    """Rows above and below one that the cell in a column covers too."""
    first, last = at, at
    while first > 0 and rows[first].above[column]:
        first -= 1
    while last + 1 < len(rows) and rows[last + 1].above[column]:
        last += 1
    return at - first, last - at


def with_text(row: GridRow, column: int, text: str, *, printed: bool = False) -> GridRow:
    """The row with another text told, or printed, in a column."""
    cells = row.printed if printed else row.filled
    changed = (*cells[:column], text, *cells[column + 1 :])
    return replace(row, printed=changed) if printed else replace(row, filled=changed)


def going_on(row: GridRow, column: int, above: int) -> GridRow:
    """The row with its cell in a column as the continuation of one with so many rows above it."""
    return replace(row, above=(*row.above[:column], above, *row.above[column + 1 :]))
