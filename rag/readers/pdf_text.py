"""The characters of a PDF page, as PDFium places them, joined into pieces: near each other on one baseline.

All lengths are in points, measured from the top left corner of the page as it is seen.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

COLUMN_GAP = 1.5
"""Type sizes between two pieces from which on a tab stands there."""
SAME_BASELINE = 0.25
"""Type sizes by which the baselines inside a piece may differ."""
SAME_SIZE = 0.08
"""Share of a type size by which sizes may differ and still be one; what is smaller may be a raised mark."""
SAME_BASELINE_OF_SIZES = 0.08
"""As SAME_BASELINE, between type of two sizes."""
ASCENT = 0.88
"""Type sizes from the baseline to the top of a Chinese character."""
DRAWN_SPACE_GAP = 0.05
"""Type sizes from which on a space character parts its neighbours; below, these touch all the same."""
GUESSED_SPACE_GAP = 0.2
"""Type sizes from which on white space or a line end that PDFium only guesses parts its neighbours."""
SAME_PLACE = 0.01
"""Points by which two places given for one thing may differ."""
MAX_CHARACTERS = 200_000
"""A page with more is no page of a report."""

_BOLD_NAME = re.compile(r"bold|black|heavy|demi|simhei|stheiti|\bheiti|黑体", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
_FILL_AND_STROKE = 2
_HYPHEN_MARK = 0x02
_SPACES = frozenset(b"\r\n\t \xa0") | frozenset(range(0x2000, 0x200B)) | {0x3000, 0x202F, 0x205F}


Matrix = tuple[float, float, float, float, float, float]


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
    own_place: tuple[float, float]
    """Origin of the text in the coordinates of the form it stands in."""
    to_page: Matrix | None
    """From the coordinates of that form to the page's; None where they are the same."""


_NO_STYLE = _Style(0.0, False, False, (0.0, 0.0), None)


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
        self.matrix: Matrix = {
            90: (0, 1, -bottom, 1, 0, -left),
            180: (-1, 0, right, 0, 1, -bottom),
            270: (0, -1, top, -1, 0, right),
        }.get(self.rotation, (1, 0, -left, 0, -1, top))
        """a, b, c, d, e, f: the point (x, y) is seen at (ax + by + c, dx + ey + f)."""

    def is_level(self, a: float, b: float) -> bool:
        """Whether text along the direction (a, b) is seen running from left to right."""
        along = {90: (b, -a), 180: (-a, -b), 270: (-b, a)}.get(self.rotation, (a, b))
        return along[0] > 0 and abs(along[1]) <= 0.1 * along[0]


def text_page_to_pieces(text_page: Any, view: PageView, bold_fonts: Container[int] = ()) -> list[Piece]:
    """The page's characters in the order of its content, joined where each follows the one before.

    `bold_fonts` holds the addresses of bold fonts that PDFium itself has no name for.
    """
    pieces: list[Piece] = []
    space_gap = math.inf
    for glyph in _glyphs(text_page, view, bold_fonts):
        if isinstance(glyph, float):
            space_gap = min(space_gap, glyph)
            continue
        if not pieces or not _follows(pieces[-1], glyph):
            pieces.append(_new_piece(glyph))
        elif space_gap < math.inf and (glyph.style.turned or _gap(pieces[-1], glyph) >= space_gap):
            pieces[-1].append(" ", pieces[-1].rights[-1], glyph.left)
        pieces[-1].append(glyph.character, glyph.left, glyph.right)
        if glyph.style.turned:
            pieces[-1].top = min(pieces[-1].top, glyph.top)
            pieces[-1].bottom = max(pieces[-1].bottom, glyph.bottom)
        space_gap = math.inf
    return _without_halves(pieces)


def _glyphs(text_page: Any, view: PageView, bold_fonts: Container[int]) -> Iterator[_Glyph | float]:
    """Every character with its place; for white space the gap in type sizes from which on it counts."""
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
            yield GUESSED_SPACE_GAP if pdfium.FPDFText_IsGenerated(handle, index) else DRAWN_SPACE_GAP
            continue
        owner = pdfium.FPDFText_GetTextObject(handle, index)
        address = ctypes.addressof(owner.contents) if owner else 0
        if address not in styles:
            seen = pdfium.FS_MATRIX()
            pdfium.FPDFText_GetMatrix(handle, index, seen)
            styles[address] = _style_of(owner, seen, view, fonts, bold_fonts) if owner else _NO_STYLE
        pdfium.FPDFText_GetCharOrigin(handle, index, x_address, y_address)
        pdfium.FPDFText_GetLooseCharBox(handle, index, box_address)
        x1, y1, x2, y2, x3, y3 = box.left, box.bottom, box.right, box.top, x.value, y.value
        style = styles[address]
        if style.to_page and _near(x3, y3, *style.own_place):
            # PDFium leaves the characters of an ActualText where they stand in their form.
            (x1, y1), (x2, y2), (x3, y3) = (_moved(style.to_page, *point) for point in ((x1, y1), (x2, y2), (x3, y3)))
        left, right = a * x1 + b * y1 + c, a * x2 + b * y2 + c
        bottom, top = d * x1 + e * y1 + f, d * x2 + e * y2 + f
        yield _Glyph(
            "-" if code == _HYPHEN_MARK else chr(code or 0xFFFD),
            min(left, right, a * x3 + b * y3 + c),
            min(top, bottom),
            max(left, right),
            max(top, bottom),
            d * x3 + e * y3 + f,
            style,
        )


def _style_of(owner: Any, seen: Any, view: PageView, fonts: dict[int, bool], bold_fonts: Container[int]) -> _Style:
    """The style of a text whose matrix, as seen on the page, is `seen`."""
    import pypdfium2.raw as pdfium

    matrix, size = pdfium.FS_MATRIX(), ctypes.c_float()
    pdfium.FPDFPageObj_GetMatrix(owner, matrix)
    pdfium.FPDFTextObj_GetFontSize(owner, size)
    font = pdfium.FPDFTextObj_GetFont(owner)
    key = ctypes.addressof(font.contents) if font else 0
    if key not in fonts:
        fonts[key] = key in bold_fonts or (bool(font) and _is_bold(font))
    return _Style(
        size=round(abs(size.value) * math.hypot(seen.c, seen.d), 2),
        bold=fonts[key] or pdfium.FPDFTextObj_GetTextRenderMode(owner) == _FILL_AND_STROKE,
        turned=not view.is_level(seen.a, seen.b),
        own_place=(matrix.e, matrix.f),
        to_page=None if _near(matrix.e, matrix.f, seen.e, seen.f) else _between(_numbers(matrix), _numbers(seen)),
    )


def _numbers(matrix: Any) -> Matrix:
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _between(own: Matrix, seen: Matrix) -> Matrix | None:
    """The matrix that takes what `own` places to where `seen` places it; None where `own` places all on one line."""
    a, b, c, d, e, f = own
    area = a * d - b * c
    if not area:
        return None
    p, q, r, s, t, u = seen
    i, j, k, m = d / area, -b / area, -c / area, a / area
    across = (i * p + j * r, i * q + j * s, k * p + m * r, k * q + m * s)
    return *across, t - e * across[0] - f * across[2], u - e * across[1] - f * across[3]


def _near(x1: float, y1: float, x2: float, y2: float) -> bool:
    return abs(x1 - x2) <= SAME_PLACE and abs(y1 - y2) <= SAME_PLACE


def _moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _is_bold(font: Any) -> bool:
    import pypdfium2.raw as pdfium

    # FPDFFont_GetWeight is a guess from the width of stems, which takes 宋体 and 楷体 of many makers for bold.
    return bool(pdfium.FPDFFont_GetFlags(font) & _FORCE_BOLD) or is_bold_name(base_font_name(font))


def base_font_name(font: Any) -> str:
    """Name of a PDFium font, `` where it has none."""
    import pypdfium2.raw as pdfium

    name = ctypes.create_string_buffer(256)
    pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
    return _decoded(name.value)


def is_bold_name(name: str) -> bool:
    """Whether a font's name says that it is bold."""
    return _BOLD_NAME.search(name) is not None


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


def _gap(piece: Piece, glyph: _Glyph) -> float:
    """Type sizes between the end of a piece and a glyph."""
    return (glyph.left - piece.rights[-1]) / max(piece.size, 1.0)


def _follows(piece: Piece, glyph: _Glyph) -> bool:
    style = glyph.style
    if style.turned or piece.turned:
        return style.turned and piece.turned and style.size == piece.size
    size = max(piece.size, 1.0)
    same_size = style.size == 0 or abs(style.size / size - 1) <= SAME_SIZE
    return (
        abs(glyph.baseline - piece.baseline) <= (SAME_BASELINE if same_size else SAME_BASELINE_OF_SIZES) * size
        and -0.5 <= _gap(piece, glyph) <= COLUMN_GAP
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
