"""A report's figure table → text, JSON, CSV and columns for the page (pure): what was understood, for a person to check."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from rag.figures.citing import written
from rag.language.text import text_key
from rag.presentation.spreadsheet import rows_to_csv
from rag.records import Figure, Origin, Report

COLUMNS = "数字 数值 单位 量的是什么 限定 性质 时间 行 列 表 章节 页 印刷页码 原文 编号".split()
ASPECTS = {
    "change": "变化",
    "total": "累计",
    "plan": "计划或标准",
    "each": "平均",
    "negated": "否定",
    "extreme": "最高或最低",
    "share": "占比",
    "case": "案例",
}
"""What makes two figures of one thing different, as a reader is told."""
HEAD = ("页", "数字", "量的是什么", "时间", "原文")
MAX_WIDTHS = (6, 18, 24, 22)
"""Columns of a terminal that the first columns of the text may take; the last takes what it needs."""


def find_figures(figures: Sequence[Figure], words: str) -> tuple[Figure, ...]:
    """The figures of which all these words are said: in the figure, its label, caption, headings or time."""
    keys = [key for word in words.split() if (key := text_key(word))]
    return tuple(figure for figure in figures if all(key in _searched(figure) for key in keys))


def _searched(figure: Figure) -> str:
    context = figure.context
    said = (written(figure), context.label, context.head, *context.qualifiers, *context.rows, *context.columns)
    above = (_caption(figure), *figure.passage.path, context.time.text)
    return "\n".join(map(text_key, (*said, *above)))


def figures_to_rows(figures: Sequence[Figure]) -> list[tuple[str | Decimal, ...]]:
    """A row for each figure, below `COLUMNS`; values and pages are numbers."""
    return [
        (
            written(figure),
            figure.number.value,
            figure.number.unit,
            figure.context.head,
            "、".join(figure.context.qualifiers),
            _aspects(figure),
            figure.context.time.text,
            " / ".join(figure.context.rows),
            " / ".join(figure.context.columns),
            _caption(figure),
            " / ".join(figure.passage.path),
            Decimal(figure.page) if figure.page is not None else "",
            figure.page_label or "",
            _label(figure),
            figure.id,
        )
        for figure in figures
    ]


def figures_to_csv(figures: Sequence[Figure]) -> bytes:
    """The table as `rows_to_csv` writes it."""
    return rows_to_csv([COLUMNS, *figures_to_rows(figures)])


def figure_to_json(figure: Figure) -> dict[str, Any]:
    """A figure as one object of `wenbao figures --json`."""
    number, context = figure.number, figure.context
    return {
        "id": figure.id,
        "text": written(figure),
        "value": str(number.value),
        "high": None if number.high is None else str(number.high),
        "unit": number.unit,
        "bound": number.bound,
        "head": context.head,
        "qualifiers": list(context.qualifiers),
        "aspects": sorted(context.aspects),
        "label": context.label,
        "rows": list(context.rows),
        "columns": list(context.columns),
        "table": _caption(figure),
        "time": context.time.text,
        "years": sorted(context.time.years),
        "section": list(figure.passage.path),
        "page": figure.page,
        "page_label": figure.page_label,
        "origin": figure.origin.value,
    }


def figures_to_text(report: Report, figures: Sequence[Figure], total: int) -> str:
    """The table as lines for a terminal, by section and table; `total` is how many figures the report has."""
    found = f"，其中 {len(figures)} 个符合" if len(figures) < total else ""
    rows = [_shown(figure) for figure in figures]
    widths = [
        min(most, max((_width(row[at]) for row in (HEAD, *rows)), default=0)) for at, most in enumerate(MAX_WIDTHS)
    ]
    lines = [f"《{report.title}》：{total} 个数字{found}", "", _line(HEAD, widths)]
    for place, group in groupby(zip(figures, rows, strict=True), key=lambda item: _place(item[0])):
        lines += ["", place, *(_line(row, widths) for _, row in group)]
    return "\n".join(lines)


def _shown(figure: Figure) -> tuple[str, ...]:
    """Page, figure, what is measured, time, the report's own words."""
    aspects = _aspects(figure)
    recognised = "（图中识别）" if figure.origin is Origin.RECOGNISED else ""
    return (
        str(figure.page) if figure.page is not None else "",
        written(figure) + recognised,
        f"{figure.context.head or '—'}{f'（{aspects}）' if aspects else ''}",
        figure.context.time.text,
        _label(figure),
    )


def _place(figure: Figure) -> str:
    place = " › ".join(figure.passage.path)
    if figure.table is None:
        return place
    facts = "，".join(filter(None, (figure.table.caption or "（无题）", figure.table.unit)))
    return f"{place} ▸ 表：{facts}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * max(0, width - _width(cell)) for cell, width in zip(row, widths, strict=False))
    return "  ".join(["", *padded, row[-1]]).rstrip()


def _width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _label(figure: Figure) -> str:
    """What is printed of it: row and column, or its clause with `…` where the figure stands."""
    context = figure.context
    if figure.is_cell:
        return " | ".join(filter(None, (" ".join(context.rows) or context.label, "·".join(context.columns))))
    behind = figure.after.strip()
    before = context.label.removesuffix(behind).strip() if behind else context.label
    return " ".join(f"{before}…{behind if context.label.endswith(behind) else ''}".split()) if context.label else ""


def _aspects(figure: Figure) -> str:
    return "、".join(name for key, name in ASPECTS.items() if key in figure.context.aspects)


def _caption(figure: Figure) -> str:
    return figure.table.caption if figure.table else ""


def figure_columns(figures: Sequence[Figure]) -> dict[str, list[str]]:
    """The table by column, as the page shows it."""
    return {
        name: list(cells) for name, cells in zip(_PAGE_COLUMNS, zip(*_page_rows(figures), strict=True), strict=True)
    }


_PAGE_COLUMNS = ("数字", "量的是什么", "时间", "页", "限定", "性质", "原文", "表", "章节")


def _page_rows(figures: Sequence[Figure]) -> Iterator[tuple[str, ...]]:
    for figure in figures:
        yield (
            written(figure),
            figure.context.head,
            figure.context.time.text,
            str(figure.page) if figure.page is not None else "",
            "、".join(figure.context.qualifiers),
            _aspects(figure),
            _label(figure),
            _caption(figure),
            " › ".join(figure.passage.path),
        )
