"""Answers that are computed: the operands are found like any figure, the arithmetic is done in code, the formula shown."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.built_in.findings import Findings
from rag.answering.built_in.operands import MAX_OPTIONS, WHOLE, combine, operand_figures, operand_options
from rag.answering.built_in.row_computing import counted, group_figures, ranked
from rag.arithmetic.expressions import ComputeError, evaluate
from rag.arithmetic.quantities import Operand, minus, operand_to_term
from rag.figures.citing import Citations, described, label_of, lead_of, markers, written
from rag.language.numbers import find_numbers, last_place, same_value, unit_class
from rag.question.operations import Plan
from rag.records import AnswerStatus, Computation, Draft, Figure, Operation, text_to_draft

_SHARES = frozenset({"percent", "bare", "fraction"})
TOTAL = "总数"
"""What a plan adds to a whole that the question does not name."""
_SIGNS = {
    Operation.SUM: " + ",
    Operation.AVERAGE: " 与 ",
    Operation.DIFFERENCE: " − ",
    Operation.SHARE: " ÷ ",
    Operation.RATIO: " ÷ ",
    Operation.GROWTH: " → ",
}


def plan_to_figures(plan: Plan, findings: Findings) -> list[Figure]:
    """The figures that a plan combines, in its order; empty where one is missing or they do not fit together."""
    if plan.operation not in (*_SIGNS, Operation.COMPARE):
        return []
    return group_figures(plan, findings) if plan.group else operand_figures(plan, findings)


def plan_to_draft(plan: Plan, findings: Findings, figures: Sequence[Figure]) -> Draft | None:
    """The computed answer a plan asks for, from the figures it combines; None where there is none."""
    if plan.operation is Operation.COUNT:
        return counted(plan, findings)
    if plan.operation is Operation.RANK:
        return ranked(plan, findings)
    if plan.operation is Operation.COMPARE:
        return _compared(plan, findings, figures)
    if plan.operation not in _SIGNS or not figures:
        return None
    citations = Citations()
    operands = [Operand(figure.number, citations.cite(figure)) for figure in figures]
    try:
        results = [combine(plan, operands)]
        whole = _whole(plan, figures, findings)
        if whole is not None:
            results.append(_share_of(plan, operands, Operand(whole.number, citations.cite(whole))))
    except ComputeError:
        return None
    shown = _SIGNS[plan.operation].join(
        f"{described(figure, bold=plan.names_both)} [{operand.citation}]"
        for figure, operand in zip(figures, operands, strict=True)
    )
    answers = "，占 ".join(f"{each_of(result)}**{result.text}** {markers(result.citations)}" for result in results)
    lead = lead_of(findings.evidence, [citation.passage for citation in citations.items], findings.reports)
    total = "" if whole is None or whole in figures else f"；总体：{described(whole)} [{citations.cite(whole)}]"
    text = f"{lead}{answers}（计算得出：{shown}{total}）。"
    return text_to_draft(AnswerStatus.ANSWERED, text, tuple(citations.items), computations=tuple(results))


def is_result(plan: Plan, printed: Sequence[Figure], operands: Sequence[Figure]) -> bool:
    """Whether printed figures may be what a plan would compute: none is one of its operands, and a share is of its whole."""
    if plan.operation not in _SIGNS:
        return True
    shares = [figure for figure in printed if unit_class(figure.number.unit) in _SHARES]
    if plan.operation is Operation.SHARE:
        return bool(shares) and not (operands and any(_is_of_other_whole(plan, share, operands) for share in shares))
    return not any(_is_same(figure, operand) for figure in printed for operand in operands)


def _is_same(figure: Figure, other: Figure) -> bool:
    return same_value(figure.number, other.number) and figure.number.unit == other.number.unit


def _is_of_other_whole(plan: Plan, printed: Figure, operands: Sequence[Figure]) -> bool:
    """Whether a share printed beside its part is of another whole than the one a plan names and finds."""
    part, whole = operands
    if not _is_beside(part, printed) or plan.operands[1].text.endswith(TOTAL):
        return False
    try:
        computed = combine(plan, [Operand(part.number, 1), Operand(whole.number, 2)])
    except ComputeError:
        return False
    gap = abs(find_numbers(computed.text)[0].value - printed.number.value)
    return gap > last_place(printed.number.value)


def _is_beside(part: Figure, share: Figure) -> bool:
    """Whether a share stands in the row of a part, or behind it with no other figure between."""
    if (part.passage.id, part.quote_start) != (share.passage.id, share.quote_start):
        return False
    return part.is_cell or (part.end <= share.start and not find_numbers(part.passage.text[part.end : share.start]))


def each_of(result: Computation) -> str:
    """“平均每人” before a result that is so much for each of something."""
    per = result.formula.rpartition("/")[2] if "/" in result.formula.rpartition(" ")[2] else ""
    return f"平均每{per} " if per else ""


def _compared(plan: Plan, findings: Findings, figures: Sequence[Figure]) -> Draft | None:
    """Which of two is greater or smaller, with both figures; None where they are not of one unit."""
    citations = Citations()
    operands = [Operand(figure.number, citations.cite(figure)) for figure in figures]
    if len(operands) < 2:
        return None
    try:
        gap = operand_to_term(operands[0]), operand_to_term(operands[1])
        sign = (minus(*gap).quantity.value > 0) - (minus(*gap).quantity.value < 0)
    except ComputeError:
        return None
    names = [phrase.text for phrase in plan.operands]
    first = names[(sign < 0) == (plan.direction != "down")]
    words = "多少" if unit_class(operands[0].number.unit) in ("count", "money") else "高低"
    verdict = f"**{first}**更{words[plan.direction == 'down']}" if sign else f"{names[0]}与{names[1]}相同"
    shown = "；".join(
        f"{label_of(figure)}**{written(figure)}** [{operand.citation}]"
        for figure, operand in zip(figures, operands, strict=True)
    )
    lead = lead_of(findings.evidence, [citation.passage for citation in citations.items], findings.reports)
    return text_to_draft(AnswerStatus.ANSWERED, f"{lead}{shown}。{verdict}。", tuple(citations.items))


def _share_of(plan: Plan, operands: Sequence[Operand], whole: Operand) -> Computation:
    names = {f"f{index}": operand for index, operand in enumerate(operands)}
    sign = " + " if plan.operation is Operation.SUM else " - "
    return evaluate(f"({sign.join(names)}) ÷ w × 100", {**names, "w": whole})


def _whole(plan: Plan, parts: Sequence[Figure], findings: Findings) -> Figure | None:
    """The whole of which a plan asks for the share of its result: the likeliest figure that is not less than it."""
    if plan.share_of is None:
        return None
    if plan.share_of in plan.operands:
        return parts[plan.operands.index(plan.share_of)]
    operands = [Operand(part.number, 0) for part in parts]
    taken = {part.number.value for part in parts}
    for choice in operand_options(plan.share_of, plan.kind, findings)[:MAX_OPTIONS]:
        number = choice.figure.number
        if number.value in taken or number.value < max(taken):
            continue
        try:
            share = _share_of(plan, operands, Operand(number, 0))
        except ComputeError:
            continue
        if find_numbers(share.text)[0].value <= WHOLE:
            return choice.figure
    return None
