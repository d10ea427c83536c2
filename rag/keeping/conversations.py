"""Edge: the conversations of each user, kept in a file; opened by an id nobody can guess."""

from __future__ import annotations

import secrets
import sqlite3
import time
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
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
MAX_VERSIONS = 20
"""Answers to one question."""
MAX_EXCHANGE_BYTES = 4 << 20
MAX_TITLE_LENGTH = 40
"""Characters."""
_ID_BYTES = 16
_COLUMNS = "id, owner, title, updated, shared"

_HOLDING = """
    SELECT id FROM conversations c WHERE owner = :owner AND (instr(lower(title), :word) OR EXISTS (
        SELECT 1 FROM exchanges e WHERE e.conversation = c.id AND (instr(lower(question), :word)
        OR instr(lower(CASE WHEN record = '' THEN '' ELSE json_extract(record, '$.answer') END), :word))))
"""
"""Conversations that hold a word; of what is kept of an answer its text alone, not the passages found for it."""


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
class Place:
    """Where an answer stands in its conversation: the how manyth question, the how manyth answer to it; from 0."""

    number: int
    version: int


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

    def find(self, owner: str, words: str) -> frozenset[str]:
        """Ids of the owner's conversations each of whose words stands in the title, a question or an answer."""
        found: list[set[str]] = []
        with self.keeping.reading() as connection:
            for word in words.split():
                rows = connection.execute(_HOLDING, {"owner": owner, "word": word.lower()})
                found.append({identity for (identity,) in rows})
        return frozenset(set.intersection(*found)) if found else frozenset()

    def create(self, owner: str, exchanges: Sequence[Exchange], title: str = "") -> Conversation:
        """A new conversation of these exchanges, named after the first question unless a title is given."""
        made = Conversation(
            secrets.token_urlsafe(_ID_BYTES), owner, clean_title(title or exchanges[0].question), _now(), False
        )
        self.restore(made, exchanges)
        return made

    def restore(self, made: Conversation, exchanges: Sequence[Exchange]) -> None:
        """Keeps a conversation under the id it has: one that is new, or that was deleted just now."""
        owner = made.owner
        rows = [
            (Place(number, version), _row(one))
            for number, exchange in enumerate(exchanges[:MAX_EXCHANGES])
            for version, one in enumerate(exchange.versions)
        ]
        with self.keeping.writing() as connection:
            connection.execute(
                f"INSERT INTO conversations ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)",
                (made.id, owner, made.title, made.updated.timestamp(), made.is_shared),
            )
            for place, row in rows:
                _insert(connection, made.id, place, row)
            connection.execute(
                "DELETE FROM conversations WHERE owner = ? AND id NOT IN"
                " (SELECT id FROM conversations WHERE owner = ? ORDER BY updated DESC, rowid DESC LIMIT ?)",
                (owner, owner, MAX_CONVERSATIONS),
            )

    def append(self, identity: str, owner: str, exchange: Exchange) -> Place:
        """Adds an exchange to the owner's conversation. `KeepingError` where it is not theirs, gone or full."""
        row = _row(exchange)
        with self.keeping.writing() as connection:
            _touch(connection, identity, owner)
            (number,) = connection.execute(
                "SELECT coalesce(max(number) + 1, 0) FROM exchanges WHERE conversation = ?", (identity,)
            ).fetchone()
            return _insert(connection, identity, Place(number, 0), row)

    def append_version(self, identity: str, owner: str, number: int, exchange: Exchange) -> Place:
        """Adds another answer to an exchange, the ones before stay. Errors as `append`."""
        row = _row(exchange)
        with self.keeping.writing() as connection:
            _touch(connection, identity, owner)
            (version,) = connection.execute(
                "SELECT coalesce(max(version) + 1, 0) FROM exchanges WHERE conversation = ? AND number = ?",
                (identity, number),
            ).fetchone()
            return _insert(connection, identity, Place(number, version), row)

    def put(self, identity: str, owner: str, place: Place, exchange: Exchange) -> None:
        """Puts an answer where its question waits for it. `KeepingError` where that is not theirs or gone."""
        row = _row(exchange)
        with self.keeping.writing() as connection:
            _touch(connection, identity, owner)
            _insert(connection, identity, place, row)

    def open(self, identity: str, viewer: str) -> tuple[Conversation, tuple[Exchange, ...]] | None:
        """The conversation and what was said in it; None where there is none the viewer may read.

        Each exchange is the last answer given, with the earlier ones.
        """
        with self.keeping.reading() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM conversations WHERE id = ?", (identity,)).fetchone()
            found = _conversation(row) if row else None
            if found is None or (found.owner != viewer and not found.is_shared):
                return None
            rows = connection.execute(
                "SELECT number, question, drawn, record FROM exchanges WHERE conversation = ? ORDER BY number, version",
                (identity,),
            ).fetchall()
        numbered = groupby(rows, key=lambda row: row[0])
        return found, tuple(_with_earlier([exchange_from_json(*row[1:]) for row in group]) for _, group in numbered)

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


def _with_earlier(versions: Sequence[Exchange]) -> Exchange:
    return replace(versions[-1], earlier=tuple(versions[:-1]))


def _insert(connection: sqlite3.Connection, identity: str, place: Place, row: tuple[str, str, str]) -> Place:
    if place.number >= MAX_EXCHANGES or place.version >= MAX_VERSIONS:
        most = f"一段对话最多保存 {MAX_EXCHANGES} 次问答、一个问题最多 {MAX_VERSIONS} 个回答"
        raise KeepingError(f"{most}，这次没有保存：请开始新对话。")
    connection.execute(
        "INSERT OR REPLACE INTO exchanges (conversation, number, version, question, record, drawn) VALUES (?, ?, ?, ?, ?, ?)",
        (identity, place.number, place.version, *row),
    )
    return place
