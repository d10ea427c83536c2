"""What was read, put back on the page: every character in its own box, sizes as of type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from rag.readers.ocr.models import Reading
from rag.readers.ocr.picture import Flags, Picture
from rag.readers.ocr.snippets import Area
from rag.readers.pdf.letters import Letter
from rag.readers.pdf.text import ASCENT, COLUMN_GAP, DOWNWARD, LEVEL, Piece

FULL_HEIGHT, DIGIT_HEIGHT = 0.92, 0.72
"""Type sizes that Chinese characters, and digits and capitals, are high."""
DESCENT = 0.06
"""Type sizes that Chinese characters reach below the baseline of digits."""
BOX_HEIGHT = 1.45
"""Type sizes that the part of a picture read as one line is high, where nothing better is known."""
BOLD = 1.3
"""How much thicker strokes are than usual in bold type."""
SAME_SIZE = 1.08
"""Sizes this near to each other are one: recognition measures them from strokes."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """One line as read, with places in pixels of the straight picture."""

    reading: Reading
    area: Area
    lefts: tuple[float, ...]
    """One a character, as the next two."""
    rights: tuple[float, ...]
    size: float
    """Pixels of the type."""
    baseline: float
    weight: float = 0.0
    """Thickness of the strokes in type sizes, 0 where it says nothing."""
    bold: bool = False
    upright: bool = False


def placed(reading: Reading, area: Area, ink: Flags) -> ReadLine:
    """A reading with the box of each character, by the ink in the part of the picture that was read."""
    part = ink[area.top : area.bottom, area.left : area.right]
    lefts, rights = _character_edges(reading, part.any(axis=0))
    size, baseline = _size_and_baseline(reading, lefts, rights, part)
    return ReadLine(
        reading,
        area,
        tuple(area.left + left for left in lefts),
        tuple(area.left + right for right in rights),
        size,
        area.top + baseline,
        _thickness(part) / size if sum(map(_is_full, reading.text)) > 1 else 0.0,
    )


def _thickness(ink: Flags) -> float:
    """Pixels that strokes are thick: twice their area by the length of their edges."""
    drawn = ink.astype(np.int8)
    edges = sum(int(np.abs(np.diff(drawn, axis=axis)).sum()) for axis in (0, 1))
    return 2 * int(drawn.sum()) / max(1, edges)


def _character_edges(reading: Reading, inked: Any) -> tuple[list[float], list[float]]:
    """Left and right edge of each character: cut where least ink stands between two, then drawn in to the ink."""
    width = len(inked)
    middles = [character.place * width for character in reading.characters]
    cuts = [0.0, *(_cut(inked, first, second) for first, second in pairwise(middles)), float(width)]
    lefts, rights = [], []
    for start, end in pairwise(cuts):
        own = np.flatnonzero(inked[int(start) : int(end) + 1])
        lefts.append(int(start) + float(own[0]) if len(own) else start)
        rights.append(int(start) + float(own[-1]) + 1 if len(own) else end)
    return lefts, rights


def _cut(inked: Any, first: float, second: float) -> float:
    """Where between the middles of two characters paper stands, as near as possible to half way."""
    half = (first + second) / 2
    free = np.flatnonzero(~inked[int(first) : int(second) + 1]) + int(first)
    near = free[np.abs(free - half) <= (second - first) / 3] if len(free) else free
    return float(near[np.abs(near - half).argmin()]) if len(near) else half


def _size_and_baseline(
    reading: Reading, lefts: Sequence[float], rights: Sequence[float], ink: Flags
) -> tuple[float, float]:
    """By Chinese characters where there are some, else by digits and capitals."""
    for is_judged, share, descent in ((_is_full, FULL_HEIGHT, DESCENT), (_is_tall, DIGIT_HEIGHT, 0.0)):
        spans = [
            rows
            for character, left, right in zip(reading.characters, lefts, rights, strict=True)
            if is_judged(character.text) and len(rows := np.flatnonzero(ink[:, int(left) : int(right) + 1].any(axis=1)))
        ]
        if spans:
            size = float(np.percentile([rows[-1] - rows[0] + 1 for rows in spans], 75)) / share
            return size, float(np.median([rows[-1] + 1 for rows in spans])) - descent * size
    size = ink.shape[0] / BOX_HEIGHT
    return size, ink.shape[0] / 2 + (ASCENT - 0.5) * size


def _is_full(character: str) -> bool:
    return "\u4e00" < character <= "\u9fff" and character not in "二三四工口日曰一"


def _is_tall(character: str) -> bool:
    return character.isdigit() or "A" <= character <= "Z"


def with_common_sizes(lines: Sequence[ReadLine]) -> list[ReadLine]:
    """The lines with sizes that differ by no more than measuring does made one: the commonest take in their neighbours."""
    common: dict[int, float] = {}
    weights = np.array([len(line.lefts) for line in lines], np.float64)
    sizes = np.array([line.size for line in lines])
    free = np.ones(len(lines), np.bool_)
    while free.any():
        near = (np.abs(np.log(sizes[:, None] / sizes)) <= np.log(SAME_SIZE)) & free
        group = near[int(np.where(free, near @ weights, -1).argmax())]
        common |= dict.fromkeys(np.flatnonzero(group).tolist(), float(np.average(sizes[group], weights=weights[group])))
        free &= ~group
    return [replace(line, size=common[at]) for at, line in enumerate(lines)]


def with_bold(lines: Sequence[ReadLine]) -> list[ReadLine]:
    """The lines, those bold whose strokes are thicker than those of most characters are."""
    weights = [line.weight for line in lines for _ in line.lefts if line.weight]
    usual = float(np.median(weights)) if weights else 0.0
    return [replace(line, bold=line.weight > BOLD * usual > 0) for line in lines]


def line_to_pieces(line: ReadLine, picture: Picture) -> list[Piece]:
    """The characters of a line on the page, in points; parted where a column's white stands between them."""
    scale, left, top = picture.scale, picture.left, picture.top
    pieces: list[Piece] = []
    size, baseline = line.size / scale, line.baseline / scale + top
    reached = 0.0
    for character, start, end in zip(line.reading.characters, line.lefts, line.rights, strict=True):
        x1, x2 = start / scale + left, end / scale + left
        if not pieces or (character.text.strip() and x1 - reached > COLUMN_GAP * size):
            high, low = baseline - ASCENT * size, baseline + (1 - ASCENT) * size
            if line.upright:
                high, low = line.area.top / scale + top, line.area.bottom / scale + top
            pieces.append(Piece(high, low, baseline, size, line.bold, DOWNWARD if line.upright else LEVEL))
        pieces[-1].append(character.text, x1, x2)
        reached = x2 if character.text.strip() else reached
    return [stripped for piece in pieces if (stripped := _without_outer_spaces(piece))]


def _without_outer_spaces(piece: Piece) -> Piece | None:
    inner = [at for at, character in enumerate(piece.characters) if character.strip()]
    if not inner:
        return None
    for listed in (piece.characters, piece.lefts, piece.rights):
        del listed[inner[-1] + 1 :], listed[: inner[0]]
    return piece


def pieces_to_letters(pieces: Sequence[Piece]) -> list[Letter]:
    """The visible characters by place, those set upright aside."""
    return [
        Letter(character, left, piece.top, right, piece.bottom)
        for piece in pieces
        if not piece.turned
        for character, left, right in zip(piece.characters, piece.lefts, piece.rights, strict=True)
        if character.strip()
    ]


def placed_upright(reading: Reading, area: Area, *, stacked: bool) -> ReadLine:
    """A reading of text that runs down the page: its characters share the height and the width of its place."""
    count = max(1, len(reading.characters))
    width, height = area.right - area.left, area.bottom - area.top
    edges = [area.left + width * at / count for at in range(count + 1)]
    size = min(width / FULL_HEIGHT, height / count) if stacked else width / FULL_HEIGHT
    middle = (area.top + area.bottom) / 2
    return ReadLine(
        reading, area, tuple(edges[:-1]), tuple(edges[1:]), size, middle + (ASCENT - 0.5) * size, upright=True
    )
