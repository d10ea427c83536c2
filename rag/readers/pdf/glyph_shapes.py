"""What a drawn character looks like, held against digits as common fonts draw them.

A font may say of a character that it is a 6 and draw a 5; what is drawn is what the report prints.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from rag.readers.pdf.text import PageView

if TYPE_CHECKING:
    import numpy as np

DIGITS = "0123456789"
FAMILIES = (
    "Helvetica",
    "Helvetica-Bold",
    "Helvetica-Oblique",
    "Helvetica-BoldOblique",
    "Times-Roman",
    "Times-Bold",
    "Times-Italic",
    "Times-BoldItalic",
    "Courier",
    "Courier-Bold",
)
DIGIT_PIXELS = 28
"""Height at which a digit is drawn to be looked at."""
DIGIT_HEIGHT, ABOVE, BELOW = 0.7, 0.9, 0.25
"""Type sizes: of a digit, and what is drawn above and below the baseline."""
MIN_SIZE = 3.0
"""Points; smaller type is not judged."""
MIN_CONTRAST = 25.0
"""Of 255: fainter ink is not judged."""
MAX_UNEVEN = 0.15
"""Share of the contrast by which the paper around a character may vary; a photograph is no paper."""
EVEN_RULE, MIN_RULE = 0.5, 0.02
"""A row or column of pixels that is inked so evenly from end to end is a rule or an underline."""
SAME_HEIGHT = 0.14
"""Type sizes by which top and bottom of one character differ from font to font at most."""
WIDTH, HEIGHT = 16, 24
CELL = 80.0
"""Points between the characters that are drawn for comparison."""

Values: TypeAlias = "np.ndarray[Any, np.dtype[np.float32]]"


class Place(NamedTuple):
    """Where a character stands: points from the top left corner of the page as it is seen."""

    left: float
    right: float
    baseline: float
    size: float


@dataclass(frozen=True, slots=True)
class Shape:
    """The ink of one character."""

    values: Values
    """WIDTH x HEIGHT shades, blurred, of mean 0 and length 1; all 0 for a filled box."""
    top: float
    """Type sizes above the baseline."""
    bottom: float


def draw_shape(page: Any, view: PageView, place: Place) -> Shape | None:
    """What a PDFium page shows at a place, None where there is no ink or no even paper around it."""
    import numpy as np

    scale = DIGIT_PIXELS / (DIGIT_HEIGHT * place.size) if place.size >= MIN_SIZE else 0.0
    left, right = max(place.left, 0.0), max(view.width - place.right, 0.0)
    top = max(place.baseline - ABOVE * place.size, 0.0)
    bottom = max(view.height - place.baseline - BELOW * place.size, 0.0)
    if min(view.width - left - right, view.height - top - bottom) * scale < 2:
        return None
    bitmap = page.render(scale=scale, grayscale=True, crop=(left, bottom, right, top))
    try:
        pixels = np.asarray(bitmap.to_numpy(), np.float32).reshape(bitmap.height, bitmap.width)
    finally:
        bitmap.close()
    return _pixels_to_shape(pixels, (place.baseline - top) * scale, place.size * scale)


def _pixels_to_shape(pixels: Values, baseline: float, size: float) -> Shape | None:
    import numpy as np

    ground = _ground(pixels)
    if ground is None:
        return None
    ink = np.abs(pixels - ground)
    contrast = float(ink.max())
    across, down = (ink.min(axis=axis) > EVEN_RULE * ink.max(axis=axis) + MIN_RULE * contrast for axis in (1, 0))
    ink[across] = 0.0
    ink[:, down] = 0.0
    rows, columns = (np.flatnonzero((ink > contrast / 2).any(axis=axis)) for axis in (1, 0))
    if contrast < MIN_CONTRAST or not len(rows):
        return None
    glyph = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] / contrast
    return Shape(_normalised(glyph), (baseline - rows[0]) / size, (baseline - rows[-1] - 1) / size)


def _ground(pixels: Values) -> float | None:
    """The shade of the paper above the character, or where something is drawn there below it."""
    import numpy as np

    contrast = max(float(np.ptp(pixels)), MIN_CONTRAST)
    for rows in (pixels[:2], pixels[-2:]):
        if float(np.ptp(rows)) <= MAX_UNEVEN * contrast:
            return float(np.median(rows))
    return None


def _normalised(glyph: Values) -> Values:
    import numpy as np
    from PIL import Image, ImageFilter

    height, width = glyph.shape
    scale = min(HEIGHT / height, WIDTH / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = Image.fromarray((glyph * 255).astype(np.uint8)).resize(size, Image.Resampling.BOX)
    framed = Image.new("L", (WIDTH, HEIGHT))
    framed.paste(small, ((WIDTH - size[0]) // 2, (HEIGHT - size[1]) // 2))
    values = np.asarray(framed.filter(ImageFilter.GaussianBlur(1.0)), np.float32).ravel()
    values = values - values.mean()
    length = float(np.linalg.norm(values))
    return values / length if length > 1.0 else np.zeros_like(values)


def likeness(shape: Shape, character: str, anywhere: bool = False) -> float:
    """How much a shape is like a character, 1 for the same; -1 where it stands higher or lower, unless `anywhere`."""
    return max(
        (
            float(known.values @ shape.values)
            for known in _drawn_shapes(DIGITS if character in DIGITS else character)[character]
            if anywhere or max(abs(known.top - shape.top), abs(known.bottom - shape.bottom)) <= SAME_HEIGHT
        ),
        default=-1.0,
    )


@cache
def _drawn_shapes(characters: str) -> dict[str, tuple[Shape, ...]]:
    """Characters as the fonts draw them that PDFium carries."""
    import pypdfium2  # type: ignore[import-untyped]
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    document = pypdfium2.PdfDocument.new()
    try:
        page = document.new_page(CELL * len(characters), CELL * len(FAMILIES))
        for row, family in enumerate(FAMILIES):
            font = pdfium.FPDFText_LoadStandardFont(document.raw, family.encode())
            for column, character in enumerate(characters):
                text = pdfium.FPDFPageObj_CreateTextObj(document.raw, font, CELL / 2)
                encoded = ctypes.create_string_buffer((character + "\0").encode("utf-16-le"))
                pdfium.FPDFText_SetText(text, ctypes.cast(encoded, pdfium.FPDF_WIDESTRING))
                pdfium.FPDFPageObj_Transform(text, 1, 0, 0, 1, CELL * (column + 0.25), CELL * (row + 0.25))
                pdfium.FPDFPage_InsertObject(page.raw, text)
            pdfium.FPDFFont_Close(font)
        pdfium.FPDFPage_GenerateContent(page.raw)
        view = PageView(page)
        return {character: _column_shapes(page, view, at) for at, character in enumerate(characters)}
    finally:
        document.close()


def _column_shapes(page: Any, view: PageView, column: int) -> tuple[Shape, ...]:
    left = CELL * column
    baselines = (view.height - CELL * (row + 0.25) for row in range(len(FAMILIES)))
    drawn = (draw_shape(page, view, Place(left, left + CELL, baseline, CELL / 2)) for baseline in baselines)
    return tuple(shape for shape in drawn if shape is not None)
