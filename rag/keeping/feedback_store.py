"""Edge: feedback as it is kept, beside the conversations but outliving them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rag.keeping.database import Keeping
from rag.keeping.feedback import Feedback
from rag.presentation.exchanges import Exchange
from rag.records import Turn

MAX_REASON_LENGTH = 1000
MAX_HISTORY_TURNS = 20
MAX_FEEDBACK = 20_000
"""Entries in all; beyond them the oldest go."""
_COLUMNS = "id, owner, conversation, number, given, liked, reason, question, history, reports, record, version"


@dataclass(frozen=True, slots=True)
class FeedbackBox:
    """The feedback in one file. Every method raises `KeepingError` where the file cannot be used."""

    keeping: Keeping

    def give(
        self,
        owner: str,
        conversation: str,
        exchanges: Sequence[Exchange],
        number: int,
        liked: bool,
        reason: str = "",
        version: int = 0,
    ) -> None:
        """Keeps what the owner thinks of that answer, in place of what they thought of it before."""
        exchange = exchanges[number].versions[version]
        turns = [turn for earlier in exchanges[:number] for turn in earlier.turns][-MAX_HISTORY_TURNS:]
        history = json.dumps([[turn.role, turn.content] for turn in turns], ensure_ascii=False)
        kept = (owner, conversation, number, time.time(), liked, reason.strip()[:MAX_REASON_LENGTH])
        with self.keeping.writing() as connection:
            _forget(connection, owner, conversation, number, version)
            connection.execute(
                f"INSERT INTO feedback ({_COLUMNS}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*kept, exchange.question, history, json.dumps(exchange.searched), exchange.record, version),
            )
            connection.execute(
                "DELETE FROM feedback WHERE id NOT IN (SELECT id FROM feedback ORDER BY id DESC LIMIT ?)",
                (MAX_FEEDBACK,),
            )

    def withdraw(self, owner: str, conversation: str, number: int, version: int = 0) -> None:
        """Forgets what the owner thought of that answer."""
        with self.keeping.writing() as connection:
            _forget(connection, owner, conversation, number, version)

    def given(self, owner: str, conversation: str) -> Mapping[tuple[int, int], Feedback]:
        """What the owner thinks of a conversation's answers, by number and version."""
        found = self._read("WHERE owner = ? AND conversation = ? ORDER BY number, version", (owner, conversation))
        return {(feedback.number, feedback.version): feedback for feedback in found}

    def all(self) -> tuple[Feedback, ...]:
        """Everybody's feedback, oldest first."""
        return self._read("ORDER BY id", ())

    def _read(self, which: str, values: tuple[str, ...]) -> tuple[Feedback, ...]:
        with self.keeping.reading() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM feedback {which}", values).fetchall()
        return tuple(_feedback(row) for row in rows)


def _forget(connection: Any, owner: str, conversation: str, number: int, version: int) -> None:
    connection.execute(
        "DELETE FROM feedback WHERE owner = ? AND conversation = ? AND number = ? AND version = ?",
        (owner, conversation, number, version),
    )


def _feedback(row: tuple[Any, ...]) -> Feedback:
    identity, owner, conversation, number, given, liked, reason, question, history, reports, record, version = row
    turns = tuple(Turn(role, content) for role, content in json.loads(history))
    return Feedback(
        identity, owner, conversation, number, datetime.fromtimestamp(given, UTC), bool(liked), reason, question,
        turns, tuple(json.loads(reports)), record, version,
    )  # fmt: skip
