"""Hand-made grids and lines, and the tables they make."""

from __future__ import annotations

from collections.abc import Sequence

from rag.records import Cell, Grid, Line, Page
from rag.structure.tables.joining import JoinedTable, header_labels, join_tables

LEFT, RIGHT = 90.0, 510.0
UP, LEFTWARDS = "^", "<"
"""Marks of a place covered by the cell above or to the left."""
FULL = "…"
"""Mark of a cell whose last line has no room for more."""


def grid(*rows: str, edges: Sequence[float] | None = None, warnings: tuple[str, ...] = (), **more: int) -> Grid:
    """A grid from rows like `学院 | 专业 | 人数`; a lone `^` goes on with the cell above, `<` with the one before."""
    texts = [[cell.strip() for cell in row.split("|")] for row in rows]
    width = len(texts[0])
    cells = [
        Cell(
            text.rstrip(FULL),
            row,
            column,
            _run(texts, row, column, 1, 0),
            _run(texts, row, column, 0, 1),
            is_full=text.endswith(FULL),
        )
        for row, line in enumerate(texts)
        for column, text in enumerate(line)
        if text not in (UP, LEFTWARDS)
    ]
    step = (RIGHT - LEFT) / width
    known = tuple(edges) if edges is not None else tuple(LEFT + step * at for at in range(width + 1))
    return Grid(tuple(cells), len(texts), width, LEFT, 100.0, RIGHT, 300.0, known, warnings=warnings, **more)


def _run(texts: list[list[str]], row: int, column: int, down: int, across: int) -> int:
    mark, length = (UP if down else LEFTWARDS), 1
    while (
        row + down * length < len(texts)
        and column + across * length < len(texts[0])
        and texts[row + down * length][column + across * length] == mark
    ):
        length += 1
    return length


def line(text: str, left: float = LEFT, right: float = RIGHT, size: float = 10.5) -> Line:
    return Line(text, left, 80.0, right, 90.0, size)


def centred(text: str) -> Line:
    half = min(5.25 * len(text), 200)
    return line(text, 300 - half, 300 + half)


def pages(*contents: Sequence[Line | Grid | str]) -> list[Page]:
    return [
        Page(
            number,
            tuple(line(item, right=400) if isinstance(item, str) else item for item in items),
            width=600,
            height=800,
        )
        for number, items in enumerate(contents, 1)
    ]


def only(*contents: Sequence[Line | Grid | str]) -> JoinedTable:
    (table,) = join_tables(pages(*contents))
    return table


def filled(table: JoinedTable) -> list[str]:
    return [" | ".join(row.filled) for row in table.rows]


def printed(table: JoinedTable) -> list[str]:
    return [" | ".join(row.printed) for row in table.rows]


def labels(table: JoinedTable) -> list[str]:
    return list(header_labels(table.rows, table.header_rows))
