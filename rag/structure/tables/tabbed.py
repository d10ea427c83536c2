"""Tables without any rules: lines under a 表 caption that fall into the same number of far-apart pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.language.table_lines import is_caption, is_unit_line
from rag.records import Cell, Grid, Line, Page
from rag.structure.tables.captions import Place
from rag.structure.tables.rows import is_figure

MIN_ROWS = 3
"""Fewer lines, header included, prove no columns."""
MIN_FIGURES = 0.8
"""Smallest share of figures below the header in the column that proves the lines to be rows."""
UNRULED = "此表没有框线，各列按文字间距分开，请对照原页核实。"


@dataclass(frozen=True, slots=True)
class GriddedPages:
    """Pages whose unruled tables are grids, and where each of their items comes from."""

    pages: tuple[Page, ...]
    origins: tuple[tuple[tuple[Place, ...], ...], ...]


def tabbed_to_grids(pages: Sequence[Page]) -> GriddedPages:
    """The pages with each captioned run of tabbed lines as one grid; all other items as they are."""
    gridded, origins = [], []
    for page_index, page in enumerate(pages):
        items: list[Line | Grid] = []
        sources: list[tuple[Place, ...]] = []
        at = 0
        while at < len(page.items):
            run = _run(page.items, at) if _captioned(items) else ()
            items.append(_grid(run) if run else page.items[at])
            length = len(run) or 1
            sources.append(tuple((page_index, index) for index in range(at, at + length)))
            at += length
        gridded.append(replace(page, items=tuple(items)))
        origins.append(tuple(sources))
    return GriddedPages(tuple(gridded), tuple(origins))


def _captioned(items: Sequence[Line | Grid]) -> bool:
    """Whether the last of some items is a caption, a unit line between aside."""
    lines = [item for item in items[-2:] if isinstance(item, Line)]
    if lines and is_unit_line(lines[-1].text):
        lines.pop()
    return bool(lines) and isinstance(items[-1], Line) and is_caption(lines[-1].text)


def _run(items: Sequence[Line | Grid], start: int) -> tuple[Line, ...]:
    """The lines from a place on that are rows of one table, none where they are not surely that."""
    run: list[Line] = []
    for item in items[start:]:
        if not isinstance(item, Line) or "\t" not in item.text or is_caption(item.text):
            break
        if run and (item.text.count("\t"), item.origin) != (run[0].text.count("\t"), run[0].origin):
            return ()
        run.append(item)
    rows = [line.text.split("\t") for line in run]
    if len(rows) < MIN_ROWS or any(map(is_figure, rows[0])):
        return ()
    columns = list(zip(*rows[1:], strict=True))
    proved = any(sum(map(is_figure, column)) >= MIN_FIGURES * len(column) for column in columns)
    return tuple(run) if proved else ()


def _grid(run: Sequence[Line]) -> Grid:
    rows = [line.text.split("\t") for line in run]
    return Grid(
        cells=tuple(
            Cell(text.strip(), row, column, score=run[row].score)
            for row, cells in enumerate(rows)
            for column, text in enumerate(cells)
        ),
        row_count=len(rows),
        column_count=len(rows[0]),
        left=min(line.left for line in run),
        top=run[0].top,
        right=max(line.right for line in run),
        bottom=run[-1].bottom,
        warnings=(UNRULED,),
        origin=run[0].origin,
    )
