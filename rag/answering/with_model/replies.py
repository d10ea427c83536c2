"""A model's reply: the JSON it is asked for, read strictly; and what is already readable of one that still comes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rag.errors import ReplyFormatError
from rag.records import AnswerStatus

MAX_REPLY_CHARACTERS = 40_000
"""More than this is a flood, no answer."""
MAX_ITEMS = 20
"""Computations, or conflicts, of one answer."""
MAX_SEARCHES, MAX_SEARCH_CHARACTERS = 2, 60
_STARTS_TRIED = 50
_FENCE = re.compile(r"\s*(?:```)?\s*")
_COMPUTATION_ID = re.compile(r"C\d{1,3}")
FIGURE_ID = r"[Ff]\d{1,4}(?:[A-Za-z]{1,2}\d?)?"
"""`F7` in prose, `F7B` in column B of a row, `F7B2` where that cell holds two."""
_FIGURE_ID = re.compile(FIGURE_ID)
_STREAMED = re.compile(r'"answer"\s*:\s*"((?:[^"\\]+|\\.)*)', re.DOTALL)
_HALF_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{0,3})?$|\\u[dD][89abAB][0-9A-Fa-f]{2}$")
_STATUSES = (AnswerStatus.ANSWERED.value, AnswerStatus.NOT_FOUND.value)

REPLY_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": list(_STATUSES)},
        "answer": {"type": "string"},
        "computations": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "expression": {"type": "string"}, "unit": {"type": "string"}},
                "required": ["id", "expression", "unit"],
                "additionalProperties": False,
            },
        },
        "conflicts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"about": {"type": "string"}, "figures": {"type": "array", "items": {"type": "string"}}},
                "required": ["about", "figures"],
                "additionalProperties": False,
            },
        },
        "search": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["status", "answer", "computations", "conflicts", "search"],
    "additionalProperties": False,
}
"""What an endpoint that can hold a model to a schema is given."""
REWRITE_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"question": {"type": "string"}},
    "required": ["question"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Request:
    """A computation a model asks for."""

    id: str
    expression: str
    """Over ids of figures, or `COUNT(P2, 词)`."""
    unit: str = ""
    """What the result is to be counted in, where that is not plain."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply in the format asked for; its ids need not be of anything that was given."""

    status: AnswerStatus
    answer: str
    computations: tuple[Request, ...] = ()
    conflicts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(what the figures are said of, their ids)."""
    search: tuple[str, ...] = ()
    """What is to be looked for before it answers again, or ids of passages to be given whole."""


def text_to_reply(text: str) -> Reply:
    """The reply a text holds: one JSON object, in a code fence or after leading prose, and nothing behind it.

    Raises ReplyFormatError that says in Chinese what is wrong.
    """
    found = json_object(text, "status")
    return Reply(_status(found), _answer(found), tuple(_computations(found)), tuple(_conflicts(found)), _search(found))


def json_object(text: str, key: str) -> Mapping[str, Any]:
    """The one JSON object with this key that a text ends with. Raises ReplyFormatError where there is none."""
    if len(text) > MAX_REPLY_CHARACTERS:
        raise ReplyFormatError(f"输出超过 {MAX_REPLY_CHARACTERS} 个字符")
    decoder = json.JSONDecoder(strict=False)
    problem = "输出里没有 JSON 对象"
    for start in [match.start() for match in re.finditer(r"\{", text)][:_STARTS_TRIED]:
        try:
            found, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            problem = f"JSON 不完整或有语法错误（{getattr(error, 'msg', '嵌套太深')}）"
            continue
        if key not in found:
            continue
        if _FENCE.fullmatch(text, end) is None:
            raise ReplyFormatError("JSON 对象后面还有别的内容")
        return dict(found)
    raise ReplyFormatError(problem)


def streamed_answer(text: str) -> str:
    """As much of the `answer` as has come of a reply; `` before it begins."""
    match = _STREAMED.search(text)
    if match is None:
        return ""
    try:
        return str(json.loads(f'"{_HALF_ESCAPE.sub("", match[1])}"', strict=False))
    except ValueError:
        return ""


def _status(found: Mapping[str, Any]) -> AnswerStatus:
    if found["status"] not in _STATUSES:
        raise ReplyFormatError(f"status 应为 {' 或 '.join(_STATUSES)}")
    return AnswerStatus(found["status"])


def _answer(found: Mapping[str, Any]) -> str:
    answer = found.get("answer")
    if not isinstance(answer, str):
        raise ReplyFormatError("answer 应为文字")
    if not answer.strip():
        raise ReplyFormatError("answer 是空的")
    return answer


def _computations(found: Mapping[str, Any]) -> Iterator[Request]:
    for item in _items(found, "computations"):
        texts: list[Any] = [item.get("id"), item.get("expression"), item.get("unit") or ""]
        if not all(isinstance(text, str) for text in texts) or not _COMPUTATION_ID.fullmatch(texts[0]):
            raise ReplyFormatError('computations 的每一项应为 {"id": "C1", "expression": "F1 - F2", "unit": ""}')
        yield Request(texts[0], texts[1], texts[2].strip())


def _conflicts(found: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for item in _items(found, "conflicts"):
        about, figures = item.get("about"), item.get("figures")
        names: list[Any] = figures if isinstance(figures, list) else [None]
        if not isinstance(about, str) or not all(isinstance(n, str) and _FIGURE_ID.fullmatch(n) for n in names):
            raise ReplyFormatError('conflicts 的每一项应为 {"about": "指标", "figures": ["F1", "F2"]}')
        yield about, tuple(map(str.upper, names))


def _search(found: Mapping[str, Any]) -> tuple[str, ...]:
    """What is asked to be looked for; what is no text is none, for an answer does not hang on it."""
    asked = found.get("search")
    texts = [text.strip() for text in asked if isinstance(text, str)] if isinstance(asked, list) else []
    return tuple(text[:MAX_SEARCH_CHARACTERS] for text in texts if text)[:MAX_SEARCHES]


def _items(found: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    items = found.get(key) or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ReplyFormatError(f"{key} 应为列表")
    if len(items) > MAX_ITEMS:
        raise ReplyFormatError(f"{key} 超过 {MAX_ITEMS} 项")
    return items
