"""An answer as it is written: segments, with the citations, figures and computations they refer to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

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
_NUMBERING = re.compile(r"^\d{1,2}[.．、]\s*(?=[^\d\s])")
"""The number of an item in a list (1.本科专业), which says nothing of a figure."""
_UNIT_BRACKET = re.compile(r"[（(](?:单位[：:])?[^（）()\d]{1,6}[)）]")
_PLAIN_COLUMN = re.compile("数据|数值|数量|数目|内容|结果|指标值|值|数")
UNSURE = "报告里没有完全对应的说法，下面几处可能相关，请核对是否就是所问："


def by_place(figures: Sequence[Figure]) -> list[list[Figure]]:
    """Figures that stand in one sentence or row together, in the order of the first of each."""
    found: dict[tuple[str, int], list[Figure]] = {}
    for figure in {figure.id: figure for figure in figures}.values():
        found.setdefault((figure.passage.id, figure.quote_start), []).append(figure)
    return list(found.values())


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

    def computed(self, computation: Computation, *, is_answer: bool = True) -> None:
        """A computed figure, with its sources."""
        self.computations.append(computation)
        self.segments.append(ComputedRef(len(self.computations) - 1, is_answer))
        self.segments += [Text(" "), *(Cite(n) for n in computation.citations)]

    def perhaps(self, said: str, result: Computation) -> None:
        """What two figures that may be meant come to, not given as the answer."""
        self.text(f"\n\n如果要的是这两个数算出来的，{said}")
        self.computed(result, is_answer=False)
        self.text("。")

    def told(self, said: str, result: Computation, chosen: Sequence[Choice]) -> Draft:
        """All of an answer that is computed from the figures `chosen`: the result, and what with."""
        figures = [choice.figure for choice in chosen]
        self.lead(figures)
        self.text(said)
        self.computed(replace(result, operands=tuple(figure.id for figure in figures)))
        self.text("。计算依据：")
        for at, group in enumerate(by_place(figures)):
            self.text("；" if at else "")
            self.stated(*group, is_answer=False)
        self.text("。")
        return self.draft(AnswerStatus.ANSWERED, Certainty.SURE, chosen)

    def stated(self, *figures: Figure, is_answer: bool, is_whole: bool = False) -> int:
        """Figures of one sentence or row with what their report says of them, their time if need be, and their source."""
        first = figures[0]
        said = (
            self._cells(figures, is_answer=is_answer)
            if first.is_cell
            else self._sentence(figures, is_answer, MAX_QUOTE if is_whole else LONG_QUOTE)
        )
        if (time := self.time_of(first)) and text_key(time) not in text_key(said):
            self.text(f"（{time}）")
        return self.cite(first)

    def _cells(self, figures: Sequence[Figure], *, is_answer: bool) -> str:
        """《表1》中，护理学院的毕业生数为640人，去向落实率为97.31%; what was written."""
        where = row_label(figures[0])
        labels = [column_label(figure) for figure in figures]
        self.text(where)
        for at, (figure, label) in enumerate(zip(figures, labels, strict=True)):
            belongs = "的" if label and figure.near and not find_scopes(label) else ""
            self.text(f"{'，' if at else ''}{belongs if not at else ''}{label}为" if where or label else "")
            self.figure(figure, is_answer=is_answer)
            self.text(figure.after)
        return "".join([where, *labels])

    def _sentence(self, figures: Sequence[Figure], is_answer: bool, longest: int) -> str:
        """The sentence of figures, the clauses around them where it is long; what was written."""
        ordered = sorted(figures, key=lambda figure: figure.start)
        before, after = clauses_around(ordered[0], ordered[-1], longest)
        written = [before]
        self.text(before)
        for figure, following in zip(ordered, [*ordered[1:], None], strict=True):
            self.figure(figure, is_answer=is_answer)
            if following:
                between = " ".join(figure.passage.text[figure.end : following.start].split())
                written.append(between if len(between) <= longest else "……")
                self.text(written[-1])
        self.text(after)
        return "".join([*written, after])

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
        for figures in by_place([choice.figure for choice in choices]):
            report = self.reports.get(figures[0].passage.report_id)
            self.text(f"\n- {f'{report.college}：' if report and report.college else ''}")
            self.candidates += [figure.id for figure in figures if figure.id not in self.candidates]
            self.stated(*figures, is_answer=False, is_whole=True)

    def draft(self, status: AnswerStatus, certainty: Certainty, chosen: Sequence[Choice] = ()) -> Draft:
        """All of it; of the figures `chosen`, the least likely tells how likely it is."""
        return Draft(
            status,
            tuple(segment for segment in self.segments if segment != Text("")),
            tuple(self.citations.items),
            tuple(self.conflicts),
            tuple(self.computations),
            tuple(self.figures.values()),
            tuple(self.candidates),
            certainty,
            min((choice.chance for choice in chosen), default=None),
        )


def row_label(figure: Figure) -> str:
    """Where a cell stands: the caption of its table and the names of its row."""
    caption = " ".join(figure.table.caption.split()) if figure.table else ""
    names = "、".join(
        _NUMBERING.sub("", _UNIT_BRACKET.sub("", name))
        for name in figure.near.split()
        if name not in figure.before.split("·")
    )
    return f"{f'《{caption}》中，' if caption else ''}{names}"


def column_label(figure: Figure) -> str:
    """The levels of a cell's column; `` where they only say that figures stand there (数据)."""
    levels = [_NUMBERING.sub("", _UNIT_BRACKET.sub("", level)) for level in figure.before.split("·")]
    said = "·".join(filter(None, levels))
    return "" if _PLAIN_COLUMN.fullmatch(said) and figure.near else said


def clauses_around(first: Figure, last: Figure, longest: int = LONG_QUOTE) -> tuple[str, str]:
    """What a sentence says before its first and behind its last figure: all of a short one, else the clauses that lead."""
    text = first.passage.text
    before = text[first.quote_start : first.start]
    after = text[last.end : last.quote_end].rstrip("。；; \n")
    if len(before) + len(after) > longest:
        marks = [match.end() for match in _CLAUSE.finditer(before)]
        lead = before[: marks[0]] if marks and len(marks) > 2 and marks[0] <= 30 else ""
        kept = before[marks[-2] if len(marks) > 1 else 0 :][-LONG_QUOTE:]
        before = f"{lead}……{kept}" if lead else kept
        after = after[: match.start()] if (match := _CLAUSE.search(after)) else after[:30]
    return " ".join(before.split()), " ".join(after.split())
