"""What is asked, and of what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation; role is `user` or `assistant`."""

    role: str
    content: str
    passages: tuple[str, ...] = ()
    """Ids of the passages that it cites."""


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
    REST = "rest"
    SHARE = "share"
    RATIO = "ratio"
    GROWTH = "growth"
    AVERAGE = "average"
    COUNT = "count"
    RANK = "rank"
    COMPARE = "compare"


class Purpose(StrEnum):
    """What a question is for."""

    FIGURES = "figures"
    """Something in the reports: a figure, or who, which, when."""
    SUMMARY = "summary"
    """A report as a whole."""
    HELP = "help"
    """Nothing in the reports: a greeting, or what this program can do."""


class AskKind(StrEnum):
    """What sort of answer one thing asked wants."""

    MONEY = "money"
    PERCENT = "percent"
    POINTS = "points"
    PEOPLE = "people"
    AREA = "area"
    TIME = "time"
    RATIO = "ratio"
    SCORE = "score"
    COUNT = "count"
    NAME = "name"
    """Who, which, when, what: no figure."""
    ANY = "any"
    """No cue decides."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing a question asks for."""

    kind: AskKind
    text: str
    """The words that belong to it."""
    unit: str = ""
    """The unit it is asked in (多少人次: 人次), `` where none is named."""
    item: str = ""
    """The enumerated item it is for (国家级 of 国家级、省级各几项), `` where there is none."""
    leans: bool = False
    """It names nothing itself, and is of what the one before it asks of."""


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
    beyond_ids: tuple[str, ...] = ()
    """Reports of other years: of them only what prints a year asked about is taken."""
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
    asks: tuple[Ask, ...] = ()
    """What it asks for, in order."""
    carried: str = ""
    """The earlier question an elliptical one is understood by."""
    kinds: tuple[str, ...] = ()
    """Classes of the figures the answer before gave, where an elliptical question asks for no kind itself."""
    subject: str = ""
    """Of a part: whom or what year it is about, as an answer names it."""
    parts: tuple[Query, ...] = ()
    """What a question that spans several colleges or years asks of each, as a question of its own; else empty."""
    operands: tuple[str, ...] = ()
    """The things it computes with, by `operation`."""
    purpose: Purpose = Purpose.FIGURES
    """What it is for; a summary or help needs no search."""
