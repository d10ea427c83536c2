"""What may be asked of the store's figures, and of what is made of figures."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from rag.figures.entries import entries_to_contradictions, entry_to_figure, in_its_line, passages_to_figures
from rag.figures.extraction import section_to_passages
from rag.index.queries import ReportQueries
from rag.records import Contradiction, ContradictionEntry, Figure, FigureEntry, Passage
from rag.structure.passages import section_to_passage


class FigureQueries(ReportQueries):
    """Reads figures, each with its passage and table, and the contradictions between them."""

    def contradictions(self, report_ids: Collection[str]) -> tuple[Contradiction, ...]:
        """Contradictions found in these reports, by report id and in the order found."""
        where = "WHERE report_id IN (SELECT value FROM json_each(?)) ORDER BY report_id, position"
        query = f"SELECT data FROM contradictions {where}"
        kept = self._values(ContradictionEntry, query, json.dumps(list(report_ids)))
        figures = self.figures_by_id({identity for item in kept for identity in (*item.figures, *item.operands)})
        return tuple(entries_to_contradictions(kept, figures))

    def figures(self, report_id: str) -> tuple[FigureEntry, ...]:
        """The report's figures in order of their place."""
        return self._values(FigureEntry, "SELECT data FROM figures WHERE report_id = ? ORDER BY position", report_id)

    def figures_by_id(self, ids: Collection[str]) -> dict[str, Figure]:
        """The figures of these ids, each in its paragraph or row; unknown ids are left out."""
        places = [(section, int(start)) for section, _, start in (identity.rpartition(":") for identity in ids)]
        query = """SELECT figures.data FROM json_each(?) AS place JOIN figures
                   ON figures.section_id = place.value ->> 0 AND figures.start = place.value ->> 1"""
        entries = self._values(FigureEntry, query, json.dumps(places))
        sections = self.sections_by_id({entry.section_id for entry in entries})
        tables = self.tables_by_id({entry.table_id for entry in entries if entry.table_id})
        wholes = {identity: section_to_passage(s, 0, len(s.text)) for identity, s in sections.items()}
        placed = (
            (sections[e.section_id], entry_to_figure(e, wholes[e.section_id], tables.get(e.table_id or "")))
            for e in entries
        )
        return {figure.id: in_its_line(figure, section) for section, figure in placed}

    def report_figures(self, report_id: str) -> tuple[Figure, ...]:
        """The report's figures in order of their place, each in its table or the prose between tables."""
        sections, tables = self.sections(report_id), self.tables(report_id)
        passages = [passage for section in sections for passage in section_to_passages(section)]
        return tuple(passages_to_figures(passages, self.figures(report_id), {table.id: table for table in tables}))

    def passage_figures(self, passages: Sequence[Passage]) -> tuple[Figure, ...]:
        """The figures of these passages, in order of passages and places; no others are loaded."""
        spans = json.dumps([(passage.section_id, passage.start, passage.end) for passage in passages])
        query = """SELECT DISTINCT figures.data FROM json_each(?) AS span JOIN figures
                   ON figures.section_id = span.value ->> 0 AND figures.start >= span.value ->> 1
                   AND figures.start < span.value ->> 2"""
        entries = self._values(FigureEntry, query, spans)
        tables = self.tables_by_id({entry.table_id for entry in entries if entry.table_id})
        return tuple(passages_to_figures(passages, entries, tables))
