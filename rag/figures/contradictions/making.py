"""What was found as the contradictions that are kept: every figure with its place, and a note in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.figures.context import FigureContext
from rag.figures.contradictions.misfits import Misfit
from rag.figures.contradictions.notes import difference_note, label_of, misfit_note, scope_note, unit_note
from rag.records import Contradiction, ContradictionKind, Figure, FigureRef, Section
from rag.structure.passages import section_to_passage

MIN_LABEL = 4
"""Characters of a label that says what is counted."""
_NOTES = {
    ContradictionKind.DIFFERENT: difference_note,
    ContradictionKind.SCOPE: scope_note,
    ContradictionKind.UNIT: unit_note,
}


@dataclass(frozen=True, slots=True)
class Places:
    """Where the figures of a report stand."""

    report_id: str
    sections: Mapping[str, Section]

    def ref(self, figure: Figure) -> FigureRef:
        """A figure with its paragraph or row."""
        text = figure.passage.text
        start = text.rfind("\n", 0, figure.start) + 1
        end = text.find("\n", figure.end)
        low, high = start + figure.passage.start, (end if end >= 0 else len(text)) + figure.passage.start
        section = self.sections[figure.passage.section_id]
        focus = (figure.quote_start - start, figure.quote_end - start)
        table = figure.passage.table_id if figure.is_cell else None
        passage = section_to_passage(section, low, high, focus=focus, table_id=table)
        return FigureRef(
            figure.number,
            passage,
            figure.start - start,
            figure.end - start,
            figure.quote_start - start,
            figure.quote_end - start,
            label_of(figure),
            figure.about,
        )

    def rivals(self, kind: ContradictionKind, items: Sequence[FigureContext]) -> Contradiction:
        """Figures that are said of one thing."""
        refs = [self.ref(item.figure) for item in items]
        labels = [ref.label for ref in refs if ref.label]
        named = min(
            (label for label in labels if len(label) >= MIN_LABEL), key=len, default=max(labels, key=len, default="")
        )
        return Contradiction("", self.report_id, kind, named, tuple(refs), (), _NOTES[kind](refs))

    def misfit(self, misfit: Misfit) -> Contradiction:
        """A figure that does not follow from its operands."""
        operands = tuple(map(self.ref, misfit.operands))
        figure = self.ref(misfit.figure)
        named = operands[0] if misfit.kind is not ContradictionKind.TOTAL else figure
        label = named.label or figure.label or figure.about
        return Contradiction("", self.report_id, misfit.kind, label, (figure,), operands, misfit_note(misfit))


def numbered(found: Iterable[Contradiction]) -> tuple[Contradiction, ...]:
    """Contradictions with ids that say their place in the report."""
    return tuple(replace(item, id=f"{item.report_id}#d{at:04d}") for at, item in enumerate(found, 1))
