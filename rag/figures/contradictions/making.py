"""What was found as the contradictions that are kept: every figure with its place, and a note in Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.figures.context import Comparable
from rag.figures.contradictions.misfits import Misfit
from rag.figures.contradictions.notes import difference_note, label_of, misfit_note, scope_note, unit_note
from rag.figures.entries import in_its_line
from rag.records import Contradiction, ContradictionKind, Figure, Section

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

    def in_line(self, figure: Figure) -> Figure:
        """A figure in its paragraph or row."""
        return in_its_line(figure, self.sections[figure.passage.section_id])

    def rivals(self, kind: ContradictionKind, items: Sequence[Comparable]) -> Contradiction:
        """Figures that are said of one thing."""
        refs = [self.in_line(item.figure) for item in items]
        labels = [label for ref in refs if (label := label_of(ref))]
        named = min(
            (label for label in labels if len(label) >= MIN_LABEL), key=len, default=max(labels, key=len, default="")
        )
        return Contradiction("", self.report_id, kind, named, tuple(refs), (), _NOTES[kind](refs))

    def misfit(self, misfit: Misfit) -> Contradiction:
        """A figure that does not follow from its operands."""
        operands = tuple(map(self.in_line, misfit.operands))
        figure = self.in_line(misfit.figure)
        named = operands[0] if misfit.kind is not ContradictionKind.TOTAL else figure
        label = label_of(named) or label_of(figure) or figure.about
        return Contradiction("", self.report_id, misfit.kind, label, (figure,), operands, misfit_note(misfit))


def numbered(found: Iterable[Contradiction]) -> tuple[Contradiction, ...]:
    """Contradictions with ids that say their place in the report."""
    return tuple(replace(item, id=f"{item.report_id}#d{at:04d}") for at, item in enumerate(found, 1))
