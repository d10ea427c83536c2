"""Fonts of a PDF that say of their digits that they are others than they draw, or do not say what they are.

Each digit of each font is looked at once, as it is drawn. Where a font is found false, what it says in ASCII is not
taken: the page is left to recognition, which reads what is drawn.
"""

from __future__ import annotations

import ctypes
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from rag.readers.pdf.glyph_shapes import DIGITS, Place, Shape, draw_shape, likeness
from rag.readers.pdf.text import PageView, Piece

MAX_SAMPLES = 3
"""Places at which one character of one font is looked at, at most, before it is called false."""
BETTER, SURE, LIKELY = 0.2, 0.8, 0.55
"""A digit is another one where it is by this more like that than what it is said to be, and as like as this; LIKELY is
enough where two of a font are."""
MIN_DOUBTED = 2
UNLIKE, MIN_UNLIKE_DIGITS, UNLIKE_SHARE = 0.45, 3, 0.6
"""Digits less like themselves, so many of them and this share of what a font has, are no digits."""
MAX_OVERLAP = 0.12
"""Type sizes by which the boxes of two characters that are looked at may overlap."""
MIN_ODD_MARKS = 2
"""So many different odd marks in a font tell that its characters are numbered as they came."""

UNREADABLE = "□"
"""Stands for each character of a false font."""

FALSE_DIGITS = "这一页的数字与字体编码不符，以□表示，请对照原件。"
FALSE_FONT_SUMMARIES = {
    FALSE_DIGITS: "第 {pages} 页的数字与字体编码不符，以□表示；需要的话请先做文字识别（OCR）。",
}

_FULL_WIDTH = {chr(0xFEE0 + ord(digit)): digit for digit in DIGITS}
_DIGITS = frozenset(DIGITS) | frozenset(_FULL_WIDTH)
_ODD_MARKS = frozenset("!\"#$&'*;<=>?@[]^_`{|}~\\")
_UNMAPPED = frozenset(map(chr, (0xFFFD, *range(1, 9), 11, 12, *range(14, 32))))
_JUDGED = _DIGITS | _ODD_MARKS | frozenset("%()+,-./:") | _UNMAPPED
_FIGURE_SIGNS = frozenset(DIGITS + ".,")


class _Verdict(Enum):
    """What the look of a character says of what its font says."""

    HONEST = auto()
    FALSE = auto()
    DOUBTED = auto()
    """It looks like another digit, but not much."""
    UNLIKE = auto()
    """It looks like no digit."""


@dataclass(slots=True)
class _Font:
    """What is known of one font of the file."""

    verdicts: dict[str, _Verdict] = field(default_factory=dict)
    """By what the font says of a character."""

    @property
    def is_false(self) -> bool:
        """Whether what it says of its digits cannot be believed."""
        found = Counter(self.verdicts.values())
        enough = max(MIN_UNLIKE_DIGITS, UNLIKE_SHARE * len(_DIGITS.intersection(self.verdicts)))
        return found[_Verdict.FALSE] >= 1 or found[_Verdict.DOUBTED] >= MIN_DOUBTED or found[_Verdict.UNLIKE] >= enough


class FontTrials:
    """Looks at the digits of the fonts of one file, page after page."""

    def __init__(self, document: Any) -> None:
        """Take the PDFium document."""
        self._document = document
        self._fonts: dict[int, _Font] = {}
        self._kept: list[Any] = []

    def close(self) -> None:
        """Let go of the fonts; to be called before the document is closed."""
        import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

        while self._kept:
            pdfium.FPDFPageObj_Destroy(self._kept.pop())

    def believed(self, page: Any, view: PageView, pieces: list[Piece]) -> tuple[list[Piece], bool]:
        """The pieces of a page, what false fonts say in ASCII taken out, and whether there is any."""
        for address, said in self._said_by_font(pieces).items():
            self._try(
                self._fonts[address],
                said,
                lambda place: None if _is_crowded(place, pieces) else draw_shape(page, view, place),
            )
        if not any(font.is_false for font in self._fonts.values()):
            return pieces, False
        owners = {paint.owner for piece in pieces for paint in piece.paints} - {0}
        false = {owner for owner in owners if self._fonts[self._font_of(owner)].is_false}
        return [_without_said(piece, false) for piece in pieces], bool(false)

    def _said_by_font(self, pieces: Iterable[Piece]) -> dict[int, dict[str, list[Place]]]:
        """By the address of a font: what it says that has to be looked at, and some places where that stands."""
        found: dict[int, dict[str, list[Place]]] = defaultdict(lambda: defaultdict(list))
        fonts: dict[int, int] = {}
        for piece in pieces:
            for index, character in enumerate(() if piece.turned else piece.characters):
                owner = piece.paints[index].owner if character in _JUDGED else 0
                if not owner or _is_stacked(piece, index):
                    continue
                if owner not in fonts:
                    fonts[owner] = self._font_of(owner)
                places = found[fonts[owner]][character]
                if len(places) < MAX_SAMPLES:
                    places.append(Place(piece.lefts[index], piece.rights[index], piece.baseline, piece.size))
        return found

    def _font_of(self, owner: int) -> int:
        """The address of the font of a text object, kept in memory so that no other font gets this address."""
        import pypdfium2.raw as pdfium

        font = pdfium.FPDFTextObj_GetFont(ctypes.cast(owner, pdfium.FPDF_PAGEOBJECT))
        address = ctypes.addressof(font.contents)
        if address not in self._fonts:
            self._fonts[address] = _Font()
            # a text that stands on no page keeps its font
            self._kept.append(pdfium.FPDFPageObj_CreateTextObj(self._document.raw, font, 1.0))
        return address

    def _try(self, font: _Font, said: dict[str, list[Place]], shape_at: Callable[[Place], Shape | None]) -> None:
        numbered = not _UNMAPPED.isdisjoint(said) or len(_ODD_MARKS.intersection(said)) >= MIN_ODD_MARKS
        for character, places in said.items():
            if character not in font.verdicts and (numbered or character in _DIGITS):
                shapes = (shape for place in places if (shape := shape_at(place)))
                if verdict := _verdict(shapes, character):
                    font.verdicts[character] = verdict


def _is_crowded(place: Place, pieces: Iterable[Piece]) -> bool:
    """Whether other characters reach into a place: a font may say that they are wider than they are set."""
    room = MAX_OVERLAP * place.size
    inside = sum(
        min(right, place.right) - max(left, place.left) > room
        for piece in pieces
        if abs(piece.baseline - place.baseline) <= place.size and piece.left < place.right and piece.right > place.left
        for left, right in zip(piece.lefts, piece.rights, strict=True)
    )
    return inside > 1


def _is_stacked(piece: Piece, index: int) -> bool:
    """Whether a character has its neighbour's place: where a file states how a text is to be read, all have one."""
    around = piece.lefts[max(index - 1, 0) : index + 2]
    return around.count(piece.lefts[index]) > 1


def _verdict(shapes: Iterator[Shape], said: str) -> _Verdict | None:
    """What the places say at which a character is looked at: the best of it; None where nothing can be seen."""
    verdict = None
    for shape in shapes:
        verdict = _judged(shape, _FULL_WIDTH.get(said, said))
        if verdict is _Verdict.HONEST:
            break
    return verdict


def _judged(shape: Shape, said: str) -> _Verdict:
    other = max(likeness(shape, digit) for digit in DIGITS if digit != said)
    if said not in DIGITS and other < LIKELY:
        return _Verdict.HONEST
    own = -1.0 if said in _UNMAPPED else likeness(shape, said, anywhere=True)
    if other >= LIKELY and other - own >= BETTER:
        return _Verdict.FALSE if other >= SURE else _Verdict.DOUBTED
    return _Verdict.UNLIKE if own < UNLIKE and said in DIGITS else _Verdict.HONEST


def _without_said(piece: Piece, false: Container[int]) -> Piece:
    """A piece with marks for what objects in a false font say, and for the digits that make one figure with that."""
    characters = [
        UNREADABLE if paint.owner in false and (one in _JUDGED or one.isascii()) else one
        for one, paint in zip(piece.characters, piece.paints, strict=True)
    ]
    for order, step in ((range(1, len(characters)), 1), (range(len(characters) - 2, -1, -1), -1)):
        for at in order:
            if characters[at - step] == UNREADABLE and characters[at] in _FIGURE_SIGNS:
                characters[at] = UNREADABLE
    return replace(piece, characters=characters)
