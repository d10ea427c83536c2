"""The units of a table row's figures: printed in the header, in the row, in a unit column or line, or implied by a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from rag.language.numbers import cell_number, find_scopes, unit_class, unit_in_header
from rag.records import Number, Table, TableRow
from rag.structure.tables.row_labels import Columns, is_value, names_beside

_BEFORE_UNITS = re.compile(r"^.*单位[:：]?|[\s（）()]")
_UNIT_LINE_MARK = re.compile(r"[、，,/]")
_BRACKET = re.compile(r"[（(]")
_SAYS_SOMETHING = re.compile(r"[\w%％‰℃]")
_TIMES = re.compile(r"人[（(]次[)）]")
_UNIT_COLUMN = re.compile(r"^(?:计量)?单位$")
_HEADER_UNITS = (
    (re.compile(r"人次(?:数|合计|总数)?$"), "人次"),
    (
        re.compile(
            r"(?:人数?|生数|生总数|(?:学|毕业|在校|本科|专科|高职|研究|博士|硕士|留学|预科)生|教师|职工|学员|员工|农民|居民|干部|军人|党员|成员|会员|志愿者|辅导员)(?:合计|总数|数量?)?$"
        ),
        "人",
    ),
    (re.compile(r"(?:招生计划|计划招生|录取|报到|报名|招生|招收|毕业|就业|升学)(?:总?数|人数)$"), "人"),
    (re.compile(r"人日(?:数)?$"), "人日"),
    (re.compile(r"学时(?:总?数)?$"), "学时"),
    (re.compile(r"课时(?:总?数)?$"), "课时"),
    (re.compile(r"门次(?:数)?$"), "门次"),
    (re.compile(r"门数$"), "门"),
    (re.compile(r"生师比$"), ":1"),
    (re.compile(r"班数$"), "个"),
    (re.compile(r"期数$"), "期"),
    (re.compile(r"项数$|项目数$"), "项"),
)
"""What a column counts whose header names it without a unit."""
_SCORE = re.compile(r"(?<!学)(?<!部)分(?:数线?|线)?$|控制线$")
"""A level of a header that names scores."""
_RATE = re.compile(r"(?:率|占比|比例|比重)$")
"""A level of a header that names rates, which are no number of what the table counts."""
_FRACTION = re.compile(r"\d\.\d")
_COUNTED = re.compile(r"(?:数量|个数)(?:合计|总计)?$")
"""A column that counts things it does not name."""
_OF_PEOPLE = re.compile(r"^(?:最高)?(?:职称|专业技术职务|学位|学历|年龄|性别|学缘)(?:结构)?$")
"""A label over columns that count people."""
_MEASURE = re.compile("[率度比值额费分年]|均|标准")
"""A column of measures, whatever its rows are of."""
_SHARE = re.compile(r"占比|率$|比例|比重|百分比|[增涨降]幅|[%％]")
"""A column of shares."""
_AMOUNT = re.compile(r"^(?!.*(?:增减|变化|同比|增长|与上年))")
"""A column beside those of shares that is none of changes, which may be given as such or as a share."""
_NUMBER = re.compile(r"[数量]$")
"""A column that says it counts."""
CACHED = 8192
"""Texts of cells that are remembered: those of a column are asked about in every row."""
_TOTAL_COLUMN = re.compile(r"^(?:合计|总计|小计|共计)$")


def row_units(table: Table, row: TableRow, columns: Columns, names: Mapping[int, str]) -> Mapping[int, str]:
    """The unit of each column's figure in a row: printed in its header, in the names beside it, in a unit column or line;
    else the one its header or its row implies."""
    labels = columns.labels
    stated = next(
        (
            row.filled[i]
            for i, label in enumerate(labels)
            if _UNIT_COLUMN.match(label) and i < len(row.filled) and _is_unit(row.filled[i])
        ),
        "",
    )
    of_table = unit_in_header(table.unit) or unit_in_header(table.caption)
    units: dict[int, str] = {}
    for column in range(len(row.printed)):
        label = _at(labels, column)
        of_row = next((unit for name in names_beside(column, columns, names) if (unit := label_unit(name))), "")
        units[column] = (
            label_unit(label) or of_row or _implied_unit(label, of_table) or stated or _fitting(of_table, label)
        )
    units |= _listed_units(table, row, units, columns)
    units |= _counted_by_row(row, columns, units, names)
    counted = (
        column
        for column, unit in units.items()
        if not unit and _COUNTED.search(_at(labels, column)) and not _FRACTION.search(row.filled[column])
    )
    units |= dict.fromkeys(counted, "个")
    totals = [column for column in units if column < len(labels) and _TOTAL_COLUMN.match(labels[column])]
    summed = {unit for column, unit in units.items() if unit and column not in totals and is_value(row.filled[column])}
    return units | (dict.fromkeys(totals, summed.pop()) if len(summed) == 1 else {})


def _counted_by_row(
    row: TableRow, columns: Columns, units: Mapping[int, str], names: Mapping[int, str]
) -> Mapping[int, str]:
    """The unit of the whole numbers of a row whose names say what is counted (社团数量, 现有成员), where no header does."""
    found: dict[int, str] = {}
    for column, unit in units.items():
        label = _at(columns.labels, column)
        if unit or _MEASURE.search(label) or not row.filled[column].strip().isdecimal():
            continue
        beside = names_beside(column, columns, names)
        implied = (_implied_unit(name, "") or ("个" if _COUNTED.search(name) else "") for name in beside)
        levels = label.split("·")[:-1]
        found[column] = next(filter(None, implied), "人" if any(map(_OF_PEOPLE.match, levels)) else "")
    return {column: unit for column, unit in found.items() if unit}


def _listed_units(table: Table, row: TableRow, units: Mapping[int, str], columns: Columns) -> Mapping[int, str]:
    """Units of a line that names several (单位：个、人), for the columns of figures that have none: one for each column in
    turn where there are as many, else the one that a column's header fits, and what no header claims for the others."""
    listed = [unit_in_header(f"（{part}）") for part in _UNIT_LINE_MARK.split(_BEFORE_UNITS.sub("", table.unit))]
    values = [column for column in units if is_value(row.filled[column])]
    if len(listed) < 2 or not all(listed):
        return {}
    if len(listed) == len(values):
        return {column: unit for column, unit in zip(values, listed, strict=True) if not units[column]}
    fitting = {column: _fitting_unit(_at(columns.labels, column), listed) for column in values if not units[column]}
    claimed = {*fitting.values(), *units.values(), "%"}
    left = [unit for unit in listed if unit not in claimed]
    beside = _AMOUNT if "%" in listed else _NUMBER
    rest = {column: left[0] for column in fitting if len(left) == 1 and beside.search(_at(columns.labels, column))}
    return {column: unit or rest.get(column, "") for column, unit in fitting.items()}


def _fitting_unit(label: str, listed: Sequence[str]) -> str:
    """The one of some units that a header fits: % of a share, what one of its levels counts."""
    if _SHARE.search(label):
        return "%" if "%" in listed else ""
    implied = (_implied_unit(level, "") for level in reversed(label.split("·")))
    return next((unit for unit in implied if unit in listed), "")


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
    """The unit a header or row label states, also behind its last bracket (C类课（课程数比例）%), or as its last level (·元)."""
    text = _TIMES.sub("人次", text)
    tails = (re.split(r"[)）\]】]", text)[-1], text.rpartition("·")[2])
    stated = (unit_in_header(tail) for tail in tails if tail and tail != text)
    return unit_in_header(text) or next(filter(None, stated), "") or _percent_at_end(text)


def _percent_at_end(text: str) -> str:
    return "%" if re.search(r"[^\d\s][%％]$", text) else ""


def _is_unit(text: str) -> bool:
    """Whether the cell of a 单位 column names a unit, and not the organisation that a row is of."""
    return _SAYS_SOMETHING.search(text) is not None and (unit_class(text) != "other" or len(text) <= 2)


def _fitting(of_table: str, label: str) -> str:
    """The unit of a table where it may be a column's: what counts people is no unit of a rate."""
    is_count = unit_class(of_table) == "count"
    return "" if is_count and any(_RATE.search(level) for level in label.split("·")) else of_table


@lru_cache(CACHED)
def _implied_unit(header: str, of_table: str) -> str:
    """What a header counts; in the scale of the unit line where that counts the same (单位：万人)."""
    implied = next((unit for pattern, unit in _HEADER_UNITS if pattern.search(header)), "")
    if not implied and any(_SCORE.search(level) for level in header.split("·")):
        return "分"
    return of_table if implied and implied in of_table and unit_class(implied) == unit_class(of_table) else implied
