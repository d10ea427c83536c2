"""Answers without a model: the figure asked for, bold and cited, or an honest refusal."""

from __future__ import annotations

import re

import pytest
from answer_samples import make_passage, make_report, make_table, table_passage

from rag.answering.built_in import evidence_to_draft
from rag.question.understand import question_to_query
from rag.records import AnswerStatus, Draft, Evidence, Filters, Passage, Table
from rag.retrieval.relevance import query_to_relevance

COLLEGE = "东湖职业技术学院"
REPORT = make_report("a.txt", COLLEGE)
PROSE = make_passage(
    "学校现有专任教师796人，其中硕士以上学历教师368人，副高以上职称336人，占42.21%。"
    "2023年全年经费总收入34118.1万元，其中财政拨款21399.47万元。校园占地面积945亩。\n",
    path=("一、学校概况", "（一）基本情况"),
)
TABLE = make_table(
    [
        ("序号", "专业", "毕业生数（人）", "就业率（%）", "对接企业"),
        ("1", "护理", "949", "96.10", "东湖医院"),
        ("2", "会计", "125", "88.00", "长江财务公司"),
        ("3", "药学", "140", "80.50", "百草制药厂"),
    ],
    caption="表2 2023届各专业毕业生就业情况",
)
OTHER = make_passage("学生社团举办晚会12场，参加活动的学生达5200人次。\n", path=("二、学生活动",))


def answer(question: str, *passages: Passage) -> Draft:
    found = passages or (PROSE, table_passage(TABLE), OTHER)
    query = question_to_query(question, (), Filters(), [REPORT])
    relevance = query_to_relevance(query, [f"{COLLEGE}{passage.text}" for passage in found])
    evidence = Evidence(query, found, tuple(sorted(relevance.weights.items())))
    tables: dict[str, Table] = {TABLE.id: TABLE}
    return evidence_to_draft(evidence, {REPORT.id: REPORT}, tables)


def bold(draft: Draft) -> list[str]:
    return re.findall(r"\*\*(.+?)\*\*", draft.text)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("学校有多少专任教师？", ["796人"]),
        ("硕士以上学历的教师有几位？", ["368人"]),
        ("副高以上职称的教师占多少？", ["42.21%"]),
        ("专任教师有多少人，其中硕士以上学历的几人？", ["796人", "368人"]),
        ("财政拨款有多少万元？", ["21399.47万元"]),
        ("占地面积有多少亩？", ["945亩"]),
        ("会计专业的就业率是多少？", ["88.00%"]),
        ("药学专业的毕业生有多少人？", ["140人"]),
        ("护理和会计专业的毕业生分别有多少人？", ["949人", "125人"]),
    ],
)
def test_the_asked_figures_are_bold_and_nothing_else(question: str, expected: list[str]) -> None:
    draft = answer(f"{COLLEGE}{question}")
    assert draft.status is AnswerStatus.ANSWERED
    assert bold(draft) == expected


@pytest.mark.parametrize(
    ("question", "name"), [("护理专业对接的企业是哪家？", "东湖医院"), ("百草制药厂对接的是哪个专业？", "药学")]
)
def test_names_are_looked_up_in_both_directions(question: str, name: str) -> None:
    draft = answer(question)
    assert draft.status is AnswerStatus.ANSWERED
    assert name in draft.text


def test_each_figure_is_cited_to_its_own_sentence_or_row() -> None:
    (prose,) = answer("学校有多少专任教师？").citations
    assert prose.quote.startswith("学校现有专任教师796人")
    assert prose.quote.endswith("占42.21%。")
    (row,) = answer("会计专业的就业率是多少？").citations
    assert row.quote == "2\t会计\t125\t88.00\t长江财务公司"


@pytest.mark.parametrize(
    "question",
    [
        "食堂有几层楼？",
        "毕业生平均月薪是多少元？",
        "留学生有多少人？",
        "女教师有多少人？",
        "女教师占专任教师的多少？",
        "药学专业的升学率是多少？",
        "烹饪专业的就业率是多少？",
        "学生活动用了多少毫升水？",
    ],
)
def test_what_is_not_stated_is_refused(question: str) -> None:
    draft = answer(f"{COLLEGE}{question}")
    assert draft.status is AnswerStatus.NOT_FOUND
    assert bold(draft) == []
    assert REPORT.title in draft.text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("护理专业和会计专业哪个毕业生多？", ["949人", "125人", "护理专业毕业生"]),
        ("护理专业和会计专业哪个毕业生少？", ["949人", "125人", "会计专业毕业生"]),
        ("护理、会计、药学三个专业平均有多少毕业生？", ["404.67人"]),
        ("就业率最低的专业是哪个？", ["药学", "80.50%"]),
        ("毕业生最多的两个专业是哪两个，各多少人？", ["护理", "949人", "药学", "140人"]),
    ],
)
def test_rows_of_one_report_are_compared(question: str, expected: list[str]) -> None:
    draft = answer(question)
    assert (draft.status, bold(draft)) == (AnswerStatus.ANSWERED, expected)


def test_without_evidence_nothing_is_found() -> None:
    query = question_to_query("有多少专任教师？", (), Filters(), [REPORT])
    assert evidence_to_draft(Evidence(query, ()), {REPORT.id: REPORT}, {}).status is AnswerStatus.NOT_FOUND
