"""Figures of a report that cannot all be right: found when it is read, kept with it, shown when one is asked for.

The same thing printed with different figures; a total that is not the sum of its parts; a share that is not part ÷
whole; a change that is not the difference; one number in two units. Figures that differ in scope or cut-off are kept
too, and named as that: they are no contradiction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from rag.contradictions.counted import EMPTY, Counted, figure_to_counted
from rag.contradictions.grouping import (
    Places,
    contradiction,
    misfit_to_contradiction,
    numbered,
    pairs_to_contradictions,
    units_to_contradiction,
)
from rag.contradictions.judging import cut_offs, judge
from rag.contradictions.money_units import same_digits
from rag.contradictions.notes import difference_note
from rag.contradictions.pairs import Weights, find_pairs
from rag.contradictions.prizes import differing_prizes
from rag.contradictions.table_sums import Misfit, table_to_misfits
from rag.contradictions.text_sums import paragraph_to_misfits, table_to_whole
from rag.figures import Figure
from rag.records import Contradiction, ContradictionKind, Section

__all__ = ["EMPTY", "figures_to_contradictions"]


def figures_to_contradictions(
    report_id: str, sections: Sequence[Section], figures: Sequence[Figure], years: Collection[int] = ()
) -> tuple[Contradiction, ...]:
    """The contradictions of a report, given all its figures in order; `years` are those it speaks of unsaid."""
    places = Places(report_id, {section.id: section for section in sections})
    counted = [figure_to_counted(figure) for figure in figures]
    found = [
        *_differing(counted, places, years),
        *(misfit_to_contradiction(misfit, places) for misfit in _misfits(figures)),
        *(units_to_contradiction(one, other, places) for one, other in same_digits(counted)),
    ]
    return numbered(found)


def _differing(counted: Sequence[Counted], places: Places, years: Collection[int]) -> Iterator[Contradiction]:
    weights = Weights(counted)
    pairs = judge(find_pairs(counted, weights, years), cut_offs(counted))
    yield from pairs_to_contradictions(list(pairs), counted, weights, places)
    prizes: dict[tuple[str, int], list[Counted]] = defaultdict(list)
    for grade, one, other in differing_prizes(counted, weights):
        known = next(
            (
                items
                for (name, _), items in prizes.items()
                if name == grade and any(i is one or i is other for i in items)
            ),
            None,
        )
        if known is None:
            known = prizes.setdefault((grade, len(prizes)), [])
        known += [item for item in (one, other) if all(item is not i for i in known)]
    for items in prizes.values():
        refs = [places.ref(item.figure) for item in items]
        event = max((ref.label for ref in refs), key=len)
        yield contradiction(ContradictionKind.DIFFERENT, refs, (), difference_note(refs), event)


def _misfits(figures: Sequence[Figure]) -> Iterator[Misfit]:
    tables: dict[str, list[Figure]] = defaultdict(list)
    paragraphs: dict[tuple[str, int], list[Figure]] = defaultdict(list)
    prose: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.is_cell:
            tables[figure.passage.table_id or figure.passage.id].append(figure)
        else:
            line = figure.passage.text.rfind("\n", 0, figure.start)
            paragraphs[figure.passage.id, line].append(figure)
            prose[figure.passage.section_id].append(figure)
    known = frozenset((figure.number.unit, figure.number.value) for figure in figures)
    yield from _table_misfits(tables, prose)
    for paragraph in paragraphs.values():
        yield from paragraph_to_misfits(paragraph, known)


def _table_misfits(tables: Mapping[str, Sequence[Figure]], prose: Mapping[str, Sequence[Figure]]) -> Iterator[Misfit]:
    for cells in tables.values():
        beside = prose.get(cells[0].passage.section_id, ())
        yield from table_to_misfits(cells, beside)
        before = [figure for figure in beside if figure.passage.end <= cells[0].passage.start]
        if (misfit := table_to_whole(before, cells)) is not None:
            yield misfit
