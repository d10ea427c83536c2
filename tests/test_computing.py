"""Answers computed from figures of the reports: the right operands, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from answer_samples import make_passage, make_report, make_table, table_passage

from rag.answering.built_in import evidence_to_draft
from rag.question.understand import question_to_query
from rag.records import AnswerStatus, Draft, Evidence, Filters, Passage, Table, Turn
from rag.retrieval.relevance import query_to_relevance

COLLEGE = "东湖职业技术学院"
REPORT = make_report("a.txt", COLLEGE)
STAFF = make_passage(
    "学校教职工900人，专任教师700人，其中双师型教师350人，占50.00%。", path=("一、学校概况", "（一）师资规模")
)
TRAINING = make_passage("全年安排3名教职工外出挂职，8名教职工在职读博。", path=("六、发展保障", "（二）教师培养"))
GRADUATES = make_passage(
    "2023届毕业生2000人，已就业1800人，就业率为90.00%。在湖北就业900人，占毕业生总数的45.00%。",
    path=("三、就业质量",),
)
MAJORS = make_table(
    [
        ("学院", "专业", "毕业生数（人）", "占比"),
        ("护理学院", "护理", "300", "15.00%"),
        ("护理学院", "助产", "100", "5.00%"),
        ("机电学院", "数控技术", "150", "7.50%"),
        ("机电学院", "模具设计", "50", "2.50%"),
    ],
    caption="表2 2023届毕业生专业分布",
)
COLLEGES = replace(
    make_table(
        [("学院", "毕业生数（人）"), ("护理学院", "400"), ("机电学院", "200"), ("商学院", "350")],
        caption="表1 2023届毕业生学院分布",
    ),
    id="t2",
)
SAMPLE = replace(
    make_table(
        [("学院", "样本人数"), ("机电学院", "190"), ("护理学院", "150"), ("商学院", "90")], caption="表3 调查样本分布"
    ),
    id="t3",
)
CONTEST = make_passage(
    "竞赛月共有1000位学生参赛，120位学生获奖，一等奖20人、二等奖40人、三等奖60人。", path=("技能竞赛月",)
)
CLUBS = make_passage("学生社团50个，成员1900人，全年办活动30场。", path=("学生社团",))


def answer(question: str, history: Sequence[Turn] = ()) -> Draft:
    tables: dict[str, Table] = {table.id: table for table in (MAJORS, COLLEGES, SAMPLE)}
    found: tuple[Passage, ...] = (STAFF, TRAINING, GRADUATES, *map(table_passage, tables.values()), CONTEST, CLUBS)
    query = question_to_query(question if history else COLLEGE + question, history, Filters(), [REPORT])
    relevance = query_to_relevance(query, [f"{COLLEGE}{passage.text}" for passage in found])
    evidence = Evidence(query, found, tuple(sorted(relevance.weights.items())))
    return evidence_to_draft(evidence, {REPORT.id: REPORT}, tables)


def bold(draft: Draft) -> list[str]:
    return re.findall(r"\*\*(.+?)\*\*", draft.text)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # what sets one operand apart from the other stands by its figure
        ("教职工里，不算专任教师的还有多少人？", ["200人"]),
        ("双师型教师以外的专任教师有多少人？", ["350人"]),
        # a whole that is no part of its part's list
        ("竞赛月参赛的学生，获奖的占百分之几？", ["12.00%"]),
        # a group's own row, not one of its parts
        ("护理学院加上机电学院，2023届一共毕业多少人？", ["600人"]),
        ("护理学院加上机电学院，2023届一共毕业多少人，占全部毕业生的百分之几？", ["600人", "30.00%"]),
        # the share of the whole that is asked about, though another one is printed
        ("护理学院2023届毕业生里，护理专业的占多少？", ["75.00%"]),
        ("2023届在湖北就业的占已就业的多少？", ["50.00%"]),
    ],
)
def test_operands_are_what_the_question_says(question: str, expected: list[str]) -> None:
    draft = answer(question)
    assert draft.status is AnswerStatus.ANSWERED
    assert (bold(draft), bool(draft.computations)) == (expected, True)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("2023届在湖北就业的占毕业生总数的多少？", ["45.00%"]),
        ("专任教师里双师型教师占多少？", ["50.00%"]),
    ],
)
def test_a_printed_share_of_the_same_whole_holds(question: str, expected: list[str]) -> None:
    assert bold(answer(question)) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("2023届人数最多的学院是哪个？", ["护理学院", "400人"]),
        ("调查样本人数最多的学院是哪个？", ["机电学院", "190人"]),
    ],
)
def test_rows_are_ranked_by_a_sample_only_where_one_is_asked_about(question: str, expected: list[str]) -> None:
    assert bold(answer(question)) == expected


def test_each_of_several_things_asked_of_a_topic_has_its_own_figure() -> None:
    passage = make_passage("各类赛项获奖80项、300人次，其中国家级15项、40人次，市级30项、90人次。", path=("竞赛",))
    query = question_to_query(f"{COLLEGE}各类赛项里市级的呢？几项，多少人次？", (), Filters(), [REPORT])
    relevance = query_to_relevance(query, [passage.text])
    evidence = Evidence(query, (passage,), tuple(sorted(relevance.weights.items())))
    assert bold(evidence_to_draft(evidence, {REPORT.id: REPORT}, {})) == ["30项", "90人次"]


def test_an_operand_without_words_of_its_own_is_shown_with_those_before() -> None:
    passage = make_passage("社团成员1000人，其中艺术类最多，为12个、250人。", path=("社团",))
    query = question_to_query(f"{COLLEGE}艺术类社团占全部社团成员的百分之几？", (), Filters(), [REPORT])
    relevance = query_to_relevance(query, [passage.text])
    evidence = Evidence(query, (passage,), tuple(sorted(relevance.weights.items())))
    assert "其中艺术类最多250人 [1]" in evidence_to_draft(evidence, {REPORT.id: REPORT}, {}).text


@pytest.mark.parametrize("question", ["社团活动占社团成员的百分之几？"])
def test_things_of_different_kinds_make_no_share(question: str) -> None:
    assert answer(question).computations == ()


@pytest.mark.parametrize(
    ("earlier", "before", "question", "expected"),
    [
        ("双师型教师有多少？", "双师型教师350人，占50.00%。", "专任教师呢？", ["700人"]),
        ("助产专业的毕业生有多少？", "助产**100人** [1]，占**5.00%** [1]。", "那数控技术呢？", ["150人", "7.50%"]),
        ("助产专业的毕业生有多少？", "助产100人。", "那数控技术呢？", ["150人"]),
    ],
)
def test_a_follow_up_gives_the_kinds_of_figures_given_before(
    earlier: str, before: str, question: str, expected: list[str]
) -> None:
    history = [Turn("user", COLLEGE + earlier), Turn("assistant", before)]
    assert bold(answer(question, history)) == expected
