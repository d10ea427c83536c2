"""Passages → figures: every number of a passage with the words that say what it measures, from prose and from cells."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.figures.row_units import parted_figures, row_units
from rag.language.clauses import CLAUSE
from rag.language.numbers import cell_number, find_numbers, find_scopes
from rag.language.text import sentence_spans, unique
from rag.records import Figure, FigureContext, Number, Passage, Section, Table, TableRow
from rag.structure.passages import section_to_passage
from rag.structure.tables.joining import row_text
from rag.structure.tables.row_labels import Columns, common_names, is_value, names_beside, row_names, table_columns

_LIST_MARK = re.compile(r"[、，,]?(?:以及|[和及与跟])?")
_ITEM_MARKS = (re.compile(r"、"), re.compile(r"、|和(?=[^、和]*$)"), re.compile(r"[、和与及跟]|以及"))
"""What parts the items of an enumeration, tried in turn: 思想和行为、学业 has two."""
_IN_TURN = re.compile(r"(?:分别|依次|各自?)[是为有占达到]*$")
_RELATES = re.compile(
    r"[，,；;\s]*(?:分别|各自?|依次|均)?(?:(?P<share>占)[^、，,；;。]*|(?:比|较|同比|环比)[^、，,；;。]*)"
)
"""What relates a list of figures to the one before it."""
_RANK = re.compile(r"[一二三四五六七八九十\dA-Z甲乙丙丁](?![\dA-Z])")
_RANKED = re.compile(r"(?<![\dA-Z])[一二三四五六七八九十\dA-Z甲乙丙丁]$")
_ENDS = {
    "人": re.compile(
        r"(?:教师|教职工|职工|人员|人才|学生|新生|[毕结]业生|在校生|本科生|专科生|研究生|留学生|干部|专家|学员|党员|教授|讲师|博士|硕士)$"
    ),
    "%": re.compile(r"(?:满意度|率|比例|占比|比重)$"),
}
"""By the unit of the figures, ends that the items of a list may share: of those who are counted, of a measure."""
_TITLES = re.compile(r"(?<!单位)(?<!学校)(?<!学院)名称$|题[目名]$|标题$")
"""A column of titles: a numeral in one (…的十年探索) is a word of it."""
MAX_COLUMNS = 256
"""Cells from which a row is read as text: no table that a reader sees has so many."""
TOTAL = re.compile(r"^(?:合计|总计|共计|小计|全校|总数|总体)")
"""How a row of totals begins."""


def passage_to_figures(passage: Passage, table: Table | None = None) -> tuple[Figure, ...]:
    """Figures of a passage in order of their place; the labels of a header hold none.

    `table` is the table the passage was taken from, if any.
    """
    rows = dict(_placed_rows(passage, table)) if table else {}
    columns = table_columns(table) if table and rows and len(table.rows[0].printed) <= MAX_COLUMNS else None
    figures: list[Figure] = []
    at = 0
    for line in passage.text.splitlines(keepends=True):
        if table is not None and columns is not None and at in rows:
            if rows[at] >= table.header_rows:
                cells = _row_cells(table, rows[at], columns)
                figures.extend(_row_figures(passage, table, table.rows[rows[at]], cells, (at, at + len(line))))
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
    placed = _placed_rows(passage, table)
    return ((offset, table.rows[index]) for offset, index in placed if index >= table.header_rows)


def _placed_rows(passage: Passage, table: Table) -> Iterator[tuple[int, int]]:
    """(offset in the passage, index of the row) of each of the table's rows that the passage holds."""
    indexes: dict[str, list[int]] = {}
    for index, row in enumerate(table.rows):
        indexes.setdefault(row_text(row), []).append(index)
    offset, position = 0, 0
    for line in passage.text.split("\n"):
        own = indexes.get(line, [])
        at = bisect_left(own, position)
        if at < len(own):
            yield offset, own[at]
            position = own[at] + 1
        offset += len(line) + 1


def _sentence_figures(passage: Passage, start: int, end: int) -> Iterator[Figure]:
    sentence = passage.text[start:end]
    numbers = find_numbers(sentence)
    cuts = [match.start() for match in CLAUSE.finditer(sentence)]
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

    教学、管理的满意度分别为95%、96%: 95% is said of 教学, 96% of 管理的满意度. A list that relates to the one before it
    (，占全校的5%、6%) is said of the same items in turn.
    """
    found: dict[int, str] = {}
    items: tuple[str, ...] = ()
    for run in _number_runs(text, numbers):
        start = max((numbers[run[0] - 1].end if run[0] else 0), 0)
        before = text[start : numbers[run[0]].start]
        told = len(items) == len(run) and run[0] - 1 in found and _RELATES.fullmatch(before)
        if told:
            said = tuple(f"{_IN_TURN.sub('', item)} {told['share'] or told[0].strip('，, ')}" for item in items)
        else:
            said = items = _items_before(before, len(run), numbers[run[0]].unit)
        found |= dict(zip(run, said, strict=True)) if said else {}
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


def _items_before(before: str, count: int, unit: str) -> tuple[str, ...]:
    """As many items, each with the words after the list, as the nearest clause that enumerates as many."""
    if not _IN_TURN.search(before.rstrip()) and "、" not in CLAUSE.split(before)[-1]:
        return ()
    tail = CLAUSE.split(before)[-1]
    for clause in reversed(CLAUSE.split(before)):
        years = next((scope.years for scope in find_scopes(clause) if len(scope.years) == count), ())
        for pieces in ([str(year) + "年" for year in years], *(mark.split(clause) for mark in _ITEM_MARKS)):
            if len(pieces) == count and all(piece.strip() for piece in pieces):
                return _with_common_end(pieces, unit, "" if tail == clause and not years else tail)
    return ()


@dataclass(frozen=True, slots=True)
class _CellLabels:
    """What names the figures of one cell."""

    columns: tuple[str, ...]
    rows: tuple[str, ...]
    """The names of its row; of a merged cell those of all its rows."""
    unit: str
    is_total: bool


def _row_cells(table: Table, index: int, columns: Columns) -> Mapping[int, _CellLabels]:
    """The labels of each cell of a row that may hold figures, by column."""
    row = table.rows[index]
    labels, names = columns.labels, row_names(row, columns)
    units = row_units(table, row, columns, names)
    merged = {value.column: value for value in row.merged}
    found: dict[int, _CellLabels] = {}
    for column, text in enumerate(row.printed):
        if not text or column in columns.numbering or (column in names and is_value(text)):
            continue
        named, across = names, range(column, column + 1)
        if (value := merged.get(column)) is not None:
            across = range(column, column + value.columns)
            covered = table.rows[index - value.above : index + value.below + 1]
            named = common_names([row_names(other, columns) for other in covered])
        beside = names_beside(column, columns, named)
        stated = {units.get(i, "") for i in across}
        found[column] = _CellLabels(
            columns=unique(labels[i] for i in across if i < len(labels) and labels[i]),
            rows=unique(name for name in beside if name != text),
            unit=stated.pop() if len(stated) == 1 else "",
            is_total=any(map(TOTAL.match, beside)),
        )
    return found


def _row_figures(
    passage: Passage, table: Table, row: TableRow, cells: Mapping[int, _CellLabels], span: tuple[int, int]
) -> Iterator[Figure]:
    at, (start, end) = span[0], span
    for column, text in enumerate(row.printed):
        offset = passage.text.index(text, at)
        at = offset + len(text)
        if (cell := cells.get(column)) is None:
            continue
        header, name = "、".join(cell.columns), " ".join(cell.rows)
        context = FigureContext(rows=cell.rows, columns=_levels(cell.columns))
        parted = parted_figures(text, (*row.filled[:column][::-1], header))
        numbers = tuple(number for number, _ in parted) or _cell_numbers(text, cell.unit)
        if any(map(_TITLES.search, cell.columns)):
            numbers = tuple(number for number in numbers if number.text[0].isdecimal())
        for nth, number in enumerate(numbers):
            low = numbers[nth - 1].end if nth else 0
            own = _last_clause(text[low : number.start]).lstrip("、")
            yield Figure(
                number=number,
                passage=passage,
                start=offset + number.start,
                end=offset + number.end,
                quote_start=start,
                quote_end=start + len(passage.text[start:end].rstrip()),
                near=parted[nth][1] if parted else f"{name} {own}".strip(),
                before=header,
                after="" if is_value(text) else CLAUSE.split(text[number.end :])[0],
                about=" ".join([table.caption, table.unit, *passage.path[-1:]]),
                is_cell=True,
                is_total=cell.is_total,
                row=row,
                column=column,
                table=table,
                context=context,
            )


def _levels(labels: Sequence[str]) -> tuple[str, ...]:
    """The levels of a column's header, topmost first; of a cell over several columns those of all of them."""
    return unique(level for label in labels for level in label.split("·") if level)


def _last_clause(text: str) -> str:
    """The last clause that says something: 农民培训 before the figure of 农民培训（10期）."""
    return next((clause for clause in reversed(CLAUSE.split(text)) if clause.strip()), "")


def _cell_numbers(text: str, unit: str) -> tuple[Number, ...]:
    number = cell_number(text, unit)
    if number is not None:
        return (replace(number, start=0, end=len(text)),)
    return find_numbers(text)


def _with_common_end(pieces: Sequence[str], unit: str, tail: str) -> tuple[str, ...]:
    """The items with what is said of all of them: behind the last one's 的, at the end of the last, or in the clause of the
    figures."""
    last, _, shared = pieces[-1].partition("的")
    items = (*pieces[:-1], last) if shared else _with_shared_end(pieces, unit)
    return tuple(" ".join(" ".join((piece, shared, tail)).split()) for piece in items)


def _with_shared_end(pieces: Sequence[str], unit: str) -> tuple[str, ...]:
    """Items of which only the last has the end of all: 大赛一、二、三等奖, 高级职称、博士学位教师 counted in 人, 毕业、就业率 in %."""
    first, last = _RANKED.search(pieces[0]), _RANK.match(pieces[-1])
    if first and last and last.end() < len(pieces[-1]) and all(map(_RANK.fullmatch, pieces[1:-1])):
        end, front = pieces[-1][last.end() :], pieces[0][: first.start()]
        return (pieces[0] + end, *(front + piece + end for piece in pieces[1:-1]), front + pieces[-1])
    pattern = _ENDS.get(unit)
    shared = pattern.search(_IN_TURN.sub("", pieces[-1])) if pattern else None
    if pattern and shared and shared.start() and not any(map(pattern.search, pieces[:-1])):
        return (*(piece + shared[0] for piece in pieces[:-1]), pieces[-1])
    return tuple(pieces)
