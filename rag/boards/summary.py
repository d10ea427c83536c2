"""Boards → the draft of a summary: what the reports of a college state of a year, every figure with its time and place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from rag.boards.making import Board, BoardFigure, BoardLine
from rag.figures.citing import Citations
from rag.records import AnswerStatus, Certainty, Cite, Conflict, Draft, Figure, FigureRef, Report, Segment, Text

UNDATED = "未写时点"
WHICH = "请说明要总结哪一所院校、哪一年的报告。收录的有："
NOTHING = "里没有找到全校口径的常用指标，写不出总结；可以直接就具体的事项提问。"


def boards_to_summary(boards: Sequence[Board], said: Mapping[str, str] = {}) -> Draft:
    """A summary of the reports of these boards; where none of them states anything, a refusal that says so.

    Of the reports of one college and year the fullest comes first, the others add what it does not state. `said` gives,
    by id, the words of those figures that are called in the report's words instead of by their indicator.
    """
    if not any(board.stated for board in boards):
        titles = "、".join(f"《{board.report.title}》" for board in boards)
        return Draft(AnswerStatus.NOT_FOUND, (Text(f"{titles}{NOTHING}"),), (), certainty=Certainty.NONE)
    writer = _Writer(said)
    known: dict[tuple[str, int | None], set[str]] = {}
    for board in sorted(boards, key=lambda board: -len(board.stated)):
        stated = known.setdefault((board.report.college, board.report.year), set())
        lines = [line for line in board.stated if line.wanted.name not in stated]
        writer.report(board.report, lines)
        stated |= {line.wanted.name for line in lines}
    return writer.draft()


def reports_to_choice(reports: Sequence[Report]) -> Draft:
    """Which reports there are, where it is not said which is to be summed up."""
    lines = "".join(f"\n- 《{report.title}》" for report in reports)
    return Draft(AnswerStatus.ANSWERED, (Text(f"{WHICH}{lines}"),), (), certainty=Certainty.SURE)


@dataclass(slots=True)
class _Writer:
    said: Mapping[str, str]
    segments: list[Segment] = field(default_factory=list)
    citations: Citations = field(default_factory=Citations)
    figures: dict[str, Figure] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)

    def report(self, report: Report, lines: Sequence[BoardLine]) -> None:
        """The report's title and what it states, by group."""
        if lines:
            self.segments.append(Text(f"{chr(10) * 2 if self.segments else ''}《{report.title}》："))
        for group, of_group in groupby(lines, key=lambda line: line.wanted.group):
            self.segments.append(Text(f"\n\n{group}"))
            for line in of_group:
                self.segments += self._line(line)
                self.conflicts += self._conflicts(line)

    def draft(self) -> Draft:
        """All of it."""
        return Draft(
            AnswerStatus.ANSWERED,
            tuple(self.segments),
            tuple(self.citations.items),
            tuple(self.conflicts),
            figures=tuple(self.figures.values()),
            certainty=Certainty.SURE,
        )

    def _line(self, line: BoardLine) -> Iterator[Segment]:
        """`就业率 96.12%（2023届）[1]`, several figures of one indicator behind each other."""
        for at, shown in enumerate(line.figures):
            identity = shown.figure.id
            self.figures[identity] = shown.figure
            called = self.said.get(identity) or shown.definition
            yield Text(f"；{called} " if at else f"\n- {called} ")
            yield FigureRef(identity, is_answer=True)
            yield Text(f"（{shown.when.text or UNDATED}）")
            yield Cite(self._cited(shown))

    def _conflicts(self, line: BoardLine) -> Iterator[Conflict]:
        """Figures of one definition that the report prints for what may be one time."""
        for definition, group in groupby(line.figures, key=lambda figure: figure.definition):
            noted = [figure for figure in group if figure.rivals]
            if len(noted) > 1:
                values = tuple((shown.text, self._cited(shown)) for shown in noted)
                yield Conflict(definition, values, noted[0].rivals, tuple(shown.figure.id for shown in noted))

    def _cited(self, shown: BoardFigure) -> int:
        citation = shown.citation
        return self.citations.cite_span(citation.passage, citation.quote_start, citation.quote_end)
