"""One SQLite file: its connections, its transactions, its layout, and its complaints in words a person can act on."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rag.errors import BrokenIndexError, IndexBusyError, WenbaoError
from rag.replacing import replace_file
from rag.write_ahead import use_write_ahead_log

BUSY_TIMEOUT_SECONDS = 30.0
COPIES = "*.layout-*.sqlite3"
"""Names of the copies kept of files of older layouts."""
REBUILD = (
    "有备份请放回；没有备份请删除文件夹 {folder!r} 后再运行 wenbao chat，会重新读入报告文件夹和网页上添加的报告，"
    "用 wenbao ingest 添加的其他文件请再添加一次。"
)
"""What to do about a file that cannot be used any more."""


Carry = Callable[[sqlite3.Connection], Callable[[sqlite3.Connection], None]]
"""Reads what is taken over of an older file, and gives what writes it into the new one."""


class Database:
    """A file whose tables `create_statements` makes, its layout numbered; usable from several threads and processes at once.

    The write-ahead log, where the file system allows one, keeps readers from ever waiting for a writer.
    """

    def __init__(
        self, path: Path, create_statements: str, layout: int, carry: Carry, notify: Callable[[str], None]
    ) -> None:
        """Opens or creates the file. One of an older layout is copied, then made anew with what `carry` takes over of it.

        `BrokenIndexError` for one of a newer layout or of another program, which is not touched. `notify` is told, in
        Chinese, of a file made anew.
        """
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        with self.explained():
            path.parent.mkdir(parents=True, exist_ok=True)
        self._prepare(create_statements, layout, carry, notify)

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
        with explained(self.path.parent):
            yield

    def _prepare(self, create_statements: str, layout: int, carry: Carry, notify: Callable[[str], None]) -> None:
        found, generation = self._found()
        if found == layout:
            return
        if found is not None:
            _check_older(found, layout, self.path)
            copy = self._copied(found)
        with self.writing() as connection:
            if _layout_of(connection) == layout:
                return
            if _generation_of(connection) != generation:
                raise IndexBusyError("另一个问报正在写入索引，请稍后再试。")
            take_over = carry(connection)
            _create(connection, create_statements, layout)
            take_over(connection)
        if found is not None:
            notify(f"索引由旧版本的问报建立，已留副本 {str(copy)!r}；收录过的报告将从原文件重新读入。")

    def _found(self) -> tuple[int | None, str]:
        """Layout and generation of the file, which is not changed by being looked at."""
        with self.explained():
            if not self.path.exists():
                return None, ""
            address = f"{self.path.absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_SECONDS)) as connection:
                return _layout_of(connection), _generation_of(connection)

    def _copied(self, found: int) -> Path:
        """A copy of the file as it stands, whole or not at all."""
        target = self.path.with_name(f"{self.path.stem}.layout-{found}.sqlite3")
        unfinished = target.with_suffix(f".{os.getpid()}.part")
        with self.connection() as connection:
            unfinished.unlink(missing_ok=True)
            connection.execute("VACUUM INTO ?", (str(unfinished),))
        with self.explained(), closing(sqlite3.connect(unfinished)) as copy:
            is_older = _layout_of(copy) == found
        if is_older:  # else another process has made the file anew meanwhile, and kept a copy
            replace_file(unfinished, target)
        unfinished.unlink(missing_ok=True)
        return target


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turns failures of a file in the folder into `BrokenIndexError` or `IndexBusyError`."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except (sqlite3.DatabaseError, OSError) as error:
        raise _explanation(error, folder) from error


def set_meta(connection: sqlite3.Connection, key: str, value: str) -> None:
    """Writes one row of the table `meta`, which every file has."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def damaged(folder: Path, error: Exception) -> BrokenIndexError:
    """The error for a file whose contents make no sense."""
    reason = str(error).partition("\n")[0]
    return BrokenIndexError(f"索引文件已损坏（{reason}）。{REBUILD.format(folder=str(folder))}")


def _connect(path: Path) -> sqlite3.Connection:
    # Each connection is used by one thread at a time, though not always by the same one.
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False)
    # What a damaged file holds for text may be none.
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        use_write_ahead_log(connection, BUSY_TIMEOUT_SECONDS)
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _layout_of(connection: sqlite3.Connection) -> int | None:
    """Number of the file's layout, 0 where an early version gave none, None for a new file; -1 for another program's."""
    names = _table_names(connection)
    if not names:
        return None
    if not {"meta", "reports"} <= set(names):
        return -1
    row = connection.execute("SELECT value FROM meta WHERE key = 'layout'").fetchone()
    return int(row[0]) if row and str(row[0]).isdecimal() else 0


def _generation_of(connection: sqlite3.Connection) -> str:
    if "meta" not in _table_names(connection):
        return ""
    row = connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    return str(row[0]) if row else ""


def _check_older(found: int, layout: int, path: Path) -> None:
    if found < 0:
        raise BrokenIndexError(f"{str(path)!r} 不是问报的索引，没有改动它：请用 --data 另选一个文件夹。")
    if found > layout:
        raise BrokenIndexError(
            f"索引 {str(path)!r} 由更新版本的问报建立，没有改动它：请升级问报，或用 --data 另选一个文件夹。"
        )


def _create(connection: sqlite3.Connection, create_statements: str, layout: int) -> None:
    # Emptied inside the transaction, not moved aside: other processes may have the file open.
    for name in _table_names(connection):
        connection.execute(f'DROP TABLE "{name}"')
    connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
    for statement in create_statements.split(";"):
        connection.execute(statement)
    set_meta(connection, "layout", str(layout))
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
