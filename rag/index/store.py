"""SQLite: the source of truth for reports, pages, sections, tables, chunks and their vectors.

A report is saved, replaced or deleted in one transaction that also raises the generation, so whoever is
killed at whatever moment, every report is either wholly there or not at all. The vector and keyword
indexes are rebuilt from here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.domain.near_duplicates import near_duplicates
from rag.errors import UnreadableFileError
from rag.index.carrying import carry, check_not_lost
from rag.index.database import COPIES, Database, damaged, set_meta
from rag.index.figure_queries import FigureQueries
from rag.index.queries import generation_number
from rag.index.rows import record_to_row
from rag.index.schema import CONTENT_TABLES, CREATE, DATABASE_NAME, LAYOUT
from rag.index.seals import sealed, unsealed
from rag.records import Chunk, ContradictionEntry, FigureEntry, Page, Report, ReportParts, Section, Table

if TYPE_CHECKING:
    from rag.ports import Vectors


class ReportStore(FigureQueries):
    """The reports kept in one folder; usable from several threads and processes at once.

    Readers are never blocked by a writer. Every method may raise `BrokenIndexError`, and `IndexBusyError`
    when another writer holds the file longer than the busy timeout.
    """

    def __init__(self, folder: Path, notify: Callable[[str], None] = lambda message: None) -> None:
        """Opens or creates the store. Of one of an older layout a copy is kept and the list of its files carried over.

        `BrokenIndexError` for one of a newer layout, and where a store was here and is gone. `notify` is told, in Chinese,
        what was found wanting.
        """
        check_not_lost(folder / DATABASE_NAME)
        super().__init__(folder, Database(folder / DATABASE_NAME, CREATE, LAYOUT, carry, notify), notify)

    def save(self, parts: ReportParts, vectors: Vectors | None, embedder: str, fingerprint: str = "") -> None:
        """Replaces everything kept of the report in one transaction.

        `vectors` has a row for each chunk, made by the embedder of that name. `fingerprint` is the caller's
        word for the file and the settings it was read with.
        """
        try:
            self._replace(parts, vectors, embedder, fingerprint)
        except ValueError as error:
            raise UnreadableFileError(f"{parts.report.title!r} 的文字含有无法保存的字符：{error}。") from error
        except sqlite3.IntegrityError as error:  # rows of a report that no longer say so, in a torn file
            raise damaged(self.folder, error) from error

    def delete(self, report_id: str) -> bool:
        """Forgets the report; False where there was none."""
        with self._database.writing() as connection:
            found = _delete_report(connection, report_id)
            if found:
                _raise_generation(connection)
            return found

    def set_meta(self, key: str, value: str) -> None:
        """Remembers a note; the generation stays."""
        with self._database.writing() as connection:
            set_meta(connection, key, value)

    def vectors(self, report_id: str, embedder: str) -> tuple[tuple[str, ...], Vectors] | None:
        """(chunk ids, a row for each) of a report; None where that embedder has not embedded it.

        Vectors that have changed since they were saved are forgotten.
        """
        import numpy as np

        with self._database.reading() as connection:
            where = (report_id, embedder)
            row = connection.execute("SELECT dimension, data FROM vectors WHERE report_id = ? AND embedder = ?", where)
            found = row.fetchone()
            query = "SELECT id FROM chunks WHERE report_id = ? ORDER BY position"
            ids = tuple(str(row[0]) for row in connection.execute(query, (report_id,)))
        if found is None:
            return None
        try:
            return ids, np.frombuffer(unsealed(found[1]), dtype="<f4").reshape(len(ids), found[0])
        except ValueError:
            with self._database.writing() as connection:
                connection.execute("DELETE FROM vectors WHERE report_id = ? AND embedder = ?", where)
            return None

    def save_vectors(self, report_id: str, revision: int, embedder: str, vectors: Vectors) -> None:
        """Adds another embedder's vectors; a report saved again since `revision` is left alone."""
        with self._database.writing() as connection:
            if _is_current(connection, report_id, revision):
                _insert_vectors(connection, report_id, embedder, vectors)

    def is_current(self, report_id: str, revision: int) -> bool:
        """Whether the report is kept as it was saved in that revision."""
        with self._database.connection() as connection:
            return _is_current(connection, report_id, revision)

    def save_terms(self, report_id: str, revision: int, version: str, data: bytes) -> None:
        """Remembers search terms, which cost much to find; a report saved again since `revision` is left alone."""
        with self._database.writing() as connection:
            if _is_current(connection, report_id, revision):
                connection.execute("INSERT OR REPLACE INTO terms VALUES (?, ?, ?)", (report_id, version, sealed(data)))

    def drop_copies(self) -> None:
        """Remove the copies of older layouts, once nothing of them is waited for."""
        if not self.carried():
            for copy in self.folder.glob(COPIES):
                with suppress(OSError):
                    copy.unlink()

    def _replace(self, parts: ReportParts, vectors: Vectors | None, embedder: str, fingerprint: str) -> None:
        report_id = parts.report.id
        with self._database.writing() as connection:
            revision = _raise_generation(connection)
            _delete_report(connection, report_id)
            row = (report_id, revision, fingerprint, record_to_row(Report, parts.report))
            connection.execute("INSERT INTO reports VALUES (?, ?, ?, ?)", row)
            self._find_near_duplicates(connection, parts.report)
            connection.execute("DELETE FROM carried WHERE id = ? OR path = ?", (report_id, parts.report.path))
            pages = ((report_id, at, record_to_row(Page, page)) for at, page in enumerate(parts.pages))
            connection.executemany("INSERT INTO pages VALUES (?, ?, ?)", pages)
            _insert(connection, "sections", Section, parts.sections)
            _insert(connection, "tables_", Table, parts.tables)
            _insert(connection, "chunks", Chunk, parts.chunks)
            _insert(connection, "contradictions", ContradictionEntry, parts.contradictions)
            _insert_figures(connection, report_id, parts.figures)
            if vectors is not None:
                _insert_vectors(connection, report_id, embedder, vectors)

    def _find_near_duplicates(self, connection: sqlite3.Connection, report: Report) -> None:
        """Notes which reports hold nearly the same text, comparing only those that have a part of their sketch in common."""
        query = """SELECT id, data FROM reports WHERE id IN
                   (SELECT report_id FROM sketches WHERE value IN (SELECT value FROM json_each(?)))"""
        rows = connection.execute(query, (json.dumps(report.sketch),)).fetchall()
        found = near_duplicates(report, self._sound_reports(rows))
        pairs = [pair for other in found for pair in ((report.id, other), (other, report.id))]
        connection.executemany("INSERT INTO near_duplicates VALUES (?, ?)", pairs)
        values = ((value, report.id) for value in set(report.sketch))
        connection.executemany("INSERT INTO sketches VALUES (?, ?)", values)


def _raise_generation(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    generation = generation_number(row[0]) + 1 if row else 1
    set_meta(connection, "generation", str(generation))
    return generation


def _delete_report(connection: sqlite3.Connection, report_id: str) -> bool:
    for table in CONTENT_TABLES:
        connection.execute(f"DELETE FROM {table} WHERE report_id = ?", (report_id,))
    connection.execute("DELETE FROM near_duplicates WHERE other_id = ?", (report_id,))
    connection.execute("DELETE FROM carried WHERE id = ?", (report_id,))
    return connection.execute("DELETE FROM reports WHERE id = ?", (report_id,)).rowcount > 0


def _insert(connection: sqlite3.Connection, table: str, kind: Any, values: Collection[Any]) -> None:
    rows = ((value.id, value.report_id, position, record_to_row(kind, value)) for position, value in enumerate(values))
    connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", rows)


def _insert_figures(connection: sqlite3.Connection, report_id: str, figures: Collection[FigureEntry]) -> None:
    rows = (
        (e.section_id, e.start, report_id, at, e.context.head, e.context.kin, record_to_row(FigureEntry, e))
        for at, e in enumerate(figures)
    )
    connection.executemany("INSERT INTO figures VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _insert_vectors(connection: sqlite3.Connection, report_id: str, embedder: str, vectors: Vectors) -> None:
    row = (report_id, embedder, vectors.shape[1], sealed(vectors.astype("<f4").tobytes()))
    connection.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", row)


def _is_current(connection: sqlite3.Connection, report_id: str, revision: int) -> bool:
    row = connection.execute("SELECT revision FROM reports WHERE id = ?", (report_id,)).fetchone()
    return row is not None and int(row[0]) == revision
