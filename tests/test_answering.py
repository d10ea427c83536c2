"""What a reader gets of a model's replies, right, wrong, broken and cut short."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fake_model import FakeModel
from generate_samples import JOBS, REPORTS, STAFF, TABLES, make_evidence, make_prompt, reply_text, with_ids

from rag.answering.with_model.model_answer import Answered, Calls, Given, answer_built_in, answer_with_model
from rag.errors import IncompleteReplyError, ModelError
from rag.language.tokens import estimate_tokens
from rag.records import AnswerStatus

PROMPT = make_prompt()
GIVEN = Given(make_evidence(), REPORTS, TABLES)
BUILT_IN = answer_built_in(GIVEN)


def said(answer: str, status: str = "answered", **more: object) -> str:
    return reply_text(with_ids(answer, PROMPT), status, **more)


GOOD = said("2023届毕业生就业率为 **<96.12%>**。")
FALSE = said("2023届毕业生就业率为 **97.5%**[P1]，教职工 <959人>。")


def ask(*replies: str | Exception, **options: object) -> tuple[Answered, FakeModel]:
    model = FakeModel(*replies)
    return answer_with_model(Calls(model), GIVEN, estimate_tokens, **options), model


def test_a_proved_answer_is_given_as_it_is():
    answered, model = ask(GOOD)
    assert answered.gated.text == "2023届毕业生就业率为 **96.12%** [1]。"
    assert [(f.text, f.role, f.citations) for f in answered.gated.figures] == [("96.12%", "answer", (1,))]
    assert answered.draft.notice == ""
    assert (answered.draft.model, answered.draft.model_returned) == ("fake", "fake-1-0")
    assert (answered.draft.input_tokens, answered.draft.output_tokens) == (100, len(GOOD))
    assert answered.draft.first_token_ms == 5.0
    assert model.history == [PROMPT.messages]


def test_a_false_figure_is_named_to_the_model_once():
    answered, model = ask(FALSE, GOOD)
    assert answered.gated.text == "2023届毕业生就业率为 **96.12%** [1]。"
    assert answered.draft.notice == ""
    assert answered.draft.input_tokens == 200
    told = model.history[1]
    assert told[:2] == PROMPT.messages
    assert [message.role for message in told[2:]] == ["assistant", "user"]
    assert "数字“97.5%”没有通过核对" in told[-1].content


def test_what_stays_false_is_taken_out_and_counted():
    answered, _ = ask(said("就业率 **<96.12%>**，教职工 960人[P2]。"), said("就业率 **<96.12%>**，教职工 961人[P2]。"))
    assert "96.12%" in answered.gated.text
    assert "960" not in answered.gated.text
    assert answered.gated.unsupported == ("960人",)
    assert answered.draft.notice == "模型的回答里有 1 个数字未能核实，已经去掉。"


def test_the_better_of_two_answers_is_kept():
    answered, _ = ask(said("就业率 **<96.12%>**，男 1人[P1]。"), said("男 1人[P1]，女 2人[P1]。"))
    assert "96.12%" in answered.gated.text


@pytest.mark.parametrize(
    ("replies", "notice"),
    [
        ([FALSE, FALSE], "模型（fake）的回答没有通过核对。"),
        ([said("我不知道。"), said("还是不知道。")], "没有通过核对"),
        (["不是 JSON", "还不是"], "模型的输出不合格式（输出里没有 JSON 对象）。"),
        ([ModelError("密钥不对。")], "模型没有给出回答：密钥不对。"),
        (["不是 JSON", ModelError("限流。")], "模型的输出不合格式"),
        ([IncompleteReplyError("回答断了。", "")], "模型的回答不完整：回答断了。"),
        ([IncompleteReplyError("回答断了。", said("就业率 **<96.12%>**")[:60])], "模型的回答不完整：回答断了。"),
        ([IncompleteReplyError("断了。", said("就业率 **97.5%**[P1]。后面"))], "模型的回答不完整：断了。"),
    ],
)
def test_where_nothing_is_proved_the_built_in_answer_is_given_and_says_so(replies, notice):
    answered, model = ask(*replies)
    assert answered.gated == BUILT_IN.gated
    assert answered.draft.model == "extractive"
    assert notice in answered.draft.notice
    assert answered.draft.notice.endswith("这里给出的是内置的摘录式回答。")
    assert len(model.history) == len(replies)


def test_a_reply_that_cannot_be_read_is_asked_for_once_more():
    answered, model = ask("好的，就业率是96.12%", GOOD)
    assert "**96.12%** [1]" in answered.gated.text
    assert "输出里没有 JSON 对象" in model.history[1][-1].content


def test_there_are_three_calls_at_most():
    answered, model = ask("不是 JSON", FALSE, GOOD, GOOD)
    assert len(model.history) == 3
    assert "**96.12%** [1]" in answered.gated.text


def test_of_a_cut_reply_what_is_proved_is_given_and_marked():
    cut = said("就业率 **<96.12%>**。教职工 <959人>，还有很多")[:-40]
    answered, _ = ask(IncompleteReplyError("回答达到长度上限。", cut))
    assert answered.gated.text == "就业率 **96.12%** [1]。（回答不完整）"
    assert answered.draft.notice == "回答不完整：回答达到长度上限。"


def test_a_reader_may_stop():
    seen: list[str] = []
    whole = said("就业率 **<96.12%>**。教职工有很多很多很多很多很多很多很多很多很多很多很多很多")
    answered, _ = ask(whole, on_text=seen.append, should_stop=lambda: "很多很多" in "".join(seen[-1:]))
    assert answered.gated.text == "就业率 **96.12%** [1]。（回答不完整）"
    assert answered.draft.notice == "回答不完整：已停止。"


def test_a_flood_is_stopped():
    answered, _ = ask(said("就业率 **<96.12%>**。" + "啊" * 1_000_000))
    assert answered.gated.text == "就业率 **96.12%** [1]。（回答不完整）"
    assert "过长" in answered.draft.notice


def test_a_flood_of_whole_sentences_is_cut():
    answered, _ = ask(said("就业率 **<96.12%>**。" * 4_000))
    assert answered.gated.text.startswith("就业率 **96.12%** [1]。")
    assert "过长" in answered.draft.notice


def test_the_answer_is_seen_as_it_grows():
    seen: list[str] = []
    stages: list[str] = []
    ask(FALSE, GOOD, on_text=seen.append, on_stage=stages.append)
    assert "2023届毕业生就业率为 97.5%，教职工 959人。" in seen
    assert seen[-1] == "2023届毕业生就业率为 96.12%。"
    assert stages == ["verify", "answer", "verify"]


def test_a_refusal_needs_no_figure():
    answered, model = ask(said("没有写食堂有几层。", "not_found"))
    assert answered.draft.status is AnswerStatus.NOT_FOUND
    assert "没有写食堂有几层" in answered.gated.text
    assert len(model.history) == 1


def test_a_contradiction_whose_figures_did_not_pass_is_none():
    ids = [name for name, figure in PROMPT.figures.items() if figure.number.text in ("96.12%", "95.12%")]
    both = said("就业率为 **<96.12%>**，附表为 **<95.12%>**。", conflicts=[{"about": "就业率", "figures": ids}])
    assert len(ask(both)[0].draft.conflicts) == 1
    wrong = said("就业率为 **<96.12%>**，食堂数为 **<95.12%>**。", conflicts=[{"about": "就业率", "figures": ids}])
    answered = ask(wrong, wrong)[0]
    assert [f.text for f in answered.gated.figures if f.caution] == ["95.12%"]
    assert answered.draft.conflicts == ()


# --- a second look ---


def looking(*found):
    """What is given where only the first passage was found, and what a search finds; every search is kept."""
    asked = []

    def search(words):
        asked.append(words)
        return make_evidence(found), TABLES

    return replace(GIVEN, evidence=make_evidence((JOBS,)), search=search), asked


def wants(*words: str) -> str:
    return reply_text("资料里没有写。", "not_found", search=list(words))


def figure_of(messages, text: str) -> str:
    return re.search(rf"{text}\{{(F\w+)", messages[1].content)[1]


def test_what_a_model_asks_for_is_looked_up_and_it_answers_with_it():
    given, asked = looking(STAFF)
    model = FakeModel(wants("专任教师 人数"), lambda told: reply_text(f"**{{{figure_of(told, '796人')}}}**"))
    answered = answer_with_model(Calls(model), given, estimate_tokens)
    assert asked == ["专任教师 人数"]
    assert [f.text for f in answered.gated.figures] == ["796人"]
    assert "另外查找了：专任教师 人数" in answered.draft.notice
    assert STAFF in answered.evidence.passages
    assert "96.12%" in model.history[1][1].content


def test_a_model_asks_for_more_only_so_often_and_not_for_the_same():
    given, asked = looking(STAFF)
    answered = answer_with_model(Calls(FakeModel(*[wants("甲", "乙", "丙")] * 2)), given, estimate_tokens)
    assert asked == ["甲", "乙"]
    assert answered.draft.status is AnswerStatus.NOT_FOUND
    for reply in (
        wants("甲"),
        reply_text("没有。", "not_found", search="甲"),
        reply_text("没有。", "not_found", search=[1, ""]),
    ):
        nothing, _ = looking(JOBS)
        assert (
            answer_with_model(Calls(FakeModel(reply)), nothing, estimate_tokens).draft.status is AnswerStatus.NOT_FOUND
        )


def test_a_second_reply_empties_nothing_that_was_shown():
    shown: list[str] = []
    ask(FALSE, GOOD, on_text=shown.append)
    assert len(shown) > 2
    assert all(shown)


def test_a_table_of_figures_without_bold_is_a_written_piece():
    table = "| 项目 | 数 |\n| --- | --- |\n| 毕业生 | <6370人> |\n| 就业率 | <96.12%> |\n| 教师 | <796人> |"
    answered, model = ask(said(table))
    assert len(model.history) == 1
    assert answered.draft.model == "fake"
    assert [f.text for f in answered.gated.figures] == ["6370人", "96.12%", "796人"]
    assert "| 毕业生 | 6370人 [1] |" in answered.gated.text
    assert "| --- | --- |" in answered.gated.text
