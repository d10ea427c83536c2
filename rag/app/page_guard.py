"""What every answer of the page's server carries, and the parts of the server that nobody is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Server = Callable[[Message, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; frame-ancestors 'self'"
)
"""The page looks nothing up elsewhere, and stands in no frame of another site. Streamlit itself needs the `unsafe` words."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-frame-options": "SAMEORIGIN",
    "x-content-type-options": "nosniff",
    # the address of a conversation is what opens it
    "referrer-policy": "same-origin",
}
METRICS = "/_stcore/metrics"
CLOSED = ("/_stcore/agent",)
"""Parts of Streamlit's server by which a program drives the page."""


@dataclass(frozen=True, slots=True)
class PageGuard:
    """A layer (ASGI) around the page's server."""

    app: Server
    shows_metrics: bool = False

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http":
            send = _with_headers(send)
            if self._is_closed(scope["path"]):
                await send({"type": "http.response.start", "status": 404, "headers": []})
                await send({"type": "http.response.body", "body": b""})
                return
        await self.app(scope, receive, send)

    def _is_closed(self, path: str) -> bool:
        return any(closed in path for closed in (*CLOSED, *(() if self.shows_metrics else (METRICS,))))


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", ()) if pair[0].decode("latin-1").lower() not in HEADERS]
            added = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*kept, *added]}
        await send(message)

    return sent
