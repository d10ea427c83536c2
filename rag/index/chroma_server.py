"""Edge: Chroma as a server (`chroma run`), which is never waited for without end."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import Future
from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING, Any, TypeVar

from rag.index.chroma import Batch, ChromaLocation, OpenShard, client_settings, explained, fill_collection

if TYPE_CHECKING:
    from rag.ports import Vectors

CONNECT_SECONDS = 10.0
"""Until a server has answered at all."""
TIMEOUT_SECONDS = 30.0
_MAX_HEARTBEAT_BYTES = 10_000
Value = TypeVar("Value")


class ServerChroma:
    """Shards as collections of a server."""

    def __init__(self, location: ChromaLocation, store_id: str) -> None:
        """`store_id` keeps the collections of several stores apart."""
        self._location, self._prefix = location, f"wenbao-{store_id}-"
        self._name = f"{location.host}:{location.port}"
        self._guard = threading.Lock()
        self._connected: Any = None

    def write(self, place: str, batches: Iterable[Batch]) -> dict[str, int]:
        """Makes the collection; a server's files are its own."""
        with explained(self._name):
            fill_collection(self._client(), self._prefix + place, batches)
            return {}

    def open(self, place: str) -> OpenShard:
        """The collection of that place."""
        with explained(self._name):
            collection = self._client().get_collection(self._prefix + place, embedding_function=None)

            def query(vector: Vectors, k: int, where: str | None) -> tuple[Sequence[str], Sequence[float]]:
                condition = json.loads(where) if where else None
                found = collection.query(vector.reshape(1, -1), n_results=k, where=condition, include=["distances"])
                return found["ids"][0], found["distances"][0]

            return OpenShard(self._name, collection.count(), query, lambda: None)

    def remove_others(self, places: Collection[str]) -> None:
        """Removes this store's collections, but for these."""
        kept = {self._prefix + place for place in places}
        with explained(self._name):
            for collection in self._client().list_collections():
                if collection.name.startswith(self._prefix) and collection.name not in kept:
                    self._client().delete_collection(collection.name)

    def close(self) -> None:
        """Lets go of the connection."""
        with self._guard:
            client, self._connected = self._connected, None
        if client is not None:
            with explained(self._name):
                sessions = _sessions(client)
                client.close()
                for session in sessions:
                    session.close()

    def _client(self) -> Any:
        with self._guard:
            if self._connected is None:
                self._connected = _within(CONNECT_SECONDS, self._connect)
                for session in _sessions(self._connected):
                    session.timeout = TIMEOUT_SECONDS
            return self._connected

    def _connect(self) -> Any:
        import chromadb

        _check_answers(self._location)
        host, port, ssl = self._location.host, self._location.port, self._location.ssl
        return chromadb.HttpClient(host, port, ssl=ssl, settings=client_settings())


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
