"""Lines of the Batch API: requests as the API takes them, replies read whatever they hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.batch import read_replies, request_line

IDS = ("a", "b", "c")


def reply(custom_id="a", text="文字", *, finish="stop", status=200, **changes):
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    body = {"id": "x", "model": "m-1", "choices": [choice], "usage": {"prompt_tokens": 11, "completion_tokens": 3}}
    response = {"status_code": status, "request_id": "r", "body": body}
    return {"id": "batch_1", "custom_id": custom_id, "response": response, "error": None} | changes


def body(**changes):
    line = reply()
    line["response"]["body"] |= changes
    return line


def read(*lines, ids=IDS):
    texts = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
    return read_replies(b"\n".join(texts), ids)


def test_a_request_is_one_line_whatever_it_holds():
    messages = [{"role": "user", "content": "一\n二\u2028三"}]
    line = request_line("题 1", {"model": "m", "messages": messages})
    assert line.count("\n") == 1
    assert json.loads(line) == {
        "custom_id": "题 1",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "m", "messages": messages},
    }


def test_replies_come_in_any_order():
    found = read(reply("c", "丙"), b"", reply("a", "甲"), reply("b", "乙"))
    assert {identity: item.text for identity, item in found.replies.items()} == {"a": "甲", "b": "乙", "c": "丙"}
    first = found.replies["a"]
    assert (first.model_returned, first.finish_reason) == ("m-1", "stop")
    assert (first.input_tokens, first.output_tokens) == (11, 3)
    assert (found.failures, found.strays) == ({}, ())


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"", b"\r\n"])
def test_byte_order_mark_and_line_ends_of_windows_do_no_harm(mark):
    data = mark + json.dumps(reply()).encode() + b"\r\n"
    assert read_replies(data, ["a"]).replies["a"].text == "文字"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            reply(error={"code": "batch_expired", "message": "expired\nat noon"}, response=None),
            "批处理报错：expired at noon",
        ),
        (reply(error={"code": "batch_expired"}, response=None), "批处理报错：batch_expired"),
        (reply(error="gone"), "批处理报错：gone"),
        (
            reply(status=429, response={"status_code": 429, "body": {"error": {"message": "slow"}}}),
            "服务返回 429：slow",
        ),
        (reply(response={"status_code": 500, "body": "<html>"}), "服务返回 500：<html>"),
        (reply(response={"status_code": 500, "body": None}), "服务返回 500：没有说明原因"),
        (reply(response=None), "结构不是批处理的输出"),
        (reply(response={"status_code": 200}), "结构不是批处理的输出"),
        (reply(response=[]), "结构不是批处理的输出"),
        (body(choices=[]), "choices 里什么也没有"),
        (body(choices=[{}]), "结构不是批处理的输出"),
        (body(choices=[{"message": None, "finish_reason": "stop"}]), "结构不是批处理的输出"),
        (body(choices={}), "choices 里什么也没有"),
        (body(choices={"a": 1}), "结构不是批处理的输出"),
        (reply(finish="length"), "截断：达到了 max_output_tokens"),
        (reply(finish="content_filter"), "内容过滤"),
        (reply(finish=None), "没有 finish_reason"),
        (reply(finish="tool_calls"), "没有正常结束（finish_reason 为 'tool_calls'）"),
        (reply(finish=["x"]), "结构不是批处理的输出"),
        (reply(text=None), "没有文字"),
        (reply(text=" \n"), "没有文字"),
        (reply(text=[{"type": "text"}]), "没有文字"),
        (b'{"custom_id": "a", "response": {"status', "不是合法的 JSON"),
        (b'{"custom_id": "\\u0061", "x": "\xff"}', "不是合法的 JSON"),
        (b'{"custom_id": "a", "x": ' + b"[" * 100000, "不是合法的 JSON"),
    ],
)
def test_what_is_no_complete_reply_is_a_failure_with_its_reason(line, reason):
    found = read(line, reply("b"))
    assert reason in found.failures["a"]
    assert list(found.replies) == ["b"]


def test_missing_and_repeated_replies_are_failures():
    found = read(reply("a"), reply("a"), reply("c"))
    assert found.failures["a"] == "批处理的输出里这道题有 2 行，不知道该用哪一行"
    assert found.failures["b"] == "批处理的输出里没有这道题的回复"
    assert list(found.replies) == ["c"]


def test_what_belongs_to_no_question_is_named_by_its_line():
    found = read(reply("a"), reply("z"), b"}{", {"response": {}}, [1], ids=["a"])
    assert found.strays == (
        "第 2 行：没有编号为 'z' 的题",
        "第 3 行：这一行不是合法的 JSON",
        "第 4 行：这一行没有 custom_id",
        "第 5 行：这一行没有 custom_id",
    )


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": -1}, {"prompt_tokens": "7"}, {"prompt_tokens": True}])
def test_what_is_no_count_of_tokens_counts_for_nothing(usage):
    found = read(body(usage=usage)).replies["a"]
    assert (found.input_tokens, found.output_tokens) == (0, 0)


def test_a_reply_that_names_no_model_is_no_failure():
    assert read(body(model=None)).replies["a"].model_returned is None


KEYS = ("custom_id", "response", "status_code", "body", "error", "choices", "message", "content", "usage", "model")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_nothing_a_service_sends_stops_the_reading(value):
    found = read(value, {"custom_id": "a", "response": value}, {"custom_id": "b", "error": value, "response": value})
    assert {*found.replies, *found.failures} == set(IDS)


@given(st.binary(max_size=60))
def test_no_bytes_stop_the_reading(data):
    assert {*read_replies(data, IDS).failures} == set(IDS)
