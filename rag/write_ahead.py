"""SQLite's write-ahead log, by which readers go on while one writes."""

from __future__ import annotations

import sqlite3
import time

_RETRY_SECONDS = 0.05


def use_write_ahead_log(connection: sqlite3.Connection, patience: float) -> None:
    """Puts a database into WAL mode, waiting at most `patience` seconds.

    SQLite does not wait here by itself while another process makes the same file: it says at once that it is busy.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_SECONDS)
