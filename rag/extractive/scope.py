"""Whether a figure or sentence is about the college and the years asked about."""

from __future__ import annotations

from rag.figures import Figure
from rag.numbers import find_scopes, unit_class
from rag.records import Evidence, Query, Report
from rag.text import matching_key

SAYS_YEAR = 1.08


def unit_text(figure: Figure) -> str:
    """The sentence, or the row with what its merged cells say."""
    own = figure.passage.text[figure.quote_start : figure.quote_end]
    return f"{own} {' '.join(figure.row.filled)}" if figure.row else own


def speaks_of_subject(evidence: Evidence, report: Report | None, text: str) -> bool:
    """Whether a text is about the colleges asked about: theirs by its report, or naming them.

    A college without a report of its own must be named in the text.
    """
    query = evidence.query
    key = matching_key(text)
    if not all(matching_key(name) in key for name in query.unknown_colleges):
        return False
    if not query.colleges or (report is not None and report.college in query.colleges):
        return True
    return any(matching_key(name) in key for name in query.colleges)


def scope_factor(figure: Figure, query: Query, report: Report | None) -> float:
    """0 for a figure of other years than the asked ones; a little more for one that says its year."""
    if not query.years:
        return 1.0
    asked = set(query.years)
    own = _years_in(f"{figure.before} {figure.near if figure.is_cell else ''}")
    stated = own or _years_in(f"{unit_text(figure)} {figure.about}")
    if not stated:
        money = unit_class(figure.number.unit) == "money"
        return 1.0 if asked & _years_of_report(report, money=money) else 0.0
    return SAYS_YEAR if stated & asked else 0.0


def _years_in(text: str) -> set[int]:
    return {year for scope in find_scopes(text) for year in scope.years}


def _years_of_report(report: Report | None, *, money: bool) -> set[int]:
    """The years a report speaks of where it names none: its own, its class's, its academic year's; money is last year's."""
    if report is None or report.year is None:
        return set()
    academic = {int(year) for year in (report.academic_year or "").split("-") if year}
    return {report.year, *academic, *({report.cohort} if report.cohort else ()), *({report.year - 1} if money else ())}


def years(figure: Figure) -> set[int]:
    """Years and classes that a figure's sentence, or its column, speaks of."""
    return _years_in(figure.before if figure.is_cell else figure.passage.text[figure.quote_start : figure.quote_end])
