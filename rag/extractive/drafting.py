"""Evidence → Draft without a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag import slots
from rag.extractive.choosing import MIN_COVERAGE, choose_figures, is_sure, known_item
from rag.extractive.citing import Citations, label_of, lead_of, written
from rag.extractive.computing import Findings, plan_to_draft
from rag.extractive.conflicts import find_conflict
from rag.extractive.naming import name_draft
from rag.extractive.refusing import not_found
from rag.extractive.scope import speaks_of_subject, unit_text
from rag.extractive.weighing import Ask, Choice, slot_to_ask
from rag.figures import Figure, passage_to_figures
from rag.operations import question_to_operation
from rag.records import AnswerStatus, Conflict, Draft, Evidence, Report, Table
from rag.relevance import Relevance, query_to_relevance
from rag.slots import question_to_slots

PRINTED_SURENESS = 0.75
"""From this on a printed figure goes before a computed one."""


def evidence_to_draft(evidence: Evidence, reports: Mapping[str, Report], tables: Mapping[str, Table]) -> Draft:
    """The built-in answer to a question from what retrieval found."""
    if not evidence.passages:
        return not_found(evidence, reports, None, tables)
    relevance = evidence_to_relevance(evidence)
    figures = [
        figure
        for passage in evidence.passages
        for figure in passage_to_figures(passage, tables.get(passage.table_id or ""))
        if speaks_of_subject(evidence, reports.get(passage.report_id), unit_text(figure))
    ]
    ranks = {passage.id: rank for rank, passage in enumerate(evidence.passages)}
    plan = question_to_operation(evidence.query.standalone, evidence.query.years)
    findings = Findings(evidence, figures, relevance, ranks, reports, tables)
    if plan is not None and not plan.printed_first and (computed := plan_to_draft(plan, findings)) is not None:
        return computed
    asked = question_to_slots(evidence.query.focus, evidence.query.carried)
    wanted = [slot for slot in asked if slot.kind != slots.NAME]
    if not wanted:
        return name_draft(evidence, relevance, reports, tables)
    wanted = [replace(slot, item=known_item(slot.item, figures)) if slot.item else slot for slot in wanted]
    asks = [slot_to_ask(slot, wanted, relevance, evidence.query) for slot in wanted]
    choices = choose_figures(asks, figures, ranks, evidence, reports)
    sure = max((choice.sureness for choice in choices if choice), default=0.0) >= MIN_COVERAGE
    found = [
        (ask, choice) for ask, choice in zip(asks, choices, strict=True) if sure and choice and is_sure(choice, choices)
    ]
    if plan is not None and plan.printed_first and not _is_printed(found):
        computed = plan_to_draft(plan, findings)
        if computed is not None:
            return computed
    if not found:
        return not_found(evidence, reports, relevance, tables)
    return _figures_draft(evidence, found, figures, ranks, reports)


def _is_printed(found: Sequence[tuple[Ask, Choice]]) -> bool:
    """Whether a report prints what could also be computed: every figure chosen is plainly the one asked for."""
    return bool(found) and all(choice.sureness >= PRINTED_SURENESS for _, choice in found)


def evidence_to_relevance(evidence: Evidence) -> Relevance:
    """The question's words with the weights retrieval gave them."""
    equivalents = query_to_relevance(evidence.query, ()).equivalents
    return Relevance(dict(evidence.word_weights), equivalents)


def _figures_draft(
    evidence: Evidence,
    found: Sequence[tuple[Ask, Choice]],
    figures: Sequence[Figure],
    ranks: Mapping[str, int],
    reports: Mapping[str, Report],
) -> Draft:
    citations = Citations()
    parts: list[str] = []
    conflicts: list[Conflict] = []
    for ask, choice in found:
        n = citations.cite(choice.figure)
        parts.append(f"{label_of(choice.figure)}**{written(choice.figure)}** [{n}]")
        conflict = find_conflict(ask, choice, figures, ranks, evidence, citations, reports)
        if conflict is not None:
            conflicts.append(conflict)
            parts[-1] += f"；另一处写作 **{conflict.values[1][0]}** [{conflict.values[1][1]}]（报告前后不一致）"
    lead = lead_of(evidence, [citation.passage for citation in citations.items], reports)
    text = f"{lead}{'；'.join(parts)}。"
    return Draft(AnswerStatus.ANSWERED, text, tuple(citations.items), tuple(conflicts))
