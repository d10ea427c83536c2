"""Readings that a PDF states for its text (ActualText) held against the characters it draws.

Honest ones mend what a font gets wrong (⽣ is 生). A page that tells something else than it shows is read as it shows.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rag.language.text import fold_radicals
from rag.readers.legible import is_unreadable
from rag.readers.pdf.text import Piece

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
    folded = unicodedata.normalize("NFKC", fold_radicals("".join(piece.text for piece in pieces)))
    return "".join(one for one in folded if one.isalnum() or one in _SIGNS)
