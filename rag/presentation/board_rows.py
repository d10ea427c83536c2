"""Boards side by side as rows to copy and save, and as an exchange whose answer is their table (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from rag.boards import Board, BoardFigure, Cell, Comparison
from rag.presentation.exchanges import Exchange
from rag.presentation.html.boards import UNDATED, Shown, lacking, report_names

FIGURE_COLUMNS = ("指标", "报告", "数值", "单位", "原文数字", "名称", "时点", "页码", "原文", "题名", "能否比较")
FIGURE_WIDTHS = (18, 26, 12, 8, 14, 26, 26, 8, 60, 36, 30)


def comparison_rows(comparisons: Sequence[Comparison], boards: Sequence[Board]) -> list[list[str]]:
    """The table as rows of text: its head, a row for each indicator, figures with their time."""
    head = ["指标", *report_names([board.report for board in boards]), "能否比较"]
    rows = [
        [
            item.wanted.name,
            *("；".join(_plain(figure) for figure in cell.figures) or lacking(cell) for cell in item.cells),
            item.obstacle or item.caution,
        ]
        for item in comparisons
    ]
    return [head, *rows]


def _plain(figure: BoardFigure) -> str:
    page = f"，第{figure.citation.page}页" if figure.citation.page is not None else ""
    return f"{figure.text}（{figure.definition}，{figure.when.text or UNDATED}{page}）"


def comparison_figures(comparisons: Sequence[Comparison], boards: Sequence[Board]) -> list[tuple[str | Decimal, ...]]:
    """A row for each figure, its value a number, below `FIGURE_COLUMNS`; one without a value where none was found."""
    names = report_names([board.report for board in boards])
    return [FIGURE_COLUMNS, *(row for item in comparisons for row in _figure_rows(item, names))]


def _figure_rows(item: Comparison, names: Sequence[str]) -> Iterator[tuple[str | Decimal, ...]]:
    remark = item.obstacle or item.caution
    for cell, name in zip(item.cells, names, strict=True):
        if not cell.figures:
            yield (item.wanted.name, name, "", "", lacking(cell), *[""] * 4, cell.report.title, remark)
        for figure in cell.figures:
            page = figure.citation.page
            yield (
                item.wanted.name,
                name,
                figure.number.value,
                figure.number.unit,
                figure.text,
                figure.definition,
                figure.when.text or UNDATED,
                Decimal(page) if page is not None else "",
                " ".join(figure.citation.quote.split()),
                cell.report.title,
                remark,
            )


def comparison_exchange(comparisons: Sequence[Comparison], boards: Sequence[Board], shown: Shown) -> Exchange:
    """The exchange of the boards shown, with the comparison's table, each figure cited, for its answer's text."""
    names = report_names([board.report for board in boards])
    rows = [["指标", *names], ["---"] * (len(names) + 1)]
    rows += [[item.wanted.name, *(_cited(cell, shown) for cell in item.cells)] for item in comparisons]
    notes = [
        f"{item.wanted.name}：{item.obstacle or item.caution}" for item in comparisons if item.obstacle or item.caution
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    answer = shown.exchange.answer
    assert answer is not None
    figures = tuple(replace(figure, scope="") for figure in answer.figures)  # the table says it
    text = "\n\n".join([table, *notes])
    return replace(shown.exchange, answer=replace(answer, text=text, segments=(), figures=figures))


def _cited(cell: Cell, shown: Shown) -> str:
    """A cell of a pipe table."""
    cells = (
        f"**{figure.text}** [{shown.numbers[id(figure)]}]（{figure.definition}，{figure.when.text or UNDATED}）"
        for figure in cell.figures
    )
    return "；".join(cells).replace("|", "／") or lacking(cell)
