"""Edge: replies of chat models kept in an SQLite file, so that the same request need not be paid for twice.

A reply is kept under everything that made it: the model with its settings, every message (and with them prompt,
question, history and evidence) and the schema. What is made of it goes through the gate again each time.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rag.ports import ChatModel, Schema
from rag.records import Message, ModelReply

MAX_REPLIES = 5_000
"""More push out the oldest."""
WAIT_SECONDS = 2.0
"""How long another process's write is waited for."""
WHOLE = "stop"
"""Finish reason of a reply worth keeping."""


@dataclass(frozen=True, slots=True)
class ReplyCache:
    """Replies by key. A file that cannot be read or written keeps nothing and is no error; a damaged one is begun anew."""

    path: Path

    def get(self, key: str) -> ModelReply | None:
        """The reply kept under a key."""
        try:
            with self._opened() as database:
                row = database.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
            return _text_to_reply(row[0]) if row else None
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            self._begin_anew(error)
            return None

    def put(self, key: str, reply: ModelReply) -> None:
        """Keep a reply; the oldest beyond `MAX_REPLIES` are forgotten."""
        try:
            with self._opened() as database, database:
                database.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, _reply_to_text(reply)))
                database.execute(
                    "DELETE FROM replies WHERE rowid <= (SELECT max(rowid) FROM replies) - ?", (MAX_REPLIES,)
                )
        except (sqlite3.Error, OSError, ValueError) as error:
            self._begin_anew(error)

    def _begin_anew(self, error: Exception) -> None:
        """Removes a file that SQLite finds to be none of its own, or torn."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            for name in (self.path.name, f"{self.path.name}-journal"):
                with suppress(OSError):
                    self.path.with_name(name).unlink()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=WAIT_SECONDS)) as database:
            database.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL)")
            yield database


def _reply_to_text(reply: ModelReply) -> str:
    text = json.dumps(asdict(reply))
    return f"{_digest(text)}{text}"


def _text_to_reply(kept: str) -> ModelReply | None:
    """The reply, None where its text is not what was kept any more."""
    digest, brace, rest = kept.partition("{")
    text = f"{brace}{rest}"
    return ModelReply(**json.loads(text)) if digest == _digest(text) else None


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class CachedModel:
    """A chat model whose whole replies are kept; asked the same again it answers from what is kept."""

    inner: ChatModel
    cache: ReplyCache
    settings_key: str
    """What of the model's settings does not show in a request, such as its address."""

    @property
    def alias(self) -> str:
        """The name it has in the settings."""
        return self.inner.alias

    @property
    def model(self) -> str:
        """The model asked for."""
        return self.inner.model

    @property
    def context_window(self) -> int:
        """Tokens of messages and reply together."""
        return self.inner.context_window

    @property
    def max_output_tokens(self) -> int:
        """Tokens a reply may have."""
        return self.inner.max_output_tokens

    def request_body(self, messages: Sequence[Message], schema: Schema | None = None) -> Mapping[str, Any]:
        """The body of a request, as the model itself makes it."""
        return self.inner.request_body(messages, schema)

    def reply(
        self,
        messages: Sequence[Message],
        on_text: Callable[[str], None] = lambda piece: None,
        should_stop: Callable[[], bool] = lambda: False,
        schema: Schema | None = None,
    ) -> ModelReply:
        """The kept reply, at once, or the model's."""
        key = self._key(messages, schema)
        kept = self.cache.get(key)
        if kept is not None:
            on_text(kept.text)
            return replace(kept, first_token_ms=0.0, total_ms=0.0)
        reply = self.inner.reply(messages, on_text, should_stop, schema)
        if reply.finish_reason == WHOLE:
            self.cache.put(key, reply)
        return reply

    def _key(self, messages: Sequence[Message], schema: Schema | None) -> str:
        body = self.request_body(messages, schema)
        given = json.dumps([self.settings_key, self.alias, body], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()
