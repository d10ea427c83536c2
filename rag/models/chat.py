"""A chat model over langchain: streamed, limited, retried while nothing has been shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import count
from typing import TYPE_CHECKING, Any

from rag.errors import IncompleteReplyError, ModelError, SettingsError
from rag.language.tokens import estimate_tokens
from rag.models.failures import Service, failure_to_error
from rag.models.requests import build_client, encodable, request_options, settings_to_body
from rag.models.stream import POLL_SECONDS, Limits, Piece, chunk_to_piece, watched
from rag.records import Message, ModelReply
from rag.settings.models import OPENAI, ChatSettings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from rag.ports import Schema

FIRST_RETRY_SECONDS = 0.5
"""Pause before the first further try; it doubles each time."""
MAX_RETRY_AFTER_SECONDS = 30.0
"""A service that wants a longer pause is not waited for."""
MAX_CHARACTERS_PER_TOKEN = 8
"""A reply longer than its tokens can be is a flood."""
STOPPED = "stopped"
COMPLETE = frozenset({"stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete", "completed"})
"""Finish reasons of a reply that ended as it should."""
_ENDS = {
    **dict.fromkeys(
        ("length", "max_tokens", "max_output_tokens", "model_length"),
        "的回复到了长度上限：请调大 max_output_tokens（思考也算在内）",
    ),
    **dict.fromkeys(
        ("content_filter", "sensitive", "safety", "refusal", "prohibited_content", "recitation"),
        "的回复被该服务的安全审核截断：请换个问法或换一个模型",
    ),
}
"""What each bad end of a reply means."""


@dataclass(slots=True)
class _Received:
    """What has come of a reply so far."""

    started: float
    texts: list[str] = field(default_factory=list)
    characters: int = 0
    finish_reason: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    first_token_ms: float = 0.0

    def add(self, piece: Piece) -> None:
        if piece.text:
            self.first_token_ms = self.first_token_ms or (time.monotonic() - self.started) * 1000
            self.texts.append(piece.text)
            self.characters += len(piece.text)
        self.finish_reason = piece.finish_reason or self.finish_reason
        self.model = piece.model or self.model
        # Some services count up in every chunk, others give one count at the end.
        self.input_tokens = max(self.input_tokens, piece.input_tokens)
        self.output_tokens = max(self.output_tokens, piece.output_tokens)

    @property
    def text(self) -> str:
        return "".join(self.texts)


class LangchainChatModel:
    """Implements `ChatModel`. The key is asked for at the first call and shown nowhere."""

    def __init__(self, alias: str, settings: ChatSettings, api_key: Callable[[], str]) -> None:
        """`api_key` gives the key, or raises SettingsError."""
        self.alias = alias
        self._settings = settings
        self._api_key = api_key

    def __repr__(self) -> str:
        """Alias and model; no key."""
        return f"LangchainChatModel({self.alias!r}, {self._settings.model!r})"

    @property
    def model(self) -> str:
        """The model asked for."""
        return self._settings.model

    @property
    def context_window(self) -> int:
        """Tokens of messages and reply together."""
        return self._settings.context_window

    @property
    def max_output_tokens(self) -> int:
        """Tokens a reply may have."""
        return self._settings.max_output_tokens

    def request_body(self, messages: Sequence[Message], schema: Schema | None = None) -> Mapping[str, Any]:
        """The body of a chat completions request as a live call sends it, without the flags of streaming."""
        return settings_to_body(self._settings, messages, schema)

    def reply(
        self,
        messages: Sequence[Message],
        on_text: Callable[[str], None] = lambda piece: None,
        should_stop: Callable[[], bool] = lambda: False,
        schema: Schema | None = None,
    ) -> ModelReply:
        """The whole reply; see `ChatModel`.

        Raises IncompleteReplyError where text came and not its proper end, ModelError where no text came.
        """
        ask = partial(self._pieces, self._client, messages, schema)  # what loading libraries takes is not the model's
        started = time.monotonic()
        deadline = started + self._settings.timeout
        for attempt in count():
            received = _Received(started)
            try:
                if self._receive(received, ask, deadline, on_text, should_stop):
                    break
                return _to_reply(self._checked(received), messages)
            except ModelError as error:
                pause = self._pause(error, attempt, deadline)
                if received.texts or pause is None:
                    raise
            if _stopped_within(pause, should_stop):
                break
        return _to_reply(replace(received, finish_reason=STOPPED), messages)

    def _receive(
        self,
        received: _Received,
        ask: Callable[[], Iterator[Piece]],
        deadline: float,
        on_text: Callable[[str], None],
        should_stop: Callable[[], bool],
    ) -> bool:
        """One try, into `received`; whether it was stopped."""
        limits = Limits(self._settings.first_token_timeout, self._settings.idle_timeout, deadline)
        with closing(watched(ask, limits, should_stop)) as stream:
            while True:
                try:
                    piece = next(stream)
                except StopIteration as end:
                    return bool(end.value)
                except Exception as error:
                    failure = self._failure(error, received)
                    raise failure from failure.__cause__
                received.add(piece)
                if received.characters > self._settings.max_output_tokens * MAX_CHARACTERS_PER_TOKEN:
                    raise self._incomplete("的回复远超 max_output_tokens，已停止接收", received)
                if piece.text:
                    on_text(piece.text)

    def _pieces(self, client: BaseChatModel, messages: Sequence[Message], schema: Schema | None) -> Iterator[Piece]:
        said: Any = [(message.role, encodable(message.content)) for message in messages]
        options: dict[str, Any] = {}
        if self._settings.provider == OPENAI:
            options["extra_body"] = request_options(self._settings, schema)
        with closing(client.stream(said, **options)) as chunks:  # type: ignore[type-var]
            for chunk in chunks:
                yield chunk_to_piece(chunk)

    @cached_property
    def _client(self) -> BaseChatModel:
        try:
            return build_client(self._settings, self._api_key())
        except SettingsError as error:
            raise ModelError(f"{self._service.name}用不了：{error}") from error
        except Exception as error:
            failure = failure_to_error(error, self._service)
            raise failure from failure.__cause__

    @cached_property
    def _service(self) -> Service:
        chosen = self._settings
        key = ""
        with suppress(SettingsError):
            key = self._api_key()
        return Service("模型", chosen.model, chosen.base_url, chosen.api_key_env, key)

    def _failure(self, error: Exception, received: _Received) -> ModelError:
        found = failure_to_error(error, self._service)
        if not received.texts:
            return found
        incomplete = IncompleteReplyError(f"{found}已收到的回复不完整。", received.text)
        incomplete.__cause__ = found.__cause__
        return incomplete

    def _incomplete(self, clause: str, received: _Received) -> IncompleteReplyError:
        return IncompleteReplyError(f"{self._service.name}{clause}，回复不完整。", received.text)

    def _checked(self, received: _Received) -> _Received:
        """A reply that ended as it should, with text in it."""
        reason = received.finish_reason.lower()
        if reason in _ENDS:
            raise self._incomplete(_ENDS[reason], received)
        if received.text.strip() and reason in COMPLETE:
            return received
        if received.text.strip():
            raise self._incomplete(f"以 {reason!r} 结束" if reason else "的回复突然中断，没有结束标记", received)
        raise ModelError(f"{self._service.name}{_why_empty(received)}。", retryable=False)

    def _pause(self, error: ModelError, attempt: int, deadline: float) -> float | None:
        """Seconds until the next try, None where there is none."""
        if not error.retryable or attempt >= self._settings.max_retries:
            return None
        pause = FIRST_RETRY_SECONDS * 2**attempt if error.retry_after is None else error.retry_after
        fits = pause <= MAX_RETRY_AFTER_SECONDS and time.monotonic() + pause < deadline
        return pause if fits else None


def _why_empty(received: _Received) -> str:
    if not received.finish_reason:
        return "的回复里没有任何内容（choices 为空），请稍后再试或换一个模型"
    return "没有写出回答（只有思考过程或空白）：请在 extra_body 里关掉思考，或调大 max_output_tokens，或换一个模型"


def _to_reply(received: _Received, messages: Sequence[Message]) -> ModelReply:
    text = received.text
    return ModelReply(
        text=text,
        model_returned=received.model or None,
        finish_reason=received.finish_reason,
        input_tokens=received.input_tokens or sum(estimate_tokens(message.content) for message in messages),
        output_tokens=received.output_tokens or estimate_tokens(text),
        first_token_ms=received.first_token_ms,
        total_ms=(time.monotonic() - received.started) * 1000,
    )


def _stopped_within(seconds: float, should_stop: Callable[[], bool]) -> bool:
    """Waits; whether it was told to stop meanwhile."""
    end = time.monotonic() + seconds
    while not (stopped := should_stop()) and (left := end - time.monotonic()) > 0:
        time.sleep(min(POLL_SECONDS, left))
    return stopped
