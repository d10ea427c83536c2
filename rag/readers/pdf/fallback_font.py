"""The font that PDFium draws with where a file does not embed its own: brought along, so the same on every machine.

Without one PDFium draws nothing, and leaves the text that draws nothing out of what it reads.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

FONT_PATH = Path(__file__).with_name("fallback_font") / "wenbao-fallback-sans.otf"
STANDARD_FAMILIES = (b"Helvetica", b"Times", b"Courier", b"Symbol", b"ZapfDingbats")
"""Families that PDFium carries itself."""

_SYMBOL_CHARSET = 2
_HANDLE = 1
_WHOLE_FILE = 0


@cache
def bring_font() -> None:
    """Let PDFium take this font, never one of the machine's. To be called before a file is opened; asks once."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    pdfium.FPDF_SetSystemFontInfo(_font_info(pdfium))


@cache
def _font_info(pdfium: Any) -> Any:
    # cached, for PDFium calls back as long as the process lives
    kinds = dict(pdfium.FPDF_SYSFONTINFO._fields_)
    return pdfium.FPDF_SYSFONTINFO(
        version=2,  # PDFium asks for one font after the other, and for no list of all
        MapFont=kinds["MapFont"](_map_font),
        GetFontData=kinds["GetFontData"](_copy_font),
    )


def _map_font(_info: Any, _weight: int, _italic: int, charset: int, _pitch: int, face: Any, _exact: Any) -> int | None:
    name = ctypes.cast(face, ctypes.c_char_p).value or b""
    return None if charset == _SYMBOL_CHARSET or name.startswith(STANDARD_FAMILIES) else _HANDLE


def _copy_font(_info: Any, _font: Any, table: int, buffer: Any, size: int) -> int:
    """Length of the font's file, and the file itself where the buffer has room for it."""
    if table != _WHOLE_FILE:
        return 0
    data = _font_data()
    if buffer and size >= len(data):
        ctypes.memmove(buffer, data, len(data))
    return len(data)


@cache
def _font_data() -> bytes:
    return FONT_PATH.read_bytes()
