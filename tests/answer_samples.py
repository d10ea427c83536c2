"""Made-up passages, tables and reports for the tests of answering and of the gate."""

from __future__ import annotations

from collections.abc import Sequence

from rag.domain.short_names import short_names
from rag.figures.entries import figures_to_entries
from rag.figures.extraction import passage_to_figures
from rag.language.numbers import find_numbers
from rag.records import AnswerFigure, Citation, Figure, FigureEntry, Passage, Report, ReportKind, Table, TableRow
from rag.structure.tables.joining import row_text


def make_passage(
    text: str, *, path: Sequence[str] = ("一、概况",), report: str = "a.txt", table: str | None = None
) -> Passage:
    return Passage(
        f"{report}#{text[:12]}",
        report,
        f"{report}#{text[:12]}",
        tuple(path),
        0,
        len(text),
        text,
        0,
        len(text),
        1,
        "1",
        1.0,
        table,
    )


def make_table(rows: Sequence[Sequence[str]], *, caption: str = "", unit: str = "", header_rows: int = 1) -> Table:
    """A table; a cell `^` is merged with the one above."""
    filled: list[tuple[str, ...]] = []
    for row in rows:
        filled.append(tuple(filled[-1][i] if cell == "^" else cell for i, cell in enumerate(row)))
    printed = [tuple("" if cell == "^" else cell for cell in row) for row in rows]
    made = tuple(TableRow(p, f, 1) for p, f in zip(printed, filled, strict=True))
    return Table("t1", "a.txt", "s1", caption, unit, header_rows, made)


def table_passage(table: Table) -> Passage:
    return make_passage("".join(f"{row_text(row)}\n" for row in table.rows), table=table.id)


def cite(passage: Passage, quote: str = "", n: int = 1) -> Citation:
    """A citation of the passage's part that is `quote`, of the whole where that is empty."""
    start = passage.text.index(quote)
    return Citation(n, passage, start, start + len(quote or passage.text.rstrip()), passage.page, passage.page_label)


def make_report(
    identity: str,
    college: str,
    kind: ReportKind = ReportKind.QUALITY,
    year: int = 2023,
    academic_year: str | None = None,
) -> Report:
    title = f"{college}{year}年{kind.value}"
    return Report(
        identity, title, college, short_names(college), kind, year, year, academic_year, identity, identity, "pdf", 1
    )


def cited_figures(citation: Citation, table: Table | None = None) -> list[Figure]:
    """The printed figures of a citation's quote."""
    figures = passage_to_figures(citation.passage, table)
    return [f for f in figures if citation.quote_start <= f.start and f.end <= citation.quote_end]


def printed_in(citations: Sequence[Citation], table: Table | None = None) -> tuple[FigureEntry, ...]:
    """The lines of the figure table for all that these citations hold."""
    return figures_to_entries(
        figure for c in citations for figure in cited_figures(c, table if c.passage.table_id else None)
    )


def quoted_figure(text: str, citation: Citation, table: Table | None = None, role: str = "answer") -> AnswerFigure:
    """A figure of an answer, the one of that value in the citation's quote; with no id where there is none."""
    (number,) = find_numbers(text)
    held = cited_figures(citation, table if citation.passage.table_id else None)
    identity = next((f.id for f in held if f.number.value == number.value), "")
    return AnswerFigure(text, number.value, number.unit, role, "quoted", (citation.n,), id=identity)
