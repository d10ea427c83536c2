"""An answer as it is written: segments, with the citations, figures and computations they refer to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.answering.built_in.said import unit_text
from rag.answering.built_in.scoring import Choice
from rag.figures.citing import Citations
from rag.figures.time import figure_to_when
from rag.language.numbers import find_scopes
from rag.language.text import text_key
from rag.records import (
    AnswerStatus,
    Certainty,
    Cite,
    Computation,
    ComputedRef,
    Conflict,
    Draft,
    Figure,
    Passage,
    Report,
    Segment,
    Text,
)
from rag.records.segments import FigureRef

LONG_QUOTE = 90
"""Characters of a sentence from which on only the clauses around a figure are written."""
MAX_QUOTE = 200
"""The same where it is shown as one that may be meant."""
_CLAUSE = re.compile(r"[，,；;。：:！？]")
_UNIT_BRACKET = re.compile(r"[（(](?:单位[：:])?[^（）()\d]{1,6}[)）]")
UNSURE = "报告里没有完全对应的说法，下面几处可能相关，请核对是否就是所问："


class Writer:
    """Collects the parts of one answer."""

    def __init__(self, reports: Mapping[str, Report]) -> None:
        self.reports = reports
        self.citations = Citations()
        self.segments: list[Segment] = []
        self.figures: dict[str, Figure] = {}
        self.computations: list[Computation] = []
        self.conflicts: list[Conflict] = []
        self.candidates: list[str] = []

    def text(self, text: str) -> None:
        """Words."""
        self.segments.append(Text(text))

    def name(self, text: str) -> None:
        """A name that was asked for."""
        self.segments.append(Text(text, is_answer=True))

    def cite(self, figure: Figure) -> int:
        """The mark of a figure's sentence or row."""
        n = self.citations.cite(figure)
        self.segments += [Text(" "), Cite(n)]
        return n

    def cite_span(self, passage: Passage, start: int, end: int) -> None:
        """The mark of a span of a passage."""
        self.segments += [Text(" "), Cite(self.citations.cite_span(passage, start, end))]

    def figure(self, figure: Figure, *, is_answer: bool) -> None:
        """A figure as it is printed."""
        self.figures[figure.id] = figure
        self.segments.append(FigureRef(figure.id, is_answer))

    def computed(self, computation: Computation) -> None:
        """A computed figure that was asked for, with its sources."""
        self.computations.append(computation)
        self.segments.append(ComputedRef(len(self.computations) - 1, is_answer=True))
        self.segments += [Text(" "), *(Cite(n) for n in computation.citations)]

    def stated(self, figure: Figure, *, is_answer: bool, is_whole: bool = False) -> int:
        """A figure with what its report says of it, its time where that does not say it, and its source."""
        if figure.is_cell:
            said = cell_label(figure)
            self.text(f"{said}：" if said else "")
            self.figure(figure, is_answer=is_answer)
            self.text(figure.after)
        else:
            before, after = clauses_around(figure, MAX_QUOTE if is_whole else LONG_QUOTE)
            said = before + after
            self.text(before)
            self.figure(figure, is_answer=is_answer)
            self.text(after)
        if (time := self.time_of(figure)) and text_key(time) not in text_key(said):
            self.text(f"（{time}）")
        return self.cite(figure)

    def time_of(self, figure: Figure) -> str:
        """The time a figure is of: as printed with it or above it, else as its report is of."""
        if time := figure.context.time.text or figure_to_when(figure).text:
            return time
        if find_scopes(unit_text(figure)):
            return ""
        report = self.reports.get(figure.passage.report_id)
        return f"{report.year}年{report.kind.value}" if report and report.year else ""

    def lead(self, figures: Sequence[Figure]) -> None:
        """Whose reports these figures are from, as an answer opens."""
        found = (self.reports.get(figure.passage.report_id) for figure in figures)
        names = dict.fromkeys(report.college or report.title for report in found if report)
        self.text(f"{'、'.join(names)}：" if names else "")

    def unsure(self, choices: Sequence[Choice]) -> None:
        """Figures that may be what is asked, a line for each sentence or row, none given as the answer."""
        self.text(UNSURE)
        shown: set[tuple[str, int]] = set()
        for choice in choices:
            figure = choice.figure
            place = (figure.passage.id, figure.quote_start)
            self.figures[figure.id] = figure
            if figure.id not in self.candidates:
                self.candidates.append(figure.id)
            if place in shown and not figure.is_cell:
                continue
            shown.add(place)
            report = self.reports.get(figure.passage.report_id)
            self.text(f"\n- {f'{report.college}：' if report and report.college else ''}")
            self.stated(figure, is_answer=False, is_whole=True)

    def draft(self, status: AnswerStatus, certainty: Certainty) -> Draft:
        """All of it."""
        return Draft(
            status,
            tuple(segment for segment in self.segments if segment != Text("")),
            tuple(self.citations.items),
            tuple(self.conflicts),
            tuple(self.computations),
            tuple(self.figures.values()),
            tuple(self.candidates),
            certainty,
        )


def cell_label(figure: Figure) -> str:
    """What a cell is said of: its table's caption, the names of its row, the levels of its column."""
    table = figure.table
    caption = " ".join(table.caption.split()) if table else ""
    levels = [_UNIT_BRACKET.sub("", level) for level in figure.before.split("·")]
    names = [name for name in figure.near.split() if name not in levels]
    parts = (f"《{caption}》" if caption else "", "、".join(names), "·".join(filter(None, levels)))
    return " ".join(filter(None, parts))


def clauses_around(figure: Figure, longest: int = LONG_QUOTE) -> tuple[str, str]:
    """What its sentence says before and behind a figure: all of a short one, else its clause and the one that leads."""
    text = figure.passage.text
    before = text[figure.quote_start : figure.start]
    after = text[figure.end : figure.quote_end].rstrip("。；; \n")
    if len(before) + len(after) > longest:
        marks = [match.end() for match in _CLAUSE.finditer(before)]
        first = before[: marks[0]] if marks and len(marks) > 2 and marks[0] <= 30 else ""
        kept = before[marks[-2] if len(marks) > 1 else 0 :][-LONG_QUOTE:]
        before = f"{first}……{kept}" if first else kept
        after = after[: match.start()] if (match := _CLAUSE.search(after)) else after[:30]
    return " ".join(before.split()), " ".join(after.split())
