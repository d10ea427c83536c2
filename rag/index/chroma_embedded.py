"""Edge: Chroma embedded in this process.

A shard is searched through Chroma's own core, which loads in a hundredth of the time its Python client takes.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from rag.index.chroma import Batch, OpenShard, client_settings, explained, fill_collection
from rag.index.files import file_sizes

if TYPE_CHECKING:
    from rag.ports import Vectors

_COLLECTION = "chunks"
_DATABASE = ("default_tenant", "default_database")


class EmbeddedChroma:
    """Shards as folders beside the store, each with a database of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, place: str, batches: Iterable[Batch]) -> dict[str, int]:
        """Makes the folder; sizes of its files."""
        target = self._folder / place
        with explained(place):
            client = import_module("chromadb").PersistentClient(target, settings=client_settings())
            with closing(client):
                fill_collection(client, _COLLECTION, batches)
            return file_sizes(target)

    def open(self, place: str) -> OpenShard:
        """The shard in that folder."""
        target = self._folder / place
        with explained(place):
            core = import_module("chromadb_rust_bindings")

            if not (target / "chroma.sqlite3").is_file():
                raise FileNotFoundError(str(target))
            checked = core.SqliteDBConfig(
                hash_type=core.MigrationHash.MD5,
                migration_mode=core.MigrationMode.Validate,
                url=str(target / "chroma.sqlite3"),
            )
            opened = [
                core.Bindings(allow_reset=False, sqlite_db_config=checked, persist_path=str(target), hnsw_cache_size=1)
            ]
            collection = str(opened[0].get_collection(_COLLECTION, *_DATABASE).id)

            def query(vector: Vectors, k: int, where: str | None) -> tuple[Sequence[str], Sequence[float]]:
                arguments = (collection, None, [vector.tolist()], k, where, None, ["distances"], *_DATABASE)
                found = opened[0].query(*arguments)
                return found.ids[0], found.distances[0]

            return OpenShard(place, opened[0].count(collection, *_DATABASE), query, opened.clear)

    def remove_others(self, places: Collection[str]) -> None:
        """Removes the folders of shards, but for these; what somebody has open on Windows stays for now."""
        for path in self._folder.glob("chroma-*"):
            if path.name not in places:
                shutil.rmtree(path, ignore_errors=True)

    def close(self) -> None:
        """Nothing: each open shard is its own."""
