"""The rows of a table that come first, or last, by the column that is asked for: 哪个专业人数最多, 人最多的三个学院."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.answering.built_in.looking import Findings, Found, find
from rag.answering.built_in.said import Said
from rag.answering.built_in.scoring import POSSIBLE, Choice
from rag.answering.built_in.writing import Writer, column_label
from rag.language.numbers.units import in_base
from rag.question.operation import Order, asked_group, is_left_out, question_to_order, without_order
from rag.records import AnswerStatus, Ask, AskKind, Certainty, Draft, Figure

MIN_ROWS = 3
MIN_COLUMN = 0.5
"""Share of what is asked that a column's best cell must say for its column to be put in order."""
MIN_SAID = 0.3
"""Share of it that the column and what stands above its table must say, rows aside."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What comes first in a column."""

    best: Choice
    """The cell that tells the column."""
    order: Order
    figures: Sequence[Figure]
    said: float
    """Share of what is asked that the column and what stands above its table say."""

    @property
    def is_sure(self) -> bool:
        """Whether the column, or its table, says what is asked for, and not its rows alone."""
        return self.best.features[0] + self.best.features[1] >= MIN_COLUMN and self.said >= MIN_SAID


def ranked(rows: Rows, findings: Findings) -> Draft:
    """The answer: the rows that come first, and by what."""
    writer = Writer(findings.reports)
    writer.lead(rows.figures)
    by = column_label(rows.figures[0]) or "数字"
    writer.text(f"按{by}{'从低到高' if rows.order.is_down else '从高到低'}，")
    for at, figure in enumerate(rows.figures):
        writer.text("；" if at else "")
        writer.name(figure.near)
        writer.text(f"{column_label(figure)}为" if column_label(figure) else "")
        writer.figure(figure, is_answer=True)
        writer.cite(figure)
    writer.text("。")
    return writer.draft(AnswerStatus.ANSWERED, Certainty.SURE, [rows.best])


def led_by_rows(rows: Rows, findings: Findings, looked: Sequence[Found]) -> list[Found]:
    """What was found, with the rows that come first in what may be the column."""
    if not looked or rows.best.chance < POSSIBLE:
        return list(looked)
    said = {one.figure.id: one for one in findings.said}
    choices = [replace(rows.best, said=said[figure.id]) for figure in rows.figures]
    return [replace(looked[0], rows=choices), *looked[1:]]


def first_rows(findings: Findings) -> Rows | None:
    """The rows that come first by the column that best fits what is asked, of the tables whose rows are what is asked for."""
    query = findings.evidence.query
    order = question_to_order(query.focus)
    if order is None:
        return None
    blank = without_order(query.focus)
    asks = tuple(ask for ask in query.asks if ask.kind is not AskKind.NAME) or (Ask(AskKind.ANY, blank),)
    wanted = findings.wanted(replace(query, focus=blank, asks=asks[:1]))[0]
    found = find(wanted, replace(findings, said=_of_group(findings, query.focus)))
    if not found.choices:
        return None
    column = [f for f in _column_of(found.choices[0], findings) if not is_left_out(f.near, query.focus)]
    names = [figure.near for figure in column]
    if len(column) < MIN_ROWS or len(set(names)) < len(names) or len({f.number.unit for f in column}) > 1:
        return None
    ordered = sorted(column, key=_amount, reverse=not order.is_down)
    chosen = ordered[order.place - 1 : order.place] if order.place else ordered[: order.count]
    following = ordered[ordered.index(chosen[-1]) + 1 :] if chosen else []
    if not chosen or (following and _amount(chosen[-1]) == _amount(following[0])):
        return None
    best = found.choices[0].figure
    return Rows(found.choices[0], order, chosen, wanted.words.coverage(f"{best.before} {best.about}"))


def _of_group(findings: Findings, question: str) -> list[Said]:
    """The cells of the tables whose rows are what the question asks for: 学院 where it asks which 学院."""
    noun = asked_group(question)
    if not noun:
        return []
    tables: dict[str, list[Said]] = defaultdict(list)
    for one in findings.said:
        if one.figure.table_id and not one.figure.is_total:
            tables[one.figure.table_id].append(one)
    return [one for cells in tables.values() if _is_of_group(cells, noun) for one in cells]


def _is_of_group(cells: Sequence[Said], noun: str) -> bool:
    table = cells[0].figure.table
    header = "".join(cell for row in table.rows[: table.header_rows] for cell in row.filled) if table else ""
    return noun in header or sum(noun in one.figure.near for one in cells) * 2 > len(cells)


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


def _amount(figure: Figure) -> Decimal:
    return in_base(figure.number.value, figure.number.unit)
