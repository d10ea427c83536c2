"""Print every joined table of PDF reports, to be held against the printed pages."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.readers.pdf.reader import read_pdf
from rag.records import Page
from rag.structure.running_heads import drop_running_heads
from rag.structure.tables.joining import JoinedTable, header_labels, join_tables

MAX_PAGES = 2000


def table_lines(table: JoinedTable, pages: Sequence[Page]) -> Iterator[str]:
    """A table as text: what stands around it, then its rows, `=` before a place filled from a merged cell."""
    numbers = sorted({pages[page].number or 0 for page, _ in table.places})
    yield f"■ {table.caption or '（无表题）'}｜{table.unit or '（无单位）'}｜第 {numbers} 页｜{len(table.rows)} 行"
    yield f"  表头 {table.header_rows} 行：{' | '.join(header_labels(table.rows, table.header_rows))}"
    for row in table.rows:
        cells = [
            shown if shown or not filled else f"={filled}"
            for shown, filled in zip(row.printed, row.filled, strict=True)
        ]
        yield f"  {row.page or '-':>4}  {' | '.join(cells)}"
    if table.note:
        yield f"  注：{table.note}"
    yield from (f"  ⚠ {warning}" for warning in table.warnings)


def main() -> None:
    """Print the tables of the files named on the command line."""
    parser = argparse.ArgumentParser(description="列出报告中的每一张表，供对照原页核实")
    parser.add_argument("files", nargs="+", type=Path)
    for path in parser.parse_args().files:
        read = read_pdf(path.read_bytes(), max_pages=MAX_PAGES, announce_pages=lambda count: None)
        pages = drop_running_heads(read.pages)
        tables = join_tables(pages)
        print(f"# {path.name}：{len(tables)} 张表")
        for table in tables:
            print("\n".join(table_lines(table, pages)))


if __name__ == "__main__":
    main()
