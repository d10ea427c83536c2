"""Plain text as one page of lines and grids: encodings, hard wrapping, tables set with tabs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, combinations, groupby, pairwise, takewhile

from rag.errors import UnreadableFileError
from rag.language.numbers import cell_number
from rag.language.text import clean_line
from rag.readers.decoding import LINE_ENDS, decode_text
from rag.readers.spaced.spaced_tables import SpacedTable, spaced_tables
from rag.records import Cell, Grid, Line, Page, ReadFile

MAX_WRAP_WIDTH = 130
"""Half-width columns; longer lines are paragraphs, not wrapped ones."""
FULL_LINE = 0.85
"""Share of the wrap width from which a line is full and goes on in the next."""
MIN_FULL_SHARE = 0.3
"""Share of full lines from which a text is taken to be hard-wrapped."""

_LEADER = re.compile(r"[.．·]{3,}|…{2,}|(?:[.．·] ){3,}")


_PRIVATE_BULLET = re.compile("\\s*[\ue000-\uf8ff]")


def text_to_rows(text: str) -> list[str]:
    """The lines of a text as they stand, without line ends; a form feed counts as a space."""
    return [row.rstrip() if row.strip() else "" for row in LINE_ENDS.split(text.replace("\f", " "))]


def display_width(text: str) -> int:
    """Width in half-width columns."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def read_plain(data: bytes) -> ReadFile:
    """A text file as one page without a number; raises UnreadableFileError where it is no text."""
    decoded = decode_text(data)
    items = tuple(_items(text_to_rows(decoded.text)))
    if not items:
        raise UnreadableFileError("文件里没有文字。")
    return ReadFile("", "text", "", (Page(None, items),), warnings=decoded.warnings)


def _items(rows: Sequence[str]) -> Iterable[Line | Grid]:
    spaced = _is_double_spaced(rows)
    blocks = [[row for row in rows if row]] if spaced else _blocks(rows)
    width = _wrap_width([row for row in rows if row and "\t" not in row])
    ends_stated = not spaced and len(blocks) > 1
    for part in _parts(rows, width):
        if isinstance(part, Grid | Line):
            yield part
            continue
        for block in [[row for row in part if row]] if spaced else _blocks(part):
            yield from _block_items(block, width, ends_stated=ends_stated)


def _block_items(block: Sequence[str], width: int, *, ends_stated: bool) -> Iterable[Line | Grid]:
    for is_table, run in groupby(block, key=_is_table_row):
        members = list(run)
        grid = rows_to_grid(righted([row.split("\t") for row in members])) if is_table else None
        if grid:
            yield grid
        else:
            yield from _lines(members, width, ends_stated=ends_stated)


def _parts(rows: Sequence[str], width: int) -> Iterable[list[str] | Grid | Line]:
    """The lines of a text but page numbers, and in the place of tables with spaces between their columns grids.

    The pieces of other lines in the place of a table are a tab apart: they are no running text.
    """
    found = list(spaced_tables(rows, width))
    tables = [table for table in found if isinstance(table, SpacedTable)]
    loose = frozenset(chain.from_iterable(lines for lines in found if not isinstance(lines, SpacedTable)))
    taken = frozenset(chain.from_iterable(table.lines for table in tables))
    taken |= page_number_rows(rows, [at for at in range(len(rows)) if at not in taken | loose])
    grids = {min(table.lines): table.grid for table in tables}
    part: list[str] = []
    for at, row in enumerate(rows):
        if at in grids or (at in loose and len(row.split()) > 1):
            yield part
            part = []
            yield grids[at] if at in grids else Line("\t".join(filter(None, map(clean_line, row.split()))))
        elif at not in taken:
            part.append(row)
    yield part


def _is_double_spaced(rows: Sequence[str]) -> bool:
    """Whether a blank line follows nearly every line, so that it tells nothing about paragraphs."""
    followed = [not after for row, after in pairwise(rows) if row and "\t" not in row]
    return len(followed) >= 4 and sum(followed) >= 0.85 * len(followed)


def _blocks(rows: Sequence[str]) -> list[list[str]]:
    return [list(run) for filled, run in groupby(rows, key=bool) if filled]


def _is_table_row(row: str) -> bool:
    return "\t" in row.strip(" \u3000") and not _LEADER.search(row)


def rows_to_grid(rows: Sequence[Sequence[str]]) -> Grid | None:
    """Rows of cells as a grid, short ones padded at the end; None where they are too few or hardly divided."""
    cleaned = [[clean_line(cell) for cell in row] for row in rows]
    divided = sum(sum(map(bool, row)) >= 2 for row in cleaned)
    if divided < 2 or 2 * divided <= len(cleaned):
        return None
    columns = max(max((at + 1 for at, cell in enumerate(row) if cell), default=0) for row in cleaned)
    cells = tuple(
        Cell(row[column] if column < len(row) else "", number, column)
        for number, row in enumerate(cleaned)
        for column in range(columns)
    )
    return Grid(cells, len(cleaned), columns)


def _wrap_width(prose: Sequence[str]) -> int:
    """Width at which lines are wrapped, 0 where each line is a paragraph of its own."""
    widths = sorted(display_width(row) for row in prose)
    if len(widths) < 3:
        return 0
    width = widths[int(0.95 * (len(widths) - 1))]
    full = sum(FULL_LINE * width <= one <= 1.05 * width for one in widths)
    return width if width <= MAX_WRAP_WIDTH and full >= MIN_FULL_SHARE * len(widths) else 0


def _lines(rows: Sequence[str], wrap_width: int, *, ends_stated: bool) -> Iterable[Line]:
    texts = [(text, row) for row in rows if (text := "\t".join(filter(None, map(clean_line, row.split("\t")))))]
    if not wrap_width:
        return [Line(text, paragraph=True) for text, _ in texts]
    lines = [Line(text, columns=display_width(row.strip())) for text, row in texts]
    listed = [_PRIVATE_BULLET.match(row) is not None for _, row in texts[1:]]
    ended = [*listed, ends_stated]
    return [replace(line, paragraph=True) if ends else line for line, ends in zip(lines, ended, strict=True)]


Cells = list[str]


def righted(rows: Sequence[Cells]) -> list[Cells]:
    """The rows, each with as many cells as the header, and the header once; as they are where that is in doubt."""
    bare = [_without_end([cell.strip() for cell in row]) for row in rows]
    header, body = bare[0], [row for row in bare[1:] if row != bare[0]]
    counts = {_figures_at_end(row) for row in body}
    uneven = any(len(row) != len(header) for row in body)
    if not uneven or len(counts) != 1 or not 0 < (count := counts.pop()) < len(header) or not all(header):
        return list(rows)
    if any(cell_number(cell) for cell in header):
        return list(rows)
    fitted = [_fitted(row[:-count], len(header) - count) for row in body]
    whole = [[*words, *row[-count:]] for words, row in zip(fitted, body, strict=True) if words]
    return [header, *whole] if len(whole) == len(body) else list(rows)


def _without_end(row: Cells) -> Cells:
    """A row without the empty cells at its end."""
    empty = len(list(takewhile(lambda cell: not cell, reversed(row))))
    return row[: len(row) - empty]


def _figures_at_end(row: Cells) -> int:
    return len(list(takewhile(lambda cell: cell_number(cell) is not None, reversed(row))))


def _fitted(words: Cells, width: int) -> Cells:
    """The words of a row in as many cells, the last of them next to the figures; none where it takes more."""
    words = _without_end(words)
    while len(words) > width and "" in words:
        words.remove("")
    return [""] * (width - len(words)) + words if 0 < len(words) <= width else []


MIN_NUMBERS = 3
"""Fewer numbers that rise at one pace prove no paging."""
MAX_NUMBERS = 150
"""Lines that are numbers, from which on they are data of charts."""
MAX_DRIFT = 3.0
"""Pages by which a number differs from what its place lets expect at most."""
PACE = (15.0, 150.0)
"""Lines of a page, blank ones included."""

_NUMBER = re.compile(r"\s*[-—–·]?\s*(\d{1,3})\s*[-—–·]?\s*")

Place = tuple[int, int]
"""Index of a line and the number it is."""


def page_number_rows(rows: Sequence[str], outside: Sequence[int]) -> frozenset[int]:
    """Indexes, of those given, of lines that are page numbers: as many as rise through the text at one pace."""
    places = [(at, int(match[1])) for at in outside if (match := _NUMBER.fullmatch(rows[at]))]
    if len(places) > MAX_NUMBERS:
        return frozenset()
    runs = (_at_pace(places, one, other) for one, other in combinations(places, 2) if one[1] < other[1])
    best = max(runs, key=len, default=())
    return frozenset(at for at, _ in best) if len(best) >= MIN_NUMBERS else frozenset()


def _at_pace(places: Sequence[Place], one: Place, other: Place) -> tuple[Place, ...]:
    """The places whose numbers rise as they do from one to the other."""
    pace = (other[0] - one[0]) / (other[1] - one[1])
    if not PACE[0] <= pace <= PACE[1]:
        return ()
    found: list[Place] = []
    for at, number in places:
        near = abs((at - one[0]) / pace - (number - one[1])) <= MAX_DRIFT
        if near and (not found or number > found[-1][1]):
            found.append((at, number))
    return tuple(found)
