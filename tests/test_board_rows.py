from __future__ import annotations

import io
from decimal import Decimal

import docx
import openpyxl
from test_board_page import board_named

from rag.boards import boards_to_comparison
from rag.presentation.board_rows import (
    FIGURE_COLUMNS,
    FIGURE_WIDTHS,
    comparison_exchange,
    comparison_figures,
    comparison_rows,
)
from rag.presentation.document import exchanges_to_document
from rag.presentation.html.boards import boards_to_shown
from rag.presentation.spreadsheet import rows_to_csv, sheets_to_xlsx
from rag.presentation.word import document_to_word

BOARDS = [board_named("甲职业学院", "2023届就业率为94.1%。"), board_named("乙职业学院", "专任教师640人。")]
COMPARISONS = boards_to_comparison(BOARDS, ["就业率", "专任教师人数"])
ROWS = comparison_rows(COMPARISONS, BOARDS)
FIGURES = comparison_figures(COMPARISONS, BOARDS)


def test_a_comparison_as_rows_names_what_is_not_stated() -> None:
    assert ROWS == [
        ["指标", "甲职业学院 2023", "乙职业学院 2023", "能否比较"],
        ["就业率", "94.1%（就业率，2023届，第1页）", "未找到", "只有一份报告写明"],
        ["专任教师人数", "未找到", "640人（专任教师，原文未写时点，第1页）", "只有一份报告写明"],
    ]
    assert rows_to_csv(ROWS).decode("utf-8-sig").count("未找到") == 2


def test_every_figure_has_a_row_with_its_number_unit_time_and_place() -> None:
    head, *rows = [dict(zip(FIGURE_COLUMNS, row, strict=True)) for row in FIGURES]
    assert tuple(head.values()) == FIGURE_COLUMNS
    told = [(row["报告"], row["指标"], row["数值"], row["单位"], row["时点"], row["页码"]) for row in rows]
    assert told == [
        ("甲职业学院 2023", "就业率", Decimal("94.1"), "%", "2023届", Decimal(1)),
        ("乙职业学院 2023", "就业率", "", "", "", ""),
        ("甲职业学院 2023", "专任教师人数", "", "", "", ""),
        ("乙职业学院 2023", "专任教师人数", Decimal(640), "人", "原文未写时点", Decimal(1)),
    ]
    assert [row["原文数字"] for row in rows] == ["94.1%", "未找到", "未找到", "640人"]


def test_a_workbook_of_the_table_and_of_the_figures() -> None:
    sheets = [("对照", ROWS, [20] * 4), ("逐个数字", FIGURES, FIGURE_WIDTHS)]
    made = sheets_to_xlsx(sheets)
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["对照", "逐个数字"]
    assert book["逐个数字"].cell(2, FIGURE_COLUMNS.index("数值") + 1).value == 94.1
    assert sheets_to_xlsx(sheets) == made


def test_a_comparison_in_word_is_a_table_with_footnotes() -> None:
    exchange = comparison_exchange(COMPARISONS, BOARDS, boards_to_shown("对照", BOARDS, {}, ["就业率", "专任教师人数"]))
    document = exchanges_to_document("对照", [exchange])
    word = docx.Document(io.BytesIO(document_to_word(document)))
    (table,) = word.tables
    assert [cell.text for cell in table.rows[0].cells] == ["指标", "甲职业学院 2023", "乙职业学院 2023"]
    assert [cell.text for cell in table.rows[1].cells] == ["就业率", "94.1%[]（就业率，2023届）", "未找到"]
    assert len(document.notes) == 2
    assert [paragraph.text for paragraph in word.paragraphs].count("对照") == 1
