"""Contradictions kept with the reports, as a prompt tells of them and an answer shows them; rows that are counted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from answer_samples import make_passage
from generate_samples import REPORTS, ROWS, TABLES, figure_id, make_evidence, make_prompt, reply_text, with_ids

from rag.answering.with_model import AnswerPrompt, evidence_to_prompt, reply_to_draft
from rag.answering.with_model.disputing import disputes_to_text, evidence_to_disputes
from rag.figures.extraction import passage_to_figures
from rag.gate.verify import draft_to_gated
from rag.language.tokens import estimate_tokens
from rag.records import Contradiction, ContradictionKind, Evidence, Figure, Passage

FRONT = replace(make_passage("全校有学生社团49个。2023届毕业生就业率为96.12%。"), section_id="front")
BACK = replace(make_passage("学生社团45个，成员众多。", path=("五、文化",)), section_id="back")


def ref(passage: Passage, text: str) -> Figure:
    return next(f for f in passage_to_figures(passage, None) if f.number.text == text)


CLUBS = Contradiction(
    "k1", "a.txt", ContradictionKind.DIFFERENT, "学生社团", (ref(FRONT, "49个"), ref(BACK, "45个")), (), "49个、45个"
)


def prompt_of(passages: tuple[Passage, ...], question: str = "学生社团多少个？") -> AnswerPrompt:
    asked: Evidence = replace(make_evidence(passages, question), word_weights=(("学生社团", 1.0),))
    return evidence_to_prompt(asked, REPORTS, TABLES, (), 20_000, estimate_tokens, (CLUBS,))


def test_a_contradiction_brings_its_other_place_into_the_prompt():
    prompt = prompt_of((FRONT,))
    assert [passage.text for passage in prompt.passages.values()] == [FRONT.text, BACK.text]
    here, there = figure_id(prompt, "49个"), figure_id(prompt, "45个")
    assert f"- 数字不同｜学生社团｜{{{here}}}、{{{there}}}｜49个、45个" in prompt.messages[1].content


def test_a_contradiction_the_question_does_not_bear_on_is_not_told():
    asked = replace(make_evidence((FRONT,)), word_weights=(("就业率", 1.0),))
    prompt = evidence_to_prompt(asked, REPORTS, TABLES, (), 20_000, estimate_tokens, (CLUBS,))
    assert prompt.disputes == ()
    assert len(prompt.passages) == 1


def test_a_contradiction_of_another_measure_is_not_told():
    rates = tuple(replace(f, context=replace(f.context, head="去向落实率")) for f in CLUBS.figures)
    assert evidence_to_disputes(prompt_of((FRONT,)).evidence, (CLUBS,)) == (CLUBS,)
    assert evidence_to_disputes(prompt_of((FRONT,)).evidence, (replace(CLUBS, figures=rates),)) == ()


def test_a_contradiction_is_told_only_where_all_its_figures_have_ids():
    prompt = prompt_of((FRONT, BACK))
    one = {name: figure for name, figure in prompt.figures.items() if figure.number.text == "49个"}
    assert disputes_to_text((CLUBS,), one) == "（没有）"


@pytest.mark.parametrize(
    ("answer", "bold", "conflicts"),
    [
        ("学生社团 **<49个>**。", ["49个", "45个"], 1),
        ("学生社团 **<49个>**，另一处为 **<45个>**。", ["49个", "45个"], 0),
        ("学生社团 **<45个>**。", ["45个", "49个"], 1),
        ("就业率为 **<96.12%>**。", ["96.12%"], 0),
    ],
)
def test_an_answer_never_chooses_silently(answer, bold, conflicts):
    prompt = prompt_of((FRONT, BACK))
    draft = reply_to_draft(reply_text(with_ids(answer, prompt)), prompt)
    gated = draft_to_gated(draft, TABLES, REPORTS)
    assert [figure.text for figure in gated.figures if figure.role == "answer"] == bold
    assert gated.unsupported == ()
    assert [conflict.indicator for conflict in draft.conflicts] == ["学生社团"] * conflicts


def test_a_stated_conflict_that_is_kept_with_the_report_has_its_note():
    prompt = prompt_of((FRONT, BACK))
    ids = [figure_id(prompt, "49个"), figure_id(prompt, "45个")]
    text = with_ids("学生社团 **<49个>**，另一处为 **<45个>**。", prompt)
    draft = reply_to_draft(reply_text(text, conflicts=[{"about": "数量", "figures": ids}]), prompt)
    assert [(conflict.indicator, conflict.note) for conflict in draft.conflicts] == [("学生社团", "49个、45个")]


@pytest.mark.parametrize(
    ("expression", "result"), [("COUNT(P1)", "3个"), ("COUNT(P1, 财经学院)", "2个"), ("count( P1，数控 )", "1个")]
)
def test_rows_of_a_table_are_counted(expression, result):
    prompt = make_prompt((ROWS,))
    request = {"id": "C1", "expression": expression, "unit": "个"}
    draft = reply_to_draft(reply_text("一共 **{C1}**。", computations=[request]), prompt)
    assert [done.text for done in draft.computations] == [result]
    assert [figure.text for figure in draft_to_gated(draft, TABLES, REPORTS).figures] == [result]


@pytest.mark.parametrize("expression", ["COUNT(P9)", "COUNT(P1, 没有的词)"])
def test_rows_that_cannot_be_counted_are_a_problem(expression):
    request = {"id": "C1", "expression": expression, "unit": "个"}
    draft = reply_to_draft(reply_text("一共 **{C1}**。", computations=[request]), make_prompt((ROWS,)))
    assert draft.computations == ()
    assert draft.problems
