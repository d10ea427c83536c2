"""The units of a table row's figures: printed in the header, in the row, in a unit column or line, or implied by a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from rag.numbers import cell_number, find_scopes, unit_class, unit_in_header
from rag.records import Number, Table, TableRow

_BEFORE_UNITS = re.compile(r"^.*单位[:：]?|[\s（）()]")
_UNIT_LINE_MARK = re.compile(r"[、，,/]")
_BRACKET = re.compile(r"[（(]")
_SAYS_SOMETHING = re.compile(r"[\w%％‰℃]")
_UNIT_COLUMN = re.compile(r"^(?:计量)?单位$")
_HEADER_UNITS = (
    (re.compile(r"人次(?:数|合计|总数)?$"), "人次"),
    (
        re.compile(
            r"(?:人数?|生数|生总数|(?:学|毕业|在校)生|教师|职工|学员|员工|农民|居民|干部|军人|党员|成员|会员|志愿者|辅导员)(?:合计|总数|数量?)?$"
        ),
        "人",
    ),
    (re.compile(r"人日(?:数)?$"), "人日"),
    (re.compile(r"学时(?:总?数)?$"), "学时"),
    (re.compile(r"课时(?:总?数)?$"), "课时"),
    (re.compile(r"门数$"), "门"),
    (re.compile(r"班数$"), "个"),
    (re.compile(r"期数$"), "期"),
    (re.compile(r"项数$|项目数$"), "项"),
)
"""What a column counts whose header names it without a unit."""
_COUNTED = re.compile(r"(?:数量|个数)(?:合计|总计)?$")
"""A column that counts things it does not name."""
_MEASURE = re.compile("[率度比值额费分年]|均|标准")
"""A column of measures, whatever its rows are of."""
CACHED = 8192
"""Texts of cells that are remembered: those of a column are asked about in every row."""
_TOTAL_COLUMN = re.compile(r"^(?:合计|总计|小计|共计)$")


def row_units(table: Table, row: TableRow, labels: tuple[str, ...]) -> Mapping[int, str]:
    """The unit of each column's figure in a row: from its header, the row's own label, a unit column or the unit line."""
    of_row = _units_of_row(row)
    stated = next(
        (
            row.filled[i]
            for i, label in enumerate(labels)
            if _UNIT_COLUMN.match(label) and i < len(row.filled) and _SAYS_SOMETHING.search(row.filled[i])
        ),
        "",
    )
    of_table = unit_in_header(table.unit) or unit_in_header(table.caption)
    units: dict[int, str] = {}
    for column in range(len(row.printed)):
        label = _at(labels, column)
        units[column] = label_unit(label) or _implied_unit(label, of_table) or of_row[column] or stated or of_table
    units |= _listed_units(table, row, units)
    counted = (column for column, unit in units.items() if not unit and _COUNTED.search(_at(labels, column)))
    units |= dict.fromkeys(counted, "个")
    units |= _counted_by_row(row, labels, units)
    totals = [column for column in units if column < len(labels) and _TOTAL_COLUMN.match(labels[column])]
    summed = {unit for column, unit in units.items() if unit and column not in totals and is_value(row.filled[column])}
    return units | (dict.fromkeys(totals, summed.pop()) if len(summed) == 1 else {})


def _units_of_row(row: TableRow) -> Sequence[str]:
    """For each column, the unit that the nearest label before it in the row states, else the first one of the row."""
    stated = ["" if is_value(text) else label_unit(text) for text in row.filled]
    first = next(filter(None, stated), "")
    return [next(filter(None, stated[:column][::-1]), first) for column in range(len(row.printed))]


def _counted_by_row(row: TableRow, labels: Sequence[str], units: Mapping[int, str]) -> Mapping[int, str]:
    """The unit of the whole numbers of a row whose label says what is counted (社团数量, 现有成员), where no header does."""
    names = [text for text in row.filled if text and not is_value(text)]
    unit = next((u for name in names if (u := _implied_unit(name, "") or ("个" if _COUNTED.search(name) else ""))), "")
    bare = (column for column, other in units.items() if not other and not _MEASURE.search(_at(labels, column)))
    return {column: unit for column in bare if unit and row.filled[column].strip().isdecimal()}


def _listed_units(table: Table, row: TableRow, units: Mapping[int, str]) -> Mapping[int, str]:
    """Units of a line that names one for each column of figures (单位：个、人), for columns that have none."""
    listed = [unit_in_header(f"（{part}）") for part in _UNIT_LINE_MARK.split(_BEFORE_UNITS.sub("", table.unit))]
    columns = [column for column in units if is_value(row.filled[column])]
    if len(listed) < 2 or not all(listed) or len(listed) != len(columns):
        return {}
    return {column: unit for column, unit in zip(columns, listed, strict=True) if not units[column]}


def _at(labels: Sequence[str], column: int) -> str:
    return labels[column] if column < len(labels) else ""


def parted_figures(text: str, labels: Sequence[str]) -> tuple[tuple[Number, str], ...]:
    """The figures of a cell like `12/34` under a label of as many parts (课程门数/学时总数), each with its own."""
    pieces = text.split("/")
    plain = (label.split("/") for label in labels if "/" in label and not _BRACKET.search(label))
    names = next((parts for parts in plain if len(parts) == len(pieces) and all(map(str.strip, parts))), None)
    if names is None or find_scopes(f"{text}学年"):
        return ()
    found, at = [], 0
    for piece, name in zip(pieces, names, strict=True):
        number = cell_number(piece, label_unit(name) or _implied_unit(name, ""))
        if number is None:
            return ()
        found.append((replace(number, start=at, end=at + len(piece)), name))
        at += len(piece) + 1
    return tuple(found)


@lru_cache(CACHED)
def label_unit(text: str) -> str:
    """The unit a header or row label states, also behind its last bracket: C类课（课程数比例）%."""
    tail = re.split(r"[)）\]】]", text)[-1]
    return unit_in_header(text) or (unit_in_header(tail) if tail and tail != text else "") or _percent_at_end(text)


def _percent_at_end(text: str) -> str:
    return "%" if re.search(r"[^\d\s][%％]$", text) else ""


@lru_cache(CACHED)
def _implied_unit(header: str, of_table: str) -> str:
    """What a header counts; in the scale of the unit line where that counts the same (单位：万人)."""
    implied = next((unit for pattern, unit in _HEADER_UNITS if pattern.search(header)), "")
    return of_table if implied and implied in of_table and unit_class(implied) == unit_class(of_table) else implied


@lru_cache(CACHED)
def is_value(text: str) -> bool:
    """Whether a cell holds a figure and nothing else."""
    return cell_number(text) is not None
