"""Store, keyword index and vectors as one: written by one process at a time, searched by any number.

The store is the truth. The other two are published beside it, and made again from it where they do not agree with
it: the words at once, Chroma by a thread in the background. A search never waits for that thread: reports Chroma does
not hold in their present revision are compared exactly, with the vectors in the store.
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
from rag.index.chroma import EMBEDDED, Chroma, ChromaLocation, load_chroma
from rag.index.chroma_embedded import EmbeddedChroma
from rag.index.chroma_server import ServerChroma
from rag.index.following import Follower
from rag.index.keywords import KeywordIndex
from rag.index.locking import WriterLock
from rag.index.nearest import NearestVectors
from rag.index.published_words import MARK, PublishedWords
from rag.index.queries import ReportVersion, generation_number
from rag.index.shards import Manifest
from rag.index.store import ReportStore
from rag.records import ReportParts

if TYPE_CHECKING:
    from rag.ports import Embedder, Hits

LOCK_WAIT_SECONDS = 60.0
_CHROMA_LOCK_NAME = "chroma.lock"
_RETRY_SECONDS = 60.0
"""After a repair that failed, so long until the next."""
_BEHIND = "向量索引 Chroma 正在后台更新，更新完以前逐条比较向量，结果一样。"


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
    manifests: tuple[Manifest, ...]


class Index:
    """The reports of one folder, searchable by words and by vectors; usable from several threads."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        *,
        meaning: Embedder | None = None,
        chroma: ChromaLocation = EMBEDDED,
        writable: bool = True,
        notify: Callable[[str], None] = lambda message: None,
        lock_wait_seconds: float = LOCK_WAIT_SECONDS,
    ) -> None:
        """The index in `folder`, ready to be searched.

        `meaning` is a slow embedder whose vectors are made in the background; those of `embedder`, made while reports
        are written, answer until it has them for all reports that are asked. `writable` lets the index repair what it
        finds wanting, unless another process is just writing. `notify` is told, in Chinese, what is being done and why.
        A writer waits `lock_wait_seconds` for another.
        """
        self.store = ReportStore(folder, notify)
        self._notify, self._writable = notify, writable
        self._words = PublishedWords(self.store)
        store_id = self.store.get_meta("store_id") or ""
        self._chroma: Chroma = ServerChroma(chroma, store_id) if chroma.host else EmbeddedChroma(folder)
        embedders = [embedder] if meaning is None else [meaning, embedder]
        self._sides = [NearestVectors(self.store, each, self._chroma, chroma, notify) for each in embedders]
        self._vectors = self._sides[-1]
        self._lock = WriterLock(folder, notify)
        self._follower = Follower(self._publish_vectors, folder / _CHROMA_LOCK_NAME)
        self._lock_wait_seconds = lock_wait_seconds
        self._sessions, self._written, self._retry_at = 0, 0, 0.0
        self._told: set[str] = set()
        self._refreshing = threading.Lock()
        self._state: _State | None = None
        self.refresh()

    def warm_up(self) -> None:
        """Loads the libraries that writing needs, which takes seconds; for a thread while there is other work."""
        load_chroma()

    def finish(self) -> None:
        """Waits until Chroma holds what has been written."""
        self.refresh()
        self._follower.finish()

    def close(self) -> None:
        """Lets go of all files; what was being done in the background is left for later."""
        self._follower.stop()
        for side in self._sides:
            side.close()
        self._chroma.close()
        self.store.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Holds the writer's lock over several changes and publishes once, at the end.

        `IndexBusyError` where another writer does not finish in time. Changes made before an exception stay.
        """
        with self._lock.held(self._lock_wait_seconds):
            self._sessions += 1
            try:
                yield
            finally:
                self._sessions -= 1
            if not self._sessions:
                self._publish_words()
                self._written = self.store.generation()
        if not self._sessions:
            self._follower.start()

    def replace(self, parts: ReportParts, fingerprint: str = "") -> None:
        """Saves the report in place of what was kept under its id.

        `ModelError` where embedding fails: then everything stays as it was.
        """
        vectors = self._vectors.embedded(parts.chunks) if parts.chunks else None
        with self.writing():
            self.store.save(parts, vectors, self._vectors.embedder.name, fingerprint)
            self._words.publish_when_due()

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
        return SearchHits(*self._in_store(state, lexical, vector))

    def search_words(self, text: str, k: int, report_ids: Collection[str] | None = None) -> Hits:
        """As `search`, by words alone."""
        state = self._refreshed()
        (hits,) = self._in_store(state, self._lexical_hits(state, text, k, report_ids))
        return hits

    def holds(self, text: str) -> bool:
        """Whether every term of a text stands in some report."""
        return self._refreshed().keywords.holds(text)

    def refresh(self) -> None:
        """Takes notice of what others have written since; cheap where nothing has changed. `search` does it first."""
        self._refreshed()

    def _refreshed(self) -> _State:
        state = self._state
        is_mended = state is not None and (state.settled or self._follower.is_working or not self._may_repair())
        if state is not None and is_mended and state.marks == self._marks():
            return state
        # Whoever has written sees it; others go on with what they have while somebody refreshes.
        is_stale = state is None or generation_number(state.marks[0] or "0") < self._written
        if not self._refreshing.acquire(blocking=is_stale) and state is not None:
            return state
        try:
            repaired = self._may_repair() and self._repair()
            if self._state is None or repaired or self._state.marks != self._marks():
                self._state = self._loaded()
                if self._state.settled:
                    self._told.clear()
            return self._state
        finally:
            self._refreshing.release()

    def _loaded(self) -> _State:
        # Marks first: what is written while the rest is read shows as a difference at the next search.
        marks, versions = self._marks(), self.store.versions()
        return _State(
            marks=marks,
            settled=self._are_words_current(versions) and self._are_vectors_current(versions),
            versions=versions,
            keywords=self._words.index(outdated=self._writable),
            manifests=tuple(side.manifest() for side in self._sides),
        )

    def _marks(self) -> tuple[str | None, ...]:
        return self.store.marks("generation", MARK, *(side.mark for side in self._sides))

    def _are_words_current(self, versions: dict[str, ReportVersion]) -> bool:
        return not any(version.chunks for version in versions.values()) or self._words.is_current()

    def _are_vectors_current(self, versions: dict[str, ReportVersion]) -> bool:
        return all(side.is_current(versions) for side in self._sides)

    def _may_repair(self) -> bool:
        return self._writable and not self._sessions and time.monotonic() >= self._retry_at

    def _repair(self) -> bool:
        """Whether the words were made anew; Chroma follows in the background."""
        versions = self.store.versions()
        repaired = False
        if not self._are_words_current(versions):
            try:
                with self._lock.held(0.0):
                    if not self._words.is_current():
                        self._tell("字词索引与已收录的报告不一致（上次写入中断或索引文件缺损），正在重建……")
                        self._publish_words()
                repaired = True
            except (IndexBusyError, BrokenIndexError) as error:
                self._tell(f"{_sentence(error)}在此之前先用现有的索引。")
        if not self._are_vectors_current(versions):
            self._follower.start()
        return repaired

    def _publish_words(self) -> None:
        try:
            self._words.publish()
        except (BrokenIndexError, OSError) as error:
            self._failed(error)

    def _publish_vectors(self, is_over: Callable[[], bool]) -> None:
        try:
            for side in reversed(self._sides):
                side.publish(is_over)
        except (ModelError, BrokenIndexError, IndexBusyError, OSError) as error:
            if not is_over():
                self._failed(error)

    def _failed(self, error: Exception) -> None:
        self._retry_at = time.monotonic() + _RETRY_SECONDS
        self._tell(f"{_sentence(error)}索引暂未全部更新，已收录的报告不受影响，稍后自动补齐。")

    def _lexical_hits(self, state: _State, text: str, k: int, report_ids: Collection[str] | None) -> Hits:
        try:
            return state.keywords.search(text, k, report_ids)
        except Exception:  # whatever numpy says of files that were damaged after they had been opened
            self._words.distrust()
            self._state = None
            self._tell("字词索引的文件已损坏，正在从已收录的内容重建。")
            return self._refreshed().keywords.search(text, k, report_ids)

    def _vector_hits(self, state: _State, text: str, k: int, report_ids: Collection[str] | None) -> Hits:
        wanted = None if report_ids is None else set(report_ids)
        chosen = {key: v for key, v in state.versions.items() if v.chunks and (wanted is None or key in wanted)}
        if not chosen or k < 1:
            return ()
        revisions = {version.revision: version.chunks for version in chosen.values()}
        sides = zip(self._sides, state.manifests, strict=True)
        side, manifest = next((s, m) for s, m in sides if m.holds(revisions) or s is self._vectors)
        try:
            vector = side.query_vector(text)
        except ModelError as error:
            self._tell(f"{_sentence(error)}这段时间只按字词检索。")
            return ()
        try:
            hits, whole = side.search(vector, k, chosen, manifest)
        except BrokenIndexError as error:
            self._state = None
            if state.marks == self._marks():
                self._tell(f"{_sentence(error)}这段时间逐条比较向量。")
            return side.search(vector, k, chosen, Manifest())[0]
        if not whole:
            self._tell(_BEHIND)
        return hits

    def _in_store(self, state: _State, *found: Hits) -> tuple[Hits, ...]:
        """The hits that the store still holds: all of them, once words and vectors are of its generation."""
        if state.settled:
            return found
        known = self.store.known_chunks([chunk_id for hits in found for chunk_id, _ in hits])
        return tuple(tuple(hit for hit in hits if hit[0] in known) for hits in found)

    def _tell(self, message: str) -> None:
        """Once, not at every search, until things are well again."""
        if message not in self._told:
            self._told.add(message)
            self._notify(message)


def _sentence(error: Exception) -> str:
    return str(error).rstrip("。") + "。"
