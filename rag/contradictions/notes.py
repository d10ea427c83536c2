"""What is said of a contradiction, in Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from rag.contradictions.counted import clause_before, name_in_cell
from rag.contradictions.table_sums import Misfit
from rag.figures import Figure
from rag.numbers import find_scopes, format_decimal, unit_class
from rag.records import ContradictionKind, FigureRef

MAX_LABEL = 40
"""Characters of a label."""
_CENT = Decimal("0.01")
_MARKS = re.compile(r"^[\s、，。；：]+|[\s、，。；：]+$")


def label_of(figure: Figure) -> str:
    """What is printed of a figure, as it is printed: row and column of a cell, else its clause."""
    if figure.is_cell:
        label = name_in_cell(figure) or " ".join(filter(None, (figure.near, figure.before)))
    else:
        label = f"{clause_before(figure.before)}{figure.after.partition('、')[0]}"
    return _MARKS.sub("", label)[:MAX_LABEL]


def written(ref: FigureRef) -> str:
    """A figure as a note writes it: with its unit where a cell leaves that to the header."""
    text = " ".join(ref.number.text.split())
    unit = ref.number.unit
    return text if not unit or unit in text or unit.startswith(":") else text + unit


def difference_note(refs: Sequence[FigureRef]) -> str:
    """Where a report prints which figure."""
    return f"同一事项印有不同的数字：{'、'.join(_placed(refs))}"


def scope_note(refs: Sequence[FigureRef]) -> str:
    """That figures are not of one scope, or not of one moment."""
    dates = ["、".join(f"{d[0]}月{d[1]}日" for d in _dates(ref)) for ref in refs]
    if len(set(filter(None, dates))) > 1:
        return "截止时点不同，不算矛盾：" + "、".join(
            f"{written(ref)}（{date or '未写时点'}）" for ref, date in zip(refs, dates, strict=True)
        )
    return "口径不同，不宜混用：" + "、".join(f"{ref.label} {written(ref)}" for ref in refs)


def _dates(ref: FigureRef) -> list[tuple[int, int]]:
    scopes = find_scopes(ref.passage.text[ref.quote_start : ref.quote_end])
    return [(scope.month, scope.day) for scope in scopes if scope.month and scope.day]


def unit_note(refs: Sequence[FigureRef]) -> str:
    """That one number is printed in two units."""
    return f"同一数额所印单位不同：{'、'.join(_placed(refs))}"


def _placed(refs: Sequence[FigureRef]) -> list[str]:
    return [f"{written(ref)}（第{ref.passage.page}页）" if ref.passage.page else written(ref) for ref in refs]


def misfit_note(misfit: Misfit) -> str:
    """What the figure should be, as its operands have it."""
    number, unit = misfit.figure.number, misfit.figure.number.unit
    values = [operand.number.value for operand in misfit.operands]
    if misfit.kind is ContradictionKind.TOTAL:
        total = sum(values, Decimal(0))
        gap = abs(total - number.value)
        return f"各项之和为 {format_decimal(total)}{unit}，所印合计为 {format_decimal(number.value)}{unit}，相差 {format_decimal(gap)}{unit}"
    if misfit.kind is ContradictionKind.SHARE:
        share = (values[0] * 100 / values[1]).quantize(_CENT, ROUND_HALF_UP)
        return f"按部分除以总数计算为 {format_decimal(share)}%，所印为 {number.text.strip()}"
    change = abs(values[0] - values[1])
    growth = (change * 100 / values[0 if unit_class(unit) == "percent" else 1]).quantize(_CENT, ROUND_HALF_UP)
    if unit_class(unit) == "percent":
        return f"按前后两数计算为 {format_decimal(growth)}%，所印为 {number.text.strip()}"
    note = f"两数相减为 {format_decimal(change)} 个百分点，所写为 {number.text.strip()}"
    relative = abs(growth - abs(number.value)) <= _CENT
    return (
        f"{note}；所写的是相对变动幅度（{format_decimal(change)}÷{format_decimal(values[1])}≈{format_decimal(growth)}%），不是百分点"
        if relative
        else note
    )
