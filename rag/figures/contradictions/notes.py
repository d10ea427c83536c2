"""What is said of a contradiction, in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from rag.figures.clauses import clause_of
from rag.figures.context import Comparable
from rag.figures.contradictions.misfits import Misfit, total_of
from rag.figures.entries import in_its_line
from rag.language.clauses import clause_before
from rag.language.numbers import find_scopes, format_decimal, measured, unit_class
from rag.records import Contradiction, ContradictionKind, Figure, Section

MAX_LABEL = 40
"""Characters of a label."""
_CENT = Decimal("0.01")
_MARKS = re.compile(r"^[\s、，。；：]+|[\s、，。；：]+$")


def label_of(figure: Figure) -> str:
    """What is printed of a figure, as it is printed: row and column of a cell, else its clause."""
    if figure.is_cell:
        label = _name_in_cell(figure) or " ".join(filter(None, (figure.near, figure.before)))
    else:
        label = f"{clause_of(figure)}{figure.after.partition('、')[0]}"
    return _MARKS.sub("", label)[:MAX_LABEL]


def _name_in_cell(figure: Figure) -> str:
    """What a cell says before a figure that is not all of it: 新教师培训 of 新教师培训（3期）."""
    text = figure.row.printed[figure.column] if figure.row else ""
    start = text.find(figure.number.text)
    return clause_before(text[:start].rstrip("（(")) if start > 0 else ""


def written(ref: Figure) -> str:
    """A figure as a note writes it: with its unit where a cell leaves that to the header."""
    text = " ".join(ref.number.text.split())
    unit = ref.number.unit
    return text if not unit or unit in text or unit.startswith(":") else text + unit


def difference_note(refs: Sequence[Figure]) -> str:
    """Where a report prints which figure."""
    return f"同一事项印有不同的数字：{'、'.join(_placed(refs))}"


def scope_note(refs: Sequence[Figure]) -> str:
    """That figures are not of one scope, or not of one moment."""
    dates = ["、".join(f"{d[0]}月{d[1]}日" for d in _dates(ref)) for ref in refs]
    if len(set(filter(None, dates))) > 1:
        return "截止时点不同，不算矛盾：" + "、".join(
            f"{written(ref)}（{date or '未写时点'}）" for ref, date in zip(refs, dates, strict=True)
        )
    return "口径不同，不宜混用：" + "、".join(f"{label_of(ref)} {written(ref)}" for ref in refs)


def _dates(ref: Figure) -> list[tuple[int, int]]:
    scopes = find_scopes(ref.passage.text[ref.quote_start : ref.quote_end])
    return [(scope.month, scope.day) for scope in scopes if scope.month and scope.day]


def unit_note(refs: Sequence[Figure]) -> str:
    """That one number is printed in two units."""
    return f"同一数额所印单位不同：{'、'.join(_placed(refs))}"


def _placed(refs: Sequence[Figure]) -> list[str]:
    return [f"{written(ref)}（第{ref.passage.page}页）" if ref.passage.page else written(ref) for ref in refs]


def misfit_note(misfit: Misfit) -> str:
    """What the figure should be, as its operands have it."""
    number, unit = misfit.figure.number, misfit.figure.number.unit
    printed = number.text.strip()
    first, second = (operand.number.value for operand in misfit.operands[:2])
    if misfit.kind is ContradictionKind.TOTAL:
        total = total_of(misfit.operands)
        if misfit.figure in misfit.operands:
            return f"各项占比之和为 {format_decimal(total)}%，不是 100%"
        gap = abs(total - number.value)
        return f"各项之和为 {format_decimal(total)}{unit}，所印合计为 {format_decimal(number.value)}{unit}，相差 {format_decimal(gap)}{unit}"
    if misfit.kind is ContradictionKind.SHARE:
        return f"按部分除以总数计算为 {_cents(first * 100 / second)}%，所印为 {printed}"
    if misfit.kind is ContradictionKind.QUOTIENT:
        return f"按两数相除计算为 {_cents(_quotient(misfit))}，所印为 {printed}"
    change = abs(first - second)
    if unit_class(unit) == "points":
        note = f"两数相减为 {format_decimal(change)} 个百分点，所写为 {printed}"
        relative = change * 100 / second if second else Decimal(0)
        if abs(relative - abs(number.value)) > _CENT:
            return note
        return f"{note}；所写的是相对变动幅度（{format_decimal(change)}÷{format_decimal(second)}≈{_cents(relative)}%），不是百分点"
    if is_growth(misfit):
        return f"按前后两数计算为 {_cents(change * 100 / first)}%，所印为 {printed}"
    return f"两数相减为 {format_decimal(change)}{unit}，所印为 {printed}"


def is_growth(misfit: Misfit) -> bool:
    """Whether a change that does not follow is a rate: in per cent, or a bare one that is nearer to the rate."""
    old, new = (operand.number.value for operand in misfit.operands)
    if unit_class(misfit.figure.number.unit) == "percent" or not old:
        return unit_class(misfit.figure.number.unit) == "percent"
    printed = abs(misfit.figure.number.value)
    return unit_class(misfit.figure.number.unit) == "bare" and abs(printed - abs(new - old) * 100 / old) < abs(
        printed - abs(new - old)
    )


def _cents(value: Decimal) -> str:
    return format_decimal(value.quantize(_CENT, ROUND_HALF_UP))


def _quotient(misfit: Misfit) -> Decimal:
    """The quotient of the operands in the unit of the figure that should be it."""
    (first, base, _), (second, _, _) = (measured(operand.number) for operand in misfit.operands)
    value, own, _ = measured(misfit.figure.number)
    same = own.split("/")[0] == base and misfit.figure.number.value
    return first / second / (value / misfit.figure.number.value if same else 1)


MIN_LABEL = 4
"""Characters of a label that says what is counted."""
_NOTES = {
    ContradictionKind.DIFFERENT: difference_note,
    ContradictionKind.SCOPE: scope_note,
    ContradictionKind.UNIT: unit_note,
}


@dataclass(frozen=True, slots=True)
class Places:
    """Where the figures of a report stand."""

    report_id: str
    sections: Mapping[str, Section]

    def in_line(self, figure: Figure) -> Figure:
        """A figure in its paragraph or row."""
        return in_its_line(figure, self.sections[figure.passage.section_id])

    def rivals(self, kind: ContradictionKind, items: Sequence[Comparable]) -> Contradiction:
        """Figures that are said of one thing."""
        refs = [self.in_line(item.figure) for item in items]
        labels = [label for ref in refs if (label := label_of(ref))]
        named = min(
            (label for label in labels if len(label) >= MIN_LABEL), key=len, default=max(labels, key=len, default="")
        )
        return Contradiction("", self.report_id, kind, named, tuple(refs), (), _NOTES[kind](refs))

    def misfit(self, misfit: Misfit) -> Contradiction:
        """A figure that does not follow from its operands."""
        operands = tuple(map(self.in_line, misfit.operands))
        figure = self.in_line(misfit.figure)
        named = operands[0] if misfit.kind is not ContradictionKind.TOTAL else figure
        label = label_of(named) or label_of(figure) or figure.about
        return Contradiction("", self.report_id, misfit.kind, label, (figure,), operands, misfit_note(misfit))


def numbered(found: Iterable[Contradiction]) -> tuple[Contradiction, ...]:
    """Contradictions with ids that say their place in the report."""
    return tuple(replace(item, id=f"{item.report_id}#d{at:04d}") for at, item in enumerate(found, 1))
