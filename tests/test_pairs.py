"""Two figures computed with are chosen together: differences, shares, averages, what is left; else shown as unsure."""

from __future__ import annotations

import pytest
from answer_samples import make_passage, make_report, make_table, table_passage

from rag.answering.built_in import evidence_to_draft
from rag.gate.verify import Gated, draft_to_gated
from rag.question.operation import question_to_operation
from rag.question.understand import question_to_query
from rag.records import Certainty, Draft, Evidence, Filters, Operation, Table
from rag.retrieval.relevance import query_to_relevance

COLLEGE = "东湖职业技术学院"
REPORTS = {"a.txt": make_report("a.txt", COLLEGE)}
STAFF = "学校现有教职工640人，其中专任教师512人，双师型教师384人，行政人员128人。\n"
FAIR = "2023年举办春季双选会，160家用人单位提供岗位4800个。\n"
INCOME = "2023年学校总收入21000.50万元，总支出20500.20万元。\n"
OTHERS = "食堂面积2400平方米，可同时容纳1800人就餐。校医院有床位25张。\n"
YEARS = make_table(
    [["指标", "2022届", "2023届"], ["自主创业人数（人）", "41", "27"], ["专升本人数（人）", "120", "166"]],
    caption="表1 主要指标",
)


def gated(question: str, *sources: str | Table) -> tuple[Draft, Gated]:
    query = question_to_query(question, (), Filters(), list(REPORTS.values()))
    tables = {source.id: source for source in sources if isinstance(source, Table)}
    passages = [table_passage(source) if isinstance(source, Table) else make_passage(source) for source in sources]
    weights = query_to_relevance(query, [passage.text for passage in passages]).weights
    draft = evidence_to_draft(Evidence(query, tuple(passages), tuple(sorted(weights.items()))), REPORTS, tables)
    return draft, draft_to_gated(draft, tables, REPORTS)


@pytest.mark.parametrize(
    ("question", "operation", "operands"),
    [
        ("东湖职院双师型教师占专任教师的百分之几？", Operation.SHARE, ("东湖职院双师型教师", "专任教师")),
        ("东湖职院教职工里，专任教师占几成？", Operation.SHARE, ("专任教师", "东湖职院教职工")),
        ("双选会平均一家单位带了多少岗位？", Operation.AVERAGE, ("双选会 带了多少岗位？", "单位")),
        ("东湖职院总收入减去总支出还剩多少？", Operation.DIFFERENCE, ("东湖职院总收入", "总支出")),
        ("东湖职院2023年收支相抵还剩多少？", Operation.DIFFERENCE, ("收入", "支出")),
        ("东湖职院占地多少亩？", Operation.LOOKUP, ()),
        ("毕业生平均一个月拿多少钱？", Operation.LOOKUP, ()),
        ("茶叶加工基地总共投了多少钱？", Operation.LOOKUP, ()),
    ],
)
def test_what_is_divided_by_what(question: str, operation: Operation, operands: tuple[str, ...]) -> None:
    found, things = question_to_operation(question)
    assert (found, tuple(" ".join(thing.split()) for thing in things)) == (operation, operands)


@pytest.mark.parametrize(
    ("question", "sources", "expected"),
    [
        ("东湖职院双师型教师占专任教师的百分之几？", (STAFF, OTHERS), "75.00%"),
        ("东湖职院自主创业人数，2023届比2022届少了几个？", (YEARS, OTHERS), "14人"),
        ("东湖职院专任教师比行政人员多多少人？", (STAFF, OTHERS), "384人"),
    ],
)
def test_two_figures_that_fit_each_other_are_computed_with(
    question: str, sources: tuple[str | Table, ...], expected: str
) -> None:
    draft, answer = gated(question, *sources)
    assert draft.certainty is Certainty.SURE
    assert draft.text.split("**")[1::2] == [expected]
    assert answer.unsupported == ()
    assert len(draft.computations[0].operands) == 2


def test_what_may_be_meant_is_computed_too_and_not_bold() -> None:
    draft, answer = gated("东湖职院2023年收支相抵还剩多少？", INCOME, OTHERS)
    assert "500.30万元" in draft.text
    if draft.certainty is Certainty.UNSURE:
        assert "**" not in draft.text
        assert [figure.text for figure in answer.candidates] == ["21000.50万元", "20500.20万元", "500.30万元"]
        assert answer.candidates[-1].formula


@pytest.mark.parametrize(
    "question",
    [
        "东湖职院专任教师比食堂多多少？",
        "东湖职院留学生占专任教师的百分之几？",
        "东湖职院平均一个实训室有几台设备？",
    ],
)
def test_nothing_is_computed_with_what_nobody_names(question: str) -> None:
    draft, _ = gated(question, STAFF, FAIR, OTHERS)
    assert draft.computations == ()


def test_a_printed_average_in_its_own_unit_comes_before_a_computed_one() -> None:
    table = make_table(
        [["指标", "2022年", "2023年"], ["生均教学仪器设备值（元/生）", "21864.35", "23475.10"]], caption="表2 办学条件"
    )
    draft, answer = gated("东湖职院2023年平均每个学生摊到多少元的教学仪器设备？", table, STAFF)
    assert draft.computations == ()
    assert "23475.10元/生" in [figure.text for figure in (*answer.figures, *answer.candidates)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("东湖职院2023年总收入减去总支出还剩多少？", "0.05亿元"),
        ("东湖职院设备费占总收入的百分之几？", "14.29%"),
    ],
)
def test_figures_of_one_unit_are_held_against_each_other_in_its_base(question: str, expected: str) -> None:
    text = "2023年学校总收入2.10亿元，总支出20500万元，设备费3000万元。\n"
    draft, answer = gated(question, text, OTHERS)
    assert expected in draft.text
    assert not draft.computations[0].text.startswith(("-", "−"))
    assert answer.unsupported == ()
