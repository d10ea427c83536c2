"""Evidence → Draft without a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.answering.built_in.asks import Ask
from rag.answering.built_in.choosing import MIN_SURENESS, choose_figures, is_sure, known_item
from rag.answering.built_in.companions import with_companions
from rag.answering.built_in.computing import is_result, plan_to_draft, plan_to_figures
from rag.answering.built_in.contrasts import lacks_quality
from rag.answering.built_in.disputed import disputed_draft, stored_rivals
from rag.answering.built_in.features import KIND_CLASSES
from rag.answering.built_in.findings import Findings
from rag.answering.built_in.naming import name_draft, name_lines
from rag.answering.built_in.premises import (
    is_of_just_this,
    is_other_figure,
    other_way_draft,
    printed_premise,
    supposes_change,
)
from rag.answering.built_in.refusing import not_found
from rag.answering.built_in.scope import speaks_of_subject, unit_text
from rag.answering.built_in.weighing import Choice, slot_to_ask
from rag.figures.citing import Citations, label_of, lead_of, written
from rag.figures.extraction import passage_to_figures
from rag.language.text import text_key
from rag.question import slots
from rag.question.operations import Plan, question_to_operation
from rag.question.slots import Slot, question_to_slots
from rag.records import (
    AnswerStatus,
    Conflict,
    Contradiction,
    Draft,
    Evidence,
    Figure,
    Operation,
    Query,
    Report,
    Table,
    text_to_draft,
)
from rag.retrieval.relevance import Relevance, query_to_relevance
from rag.structure.tables.joining import header_labels

_MADE_ANEW = (Operation.DIFFERENCE, Operation.RATIO, Operation.AVERAGE)
"""Operations whose result has qualities that what it is computed from lacks: 省外 from 省内, 人均 from a sum."""
PRINTED_SURENESS = 0.75
"""From this on a printed figure goes before a computed one."""


def evidence_to_draft(
    evidence: Evidence,
    reports: Mapping[str, Report],
    tables: Mapping[str, Table],
    contradictions: Sequence[Contradiction] = (),
) -> Draft:
    """The built-in answer to one question from what retrieval found, and what was found when the reports were read."""
    if not evidence.passages:
        return not_found(evidence, reports, None, tables)
    findings = evidence_to_findings(evidence, reports, tables, contradictions)
    if (disputed := disputed_draft(findings)) is not None:
        return disputed
    if (other_way := other_way_draft(findings)) is not None:
        return other_way
    query = evidence.query
    if (premise := printed_premise(findings)) is not None or supposes_change(query):
        return not_found(evidence, reports, findings.relevance, tables, premise)
    plan = question_to_operation(query.focus if query.carried else query.standalone, query.years)
    operands = plan_to_figures(plan, findings) if plan else []
    if plan is not None and not plan.printed_first and (computed := _computed(plan, findings, operands)):
        return computed
    if not figure_slots(evidence.query):
        return name_draft(evidence, findings.relevance, reports, tables)
    if plan is not None and plan.operation is Operation.RANK:
        return not_found(evidence, reports, findings.relevance, tables)
    best = _best_choices(findings)
    found = _sure(best)
    if plan is not None and plan.printed_first and not _is_printed(plan, found, operands):
        computed = _computed(plan, findings, operands)
        if computed is not None:
            return computed
    if not found:
        nearest = max((choice for _, choice in best), key=lambda choice: choice.sureness, default=None)
        return not_found(evidence, reports, findings.relevance, tables, nearest.figure if nearest else None)
    if is_other_figure(query, found) and not is_of_just_this(query, found[0][1].figure):
        return not_found(evidence, reports, findings.relevance, tables, found[0][1].figure)
    return _figures_draft(with_companions(found, findings.figures, query), findings)


def _computed(plan: Plan, findings: Findings, operands: Sequence[Figure]) -> Draft | None:
    """What can be computed, from what speaks of the qualities asked for; a rest or a mean may have others."""
    draft = plan_to_draft(plan, findings, operands)
    if draft is None or plan.operation in _MADE_ANEW:
        return draft
    said = [citation.quote for citation in draft.citations]
    for passage in (citation.passage for citation in draft.citations):
        table = findings.tables.get(passage.table_id or "")
        said += [*passage.path, *([table.caption, *header_labels(table.rows, table.header_rows)] if table else ())]
    return None if lacks_quality(findings.evidence.query.focus, " ".join(said)) else draft


def evidence_to_refusal(evidence: Evidence, reports: Mapping[str, Report], tables: Mapping[str, Table]) -> Draft:
    """What is said where nothing that was found answers."""
    return not_found(evidence, reports, evidence_to_relevance(evidence), tables)


def evidence_to_findings(
    evidence: Evidence,
    reports: Mapping[str, Report],
    tables: Mapping[str, Table],
    contradictions: Sequence[Contradiction] = (),
) -> Findings:
    """What an answer is chosen or computed from: the figures of the passages that speak of those asked about."""
    figures = [
        figure
        for passage in evidence.passages
        for figure in passage_to_figures(passage, tables.get(passage.table_id or ""))
        if speaks_of_subject(evidence, reports.get(passage.report_id), unit_text(figure))
    ]
    ranks = {passage.id: rank for rank, passage in enumerate(evidence.passages)}
    return Findings(evidence, figures, evidence_to_relevance(evidence), ranks, reports, tables, contradictions)


def figure_slots(query: Query) -> list[Slot]:
    """What a question asks that is a figure; empty where it asks for names.

    One that asks nothing by itself (对口吗) wants what the answer before gave.
    """
    found = question_to_slots(query.focus, query.carried)
    if len(found) == len(query.kinds) == 1 and found[0].kind == slots.NAME and found[0].text == query.focus:
        kinds = [kind for kind, classes in KIND_CLASSES.items() if query.kinds[0] in classes]
        return [replace(found[0], kind=kinds[0])] if kinds else []
    return [slot for slot in found if slot.kind != slots.NAME]


def _names_beside(findings: Findings, citations: Citations) -> list[str]:
    """The names that a question asks for beside figures: the rows or the sentence that hold them."""
    query = findings.evidence.query
    if all(slot.kind != slots.NAME for slot in question_to_slots(query.focus, query.carried)):
        return []
    return name_lines(findings.evidence, findings.relevance, findings.reports, findings.tables, citations)


def findings_to_choices(findings: Findings, unit: str = "", least: float = MIN_SURENESS) -> list[tuple[Ask, Choice]]:
    """The figures asked for that are surely found, each with what it answers; `unit` is what they are asked in.

    At least one must be as sure as `least`.
    """
    return _sure(_best_choices(findings, unit), least)


def _best_choices(findings: Findings, unit: str = "") -> list[tuple[Ask, Choice]]:
    """The best figure for each thing asked, sure or not; what no figure can answer is left out."""
    evidence, figures = findings.evidence, findings.figures
    wanted = figure_slots(evidence.query)
    wanted = [replace(slot, item=_item(slot, evidence.query, figures), unit=unit or slot.unit) for slot in wanted]
    asks = [slot_to_ask(slot, wanted, findings.relevance, evidence.query) for slot in wanted]
    choices = choose_figures(asks, figures, findings.ranks, evidence, findings.reports)
    return [(ask, choice) for ask, choice in zip(asks, choices, strict=True) if choice]


def _sure(best: Sequence[tuple[Ask, Choice]], least: float = MIN_SURENESS) -> list[tuple[Ask, Choice]]:
    choices = [choice for _, choice in best]
    if max((choice.sureness for choice in choices), default=0.0) < least:
        return []
    return [(ask, choice) for ask, choice in best if choice.sureness >= least or is_sure(choice, choices)]


def _item(slot: Slot, query: Query, figures: Sequence[Figure]) -> str:
    """The item a figure must name: the enumerated one, or the topic where some figure names it."""
    if slot.item:
        return known_item(_own_words(slot.item, query), figures)
    topic = text_key(slot.topic)
    return slot.topic if topic and any(topic in text_key(figure.near) for figure in figures) else ""


def _own_words(item: str, query: Query) -> str:
    """An enumerated item without the college it is asked of."""
    for college in query.colleges:
        item = item.replace(college, "")
    return item


def _is_printed(plan: Plan, found: Sequence[tuple[Ask, Choice]], operands: Sequence[Figure]) -> bool:
    """Whether a report prints what could also be computed: every figure chosen is plainly the one asked for."""
    return (
        bool(found)
        and all(choice.sureness >= PRINTED_SURENESS for _, choice in found)
        and is_result(plan, [choice.figure for _, choice in found], operands)
    )


def evidence_to_relevance(evidence: Evidence) -> Relevance:
    """The question's words with the weights retrieval gave them."""
    equivalents = query_to_relevance(evidence.query, ()).equivalents
    return Relevance(dict(evidence.word_weights), equivalents)


def _figures_draft(found: Sequence[tuple[Ask, Choice]], findings: Findings) -> Draft:
    citations = Citations()
    said = [figure_phrase(choice, findings, citations) for _, choice in found]
    lead = lead_of(findings.evidence, [citation.passage for citation in citations.items], findings.reports)
    names = _names_beside(findings, citations)
    lead += "报告写的与问题里的数字不同，" if is_other_figure(findings.evidence.query, found) else ""
    text = "\n\n".join([f"{lead}{'；'.join(part for part, _ in said)}。", *names])
    conflicts = tuple(conflict for _, conflict in said if conflict is not None)
    return text_to_draft(AnswerStatus.ANSWERED, text, tuple(citations.items), conflicts)


def figure_phrase(choice: Choice, findings: Findings, citations: Citations) -> tuple[str, Conflict | None]:
    """A figure with what it is said of, bold and cited; and where its report prints another, that one too."""
    n = citations.cite(choice.figure)
    text = f"{label_of(choice.figure)}**{written(choice.figure)}** [{n}]"
    if (rivals := stored_rivals(choice.figure, findings, citations)) is not None:
        return f"{text}{rivals[1]}（报告前后不一致）", rivals[0]
    return text, None
