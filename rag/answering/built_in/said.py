"""Figures of the evidence with what is said of them: label, sentence or row, what stands above and around."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.domain.colleges import names_in
from rag.domain.short_names import short_names
from rag.figures.context import RATE, Comparable, figures_to_contexts
from rag.figures.entries import figures_of, figures_within
from rag.figures.heads import EMPTY
from rag.language.text import matching_key, text_key
from rag.records import Evidence, Figure, Passage, Query, Report, Table

HUNDRED = 100
PARAGRAPH = 400
"""Characters before a figure that may say what it is about."""


@dataclass(frozen=True, slots=True)
class Said:
    """A figure and what is said of it."""

    figure: Figure
    context: Comparable
    own: str
    sentence: str
    titles: str
    paragraph: str
    rank: int
    """Place of its passage among those retrieved, from 0."""

    @property
    def text(self) -> str:
        """Its sentence or row, with what stands above it."""
        return f"{self.sentence} {self.titles}"


def evidence_to_said(
    evidence: Evidence, reports: Mapping[str, Report], tables: Mapping[str, Table]
) -> tuple[Said, ...]:
    """The figures of all passages that speak of the colleges asked about, with what is said of them."""
    by_report: dict[str, list[tuple[int, Figure]]] = defaultdict(list)
    for rank, passage in enumerate(evidence.passages):
        for figure in _figures_of(passage, evidence, tables):
            by_report[passage.report_id].append((rank, figure))
    found: list[Said] = []
    for identity, ranked in by_report.items():
        report = reports.get(identity)
        figures = [figure for _, figure in ranked]
        names = (report.college, *report.short_names) if report else ()
        contexts = figures_to_contexts(figures, report.year if report else None, [name for name in names if name])
        for (rank, figure), context, topic in zip(ranked, contexts, _topics(contexts), strict=True):
            if _says_something(figure) and speaks_of_asked(evidence.query, report, unit_text(figure)):
                found.append(_said(figure, context, topic, rank))
    return tuple(found)


def _figures_of(passage: Passage, evidence: Evidence, tables: Mapping[str, Table]) -> Sequence[Figure]:
    """A passage's figures: those of the evidence, where it has any at all."""
    if evidence.figures:
        return figures_within(passage, evidence.figures)
    return figures_of(passage, tables.get(passage.table_id or ""), ())


def _topics(contexts: Sequence[Comparable]) -> Iterator[str]:
    """What each figure goes on to speak of that names nothing itself: 公务接待费支出5.82万元。比上年增加0.86万元."""
    topic: Comparable | None = None
    for context in contexts:
        figure = context.figure
        if topic is not None and (
            figure.is_cell
            or topic.figure.passage.id != figure.passage.id
            or "\n" in figure.passage.text[topic.figure.end : figure.start]
        ):
            topic = None
        yield topic.label if topic is not None and not context.terms - EMPTY - {"比上"} else ""
        if not figure.is_cell and context.leads and context.head.noun:
            topic = context


def _said(figure: Figure, context: Comparable, topic: str, rank: int) -> Said:
    text = figure.passage.text
    start = max(text.rfind("\n", 0, figure.start) + 1, figure.start - PARAGRAPH)
    own = (
        f"{figure.near} {figure.before}"
        if figure.is_cell
        else f"{context.label} {' '.join(sorted(context.terms))} {topic}"
    )
    return Said(
        figure=figure,
        context=context,
        own=text_key(own),
        sentence=text_key(f"{unit_text(figure)} {figure.before if figure.is_cell else ''}"),
        titles=text_key(f"{figure.about} {' '.join(figure.passage.path[1:])}"),
        paragraph="" if figure.is_cell else text_key(text[start : figure.quote_end]),
        rank=rank,
    )


def _says_something(figure: Figure) -> bool:
    """Not a bare number in prose with no words of its own (of a heading, a list), nor the 100% that shares add up to."""
    if figure.is_cell:
        is_whole = figure.is_total and figure.number.value == HUNDRED and figure.number.unit == "%"
        return not is_whole or RATE.search(figure.before) is not None
    return figure.number.unit != "" or len(figure.near.strip()) > 1


def unit_text(figure: Figure) -> str:
    """The sentence, or the row with what its merged cells say."""
    own = figure.passage.text[figure.quote_start : figure.quote_end]
    return f"{own} {' '.join(figure.row.filled)}" if figure.row else own


def speaks_of_asked(query: Query, report: Report | None, text: str) -> bool:
    """Whether a text is about the colleges asked about: theirs by its report, or naming them."""
    if not all(names_college(text, name) for name in query.unknown_colleges):
        return False
    if not query.colleges or (report is not None and report.college in query.colleges):
        return True
    return any(names_college(text, name) for name in query.colleges)


def names_college(text: str, college: str) -> bool:
    """Whether a text names a college, in full where the question is short: 黄冈职院 is 黄冈职业技术学院."""
    return matching_key(college) in text_key(text) or any(college in short_names(name) for name in names_in(text))
