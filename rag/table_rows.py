"""The rows of a table: spread out from grids, put together over a page break, header told from body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.records import Grid, Origin, TableRow
from rag.text import join_lines, matching_key

MAX_HEADER_DEPTH = 4
MAX_LABEL = 40
"""Characters of a header cell over figures."""
MAX_WORD_LABEL = 16
"""Characters of a header cell known only by its wording."""
MAX_ALIKE = 0.3
"""Share of cells below a label that may end as it does."""
FIGURE_SHARE = 0.8
"""Share of a column's cells that are figures in a column of figures."""
MIN_WITNESSES = 2
"""Rows needed to say that a column is never empty."""

UNSURE_MERGE = "跨页处有单元格为空，不能确定是否属于上一页的合并单元格，未作填补。"
REJOINED = "有一行被分页断开，已接成一行。"

_FIGURE = re.compile(
    r"[<>≥≤＞＜约近]?\s*[-+−±]?\d[\d,，.]*\s*(?:[%％‰]|[:：/]\s*\d[\d.]*)?\s*[\u4e00-\u9fff]{0,3}(?:[（(].*[）)])?"
)
_YEAR = re.compile(r"(?:19|20)\d{2}\s*(?:$|年|学年|届|级|[-—－–/])")
_BLANK = re.compile(r"[-—－–/\\\s*]*|无")
_LABEL = re.compile(
    r"(序号|编号|名称?|项目|类[别型]?|体系|单位|年[份度]|备注|级|等级|级别|层次|时间|日期|内容|专业(?:[（(]群[）)])?|学院|院[部系]|系部|数量?|率|"
    r"比例|占比|比重|指标|机构|情况|[合总]计|职[务称业]|地[点区]|对象|性别|学校|部门|来源|金额|排名|等次|企业|公司|证书|课程|成果|奖项|学历|性质|"
    r"方[式向]|行业|途径|人员?|说明|标准|结果|值|额|分|成员|平台|领域|作品|赛项|荣誉)(?:\s*[（(][^（）()]*[）)])?$"
)
"""How the label of a column ends."""
_TOTAL = re.compile(r"(?:合|总|小|共)计")


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row with, for each column, the cell that covers it."""

    printed: tuple[str, ...]
    filled: tuple[str, ...]
    heights: tuple[int, ...]
    """Rows covered by the cell in each column."""
    widths: tuple[int, ...]
    """Columns covered by it."""
    page: int | None
    label: str | None
    origin: Origin = Origin.PRINTED
    score: float = 1.0

    def as_table_row(self) -> TableRow:
        """The row as it is kept."""
        return TableRow(self.printed, self.filled, self.page, self.label, self.origin, self.score)


def grid_rows(grid: Grid, page: int | None, label: str | None) -> list[GridRow]:
    """The rows of a grid; a place that no cell covers is empty."""
    shape = range(grid.row_count)
    printed = [[""] * grid.column_count for _ in shape]
    filled = [[""] * grid.column_count for _ in shape]
    heights = [[1] * grid.column_count for _ in shape]
    widths = [[1] * grid.column_count for _ in shape]
    scores = [1.0 for _ in shape]
    for cell in grid.cells:
        scores[cell.row] = min(scores[cell.row], cell.score)
        printed[cell.row][cell.column] = cell.text
        for row in range(cell.row, min(cell.row + cell.row_span, grid.row_count)):
            for column in range(cell.column, min(cell.column + cell.column_span, grid.column_count)):
                filled[row][column] = cell.text
                heights[row][column] = cell.row_span
                widths[row][column] = cell.column_span
    return [
        GridRow(
            tuple(printed[row]),
            tuple(filled[row]),
            tuple(heights[row]),
            tuple(widths[row]),
            page,
            label,
            grid.origin,
            scores[row],
        )
        for row in shape
    ]


def is_figure(text: str) -> bool:
    """Whether a cell holds a figure, perhaps with its unit; a year is a label."""
    return bool(_FIGURE.fullmatch(text.strip())) and not _YEAR.match(text.strip())


def figure_columns(rows: Sequence[GridRow]) -> list[bool]:
    """Whether each column of some rows holds figures and little else."""
    columns = zip(*(row.filled for row in rows), strict=True) if rows else ()
    return [_share([text for text in column if not _BLANK.fullmatch(text)]) >= FIGURE_SHARE for column in columns]


def _share(texts: Sequence[str]) -> float:
    return sum(map(is_figure, texts)) / len(texts) if texts else 0.0


def count_header_rows(rows: Sequence[GridRow]) -> int:
    """How many leading rows are a header, 0 for a table of labels and values; in doubt 0."""
    titles = 0
    while titles < len(rows) - 2 and _is_title(rows[titles]):
        titles += 1
    depth = _depth(rows[titles:])
    head, body = rows[titles : titles + depth], rows[titles + depth :]
    if not body or not all(map(_is_labels, head)):
        return 0
    named = head[-1].filled
    over_figures = any(figures and named[column] for column, figures in enumerate(figure_columns(body)))
    return titles + depth if over_figures or _is_worded(named, body) else 0


def _is_worded(labels: Sequence[str], body: Sequence[GridRow]) -> bool:
    """Whether most of a row's cells end like labels, and those below them do not end alike."""
    columns = zip(labels, zip(*(row.filled for row in body), strict=True), strict=True)
    named = sum(
        bool(ending := label_ending(label))
        and sum(label_ending(text) == ending for text in column) <= MAX_ALIKE * len(column)
        for label, column in columns
    )
    return len(labels) > 1 and named * 2 > len(labels)


def label_ending(text: str) -> str:
    """How the label of a column ends (名称, 人数, 备注), empty for other words."""
    found = _LABEL.search(text) if len(text) <= MAX_WORD_LABEL else None
    return found.group(1) if found else ""


def _is_title(row: GridRow) -> bool:
    return row.widths[0] == len(row.widths) > 1 and 0 < len(row.filled[0]) <= MAX_LABEL


def _depth(rows: Sequence[GridRow]) -> int:
    """Levels a header has if the first of some rows begins one: more than one only where a label spans columns."""
    first = rows[0]
    if all(width == 1 for width in first.widths):
        return 1
    depth = max([2, *(height for height, width in zip(first.heights, first.widths, strict=True) if width == 1)])
    return depth if depth <= min(MAX_HEADER_DEPTH, len(rows) - 1) and all(map(_is_labels, rows[:depth])) else 1


def _is_labels(row: GridRow) -> bool:
    """Whether a row can be a header: short labels in nearly all columns, no figure among them."""
    empty = sum(not text for text in row.filled)
    short = all(len(text) <= MAX_LABEL for text in row.filled)
    several = len(set(row.filled)) > 1 or len(row.filled) == 1
    return short and several and empty <= len(row.filled) // 3 and not any(map(is_figure, row.filled))


def shared_header(rows: Sequence[GridRow], further: Sequence[GridRow]) -> int:
    """How many leading rows are printed alike in both: a header repeated on the next page."""
    count = 0
    for one, other in zip(rows, further, strict=False):
        keys = [[matching_key(text) for text in row.filled] for row in (one, other)]
        if keys[0] != keys[1] or not any(keys[0]) or any(map(is_figure, one.filled)):
            break
        count += 1
    return min(count, MAX_HEADER_DEPTH)


def begins_another(rows: Sequence[GridRow], further: Sequence[GridRow]) -> bool:
    """Whether rows on the next page open with a header of their own, unlike the one above."""
    own, known = count_header_rows(further), count_header_rows(rows)
    if not own or not known:
        return False
    above, below = figure_columns(rows[known:]), figure_columns(further[own:])
    label = further[own - 1].filled
    over_figures = any(one and other and text for one, other, text in zip(above, below, label, strict=True))
    return over_figures or not any(above)


def appended(
    rows: Sequence[GridRow], further: Sequence[GridRow], header: int, *, open_border: bool
) -> tuple[list[GridRow], list[str]]:
    """Rows with those of the next page, a row split by the break rejoined and merged cells carried over it."""
    if not further or len(rows) <= header:
        return [*rows, *further], []
    others = [*rows[header:-1], *further[1:]]
    if _is_fragment(rows[-1], further[0], others, open_border):
        return _rejoined(rows, further, header), [REJOINED]
    return _carried(rows, further, header)


def _never_empty(others: Sequence[GridRow], columns: int) -> set[int]:
    if len(others) < MIN_WITNESSES:
        return set()
    return {column for column in range(columns) if all(row.filled[column] for row in others)}


def _is_fragment(last: GridRow, first: GridRow, others: Sequence[GridRow], open_border: bool) -> bool:
    """Whether a row only goes on with the last one of the page before: together they fill what no row leaves empty."""
    if max(*first.widths, *last.widths, 1) > 1 or not any(first.printed):
        return False
    needed = _never_empty(others, len(first.printed))
    figures = {column for column, yes in enumerate(figure_columns(others)) if yes}
    if any(last.filled[column] and first.printed[column] for column in figures):
        return False
    whole = all(last.filled[column] or first.printed[column] for column in needed)
    if not whole or (last.printed[0] and first.printed[0] and not open_border):
        return False
    lacking = {column for column in needed if not first.printed[column] and first.heights[column] == 1}
    if open_border:
        return bool(lacking) or any(not last.filled[column] for column in needed)
    return bool(lacking & figures) or len(lacking) * 2 > len(needed)


def _rejoined(rows: Sequence[GridRow], further: Sequence[GridRow], header: int) -> list[GridRow]:
    """The split row as one, and each merged cell it lies in as one over all rows that cell covers."""
    above, below = list(rows), list(further)
    last, first = rows[-1], further[0]
    for column, text in enumerate(first.printed):
        anchor = len(rows) - min(last.heights[column], len(rows) - header)
        whole = join_lines(last.filled[column], text)
        above[anchor] = _with(above[anchor], column, join_lines(above[anchor].printed[column], text), printed=True)
        above[anchor:] = [_with(row, column, whole) for row in above[anchor:]]
        reach = min(first.heights[column], len(further))
        below[:reach] = [_with(row, column, whole) for row in below[:reach]]
    return above + below[1:]


def _carried(rows: Sequence[GridRow], further: Sequence[GridRow], header: int) -> tuple[list[GridRow], list[str]]:
    """Merged cells that go on over the break, told by their span and by a column that is never empty otherwise."""
    above, below = list(rows), list(further)
    last, first = rows[-1], further[0]
    doubts = []
    for column in range(len(first.printed)):
        reach_up, reach_down = min(last.heights[column], len(rows) - header), min(first.heights[column], len(further))
        others = [*rows[header : len(rows) - reach_up], *further[reach_down:]]
        if bool(last.filled[column]) == bool(first.filled[column]) or column not in _never_empty(others, column + 1):
            continue
        if max(reach_up, reach_down) == 1 or first.widths[column] > 1 or last.widths[column] > 1:
            doubts.append(UNSURE_MERGE)
        elif last.filled[column]:
            below[:reach_down] = [_with(row, column, last.filled[column]) for row in below[:reach_down]]
        else:
            above[-reach_up:] = [_with(row, column, first.filled[column]) for row in above[-reach_up:]]
    return above + below, doubts


def _with(row: GridRow, column: int, text: str, *, printed: bool = False) -> GridRow:
    cells = row.printed if printed else row.filled
    changed = (*cells[:column], text, *cells[column + 1 :])
    return replace(row, printed=changed) if printed else replace(row, filled=changed)


def filled_down(rows: Sequence[GridRow], header: int) -> list[GridRow]:
    """Rows of a text file's table with the leading category told for each row below it that leaves it empty.

    Only where each category is printed once, at the first of its rows, and every row is otherwise complete.
    """
    body = list(rows[header:])
    if len(body) < MIN_WITNESSES + 1 or any(height > 1 for row in rows for height in row.heights):
        return list(rows)
    column = 1 if figure_columns(body)[0] and all(row.filled[0] for row in body) else 0
    texts = [row.filled[column] for row in body] if column < len(body[0].filled) - 1 else []
    named = [text for text in texts if text]
    if not named or not texts[0] or len(named) == len(texts) or len(set(named)) < len(named):
        return list(rows)
    always = [
        other for other in range(len(body[0].filled)) if other != column and all(row.filled[other] for row in body)
    ]
    totals = any(_TOTAL.search("".join(row.filled)) for row, text in zip(body, texts, strict=True) if not text)
    if len(always) * 2 < len(body[0].filled) - 1 or totals:
        return list(rows)
    current, out = "", list(rows[:header])
    for row, text in zip(body, texts, strict=True):
        current = text or current
        out.append(_with(row, column, current))
    return out
