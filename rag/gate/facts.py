"""Whose, of when and in what unit an answer says a placed figure is, against what its report says.

Each verdict is True where the answer is certainly wrong, so that the figure goes; False where it may be; None where it is
right or says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.domain.colleges import mentioned, placed_names
from rag.domain.short_names import colleges_to_names
from rag.figures.context import ASPECTS
from rag.figures.time import figure_to_when
from rag.gate.claims import Claim, years_of
from rag.gate.markup import BLANK
from rag.gate.said import BECAME, LAST_YEAR
from rag.gate.sources import Source
from rag.language.numbers import find_numbers, find_scopes, unit_class
from rag.language.numbers.units import canonical
from rag.language.text import matching_key
from rag.records import Figure, Report

MIN_NAME = 3
"""Characters of a strange college's name: a place alone (咸宁) may be the place."""
_BEFORE = re.compile(rf"{LAST_YEAR.pattern}|同比")
_CONTRAST = re.compile(
    "最低|最高|最少|最多|另一|其他|其余|前者|后者|对方|两校|两所|相比|分别|而|(?<![占师])比(?![例重率])|差"
)
_SINCE = re.compile(rf"[、\s]*[比较][^，,的]*(?:{ASPECTS['change'].pattern})")
"""Names the time that a change is counted from (比2022年提高1.27个百分点), which is not when it is of."""
_TO = re.compile(rf"{BECAME}[为了约近{BLANK}\s]*$")
_FROM_AHEAD = re.compile(rf"[由从][^，,]{{0,4}}[{BLANK}\s]*$")
_FROM_BEHIND = re.compile(rf"[{BLANK}\s]*{BECAME}")
_UNIT_BEHIND = re.compile(rf"[ {BLANK}]*(?:[万亿](?!人空)|[%％‰]|个?百分点|倍|人次|[万亿]?元|平方米|亩)")


def college_differs(claim: Claim, figure: Figure, source: Source, reports: Mapping[str, Report]) -> bool | None:
    """Whether the nearest clause that names any college names only others than the figure's.

    Others that the quote itself speaks of (与西山职院共建) say nothing either way. A report of no one college (a circular
    on several) has its figures named by their rows, or by what its prose says somewhere before.
    """
    report = source.report
    if report is None:
        return None
    names = colleges_to_names(reports.values())
    told = "" if report.college or figure.is_cell else figure.passage.text
    row = figure.row.filled if figure.row else ()  # its first cells may be merged with those of rows above
    own = " ".join([report.college or "", report.title, *figure.passage.path, source.citation.quote, *row, told])
    printed = {name for name in names if matching_key(name) in matching_key(own)}
    beside = mentioned(own, names).keys() - printed
    for at, clause in enumerate(claim.clauses):
        spans = mentioned(clause, names)
        named = {name for name, (start, end) in spans.items() if end - start >= MIN_NAME}
        placed = [name for name, _ in placed_names(clause)]
        if spans.keys() & printed or any(_stands_in(name, own) for name in placed):
            return None
        strangers = {name for name in placed if not any(name in known for known in (*names, *named))}
        if (named | strangers) - beside:
            return not any(map(_CONTRAST.search, claim.clauses[: at + 1]))
    return None


def _stands_in(name: str, own: str) -> bool:
    """Whether a name stands in a text; in a clause a word may have joined it (近三年里某某学院)."""
    return matching_key(name) in matching_key(own) or any(name.endswith(known) for known, _ in placed_names(own))


def year_differs(claim: Claim, figure: Figure, source: Source) -> bool | None:
    """Whether an answer gives a figure a year that its quote, or, where that names none, its report, does not; or the
    year of another figure of its sentence."""
    if not claim.years:
        return None
    if _SINCE.match(figure.near) and source.report is not None and claim.years <= source.report.years:
        return None
    if source.years:
        before = {year - 1 for year in source.years} if _BEFORE.search(source.citation.quote) else set[int]()
        known = source.years | before
        if not claim.years & known:
            return None if _is_of_lead(claim, figure, source) else claim.has_own_years
        if not claim.years <= known:
            is_reports = source.report is not None and claim.years <= source.report.years
            is_right = is_reports and figure_to_when(figure).years <= claim.years
            return None if is_right or not claim.has_own_years else False
        return _is_of_another(claim, figure, source)
    stated = set(years_of(find_scopes(source.citation.passage.text)))
    if (report := source.report) is not None and report.year is not None:
        stated |= report.years
    return claim.has_own_years if stated and not claim.years & stated else None


def _is_of_lead(claim: Claim, figure: Figure, source: Source) -> bool:
    """Whether a figure has no time of its own, and what stands before its quote has the answer's (2023届毕业生…。其中升学
    率19.39%，比2022届的16.83%有较大提高)."""
    if figure.is_cell or figure_to_when(figure).years:
        return False
    lead = find_scopes(source.citation.passage.text[: source.citation.quote_start])
    return claim.years <= years_of(scope for scope in lead if scope.kind != "enrolment")


def _is_of_another(claim: Claim, figure: Figure, source: Source) -> bool | None:
    """Whether of the figures of a sentence or row, each with its year, an answer gives one the year of another."""
    own = figure_to_when(figure).years
    if not own or claim.years & own or _SINCE.match(figure.near):
        return None
    rivals = [
        f for f in source.quoted if f.id != figure.id and unit_class(f.number.unit) == unit_class(figure.number.unit)
    ]
    if any(claim.years <= figure_to_when(other).years for other in rivals):
        return claim.has_own_years
    return None


def date_differs(claim: Claim, figure: Figure, source: Source) -> bool | None:
    """Whether an answer gives a figure the date of another one of its passage in that kind of unit; or one that has none
    of its own another date than the last before it."""
    own = figure_to_when(figure).dates
    if not claim.dates or claim.dates & own:
        return None
    if not own:
        before = find_scopes(figure.passage.text[: figure.quote_start])
        last = next((scope for scope in before[::-1] if scope.month and scope.day), None)
        is_other_year = last and last.years and claim.years and not claim.years & set(last.years)
        return False if last and ((last.month, last.day) not in claim.dates or is_other_year) else None
    kind = unit_class(figure.number.unit)
    others = (f for f in source.passage if unit_class(f.number.unit) == kind)
    return False if any(claim.dates <= figure_to_when(other).dates for other in others) else None


def unit_differs(claim: Claim, figure: Figure) -> bool | None:
    """Whether the words straight behind a figure give it another unit: 12345人万人."""
    match = _UNIT_BEHIND.match(claim.behind)
    if match is None:
        return None
    typed = next((n for n in find_numbers(f"1{claim.behind.lstrip(f' {BLANK}')[:4]}") if n.start == 0), None)
    if typed is None or not (typed.unit or typed.value != 1) or typed.bound:
        return None
    (_, said), (_, printed) = canonical(typed.unit), canonical(figure.number.unit)
    if typed.value == 1 and (said.base == printed.base or not printed.name):
        return None
    return True


def end_differs(claim: Claim, figure: Figure) -> bool | None:
    """Whether of a change from one figure to another (由74.5%升至81.3%) an answer gives the one for the other."""
    text, to = figure.passage.text, bool(_TO.search(claim.ahead))
    printed = bool(_TO.search(text, figure.quote_start, figure.start)), bool(_FROM_BEHIND.match(text, figure.end))
    said = to, bool(_FROM_BEHIND.match(claim.behind) or (not to and _FROM_AHEAD.search(claim.ahead)))
    return False if said[0] != said[1] and said == printed[::-1] else None
