"""Characters that PDFium leaves out of a page's text: of objects that draw nothing, and of those set all in one place.

It is asked for where there is cause only: another library reads the page then, and gives what is missing.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from rag.language.text import clean_line
from rag.readers.pdf.drawing import Drawing
from rag.readers.pdf.glyphs import base_font_name
from rag.readers.pdf.text import ASCENT, SAME_BASELINE, PageView, Piece

MIN_STACKED, STACKED_SHARE = 4, 0.2
"""So many characters in one place, and this share of a page's in such places, tell of a font without widths."""
SAME_PLACE = 0.5
"""Points by which two libraries may differ on where a text starts."""

STACKED = "这一页的字体没有字宽，文字叠印在一处，已按文件里的先后读入，引用时请对照原件。"
LEFT_OUT = "这一页有个别字符可能没有读到，引用时请对照原件。"
LEFT_OUT_SUMMARIES = {
    STACKED: "第 {pages} 页的字体没有字宽，文字叠印在一处，已按文件里的先后读入，请对照原件。",
    LEFT_OUT: "第 {pages} 页有个别字符可能没有读到。",
}


class PlacedCharacter(NamedTuple):
    """A character as another library reads it, and where it starts on its baseline, in PDF's own coordinates."""

    text: str
    x: float
    y: float
    size: float
    width: float


class Fonts(NamedTuple):
    """What is asked of other libraries about one page."""

    characters: Callable[[], Sequence[PlacedCharacter]]
    """All characters in the order of the content; none where they cannot be had."""
    plain: Callable[[], frozenset[str]]
    """Names of the fonts that hold nothing but Latin letters, which PDFium can always draw."""


def stacked_lines(pieces: Sequence[Piece], others: Callable[[], Sequence[PlacedCharacter]]) -> tuple[str, ...]:
    """The lines of a page whose characters stand in one place, so that some are lost; none of any other page."""
    places = Counter((round(piece.lefts[0], 1), round(piece.baseline, 1)) for piece in pieces if piece.characters)
    stacked = sum(count for count in places.values() if count >= MIN_STACKED)
    if not stacked or stacked < STACKED_SHARE * sum(len(piece.characters) for piece in pieces):
        return ()
    lines: list[str] = []
    last = None
    for character in others():
        if last is None or abs(character.y - last.y) > SAME_BASELINE * max(last.size, 1.0):
            lines.append("")
        lines[-1] += character.text
        last = character
    read = _counted(piece.text for piece in pieces)
    return tuple(line for line in map(clean_line, lines) if line) if _counted(lines) - read else ()


def _counted(texts: Iterable[str]) -> Counter[str]:
    return Counter(one for text in texts for one in unicodedata.normalize("NFKC", text) if not one.isspace())


def with_left_out(view: PageView, pieces: list[Piece], drawing: Drawing, fonts: Fonts) -> tuple[list[Piece], bool]:
    """Pieces with what PDFium leaves out because it cannot draw it, and whether all that is left out could be read."""
    places = _places_left_out(pieces, drawing, fonts)
    if not places:
        return pieces, True
    others = fonts.characters()
    found = [other for other in others if other.text.strip() and any(_is_at(other, place) for place in places)]
    for added in (_to_piece(other, view) for other in found):
        pieces = [*(part for piece in pieces for part in _parted(piece, added)), added]
    return pieces, bool(others)


def _parted(piece: Piece, added: Piece) -> list[Piece]:
    """A piece as it is, or where another one stands inside it, what stands before and what stands behind that."""
    near = abs(piece.baseline - added.baseline) <= SAME_BASELINE * max(piece.size, 1.0)
    if piece.turned or not near or not piece.left < added.left < piece.right:
        return [piece]
    before = [index for index, left in enumerate(piece.lefts) if left < added.left]
    parts = (piece.part(before), piece.part(range(len(before), len(piece.lefts))))
    return [part for part in map(_without_spaces_around, parts) if part.characters]


def _without_spaces_around(piece: Piece) -> Piece:
    inked = [index for index, character in enumerate(piece.characters) if character.strip()]
    return piece.part(range(inked[0], inked[-1] + 1) if inked else ())


def _is_at(other: PlacedCharacter, place: tuple[float, float]) -> bool:
    return abs(other.x - place[0]) <= SAME_PLACE and abs(other.y - place[1]) <= SAME_PLACE


def _places_left_out(pieces: Sequence[Piece], drawing: Drawing, fonts: Fonts) -> list[tuple[float, float]]:
    """Where text objects start that give no character, of fonts that PDFium may not be able to draw."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    read = {paint.owner for piece in pieces for paint in piece.paints}.union(*(piece.doubles for piece in pieces))
    drawable: dict[int, bool] = {}
    matrix = pdfium.FS_MATRIX()
    places = []
    for address, (_, form) in drawing.texts.items():
        if address in read:
            continue
        item = ctypes.cast(address, pdfium.FPDF_PAGEOBJECT)
        font = pdfium.FPDFTextObj_GetFont(item)
        key = ctypes.addressof(font.contents) if font else 0
        if key not in drawable:
            drawable[key] = not font or _is_drawable(font, fonts, pdfium)
        if not drawable[key] and form is None and _draws_nothing(item, pdfium):
            pdfium.FPDFPageObj_GetMatrix(item, matrix)
            places.append((matrix.e, matrix.f))
    return places


def _draws_nothing(item: Any, pdfium: Any) -> bool:
    left, bottom, right, top = edges = [ctypes.c_float() for _ in range(4)]
    known = pdfium.FPDFPageObj_GetBounds(item, *map(ctypes.byref, edges))
    return not known or (left.value == right.value and bottom.value == top.value)


def _is_drawable(font: Any, fonts: Fonts, pdfium: Any) -> bool:
    return bool(pdfium.FPDFFont_GetIsEmbedded(font)) or base_font_name(font) in fonts.plain()


def _to_piece(other: PlacedCharacter, view: PageView) -> Piece:
    left, _, right, _ = view.box((other.x, other.y, other.x + other.width, other.y))
    baseline = view.box((other.x, other.y, other.x, other.y))[1]
    piece = Piece(baseline - ASCENT * other.size, baseline + (1 - ASCENT) * other.size, baseline, other.size, False)
    piece.append(other.text, left, right)
    return piece
