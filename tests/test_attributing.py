"""Whether an answer says of a figure what is printed of another one of the prompt."""

from __future__ import annotations

import pytest
from answer_samples import make_passage
from generate_samples import REPORTS, TABLES, make_evidence, reply_text, with_ids

from rag.answering.with_model import AnswerPrompt, evidence_to_prompt, prompt_to_doubt, reply_to_draft
from rag.gate.verify import Gated, draft_to_gated
from rag.language.tokens import estimate_tokens

TRADES = make_passage("去得最多的三个行业依次是教育、制造业、零售业，占比分别为19.87%、12.03%、9.18%。", path=("流向",))
CONTENT = make_passage("用人单位对毕业生的总体满意度为99.52%，比上年高。", path=("评价",))
GRANTS = make_passage("国家奖助学金发放1704.8万元。", path=("资助",))
PRIZES = make_passage("校长奖金合计6.7万元。", path=("奖励",))


def prompt_of(question: str) -> AnswerPrompt:
    evidence = make_evidence((TRADES, CONTENT, GRANTS, PRIZES), question)
    return evidence_to_prompt(evidence, REPORTS, TABLES, (), 20_000, estimate_tokens)


def gated(answer: str, question: str, *, doubted: bool) -> Gated:
    prompt = prompt_of(question)
    draft = reply_to_draft(reply_text(with_ids(answer, prompt)), prompt)
    doubt = prompt_to_doubt(prompt, draft.citations)
    return draft_to_gated(draft, TABLES, REPORTS, doubt) if doubted else draft_to_gated(draft, TABLES, REPORTS)


@pytest.mark.parametrize(
    ("question", "answer", "removed"),
    [
        ("用人单位的总体满意度是多少？", "是 **<12.03%>**。", ("12.03%",)),
        ("用人单位的总体满意度是多少？", "该校为 **<12.03%>**。", ("12.03%",)),
        ("国家奖助学金发了多少？", "国家奖助学金 **<6.7万元>**。", ("6.7万元",)),
        # what fits is left alone, in other words too, and where the question asks for both
        ("用人单位的总体满意度是多少？", "是 **<99.52%>**。", ()),
        ("用人单位满意吗？", "满意的占 **<99.52%>**。", ()),
        ("制造业占多少？", "制造业占比为 **<12.03%>**。", ()),
        ("国家奖助学金和校长奖金各多少？", "国家奖助学金 **<1704.8万元>**，校长奖金 **<6.7万元>**。", ()),
    ],
)
def test_a_figure_that_another_one_was_meant_by_is_taken_out(question, answer, removed):
    assert gated(answer, question, doubted=True).unsupported == removed


def test_the_gate_alone_knows_nothing_of_the_question():
    assert gated("是 **<12.03%>**。", "用人单位的总体满意度是多少？", doubted=False).unsupported == ()


LISTED = make_passage(
    "2021、2022、2023年的通过率依次为50%、83%、98.5%。男生2058人占四成。少数民族251人。", path=("少数民族",)
)


@pytest.mark.parametrize(
    ("answer", "removed"),
    [
        ("2022年通过率为 **<83%>**。", ()),
        ("2022年通过率为 **<50%>**。", ("50%",)),
        ("少数民族为 **<2058人>**。", ("2058人",)),
        ("男生为 **<2058人>**。", ()),
    ],
)
def test_figures_of_one_passage_keep_their_own_years_and_names(answer, removed):
    evidence = make_evidence((LISTED,), "男生有多少人？")
    prompt = evidence_to_prompt(evidence, REPORTS, TABLES, (), 20_000, estimate_tokens)
    draft = reply_to_draft(reply_text(with_ids(answer, prompt)), prompt)
    assert draft_to_gated(draft, TABLES, REPORTS, prompt_to_doubt(prompt, draft.citations)).unsupported == removed
