"""Passages → figures: every number of a passage with the words that say what it measures, from prose and from cells."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.numbers import cell_number, find_numbers, find_scopes
from rag.passages import section_to_passage
from rag.records import Number, Passage, Section, Table, TableRow
from rag.row_units import is_value, parted_figures, row_units
from rag.tables import header_labels, row_text
from rag.text import sentence_spans

_CLAUSE = re.compile(r"[，,；;。：:！？（）()\n]")
_ORDINAL_COLUMN = re.compile(r"^(?:序号|编号|序|No\.?|排名|名次)$", re.IGNORECASE)
_BRACKET = re.compile(r"[（(].*")
_SAYS = re.compile(r"\w")
"""What a cell has that names something: `—` and `/` do not."""
_LIST_MARK = re.compile(r"[、，,]?(?:以及|[和及与跟])?")
_ITEM_MARKS = (re.compile(r"、"), re.compile(r"、|和(?=[^、和]*$)"), re.compile(r"[、和与及跟]|以及"))
"""What parts the items of an enumeration, tried in turn: 思想和行为、学业 has two."""
_IN_TURN = re.compile(r"(?:分别|依次|各自?)[是为有占达到]*$")
MAX_COLUMNS = 256
"""Cells from which a row is read as text: no table that a reader sees has so many."""
TOTAL = re.compile(r"^(?:合计|总计|共计|小计|全校|总数|总体)")
"""How a row of totals begins."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a passage and what is said of it. Offsets are offsets in the passage's text."""

    number: Number
    passage: Passage
    start: int
    end: int
    quote_start: int
    quote_end: int
    """The sentence or table row that holds it."""
    near: str
    """Its own clause, or its row's labels."""
    before: str
    """What stands before it in its sentence, or its column's header."""
    after: str
    """What stands behind it up to the next mark; empty for a cell."""
    about: str
    """Caption, unit line and headings above."""
    is_cell: bool = False
    is_total: bool = False
    row: TableRow | None = None
    column: int = -1
    table: Table | None = None


def passage_to_figures(passage: Passage, table: Table | None = None) -> tuple[Figure, ...]:
    """Figures of a passage in order of their place. `table` is the table the passage was taken from, if any."""
    rows = dict(passage_rows(passage, table)) if table else {}
    labels = header_labels(table.rows, table.header_rows) if table else ()
    figures: list[Figure] = []
    at = 0
    for line in passage.text.splitlines(keepends=True):
        if table is not None and at in rows and len(rows[at].printed) <= MAX_COLUMNS:
            figures.extend(_row_figures(passage, table, labels, rows[at], at, at + len(line)))
        else:
            for start, end in sentence_spans(line):
                figures.extend(_sentence_figures(passage, at + start, at + end))
        at += len(line)
    return tuple(figures)


def section_to_passages(section: Section) -> Iterator[Passage]:
    """A section's tables, and the prose between them, as passages."""
    cuts = [(a, b, table_id) for table_id, a, b in section.table_spans]
    at = 0
    for start, end, table_id in [*cuts, (len(section.text), len(section.text), None)]:
        for low, high, identity in ((at, start, None), (start, end, table_id)):
            if low < high:
                yield section_to_passage(section, low, high, table_id=identity)
        at = end


def passage_rows(passage: Passage, table: Table) -> Iterator[tuple[int, TableRow]]:
    """(offset in the passage, row) of each of the table's body rows that the passage holds."""
    places: dict[str, list[int]] = {}
    for index, row in enumerate(table.rows):
        places.setdefault(row_text(row), []).append(index)
    at = position = 0
    for line in passage.text.split("\n"):
        alike = places.get(line, [])
        following = bisect_left(alike, position)
        if following < len(alike):
            position = alike[following] + 1
            if position > table.header_rows:
                yield at, table.rows[position - 1]
        at += len(line) + 1


def _sentence_figures(passage: Passage, start: int, end: int) -> Iterator[Figure]:
    sentence = passage.text[start:end]
    numbers = find_numbers(sentence)
    cuts = [match.start() for match in _CLAUSE.finditer(sentence)]
    items = listed_items(sentence, numbers)
    for index, number in enumerate(numbers):
        low, high = bisect_left(cuts, number.start), bisect_left(cuts, number.end)
        previous = max(cuts[low - 1] + 1 if low else 0, numbers[index - 1].end if index else 0)
        following = min(
            cuts[high] if high < len(cuts) else len(sentence),
            numbers[index + 1].start if index + 1 < len(numbers) else len(sentence),
        )
        yield Figure(
            number=number,
            passage=passage,
            start=start + number.start,
            end=start + number.end,
            quote_start=start,
            quote_end=start + len(sentence.rstrip()),
            near=items.get(index) or sentence[previous : number.start] + " " + sentence[number.end : following],
            before=sentence[: number.start],
            after=sentence[number.end : following],
            about=" ".join(passage.path[-2:]),
        )


def listed_items(text: str, numbers: Sequence[Number]) -> Mapping[int, str]:
    """Index of a number → what it is said of, where a list of figures follows a list of as many items or years.

    教学、管理的满意度分别为95%、96%: 95% is said of 教学, 96% of 管理的满意度.
    """
    found: dict[int, str] = {}
    for run in _number_runs(text, numbers):
        start = max((numbers[run[0] - 1].end if run[0] else 0), 0)
        before = text[start : numbers[run[0]].start]
        if items := _items_before(before, len(run)):
            found |= dict(zip(run, items, strict=True))
    return found


def _number_runs(text: str, numbers: Sequence[Number]) -> Iterator[list[int]]:
    """Indexes of two or more figures of one unit with nothing but list marks between them."""
    run: list[int] = []
    for index, number in enumerate(numbers):
        before = numbers[run[-1]] if run else None
        if before and before.unit == number.unit and _LIST_MARK.fullmatch(text, before.end, number.start):
            run.append(index)
            continue
        if len(run) > 1:
            yield run
        run = [index]
    if len(run) > 1:
        yield run


def _items_before(before: str, count: int) -> tuple[str, ...]:
    """As many items, each with the words after the list, as the nearest clause that enumerates as many."""
    if not _IN_TURN.search(before.rstrip()) and "、" not in _CLAUSE.split(before)[-1]:
        return ()
    tail = _CLAUSE.split(before)[-1]
    for clause in reversed(_CLAUSE.split(before)):
        years = next((scope.years for scope in find_scopes(clause) if len(scope.years) == count), ())
        for pieces in ([str(year) + "年" for year in years], *(mark.split(clause) for mark in _ITEM_MARKS)):
            if len(pieces) == count and all(piece.strip() for piece in pieces):
                return _with_common_end(pieces, "" if tail == clause and not years else tail)
    return ()


def _row_figures(
    passage: Passage, table: Table, labels: tuple[str, ...], row: TableRow, start: int, end: int
) -> Iterator[Figure]:
    units = row_units(table, row, labels)
    ordinals = _ordinal_columns(labels)
    names = {
        i: text for i, text in enumerate(row.filled) if _SAYS.search(text) and not is_value(text) and i not in ordinals
    }
    at = start
    for column, text in enumerate(row.printed):
        if not text:
            continue
        offset = passage.text.index(text, at)
        at = offset + len(text)
        if column in ordinals:
            continue
        beside = _beside(column, labels, names)
        others = " ".join(dict.fromkeys(name for i, name in names.items() if i in beside and name != text))
        own = labels[column] if column < len(labels) else ""
        parted = parted_figures(text, (*row.filled[:column][::-1], own))
        numbers = tuple(number for number, _ in parted) or _cell_numbers(text, units.get(column, ""))
        for index, number in enumerate(numbers):
            low = numbers[index - 1].end if index else 0
            said = parted[index][1] if parted else f"{others} {_last_clause(text[low : number.start]).lstrip('、')}"
            yield Figure(
                number=number,
                passage=passage,
                start=offset + number.start,
                end=offset + number.end,
                quote_start=start,
                quote_end=start + len(passage.text[start:end].rstrip()),
                near=said.strip(),
                before=own,
                after="" if is_value(text) else _CLAUSE.split(text[number.end :])[0],
                about=" ".join([table.caption, table.unit, *passage.path[-1:]]),
                is_cell=True,
                is_total=any(TOTAL.match(row.filled[i]) for i in beside | ordinals | {column} if i < len(row.filled)),
                row=row,
                column=column,
                table=table,
            )


def _last_clause(text: str) -> str:
    """The last clause that says something: 农民培训 before the figure of 农民培训（10期）."""
    return next((clause for clause in reversed(_CLAUSE.split(text)) if clause.strip()), "")


def _beside(column: int, labels: tuple[str, ...], names: Mapping[int, str]) -> frozenset[int]:
    """The columns whose text names a figure: all others, or where two tables stand side by side those of its own.

    Side by side (收入项目 金额 支出项目 金额) the header of its column is there twice, with a column of names between;
    or (收入·项目 收入·金额 支出·项目 支出·合计) that of the names is, with a column of figures between.
    """
    lowest = [_BRACKET.sub("", label.rpartition("·")[2]) for label in labels]
    first = lowest[min(names)] if names and min(names) < len(labels) else ""
    starts = [i for i, label in enumerate(lowest) if first and label == first]
    if len(starts) > 1 and all(b - a > 1 for a, b in pairwise(starts)):
        own = max((start for start in starts if start <= column), default=0)
        end = min((start for start in starts if start > own), default=len(labels))
        return frozenset(i for i in names if own <= i < end and i != column)
    label = labels[column] if column < len(labels) else ""
    twins = [i for i, other in enumerate(labels) if other == label and i != column] if label else []
    before = max((i for i in twins if i < column), default=-1)
    after = min((i for i in twins if i > column), default=len(labels))
    between = [i for i in names if before < i < after and i < len(labels) and labels[i] != label]
    if not between or not twins:
        return frozenset(names) - {column}
    left = [i for i in between if i < column]
    return frozenset(left if left and after < len(labels) else between)


def _cell_numbers(text: str, unit: str) -> tuple[Number, ...]:
    number = cell_number(text, unit)
    if number is not None:
        return (replace(number, start=0, end=len(text)),)
    return find_numbers(text)


def _ordinal_columns(labels: tuple[str, ...]) -> frozenset[int]:
    return frozenset(i for i, label in enumerate(labels) if _ORDINAL_COLUMN.match(label))


def _with_common_end(pieces: Sequence[str], tail: str) -> tuple[str, ...]:
    """The items with what is said of all of them: behind the last one's 的, or in the clause of the figures."""
    last, _, shared = pieces[-1].partition("的")
    return tuple(" ".join(" ".join((piece, shared, tail)).split()) for piece in (*pieces[:-1], last))
