"""What an answer is made from, what comes of it, and the calls of a model that were made for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.answering.with_model.replies import MAX_REPLY_CHARACTERS, REPLY_SCHEMA
from rag.answering.with_model.searching import Search
from rag.gate.verify import Gated
from rag.ports import ChatModel, Schema
from rag.records import Contradiction, Draft, Evidence, Message, ModelReply, Report, Table, Turn

OnText = Callable[[str], None]
OnStage = Callable[[str], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Given:
    """What an answer is made from."""

    evidence: Evidence
    reports: Mapping[str, Report]
    tables: Mapping[str, Table]
    history: Sequence[Turn] = ()
    contradictions: Sequence[Contradiction] = ()
    """Those kept with the reports the evidence is from."""
    search: Search | None = None
    """Looks for more in the same reports; None where a model cannot ask for it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A draft and what the gate left of it."""

    draft: Draft
    gated: Gated
    evidence: Evidence | None = None
    """Where the model asked for more than it was given: all of it."""


@dataclass(slots=True)
class Calls:
    """A model and what it was asked for one question."""

    model: ChatModel
    input_tokens: int = 0
    output_tokens: int = 0
    first_token_ms: float | None = None
    model_returned: str | None = None

    def reply(
        self,
        messages: Sequence[Message],
        schema: Schema,
        on_text: OnText = lambda text: None,
        should_stop: ShouldStop = lambda: False,
    ) -> ModelReply:
        """The model's reply, counted. `on_text` is given all text so far."""
        text = ""

        def add(piece: str) -> None:
            nonlocal text
            text += piece
            on_text(text)

        def stop() -> bool:
            return len(text) > MAX_REPLY_CHARACTERS or should_stop()

        reply = self.model.reply(messages, add, stop, schema)
        self.input_tokens += reply.input_tokens
        self.output_tokens += reply.output_tokens
        self.model_returned = reply.model_returned
        if schema is REPLY_SCHEMA and self.first_token_ms is None:
            self.first_token_ms = reply.first_token_ms
        return reply
