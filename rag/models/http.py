"""Edge: the HTTP client of model services, whose replies are bounded and can be ended from another thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rag.models.failures import FloodError

if TYPE_CHECKING:
    import httpx2

MAX_REPLY_BYTES = 64 * 2**20
"""Of everything a service sends for one request, an event for every token of thinking included."""
MAX_LINE_BYTES = 2**20
"""Of one event of a stream, which holds a few words."""

_cancelled = threading.local()


def cancel_with(event: threading.Event) -> None:
    """Requests of this thread end once the event is set, as soon as their server sends anything at all."""
    _cancelled.event = event


def bounded_client(seconds: float, max_line_bytes: int) -> Any:
    """An HTTP client with this time-out whose replies raise FloodError beyond their bounds, of a line and in all.

    Comments that keep a connection alive never reach the reader of the stream, who could not end it otherwise.
    """
    import httpx2

    class Bounded(httpx2.SyncByteStream):
        def __init__(self, stream: httpx2.SyncByteStream, event: threading.Event) -> None:
            self._stream, self._event = stream, event

        def __iter__(self) -> Iterator[bytes]:
            for part in _bounded(self._stream, max_line_bytes):
                if self._event.is_set():
                    return
                yield part

        def close(self) -> None:
            self._stream.close()

    def watch(response: httpx2.Response) -> None:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise FloodError("的回复经过压缩，大小无法核对")
        if isinstance(response.stream, httpx2.SyncByteStream):
            event = getattr(_cancelled, "event", None) or threading.Event()
            response.stream = Bounded(response.stream, event)

    # A connection kept for the next question may be dead by then.
    return httpx2.Client(
        timeout=seconds,
        limits=httpx2.Limits(max_keepalive_connections=0),
        headers={"Accept-Encoding": "identity"},
        follow_redirects=True,
        event_hooks={"response": [watch]},
    )


def _bounded(parts: httpx2.SyncByteStream, max_line_bytes: int) -> Iterator[bytes]:
    whole = line = 0
    for part in parts:
        whole += len(part)
        last = part.rfind(b"\n")
        line = line + len(part) if last < 0 else len(part) - last - 1
        if whole > MAX_REPLY_BYTES or line > max_line_bytes:
            raise FloodError("的回复大得不合常理")
        yield part
