"""What may be asked of the store: reports and their parts, each row checked against its digest."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.errors import BrokenIndexError, WenbaoError
from rag.index.database import Database, damaged
from rag.index.rows import Value, row_to_record
from rag.index.schema import SEALED
from rag.index.seals import unsealed
from rag.records import Chunk, Page, Report, ReportStats, Section, Table

_CHANGED = (
    "{0}：存下的内容被改动或已损坏，没有引用。请运行 wenbao ingest 或重新启动 wenbao chat，会从原文件重新读入；"
    "原文件已不在的，请移除这份报告。"
)
_WHERE_IDS = "SELECT data FROM {} WHERE id IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class ReportVersion:
    """What of a report is saved: `revision` is the generation it was saved in."""

    revision: int
    chunks: int


class ReportQueries:
    """Reads the reports in a database; what is found damaged is told of, and read again at the next ingest."""

    def __init__(self, folder: Path, database: Database, notify: Callable[[str], None]) -> None:
        """`notify` is told, in Chinese, what was found wanting."""
        self.folder, self._database, self._notify = folder, database, notify

    def close(self) -> None:
        """Closes the file; whoever goes on opens it again."""
        self._database.close()

    def generation(self) -> int:
        """A number that grows with every change to the reports."""
        return generation_number(self.get_meta("generation") or "0")

    def get_meta(self, key: str) -> str | None:
        """A remembered note, None where there is none."""
        rows = self._rows("SELECT value FROM meta WHERE key = ?", key)
        return str(rows[0][0]) if rows else None

    def notes(self, start: str) -> dict[str, str]:
        """Every note whose key begins so."""
        rows = self._rows("SELECT key, value FROM meta WHERE substr(key, 1, ?) = ?", len(start), start)
        return {str(key): str(value) for key, value in rows}

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
        return next(iter(self._values(Report, "SELECT data FROM reports WHERE id = ?", report_id)), None)

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

    def sections_by_id(self, ids: Collection[str]) -> dict[str, Section]:
        """The sections of these ids, in the order asked; unknown ids are left out."""
        return _by_id(ids, self._values(Section, _WHERE_IDS.format("sections"), json.dumps(list(ids))))

    def tables(self, report_id: str) -> tuple[Table, ...]:
        """The report's tables in order."""
        return self._values(Table, "SELECT data FROM tables_ WHERE report_id = ? ORDER BY position", report_id)

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

    def chunk_ids(self, report_id: str) -> tuple[str, ...]:
        """Ids of the report's chunks in order."""
        rows = self._rows("SELECT id FROM chunks WHERE report_id = ? ORDER BY position", report_id)
        return tuple(str(row[0]) for row in rows)

    def chunks_by_id(self, ids: Collection[str]) -> dict[str, Chunk]:
        """The chunks of these ids, in the order asked; unknown ids are left out."""
        return _by_id(ids, self._values(Chunk, _WHERE_IDS.format("chunks"), json.dumps(list(ids))))

    def known_chunks(self, ids: Collection[str]) -> dict[str, str]:
        """Report id of each of these chunks that is in the store."""
        rows = self._rows(
            "SELECT id, report_id FROM chunks WHERE id IN (SELECT value FROM json_each(?))", json.dumps(list(ids))
        )
        return {str(chunk_id): str(report_id) for chunk_id, report_id in rows}

    def contradiction_counts(self) -> dict[str, int]:
        """How many contradictions were found in each report that has any."""
        rows = self._rows("SELECT report_id, count(*) FROM contradictions GROUP BY report_id")
        return {str(report_id): int(count) for report_id, count in rows}

    def vector_dimensions(self, embedder: str) -> dict[str, int]:
        """Dimension of the vectors of each report that embedder has embedded, last saved report last."""
        rows = self._rows(
            "SELECT report_id, dimension FROM vectors JOIN reports ON id = report_id WHERE embedder = ? ORDER BY revision",
            embedder,
        )
        return {str(report_id): int(dimension) for report_id, dimension in rows}

    def terms(self, report_id: str, version: str) -> bytes | None:
        """The report's search terms as `save_terms` was given them, None where made by another version or damaged."""
        rows = self._rows("SELECT data FROM terms WHERE report_id = ? AND version = ?", report_id, version)
        try:
            return unsealed(rows[0][0]) if rows else None
        except ValueError:
            return None

    def carried(self) -> dict[str, str]:
        """Id → file of the reports of an older layout that have not been read into this one."""
        return {str(row[0]): str(row[1]) for row in self._rows("SELECT id, path FROM carried ORDER BY id")}

    def is_sound(self, report_id: str) -> bool:
        """Whether all that is kept of a report is as it was saved; reads all of it."""
        try:
            for row in self._rows("SELECT data FROM reports WHERE id = ?", report_id):
                row_to_record(Report, row[0])
            for table, kind in SEALED.items():
                for row in self._rows(f"SELECT data FROM {table} WHERE report_id = ?", report_id):
                    row_to_record(kind, row[0])
        except ValueError:
            return False
        return True

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


def _by_id(ids: Collection[str], values: Collection[Any]) -> dict[str, Any]:
    found = {value.id: value for value in values}
    return {wanted: found[wanted] for wanted in ids if wanted in found}


def generation_number(text: str) -> int:
    """A generation; one that damage has made none counts as a later one than any before."""
    return int(text) if text.isdecimal() else 2**40
