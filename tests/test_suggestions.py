from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.figures.context import figures_to_contexts
from rag.figures.entries import with_contexts
from rag.figures.extraction import passage_to_figures
from rag.records import Figure, Passage, Report, ReportKind, Table, TableRow
from rag.suggestions.first import (
    Suggestion,
    figures_to_suggestions,
    in_turn,
    interleaved,
    is_noun_phrase,
    varied,
)


def report(identity: str = "r", kind: ReportKind = ReportKind.QUALITY, college: str = "某某职业技术学院") -> Report:
    return Report(identity, "年报", college, ("某某职院",), kind, 2023, 2023, None, identity, "0", "pdf", 1)


def figures(text: str, table: Table | None = None) -> tuple[Figure, ...]:
    size, table_id = len(text), table.id if table else None
    passage = Passage("p", "r", "s", ("一",), 0, size, text, 0, size, 1, None, 1.0, table_id)
    found = passage_to_figures(passage, table)
    return with_contexts(figures_to_contexts(found, 2023))


def table(*rows: tuple[str, ...]) -> tuple[str, Table]:
    text = "\n".join("\t".join(row) for row in rows)
    return text, Table("t", "r", "s", "表 1", "", 1, tuple(TableRow(row, row, 1) for row in rows))


def questions(found: Sequence[Figure], of: Report | None = None) -> list[str]:
    return [one.question for one in figures_to_suggestions(of or report(), found)]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("学校生师比为15.85：1。", "某某职院2023年生师比是多少？"),
        ("2023届毕业生就业率达95%。", "某某职院2023届毕业生就业率是多少？"),
        ("2022-2023学年，学校专任教师总数412人。", "某某职院2022-2023学年专任教师有多少人？"),
        ("学校现有全日制在校生8421名。", "某某职院2023年全日制在校生有多少人？"),
        ("学校建有省级重点实验室4个。", "某某职院2023年省级重点实验室有多少个？"),
    ],
)
def test_a_figure_is_asked_for_by_the_name_its_report_gives_it(text: str, question: str) -> None:
    assert question in questions(figures(text))


@pytest.mark.parametrize(
    "text",
    [
        "就业率超过95%。",
        "就业率稳步提高。",
        "在赤壁市有241人。",
        "全国高职为4641元。",
        "举办各类讲座50场。",
        "比上年增长3.5%。",
        "二等奖8项。",
        "其他收入300万元。",
        "合格率为91.2%。",
        "涉及资金300万元。",
        "一般满意度为5.4%。",
        "焊接技术、助产等7个专业就业率为100%。",
        "机电工程学院3项。",
        "2009年，专任教师为19人。",
        "",
    ],
)
def test_nothing_is_asked_that_no_plain_name_is_given_for(text: str) -> None:
    assert questions(figures(text)) == []


def test_a_name_of_two_figures_is_not_asked() -> None:
    assert questions(figures("学校专任教师为412人。学校专任教师为397人。")) == []
    assert len(questions(figures("学校专任教师为412人。学校专任教师为412人。"))) == 1


def test_a_name_that_others_narrow_is_asked_only_where_it_is_printed_again() -> None:
    text = "就业率为95.1%，省内就业率为70.2%。"
    assert questions(figures(text)) == ["某某职院2023年省内就业率是多少？"]
    assert "某某职院2023年就业率是多少？" in questions(figures(f"{text}就业率为95.1%。"))


def test_questions_of_cells_that_one_row_alone_answers() -> None:
    rows = (("系部", "学生人数（人）"), ("机电系", "21"), ("护理系", "18"), ("护理系", "19"), ("合计", "58"))
    assert questions(figures(*table(*rows))) == ["某某职院2023年机电系的学生人数是多少？"]


def test_no_cell_is_asked_for_whose_row_is_a_measure_or_whose_column_is_bare() -> None:
    rows = (("项目", "事业收入（万元）"), ("教育支出", "621.4"), ("科学研究", "35.2"), ("机电系", "71.3"))
    assert questions(figures(*table(*rows))) == ["某某职院2023年机电系的事业收入是多少？"]
    assert questions(figures(*table(("级别", "数量（项）"), ("院级", "396"), ("校级", "41")))) == []


def test_what_is_of_no_known_kind_is_named_by_its_college_alone() -> None:
    found = questions(figures("学校生师比为15.85：1。"), report(kind=ReportKind.OTHER))
    assert found == ["某某职院的生师比是多少？"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("毕业去向落实率", True), ("全日制在校生", True), ("走访调研", False), ("费支出", False), ("的学生", False)],
)
def test_noun_phrases(name: str, expected: bool) -> None:
    assert is_noun_phrase(name) is expected


def test_what_is_said_of_the_whole_comes_before_a_cell_and_is_not_said_to_be_the_colleges_twice() -> None:
    cells = figures(*table(("系部", "就业率（%）"), ("机电系", "94.1"), ("护理系", "98.2")))
    found = questions([*cells, *figures("某某职业技术学院专任教师为412人。")])
    assert found == [
        "某某职院2023年专任教师有多少人？",
        "某某职院2023年机电系的就业率是多少？",
        "某某职院2023年护理系的就业率是多少？",
    ]


def test_questions_of_several_reports_ask_for_different_things() -> None:
    text = "毕业生就业率为95.1%。学校专任教师为412人。"
    reports = (replace(report(), college=name, short_names=()) for name in ("青石学院", "白河学院"))
    one, other = (figures_to_suggestions(each, figures(text)) for each in reports)
    assert [each.name for each in varied([one, (), other])] == ["毕业生就业率", "专任教师", "毕业生就业率", "专任教师"]


def test_kinds_and_reports_take_turns() -> None:
    reports = [report("a"), report("b"), report("c", ReportKind.BRIEFING)]
    assert [r.id for r in interleaved(reports)] == ["a", "c", "b"]
    (figure,) = passage_to_figures(Passage("p", "r", "s", (), 0, 5, "教师5人。", 0, 5, 1, None, 1.0))
    one, two, three = (Suggestion(name, name, figure) for name in "一二三")
    assert list(in_turn([[one, two], [three, one]])) == [one, three, two]
