"""Pieces of text put together into rows and lines in reading order, and found again by a box on the page."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from rag.readers.pdf_text import COLUMN_GAP, LEVEL, QUARTERS, SAME_BASELINE_OF_SIZES, SKEW, Piece
from rag.readers.pdf_turned import leveled, out_of_frame, with_upright_writing
from rag.records import Grid, Line
from rag.text import clean_line

WORD_GAP = 0.2
"""Type sizes between two pieces from which on a space stands there."""
MIN_COLUMN_LINES = 5
"""Fewer lines beside each other are not taken for two columns of prose."""
MIN_COLUMN_CHARACTERS = 10
"""Median length of a line in a column of prose."""
MIN_COLUMN_FILL = 0.8
"""Median share of the column's width that a line of prose takes."""

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


def pieces_to_lines(pieces: Sequence[Piece]) -> list[Line]:
    """Lines in reading order; text that is not level (watermarks, labels set upright) comes last.

    Where most of the text is written from top to bottom, its lines come first, and stand as if the page were turned.
    """
    pieces = with_upright_writing(pieces)
    lines = [
        _group_line(groups, "" if _is_letter_spaced(groups) else "\t")
        for groups in _in_reading_order([_row_groups(row) for row in _rows_at(LEVEL, pieces)])
    ]
    for angle in QUARTERS[1:]:
        turned = [_group_line(groups, "\t") for groups in map(_row_groups, _rows_at(angle, pieces))]
        if 2 * sum(len(line.text) for line in turned) > sum(len(piece.text) for piece in pieces):
            right = max(piece.right for piece in pieces)
            lines = [replace(line, top=line.top + right, bottom=line.bottom + right) for line in turned] + lines
        else:
            lines += [_on_page(line, angle) for line in turned]
    lines += [_group_line([[piece]], "") for piece in pieces if piece.angle == SKEW]
    return [line for line in lines if line.text]


def _on_page(line: Line, angle: int) -> Line:
    left, top, right, bottom = out_of_frame(angle, (line.left, line.top, line.right, line.bottom))
    return replace(line, left=left, top=top, right=right, bottom=bottom)


def _in_reading_order(rows: Sequence[Sequence[_Group]]) -> list[Sequence[_Group]]:
    """Rows from the top down, but where prose stands in two columns the left column before the right one."""
    if not rows:
        return []
    left = min(row[0][0].left for row in rows)
    right = max(row[-1][-1].right for row in rows)
    middle = (left + right) / 2
    ordered: list[Sequence[_Group]] = []
    region: list[Sequence[_Group]] = []
    for row in rows:
        if any(group[0].left < middle < group[-1].right for group in row):
            ordered += _columns_apart(region, middle)
            region = []
            ordered.append(row)
        else:
            region.append(row)
    return ordered + _columns_apart(region, middle)


def _columns_apart(rows: list[Sequence[_Group]], middle: float) -> list[Sequence[_Group]]:
    first = [part for row in rows if (part := [group for group in row if group[0].left < middle])]
    second = [part for row in rows if (part := [group for group in row if group[0].left >= middle])]
    return [*first, *second] if _is_prose(first) and _is_prose(second) else rows


def _is_prose(rows: Sequence[Sequence[_Group]]) -> bool:
    if len(rows) < MIN_COLUMN_LINES or sum(len(row) > 1 for row in rows) > 0.1 * len(rows):
        return False
    groups = [row[0] for row in rows]
    width = max(group[-1].right for group in groups) - min(group[0].left for group in groups)
    widths = [group[-1].right - group[0].left for group in groups]
    lengths = [sum(len(piece.characters) for piece in group) for group in groups]
    return median(widths) >= MIN_COLUMN_FILL * width and median(lengths) >= MIN_COLUMN_CHARACTERS


def is_within(piece: Piece, grid: Grid) -> bool:
    """Whether the middle of a piece lies in a grid."""
    return grid.left <= (piece.left + piece.right) / 2 <= grid.right and grid.top <= piece.middle <= grid.bottom


def in_page_order(lines: Sequence[Line], grids: Sequence[Grid]) -> tuple[Line | Grid, ...]:
    """Lines in their own order, each grid before the first line below its top that stands under or over it, not in
    another column of the page; of grids side by side the left one first, the next right behind it where nothing that
    stands above the next comes between.
    """
    items: list[Line | Grid] = list(lines)
    for row in reversed(_rows_of_grids(grids)):
        places = [_place_of(grid, items) for grid in row]
        at = min(before for _, before in places)
        ordered = [at, *(at := max(at, after) for after, _ in places[1:])]
        for grid, place in zip(reversed(row), reversed(ordered), strict=True):
            items.insert(place, grid)
    return tuple(items)


def _place_of(grid: Grid, items: Sequence[Line | Grid]) -> tuple[int, int]:
    """The first and the last place of a grid among the items of its column of the page."""
    column = [(i, item) for i, item in enumerate(items) if item.left < grid.right and item.right > grid.left]
    if not column:
        return (at := sum(item.top <= grid.top for item in items)), at
    last = next((i for i, item in column if item.top > grid.top), column[-1][0] + 1)
    return max((i + 1 for i, _ in column if i < last), default=0), last


def _rows_of_grids(grids: Sequence[Grid]) -> list[list[Grid]]:
    """Grids from the top down, those that stand side by side together, from left to right."""
    rows: list[list[Grid]] = []
    for grid in sorted(grids, key=lambda grid: grid.top):
        if rows and all(other.right <= grid.left or grid.right <= other.left for other in rows[-1]):
            middle = (grid.top + grid.bottom) / 2
            if any(other.top < middle < other.bottom for other in rows[-1]):
                rows[-1].append(grid)
                continue
        rows.append([grid])
    return [sorted(row, key=lambda grid: grid.left) for row in rows]
