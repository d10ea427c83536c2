"""Reports read by an older version, or damaged since → read again from their files, while what is kept answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rag.errors import WenbaoError
from rag.index.index import Index
from rag.ingest import Ingest
from rag.readers.sources import is_gone
from rag.reading.version import is_outdated


@dataclass(frozen=True, slots=True)
class Rereading:
    """Reads again, one report after the other, what the present code has not read."""

    index: Index
    ingest: Ingest

    def waiting(self) -> list[Path]:
        """Files of the reports that are to be read again and still stand."""
        fingerprints = self.index.store.fingerprints()
        outdated = [r for r in self.index.store.reports() if is_outdated(fingerprints.get(r.id, ""))]
        return [Path(report.path) for report in outdated if not is_gone(Path(report.path))]

    def run(self, notify: Callable[[str], None]) -> None:
        """Read them again; `notify` is told, in Chinese, of what cannot be."""
        for path in self.waiting():
            try:
                outcome = self.ingest.run([path])
                for name, reason in outcome.failed:
                    notify(f"{name}：{reason}")
            except WenbaoError as error:
                notify(f"{path.name} 没能重新读入（{error}）；先用以前读入的内容，重新启动后再试。")

    def start(self, notify: Callable[[str], None], then: Callable[[], None]) -> threading.Thread:
        """As `run`, in a thread of its own that ends with the program; `then` is called after it."""

        def work() -> None:
            try:
                self.run(notify)
            except Exception as error:  # the page must outlive a full disk
                notify(f"没能把报告重新读入（{error}）；重新启动后再试。")
            then()

        thread = threading.Thread(target=work, name="rereading", daemon=True)
        thread.start()
        return thread
