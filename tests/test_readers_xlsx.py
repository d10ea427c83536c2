"""Excel files, and values as Excel shows them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, time

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.workbook import Workbook

from rag.errors import UnreadableFileError
from rag.language.numbers import cell_number
from rag.readers.number_formats import shown
from rag.readers.xlsx import read_xlsx
from rag.records import Grid, Line, ReadFile


def read(build: Callable[[Workbook], object]) -> ReadFile:
    book = Workbook()
    build(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return read_xlsx(buffer.getvalue())


def shape(result: ReadFile) -> list[object]:
    """Lines as text, grids as rows of their cells."""
    return [
        item.text
        if isinstance(item, Line)
        else [[cell.text for cell in item.cells if cell.row == row] for row in range(item.row_count)]
        for item in result.pages[0].items
    ]


def test_each_sheet_is_a_heading_and_its_tables_are_grids() -> None:
    def build(book: Workbook) -> None:
        sheet = book.active
        sheet.title = "计分卡"
        for row in [
            ["表1 人才培养"],
            ["单位：人"],
            ["指标", "2023"],
            ["教师", 1234],
            [],
            ["甲", "乙"],
            ["丙", 5],
            ["注：截至8月"],
        ]:
            sheet.append(row)
        sheet["B4"].number_format = "#,##0"
        sheet.merge_cells("A1:B1")
        book.create_sheet("空表")
        book.create_sheet("第二")["C3"] = "只有一句话"

    result = read(build)
    assert result.format == "xlsx"
    assert shape(result) == [
        "计分卡", "表1人才培养", "单位：人", [["指标", "2023"], ["教师", "1,234"]], [["甲", "乙"], ["丙", "5"]], "注：截至8月",
        "第二", "只有一句话",
    ]  # fmt: skip
    assert next(item.heading_level for item in result.pages[0].items if isinstance(item, Line)) == 1


def test_merged_cells_stand_once_with_their_spans() -> None:
    def build(book: Workbook) -> None:
        sheet = book.active
        for row in [["项目", "人数", ""], ["", "男", "女"], ["护理", 1, 2], ["", 3, 4]]:
            sheet.append([value if value != "" else None for value in row])
        for area in ("A1:A2", "B1:C1", "A3:A4"):
            sheet.merge_cells(area)

    _, grid = read(build).pages[0].items
    assert isinstance(grid, Grid)
    assert [(c.text, c.row, c.column, c.row_span, c.column_span) for c in grid.cells if (c.row_span, c.column_span) != (1, 1)] == [
        ("项目", 0, 0, 2, 1), ("人数", 0, 1, 1, 2), ("护理", 2, 0, 2, 1),
    ]  # fmt: skip
    assert len(grid.cells) == 9


def test_what_is_hidden_struck_out_or_not_computed_is_left_out_and_said() -> None:
    def build(book: Workbook) -> None:
        sheet = book.active
        for row in [
            ["指标", "旧", "值", "注"],
            ["教师", 1, 2, "a"],
            ["密", 3, 4, "b"],
            ["划", 5, "=1+1", "c"],
            ["错", 6, "#DIV/0!", "d"],
        ]:
            sheet.append(row)
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet["A4"].font = Font(strike=True)
        book.create_sheet("密表")["A1"] = 9
        book["密表"].sheet_state = "hidden"

    result = read(build)
    assert shape(result)[1] == [["指标", "值", "注"], ["教师", "2", "a"], ["", "", "c"], ["错", "", "d"]]
    assert [warning[:9] for warning in result.warnings] == [
        "有 1 行隐藏的内", "有 1 列隐藏的内", "有 1 格划掉的文", "有 1 个没有算出", "有 1 格公式错误", "有 1 张隐藏的工",
    ]  # fmt: skip


def test_raised_and_struck_out_pieces_of_a_cell() -> None:
    def build(book: Workbook) -> None:
        pieces = [
            "共12345",
            TextBlock(InlineFont(vertAlign="superscript"), "1"),
            TextBlock(InlineFont(strike=True), "9"),
            "人",
        ]
        book.active["A1"] = CellRichText(pieces)
        book.active["B1"] = "甲"
        book.active.append(["乙", "丙"])

    assert shape(read(build))[1] == [["共12345¹人", "甲"], ["乙", "丙"]]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.9612, "0.00%", "96.12%"),
        (0.05, "0%", "5%"),
        (12345, "#,##0", "12,345"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-1234.5, "#,##0.00_);(#,##0.00)", "(1,234.50)"),
        (-12, "#,##0;[Red]#,##0", "-12"),
        (0, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (0.1 + 0.2, "General", "0.3"),
        (1 / 3, "General", "0.3333333333"),
        (123456, '0!.0,"万"', "12.3万"),
        (1234567, "#,##0.0,", "1,234.6"),
        (12, '0"人"', "12人"),
        (5, "000", "005"),
        (96.126, "0.0_ ", "96.1"),
        (1000, "#,##0.##", "1,000"),
        (7.5, "[$¥-804]#,##0.00", "¥7.50"),
        (3, "@", "3"),
        (12, ";;;", ""),
        (12345678901234, "General", "12345678901234"),
        (0.25, "# ?/?", "0.25"),
        (datetime(2023, 9, 1), 'yyyy"年"m"月"d"日"', "2023年9月1日"),
        (datetime(2023, 9, 1), "yyyy-mm-dd", "2023-09-01"),
        (time(8, 5), "h:mm", "8:05"),
        (True, "General", "TRUE"),
        ("96.1%", "0", "96.1%"),
        (None, "0", ""),
    ],
)
def test_a_value_is_written_as_excel_shows_it(value: object, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


def test_a_negative_in_brackets_is_read_as_one() -> None:
    number = cell_number(shown(-1234.5, "#,##0.00_);(#,##0.00)"), "万元")
    assert number is not None
    assert number.value == -1234.5


def test_an_empty_or_broken_book_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="没有可读的内容"):
        read(lambda book: None)
    with pytest.raises(UnreadableFileError, match="损坏"):
        read_xlsx(b"PK\x03\x04")
