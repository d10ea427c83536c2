"""Whether a figure is of the time asked for: by its own words, by those of its row and column, by its report."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.answering.built_in.said import Said
from rag.answering.built_in.wanted import Wanted
from rag.language.numbers import find_scopes
from rag.records import Report

_LAST_YEAR = re.compile(r"(?<!比)上一?(?:学?年|届|期)度?|去年|前一年|[期年]初")
_COMPARED = re.compile("[比较]|[增减]|变[化动]")
_THAN_LAST = re.compile(r"[比较]上一?(?:学?年|届|期)度?的$")
"""Right before a figure: that of the last year, not a change against it (比上年的47.31万元)."""
RIGHT_BEFORE = 8
"""Characters before a figure in prose that say of when it is."""
_ADMISSION = re.compile("招生|录取|报到|报考|新生|计划")
_MONTH = re.compile(r"(?<!\d)(1[0-2]|[1-9])月(?!份?至|以来)")
_YEAR_END = re.compile("年底|年末|年终")
Spans = frozenset[tuple[int, ...]]


def year_fit(said: Said, wanted: Wanted, report: Report | None) -> float:
    """1 where a figure says the year and month asked for, less where only its report is of one, -1 where it says another."""
    months = asked_months(wanted.clause) or asked_months(wanted.question)
    dates = {month for month, _ in said.context.when.dates}
    if months and dates and not months & dates:
        return -1.0
    of_month = 1.0 if months & dates else 0.0
    stated = _stated(said, report)
    if not wanted.spans:
        return max(of_month, float("last" in wanted.aspects and _is_of_last_year(said)))
    if stated:
        fit = max(_span_fit(asked, one) for asked in wanted.spans for one in stated)
        return (fit + of_month) / (2.0 if months else 1.0) if fit else -1.0
    return _report_fit(wanted.spans, report)


def is_stale(said: Said, wanted: Wanted, report: Report | None) -> bool:
    """Whether a figure is of a year before its report's last one, where the question names none."""
    if wanted.spans or "last" in wanted.aspects or report is None or not (own := _own_years(report)):
        return False
    stated = _stated(said, report)
    return bool(stated) and max(max(years) for years in stated) < max(own)


@lru_cache(maxsize=1_000)
def asked_months(question: str) -> frozenset[int]:
    """The months a question names as a cut-off: 12 for 年底, 8 for 8月底."""
    months = frozenset(int(match[1]) for match in _MONTH.finditer(question))
    return months | ({12} if _YEAR_END.search(question) else set())


def _stated(said: Said, report: Report | None) -> Spans:
    """The years, and academic years, a figure is of by its own words or its table's caption; of 上年 the one before its report's last."""
    if _is_of_last_year(said):
        return frozenset({(max(_own_years(report)) - 1,)} if report and _own_years(report) else ())
    label = f"{said.figure.near}，{said.figure.before}" if said.figure.is_cell else ""
    if spans := said.context.when.spans:
        return frozenset(years for _, years in spans) | _enrolments_in(label)
    return _years_in(label) or (_years_in(said.figure.about) if said.figure.is_cell else frozenset())


@lru_cache(maxsize=10_000)
def _years_in(text: str) -> Spans:
    """The years a text is of; 2022级 says when students began: only of their admission it says when that was."""
    begins = _ADMISSION.search(text) is not None
    return frozenset(s.years for s in find_scopes(text) if s.years and (begins or s.kind != "enrolment"))


@lru_cache(maxsize=10_000)
def _enrolments_in(label: str) -> Spans:
    """The years of the classes that entered then (2022级), by which the columns of a count of one day are told apart."""
    return frozenset(scope.years for scope in find_scopes(label) if scope.kind == "enrolment" and scope.years)


def _is_of_last_year(said: Said) -> bool:
    """Whether the row or column of a cell, or the words right before a figure in prose, say 上年 or 上学年."""
    figure = said.figure
    if "change" in said.context.aspects:
        return False
    if figure.is_cell:
        return _names_last_year(f"{figure.near} {figure.before}")
    before = figure.before[-RIGHT_BEFORE:]
    return (_LAST_YEAR.search(before) or _THAN_LAST.search(before)) is not None


@lru_cache(maxsize=10_000)
def _names_last_year(labels: str) -> bool:
    return any(_LAST_YEAR.search(label) and not _COMPARED.search(label) for label in re.split(r"[·\s]", labels))


def _span_fit(asked: tuple[int, ...], stated: tuple[int, ...]) -> float:
    """How well a year or academic year fits the one asked for, 0 to 1: 2022-2023学年 is mostly what 2023 means."""
    if asked == stated:
        return 1.0
    if len(asked) == 1:
        return 0.8 if asked[0] == stated[-1] else 0.3 if stated[0] <= asked[0] <= stated[-1] else 0.0
    return 0.5 if len(stated) == 1 and stated[0] in asked else 0.0


def _report_fit(spans: Spans, report: Report | None) -> float:
    """How well a report fits the years asked for, where a figure names none."""
    if report is None or report.year is None:
        return 0.0
    own = {(year,) for year in (report.year, report.cohort) if year} | {_academic(report)}
    fit = max(_span_fit(asked, one) for asked in spans for one in own if one)
    return 0.4 * fit if fit else -0.5 if (report.year - 1,) in spans else -1.0


def _academic(report: Report) -> tuple[int, ...]:
    return tuple(int(year) for year in (report.academic_year or "").split("-") if year)


def _own_years(report: Report) -> set[int]:
    return {year for year in (report.year, report.cohort, *_academic(report)) if year}
