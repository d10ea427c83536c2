"""Edge: the pages of a file that are, or hold, pictures → recognised pages, made by a guarded child, kept one by one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rag.readers.recognised import RecognisedPage, RecognisedPages
from rag.readers.request import PictureRequest
from rag.sandbox import Failure, Limits, Sandbox, SandboxError
from rag.sandbox.values import json_to_value, value_to_json

TASK = "rag.readers.ocr.task:answer"
MEMORY_BYTES = 4 * 2**30
"""Address space, of which a fifth is ever held: the models' library reserves more than it uses."""
SECONDS, SECONDS_PER_PAGE = 60.0, 60.0

log = logging.getLogger(__name__)


class Recognition:
    """Recognises pages and keeps each as soon as it is done; usable from several threads. To be closed."""

    def __init__(self, kept: RecognisedPages, max_file_bytes: int, task: str = TASK) -> None:
        """No process is started before there is a page to recognise."""
        self.kept = kept
        self._max_file_bytes = max_file_bytes
        limits = Limits(
            memory_bytes=MEMORY_BYTES,
            seconds=SECONDS,
            seconds_per_page=SECONDS_PER_PAGE,
            max_file_bytes=max_file_bytes,
        )
        self._sandbox = Sandbox(task, limits)

    def close(self) -> None:
        """Ends the processes."""
        self._sandbox.close()

    @contextmanager
    def claim(self, sha256: str) -> Iterator[bool]:
        """Whether the file is this caller's to recognise: no other thread or process is at it."""
        from filelock import FileLock, Timeout

        self.kept.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.kept.folder / f"{sha256}.lock", thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def recognise(
        self,
        path: Path,
        sha256: str,
        numbers: Sequence[int],
        whole: Sequence[int] = (),
        on_page: Callable[[int], None] = lambda number: None,
        stop: threading.Event | None = None,
    ) -> bool:
        """Recognise these pages of a file, those kept left out; whether all of them are kept now.

        `whole` are those that have no text of their own. A page that ends its process is tried once more, and then kept
        as one that could not be recognised. False where `stop` was set, or where the file is not the one with this
        digest any more.
        """
        stop = stop or threading.Event()
        broken: tuple[int, ...] = ()
        while missing := self.kept.missing(sha256, numbers):
            request = PictureRequest(str(path.absolute()), sha256, missing, tuple(whole), self._max_file_bytes)
            try:
                self._sandbox.run(
                    value_to_json(PictureRequest, request),
                    on_note=lambda body: self._take(body, sha256, on_page),
                    stop=stop,
                    is_tried_again=False,
                )
            except SandboxError as error:
                log.debug("recognising %s failed: %s", path, error)
                if error.failure in (Failure.STOPPED, Failure.REFUSED):
                    return False
                first = self.kept.missing(sha256, missing)[:1]
                if error.failure is Failure.OUT_OF_TIME or first == broken:
                    self._blame(sha256, first, on_page)
                broken = first
            else:
                if self.kept.missing(sha256, missing) == missing:
                    return False
        return True

    def _take(self, body: bytes, sha256: str, on_page: Callable[[int], None]) -> None:
        try:
            page = json_to_value(RecognisedPage, body)
        except ValueError:
            log.debug("a recognised page of %s is none", sha256)
            return
        self.kept.save(sha256, page)
        on_page(page.number)

    def _blame(self, sha256: str, broken: Sequence[int], on_page: Callable[[int], None]) -> None:
        """The first page that did not come is the one that broke the process."""
        for number in broken:
            self.kept.save(sha256, RecognisedPage(number, has_failed=True))
            on_page(number)
