"""What was found, and the answer on its way through the gate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import TypeAlias

from rag.records.figure import Figure
from rag.records.question import Query
from rag.records.report import Passage

_MARKED = re.compile(r"\*\*(?P<bold>(?!\*).+?)\*\*|\[(?P<cited>\d{1,3})\]")
_MARKER = re.compile(r"\[(?P<cited>\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a chat model; role is `system`, `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a chat model sent back."""

    text: str
    model_returned: str | None
    """The model's name as the service gave it."""
    finish_reason: str
    """`stop`, `length`, `content_filter`…; `stopped` where the reader stopped it, `` where the stream just ended."""
    input_tokens: int = 0
    output_tokens: int = 0
    first_token_ms: float = 0.0
    total_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What retrieval found, best first."""

    query: Query
    passages: tuple[Passage, ...]
    word_weights: tuple[tuple[str, float], ...] = ()
    """The question's content words and how much each tells the searched texts apart."""
    parts: tuple[Evidence, ...] = ()
    """What was found for each part of the query, in its order; `passages` holds all of it."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a part of an answer stands."""

    n: int
    passage: Passage
    quote_start: int
    """Span of the quote, as offsets in `passage.text`."""
    quote_end: int
    page: int | None
    page_label: str | None

    @property
    def quote(self) -> str:
        """The quoted text, verbatim."""
        return self.passage.text[self.quote_start : self.quote_end]


class AnswerStatus(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    ERROR = "error"


class Certainty(StrEnum):
    """How sure an answer is: it is, it shows candidates, or there is none."""

    SURE = "sure"
    UNSURE = "unsure"
    NONE = "none"


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
class Draft:
    """An answer before the gate, in segments. A `Cite` behind a figure names its citation."""

    status: AnswerStatus
    segments: tuple[Segment, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...] = ()
    computations: tuple[Computation, ...] = ()
    figures: tuple[Figure, ...] = ()
    """Those that segments, computations and candidates refer to."""
    candidates: tuple[str, ...] = ()
    """Ids of the figures an unsure answer shows, best first."""
    certainty: Certainty | None = None
    """None: sure where it is answered, else none."""
    model: str = "extractive"
    model_returned: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    first_token_ms: float | None = None
    notice: str = ""
    """Chinese: what the reader must know about how the answer came about (the model failed, the text is cut)."""
    problems: tuple[str, ...] = ()
    """Chinese: what in a model's reply did not hold, as it is told to the model."""

    @property
    def text(self) -> str:
        """The draft as Markdown."""
        return segments_to_markdown(self.segments, {f.id: f for f in self.figures}, self.computations)


def figure_text(figure: Figure) -> str:
    """A figure as an answer writes it: as printed, a cell's with its unit."""
    number = figure.number
    text = " ".join(number.text.split())
    if figure.is_cell and number.unit and number.unit not in number.text and not number.unit.startswith(":"):
        return f"{text}{number.unit}"
    return text


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


def text_to_draft(
    status: AnswerStatus,
    text: str,
    citations: tuple[Citation, ...],
    conflicts: tuple[Conflict, ...] = (),
    computations: tuple[Computation, ...] = (),
) -> Draft:
    """The draft of an answer that was written as Markdown."""
    return Draft(status, markdown_to_segments(text), citations, conflicts, computations)


@dataclass(frozen=True, slots=True)
class Conflict:
    """The same thing printed with different figures."""

    indicator: str
    values: tuple[tuple[str, int], ...]
    """(figure as written, citation number)."""
    note: str
    figures: tuple[str, ...] = ()
    """Their ids, where they are known."""


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


@dataclass(frozen=True, slots=True)
class AnswerFigure:
    """A figure that stands in an answer."""

    text: str
    value: Decimal
    unit: str
    role: str
    """`answer` (bold: it was asked for) or `context`."""
    kind: str
    """`quoted` or `computed`."""
    citations: tuple[int, ...]
    formula: str | None = None
    scope: str = ""
    said: str = ""
    """What its report calls it."""
    caution: str | None = None
    """Chinese: why its context may not fit what the answer says of it."""
    id: str = ""
    """The printed figure's; `` of a computed one."""


@dataclass(frozen=True, slots=True)
class VerifiedAnswer:
    """An answer behind the gate: every figure in it is quoted, computed or gone."""

    query: Query
    evidence: Evidence
    status: AnswerStatus
    text: str
    figures: tuple[AnswerFigure, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    unsupported: tuple[str, ...]
    model: str
    model_returned: str | None
    input_tokens: int
    output_tokens: int
    timings_ms: tuple[tuple[str, float], ...]
    first_token_ms: float | None = None
    cost: Decimal | None = None
    """In yuan; None where no price is configured or no model was called."""
    notice: str = ""
    segments: tuple[Segment, ...] = ()
    """The answer's parts; `text` is their Markdown."""
    certainty: Certainty | None = None
    """None: sure where it is answered, else none."""
    candidates: tuple[AnswerFigure, ...] = ()
    """Of an unsure answer: what its report says that may be meant, best first."""
