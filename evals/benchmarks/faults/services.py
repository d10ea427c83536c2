"""Services that misbehave: of chat models, of embeddings, and Chroma's, frozen, dying, talking nonsense.

usage: python -m evals.benchmarks.faults.services [--tries N] [--seed N] [--show]

A chat model's faults are those of `evals.benchmarks.faults.service`, which tells more of each. A fault of embeddings or of
Chroma has held where the questions are answered as without it, and while reports are taken in nothing is lost.
"""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path

from evals.benchmarks.faults.sample import QUESTIONS, before_in, copy_of, filled, ingest, judged, viewed
from evals.benchmarks.faults.service import ask_with, faults, nowhere
from evals.benchmarks.faults.tries import End, Seen, Try, run_part
from evals.benchmarks.model_server import ModelServer
from evals.cases import Case, GoldFigure
from rag.app.assembly import open_index
from rag.index import chroma_server
from rag.settings.models import ModelSettings
from rag.settings.settings import Settings

HELD_SECONDS = 3.0
"""Limits on a service's answer, so that hanging does not take long."""
CASE = Case("q", QUESTIONS[0], "text", True, (GoldFigure(Decimal("96.12"), "%", "就业率"),), ())
START_SECONDS = 300.0
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SAYS: Mapping[str, bytes | None] = {
    "接受连接，从不回应": None,
    "立刻断开": b"",
    "不是 HTTP": b"\x16\x03\x01\x02\x00 garbage \r\n\r\n",
    "500": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    "200，内容是 HTML": _OK + b"Content-Length: 13\r\n\r\n<html></html>",
    "200，空对象": _OK + b"Content-Length: 2\r\n\r\n{}",
    "200，JSON 残缺": _OK + b'Content-Length: 9\r\n\r\n{"data": [',
    "内容比说的短": _OK + b"Content-Length: 999\r\n\r\n{}",
    "头没有结束": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000,
    "一直重定向": b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
    "维数不对": _OK + b'Connection: close\r\n\r\n{"data": [{"index": 0, "embedding": [1.0, 2.0, 3.0]}]}',
    "无效数字": _OK + b'Connection: close\r\n\r\n{"data": [{"index": 0, "embedding": [NaN, Infinity]}]}',
    "不是数字": _OK + b'Connection: close\r\n\r\n{"data": [{"index": 0, "embedding": ["a"]}]}',
    "洪水": _OK + b"\r\n" + b"[" * (80 * 2**20),
}
"""What is sent to whoever asks."""


@contextmanager
def speaker(said: bytes | None) -> Iterator[int]:
    """A port where everybody is told the same, or, with None, nothing."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    kept: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                caller, _ = listening.accept()
                kept.append(caller)
                if said is not None:
                    threading.Thread(target=_tell, args=(caller, said), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()
        for caller in kept:
            caller.close()


def _tell(caller: socket.socket, said: bytes) -> None:
    with suppress(OSError), caller:
        caller.settimeout(HELD_SECONDS)
        with suppress(TimeoutError):
            caller.recv(65_536)
        caller.settimeout(30.0)
        caller.sendall(said)
        caller.shutdown(socket.SHUT_WR)


def chat_fault(number: int, pristine: Path, folder: Path) -> Seen:
    """What came of one fault of a chat model's service."""
    settings = copy_of(pristine, folder)
    with ModelServer() as server, closing(open_index(settings)) as index:
        fault = faults(server.url.removesuffix("/v1"), nowhere())[number]
        seen = ask_with(fault, CASE, index, settings.data, server)
    if not seen.is_right:
        false = "96.12" not in seen.answer.text and "**" in seen.answer.text
        return Seen(End.FALSE if false else End.LOST, f"{seen.ended} {seen.requests} {seen.answer.notice}")
    return Seen(End.SAID if seen.answer.notice else End.SAME, seen.answer.notice)


def embedding_fault(said: bytes | None, pristine: Path, folder: Path) -> Seen:
    """What came of embeddings asked of such a service."""
    settings = copy_of(pristine, folder)
    with speaker(said) as port:
        served = ModelSettings(
            kind="openai", model="m", base_url=f"http://127.0.0.1:{port}/v1", timeout=HELD_SECONDS, max_retries=0
        )
        return _through(replace(settings, embedder="served", embedders={"served": served}), before_in(folder))


def chroma_fault(said: bytes | None, pristine: Path, folder: Path) -> Seen:
    """What came of a Chroma server that says so."""
    settings, before = copy_of(pristine, folder), before_in(folder)
    chroma_server.CONNECT_SECONDS = chroma_server.TIMEOUT_SECONDS = HELD_SECONDS
    with speaker(said) as port:
        return _through(replace(settings, chroma_host="127.0.0.1", chroma_port=port), before)


def _through(settings: Settings, before: Sequence[str]) -> Seen:
    first = viewed(settings)
    told = ingest(settings)
    return judged([tuple(before)], [first, viewed(settings)], told)


def chroma_halts(halt: signal.Signals, moment: str, pristine: Path, folder: Path) -> Seen:
    """What came of a real Chroma server that is stopped or killed while it is written to, or before it is asked."""
    settings, before = copy_of(pristine, folder), before_in(folder)
    chroma_server.CONNECT_SECONDS = chroma_server.TIMEOUT_SECONDS = 10.0
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = int(free.getsockname()[1])
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--path", str(folder / "chroma")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _wait_for(port)
    served = replace(settings, chroma_host="127.0.0.1", chroma_port=port)
    if moment.startswith("写入时"):
        threading.Timer(random.Random(str(folder)).random(), server.send_signal, (halt,)).start()
        told = ingest(served)
    else:
        told = ingest(served)
        server.send_signal(halt)
    first = viewed(served)
    server.kill()
    return judged([before], [first, viewed(settings)], told)


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return
        time.sleep(0.1)
    raise RuntimeError("chroma run does not start")


def tries(place: Path, count: int | None, seed: int) -> Iterator[Try]:
    """Every fault of every service."""
    pristine = filled(place)
    cases = [
        Try("服务 对话模型", fault.name, partial(chat_fault, number, pristine))
        for number, fault in enumerate(faults("", ""))
    ]
    kinds: tuple[tuple[str, Callable[[bytes | None, Path, Path], Seen]], ...] = (
        ("服务 嵌入模型", embedding_fault),
        ("服务 Chroma", chroma_fault),
    )
    cases += [Try(kind, name, partial(fault, said, pristine)) for kind, fault in kinds for name, said in SAYS.items()]
    cases += [
        Try("服务 真的 Chroma", f"{moment} {halt.name}", partial(chroma_halts, halt, moment, pristine))
        for halt in (signal.SIGSTOP, signal.SIGKILL)
        for moment in ("写入时", "写入时 ", "写入后")
    ]
    yield from cases[:count]


if __name__ == "__main__":
    run_part("模型服务、嵌入服务和 Chroma 的各种故障", tries)
