"""The characters of a PDF page, as PDFium places them, joined into pieces: near each other on one baseline.

All lengths are in points, measured from the top left corner of the page as it is seen.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

COLUMN_GAP = 1.5
"""Type sizes between two pieces from which on a tab stands there."""
SAME_BASELINE = 0.25
"""Type sizes by which the baselines inside a piece may differ."""
ASCENT = 0.88
"""Type sizes from the baseline to the top of a Chinese character."""
MAX_CHARACTERS = 200_000
"""A page with more is no page of a report."""

_BOLD_NAME = re.compile(r"bold|black|heavy|demi|simhei|stheiti|\bheiti|黑体", re.IGNORECASE)
_BOLD_WEIGHT = 600
_FILL_AND_STROKE = 2
_HYPHEN_MARK = 0x02
_SPACES = frozenset(b"\r\n\t \xa0") | frozenset(range(0x2000, 0x200B)) | {0x3000, 0x202F, 0x205F}


@dataclass(slots=True)
class Piece:
    """Characters that follow each other on one baseline."""

    top: float
    bottom: float
    baseline: float
    size: float
    bold: bool
    turned: bool = False
    """The text does not run from left to right."""
    characters: list[str] = field(default_factory=list)
    lefts: list[float] = field(default_factory=list)
    rights: list[float] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Left edge of the first character."""
        return min(self.lefts) if self.turned else self.lefts[0]

    @property
    def right(self) -> float:
        """Right edge of the last character."""
        return max(self.rights) if self.turned else self.rights[-1]

    @property
    def middle(self) -> float:
        """Height at which the piece stands."""
        return (self.top + self.bottom) / 2

    @property
    def text(self) -> str:
        """The characters as one string, a space where the page has one."""
        return "".join(self.characters)

    def append(self, character: str, left: float, right: float) -> None:
        """Add a character behind the last one."""
        self.characters.append(character)
        self.lefts.append(left)
        self.rights.append(right)


class _Style(NamedTuple):
    size: float
    bold: bool
    turned: bool


class _Glyph(NamedTuple):
    character: str
    left: float
    top: float
    right: float
    bottom: float
    baseline: float
    style: _Style


class PageView:
    """Where a point of PDF's own coordinates is seen on the page."""

    def __init__(self, page: Any) -> None:
        """Take the visible box and the rotation from a PDFium page."""
        left, bottom, right, top = page.get_bbox()
        self.rotation: int = page.get_rotation()
        across, down = right - left, top - bottom
        self.width, self.height = (down, across) if self.rotation in (90, 270) else (across, down)
        self.matrix: tuple[float, float, float, float, float, float] = {
            90: (0, 1, -bottom, 1, 0, -left),
            180: (-1, 0, right, 0, 1, -bottom),
            270: (0, -1, top, -1, 0, right),
        }.get(self.rotation, (1, 0, -left, 0, -1, top))
        """a, b, c, d, e, f: the point (x, y) is seen at (ax + by + c, dx + ey + f)."""

    def is_level(self, a: float, b: float) -> bool:
        """Whether text along the direction (a, b) is seen running from left to right."""
        along = {90: (b, -a), 180: (-a, -b), 270: (-b, a)}.get(self.rotation, (a, b))
        return along[0] > 0 and abs(along[1]) <= 0.1 * along[0]


def text_page_to_pieces(text_page: Any, view: PageView) -> list[Piece]:
    """The page's characters in the order of its content, joined where each follows the one before."""
    pieces: list[Piece] = []
    space = False
    for glyph in _glyphs(text_page, view):
        if glyph is None:
            space = True
            continue
        if not pieces or not _follows(pieces[-1], glyph):
            pieces.append(_new_piece(glyph))
        elif space:
            pieces[-1].append(" ", pieces[-1].rights[-1], glyph.left)
        pieces[-1].append(glyph.character, glyph.left, glyph.right)
        if glyph.style.turned:
            pieces[-1].top = min(pieces[-1].top, glyph.top)
            pieces[-1].bottom = max(pieces[-1].bottom, glyph.bottom)
        space = False
    return _without_halves(pieces)


def _glyphs(text_page: Any, view: PageView) -> Iterator[_Glyph | None]:
    """Every character with its place; None for white space."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    handle = text_page.raw
    x, y, box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
    x_address, y_address, box_address = ctypes.byref(x), ctypes.byref(y), ctypes.byref(box)
    a, b, c, d, e, f = view.matrix
    styles: dict[int, _Style] = {}
    fonts: dict[int, bool] = {}
    for index in range(min(text_page.count_chars(), MAX_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(handle, index)
        if code in _SPACES:
            yield None
            continue
        owner = pdfium.FPDFText_GetTextObject(handle, index)
        address = ctypes.addressof(owner.contents) if owner else 0
        if address not in styles:
            styles[address] = _style_of(owner, view, fonts) if owner else _Style(0.0, False, False)
        pdfium.FPDFText_GetCharOrigin(handle, index, x_address, y_address)
        pdfium.FPDFText_GetLooseCharBox(handle, index, box_address)
        x1, y1, x2, y2, x3, y3 = box.left, box.bottom, box.right, box.top, x.value, y.value
        left, right = a * x1 + b * y1 + c, a * x2 + b * y2 + c
        bottom, top = d * x1 + e * y1 + f, d * x2 + e * y2 + f
        yield _Glyph(
            "-" if code == _HYPHEN_MARK else chr(code or 0xFFFD),
            min(left, right, a * x3 + b * y3 + c),
            min(top, bottom),
            max(left, right),
            max(top, bottom),
            d * x3 + e * y3 + f,
            styles[address],
        )


def _style_of(owner: Any, view: PageView, fonts: dict[int, bool]) -> _Style:
    import pypdfium2.raw as pdfium

    matrix, size = pdfium.FS_MATRIX(), ctypes.c_float()
    pdfium.FPDFPageObj_GetMatrix(owner, matrix)
    pdfium.FPDFTextObj_GetFontSize(owner, size)
    scale = (matrix.c**2 + matrix.d**2) ** 0.5
    font = pdfium.FPDFTextObj_GetFont(owner)
    key = ctypes.addressof(font.contents) if font else 0
    if key not in fonts:
        fonts[key] = bool(font) and _is_bold(font)
    bold = fonts[key] or pdfium.FPDFTextObj_GetTextRenderMode(owner) == _FILL_AND_STROKE
    return _Style(round(abs(size.value) * scale, 2), bold, not view.is_level(matrix.a, matrix.b))


def _is_bold(font: Any) -> bool:
    import pypdfium2.raw as pdfium

    name = ctypes.create_string_buffer(256)
    pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
    return pdfium.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT or _BOLD_NAME.search(_decoded(name.value)) is not None


def _decoded(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("gb18030", errors="replace")


def _new_piece(glyph: _Glyph) -> Piece:
    style, baseline = glyph.style, glyph.baseline
    size = style.size if 1 <= style.size <= 400 else round(glyph.bottom - glyph.top, 2)
    if style.turned:
        return Piece(glyph.top, glyph.bottom, baseline, size, style.bold, turned=True)
    return Piece(baseline - ASCENT * size, baseline + (1 - ASCENT) * size, baseline, size, style.bold)


def _follows(piece: Piece, glyph: _Glyph) -> bool:
    style = glyph.style
    if style.turned or piece.turned:
        return style.turned and piece.turned and style.size == piece.size
    size = max(piece.size, 1.0)
    return (
        abs(glyph.baseline - piece.baseline) <= SAME_BASELINE * size
        and -0.5 * size <= glyph.left - piece.rights[-1] <= COLUMN_GAP * size
        and (style.size == 0 or 0.75 <= style.size / size <= 1.34)
        and style.bold == piece.bold
    )


def _without_halves(pieces: list[Piece]) -> list[Piece]:
    """Surrogate halves, which a 16-bit wide platform gives, put together."""
    for piece in pieces:
        if any("\ud800" <= character <= "\udfff" for character in piece.characters):
            for index, (high, low) in enumerate(pairwise(piece.characters)):
                if "\ud800" <= high < "\udc00" <= low <= "\udfff":
                    joined = (high + low).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
                    piece.characters[index : index + 2] = [joined, ""]
            piece.characters = ["\ufffd" if "\ud800" <= one <= "\udfff" else one for one in piece.characters]
    return pieces
