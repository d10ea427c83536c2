"""Figures, what cannot all be right among them, and the whole of what is kept of a report."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rag.records.page import Origin, Page
from rag.records.report import Chunk, PageMark, Passage, Report, Section, Table, TableRow


@dataclass(frozen=True, slots=True)
class ReportParts:
    """Everything the store keeps of one report: saved and replaced as a whole."""

    report: Report
    pages: tuple[Page, ...]
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    chunks: tuple[Chunk, ...]
    contradictions: tuple[ContradictionEntry, ...] = ()
    figures: tuple[FigureEntry, ...] = ()
    """In order of their place."""


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


@dataclass(frozen=True, slots=True)
class FigureTime:
    """When a figure is of."""

    text: str = ""
    """As printed: `2023届，截至2023年8月31日`; `` where nothing is."""
    years: frozenset[int] = frozenset()
    dates: frozenset[tuple[int, int]] = frozenset()
    """(month, day)."""
    spans: frozenset[tuple[str, tuple[int, ...]]] = frozenset()
    """(kind, years) of each time but days: a class (cohort), an academic_year, a year or a stretch of years."""

    def fullness(self) -> tuple[bool, bool, bool]:
        """How much is said: a cut-off, a class, a year."""
        return bool(self.dates), "届" in self.text, bool(self.years)

    def may_be(self, other: FigureTime) -> bool:
        """Whether two figures may be of one time: of one day where both name days, and of one year where both name years."""
        if self.dates and other.dates and not self.dates & other.dates:
            return False
        return not self.years or not other.years or bool(self.years & other.years)


@dataclass(frozen=True, slots=True)
class FigureContext:
    """What a figure is said of, in its report's words."""

    label: str = ""
    """What is printed of it: its clause, or its row and column."""
    head: str = ""
    """What is measured or counted: `去向落实率`, `教师`; `` where that cannot be told."""
    qualifiers: tuple[str, ...] = ()
    """The words that narrow its head: `本科`, `毕业生`."""
    rows: tuple[str, ...] = ()
    """Of a cell: the names of its row, widest first."""
    columns: tuple[str, ...] = ()
    """Of a cell: the levels of its column's header, topmost first."""
    aspects: frozenset[str] = frozenset()
    """What makes two figures of one thing different figures: change, total, plan, share …"""
    time: FigureTime = FigureTime()
    kin: str = ""
    """What its siblings have in common with it: the list, row, column or table, the head and the unit."""


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """A line of a report's figure table: a figure without what its section and table say. Offsets in the section's text."""

    section_id: str
    number: Number
    start: int
    end: int
    quote_start: int
    quote_end: int
    near: str | None = None
    """As `Figure.near`; None where its row's names say it."""
    before: str | None = None
    """As `Figure.before` of a cell; None where its column's levels say it. In prose it stands in the section's text."""
    after: str = ""
    is_total: bool = False
    table_id: str | None = None
    row: int = -1
    """Of a cell: index of its row in the table, header rows included; -1 in prose."""
    column: int = -1
    context: FigureContext = FigureContext()
    """Without the label where row and column say it."""

    @property
    def id(self) -> str:
        """As `Figure.id`."""
        return f"{self.section_id}:{self.start}"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a passage and what is said of it. Offsets are offsets in the passage's text."""

    number: Number
    passage: Passage
    start: int
    end: int
    quote_start: int
    quote_end: int
    """The sentence or table row that holds it."""
    near: str
    """Its own clause, or its row's labels."""
    before: str
    """What stands before it in its sentence, or its column's header."""
    after: str
    """What stands behind it up to the next mark; empty for a cell."""
    about: str
    """Caption, unit line and headings above."""
    is_cell: bool = False
    is_total: bool = False
    row: TableRow | None = None
    column: int = -1
    table: Table | None = None
    context: FigureContext = FigureContext()

    @property
    def id(self) -> str:
        """`<section id>:<offset in the section>`: one figure has one id in whatever passage it is found."""
        return f"{self.passage.section_id}:{self.passage.start + self.start}"

    @property
    def label(self) -> str:
        """What is printed of it: its clause, or its row and column."""
        return self.context.label or self.near.strip()

    @property
    def table_id(self) -> str | None:
        """The table it is a cell of."""
        return self.table.id if self.is_cell and self.table else None

    @property
    def page(self) -> int | None:
        """The physical page it stands on."""
        return self._mark.page

    @property
    def page_label(self) -> str | None:
        """The number printed on that page."""
        return self._mark.label

    @property
    def _mark(self) -> PageMark:
        marks = self.passage.pages or (PageMark(0, self.passage.page, self.passage.page_label),)
        return marks[max(0, bisect_right(marks, self.start, key=lambda mark: mark.start) - 1)]

    @property
    def origin(self) -> Origin:
        """Whether it was printed as text or recognised from a picture."""
        return Origin.RECOGNISED if self._scores else Origin.PRINTED

    @property
    def score(self) -> float:
        """How sure its recognition was, from 0 to 1; 1 where it was printed."""
        return min(self._scores, default=1.0)

    @property
    def _scores(self) -> list[float]:
        return [span.score for span in self.passage.recognised if span.start < self.end and span.end > self.start]


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
class Contradiction:
    """Figures of one report that cannot all be right, or that count one thing in different scopes."""

    id: str
    report_id: str
    kind: ContradictionKind
    indicator: str
    figures: tuple[Figure, ...]
    """What is in dispute, as printed: two figures or more, or the one that does not follow from `operands`. Each in its
    paragraph or row."""
    operands: tuple[Figure, ...]
    """What the figure printed should follow from: the parts of a total, part and whole, the values before and after."""
    note: str
    """Chinese: what does not fit."""


@dataclass(frozen=True, slots=True)
class ContradictionEntry:
    """A contradiction as it is kept: with the ids of its figures."""

    id: str
    report_id: str
    kind: ContradictionKind
    indicator: str
    figures: tuple[str, ...]
    operands: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ReportStats:
    """How much the store holds of a report."""

    pages: int
    sections: int
    tables: int
    chunks: int
