"""A question → a verified answer: the whole way in one place."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.extractive import evidence_to_draft
from rag.index import Index
from rag.records import Evidence, Filters, Query, Report, Table, Turn, VerifiedAnswer
from rag.retrieve import RetrievalLimits, query_to_evidence
from rag.understand import question_to_query
from rag.verify import draft_to_gated

STAGES = ("理解", "检索", "作答", "核对")


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers questions from an index."""

    index: Index
    limits: RetrievalLimits
    count_tokens: Callable[[str], int]

    def reports(self) -> tuple[Report, ...]:
        """What is indexed now, by college, year and id."""
        self.index.refresh()
        return tuple(sorted(self.index.store.reports(), key=lambda r: (r.college, -(r.year or 0), r.id)))

    def understand(self, question: str, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Query:
        """The question as understood against what is indexed."""
        return question_to_query(question, history, filters, self.reports())

    def retrieve(self, query: Query) -> Evidence:
        """The passages that bear on a query, best first."""
        return query_to_evidence(query, self.index, self.limits, self.count_tokens)

    def tables(self, evidence: Evidence) -> Mapping[str, Table]:
        """The tables the passages were taken from, by id."""
        ids = {passage.table_id for passage in evidence.passages if passage.table_id}
        found = (self.index.store.table(identity) for identity in sorted(ids))
        return {table.id: table for table in found if table is not None}

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        on_stage: Callable[[str], None] = lambda stage: None,
    ) -> VerifiedAnswer:
        """The answer to a question, behind the gate."""
        watch = _Watch(on_stage)
        watch.enter("understand", STAGES[0])
        reports = self.reports()
        query = question_to_query(question, history, filters, reports)
        watch.enter("retrieve", STAGES[1])
        evidence = self.retrieve(query)
        tables = self.tables(evidence)
        watch.enter("answer", STAGES[2])
        by_id = {report.id: report for report in reports}
        draft = evidence_to_draft(evidence, by_id, tables)
        watch.enter("verify", STAGES[3])
        gated = draft_to_gated(draft, tables, by_id)
        return VerifiedAnswer(
            query=query,
            evidence=evidence,
            status=draft.status,
            text=gated.text,
            figures=gated.figures,
            citations=draft.citations,
            conflicts=draft.conflicts,
            unsupported=gated.unsupported,
            model=draft.model,
            model_returned=draft.model_returned,
            input_tokens=draft.input_tokens,
            output_tokens=draft.output_tokens,
            timings_ms=watch.finish(),
        )


class _Watch:
    """Milliseconds of each stage, in order."""

    def __init__(self, on_stage: Callable[[str], None]) -> None:
        self._on_stage = on_stage
        self._marks: list[tuple[str, float]] = []

    def enter(self, name: str, stage: str) -> None:
        self._marks.append((name, time.perf_counter()))
        self._on_stage(stage)

    def finish(self) -> tuple[tuple[str, float], ...]:
        ends = [start for _, start in self._marks[1:]] + [time.perf_counter()]
        spans = [(name, (end - start) * 1000) for (name, start), end in zip(self._marks, ends, strict=True)]
        return (*spans, ("total", (ends[-1] - self._marks[0][1]) * 1000))
