"""The values that travel between the stages: frozen, and without behaviour beyond ids.

Reading gives `ReadFile` (pages of lines and grids); sectioning gives `Section` and `Table`; chunking gives `Chunk`.
A question becomes a `Query`, its search an `Evidence`, its answer a `Draft` and, behind the gate, a `VerifiedAnswer`.
Every piece knows its report, section, page and exact source span.
"""

from rag.records.answer import (
    AnswerFigure,
    AnswerStatus,
    Citation,
    Computation,
    Conflict,
    Draft,
    Evidence,
    Message,
    ModelReply,
    VerifiedAnswer,
)
from rag.records.figure import Contradiction, ContradictionKind, FigureRef, Number, ReportParts, ReportStats
from rag.records.question import Filters, Operation, Query, Turn
from rag.records.report import (
    Cell,
    Chunk,
    Grid,
    Line,
    MergedValue,
    Origin,
    Page,
    PageMark,
    PageStatus,
    Passage,
    ReadFile,
    RecognisedSpan,
    Report,
    ReportKind,
    Section,
    SectionKind,
    Table,
    TableRow,
)

__all__ = [
    "AnswerFigure",
    "AnswerStatus",
    "Cell",
    "Chunk",
    "Citation",
    "Computation",
    "Conflict",
    "Contradiction",
    "ContradictionKind",
    "Draft",
    "Evidence",
    "FigureRef",
    "Filters",
    "Grid",
    "Line",
    "MergedValue",
    "Message",
    "ModelReply",
    "Number",
    "Operation",
    "Origin",
    "Page",
    "PageMark",
    "PageStatus",
    "Passage",
    "Query",
    "ReadFile",
    "RecognisedSpan",
    "Report",
    "ReportKind",
    "ReportParts",
    "ReportStats",
    "Section",
    "SectionKind",
    "Table",
    "TableRow",
    "Turn",
    "VerifiedAnswer",
]
