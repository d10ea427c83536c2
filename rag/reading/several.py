"""Several files read at once, the results handed on as they come."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial

from rag.readers.sources import Source
from rag.reading.files import Reading
from rag.records import ReportParts

READERS = 2
"""Files read at a time."""
READING, SORTING = "读取文字和表格", "整理数字"
_LOOK_EVERY_SECONDS = 0.5
"""How often Ctrl-C is looked for: Windows does not deliver it to a thread that waits for ever."""


def files_as_read(
    reading: Reading,
    files: Sequence[tuple[Source, str]],
    told: Sequence[Callable[[str], None]],
    meanwhile: Callable[[], object],
) -> Generator[tuple[int, Future[ReportParts]]]:
    """The place of each file (and digest of its content) with its result, as they come.

    No more than `READERS` are held at a time. Each of `told` hears, in this thread, what is being done with its file;
    `meanwhile` is done beside. Closing it ends what is still being read.
    """
    stop, waiting = threading.Event(), list(reversed(range(len(files))))
    running: dict[Future[ReportParts], int] = {}
    sorting: queue.SimpleQueue[int] = queue.SimpleQueue()
    with ThreadPoolExecutor(READERS + 1) as pool:
        pool.submit(meanwhile)
        try:
            while waiting or running:
                while waiting and len(running) < READERS:
                    at = waiting.pop()
                    source, content = files[at]
                    told[at](READING)
                    note = partial(_put, sorting, at)
                    running[pool.submit(reading.parts, source, content=content, on_note=note, stop=stop)] = at
                finished, _ = wait(running, timeout=_LOOK_EVERY_SECONDS, return_when=FIRST_COMPLETED)
                while not sorting.empty():
                    told[sorting.get()](SORTING)
                for future in sorted(finished, key=lambda future: files[running[future]][0].report_id):
                    yield running.pop(future), future
        finally:
            stop.set()


def _put(place: queue.SimpleQueue[int], at: int, body: bytes) -> None:
    """Hand on, from the thread that reads it, that a file was read and its figures are being sorted."""
    place.put(at)
