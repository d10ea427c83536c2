"""The values that travel between the stages: frozen, and without behaviour beyond ids.

Reading gives `ReadFile` (pages of lines and grids); sectioning gives `Section` and `Table`; chunking
gives `Chunk`. A question becomes a `Query`, its search an `Evidence`, its answer a `Draft` and, behind
the gate, a `VerifiedAnswer`. Every piece knows its report, section, page and exact source span.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class PageStatus(StrEnum):
    """What a page's text layer is worth."""

    TEXT = "text"
    EMPTY = "empty"
    GARBLED = "garbled"
    PENDING = "pending"
    """A picture of text that has not been recognised yet."""


class Origin(StrEnum):
    """Whether text was printed as text or recognised from a picture."""

    PRINTED = "printed"
    RECOGNISED = "recognised"


class ReportKind(StrEnum):
    """Kind of document; the value is what a reader sees."""

    QUALITY = "质量年报"
    UNDERGRADUATE = "本科教学质量报告"
    EMPLOYMENT = "就业质量年报"
    EVALUATION = "审核评估报告"
    DEVELOPMENT = "发展报告"
    OPENNESS = "信息公开年报"
    ACCOUNTS = "部门决算"
    BUDGET = "部门预算"
    ADMISSION = "招生章程"
    PROSPECTUS = "招生简章"
    COMPANY = "公司年报"
    BRIEFING = "简报"
    OFFICIAL = "公文"
    PROFILE = "简介"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. Coordinates in points from the top left corner; all 0 where a format has none."""

    text: str
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    size: float = 0.0
    """Height of the type in points, 0 where unknown."""
    bold: bool = False
    heading_level: int | None = None
    """Level stated by the format itself (Word style, Markdown #), 1 = highest."""
    paragraph: bool = False
    """The format gave a whole paragraph (DOCX, Markdown), or one's last line: never joined with the next line."""
    columns: int = 0
    """Width as printed, in half-width columns, of a hard-wrapped line without coordinates; else 0."""
    origin: Origin = Origin.PRINTED
    score: float = 1.0
    """How sure the recognition was, from 0 to 1: that of its least sure piece; 1 for printed text."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid, anchored at its top left row and column (0-based)."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    score: float = 1.0
    """As `Line.score`."""
    is_full: bool = False
    """Its last printed line has no room for another character: over a page break it may go on."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The part of a table that stands on one page."""

    cells: tuple[Cell, ...]
    row_count: int
    column_count: int
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    column_edges: tuple[float, ...] = ()
    """x of the column borders in points, `column_count + 1` of them; empty where unknown."""
    open_top: bool = False
    """No rule closes the first row above: it may go on from the page before."""
    open_bottom: bool = False
    """No rule closes the last row below."""
    header_rows: int = 0
    """Leading rows that the format marks as header, or sets apart by bold type or shading; 0 where it tells nothing."""
    warnings: tuple[str, ...] = ()
    origin: Origin = Origin.PRINTED


@dataclass(frozen=True, slots=True)
class Page:
    """One physical page, items in reading order. Formats without pages give one page numbered None."""

    number: int | None
    items: tuple[Line | Grid, ...]
    label: str | None = None
    """The page number as printed."""
    width: float = 0.0
    height: float = 0.0
    status: PageStatus = PageStatus.TEXT
    note: str = ""
    """Chinese: what is wrong with the page, shown to the reader."""
    is_pictured: bool = False
    """It is a picture, or holds some large enough to have text in them."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as read, before anything is understood."""

    name: str
    format: str
    """`pdf`, `docx`, `xlsx`, `text` or `markdown`."""
    sha256: str
    pages: tuple[Page, ...]
    title: str = ""
    """Title in the file's metadata, often useless."""
    outline: tuple[tuple[int, str, int | None], ...] = ()
    """Bookmarks: (level from 1, title, physical page)."""
    warnings: tuple[str, ...] = ()
    pending: tuple[int, ...] = ()
    """Pages whose pictures wait to be recognised."""


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a report as a whole."""

    id: str
    title: str
    college: str
    """Full name of the college or the issuing office, `` where unknown."""
    short_names: tuple[str, ...]
    kind: ReportKind
    year: int | None
    cohort: int | None
    """Graduating class (届)."""
    academic_year: str | None
    """`2022-2023`."""
    path: str
    sha256: str
    format: str
    page_count: int
    warnings: tuple[str, ...] = ()
    source: str = ""
    figure_count: int = 0
    """Figures in its text and tables."""
    sketch: tuple[int, ...] = ()
    """Smallest hashes of its text's shingles: reports of like sketches are one report in two formats."""
    pending_pages: tuple[int, ...] = ()
    """As `ReadFile.pending`."""


@dataclass(frozen=True, slots=True)
class PageMark:
    """From `start` (offset in a section's text) on, the text stands on this page."""

    start: int
    page: int | None
    label: str | None


@dataclass(frozen=True, slots=True)
class RecognisedSpan:
    """Text of a section or passage, `text[start:end]`, that was recognised from a picture."""

    start: int
    end: int
    score: float
    """As `Line.score`."""


class SectionKind(StrEnum):
    """What a section is for."""

    FRONT = "front"
    BODY = "body"
    CASE = "case"
    ANNEX = "annex"


@dataclass(frozen=True, slots=True)
class Section:
    """The text between two headings. Its paragraphs and table rows end with a line feed."""

    id: str
    report_id: str
    ordinal: int
    path: tuple[str, ...]
    """Headings from the top one down to this section's own."""
    kind: SectionKind
    text: str
    page_marks: tuple[PageMark, ...]
    table_spans: tuple[tuple[str, int, int], ...] = ()
    """(table id, start, end) of each table's rendered rows in `text`."""
    recognised: tuple[RecognisedSpan, ...] = ()
    """In order of their place, none overlapping; offsets in `text`."""


@dataclass(frozen=True, slots=True)
class MergedValue:
    """A value printed once in a merged cell: it belongs to all rows and columns of the cell together."""

    column: int
    above: int
    """Rows of the cell above the one it is printed in."""
    below: int
    """Rows of it below."""
    columns: int
    """Columns of it, the first included."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a joined table."""

    printed: tuple[str, ...]
    """As printed: a merged cell's text stands once, at its top left; the rest are empty."""
    filled: tuple[str, ...]
    """Each merged cell's words in every place it covers; a value stands only where it is printed."""
    page: int | None
    label: str | None = None
    origin: Origin = Origin.PRINTED
    score: float = 1.0
    """As `Line.score`, of its least sure cell."""
    merged: tuple[MergedValue, ...] = ()
    """The values of this row that are printed in merged cells."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a reader sees it, joined over pages."""

    id: str
    report_id: str
    section_id: str
    caption: str
    unit: str
    """Text of a unit line (单位：万元), `` where there is none."""
    header_rows: int
    rows: tuple[TableRow, ...]
    """Header rows first; a header repeated on a later page stands once."""
    note: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of one section; the chunks of a section rejoin to its text."""

    id: str
    report_id: str
    section_id: str
    ordinal: int
    start: int
    end: int
    text: str
    """Exactly `section.text[start:end]`: what may be quoted."""
    context: str
    """What is embedded before the text: college, kind, year, heading path, and for a table slice its caption,
    unit and header. Never quoted."""
    page: int | None
    """Page of the first character."""
    table_id: str | None = None

    @property
    def embedded_text(self) -> str:
        """Context and text, as they are indexed."""
        return f"{self.context}\n{self.text}"


@dataclass(frozen=True, slots=True)
class ReportParts:
    """Everything the store keeps of one report: saved and replaced as a whole."""

    report: Report
    pages: tuple[Page, ...]
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    chunks: tuple[Chunk, ...]
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """A figure as written in text."""

    text: str
    """As written, bound word and unit included."""
    value: Decimal
    unit: str
    """Canonical unit (`%`, `百分点`, `人`, `元`…), `` for a bare number. Money is kept in the unit written."""
    start: int
    end: int
    bound: str = ""
    """约, 近, 余, 多, 超, 以上 …: the figure is approximate or a limit; `～` where it is a range."""
    high: Decimal | None = None
    """The upper end of a range, in the same unit; `value` is the lower one."""


class ContradictionKind(StrEnum):
    """How figures of one report disagree; the value is what a reader sees."""

    DIFFERENT = "数字不同"
    SCOPE = "口径不同"
    TOTAL = "合计不符"
    SHARE = "占比不符"
    CHANGE = "增减不符"
    QUOTIENT = "比值不符"
    UNIT = "单位不符"


@dataclass(frozen=True, slots=True)
class FigureRef:
    """A printed figure with the sentence or row it stands in. Offsets are offsets in the passage's text."""

    number: Number
    passage: Passage
    """Its paragraph or its table row, verbatim."""
    start: int
    end: int
    quote_start: int
    quote_end: int
    label: str
    """What is printed of it: its clause, or its row and column."""
    about: str
    """Caption and headings above."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Figures of one report that cannot all be right, or that count one thing in different scopes."""

    id: str
    report_id: str
    kind: ContradictionKind
    indicator: str
    figures: tuple[FigureRef, ...]
    """What is in dispute, as printed: two figures or more, or the one that does not follow from `operands`."""
    operands: tuple[FigureRef, ...]
    """What the figure printed should follow from: the parts of a total, part and whole, the values before and after."""
    note: str
    """Chinese: what does not fit."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation; role is `user` or `assistant`."""

    role: str
    content: str
    passages: tuple[str, ...] = ()
    """Ids of the passages that it cites."""


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
class Filters:
    """What the asker has set: empty means everything."""

    reports: tuple[str, ...] = ()
    """Report ids or file stems."""
    colleges: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()


class Operation(StrEnum):
    """What has to be done with the figures found."""

    LOOKUP = "lookup"
    SUM = "sum"
    DIFFERENCE = "difference"
    SHARE = "share"
    RATIO = "ratio"
    GROWTH = "growth"
    AVERAGE = "average"
    COUNT = "count"
    RANK = "rank"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Query:
    """A question as understood."""

    question: str
    standalone: str
    """The question with what it leaves unsaid filled in from the conversation."""
    focus: str
    """What the question itself asks: `standalone` without what was only carried over."""
    report_ids: tuple[str, ...]
    """Reports to search, narrowed by college, year, kind and the asker's filters."""
    colleges: tuple[str, ...] = ()
    """Colleges named in the question that are in the corpus."""
    unknown_colleges: tuple[str, ...] = ()
    """Colleges named as the subject that none of the reports to search belongs to: there is no report of them, or the
    asker's filters leave it out."""
    years: tuple[int, ...] = ()
    terms: tuple[str, ...] = ()
    """Search terms: college, year and question words taken out."""
    operation: Operation = Operation.LOOKUP
    wants_number: bool = False
    carried: str = ""
    """The earlier question an elliptical one is understood by."""
    kinds: tuple[str, ...] = ()
    """Classes of the figures the answer before gave, where an elliptical question asks for no kind itself."""
    subject: str = ""
    """Of a part: whom or what year it is about, as an answer names it."""
    parts: tuple[Query, ...] = ()
    """What a question that spans several colleges or years asks of each, as a question of its own; else empty."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved piece of a section, with the place in it that answered the search best."""

    id: str
    report_id: str
    section_id: str
    path: tuple[str, ...]
    start: int
    end: int
    text: str
    """Exactly `section.text[start:end]`, verbatim."""
    focus_start: int
    """Span of the best sentence or row, as offsets in `text`."""
    focus_end: int
    page: int | None
    """Page of the focus."""
    page_label: str | None
    score: float
    table_id: str | None = None
    pages: tuple[PageMark, ...] = ()
    """Where its pages begin; offsets in `text`, the first at 0."""
    recognised: tuple[RecognisedSpan, ...] = ()
    """As `Section.recognised`; offsets in the passage's `text`."""


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


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before the gate. `text` is Markdown; `[n]` after a figure names its citation."""

    status: AnswerStatus
    text: str
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...] = ()
    computations: tuple[Computation, ...] = ()
    model: str = "extractive"
    model_returned: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    first_token_ms: float | None = None
    notice: str = ""
    """Chinese: what the reader must know about how the answer came about (the model failed, the text is cut)."""
    problems: tuple[str, ...] = ()
    """Chinese: what in a model's reply did not hold, as it is told to the model."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """The same thing printed with different figures."""

    indicator: str
    values: tuple[tuple[str, int], ...]
    """(figure as written, citation number)."""
    note: str


@dataclass(frozen=True, slots=True)
class Computation:
    """A figure computed by code from cited ones."""

    text: str
    """The result as written in the answer, unit included."""
    formula: str
    """`34118.10[1] − 33714.58[1] = 403.52 万元`."""
    citations: tuple[int, ...]


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
