"""XLSX files as one page: each sheet a heading, its tables as grids of what the cells show, its lines of text as lines."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rag.errors import UnreadableFileError
from rag.language.text import clean_line, lowered, raised
from rag.readers.number_formats import shown
from rag.records import Cell, Grid, Line, Page, ReadFile

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MAX_CELLS = 400_000
"""Cells with content; a larger file is data, no report."""
MAX_COLUMNS = 200
"""Further columns to the right are not read."""

_BROKEN = "Excel 文件已损坏，打不开；请用 Excel 或 WPS 打开后另存为 XLSX，再添加。"
_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Block:
    """Cells of a sheet that stand together: text and span by place, rows and columns renumbered from 0."""

    texts: Mapping[_Place, str]
    spans: Mapping[_Place, _Place]
    rows: int
    columns: int


def read_xlsx(data: bytes) -> ReadFile:
    """An Excel file as one page without a number; raises UnreadableFileError where it cannot be opened or is empty."""
    try:
        book, formulas = _opened(data, data_only=True), _opened(data, data_only=False)
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # openpyxl raises anything at all on missing or malformed parts
        raise UnreadableFileError(_BROKEN) from error
    left_out: Counter[str] = Counter()
    items = [item for name in book.sheetnames for item in _sheet_items(book[name], formulas[name], left_out)]
    if not any(isinstance(item, Grid) or item.heading_level is None for item in items):
        raise UnreadableFileError("Excel 文件里没有可读的内容（工作表为空或都是隐藏的）。")
    title = clean_line(book.properties.title or "")
    return ReadFile("", "xlsx", "", (Page(None, tuple(items)),), title, warnings=tuple(_warnings(left_out)))


def _opened(data: bytes, *, data_only: bool) -> Workbook:
    import warnings

    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions it does not know
        return openpyxl.load_workbook(io.BytesIO(data), data_only=data_only, rich_text=True)


def _sheet_items(sheet: Any, formulas: Any, left_out: Counter[str]) -> Iterator[Line | Grid]:
    if not hasattr(sheet, "_cells"):  # a chart on a sheet of its own
        left_out["张图表工作表"] += 1
        return
    if sheet.sheet_state != "visible":
        left_out["张隐藏的工作表"] += bool(sheet._cells)
        return
    if len(sheet._cells) > MAX_CELLS:
        raise UnreadableFileError(
            f"工作表“{sheet.title}”有超过 {MAX_CELLS // 10_000} 万个单元格，太大了；请只保留要用的部分再添加。"
        )
    texts = {place: text for place, text in _texts(sheet, formulas, left_out) if text}
    if not texts:
        return
    yield Line(clean_line(sheet.title), heading_level=1, paragraph=True)
    for block in _blocks(sheet, texts):
        yield from _block_items(block)


def _texts(sheet: Any, formulas: Any, left_out: Counter[str]) -> Iterator[tuple[_Place, str]]:
    """(row, column) from 1 and what is shown there, hidden rows and columns left out."""
    rows = {row for row, one in sheet.row_dimensions.items() if one.hidden}
    columns = _hidden_columns(sheet)
    hidden = {(row, column) for row, column in sheet._cells if row in rows or column in columns}
    filled = {place for place in hidden if sheet._cells[place].value is not None}
    left_out["行隐藏的内容"] += len({row for row, _ in filled if row in rows})
    left_out["列隐藏的内容"] += len({column for _, column in filled if column in columns})
    for place, cell in sheet._cells.items():
        if place in hidden or place[1] > MAX_COLUMNS:
            continue
        if cell.value is None:
            formula = formulas._cells.get(place)
            left_out["个没有算出结果的公式"] += formula is not None and formula.data_type == "f"
        elif cell.font.strike:
            left_out["格划掉的文字"] += 1
        elif cell.data_type == "e":
            left_out["格公式错误"] += 1
        else:
            yield place, clean_line(_shown(cell, left_out).replace("\n", " "))


def _hidden_columns(sheet: Any) -> frozenset[int]:
    dimensions = [one for one in sheet.column_dimensions.values() if one.hidden]
    return frozenset(at for one in dimensions for at in range(one.min, min(one.max, MAX_COLUMNS) + 1))


def _shown(cell: Any, left_out: Counter[str]) -> str:
    if not isinstance(cell.value, list):  # a CellRichText is one
        return shown(cell.value, cell.number_format)
    text = ""
    for run in cell.value:
        font = getattr(run, "font", None)
        piece = str(getattr(run, "text", run))
        if font is not None and font.strike:
            left_out["格划掉的文字"] += 1
            continue
        place = getattr(font, "vertAlign", None)
        text += raised(piece) if place == "superscript" else lowered(piece) if place == "subscript" else piece
    return text


def _blocks(sheet: Any, texts: Mapping[_Place, str]) -> Iterator[_Block]:
    """The filled cells, parted where a row is empty."""
    merged = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}
    reach = {row: row for row, _ in texts}
    for (row, column), area in merged.items():
        if (row, column) in texts:
            reach[row] = max(reach[row], area.max_row)
    hidden_rows = {row for row, one in sheet.row_dimensions.items() if one.hidden}
    hidden_columns = _hidden_columns(sheet)
    for first, last in _runs(sorted(reach.items()), hidden_rows):
        inside = {place: text for place, text in texts.items() if first <= place[0] <= last}
        areas = {place: merged[place] for place in inside if place in merged}
        right = max([column for _, column in inside] + [min(area.max_col, MAX_COLUMNS) for area in areas.values()])
        rows = [row for row in range(first, last + 1) if row not in hidden_rows]
        columns = [at for at in range(min(c for _, c in inside), right + 1) if at not in hidden_columns]
        row_at, column_at = {row: at for at, row in enumerate(rows)}, {c: at for at, c in enumerate(columns)}
        spans = {
            (row_at[row], column_at[column]): (
                sum(area.min_row <= one <= area.max_row for one in rows),
                sum(area.min_col <= one <= area.max_col for one in columns),
            )
            for (row, column), area in areas.items()
        }
        placed = {(row_at[row], column_at[column]): text for (row, column), text in inside.items()}
        yield _Block(placed, spans, len(rows), len(columns))


def _runs(reach: Sequence[tuple[int, int]], hidden_rows: set[int]) -> Iterator[tuple[int, int]]:
    """First and last row of the runs of rows that are filled or hidden."""
    first, last = reach[0]
    for row, end in reach[1:]:
        if any(between not in hidden_rows for between in range(last + 1, min(row, last + 2000))):
            yield first, last
            first = row
        last = max(last, end)
    yield first, last


def _block_items(block: _Block) -> Iterator[Line | Grid]:
    """Rows of one text before and behind a table as lines, the table as a grid."""
    by_row = {row: list(cells) for row, cells in groupby(sorted(block.texts), key=lambda place: place[0])}
    tabular = [row for row, places in by_row.items() if len(places) > 1]
    first, last = (tabular[0], tabular[-1]) if len(tabular) > 1 else (block.rows, block.rows)
    for row in range(first):
        yield from _line(block, by_row.get(row, []))
    if len(tabular) > 1:
        bottom = max(row + block.spans.get((row, column), (1, 1))[0] for row, column in block.texts if row <= last)
        yield _grid(block, first, bottom)
        for row in range(bottom, block.rows):
            yield from _line(block, by_row.get(row, []))


def _line(block: _Block, places: Sequence[_Place]) -> Iterator[Line]:
    if places:
        yield Line("\t".join(block.texts[place] for place in places), paragraph=True)


def _grid(block: _Block, first: int, bottom: int) -> Grid:
    """All cells of the rows, empty ones too, merged ones once."""
    covered = {
        (row + down, column + right)
        for (row, column), (height, width) in block.spans.items()
        for down in range(height)
        for right in range(width)
        if down or right
    }
    cells = []
    for row in range(first, bottom):
        for column in range(block.columns):
            if (row, column) not in covered:
                height, width = block.spans.get((row, column), (1, 1))
                text = block.texts.get((row, column), "")
                cells.append(Cell(text, row - first, column, max(1, min(height, bottom - row)), max(1, width)))
    return Grid(tuple(cells), bottom - first, block.columns)


def _warnings(left_out: Mapping[str, int]) -> Iterator[str]:
    for kind, count in left_out.items():
        if count:
            advice = "请用 Excel 打开并保存一次" if "公式" in kind else "如需要，请取消隐藏或改正后"
            yield f"有 {count} {kind}没有读取；{advice}再添加。"
