"""Figures, what cannot all be right among them, and the whole of what is kept of a report."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rag.records.report import Chunk, Page, Passage, Report, Section, Table


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
class ReportStats:
    """How much the store holds of a report."""

    pages: int
    sections: int
    tables: int
    chunks: int
