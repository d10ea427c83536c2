"""Answers that span several colleges or years: each is looked up in its own reports, then set beside the others.

Only figures of one measure are compared or computed with; else each is given with its name and why not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rag.answering.built_in.answer import evidence_to_draft
from rag.answering.built_in.looking import Findings, Found, evidence_to_findings, look_up
from rag.answering.built_in.refusing import missing_report, not_found
from rag.answering.built_in.scoring import Choice
from rag.answering.built_in.writing import Writer
from rag.arithmetic.expressions import ComputeError, average, difference, ratio, total
from rag.arithmetic.quantities import Operand
from rag.language.numbers.units import canonical, scaled
from rag.question.comparison import Comparison, question_to_comparison
from rag.records import AnswerStatus, Certainty, Contradiction, Draft, Evidence, Figure, Operation, Report, Table

MAX_SHOWN = 4
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
    sure = [part for part in stated if part.choice.is_sure]
    silent = [part for part in parts if part not in sure]
    if not sure or any(part in stated and not _is_missing(part) for part in silent):
        return _unsure(evidence, parts, reports)
    writer = Writer(reports)
    if comparison.operation is not Operation.LOOKUP and not silent and len(sure) > 1:
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


def _are_alike(parts: Sequence[Part]) -> bool:
    """Whether figures measure one thing: in one unit, and their labels have at least a third of their words in common."""
    words = [part.choice.said.context.terms for part in parts]
    shared, all_words = frozenset.intersection(*words), frozenset.union(*words)
    return len({canonical(p.figure.number.unit)[1].base for p in parts}) == 1 and len(shared) * 3 >= len(all_words) > 0


def _list(writer: Writer, parts: Sequence[Part], *, is_answer: bool) -> None:
    for at, part in enumerate(parts):
        start = "\n" if at or writer.segments else ""
        writer.text(f"{start}- {part.name}：")
        writer.stated(part.figure, is_answer=is_answer)


def _compare(writer: Writer, parts: Sequence[Part], comparison: Comparison) -> None:
    if not _are_alike(parts):
        writer.text("各自所印的指标或单位不同，不宜直接比较：")
        _list(writer, parts, is_answer=True)
        return
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
    operands = [Operand(part.figure.number, writer.citations.cite(part.figure)) for part in parts]
    try:
        if comparison.operation is Operation.SUM:
            result, said = total(operands), "合计 "
        elif comparison.operation is Operation.AVERAGE:
            result, said = average(operands), "平均 "
        elif comparison.operation is Operation.RATIO:
            result, said = ratio(*operands[:2]), f"{parts[0].name}是{parts[1].name}的 "
        else:
            high, low = (0, 1) if _amount(parts[0]) >= _amount(parts[1]) else (1, 0)
            result = difference(operands[high], operands[low])
            said = f"{parts[high].name}比{parts[low].name}{comparison.words[0]} "
    except ComputeError as error:
        writer.text(f"不能直接计算（{error}），各自的数字是：")
        _list(writer, parts, is_answer=True)
        return
    writer.text(said)
    writer.computed(result)
    writer.text("。")
    _list(writer, parts, is_answer=False)


def _amount(part: Part) -> Decimal:
    scale, unit = canonical(part.figure.number.unit)
    return scaled(part.figure.number.value * unit.factor, scale)


def _unsure(evidence: Evidence, parts: Sequence[Part], reports: Mapping[str, Report]) -> Draft:
    shown = [part for part in parts if not _is_missing(part)][:MAX_SHOWN]
    if not shown:
        return not_found(evidence, reports)
    writer = Writer(reports)
    writer.unsure([part.choice for part in shown])
    _tell_silent(writer, [part for part in parts if _is_missing(part)], reports)
    return writer.draft(AnswerStatus.NOT_FOUND, Certainty.UNSURE, [shown[0].choice])


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
