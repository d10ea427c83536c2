"""Answers that span several colleges or years: each is looked up in its own reports, then set beside the others.

Only figures of one measure are compared or computed with; else each is given with its name and why not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rag.answering.built_in.answer import evidence_to_draft
from rag.answering.built_in.computing import BORNE_OUT
from rag.answering.built_in.looking import Findings, Found, evidence_to_findings, look_up
from rag.answering.built_in.refusing import missing_report, not_found
from rag.answering.built_in.scoring import Choice
from rag.answering.built_in.writing import Writer
from rag.arithmetic.expressions import ComputeError, average, difference, growth, ratio, total
from rag.arithmetic.quantities import Operand
from rag.figures.context import Comparable
from rag.language.numbers.units import canonical, in_base
from rag.question.comparison import Comparison, question_to_comparison
from rag.records import (
    AnswerStatus,
    Certainty,
    Computation,
    Contradiction,
    Draft,
    Evidence,
    Figure,
    Operation,
    Report,
    Table,
)

MAX_SHOWN = 4
ALIKE, MUCH_ALIKE = 0.5, 0.66
"""Least share of two labels' words that both have, for figures of one measure; and for figures that bear each other out."""
KINDS = frozenset("total change plan each negated".split())
"""Aspects that two figures of one measure have or lack together: the sum of five years is no figure of one."""
_PLACED = (Operation.COMPARE, Operation.RANK)


@dataclass(frozen=True, slots=True)
class Part:
    """What was found for one of those compared."""

    name: str
    findings: Findings
    found: Found | None

    @property
    def choice(self) -> Choice:
        """The figure that is compared."""
        assert self.found is not None
        return self.found.choices[0]

    @property
    def figure(self) -> Figure:
        """The figure that is compared."""
        return self.choice.figure


def parts_to_draft(
    evidence: Evidence,
    reports: Mapping[str, Report],
    tables: Mapping[str, Table],
    contradictions: Sequence[Contradiction] = (),
) -> Draft:
    """The built-in answer to a question about several, from what was found for each."""
    parts = [_part(part, reports, tables) for part in evidence.parts]
    comparison = question_to_comparison(evidence.query.standalone)
    stated = [part for part in parts if part.found is not None and part.found.choices]
    sure = stated if _bear_out(stated) else [part for part in stated if part.choice.is_sure]
    silent = [part for part in parts if part not in sure]
    if not sure or any(part in stated and not _is_missing(part) for part in silent):
        return _unsure(evidence, parts, reports)
    writer = Writer(reports)
    if comparison.operation is not Operation.LOOKUP and not silent and len(sure) > 1:
        if not _are_alike(sure, ALIKE):
            return _unsure(evidence, parts, reports, "各自所印的指标或单位不同，不宜直接比较。")
        _compare(writer, sure, comparison)
    else:
        _list(writer, sure, is_answer=True)
    _tell_silent(writer, silent, reports)
    return writer.draft(AnswerStatus.ANSWERED, Certainty.SURE, [part.choice for part in sure])


def _tell_silent(writer: Writer, silent: Sequence[Part], reports: Mapping[str, Report]) -> None:
    """Of whom nothing was found, and why."""
    for part in silent:
        reason = missing_report(part.findings.evidence.query, reports) or "未披露（报告里没有找到这一项）。"
        writer.text(f"\n- {part.name}：{reason}")


def _part(part: Evidence, reports: Mapping[str, Report], tables: Mapping[str, Table]) -> Part:
    findings = evidence_to_findings(part, reports, tables)
    looked = [] if part.query.unknown_colleges or not part.passages else look_up(findings)
    return Part(part.query.subject, findings, next((found for found in looked if found.choices), None))


def _is_missing(part: Part) -> bool:
    return part.found is None or part.found.is_missing


def _bear_out(parts: Sequence[Part]) -> bool:
    """Whether figures that are not all sure are, together: the best of each report, one sure, of much the same labels."""
    return (
        any(part.choice.is_sure for part in parts)
        and all(part.choice.chance >= BORNE_OUT and not part.choice.is_barred for part in parts)
        and _are_alike(parts, MUCH_ALIKE)
    )


def _are_alike(parts: Sequence[Part], least: float) -> bool:
    """Whether figures measure one thing: in one unit, not at two cut-offs, and in labels that have words in common."""
    if len({canonical(part.figure.number.unit)[1].base for part in parts}) != 1:
        return False
    first, *others = (part.choice.said.context for part in parts)
    if any((first.aspects ^ one.aspects) & KINDS for one in others):
        return False
    days = [item.when.dates for item in (first, *others) if item.when.dates]
    return not (days and not frozenset.intersection(*days)) and all(_likeness(first, one) >= least for one in others)


def _likeness(one: Comparable, other: Comparable) -> float:
    """The share of the words of both labels that the other says too."""
    said = sum(_says(other, word) for word in one.terms) + sum(_says(one, word) for word in other.terms)
    return said / max(len(one.terms) + len(other.terms), 1)


def _says(item: Comparable, word: str) -> bool:
    """Whether a label has a word, or its end, what is before it being said around the label: 落实率 of 毕业去向落实率."""
    for term in item.terms:
        short, long = sorted((term, word), key=len)
        halves = [long[at : at + 2] for at in range(0, len(long) - len(short), 2)]
        if long.endswith(short) and (word == short or all(half in item.lent for half in halves)):
            return True
    return False


def _list(writer: Writer, parts: Sequence[Part], *, is_answer: bool) -> None:
    for at, part in enumerate(parts):
        start = "\n" if at or writer.segments else ""
        writer.text(f"{start}- {part.name}：")
        writer.stated(part.figure, is_answer=is_answer)


def _compare(writer: Writer, parts: Sequence[Part], comparison: Comparison) -> None:
    if comparison.operation in _PLACED:
        ordered = sorted(parts, key=_amount, reverse=comparison.direction != "down")
        equal = _amount(ordered[0]) == _amount(ordered[1])
        more, less = comparison.words
        writer.text("相同：" if equal else "")
        if not equal:
            writer.name(ordered[0].name)
            writer.text(f"{'更' if len(ordered) == 2 else '最'}{less if comparison.direction == 'down' else more}：")
        _list(writer, ordered, is_answer=True)
        return
    try:
        said, result = _result(writer, parts, comparison)
    except ComputeError as error:
        writer.text(f"不能直接计算（{error}），各自的数字是：")
        _list(writer, parts, is_answer=True)
        return
    writer.text(said)
    writer.computed(result)
    writer.text("。")
    _list(writer, parts, is_answer=False)


def _result(writer: Writer, parts: Sequence[Part], comparison: Comparison) -> tuple[str, Computation]:
    """What is computed of several, as an answer puts it, and the result; ComputeError where it cannot be."""
    operands = [Operand(part.figure.number, writer.citations.cite(part.figure)) for part in parts]
    if comparison.operation is Operation.SUM:
        return "合计 ", total(operands)
    if comparison.operation is Operation.AVERAGE:
        return "平均 ", average(operands)
    if comparison.operation is Operation.RATIO:
        return f"{parts[0].name}是{parts[1].name}的 ", ratio(*operands[:2])
    if comparison.operation is Operation.GROWTH:
        old, new = sorted((1, 0), key=lambda at: parts[at].findings.evidence.query.years)
        return f"{parts[new].name}与{parts[old].name}相比，变化 ", growth(operands[old], operands[new])
    high, low = (0, 1) if _amount(parts[0]) >= _amount(parts[1]) else (1, 0)
    said = f"{parts[high].name}比{parts[low].name}{comparison.words[0]} "
    return said, difference(operands[high], operands[low])


def _amount(part: Part) -> Decimal:
    return in_base(part.figure.number.value, part.figure.number.unit)


def _unsure(evidence: Evidence, parts: Sequence[Part], reports: Mapping[str, Report], why: str = "") -> Draft:
    shown = [part for part in parts if not _is_missing(part)][:MAX_SHOWN]
    if not shown:
        return not_found(evidence, reports)
    writer = Writer(reports)
    writer.text(why)
    writer.unsure([part.choice for part in shown])
    _perhaps_computed(writer, parts, question_to_comparison(evidence.query.standalone))
    _tell_silent(writer, [part for part in parts if _is_missing(part)], reports)
    return writer.draft(AnswerStatus.NOT_FOUND, Certainty.UNSURE, [shown[0].choice])


def _perhaps_computed(writer: Writer, parts: Sequence[Part], comparison: Comparison) -> None:
    """What the figures shown for two come to, where a computation is asked for and each may be what is meant."""
    is_asked = comparison.operation in (Operation.DIFFERENCE, Operation.GROWTH, Operation.RATIO, Operation.SUM)
    is_two = len(parts) == 2 and not any(_is_missing(part) or part.choice.is_barred for part in parts)
    if not is_asked or not is_two or not _are_alike(parts, ALIKE):
        return
    try:
        said, result = _result(writer, parts, comparison)
    except ComputeError:
        return
    writer.perhaps(said, result)


def answer(
    evidence: Evidence,
    reports: Mapping[str, Report],
    tables: Mapping[str, Table],
    contradictions: Sequence[Contradiction] = (),
) -> Draft:
    """The built-in answer to a question, of one report or of several."""
    if evidence.parts:
        return parts_to_draft(evidence, reports, tables, contradictions)
    return evidence_to_draft(evidence, reports, tables, contradictions)
