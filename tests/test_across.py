"""Answers over several reports: each figure with its own report, and what keeps them apart said."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from answer_samples import make_passage, make_report

from rag.answering.built_in import evidence_to_draft
from rag.answering.built_in.parts import beside_sure_ones, look_up
from rag.gate.verify import Gated, draft_to_gated
from rag.question.understand import question_to_query
from rag.records import AnswerStatus, Evidence, Filters, Query, ReportKind, text_to_draft
from rag.retrieval.relevance import query_to_relevance

DONGHU, XISHAN, NANHE = "东湖职业技术学院", "西山职业技术学院", "南河职业技术学院"
REPORTS = {
    report.id: report
    for report in (
        make_report("east.pdf", DONGHU, year=2023, academic_year="2022-2023"),
        make_report("west.pdf", XISHAN, ReportKind.EMPLOYMENT, 2020),
        make_report("south-2022.pdf", NANHE, year=2022),
        make_report("south-2023.pdf", NANHE, year=2023),
    )
}
TEXTS = {
    "east.pdf": "学校占地面积945亩，建筑面积32.5万平方米。学校现有专任教师796人。生师比为15.85：1。"
    "截至2023年12月31日，2023届毕业生就业率为96.12%。\n",
    "west.pdf": "学校占地面积1574亩。学校现有专任教师867人。截至2020年8月31日，2020届毕业生去向落实率为85.23%，"
    "省内就业率为58.28%。\n",
    "south-2022.pdf": "学校现有专任教师510人。生师比为17.2：1。\n",
    "south-2023.pdf": "学校现有专任教师530人。生师比为16.4：1。毕业生就业率超过97%。"
    "截至2023年8月31日，2023届毕业生就业率为97.25%。\n",
}
PASSAGES = {identity: make_passage(text, report=identity) for identity, text in TEXTS.items()}


def evidence_of(query: Query) -> Evidence:
    passages = tuple(PASSAGES[identity] for identity in query.report_ids)
    parts = tuple(evidence_of(part) for part in query.parts)
    colleges = {REPORTS[identity].college for identity in query.report_ids}
    others = [f"{college}{topic}" for college in colleges for topic in ("学生社团", "校园文化", "技能大赛", "校友会")]
    read = [f"{REPORTS[identity].title}{TEXTS[identity]}" for identity in query.report_ids]
    weights = query_to_relevance(query, [*read, *others]).weights
    return Evidence(query, passages, tuple(sorted(weights.items())), parts)


def answer(question: str, *only: str) -> tuple[AnswerStatus, Gated]:
    query = question_to_query(question, (), Filters(reports=only), list(REPORTS.values()))
    draft = evidence_to_draft(evidence_of(query), REPORTS, {})
    return draft.status, draft_to_gated(draft, {}, REPORTS)


def bold(gated: Gated) -> list[str]:
    return [figure.text for figure in gated.figures if figure.role == "answer"]


@pytest.mark.parametrize(
    ("question", "figures", "said"),
    [
        ("东职和西职的专任教师各有多少人？", ["796人", "867人"], DONGHU),
        ("东职和西职谁的占地面积大？", ["1574亩", "945亩"], f"**{XISHAN}**更大"),
        ("东职、西职和南职按专任教师人数从多到少怎么排？", ["867人", "796人", "530人"], f"**{XISHAN}**最多"),
        ("东职和南职谁的生师比低？", ["15.85：1", "16.4：1"], f"**{DONGHU}**更低"),
        ("哪所学校的专任教师最少？", ["530人", "796人", "867人"], f"**{NANHE}**最少"),
        ("西职占地面积比东职多几亩？", ["629亩"], f"{XISHAN}比{DONGHU}多"),
        ("西职专任教师比东职少多少人？", ["71人"], f"{XISHAN}比{DONGHU}多"),
        ("东职和西职一共有多少专任教师？", ["1663人"], "合计"),
        ("东职和西职平均有多少专任教师？", ["831.5人"], "平均"),
        ("东职的就业率比西职的毕业去向落实率高几个百分点？", ["10.89个百分点"], "口径"),
    ],
)
def test_figures_are_set_beside_each_other(question: str, figures: list[str], said: str) -> None:
    status, gated = answer(question)
    assert (status, bold(gated)) == (AnswerStatus.ANSWERED, figures)
    assert said in gated.text
    assert not gated.unsupported


def test_each_figure_is_cited_from_its_own_report() -> None:
    query = question_to_query("东职和西职的专任教师各有多少人？", (), Filters(), list(REPORTS.values()))
    draft = evidence_to_draft(evidence_of(query), REPORTS, {})
    cited = {citation.n: citation.passage.report_id for citation in draft.citations}
    lines = re.findall(r"- (\S+?)（.*\[(\d)\]", draft.text)
    assert [(name, cited[int(n)]) for name, n in lines] == [(DONGHU, "east.pdf"), (XISHAN, "west.pdf")]


def test_a_report_that_does_not_state_it_is_named() -> None:
    status, gated = answer("东职和西职的生师比各是多少？")
    assert (status, bold(gated)) == (AnswerStatus.ANSWERED, ["15.85：1"])
    assert f"{XISHAN}：未披露" in gated.text


def test_a_college_without_a_report_is_named() -> None:
    status, gated = answer("东职和番禺职业技术学院的生师比谁低？")
    assert (status, bold(gated)) == (AnswerStatus.ANSWERED, ["15.85：1"])
    assert "没有收录番禺职业技术学院的报告" in gated.text


def test_what_one_report_does_not_state_is_not_computed_with() -> None:
    status, gated = answer("东职的生师比比西职低多少？")
    assert (status, bold(gated)) == (AnswerStatus.NOT_FOUND, [])
    assert "15.85：1" in gated.text
    assert f"{XISHAN}：未披露" in gated.text


def test_the_place_of_one_among_all_is_said() -> None:
    _, gated = answer("南职在这几所学校里专任教师人数排第几？")
    assert f"**{NANHE}**排**第三**" in gated.text
    assert bold(gated) == ["530人"]


def test_nothing_stated_anywhere_is_refused() -> None:
    status, gated = answer("东职和西职的学费各是多少元？")
    assert (status, bold(gated)) == (AnswerStatus.NOT_FOUND, [])


def test_other_names_and_times_are_said() -> None:
    _, gated = answer("东职的就业率和西职的毕业去向落实率口径一样吗，各是多少？")
    assert bold(gated) == ["96.12%", "85.23%"]
    assert "“就业率”" in gated.text
    assert "截至2023年12月31日" in gated.text
    assert "截至2020年8月31日" in gated.text
    assert "年份或时点不同" in gated.text


def test_a_share_of_another_kind_is_not_passed_off_as_the_same() -> None:
    _, gated = answer("东职的就业率和西职的省内就业率哪个高？")
    assert "东湖职业技术学院为“就业率”、西山职业技术学院为“省内就业率”" in gated.text


def test_an_exact_figure_goes_before_a_rounded_one() -> None:
    _, gated = answer("东职和南职的就业率各是多少？")
    assert bold(gated) == ["96.12%", "97.25%"]


def test_percentages_are_not_averaged() -> None:
    _, gated = answer("东职的就业率和西职的毕业去向落实率平均是多少？")
    assert bold(gated) == ["96.12%", "85.23%"]
    assert "不能直接计算" in gated.text


def test_years_of_one_college_are_compared() -> None:
    status, gated = answer("南职2022年和2023年的生师比分别是多少？", "south-2022", "south-2023")
    assert (status, bold(gated)) == (AnswerStatus.ANSWERED, ["17.2：1", "16.4：1"])


def test_of_a_college_with_several_reports_the_last_is_taken() -> None:
    _, gated = answer("东职和南职的专任教师各有多少人？")
    assert bold(gated) == ["796人", "530人"]


def test_what_stands_under_other_names_has_no_winner() -> None:
    _, gated = answer("东职和西职的毕业去向落实率谁高？")
    assert gated.text.startswith("口径不同，不宜直接比较")
    assert bold(gated) == ["96.12%", "85.23%"]


def test_what_another_is_likely_told_of_is_a_figure_of_the_comparison() -> None:
    query = question_to_query("东职和西职的专任教师谁多？", (), Filters(), list(REPORTS.values()))
    sure, other = (look_up(part, REPORTS, {}) for part in evidence_of(query).parts)
    refused = replace(other, found=[], draft=text_to_draft(AnswerStatus.NOT_FOUND, "没有找到。", ()))
    assert [part.figure.number.text for part in beside_sure_ones([sure, refused])] == ["796人", "867人"]
    assert beside_sure_ones([sure, refused])[1].draft is None
