"""Store, keyword index and vector index as one: written by one process at a time, searched by any number.

The store is the truth. The other two are published beside it, and made again from it where they do not agree with
it. A search never waits for that: reports a published vector index does not hold in their present revision are
compared exactly, with the vectors in the store.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rag.errors import BrokenIndexError, IndexBusyError, ModelError
from rag.index.keywords import KeywordIndex
from rag.index.mirror import ChromaMirror, Manifest
from rag.index.publish import Publisher, unit_rows
from rag.index.queries import ReportVersion
from rag.index.store import ReportStore
from rag.index.vectors import EMBEDDED, ChromaIndex, ChromaLocation, ExactVectors, load_chroma
from rag.records import ReportParts

if TYPE_CHECKING:
    from rag.ports import Embedder, Hits, Vectors

LOCK_WAIT_SECONDS = 60.0
_LOCK_NAME = "write.lock"
EXACT_ROWS = 20_000
"""Up to so many chunks, comparing all is as fast as Chroma, and the same every time."""
_RETRY_SECONDS = 60.0
"""After a repair that failed, so long until the next."""
_MAX_FROM_CHROMA = 1000


class SearchHits(NamedTuple):
    """What the two searches found, each best first."""

    lexical: Hits
    vector: Hits


@dataclass(frozen=True, slots=True)
class _State:
    """What a search works with; replaced as a whole, never changed."""

    marks: tuple[str | None, ...]
    settled: bool
    versions: dict[str, ReportVersion]
    keywords: KeywordIndex
    manifest: Manifest | None


class Index:
    """The reports of one folder, searchable by words and by vectors; usable from several threads."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        *,
        chroma: ChromaLocation = EMBEDDED,
        writable: bool = True,
        notify: Callable[[str], None] = lambda message: None,
        lock_wait_seconds: float = LOCK_WAIT_SECONDS,
    ) -> None:
        """As `open`, without looking at what is there."""
        from filelock import FileLock

        self.store = ReportStore(folder, notify)
        self._folder, self._embedder, self._notify, self._writable = folder, embedder, notify, writable
        self._mirror = ChromaMirror(folder, chroma, self.store.get_meta("store_id") or "")
        self._published = Publisher(self.store, embedder, self._mirror, notify)
        self._exact = ExactVectors(lambda report_id: self.store.vectors(report_id, embedder.name))
        self._lock = FileLock(folder / _LOCK_NAME, thread_local=True)
        self._lock_wait_seconds = lock_wait_seconds
        self._sessions = 0
        self._was_settled = False
        self._retry_at = 0.0
        self._told: set[str] = set()
        self._refreshing = threading.Lock()
        self._state: _State | None = None
        self._chroma_guard = threading.Lock()
        self._chroma: tuple[Manifest, ChromaIndex] | None = None

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: Embedder,
        *,
        chroma: ChromaLocation = EMBEDDED,
        writable: bool = True,
        notify: Callable[[str], None] = lambda message: None,
        lock_wait_seconds: float = LOCK_WAIT_SECONDS,
    ) -> Index:
        """The index in `folder`, ready to be searched.

        `writable` lets it repair what it finds wanting, unless another process is just writing. `notify` is told,
        in Chinese, what is being done and why. A writer waits `lock_wait_seconds` for another.
        """
        index = cls(
            folder, embedder, chroma=chroma, writable=writable, notify=notify, lock_wait_seconds=lock_wait_seconds
        )
        index.refresh()
        return index

    def warm_up(self) -> None:
        """Loads the libraries that writing needs, which takes seconds; for a thread while there is other work."""
        load_chroma()

    def close(self) -> None:
        """Lets go of all files."""
        self._forget_chroma()
        self.store.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the writer's lock over several changes and publishes once, at the end.

        `IndexBusyError` where another writer does not finish in time. Changes made before an exception stay.
        """
        with self._locked(self._lock_wait_seconds):
            self._sessions += 1
            try:
                yield
            finally:
                self._sessions -= 1
            if not self._sessions:
                self._publish()

    def replace(self, parts: ReportParts, fingerprint: str = "") -> None:
        """Saves the report in place of what was kept under its id.

        `ModelError` where embedding fails: then everything stays as it was.
        """
        vectors = self._published.embedded(parts.chunks) if parts.chunks else None
        with self.writing():
            self.store.save(parts, vectors, self._embedder.name, fingerprint)
            self._published.publish_keywords_when_due()

    def delete(self, report_id: str) -> bool:
        """Forgets the report; False where there was none."""
        with self.writing():
            return self.store.delete(report_id)

    def search(self, text: str, k: int, report_ids: Collection[str] | None = None) -> SearchHits:
        """At most `k` chunks by words and `k` by vectors, of these reports only (None: of all).

        Only chunks that are in the store. An embedder that fails leaves the vector side empty, and is told of.
        """
        state = self._refreshed()
        lexical = self._lexical_hits(state, text, k, report_ids)
        vector = self._vector_hits(state, text, k, report_ids)
        known = self.store.known_chunks([chunk_id for chunk_id, _ in (*lexical, *vector)])
        return SearchHits(*(tuple(hit for hit in hits if hit[0] in known) for hits in (lexical, vector)))

    def search_words(self, text: str, k: int, report_ids: Collection[str] | None = None) -> Hits:
        """As `search`, by words alone."""
        hits = self._lexical_hits(self._refreshed(), text, k, report_ids)
        known = self.store.known_chunks([chunk_id for chunk_id, _ in hits])
        return tuple(hit for hit in hits if hit[0] in known)

    def holds(self, text: str) -> bool:
        """Whether every term of a text stands in some report."""
        return self._refreshed().keywords.holds(text)

    def refresh(self) -> None:
        """Takes notice of what others have written since; cheap where nothing has changed. `search` does it first."""
        self._refreshed()

    def _refreshed(self) -> _State:
        state = self._state
        if state is not None and state.marks == self._published.marks() and (state.settled or not self._may_repair()):
            return state
        if not self._refreshing.acquire(blocking=state is None) and state is not None:
            return state
        try:
            repaired = self._wants_repair() and self._repair()
            if self._state is None or repaired or self._state.marks != self._published.marks():
                self._state = self._loaded()
                if self._state.settled:
                    self._was_settled = True
                    self._told.clear()
            return self._state
        finally:
            self._refreshing.release()

    def _loaded(self) -> _State:
        # Marks first: what is written while the rest is read shows as a difference at the next search.
        marks = self._published.marks()
        keywords = self._published.keywords(outdated=self._writable)
        return _State(
            marks=marks,
            settled=self._published.is_current(),
            versions=self.store.versions(),
            keywords=keywords,
            manifest=self._published.manifest(),
        )

    def _wants_repair(self) -> bool:
        # Two processes with two embedders would otherwise take the index from each other at every search.
        lost = self._was_settled and self._published.is_taken_over()
        return self._may_repair() and not lost and not self._published.is_current()

    def _may_repair(self) -> bool:
        return self._writable and not self._sessions and time.monotonic() >= self._retry_at

    def _repair(self) -> bool:
        try:
            with self._locked(0.0):
                if not self._published.is_current():
                    self._tell("索引与已入库的报告不一致（上次写入中断、索引文件缺损或嵌入模型已换），正在重建……")
                    self._publish()
        except (IndexBusyError, BrokenIndexError) as error:
            self._tell(f"{_sentence(error)}在此之前先用现有的索引。")
            return False
        return True

    def _publish(self) -> None:
        try:
            self._published.publish()
        except (ModelError, BrokenIndexError, OSError) as error:
            self._retry_at = time.monotonic() + _RETRY_SECONDS
            self._tell(f"{_sentence(error)}索引暂未全部更新，已入库的报告不受影响，稍后自动补齐。")

    def _lexical_hits(self, state: _State, text: str, k: int, report_ids: Collection[str] | None) -> Hits:
        try:
            return state.keywords.search(text, k, report_ids)
        except Exception:  # whatever numpy says of files that were damaged after they had been opened
            self._published.distrust_keywords()
            self._state = None
            self._tell("字词索引的文件已损坏，正在从已入库的内容重建。")
            return self._refreshed().keywords.search(text, k, report_ids)

    def _vector_hits(self, state: _State, text: str, k: int, report_ids: Collection[str] | None) -> Hits:
        wanted = None if report_ids is None else set(report_ids)
        chosen = {key: v for key, v in state.versions.items() if v.chunks and (wanted is None or key in wanted)}
        if not chosen or k < 1:
            return ()
        try:
            vector = unit_rows(self._embedder.embed_query(text).reshape(1, -1))[0]
        except ModelError as error:
            self._tell(f"{_sentence(error)}这段时间只按字词检索。")
            return ()
        held = {} if state.manifest is None else state.manifest.revisions
        in_chroma = {key: version.chunks for key, version in chosen.items() if held.get(key) == version.revision}
        hits = self._chroma_hits(state, vector, k, in_chroma)
        rest = {key: version.revision for key, version in chosen.items() if hits is None or key not in in_chroma}
        merged = (*(hits or ()), *self._exact.search(vector, k, rest))
        return tuple(sorted(merged, key=lambda hit: (-hit[1], hit[0]))[:k])

    def _chroma_hits(self, state: _State, vector: Vectors, k: int, reports: dict[str, int]) -> Hits | None:
        """Chroma's best chunks of these reports (id → chunks); None where exact comparison is the better way."""
        manifest, rows = state.manifest, sum(reports.values())
        if manifest is None or rows <= EXACT_ROWS or rows * 2 < manifest.rows or len(vector) != manifest.dimension:
            return None
        spare = 1 if rows == manifest.rows else 2
        asked = min(spare * k * manifest.rows // rows, max(k, _MAX_FROM_CHROMA), manifest.rows)
        try:
            found = self._chroma_of(manifest).search(vector, asked)
        except BrokenIndexError as error:
            self._chroma_failed(state, manifest, error)
            return None
        known = self.store.known_chunks([chunk_id for chunk_id, _ in found])
        hits = tuple(hit for hit in found if known.get(hit[0]) in reports)
        return hits if len(hits) >= min(k, rows) else None

    def _chroma_of(self, manifest: Manifest) -> ChromaIndex:
        with self._chroma_guard:
            if self._chroma is None or self._chroma[0] != manifest:
                self._close_chroma()
                self._chroma = (manifest, self._mirror.open(manifest))
            return self._chroma[1]

    def _forget_chroma(self) -> None:
        with self._chroma_guard:
            self._close_chroma()

    def _close_chroma(self) -> None:
        opened, self._chroma = self._chroma, None
        if opened is not None:
            opened[1].close()

    def _chroma_failed(self, state: _State, manifest: Manifest, error: BrokenIndexError) -> None:
        # One that was replaced during the search, and so is closed or gone, is no damage.
        if state.marks == self._published.marks() and self._state is state:
            self._published.distrust(manifest)
            self._state = None
            self._tell(f"{_sentence(error)}这段时间逐条比较向量。")
        self._forget_chroma()

    @contextmanager
    def _locked(self, wait_seconds: float) -> Iterator[None]:
        from filelock import Timeout

        try:
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                if wait_seconds:
                    self._notify(f"另一个问报正在写入索引，最多等待 {wait_seconds:g} 秒……")
                self._lock.acquire(timeout=wait_seconds)
        except Timeout as error:
            raise IndexBusyError(f"另一个问报正在写入索引（{str(self._folder)!r}），请等它写完再试。") from error
        except OSError as error:
            raise BrokenIndexError(f"无法在 {str(self._folder)!r} 里建立写入锁：{error}。") from error
        try:
            yield
        finally:
            self._lock.release()

    def _tell(self, message: str) -> None:
        """Once, not at every search, until things are well again."""
        if message not in self._told:
            self._told.add(message)
            self._notify(message)


def _sentence(error: Exception) -> str:
    return str(error).rstrip("。") + "。"
