"""Passages as a model reads them: every figure with its id behind it, tables row by row with a letter a column.

`占96.12%{F12}` in prose; in a table `列：A 项目｜B 金额（万元）` and `合计｜18936.42{F3B}`: row 3, column B. A value in a merged
cell stands in all its rows, always with the one id it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.answering.with_model.plaintext import as_data
from rag.figures.context import words_of
from rag.figures.extraction import passage_rows
from rag.records import Figure, Passage, Table, figure_text
from rag.structure.tables.joining import header_labels, row_text

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWYZ"
"""Of columns; X is left out, for it is taken for a mark of multiplication."""
MIN_SAME_DIGITS = 3
"""Digits two equal figures of a report have that are told to be the same; fewer are equal by chance."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Figures by their ids in a prompt, and those ids by the figures' own."""

    figures: Mapping[str, Figure]
    names: Mapping[str, str]
    same: Mapping[str, str]
    """Id of a figure → the id of the first figure equal to it in the same report."""


def letter(column: int) -> str:
    """The letter of a column: A … Z without X, then AA, AB …"""
    high, low = divmod(column, len(LETTERS))
    return (LETTERS[high - 1] if high else "") + LETTERS[low]


def number_figures(passages: Sequence[Passage], figures: Mapping[str, Sequence[Figure]]) -> Numbered:
    """Ids for the figures of the passages, given by passage id: `F7` in prose, `F7B` in column B of a row."""
    found: dict[str, Figure] = {}
    names: dict[str, str] = {}
    number = 0
    row: tuple[str, int] | None = None
    for figure in (figure for passage in passages for figure in figures[passage.id]):
        place = (figure.passage.id, figure.quote_start)
        if not figure.is_cell or place != row:
            number += 1
        row = place if figure.is_cell else None
        name = f"F{number}{letter(figure.column) if figure.is_cell else ''}"
        taken = sum(f"{name}{i or ''}" in found for i in range(10))
        name = f"{name}{taken + 1}" if taken else name
        found[name] = figure
        names.setdefault(figure.id, name)
    return Numbered(found, names, _same(found))


def _same(figures: Mapping[str, Figure]) -> dict[str, str]:
    """Of figures that are equal and said of alike, the later ones and the first one; 386人 of two things are two."""
    earlier: dict[tuple[object, ...], list[str]] = {}
    found = {}
    for name, figure in figures.items():
        number = figure.number
        if sum(map(str.isdigit, number.text)) < MIN_SAME_DIGITS:
            continue
        key = (figure.passage.report_id, number.value, number.high, number.unit, number.bound)
        known = earlier.setdefault(key, [])
        if first := next((other for other in known if _words(figures[other]) & _words(figure)), None):
            found[name] = first
        else:
            known.append(name)
    return found


def _words(figure: Figure) -> frozenset[str]:
    return words_of(f"{figure.near} {figure.before if figure.is_cell else ''} {figure.context.head}")


def passage_to_text(passage: Passage, table: Table | None, numbered: Numbered) -> str:
    """The passage's lines with the ids of its figures."""
    held = [figure for figure in numbered.figures.values() if figure.passage is passage]
    if table is None or not any(figure.is_cell for figure in held):
        return _marked(passage, 0, len(passage.text), held, numbered).strip("\n")
    return "\n".join(_table_lines(passage, table, held, numbered))


@dataclass(frozen=True, slots=True)
class _Rows:
    """A table's rows as a passage holds them."""

    passage: Passage
    table: Table
    numbered: Numbered
    cells: Mapping[tuple[int, int], Sequence[Figure]]
    """(offset of a row, column) → its figures."""
    offsets: Mapping[int, int]
    """Index of a row in the table → its offset in the passage."""
    merged: Mapping[tuple[int, int], tuple[int, int]]
    units: Mapping[int, str]

    def line(self, index: int) -> str:
        """A row, its cells parted by `｜`."""
        return "｜".join(self._cell(index, column) for column in range(len(self.table.rows[index].printed)))

    def _cell(self, index: int, column: int) -> str:
        """A cell with the ids of its figures; what a merged cell says in every place that it covers."""
        row, start = self.table.rows[index], self.offsets[index]
        text = row.printed[column]
        if not text:
            source, origin = self.merged.get((index, column), (index, column))
            text = row.filled[column] or self.table.rows[source].printed[origin]
            figures = self.cells.get((self.offsets.get(source, -1), origin), ())
            return as_data(text) + "".join(f"{{{self.numbered.names[f.id]}}}" for f in figures[:1])
        offset = self.passage.text.index(text, start + sum(len(cell) + 1 for cell in row.printed[:column] if cell))
        figures = self.cells.get((start, column), ())
        return _marked(self.passage, offset, offset + len(text), figures, self.numbered, self.units)


def _table_lines(passage: Passage, table: Table, held: Sequence[Figure], numbered: Numbered) -> Iterator[str]:
    index = {id(row): at for at, row in enumerate(table.rows)}
    offsets = {index[id(row)]: offset for offset, row in passage_rows(passage, table)}
    cells: dict[tuple[int, int], list[Figure]] = {}
    for figure in held:
        cells.setdefault((figure.quote_start, figure.column), []).append(figure)
    rows = _Rows(passage, table, numbered, cells, offsets, _merged(table), _column_units(held))
    at_offset = {offset: at for at, offset in offsets.items()}
    headers = {row_text(row) for row in table.rows[: table.header_rows]}
    if table.caption and table.caption not in passage.text:
        yield as_data(f"表：{table.caption} {table.unit}".strip())
    is_headed = False
    at = 0
    for line in passage.text.split("\n"):
        start, at = at, at + len(line) + 1
        if not is_headed and (start in at_offset or line in headers):
            is_headed = True
            yield as_data(_header(header_labels(table.rows, table.header_rows), rows.units))
        if start in at_offset:
            yield rows.line(at_offset[start])
        elif line.strip() and line not in headers:
            own = [f for f in held if not f.is_cell and start <= f.start < at]
            yield _marked(passage, start, start + len(line), own, numbered)


def _header(labels: Sequence[str], units: Mapping[int, str]) -> str:
    """`列：A 项目｜B 金额（万元）`."""
    shown = []
    for column, label in enumerate(labels):
        unit = units.get(column, "")
        ending = f"（{unit}）" if unit and unit not in label and not unit.startswith(":") else ""
        shown.append(f"{letter(column)} {label}{ending}".strip())
    return f"列：{'｜'.join(shown)}"


def _column_units(figures: Sequence[Figure]) -> dict[int, str]:
    """The one unit of each column whose figures have one; a number within a name (毕业三年晋升比例) is none of a column's."""
    found: dict[int, set[str]] = {}
    for figure in figures:
        if figure.is_cell and figure.row and figure.row.filled[figure.column].strip() == figure.number.text.strip():
            found.setdefault(figure.column, set()).add(figure.number.unit)
    return {column: units.pop() for column, units in found.items() if len(units) == 1}


def _merged(table: Table) -> dict[tuple[int, int], tuple[int, int]]:
    """(row, column) covered by a merged value → where that is printed."""
    return {
        (row, column): (at, value.column)
        for at, printed in enumerate(table.rows)
        for value in printed.merged
        for row in range(at - value.above, at + value.below + 1)
        for column in range(value.column, value.column + value.columns)
    }


def _marked(
    passage: Passage,
    start: int,
    end: int,
    figures: Sequence[Figure],
    numbered: Numbered,
    units: Mapping[int, str] | None = None,
) -> str:
    """A span of the passage, each figure followed by its id, and by what it is said of where that stands apart from it."""
    pieces = []
    at = start
    for figure in sorted(figures, key=lambda figure: figure.end):
        name = numbered.names[figure.id]
        ending = ""
        if figure.is_cell and units is not None and figure.column not in units:
            ending = figure_text(figure).removeprefix(" ".join(figure.number.text.split()))
        same = f"＝{numbered.same[name]}" if name in numbered.same else ""
        of = f"：{as_data(' '.join(figure.near.split()))}" if _is_apart(figure) else ""
        pieces.append(f"{as_data(passage.text[at : figure.end])}{ending}{{{name}{same}{of}}}")
        at = max(at, figure.end)
    return "".join([*pieces, as_data(passage.text[at:end])])


def _is_apart(figure: Figure) -> bool:
    """Whether what a figure of prose is said of is not what stands beside it: an item of `A、B分别为1人、2人`."""
    if figure.is_cell:
        return False
    own = figure.near.removesuffix(figure.after).rstrip(" ")
    return bool(own.strip()) and not figure.before.rstrip(" ").endswith(own)
