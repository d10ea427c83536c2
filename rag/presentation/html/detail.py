"""A report in detail → what is shown of it (pure): what could not be read, and what does not fit, each with its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from rag.figures.citing import written
from rag.presentation.exchanges import Exchange
from rag.presentation.html.boards import cited_exchange
from rag.presentation.html.elements import badge, element, elements, if_any
from rag.records import AnswerFigure, Citation, Contradiction, Figure, Page, PageStatus, Passage, Report, Table

Notes = tuple[tuple[int | None, str], ...]
"""(physical page, Chinese) in order."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What a reader should know of a report; `exchange` cites every page noted and every figure in dispute, in order."""

    notes: Notes
    contradictions: tuple[Contradiction, ...]
    exchange: Exchange


def report_to_detail(
    report: Report, pages: Sequence[Page], tables: Sequence[Table], contradictions: Sequence[Contradiction]
) -> Detail:
    """The report's warnings page by page, and what does not fit in it."""
    notes = page_notes(pages, tables)
    labels = {page.number: page.label for page in pages}
    noted = [_page_citation(report, number, labels.get(number)) for number, _ in notes if number is not None]
    disputed = [figure for item in contradictions for figure in _figures(item)]
    printed = [
        Citation(0, figure.passage, figure.quote_start, figure.quote_end, figure.page, figure.page_label)
        for figure in disputed
    ]
    citations = [replace(citation, n=n) for n, citation in enumerate((*noted, *printed), 1)]
    figures = [
        AnswerFigure(written(figure), figure.number.value, figure.number.unit, "answer", "quoted", (n,), id=figure.id)
        for n, figure in enumerate(disputed, len(noted) + 1)
    ]
    by_id = {table.id: table for table in tables}
    exchange = cited_exchange(report.title, [report], by_id, citations, figures, (), disputed)
    return Detail(notes, tuple(contradictions), exchange)


def _figures(item: Contradiction) -> tuple[Figure, ...]:
    return (*item.figures, *item.operands)


def _page_citation(report: Report, page: int, label: str | None) -> Citation:
    passage = Passage(f"{report.id}:{page}", report.id, "", (), 0, 0, "", 0, 0, page, label, 0.0)
    return Citation(0, passage, 0, 0, page, label)


def page_notes(pages: Sequence[Page], tables: Sequence[Table]) -> Notes:
    """What a reader should know of each page: no usable text, doubtful tables."""
    said = {PageStatus.EMPTY: "没有文字（可能是图片或扫描页），数字没有读入", PageStatus.GARBLED: "文字乱码，没有读入"}
    notes = [(page.number, page.note or said[page.status]) for page in pages if page.note or page.status in said]
    for table in tables:
        where = next((row.page for row in table.rows if row.page is not None), None)
        notes += [(where, f"{table.caption or '一张没有题名的表'}：{warning}") for warning in table.warnings]
    return tuple(sorted(notes, key=lambda item: (item[0] is None, item[0] or 0, item[1])))


def detail_html(detail: Detail, anchor: str) -> Markup:
    """Both lists; the pages in them open what is printed there."""
    answer = detail.exchange.answer
    assert answer is not None
    numbers = iter(range(1, len(answer.citations) + 1))
    notes = [
        (_marker(page, next(numbers), anchor) + f" {note}") if page is not None else escape(note)
        for page, note in detail.notes
    ]
    disputes = [
        badge(item.kind.value)
        + f"{item.indicator}：{item.note}"
        + element("div", *(_disputed(figure, next(numbers), anchor) for figure in _figures(item)))
        for item in detail.contradictions
    ]
    return Markup().join(
        (
            element("div.wb-head", "逐页提醒"),
            if_any("ul.wb-warnings", elements("li", notes))
            or element("p.wb-muted", "每一页都读出了文字，表格也没有疑点。"),
            element("div.wb-head", "前后不一致"),
            if_any("ul.wb-doubts", elements("li", disputes)) or element("p.wb-muted", "没有发现前后不一致的数字。"),
        )
    )


def _disputed(figure: Figure, n: int, anchor: str) -> Markup:
    return element("b", written(figure)) + " " + _marker(figure.page, n, anchor) + "　"


def _marker(page: int | None, n: int, anchor: str) -> Markup:
    label = f"第 {page} 页" if page is not None else "原文"
    return element("a.wb-ref", label, href=f"#{anchor}-{n}", title=f"查看出处 {n}")
