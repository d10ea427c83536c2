"""A citation as it is shown: its passage, the quote in it, and the figures an answer takes from it (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rag.language.numbers import cell_number, find_numbers
from rag.pictures.locate import CONTEXT, Wanted
from rag.records import Citation, Number, PageMark, VerifiedAnswer

_OPERAND = re.compile(r"([^\[\]−×÷+()=]+)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class CitedFigure:
    """A figure that an answer takes from a citation; unit `` fits any."""

    value: Decimal
    unit: str

    def fits(self, number: Number) -> bool:
        """Whether a number of the passage is this figure."""
        return self.value == number.value and (not number.unit or not self.unit or self.unit == number.unit)


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


def cited_figures(answer: VerifiedAnswer, n: int) -> tuple[CitedFigure, ...]:
    """The figures an answer takes from its citation `n`: those it gives, those it computes with, those that conflict."""
    given = [CitedFigure(f.value, f.unit) for f in answer.figures if f.role == "answer" and n in f.citations]
    operands = [figure for f in answer.figures if f.formula for figure in _operands(f.formula, n)]
    rivals = [
        CitedFigure(number.value, number.unit)
        for conflict in answer.conflicts
        for text, citation in conflict.values
        if citation == n
        for number in find_numbers(text)
    ]
    return tuple(dict.fromkeys([*given, *operands, *rivals]))


def _operands(formula: str, n: int) -> Iterator[CitedFigure]:
    for written, citation in _OPERAND.findall(formula):
        if int(citation) == n:
            yield from (CitedFigure(number.value, number.unit) for number in find_numbers(written))


def figure_spans(text: str, figures: Sequence[CitedFigure]) -> tuple[tuple[int, int], ...]:
    """Where the figures stand in a text; a cell of a row may leave its unit to its column."""
    spans: list[tuple[int, int]] = []
    start = 0
    for cell in re.split(r"(?<=[\t\n])", text):
        number = cell_number(cell.strip()) if "\t" in text else None
        if number is not None and _is_one(number, figures):
            at = start + len(cell) - len(cell.lstrip())
            spans.append((at, at + len(cell.strip())))
        else:
            spans.extend(
                (start + found.start, start + found.end) for found in find_numbers(cell) if _is_one(found, figures)
            )
        start += len(cell)
    return tuple(spans)


def _is_one(number: Number, figures: Sequence[CitedFigure]) -> bool:
    return any(figure.fits(number) for figure in figures)


def _placed(citation: Citation, answer: VerifiedAnswer) -> frozenset[int]:
    """Where in its passage the figures stand that an answer takes from a citation, by their ids: equal ones are none.

    Empty where others are to be seen too: operands, and figures that conflict.
    """
    own = [figure for figure in answer.figures if citation.n in figure.citations]
    if answer.conflicts or any(figure.formula or not figure.id for figure in own):
        return frozenset()
    section, start = citation.passage.section_id, citation.passage.start
    ids = (f.id.rpartition(":") for f in own if f.role == "answer")
    return frozenset(int(offset) - start for held, _, offset in ids if held == section)


def citation_to_cited(citation: Citation, answer: VerifiedAnswer) -> CitedPassage:
    """A citation of an answer as it is shown."""
    passage = citation.passage
    start = citation.quote_start
    inside = figure_spans(citation.quote, cited_figures(answer, citation.n))
    placed = _placed(citation, answer)
    if any(start + first in placed for first, _ in inside):
        inside = tuple(span for span in inside if start + span[0] in placed)
    return CitedPassage(
        citation.n,
        passage.report_id,
        passage.path,
        citation.page,
        citation.page_label,
        passage.text,
        (start, citation.quote_end),
        tuple((start + first, start + last) for first, last in inside),
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
