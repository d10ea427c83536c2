"""A chat completions endpoint on the loopback that says what it is told to, and misbehaves on cue."""

from __future__ import annotations

import json
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

HELD_SECONDS = 30.0
"""How long a hanging reply hangs where nobody closes the server before."""
CHARACTERS_PER_TOKEN = 2
"""What the server's own count of tokens goes by."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent for one request, streamed or whole as the request asks; the defaults are a sound reply."""

    text: str = ""
    reasoning: Mapping[str, str] = field(default_factory=dict)
    """Thinking that comes before the text, by the name of the key that holds it."""
    piece_characters: int = 8
    """Characters of a streamed piece."""
    model: str | None = None
    """None = the one asked for."""
    finish_reason: str | None = "stop"
    usage: bool = True
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Sent instead of anything else."""
    delay_seconds: float = 0.0
    """Before the first byte."""
    piece_seconds: float = 0.0
    """Between two pieces."""
    hang_before: bool = False
    """Nothing is ever sent."""
    hang_after: int | None = None
    """Events after which nothing more is sent."""
    keep_alive: bool = False
    """Comments are sent while it hangs."""
    cut_after: int | None = None
    """Events after which the connection is dropped."""
    framing: str = "chunked"
    """`chunked`, `length` or `close`."""
    write_bytes: int | None = None
    """The stream is written in pieces of so many bytes, whatever characters they cut."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the server was sent."""

    path: str
    headers: Mapping[str, str]
    """By name in small letters."""
    raw: bytes
    body: Mapping[str, Any]


Script = Callable[[Mapping[str, Any]], "Reply | str"]
"""From the body of a request to what is said."""


class ModelServer:
    """Serves from construction to `close`; `url` is a base_url. Replies put in `queue` come before the script's."""

    def __init__(self, script: Script = lambda body: "好的。", port: int = 0) -> None:
        self.script = script
        self.queue: deque[Reply | str] = deque()
        self.requests: list[Request] = []
        self.closed = threading.Event()
        self._server = _Server(("127.0.0.1", port), self)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, request: Request) -> Reply:
        """The reply to a request, which is kept."""
        self.requests.append(request)
        said = self.queue.popleft() if self.queue else self.script(request.body)
        return Reply(said) if isinstance(said, str) else said

    def close(self) -> None:
        """Ends every reply that hangs, and the server."""
        self.closed.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> ModelServer:
        """The server itself, which already serves."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], owner: ModelServer) -> None:
        super().__init__(address, _Handler)
        self.owner = owner

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no error of the server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        """Answers one request."""
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        request = Request(
            self.path, {name.lower(): value for name, value in self.headers.items()}, raw, json.loads(raw)
        )
        with suppress(ConnectionError):  # a client that had enough is gone
            self._send(self.server.owner.answer(request), request.body)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""

    def _send(self, reply: Reply, body: Mapping[str, Any]) -> None:
        self._wait(reply.delay_seconds)
        if reply.hang_before:
            self._hang(reply)
            return
        if reply.body is not None or not body.get("stream"):
            data = reply.body if reply.body is not None else _whole(reply, body)
            self._head(reply, "application/json", len(data))
            self.wfile.write(data)
            return
        self._stream(reply, list(_events(reply, body)))

    def _stream(self, reply: Reply, events: list[bytes]) -> None:
        size = sum(map(len, events)) if reply.framing == "length" else None
        self._head(reply, "text/event-stream", size)
        for number, event in enumerate(events):
            if number == reply.hang_after:
                self._hang(reply)
                return
            if number == reply.cut_after:
                self.close_connection = True
                return
            self._write(event, reply)
            self._wait(reply.piece_seconds)
        if reply.framing == "chunked":
            self.wfile.write(b"0\r\n\r\n")

    def _head(self, reply: Reply, kind: str, size: int | None) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Type": kind, **reply.headers}.items():
            self.send_header(name, value)
        if size is not None:
            self.send_header("Content-Length", str(size))
        elif reply.framing == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Connection", "close")
        self.end_headers()

    def _write(self, data: bytes, reply: Reply) -> None:
        step = reply.write_bytes or len(data)
        for start in range(0, len(data), step):
            part = data[start : start + step]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if reply.framing == "chunked" else part)
            self.wfile.flush()

    def _hang(self, reply: Reply) -> None:
        pause = 0.02 if reply.keep_alive else HELD_SECONDS
        waited = 0.0
        while waited < HELD_SECONDS and not self.server.owner.closed.wait(pause):
            waited += pause
            if reply.keep_alive:
                self._write(b": keep-alive\n\n", reply)
        self.close_connection = True

    def _wait(self, seconds: float) -> None:
        if seconds:
            self.server.owner.closed.wait(seconds)


def _events(reply: Reply, body: Mapping[str, Any]) -> Iterator[bytes]:
    """The server-sent events of a streamed reply."""
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": reply.model or body["model"]}
    deltas = [{key: thought} for key, thought in reply.reasoning.items()]
    step = reply.piece_characters
    deltas += [{"content": reply.text[start : start + step]} for start in range(0, len(reply.text), step)]
    for number, delta in enumerate(deltas):
        said = {"role": "assistant", **delta} if number == 0 else delta
        yield _event({**base, "choices": [{"index": 0, "delta": said, "finish_reason": None}]})
    if reply.finish_reason is not None:
        yield _event({**base, "choices": [{"index": 0, "delta": {}, "finish_reason": reply.finish_reason}]})
    if reply.usage and (body.get("stream_options") or {}).get("include_usage"):
        yield _event({**base, "choices": [], "usage": _usage(reply, body)})
    if reply.finish_reason is not None:
        yield b"data: [DONE]\n\n"


def _event(data: Mapping[str, Any]) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


def _whole(reply: Reply, body: Mapping[str, Any]) -> bytes:
    """A reply that is not streamed."""
    message = {"role": "assistant", "content": reply.text, **reply.reasoning}
    completion = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": reply.model or body["model"],
        "choices": [{"index": 0, "message": message, "finish_reason": reply.finish_reason}],
    }
    return json.dumps(completion | ({"usage": _usage(reply, body)} if reply.usage else {}), ensure_ascii=False).encode()


def _usage(reply: Reply, body: Mapping[str, Any]) -> dict[str, int]:
    asked = sum(len(str(message["content"])) for message in body["messages"]) // CHARACTERS_PER_TOKEN
    said = len(reply.text) // CHARACTERS_PER_TOKEN
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
