"""What is computed within one report: differences and sums of what is surely found, the first rows of a table.

Only figures of one kind are computed with: of one unit, and of one column, row or sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from rag.answering.built_in.looking import Findings, Found, find
from rag.answering.built_in.remainders import what_is_left
from rag.answering.built_in.scoring import Choice
from rag.answering.built_in.writing import Writer, column_label
from rag.arithmetic.expressions import ComputeError, difference, total
from rag.arithmetic.quantities import Operand
from rag.language.numbers.units import canonical, scaled
from rag.language.text import text_key
from rag.question.operation import negation, question_to_order, without_order
from rag.records import AnswerStatus, Ask, AskKind, Certainty, Draft, Figure, Operation, Query

BORNE_OUT = 0.5
"""Least chance of a figure that is taken for sure beside a sure one of its kind."""
MIN_ROWS = 3
MIN_COLUMN = 0.5
"""Share of what is asked that a column and its table must say to be put in order."""
_GROUP = re.compile(r"(?P<noun>学院|专业|系|省|地区|城市|市|年|行业|学校|院校|高校|单位|部门|项目|类)")

_ANY_GROUP = _GROUP.pattern.replace("?P<noun>", "?:")
_ASKED_GROUP = re.compile(
    rf"哪[一二两三四五六几]?[个些所家]?{_ANY_GROUP}|{_ANY_GROUP}[^，。？]{{0,12}}(?:是哪|有哪|哪)"
    rf"|最[多高大少低小好差长短贵]的[二三四五六两]?[个所家名位项门]?{_ANY_GROUP}"
)
"""Where a question says of what the rows are that it puts in order: 哪个学院, 人最多的三个专业."""


def computed(findings: Findings, looked: Sequence[Found], operands: Sequence[Found]) -> Draft | None:
    """The answer to a question that asks for a computation; None where it asks for none, or it cannot be made surely."""
    query = findings.evidence.query
    if query.operation is Operation.RANK:
        return _ranked(findings)
    if query.operation is Operation.REST:
        return None if is_printed(query, looked) and looked[0].is_sure else what_is_left(findings, looked, operands)
    if not operands or any(found.is_sure and _has(found, "change") for found in looked):
        return None
    chosen = [found.choices[0] for found in operands if found.choices]
    if len(chosen) < len(operands) or not are_of_one_kind([choice.figure for choice in chosen]):
        return None
    if not any(choice.is_sure for choice in chosen) or any(
        choice.is_barred or choice.chance < BORNE_OUT for choice in chosen
    ):
        return None
    return _written(query.operation, chosen, findings)


def is_printed(query: Query, looked: Sequence[Found]) -> bool:
    """Whether what would be computed is printed: a change, or what is not counted (未就业); true of a mere look-up."""
    if query.operation is Operation.LOOKUP:
        return True
    if query.operation is Operation.REST:
        return all(_has(found, "negated") for found in looked if negation(found.wanted.ask.text))
    return all(_has(found, "change") for found in looked)


def _has(found: Found, aspect: str) -> bool:
    return not found.choices or aspect in found.choices[0].said.context.aspects


def find_operands(findings: Findings) -> list[Found]:
    """What was found for each of the things computed with."""
    query = findings.evidence.query
    first = query.asks[0] if query.asks else Ask(AskKind.ANY, query.focus)
    kind = AskKind.PERCENT if first.kind is AskKind.POINTS else first.kind
    unit = "" if kind is AskKind.PERCENT else first.unit
    asked = replace(query, asks=tuple(Ask(kind, item, unit, item) for item in query.operands))
    wanted = findings.wanted(asked)
    return [find(replace(one, aspects=one.aspects - {"change"}), findings) for one in wanted]


def are_of_one_kind(figures: Sequence[Figure]) -> bool:
    """Whether figures are of one unit, are different ones, and stand in one row, column or sentence."""
    if len({canonical(figure.number.unit)[1].base for figure in figures}) != 1 or len({f.id for f in figures}) < len(
        figures
    ):
        return False
    first = figures[0]
    in_row = all(f.quote_start == first.quote_start and f.passage.id == first.passage.id for f in figures)
    in_column = all(f.is_cell and f.before == first.before and f.table_id == first.table_id for f in figures)
    named = {text_key(f.before.rpartition("·")[2] if f.is_cell else f.context.head) for f in figures}
    return in_row or in_column or (len(named) == 1 and named != {""})


def _written(operation: Operation, chosen: Sequence[Choice], findings: Findings) -> Draft | None:
    writer, figures = Writer(findings.reports), [choice.figure for choice in chosen]
    operands = [Operand(figure.number, writer.citations.cite(figure)) for figure in figures]
    try:
        if operation is Operation.SUM:
            return writer.told("合计 ", total(operands), chosen)
        first, second = sorted(operands, key=lambda operand: operand.number.value, reverse=True)
        return writer.told("相差 ", difference(first, second), chosen)
    except ComputeError:
        return None


def _ranked(findings: Findings) -> Draft | None:
    """The rows of a table that come first, or last, by the column that is asked for."""
    query = findings.evidence.query
    order = question_to_order(query.focus)
    if order is None:
        return None
    blank = without_order(query.focus)
    asks = tuple(ask for ask in query.asks if ask.kind is not AskKind.NAME) or (Ask(AskKind.ANY, blank),)
    wanted = findings.wanted(replace(query, focus=blank, asks=asks[:1]))[0]
    found = find(wanted, replace(findings, said=[one for one in findings.said if one.figure.is_cell]))
    if not found.choices:
        return None
    best = found.choices[0]
    column = _column_of(best, findings)
    names = [figure.near for figure in column]
    if len(column) < MIN_ROWS or len(set(names)) < len(names) or not _is_of_group(best.figure, query.focus, names):
        return None
    if best.features[0] + best.features[1] < MIN_COLUMN or len({f.number.unit for f in column}) > 1:
        return None
    ordered = sorted(column, key=_amount, reverse=not order.is_down)
    chosen = ordered[order.place - 1 : order.place] if order.place else ordered[: order.count]
    if _amount(chosen[-1]) == _amount(ordered[min(ordered.index(chosen[-1]) + 1, len(ordered) - 1)]) and len(
        ordered
    ) > len(chosen):
        return None
    writer = Writer(findings.reports)
    writer.lead(chosen)
    writer.text(f"按{column_label(column[0]) or '数字'}{'从低到高' if order.is_down else '从高到低'}，")
    for at, figure in enumerate(chosen):
        writer.text("；" if at else "")
        writer.name(figure.near)
        writer.text(f"{column_label(figure)}为" if column_label(figure) else "")
        writer.figure(figure, is_answer=True)
        writer.cite(figure)
    writer.text("。")
    return writer.draft(AnswerStatus.ANSWERED, Certainty.SURE, [best])


def _column_of(best: Choice, findings: Findings) -> list[Figure]:
    """The figures of a column below one another, totals aside; none where the passage holds only a part of the table."""
    figure = best.figure
    if figure.table is None:
        return []
    column = [
        one.figure
        for one in findings.said
        if one.figure.passage.id == figure.passage.id and one.figure.column == figure.column and one.figure.is_cell
    ]
    is_whole = len({f.quote_start for f in column}) >= len(figure.table.rows) - figure.table.header_rows - 1
    return [f for f in column if not f.is_total] if is_whole else []


def _is_of_group(figure: Figure, question: str, names: Sequence[str]) -> bool:
    """Whether the rows are what the question asks for: 学院 where it asks which 学院."""
    asked = _ASKED_GROUP.search(question)
    noun = _GROUP.search(asked[0]) if asked else None
    if noun is None or figure.table is None:
        return False
    header = "".join(cell for row in figure.table.rows[: figure.table.header_rows] for cell in row.filled)
    return noun["noun"] in header or sum(noun["noun"] in name for name in names) * 2 > len(names)


def _amount(figure: Figure) -> Decimal:
    scale, unit = canonical(figure.number.unit)
    return scaled(figure.number.value * unit.factor, scale)
