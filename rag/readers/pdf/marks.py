"""What marks the text of a PDF page: raised and lowered small digits, and strokes through characters.

The digits are written as the characters Unicode has for them (320¹, 10⁴, m², CO₂): left as they are, a note's mark or an
exponent would become the last digits of the figure it stands at. Struck out is what a thin bar, or a StrikeOut
annotation, crosses in its middle.
"""

from __future__ import annotations

import ctypes
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from rag.language.text import lowered, raised
from rag.readers.pdf.drawing import Drawing
from rag.readers.pdf.text import Box, PageView, Piece

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


MIN_BAR_LENGTH = 3.0
"""Points; a shorter bar is a dot."""
LOWEST_BAR, HIGHEST_BAR = 0.12, 0.55
"""Type sizes above the baseline between which a bar strikes text out; one lower underlines it."""
MAX_BAR_THICKNESS = 0.2
"""Thickness of a bar in type sizes at most; a thicker one blackens the text."""
MAX_OVERHANG = 0.8
"""Type sizes that a bar may begin before its first character or end behind its last; a table's rule goes further."""
MIN_OVER_TEXT = 0.8
"""Share of a line of bars that lies over text, at least; the grid of a chart passes its labels."""
MAX_DASH_GAP = 6.0
"""Points between the dashes of one line."""


class _Bar(NamedTuple):
    left: float
    right: float
    middle: float
    thickness: float


def blank_struck(page: Any, view: PageView, pieces: Sequence[Piece], drawing: Drawing) -> bool:
    """Blank the characters that are struck out, whose room remains, and tell whether there are any."""
    struck: dict[int, set[int]] = {}
    placed = sorted(range(len(pieces)), key=lambda index: pieces[index].baseline)
    heights = [pieces[index].baseline for index in placed]
    largest = max((piece.size for piece in pieces), default=0.0)
    for line in _lines(drawing.bars):
        first = bisect_left(heights, line[0].middle)
        last = bisect_left(heights, line[0].middle + HIGHEST_BAR * largest)
        beside = [index for index in placed[first:last] if _passes(line[0], pieces[index])]
        if beside and _over_text(line, [pieces[index] for index in beside]) >= MIN_OVER_TEXT:
            for bar in line:
                _strike(bar, pieces, beside, struck)
    for left, top, right, bottom in _struck_boxes(page, view):
        for index, piece in enumerate(pieces):
            if top <= piece.middle <= bottom:
                struck.setdefault(index, set()).update(_between(piece, left, right))
    for index, characters in struck.items():
        for at in characters:
            pieces[index].characters[at] = ""
    return any(struck.values())


def _lines(boxes: Iterable[Box]) -> list[list[_Bar]]:
    """Level bars, those together that lie on one line with no more between them than between dashes."""
    bars = sorted(
        _Bar(left, right, (top + bottom) / 2, bottom - top)
        for left, top, right, bottom in boxes
        if right - left >= max(MIN_BAR_LENGTH, 2 * (bottom - top))
    )
    levels: dict[float, list[list[_Bar]]] = {}
    for bar in bars:
        level = levels.setdefault(round(bar.middle), [])
        if level and bar.left - level[-1][-1].right <= MAX_DASH_GAP:
            level[-1].append(bar)
        else:
            level.append([bar])
    return [line for level in levels.values() for line in level]


def _passes(bar: _Bar, piece: Piece) -> bool:
    height = (piece.baseline - bar.middle) / max(piece.size, 1.0)
    return (
        not piece.turned
        and LOWEST_BAR <= height <= HIGHEST_BAR
        and bar.thickness <= max(MAX_BAR_THICKNESS * piece.size, 0.75)
    )


def _over_text(line: Sequence[_Bar], pieces: Sequence[Piece]) -> float:
    """Share of the length of bars that lies over the characters of pieces."""
    spans = [span for piece in pieces for span in zip(piece.lefts, piece.rights, strict=True)]
    over = sum(max(0.0, min(bar.right, right) - max(bar.left, left)) for bar in line for left, right in spans)
    return over / sum(bar.right - bar.left for bar in line)


def _between(piece: Piece, left: float, right: float) -> list[int]:
    """Indexes of the characters with their middle between two places."""
    return [
        index
        for index, (start, end) in enumerate(zip(piece.lefts, piece.rights, strict=True))
        if left <= (start + end) / 2 <= right
    ]


def _strike(bar: _Bar, pieces: Sequence[Piece], beside: Sequence[int], struck: dict[int, set[int]]) -> None:
    """Enter the characters under a bar that begins and ends with characters."""
    under = {index: _between(pieces[index], bar.left, bar.right) for index in beside}
    under = {index: at for index, at in under.items() if at}
    if not under:
        return
    overhang = MAX_OVERHANG * max(pieces[index].size for index in under)
    first = min(pieces[index].lefts[at[0]] for index, at in under.items())
    last = max(pieces[index].rights[at[-1]] for index, at in under.items())
    if first - bar.left <= overhang and bar.right - last <= overhang:
        for index, at in under.items():
            struck.setdefault(index, set()).update(at)


def _struck_boxes(page: Any, view: PageView) -> list[Box]:
    """The boxes that the StrikeOut annotations of a page are set on."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    boxes: list[Box] = []
    corners = pdfium.FS_QUADPOINTSF()
    for index in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_STRIKEOUT:
            for at in range(pdfium.FPDFAnnot_CountAttachmentPoints(annotation)):
                if pdfium.FPDFAnnot_GetAttachmentPoints(annotation, at, ctypes.byref(corners)):
                    across = (corners.x1, corners.x2, corners.x3, corners.x4)
                    up = (corners.y1, corners.y2, corners.y3, corners.y4)
                    boxes.append(view.box((min(across), min(up), max(across), max(up))))
        pdfium.FPDFPage_CloseAnnot(annotation)
    return boxes
