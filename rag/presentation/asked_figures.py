"""The figures that answer a question, each with what its report says it is (pure)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.figures.extraction import passage_to_figures
from rag.gate.saying import figure_to_said
from rag.language.numbers import same_value
from rag.language.text import unique
from rag.presentation.exchanges import Exchange
from rag.records import AnswerFigure, Figure, Number, Report, VerifiedAnswer


@dataclass(frozen=True, slots=True)
class Told:
    """One asked figure and what is to be known of it."""

    figure: AnswerFigure
    about: str
    """What its report says it is; `` where that is not plain."""
    whose: str
    """College and year of its report, or its title."""
    is_disputed: bool
    """The report also prints another figure for the same thing."""
    printed: Figure | None
    """Where it stands; None where it was computed."""
    report: Report | None


def asked_figures(exchange: Exchange) -> tuple[Told, ...]:
    """The figures that answer the question, in order, each once."""
    return () if exchange.answer is None else answer_to_told(exchange, exchange.answer, lambda f: f.role == "answer")


def answer_to_told(
    exchange: Exchange, answer: VerifiedAnswer, wanted: Callable[[AnswerFigure], bool]
) -> tuple[Told, ...]:
    """The wanted figures of the exchange's answer, in order, each once."""
    taken: set[tuple[str, int]] = set()
    disputed = {value for conflict in answer.conflicts for value in conflict.values}
    reports = {report.id: report for report in exchange.reports}
    found: list[Told] = []
    for figure in dict.fromkeys(filter(wanted, answer.figures)):
        printed = _printed(figure, exchange, answer, taken)
        cited = [c.passage.report_id for c in answer.citations if c.n in figure.citations]
        whose = "；".join(unique(_whose(reports.get(identity), identity) for identity in cited))
        about = figure_to_said(printed) if printed is not None else ""
        report = reports.get(cited[0]) if len(set(cited)) == 1 else None
        found.append(
            Told(figure, about, whose, any((figure.text, n) in disputed for n in figure.citations), printed, report)
        )
    return tuple(found)


def _whose(report: Report | None, identity: str) -> str:
    if report is None:
        return identity
    return f"{report.college}{f'（{report.year}年）' if report.year else ''}" if report.college else report.title


def _printed(
    figure: AnswerFigure, exchange: Exchange, answer: VerifiedAnswer, taken: set[tuple[str, int]]
) -> Figure | None:
    """Where a quoted figure stands; one that was kept without its id by its value, one place for one figure."""
    if figure.kind != "quoted":
        return None
    tables = {table.id: table for table in exchange.tables}
    number = Number(figure.text, figure.value, figure.unit, 0, 0)
    for citation in answer.citations:
        if citation.n not in figure.citations:
            continue
        for found in passage_to_figures(citation.passage, tables.get(citation.passage.table_id or "")):
            if figure.id:
                if found.id == figure.id:
                    return found
                continue
            place = (citation.passage.id, found.start)
            inside = citation.quote_start <= found.start < citation.quote_end
            if inside and place not in taken and same_value(found.number, number):
                taken.add(place)
                return found
    return None
