"""The keyword and vector indexes as they stand published beside the store, and how they are made again from it.

A mark in the store says what each was made from; it is written last. Where a mark, the files and the store do not
agree, because a writer was killed, files were damaged or the embedder is another one, the index counts for nothing.
Whoever publishes must hold the writer's lock.
"""

from __future__ import annotations

import json
import shutil
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import BrokenIndexError, ModelError
from rag.index.keywords import KeywordIndex, ReportTerms, chunks_to_terms, terms_version, unpack_terms
from rag.index.mirror import ChromaMirror, Manifest, Target, file_digests, file_sizes
from rag.index.queries import ReportVersion
from rag.index.store import ReportStore
from rag.records import Chunk

if TYPE_CHECKING:
    from rag.ports import Embedder, Vectors

_KEYWORDS_MARK = "keywords"
_NOTED = {"folder", "generation", "terms", "files", "digests"}
_KEYWORDS_SHARE = 20
"""While many reports are written, publishing keywords may take one part in so many of the time."""


class Publisher:
    """What is published of a store, for one embedder."""

    def __init__(
        self, store: ReportStore, embedder: Embedder, mirror: ChromaMirror, notify: Callable[[str], None]
    ) -> None:
        """`notify` is told of work that may take long."""
        self._store, self._embedder, self._mirror, self._notify = store, embedder, mirror, notify
        self._damaged: set[str] = set()
        self._sound: set[str] = set()
        self._keywords_due = 0.0

    def marks(self) -> tuple[str | None, ...]:
        """Differ whenever the reports or what is published of them differ."""
        return self._store.marks("generation", _KEYWORDS_MARK, self._mirror.mark)

    def is_current(self) -> bool:
        """Whether both indexes are whole and hold just what the store holds."""
        versions = _searchable(self._store.versions())
        target = self._target()
        return (
            (not versions or self._keywords_folder(outdated=False) is not None)
            and len(target.revisions) == len(versions)
            and target.is_held(self.manifest())
        )

    def is_taken_over(self) -> bool:
        """Whether what is published was made for another embedder."""
        manifest = Manifest.from_json(self._store.get_meta(self._mirror.mark))
        return manifest is not None and manifest.embedder != self._embedder.name

    def publish(self) -> None:
        """Makes both current. `ModelError`, `BrokenIndexError` or OSError leave what was published before."""
        self._publish_keywords()
        self._embed_missing()
        self._publish_vectors()

    def publish_keywords_when_due(self) -> None:
        """Makes the keyword index current, unless that was done, at some cost, a short while ago."""
        if time.monotonic() >= self._keywords_due:
            started = time.monotonic()
            self._publish_keywords()
            self._keywords_due = time.monotonic() + _KEYWORDS_SHARE * (time.monotonic() - started)

    def keywords(self, *, outdated: bool) -> KeywordIndex:
        """The published keyword index, or, where there is no sound one, one made in memory.

        `outdated` takes one of an earlier generation too: good enough while somebody is writing the next.
        """
        while (folder := self._keywords_folder(outdated=outdated)) is not None:
            try:
                self._check_keywords(folder)
                return KeywordIndex.load(folder)
            except Exception:  # whatever a damaged file makes json, numpy or bm25s say
                if self._keywords_folder(outdated=outdated) == folder:
                    self._damaged.add(folder.name)
        return self._built_keywords(remember=False)

    def manifest(self) -> Manifest | None:
        """What Chroma holds, None where this embedder cannot use it."""
        manifest = Manifest.from_json(self._store.get_meta(self._mirror.mark))
        if manifest is None or manifest.embedder != self._embedder.name or manifest.place in self._damaged:
            return None
        wanted = self._dimension(self._store.vector_dimensions(self._embedder.name))
        return manifest if manifest.dimension == wanted and self._mirror.is_intact(manifest) else None

    def distrust(self, manifest: Manifest) -> None:
        """Chroma failed there: it is not used again until it has been published anew."""
        self._damaged.add(manifest.place)

    def distrust_keywords(self) -> None:
        """The published keyword index failed at a search: it is not used again."""
        self._damaged.add(str(self._keywords_mark()[1].get("folder")))

    def embedded(self, chunks: Collection[Chunk]) -> Vectors:
        """A unit vector for each chunk; `ModelError` where the embedder fails or gives anything else."""
        import numpy as np

        vectors = self._embedder.embed_passages([chunk.embedded_text for chunk in chunks])
        if vectors.ndim != 2 or len(vectors) != len(chunks) or not np.isfinite(vectors).all():
            raise ModelError(f"嵌入模型 {self._embedder.name!r} 返回的向量数目或内容不对。")
        return unit_rows(vectors)

    def _publish_keywords(self) -> None:
        if self._keywords_folder(outdated=False) is not None:
            return
        folder = self._store.folder / self._new_name("keywords")
        generation = self._store.generation()
        self._built_keywords(remember=True).save(folder)
        made = {
            "folder": folder.name,
            "generation": generation,
            "terms": terms_version(),
            "files": file_sizes(folder),
            "digests": file_digests(folder),
        }
        self._store.set_meta(_KEYWORDS_MARK, json.dumps(made))
        self._remove_others("keywords", folder.name)

    def _embed_missing(self) -> None:
        dimensions = self._store.vector_dimensions(self._embedder.name)
        wanted = self._dimension(dimensions)
        versions = _searchable(self._store.versions())
        missing = {key: v for key, v in versions.items() if key not in dimensions or dimensions[key] != wanted}
        if missing:
            self._notify(f"嵌入模型 {self._embedder.name!r} 还没有 {len(missing)} 份报告的向量，正在计算……")
        for report_id, version in missing.items():
            vectors = self.embedded(self._store.chunks([report_id]))
            self._store.save_vectors(report_id, version.revision, self._embedder.name, vectors)

    def _publish_vectors(self) -> None:
        self._trust_again()
        held, target = self.manifest(), self._target()
        if target.is_held(held):
            return
        try:
            manifest = self._mirror.publish(held, target, self._new_name("chroma"))
        except BrokenIndexError:
            if held is None:
                raise
            manifest = self._mirror.publish(None, target, self._new_name("chroma"))
        self._store.set_meta(self._mirror.mark, manifest.to_json())
        self._damaged.discard(manifest.place)
        if manifest.files:
            self._remove_others("chroma", manifest.place)

    def _trust_again(self) -> None:
        """A server that was away for a while may still hold everything."""
        manifest = Manifest.from_json(self._store.get_meta(self._mirror.mark))
        if manifest is not None and manifest.place in self._damaged and self._mirror.answers(manifest):
            self._damaged.discard(manifest.place)

    def _target(self) -> Target:
        dimensions = self._store.vector_dimensions(self._embedder.name)
        dimension = self._dimension(dimensions) or 0
        versions = _searchable(self._store.versions())
        ready = {key: version for key, version in versions.items() if dimensions.get(key) == dimension}
        return Target(
            embedder=self._embedder.name,
            dimension=dimension,
            rows=sum(version.chunks for version in ready.values()),
            revisions={key: version.revision for key, version in ready.items()},
            load=self._chunks_and_vectors,
        )

    def _chunks_and_vectors(self, report_id: str) -> tuple[tuple[Chunk, ...], Vectors]:
        found = self._store.vectors(report_id, self._embedder.name)
        if found is None:
            raise BrokenIndexError(f"报告 {report_id!r} 的向量缺失。")
        return self._store.chunks([report_id]), found[1]

    def _dimension(self, dimensions: Mapping[str, int]) -> int | None:
        """Length of this embedder's vectors: as it says, or that of the vectors saved last."""
        return self._embedder.dimension or next(iter(reversed(list(dimensions.values()))), None)

    def _keywords_folder(self, *, outdated: bool) -> Path | None:
        """The published keyword index, where it is whole and, unless `outdated` will do, made from the present store."""
        generation, made = self._keywords_mark()
        if made.get("terms") != terms_version() or made["folder"] in self._damaged:
            return None
        folder = self._store.folder / made["folder"]
        current = outdated or str(made["generation"]) == generation
        return folder if current and file_sizes(folder) == made["files"] else None

    def _keywords_mark(self) -> tuple[str | None, dict[str, Any]]:
        """The generation, and what was noted of the published keyword index: nothing where that is no whole note."""
        generation, mark = self._store.marks("generation", _KEYWORDS_MARK)
        try:
            made = json.loads(mark or "{}")
        except ValueError:
            made = {}
        return generation, made if isinstance(made, dict) and made.keys() >= _NOTED else {}

    def _check_keywords(self, folder: Path) -> None:
        """Raises ValueError where a file of the published keyword index has changed since; each is read once."""
        if folder.name not in self._sound:
            if file_digests(folder) != self._keywords_mark()[1].get("digests"):
                raise ValueError("changed since it was published")
            self._sound.add(folder.name)

    def _built_keywords(self, *, remember: bool) -> KeywordIndex:
        versions = self._store.versions().items()
        return KeywordIndex.build(self._terms(report_id, version.revision, remember) for report_id, version in versions)

    def _terms(self, report_id: str, revision: int, remember: bool) -> ReportTerms:
        chunks = self._store.chunks([report_id])
        packed = self._store.terms(report_id, terms_version())
        if packed is not None:
            return unpack_terms(report_id, [chunk.id for chunk in chunks], packed)
        terms = chunks_to_terms(report_id, chunks)
        if remember:
            self._store.save_terms(report_id, revision, terms_version(), terms.packed())
        return terms

    def _new_name(self, kind: str) -> str:
        return f"{kind}-{self._store.generation()}-{uuid.uuid4().hex[:8]}"

    def _remove_others(self, kind: str, kept: str) -> None:
        # What another process still has open cannot be removed on Windows; the next writer will.
        for path in self._store.folder.glob(f"{kind}-*"):
            if path.name != kept:
                shutil.rmtree(path, ignore_errors=True)


def unit_rows(vectors: Vectors) -> Vectors:
    """The vectors at length 1; zero vectors stay."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)
    return unit


def _searchable(versions: Mapping[str, ReportVersion]) -> dict[str, ReportVersion]:
    return {report_id: version for report_id, version in versions.items() if version.chunks}
