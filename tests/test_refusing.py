"""Refusals: the reason first, then what was searched."""

from __future__ import annotations

import pytest
from answer_samples import make_passage, make_report

from rag.answering.built_in import evidence_to_draft
from rag.answering.built_in.refusing import searched_in_vain
from rag.gate.verify import draft_to_gated
from rag.question.understand import question_to_query
from rag.records import AnswerStatus, Draft, Evidence, Filters, ReportKind
from rag.retrieval.relevance import query_to_relevance

DONGHU, XISHAN = "东湖职业技术学院", "西山职业技术学院"
REPORTS = {
    report.id: report
    for report in (
        make_report("east.pdf", DONGHU, year=2023, academic_year="2022-2023"),
        make_report("west-2019.pdf", XISHAN, ReportKind.EMPLOYMENT, 2019),
        make_report("west-2020.pdf", XISHAN, ReportKind.EMPLOYMENT, 2020),
    )
}
PASSAGES = {
    "east.pdf": make_passage("食堂面积2400平方米，2016年建成。\n", report="east.pdf"),
    "west-2019.pdf": make_passage("2019届毕业生就业率为91.2%。\n", report="west-2019.pdf"),
    "west-2020.pdf": make_passage("2020届毕业生就业率为88.4%。\n", report="west-2020.pdf"),
}


def refusal(question: str, filters: Filters = Filters()) -> Draft:
    query = question_to_query(question, (), filters, list(REPORTS.values()))
    passages = tuple(PASSAGES[identity] for identity in query.report_ids)
    weights = query_to_relevance(query, [passage.text for passage in passages]).weights
    return evidence_to_draft(Evidence(query, passages, tuple(sorted(weights.items()))), REPORTS, {})


@pytest.mark.parametrize(
    ("question", "filters", "reason"),
    [
        ("番禺职业技术学院的食堂面积是多少", Filters(), "没有收录番禺职业技术学院的报告。"),
        ("西职2021届的就业率是多少", Filters(), f"没有收录{XISHAN}2021年的报告，收录的是2019届、2020届的。"),
        ("东职2016年的就业率是多少", Filters(), f"没有收录{DONGHU}2016年的报告，收录的是2023年的。"),
        (
            "西职的就业率是多少",
            Filters(colleges=(DONGHU,)),
            f"{XISHAN}的报告《{XISHAN}2019年就业质量年报》、《{XISHAN}2020年就业质量年报》不在筛选范围内（这次只查找{DONGHU}的报告），",
        ),
        ("西职2019届的就业率是多少", Filters(reports=("west-2020.pdf",)), f"{XISHAN}2019年的报告《{XISHAN}2019年"),
        ("东职有几个操场", Filters(), "没有找到能回答这个问题的内容。"),
        ("东职2022年有几个操场", Filters(), "没有找到能回答这个问题的内容。"),
        ("有几个操场", Filters(reports=("none.pdf",)), "筛选范围内没有报告"),
    ],
)
def test_a_refusal_begins_with_its_reason(question: str, filters: Filters, reason: str) -> None:
    draft = refusal(question, filters)
    assert draft.status is AnswerStatus.NOT_FOUND
    assert draft.text.startswith(reason)
    gated = draft_to_gated(draft, {}, REPORTS)
    assert (gated.text, gated.unsupported) == (draft.text, ())


@pytest.mark.parametrize("question", ["番禺职业技术学院的食堂面积是多少", "东职2015年的食堂面积是多少"])
def test_nothing_near_is_quoted_where_the_reports_are_not_those_asked_for(question: str) -> None:
    assert not refusal(question).citations


def test_all_reports_of_the_college_asked_about_are_named_and_of_others_two() -> None:
    every = [make_report(f"{year}.pdf", DONGHU, year=year) for year in range(2019, 2024)] + [
        make_report("letter.pdf", "", ReportKind.OFFICIAL, 2023)
    ]
    known = {report.id: report for report in every}

    def said(question: str) -> str:
        query = question_to_query(question, (), Filters(), every)
        return searched_in_vain(Evidence(query, ()), known)

    assert all(f"《{report.title}》" in said("东职有几个操场") for report in every[:5])
    assert said("东职有几个操场").endswith("等报告。")
    assert said("有几个操场").count("《") == 2
