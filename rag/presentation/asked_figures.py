"""The figures that answer a question, each with what its report says it is (pure)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.figures.entries import passages_to_figures
from rag.gate.saying import figure_to_said
from rag.language.text import unique
from rag.presentation.exchanges import Exchange
from rag.records import AnswerFigure, Figure, Report, VerifiedAnswer


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
    figures = printed_figures(exchange)
    disputed = {identity for conflict in answer.conflicts for identity in conflict.figures}
    reports = {report.id: report for report in exchange.reports}
    found: list[Told] = []
    for figure in dict.fromkeys(filter(wanted, answer.figures)):
        printed = figures.get(figure.id)
        cited = unique(c.passage.report_id for c in answer.citations if c.n in figure.citations)
        whose = "；".join(_whose(reports.get(identity), identity) for identity in cited)
        about = figure_to_said(printed) if printed is not None else ""
        report = reports.get(cited[0]) if len(cited) == 1 else None
        found.append(Told(figure, about, whose, figure.id in disputed, printed, report))
    return tuple(found)


def printed_figures(exchange: Exchange) -> dict[str, Figure]:
    """The printed figures that the exchange's answer refers to, by id, each in the passage that is cited."""
    if exchange.answer is None:
        return {}
    tables = {table.id: table for table in exchange.tables}
    passages = [citation.passage for citation in exchange.answer.citations]
    return {figure.id: figure for figure in passages_to_figures(passages, exchange.answer.printed, tables)}


def _whose(report: Report | None, identity: str) -> str:
    if report is None:
        return identity
    return f"{report.college}{f'（{report.year}年）' if report.year else ''}" if report.college else report.title
