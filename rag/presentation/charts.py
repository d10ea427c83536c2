"""The asked figures of an answer as a chart, where they compare: one unit, one indicator, other labels (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import takewhile
from typing import Any

from rag.domain.short_names import short_names
from rag.gate.saying import figure_to_said
from rag.language.numbers import find_numbers, find_scopes
from rag.language.numbers.units import canonical, in_base
from rag.presentation.asked_figures import Told, answer_to_told, asked_figures
from rag.presentation.exchanges import Exchange
from rag.records import AnswerFigure, Figure, Report

MAX_BARS = 30
"""More than these are read in the table."""
MIN_COMMON_WORD = 2
"""Characters that items of one sentence must end with alike to be of one kind: 教学满意度, 管理满意度."""
WHOLE, TOLERANCE = Decimal(100), Decimal("0.5")
MIN_YEARS_OF_A_LINE = 3
BAR_PIXELS, LINE_PIXELS, TITLE_PIXELS, LABEL_PIXELS = 32, 200, 36, 240
"""Height of a bar, of a line's field and of the title; room for a label before it is cut."""
_BRACKETED = re.compile(r"[（(][^（）()]*[）)]")
_NO_NAME = re.compile(r"我校|本校|学校|全校|该校|应届|毕业生的?|总体|其中|[的\s·，、：:]")
"""Words beside the name of an indicator that do not change what it measures."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure of a chart; `value` is in the chart's unit, `text` as the answer gives it."""

    label: str
    value: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures that compare: one unit, one indicator, every label different."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    is_over_time: bool
    """The labels are years, in order."""


def exchange_to_chart(exchange: Exchange) -> Chart | None:
    """The asked figures, or where only their sum or difference was asked what it is computed from, where they compare."""
    if exchange.answer is None:
        return None
    told = [one for one in asked_figures(exchange) if one.figure.kind == "quoted"]
    if len(told) < 2:
        told = list(answer_to_told(exchange, exchange.answer, lambda figure: figure.kind == "quoted"))
    return told_to_chart(told)


def chart_to_vega(chart: Chart, colours: Mapping[str, str]) -> dict[str, Any]:
    """The chart as Vega-Lite, which altair and Streamlit draw: bars from nought, or over years points joined by a line.

    Each has its figure beside it as the answer gives it. `colours` are those of `page.colours`.
    """
    is_line = chart.is_over_time and len(chart.bars) >= MIN_YEARS_OF_A_LINE
    ink = {"color": colours["ink"], "fontSize": 13}
    unnamed = {"aria": False}  # the whole is told in one sentence
    axis = {
        **unnamed,
        "title": None,
        "labelLimit": LABEL_PIXELS,
        "labelColor": colours["ink"],
        "labelFontSize": 13,
        "labelAngle": 0,
        "labelOverlap": False,
    }
    labels = {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "axis": {**axis, "ticks": False, "domain": not is_line},
    }
    room = float(max(bar.value for bar in chart.bars) * 4 / 3) or 1.0
    amounts = {"field": "value", "type": "quantitative", "axis": None, "scale": {"domain": [0, room]}}
    point = {"filled": True, "size": 60, "color": colours["accent"]}
    mark = {"type": "line", "point": point} if is_line else {"type": "bar", "cornerRadiusEnd": 4, "size": 18}
    words = {"align": "center", "dy": -14} if is_line else {"align": "left", "dx": 6}
    return {
        "data": {"values": [{"label": b.label, "value": float(b.value), "text": b.text} for b in chart.bars]},
        "title": {
            "text": chart.title,
            "anchor": "start",
            "color": colours["muted"],
            "fontSize": 13,
            "fontWeight": "normal",
        },
        "description": f"{chart.title}：{'；'.join(f'{b.label} {b.text}' for b in chart.bars)}",
        "height": (LINE_PIXELS if is_line else BAR_PIXELS * len(chart.bars)) + TITLE_PIXELS,
        "background": "transparent",
        "config": {"view": {"stroke": None}},
        "encoding": {"x": labels, "y": amounts} if is_line else {"x": amounts, "y": labels},
        "layer": [
            {"mark": {**unnamed, **mark, "color": colours["accent"], "tooltip": False}},
            {
                "mark": {**unnamed, "type": "text", "baseline": "middle", **words, **ink},
                "encoding": {"text": {"field": "text"}},
            },
        ],
    }


def told_to_chart(told: Sequence[Told]) -> Chart | None:
    """A chart of figures of one indicator and unit that differ in college, year or row; None where they do not compare."""
    figures = [
        (one.printed, one) for one in told if one.printed is not None and not one.is_disputed and not one.figure.caution
    ]
    if not 2 <= len(figures) == len(told) <= MAX_BARS or len({_base(one.figure.unit) for one in told}) > 1:
        return None
    if any(one.figure.value < 0 for one in told):  # bars begin at nought
        return None
    printed = [figure for figure, _ in figures]
    # 本 and 部 count the same of two reports, 个 and 人 of one row do not
    counted_alike = len({canonical(one.figure.unit)[1].name for one in told}) == 1
    for labelled in (_by_report, _by_year, *((_by_cell, _by_item) if counted_alike else ())):
        found = labelled(printed, told)
        if found is not None and len(set(found[1])) == len(told) and all(found[1]):
            return _chart(found[0], found[1], told)
    return None


Labelled = tuple[str, list[str]]
"""What a chart is of, and the label of each of its figures."""


def _by_report(printed: Sequence[Figure], told: Sequence[Told]) -> Labelled | None:
    """One figure of each report, all of one indicator."""
    reports = [one.report for one in told if one.report is not None]
    names = {_name(figure, one.report) for figure, one in zip(printed, told, strict=True)}
    if len({report.id for report in reports}) < len(told) or len(names) > 1:
        return None
    colleges = [_short(report) for report in reports]
    times = [_time(figure, one) for figure, one in zip(printed, told, strict=True)]
    if len(set(times)) == 1 and len(set(colleges)) == len(told):
        return _headed(names, times[0]), colleges
    return _headed(names), [f"{college} {time}".strip() for college, time in zip(colleges, times, strict=True)]


def _by_cell(printed: Sequence[Figure], told: Sequence[Told]) -> Labelled | None:
    """Rows of one column, or columns of one row, of one table."""
    if len({figure.table.id if figure.table else "" for figure in printed}) > 1 or not printed[0].is_cell:
        return None
    if len({figure.is_total for figure in printed}) > 1:
        return None
    rows = [[_BRACKETED.sub("", word) for word in figure.near.split() if not find_numbers(word)] for figure in printed]
    columns = [_BRACKETED.sub("", figure.before) for figure in printed]
    if len(set(columns)) == 1:
        for _ in range(2):  # what all begin with, then what all end with
            shared = sum(1 for _ in takewhile(lambda level: len(set(level)) == 1, zip(*rows, strict=False)))
            rows = [row[shared:][::-1] for row in rows]
        return columns[0], ["·".join(row) for row in rows]
    return ("·".join(rows[0]), columns) if len(set(map(tuple, rows))) == 1 else None


def _by_year(printed: Sequence[Figure], told: Sequence[Told]) -> Labelled | None:
    """One indicator of one college in several years."""
    colleges = {one.report.college if one.report else "" for one in told}
    names = {_name(figure, one.report) for figure, one in zip(printed, told, strict=True)}
    times = [_time(figure, one) for figure, one in zip(printed, told, strict=True)]
    return (_headed(names), times) if len(colleges) == len(names) == 1 and all(times) else None


def _by_item(printed: Sequence[Figure], told: Sequence[Told]) -> Labelled | None:
    """Items of one kind in one sentence: with a common name, or the shares of a whole."""
    if len({(figure.passage.id, figure.quote_start) for figure in printed}) > 1 or printed[0].is_cell:
        return None
    items = [re.sub(r"\s+", "", one.about) for one in told]
    alike = takewhile(lambda column: len(set(column)) == 1, zip(*(item[::-1] for item in items), strict=False))
    common = "".join(column[0] for column in alike)[::-1]
    is_whole = told[0].figure.unit == "%" and abs(sum(one.figure.value for one in told) - WHOLE) <= TOLERANCE
    if len(common) < MIN_COMMON_WORD and not is_whole:
        return None
    return "", [item.removeprefix("其中") for item in items]


def _chart(title: str, labels: Sequence[str], told: Sequence[Told]) -> Chart:
    unit = told[0].figure.unit
    bars = [
        Bar(label, _amount(one.figure) / _amount_of_one(unit), one.figure.text)
        for label, one in zip(labels, told, strict=True)
    ]
    years = [[year for scope in find_scopes(label) for year in scope.years] for label in labels]
    scopes = [find_scopes(label) for label in labels]
    is_over_time = all(len(found) == 1 and found[0].text == label for found, label in zip(scopes, labels, strict=True))
    if is_over_time:
        bars = [bar for _, bar in sorted(zip(years, bars, strict=True), key=lambda pair: pair[0])]
    return Chart(title, unit, tuple(bars), is_over_time)


def _base(unit: str) -> str:
    return canonical(unit)[1].base


def _amount(figure: AnswerFigure) -> Decimal:
    return in_base(figure.value, figure.unit)


def _amount_of_one(written: str) -> Decimal:
    return in_base(Decimal(1), written)


def _headed(names: set[str], time: str = "") -> str:
    return f"{time}{next(iter(names))}"


def _short(report: Report) -> str:
    """A college's name as a label: its second longest, which is still plain (咸宁职院)."""
    return next((name for name in report.short_names if len(name) > 2), report.college or report.title)


def _time(figure: Figure, told: Told) -> str:
    """The year, class or date printed of a figure, else what its scope says."""
    for text in (figure.before if figure.is_cell else told.about, told.figure.scope):
        if dated := [scope.text for scope in find_scopes(text) if scope.years and scope.kind != "date"]:
            return dated[-1]
    return ""


def _name(figure: Figure, report: Report | None) -> str:
    """The indicator's name as printed, without whose and when."""
    words = figure_to_said(figure)
    for scope in reversed(find_scopes(words)):
        words = words[: scope.start] + words[scope.end :]
    college = report.college if report else ""
    for name in sorted(filter(None, (college, *short_names(college))), key=len, reverse=True):
        words = words.replace(name, "")
    return _NO_NAME.sub("", words) or words
