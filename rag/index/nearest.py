"""One embedder's vectors: kept in the store, published to Chroma, which answers every search of what it holds.

A note in the store, the manifest, says what that is; reports it does not hold yet are compared exactly meanwhile.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from rag.errors import BrokenIndexError, ModelError
from rag.index.chroma import Batch, Chroma, ChromaLocation, OpenShard
from rag.index.exact import ExactVectors
from rag.index.files import file_sizes
from rag.index.shards import Manifest, Shard, shards_to_write
from rag.records import Chunk

if TYPE_CHECKING:
    from rag.index.queries import ReportVersion
    from rag.index.store import ReportStore
    from rag.ports import Embedder, Hits, Vectors

MARK = "chroma:"
EMBEDDED_TOGETHER = 32
_SHARE = 4
"""Of a shard's rows at least one in so many is wanted, or Chroma is given the condition and not asked for more."""


class NearestVectors:
    """Search by one embedder's vectors; usable from several threads."""

    def __init__(
        self,
        store: ReportStore,
        embedder: Embedder,
        chroma: Chroma,
        location: ChromaLocation,
        notify: Callable[[str], None],
    ) -> None:
        """`notify` is told of work that may take long."""
        self.embedder = embedder
        self.mark = f"{MARK}{location.host}:{location.port}:{embedder.name}"
        self._store, self._chroma, self._is_embedded, self._notify = store, chroma, not location.host, notify
        self._exact = ExactVectors(lambda report_id: store.vectors(report_id, embedder.name))
        self._guard = threading.Lock()
        self._opened: dict[str, OpenShard] = {}
        self._damaged: set[str] = set()

    def close(self) -> None:
        """Lets go of all files and connections."""
        self._keep_open(())

    def manifest(self) -> Manifest:
        """What Chroma holds, as far as it is whole and of use to this embedder."""
        wanted = self._dimension(self._store.vector_dimensions(self.embedder.name))
        shards = self._noted().shards
        return Manifest(tuple(shard for shard in shards if shard.dimension == wanted and self._is_intact(shard)))

    def is_current(self, versions: Mapping[str, ReportVersion]) -> bool:
        """Whether every chunk has its vector, and Chroma holds it."""
        wanted = {version.revision: version.chunks for version in versions.values() if version.chunks}
        return self.manifest().holds(wanted)

    def embedded(self, chunks: Collection[Chunk]) -> Vectors:
        """A unit vector for each chunk; `ModelError` where the embedder fails or gives anything else."""
        import numpy as np

        vectors = self.embedder.embed_passages([chunk.embedded_text for chunk in chunks])
        if vectors.ndim != 2 or len(vectors) != len(chunks) or not np.isfinite(vectors).all():
            raise ModelError(f"嵌入模型 {self.embedder.name!r} 返回的向量数目或内容不对。")
        return unit_rows(vectors)

    def publish(self, is_over: Callable[[], bool]) -> None:
        """Makes Chroma hold just what the store holds, as far as it comes before it `is_over`.

        `ModelError`, `BrokenIndexError` or OSError leave what was published before.
        """
        self._embed_missing(is_over)
        self._trust_again()
        dimension = self._dimension(self._store.vector_dimensions(self.embedder.name)) or 0
        reports = self._embedded_reports(dimension)
        shards = self.manifest().shards
        kept, groups = shards_to_write(shards, {revision: rows for revision, (_, rows) in reports.items()})
        if not groups and tuple(kept) == self._noted().shards:
            return
        for group in groups:
            place = f"chroma-{self._store.generation()}-{uuid.uuid4().hex[:8]}"
            written: dict[int, int] = {}
            batches = self._batches({revision: reports[revision][0] for revision in group}, dimension, written)
            files = {} if is_over() else self._chroma.write(place, batches)
            if is_over():
                return
            if written:
                kept.append(Shard(place, dimension, tuple(written.items()), files))
            self._note((*kept, *(shard for shard in shards if shard not in kept)))
        self._note(kept)
        self._chroma.remove_others(self._places_in_use())

    def query_vector(self, text: str) -> Vectors:
        """The unit vector of a question; `ModelError` where the embedder fails."""
        vector: Vectors = unit_rows(self.embedder.embed_query(text).reshape(1, -1))[0]
        return vector

    def search(
        self, vector: Vectors, k: int, chosen: Mapping[str, ReportVersion], manifest: Manifest
    ) -> tuple[Hits, bool]:
        """At most `k` chunks of these reports, best first, and whether Chroma held all of them.

        `BrokenIndexError` where a shard fails: it is not used again.
        """
        left = {version.revision: version.chunks for version in chosen.values()}
        hits: list[tuple[str, float]] = []
        self._keep_open(shard.place for shard in manifest.shards)
        for shard in manifest.shards:
            if shard.dimension == len(vector) and (mine := shard.held(left)):
                hits += ((chunk_id, score) for _, chunk_id, score in self._search_shard(shard, vector, k, mine))
                left = {revision: rows for revision, rows in left.items() if revision not in mine}
        rest = {key: version.revision for key, version in chosen.items() if version.revision in left}
        hits += self._exact.search(vector, k, rest) if rest else ()
        return tuple(sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]), not rest

    def _search_shard(
        self, shard: Shard, vector: Vectors, k: int, wanted: Mapping[int, int]
    ) -> list[tuple[int, str, float]]:
        rows = sum(wanted.values())
        try:
            opened = self._open(shard)
            if rows == shard.rows:
                return opened.search(vector, k)
            if rows * _SHARE >= shard.rows:
                found = [hit for hit in opened.search(vector, 2 * k * shard.rows // rows) if hit[0] in wanted]
                if len(found) >= min(k, rows):
                    return found
            return opened.search(vector, k, wanted)
        except BrokenIndexError:
            # One that was replaced during the search, and so is gone, is no damage.
            if shard in self._noted().shards:
                self._damaged.add(shard.place)
            raise

    def _open(self, shard: Shard) -> OpenShard:
        with self._guard:
            if shard.place not in self._opened:
                opened = self._chroma.open(shard.place)
                if opened.rows != shard.rows:
                    opened.close()
                    raise BrokenIndexError(f"向量索引应有 {shard.rows} 条，与实际不符。")
                self._opened[shard.place] = opened
            return self._opened[shard.place]

    def _keep_open(self, places: Collection[str] | Iterator[str]) -> None:
        kept = set(places)
        with self._guard:
            for place in self._opened.keys() - kept:
                self._opened.pop(place).close()

    def _embed_missing(self, is_over: Callable[[], bool]) -> None:
        import numpy as np

        dimensions = self._store.vector_dimensions(self.embedder.name)
        wanted = self._dimension(dimensions)
        versions = {key: version for key, version in self._store.versions().items() if version.chunks}
        missing = {key: v for key, v in versions.items() if key not in dimensions or dimensions[key] != wanted}
        if missing:
            self._notify(f"嵌入模型 {self.embedder.name!r} 还没有 {len(missing)} 份报告的向量，正在计算……")
        for report_id, version in missing.items():
            chunks, parts = self._store.chunks([report_id]), []
            for at in range(0, len(chunks), EMBEDDED_TOGETHER):
                if is_over():
                    return
                parts.append(self.embedded(chunks[at : at + EMBEDDED_TOGETHER]))
            if len(chunks) == version.chunks:
                self._store.save_vectors(report_id, version.revision, self.embedder.name, np.concatenate(parts))

    def _trust_again(self) -> None:
        """A server that was away for a while may still hold everything."""
        for shard in () if self._is_embedded else self._noted().shards:
            if shard.place in self._damaged:
                with suppress(BrokenIndexError):
                    if self._chroma.open(shard.place).rows == shard.rows:
                        self._damaged.discard(shard.place)

    def _embedded_reports(self, wanted: int) -> dict[int, tuple[str, int]]:
        """(id, rows) of every report that has vectors of this length, by revision."""
        dimensions = self._store.vector_dimensions(self.embedder.name)
        return {
            version.revision: (report_id, version.chunks)
            for report_id, version in self._store.versions().items()
            if version.chunks and dimensions.get(report_id) == wanted
        }

    def _batches(self, report_ids: Mapping[int, str], dimension: int, written: dict[int, int]) -> Iterator[Batch]:
        for revision, report_id in report_ids.items():
            found = self._store.vectors(report_id, self.embedder.name)
            # Looked at last: then what was read is of this revision.
            if self._store.is_current(report_id, revision):
                if found is None or found[1].shape[1] != dimension:
                    raise BrokenIndexError(f"报告 {report_id!r} 的向量缺失。")
                written[revision] = len(found[0])
                yield revision, *found

    def _note(self, shards: Collection[Shard]) -> None:
        self._store.set_meta(self.mark, Manifest(tuple(shards)).to_json())

    def _noted(self) -> Manifest:
        return Manifest.from_json(self._store.get_meta(self.mark)) or Manifest()

    def _places_in_use(self) -> set[str]:
        """Places of the shards of every embedder that is up to date, and of this one."""
        wanted = {version.revision: 0 for version in self._store.versions().values() if version.chunks}
        notes = ((mark, Manifest.from_json(note)) for mark, note in self._store.notes(MARK).items())
        used = [m for mark, m in notes if m is not None and (mark == self.mark or m.holds(wanted))]
        return {shard.place for manifest in used for shard in manifest.shards}

    def _is_intact(self, shard: Shard) -> bool:
        if shard.place in self._damaged:
            return False
        return not self._is_embedded or file_sizes(self._store.folder / shard.place) == dict(shard.files)

    def _dimension(self, dimensions: Mapping[str, int]) -> int | None:
        """Length of this embedder's vectors: as it says, or that of the vectors saved last."""
        return self.embedder.dimension or next(iter(reversed(list(dimensions.values()))), None)


def unit_rows(vectors: Vectors) -> Vectors:
    """The vectors at length 1; zero vectors stay."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)
    return unit
