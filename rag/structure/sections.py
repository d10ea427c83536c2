"""Pages → sections: the table of contents set aside, headings stacked, paragraphs and tables put in their section."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from rag.language.headings import (
    SIZE_TOLERANCE,
    Heading,
    annex_heading,
    contents_titles,
    display_heading,
    line_to_heading,
)
from rag.language.text import matching_key
from rag.records import Line, Origin, Page, PageMark, RecognisedSpan, Section, SectionKind, Table, TableRow
from rag.structure.foot_notes import with_notes_before
from rag.structure.heading_stack import HeadingStack
from rag.structure.paragraphs import (
    Layout,
    Paragraph,
    PlacedLine,
    join_paragraph,
    lines_to_layout,
    opens_paragraph,
)
from rag.structure.tables.joining import JoinedTable, join_tables, row_text

COVER = "封面"
"""Heading given to what stands before the first heading."""
MIN_BODY_LENGTH = 40
"""Characters from which a paragraph below a line in other type shows that the line heads it."""
CHAPTER_SIZE = 1.2
"""Sizes of the body's type from which on a line heads what follows, be it another heading or a table."""
MAX_RUN_IN_TITLE = 40
"""Characters of a first sentence (一、高度重视，提高认识。) that heads its paragraph."""

_RUN_IN = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[（(][一二三四五六七八九十]{1,3}[)）])[^。；！？：\n]{2,}。(?=.)"
)


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading, a paragraph or a table, in reading order."""

    heading: Heading | None
    paragraph: Paragraph | None
    table: JoinedTable | None


def pages_to_sections(
    pages: Sequence[Page], report_id: str, outline: Sequence[tuple[int, str, int | None]] = ()
) -> tuple[tuple[Section, ...], tuple[Table, ...]]:
    """Sections and tables of a report whose pages have no running heads any more, in reading order."""
    tables = join_tables(pages)
    blocks = _with_display_headings(pages, list(_blocks(pages, tables, outline)))
    builder = _Builder(report_id)
    for block, following in zip_longest(blocks, blocks[1:]):
        builder.add(block, following)
    return builder.finish()


def _with_display_headings(pages: Sequence[Page], blocks: Sequence[_Block]) -> list[_Block]:
    """The blocks, lines that stand out by their type alone made headings: those that body text follows, and large ones
    behind the first body text (what is large before it belongs to the cover) whatever follows.
    """
    layout = lines_to_layout(
        [PlacedLine(item, page.number, page.label) for page in pages for item in page.items if isinstance(item, Line)]
    )
    found = []
    begun = False
    for block, following in zip_longest(blocks, blocks[1:]):
        begun = begun or _is_body(block, layout)
        if block.paragraph is not None and block.heading is None and following:
            first = block.paragraph.first
            is_followed = _is_body(following, layout)
            if not is_followed and not (begun and first.size > CHAPTER_SIZE * layout.body_size > 0):
                found.append(block)
                continue
            stands_out = first.bold and not layout.bold
            heading = display_heading(
                block.paragraph.text, size=first.size, body_size=layout.body_size, stands_out=stands_out
            )
            block = replace(block, heading=heading)
        found.append(block)
    return found


def _is_body(block: _Block, layout: Layout) -> bool:
    """Whether a block is a paragraph of running text in the body's type."""
    if block.paragraph is None or block.heading is not None:
        return False
    first, text = block.paragraph.first, block.paragraph.text
    plain = layout.bold or not first.bold
    return plain and len(text) >= MIN_BODY_LENGTH and "。" in text and first.size <= layout.body_size * SIZE_TOLERANCE


def _elements(pages: Sequence[Page], tables: Sequence[JoinedTable]) -> Iterator[PlacedLine | JoinedTable]:
    anchors: dict[tuple[int, int], list[JoinedTable]] = {}
    place = (0, 0)
    for table in tables:
        place = table.places[0] if table.places else place
        anchors.setdefault(place, []).append(table)
    taken = {place for table in tables for place in table.places}
    for page_index, page in enumerate(pages):
        for item_index, item in enumerate(page.items):
            if (page_index, item_index) in anchors:
                yield from anchors[page_index, item_index]
            elif (page_index, item_index) not in taken and isinstance(item, Line) and item.text.strip():
                yield PlacedLine(item, page.number, page.label)


def _blocks(
    pages: Sequence[Page], tables: Sequence[JoinedTable], outline: Sequence[tuple[int, str, int | None]]
) -> Iterator[_Block]:
    elements = list(_elements(pages, tables))
    texts = [element.line.text if isinstance(element, PlacedLine) else "" for element in elements]
    titles, contents = contents_titles(texts)
    levels = {matching_key(title): level for level, title, _ in outline}
    elements = [element for index, element in enumerate(elements) if index not in contents]
    layout = lines_to_layout([element for element in elements if isinstance(element, PlacedLine)])
    run: list[PlacedLine] = []
    for element in with_notes_before(elements, layout):
        if isinstance(element, JoinedTable):
            yield from _flush(run, layout, titles, levels)
            yield _Block(_annex_of(element, pages, layout), None, element)
            continue
        if run and (matching_key(run[-1].line.text) in titles or opens_paragraph(run[-1], element, layout)):
            yield from _flush(run, layout, titles, levels)
        run.append(element)
    yield from _flush(run, layout, titles, levels)


def _annex_of(table: JoinedTable, pages: Sequence[Page], layout: Layout) -> Heading | None:
    """The annex that a table is: its caption (附表二 …) stands in larger type than the body's."""
    if not table.places:
        return None
    page, item = table.places[0]
    line = pages[page].items[item]
    return annex_heading(table.caption, line.size, layout.body_size) if isinstance(line, Line) else None


def _flush(run: list[PlacedLine], layout: Layout, titles: frozenset[str], levels: dict[str, int]) -> Iterator[_Block]:
    if run:
        paragraph = join_paragraph(run)
        run.clear()
        yield _Block(_heading_of(paragraph, layout, titles, levels), paragraph, None)


def _heading_of(paragraph: Paragraph, layout: Layout, titles: frozenset[str], levels: dict[str, int]) -> Heading | None:
    key = matching_key(paragraph.text)
    line = paragraph.first
    heading = line_to_heading(
        paragraph.text,
        size=line.size,
        body_size=layout.body_size,
        bold=line.bold and not layout.bold,
        level=line.heading_level or levels.get(key),
        listed=key in titles,
    )
    if heading is None and (annex := annex_heading(paragraph.text, line.size, layout.body_size)):
        return annex
    run_in = _RUN_IN.match(paragraph.text) if heading is None else None
    if run_in and run_in.end() <= MAX_RUN_IN_TITLE:
        return line_to_heading(run_in.group()[:-1], size=line.size)
    return heading


class _Builder:
    """Collects text, page marks and tables of the open section."""

    def __init__(self, report_id: str) -> None:
        self._report_id = report_id
        self._stack = HeadingStack()
        self._sections: list[Section] = []
        self._tables: list[Table] = []
        self._start()

    def _start(self) -> None:
        self._texts: list[str] = []
        self._length = 0
        self._marks: list[PageMark] = []
        self._spans: list[tuple[str, int, int]] = []
        self._recognised: list[RecognisedSpan] = []

    def add(self, block: _Block, following: _Block | None) -> None:
        if block.heading is not None:
            self._close()
            self._stack.push(block.heading)
        if block.table is not None:
            self._add_table(block.table)
        elif block.paragraph is not None and not _only_leads(block, following):
            self._append(block.paragraph.text, block.paragraph.marks, block.paragraph.recognised)

    def finish(self) -> tuple[tuple[Section, ...], tuple[Table, ...]]:
        self._close()
        return tuple(self._sections), tuple(self._tables)

    def _append(self, text: str, marks: Sequence[PageMark], recognised: Sequence[RecognisedSpan] = ()) -> None:
        offset = self._length
        self._recognised += [replace(span, start=offset + span.start, end=offset + span.end) for span in recognised]
        for mark in marks:
            if not self._marks or mark.page != self._marks[-1].page:
                self._marks.append(replace(mark, start=offset + mark.start))
        self._texts += (text, "\n")
        self._length += len(text) + 1

    def _append_beside(self, text: str, row: TableRow) -> None:
        """Add a table's row, or what stands beside it, as printed or as recognised as the row."""
        is_printed = row.origin is Origin.PRINTED or not text
        recognised = () if is_printed else (RecognisedSpan(0, len(text), row.score),)
        self._append(text, [PageMark(0, row.page, row.label)], recognised)

    def _add_table(self, table: JoinedTable) -> None:
        identity = f"{self._report_id}#t{len(self._tables) + 1:03d}"
        start = self._length
        for line in table.lines:
            self._append_beside(line, table.rows[0])
        for row in table.rows:
            self._append_beside(row_text(row), row)
        if table.note:
            self._append_beside(table.note, table.rows[-1])
        self._spans.append((identity, start, self._length))
        self._tables.append(
            Table(
                id=identity,
                report_id=self._report_id,
                section_id=self._section_id,
                caption=table.caption,
                unit=table.unit,
                header_rows=table.header_rows,
                rows=table.rows,
                note=table.note,
                warnings=table.warnings,
            )
        )

    @property
    def _section_id(self) -> str:
        return f"{self._report_id}#s{len(self._sections) + 1:04d}"

    def _close(self) -> None:
        text = "".join(self._texts)
        if text.strip():
            self._sections.append(
                Section(
                    id=self._section_id,
                    report_id=self._report_id,
                    ordinal=len(self._sections),
                    path=self._stack.path or (COVER,),
                    kind=_kind(self._stack),
                    text=text,
                    page_marks=tuple(self._marks),
                    table_spans=tuple(self._spans),
                    recognised=tuple(self._recognised),
                )
            )
        self._start()


def _only_leads(block: _Block, following: _Block | None) -> bool:
    """A heading straight before another heading says nothing but its title, which the path keeps."""
    return (
        block.heading is not None
        and block.paragraph is not None
        and block.paragraph.text.replace("\t", " ") == block.heading.title
        and following is not None
        and following.heading is not None
        and following.heading.style != block.heading.style
    )


def _kind(stack: HeadingStack) -> SectionKind:
    forms = stack.forms
    if not forms:
        return SectionKind.FRONT
    if "case" in forms:
        return SectionKind.CASE
    return SectionKind.ANNEX if forms[0] == "annex" else SectionKind.BODY
