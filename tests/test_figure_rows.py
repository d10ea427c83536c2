from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from answer_samples import make_table, table_passage
from kept_samples import make_exchange

from rag.figures.extraction import passage_to_figures
from rag.gate.saying import figure_to_said
from rag.presentation.exchanges import Exchange
from rag.presentation.spreadsheet import COLUMNS, exchanges_to_rows, figures_to_csv, figures_to_xlsx
from rag.records import AnswerStatus

EXCHANGE = make_exchange()
SCOPE, VALUE, PAGE = map(COLUMNS.index, ("口径", "数值", "页码"))


def with_scope(scope: str) -> Exchange:
    assert EXCHANGE.answer is not None
    figures = (replace(EXCHANGE.answer.figures[0], scope=scope, value=Decimal("-2.50")), *EXCHANGE.answer.figures[1:])
    return replace(EXCHANGE, answer=replace(EXCHANGE.answer, figures=figures))


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_rows_say_what_each_figure_is_and_where_it_stands() -> None:
    quoted, computed, cell = exchanges_to_rows([EXCHANGE, Exchange("问", failure="没有")])
    assert (quoted.text, quoted.about, quoted.scope) == ("96.12%", "2023届毕业生就业率", "2023届")
    assert quoted.question == "就业率是多少？"
    assert (quoted.colleges, quoted.reports, quoted.pages) == ("青石职业技术学院", "青石职业技术学院2023年质量年报", 1)
    assert (cell.about, cell.quotes) == ("机电系的人数", "机电系 2130")
    assert computed.formula == "2130[2] − 1875[3] = 255 人"
    assert computed.quotes == "机电系 2130；护理系 1875"
    assert computed.about == "机电系的人数；护理系的人数"


def test_a_figure_without_a_time_of_its_own_has_that_of_its_table() -> None:
    assert [row.time for row in exchanges_to_rows([EXCHANGE])] == ["2023届", "", ""]
    assert EXCHANGE.answer is not None
    figures = tuple(replace(figure, scope="2024年度") for figure in EXCHANGE.answer.figures)
    dated = replace(EXCHANGE, answer=replace(EXCHANGE.answer, figures=figures))
    assert [row.time for row in exchanges_to_rows([dated])] == ["2024年度"] * 3


@pytest.mark.parametrize(
    ("column", "said"), [("合计", "机电系的合计"), ("共计", "机电系的共计"), ("人数", "机电系的人数")]
)
def test_what_a_cell_is_called_keeps_its_last_word(column: str, said: str) -> None:
    table = make_table([("系部", f"{column}（人）"), ("机电系", "2130")])
    figure = next(f for f in passage_to_figures(table_passage(table), table) if f.number.text == "2130")
    assert figure_to_said(figure) == said


def test_csv() -> None:
    rows = read_csv(figures_to_csv([EXCHANGE]))
    assert rows[0] == COLUMNS
    assert [row[4:7] for row in rows[1:]] == [
        ["96.12%", "96.12", "%"],
        ["255人", "255", "人"],
        ["2130人", "2130", "人"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＠", " =", "\t="])
def test_no_cell_is_a_formula(start: str) -> None:
    scope = f'{start}HYPERLINK("http://evil.example")'
    (row, *_) = read_csv(figures_to_csv([with_scope(scope)]))[1:]
    assert row[SCOPE] == f"'{scope}"
    assert row[VALUE] == "-2.50"
    sheet = openpyxl.load_workbook(io.BytesIO(figures_to_xlsx([with_scope(scope)]))).worksheets[0]
    cell = sheet.cell(2, SCOPE + 1)
    assert (cell.value, cell.data_type) == (scope, "s")
    assert sheet.cell(2, VALUE + 1).value == -2.5


def test_xlsx() -> None:
    content = figures_to_xlsx([EXCHANGE])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0]) == COLUMNS
    assert [row[PAGE] for row in rows[1:]] == [1, 1, 1]
    assert [row[4:7] for row in rows[1:]] == [("96.12%", 96.12, "%"), ("255人", 255, "人"), ("2130人", 2130, "人")]
    assert figures_to_xlsx([EXCHANGE]) == content


def test_what_was_not_found_has_no_rows() -> None:
    refused = make_exchange("食堂？", text="没有写。", status=AnswerStatus.NOT_FOUND)
    assert refused.answer is not None
    assert refused.answer.figures
    assert exchanges_to_rows([refused]) == ()
    assert [row.question for row in exchanges_to_rows([refused, EXCHANGE])] == ["就业率是多少？"] * 3


def test_characters_excel_refuses_are_left_out() -> None:
    made = figures_to_xlsx([with_scope("一\x00\x1f二" + "长" * 40_000)])
    value = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0].cell(2, SCOPE + 1).value
    assert isinstance(value, str)
    assert value.startswith("一二长")
    assert len(value) == 32_767
