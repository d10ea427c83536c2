"""Made-up passages, tables and reports for the tests of answering and of the gate."""

from __future__ import annotations

from collections.abc import Sequence

from rag.domain.short_names import short_names
from rag.records import Citation, Passage, Report, ReportKind, Table, TableRow
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
