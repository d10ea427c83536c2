"""What is computed within one report: differences and sums of what is surely found, the first rows of a table.

Only figures of one kind are computed with: of one unit, and of one column, row or sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.built_in.looking import Findings, Found, find
from rag.answering.built_in.remainders import what_is_left
from rag.answering.built_in.scoring import Choice
from rag.answering.built_in.writing import Writer
from rag.arithmetic.expressions import ComputeError, difference, total
from rag.arithmetic.quantities import Operand
from rag.language.numbers.units import canonical
from rag.language.text import text_key
from rag.question.operation import negation
from rag.records import Ask, AskKind, Draft, Figure, Operation, Query

BORNE_OUT = 0.5
"""Least chance of a figure that is taken for sure beside a sure one of its kind."""


def computed(findings: Findings, looked: Sequence[Found], operands: Sequence[Found]) -> Draft | None:
    """The answer to a question that asks for a computation; None where it asks for none, or it cannot be made surely."""
    query = findings.evidence.query
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
