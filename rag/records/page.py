"""A page as it was read: lines of text and grids of cells."""

from __future__ import annotations

from dataclasses import dataclass
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
