"""Evidence → Draft without a model: sure (bold), unsure (candidates, nothing bold), or not there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from rag.answering.built_in.computing import computed, find_operands, is_printed, may_be_printed, result_of
from rag.answering.built_in.conflicts import add_near, add_rivals, disputed
from rag.answering.built_in.looking import Findings, Found, evidence_to_findings, look_up
from rag.answering.built_in.names import shown
from rag.answering.built_in.pairs import Pair, best_pair
from rag.answering.built_in.ranking import first_rows, led_by_rows, ranked
from rag.answering.built_in.refusing import missing_report, not_found
from rag.answering.built_in.said import names_college
from rag.answering.built_in.scoring import MAX_CANDIDATES, Choice
from rag.answering.built_in.times import year_fit
from rag.answering.built_in.writing import Writer, by_place
from rag.arithmetic.expressions import ComputeError
from rag.figures.citing import plain
from rag.language.numbers import find_numbers
from rag.question.asks import names_standard
from rag.question.years import question_years
from rag.records import (
    AnswerStatus,
    AskKind,
    Certainty,
    Contradiction,
    Draft,
    Evidence,
    Figure,
    Operation,
    Report,
    Table,
)

SURE_TOGETHER = 0.5
"""Least chance that all figures of an answer are right together."""


def evidence_to_draft(
    evidence: Evidence,
    reports: Mapping[str, Report],
    tables: Mapping[str, Table],
    contradictions: Sequence[Contradiction] = (),
) -> Draft:
    """The built-in answer to one question from what retrieval found, and what was found when the reports were read."""
    if not _may_answer(evidence, reports):
        return not_found(evidence, reports)
    findings = evidence_to_findings(evidence, reports, tables, contradictions)
    if not evidence.query.unknown_colleges and missing_report(evidence.query, reports):
        findings = _of_asked_years(findings)
    looked = look_up(findings)
    if (draft := disputed(findings, looked)) is not None:
        return draft
    rows = first_rows(findings) if evidence.query.operation is Operation.RANK else None
    if rows is not None and rows.is_sure:
        return ranked(rows, findings)
    operands, pair = find_operands(findings), best_pair(findings)
    if (draft := computed(findings, looked, operands, pair)) is not None:
        return draft
    is_complete = any(found.is_sure for found in looked) and all(found.is_sure or found.is_missing for found in looked)
    if (
        is_complete
        and _chance_together(looked) >= SURE_TOGETHER
        and is_printed(evidence.query, looked)
        and not _is_loose(looked)
    ):
        return _sure(findings, looked)
    if rows is not None:
        looked = led_by_rows(rows, findings, looked)
    if pair is not None and _is_better(pair, looked):
        return perhaps_computed(pair, findings, looked)
    return unsure(findings, operands if _are_better(operands, looked, evidence.query.operation) else looked)


def _is_better(pair: Pair, looked: Sequence[Found]) -> bool:
    """Whether what may be computed is shown before what may be printed."""
    is_told = pair.operation in (Operation.SHARE, Operation.AVERAGE) and may_be_printed(pair, looked)
    return pair.is_possible and not is_told


def _are_better(operands: Sequence[Found], looked: Sequence[Found], operation: Operation) -> bool:
    """Whether what a computation needs is shown for want of a sure answer: all of a sum, of a change where none is printed."""
    if operation is Operation.DIFFERENCE:
        is_told = any(
            choice.is_possible and "change" in choice.said.context.aspects
            for found in looked
            for choice in found.choices
        )
        return not is_told and bool(operands) and not any(found.is_missing for found in operands)
    return operation is Operation.SUM and bool(operands)


def _chance_together(looked: Sequence[Found]) -> float:
    """The chance that all that is sure is right: figures of one sentence or row are right or wrong together."""
    places: dict[tuple[str, int], float] = {}
    for found in looked:
        if found.is_sure and found.choices:
            place = (found.figure.passage.id, found.figure.quote_start)
            places[place] = min(places.get(place, 1.0), found.choices[0].chance)
    return math.prod(places.values())


def _is_loose(looked: Sequence[Found]) -> bool:
    """Whether a figure is of what was not found, may be it, or is a standard for what is measured against it."""
    against = any(names_standard(found.wanted.ask.text) for found in looked)
    for at, found in enumerate(looked):
        is_standard = found.is_sure and any("plan" in choice.said.context.aspects for choice in found.choices[:1])
        if is_standard and against and not names_standard(found.wanted.ask.text):
            return True
        if found.is_missing and any(_may_hold(other, found, looked) for other in looked):
            return True
        if found.wanted.ask.leans and found.is_sure and at and not looked[at - 1].is_sure:
            return True
    return False


def _may_hold(other: Found, missing: Found, looked: Sequence[Found]) -> bool:
    """Whether the sentence of one thing found holds another figure that may be what was not found."""
    if not (other.is_sure and other.choices) or other.figure.is_cell or missing.wanted.ask.kind is AskKind.NAME:
        return False
    given = {found.figure.number.text for found in looked if found.is_sure and found.choices}
    sentence = other.figure.passage.text[other.figure.quote_start : other.figure.quote_end]
    return any(number.text not in given for number in find_numbers(sentence))


def _may_answer(evidence: Evidence, reports: Mapping[str, Report]) -> bool:
    """Whether what was asked about is searched: its own reports, or others that name a college which has none."""
    query = evidence.query
    unknown = query.unknown_colleges
    if unknown and not any(report.college in unknown for report in reports.values()):
        return any(all(names_college(passage.text, name) for name in unknown) for passage in evidence.passages)
    return bool(evidence.passages)


def _of_asked_years(findings: Findings) -> Findings:
    """Where there is no report of a year that is asked about: what others print of it."""
    query = findings.evidence.query
    wanted = findings.wanted(query)
    said = [
        one
        for one in findings.said
        if any(year_fit(one, each, findings.reports.get(one.figure.passage.report_id)) > 0 for each in wanted)
    ]
    passages = tuple(p for p in findings.evidence.passages if {*question_years(p.text)} & {*query.years})
    return replace(findings, said=said, evidence=replace(findings.evidence, passages=passages))


def _sure(findings: Findings, looked: Sequence[Found]) -> Draft:
    writer = Writer(findings.reports)
    chosen = [found.choices[0] for found in looked if found.is_sure and found.choices]
    writer.lead([choice.figure for choice in chosen])
    stated = by_place([choice.figure for choice in chosen])
    quoted: set[tuple[str, int]] = set()
    for at, found in enumerate(looked):
        if found.wanted.ask.kind is AskKind.NAME and found.is_sure:
            if found.places[0].place not in quoted:
                writer.text("；" if at else "")
                _write_name(writer, found)
            quoted.add(found.places[0].place)
        elif not found.is_sure:
            writer.text(f"{'；' if at else ''}{_asked(found)}在报告里没有找到")
        elif found.figure.id not in writer.figures:
            writer.text("；" if at else "")
            _write_figures(writer, next(group for group in stated if found.figure in group), looked, findings)
    writer.text("。")
    return writer.draft(AnswerStatus.ANSWERED, Certainty.SURE, chosen)


def _write_figures(writer: Writer, group: Sequence[Figure], looked: Sequence[Found], findings: Findings) -> None:
    """The figures of one sentence or row, and what else is printed for each of them."""
    writer.stated(*group, is_answer=True)
    for found in looked:
        if found.is_sure and found.choices and found.figure in group:
            shown_before = len(writer.conflicts)
            add_rivals(found.figure, findings, writer)
            if len(writer.conflicts) == shown_before:
                add_near(found, writer)


def _asked(found: Found) -> str:
    """What one thing was asked by: “在校生有多少人”; not in its own words where these hold a figure, which is no report's."""
    words = plain(found.wanted.ask.item or found.wanted.ask.text).strip("，,、；;？? ")
    return "另有一问" if find_numbers(words) else f"“{words}”"


def _write_name(writer: Writer, found: Found) -> None:
    place = found.places[0]
    for name in place.names:
        writer.name(name)
        writer.text("，")
    writer.text(f"原文：“{plain(place.text)}”")
    writer.cite_span(place.passage, place.start, place.end)


def unsure(findings: Findings, looked: Sequence[Found]) -> Draft:
    """The figures or sentences that may be meant, at most three lines; a refusal where nothing comes near."""
    choices = unsure_choices(looked)
    places = (
        [place for found in looked for place in shown(found.places)] if any(found.places for found in looked) else []
    )
    places = places[: MAX_CANDIDATES - min(len(choices), MAX_CANDIDATES - 1)]
    if not choices and not places:
        return not_found(findings.evidence, findings.reports)
    writer = Writer(findings.reports)
    writer.unsure(choices)
    for place in places:
        writer.text(f"\n- “{plain(place.text)}”")
        writer.cite_span(place.passage, place.start, place.end)
    left = [found for found in looked if not {*map(id, found.choices)} & {*map(id, choices)}]
    if silent := [found for found in left if not any(place in places for place in found.places)]:
        writer.text(f"\n\n{'、'.join(map(_asked, silent))}没有找到可能对应的说法。")
    return writer.draft(AnswerStatus.NOT_FOUND, Certainty.UNSURE, choices[:1])


def perhaps_computed(pair: Pair, findings: Findings, looked: Sequence[Found]) -> Draft:
    """Two figures that a computation may be meant of, with its result, nothing bold; `looked` where it cannot be made."""
    writer = Writer(findings.reports)
    writer.unsure([pair.first, pair.second])
    try:
        said, result = result_of(pair.operation, [pair.first.figure, pair.second.figure], writer)
    except ComputeError:
        return unsure(findings, looked)
    writer.perhaps(said, replace(result, operands=(pair.first.figure.id, pair.second.figure.id)))
    return writer.draft(AnswerStatus.NOT_FOUND, Certainty.UNSURE, pair.choices)


def unsure_choices(looked: Sequence[Found]) -> list[Choice]:
    """The best of each thing asked first, then the next best, as far as three sentences or cells go."""
    ranked = [[*found.rows, *(choice for choice in found.choices if choice.is_possible)] for found in looked]
    ordered = [
        choice for level in zip_longest(*ranked) for choice in sorted(filter(None, level), key=lambda c: -c.chance)
    ]
    kept: list[Choice] = []
    lines: set[tuple[str, int, int]] = set()
    for choice in ordered:
        figure = choice.figure
        line = (figure.passage.id, figure.quote_start, figure.column)
        if line in lines or len(lines) < MAX_CANDIDATES:
            lines.add(line)
            kept.append(choice)
    return kept
