"""A table's figures as a sheet: row by row, the sides of a folded table one below the other, or turned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rag.figures.extraction import TOTAL
from rag.records import Figure
from rag.structure.tables.joining import header_labels

Line: TypeAlias = Mapping[int, Figure]
"""The figures of one row by column, or of one column by row."""
MAX_COLUMNS, MAX_LINES = 24, 150
"""Columns and lines of a table in which relations are looked for."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The figures of a table that are all of their cells, line by line."""

    lines: Sequence[Line]
    names: Mapping[int, str]
    """Of the lines."""
    labels: Mapping[int, str]
    """Of the columns."""
    unread: frozenset[tuple[int, int]]
    """(line, column) of the cells that hold digits and yet are no figure."""

    @property
    def columns(self) -> list[int]:
        """The columns that hold figures."""
        return sorted({column for line in self.lines for column in line})

    @property
    def totals(self) -> list[int]:
        """The columns named 合计 or the like."""
        return [column for column in self.columns if TOTAL.match(self.labels.get(column, "").rpartition("·")[2])]

    def turned(self) -> Sheet:
        """The same with columns for lines."""
        lines: dict[int, dict[int, Figure]] = {column: {} for column in range(max(self.columns, default=-1) + 1)}
        for at, line in enumerate(self.lines):
            for column, figure in line.items():
                lines[column][at] = figure
        return Sheet(list(lines.values()), self.labels, self.names, frozenset((b, a) for a, b in self.unread))


def figures_to_sheet(figures: Sequence[Figure]) -> Sheet:
    """A table's figures; where it is folded side by side (学院 人数 学院 人数), its sides one below the other."""
    table = next((figure.table for figure in figures if figure.table), None)
    labels = header_labels(table.rows, table.header_rows) if table else ()
    width = _side(labels)
    cells: dict[tuple[int, int], dict[int, Figure]] = defaultdict(dict)
    printed: dict[tuple[int, int], Sequence[str]] = {}
    for figure in figures:
        if figure.row is None:
            continue
        side, column = divmod(figure.column, width)
        printed[side, figure.quote_start] = figure.row.filled[side * width : (side + 1) * width]
        if figure.number.text.strip() == figure.row.printed[figure.column].strip() and not figure.number.bound:
            cells[side, figure.quote_start][column] = figure
    places = sorted(printed)[: MAX_LINES * len(labels)]
    return Sheet(
        [cells[place] for place in places],
        {
            at: next((text for text in printed[place] if TOTAL.match(text)), "") or _name(cells[place])
            for at, place in enumerate(places)
        },
        dict(enumerate(labels[:width])),
        frozenset(
            (at, column)
            for at, place in enumerate(places)
            for column, text in enumerate(printed[place])
            if column not in cells[place] and any(map(str.isdigit, text))
        ),
    )


def _name(line: Line) -> str:
    return next((figure.near for figure in line.values()), "")


def _side(labels: Sequence[str]) -> int:
    """Columns of one side of a folded table, all of another."""
    for width in range(2, len(labels) // 2 + 1):
        if len(labels) % width == 0 and any(labels) and labels == tuple(labels[:width]) * (len(labels) // width):
            return width
    return max(len(labels), 1)
