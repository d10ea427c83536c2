"""Watermarks that run as the text does: large or pale type beneath it, which must not be read as a part of its lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from rag.readers.pdf.letters import Letter
from rag.readers.pdf.text import LEVEL, SKEW, Piece

LARGE = 1.5
"""Size of a watermark by that of the body's type, at least, where it is not pale."""
PALE_BY = 80
"""How much lighter than the body's type a watermark of any size is, at least, of 255."""
CORE = 0.75
"""Type sizes above the baseline that the strokes of most characters take."""
MIN_SHARED = 0.25
"""Share of the height of a character's core that another one's covers where one stands upon the other."""
MIN_CROSSED = 2
"""Characters of other text that stand upon a watermark, at least."""
BAND = 24.0
"""Points; pieces are looked up by their baseline."""

_Kind: TypeAlias = tuple[str, int, tuple[int, int, int]]


def watermarks_apart(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of a page, those that are watermarks made pieces that are not level, one for each line of them.

    A watermark is what other text stands upon; so is what says the same in the same type.
    """
    level = [piece for piece in pieces if piece.angle == LEVEL]
    likely = _likely(level)
    if not likely:
        return list(pieces)
    crossed = _crossed(likely, level)
    kinds = {_kind(piece) for piece in crossed}
    marks = [piece for piece in likely if _kind(piece) in kinds]
    taken = set(map(id, marks))
    return [*(piece for piece in pieces if id(piece) not in taken), *_joined(marks)]


def _likely(level: Sequence[Piece]) -> list[Piece]:
    """The pieces in larger or paler type than the body's."""
    sizes, shades = Counter[float](), Counter[float]()
    for piece in level:
        sizes[piece.size] += len(piece.characters)
        shades[_lightness(piece)] += len(piece.characters)
    if not sizes:
        return []
    size, shade = sizes.most_common(1)[0][0], shades.most_common(1)[0][0]
    return [piece for piece in level if piece.size >= LARGE * size or _lightness(piece) >= shade + PALE_BY]


def _lightness(piece: Piece) -> float:
    """0 for black to 255 for what is not seen."""
    paint = piece.paints[0]
    red, green, blue = paint.colour
    return round(255 - (255 - (0.3 * red + 0.59 * green + 0.11 * blue)) * paint.opacity / 255)


def _kind(piece: Piece) -> _Kind:
    return piece.text.strip(), round(piece.size), piece.paints[0].colour


def _crossed(likely: Sequence[Piece], level: Sequence[Piece]) -> list[Piece]:
    """Those of the likely pieces that other text stands upon."""
    excluded = set(map(id, likely))
    bands: dict[int, list[Piece]] = {}
    for piece in level:
        if id(piece) not in excluded:
            bands.setdefault(int(piece.baseline // BAND), []).append(piece)
    found = []
    for mark in likely:
        first, last = int((mark.baseline - mark.size) // BAND), int((mark.baseline + mark.size) // BAND)
        near = (piece for band in range(first, last + 1) for piece in bands.get(band, ()))
        if sum(_characters_upon(mark, piece) for piece in near) >= MIN_CROSSED:
            found.append(mark)
    return found


def _characters_upon(mark: Piece, piece: Piece) -> int:
    """How many characters of a piece stand upon one of a mark's."""
    height = CORE * min(mark.size, piece.size)
    shared = min(mark.baseline, piece.baseline) - max(
        mark.baseline - CORE * mark.size, piece.baseline - CORE * piece.size
    )
    if shared < MIN_SHARED * height or piece.right < mark.left or piece.left > mark.right:
        return 0
    middles = [(left + right) / 2 for left, right in zip(piece.lefts, piece.rights, strict=True)]
    inked = [at for at, character in enumerate(mark.characters) if character.strip()]
    return sum(any(mark.lefts[at] <= middle < mark.rights[at] for at in inked) for middle in middles)


def _joined(marks: Iterable[Piece]) -> list[Piece]:
    """Pieces of one line and type as one piece that is not level."""
    lines: dict[tuple[int, int], Piece] = {}
    for mark in sorted(marks, key=lambda mark: mark.left):
        line = lines.setdefault((round(mark.baseline), round(mark.size)), replace(mark.part(()), angle=SKEW))
        for at, character in enumerate(mark.characters):
            line.append(character, mark.lefts[at], mark.rights[at], mark.paints[at])
    return [lines[place] for place in sorted(lines)]


def without_marks(letters: Iterable[Letter], pieces: Iterable[Piece], across: float, down: float) -> list[Letter]:
    """The letters of a page that are not of its watermarks, which are among its pieces.

    `across` and `down` are where the corner of the page stands among the letters.
    """
    marks = [piece for piece in pieces if piece.angle == SKEW]
    return [letter for letter in letters if not any(_is_of(letter, mark, across, down) for mark in marks)]


def _is_of(letter: Letter, mark: Piece, across: float, down: float) -> bool:
    x, y = (letter.left + letter.right) / 2 - across, letter.middle - down
    inside = mark.left <= x <= mark.right and mark.top <= y <= mark.bottom
    return inside and letter.text in mark.characters and letter.bottom - letter.top >= mark.size / 2
