from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from kept_samples import make_answer, make_exchange
from test_page import HOSTILE, Reading

from rag.presentation.asked_figures import Told, asked_figures
from rag.presentation.html.elements import element
from rag.presentation.html.figures import cautions_html, facts_html, removed_html
from rag.records import AnswerFigure


def told(text: str = "96.12%", **changes: object) -> Told:
    figure = AnswerFigure(text, Decimal("96.12"), "%", "answer", "quoted", (1,), scope=str(changes.pop("scope", "")))
    figure = replace(figure, formula=changes.pop("formula", None), kind=str(changes.pop("kind", "quoted")))
    return replace(Told(figure, "就业率", "某校（2023年）", False, None, None), **changes)  # type: ignore[arg-type]


def html(*figures: Told) -> str:
    return facts_html(figures, lambda n: element("a", str(n)))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (told(), ""),
        (told(scope="2023届，截至12月31日"), "口径：2023届，截至12月31日"),
        (told(kind="computed", formula="5[1] − 3[7] = 2 人"), "计算得出51 − 3[7] = 2 人"),
        (told(is_disputed=True), "数字不一致"),
    ],
)
def test_one_figure_is_a_line_of_what_is_to_be_known(one: Told, expected: str) -> None:
    assert Reading(html(one)).text == expected


def test_several_figures_are_a_table_without_empty_columns() -> None:
    shown = Reading(html(told(scope="2023届"), told("90%", about="对口率")))
    assert "thead" in shown.tags
    assert shown.text == "说明数字口径就业率96.12%12023届对口率90%1复制表格"
    other = Reading(html(told(), told("90%", whose="他校（2022年）")))
    assert other.text.startswith("单位说明数字某校（2023年）就业率")


def test_figures_in_dispute_are_left_to_their_notice() -> None:
    assert html(told(is_disputed=True), told("90%", is_disputed=True)) == ""
    assert "数字不一致" in Reading(html(told(is_disputed=True), told("90%"))).text


def test_what_was_taken_out_is_struck_through() -> None:
    shown = removed_html(replace(make_answer(notice="模型没有答完。"), unsupported=("98.3%", "<b>5</b>")))
    assert "<s>98.3%</s>、<s>&lt;b&gt;5&lt;/b&gt;</s>" in shown
    assert "模型没有答完。" in shown
    assert removed_html(replace(make_answer(), unsupported=())) == ""


def test_the_sample_is_told_whole() -> None:
    shown = Reading(html(*asked_figures(make_exchange()))).text
    assert "96.12%12023届" in shown
    assert "2130" in shown
    assert "= 255 人" in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_stay_texts(text: str) -> None:
    hostile = told(text, scope=text, about=text, whose=text, kind="computed", formula=text)
    for shown in (Reading(html(hostile)), Reading(html(hostile, told(whose="他校")))):
        assert set(shown.tags) <= {"a", "div", "p", "span", "strong", "table", "tbody", "td", "th", "thead", "tr"}
        assert text in shown.text


def test_a_doubtful_figure_stands_with_its_reports_own_words() -> None:
    answer = make_answer()
    doubtful = replace(answer.figures[0], said="就业率<b>", caution="报告的这一处没有说“失业率”")
    shown = Reading(cautions_html(replace(answer, figures=(doubtful,)))).text
    assert shown == "请核对96.12%：报告里说的是“就业率<b>”（报告的这一处没有说“失业率”）"
    assert cautions_html(answer) == ""
