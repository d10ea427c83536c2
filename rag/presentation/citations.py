"""A citation as it is shown: its passage, the quote in it, and the figures an answer takes from it (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from rag.pictures.locate import CONTEXT, Wanted
from rag.records import Citation, FigureEntry, PageMark, VerifiedAnswer


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """What is needed to show a citation; spans are offsets in `text`."""

    n: int
    report_id: str
    section: tuple[str, ...]
    page: int | None
    page_label: str | None
    text: str
    quote: tuple[int, int]
    figures: tuple[tuple[int, int], ...]
    """The cited figures inside the quote."""
    pages: tuple[PageMark, ...] = ()
    """Where its pages begin, the first at 0; empty where the format has none."""


def cited_figures(answer: VerifiedAnswer, citation: Citation) -> tuple[FigureEntry, ...]:
    """The figures of a citation's quote that an answer gives as asked for, computes with, or shows in conflict."""
    taken = {figure.id for figure in answer.figures if figure.role == "answer" and citation.n in figure.citations}
    taken.update(*(figure.operands for figure in answer.figures), *(conflict.figures for conflict in answer.conflicts))
    passage = citation.passage
    low, high = passage.start + citation.quote_start, passage.start + citation.quote_end
    return tuple(
        entry
        for entry in answer.printed
        if entry.id in taken and entry.section_id == passage.section_id and low <= entry.start and entry.end <= high
    )


def citation_to_cited(citation: Citation, answer: VerifiedAnswer) -> CitedPassage:
    """A citation of an answer as it is shown."""
    passage = citation.passage
    return CitedPassage(
        citation.n,
        passage.report_id,
        passage.path,
        citation.page,
        citation.page_label,
        passage.text,
        (citation.quote_start, citation.quote_end),
        tuple((e.start - passage.start, e.end - passage.start) for e in cited_figures(answer, citation)),
        passage.pages,
    )


def wanted_on_page(cited: CitedPassage, page: int) -> Wanted | None:
    """What of the quote stands on a page; None where nothing does. A passage that knows no pages is all on its own."""
    for first, last in _stretches(cited, page):
        start, end = max(first, cited.quote[0]), min(last, cited.quote[1])
        if cited.text[start:end].strip():
            figures = ((a - start, b - start) for a, b in cited.figures if start <= a and b <= end)
            before, after = (
                cited.text[max(first, start - 2 * CONTEXT) : start],
                cited.text[end : min(last, end + 2 * CONTEXT)],
            )
            return Wanted(cited.text[start:end], tuple(figures), before, after)
    return None


def _stretches(cited: CitedPassage, page: int) -> list[tuple[int, int]]:
    """The parts of the passage that stand on a page."""
    if not any(mark.page is not None for mark in cited.pages):
        return [(0, len(cited.text))] if page == cited.page else []
    starts = [mark.start for mark in cited.pages]
    ends = [*starts[1:], len(cited.text)]
    return [(start, end) for mark, start, end in zip(cited.pages, starts, ends, strict=True) if mark.page == page]
