"""A question and its answer as a conversation keeps them: whole, and as text that can be read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from rag.presentation.json_and_text import answer_to_json
from rag.records import Evidence, Filters, Report, Table, Turn, VerifiedAnswer

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and how it ended, with all that is needed to show it again when its reports are gone."""

    question: str
    answer: VerifiedAnswer | None = None
    """Its evidence holds no passages: those are in `record`, and the cited ones in the citations. None where asking
    failed, or the answer was kept by another version and only its record can be read."""
    reports: tuple[Report, ...] = ()
    """The reports it cites."""
    tables: tuple[Table, ...] = ()
    """The tables it cites."""
    record: str = ""
    """The object `wenbao ask --json` prints, as JSON; `` where asking failed."""
    failure: str = ""
    """Chinese: why there is no answer."""
    filters: Filters = Filters()
    """What the asker had set."""
    earlier: tuple[Exchange, ...] = ()
    """The answers given before this one to the same place of the conversation, oldest first."""

    @property
    def is_waiting(self) -> bool:
        """Whether it has been asked and not yet been answered."""
        return self.answer is None and not self.record and not self.failure

    @property
    def versions(self) -> tuple[Exchange, ...]:
        """All answers given here, oldest first, this one last."""
        return (*self.earlier, replace(self, earlier=()) if self.earlier else self)

    @property
    def text(self) -> str:
        """The answer's Markdown, `` where there is none."""
        if self.answer is not None:
            return self.answer.text
        return str(json.loads(self.record)["answer"]) if self.record else ""

    @property
    def is_completed(self) -> bool:
        """Whether the question was understood with something of the conversation filled in."""
        return self.answer is not None and self.answer.query.standalone != self.answer.query.question

    @property
    def searched(self) -> tuple[str, ...]:
        """Ids of the reports the asker's filters left; empty where none were set or nothing was answered."""
        return self.answer.query.report_ids if self.answer and self.filters != Filters() else ()

    @property
    def turns(self) -> tuple[Turn, Turn]:
        """The two messages it adds to the conversation."""
        cited = self.answer.citations if self.answer else ()
        passages = tuple(dict.fromkeys(citation.passage.id for citation in cited))
        return Turn("user", self.question), Turn("assistant", self.text, passages)


def answer_to_exchange(
    question: str,
    answer: VerifiedAnswer,
    reports: Mapping[str, Report],
    tables: Mapping[str, Table],
    filters: Filters = Filters(),
) -> Exchange:
    """What is kept of an answer."""
    captions = {identity: table.caption for identity, table in tables.items()}
    cited = [citation.passage for citation in answer.citations]
    return Exchange(
        question,
        replace(answer, evidence=Evidence(answer.query, ())),
        tuple(report for report in reports.values() if report.id in {passage.report_id for passage in cited}),
        tuple(table for table in tables.values() if table.id in {passage.table_id for passage in cited}),
        json.dumps(answer_to_json(answer, reports, captions), ensure_ascii=False),
        filters=filters,
    )


def exchange_to_json(exchange: Exchange) -> str:
    """All of the exchange but its record and the answers before it, behind a digest of everything but those answers."""
    text = _adapter().dump_json(replace(exchange, record="", earlier=()), exclude_defaults=True).decode()
    return f"{_digest(exchange.question, exchange.record, text)}{text}"


def exchange_from_json(question: str, text: str, record: str) -> Exchange:
    """What `exchange_to_json` wrote, or only question and record where the layout has changed since.

    Of one that is not what was kept any more only the question is left. Early versions kept no digest.
    """
    digest, brace, rest = text.partition("{")
    kept = f"{brace}{rest}"
    if digest and digest != _digest(question, record, kept):
        return Exchange(question, failure="这条记录被改动或已损坏，不再显示：请重新提问。")
    try:
        return replace(_adapter().validate_json(kept), record=record)
    except ValueError:
        return Exchange(question, record=record, failure="" if record else "这条记录由另一版本的问报保存，读不出来了。")


def _digest(*parts: str) -> str:
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=8).hexdigest()


@cache
def _adapter() -> TypeAdapter[Exchange]:
    from pydantic import TypeAdapter

    return TypeAdapter(Exchange)
