"""Readings that a PDF states for its text (ActualText) held against the characters it draws.

Honest ones mend what a font gets wrong (⽣ is 生). One that tells another figure than the page shows is not believed.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from rag.language.text import fold_radicals
from rag.readers.legible import is_unreadable
from rag.readers.pdf.glyphs import base_font_name
from rag.readers.pdf.text import Piece

MAX_READING = 2000
"""Characters of one text object that are compared."""

_KEY = b"ActualText"
_SIGNS = frozenset("%‰+")


class _Reading(NamedTuple):
    """What is stated for a text, and the font of the text."""

    font: str
    text: str


class StatedReadings:
    """Tells, page by page of one file, whether its stated readings may be believed."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._honest: set[_Reading] = set()
        """Readings that were found to be what is drawn: most files repeat the same few."""

    def believed(
        self, page: Any, owners: Iterable[int], pieces: list[Piece], read: Callable[[Any], list[Piece]]
    ) -> tuple[list[Piece], bool]:
        """The page's pieces, those that `read` finds in the bare drawing where a reading is false, and whether one is.

        `owners` are the addresses of the page's text objects in the order they are drawn.
        """
        groups = _groups(owners)
        unknown = {
            mark: reading
            for mark, reading in _stated(pieces, groups).items()
            if _said(reading.text) and reading not in self._honest
        }
        if not unknown:
            return pieces, False
        _remove_readings(groups)
        text_page = page.get_textpage()
        drawn = _drawn(text_page, groups, unknown)
        false = {mark for mark, reading in unknown.items() if _is_false(reading.text, drawn[mark])}
        self._honest.update(reading for mark, reading in unknown.items() if mark not in false)
        return (read(text_page), True) if false else (pieces, False)


def _groups(owners: Iterable[int]) -> dict[int, int]:
    """Address of each text object that has a stated reading → that of the mark that states it, in reading order."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    groups: dict[int, int] = {}
    for owner in owners:
        item = ctypes.cast(owner, pdfium.FPDF_PAGEOBJECT)
        for index in range(max(0, pdfium.FPDFPageObj_CountMarks(item))):
            mark = pdfium.FPDFPageObj_GetMark(item, index)
            if pdfium.FPDFPageObjMark_GetParamValueType(mark, _KEY) == pdfium.FPDF_OBJECT_STRING:
                groups[owner] = ctypes.addressof(mark.contents)
    return groups


def _stated(pieces: Sequence[Piece], groups: Mapping[int, int]) -> dict[int, _Reading]:
    """What each mark states for the objects it is set around."""
    texts: dict[int, str] = {}
    owners: dict[int, int] = {}
    for piece in pieces:
        for character, paint in zip(piece.characters, piece.paints, strict=True):
            if paint.owner in groups and character != " ":
                mark = groups[paint.owner]
                texts[mark] = texts.get(mark, "") + character
                owners.setdefault(mark, paint.owner)
    return {mark: _Reading(_font_name(owners[mark]), text) for mark, text in texts.items()}


def _font_name(owner: int) -> str:
    import pypdfium2.raw as pdfium

    font = pdfium.FPDFTextObj_GetFont(ctypes.cast(owner, pdfium.FPDF_PAGEOBJECT))
    return base_font_name(font) if font else ""


def _drawn(text_page: Any, groups: Mapping[int, int], marks: Container[int]) -> dict[int, str]:
    """The characters that the objects inside each of the marks draw."""
    import pypdfium2.raw as pdfium

    buffer = (ctypes.c_ushort * MAX_READING)()
    drawn: dict[int, str] = defaultdict(str)
    for owner, mark in groups.items():
        if mark in marks:
            item = ctypes.cast(owner, pdfium.FPDF_PAGEOBJECT)
            length = pdfium.FPDFTextObj_GetText(item, text_page.raw, buffer, len(buffer))
            drawn[mark] += bytes(buffer)[: max(0, min(length, 2 * MAX_READING) - 2)].decode("utf-16-le", "replace")
    return drawn


def _remove_readings(groups: Iterable[int]) -> None:
    import pypdfium2.raw as pdfium

    for owner in groups:
        item = ctypes.cast(owner, pdfium.FPDF_PAGEOBJECT)
        for index in reversed(range(max(0, pdfium.FPDFPageObj_CountMarks(item)))):
            mark = pdfium.FPDFPageObj_GetMark(item, index)
            if pdfium.FPDFPageObjMark_GetParamValueType(mark, _KEY) == pdfium.FPDF_OBJECT_STRING:
                pdfium.FPDFPageObj_RemoveMark(item, mark)


def _said(text: str) -> str:
    """What of a text a reader would quote: letters, figures and their signs."""
    folded = unicodedata.normalize("NFKC", fold_radicals(text))
    return "".join(one for one in folded if one.isalnum() or one in _SIGNS)


def _is_false(stated: str, drawn: str) -> bool:
    return _said(stated) != _said(drawn) and not any(map(is_unreadable, drawn))
