"""What a question supposes is held against what is printed."""

from __future__ import annotations

import pytest
from answer_samples import make_passage, make_report

from rag.answering.built_in import evidence_to_draft
from rag.question.understand import question_to_query
from rag.records import AnswerStatus, Draft, Evidence, Filters
from rag.retrieval.relevance import query_to_relevance

REPORT = make_report("a.txt", "东湖职业技术学院")
PASSAGES = (
    make_passage("2023届毕业生就业率达到94.5%，较去年上涨2%。省内就业率较上年下降1.5%。\n"),
    make_passage("学校占地面积945亩。生师比为15.9：1。\n", path=("二、条件",)),
)


def answer(question: str) -> Draft:
    query = question_to_query(question, (), Filters(), [REPORT])
    relevance = query_to_relevance(query, [f"东湖职业技术学院{passage.text}" for passage in PASSAGES])
    evidence = Evidence(query, PASSAGES, tuple(sorted(relevance.weights.items())))
    return evidence_to_draft(evidence, {REPORT.id: REPORT}, {})


@pytest.mark.parametrize(
    "question", ["就业率为什么下降了？", "东职2023届就业率怎么降低了？", "就业率比去年下降了多少？"]
)
def test_a_change_the_other_way_is_told(question: str) -> None:
    draft = answer(question)
    assert draft.status is AnswerStatus.ANSWERED
    assert "报告写的是**上涨**，不是" in draft.text
    assert "94.5%" in draft.citations[0].quote


@pytest.mark.parametrize("question", ["就业率为什么上涨了？", "生师比为什么下降了？", "就业率94.5%是怎么做到的？"])
def test_a_reason_that_is_not_printed_is_refused(question: str) -> None:
    draft = answer(question)
    assert draft.status is AnswerStatus.NOT_FOUND
    assert "**" not in draft.text


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("80.1%的就业率是怎么做到的？", "94.5%"),
        ("就业率是不是只有80.1%？", "94.5%"),
        ("生师比怎么高达25？", "15.9：1"),
    ],
)
def test_another_figure_than_the_supposed_one_is_said_to_be_another(question: str, figure: str) -> None:
    draft = answer(question)
    assert "报告写的与问题里的数字不同" in draft.text
    assert f"**{figure}**" in draft.text


@pytest.mark.parametrize("question", ["就业率是多少？", "占地面积超过900亩吗？", "占地面积是多少亩？"])
def test_what_supposes_nothing_is_answered_as_it_is(question: str) -> None:
    draft = answer(question)
    assert draft.status is AnswerStatus.ANSWERED
    assert "报告写的" not in draft.text
