"""The guarded child: one request after the other on standard input, frames on standard output.

Run as `python -m rag.sandbox.worker TASK MEMORY_BYTES` by `rag.sandbox.child`, never by a person. It ends when its
parent does.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import IO

from rag.errors import UnreadableFileError
from rag.sandbox.frames import Frame, Kind, read_frame, write_frame
from rag.sandbox.memory import limit_memory, peak_bytes

MAX_REQUEST_BYTES = 2**24
GROWN_SHARE = 0.25
"""Of the memory limit: a process that ever held more is not asked again, so that the next file finds room."""


class Teller:
    """What a task may say before its answer."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def pages(self, count: int) -> None:
        """So many pages are ahead: they grant time."""
        write_frame(self._stream, Frame(Kind.PAGES, str(count).encode()))

    def note(self, body: bytes) -> None:
        """Whatever the asker of this task understands."""
        write_frame(self._stream, Frame(Kind.NOTE, body))


Task = Callable[[bytes, Teller], bytes]


def main(task_name: str, memory_bytes: int) -> None:
    """Answer requests for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent sees to this process
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no frame
    limit_memory(memory_bytes)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    module, _, function = task_name.partition(":")
    task: Task = getattr(import_module(module), function)
    while True:
        answer = _answered(task, requests.get(), Teller(answers))
        if peak_bytes() > GROWN_SHARE * memory_bytes:
            write_frame(answers, Frame(Kind.GROWN))
        write_frame(answers, answer)


def _listen(requests: queue.SimpleQueue[bytes]) -> None:
    # a thread of its own, so that a file that never ends is left when the parent is gone
    try:
        while (frame := read_frame(sys.stdin.buffer, MAX_REQUEST_BYTES)) is not None:
            requests.put(frame.body)
    finally:
        os._exit(0)


def _answered(task: Task, request: bytes, teller: Teller) -> Frame:
    try:
        return Frame(Kind.ANSWER, task(request, teller))
    except UnreadableFileError as error:
        return Frame(Kind.REFUSAL, str(error).encode("utf-8", "replace"))
    except MemoryError:
        return Frame(Kind.OUT_OF_MEMORY)
    except Exception as error:  # whatever a library makes of a damaged file must become an answer
        told = f"{type(error).__name__}\n{traceback.format_exc()}"
        return Frame(Kind.FAILURE, told.encode("utf-8", "replace"))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
