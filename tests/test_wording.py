"""What the words around a figure say of whom, and where."""

from __future__ import annotations

import pytest
from answer_samples import make_passage, make_report

from rag.answering.built_in import evidence_to_draft
from rag.answering.built_in.wording import done, places_in
from rag.question.understand import question_to_query
from rag.records import AnswerStatus, Evidence, Filters
from rag.retrieval.relevance import query_to_relevance

REPORT = make_report("a.txt", "东湖职业技术学院")
TEXT = (
    "学校现有体育专任教师28人，专任教师796人。毕业生主要就业地区为江苏省，就业人数为2971人。"
    "本校毕业生6370人，其中已就业6123人。"
)


@pytest.mark.parametrize(
    ("question", "verbs"),
    [
        ("有多少毕业生就业了，就业率呢", {"就业"}),
        ("已就业的毕业生有多少", {"就业"}),
        ("毕业生有多少", set()),
        ("就业率多少", set()),
    ],
)
def test_what_the_counted_did_is_read_from_the_question(question: str, verbs: set[str]) -> None:
    assert done(question) == verbs


def test_a_college_is_no_place() -> None:
    assert places_in("湖北职业技术学院的毕业生到江苏省就业") == {"江苏省"}


@pytest.mark.parametrize(
    ("question", "figure"),
    [("专任教师有多少人？", "796人"), ("有多少毕业生就业了？", "6123人"), ("的专任教师有多少人？", "796人")],
)
def test_a_part_or_a_place_does_not_stand_for_the_whole(question: str, figure: str) -> None:
    query = question_to_query(f"东湖职院{question}", (), Filters(), (REPORT,))
    weights = query_to_relevance(query, [TEXT]).weights
    evidence = Evidence(query, (make_passage(TEXT),), tuple(sorted(weights.items())))
    draft = evidence_to_draft(evidence, {REPORT.id: REPORT}, {})
    assert draft.status is AnswerStatus.ANSWERED
    assert f"**{figure}**" in draft.text
