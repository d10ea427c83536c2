"""What was found, and the answer on its way through the gate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rag.records.figure import Figure, FigureEntry
from rag.records.question import Query
from rag.records.report import Passage
from rag.records.segments import Computation, Segment, markdown_to_segments, segments_to_markdown


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
    figures: tuple[Figure, ...] = ()
    """The figures of its passages, in order of passages and places."""


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
    chance: float | None = None
    """How likely the first figure is what is asked, by the answerer's own estimate; None where it makes none."""
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
    """The ids of the figures, in the order of the values."""


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
    operands: tuple[str, ...] = ()
    """Of a computed one: the ids of what it is made of."""


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
    chance: float | None = None
    """As in the draft."""
    printed: tuple[FigureEntry, ...] = ()
    """The lines of the figure table that it refers to: figures given, computed with, or in conflict."""

    @property
    def sureness(self) -> Certainty:
        """Its certainty; where nothing is said of it, sure where it is answered, unsure where it shows candidates."""
        if self.certainty is not None:
            return self.certainty
        if self.status is AnswerStatus.ANSWERED:
            return Certainty.SURE
        return Certainty.UNSURE if self.candidates else Certainty.NONE
