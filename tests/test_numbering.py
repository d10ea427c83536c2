"""Ids of figures as a model sees them, and functions over the columns they name."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from answer_samples import make_passage, make_table, table_passage
from generate_samples import REPORTS, make_evidence, reply_text

from rag.answering.with_model import AnswerPrompt, evidence_to_prompt, reply_to_draft
from rag.answering.with_model.numbering import letter
from rag.gate.verify import draft_to_gated
from rag.language.tokens import estimate_tokens
from rag.records import Draft, MergedValue

TABLE = make_table(
    [
        ["学院", "专业", "人数（人）"],
        ["财经学院", "会计", "120"],
        ["^", "金融", "80"],
        ["机电学院", "数控", "95"],
        ["合计", "", "295"],
    ],
    caption="表1 各专业人数",
)
TABLES = {TABLE.id: TABLE}


def prompt_of(*passages, question: str = "各专业多少人？") -> AnswerPrompt:
    return evidence_to_prompt(make_evidence(passages, question), REPORTS, TABLES, (), 20_000, estimate_tokens)


def asked(expression: str, question: str = "各专业多少人？", unit: str = "") -> Draft:
    prompt = prompt_of(table_passage(TABLE), question=question)
    computations = [{"id": "C1", "expression": expression, "unit": unit}]
    return reply_to_draft(reply_text("是 **{C1}**。", computations=computations), prompt)


def test_every_figure_of_a_table_has_the_id_of_its_row_and_column():
    user = prompt_of(table_passage(TABLE)).messages[1].content
    rows = re.findall(r"^.*｜.*\{F\w+\}$", user, re.MULTILINE)
    assert [re.sub(r"F\d+", "F", row) for row in rows] == [
        "财经学院｜会计｜120{FC}",
        "财经学院｜金融｜80{FC}",
        "机电学院｜数控｜95{FC}",
        "合计｜｜295{FC}",
    ]


def test_a_value_of_a_merged_cell_stands_in_all_its_rows_under_one_id():
    table = make_table([["项目", "名称", "经费（万元）"], ["甲", "一", "50"], ["乙", "二", ""]], caption="表2")
    rows = list(table.rows)
    rows[1] = replace(rows[1], merged=(MergedValue(2, 0, 1, 1),))
    table = replace(table, rows=tuple(rows))
    evidence = make_evidence((table_passage(table),))
    prompt = evidence_to_prompt(evidence, REPORTS, {table.id: table}, (), 20_000, estimate_tokens)
    assert len(re.findall(r"50\{F1C\}", prompt.messages[1].content)) == 2
    assert list(prompt.figures) == ["F1C"]


def test_an_item_of_a_list_is_bound_to_its_name_and_an_equal_figure_to_the_first():
    first = make_passage("教学、管理的满意度分别为95.1%、96.2%。", path=("一",))
    second = make_passage("管理满意度再次达到96.2%。", path=("二",))
    user = prompt_of(first, second).messages[1].content
    assert re.search(r"95\.1%\{F1：教学[^{}]*\}、96\.2%\{F2：管理[^{}]*\}", user)
    assert "96.2%{F3＝F2}" in user


def test_equal_figures_of_two_things_are_not_told_to_be_the_same():
    first = make_passage("国家励志奖学金386人。", path=("一",))
    second = make_passage("省外生源386人。", path=("二",))
    assert "＝" not in prompt_of(first, second).messages[1].content


def test_a_number_within_a_name_gives_its_column_no_unit():
    table = make_table([["指标", "数值（%）"], ["毕业三年晋升比例", "54.87"], ["落实率", "96.20"]], caption="表4")
    evidence = make_evidence((table_passage(table),))
    prompt = evidence_to_prompt(evidence, REPORTS, {table.id: table}, (), 20_000, estimate_tokens)
    assert "列：A 指标｜B 数值（%）" in prompt.messages[1].content


def test_a_table_takes_what_the_passages_before_it_leave():
    rows = [["专业", "人数（人）"], *([f"第{n}专业", str(1000 + n)] for n in range(40))]
    table = make_table(rows, caption="表5")
    short = [make_passage(f"第{n}段招生{n}5人。\n", path=(str(n),)) for n in range(5)]
    evidence = make_evidence((*short, table_passage(table)))
    prompt = evidence_to_prompt(evidence, REPORTS, {table.id: table}, (), 20_000, estimate_tokens)
    assert len(rows) - 1 == sum(figure.is_cell and figure.column == 1 for figure in prompt.figures.values())


def test_what_an_earlier_passage_holds_is_not_given_again():
    whole = make_passage("第一段招生10人。\n第二段招生20人。\n第三段招生30人。\n")
    part = replace(whole, id="x", start=0, end=9, text=whole.text[:9])
    prompt = prompt_of(whole, part)
    assert list(prompt.passages) == ["P1"]
    assert len({figure.id for figure in prompt.figures.values()}) == len(prompt.figures) == 3


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("SUM(P1.C)", "295人"),
        ("SUM(P1.C, 财经)", "200人"),
        ("AVERAGE(P1.C)", "98.33人"),
        ("MAX(P1.C)", "120人"),
        ("min(P1.c)", "80人"),
        ("MAX(P1.C) - MIN(P1.C)", "40人"),
        ("SUM(P1.C, 财经) / F4C * 100", "67.80%"),
        ("RANK(F3C)", "第2"),
        ("RANK(F3C, 小)", "第2"),
        ("RANK(F2C)", "第3"),
        ("SUM(F1C, F2C)", "200人"),
    ],
)
def test_functions_over_a_column_are_computed_by_code_totals_aside(expression, text):
    draft = asked(expression)
    assert draft.problems == ()
    assert draft.computations[0].text == text
    assert draft_to_gated(draft, TABLES, REPORTS).unsupported == ()


@pytest.mark.parametrize("expression", ["SUM(P9.C)", "SUM(P1.B)", "SUM(P1.C, 化工)", "RANK(F99)", "MAX()", "SUM(1, 2)"])
def test_what_is_no_column_is_refused(expression):
    draft = asked(expression)
    assert draft.computations == ()
    assert draft.problems


def test_a_number_of_the_question_is_computed_with_and_shown_as_the_askers():
    draft = asked("F1C - Q1", "会计专业比100人多多少？")
    assert draft.computations[0].text == "20人"
    assert "100人（问题所给）" in draft.computations[0].formula
    assert asked("F1C - 100").problems
    assert asked("F1C - 110人").problems


@pytest.mark.parametrize("said", ["不是 {Q1}，是 **{F1C}人**。", "不是 **{Q1}**，是 **{F1C}人**。"])
def test_a_number_of_the_question_that_is_named_in_the_words_is_the_askers(said):
    prompt = prompt_of(table_passage(TABLE), question="会计专业不是有100人吗？")
    assert reply_to_draft(reply_text(said), prompt).text == "不是 100人（问题所给），是 **120人** [1]。"


def test_the_letters_of_columns():
    assert [letter(n) for n in (0, 22, 23, 24, 25)] == ["A", "W", "Y", "Z", "AA"]


def test_the_scale_in_a_header_stands_with_the_figure_in_an_answer():
    table = make_table([["项目", "面积（万平方米）"], ["校舍", "68.94"]], caption="表3")
    evidence = make_evidence((table_passage(table),))
    prompt = evidence_to_prompt(evidence, REPORTS, {table.id: table}, (), 20_000, estimate_tokens)
    assert reply_to_draft(reply_text("**{F1B}**"), prompt).text == "**68.94万平方米** [1]"


def test_one_report_in_two_formats_is_given_once():
    text = "全校有专任教师796人，其中正高级42人，副高级210人。生师比为16.8比1。"
    one = make_passage(text)
    other = replace(
        make_passage("全校有专任教师796人，\n其中正高级42人，副高级210人。\n生师比为16.8比1。"),
        id="b",
        report_id="b.txt",
        section_id="b.txt/1",
    )
    further = replace(
        make_passage("另一所学校有专任教师500人，正高级20人，副高级90人。"),
        id="c",
        report_id="b.txt",
        section_id="b.txt/2",
    )
    assert list(prompt_of(one, other).passages) == ["P1"]
    assert list(prompt_of(one, further).passages) == ["P1", "P2"]
