"""Answers about figures that do not fit together: all of them bold and cited, and what they should be computed."""

from __future__ import annotations

import re

import pytest
from answer_samples import make_report, make_table

from rag.answering.built_in import evidence_to_draft
from rag.figures.contradictions import figures_to_contradictions
from rag.figures.extraction import passage_to_figures, section_to_passages
from rag.gate.verify import draft_to_gated
from rag.question.understand import question_to_query
from rag.records import AnswerStatus, Draft, Evidence, Filters, PageMark, Passage, Section, SectionKind
from rag.retrieval.relevance import query_to_relevance
from rag.structure.tables.joining import row_text

COLLEGE = "东湖职业技术学院"
REPORT = make_report("a.txt", COLLEGE)
CLUBS = make_table(
    [["社团类别", "文艺", "体育", "总计"], ["社团数量", "12", "20", "32"], ["现有成员", "300", "420", "720"]],
    caption="表1 学生社团及成员统计",
)
TEXTS = (
    ("前言", "完成实训微课210个。教师参加师德宣讲15场。"),
    ("一、学生社团", ""),
    ("二、学生社团活动", "现有学生社团28个，成员650人。"),
    ("三、课程资源", "完成实训微课215个。"),
    ("四、毕业生评价", "对母校的满意度为88.20%，同比上届（90.00%）减少2.00个百分点。"),
    ("五、经费", "全年经费收入900.00万元，其中财政拨款500.00万元，事业收入300.00万元，捐赠40.00万元，其他25.00万元。"),
    ("六、学生结构", "城镇学生占48.23%，农村学生占53.77%。折合在校生9600人，折合教师600人，折合生师比为19.00:1。"),
    ("七、招生规模", "今年招生8778人，上年招生8000人，比上年增加678人。"),
    ("八、就业时点", "截至8月31日，毕业生就业率为71.02%。"),
    ("九、年终就业", "截至12月31日，毕业生就业率为85.40%。"),
)


def _sections() -> list[Section]:
    rows = "".join(f"{row_text(row)}\n" for row in CLUBS.rows)
    return [
        Section(
            f"s{at}",
            REPORT.id,
            at,
            (heading,),
            SectionKind.BODY,
            f"{text}\n" if text else rows,
            (PageMark(0, at + 1, None),),
            () if text else ((CLUBS.id, 0, len(rows)),),
        )
        for at, (heading, text) in enumerate(TEXTS)
    ]


SECTIONS = _sections()
PASSAGES = tuple(passage for section in SECTIONS for passage in section_to_passages(section))
TABLES = {CLUBS.id: CLUBS}
FIGURES = [figure for p in PASSAGES for figure in passage_to_figures(p, TABLES.get(p.table_id or ""))]
CONTRADICTIONS = figures_to_contradictions(REPORT.id, SECTIONS, FIGURES, (2023,))


def answer(question: str, passages: tuple[Passage, ...] = PASSAGES) -> Draft:
    query = question_to_query(question, (), Filters(), [REPORT])
    relevance = query_to_relevance(query, [f"{COLLEGE}{passage.text}" for passage in PASSAGES])
    evidence = Evidence(query, passages, tuple(sorted(relevance.weights.items())))
    return evidence_to_draft(evidence, {REPORT.id: REPORT}, TABLES, CONTRADICTIONS)


def bold(draft: Draft) -> set[str]:
    return set(re.findall(r"\*\*(.+?)\*\*", draft.text))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("学校有多少个学生社团？", {"32个", "28个"}),
        ("实训微课有多少个，前后写的一样吗？", {"210个", "215个"}),
        ("实训微课的个数有两种说法，分别是多少？", {"210个", "215个"}),
        ("学生社团有几个、成员多少，怎么有两套数？", {"32个", "28个", "720人", "650人"}),
        (
            "毕业生对母校的满意度比上届降了多少，这个降幅经得起核算吗？",
            {"2.00个百分点", "88.20%", "90.00%", "1.80个百分点"},
        ),
        ("经费收入各项加起来等于合计吗？", {"900.00万元", "865.00万元"}),
        ("城镇学生和农村学生的占比加起来等于100%吗？", {"48.23%", "53.77%"}),
        ("折合生师比算得对不对，和折合在校生、折合教师相符吗？", {"19.00:1", "9600人", "600人", "16.00倍"}),
        ("今年招生比上年增加的人数对不对得上？", {"678人", "8778人", "8000人", "778人"}),
        ("毕业生就业率到底是多少？", {"71.02%", "85.40%"}),
    ],
)
def test_every_figure_in_dispute_is_bold_and_proved(question: str, expected: set[str]) -> None:
    draft = answer(question)
    assert draft.status is AnswerStatus.ANSWERED
    assert bold(draft) == expected
    assert draft.conflicts
    gated = draft_to_gated(draft, TABLES, {REPORT.id: REPORT})
    assert gated.unsupported == ()
    assert {figure.text for figure in gated.figures if figure.role == "answer"} == expected


def test_a_figure_whose_rival_was_not_retrieved_brings_it_along() -> None:
    draft = answer("现有学生社团有多少个，成员多少人？", PASSAGES[2:3])
    assert bold(draft) == {"28个", "32个", "650人", "720人"}
    assert [citation.page for citation in draft.citations] == [3, 2, 2]
    assert [[value for value, _ in conflict.values] for conflict in draft.conflicts] == [
        ["28个", "32个"],
        ["650人", "720人"],
    ]
    assert draft_to_gated(draft, TABLES, {REPORT.id: REPORT}).unsupported == ()


def test_other_scopes_are_named_as_that_and_not_as_a_contradiction() -> None:
    draft = answer("毕业生就业率到底是多少？")
    assert "口径不同" in draft.text
    assert "前后不一致" not in draft.text
    assert "8月31日" in draft.conflicts[0].note


@pytest.mark.parametrize("question", ["师德宣讲做了多少场？", "财政拨款是多少万元？", "对母校的满意度是多少？"])
def test_a_question_for_another_figure_is_answered_without_any_dispute(question: str) -> None:
    draft = answer(question)
    assert len(bold(draft)) == 1
    assert draft.conflicts == ()
