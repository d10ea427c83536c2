"""A chat model with a queue in and a history out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rag.records import Message, ModelReply

PIECE = 7
"""Characters of a streamed piece."""


class FakeModel:
    """Replies with what is queued: a text, an error to raise, or a function from the messages to a text."""

    alias = "fake"
    model = "fake-1"
    context_window = 32_000
    max_output_tokens = 2_000

    def __init__(self, *replies: str | Exception | Callable[[Sequence[Message]], str]) -> None:
        self.queue = list(replies)
        self.history: list[tuple[Message, ...]] = []

    def request_body(self, messages: Sequence[Message], schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {"model": self.model, "messages": [[m.role, m.content] for m in messages], "schema": schema}

    def reply(
        self,
        messages: Sequence[Message],
        on_text: Callable[[str], None] = lambda piece: None,
        should_stop: Callable[[], bool] = lambda: False,
        schema: Mapping[str, Any] | None = None,
    ) -> ModelReply:
        self.history.append(tuple(messages))
        said = self.queue.pop(0)
        if isinstance(said, Exception):
            raise said
        text = said if isinstance(said, str) else said(messages)
        sent = ""
        for start in range(0, len(text), PIECE):
            if should_stop():
                return ModelReply(sent, "fake-1-0", "stopped", 100, len(sent))
            sent += text[start : start + PIECE]
            on_text(text[start : start + PIECE])
        return ModelReply(text, "fake-1-0", "stop", 100, len(text), 5.0, 9.0)
