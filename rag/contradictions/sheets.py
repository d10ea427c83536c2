"""A table's figures as a sheet: row by row, the sides of a folded table one below the other, or turned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rag.figures import TOTAL, Figure
from rag.tables import header_labels

Line: TypeAlias = Mapping[int, Figure]
"""The figures of one row by column, or of one column by row."""
MAX_COLUMNS, MAX_LINES = 24, 150
"""Columns and lines of a table in which relations are looked for."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The figures of a table that are all of their cells: row by row, and which rows are totals."""

    rows: Sequence[Line]
    totals: frozenset[int]
    labels: Mapping[int, str]
    """Of the columns."""

    @property
    def lines(self) -> Sequence[Line]:
        """The rows in which relations are looked for."""
        return self.rows[:MAX_LINES]

    @property
    def columns(self) -> list[int]:
        """The columns that hold figures."""
        return sorted({column for row in self.rows for column in row})[:MAX_COLUMNS]

    def turned(self) -> Sheet:
        """The same with columns for rows."""
        lines = [{at: row[column] for at, row in enumerate(self.rows) if column in row} for column in self.columns]
        names = {at: next(iter(row.values())).near for at, row in enumerate(self.rows) if row}
        return Sheet(lines, frozenset(), names)


def figures_to_sheet(figures: Sequence[Figure]) -> Sheet:
    """A table's figures; where it is folded side by side (学院 人数 学院 人数), its sides one below the other."""
    table = next((figure.table for figure in figures if figure.table), None)
    labels = header_labels(table.rows, table.header_rows) if table else ()
    width = _side(labels)
    cells: dict[tuple[int, int], dict[int, Figure]] = defaultdict(dict)
    totals: set[tuple[int, int]] = set()
    for figure in figures:
        row = figure.row
        if row is None or figure.number.text.strip() != row.printed[figure.column].strip() or figure.number.bound:
            continue
        side, column = divmod(figure.column, width)
        cells[side, figure.quote_start][column] = figure
        if any(TOTAL.match(text) for text in row.filled[side * width : (side + 1) * width] if text):
            totals.add((side, figure.quote_start))
    places = sorted(cells)
    return Sheet(
        [cells[place] for place in places],
        frozenset(at for at, place in enumerate(places) if place in totals),
        dict(enumerate(labels[:width])),
    )


def _side(labels: Sequence[str]) -> int:
    """Columns of one side of a folded table, all of another."""
    for width in range(2, len(labels) // 2 + 1):
        if len(labels) % width == 0 and any(labels) and labels == tuple(labels[:width]) * (len(labels) // width):
            return width
    return max(len(labels), 1)
