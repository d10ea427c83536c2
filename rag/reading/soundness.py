"""What a reader hands over → what every later stage may rely on, whatever the file held.

Texts can be kept and cut into lines, lengths are numbers, and the cells of a grid stand side by side within it. Nothing
printed is dropped: what has no place in its grid widens it, what stands where another cell does joins that cell's text.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, product
from typing import TypeVar

from rag.records import Cell, Grid, Line, Page, PageStatus, Passage, ReadFile, Table

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


TABLES_AS_TEXT = "这一页的表格没能读成表格，按文字收录，请对照原页。"
PAGE_LEFT_OUT = "这一页没能解析，已略去，请对照原页。"
UNCHECKED = "没能核对这份报告里的数字是否前后一致（程序出错），其余内容不受影响。"

Value = TypeVar("Value")
log = logging.getLogger(__name__)


def contained(work: Callable[[], Value]) -> Value | None:
    """What the work gives, None where it fails; MemoryError passes through."""
    try:
        return work()
    except MemoryError:
        raise
    except Exception:  # whatever no one foresaw
        log.debug("a part of a report failed", exc_info=True)
        return None


def readable_pages(
    pages: Sequence[Page], try_pages: Callable[[Sequence[Page]], object]
) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """The pages that can be worked on, and what was left out of them, in Chinese.

    `try_pages` raises where pages cannot be worked on. A page that fails has its tables read as text; where it still
    fails, it is left empty. Nothing is tried page by page while all of them together do well.
    """
    if contained(lambda: (try_pages(pages),)):
        return tuple(pages), ()
    mended = tuple(page if contained(partial_try(try_pages, page)) else _mended(page, try_pages) for page in pages)
    if not contained(lambda: (try_pages(mended),)):
        mended = tuple(_without_grids(page) for page in pages)
        if not contained(lambda: (try_pages(mended),)):
            mended = tuple(replace(page, items=(), status=PageStatus.EMPTY, note=PAGE_LEFT_OUT) for page in pages)
    lost = tuple(
        f"{f'第 {page.number} 页' if page.number is not None else '这份文件'}：{page.note}"
        for page, before in zip(mended, pages, strict=True)
        if page is not before
    )
    return mended, lost


def partial_try(try_pages: Callable[[Sequence[Page]], object], page: Page) -> Callable[[], tuple[object]]:
    """Trying one page by itself."""
    return lambda: (try_pages([page]),)


def _mended(page: Page, try_pages: Callable[[Sequence[Page]], object]) -> Page:
    plain = _without_grids(page)
    if contained(partial_try(try_pages, plain)):
        return plain
    return replace(page, items=(), status=PageStatus.EMPTY, note=PAGE_LEFT_OUT)


def _without_grids(page: Page) -> Page:
    """The page with each row of its tables as a line."""
    if not any(isinstance(item, Grid) for item in page.items):
        return page
    items: list[Line] = []
    for item in page.items:
        items += [item] if isinstance(item, Line) else _rows(item)
    return replace(page, items=tuple(items), note=TABLES_AS_TEXT)


def _rows(grid: Grid) -> list[Line]:
    rows: dict[int, list[str]] = {}
    for cell in sorted(grid.cells, key=lambda cell: (cell.row, cell.column)):
        if cell.text:
            rows.setdefault(cell.row, []).append(cell.text)
    return [Line("\t".join(texts), paragraph=True, origin=grid.origin) for texts in rows.values()]


def passage_lost(passage: Passage, tables: Mapping[str, Table]) -> str:
    """That the figures of a passage could not be read, naming its table or section and its page."""
    table = tables.get(passage.table_id or "")
    place = f"表“{table.caption or '（无题）'}”" if table else f"“{passage.path[-1]}”一节"
    page = f"第 {passage.page} 页" if passage.page is not None else ""
    return f"{page}{place}的数字没能读入，请对照原文。"
