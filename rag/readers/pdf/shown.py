"""The text that a reader of a PDF page sees: what its characters, its drawing and its annotations come to together."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from rag.language.text import fold_radicals
from rag.readers.legible import is_unreadable
from rag.readers.pdf.drawing import Drawing
from rag.readers.pdf.marks import blank_struck, mark_raised_digits
from rag.readers.pdf.seen import seen_text
from rag.readers.pdf.text import PageView, Piece, text_page_to_pieces

HIDDEN = "这一页有读者看不见的文字（与底色相同、极小、被盖住或在页面之外），没有采用。"
STRUCK = "这一页有被划掉的文字（删除线），没有采用。"
MISREAD = "这一页有些文字，文件另注的读法与印出的不同，已按印出的采用。"
LAYER = "这一页是扫描件，文字是文件自带的识别结果，引用时请对照原件。"
SHOWN_SUMMARIES = {
    HIDDEN: "第 {pages} 页有读者看不见的文字（与底色相同、极小、被盖住或在页面之外），没有读入；请核对文件的来历。",
    STRUCK: "第 {pages} 页有被划掉的文字（删除线），没有读入。",
    MISREAD: "第 {pages} 页有些文字，文件另注的读法与印出的不同，已按印出的读入；请核对文件的来历。",
    LAYER: "第 {pages} 页是扫描件，文字是文件自带的识别结果，可能有错。",
}
"""What is said of the pages of a file with each note."""


class ShownText(NamedTuple):
    """The text of a page as a reader sees it."""

    pieces: list[Piece]
    notes: tuple[str, ...]
    """What of the page's text was not taken as the file gives it."""

    @property
    def is_layer(self) -> bool:
        """Whether it is what a recognition has put, unseen, over the picture of a page."""
        return LAYER in self.notes


def shown_text(
    page: Any,
    text_page: Any,
    view: PageView,
    drawing: Drawing,
    bold_fonts: Container[int],
    has_layers: Callable[[], bool],
) -> ShownText:
    """The text of a PDFium page and its text page.

    `bold_fonts` are the addresses of bold fonts without a name, `has_layers` tells whether the file can switch parts of
    its pages on and off.
    """
    read = partial(text_page_to_pieces, view=view, bold_fonts=bold_fonts, is_covered=drawing.covers_between)
    pieces, misread = believed(page, drawing.texts, read(text_page), read)
    seen = seen_text(page, view, pieces, drawing, has_layers)
    struck = blank_struck(page, view, seen.pieces, drawing)
    mark_raised_digits(seen.pieces)
    notes = {HIDDEN: seen.hides_text, STRUCK: struck, MISREAD: misread, LAYER: seen.is_layer}
    return ShownText(seen.pieces, tuple(note for note, holds in notes.items() if holds))


_KEY = b"ActualText"
_SIGNS = frozenset("%‰+")


def believed(
    page: Any, owners: Iterable[int], pieces: list[Piece], read: Callable[[Any], list[Piece]]
) -> tuple[list[Piece], bool]:
    """The page's pieces, and whether they are those of the bare drawing because a stated reading tells something else.

    `owners` are the addresses of the page's text objects, `read` gives the pieces of a text page.
    """
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    marks = [(item, mark) for owner in owners for item, mark in _readings(owner, pdfium)]
    if not marks:
        return pieces, False
    for item, mark in reversed(marks):
        pdfium.FPDFPageObj_RemoveMark(item, mark)
    drawn = read(page.get_textpage())
    # a font without meanings is mended by its readings: what it draws cannot be compared
    mended = _unreadable(drawn) > _unreadable(pieces)
    return (pieces, False) if mended or _said(pieces) == _said(drawn) else (drawn, True)


def _readings(owner: int, pdfium: Any) -> Iterator[tuple[Any, Any]]:
    """A text object with each of the marks that state a reading for it."""
    item = ctypes.cast(owner, pdfium.FPDF_PAGEOBJECT)
    for index in range(max(0, pdfium.FPDFPageObj_CountMarks(item))):
        mark = pdfium.FPDFPageObj_GetMark(item, index)
        if pdfium.FPDFPageObjMark_GetParamValueType(mark, _KEY) == pdfium.FPDF_OBJECT_STRING:
            yield item, mark


def _unreadable(pieces: Iterable[Piece]) -> int:
    return sum(is_unreadable(one) for piece in pieces for one in piece.text)


def _said(pieces: Iterable[Piece]) -> str:
    """What of a page a reader would quote: letters, figures and their signs."""
    placed = sorted(pieces, key=lambda piece: (round(piece.baseline), piece.left))
    folded = unicodedata.normalize("NFKC", fold_radicals("".join(piece.text for piece in placed)))
    return "".join(one for one in folded if one.isalnum() or one in _SIGNS)
