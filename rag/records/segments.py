"""The parts an answer is written in: words, figures by their ids, results by their place, citations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import TypeAlias

from rag.records.figure import Figure

_MARKED = re.compile(r"\*\*(?P<bold>(?!\*).+?)\*\*|\[(?P<cited>\d{1,3})\]")
_SCALES = {"万": 10_000, "亿": 100_000_000, "千": 1_000, "百": 100}
_MARKER = re.compile(r"\[(?P<cited>\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Text:
    """Words of an answer, free of Markdown; line breaks, and `- ` at the beginning of a line, are as they look."""

    text: str
    is_answer: bool = False
    """A name that was asked for: bold."""


@dataclass(frozen=True, slots=True)
class FigureRef:
    """A printed figure at its place in an answer: written by code as its report has it."""

    figure_id: str
    is_answer: bool = False
    caution: str | None = None
    """Chinese: why what is said of it may not be what its report says."""


@dataclass(frozen=True, slots=True)
class ComputedRef:
    """A computed figure at its place in an answer."""

    index: int
    """Which of the draft's computations."""
    is_answer: bool = False
    caution: str | None = None


@dataclass(frozen=True, slots=True)
class Cite:
    """The mark of a citation, behind what it proves."""

    n: int


Segment: TypeAlias = Text | FigureRef | ComputedRef | Cite


@dataclass(frozen=True, slots=True)
class Computation:
    """A figure computed by code from cited ones."""

    text: str
    """The result as written in the answer, unit included."""
    formula: str
    """`34118.10[1] − 33714.58[1] = 403.52 万元`."""
    citations: tuple[int, ...]
    operands: tuple[str, ...] = ()
    """Ids of the figures it is made of."""
    value: Decimal = Decimal(0)
    unit: str = ""


def figure_text(figure: Figure) -> str:
    """A figure as an answer writes it: as printed, a cell's with its unit."""
    number = figure.number
    text = " ".join(number.text.split())
    if figure.is_cell and number.unit and number.unit not in number.text and not number.unit.startswith(":"):
        return f"{text}{_scale(text, number.value)}{number.unit}"
    return text


def _scale(text: str, value: Decimal) -> str:
    """The word by which a cell's digits are multiplied that stands in its column's header: 万 of 68.94（万平方米）."""
    try:
        digits = Decimal(text.replace(",", "").replace("，", "").replace(" ", ""))
    except InvalidOperation:
        return ""
    return next((word for word, times in _SCALES.items() if digits and digits * times == value), "")


def segments_to_markdown(
    segments: Iterable[Segment], figures: Mapping[str, Figure], computations: Sequence[Computation]
) -> str:
    """An answer as Markdown: what was asked for bold, citations as `[n]`.

    >>> segments_to_markdown([Text("共 "), Text("张某", is_answer=True), Text(" "), Cite(1)], {}, [])
    '共 **张某** [1]'
    """
    pieces: list[str] = []
    for is_answer, run in groupby(segments, lambda segment: getattr(segment, "is_answer", False)):
        text = "".join(segment_text(segment, figures, computations) for segment in run)
        pieces.append(f"**{text}**" if is_answer and text.strip() else text)
    return "".join(pieces)


def segment_text(segment: Segment, figures: Mapping[str, Figure], computations: Sequence[Computation]) -> str:
    """The words of one segment."""
    match segment:
        case Text(text):
            return text
        case FigureRef(figure_id):
            return figure_text(figures[figure_id])
        case ComputedRef(index):
            return computations[index].text
        case Cite(n):
            return f"[{n}]"


def markdown_to_segments(text: str) -> tuple[Segment, ...]:
    """Words, bold words and citation marks of an answer written as text; the figures in it stay words.

    >>> markdown_to_segments("共 **5人** [1]")
    (Text(text='共 ', is_answer=False), Text(text='5人', is_answer=True), Text(text=' ', is_answer=False), Cite(n=1))
    """
    found: list[Segment] = []
    at = 0
    for match in _MARKED.finditer(text):
        found.append(Text(text[at : match.start()]))
        found.extend(_marked(match["bold"], is_answer=True) if match["bold"] else [Cite(int(match["cited"]))])
        at = match.end()
    found.append(Text(text[at:]))
    return tuple(segment for segment in found if segment != Text("") and segment != Text("", is_answer=True))


def _marked(text: str, *, is_answer: bool) -> Iterator[Segment]:
    at = 0
    for match in _MARKER.finditer(text):
        yield Text(text[at : match.start()], is_answer)
        yield Cite(int(match["cited"]))
        at = match.end()
    yield Text(text[at:], is_answer)
