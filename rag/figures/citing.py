"""What an answer is written with: numbered citations, figures and labels in the report's words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.language.clauses import LABEL_BREAK
from rag.language.numbers import find_numbers
from rag.records import Citation, Figure, Passage, Table, TableRow, figure_text
from rag.structure.passages import page_at
from rag.structure.tables.joining import row_text

_UNIT_BRACKET = re.compile(
    r"[（(](?:[^（）()]*/)?(?:人|人次|名|个|项|元|万元|亿元|册|平方米|亩|门|学时|%|％|分|天|台套?|套)[）)]|[（(][^（）()]*/生[）)]"
)
_BARE_SHARE = re.compile(r"占比?|比例|所占比例|占比?为|比例为")
"""A label that says nothing without the clause before."""
MIN_EARLIER, MAX_LABEL = 3, 30
"""Characters of a clause that may stand before its figure."""


class Citations:
    """Numbers citations in order of first use; one a sentence."""

    def __init__(self) -> None:
        self.items: list[Citation] = []

    def cite(self, figure: Figure) -> int:
        """The number of the citation of a figure's sentence or row."""
        return self.cite_span(figure.passage, figure.quote_start, figure.quote_end)

    def cite_span(self, passage: Passage, start: int, end: int) -> int:
        """The number of the citation of a span of a passage."""
        for citation in self.items:
            if citation.passage.id == passage.id and citation.quote_start == start:
                return citation.n
        page, label = page_of(passage, start)
        self.items.append(Citation(len(self.items) + 1, passage, start, end, page, label))
        return len(self.items)


def markers(citations: Sequence[int]) -> str:
    """`[1][2]`, each once."""
    return "".join(f"[{n}]" for n in dict.fromkeys(citations))


def page_of(passage: Passage, offset: int) -> tuple[int | None, str | None]:
    """Physical and printed page of an offset in a passage."""
    if not passage.pages:
        return passage.page, passage.page_label
    mark = page_at(passage.pages, offset)
    return mark.page, mark.label


def written(figure: Figure) -> str:
    """A figure as an answer writes it: as printed, a cell's with its unit."""
    return figure_text(figure)


def label_of(figure: Figure) -> str:
    """What the figure is said of, in its report's words: row and column, or its clause. Other figures are left out."""
    if not figure.is_cell:
        clauses = LABEL_BREAK.split(figure.before)
        clause = _behind_figures(clauses[-1])
        if _BARE_SHARE.fullmatch(clause) and len(clauses) > 1:
            clause = _subject(clauses[-2]) + clause
        return clause if 1 <= len(clause) <= MAX_LABEL else ""
    name = "·".join(_UNIT_BRACKET.sub("", word) for word in figure.near.split() if not find_numbers(word))
    header = _UNIT_BRACKET.sub("", figure.before)
    if figure.after or not header:
        return f"{name} "
    return f"{name}的{header}为 " if name else f"{header}："


def described(figure: Figure, *, bold: bool = False) -> str:
    """A figure as a formula shows it: with its label, or, where none stands before it, the words behind it or earlier."""
    label = label_of(figure)
    behind = "" if label.strip() or find_numbers(figure.after) else " ".join(figure.after.split())
    if not label.strip() and not behind:
        label = _said_earlier(figure)
    mark = "**" if bold else ""
    return f"{label}{mark}{written(figure)}{mark}{behind if len(behind) <= MAX_LABEL else ''}"


def _said_earlier(figure: Figure) -> str:
    """The last clause before a figure of prose that says something, figures left out."""
    clauses = (_behind_figures(clause).strip("为是有达共计") for clause in reversed(LABEL_BREAK.split(figure.before)))
    return next((clause for clause in clauses if MIN_EARLIER <= len(clause) <= MAX_LABEL), "")


def _behind_figures(clause: str) -> str:
    return clause[max((number.end for number in find_numbers(clause)), default=0) :].strip(" 、和与及")


def _subject(clause: str) -> str:
    """What a clause says something of: 双师素质教师 of 双师素质教师694人."""
    numbers = find_numbers(clause)
    return clause[: numbers[0].start].strip() if numbers else clause.strip()


def row_of(text: str, table: Table | None) -> TableRow | None:
    """The body row that prints as this text."""
    return next((row for row in table.rows[table.header_rows :] if row_text(row) == text), None) if table else None


def plain(text: str) -> str:
    """A sentence or row on one line, without its full stop."""
    return " ".join(text.replace("\t", "；").split()).strip("。")
