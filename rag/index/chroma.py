"""Edge: Chroma, wherever it runs: shards that are written once, searched, and removed.

Every failure of Chroma is a `BrokenIndexError`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from rag.errors import BrokenIndexError

if TYPE_CHECKING:
    from rag.ports import Vectors

EXPLORED = 500
"""Rows the graph search looks at: with 10,000 in a shard it then finds all of the exact first 50 (of 200: 0.97)."""
_CONFIGURATION = {"hnsw": {"space": "cosine", "ef_search": EXPLORED}}
_SEPARATOR = ":"
Batch = tuple[int, Sequence[str], "Vectors"]
"""Revision, chunk ids and vectors of a report."""
Query = Callable[["Vectors", int, str | None], tuple[Sequence[str], Sequence[float]]]


@dataclass(frozen=True, slots=True)
class ChromaLocation:
    """Where Chroma runs: in folders of the index, or as a server (`chroma run`) where `host` is given.

    The server asks nobody for a password: only for a private network.
    """

    host: str = ""
    port: int = 8000
    ssl: bool = False


EMBEDDED = ChromaLocation()


class Chroma(Protocol):
    """Where shards stand."""

    def write(self, place: str, batches: Iterable[Batch]) -> dict[str, int]:
        """Makes the shard; sizes of its files."""
        ...

    def open(self, place: str) -> OpenShard:
        """The shard, to be searched."""
        ...

    def remove_others(self, places: Collection[str]) -> None:
        """Removes the store's shards, but for these."""
        ...

    def close(self) -> None:
        """Lets go of connections."""
        ...


class OpenShard:
    """A shard that can be searched, by several threads one after the other."""

    def __init__(self, name: str, rows: int, query: Query, close: Callable[[], None]) -> None:
        """`query` takes a vector, a number of rows and a condition as JSON."""
        self._name, self.rows, self._query, self._close = name, rows, query, close
        self._guard = threading.Lock()

    def search(self, vector: Vectors, k: int, revisions: Collection[int] | None = None) -> list[tuple[int, str, float]]:
        """(revision, chunk id, cosine) of at most `k` chunks, best first, of these revisions only (None: of all)."""
        where = None if revisions is None else json.dumps({"revision": {"$in": sorted(revisions)}})
        with self._guard, explained(self._name):
            ids, distances = self._query(vector, min(k, self.rows), where)
            found = (
                (identity.partition(_SEPARATOR), 1.0 - distance)
                for identity, distance in zip(ids, distances, strict=True)
            )
            return [(int(revision), chunk_id, score) for (revision, _, chunk_id), score in found]

    def close(self) -> None:
        """Lets go of files and connections."""
        with self._guard, explained(self._name):
            self._query = _closed
            self._close()


def load_chroma() -> None:
    """Imports Chroma's client, which takes most of a second, ahead of its first use."""
    import chromadb.api.client  # noqa: F401


def client_settings() -> Any:
    """Settings of any client: nothing is told to anybody."""
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)


def fill_collection(client: Any, name: str, batches: Iterable[Batch]) -> None:
    """Makes the collection anew and writes every batch, as many rows at a time as Chroma takes."""
    import numpy as np

    with suppress(Exception):  # what a writer that was killed left under the name, or nothing
        client.delete_collection(name)
    # None, or Chroma would fetch an English model from the network.
    collection = client.create_collection(name, embedding_function=None, configuration=_CONFIGURATION)
    step, rows, probe = int(client.get_max_batch_size()), 0, None
    for group in _grouped(batches, step):
        ids = [f"{revision}{_SEPARATOR}{chunk_id}" for revision, chunk_ids, _ in group for chunk_id in chunk_ids]
        vectors = np.concatenate([vectors for *_, vectors in group])
        metadata = [{"revision": revision} for revision, chunk_ids, _ in group for _ in chunk_ids]
        for at in range(0, len(ids), step):
            part = slice(at, at + step)
            collection.upsert(ids=ids[part], embeddings=vectors[part], metadatas=metadata[part])
        rows += len(ids)
        probe = vectors[:1]
    # A search makes Chroma write what it still holds back, and shows that it can be searched.
    found = probe is None or collection.query(query_embeddings=probe, n_results=1, include=[])["ids"][0]
    if collection.count() != rows or not found:
        raise BrokenIndexError("写入后条数不符。")


def _grouped(batches: Iterable[Batch], rows: int) -> Iterator[list[Batch]]:
    """The batches, so many together as have at most so many rows, one at least."""
    group: list[Batch] = []
    for batch in batches:
        if group and sum(len(ids) for _, ids, _ in group) + len(batch[1]) > rows:
            yield group
            group = []
        group.append(batch)
    if group:
        yield group


def _closed(*_: Any) -> Any:
    raise ValueError("已关闭")


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Whatever Chroma raises, a panic of its Rust side included, as `BrokenIndexError`."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise BrokenIndexError(f"向量索引 Chroma（{place}）无法使用：{error}") from error
