"""Lines of the OpenAI Batch API: requests to write, replies to read. Pure.

A request is `{"custom_id", "method", "url", "body"}`. A reply is `{"custom_id", "response": {"status_code", "body"},
"error"}`; replies come in any order, and nothing in them is taken on trust.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rag.models import COMPLETE
from rag.records import ModelReply

URL = "/v1/chat/completions"
OK = 200
_UNFINISHED = {
    "length": "回复被截断：达到了 max_output_tokens",
    "content_filter": "回复被服务方的内容过滤截断",
    "": "回复不完整：没有 finish_reason",
}
_CUSTOM_ID = re.compile(r'"custom_id"\s*:\s*("(?:[^"\\]|\\.)*")')
_MAX_MESSAGE = 300
"""Characters of a service's own message that are passed on."""


@dataclass(frozen=True, slots=True)
class Replies:
    """What a file of replies holds for the questions asked."""

    replies: Mapping[str, ModelReply]
    """By question id, each complete."""
    failures: Mapping[str, str]
    """By question id, Chinese: why there is no reply to use."""
    strays: tuple[str, ...]
    """Chinese: what belongs to no question asked."""


class _BadReplyError(ValueError):
    """Chinese: why a line is no complete reply."""


def request_line(custom_id: str, body: Mapping[str, Any]) -> str:
    """One line of a batch file."""
    return json.dumps({"custom_id": custom_id, "method": "POST", "url": URL, "body": body}, ensure_ascii=False) + "\n"


def read_replies(data: bytes, ids: Iterable[str]) -> Replies:
    """The replies to these questions in a batch's output, whatever its order and whatever else it holds."""
    wanted = tuple(ids)
    found: dict[str, list[ModelReply | str]] = {}
    strays: list[str] = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        identity, outcome = _outcome(line)
        if identity in wanted:
            found.setdefault(identity, []).append(outcome)
        else:
            strays.append(f"第 {number} 行：{f'没有编号为 {identity!r} 的题' if identity else outcome}")
    single = {
        identity: outcomes[0] if len(outcomes) == 1 else _repeated(outcomes) for identity, outcomes in found.items()
    }
    outcomes = {identity: single.get(identity, "批处理的输出里没有这道题的回复") for identity in wanted}
    return Replies(
        replies={identity: outcome for identity, outcome in outcomes.items() if isinstance(outcome, ModelReply)},
        failures={identity: outcome for identity, outcome in outcomes.items() if isinstance(outcome, str)},
        strays=tuple(strays),
    )


def _repeated(outcomes: list[ModelReply | str]) -> str:
    return f"批处理的输出里这道题有 {len(outcomes)} 行，不知道该用哪一行"


def _outcome(data: bytes) -> tuple[str, ModelReply | str]:
    """The question's id (empty where it cannot be told), and its reply or why there is none."""
    text = data.decode("utf-8", "replace")
    try:
        line = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return _id_in(text), "这一行不是合法的 JSON"
    identity = line.get("custom_id") if isinstance(line, dict) else None
    if not isinstance(identity, str):
        return "", "这一行没有 custom_id"
    try:
        return identity, _reply(line)
    except _BadReplyError as error:
        return identity, str(error)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        return identity, f"这一行的结构不是批处理的输出（{type(error).__name__}：{error}）"


def _id_in(text: str) -> str:
    match = _CUSTOM_ID.search(text)
    try:
        return str(json.loads(match[1])) if match else ""
    except ValueError:
        return ""


def _reply(line: Mapping[str, Any]) -> ModelReply:
    if line.get("error"):
        raise _BadReplyError(f"批处理报错：{_message(line['error'])}")
    response = line["response"]
    body = response["body"]
    if response["status_code"] != OK:
        told = body.get("error") if isinstance(body, dict) else body
        raise _BadReplyError(f"服务返回 {response['status_code']}：{_message(told)}")
    if not body["choices"]:
        raise _BadReplyError("回复是空的：choices 里什么也没有")
    choice = body["choices"][0]
    reason, text = choice.get("finish_reason") or "", choice["message"].get("content")
    if reason.lower() not in COMPLETE:
        raise _BadReplyError(_UNFINISHED.get(reason, f"回复没有正常结束（finish_reason 为 {reason!r}）"))
    if not isinstance(text, str) or not text.strip():
        raise _BadReplyError("回复里没有文字")
    usage = body.get("usage") or {}
    return ModelReply(
        text=text,
        model_returned=str(body["model"]) if body.get("model") else None,
        finish_reason=reason,
        input_tokens=_count(usage.get("prompt_tokens")),
        output_tokens=_count(usage.get("completion_tokens")),
    )


def _message(error: Any) -> str:
    """What a service says of an error, on one line."""
    told = (error.get("message") or error.get("code")) if isinstance(error, dict) else error
    return " ".join(str(told or "没有说明原因").split())[:_MAX_MESSAGE]


def _count(value: Any) -> int:
    return value if type(value) is int and value >= 0 else 0
