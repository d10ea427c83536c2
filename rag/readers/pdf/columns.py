"""The order in which the rows of a page and what stands between them are read, also where prose stands in two columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple, TypeAlias

from rag.readers.pdf.text import Piece
from rag.records import Grid, Line

MIN_COLUMN_LINES = 5
"""Fewer lines beside each other are not taken for two columns of prose, but for more of them on a page that has some."""
MIN_COLUMN_CHARACTERS = 10
"""Median length of a line in a column of prose."""
MIN_COLUMN_FILL = 0.8
"""Median share of the column's width that a line of prose takes."""
MIN_GUTTER = 0.3
"""Type sizes between the end of the left column and the start of the right one at least."""
OUTDENT = 2.0
"""Type sizes by which a line starts beside its column's edge at most."""
SMALL_PRINT = 0.9
"""Size of a running head or foot as a share of the type below or above it, at most."""
APART = 0.8
"""Type sizes of white between a running head or foot and the columns."""
MAX_HEADS = 2

Row: TypeAlias = Sequence[Sequence[Piece]]
"""The texts that stand at one height, from left to right, each as its pieces."""


class Stretch(NamedTuple):
    """Rows that are read from the top down, and what is placed between them by its height."""

    rows: list[Row]
    placed: list[Grid | Line]


def in_reading_order(rows: Sequence[Row], placed: Sequence[Grid | Line]) -> list[Stretch]:
    """The rows of a page, given from the top down, and other items with a place, as they are read.

    Where prose stands in two columns the left one goes before the right one; what reaches over both columns, be it a
    heading or a table, parts what is above it from what is below.
    """
    whole = Stretch(list(rows), list(placed))
    if not rows:
        return [whole]
    middle = (min(row[0][0].left for row in rows) + max(row[-1][-1].right for row in rows)) / 2
    if gutter := _gutter(rows, middle):
        rows = [_row_parted(row, gutter[1]) for row in rows]
        middle = sum(gutter) / 2
    regions = _regions(rows, placed, middle)
    columns = [_Columns.of(region, middle) for region in regions]
    proved = [columns for columns in columns if columns.are_prose()]
    if not proved:
        return [whole]
    stretches: list[Stretch] = []
    for region, both in zip(regions, columns, strict=True):
        if both in proved or both.go_on(proved[0]):
            stretches += both.stretches()
        else:
            stretches.append(region)
    return stretches


def _gutter(rows: Sequence[Row], middle: float) -> tuple[float, float] | None:
    """From where to where it is mostly white between two columns; None where few rows have a text on both sides."""
    both = [row for row in rows if len(row) > 1 and row[0][-1].right < middle <= row[1][0].left]
    (start, count), *_ = Counter(round(row[1][0].left) for row in both).most_common(1) or [(0, 0)]
    return (median(row[0][-1].right for row in both), start) if count >= MIN_COLUMN_LINES else None


def _row_parted(row: Row, start: float) -> Row:
    groups: list[Sequence[Piece]] = []
    for group in row:
        at = next((at for at, (one, other) in enumerate(pairwise(group), 1) if _is_gutter(one, other, start)), None)
        groups += [group] if at is None else [group[:at], group[at:]]
    return groups


def _is_gutter(before: Piece, after: Piece, start: float) -> bool:
    size = max(before.size, after.size)
    return abs(after.left - start) <= OUTDENT * size and after.left - before.right >= MIN_GUTTER * size


def _regions(rows: Sequence[Row], placed: Sequence[Grid | Line], middle: float) -> list[Stretch]:
    """The rows and items between those that reach over the middle; these by themselves."""
    over = [item for item in placed if item.left < middle < item.right]
    ordered: list[tuple[float, Row | Grid | Line]] = [(min(piece.top for piece in row[0]), row) for row in rows]
    ordered += [(item.top, item) for item in over]
    regions = [Stretch([], [])]
    tops = [-float("inf")]
    for top, item in sorted(ordered, key=lambda one: one[0]):
        if isinstance(item, Grid | Line):
            regions += [Stretch([], [item]), Stretch([], [])]
            tops += [top, item.bottom]
        elif any(group[0].left < middle < group[-1].right for group in item):
            regions += [Stretch([item], []), Stretch([], [])]
            tops += [top, top]
        else:
            regions[-1].rows.append(item)
    for item in placed:
        if item not in over:
            regions[max(at for at, top in enumerate(tops) if top <= item.top)].placed.append(item)
    return [region for region in regions if region.rows or region.placed]


class _Columns(NamedTuple):
    """What of a region stands left and right of the middle, and the small print above and below both."""

    head: list[Row]
    left: Stretch
    right: Stretch
    foot: list[Row]

    @staticmethod
    def of(region: Stretch, middle: float) -> _Columns:
        head, rows, foot = _without_small_print(region.rows)
        sides = []
        for is_right in (False, True):
            parts = [[group for group in row if (group[0].left >= middle) == is_right] for row in rows]
            placed = [item for item in region.placed if ((item.left + item.right) / 2 >= middle) == is_right]
            sides.append(Stretch([part for part in parts if part], placed))
        left, right = sides
        *_, notes = _without_small_print(left.rows)
        if notes and all(item.top < notes[0][0][0].top for item in left.placed):
            left, foot = Stretch(left.rows[: -len(notes)], left.placed), [*notes, *foot]
        return _Columns(head, left, right, foot)

    def are_prose(self) -> bool:
        """Whether both sides are columns of prose."""
        return _is_prose(self.left) and _is_prose(self.right)

    def go_on(self, proved: _Columns) -> bool:
        """Whether these are the columns of which others on the page are proved to be: less of them."""
        sides = ((self.left, proved.left), (self.right, proved.right))
        return all(_is_single(side.rows) and _is_within(side, column) for side, column in sides)

    def stretches(self) -> list[Stretch]:
        """The parts in the order they are read."""
        return [Stretch(self.head, []), self.left, self.right, Stretch(self.foot, [])]


def _without_small_print(rows: Sequence[Row]) -> tuple[list[Row], list[Row], list[Row]]:
    """Running heads, what stands below them, and running feet below that."""
    size = median(group[0].size for row in rows for group in row) if rows else 0.0
    first, last = 0, len(rows)
    while first < min(MAX_HEADS, last - 1) and _stands_apart(rows[first], rows[first + 1], rows[first], size):
        first += 1
    while last > max(first + 1, len(rows) - MAX_HEADS) and _stands_apart(
        rows[last - 2], rows[last - 1], rows[last - 1], size
    ):
        last -= 1
    return list(rows[:first]), list(rows[first:last]), list(rows[last:])


def _stands_apart(above: Row, below: Row, small: Row, size: float) -> bool:
    white = min(piece.top for group in below for piece in group) - max(
        piece.bottom for group in above for piece in group
    )
    return white >= APART * size and all(piece.size <= SMALL_PRINT * size for group in small for piece in group)


def _is_prose(side: Stretch) -> bool:
    """Whether the rows and tables of one side are a column of prose."""
    if len(side.rows) < MIN_COLUMN_LINES or not _is_single(side.rows):
        return False
    left, right = _extent(side.rows)
    widths = [row[0][-1].right - row[0][0].left for row in side.rows]
    lengths = [sum(len(piece.characters) for piece in row[0]) for row in side.rows]
    return median(widths) >= MIN_COLUMN_FILL * (right - left) and median(lengths) >= MIN_COLUMN_CHARACTERS


def _is_single(rows: Sequence[Row]) -> bool:
    """Whether hardly a row is more than one text."""
    return sum(len(row) > 1 for row in rows) <= 0.1 * len(rows)


def _is_within(side: Stretch, column: Stretch) -> bool:
    """Whether a side stands in a column, and is, but for tables, filled by at least one of its lines."""
    if not side.rows:
        return True
    (left, right), (start, end) = _extent(side.rows), _extent(column.rows)
    room = OUTDENT * side.rows[0][0][0].size
    fills = right - left >= MIN_COLUMN_FILL * (end - start) or bool(side.placed)
    return start - room <= left and right <= end + room and fills


def _extent(rows: Sequence[Row]) -> tuple[float, float]:
    return min(row[0][0].left for row in rows), max(row[-1][-1].right for row in rows)


def in_page_order(lines: Sequence[Line], grids: Sequence[Grid | Line]) -> tuple[Line | Grid, ...]:
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


def _place_of(grid: Grid | Line, items: Sequence[Line | Grid]) -> tuple[int, int]:
    """The first and the last place of a grid among the items of its column of the page."""
    column = [(i, item) for i, item in enumerate(items) if item.left < grid.right and item.right > grid.left]
    if not column:
        return (at := sum(item.top <= grid.top for item in items)), at
    last = next((i for i, item in column if item.top > grid.top), column[-1][0] + 1)
    return max((i + 1 for i, _ in column if i < last), default=0), last


def _rows_of_grids(grids: Sequence[Grid | Line]) -> list[list[Grid | Line]]:
    """Grids from the top down, those that stand side by side together, from left to right."""
    rows: list[list[Grid | Line]] = []
    for grid in sorted(grids, key=lambda grid: grid.top):
        if rows and all(other.right <= grid.left or grid.right <= other.left for other in rows[-1]):
            middle = (grid.top + grid.bottom) / 2
            if any(other.top < middle < other.bottom for other in rows[-1]):
                rows[-1].append(grid)
                continue
        rows.append([grid])
    return [sorted(row, key=lambda grid: grid.left) for row in rows]
