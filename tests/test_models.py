from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from evals.benchmarks.model_server import ModelServer, Reply
from rag.errors import IncompleteReplyError, ModelError, SettingsError
from rag.models import LangchainChatModel, chat
from rag.records import Message
from rag.settings.models import ChatSettings

KEY = "sk-0123456789abcdef"
MESSAGES = (Message("system", "只依据所给材料回答。"), Message("user", "就业率是多少？\n“引号”\\ 和 \u2028 😀"))
ANSWER = "2023届毕业生就业率为96.12%，去向落实率同此。"
SCHEMA = {
    "title": "回答 answer",
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}


@pytest.fixture
def server(monkeypatch) -> Iterator[ModelServer]:
    monkeypatch.setattr(chat, "FIRST_RETRY_SECONDS", 0.02)
    with ModelServer(lambda body: ANSWER) as served:
        yield served


def model_of(server: ModelServer, **changes: Any) -> LangchainChatModel:
    base = ChatSettings(
        model="deepseek-v4-flash",
        base_url=server.url,
        api_key_env="DEEPSEEK_API_KEY",
        timeout=5.0,
        first_token_timeout=3.0,
        idle_timeout=3.0,
    )
    return LangchainChatModel("deepseek", replace(base, **changes), lambda: KEY)


def test_a_reply_is_streamed_and_its_facts_kept(server):
    server.script = lambda body: Reply(ANSWER, model="deepseek-v4-flash-0731", delay_seconds=0.05)
    pieces: list[str] = []
    reply = model_of(server).reply(MESSAGES, pieces.append)
    assert (reply.text, "".join(pieces), reply.finish_reason) == (ANSWER, ANSWER, "stop")
    assert len(pieces) > 2
    assert reply.model_returned == "deepseek-v4-flash-0731"
    assert reply.output_tokens == len(ANSWER) // 2
    assert 50 <= reply.first_token_ms <= reply.total_ms
    asked = server.requests[0]
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"


def test_tokens_are_estimated_where_the_service_counts_none(server):
    server.script = lambda body: Reply(ANSWER, usage=False)
    reply = model_of(server).reply(MESSAGES)
    assert reply.input_tokens > 20
    assert reply.output_tokens > 20


@pytest.mark.parametrize("changes", [
    {},
    {"temperature": 0.0},
    {"structured": "json_object", "extra_body": {"thinking": {"type": "disabled"}}},
    {"structured": "json_schema", "temperature": 0.3, "max_output_tokens": 7},
    {"extra_body": {"max_completion_tokens": 9, "temperature": 1}, "temperature": 0.0},
])  # fmt: skip
@pytest.mark.parametrize("schema", [None, SCHEMA])
def test_a_request_is_what_was_said_it_would_be(server, changes, schema):
    model = model_of(server, **changes)
    model.reply(MESSAGES, schema=schema)
    sent = dict(server.requests[0].body)
    assert (sent.pop("stream"), sent.pop("stream_options")) == (True, {"include_usage": True})
    promised = model.request_body(MESSAGES, schema)
    assert sent == promised
    compact = json.dumps(promised["messages"], ensure_ascii=False, separators=(",", ":")).encode()
    assert compact in server.requests[0].raw
    assert KEY not in json.dumps(promised)


def test_what_is_asked_follows_the_settings():
    def body(schema: Any = None, **changes: Any) -> dict[str, Any]:
        settings = ChatSettings(model="m", base_url="https://x.cn/v4", max_output_tokens=50, **changes)
        return dict(LangchainChatModel("x", settings, lambda: KEY).request_body([Message("user", "a\ud800")], schema))

    assert body() == {"model": "m", "messages": [{"content": "a?", "role": "user"}], "max_tokens": 50}
    assert body(temperature=0.0)["temperature"] == 0.0
    assert body(extra_body={"max_completion_tokens": 9}).get("max_tokens") is None
    assert "response_format" not in body(SCHEMA)
    assert body(SCHEMA, structured="json_object")["response_format"] == {"type": "json_object"}
    wanted = body(SCHEMA, structured="json_schema")["response_format"]["json_schema"]
    assert wanted == {"name": "answer", "schema": SCHEMA, "strict": True}
    openai = ChatSettings(model="m", max_output_tokens=50)
    assert LangchainChatModel("x", openai, lambda: KEY).request_body([])["max_completion_tokens"] == 50


def _refusal(status: int, message: str = "no", **headers: str) -> Reply:
    said = json.dumps({"error": {"message": message, "code": "c"}}, ensure_ascii=False).encode()
    return Reply(status=status, body=said, headers=headers)


HTML = Reply(body=b"<html><h1>login</h1></html>", headers={"Content-Type": "text/html"})
FAST = {"first_token_timeout": 0.2, "idle_timeout": 0.2}


@pytest.mark.parametrize(
    ("reply", "changes", "words", "tries"),
    [
        pytest.param(_refusal(400, "bad thing"), {}, "返回 400：请求被拒绝.*服务说：bad thing", 1, id="400"),
        pytest.param(
            _refusal(400, "This model's maximum context length is 8192 tokens"), {}, "上下文长度", 1, id="too long"
        ),
        pytest.param(_refusal(400, "输入内容超长"), {}, "上下文长度", 1, id="too long in Chinese"),
        pytest.param(_refusal(400, "data_inspection_failed"), {}, "安全审核", 1, id="censored question"),
        pytest.param(_refusal(401, f"bad key {KEY}"), {}, "401：密钥无效.*DEEPSEEK_API_KEY", 1, id="401"),
        pytest.param(_refusal(402), {}, "402：账户余额不足", 1, id="402"),
        pytest.param(_refusal(403), {}, "403：密钥没有使用该模型的权限", 1, id="403"),
        pytest.param(_refusal(404, f"no model for {KEY}"), {}, "404：地址或模型名不对", 1, id="404"),
        pytest.param(_refusal(429), {}, "429：请求过于频繁（限流）", 3, id="429"),
        pytest.param(_refusal(429, **{"Retry-After": "0"}), {}, "429", 3, id="429, may come back at once"),
        pytest.param(_refusal(429, **{"Retry-After": "3600"}), {}, "429", 1, id="429, not within the hour"),
        pytest.param(_refusal(429, "insufficient_quota"), {}, "429：账户余额不足", 1, id="429, no money"),
        pytest.param(_refusal(500), {}, "500：服务出错", 3, id="500"),
        pytest.param(Reply(status=502, body=b"<html>bad gateway"), {}, "502：服务出错[^<]*$", 3, id="502 page"),
        pytest.param(_refusal(500), {"max_retries": 0}, "500", 1, id="no retries wanted"),
        pytest.param(Reply(hang_before=True), FAST, "0.2 秒内没有任何回应", 3, id="hangs"),
        pytest.param(
            Reply("一", hang_after=0, keep_alive=True), {**FAST, "max_retries": 0}, "没有任何回应", 1, id="keep-alives"
        ),
        pytest.param(HTML, {}, "不是该接口的格式", 1, id="a page"),
        pytest.param(Reply(body=b'data: {"choi\n\n'), {}, "不是该接口的格式", 1, id="broken JSON"),
        pytest.param(Reply(body=b"data: [1]\n\n"), {}, "不是该接口的格式", 1, id="no object"),
        pytest.param(Reply(body=b'data: {"choices":[{"index":0}]}\n\n'), {}, "不是该接口的格式", 1, id="no delta"),
        pytest.param(Reply(body=b'data: {"choices":[]}\n\n'), {}, "choices 为空", 1, id="empty choices"),
        pytest.param(
            Reply(body=b'data: {"error":{"message":"overloaded"}}\n\n'), {}, "报错.*overloaded", 3, id="error inside"
        ),
        pytest.param(Reply(""), {}, "没有写出回答", 1, id="blank"),
        pytest.param(Reply("  \n\n "), {}, "没有写出回答", 1, id="white space"),
        pytest.param(Reply(reasoning={"reasoning_content": "想"}), {}, "只有思考过程", 1, id="reasoning_content only"),
        pytest.param(Reply(reasoning={"reasoning": "想"}), {}, "只有思考过程", 1, id="reasoning only"),
    ],
)
def test_a_failure_is_explained_and_tried_again_only_where_that_helps(server, reply, changes, words, tries):
    server.script = lambda body: reply
    shown: list[str] = []
    with pytest.raises(ModelError, match=words) as caught:
        model_of(server, **changes).reply(MESSAGES, shown.append)
    assert len(server.requests) == tries
    assert not "".join(shown).strip()
    assert "deepseek-v4-flash" in str(caught.value)
    _assert_no_key(caught.value)


def test_tries_end_with_the_time_granted_to_all_of_them(server):
    server.script = lambda body: Reply(hang_before=True)
    with pytest.raises(ModelError, match=r"秒内没有任何回应|总时限"):
        model_of(server, timeout=2.0, max_retries=999, **FAST).reply(MESSAGES, lambda piece: None)
    assert 1 <= len(server.requests) < 100


def _assert_no_key(error: BaseException | None) -> None:
    while error is not None:
        assert KEY not in f"{error}{error!r}{vars(error)}"
        error = error.__cause__ if error.__suppress_context__ else error.__context__


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        pytest.param(Reply(ANSWER, cut_after=2), "中途断开.*不完整", id="cut, chunked"),
        pytest.param(Reply(ANSWER, cut_after=2, framing="length"), "中途断开.*不完整", id="cut, with a length"),
        pytest.param(Reply(ANSWER, cut_after=2, framing="close"), "没有结束标记.*不完整", id="cut, unnoticed"),
        pytest.param(Reply(ANSWER, hang_after=2), "0.2 秒没有新内容.*不完整", id="hangs"),
        pytest.param(Reply(ANSWER, hang_after=2, keep_alive=True), "0.2 秒没有新内容", id="hangs with keep-alives"),
        pytest.param(Reply(ANSWER, finish_reason=None), "没有结束标记.*不完整", id="no finish reason"),
        pytest.param(Reply(ANSWER, finish_reason="length"), "长度上限.*max_output_tokens.*不完整", id="length"),
        pytest.param(Reply(ANSWER, finish_reason="content_filter"), "安全审核.*不完整", id="content filter"),
        pytest.param(Reply(ANSWER, finish_reason="sensitive"), "安全审核.*不完整", id="content filter of another name"),
        pytest.param(Reply(ANSWER, finish_reason="insufficient_system_resource"), "insufficient_sys", id="unknown end"),
        pytest.param(Reply("一" * 10_000), "远超 max_output_tokens.*不完整", id="flood"),
    ],
)
def test_what_came_of_a_reply_that_does_not_end_well_is_kept_and_not_asked_again(server, reply, words):
    server.script = lambda body: reply
    shown: list[str] = []
    with pytest.raises(IncompleteReplyError, match=words) as caught:
        model_of(server, **FAST, max_output_tokens=100).reply(MESSAGES, shown.append)
    assert reply.text.startswith(caught.value.partial)
    assert caught.value.partial.startswith("".join(shown))
    assert len(caught.value.partial) >= 8
    assert len(server.requests) == 1
    _assert_no_key(caught.value)


@pytest.mark.parametrize(
    "trouble", [_refusal(500), _refusal(429), _refusal(429, **{"Retry-After": "0.1"}), Reply(cut_after=0)]
)
def test_trouble_that_passes_is_not_seen(server, trouble):
    server.queue.append(trouble)
    pieces: list[str] = []
    started = time.monotonic()
    assert model_of(server).reply(MESSAGES, pieces.append).text == "".join(pieces) == ANSWER
    assert len(server.requests) == 2
    assert time.monotonic() - started >= float(trouble.headers.get("Retry-After", 0))


@pytest.mark.parametrize("framing", ["chunked", "length", "close"])
def test_characters_cut_by_the_wire_come_whole(server, framing):
    server.script = lambda body: Reply(ANSWER * 3, write_bytes=7, framing=framing)
    assert model_of(server).reply(MESSAGES).text == ANSWER * 3


def test_thinking_before_the_text_is_no_silence_and_no_text(server):
    thinking = {"reasoning_content": "先想一想"}
    server.script = lambda body: Reply(ANSWER, reasoning=thinking, piece_seconds=0.1)
    assert model_of(server, first_token_timeout=0.4, idle_timeout=0.4).reply(MESSAGES).text == ANSWER


def test_the_reader_stops_a_reply(server):
    server.script = lambda body: Reply(ANSWER, piece_seconds=0.1)
    shown: list[str] = []
    reply = model_of(server).reply(MESSAGES, shown.append, lambda: bool(shown))
    assert reply.finish_reason == "stopped"
    assert reply.text == "".join(shown) == ANSWER[:8]


@pytest.mark.parametrize("reply", [Reply(hang_before=True), _refusal(429, **{"Retry-After": "4"})])
def test_the_reader_need_not_wait_for_the_first_word(server, reply):
    server.script = lambda body: reply
    started = time.monotonic()
    stopped = model_of(server).reply(MESSAGES, should_stop=lambda: time.monotonic() - started > 0.2)
    assert (stopped.text, stopped.finish_reason) == ("", "stopped")


def test_an_error_of_the_reader_is_the_readers(server):
    def broken(piece: str) -> None:
        raise KeyError(piece)

    with pytest.raises(KeyError):
        model_of(server).reply(MESSAGES, broken)


@pytest.mark.parametrize("reply", [Reply(ANSWER, hang_after=1, keep_alive=True), Reply(ANSWER, hang_after=1)])
def test_nothing_goes_on_after_the_call(server, reply):
    server.script = lambda body: reply
    before = threading.active_count() + 1  # the server's own, for the one connection
    with pytest.raises(IncompleteReplyError):
        model_of(server, **FAST).reply(MESSAGES)
    end = time.monotonic() + 3
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.02)
    assert threading.active_count() <= before


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"data: " + b"x" * 300_000),
        Reply(body=(b"data: {" + b" " * 50_000 + b"}\n\n") * 50),
        Reply(status=400, body=b'{"error": "' + b"x" * 300_000),
        Reply(ANSWER, headers={"Content-Encoding": "gzip"}),
    ],
    ids=["a line", "many lines", "an error", "compressed"],
)
def test_a_flood_is_cut_off(server, monkeypatch, reply):
    monkeypatch.setattr("rag.models.http.MAX_REPLY_BYTES", 1_000_000)
    monkeypatch.setattr("rag.models.requests.MAX_LINE_BYTES", 100_000)
    server.script = lambda body: reply
    with pytest.raises(ModelError, match="已停止接收") as caught:
        model_of(server).reply(MESSAGES)
    assert not caught.value.retryable
    assert len(server.requests) == 1
    assert server.requests[0].headers["accept-encoding"] == "identity"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_no_service_and_no_host(server):
    for url, words in (
        (f"http://127.0.0.1:{_free_port()}/v1", "连接被拒绝：该地址没有服务在运行"),
        ("http://name.invalid/v1", "找不到这个主机名"),
        (f"http://user:pass-word@127.0.0.1:{_free_port()}/v1", "连接被拒绝"),
    ):
        with pytest.raises(ModelError, match=words) as caught:
            model_of(server, base_url=url).reply(MESSAGES)
        assert "pass-word" not in str(caught.value)


def test_a_proxy_that_fails_is_named(server, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for proxy, words in (
        (f"http://127.0.0.1:{_free_port()}", "代理"),
        (server.url.removesuffix("/v1"), "代理服务器不通或拒绝转发"),
    ):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("https_proxy", proxy)
        with pytest.raises(ModelError, match=words):
            model_of(server, base_url="https://name.invalid/v1", max_retries=0).reply(MESSAGES)


def test_a_key_that_is_not_set_is_named_when_it_is_needed(server):
    def missing() -> str:
        raise SettingsError("没有设置环境变量 X：请设置。")

    model = LangchainChatModel("x", ChatSettings(model="m", base_url=server.url), missing)
    assert model.request_body(MESSAGES)["model"] == "m"
    with pytest.raises(ModelError, match="没有设置环境变量 X"):
        model.reply(MESSAGES)
    assert server.requests == []


@pytest.mark.parametrize(
    ("provider", "words"), [("deepseek", "pip install langchain-deepseek"), ("depseek", "名称写错")]
)
def test_a_provider_that_is_not_there_is_explained(server, provider, words):
    with pytest.raises(ModelError, match=words):
        model_of(server, provider=provider).reply(MESSAGES)


def test_any_provider_langchain_knows_plugs_in(server):
    extra = {"azure_endpoint": server.url.removesuffix("/v1"), "api_version": "2025-01-01", "azure_deployment": "d"}
    model = model_of(server, provider="azure_openai", base_url="", extra_body=extra, temperature=0.0)
    assert model.reply(MESSAGES).text == ANSWER
    assert server.requests[0].path.startswith("/openai/deployments/d/chat/completions")
    server.script = lambda body: _refusal(401)
    with pytest.raises(ModelError, match="401：密钥无效"):
        model.reply(MESSAGES)


def test_the_key_is_shown_nowhere(server, caplog):
    caplog.set_level(0)
    model = model_of(server)
    model.reply(MESSAGES)
    shown: list[Callable[[], str]] = [model.__repr__, lambda: repr(model._client), lambda: repr(model._service)]
    assert not any(KEY in show() for show in shown)
    assert KEY not in caplog.text
