"""The characters of a PDF page as PDFium gives them: each with its place on the page as it is seen, its size and paint."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from rag.readers.pdf.text import Matrix, PageView

DRAWN_SPACE_GAP = 0.05
"""Type sizes from which on a space character parts its neighbours; below, these touch all the same."""
GUESSED_SPACE_GAP = 0.2
"""Type sizes from which on white space or a line end that PDFium only guesses parts its neighbours."""
SAME_PLACE = 0.01
"""Points by which two places given for one thing may differ."""
MAX_CHARACTERS = 200_000
"""A page with more is no page of a report."""
INVISIBLE_MODES = frozenset((3, 7))
"""Text rendering modes that draw nothing."""
MIN_OPACITY = 64
PALE = 200
"""Red, green and blue of a colour that may not be told from white paper, at least, of 255."""

_BOLD_NAME = re.compile(r"bold|black|heavy|demi|simhei|stheiti|\bheiti|黑体", re.IGNORECASE)
_FORCE_BOLD = 1 << 18
_FILL_AND_STROKE = 2
_STROKE_ONLY = frozenset((1, 5))
_HYPHEN_MARK = 0x02
_THIN_SPACES = frozenset((0x2006, 0x2008, 0x2009, 0x200A, 0x202F, 0x205F))
_SPACES = frozenset(b"\r\n\t \xa0") | frozenset(range(0x2000, 0x200B)) | {0x3000, 0x202F, 0x205F}


class Paint(NamedTuple):
    """How a text object is drawn."""

    owner: int
    """Address of the object, 0 for none."""
    colour: tuple[int, int, int]
    opacity: int
    """0 (nothing is seen) to 255."""
    mode: int
    """PDF's text rendering mode."""

    @property
    def is_faint(self) -> bool:
        """Whether it may not be seen: invisible, nearly transparent, or so pale that white paper hides it."""
        return self.is_transparent or min(self.colour) >= PALE

    @property
    def is_transparent(self) -> bool:
        """Whether next to nothing is drawn."""
        return self.mode in INVISIBLE_MODES or self.opacity < MIN_OPACITY


UNKNOWN_PAINT = Paint(0, (0, 0, 0), 255, 0)


class Style(NamedTuple):
    """What the characters of one text object have in common."""

    size: float
    bold: bool
    angle: int
    """In which direction the text runs."""
    own_place: tuple[float, float]
    """Origin of the text in the coordinates of the form it stands in."""
    to_page: Matrix | None
    """From the coordinates of that form to the page's; None where they are the same."""
    paint: Paint


_NO_STYLE = Style(0.0, False, 0, (0.0, 0.0), None, UNKNOWN_PAINT)


class Glyph(NamedTuple):
    """One character, its box and its baseline on the page as it is seen, in the frame of its angle."""

    character: str
    left: float
    top: float
    right: float
    bottom: float
    baseline: float
    style: Style


def page_glyphs(text_page: Any, view: PageView, bold_fonts: Container[int]) -> Iterator[Glyph | float]:
    """Every character with its place; for white space the gap in type sizes from which on it counts."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    handle = text_page.raw
    x, y, box = ctypes.c_double(), ctypes.c_double(), pdfium.FS_RECTF()
    x_address, y_address, box_address = ctypes.byref(x), ctypes.byref(y), ctypes.byref(box)
    frames: dict[int, Matrix] = {}
    styles: dict[int, Style] = {}
    fonts: dict[int, bool] = {}
    for index in range(min(text_page.count_chars(), MAX_CHARACTERS)):
        code = pdfium.FPDFText_GetUnicode(handle, index)
        if code in _SPACES:
            guessed = code in _THIN_SPACES or pdfium.FPDFText_IsGenerated(handle, index)
            yield GUESSED_SPACE_GAP if guessed else DRAWN_SPACE_GAP
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
        if style.angle not in frames:
            frames[style.angle] = view.frame(style.angle)
        a, b, c, d, e, f = frames[style.angle]
        left, right = a * x1 + b * y1 + c, a * x2 + b * y2 + c
        bottom, top = d * x1 + e * y1 + f, d * x2 + e * y2 + f
        yield Glyph(
            "-" if code == _HYPHEN_MARK else chr(code or 0xFFFD),
            min(left, right, a * x3 + b * y3 + c),
            min(top, bottom),
            max(left, right),
            max(top, bottom),
            d * x3 + e * y3 + f,
            style,
        )


def _style_of(owner: Any, seen: Any, view: PageView, fonts: dict[int, bool], bold_fonts: Container[int]) -> Style:
    """The style of a text whose matrix, as seen on the page, is `seen`."""
    import pypdfium2.raw as pdfium

    matrix, size = pdfium.FS_MATRIX(), ctypes.c_float()
    mode = pdfium.FPDFTextObj_GetTextRenderMode(owner)
    pdfium.FPDFPageObj_GetMatrix(owner, matrix)
    pdfium.FPDFTextObj_GetFontSize(owner, size)
    font = pdfium.FPDFTextObj_GetFont(owner)
    key = ctypes.addressof(font.contents) if font else 0
    if key not in fonts:
        fonts[key] = key in bold_fonts or (bool(font) and _is_bold(font))
    return Style(
        size=round(abs(size.value) * math.hypot(seen.c, seen.d), 2),
        bold=fonts[key] or mode == _FILL_AND_STROKE,
        angle=view.angle(seen.a, seen.b),
        own_place=(matrix.e, matrix.f),
        to_page=None if _near(matrix.e, matrix.f, seen.e, seen.f) else _between(_numbers(matrix), _numbers(seen)),
        paint=_paint_of(owner, mode, pdfium),
    )


def _paint_of(owner: Any, mode: int, pdfium: Any) -> Paint:
    shares = [ctypes.c_uint() for _ in range(4)]
    ask = pdfium.FPDFPageObj_GetStrokeColor if mode in _STROKE_ONLY else pdfium.FPDFPageObj_GetFillColor
    known = ask(owner, *map(ctypes.byref, shares))
    red, green, blue, opacity = (share.value for share in shares) if known else (0, 0, 0, 255)
    return Paint(ctypes.addressof(owner.contents), (red, green, blue), opacity, mode)


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
