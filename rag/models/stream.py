"""A stream read in a thread of its own, so that limits hold whatever the server does."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from rag.models.failures import StalledError
from rag.models.http import cancel_with

POLL_SECONDS = 0.05
"""How often a waiting call looks whether it should stop."""
_FINISH_KEYS = ("finish_reason", "stop_reason", "done_reason")
"""What providers call the reason a reply ended for."""
_MODEL_KEYS = ("model_name", "model")


@dataclass(frozen=True, slots=True)
class Piece:
    """One chunk of a reply."""

    text: str
    finish_reason: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds a reply may take."""

    first: float
    """Until the first piece, of thinking or of text."""
    idle: float
    """Between two pieces."""
    deadline: float
    """When it must be over, on the monotonic clock."""


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


def chunk_to_piece(chunk: Any) -> Piece:
    """What one of langchain's message chunks holds."""
    about = chunk.response_metadata or {}
    usage = chunk.usage_metadata or {}
    return Piece(
        text=str(chunk.text),
        finish_reason=_first_of(about, _FINISH_KEYS),
        model=_first_of(about, _MODEL_KEYS),
        input_tokens=usage.get("input_tokens") or 0,
        output_tokens=usage.get("output_tokens") or 0,
    )


def _first_of(about: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((str(about[key]) for key in keys if about.get(key)), "")


def watched(
    pieces: Callable[[], Iterator[Piece]], limits: Limits, should_stop: Callable[[], bool]
) -> Generator[Piece, None, bool]:
    """The pieces as they come; its value is whether it was stopped. StalledError when a limit is passed.

    What reading raises is raised here. The reading thread ends with the generator, or as soon after as the
    connection lets it.
    """
    received: queue.SimpleQueue[Piece | _End] = queue.SimpleQueue()
    cancelled = threading.Event()
    threading.Thread(target=_read, args=(pieces, received, cancelled), daemon=True).start()
    allowed, clause = limits.first, "秒内没有任何回应"
    last = time.monotonic()
    try:
        while not should_stop():
            try:
                item = received.get(timeout=POLL_SECONDS)
            except queue.Empty:
                _check(time.monotonic(), last, allowed, clause, limits.deadline)
                continue
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return False
            yield item
            last, allowed, clause = time.monotonic(), limits.idle, "秒没有新内容"
            _check(last, last, allowed, clause, limits.deadline)
        return True
    finally:
        cancelled.set()


def _check(now: float, last: float, allowed: float, clause: str, deadline: float) -> None:
    if now >= deadline:
        raise StalledError("用时超过了总时限", retryable=False)
    if now - last > allowed:
        raise StalledError(f" {allowed:g} {clause}", retryable=True)


def _read(
    pieces: Callable[[], Iterator[Piece]],
    received: queue.SimpleQueue[Piece | _End],
    cancelled: threading.Event,
) -> None:
    cancel_with(cancelled)
    try:
        with closing(pieces()) as coming:  # type: ignore[type-var]
            for piece in coming:
                if cancelled.is_set():
                    return
                received.put(piece)
        received.put(_End())
    except BaseException as error:  # whatever it is, the caller's thread has to know
        received.put(_End(error))
