"""One bad page or table never costs a report: what raises an error is left out, and named."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from rag.records import Grid, Line, Page, PageStatus, Passage, Table

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
