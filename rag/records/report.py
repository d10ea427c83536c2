"""A report as read and as structured: sections, tables, chunks, passages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rag.records.page import Origin, Page


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
    near_duplicates: tuple[str, ...] = ()
    """Ids of the other indexed reports that hold nearly the same text; the store knows them."""

    @property
    def years(self) -> frozenset[int]:
        """The years its figures are of where they name none: its own, the one before, its class and academic year."""
        academic = {int(year) for year in (self.academic_year or "").split("-") if year}
        own = {self.year, self.year - 1} if self.year else set[int]()
        return frozenset(own | academic | ({self.cohort} if self.cohort else set()))

    @property
    def names(self) -> tuple[str, ...]:
        """The names its college goes by."""
        return tuple(filter(None, (self.college, *self.short_names)))


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
