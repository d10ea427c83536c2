"""Contradictions kept with the reports: those a question bears on, as a prompt tells of them and an answer shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from rag.answering.with_model.plaintext import as_data
from rag.figures.citing import Citations, label_of, written
from rag.language.numbers import agree
from rag.records import Conflict, Contradiction, ContradictionKind, Evidence, Figure, Passage, Segment, Table, Text
from rag.retrieval.relevance import evidence_to_relevance

MAX_DISPUTES = 4
MIN_FIT = 0.4
"""Share of a question's weight that must stand by the figures of a contradiction."""
MIN_HEAD = 0.6
"""Share of its characters by which a noun is known in a question."""
ABOVE = 0.7
"""What a word counts that stands in the headings or the caption above them."""
Place = tuple[str, int]
"""Section, and offset in its text."""


def evidence_to_disputes(evidence: Evidence, contradictions: Sequence[Contradiction]) -> tuple[Contradiction, ...]:
    """The contradictions that a question may be about, those that fit it best first."""
    relevance = evidence_to_relevance(evidence)
    fits = []
    for item in contradictions:
        said = " ".join([item.indicator, *(ref.label for ref in _refs(item))])
        fit = relevance.coverage(said, " ".join({ref.about for ref in _refs(item)}), ABOVE)
        if _is_of_what_is_asked(item, evidence.query.standalone):
            fits.append((fit, item))
    kept = sorted((pair for pair in fits if pair[0] >= MIN_FIT), key=lambda pair: (-pair[0], pair[1].id))
    return tuple(item for _, item in kept[:MAX_DISPUTES])


def _is_of_what_is_asked(item: Contradiction, question: str) -> bool:
    """Whether most characters of what one of its figures measures stand in the question (省外 in 外省)."""
    heads = [ref.context.head for ref in item.figures if ref.context.head]
    return not heads or any(sum(c in question for c in head) >= MIN_HEAD * len(head) for head in heads)


def with_disputed(evidence: Evidence, disputes: Sequence[Contradiction]) -> Evidence:
    """The evidence, with the paragraphs and rows of disputed figures that it lacks behind its own."""
    passages = list(evidence.passages)
    for ref in (ref for item in disputes for ref in _refs(item)):
        if not any(_holds(passage, ref) for passage in passages):
            passages.append(ref.passage)
    return replace(evidence, passages=tuple(passages))


def disputes_to_text(disputes: Sequence[Contradiction], figures: Mapping[str, Figure]) -> str:
    """A line for each contradiction whose figures have ids: what it is of, those ids, what does not fit."""
    ids = {place_of(figure): name for name, figure in figures.items()}
    lines = []
    for item in disputes:
        if ids and not all(place_of(ref) in ids for ref in item.figures):
            continue
        refs = [f"{{{ids[place_of(ref)]}}}" for ref in item.figures if place_of(ref) in ids]
        said = [f"- {item.kind.value}", as_data(item.indicator), "、".join(refs), as_data(item.note)]
        lines.append("｜".join(filter(None, said)))
    return "\n".join(lines) or "（没有）"


def rivals_left_out(
    given: Sequence[Figure],
    disputes: Sequence[Contradiction],
    shown: Sequence[Figure],
    tables: Mapping[str, Table],
    citations: Citations,
    place: Callable[[Figure], list[Segment]],
) -> Iterator[tuple[list[Segment], Conflict]]:
    """What to add to an answer, `place` writing its figures, that gives one of the figures printed of a thing and not the others."""
    stated = list(shown)
    for figure in given:
        for item in disputes:
            if item.kind is not ContradictionKind.DIFFERENT or place_of(figure) not in set(map(place_of, item.figures)):
                continue
            told, values = [figure.id], [(written(figure), citations.cite(figure))]
            said: list[Segment] = []
            for other in item.figures:
                if any(agree(other.number, one.number) for one in (figure, *stated)):
                    continue
                stated.append(other)
                told.append(other.id)
                values.append((written(other), citations.cite(other)))
                label = label_of(other) if label_of(other).strip() else f"{other.label} "
                lead = f"{'；' if said else ''}报告另一处{label}"
                said += [Text(lead), *place(other)]
            if said:
                yield said, Conflict(item.indicator, tuple(values), item.note, tuple(told))


def known_dispute(figures: Sequence[Figure], disputes: Sequence[Contradiction]) -> Contradiction | None:
    """The contradiction all these figures are part of."""
    places = set(map(place_of, figures))
    return next((item for item in disputes if places <= set(map(place_of, item.figures))), None)


def place_of(figure: Figure) -> Place:
    """Where a figure is printed."""
    return figure.passage.section_id, figure.passage.start + figure.start


def quote_of(ref: Figure) -> str:
    """Its sentence or row."""
    return ref.passage.text[ref.quote_start : ref.quote_end]


def _refs(item: Contradiction) -> tuple[Figure, ...]:
    return (*item.figures, *item.operands)


def _holds(passage: Passage, ref: Figure) -> bool:
    at = ref.passage.start + ref.start
    return passage.section_id == ref.passage.section_id and passage.start <= at < passage.end
