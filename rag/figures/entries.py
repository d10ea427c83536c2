"""Figures → lines of the figure table, and back: a figure in whatever passage it is found, without reading the text anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rag.figures.context import Comparable, cell_label
from rag.figures.extraction import passage_to_figures
from rag.records import Contradiction, ContradictionEntry, Figure, FigureContext, FigureEntry, Passage, Section, Table
from rag.structure.passages import section_to_passage


def with_contexts(contexts: Iterable[Comparable]) -> tuple[Figure, ...]:
    """Each figure with what it is said of."""
    return tuple(replace(said.figure, context=_context(said)) for said in contexts)


def _context(said: Comparable) -> FigureContext:
    figure = said.figure
    of = figure.table_id.rpartition("#")[2] if figure.table_id else figure.passage.start + figure.quote_start
    return FigureContext(
        label=said.label,
        head=said.head.noun,
        qualifiers=said.head.qualifiers,
        rows=figure.context.rows,
        columns=figure.context.columns,
        aspects=said.aspects,
        time=said.when,
        kin=f"{of}|{said.head.noun}|{said.base}",
    )


def figures_to_entries(figures: Iterable[Figure]) -> tuple[FigureEntry, ...]:
    """A report's figures as they are kept; each place once."""
    rows: dict[str, Mapping[int, int]] = {}
    entries: dict[str, FigureEntry] = {}
    for figure in figures:
        table = figure.table
        if table and table.id not in rows:
            rows[table.id] = {id(row): at for at, row in enumerate(table.rows)}
        row = rows[table.id][id(figure.row)] if table else -1
        entries.setdefault(figure.id, _figure_to_entry(figure, row))
    return tuple(entries.values())


def _figure_to_entry(figure: Figure, row: int) -> FigureEntry:
    offset, context = figure.passage.start, figure.context
    near, before, label = _said_by_table(context, figure.near, figure.before)
    return FigureEntry(
        section_id=figure.passage.section_id,
        number=figure.number,
        start=figure.start + offset,
        end=figure.end + offset,
        quote_start=figure.quote_start + offset,
        quote_end=figure.quote_end + offset,
        near=None if figure.is_cell and figure.near == near else figure.near,
        before=None if not figure.is_cell or figure.before == before else figure.before,
        after=figure.after,
        is_total=figure.is_total,
        table_id=figure.table_id,
        row=row,
        column=figure.column,
        context=replace(context, label="") if figure.is_cell and context.label == label else context,
    )


def _said_by_table(context: FigureContext, near: str | None, before: str | None) -> tuple[str, str, str]:
    """What its row, its column and both together say of a cell, but for what is given of it otherwise."""
    row, column = " ".join(context.rows), "·".join(context.columns)
    own = row if near is None else near
    return row, column, cell_label(own, column if before is None else before)


def passages_to_figures(
    passages: Sequence[Passage], entries: Iterable[FigureEntry], tables: Mapping[str, Table]
) -> Iterator[Figure]:
    """The figures of each passage, in order of passages and places.

    `entries` are those of the passages' sections, or some of them; `tables` by id, those that cells are of.
    """
    sections: dict[str, list[FigureEntry]] = defaultdict(list)
    for entry in entries:
        sections[entry.section_id].append(entry)
    for passage in passages:
        held = (e for e in sections[passage.section_id] if passage.start <= e.start and e.end <= passage.end)
        for entry in sorted(held, key=lambda entry: entry.start):
            yield entry_to_figure(entry, passage, tables.get(entry.table_id or ""))


def entry_to_figure(entry: FigureEntry, passage: Passage, table: Table | None) -> Figure:
    """The figure in a passage that holds it; what of its sentence lies outside is cut off."""
    start, quote_start = entry.start - passage.start, max(entry.quote_start - passage.start, 0)
    near, before, context = entry.near or "", passage.text[quote_start:start], entry.context
    row, above = None, passage.path[-2:]
    if table is not None and entry.row >= 0:
        row, above = table.rows[entry.row], (table.caption, table.unit, *passage.path[-1:])
        names, header, label = _said_by_table(context, entry.near, entry.before)
        near = names if entry.near is None else entry.near
        before = header if entry.before is None else entry.before
        context = context if context.label else _labelled(context, label)
    return Figure(
        number=entry.number,
        passage=passage,
        start=start,
        end=entry.end - passage.start,
        quote_start=quote_start,
        quote_end=min(entry.quote_end, passage.end) - passage.start,
        near=near,
        before=before,
        after=entry.after,
        about=" ".join(above),
        is_cell=row is not None,
        is_total=entry.is_total,
        row=row,
        column=entry.column,
        table=table if row is not None else None,
        context=context,
    )


def _labelled(context: FigureContext, label: str) -> FigureContext:
    # As `replace` does, several times as fast: it is done for every cell of a passage.
    said = (context.rows, context.columns, context.aspects, context.time, context.kin)
    return FigureContext(label, context.head, context.qualifiers, *said)


def figures_of(passage: Passage, table: Table | None, known: Sequence[Figure]) -> Sequence[Figure]:
    """A passage's figures as they were understood when its report was read.

    Only a passage in which none of the `known` ones stands is read anew: a row that a contradiction cites.
    """
    return figures_within(passage, known) or passage_to_figures(passage, table)


def figures_within(passage: Passage, known: Iterable[Figure]) -> list[Figure]:
    """The known figures that a passage holds, each once, in order of their place in it: in whatever passage each is known."""
    low, high = passage.start, passage.end
    held = {
        figure.id: figure
        for figure in known
        if figure.passage.section_id == passage.section_id
        and low <= figure.passage.start + figure.start
        and figure.passage.start + figure.end <= high
    }
    moved = (figure if figure.passage is passage else _moved(figure, passage) for figure in held.values())
    return sorted(moved, key=lambda figure: figure.start)


def _moved(figure: Figure, passage: Passage) -> Figure:
    """The figure in another passage that holds it; what of its sentence lies outside is cut off."""
    by = figure.passage.start - passage.start
    start, quote_start = figure.start + by, max(figure.quote_start + by, 0)
    return replace(
        figure,
        passage=passage,
        start=start,
        end=figure.end + by,
        quote_start=quote_start,
        quote_end=min(figure.quote_end + by, len(passage.text)),
        before=figure.before if figure.is_cell else passage.text[quote_start:start],
    )


def in_its_line(figure: Figure, section: Section) -> Figure:
    """The figure in a passage that is its paragraph or its row."""
    offset, text = figure.passage.start, section.text
    start = text.rfind("\n", 0, figure.start + offset) + 1
    end = text.find("\n", figure.end + offset)
    by = offset - start
    focus = (max(figure.quote_start + by, 0), figure.quote_end + by)
    passage = section_to_passage(section, start, end if end >= 0 else len(text), focus=focus, table_id=figure.table_id)
    return _moved(figure, passage)


def contradiction_to_entry(found: Contradiction) -> ContradictionEntry:
    """A contradiction as it is kept."""
    figures, operands = (tuple(figure.id for figure in group) for group in (found.figures, found.operands))
    return ContradictionEntry(found.id, found.report_id, found.kind, found.indicator, figures, operands, found.note)


def entries_to_contradictions(
    kept: Iterable[ContradictionEntry], figures: Mapping[str, Figure]
) -> Iterator[Contradiction]:
    """Contradictions with their figures, given by id; one that misses any is left out."""
    for item in kept:
        if all(identity in figures for identity in (*item.figures, *item.operands)):
            disputed, operands = (tuple(figures[identity] for identity in ids) for ids in (item.figures, item.operands))
            yield Contradiction(item.id, item.report_id, item.kind, item.indicator, disputed, operands, item.note)
