"""What a citation of a draft proves: the figures its quote holds, its labels, its years, whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.figures.entries import figures_of
from rag.figures.extraction import passage_rows
from rag.gate.claims import FOLLOWING, letters_of, without_names, years_of
from rag.gate.said import Said, masked_clauses
from rag.language.clauses import sentence_before
from rag.language.numbers import find_numbers, find_scopes, same_bound, same_value
from rag.language.text import matching_key, unique
from rag.records import Citation, Figure, Number, Report, Table
from rag.structure.tables.joining import header_labels, row_text

MIN_VERBATIM = 3
"""Characters beside its figures that a clause needs to be known again word for word."""


@dataclass(frozen=True, slots=True)
class Source:
    """A citation with the figures its quote and its passage hold."""

    citation: Citation
    report: Report | None
    quoted: tuple[Figure, ...]
    passage: tuple[Figure, ...]
    unread: tuple[tuple[Number, str, bool], ...]
    """Numbers of the quote and its labels that are no figures where they are printed, with what follows them, and whether
    they are all that names a row (36-45岁)."""
    clauses: Mapping[str, Sequence[tuple[Number, ...]]]
    """Its clauses with their figures masked, and those figures."""
    years: frozenset[int]
    """Years its quote, with headings, caption and header, names."""
    words: str
    """Key of its quote with labels, headings and the names of its report."""
    lead: str
    """What stands before its quote in the sentence; `` for the row of a table."""

    def prints_otherwise(self, said: Said, number: Number) -> bool:
        """Whether its quote has an answer's clause word for word, with another figure in this place."""
        known = self.clauses.get(said.masked, ()) if len(said.masked) >= MIN_VERBATIM else ()
        return bool(known) and not any(is_same(number, numbers[said.place]) for numbers in known)

    def holds(self, figure: Figure) -> bool:
        """Whether the quote holds this figure."""
        return any(other.id == figure.id for other in self.quoted)


def citation_to_source(
    citation: Citation,
    tables: Mapping[str, Table],
    reports: Mapping[str, Report],
    names: Sequence[str],
    stored: Sequence[Figure] = (),
) -> Source:
    """All that is needed to hold an answer against a citation; its figures are those of the `stored` ones it holds.

    Only a passage that none of them stands in is read anew: a row that a contradiction cites.
    """
    passage, table = citation.passage, tables.get(citation.passage.table_id or "")
    report = reports.get(passage.report_id)
    figures = tuple(figures_of(passage, table, stored))
    quoted = tuple(f for f in figures if citation.quote_start <= f.start and f.end <= citation.quote_end)
    labels = _labels_around(citation, table) if table else ()
    lead = "" if table else sentence_before(passage.text, citation.quote_start)
    owner = (report.title, report.college, str(report.year), *report.short_names) if report else ()
    return Source(
        citation,
        report,
        quoted,
        figures,
        tuple(_unread(citation, quoted, labels)),
        {} if table else _clauses(without_names(citation.quote, names)),
        years_of(find_scopes("，".join([citation.quote, *labels, *passage.path]))),
        matching_key("，".join([citation.quote, *labels, *passage.path, *owner])),
        lead,
    )


def source_of(figure: Figure, cited: Sequence[int], sources: Mapping[int, Source]) -> Source | None:
    """The citation that holds a figure, one beside it (`cited`) before others; None where none does."""
    return next((sources[n] for n in (*cited, *sources) if n in sources and sources[n].holds(figure)), None)


def is_same(one: Number, other: Number) -> bool:
    """Whether two figures are equal, bound and all."""
    return same_value(one, other) and same_bound(one, other)


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


def _unread(citation: Citation, quoted: Sequence[Figure], labels: Sequence[str]) -> Iterator[tuple[Number, str, bool]]:
    """Row numbers, numbers that open a line, and those in the labels of rows and columns, with what follows them."""
    cells = {cell.strip() for cell in (*citation.quote.split("\t"), *labels)}
    for text in (citation.quote.replace("\t", "，"), *labels):
        for number in find_numbers(f"：{text}"):
            start, end = number.start - 1, number.end - 1
            at = citation.quote_start
            if text in labels or all(at + end <= f.start or f.end <= at + start for f in quoted):
                is_name = bool(number.unit) and number.text.strip() in cells
                yield number, letters_of(text[end : end + FOLLOWING]), is_name
