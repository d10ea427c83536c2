"""Questions answered from elsewhere than asked: which figures of an answer count as such."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from answer_samples import make_passage, make_report

from evals.astray import OTHER_COLLEGE, OTHER_FIGURE, OTHER_YEAR, answer_to_astray
from evals.cases import Case
from rag.question.understand import question_to_query
from rag.records import AnswerFigure, AnswerStatus, Citation, Evidence, Filters, VerifiedAnswer

EAST, WEST = "东湖职业技术学院", "西山职业技术学院"
REPORTS = (
    make_report("东湖2023.pdf", EAST),
    make_report("东湖2020.pdf", EAST, year=2020),
    make_report("西山2023.pdf", WEST),
)


def astray(question: str, report_id: str, text: str = "就业率96%。\n", scope: str = "", gold: str = "") -> list[str]:
    """What is astray of an answer with one figure from a report."""
    passage = replace(make_passage(text, path=("一、就业",)), report_id=report_id)
    query = question_to_query(question, (), Filters(), REPORTS)
    figure = AnswerFigure("96%", Decimal(96), "%", "answer", "quoted", (1,), scope=scope)
    citation = Citation(1, passage, 0, len(text), None, None)
    answer = VerifiedAnswer(
        query,
        Evidence(query, (passage,)),
        AnswerStatus.ANSWERED,
        "",
        (figure,),
        (citation,),
        (),
        (),
        "",
        None,
        0,
        0,
        (),
    )
    case = Case("a", question, "text", True, (), (), documents=(gold,))
    return [one.what for one in answer_to_astray(case, answer, REPORTS)]


@pytest.mark.parametrize(
    ("question", "report_id", "text", "scope", "expected"),
    [
        ("东湖职院2023年就业率", "东湖2023.pdf", "就业率96%。\n", "", []),
        ("东湖职院2023年就业率", "西山2023.pdf", "就业率96%。\n", "", [OTHER_COLLEGE]),
        ("东湖职院2023年就业率", "西山2023.pdf", f"{EAST}就业率96%。\n", "", []),
        ("东湖师范大学2023年就业率", "东湖2023.pdf", "就业率96%。\n", "", [OTHER_COLLEGE]),
        ("东湖职院2023年就业率", "东湖2020.pdf", "就业率96%。\n", "", [OTHER_YEAR]),
        ("东湖职院2023年就业率", "东湖2020.pdf", "2023年就业率96%。\n", "", []),
        ("东湖职院2022届就业率", "东湖2023.pdf", "就业率96%。\n", "", [OTHER_YEAR]),
        ("东湖职院2023年就业率", "东湖2023.pdf", "就业率96%。\n", "2021年", [OTHER_FIGURE]),
        ("东湖职院2023年就业率", "东湖2023.pdf", "就业率96%。\n", "2021级", []),
        ("就业率", "西山2023.pdf", "就业率96%。\n", "2021年", []),
    ],
)
def test_a_figure_is_astray_where_neither_report_nor_place_is_of_what_is_asked(
    question: str, report_id: str, text: str, scope: str, expected: list[str]
) -> None:
    assert astray(question, report_id, text, scope) == expected


def test_a_gold_report_is_never_astray() -> None:
    assert astray("东湖职院2023年就业率", "西山2023.pdf", gold="西山2023") == []
