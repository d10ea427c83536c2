"""Pairs and misfits as the contradictions that are kept: every mention of each figure, with its place and a note."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.contradictions.counted import CHANGE, Counted
from rag.contradictions.notes import difference_note, label_of, misfit_note, scope_note, unit_note
from rag.contradictions.pairs import Pair, Weights, says_the_same
from rag.contradictions.table_sums import Misfit
from rag.figures import Figure
from rag.passages import section_to_passage
from rag.records import Contradiction, ContradictionKind, FigureRef, Section

MIN_LABEL = 4
"""Characters of a label that says what is counted."""
MAX_MENTIONS = 8
"""Figures kept of one contradiction."""


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


def pairs_to_contradictions(
    found: Sequence[tuple[ContradictionKind, Pair]], counted: Sequence[Counted], weights: Weights, places: Places
) -> Iterator[Contradiction]:
    """One contradiction for all pairs that hang together, with every other mention of their figures."""
    by_head: dict[str, list[Counted]] = defaultdict(list)
    for item in counted:
        for head in item.heads:
            by_head[head].append(item)
    for kind in (ContradictionKind.DIFFERENT, ContradictionKind.SCOPE):
        for group in _groups([pair for of_kind, pair in found if of_kind is kind]):
            members = _with_mentions(group, by_head, weights) if kind is ContradictionKind.DIFFERENT else group
            refs = _in_order(members, places)
            note = difference_note(refs) if kind is ContradictionKind.DIFFERENT else scope_note(refs)
            yield contradiction(kind, refs, (), note, _common_head(group) or _best_label(refs))


def contradiction(
    kind: ContradictionKind, figures: Sequence[FigureRef], operands: Sequence[FigureRef], note: str, indicator: str
) -> Contradiction:
    """A contradiction of the report its figures are of; `numbered` gives it its id."""
    report_id = figures[0].passage.report_id
    return Contradiction("", report_id, kind, indicator, tuple(figures), tuple(operands), note)


def numbered(found: Sequence[Contradiction]) -> tuple[Contradiction, ...]:
    """Contradictions with ids that say their place in the report."""
    return tuple(replace(item, id=f"{item.report_id}#d{at:04d}") for at, item in enumerate(found, 1))


def _common_head(group: Sequence[Counted]) -> str:
    """The longest phrase that all count, `` where there is none."""
    common = set(group[0].heads).intersection(*(item.heads for item in group[1:])) - {CHANGE}
    return max(common, key=len) if common and all(item.base != "%" for item in group) else ""


def _best_label(refs: Sequence[FigureRef]) -> str:
    labels = [ref.label for ref in refs if ref.label]
    return min(
        (label for label in labels if len(label) >= MIN_LABEL), key=len, default=max(labels, key=len, default="")
    )


def misfit_to_contradiction(misfit: Misfit, places: Places) -> Contradiction:
    """What does not follow from its operands."""
    operands = tuple(map(places.ref, misfit.operands))
    figure = places.ref(misfit.figure)
    named = operands[0] if misfit.kind is not ContradictionKind.TOTAL else figure
    return contradiction(misfit.kind, (figure,), operands, misfit_note(misfit), named.label or figure.about)


def units_to_contradiction(one: Figure, other: Figure, places: Places) -> Contradiction:
    """One sum of money printed in two units."""
    refs = (places.ref(one), places.ref(other))
    return contradiction(ContradictionKind.UNIT, refs, (), unit_note(refs), _best_label(refs))


def _groups(pairs: Sequence[Pair]) -> list[list[Counted]]:
    groups: list[list[Counted]] = []
    for pair in pairs:
        ends = (pair.first, pair.second)
        touching = [group for group in groups if any(item is end for item in group for end in ends)]
        merged = [item for group in touching for item in group]
        merged += [end for end in ends if all(item is not end for item in merged)]
        groups = [group for group in groups if all(group is not other for other in touching)] + [merged]
    return groups


def _with_mentions(
    group: Sequence[Counted], by_head: Mapping[str, Sequence[Counted]], weights: Weights
) -> list[Counted]:
    """The group with the other mentions of its figures."""
    found = list(group)
    for member in group:
        others = [
            item
            for head in member.heads
            if head != CHANGE
            for item in by_head[head]
            if all(item is not other for other in found)
        ]
        found += {id(item): item for item in others if says_the_same(item, member, weights)}.values()
    return found[:MAX_MENTIONS]


def _in_order(items: Sequence[Counted], places: Places) -> list[FigureRef]:
    ordered = sorted(
        items,
        key=lambda c: (
            places.sections[c.figure.passage.section_id].ordinal,
            c.figure.passage.start + c.figure.start,
        ),
    )
    return [places.ref(item.figure) for item in ordered]
