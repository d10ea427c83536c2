"""Nearest vectors: Chroma, embedded or as a server, and exact comparison with the vectors the store keeps.

Measured at 100,000 chunks of 300 reports, 512 dimensions, p50: Chroma 1.3 ms over everything, 36–121 ms with a
`where` on the report; exact comparison 0.1 ms for one report, 8 ms for half of them. A collection a report
cost 1 ms each. So a search of few reports is exact, and one of most of them is Chroma's.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from rag.errors import BrokenIndexError
from rag.records import Chunk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.ports import Hits, Vectors

CONNECT_SECONDS = 10.0
"""Until a server has answered at all."""
SERVER_TIMEOUT_SECONDS = 30.0
EXACT_CACHE_BYTES = 128 * 2**20
_EMBEDDED_COLLECTION = "chunks"
_MAX_HEARTBEAT_BYTES = 10_000
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ChromaLocation:
    """Where Chroma runs: in a folder of the index, or as a server (`chroma run`) where `host` is given.

    The server asks nobody for a password: only for a private network.
    """

    host: str = ""
    port: int = 8000
    ssl: bool = False


EMBEDDED = ChromaLocation()


def load_chroma() -> None:
    """Imports Chroma, which takes more than a second, ahead of its first use."""
    import chromadb.api.client
    import chromadb.config  # noqa: F401


class ChromaIndex:
    """A Chroma collection; every failure of Chroma is a `BrokenIndexError`.

    An embedded folder belongs to one writing process at a time, and to no reader while it is being written.
    """

    def __init__(self, open_client: Callable[[Any], Any], collection: str, place: str) -> None:
        """`open_client` makes the client from Chroma's settings; `place` names it in messages."""
        self._place = place
        self._guard = threading.Lock()
        self._name = collection
        self._client: Any = None
        with self._explained():
            from chromadb.config import Settings

            self._client = open_client(Settings(anonymized_telemetry=False))
            self._collection = self._open_collection()

    @classmethod
    def embedded(cls, folder: Path) -> ChromaIndex:
        """The collection in that folder, made where there is none."""

        def open_client(settings: Any) -> Any:
            import chromadb

            return chromadb.PersistentClient(folder, settings=settings)

        return cls(open_client, _EMBEDDED_COLLECTION, str(folder))

    @classmethod
    def server(cls, location: ChromaLocation, collection: str) -> ChromaIndex:
        """The collection of that name (ASCII) on the server, made where there is none."""

        def open_client(settings: Any) -> Any:
            import chromadb

            def connect() -> Any:
                _check_answers(location)
                return chromadb.HttpClient(location.host, location.port, ssl=location.ssl, settings=settings)

            client = _within(CONNECT_SECONDS, connect)
            for session in _sessions(client):
                session.timeout = SERVER_TIMEOUT_SECONDS
            return client

        return cls(open_client, collection, f"{location.host}:{location.port}")

    def upsert(self, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Keeps each chunk's vector under its id, replacing what was there."""
        with self._explained():
            step = int(self._client.get_max_batch_size())
            for start in range(0, len(chunks), step):
                batch = chunks[start : start + step]
                self._collection.upsert(
                    ids=[chunk.id for chunk in batch],
                    embeddings=vectors[start : start + step],
                    metadatas=[_metadata(chunk) for chunk in batch],
                )

    def delete_report(self, report_id: str) -> None:
        """Forgets every chunk of the report."""
        with self._explained():
            self._collection.delete(where={"report_id": report_id})

    def clear(self) -> None:
        """Forgets everything, the dimension too."""
        with self._explained():
            self._client.delete_collection(self._name)
            self._collection = self._open_collection()

    def search(self, vector: Vectors, k: int, report_ids: Collection[str] | None = None) -> Hits:
        """At most `k` chunks by cosine similarity, of these reports only (None: of all)."""
        if k < 1 or (report_ids is not None and not report_ids):
            return ()
        where = None if report_ids is None else {"report_id": {"$in": list(report_ids)}}
        with self._explained():
            found = self._collection.query(
                query_embeddings=vector.reshape(1, -1), n_results=k, where=where, include=["distances"]
            )
            return tuple((str(key), 1.0 - d) for key, d in zip(found["ids"][0], found["distances"][0], strict=True))

    def ids(self) -> frozenset[str]:
        """Ids of all chunks kept."""
        with self._explained():
            return frozenset(self._collection.get(include=[])["ids"])

    def count(self) -> int:
        """Number of chunks kept."""
        with self._explained():
            return int(self._collection.count())

    def close(self) -> None:
        """Lets go of files and connections; whoever searches on gets a `BrokenIndexError`."""
        with self._explained():
            client, self._client, self._collection = self._client, None, None
            if client is not None:
                sessions = _sessions(client)
                client.close()
                for session in sessions:
                    session.close()

    def _open_collection(self) -> Any:
        # None, or Chroma would fetch an English model from the network.
        return self._client.get_or_create_collection(
            self._name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """One call at a time; whatever Chroma raises, a panic of its Rust side included, as `BrokenIndexError`."""
        with self._guard:
            try:
                yield
            except (KeyboardInterrupt, SystemExit, GeneratorExit):
                raise
            except BaseException as error:
                raise BrokenIndexError(f"向量索引 Chroma（{self._place}）无法使用：{error}") from error


def _check_answers(location: ChromaLocation) -> None:
    """Raises OSError or HTTPException where no HTTP server answers in time: Chroma's own client would wait for ever."""
    kind = HTTPSConnection if location.ssl else HTTPConnection
    with closing(kind(location.host, location.port, timeout=CONNECT_SECONDS)) as connection:
        connection.request("GET", "/api/v2/heartbeat")
        connection.getresponse().read(_MAX_HEARTBEAT_BYTES)


def _within(seconds: float, work: Callable[[], Value]) -> Value:
    """What the work gives; TimeoutError where it takes longer, and then it is left alone in its thread."""
    done: Future[Value] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # whatever it is, the caller has to know
            done.set_exception(error)

    threading.Thread(target=run, name="chroma-connect", daemon=True).start()
    try:
        return done.result(seconds)
    except TimeoutError as error:
        raise TimeoutError(f"{seconds:g} 秒没有回应，请检查这个服务，或在 config.toml 里把 chroma_host 留空") from error


def _sessions(client: Any) -> list[Any]:
    """The HTTP sessions of a client, which Chroma gives no time-out and never closes; none where it is embedded."""
    servers = [getattr(part, "_server", None) for part in (client, getattr(client, "_admin_client", None))]
    return [session for server in servers if (session := getattr(server, "_session", None)) is not None]


def _metadata(chunk: Chunk) -> dict[str, str | int]:
    """What Chroma keeps beside a vector; it takes no None."""
    metadata: dict[str, str | int] = {
        "report_id": chunk.report_id,
        "section_id": chunk.section_id,
        "ordinal": chunk.ordinal,
    }
    return metadata | ({} if chunk.page is None else {"page": chunk.page})


class ExactVectors:
    """Cosine similarity with every vector of the chosen reports, none left out."""

    def __init__(
        self, load: Callable[[str], tuple[Sequence[str], Vectors] | None], cache_bytes: int = EXACT_CACHE_BYTES
    ) -> None:
        """`load` gives a report's chunk ids and unit vectors; the last used stay in memory up to `cache_bytes`."""
        self._load = load
        self._cache_bytes = cache_bytes
        self._cache: OrderedDict[tuple[str, int], tuple[Sequence[str], Vectors]] = OrderedDict()
        self._guard = threading.Lock()

    def search(self, vector: Vectors, k: int, revisions: Mapping[str, int]) -> Hits:
        """At most `k` chunks of these reports (id → revision), best first; equals in the order given."""
        import numpy as np

        ids: list[str] = []
        scores: list[NDArray[np.float32]] = []
        for report_id, revision in revisions.items():
            found = self._vectors(report_id, revision)
            if found is not None and found[1].shape[1] == len(vector):
                ids.extend(found[0])
                scores.append(found[1] @ vector)
        if not ids or k < 1:
            return ()
        every = np.concatenate(scores)
        rows = np.flatnonzero(every >= np.partition(every, -k)[-k]) if len(every) > k else np.arange(len(every))
        best = rows[np.lexsort((rows, -every[rows]))][:k]
        return tuple((ids[row], float(every[row])) for row in best)

    def _vectors(self, report_id: str, revision: int) -> tuple[Sequence[str], Vectors] | None:
        key = (report_id, revision)
        with self._guard:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        found = self._load(report_id)
        if found is not None:
            with self._guard:
                self._cache[key] = found
                while len(self._cache) > 1 and sum(rows.nbytes for _, rows in self._cache.values()) > self._cache_bytes:
                    self._cache.popitem(last=False)
        return found
