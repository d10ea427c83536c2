"""The tables of a PDF's pages: decides which pages are worth pdfplumber's time and brings its places into ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from rag.readers.pdf.drawing import MAX_PATHS, Drawing
from rag.readers.pdf.layout import text_finder
from rag.readers.pdf.left_out import PlacedCharacter
from rag.readers.pdf.text import PageView, Piece
from rag.readers.pdf.watermarks import without_marks
from rag.records import Grid

if TYPE_CHECKING:
    from pdfplumber.page import Page as PlumberPage
    from pdfplumber.pdf import PDF

REOPEN_AFTER_PAGES = 100
"""pdfplumber keeps every object it has resolved; opening it anew lets go of them."""
TABLES_FAILED = "这一页的表格线没能解析，表格按普通文字读入。"

_CAPTION = re.compile(r"\s*(?:续|附)?表\s*[0-9一二三四五六七八九十]")


@dataclass(frozen=True, slots=True)
class FoundGrids:
    """The grids of a page, and what went wrong, `` for nothing."""

    grids: tuple[Grid, ...] = ()
    note: str = ""


class GridFinder:
    """Finds the grids of one file's pages; opens pdfplumber when the first page needs it."""

    def __init__(self, data: bytes, password: str | None) -> None:
        """Keep the file at hand."""
        self._data, self._password = data, password
        self._document: PDF | None = None
        self._parsed = 0
        self._open: tuple[int, tuple[float, ...]] = (-1, ())

    def find(self, index: int, pieces: Sequence[Piece], drawing: Drawing, view: PageView) -> FoundGrids:
        """The grids of the page with this 0-based index, in points from the top left corner as the page is seen."""
        captioned = any(_CAPTION.match(piece.text) for piece in pieces)
        before, columns = self._open
        columns = columns if before == index - 1 else ()
        if not (drawing.has_lattice or ((captioned or columns) and drawing.paths <= MAX_PATHS)):
            return FoundGrids()
        try:
            grids = self._grids(index, view.rotation, pieces, columns)
            self._open = (index, _open_columns(grids))
            return FoundGrids(grids)
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception:  # pdfminer raises anything at all on damaged content
            return FoundGrids(note=TABLES_FAILED)

    def characters(self, index: int) -> list[PlacedCharacter]:
        """The characters of a page in the order of its content; none where they cannot be read."""
        try:
            page = self._page(index, rotation=0)
            try:
                x, y = page.mediabox[:2]
                return [_placed(character, x, y) for character in page.chars]
            finally:
                page.close()
        except (MemoryError, KeyboardInterrupt):
            raise
        except Exception:  # as above
            return []

    def _grids(self, index: int, rotation: int, pieces: Sequence[Piece], columns: Sequence[float]) -> tuple[Grid, ...]:
        from rag.readers.pdf.tables import page_to_grids

        page = self._page(index, rotation)
        try:
            across, down = page.cropbox[:2]
            text_of = _shifted(text_finder(pieces), across, down)
            readable = partial(without_marks, pieces=pieces, across=across, down=down)
            found = page_to_grids(page, text_of, readable, [edge + across for edge in columns])
            return tuple(_moved(grid, -across, -down) for grid in found)
        finally:
            page.close()

    def _page(self, index: int, rotation: int) -> PlumberPage:
        import io
        import logging

        import pdfplumber

        if self._document is not None and self._parsed % REOPEN_AFTER_PAGES == 0:
            self._document.close()
            self._document = None
        if self._document is None:
            logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
            self._document = pdfplumber.open(io.BytesIO(self._data), password=self._password or "")
        self._parsed += 1
        page = self._document.pages[index]
        if page.rotation == rotation:
            return page
        page.page_obj.rotate = page.page_obj.attrs["Rotate"] = rotation
        return type(page)(self._document, page.page_obj, page.page_number, page.initial_doctop)


def _open_columns(grids: Sequence[Grid]) -> tuple[float, ...]:
    """The columns of a table without vertical rules that goes on on the next page; nothing where none does."""
    return grids[-1].column_edges if grids and grids[-1].open_bottom else ()


def _placed(character: Mapping[str, Any], x: float, y: float) -> PlacedCharacter:
    matrix = character["matrix"]
    width = character["x1"] - character["x0"]
    text = "" if character["text"].startswith("(cid:") else character["text"]
    return PlacedCharacter(text, matrix[4] + x, matrix[5] + y, character["size"], width)


def _shifted(
    text_of: Callable[[float, float, float, float], str], across: float, down: float
) -> Callable[[float, float, float, float], str]:
    # pdfplumber counts from the corner of its media box, which need not be the corner of the page as it is seen.
    return lambda left, top, right, bottom: text_of(left - across, top - down, right - across, bottom - down)


def _moved(grid: Grid, across: float, down: float) -> Grid:
    return replace(
        grid,
        left=grid.left + across,
        top=grid.top + down,
        right=grid.right + across,
        bottom=grid.bottom + down,
        column_edges=tuple(edge + across for edge in grid.column_edges),
    )
