"""One SQLite file: its connections, its transactions, its layout, and its complaints in words a person can act on."""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import BrokenIndexError, IndexBusyError, WenbaoError
from rag.write_ahead import use_write_ahead_log

BUSY_TIMEOUT_SECONDS = 30.0


class Database:
    """A file whose tables `create_statements` makes; usable from several threads and processes at once.

    The write-ahead log, where the file system allows one, keeps readers from ever waiting for a writer.
    """

    def __init__(self, path: Path, create_statements: str, records: str, notify: Callable[[str], None]) -> None:
        """Opens or creates the file. One laid out by other statements or `records` is emptied, and `notify` told."""
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        with self.explained():
            path.parent.mkdir(parents=True, exist_ok=True)
        self._prepare(create_statements, records, notify)

    def close(self) -> None:
        """Closes the connections not in use; whoever goes on opens new ones."""
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        """A forgotten database leaves no open file behind."""
        self.close()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection nobody else uses meanwhile. One that failed is closed, any other kept for the next call."""
        with self.explained():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = _connect(self.path)
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            self._idle.append(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection whose reads all see one state."""
        with self.connection() as connection:
            connection.execute("BEGIN")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that is kept whole, or, on any error, not at all."""
        with self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turns the file's failures into `BrokenIndexError` or `IndexBusyError`."""
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except (sqlite3.DatabaseError, OSError) as error:
            raise _explanation(error, self.path.parent) from error

    def _prepare(self, create_statements: str, records: str, notify: Callable[[str], None]) -> None:
        schema = hashlib.blake2b((create_statements + records).encode(), digest_size=8).hexdigest()
        with self.connection() as connection:
            if _schema_of(connection) == schema:
                return
        with self.writing() as connection:
            found = _schema_of(connection)
            if found == schema:
                return
            _create(connection, create_statements, schema)
        if found is not None:
            notify(f"索引文件夹 {str(self.path.parent)!r} 由另一版本的问报建立，内容已清空，需要重新入库。")


def set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Writes one row of the table `meta`, which every file has."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def damaged(folder: Path, error: Exception) -> BrokenIndexError:
    """The error for a file whose contents make no sense."""
    reason = str(error).partition("\n")[0]
    return BrokenIndexError(f"索引文件已损坏（{reason}）。请删除文件夹 {str(folder)!r} 后重新入库。")


def _connect(path: Path) -> sqlite3.Connection:
    # Each connection is used by one thread at a time, though not always by the same one.
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        use_write_ahead_log(connection, BUSY_TIMEOUT_SECONDS)
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _schema_of(connection: sqlite3.Connection) -> str | None:
    """Name of the file's layout, `` where it names none, None for a new file."""
    names = _table_names(connection)
    if "meta" not in names:
        return "" if names else None
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    return str(row[0]) if row else ""


def _create(connection: sqlite3.Connection, create_statements: str, schema: str) -> None:
    # Emptied inside the transaction, not moved aside: other processes may have the file open.
    for name in _table_names(connection):
        connection.execute(f'DROP TABLE "{name}"')
    connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    for statement in create_statements.split(";"):
        connection.execute(statement)
    set_meta(connection, "schema", schema)
    set_meta(connection, "store_id", uuid.uuid4().hex)


def _table_names(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [str(row[0]) for row in rows]


def _explanation(error: Exception, folder: Path) -> WenbaoError:
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexBusyError("另一个问报正在写入索引，请稍后再试。")
    if primary == sqlite3.SQLITE_FULL:
        return BrokenIndexError(f"磁盘已满，无法写入索引文件夹 {str(folder)!r}。")
    if isinstance(error, OSError) or primary in (
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
    ):
        return BrokenIndexError(f"无法读写索引文件夹 {str(folder)!r}：{error}。请检查权限和磁盘。")
    return damaged(folder, error)
