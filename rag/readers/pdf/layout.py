"""Pieces of text put together into rows and lines in reading order, and found again by a box on the page."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from rag.language.text import clean_line
from rag.readers.pdf.big_figures import labelled_figures
from rag.readers.pdf.columns import in_page_order, in_reading_order
from rag.readers.pdf.text import COLUMN_GAP, LEVEL, QUARTERS, SAME_BASELINE_OF_SIZES, SKEW, Piece
from rag.readers.pdf.turned import leveled, out_of_frame, with_upright_writing
from rag.records import Grid, Line

WORD_GAP = 0.2
"""Type sizes between two pieces from which on a space stands there."""
_SINGLE_CHINESE = re.compile(r"[\u3400-\u9fff]")

_Group = Sequence[Piece]


def text_finder(pieces: Sequence[Piece]) -> Callable[[float, float, float, float], str]:
    """A function giving the text whose characters have their middle in a box, a line feed after each printed line."""
    placed = sorted(pieces, key=lambda piece: piece.middle)
    heights = [piece.middle for piece in placed]

    def text_of(left: float, top: float, right: float, bottom: float) -> str:
        inside: list[Piece] = []
        for piece in placed[bisect_left(heights, top) : bisect_left(heights, bottom)]:
            if piece.left < right and piece.right > left:
                inside.extend(_clipped(piece, left, right))
        rows = [row for angle in QUARTERS for row in _rows_at(angle, inside)]
        return "\n".join(" ".join(_row_parts(row)) for row in rows)

    return text_of


def _clipped(piece: Piece, left: float, right: float) -> Iterable[Piece]:
    """What of a piece has its middle between two heights of x."""
    if piece.turned:
        return [piece] if left <= (piece.left + piece.right) / 2 < right else []
    middles = [(start + end) / 2 for start, end in zip(piece.lefts, piece.rights, strict=True)]
    kept = [index for index, middle in enumerate(middles) if left <= middle < right]
    if len(kept) == len(middles):
        return [piece]
    if not kept or not any(piece.characters[index].strip() for index in kept):
        return []
    return [piece.part(kept)]


def _rows_at(angle: int, pieces: Iterable[Piece]) -> list[list[Piece]]:
    """The rows of the pieces that run in one direction, as seen by one who turns the page that way."""
    return pieces_to_rows(leveled(piece) if angle else piece for piece in pieces if piece.angle == angle)


def pieces_to_rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces that stand at one height, from left to right; rows from the top down."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.baseline, piece.left)):
        if rows:
            reference = max(rows[-1], key=lambda one: one.bottom - one.top)
            shared = min(piece.bottom, reference.bottom) - max(piece.top, reference.top)
            if shared > 0.5 * min(piece.bottom - piece.top, reference.bottom - reference.top):
                rows[-1].append(piece)
                continue
        rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _row_groups(row: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces of a row that are near enough to each other to be one text."""
    groups = [[row[0]]]
    for previous, piece in pairwise(row):
        size = max(previous.size, piece.size)
        if piece.left - previous.right > COLUMN_GAP * size:
            groups.append([piece])
        else:
            groups[-1].append(piece)
    return groups


def _group_text(group: Sequence[Piece]) -> str:
    text = group[0].text
    for previous, piece in pairwise(group):
        near = piece.left - previous.right <= WORD_GAP * max(previous.size, piece.size)
        text += ("" if near and not _part_figures(previous, piece) else " ") + piece.text
    return clean_line(text)


def _part_figures(previous: Piece, piece: Piece) -> bool:
    """Whether two pieces that touch are two figures: digits of two sizes at two heights."""
    level = abs(previous.baseline - piece.baseline) <= SAME_BASELINE_OF_SIZES * max(previous.size, piece.size)
    return not level and previous.text[-1:].isdecimal() and piece.text[:1].isdecimal()


def _row_parts(row: Sequence[Piece]) -> list[str]:
    return [text for text in map(_group_text, _row_groups(row)) if text]


def _is_letter_spaced(groups: Sequence[_Group]) -> bool:
    """Whether a row is one word set wide, like 目　　录: single Chinese characters at even distances."""
    if len(groups) < 2 or not all(_SINGLE_CHINESE.fullmatch(_group_text(group)) for group in groups):
        return False
    gaps = [second[0].left - first[-1].right for first, second in pairwise(groups)]
    return max(gaps) <= 1.25 * min(gaps)


def _group_line(groups: Sequence[_Group], separator: str) -> Line:
    members = [piece for group in groups for piece in group]
    weights: Counter[tuple[float, bool]] = Counter()
    for piece in members:
        weights[piece.size, piece.bold] += len(piece.characters)
    bold = sum(len(piece.characters) for piece in members if piece.bold)
    return Line(
        text=separator.join(text for text in map(_group_text, groups) if text),
        left=round(min(piece.left for piece in members), 2),
        top=round(min(piece.top for piece in members), 2),
        right=round(max(piece.right for piece in members), 2),
        bottom=round(max(piece.bottom for piece in members), 2),
        size=round(weights.most_common(1)[0][0][0], 1),
        bold=2 * bold > sum(weights.values()),
    )


def pieces_to_items(pieces: Sequence[Piece], grids: Sequence[Grid]) -> tuple[Line | Grid, ...]:
    """Lines and tables in reading order; text that is not level (watermarks, labels set upright) comes last.

    Where most of the text is written from top to bottom, its lines come first, and stand as if the page were turned.
    """
    figures, pieces = labelled_figures(with_upright_writing(pieces))
    items: list[Line | Grid] = []
    for rows, placed in in_reading_order([_row_groups(row) for row in _rows_at(LEVEL, pieces)], [*grids, *figures]):
        items += in_page_order([_group_line(row, "" if _is_letter_spaced(row) else "\t") for row in rows], placed)
    for angle in QUARTERS[1:]:
        turned = [_group_line(groups, "\t") for groups in map(_row_groups, _rows_at(angle, pieces))]
        if 2 * sum(len(line.text) for line in turned) > sum(len(piece.text) for piece in pieces):
            right = max(piece.right for piece in pieces)
            items = [*(replace(line, top=line.top + right, bottom=line.bottom + right) for line in turned), *items]
        else:
            items += [_on_page(line, angle) for line in turned]
    items += [_group_line([[piece]], "") for piece in pieces if piece.angle == SKEW]
    return tuple(item for item in items if isinstance(item, Grid) or item.text)


def _on_page(line: Line, angle: int) -> Line:
    left, top, right, bottom = out_of_frame(angle, (line.left, line.top, line.right, line.bottom))
    return replace(line, left=left, top=top, right=right, bottom=bottom)


def is_within(piece: Piece, grid: Grid) -> bool:
    """Whether the middle of a piece lies in a grid."""
    return grid.left <= (piece.left + piece.right) / 2 <= grid.right and grid.top <= piece.middle <= grid.bottom
