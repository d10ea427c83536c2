"""Reports whose pictures wait to be recognised → read again with what was recognised, one after the other.

A report answers from its text pages meanwhile; what is done of it is kept, so that an interrupted run goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SettingsError, UnreadableFileError
from rag.index.index import Index
from rag.ingest import Outcome, Progress
from rag.readers.legible import page_ranges
from rag.readers.sources import find_sources
from rag.reading.files import Reading
from rag.reading.recognition import Recognition
from rag.reading.version import digest_in, stamped
from rag.records import PageStatus, Report
from rag.sandbox import Limits


@dataclass(frozen=True, slots=True)
class PendingPages:
    """Recognises what waits in an index."""

    index: Index
    recognition: Recognition
    limits: Limits
    max_chunk_tokens: int

    def run(
        self,
        on_progress: Callable[[Progress], None] = lambda progress: None,
        stop: threading.Event | None = None,
    ) -> Outcome:
        """Recognise the pages of every report that has some waiting, and index the report with them.

        A report that turns out to hold no text at all is dropped and told of as failed. Setting `stop` from another
        thread ends it early; so does an exception, and what was recognised by then is kept.
        """
        stop = stop or threading.Event()
        waiting = [report for report in self.index.store.reports() if report.pending_pages]
        count = _Count(sum(len(report.pending_pages) for report in waiting), on_progress)
        updated, failed, warnings = list[str](), list[tuple[str, str]](), list[tuple[str, str]]()
        reading = Reading(self.limits, self.max_chunk_tokens, self.recognition.kept)
        with closing(reading):
            for report in waiting:
                try:
                    if stop.is_set() or not self._recognised(report, count, stop):
                        continue
                    if (read := self._reread(report, reading)) is not None:
                        updated.append(report.id)
                        warnings += [(report.id, warning) for warning in read.warnings]
                except (UnreadableFileError, SettingsError) as error:
                    failed.append((report.id, str(error)))
        return Outcome(updated=tuple(updated), failed=tuple(failed), warnings=tuple(warnings))

    def _recognised(self, report: Report, count: _Count, stop: threading.Event) -> bool:
        """Whether all of a report's pages are recognised now."""
        with self.recognition.claim(report.sha256) as is_ours:
            if not is_ours:
                return False
            count.begin(report)
            pages = self.index.store.pages(report.id)
            whole = [page.number for page in pages if page.status is PageStatus.PENDING and page.number is not None]
            return self.recognition.recognise(
                Path(report.path), report.sha256, report.pending_pages, whole, count.page_done, stop
            )

    def _reread(self, report: Report, reading: Reading) -> Report | None:
        """The report, indexed with its recognised pages; None where it has changed or gone meanwhile."""
        known = self.index.store.fingerprints().get(report.id)
        sources = find_sources([Path(report.path)], {report.id: report.path}).sources
        if known is None or not sources:
            return None
        try:
            parts = reading.parts(sources[0], content=report.sha256)
        except UnreadableFileError:
            self._drop_if_empty(report)
            raise
        with self.index.writing():
            current = self.index.store.report(report.id)
            if current is None or current.sha256 != report.sha256 or parts.report.sha256 != report.sha256:
                return None
            self.index.replace(parts, stamped(digest_in(known)))
        return parts.report

    def _drop_if_empty(self, report: Report) -> None:
        stats = self.index.store.report_stats().get(report.id)
        if stats is not None and not stats.chunks:
            self.index.delete(report.id)


class _Count:
    """Counts pages over all reports and tells of each."""

    def __init__(self, total: int, on_progress: Callable[[Progress], None]) -> None:
        self._total, self._done, self._on_progress = total, 0, on_progress
        self._name = ""
        self._left: list[int] = []

    def begin(self, report: Report) -> None:
        self._name, self._left = Path(report.path).name, list(report.pending_pages)
        self._tell()

    def page_done(self, number: int) -> None:
        self._done += 1
        self._left = [left for left in self._left if left != number]
        self._tell()

    def _tell(self) -> None:
        waiting = f" {pages_waiting(self._left)}" if self._left else ""
        self._on_progress(Progress(self._done, self._total, f"{self._name}{waiting}"))


def pages_waiting(numbers: Sequence[int]) -> str:
    """`第 92–97 页`."""
    return f"第 {page_ranges(list(numbers))} 页"


class BackgroundRecognition:
    """Recognises in a thread of its own whenever it is woken, for a page that answers meanwhile."""

    def __init__(self, pending: PendingPages, notify: Callable[[str], None]) -> None:
        """Does nothing before it is woken. `notify` is told, in Chinese, what could not be read."""
        self._pending, self._notify = pending, notify
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._progress: Progress | None = None
        self._is_looking = False

    @property
    def is_working(self) -> bool:
        """Whether something is recognised, or looked for, at this moment."""
        return self._is_looking or self._wake.is_set()

    @property
    def progress(self) -> Progress | None:
        """How far it is; None where nothing is being recognised."""
        return self._progress

    def wake(self) -> None:
        """There may be something to recognise."""
        self._wake.set()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="recognition", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Ends it; what is recognised by then is kept."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._pending.recognition.close()

    def _work(self) -> None:
        while True:
            self._wake.wait()
            self._is_looking = True
            self._wake.clear()
            if self._stop.is_set():
                return
            try:
                outcome = self._pending.run(self._show, self._stop)
                for name, reason in outcome.failed:
                    self._notify(f"{name}：{reason}")
            except Exception as error:  # the thread must outlive a full disk or a busy index
                self._notify(f"文字识别没能继续（{error}）；重新启动后会接着识别。")
            finally:
                self._progress, self._is_looking = None, False

    def _show(self, progress: Progress) -> None:
        self._progress = progress
