"""Text of a PDF page that is not level: the page turned as it is meant, labels turned by a quarter, upright writing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rag.readers.pdf.text import ASCENT, DOWNWARD, LEVEL, REVERSED, UPWARD, Box, PageView, Piece

SAMPLED_CHARACTERS = 200
MIN_TURNED_SHARE = 0.6
"""Share of a page's characters that run one way, at least, where the page is meant to be seen that way up."""
MAX_STACK_SHIFT = 0.3
"""Type sizes by which the middles of characters below each other differ at most."""
STACK_PACE = (0.85, 1.4)
"""Type sizes from one character of upright writing to the one below."""
MIN_STACK = 3
"""Characters below each other from which on they are upright writing."""


def set_level(page: Any, text_page: Any) -> None:
    """Turn a PDFium page whose text mostly runs up, down or backwards, so that it is seen level."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    view, matrix = PageView(page), pdfium.FS_MATRIX()
    count = text_page.count_chars()
    angles: Counter[int] = Counter()
    for index in range(0, count, max(1, count // SAMPLED_CHARACTERS)):
        if pdfium.FPDFText_GetTextObject(text_page.raw, index):
            pdfium.FPDFText_GetMatrix(text_page.raw, index, matrix)
            angles[view.angle(matrix.a, matrix.b)] += 1
    angle, most = next(iter(angles.most_common(1)), (LEVEL, 0))
    if angle in (UPWARD, REVERSED, DOWNWARD) and most >= MIN_TURNED_SHARE * angles.total():
        page.set_rotation((view.rotation + angle) % 360)


def leveled(piece: Piece) -> Piece:
    """A turned piece as one string where it stands once the page is turned so that it is level."""
    box = (piece.left, piece.top, piece.right, piece.bottom)
    left, top, right, bottom = _into_frame(piece.angle, box)
    level = Piece(top, bottom, top + ASCENT * piece.size, piece.size, piece.bold)
    level.append(piece.text, left, right)
    return level


def _into_frame(angle: int, box: Box) -> Box:
    """A box of the page in the frame of an angle, counted from the page's corner."""
    left, top, right, bottom = box
    return {
        UPWARD: (-bottom, left, -top, right),
        REVERSED: (-right, -bottom, -left, -top),
        DOWNWARD: (top, -right, bottom, -left),
    }.get(angle, box)


def out_of_frame(angle: int, box: Box) -> Box:
    """The box on the page of what `leveled` puts into this one."""
    left, top, right, bottom = box
    return {
        UPWARD: (top, -right, bottom, -left),
        REVERSED: (-right, -bottom, -left, -top),
        DOWNWARD: (-bottom, left, -top, right),
    }.get(angle, box)


def with_upright_writing(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, characters that stand below each other put together as text that runs down the page."""
    written: list[Piece] = []
    stack: list[Piece] = []
    for piece in pieces:
        if stack and not _stands_below(stack[-1], piece):
            written += _as_writing(stack)
            stack = []
        if _is_character(piece):
            stack.append(piece)
        else:
            written.append(piece)
    return written + _as_writing(stack)


def _is_character(piece: Piece) -> bool:
    return piece.angle == LEVEL and len(piece.text) == 1 and piece.text > "\u2e80"


def _stands_below(above: Piece, piece: Piece) -> bool:
    size = max(above.size, piece.size, 1.0)
    apart = abs(above.left + above.right - piece.left - piece.right) / 2
    pace = (piece.baseline - above.baseline) / size
    return _is_character(piece) and apart <= MAX_STACK_SHIFT * size and STACK_PACE[0] <= pace <= STACK_PACE[1]


def _as_writing(stack: Sequence[Piece]) -> list[Piece]:
    if len(stack) < MIN_STACK:
        return list(stack)
    first, last = stack[0], stack[-1]
    left, right = min(piece.left for piece in stack), max(piece.right for piece in stack)
    writing = Piece(first.top, last.bottom, last.baseline, first.size, first.bold, DOWNWARD)
    for piece in stack:
        writing.append(piece.text, left, right, piece.paints[0])
    return [writing]
