"""Chroma kept like the store: which revision of which report a collection holds, and bringing it up to date.

An embedded folder is never written once it has been published: the next state is made in a copy beside it, so a
page that reads the old one is never disturbed and a writer killed half-way leaves only a folder nobody opens.
A server's collection is written in place; what it holds of a report counts only once the manifest says so.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import BrokenIndexError
from rag.index.vectors import ChromaIndex, ChromaLocation
from rag.records import Chunk

if TYPE_CHECKING:
    from rag.ports import Vectors

_DATABASE = "chroma.sqlite3"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a Chroma collection holds. Written when everything else is."""

    place: str
    """Folder beside the store, or collection on the server."""
    embedder: str
    dimension: int
    rows: int
    revisions: dict[str, int]
    """Revision of each report held."""
    files: dict[str, int]
    """Size in bytes of each file of an embedded folder."""

    def to_json(self) -> str:
        """The manifest as text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | None) -> Manifest | None:
        """The manifest `to_json` wrote; None where there is none, or something else."""
        try:
            return None if text is None else cls(**json.loads(text))
        except (ValueError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class Target:
    """What a collection shall hold."""

    embedder: str
    dimension: int
    rows: int
    revisions: Mapping[str, int]
    load: Callable[[str], tuple[Sequence[Chunk], Vectors]]
    """Chunks and vectors of a report."""

    def differing(self, held: Manifest) -> int:
        """Number of reports that are not wanted as they are held."""
        return len(set(self.revisions.items()) ^ set(held.revisions.items()))

    def is_held(self, held: Manifest | None) -> bool:
        """Whether nothing has to be done."""
        if held is None:
            return not self.revisions
        return held.embedder == self.embedder and held.revisions == self.revisions


class ChromaMirror:
    """The Chroma collections of one store."""

    def __init__(self, folder: Path, location: ChromaLocation, store_id: str) -> None:
        """Embedded collections stand in `folder`; a server's is named for the store."""
        self._folder = folder
        self._location = location
        self._collection = f"wenbao-{store_id}"

    @property
    def mark(self) -> str:
        """Name under which the store remembers the manifest."""
        return f"chroma:{self._location.host}:{self._location.port}" if self._location.host else "chroma"

    def is_intact(self, manifest: Manifest) -> bool:
        """Whether the folder's files are all there and as long as when published; a server is not asked."""
        return bool(self._location.host) or file_sizes(self._folder / manifest.place) == manifest.files

    def answers(self, manifest: Manifest) -> bool:
        """Whether a server, asked now, holds what the manifest says; never so of a folder."""
        if not self._location.host:
            return False
        try:
            self.open(manifest).close()
        except BrokenIndexError:
            return False
        return True

    def open(self, manifest: Manifest) -> ChromaIndex:
        """The collection published with the manifest; `BrokenIndexError` where it holds anything else."""
        index = self._open(manifest.place)
        if index.count() != manifest.rows:
            index.close()
            raise BrokenIndexError(f"向量索引应有 {manifest.rows} 条，与实际不符。")
        return index

    def publish(self, held: Manifest | None, target: Target, place: str) -> Manifest:
        """A collection that holds just the target, made from what `held` has of it.

        `place` must be new. `BrokenIndexError` leaves an embedded `held` as it was.
        """
        if self._location.host:
            return self._written(self._collection, held, target)
        if held is not None and target.differing(held) * 2 > len(target.revisions):
            held = None
        if held is not None:
            _copy(self._folder / held.place, self._folder / place)
        manifest = self._written(place, held, target)
        return replace(manifest, files=file_sizes(self._folder / place))

    def _written(self, place: str, held: Manifest | None, target: Target) -> Manifest:
        index = self._open(place)
        try:
            _bring_up_to_date(index, held, target)
        finally:
            index.close()
        return Manifest(place, target.embedder, target.dimension, target.rows, dict(target.revisions), {})

    def _open(self, place: str) -> ChromaIndex:
        if self._location.host:
            return ChromaIndex.server(self._location, place)
        return ChromaIndex.embedded(self._folder / place)


def _bring_up_to_date(index: ChromaIndex, held: Manifest | None, target: Target) -> None:
    known = {} if held is None else held.revisions
    if held is None:
        index.clear()
    probe = None
    for report_id in {**known, **target.revisions}:
        revision = target.revisions.get(report_id)
        if known.get(report_id) == revision:
            continue
        if held is not None:
            index.delete_report(report_id)
        if revision is not None:
            chunks, vectors = target.load(report_id)
            index.upsert(chunks, vectors)
            probe = vectors[0]
    # A search makes Chroma write what it still holds back, and shows that it can be searched.
    if index.count() != target.rows or (probe is not None and not index.search(probe, 1)):
        raise BrokenIndexError("向量索引写入后条数不符。")


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns(_DATABASE + "*"))
        # Chroma writes a little to its database on being opened, so a plain copy beside a reader could be torn.
        with closing(sqlite3.connect(source / _DATABASE)) as old, closing(sqlite3.connect(target / _DATABASE)) as new:
            old.backup(new)
    except (OSError, sqlite3.Error) as error:
        raise BrokenIndexError(f"无法复制向量索引 {str(source)!r}：{error}。") from error


def file_sizes(folder: Path) -> dict[str, int]:
    """Size of every file, without those SQLite keeps only while the database is open; a folder that goes has none."""
    sizes: dict[str, int] = {}
    for directory, _, names in os.walk(folder):
        for name in names:
            path = Path(directory, name)
            # The next writer may be removing the folder at this very moment.
            with suppress(FileNotFoundError):
                sizes[path.relative_to(folder).as_posix()] = path.stat().st_size
    return {name: size for name, size in sizes.items() if "sqlite3-" not in name}


def file_digests(folder: Path) -> dict[str, str]:
    """Digest of every file that `file_sizes` lists; a file that cannot be read has none."""
    digests: dict[str, str] = {}
    for name in file_sizes(folder):
        with suppress(OSError), (folder / name).open("rb") as stream:
            digests[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return digests
