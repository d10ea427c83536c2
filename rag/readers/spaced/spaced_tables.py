"""Tables of a text file whose columns are only spaces apart, as a PDF's text comes out.

Below a numbered caption, or from a header that begins with 序号, the lines down to the next caption, note, heading or
prose are read as rows. Where every row has the same number of figures, and the header names as many, they are a grid;
else they stay the lines they are, their pieces a tab apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from rag.language.headings import line_to_heading
from rag.language.table_lines import is_caption, is_note, is_unit_line
from rag.language.text import clean_line
from rag.readers.spaced.spaced_rows import (
    Label,
    Piece,
    SpacedRow,
    header_labels,
    is_ordinal_label,
    is_total,
    joined,
    numbered_rows,
    ordinal_of,
    unnumbered_rows,
)
from rag.records import Cell, Grid

MAX_HEADER_LINES = 14
MIN_ROWS = 2
MAX_APART = 120
"""Lines in which the rest of a table that a page break has parted is looked for."""
PROSE_SHARE = 0.6
"""Share of the wrap width from which a line with a comma is prose."""

_WIDE_GAP = re.compile(r"[ \t\u00a0]{2,}|\u3000+")
_OTHER_CAPTION = re.compile(r"^\s*(?:附?图|(?:典型|特色)?案例|专栏|附件)\s*[\d一二三四五六七八九十]")

_SET_APART = re.compile(
    r"(?<=(?<!\S)[\u4e00-\u9fff])[ \u00a0\u3000]+(?=[\u4e00-\u9fff](?!\S))|(?<=(?<!\d)20\d\d) (?=年|届|级|学年)"
)

Line = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class SpacedTable:
    """The cells of a table, header first, and the indexes of the lines they were read from."""

    cells: tuple[tuple[str, ...], ...]
    lines: frozenset[int]

    @property
    def grid(self) -> Grid:
        """The table as a grid."""
        cells = (Cell(text, row, column) for row, texts in enumerate(self.cells) for column, text in enumerate(texts))
        return Grid(tuple(cells), len(self.cells), len(self.cells[0]))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Rows of one shape, and the labels above them."""

    rows: tuple[SpacedRow, ...]
    labels: tuple[Label, ...]
    first: int
    """Index of the label of the first figure."""
    count: int
    """Figures in a row."""
    numbered: bool
    one_line: bool
    """The header stands in one line, so that its spaces part it surely."""


def spaced_tables(rows: Sequence[str], wrap_width: int) -> Iterator[SpacedTable | tuple[int, ...]]:
    """The tables among some lines, in order; the indexes of the lines of one that could not be put together."""
    at = 0
    while at < len(rows):
        if not _announces_table(rows[at]):
            at += 1
            continue
        start = at + is_caption(clean_line(rows[at]))
        region = _region(rows, start, wrap_width)
        table = _table(rows, region, wrap_width)
        if table is not None:
            yield table
        elif region:
            yield tuple(region)
        at = max(region[-1] if region else at, at) + 1


def _announces_table(row: str) -> bool:
    """Whether a line is a caption, or a header that needs none."""
    return is_caption(clean_line(row)) or (len(row.split()) > 2 and row.split()[0] in ("序号", "编号"))


def _region(rows: Sequence[str], start: int, wrap_width: int) -> list[int]:
    """Indexes of the lines with words from a place on that may be a table's."""
    found: list[int] = []
    for at in range(start, len(rows)):
        text = clean_line(rows[at])
        if not text or (not found and is_unit_line(text)):
            continue
        if "\t" in rows[at] or _ends_table(rows[at], text, wrap_width):
            break
        found.append(at)
    return found


def _ends_table(row: str, text: str, wrap_width: int) -> bool:
    """Whether a line is no table's: a caption, a note, a heading or running text."""
    if is_caption(text) or _OTHER_CAPTION.match(text) or is_note(text) or "。" in text:
        return True
    if any(Piece(piece, 0).is_value for piece in row.split()[1:]):
        return False
    wide = len(text) * 2 >= PROSE_SHARE * wrap_width
    return (wide and any(mark in text for mark in "，；")) or line_to_heading(text) is not None


def _table(rows: Sequence[str], region: Sequence[int], wrap_width: int) -> SpacedTable | None:
    lines = _lines(rows, region)
    if len(lines) <= MIN_ROWS:
        return None
    start = next((at for at, line in enumerate(lines) if ordinal_of(line[0]) == 1), None)
    if start and (reading := _numbered(lines, start)):
        return _with_rest(reading, region, rows, wrap_width)
    if cells := _even_cells(lines):
        return SpacedTable(cells, frozenset(region))
    return _as_table(reading, region) if (reading := _unnumbered(lines)) else None


def _as_table(reading: _Reading, region: Sequence[int]) -> SpacedTable:
    last = reading.rows[-1].last_line
    return SpacedTable(_cells(reading), frozenset(index for index in region if index <= last))


def _lines(rows: Sequence[str], region: Sequence[int]) -> list[Line]:
    """The pieces of each line: between wide gaps where most lines have them, else between any spaces."""
    parted = [row for row in (rows[at].strip() for at in region) if len(row.split()) > 1]
    wide = sum(bool(_WIDE_GAP.search(row)) for row in parted) * 2 > len(parted)
    split = [(at, _WIDE_GAP.split(rows[at].strip()) if wide else _words(rows[at])) for at in region]
    return [tuple(Piece(clean, at) for text in pieces if (clean := clean_line(text))) for at, pieces in split if pieces]


def _words(row: str) -> list[str]:
    """What stands between the spaces of a line; characters set apart (项 目) and a year (2020 届) are one word."""
    return _SET_APART.sub("", row).split()


def _even_cells(lines: Sequence[Line]) -> tuple[tuple[str, ...], ...]:
    """The cells of lines that all have as many pieces, figures below figures and words below words; none else."""
    header, *body = lines
    body = [(Piece("", 0), *line) if len(line) == len(header) - 1 and is_total(line[0]) else line for line in body]
    if len(header) < 2 or len(body) < MIN_ROWS or any(len(line) != len(header) for line in body):
        return ()
    kinds = [{piece.is_value for piece in column if piece.text} for column in zip(*body, strict=True)]
    if (
        any(piece.is_value and not piece.is_year for piece in header)
        or any(len(kind) != 1 for kind in kinds)
        or {True} not in kinds[1:]
    ):
        return ()
    return tuple(tuple(piece.text for piece in line) for line in (header, *body))


def _numbered(lines: Sequence[Line], start: int) -> _Reading | None:
    """Rows that begin with ordinals, the first of them in the line at `start`."""
    labels = _labels(lines[:start])
    if not labels or not is_ordinal_label(labels[0]):
        return None
    readings = (
        _reading(labels, count, numbered_rows(lines[start:], count, 1), numbered=True, one_line=start == 1)
        for count in _counts(labels, start == 1)
    )
    return next(filter(None, readings), None)


def _unnumbered(lines: Sequence[Line]) -> _Reading | None:
    """Rows of words and figures below a header of one line or several."""
    readings = (
        _reading(labels, count, unnumbered_rows(lines[start:], count), numbered=False, one_line=start == 1)
        for start in range(1, min(MAX_HEADER_LINES, len(lines) - 1))
        if (labels := _labels(lines[:start]))
        for count in _counts(labels, start == 1)
    )
    return next(filter(None, readings), None)


def _labels(lines: Sequence[Line]) -> tuple[Label, ...]:
    """The labels of some lines, none where a figure stands among them."""
    pieces = list(chain.from_iterable(lines))
    return () if any(piece.is_value and not piece.is_year for piece in pieces) else header_labels(pieces)


def _counts(labels: Sequence[Label], one_line: bool) -> Sequence[int]:
    """How many figures a row may have: as many as labels of amounts, or as fit a header that is surely parted."""
    amounts = sum(label.is_amount for label in labels)
    return range(1, len(labels)) if one_line else (amounts,) if amounts else ()


def _reading(
    labels: tuple[Label, ...], count: int, rows: tuple[SpacedRow, ...], *, numbered: bool, one_line: bool
) -> _Reading | None:
    """The rows below their labels, None where it is in doubt which label their figures stand under."""
    if len(rows) < MIN_ROWS:
        return None
    amounts = [at for at, label in enumerate(labels) if label.is_amount]
    behind = {len(row.trailing) for row in rows}
    if len(amounts) == count:
        first = amounts[0]
    elif one_line and len(behind) == 1:
        first = len(labels) - count - behind.pop()
    else:
        return None
    room = first + count < len(labels) or not any(row.trailing for row in rows)
    if first <= numbered or not room or any(not first <= at < first + count for at in amounts):
        return None
    return _Reading(rows, labels, first, count, numbered, one_line)


def _cells(reading: _Reading) -> tuple[tuple[str, ...], ...]:
    """Ordinals, words, figures and the words behind them in columns."""
    labels, first, end = reading.labels, reading.first, reading.first + reading.count
    ordinals = [labels[0].text] if reading.numbered else []
    words = _parted(reading, labels[reading.numbered : first], [row.words for row in reading.rows])
    behind = _parted(reading, labels[end:], [row.trailing for row in reading.rows])
    body = [
        (*_texts([row.ordinal], ordinals), *named, *_texts(row.values, labels[first:end]), *further)
        for row, named, further in zip(reading.rows, words[1:], behind[1:], strict=True)
    ]
    return ((*ordinals, *words[0], *(label.text for label in labels[first:end]), *behind[0]), *body)


def _texts(pieces: Sequence[Piece | None], columns: Sequence[object]) -> list[str]:
    """Texts of as many cells as there are columns, or of as many empty ones."""
    return [piece.text if piece else "" for piece in pieces] if columns and pieces else [""] * len(columns)


def _parted(reading: _Reading, labels: Sequence[Label], rows: Sequence[Sequence[Piece]]) -> list[tuple[str, ...]]:
    """Labels and the words under them: each in its column where all rows have as many in the line of their figures.

    Else they are all in one, for where a cell ends is not sure.
    """
    if not labels:
        return [()] * (len(rows) + 1)
    own = [row.values[0].line if row.values else None for row in reading.rows]
    sure = reading.one_line and all(
        len(words) in (len(labels), 0) and all(piece.line == line for piece in words)
        for words, line in zip(rows, own, strict=True)
    )
    if sure and len(labels) > 1:
        empty = ("",) * len(labels)
        return [tuple(label.text for label in labels), *(tuple(piece.text for piece in row) or empty for row in rows)]
    return [(" ".join(label.text for label in labels),), *((joined(words),) for words in rows)]


def _with_rest(reading: _Reading, region: Sequence[int], source: Sequence[str], wrap_width: int) -> SpacedTable:
    """The table, with the rows that go on with its ordinals behind the text that has broken it off."""
    ordinal = reading.rows[-1].ordinal
    last = ordinal_of(ordinal) if ordinal else None
    below = range(reading.rows[-1].last_line + 1, len(source)) if last is not None else range(0)
    for at in list(islice((at for at in below if source[at]), MAX_APART)):
        if is_caption(clean_line(source[at])):
            break
        if last is not None and ordinal_of(Piece(source[at].split()[0], at)) == last + 1:
            further = _region(source, at, wrap_width)
            rows = numbered_rows(_lines(source, further), reading.count, last + 1)
            if len(rows) >= MIN_ROWS:
                own = _as_table(reading, region).lines
                return _as_table(replace(reading, rows=(*reading.rows, *rows)), [*own, *further])
    return _as_table(reading, region)
