"""Sections → chunks: never across a section, within a token budget, tables by whole rows under their header.

The chunks of a section rejoin to its text. What a piece needs to be understood by itself (college, kind, year, heading
path; a table's caption, unit and header) is embedded before it and never quoted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rag.language.text import sentence_spans
from rag.records import Chunk, Report, Section, Table
from rag.structure.passages import page_at
from rag.structure.tables.joining import header_labels

TokenCounter = Callable[[str], int]
MAX_TITLE_ABOVE = 60
MIN_CHUNK_TOKENS = 40
"""A budget below this would cut inside sentences everywhere."""

MIN_ATOM = 20
"""Characters of the pieces a clause without commas is cut into: they fit any budget."""

_FIGURE_BEFORE = re.compile(
    r"[0-9０-９零〇一二两三四五六七八九十百千万亿几数余多近约超第][^，。]{0,5}\Z|[A-Za-z（(《“‘]\Z"
)
"""Within six characters before a cut, a figure that its unit may go on from."""
_APART = re.compile(r"[\u4e00-\u9fff](?<![零一二两三四五六七八九十百千万亿几余多个元人])|[ （(《“‘]")
_CLAUSE_END = re.compile(r"[，、：,:\t]")


def sections_to_chunks(
    report: Report,
    sections: Sequence[Section],
    tables: Sequence[Table],
    count_tokens: TokenCounter,
    max_chunk_tokens: int,
) -> tuple[Chunk, ...]:
    """Chunks of all sections in reading order."""
    tables_by_id = {table.id: table for table in tables}
    chunks: list[Chunk] = []
    for section in sections:
        contexts: dict[str | None, str] = {}
        for start, end, table_id in _pieces(section, count_tokens, max(max_chunk_tokens, MIN_CHUNK_TOKENS)):
            if table_id not in contexts:
                contexts[table_id] = _context(report, section, tables_by_id.get(table_id or ""))
            chunk = Chunk(
                id=f"{report.id}#c{len(chunks) + 1:05d}",
                report_id=report.id,
                section_id=section.id,
                ordinal=len(chunks),
                start=start,
                end=end,
                text=section.text[start:end],
                context=contexts[table_id],
                page=page_at(section.page_marks, start).page,
                table_id=table_id if table_id in tables_by_id else None,
            )
            chunks.append(chunk)
    return tuple(chunks)


def _context(report: Report, section: Section, table: Table | None) -> str:
    scope = [report.college, f"{report.year}年" if report.year else "", report.kind.value]
    lines = [" ".join(filter(None, scope)), " > ".join(section.path)]
    if table is not None:
        labels = header_labels(table.rows, table.header_rows)
        lines += [table.caption or _line_above(section, table), table.unit, "　".join(filter(None, labels))]
    return "\n".join(filter(None, lines))


def _line_above(section: Section, table: Table) -> str:
    """The line a table without a caption stands under, where it is short enough to be its title."""
    start = next((a for identity, a, _ in section.table_spans if identity == table.id), 0)
    line = section.text[max(0, start - 2 * MAX_TITLE_ABOVE) : start].rstrip("\n").rpartition("\n")[2]
    return line if len(line) <= MAX_TITLE_ABOVE else ""


def _pieces(section: Section, count: TokenCounter, budget: int) -> Iterator[tuple[int, int, str | None]]:
    """(start, end, table id) of each chunk; together they cover the section's text."""
    at = 0
    for table_id, start, end in section.table_spans:
        yield from ((a, b, None) for a, b in _pack(section.text, at, start, count, budget, _sentence_units))
        yield from ((a, b, table_id) for a, b in _pack(section.text, start, end, count, budget, _row_units))
        at = end
    yield from ((a, b, None) for a, b in _pack(section.text, at, len(section.text), count, budget, _sentence_units))


def _pack(
    text: str,
    start: int,
    end: int,
    count: TokenCounter,
    budget: int,
    units: Callable[[str, int, int, TokenCounter, int], Iterator[tuple[int, int]]],
) -> Iterator[tuple[int, int]]:
    """Spans that fill the budget with whole units."""
    opened, used = start, 0
    for unit_start, unit_end in units(text, start, end, count, budget):
        tokens = count(text[unit_start:unit_end])
        if used and used + tokens > budget:
            yield opened, unit_start
            opened, used = unit_start, 0
        used += tokens
    if opened < end:
        yield opened, end


def _row_units(text: str, start: int, end: int, count: TokenCounter, budget: int) -> Iterator[tuple[int, int]]:
    at = start
    while at < end:
        line_end = text.find("\n", at, end)
        line_end = end if line_end < 0 else line_end + 1
        yield at, line_end
        at = line_end


def _sentence_units(text: str, start: int, end: int, count: TokenCounter, budget: int) -> Iterator[tuple[int, int]]:
    for sentence_start, sentence_end in sentence_spans(text[start:end]):
        a, b = start + sentence_start, start + sentence_end
        if count(text[a:b]) <= budget:
            yield a, b
        else:
            yield from _clause_units(text, a, b, count, budget)


def _clause_units(text: str, start: int, end: int, count: TokenCounter, budget: int) -> Iterator[tuple[int, int]]:
    """A sentence over the budget, cut after commas; a clause over it, between characters that belong to no figure."""
    at = start
    cuts = [match.end() + start for match in _CLAUSE_END.finditer(text[start:end])]
    for cut in [*cuts, end]:
        if cut > at and (cut == end or not _splits_number(text, cut)):
            if count(text[at:cut]) <= budget:
                yield at, cut
            else:
                yield from _atoms(text, at, cut)
            at = cut


def _atoms(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Pieces of a clause without commas, as short as they may be and never cut within a figure and its unit."""
    at = start
    for cut in range(start + MIN_ATOM, end):
        if (
            cut - at >= MIN_ATOM
            and not _FIGURE_BEFORE.search(text, max(start, cut - 6), cut)
            and _APART.match(text, cut)
        ):
            yield at, cut
            at = cut
    yield at, end


def _splits_number(text: str, cut: int) -> bool:
    """Whether a cut stands inside a figure such as 1,234 or 15：1."""
    before, after = text[max(0, cut - 8) : cut].rstrip(" "), text[cut : cut + 8].lstrip(" ")
    return before[-1:] in ",，：:" and before[-2:-1].isdigit() and after[:1].isdigit()
