"""Edge: what of a store outlives its file: the files its reports were read from, carried out of an older layout.

A store that is gone leaves traces, and nothing is put in its place.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from rag.errors import BrokenIndexError
from rag.index.database import COPIES, REBUILD, explained
from rag.index.seals import SEAL_BYTES

_WRITTEN = ("keywords-*", "chroma-*", "write.lock", COPIES)
"""What stands beside a store that has been written."""


def check_not_lost(database: Path) -> None:
    """Raises BrokenIndexError where a store was written here and is gone or empty."""
    folder = database.parent
    with explained(folder):
        # What is beside it first: another process may be making both at this moment.
        was_written = any(next(folder.glob(pattern), None) for pattern in _WRITTEN)
        if was_written and not (database.exists() and database.stat().st_size):
            remedy = REBUILD.format(folder=str(folder))
            raise BrokenIndexError(f"索引文件 {str(database)!r} 不见了，或者是空的。没有用样例报告代替它。{remedy}")


def carry(old: sqlite3.Connection) -> Callable[[sqlite3.Connection], None]:
    """What writes the list of an older store's files into the table `carried` of the new one."""
    found = carried_reports(old)

    def write(new: sqlite3.Connection) -> None:
        new.executemany("INSERT INTO carried VALUES (?, ?)", found.items())

    return write


def carried_reports(connection: sqlite3.Connection) -> dict[str, str]:
    """Id → path of every report in a store of any older layout, those that were themselves only carried included.

    A report whose record cannot be read is left out: its file is found again where it lies, or in the copy that is kept.
    """
    return dict((*_rows(connection, "SELECT id, path FROM carried"), *_listed(connection)))


def _listed(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for identity, data in _rows(connection, "SELECT id, data FROM reports"):
        path = _path_in(bytes(data) if isinstance(data, bytes) else str(data).encode())
        if path:
            yield str(identity), path


def _path_in(record: bytes) -> str:
    """The path in a report's record, which is JSON, later with a seal in front of it; `` where it names none."""
    for data in (record, record[SEAL_BYTES:]):
        try:
            path = json.loads(data)["path"]
        except (ValueError, KeyError, TypeError):
            continue
        return path if isinstance(path, str) else ""
    return ""


def _rows(connection: sqlite3.Connection, query: str) -> list[tuple[str, str]]:
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError:  # a layout without that table or column
        return []
