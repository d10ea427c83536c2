"""The tables of one page as grids: cells from its rules, text from the caller's text layer or what was recognised.

A table ruled both ways gives its cells by its rules alone. One with horizontal rules only (三线表) is read by the
white corridors between its columns, as is one without any rules below a caption, and left as lines of text wherever
these leave a doubt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.language.text import clean_line, join_lines
from rag.readers.pdf.aligned import aligned_lattices, continued_lattice
from rag.readers.pdf.letters import (
    Box,
    Letter,
    PrintLine,
    is_figure,
    letters_within,
    page_letters,
    print_lines,
    with_unruled_rows,
)
from rag.readers.pdf.ruling import Lattice, Rule, page_rules, region_box, rules_to_lattices
from rag.readers.pdf.unruled_tables import unruled_lattices
from rag.records import Cell, Grid

if TYPE_CHECKING:
    from pdfplumber.page import Page as PlumberPage

MAX_RAGGED = 0.25
"""Largest share of a table's area outside closed cells; above it the rules are a drawing."""
MIN_TEXT_ROWS = 0.5
"""Smallest share of rows with text; below it the rules are a chart's grid."""
CELL_PADDING = 12.0
"""Points a full line may leave free at both sides of its cell together."""

LINE_ROOM = 1.6
"""Heights of the type that another line with its leading and a cell's padding take."""
LONG_LINE = 15.0
"""Characters of a line that is long."""

LOST = "表格中有文字未能归入单元格，请对照原页核实。"
UNRULED = "此表没有框线，各列按文字间距分开，请对照原页核实。"
STACKED = "表格中有数字上下并列而其间没有框线，以空格分开，请对照原页核实。"

TextOf = Callable[[float, float, float, float], str]
ScoreOf = Callable[[float, float, float, float], float]


def page_to_grids(
    page: PlumberPage,
    text_of: TextOf,
    readable: Callable[[list[Letter]], list[Letter]] = list,
    columns: Sequence[float] = (),
) -> tuple[Grid, ...]:
    """The tables of a PDF page, as `rules_to_grids`; `readable` leaves out the letters of watermarks."""
    horizontals, verticals = page_rules(page)
    return rules_to_grids(horizontals, verticals, readable(page_letters(page)), text_of, columns=columns)


def rules_to_grids(
    horizontals: Sequence[Rule],
    verticals: Sequence[Rule],
    letters: Sequence[Letter],
    text_of: TextOf,
    score_of: ScoreOf = lambda left, top, right, bottom: 1.0,
    columns: Sequence[float] = (),
) -> tuple[Grid, ...]:
    """The tables of a page from top to bottom; boxes around text, page borders and charts are none.

    `text_of(left, top, right, bottom)` gives the text in a box (points from the top left corner), a line feed
    between printed lines. Every character it gives for a grid's box stands in exactly one cell, or the grid warns.
    `score_of` says of a box how surely its text was recognised; `columns` are the borders of the columns of a table
    without vertical rules that the page before leaves open.
    """
    ruled = [with_unruled_rows(lattice, letters) for lattice in rules_to_lattices(horizontals, verticals)]
    grids = _outermost([grid for lattice in ruled if (grid := _lattice_to_grid(lattice, letters, text_of, score_of))])
    free = [rule for rule in horizontals if not any(grid.top - 2 <= rule.at <= grid.bottom + 2 for grid in grids)]
    for lattice in aligned_lattices(free, verticals, letters):
        grid = _lattice_to_grid(lattice, letters, text_of, score_of)
        if grid and not grid.warnings:
            grids.append(grid)
    if columns and (further := continued_lattice(columns, horizontals, letters)):
        grid = _lattice_to_grid(further, letters, text_of, score_of)
        first = grid and not grid.warnings and all(other.top > grid.bottom for other in grids)
        grids += [grid] if grid and first else []
    for lattice in unruled_lattices(letters, [(grid.left, grid.top, grid.right, grid.bottom) for grid in grids]):
        grid = _lattice_to_grid(lattice, letters, text_of, score_of)
        if grid and not grid.warnings:
            grids.append(replace(grid, warnings=(UNRULED,)))
    return tuple(sorted(grids, key=lambda grid: (grid.top, grid.left)))


def _lattice_to_grid(lattice: Lattice, letters: Sequence[Letter], text_of: TextOf, score_of: ScoreOf) -> Grid | None:
    columns, rows = lattice.column_edges, lattice.row_edges
    if lattice.ragged > MAX_RAGGED:
        return None
    boxes = [region_box(lattice, region) for region in lattice.regions]
    printed = [text_of(*box).splitlines() for box in boxes]
    texts = [_cell_text(lines, box, letters) for lines, box in zip(printed, boxes, strict=True)]
    full = [
        bool(text) and region.row + region.row_span == len(rows) - 1 and _ends_full(box, letters)
        for text, region, box in zip(texts, lattice.regions, boxes, strict=True)
    ]
    cells = tuple(
        Cell(text, at.row, at.column, at.row_span, at.column_span, score_of(*box) if text else 1.0, is_full)
        for text, at, box, is_full in zip(texts, lattice.regions, boxes, full, strict=True)
    )
    if not _is_table(cells, len(rows) - 1):
        return None
    whole = (columns[0], rows[0], columns[-1], rows[-1])
    stacked = any(len(lines) > 1 and all(is_figure(line) for line in lines) for lines in printed)
    lost = _characters([text_of(*whole)]) != _characters(texts)
    return Grid(
        cells=cells,
        row_count=len(rows) - 1,
        column_count=len(columns) - 1,
        left=whole[0],
        top=whole[1],
        right=whole[2],
        bottom=whole[3],
        column_edges=columns,
        open_top=lattice.open_top,
        open_bottom=lattice.open_bottom,
        warnings=(LOST,) * lost + (STACKED,) * stacked,
    )


def _cell_text(lines: Sequence[str], box: Box, letters: Sequence[Letter]) -> str:
    """The printed lines of a cell as one string; two figures one above the other stay apart."""
    pieces = [piece for line in lines if (piece := clean_line(line))]
    text = pieces[0] if pieces else ""
    for above, below in pairwise(pieces):
        apart = above[-1].isdigit() and below[0].isdigit() and not _wraps(above, box, letters)
        text = f"{text} {below}" if apart else join_lines(text, below)
    return text


def _wraps(text: str, box: Box, letters: Sequence[Letter]) -> bool:
    """Whether a printed line of a cell is so long that the next character had no room."""
    wanted = text.replace(" ", "")
    lines = [line for line in print_lines(letters_within(letters, box)) if line.text == wanted]
    return any(_is_full(line, box) for line in lines)


def _ends_full(box: Box, letters: Sequence[Letter]) -> bool:
    """Whether a cell's text is broken off: no room for another line below its last one, none for another character in
    it, of a long one for two: a mark takes the character before it along to the next line."""
    lines = print_lines(letters_within(letters, box))
    if not lines or box[3] - lines[-1].bottom > LINE_ROOM * lines[-1].size:
        return False
    return _is_full(lines[-1], box, 1.5 if box[2] - box[0] > LONG_LINE * lines[-1].size else 0.5)


def _is_full(line: PrintLine, box: Box, room: float = 0.5) -> bool:
    return box[2] - box[0] - (line.right - line.left + room * line.size) < CELL_PADDING


def _is_table(cells: Sequence[Cell], row_count: int) -> bool:
    """Whether cells hold text as a table's do: in two columns at least, and in most rows."""
    filled = [cell for cell in cells if cell.text]
    covered = {row for cell in filled for row in range(cell.row, cell.row + cell.row_span)}
    return len({cell.column for cell in filled}) > 1 and len(covered) >= MIN_TEXT_ROWS * row_count


def _characters(texts: Sequence[str]) -> Counter[str]:
    return Counter(
        character for text in texts for line in text.splitlines() for character in clean_line(line) if character != " "
    )


def _outermost(grids: Sequence[Grid]) -> list[Grid]:
    """Grids without those inside a cell of another, and without a layout frame around richer ones."""
    kept: list[Grid] = []
    for grid in sorted(grids, key=lambda grid: -len(grid.cells)):
        if not any(_overlap(grid, other) for other in kept):
            kept.append(grid)
    return kept


def _overlap(one: Grid, other: Grid) -> bool:
    return (
        min(one.right, other.right) - max(one.left, other.left) > 1
        and min(one.bottom, other.bottom) - max(one.top, other.top) > 1
    )
