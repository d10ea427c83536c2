"""Whether a figure or sentence is about the college and the years asked about."""

from __future__ import annotations

from rag.domain.colleges import names_in
from rag.domain.short_names import short_names
from rag.language.numbers import find_scopes, unit_class
from rag.language.text import matching_key, text_key
from rag.records import Evidence, Figure, Query, Report

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
    if not all(_names(text, name) for name in query.unknown_colleges):
        return False
    if not query.colleges or (report is not None and report.college in query.colleges):
        return True
    return any(_names(text, name) for name in query.colleges)


def _names(text: str, college: str) -> bool:
    """Whether a text names a college, in full where the question is short: 黄冈职院 is 黄冈职业技术学院."""
    return matching_key(college) in text_key(text) or any(college in short_names(name) for name in names_in(text))


def scope_factor(figure: Figure, query: Query, report: Report | None) -> float:
    """0 for a figure of other years than the asked ones; a little more for one that says its year."""
    asked = _scopes(f"{query.focus} {query.carried}")
    if not asked:
        return 1.0
    own = _scopes(f"{figure.before} {figure.near if figure.is_cell else ''}")
    stated = own or _scopes(f"{unit_text(figure)} {figure.about}")
    wanted = {year for _, year in asked}
    if stated:
        return SAYS_YEAR if {year for _, year in stated} & wanted else 0.0
    money = unit_class(figure.number.unit) == "money"
    return 1.0 if any(year in _years_of_report(report, kind, money=money) for kind, year in asked) else 0.0


def _scopes(text: str) -> set[tuple[str, int]]:
    """(kind, year) of every year a text names; years of entry (2021级) say of whom, not of when."""
    return {(scope.kind, year) for scope in find_scopes(text) if scope.kind != "enrolment" for year in scope.years}


def _years_of_report(report: Report | None, kind: str, *, money: bool) -> set[int]:
    """The years of one kind that a report speaks of where it names none: its class, its academic year, its own year;
    money is that of the year before too."""
    if report is None or report.year is None:
        return set()
    if kind == "cohort":
        return {report.cohort or report.year}
    if kind == "academic_year" and report.academic_year:
        return {int(year) for year in report.academic_year.split("-")}
    return {report.year, report.year - 1} if money else {report.year}


def years(figure: Figure) -> set[int]:
    """Years and classes that a figure's sentence, or its column, speaks of."""
    text = figure.before if figure.is_cell else figure.passage.text[figure.quote_start : figure.quote_end]
    return {year for _, year in _scopes(text)}
