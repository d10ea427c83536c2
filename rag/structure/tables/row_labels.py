"""Which words of a table name a cell: the names of its row, also of a merged one's rows, and its columns that only number."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.language.numbers import cell_number
from rag.language.text import unique
from rag.records import Table, TableRow
from rag.structure.tables.headers import is_label
from rag.structure.tables.joining import header_labels
from rag.structure.tables.rows import is_figure

MIN_SECTIONS = 5
"""Rows numbered like sections from which on a column without a label is known to number them."""

CACHED = 8192
"""Texts of cells that are remembered: those of a column are asked about in every row."""

_ORDINAL = re.compile(r"^(?:序号|编号|序|No\.?|排名|名次|[行栏]次)$", re.IGNORECASE)
_CODE = re.compile(r"(?:编码|代码|代号|学号|工号|文号|邮编|电话)$")
_BRACKETED = re.compile(r"[（(][^（）()]*[)）]")
_SAYS = re.compile(r"\w")
"""What a cell has that names something: `—` and `/` do not."""
_SECTION_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3})*")


@lru_cache(CACHED)
def is_value(text: str) -> bool:
    """Whether a cell holds a figure and nothing else."""
    return cell_number(text) is not None


@dataclass(frozen=True, slots=True)
class Columns:
    """What is known of a table's columns."""

    labels: tuple[str, ...]
    numbering: frozenset[int]
    """Those that only number rows or hold codes."""
    recurring: frozenset[int]
    """Those whose label is that of another too, with others between: tables side by side."""


def table_columns(table: Table) -> Columns:
    """What the header of a table, and without one its first column, says of its columns."""
    labels = header_labels(table.rows, table.header_rows)
    levels = [label.split("·") for label in labels]
    numbering = {i for i, own in enumerate(levels) if _ORDINAL.match(own[-1]) or any(map(_CODE.search, own))}
    if not any(labels) and _numbers_rows([row.printed[0] for row in table.rows if row.printed]):
        numbering.add(0)
    tails = [_BRACKETED.sub("", own[-1]) for own in levels]
    return Columns(labels, frozenset(numbering), frozenset(i for i in range(len(tails)) if _recurs(tails, i)))


def _numbers_rows(texts: Sequence[str]) -> bool:
    """Whether what a column holds of digits counts on from row to row like ordinals or section numbers."""
    found = [tuple(map(int, text.split("."))) for text in texts if _SECTION_NUMBER.fullmatch(text)]
    return len(found) >= MIN_SECTIONS and all(map(_counts_on, found, found[1:]))


def _counts_on(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    depth = len(other)
    return (depth == len(one) + 1 and other == (*one, 1)) or (
        depth <= len(one) and other[:-1] == one[: depth - 1] and other[-1] == one[depth - 1] + 1
    )


def row_names(row: TableRow, columns: Columns) -> Mapping[int, str]:
    """What names a row's figures, by column: its words, and a year or a class (35岁以下) that it begins with."""
    first = next((i for i in range(len(row.filled)) if i not in columns.numbering), 0)
    return {i: text for i, text in enumerate(row.filled) if _is_name(text, i in columns.numbering, i == first)}


def _is_name(text: str, in_numbering: bool, is_first: bool) -> bool:
    if not _SAYS.search(text) or (in_numbering and any(map(str.isdigit, text))):
        return False
    if is_first:
        return is_label(text) or not is_value(text)
    return in_numbering or not (is_value(text) or is_figure(text))


def common_names(rows: Sequence[Mapping[int, str]]) -> Mapping[int, str]:
    """What names the rows of one merged cell, by column: 甲、乙."""
    columns = sorted({column for names in rows for column in names})
    return {i: "、".join(unique(names[i] for names in rows if i in names)) for i in columns}


def names_beside(column: int, columns: Columns, names: Mapping[int, str]) -> list[str]:
    """The names of a column's figure in a row: all others, or where two tables stand side by side those of its own.

    Side by side (收入·项目 决算数 支出·项目 决算数) the label of a column of names is there twice, with others between.
    Where no column has a label (教职工 748人 专任教师 512人) the names right before a figure are its own.
    """
    if not any(columns.labels) and (right_before := _right_before(column, names)):
        return [names[i] for i in right_before]
    starts = columns.recurring & names.keys()
    if not starts:
        return [name for i, name in names.items() if i in _between_twins(column, columns.labels, names)]
    own = max((i for i in starts if i < column), default=-1)
    while own - 1 in starts:
        own -= 1
    return [name for i, name in names.items() if own <= i < column]


def _right_before(column: int, names: Mapping[int, str]) -> range:
    """The columns of names that end right before a column, where others stand further off."""
    start = column
    while start - 1 in names:
        start -= 1
    return range(start, column if len(names) > column - start else start)


def _between_twins(column: int, labels: Sequence[str], names: Mapping[int, str]) -> Collection[int]:
    """The columns of names between a column and those of the same label (收入项目 金额 支出项目 金额); else all others."""
    label = labels[column] if column < len(labels) else ""
    twins = [i for i, other in enumerate(labels) if other == label != "" and i != column]
    before = max((i for i in twins if i < column), default=-1)
    after = min((i for i in twins if i > column), default=len(labels))
    between = [i for i in names if before < i < after and i < len(labels) and labels[i] != label]
    if not between or not twins:
        return names.keys() - {column}
    left = [i for i in between if i < column]
    return left if left and after < len(labels) else between


def _recurs(tails: Sequence[str], at: int) -> bool:
    """Whether the label of a column is that of another too, with others between."""
    same = [i for i, tail in enumerate(tails) if tail == tails[at] != ""]
    return any(tails[i] != tails[at] for i in range(same[0], same[-1])) if same else False
