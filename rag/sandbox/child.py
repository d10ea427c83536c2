"""One guarded child process, seen from its parent."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import IO, Any

import rag
from rag.sandbox.frames import FINAL, Frame, Kind, read_frame, write_frame
from rag.sandbox.memory import OUT_OF_MEMORY_EXIT

POLL_SECONDS = 0.05
_MAX_DIGITS = 9
COMPLAINT_BYTES = 20_000
"""How much of what the child printed last is kept for whoever looks into a failure."""


class Failure(Enum):
    """Why there is no answer."""

    REFUSED = auto()
    """The task says so; the detail is its reason, in Chinese."""
    OUT_OF_MEMORY = auto()
    OUT_OF_TIME = auto()
    """The detail is the number of seconds."""
    TOO_LARGE = auto()
    CRASHED = auto()
    UNFORESEEN = auto()
    """The task raised an error; the detail is the name of its class, then its traceback."""
    STOPPED = auto()


class SandboxError(Exception):
    """Why a task has no answer."""

    def __init__(self, failure: Failure, detail: str = "") -> None:
        super().__init__(f"{failure.name}\n{detail}")
        self.failure, self.detail = failure, detail


_FAILURES = {
    Kind.REFUSAL: Failure.REFUSED,
    Kind.OUT_OF_MEMORY: Failure.OUT_OF_MEMORY,
    Kind.FAILURE: Failure.UNFORESEEN,
}


def _start(module: str, *arguments: str, stderr: Any) -> subprocess.Popen[bytes]:
    """A child process that runs one of our modules, asked through its standard input, answering on its output."""
    home = str(Path(rag.__file__).resolve().parents[1])
    search_path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env={**os.environ, "PYTHONPATH": search_path, "PYTHONUTF8": "1"},
    )


class Child:
    """A process that runs one task; asked by one thread at a time."""

    def __init__(self, task: str, limits: Limits) -> None:
        """Starts it; what it needs is loaded before its first answer."""
        self.served = 0
        self.has_grown = False
        self._limits = limits
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 closed by `end`
        self._process = _start("rag.sandbox.worker", task, str(limits.memory_bytes), stderr=self._errors)
        self._frames: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self._said = 0
        self._said_too_much = False
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin: IO[bytes] = self._process.stdin
        # a pipe cannot be read with a time limit everywhere; a queue can
        self._listener = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        self._listener.start()

    def ask(self, request: bytes, on_note: Callable[[bytes], None], stop: threading.Event) -> bytes:
        """The task's answer; after a SandboxError other than REFUSED and UNFORESEEN the child is of no more use."""
        self.served += 1
        self._said = 0
        with suppress(OSError):  # it has died already; the end of its frames says so
            write_frame(self._stdin, Frame(Kind.REQUEST, request))
        frame = self._final_frame(on_note, stop)
        if frame.kind is Kind.ANSWER:
            return frame.body
        raise SandboxError(_FAILURES[frame.kind], frame.body.decode("utf-8", "replace"))

    def end(self) -> None:
        """Kills it and lets go of everything."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        with suppress(OSError):  # what was not sent yet
            self._stdin.close()
        self._errors.close()

    def _listen(self, stream: IO[bytes]) -> None:
        try:
            with stream:
                while (frame := read_frame(stream, self._limits.max_answer_bytes - self._said)) is not None:
                    self._said += len(frame.body) + 1
                    self._frames.put(frame)
        except OverflowError:
            self._said_too_much = True
        except (OSError, ValueError):
            pass  # it is spoilt: what comes after is not asked for
        finally:
            self._frames.put(None)

    def _final_frame(self, on_note: Callable[[bytes], None], stop: threading.Event) -> Frame:
        started, pages = time.monotonic(), 0
        while True:
            spent = time.monotonic() - started
            if stop.is_set():
                raise SandboxError(Failure.STOPPED)
            if spent > self._limits.seconds_for(pages):
                raise SandboxError(Failure.OUT_OF_TIME, f"{spent:.0f}")
            try:
                frame = self._frames.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if frame is None:
                raise self._death()
            if frame.kind in FINAL:
                return frame
            if frame.kind is Kind.PAGES:
                pages = int(frame.body[:_MAX_DIGITS]) if frame.body.isdigit() else 0
            elif frame.kind is Kind.GROWN:
                self.has_grown = True
            else:
                on_note(frame.body)

    def _death(self) -> SandboxError:
        if self._said_too_much:
            return SandboxError(Failure.TOO_LARGE)
        self._process.kill()
        code = self._process.wait()
        complaint = self._complaint()
        if code == OUT_OF_MEMORY_EXIT or "MemoryError" in complaint:
            return SandboxError(Failure.OUT_OF_MEMORY, complaint)
        return SandboxError(Failure.CRASHED, f"exit code {code}\n{complaint}")

    def _complaint(self) -> str:
        size = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, size - COMPLAINT_BYTES))
        return self._errors.read().decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    memory_bytes: int = 2 * 2**30
    """Of the child process: address space on Linux, resident memory elsewhere."""
    seconds: float = 180.0
    seconds_per_page: float = 3.0
    """Added to `seconds` for every page once the number of pages is known."""
    max_pages: int = 1000
    max_file_bytes: int = 200 * 2**20
    max_answer_bytes: int = 128 * 2**20
    """Of everything the child says of one file."""

    def seconds_for(self, pages: int) -> float:
        """How long a file of so many pages may take; no number of pages buys more than `max_pages` do."""
        return self.seconds + self.seconds_per_page * min(pages, self.max_pages)
