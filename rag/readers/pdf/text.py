"""The characters of a PDF page, as PDFium places them, joined into pieces: near each other on one baseline.

All lengths are in points, measured from the top left corner of the page as it is seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from rag.readers.pdf.glyphs import UNKNOWN_PAINT, Glyph, Paint, page_glyphs

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
MAX_DOUBLE_SHIFT = 2.0
"""Points between a glyph and the same one drawn once more at most."""
MAX_DOUBLE_SHARE = 0.15
"""The same in type sizes: small letters stand close to each other."""

LEVEL, UPWARD, REVERSED, DOWNWARD = 0, 90, 180, 270
"""Directions in which text runs: degrees anticlockwise from left to right."""
QUARTERS = (LEVEL, UPWARD, REVERSED, DOWNWARD)
SKEW = 45
"""Any other direction."""

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]


@dataclass(slots=True)
class Piece:
    """Characters that follow each other on one baseline."""

    top: float
    bottom: float
    baseline: float
    size: float
    bold: bool
    angle: int = LEVEL
    """In which direction the text runs; the characters of one that is not level share its box."""
    characters: list[str] = field(default_factory=list)
    lefts: list[float] = field(default_factory=list)
    rights: list[float] = field(default_factory=list)
    paints: list[Paint] = field(default_factory=list)
    doubles: list[int] = field(default_factory=list)
    """Addresses of the text objects that draw some of the characters once more."""

    @property
    def turned(self) -> bool:
        """Whether the text does not run from left to right."""
        return self.angle != LEVEL

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

    def append(self, character: str, left: float, right: float, paint: Paint = UNKNOWN_PAINT) -> None:
        """Add a character behind the last one."""
        self.characters.append(character)
        self.lefts.append(left)
        self.rights.append(right)
        self.paints.append(paint)

    def without(self, lost: Container[int]) -> list[Piece]:
        """The piece without the characters of some indexes, parted where they stood."""
        if not lost:
            return [self]
        runs: list[list[int]] = [[]]
        for index in range(len(self.characters)):
            if index not in lost:
                runs[-1].append(index)
            elif runs[-1]:
                runs.append([])
        return [self.part(run) for run in runs if any(self.characters[index].strip() for index in run)]

    def part(self, indexes: Iterable[int]) -> Piece:
        """The characters with these indexes, in order."""
        part = Piece(self.top, self.bottom, self.baseline, self.size, self.bold, self.angle, doubles=self.doubles)
        for index in indexes:
            part.append(self.characters[index], self.lefts[index], self.rights[index], self.paints[index])
        return part


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

    def box(self, box: Box) -> Box:
        """A box given by its left, bottom, right, top in PDF's own coordinates, as left, top, right, bottom as seen."""
        a, b, c, d, e, f = self.matrix
        x1, y1, x2, y2 = box
        lefts, tops = (a * x1 + b * y1 + c, a * x2 + b * y2 + c), (d * x1 + e * y1 + f, d * x2 + e * y2 + f)
        return min(lefts), min(tops), max(lefts), max(tops)

    def angle(self, a: float, b: float) -> int:
        """Degrees anticlockwise by which text along the direction (a, b) is seen turned, SKEW where it is no quarter."""
        across, up = {90: (b, -a), 180: (-a, -b), 270: (-b, a)}.get(self.rotation, (a, b))
        if min(abs(across), abs(up)) > 0.1 * max(abs(across), abs(up)):
            return SKEW
        if abs(across) >= abs(up):
            return LEVEL if across > 0 else REVERSED
        return UPWARD if up > 0 else DOWNWARD

    def frame(self, angle: int) -> Matrix:
        """As `matrix`, to where a point is seen by one who turns the page until text at this angle is level."""
        a, b, c, d, e, f = self.matrix
        return {
            UPWARD: (-d, -e, self.height - f, a, b, c),
            REVERSED: (-a, -b, self.width - c, -d, -e, self.height - f),
            DOWNWARD: (d, e, f, -a, -b, self.width - c),
        }.get(angle, self.matrix)

    def out_of_frame(self, angle: int, box: Box) -> Box:
        """The box on the page of what has this box in the frame of an angle."""
        left, top, right, bottom = box
        return {
            UPWARD: (top, self.height - right, bottom, self.height - left),
            REVERSED: (self.width - right, self.height - bottom, self.width - left, self.height - top),
            DOWNWARD: (self.width - bottom, left, self.width - top, right),
        }.get(angle, box)


def text_page_to_pieces(
    text_page: Any,
    view: PageView,
    bold_fonts: Container[int] = (),
    is_covered: Callable[[int, int, float, float], bool] = lambda *_: False,
) -> list[Piece]:
    """The page's characters in the order of its content, joined where each follows the one before.

    `bold_fonts` holds the addresses of bold fonts that PDFium itself has no name for. `is_covered` tells whether
    something is drawn over a point after one text object and before another.
    """
    pieces: list[Piece] = []
    last: dict[int, Piece] = {}
    space_gap = math.inf
    drawn = _Drawn(is_covered)
    for glyph in page_glyphs(text_page, view, bold_fonts):
        if isinstance(glyph, float):
            space_gap = min(space_gap, glyph)
            continue
        angle = glyph.style.angle
        piece = last.get(angle)
        follows = piece is not None and _follows(piece, glyph)
        if drawn.again(glyph, expected=follows and _gap(last[angle], glyph) > -MAX_DOUBLE_SHARE):
            continue
        if piece is None or not follows:
            piece = last[angle] = _new_piece(glyph)
            pieces.append(piece)
        elif space_gap < math.inf and (angle == SKEW or _gap(piece, glyph) >= space_gap):
            piece.append(" ", piece.rights[-1], glyph.left, glyph.style.paint)
        piece.append(glyph.character, glyph.left, glyph.right, glyph.style.paint)
        drawn.add(glyph, piece)
        if angle == SKEW:
            piece.top, piece.bottom = min(piece.top, glyph.top), max(piece.bottom, glyph.bottom)
        space_gap = math.inf
    return [_on_page(piece, view) for piece in _without_halves(pieces)]


def _on_page(piece: Piece, view: PageView) -> Piece:
    """A piece that was put together in the frame of its angle, where it stands on the page."""
    if piece.angle in (LEVEL, SKEW):
        return piece
    box = (piece.lefts[0], piece.top, piece.rights[-1], piece.bottom)
    left, top, right, bottom = view.out_of_frame(piece.angle, box)
    count = len(piece.characters)
    return replace(piece, top=top, bottom=bottom, baseline=bottom, lefts=[left] * count, rights=[right] * count)


class _Drawn:
    """The glyphs of a page by place: type is drawn two or three times, a little apart, to look bold."""

    def __init__(self, is_covered: Callable[[int, int, float, float], bool]) -> None:
        self._is_covered = is_covered
        self._places: dict[tuple[str, int, int], tuple[Glyph, Piece]] = {}
        self._doubling = False

    def add(self, glyph: Glyph, piece: Piece) -> None:
        self._places[glyph.character, *_patch(glyph)] = glyph, piece

    def again(self, glyph: Glyph, *, expected: bool) -> bool:
        """Whether a glyph was drawn before; one that follows the last is not looked up unless that was."""
        self._doubling = (self._doubling or not expected) and self._is_double(glyph)
        return self._doubling

    def _is_double(self, glyph: Glyph) -> bool:
        x, y = _patch(glyph)
        apart = min(MAX_DOUBLE_SHIFT, MAX_DOUBLE_SHARE * (glyph.style.size or glyph.bottom - glyph.top))
        for place in ((glyph.character, x + i, y + j) for i in (0, -1, 1) for j in (0, -1, 1)):
            if place in self._places:
                other, piece = self._places[place]
                if max(abs(other.left - glyph.left), abs(other.baseline - glyph.baseline)) > apart:
                    continue
                first, second = other.style.paint.owner, glyph.style.paint.owner
                # the characters of a stated reading all stand in one place
                if first == second or self._is_covered(first, second, glyph.right - apart, glyph.baseline - apart):
                    return False
                piece.doubles.append(second)
                self.add(glyph, piece)
                return True
        return False


def _patch(glyph: Glyph) -> tuple[int, int]:
    return round(glyph.left / MAX_DOUBLE_SHIFT), round(glyph.baseline / MAX_DOUBLE_SHIFT)


def _new_piece(glyph: Glyph) -> Piece:
    style, baseline = glyph.style, glyph.baseline
    size = style.size if 1 <= style.size <= 400 else round(glyph.bottom - glyph.top, 2)
    if style.angle == SKEW:
        return Piece(glyph.top, glyph.bottom, baseline, size, style.bold, SKEW)
    return Piece(baseline - ASCENT * size, baseline + (1 - ASCENT) * size, baseline, size, style.bold, style.angle)


def _gap(piece: Piece, glyph: Glyph) -> float:
    """Type sizes between the end of a piece and a glyph."""
    return (glyph.left - piece.rights[-1]) / max(piece.size, 1.0)


def _follows(piece: Piece, glyph: Glyph) -> bool:
    style = glyph.style
    if style.angle == SKEW:
        return style.size == piece.size
    size = max(piece.size, 1.0)
    same_size = style.size == 0 or abs(style.size / size - 1) <= SAME_SIZE
    return (
        abs(glyph.baseline - piece.baseline) <= (SAME_BASELINE if same_size else SAME_BASELINE_OF_SIZES) * size
        and -0.5 <= _gap(piece, glyph) <= COLUMN_GAP
        and (style.size == 0 or 0.75 <= style.size / size <= 1.34)
        and style.bold == piece.bold
        and style.paint.is_faint == piece.paints[-1].is_faint
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
