"""A question set by way of a batch: the very messages of a live run go out, and replies come back as live answers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from conftest import write_report
from eval_samples import case
from fake_model import FakeModel
from generate_samples import reply_text

from evals.batch import Replies, read_replies
from evals.batch_run import (
    BUILT_IN_REWRITE,
    NOT_AS_EXPORTED,
    export_cases,
    read_record,
    replies_to_ask,
    summarise_export,
)
from evals.benchmarks.model_server import ModelServer
from evals.run import answer_case
from evals.scoring import Bucket, score_line
from evals.terminal import export_to_text
from rag.answering.with_model.model_answer import NOT_ASKED_AGAIN
from rag.app.assembly import build_assistant, build_ingest, open_index
from rag.records import ModelReply, Turn
from rag.settings.models import ChatSettings
from rag.settings.settings import Settings

COLLEGE = "青石职业技术学院"
KEY = "WENBAO_TEST_KEY_NOBODY_SETS"
TURNS = (Turn("user", f"{COLLEGE}在校生有多少人？"), Turn("assistant", "8421人"))
CASES = (
    case(("8421", "人"), id="a", question=f"{COLLEGE}在校生有多少人？", evidence=("在校生8421人",)),
    case(("91.5", "%"), id="b", question=f"{COLLEGE}2023届毕业生就业率是多少？", evidence=("就业率为91.5%",)),
    case(id="c", question=f"{COLLEGE}有多少架飞机？", type="unanswerable", answerable=False),
    case(("84210", "册"), id="d", question="那图书呢？", type="followup", history=TURNS, evidence=("图书84210册",)),
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    write_report(folder / "reports" / "qs-2023.txt", COLLEGE, 8421)
    chat = ChatSettings(model="m", base_url="http://127.0.0.1:9/v1", api_key_env=KEY, temperature=0.0)
    chat = replace(chat, input_price=Decimal(2), output_price=Decimal(8), structured="json_object")
    return Settings(
        data=folder / "data", reports=folder / "reports", model="m1", answer_cache=False, models={"m1": chat}
    )


@pytest.fixture(scope="module")
def index(settings):
    index = open_index(settings)
    build_ingest(settings, index).run([settings.reports], prune=False)
    yield index
    index.close()


@pytest.fixture(scope="module")
def assistant(settings, index):
    return build_assistant(settings, index)


def script(body):
    """A model that gives the figure a question of CASES asks for, by its id."""
    user = body["messages"][-1]["content"]
    question = user.rsplit("问题：", 1)[-1]
    wanted = next(
        (text for word, text in {"在校生": "8421人", "就业率": "91.5%", "图书": "84210册"}.items() if word in question),
        "",
    )
    found = re.search(rf"{wanted}\{{(F\w+)", user) if wanted else None
    return reply_text(f"是 **{{{found[1]}}}**。") if found else reply_text("没有写。", "not_found")


def exported(assistant):
    return list(export_cases(assistant, assistant.model, CASES))


def outputs(assistant, say=script):
    """What a batch service would give back for the exported lines, in another order."""
    requests = [json.loads(line) for line, _ in exported(assistant)]
    lines = [
        {
            "custom_id": request["custom_id"],
            "response": {
                "status_code": 200,
                "body": {
                    "model": "m-0731",
                    "choices": [{"message": {"content": say(request["body"])}, "finish_reason": "stop"}],
                    "usage": {"prompt_tokens": 1000, "completion_tokens": 50},
                },
            },
            "error": None,
        }
        for request in reversed(requests)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def imported(assistant, data, record=None):
    ask = replies_to_ask(assistant, assistant.model, read_replies(data, [c.id for c in CASES]), record or {})
    return {c.id: answer_case(ask, c) for c in CASES}


def live(settings, index, monkeypatch, say=script):
    monkeypatch.setenv(KEY, "sk-1")
    with ModelServer(say) as server:
        chat = replace(settings.models["m1"], base_url=server.url)
        assistant = build_assistant(replace(settings, models={"m1": chat}), index)
        answers = {c.id: assistant.ask(c.question, c.history, c.filters) for c in CASES}
        return answers, server.requests


def test_a_batch_sends_byte_for_byte_what_a_live_run_sends(settings, index, assistant, monkeypatch):
    _, sent = live(settings, index, monkeypatch)
    requests = [json.loads(line) for line, _ in exported(assistant)]
    assert [request["custom_id"] for request in requests] == ["a", "b", "c", "d"]
    # the follow-up was first put to the model to be rewritten, which a batch cannot
    answering = [*sent[:3], sent[4]]
    assert len(sent) == 5
    for request, received in zip(requests, answering, strict=True):
        messages = json.dumps(request["body"]["messages"], ensure_ascii=False, separators=(",", ":"))
        assert messages.encode() in received.raw
        assert request["body"] == {k: v for k, v in received.body.items() if k not in ("stream", "stream_options")}
        assert request["url"] == received.path


def test_an_export_needs_no_key_is_the_same_each_time_and_holds_none(assistant, monkeypatch):
    monkeypatch.delenv(KEY, raising=False)
    first = [line for line, _ in exported(assistant)]
    monkeypatch.setenv(KEY, "sk-secret")
    assert [line for line, _ in exported(assistant)] == first
    assert not any("sk-secret" in line or KEY in line for line in first)


def test_what_an_export_tells(assistant):
    told = [item for _, item in exported(assistant)]
    summary = summarise_export(told)
    assert (summary.count, summary.completed) == (4, 1)
    assert (summary.evidence.count, summary.evidence.total) == (3, 3)
    assert 0 < summary.median_tokens <= summary.max_tokens
    text = export_to_text(summary, "estimate")
    assert f"请求 4 条；提示的 token：中位数 {summary.median_tokens}，最大 {summary.max_tokens}（estimate）" in text
    assert "提示里有标准原文：3/3（100.0%" in text
    assert "追问 1 道" in text
    gone = replace(CASES[0], evidence=("就业率为91.5%", "这句话哪里也没有"))
    ((_, lacking),) = export_cases(assistant, assistant.model, [gone])
    assert lacking.holds_evidence is False


def test_replies_are_answered_and_scored_as_live_ones(settings, index, assistant, monkeypatch):
    answers, _ = live(settings, index, monkeypatch)
    lines = imported(assistant, outputs(assistant))
    assert {identity: line["answer"] for identity, line in lines.items()} == {i: a.text for i, a in answers.items()}
    buckets = [score_line(c, lines[c.id]).bucket for c in CASES]
    assert buckets == [Bucket.RIGHT, Bucket.RIGHT, Bucket.RIGHT_REFUSAL, Bucket.RIGHT]
    for line in lines.values():
        assert (line["model"], line["model_returned"], line["timings_ms"]) == ("m1", "m-0731", {})
        usage = line["usage"]
        assert (usage["input_tokens"], usage["output_tokens"], Decimal(usage["cost"])) == (1000, 50, Decimal("0.0024"))
    assert [line["notice"] for line in lines.values()] == ["", "", "", BUILT_IN_REWRITE]


def test_what_a_live_run_would_ask_again_is_said_not_to_be(assistant):
    def invents(body):
        return (
            reply_text("在校生 **9999人**[P1]。")
            if "在校生有多少人" in body["messages"][-1]["content"]
            else script(body)
        )

    line = imported(assistant, outputs(assistant, invents))["a"]
    assert line["notice"].endswith(NOT_ASKED_AGAIN)
    assert "9999" not in line["answer"]


def test_a_reply_that_cannot_be_read_is_failed_and_has_been_paid_for(assistant):
    lines = imported(assistant, outputs(assistant, lambda body: "好的，我来回答。"))
    for asked in CASES:
        line = lines[asked.id]
        assert score_line(asked, line).bucket is Bucket.FAILED
        assert "不合格式" in line["error"]
        assert "离线时不能请模型重写" in line["error"]
        assert (line["model_returned"], line["usage"]["input_tokens"]) == ("m-0731", 1000)
        assert Decimal(line["usage"]["cost"]) == Decimal("0.0024")


def test_a_case_without_a_reply_is_failed_with_its_reason(assistant):
    lines = imported(assistant, outputs(assistant).split(b"\n")[0])
    assert [line["status"] for line in lines.values()] == ["error", "error", "error", "answered"]
    assert lines["a"]["error"] == "批处理的输出里没有这道题的回复。"


def test_a_reply_to_another_prompt_is_not_taken_for_an_answer(assistant):
    record = {item.case.id: item.fingerprint for _, item in exported(assistant)}
    data = outputs(assistant)
    assert {line["status"] for line in imported(assistant, data, record).values()} == {"answered", "not_found"}
    lines = imported(assistant, data, {**record, "b": "0"})
    assert lines["b"]["error"] == f"{NOT_AS_EXPORTED}。"
    assert lines["a"]["status"] == "answered"


def test_the_model_is_never_called(assistant):
    model = FakeModel()
    list(export_cases(assistant, model, CASES))
    reply = ModelReply(reply_text("没有写。", "not_found"), None, "stop")
    ask = replies_to_ask(assistant, model, Replies({"c": reply}, {}, ()), {})
    assert answer_case(ask, CASES[2])["status"] == "not_found"
    assert model.history == []


@pytest.mark.parametrize("text", [None, "", "[]", "{", '{"fingerprints": 3}'])
def test_a_record_that_cannot_be_read_is_none(tmp_path, text):
    if text is not None:
        (tmp_path / "batch.json").write_text(text, encoding="utf-8")
    assert read_record(tmp_path) == {}
