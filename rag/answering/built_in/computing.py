"""What is computed of figures found for a question: differences, sums, shares, averages, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.built_in.looking import Findings, Found, find
from rag.answering.built_in.pairs import Pair, is_share, operands_wanted
from rag.answering.built_in.remainders import what_is_left
from rag.answering.built_in.scoring import Choice
from rag.answering.built_in.writing import Writer
from rag.arithmetic.expressions import ComputeError, difference, growth, quotient, share, total
from rag.arithmetic.quantities import Operand
from rag.language.numbers.units import canonical, in_base
from rag.language.text import text_key
from rag.question.operation import negation
from rag.records import Computation, Draft, Figure, Operation, Query

BORNE_OUT = 0.5
"""Least chance of each of several figures that are added up beside a sure one of their kind."""


def computed(findings: Findings, looked: Sequence[Found], operands: Sequence[Found], pair: Pair | None) -> Draft | None:
    """The answer to a question that asks for a computation; None where it asks for none, or it cannot be made surely."""
    operation = findings.evidence.query.operation
    is_answered = is_printed(findings.evidence.query, looked) and all(found.is_sure for found in looked)
    if operation is Operation.REST:
        draft = None if is_answered else what_is_left(findings, looked, operands)
        return draft or (None if is_answered else _of_pair(pair, findings))
    if operation in (Operation.SHARE, Operation.AVERAGE):
        return None if pair is None or is_answered or may_be_printed(pair, looked) else _of_pair(pair, findings)
    if not operands or any(found.is_sure and _has(found, "change") for found in looked):
        return None
    if len(operands) == 2:
        return _of_pair(pair, findings)
    chosen = [found.choices[0] for found in operands if found.choices]
    if len(chosen) < len(operands) or not are_of_one_kind([choice.figure for choice in chosen]):
        return None
    if not any(choice.is_sure for choice in chosen) or any(
        choice.is_barred or choice.chance < BORNE_OUT for choice in chosen
    ):
        return None
    return _written(operation, chosen, findings)


def may_be_printed(pair: Pair, looked: Sequence[Found]) -> bool:
    """Whether it is likelier that a share or an average is printed itself than that it comes of two figures."""
    return any(choice.chance >= pair.chance and not choice.is_barred for found in looked for choice in found.choices)


def _of_pair(pair: Pair | None, findings: Findings) -> Draft | None:
    return _written(pair.operation, pair.choices, findings) if pair is not None and pair.is_sure else None


def is_printed(query: Query, looked: Sequence[Found]) -> bool:
    """Whether what would be computed is printed: a change, or what is not counted (未就业); true of a mere look-up."""
    if query.operation in (Operation.LOOKUP, Operation.AVERAGE):
        return True
    if query.operation is Operation.SHARE:
        return any(found.choices and is_share(found.choices[0].said) for found in looked)
    if query.operation is Operation.REST:
        return all(_has(found, "negated") for found in looked if negation(found.wanted.ask.text))
    return all(_has(found, "change") for found in looked)


def _has(found: Found, aspect: str) -> bool:
    return not found.choices or aspect in found.choices[0].said.context.aspects


def find_operands(findings: Findings) -> list[Found]:
    """What was found for each of the things computed with."""
    wanted = operands_wanted(findings.evidence.query, findings)
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
    writer = Writer(findings.reports)
    try:
        said, result = result_of(operation, [choice.figure for choice in chosen], writer)
    except ComputeError:
        return None
    return writer.told(said, result, chosen)


def result_of(operation: Operation, figures: Sequence[Figure], writer: Writer) -> tuple[str, Computation]:
    """What is computed of figures, as an answer puts it, and the result; ComputeError where they do not fit together."""
    operands = [Operand(figure.number, writer.citations.cite(figure)) for figure in figures]
    if operation is Operation.SUM:
        return "合计 ", total(operands)
    first, second = operands
    if operation is Operation.SHARE:
        return "占比 ", share(first, second)
    if operation is Operation.AVERAGE:
        return "平均 ", quotient(first, second)
    if operation is Operation.GROWTH:
        return "变化 ", growth(second, first)
    if operation is Operation.DIFFERENCE:
        first, second = sorted(operands, key=lambda one: in_base(one.number.value, one.number.unit), reverse=True)
    return ("其余 " if operation is Operation.REST else "相差 "), difference(first, second)
