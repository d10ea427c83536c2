"""Boards → what is shown of them (pure): as HTML, and as an exchange.

The exchange holds every figure with its citation, so that sources open and figures are saved as those of an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from rag.boards import Board, BoardFigure, BoardLine, Cell, Comparison
from rag.figures.entries import figures_to_entries
from rag.language.numbers.units import canonical
from rag.presentation.charts import Bar, Chart
from rag.presentation.exchanges import Exchange, answer_to_exchange
from rag.presentation.html.elements import element, elements, grid, if_any
from rag.presentation.json_and_text import place_of
from rag.records import (
    AnswerFigure,
    AnswerStatus,
    Citation,
    Cite,
    Conflict,
    Evidence,
    Figure,
    FigureRef,
    Query,
    Report,
    Segment,
    Table,
    Text,
    VerifiedAnswer,
    segments_to_markdown,
)

NOT_FOUND, PARTLY = "未找到", "看板未收录"
"""A report prints no figure of an indicator; or only such as are not of the whole school."""
UNDATED = "原文未写时点"
MAX_LABEL = 24
BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """Boards with the number of each figure's citation, and the exchange these are opened and saved from."""

    boards: tuple[Board, ...]
    exchange: Exchange
    numbers: Mapping[int, int]
    """id of a figure → number of its citation."""


def boards_to_shown(
    title: str, boards: Sequence[Board], tables: Mapping[str, Table], names: Sequence[str] = ()
) -> Shown:
    """The boards as one exchange; `names` are the indicators it holds, all where none is given."""
    citations: list[Citation] = []
    numbers: dict[int, int] = {}
    figures: list[AnswerFigure] = []
    conflicts: list[Conflict] = []
    segments: list[Segment] = []
    for board in boards:
        lines = [line for line in board.lines if not names or line.wanted.name in names]
        segments.append(Text(f"{BETWEEN if segments else ''}《{board.report.title}》\n"))
        for line in lines:
            for figure in line.figures:
                n = len(citations) + 1  # each figure its own, so that opening it marks no other
                citations.append(replace(figure.citation, n=n))
                numbers[id(figure)] = n
                figures.append(_answer_figure(figure, n))
                segments.append(Text(f"\n- {line.wanted.name}：{figure.definition} "))
                segments += [FigureRef(figure.figure.id, True), Text(" "), Cite(n)]
                segments.append(Text(f"（{figure.when.text or UNDATED}）"))
            conflicts += _conflicts(line, numbers)
        if silent := "、".join(line.wanted.name for line in lines if not line.figures):
            segments.append(Text(f"{BETWEEN}报告中未找到：{silent}。"))
    printed = [shown.figure for board in boards for line in board.lines for shown in line.figures]
    reports = [board.report for board in boards]
    exchange = cited_exchange(title, reports, tables, citations, figures, segments, printed, conflicts)
    return Shown(tuple(boards), exchange, numbers)


def cited_exchange(
    title: str,
    reports: Sequence[Report],
    tables: Mapping[str, Table],
    citations: Sequence[Citation],
    figures: Sequence[AnswerFigure],
    segments: Sequence[Segment],
    printed: Sequence[Figure],
    conflicts: Sequence[Conflict] = (),
) -> Exchange:
    """What is shown of reports without a question, as an exchange: its sources open and are saved as those of an answer."""
    by_id, figures_by_id = {report.id: report for report in reports}, {figure.id: figure for figure in printed}
    query = Query(title, title, title, tuple(by_id))
    answer = VerifiedAnswer(
        query,
        Evidence(query, ()),
        AnswerStatus.ANSWERED if figures else AnswerStatus.NOT_FOUND,
        segments_to_markdown(segments, figures_by_id, ()),
        tuple(figures),
        tuple(citations),
        tuple(conflicts),
        (),
        "extractive",
        None,
        0,
        0,
        (),
        segments=tuple(segments),
        printed=figures_to_entries(figures_by_id.values()),
    )
    return answer_to_exchange(title, answer, by_id, tables)


def _answer_figure(figure: BoardFigure, n: int) -> AnswerFigure:
    number, scope = figure.number, figure.when.text
    return AnswerFigure(
        figure.text, number.value, number.unit, "answer", "quoted", (n,), scope=scope, id=figure.figure.id
    )


def _conflicts(line: BoardLine, numbers: Mapping[int, int]) -> Iterator[Conflict]:
    """Figures of one definition that the report prints for what may be one time."""
    for definition, group in groupby(line.figures, key=lambda figure: figure.definition):
        noted = [figure for figure in group if figure.rivals]
        if len(noted) > 1:
            values, ids = tuple((f.text, numbers[id(f)]) for f in noted), tuple(f.figure.id for f in noted)
            yield Conflict(definition, values, noted[0].rivals, ids)


def board_html(board: Board, shown: Shown, anchor: str) -> str:
    """A report's board: its indicators by group, each figure with its time, its printed name and its source."""
    groups = [
        element("div.wb-head", group) + element("div.wb-board", *(_line(line, shown, anchor) for line in lines))
        for group, lines in groupby(board.stated, key=lambda line: line.wanted.group)
    ]
    return element("div.wb-boards", *groups, _unstated(board))


def _line(line: BoardLine, shown: Shown, anchor: str) -> Markup:
    figures = (_figure(figure, shown, anchor) for figure in line.figures)
    name, note = element("div.wb-name", line.wanted.name), if_any("div.wb-note", line.wanted.note)
    return element("div.wb-indicator", name, *figures, note)


def _figure(figure: BoardFigure, shown: Shown, anchor: str) -> Markup:
    label = " ".join(figure.label.split())
    name = label if len(label) <= MAX_LABEL else figure.definition
    facts = [
        figure.when.text or UNDATED,
        f"原文“{name}”",
        f"全文共 {figure.mentions} 处" if figure.mentions > 1 else "",
    ]
    n, page = shown.numbers[id(figure)], figure.citation.page
    label = f"第 {page} 页" if page is not None else "原文"
    return element(
        "div.wb-figure",
        element("strong", figure.text),
        " ",
        element("a.wb-ref", label, href=f"#{anchor}-{n}", title=f"查看出处 {n}"),
        element("div.wb-facts", " · ".join(filter(None, facts))),
        elements("div.wb-doubt", filter(None, (figure.rivals, figure.note))),
    )


def _unstated(board: Board) -> Markup:
    """What the board lacks, apart what is printed somewhere: the way there is the table of figures."""
    partly, nowhere = _lacking(board)
    way = {name: f"?{urlencode({'view': 'figures', 'report': board.report.id, 'find': name})}" for name in partly}
    links = Markup("、").join(element("a", name, href=href, target="_self") for name, href in way.items())
    why = "报告里印有这些数字，但只有分项，或者看不出是全校口径：点名称到数字表里看。"
    parts = element("div.wb-head", PARTLY) + element("p", links) + element("p.wb-muted", why) if partly else Markup()
    if nowhere:
        said = ("、".join(nowhere), "也可能只在图里，或用了别的说法：请提问，或查原文。")
        parts += element("div.wb-head", f"报告中{NOT_FOUND}") + elements("p.wb-muted", said)
    return parts


def _lacking(board: Board) -> tuple[list[str], list[str]]:
    """The names of the indicators a board lacks: those printed though not of the whole school, and the others."""
    return [n for n in board.unstated if n in board.partly], [n for n in board.unstated if n not in board.partly]


def lacking(cell: Cell) -> str:
    """What stands in a cell without figures."""
    return PARTLY if cell.is_partly else NOT_FOUND


def comparison_html(comparisons: Sequence[Comparison], boards: Sequence[Board], shown: Shown, anchor: str) -> str:
    """Indicators by report, with why some cannot be compared; what no figure was found for is said."""
    head = ["指标", *report_names([board.report for board in boards])]
    rows = [
        [
            element("b", item.wanted.name),
            *(
                Markup().join(_figure(figure, shown, anchor) for figure in cell.figures)
                or element("span.wb-muted", lacking(cell))
                for cell in item.cells
            ),
        ]
        for item in comparisons
    ]
    notes = elements(
        "li",
        (
            element("b", item.wanted.name) + f"：{item.obstacle or item.caution}"
            for item in comparisons
            if item.obstacle or item.caution
        ),
    )
    return element("div.wb-compare", grid(head, rows), if_any("ul", notes))


def report_names(reports: Sequence[Report]) -> list[str]:
    """What tells reports apart in a table's head: college and year, with the kind or by title where that is not enough."""
    plain = [f"{report.college or report.title} {report.year or ''}".strip() for report in reports]
    kinds = [f"{name} {report.kind.value}" for name, report in zip(plain, reports, strict=True)]
    titles = [report.title for report in reports]
    forms = (plain, kinds, titles, [f"{report.title}（{report.id}）" for report in reports])
    return next((form for form in forms if len(set(form)) == len(form)), forms[-1])


def comparison_to_chart(comparison: Comparison, names: Mapping[str, str]) -> Chart | None:
    """A bar for each report, in the unit all are printed in, else in what it is measured in; None where they do not compare."""
    figures = [(cell.report.id, cell.compared) for cell in comparison.cells if cell.compared is not None]
    if comparison.obstacle or not figures:
        return None
    units = {figure.number.unit for _, figure in figures}
    unit = units.pop() if len(units) == 1 else canonical(figures[0][1].number.unit)[1].base
    bars = tuple(
        Bar(names[identity], figure.number.value if figure.number.unit == unit else figure.amount, figure.text)
        for identity, figure in figures
    )
    return Chart(figures[0][1].definition, unit, bars, is_over_time=False)


def board_to_json(board: Board) -> dict[str, Any]:
    """A board as one object of `wenbao board --json`."""
    return {
        "report": board.report.id,
        "title": board.report.title,
        "college": board.report.college,
        "year": board.report.year,
        "figures": [
            {
                "indicator": line.wanted.name,
                "name": figure.definition,
                "label": figure.label,
                "text": figure.text,
                "value": str(figure.number.value),
                "unit": figure.number.unit,
                "scope": figure.when.text,
                "section": list(figure.citation.passage.path),
                "page": figure.citation.page,
                "page_label": figure.citation.page_label,
                "quote": figure.citation.quote,
                "mentions": figure.mentions,
                "notes": [note for note in (figure.rivals, figure.note) if note],
            }
            for line in board.stated
            for figure in line.figures
        ],
        "not_found": _lacking(board)[1],
        "not_of_school": _lacking(board)[0],
    }


def board_to_text(board: Board) -> str:
    """A board as lines for a terminal."""
    lines = [f"《{board.report.title}》"]
    for line in board.stated:
        for figure in line.figures:
            lines.append(f"  {line.wanted.name}：{figure.text}（{figure.definition}，{figure.when.text or UNDATED}）")
            lines.append(f"    {place_of(figure.citation, board.report)}")
            lines += [f"    注意：{note}" for note in (figure.rivals, figure.note) if note]
    partly, nowhere = _lacking(board)
    for said, names in ((f"{PARTLY}（只有分项，或看不出是全校口径）", partly), (f"报告中{NOT_FOUND}", nowhere)):
        lines += [f"  {said}：{'、'.join(names)}"] if names else []
    return "\n".join(lines)
