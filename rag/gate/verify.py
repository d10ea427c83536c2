"""The gate: every figure of a draft is quoted from its citation, computed from cited figures, or taken out.

A figure is quoted when one equal to it in value, unit and bound stands in the quote of its own citation, and what
the answer says of it (its words, a year, a college) does not contradict what the report prints it under. What else
the cited passage holds proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.domain.colleges import mentioned
from rag.figures.extraction import passage_rows, passage_to_figures
from rag.gate.claims import FOLLOWING, Claim, letters_of, markup_to_claims, without_names, years_of
from rag.gate.markup import Markup, markup_to_text, text_to_markup
from rag.gate.subject import contradicts, masked_clauses
from rag.language.numbers import cell_number, find_numbers, find_scopes, same_bound, same_value
from rag.language.text import matching_key, unique
from rag.records import AnswerFigure, AnswerStatus, Citation, Computation, Draft, Figure, Number, Report, Table
from rag.structure.tables.joining import header_labels, row_text

UNVERIFIED = "（未能核实的数字）"
"""What stands where a figure was taken out."""
MIN_VERBATIM = 3
"""Characters beside its figures that a clause needs to be known again word for word."""
MIN_FOLLOWING = 2
"""Letters that must follow a row number in an answer as they do in print."""

_OPERAND = re.compile(r"(?P<value>\d[\d.,]*[^\d\[\]]{0,6})\[(?P<n>\d+)\]")
_LAST_YEAR = re.compile("上年|去年|上一年|上一?学年|同比|上届")


@dataclass(frozen=True, slots=True)
class Gated:
    """A draft's text after the gate, its figures in order, and what was taken out."""

    text: str
    figures: tuple[AnswerFigure, ...]
    unsupported: tuple[str, ...]
    is_maimed: bool = False
    """Whether one of those taken out was bold, so that what was asked is no longer wholly answered."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A citation with the figures its quote and its passage hold."""

    citation: Citation
    report: Report | None
    quoted: tuple[Figure, ...]
    passage: tuple[Figure, ...]
    unread: tuple[tuple[Number, str], ...]
    """Numbers of the quote and its labels that are no figures where they are printed, with what follows them."""
    clauses: Mapping[str, Sequence[tuple[Number, ...]]]
    """Its clauses with their figures masked, and those figures."""
    years: frozenset[int]
    """Years its quote, with headings, caption and header, names."""


def draft_to_gated(
    draft: Draft,
    tables: Mapping[str, Table],
    reports: Mapping[str, Report] | None = None,
    is_mistaken: Callable[[Claim, AnswerFigure], bool] = lambda claim, figure: False,
) -> Gated:
    """The draft with every unproved figure removed.

    `tables` by id are those its passages were taken from. With `reports` by id, a figure of one college's or one
    year's report is no longer let through as another's. A proved figure goes too where `is_mistaken` says so.
    """
    gated, void = _gated(draft, tables, reports or {}, is_mistaken)
    while void:
        draft = replace(draft, computations=tuple(c for c in draft.computations if c not in void))
        gated, void = _gated(draft, tables, reports or {}, is_mistaken)
    return gated


def _gated(
    draft: Draft,
    tables: Mapping[str, Table],
    known: Mapping[str, Report],
    is_mistaken: Callable[[Claim, AnswerFigure], bool],
) -> tuple[Gated, list[Computation]]:
    """The draft with every unproved figure removed, and the computations that rest on one of those."""
    names = _names(draft.citations, known)
    sources = {citation.n: _source(citation, tables, known, names) for citation in draft.citations}
    markup = text_to_markup(draft.text)
    figures: list[AnswerFigure] = []
    removed: list[Claim] = []
    for claim in markup_to_claims(markup, names):
        figure = _prove(claim, sources, draft.computations, known)
        if figure is None or is_mistaken(claim, figure):
            removed.append(claim)
            continue
        asked = draft.status is AnswerStatus.ANSWERED and _is_bold(claim.number, markup)
        figures.append(replace(figure, role="answer" if asked else "context"))
    spans = [(claim.number.start, claim.number.end) for claim in removed]
    text = markup_to_text(markup, spans, UNVERIFIED) if removed else draft.text
    void = [c for c in draft.computations if any(_rests_on(c, claim) for claim in removed)]
    is_maimed = any(_is_bold(claim.number, markup) for claim in removed)
    return Gated(text, tuple(figures), tuple(claim.number.text for claim in removed), is_maimed), void


def _is_bold(number: Number, markup: Markup) -> bool:
    return any(start < number.end and number.start < end for start, end in markup.bold)


def _rests_on(computation: Computation, claim: Claim) -> bool:
    """Whether a figure of an answer is an operand of a computation: the same value beside the same marker."""
    operands = ((find_numbers(match["value"]), int(match["n"])) for match in _OPERAND.finditer(computation.formula))
    return any(n in claim.cited and values and values[0].value == claim.number.value for values, n in operands)


def _source(
    citation: Citation, tables: Mapping[str, Table], reports: Mapping[str, Report], names: Sequence[str]
) -> _Source:
    passage, table = citation.passage, tables.get(citation.passage.table_id or "")
    figures = passage_to_figures(passage, table)
    quoted = tuple(f for f in figures if citation.quote_start <= f.start and f.end <= citation.quote_end)
    labels = _labels_around(citation, table) if table else ()
    return _Source(
        citation,
        reports.get(passage.report_id),
        quoted,
        figures,
        tuple(_unread(citation, quoted, labels)),
        {} if table else _clauses(without_names(citation.quote, names)),
        years_of(find_scopes("，".join([citation.quote, *labels, *passage.path]))),
    )


def _clauses(quote: str) -> dict[str, list[tuple[Number, ...]]]:
    """The quote's clauses as it stands and as it reads within a line, where a row number counts as a figure."""
    return masked_clauses(f"：{quote}", find_numbers(f"：{quote}")) | masked_clauses(quote, find_numbers(quote))


def _labels_around(citation: Citation, table: Table) -> tuple[str, ...]:
    """What names the cited rows beside what is printed in them: caption, header, and cells merged with others above."""
    rows = [
        row
        for start, row in passage_rows(citation.passage, table)
        if citation.quote_start <= start < citation.quote_end
        or start <= citation.quote_start < start + len(row_text(row))
    ]
    merged = [text for row in rows for text, printed in zip(row.filled, row.printed, strict=False) if text != printed]
    return unique([table.caption, *header_labels(table.rows, table.header_rows), *merged])


def _unread(citation: Citation, quoted: Sequence[Figure], labels: Sequence[str]) -> Iterator[tuple[Number, str]]:
    """Row numbers, numbers that open a line, and those in the labels of rows and columns, with what follows them."""
    for text in (citation.quote.replace("\t", "，"), *labels):
        for number in find_numbers(f"：{text}"):
            start, end = number.start - 1, number.end - 1
            at = citation.quote_start
            if text in labels or all(at + end <= f.start or f.end <= at + start for f in quoted):
                yield number, letters_of(text[end : end + FOLLOWING])


def _names(citations: Sequence[Citation], reports: Mapping[str, Report]) -> tuple[str, ...]:
    """Names of the cited reports and of whose they are."""
    cited = [report for citation in citations if (report := reports.get(citation.passage.report_id)) is not None]
    return unique(name for report in cited for name in (report.title, report.college, *report.short_names) if name)


def _prove(
    claim: Claim,
    sources: Mapping[int, _Source],
    computations: Sequence[Computation],
    reports: Mapping[str, Report],
) -> AnswerFigure | None:
    number = claim.number
    for computation in computations:
        if any(same_value(number, result) for result in find_numbers(computation.text)):
            return _figure(number, "computed", computation.citations, computation.formula)
        if operand := _operand(claim, computation, sources):
            return operand
    proved = tuple(n for n in claim.cited if n in sources and _is_proved(claim, sources[n], reports))
    if not proved:
        return None
    scope = "，".join(unique(scope for n in proved for scope in _scopes(number, sources[n])))
    return _figure(number, "quoted", proved, None, scope)


def _operand(claim: Claim, computation: Computation, sources: Mapping[int, _Source]) -> AnswerFigure | None:
    """A figure that stands in a formula as `34118.10[1]`: without its unit, beside the marker of its own citation."""
    if not claim.cited or f"{claim.number.text}[{claim.cited[0]}]" not in computation.formula:
        return None
    source = sources.get(claim.cited[0])
    values = {figure.number.value for figure in source.quoted} if source else set()
    return _figure(claim.number, "quoted", claim.cited[:1], None) if claim.number.value in values else None


def _is_proved(claim: Claim, source: _Source, reports: Mapping[str, Report]) -> bool:
    """Whether a citation's quote holds a figure that the answer's restates."""
    if _is_other_year(claim, source) or _is_other_college(claim, source, reports):
        return False
    known = source.clauses.get(claim.said.masked, ()) if len(claim.said.masked) >= MIN_VERBATIM else ()
    if known:
        return any(_same(claim.number, numbers[claim.said.place]) for numbers in known)
    equal = [figure for figure in source.quoted if _restates(claim.number, figure)]
    span = (source.citation.quote_start, source.citation.quote_end)
    return any(not contradicts(claim.said, figure, source.passage, span) for figure in equal) or any(
        _same(claim.number, number) and claim.following[:MIN_FOLLOWING] == following[:MIN_FOLLOWING] != ""
        for number, following in source.unread
    )


def _same(one: Number, other: Number) -> bool:
    return same_value(one, other) and same_bound(one, other)


def _restates(number: Number, figure: Figure) -> bool:
    """Whether two figures are equal; a bare number may stand for a cell that is printed bare."""
    if not same_bound(number, figure.number):
        return False
    if same_value(number, figure.number):
        return True
    printed = cell_number(figure.passage.text[figure.start : figure.end]) if figure.is_cell else None
    return printed is not None and not printed.unit and same_value(number, printed)


def _is_other_year(claim: Claim, source: _Source) -> bool:
    """Whether an answer gives a figure a year that its quote, or, where that names none, its report, does not."""
    if not claim.years:
        return False
    if source.years:
        before = {year - 1 for year in source.years} if _LAST_YEAR.search(source.citation.quote) else set()
        return not claim.years <= source.years | before
    stated = years_of(find_scopes(source.citation.passage.text))
    if (report := source.report) is not None and report.year is not None:
        academic = {int(year) for year in (report.academic_year or "").split("-") if year}
        stated |= {report.year, report.year - 1, report.cohort or report.year, *academic}
    return bool(stated) and not claim.years & stated


def _is_other_college(claim: Claim, source: _Source, reports: Mapping[str, Report]) -> bool:
    """Whether an answer gives a figure, in the nearest clause that names any, only colleges its citation is not of.

    Others that the quote itself speaks of (与西山职院共建) say nothing either way.
    """
    if source.report is None or not source.report.college:
        return False
    names = {report.college: report.short_names for report in reports.values() if report.college}
    own = " ".join([source.report.college, *source.citation.passage.path, source.citation.quote])
    printed = {name for name in names if matching_key(name) in matching_key(own)}
    beside = mentioned(own, names).keys() - printed
    for clause in claim.clauses:
        named = mentioned(clause, names).keys()
        if named & printed or named - beside:
            return not named & printed
    return False


def _scopes(number: Number, source: _Source) -> Iterator[str]:
    """The years and dates printed with a figure: in its sentence before it, or in its row, header and caption."""
    figure = next((figure for figure in source.quoted if _restates(number, figure)), None)
    if figure is not None:
        text = f"{figure.near}，{figure.before}，{figure.about}" if figure.is_cell else figure.before
        yield from (scope.text for scope in find_scopes(text)[-2:])


def _figure(
    number: Number, kind: str, citations: tuple[int, ...], formula: str | None, scope: str = ""
) -> AnswerFigure:
    return AnswerFigure(number.text, number.value, number.unit, "context", kind, citations, formula, scope)
