"""SQLite: the source of truth for reports, pages, sections, tables, chunks and their vectors.

A report is saved, replaced or deleted in one transaction that also raises the generation, so whoever is
killed at whatever moment, every report is either wholly there or not at all. The vector and keyword
indexes are rebuilt from here.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.domain.near_duplicates import near_duplicates
from rag.errors import BrokenIndexError, UnreadableFileError, WenbaoError
from rag.figures.entries import entries_to_contradictions, entry_to_figure, in_its_line, passages_to_figures
from rag.figures.extraction import section_to_passages
from rag.index.carrying import carry, check_not_lost
from rag.index.database import COPIES, Database, damaged, set_meta
from rag.index.rows import Value, record_to_row, row_to_record
from rag.index.seals import sealed, unsealed
from rag.records import (
    Chunk,
    Contradiction,
    ContradictionEntry,
    Figure,
    FigureEntry,
    Page,
    Passage,
    Report,
    ReportParts,
    ReportStats,
    Section,
    Table,
)
from rag.structure.passages import section_to_passage

if TYPE_CHECKING:
    from rag.ports import Vectors

DATABASE_NAME = "wenbao.sqlite3"
LAYOUT = 2
"""Number of the layout below, raised with every change to it, and with every change to a stored record that keeps an
older row from being read. A new field with a default is no such change.
"""
_CREATE = """
CREATE TABLE reports (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, fingerprint TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE pages (report_id TEXT, position INTEGER, data BLOB NOT NULL, PRIMARY KEY (report_id, position));
CREATE TABLE sections (id TEXT PRIMARY KEY, report_id TEXT NOT NULL, position INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE tables_ (id TEXT PRIMARY KEY, report_id TEXT NOT NULL, position INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE chunks (id TEXT PRIMARY KEY, report_id TEXT NOT NULL, position INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE contradictions (id TEXT PRIMARY KEY, report_id TEXT NOT NULL, position INTEGER NOT NULL,
                             data BLOB NOT NULL);
CREATE TABLE figures (section_id TEXT, start INTEGER, report_id TEXT NOT NULL, position INTEGER NOT NULL,
                      head TEXT NOT NULL, kin TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (section_id, start));
CREATE TABLE vectors (report_id TEXT, embedder TEXT, dimension INTEGER NOT NULL, data BLOB NOT NULL,
                      PRIMARY KEY (report_id, embedder));
CREATE TABLE sketches (value INTEGER, report_id TEXT, PRIMARY KEY (value, report_id)) WITHOUT ROWID;
CREATE TABLE near_duplicates (report_id TEXT, other_id TEXT, PRIMARY KEY (report_id, other_id)) WITHOUT ROWID;
CREATE TABLE terms (report_id TEXT PRIMARY KEY, version TEXT NOT NULL, data BLOB NOT NULL);
CREATE TABLE carried (id TEXT PRIMARY KEY, path TEXT NOT NULL);
CREATE INDEX sketches_of ON sketches (report_id);
CREATE INDEX sections_of ON sections (report_id, position);
CREATE INDEX tables_of ON tables_ (report_id, position);
CREATE INDEX chunks_of ON chunks (report_id, position);
CREATE INDEX contradictions_of ON contradictions (report_id, position);
CREATE INDEX figures_of ON figures (report_id, position);
CREATE INDEX figures_named ON figures (head);
"""
_CONTENT_TABLES = (
    "pages",
    "sections",
    "tables_",
    "chunks",
    "contradictions",
    "figures",
    "vectors",
    "terms",
    "sketches",
    "near_duplicates",
)
_SEALED = {
    "pages": Page,
    "sections": Section,
    "tables_": Table,
    "chunks": Chunk,
    "contradictions": ContradictionEntry,
    "figures": FigureEntry,
}
"""Tables whose rows are records of a report, and of which kind."""
_PUBLISHED = ("keywords-*", "chroma-*", "write.lock", COPIES)
"""What stands in the folder of a store that has been written."""


@dataclass(frozen=True, slots=True)
class ReportVersion:
    """What of a report is saved: `revision` is the generation it was saved in."""

    revision: int
    chunks: int


class ReportStore:
    """The reports kept in one folder; usable from several threads and processes at once.

    Readers are never blocked by a writer. Every method may raise `BrokenIndexError`, and `IndexBusyError`
    when another writer holds the file longer than the busy timeout.
    """

    def __init__(self, folder: Path, notify: Callable[[str], None] = lambda message: None) -> None:
        """Opens or creates the store. Of one of an older layout a copy is kept and the list of its files carried over.

        `BrokenIndexError` for one of a newer layout, and where a store was here and is gone. `notify` is told, in Chinese,
        what was found wanting.
        """
        self.folder, self._notify = folder, notify
        check_not_lost(folder / DATABASE_NAME)
        self._database = Database(folder / DATABASE_NAME, _CREATE, LAYOUT, carry, notify)

    def close(self) -> None:
        """Closes the file; whoever goes on opens it again."""
        self._database.close()

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

    def clear(self) -> None:
        """Forgets every report."""
        with self._database.writing() as connection:
            for table in ("reports", "carried", *_CONTENT_TABLES):
                connection.execute(f"DELETE FROM {table}")
            _raise_generation(connection)

    def generation(self) -> int:
        """A number that grows with every change to the reports."""
        return _number(self.get_meta("generation") or "0")

    def get_meta(self, key: str) -> str | None:
        """A remembered note, None where there is none."""
        rows = self._rows("SELECT value FROM meta WHERE key = ?", key)
        return str(rows[0][0]) if rows else None

    def set_meta(self, key: str, value: str) -> None:
        """Remembers a note; the generation stays."""
        with self._database.writing() as connection:
            set_meta(connection, key, value)

    def marks(self, *keys: str) -> tuple[str | None, ...]:
        """Several notes as they stood at one moment."""
        rows = self._rows("SELECT key, value FROM meta WHERE key IN (SELECT value FROM json_each(?))", json.dumps(keys))
        found = {str(key): str(value) for key, value in rows}
        return tuple(found.get(key) for key in keys)

    def reports(self) -> tuple[Report, ...]:
        """Every report, by id; one whose record has changed since it was saved is left out, and told of."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id, data FROM reports ORDER BY id").fetchall()
            pairs = connection.execute("SELECT report_id, other_id FROM near_duplicates ORDER BY 1, 2").fetchall()
        others: dict[str, list[str]] = defaultdict(list)
        for report_id, other_id in pairs:
            others[str(report_id)].append(str(other_id))
        reports = self._sound_reports(rows)
        return tuple(replace(r, near_duplicates=tuple(others[r.id])) if r.id in others else r for r in reports)

    def report(self, report_id: str) -> Report | None:
        """The report of that id."""
        return _first(self._values(Report, "SELECT data FROM reports WHERE id = ?", report_id))

    def fingerprint(self, report_id: str) -> str | None:
        """What `save` was given as fingerprint; None where there is no such report."""
        rows = self._rows("SELECT fingerprint FROM reports WHERE id = ?", report_id)
        return str(rows[0][0]) if rows else None

    def fingerprints(self) -> dict[str, str]:
        """The fingerprint of every report, by id."""
        return {str(row[0]): str(row[1]) for row in self._rows("SELECT id, fingerprint FROM reports ORDER BY id")}

    def versions(self) -> dict[str, ReportVersion]:
        """Revision and number of chunks of every report, by id."""
        rows = self._rows(
            "SELECT id, revision, (SELECT count(*) FROM chunks WHERE report_id = reports.id) FROM reports ORDER BY id"
        )
        return {str(report_id): ReportVersion(revision, chunks) for report_id, revision, chunks in rows}

    def report_stats(self) -> dict[str, ReportStats]:
        """Numbers of pages, sections, tables and chunks of every report, by id."""
        counts = ", ".join(
            f"(SELECT count(*) FROM {table} WHERE report_id = reports.id)"
            for table in ("pages", "sections", "tables_", "chunks")
        )
        return {
            str(row[0]): ReportStats(*row[1:]) for row in self._rows(f"SELECT id, {counts} FROM reports ORDER BY id")
        }

    def pages(self, report_id: str) -> tuple[Page, ...]:
        """The report's pages in order."""
        return self._values(Page, "SELECT data FROM pages WHERE report_id = ? ORDER BY position", report_id)

    def sections(self, report_id: str) -> tuple[Section, ...]:
        """The report's sections in order."""
        return self._values(Section, "SELECT data FROM sections WHERE report_id = ? ORDER BY position", report_id)

    def section(self, section_id: str) -> Section | None:
        """The section of that id."""
        return _first(self._values(Section, "SELECT data FROM sections WHERE id = ?", section_id))

    def sections_by_id(self, ids: Collection[str]) -> dict[str, Section]:
        """The sections of these ids, in the order asked; unknown ids are left out."""
        return _by_id(ids, self._values(Section, _WHERE_IDS.format("sections"), json.dumps(list(ids))))

    def tables(self, report_id: str) -> tuple[Table, ...]:
        """The report's tables in order."""
        return self._values(Table, "SELECT data FROM tables_ WHERE report_id = ? ORDER BY position", report_id)

    def table(self, table_id: str) -> Table | None:
        """The table of that id."""
        return _first(self._values(Table, "SELECT data FROM tables_ WHERE id = ?", table_id))

    def tables_by_id(self, ids: Collection[str]) -> dict[str, Table]:
        """The tables of these ids; unknown ids are left out."""
        return _by_id(ids, self._values(Table, _WHERE_IDS.format("tables_"), json.dumps(list(ids))))

    def chunks(self, report_ids: Collection[str] | None = None) -> tuple[Chunk, ...]:
        """Chunks of these reports (None: of all), by report id and place in the report."""
        order = "ORDER BY report_id, position"
        if report_ids is None:
            return self._values(Chunk, f"SELECT data FROM chunks {order}")
        where = "WHERE report_id IN (SELECT value FROM json_each(?))"
        return self._values(Chunk, f"SELECT data FROM chunks {where} {order}", json.dumps(list(report_ids)))

    def chunks_by_id(self, ids: Collection[str]) -> dict[str, Chunk]:
        """The chunks of these ids, in the order asked; unknown ids are left out."""
        return _by_id(ids, self._values(Chunk, _WHERE_IDS.format("chunks"), json.dumps(list(ids))))

    def contradictions(self, report_ids: Collection[str]) -> tuple[Contradiction, ...]:
        """Contradictions found in these reports, by report id and in the order found."""
        where = "WHERE report_id IN (SELECT value FROM json_each(?)) ORDER BY report_id, position"
        query = f"SELECT data FROM contradictions {where}"
        kept = self._values(ContradictionEntry, query, json.dumps(list(report_ids)))
        figures = self.figures_by_id({identity for item in kept for identity in (*item.figures, *item.operands)})
        return tuple(entries_to_contradictions(kept, figures))

    def contradiction_counts(self) -> dict[str, int]:
        """How many contradictions were found in each report that has any."""
        rows = self._rows("SELECT report_id, count(*) FROM contradictions GROUP BY report_id")
        return {str(report_id): int(count) for report_id, count in rows}

    def figures_by_id(self, ids: Collection[str]) -> dict[str, Figure]:
        """The figures of these ids, each in its paragraph or row; unknown ids are left out."""
        places = [(section, int(start)) for section, _, start in (identity.rpartition(":") for identity in ids)]
        query = """SELECT figures.data FROM json_each(?) AS place JOIN figures
                   ON figures.section_id = place.value ->> 0 AND figures.start = place.value ->> 1"""
        entries = self._values(FigureEntry, query, json.dumps(places))
        sections = self.sections_by_id({entry.section_id for entry in entries})
        tables = self.tables_by_id({entry.table_id for entry in entries if entry.table_id})
        wholes = {identity: section_to_passage(s, 0, len(s.text)) for identity, s in sections.items()}
        placed = (
            (sections[e.section_id], entry_to_figure(e, wholes[e.section_id], tables.get(e.table_id or "")))
            for e in entries
        )
        return {figure.id: in_its_line(figure, section) for section, figure in placed}

    def figures(self, report_id: str) -> tuple[FigureEntry, ...]:
        """The report's figures in order of their place."""
        return self._values(FigureEntry, "SELECT data FROM figures WHERE report_id = ? ORDER BY position", report_id)

    def report_figures(self, report_id: str) -> tuple[Figure, ...]:
        """The report's figures in order of their place, each in its table or the prose between tables."""
        sections, tables = self.sections(report_id), self.tables(report_id)
        passages = [passage for section in sections for passage in section_to_passages(section)]
        return tuple(passages_to_figures(passages, self.figures(report_id), {table.id: table for table in tables}))

    def figures_named(self, heads: Collection[str], report_ids: Collection[str]) -> tuple[FigureEntry, ...]:
        """The figures of these reports whose head noun is one of these, in order of reports and places."""
        named, wanted = (json.dumps(list(values)) for values in (heads, report_ids))
        query = """SELECT data FROM figures WHERE head IN (SELECT value FROM json_each(?))
                   AND report_id IN (SELECT value FROM json_each(?)) ORDER BY report_id, position"""
        return self._values(FigureEntry, query, named, wanted)

    def siblings(self, figure: Figure) -> tuple[FigureEntry, ...]:
        """The other figures of its list, row, column or table that share its head noun and unit, in order."""
        query = "SELECT data FROM figures WHERE section_id = ? AND kin = ? AND start != ? ORDER BY start"
        passage, kin = figure.passage, figure.context.kin
        return self._values(FigureEntry, query, passage.section_id, kin, passage.start + figure.start)

    def passage_figures(self, passages: Sequence[Passage]) -> tuple[Figure, ...]:
        """The figures of these passages, in order of passages and places; no others are loaded."""
        spans = json.dumps([(passage.section_id, passage.start, passage.end) for passage in passages])
        query = """SELECT DISTINCT figures.data FROM json_each(?) AS span JOIN figures
                   ON figures.section_id = span.value ->> 0 AND figures.start >= span.value ->> 1
                   AND figures.start < span.value ->> 2"""
        entries = self._values(FigureEntry, query, spans)
        tables = self.tables_by_id({entry.table_id for entry in entries if entry.table_id})
        return tuple(passages_to_figures(passages, entries, tables))

    def known_chunks(self, ids: Collection[str]) -> dict[str, str]:
        """Report id of each of these chunks that is in the store."""
        rows = self._rows(
            "SELECT id, report_id FROM chunks WHERE id IN (SELECT value FROM json_each(?))", json.dumps(list(ids))
        )
        return {str(chunk_id): str(report_id) for chunk_id, report_id in rows}

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

    def vector_dimensions(self, embedder: str) -> dict[str, int]:
        """Dimension of the vectors of each report that embedder has embedded, last saved report last."""
        rows = self._rows(
            "SELECT report_id, dimension FROM vectors JOIN reports ON id = report_id WHERE embedder = ? ORDER BY revision",
            embedder,
        )
        return {str(report_id): int(dimension) for report_id, dimension in rows}

    def save_vectors(self, report_id: str, revision: int, embedder: str, vectors: Vectors) -> None:
        """Adds another embedder's vectors; a report saved again since `revision` is left alone."""
        with self._database.writing() as connection:
            if _is_current(connection, report_id, revision):
                _insert_vectors(connection, report_id, embedder, vectors)

    def terms(self, report_id: str, version: str) -> bytes | None:
        """The report's search terms as `save_terms` was given them, None where made by another version or damaged."""
        rows = self._rows("SELECT data FROM terms WHERE report_id = ? AND version = ?", report_id, version)
        try:
            return unsealed(rows[0][0]) if rows else None
        except ValueError:
            return None

    def save_terms(self, report_id: str, revision: int, version: str, data: bytes) -> None:
        """Remembers search terms, which cost much to find; a report saved again since `revision` is left alone."""
        with self._database.writing() as connection:
            if _is_current(connection, report_id, revision):
                connection.execute("INSERT OR REPLACE INTO terms VALUES (?, ?, ?)", (report_id, version, sealed(data)))

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

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._database.connection() as connection:
            return connection.execute(query, values).fetchall()

    def _values(self, kind: type[Value], query: str, *values: object) -> tuple[Value, ...]:
        rows = self._rows(query, *values)
        try:
            return tuple(row_to_record(kind, row[0]) for row in rows)
        except ValueError as error:
            raise self._changed(error) from error

    def _sound_reports(self, rows: Iterable[tuple[str, bytes]]) -> list[Report]:
        """The reports of these rows (id, record) that are as they were saved; the others will be read again."""
        sound: list[Report] = []
        for report_id, row in rows:
            try:
                sound.append(row_to_record(Report, row))
            except ValueError:
                self._notify(_CHANGED.format(report_id))
                self._distrust([report_id])
        return sound

    def _changed(self, error: Exception) -> WenbaoError:
        """The error for a row that is not what was saved: it names the reports, which will be read again."""
        found = [identity for identity in self.versions() if not self.is_sound(identity)]
        self._distrust(found)
        return BrokenIndexError(_CHANGED.format("、".join(found))) if found else damaged(self.folder, error)

    def _distrust(self, report_ids: Collection[str]) -> None:
        # One that cannot be written is told of all the same.
        with suppress(WenbaoError), self._database.writing() as connection:
            where = "WHERE id IN (SELECT value FROM json_each(?))"
            connection.execute(f"UPDATE reports SET fingerprint = '' {where}", (json.dumps(list(report_ids)),))

    def is_sound(self, report_id: str) -> bool:
        """Whether all that is kept of a report is as it was saved; reads all of it."""
        try:
            for row in self._rows("SELECT data FROM reports WHERE id = ?", report_id):
                row_to_record(Report, row[0])
            for table, kind in _SEALED.items():
                for row in self._rows(f"SELECT data FROM {table} WHERE report_id = ?", report_id):
                    row_to_record(kind, row[0])
        except ValueError:
            return False
        return True

    def carried(self) -> dict[str, str]:
        """Id → file of the reports of an older layout that have not been read into this one."""
        return {str(row[0]): str(row[1]) for row in self._rows("SELECT id, path FROM carried ORDER BY id")}

    def drop_copies(self) -> None:
        """Remove the copies of older layouts, once nothing of them is waited for."""
        if not self.carried():
            for copy in self.folder.glob(COPIES):
                with suppress(OSError):
                    copy.unlink()


_CHANGED = (
    "{0}：存下的内容被改动或已损坏，没有引用。请运行 wenbao ingest 或重新启动 wenbao chat，会从原文件重新读入；"
    "原文件已不在的，请移除这份报告。"
)
_WHERE_IDS = "SELECT data FROM {} WHERE id IN (SELECT value FROM json_each(?))"


def _raise_generation(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    generation = _number(row[0]) + 1 if row else 1
    set_meta(connection, "generation", str(generation))
    return generation


def _number(text: str) -> int:
    """A generation; one that damage has made none counts as a later one than any before."""
    return int(text) if text.isdecimal() else 2**40


def _delete_report(connection: sqlite3.Connection, report_id: str) -> bool:
    for table in _CONTENT_TABLES:
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


def _first(values: tuple[Value, ...]) -> Value | None:
    return values[0] if values else None


def _by_id(ids: Collection[str], values: Collection[Any]) -> dict[str, Any]:
    found = {value.id: value for value in values}
    return {wanted: found[wanted] for wanted in ids if wanted in found}
