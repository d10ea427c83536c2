"""Raised and lowered small digits of a PDF page, written as the characters Unicode has for them: 320¹, 10⁴, m², CO₂.

Left as they are, a note's mark or an exponent would become the last digits of the figure it stands at.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from rag.language.text import lowered, raised
from rag.readers.pdf.text import Piece

MAX_MARK_SIZE = 0.9
"""Size of a raised digit as a share of the type it stands at, at most."""
MIN_MARK_SIZE = 0.35
MIN_SHIFT = 0.08
"""Type sizes by which a mark's baseline is higher or lower than that of the type it stands at, at least."""
MAX_RAISE = 0.75
MAX_LOWERING = 0.4
MAX_MARK_GAP = 0.25
"""Type sizes between a mark and the type it stands at, at most."""

_MARK = re.compile(
    r"""[注註]?(?:\d{1,3}(?:[,，、–-]\d{1,3}){0,4}[)）]?
              | (?:[\[(（〔【]\d{1,3}(?:[,，、–-]\d{1,3}){0,4}[\])）〕】]){1,3})
      | [-+−–]\d{1,3}
      | \d[-+−]
      | [a-en]""",
    re.VERBOSE,
)
"""1, 12, [3], (4), 1), 注5, 1-3, [1][2], -3, 2+, n; not 2023, 75% or 人."""


def mark_raised_digits(pieces: Sequence[Piece]) -> None:
    """Give the small digits that stand higher or lower than the type beside them the characters that say so."""
    placed = sorted(pieces, key=lambda piece: piece.baseline)
    heights = [piece.baseline for piece in placed]
    for piece in placed:
        if piece.turned or len(piece.characters) > 12 or not _MARK.fullmatch(piece.text.strip()):
            continue
        reach = piece.size / MIN_MARK_SIZE
        near = placed[bisect_left(heights, piece.baseline - reach) : bisect_left(heights, piece.baseline + reach)]
        shift = _shift(piece, near)
        if shift:
            set_off = raised if shift > 0 else lowered
            piece.characters = [set_off(character) for character in piece.characters]


def _shift(piece: Piece, near: Sequence[Piece]) -> float:
    """Type sizes by which a piece stands above the type it touches, less than 0 below it, 0 where it is no mark."""
    beside = [other for other in near if other is not piece and not other.turned and _touch(piece, other)]
    if any(abs(other.baseline - piece.baseline) <= MIN_SHIFT * piece.size for other in beside):
        # it goes on at its own height: a line of small type
        return 0.0
    for other in beside:
        shift = (other.baseline - piece.baseline) / other.size
        small = MIN_MARK_SIZE <= piece.size / other.size <= MAX_MARK_SIZE
        if small and (MIN_SHIFT <= shift <= MAX_RAISE or MIN_SHIFT <= -shift <= MAX_LOWERING):
            return shift
    return 0.0


def _touch(piece: Piece, other: Piece) -> bool:
    gap = max(piece.left - other.right, other.left - piece.right)
    size = max(piece.size, other.size)
    return -0.3 * size <= gap <= MAX_MARK_GAP * size
