"""A question → a verified answer: the whole way in one place."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import zip_longest

from rag.answering.with_model import REWRITE_SCHEMA, AnswerPrompt, accepted_rewrite, question_to_rewrite
from rag.answering.with_model.asked import Answered, Calls, Given
from rag.answering.with_model.model_answer import (
    ANSWER,
    RETRIEVE,
    VERIFY,
    answer_built_in,
    answer_with_model,
    gate_draft,
    given_to_prompt,
    reply_to_answered,
)
from rag.boards import Board, boards_to_summary, report_to_board, reports_to_choice
from rag.errors import ModelError
from rag.figures.entries import figures_to_entries
from rag.index.index import Index
from rag.ports import ChatModel
from rag.question.comparison import group_span
from rag.question.purpose import words_to_write_of
from rag.question.understand import filtered_reports, question_to_query
from rag.records import (
    Citation,
    Contradiction,
    Evidence,
    Filters,
    ModelReply,
    Purpose,
    Query,
    Report,
    Table,
    Turn,
    VerifiedAnswer,
)
from rag.retrieval.conversation import with_earlier
from rag.retrieval.growing import RetrievalLimits
from rag.retrieval.retrieve import query_to_evidence, with_figures
from rag.suggestions.first import Suggestion, figures_to_suggestions
from rag.suggestions.help import question_to_help

STAGES = ("理解", "检索", "作答", "核对")
UNDERSTAND = "understand"
MAX_BOARDS = 6
"""Reports whose indicators are looked up for a piece that is to be written."""


@dataclass(frozen=True, slots=True)
class Assistant:
    """Answers questions from an index, with a chat model or without."""

    index: Index
    limits: RetrievalLimits
    count_tokens: Callable[[str], int]
    model: ChatModel | None = None
    price: Callable[[int, int], Decimal | None] = lambda input_tokens, output_tokens: None
    """What so many tokens in and out cost, in yuan."""

    def reports(self) -> tuple[Report, ...]:
        """What is indexed now, by college, year and id."""
        self.index.refresh()
        return tuple(sorted(self.index.store.reports(), key=lambda r: (r.college, -(r.year or 0), r.id)))

    def understand(self, question: str, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Query:
        """The question as understood against what is indexed, without a model."""
        return question_to_query(question, history, filters, self.reports())

    def retrieve(self, query: Query) -> Evidence:
        """The passages that bear on a query, best first; where a piece is to be written, the places of its reports' common
        indicators among them."""
        evidence = query_to_evidence(query, self.index, self.limits, self.count_tokens)
        if not (words := words_to_write_of(query.question)):
            return evidence
        searched = [report for report in self.reports() if report.id in query.report_ids][:MAX_BOARDS]
        cited = boards_to_summary([self.board(report) for report in searched]).citations
        stated = [citation.passage for citation in _in_turn(cited) if _speaks_of(citation, words)]
        passages = {p.id: p for pair in zip_longest(evidence.passages, stated) for p in pair if p}
        return with_figures(replace(evidence, passages=tuple(passages.values())), self.index)

    def tables(self, evidence: Evidence, contradictions: Sequence[Contradiction] = ()) -> Mapping[str, Table]:
        """The tables the passages, and figures that contradict each other, were taken from, by id."""
        disputed = (ref.passage for item in contradictions for ref in (*item.figures, *item.operands))
        ids = {passage.table_id for passage in (*evidence.passages, *disputed) if passage.table_id}
        return self.index.store.tables_by_id(sorted(ids))

    def given(self, evidence: Evidence, history: Sequence[Turn] = (), reports: Sequence[Report] | None = None) -> Given:
        """What an answer from this evidence is made from; `reports` where they are at hand."""
        known = self.reports() if reports is None else reports
        contradictions = self.contradictions(evidence)
        tables = self.tables(evidence, contradictions)
        return Given(evidence, {report.id: report for report in known}, tables, history, contradictions)

    def contradictions(self, evidence: Evidence) -> tuple[Contradiction, ...]:
        """What does not fit together in the reports the passages are from."""
        return self.index.store.contradictions({passage.report_id for passage in evidence.passages})

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        on_stage: Callable[[str], None] = lambda stage: None,
        *,
        on_evidence: Callable[[Evidence], None] = lambda evidence: None,
        on_text: Callable[[str], None] = lambda text: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> VerifiedAnswer:
        """The answer to a question, behind the gate.

        While it is made, `on_evidence` is given what was found and `on_text` the answer so far, its figures not yet
        checked; once `should_stop` says so, what is proved of it is the answer.
        """
        watch = _Watch(on_stage)
        calls = Calls(self.model) if self.model else None
        watch.enter(UNDERSTAND)
        reports = self.reports()
        query = question_to_query(question, history, filters, reports)
        if query.purpose is not Purpose.FIGURES:
            answered, given = self._without_search(query, filters, reports, watch)
            if calls and query.purpose is Purpose.SUMMARY and len(answered.draft.figures) > 1:
                given = replace(given, evidence=with_figures(given.evidence, self.index))
                on_evidence(given.evidence)
                watch.enter(ANSWER)
                written = answer_with_model(calls, given, self.count_tokens, on_text, should_stop, watch.enter)
                if written.draft.model == calls.model.alias:
                    answered = written
                else:
                    answered = replace(answered, draft=replace(answered.draft, notice=written.draft.notice))
            return self._verified(answered, given, watch.finish())
        query = self._understood(query, history, filters, calls, reports)
        watch.enter(RETRIEVE)
        evidence = self.retrieve(query)
        if calls:
            earlier = with_earlier(evidence, history, self.index.store.sections_by_id)
            evidence = evidence if earlier is evidence else with_figures(earlier, self.index)
        given = self.given(evidence, history, reports)
        if calls:
            given = replace(given, search=lambda words: self._search(query, words))
        on_evidence(evidence)
        watch.enter(ANSWER)
        if calls is None:
            answered = answer_built_in(given, watch.enter)
        else:
            answered = answer_with_model(calls, given, self.count_tokens, on_text, should_stop, watch.enter)
        return self._verified(answered, given, watch.finish())

    def _without_search(
        self, query: Query, filters: Filters, reports: Sequence[Report], watch: _Watch
    ) -> tuple[Answered, Given]:
        """A summary from the boards of the reports, or a word about this program, and what it is made from."""
        watch.enter(ANSWER)
        boards: list[Board] = []
        searched = [report for report in reports if report.id in query.report_ids]
        searched = [report for report in searched if report.college in query.colleges] or searched
        if query.purpose is Purpose.HELP:
            draft = question_to_help(query.question, filtered_reports(reports, filters), self._suggestions)
        elif not query.colleges and not group_span(query.question) and len({r.college for r in searched}) > 1:
            draft = reports_to_choice(searched)
        else:
            boards = [self.board(report) for report in searched]
            draft = boards_to_summary(boards)
        passages = tuple(dict.fromkeys(citation.passage for citation in _in_turn(draft.citations)))
        given = self.given(Evidence(query, passages, figures=draft.figures), (), reports)
        watch.enter(VERIFY)
        gated = gate_draft(draft, given)
        if doubtful := {figure.id: figure.said for figure in gated.figures if figure.caution}:
            draft = boards_to_summary(boards, doubtful)
            gated = gate_draft(draft, given)
        return Answered(draft, gated), given

    def board(self, report: Report) -> Board:
        """The board of a report as it was last read."""
        store = self.index.store
        figures, found = store.report_figures(report.id), store.contradictions((report.id,))
        return report_to_board(report, store.sections(report.id), figures, found)

    def _suggestions(self, report: Report) -> tuple[Suggestion, ...]:
        return figures_to_suggestions(report, self.index.store.report_figures(report.id))

    def _search(self, query: Query, words: str) -> tuple[Evidence, Mapping[str, Table]]:
        """What other words find in the same reports."""
        found = self.retrieve(_asked_otherwise(query, words))
        return found, self.tables(found)

    def prompt(self, model: ChatModel, given: Given) -> AnswerPrompt:
        """What `ask` would put to the model."""
        return given_to_prompt(given, model, self.count_tokens)

    def settle(self, model: ChatModel, reply: ModelReply, prompt: AnswerPrompt, given: Given) -> VerifiedAnswer:
        """The answer that a reply the model gave elsewhere makes; ReplyFormatError where it cannot be read."""
        answered = reply_to_answered(reply.text, prompt, given, model.alias)
        draft = replace(
            answered.draft,
            input_tokens=reply.input_tokens,
            output_tokens=reply.output_tokens,
            model_returned=reply.model_returned,
        )
        return self._verified(replace(answered, draft=draft), given, ())

    def _understood(
        self,
        query: Query,
        history: Sequence[Turn],
        filters: Filters,
        calls: Calls | None,
        reports: Sequence[Report],
    ) -> Query:
        """The query, or where it leans on the conversation that of the whole question a model makes of it."""
        leans = query.standalone != query.question or not query.colleges
        if calls is None or not leans or not any(turn.role == "user" for turn in history):
            return query
        try:
            reply = calls.reply(question_to_rewrite(query.question, history), REWRITE_SCHEMA)
        except ModelError:
            return query
        rewritten = accepted_rewrite(reply.text, query.question, history, reports)
        if rewritten is None:
            return query
        whole = question_to_query(rewritten, (), filters, reports)
        return replace(whole, question=query.question) if whole.purpose is Purpose.FIGURES else query

    def _verified(self, answered: Answered, given: Given, timings: tuple[tuple[str, float], ...]) -> VerifiedAnswer:
        draft, gated = answered.draft, answered.gated
        evidence = answered.evidence or given.evidence
        return VerifiedAnswer(
            query=evidence.query,
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
            timings_ms=timings,
            first_token_ms=draft.first_token_ms,
            cost=self.price(draft.input_tokens, draft.output_tokens) if self.model else None,
            notice=draft.notice,
            segments=gated.segments,
            certainty=draft.certainty,
            candidates=gated.candidates,
            chance=draft.chance,
            printed=figures_to_entries(gated.printed),
        )


def _in_turn(citations: Sequence[Citation]) -> list[Citation]:
    """The first citation of each report, then the second of each, and so on."""
    of_report: dict[str, list[Citation]] = {}
    for citation in citations:
        of_report.setdefault(citation.passage.report_id, []).append(citation)
    return [citation for rank in zip_longest(*of_report.values()) for citation in rank if citation]


def _speaks_of(citation: Citation, words: Sequence[str]) -> bool:
    place = "".join([*citation.passage.path, citation.quote])
    return any(word in place for word in words)


def _asked_otherwise(query: Query, words: str) -> Query:
    """The query for other words, in the same reports."""
    return replace(query, standalone=words, focus=words, carried="", terms=(words,), parts=(), operands=())


class _Watch:
    """Milliseconds of each stage, in order of their first beginning; one may be entered again."""

    def __init__(self, on_stage: Callable[[str], None]) -> None:
        self._on_stage = on_stage
        self._marks: list[tuple[str, float]] = []

    def enter(self, name: str) -> None:
        self._marks.append((name, time.perf_counter()))
        self._on_stage(dict(zip((UNDERSTAND, RETRIEVE, ANSWER, VERIFY), STAGES, strict=True))[name])

    def finish(self) -> tuple[tuple[str, float], ...]:
        ends = [start for _, start in self._marks[1:]] + [time.perf_counter()]
        spent: dict[str, float] = {}
        for (name, start), end in zip(self._marks, ends, strict=True):
            spent[name] = spent.get(name, 0.0) + (end - start) * 1000
        return (*spent.items(), ("total", (ends[-1] - self._marks[0][1]) * 1000))
