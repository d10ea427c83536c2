"""Edge: the SQLite file of what readers leave behind, conversations and feedback; unlike the index it cannot be rebuilt.

A connection a call: any number of threads, sessions and processes may use the file at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rag.errors import KeepingError
from rag.write_ahead import use_write_ahead_log

FILE_NAME = "conversations.sqlite3"
BUSY_TIMEOUT_SECONDS = 10.0

_MIGRATIONS = (
    """
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, updated REAL NOT NULL,
        shared INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX conversations_of_owner ON conversations (owner, updated);
    CREATE TABLE exchanges (
        conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, number INTEGER NOT NULL,
        question TEXT NOT NULL, record TEXT NOT NULL, drawn TEXT NOT NULL, PRIMARY KEY (conversation, number)
    );
    CREATE TABLE feedback (
        id INTEGER PRIMARY KEY, owner TEXT NOT NULL, conversation TEXT NOT NULL, number INTEGER NOT NULL,
        given REAL NOT NULL, liked INTEGER NOT NULL, reason TEXT NOT NULL, question TEXT NOT NULL,
        history TEXT NOT NULL, reports TEXT NOT NULL, record TEXT NOT NULL,
        UNIQUE (owner, conversation, number)
    )
    """,
    """
    CREATE TABLE versions (
        conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, number INTEGER NOT NULL,
        version INTEGER NOT NULL, question TEXT NOT NULL, record TEXT NOT NULL, drawn TEXT NOT NULL,
        PRIMARY KEY (conversation, number, version)
    );
    INSERT INTO versions SELECT conversation, number, 0, question, record, drawn FROM exchanges;
    DROP TABLE exchanges;
    ALTER TABLE versions RENAME TO exchanges;
    CREATE TABLE opinions (
        id INTEGER PRIMARY KEY, owner TEXT NOT NULL, conversation TEXT NOT NULL, number INTEGER NOT NULL,
        given REAL NOT NULL, liked INTEGER NOT NULL, reason TEXT NOT NULL, question TEXT NOT NULL,
        history TEXT NOT NULL, reports TEXT NOT NULL, record TEXT NOT NULL, version INTEGER NOT NULL,
        UNIQUE (owner, conversation, number, version)
    );
    INSERT INTO opinions SELECT *, 0 FROM feedback;
    DROP TABLE feedback;
    ALTER TABLE opinions RENAME TO feedback
    """,
)
"""What makes each version of the file's layout from the one before; only ever added to."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """The file; it and its folder are made when something is first kept."""

    path: Path

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection whose reads see one state. `KeepingError` where the file cannot be used."""
        with self._explained(), closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that is kept whole or, on any error, not at all."""
        with self._explained(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._check_not_lost()
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            self._migrate(connection)
        except BaseException:
            connection.close()
            raise
        if not self._witness.exists():
            with suppress(OSError):  # a folder that is only read
                self._witness.touch()
        return connection

    @property
    def _witness(self) -> Path:
        """An empty file that tells of one that was here."""
        return self.path.with_name(f"{self.path.name}.kept")

    def _check_not_lost(self) -> None:
        if self._witness.exists() and not (self.path.exists() and self.path.stat().st_size):
            raise KeepingError(
                f"对话记录 {str(self.path)!r} 不见了，或者是空的：有备份请放回；要重新开始，请删除 {str(self._witness)!r}。"
                "在那之前的对话不会保存。"
            )

    def _migrate(self, connection: sqlite3.Connection) -> None:
        if _version(connection) == len(_MIGRATIONS):
            return
        use_write_ahead_log(connection, BUSY_TIMEOUT_SECONDS)
        connection.execute("BEGIN IMMEDIATE")
        found = _version(connection)
        if found > len(_MIGRATIONS):
            raise KeepingError(
                f"对话记录 {str(self.path)!r} 由更新版本的问报写成：请升级问报。升级之前的对话不会保存。"
            )
        for script in _MIGRATIONS[found:]:
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
        connection.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise KeepingError(_explanation(error, self.path)) from error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _explanation(error: Exception, path: Path) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    name = repr(str(path))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "另一个问报正在写对话记录，这次没有保存：请稍后再试。"
    if code == sqlite3.SQLITE_FULL:
        return f"磁盘已满，对话没有保存到 {name}：请腾出空间。"
    if isinstance(error, OSError) or code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR):
        return f"无法读写对话记录 {name}：请检查权限和磁盘。修好之前的对话不会保存。"
    return f"对话记录 {name} 已损坏：请把这个文件移到别处，问报会另建一个。在那之前的对话不会保存。"
