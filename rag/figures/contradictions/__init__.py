"""Figures of a report that cannot all be right: found when it is read, kept with it, shown when one is asked for.

The same thing printed with different figures; a total that is not the sum of its parts; a share that is not part ÷
whole; a change that is not the difference; one number in two units. A report is accused only where it is sure; figures
of one rate at two cut-offs are kept too, and named as that: they are no contradiction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from rag.figures.context import Comparable, figures_to_contexts
from rag.figures.contradictions.misfits import Misfit
from rag.figures.contradictions.notes import Places, numbered
from rag.figures.contradictions.said_twice import find_cut_offs, find_rivals, same_digits
from rag.figures.contradictions.table_misfits import table_misfits
from rag.figures.contradictions.text_laws import Wholes, broken_laws
from rag.figures.contradictions.text_sums import broken_complements, broken_sums
from rag.records import Contradiction, ContradictionKind, Figure, Section

__all__ = ["contexts_to_contradictions", "figures_to_contradictions"]


def figures_to_contradictions(
    report_id: str,
    sections: Sequence[Section],
    figures: Sequence[Figure],
    years: Collection[int] = (),
    names: Collection[str] = (),
) -> tuple[Contradiction, ...]:
    """The contradictions of a report, given all its figures in order.

    `years` are those it speaks of unsaid, `names` those of its college.
    """
    contexts = figures_to_contexts(figures, max(years, default=None), names)
    return contexts_to_contradictions(report_id, sections, contexts, years)


def contexts_to_contradictions(
    report_id: str, sections: Sequence[Section], contexts: Sequence[Comparable], years: Collection[int] = ()
) -> tuple[Contradiction, ...]:
    """As `figures_to_contradictions`, where it is known what each figure is said of."""
    places = Places(report_id, {section.id: section for section in sections})
    figures = [item.figure for item in contexts]
    return numbered(
        [
            *(places.rivals(ContradictionKind.DIFFERENT, group) for group in find_rivals(contexts, years)),
            *(places.rivals(ContradictionKind.SCOPE, group) for group in find_cut_offs(contexts)),
            *(places.misfit(misfit) for misfit in _misfits(figures)),
            *(places.rivals(ContradictionKind.UNIT, pair) for pair in same_digits(contexts)),
        ]
    )


def _misfits(figures: Sequence[Figure]) -> Iterator[Misfit]:
    tables: dict[str, list[Figure]] = defaultdict(list)
    paragraphs: dict[tuple[str, int], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.is_cell:
            tables[figure.passage.table_id or figure.passage.id].append(figure)
        elif not figure.number.bound:
            paragraphs[figure.passage.id, figure.passage.text.rfind("\n", 0, figure.start)].append(figure)
    wholes = Wholes(figures)
    for table in tables.values():
        yield from table_misfits(table)
    for paragraph in paragraphs.values():
        yield from broken_sums(paragraph)
        yield from broken_complements(paragraph)
        yield from broken_laws(paragraph, wholes)
