"""Names: a sentence or row for each thing asked; refusals that name pictures and the nearest figure."""

from __future__ import annotations

import pytest
from answer_samples import make_passage, make_report

from rag.answering.built_in import evidence_to_draft
from rag.question.understand import question_to_query
from rag.records import AnswerStatus, Draft, Evidence, Filters
from rag.retrieval.relevance import query_to_relevance

COLLEGE = "东湖职业技术学院"
REPORT = make_report("a.txt", COLLEGE)
PASSAGES = (
    make_passage(
        "2021年5月6日，学校与松山县签约，托管松山县第一中等专业学校。食堂由长江餐饮公司承包，面积2400平方米，可供1800人同时就餐。"
        "报告的编写由规划处承担。\n",
        path=("一、学校概况",),
    ),
    make_passage("联系电话：027-81234567\n电子邮箱：office@example.edu.cn\n", path=("联系方式",)),
    make_passage(
        "毕业生对母校的总体满意度为93.07%。教学、生活服务两项满意度见下图。\n图3-2 毕业生对教学和生活服务的满意度\n",
        path=("二、就业质量", "（三）满意度"),
    ),
)


def answer(question: str) -> Draft:
    query = question_to_query(question, (), Filters(), [REPORT])
    relevance = query_to_relevance(query, [f"{COLLEGE}{passage.text}" for passage in PASSAGES])
    evidence = Evidence(query, PASSAGES, tuple(sorted(relevance.weights.items())))
    return evidence_to_draft(evidence, {REPORT.id: REPORT}, {})


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("联系电话是多少？", ["027-81234567"]),
        ("电子邮箱是什么？", ["office@example.edu.cn"]),
        ("报告的编写由哪个部门承担？", ["规划处"]),
        ("食堂由哪家公司承包？", ["长江餐饮公司"]),
    ],
)
def test_each_name_asked_is_found(question: str, names: list[str]) -> None:
    draft = answer(question)
    assert draft.status is AnswerStatus.ANSWERED
    assert all(name in draft.text for name in names)


def test_names_asked_beside_a_figure_are_told_without_being_bold() -> None:
    draft = answer("食堂面积多少平方米，由哪家公司承包？")
    assert "**2400平方米**" in draft.text
    assert "长江餐饮公司" in draft.text


def test_refusal_names_the_picture_that_holds_what_is_asked() -> None:
    draft = answer("毕业生对生活服务的满意度是多少？")
    assert draft.status is AnswerStatus.NOT_FOUND
    assert "图3-2" in draft.text
    assert "**" not in draft.text


def test_refusal_names_the_nearest_figure() -> None:
    draft = answer("用人单位的满意度是多少？")
    assert draft.status is AnswerStatus.NOT_FOUND
    assert "93.07%" in draft.text
    assert "**" not in draft.text
