"""Edge: the conversations of each user, kept in a file; opened by an id nobody can guess."""

from __future__ import annotations

import secrets
import sqlite3
import time
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rag.errors import KeepingError
from rag.keeping.database import Keeping
from rag.presentation.exchanges import Exchange, exchange_from_json, exchange_to_json

LOCAL_USER = "local"
"""Owner of what is kept where nobody logs in."""
MAX_CONVERSATIONS = 500
"""Of one user; beyond them the one longest untouched goes."""
MAX_EXCHANGES = 200
"""Of one conversation."""
MAX_EXCHANGE_BYTES = 4 << 20
MAX_TITLE_LENGTH = 40
"""Characters."""
_ID_BYTES = 16
_COLUMNS = "id, owner, title, updated, shared"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without what was said in it."""

    id: str
    owner: str
    title: str
    updated: datetime
    """UTC."""
    is_shared: bool
    """Whether its link opens it for other users too."""


@dataclass(frozen=True, slots=True)
class Conversations:
    """The conversations in one file. Every method raises `KeepingError` where the file cannot be used."""

    keeping: Keeping

    def of(self, owner: str, among: Collection[str] | None = None) -> tuple[Conversation, ...]:
        """The owner's conversations, last used first; only those `among` these ids where any are given."""
        with self.keeping.reading() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM conversations WHERE owner = ? ORDER BY updated DESC, rowid DESC", (owner,)
            ).fetchall()
        return tuple(_conversation(row) for row in rows if among is None or row[0] in among)

    def create(self, owner: str, exchanges: Sequence[Exchange], title: str = "") -> Conversation:
        """A new conversation of these exchanges, named after the first question unless a title is given."""
        made = Conversation(
            secrets.token_urlsafe(_ID_BYTES), owner, clean_title(title or exchanges[0].question), _now(), False
        )
        rows = [_row(exchange) for exchange in exchanges[:MAX_EXCHANGES]]
        with self.keeping.writing() as connection:
            connection.execute(
                f"INSERT INTO conversations ({_COLUMNS}) VALUES (?, ?, ?, ?, 0)",
                (made.id, owner, made.title, made.updated.timestamp()),
            )
            for number, row in enumerate(rows):
                _insert(connection, made.id, number, row)
            connection.execute(
                "DELETE FROM conversations WHERE owner = ? AND id NOT IN"
                " (SELECT id FROM conversations WHERE owner = ? ORDER BY updated DESC, rowid DESC LIMIT ?)",
                (owner, owner, MAX_CONVERSATIONS),
            )
        return made

    def append(self, identity: str, owner: str, exchange: Exchange) -> None:
        """Adds an exchange to the owner's conversation. `KeepingError` where it is not theirs, gone or full."""
        row = _row(exchange)
        with self.keeping.writing() as connection:
            _touch(connection, identity, owner)
            _append(connection, identity, row)

    def replace(self, identity: str, owner: str, exchange: Exchange) -> None:
        """Puts an exchange in place of the last one of its question, at the end where there is none. Errors as `append`."""
        row = _row(exchange)
        with self.keeping.writing() as connection:
            _touch(connection, identity, owner)
            deleted = connection.execute(
                "DELETE FROM exchanges WHERE conversation = ? AND number = (SELECT max(number) FROM exchanges"
                " WHERE conversation = ? AND question = ?) RETURNING number",
                (identity, identity, row[0]),
            ).fetchone()
            if deleted is None:
                _append(connection, identity, row)
            else:
                _insert(connection, identity, deleted[0], row)

    def open(self, identity: str, viewer: str) -> tuple[Conversation, tuple[Exchange, ...]] | None:
        """The conversation and what was said in it; None where there is none the viewer may read."""
        with self.keeping.reading() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM conversations WHERE id = ?", (identity,)).fetchone()
            found = _conversation(row) if row else None
            if found is None or (found.owner != viewer and not found.is_shared):
                return None
            rows = connection.execute(
                "SELECT question, drawn, record FROM exchanges WHERE conversation = ? ORDER BY number", (identity,)
            ).fetchall()
        return found, tuple(exchange_from_json(*row) for row in rows)

    def rename(self, identity: str, owner: str, title: str) -> None:
        """Gives the owner's conversation another title; an empty one changes nothing."""
        if cleaned := clean_title(title):
            self._change("UPDATE conversations SET title = ? WHERE id = ? AND owner = ?", (cleaned, identity, owner))

    def share(self, identity: str, owner: str, is_shared: bool) -> None:
        """Lets other users open the owner's conversation by its id, or no longer."""
        self._change("UPDATE conversations SET shared = ? WHERE id = ? AND owner = ?", (is_shared, identity, owner))

    def delete(self, identity: str, owner: str) -> None:
        """Forgets the owner's conversation and what was said in it; feedback given on it stays."""
        self._change("DELETE FROM conversations WHERE id = ? AND owner = ?", (identity, owner))

    def _change(self, statement: str, values: tuple[Any, ...]) -> None:
        with self.keeping.writing() as connection:
            connection.execute(statement, values)


def clean_title(text: str) -> str:
    """The text as one short line of visible characters."""
    visible = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    line = " ".join(visible.split())
    return line if len(line) <= MAX_TITLE_LENGTH else f"{line[: MAX_TITLE_LENGTH - 1]}…"


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def _conversation(row: tuple[Any, ...]) -> Conversation:
    identity, owner, title, updated, shared = row
    return Conversation(identity, owner, title, datetime.fromtimestamp(updated, UTC), bool(shared))


def _touch(connection: sqlite3.Connection, identity: str, owner: str) -> None:
    changed = connection.execute(
        "UPDATE conversations SET updated = ? WHERE id = ? AND owner = ?", (_now().timestamp(), identity, owner)
    )
    if not changed.rowcount:
        raise KeepingError("这段对话已被删除，新的问答没有保存：请开始新对话。")


def _row(exchange: Exchange) -> tuple[str, str, str]:
    """Question, record and drawing; the tables are left out where it would be too large with them."""
    for kept in (exchange, replace(exchange, tables=())):
        row = (kept.question, kept.record, exchange_to_json(kept))
        if sum(len(text.encode()) for text in row) <= MAX_EXCHANGE_BYTES:
            return row
    raise KeepingError("这次问答太长，没有保存。")


def _append(connection: sqlite3.Connection, identity: str, row: tuple[str, str, str]) -> None:
    (count,) = connection.execute(
        "SELECT coalesce(max(number) + 1, 0) FROM exchanges WHERE conversation = ?", (identity,)
    ).fetchone()
    if count >= MAX_EXCHANGES:
        raise KeepingError(f"一段对话最多保存 {MAX_EXCHANGES} 次问答，这次没有保存：请开始新对话。")
    _insert(connection, identity, count, row)


def _insert(connection: sqlite3.Connection, identity: str, number: int, row: tuple[str, str, str]) -> None:
    connection.execute("INSERT INTO exchanges VALUES (?, ?, ?, ?, ?)", (identity, number, *row))
