"""Answers that are computed: the operands are found like any figure, the arithmetic is done in code, the formula shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import inf, prod

from rag.colleges import short_names
from rag.compute import ComputeError, average, difference, evaluate, growth, quotient, ratio, share, total
from rag.extractive.choosing import MIN_COVERAGE
from rag.extractive.citing import Citations, label_of, lead_of, markers, row_line, written
from rag.extractive.weighing import Choice, slot_to_ask, weigh
from rag.figures import Figure
from rag.numbers import cell_number, find_numbers, unit_class
from rag.operations import OperandPhrase, Plan
from rag.quantities import Operand, minus, operand_to_term
from rag.records import (
    AnswerStatus,
    Computation,
    Contradiction,
    Draft,
    Evidence,
    Operation,
    Passage,
    Report,
    Table,
    TableRow,
)
from rag.relevance import Relevance, content_words, text_key
from rag.slots import Slot
from rag.tables import header_labels, row_text
from rag.text import matching_key, unique

MAX_OPERANDS = 40
SAME_ROW_BONUS = 1.5
"""What two operands gain that stand in one section or column."""
ROUGH_PENALTY = 1.0
"""What an approximate operand loses."""
NEGATIVE_PENALTY = 4.0
"""What a difference below zero loses: mostly one operand is another figure than the one asked for."""
MAX_OPTIONS, MAX_COMBINATIONS = 8, 4000
WHOLE = 100
_PARTS = frozenset({"percent", "points", "ratio", "fraction"})
"""Classes of figures that are parts of something already: no share is taken of them."""
MIN_LABEL = 2
_SIGNS = {
    Operation.SUM: " + ",
    Operation.AVERAGE: " 与 ",
    Operation.DIFFERENCE: " − ",
    Operation.SHARE: " ÷ ",
    Operation.RATIO: " ÷ ",
    Operation.GROWTH: " → ",
}


@dataclass(frozen=True, slots=True)
class Findings:
    """What an answer is computed from."""

    evidence: Evidence
    figures: Sequence[Figure]
    relevance: Relevance
    ranks: Mapping[str, int]
    reports: Mapping[str, Report]
    tables: Mapping[str, Table]
    contradictions: Sequence[Contradiction] = ()
    """Those kept with the reports."""


_SUCH = re.compile("(?:[这那]一?[类种些个]|这|那)$")


def plan_to_draft(plan: Plan, findings: Findings) -> Draft | None:
    """The computed answer a plan asks for; None where an operand is missing or the figures do not fit together."""
    if plan.operation is Operation.COUNT:
        return _counted(plan, findings)
    if plan.operation is Operation.RANK:
        return _ranked(plan, findings)
    if plan.operation is Operation.COMPARE:
        return _compared(plan, findings)
    if plan.operation not in _SIGNS:
        return None
    figures = _group_figures(plan, findings) if plan.group else _operand_figures(plan, findings)
    if not figures:
        return None
    citations = Citations()
    operands = [Operand(figure.number, citations.cite(figure)) for figure in figures]
    try:
        results = [_compute(plan, operands)]
        if plan.share_of is not None and (part := _whole(plan, operands, findings, citations)) is not None:
            results.append(part)
    except ComputeError:
        return None
    shown = _SIGNS[plan.operation].join(
        f"{label_of(figure)}{written(figure)} [{operand.citation}]"
        for figure, operand in zip(figures, operands, strict=True)
    )
    answers = "，占 ".join(f"{each_of(result)}**{result.text}** {markers(result.citations)}" for result in results)
    lead = lead_of(findings.evidence, [citation.passage for citation in citations.items], findings.reports)
    text = f"{lead}{answers}（计算得出：{shown}）。"
    return Draft(AnswerStatus.ANSWERED, text, tuple(citations.items), computations=tuple(results))


def each_of(result: Computation) -> str:
    """“平均每人” before a result that is so much for each of something."""
    per = result.formula.rpartition("/")[2] if "/" in result.formula.rpartition(" ")[2] else ""
    return f"平均每{per} " if per else ""


def _compute(plan: Plan, operands: Sequence[Operand]) -> Computation:
    if plan.operation is Operation.SUM:
        return total(operands)
    if plan.operation is Operation.AVERAGE:
        return average(operands)
    first, second = operands[:2]
    if first.number.value == second.number.value and first.citation == second.citation:
        raise ComputeError("两个数字是同一个")
    if plan.operation is Operation.DIFFERENCE:
        swap = plan.direction in ("down", "") and first.number.value < second.number.value
        return difference(second, first) if swap else difference(first, second)
    if plan.operation is Operation.GROWTH:
        return growth(first, second)
    if plan.operation is Operation.SHARE:
        return share(first, second)
    return ratio(first, second) if plan.unit else quotient(first, second)


def _compared(plan: Plan, findings: Findings) -> Draft | None:
    """Which of two is greater or smaller, with both figures; None where they are not of one unit."""
    figures = _operand_figures(plan, findings)
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
    return Draft(AnswerStatus.ANSWERED, f"{lead}{shown}。{verdict}。", tuple(citations.items))


def _share_of(plan: Plan, operands: Sequence[Operand], whole: Operand) -> Computation:
    names = {f"f{index}": operand for index, operand in enumerate(operands)}
    sign = " + " if plan.operation is Operation.SUM else " - "
    return evaluate(f"({sign.join(names)}) ÷ w × 100", {**names, "w": whole})


def _operand_figures(plan: Plan, findings: Findings) -> list[Figure]:
    """The figures that together answer the operand phrases best and can be computed with; empty where none can."""
    options = [_options(phrase, plan.kind, findings)[:MAX_OPTIONS] for phrase in plan.operands]
    while prod(map(len, options)) > MAX_COMBINATIONS:
        options = [choices[: max(1, len(choices) - 1)] for choices in options]
    best: tuple[float, list[Figure]] | None = None
    for choices in product(*options):
        figures = [choice.figure for choice in choices]
        if not _fit_together(plan, figures):
            continue
        together = sum(_are_near(first, second) for first, second in combinations(figures, 2))
        rough = sum(bool(figure.number.bound) for figure in figures)
        score = sum(choice.score for choice in choices) + SAME_ROW_BONUS * together - ROUGH_PENALTY * rough
        score -= NEGATIVE_PENALTY * _is_negative(plan, figures)
        if best is None or score > best[0]:
            best = (score, figures)
    return best[1] if best else []


def _fit_together(plan: Plan, figures: Sequence[Figure]) -> bool:
    """Whether figures are different ones and what the plan asks for can be computed from them, parts within wholes."""
    if len({(figure.number.value, figure.near, figure.before) for figure in figures}) < len(figures):
        return False
    classes = [unit_class(figure.number.unit) for figure in figures]
    if plan.operation in (Operation.SHARE, Operation.RATIO) and not _PARTS.isdisjoint(classes):
        return False
    if plan.operation is Operation.RATIO and len({phrase.text for phrase in plan.operands}) < len(plan.operands):
        return classes[0] != classes[1] == "count"
    try:
        result = _compute(plan, [Operand(figure.number, place) for place, figure in enumerate(figures)])
    except ComputeError:
        return False
    return plan.operation is not Operation.SHARE or find_numbers(result.text)[0].value < WHOLE


def _is_negative(plan: Plan, figures: Sequence[Figure]) -> bool:
    """Whether a part would be greater than what it is taken from."""
    return plan.operation is Operation.DIFFERENCE and _compute(
        plan, [Operand(figure.number, place) for place, figure in enumerate(figures)]
    ).text.removeprefix("约").startswith("-")


def _are_near(first: Figure, second: Figure) -> bool:
    """Whether two figures stand in one section, or in one column of a table."""
    return first.passage.section_id == second.passage.section_id and (
        not first.is_cell or not second.is_cell or first.row is second.row or first.column == second.column
    )


def _options(phrase: OperandPhrase, kind: str, findings: Findings) -> list[Choice]:
    """The figures that may be what an operand phrase asks for, best first."""
    query = findings.evidence.query
    names = [name for report in findings.reports.values() for name in (report.college, *report.short_names) if name]
    text = phrase.text
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "")
    text = text or phrase.text
    slot = Slot(phrase.kind or kind, text, 0, text)
    query = replace(query, focus=text, carried="", terms=(text,))
    ask = slot_to_ask(slot, [slot], findings.relevance, query)
    evidence = replace(findings.evidence, query=query)
    found = [
        choice
        for figure in findings.figures
        if (choice := weigh(figure, ask, findings.ranks, evidence, findings.reports)) and choice.reach >= MIN_COVERAGE
    ]
    return sorted(found, key=lambda choice: -choice.score)


def _find(phrase: OperandPhrase, kind: str, findings: Findings, taken: Sequence[Figure]) -> Figure | None:
    """The figure an operand phrase asks for, none of those already taken."""
    choices = _options(phrase, kind, findings)
    return next((c.figure for c in choices if all(c.figure is not other for other in taken)), None)


def _whole(plan: Plan, operands: Sequence[Operand], findings: Findings, citations: Citations) -> Computation | None:
    """The share that the result is of the whole a plan names: of the likeliest figure that is not less than it."""
    assert plan.share_of is not None
    taken = {operand.number.value for operand in operands}
    for choice in _options(plan.share_of, plan.kind, findings)[:MAX_OPTIONS]:
        number = choice.figure.number
        if number.value in taken or number.value < max(taken):
            continue
        try:
            trial = _share_of(plan, operands, Operand(number, 0))
        except ComputeError:
            continue
        if find_numbers(trial.text)[0].value <= WHOLE:
            return _share_of(plan, operands, Operand(number, citations.cite(choice.figure)))
    return None


def _group_figures(plan: Plan, findings: Findings) -> list[Figure]:
    """The figures of one column in every row of a group."""
    rows: dict[tuple[str, int], list[Figure]] = {}
    for figure in findings.figures:
        if figure.row is not None and not figure.is_total and _in_group(figure.row, plan.group):
            rows.setdefault((figure.passage.table_id or "", figure.column), []).append(figure)
    text = f"{plan.group} {plan.operands[0].text if plan.operands else ''}"
    slot = Slot(plan.kind, text, 0, text)
    ask = slot_to_ask(slot, [slot], findings.relevance, findings.evidence.query)

    def merit(figures: Sequence[Figure]) -> float:
        choices = (weigh(figure, ask, findings.ranks, findings.evidence, findings.reports) for figure in figures)
        return max((choice.score for choice in choices if choice), default=-inf)

    best = max(rows.values(), key=lambda figures: (merit(figures), len(figures)), default=[])
    return best if 2 <= len(best) <= MAX_OPERANDS and merit(best) > -inf else []


def _in_group(row: TableRow, group: str) -> bool:
    """Whether a row stands under the group a phrase names: 财经商贸大类 in 咸职财经商贸大类."""
    wanted = text_key(group)
    return any(len(cell) > MIN_LABEL and text_key(cell) in wanted for cell in row.filled if cell)


def _tables_by_fit(phrase: str, findings: Findings) -> list[tuple[Passage, Table]]:
    """The tables among the passages, the one whose caption, header and section speak most of a phrase first."""
    found: dict[str, tuple[float, Passage, Table]] = {}
    for passage in findings.evidence.passages:
        table = findings.tables.get(passage.table_id or "")
        if table is None or table.id in found:
            continue
        names = " ".join([table.caption, *passage.path, *(cell for row in table.rows[:1] for cell in row.filled)])
        score = findings.relevance.coverage(f"{names} {passage.text}") + findings.relevance.coverage(names)
        found[table.id] = (score, passage, table)
    return [(passage, table) for _, passage, table in sorted(found.values(), key=lambda item: -item[0])]


def _counted(plan: Plan, findings: Findings) -> Draft | None:
    """How many rows of a table hold something, with the rows."""
    phrase = plan.operands[0].text if plan.operands else ""
    for passage, table in _tables_by_fit(f"{plan.group} {phrase}", findings):
        spans = body_rows(passage, table)
        held = [(row, span) for row, span in spans if not phrase or _row_holds(row, phrase, findings)]
        if not held or (phrase and len(held) == len(spans)):
            continue
        citations = Citations()
        numbers = [citations.cite_span(passage, *span) for _, span in held]
        unit = "条"
        what = f"含“{phrase}”的行" if phrase else "表中的行"
        result = Computation(f"{len(held)}{unit}", f"{what}计数 = {len(held)}{unit}", tuple(numbers))
        lead = lead_of(findings.evidence, [passage], findings.reports)
        lines = (
            [
                f"- {row_line(row, table, findings.evidence.query.focus)} [{n}]"
                for (row, _), n in zip(held, numbers, strict=True)
            ]
            if phrase
            else []
        )
        shown = numbers if phrase else [numbers[0], numbers[-1]]
        text = f"{lead}共 **{result.text}** {markers(shown)}（逐行计数得出）。" + "".join(f"\n{line}" for line in lines)
        return Draft(AnswerStatus.ANSWERED, text, tuple(citations.items), computations=(result,))
    return None


def body_rows(passage: Passage, table: Table) -> list[tuple[TableRow, tuple[int, int]]]:
    """Body rows that a passage holds, with their spans; totals aside."""
    found = []
    at = 0
    for row in table.rows[table.header_rows :]:
        line = row_text(row)
        start = passage.text.find(line, at)
        if start < 0 or not line:
            continue
        at = start + len(line)
        if not any(cell.startswith(("合计", "总计", "小计")) for cell in row.filled if cell):
            found.append((row, (start, at)))
    return found


def _row_holds(row: TableRow, phrase: str, findings: Findings) -> bool:
    """Whether a cell of a row is what a phrase names, or the phrase holds the cell."""
    wanted = matching_key(_SUCH.sub("", phrase))
    if any(matching_key(short) == wanted for cell in row.filled if cell for short in short_names(cell)):
        return True
    cells = [text_key(cell) for cell in row.filled if len(cell) > MIN_LABEL]
    colleges = [matching_key(name) for name in findings.evidence.query.colleges if name in phrase or not phrase]
    return any(cell in wanted or wanted in cell for cell in cells) or any(name in cells for name in colleges)


def _column(plan: Plan, findings: Findings) -> list[Figure]:
    """The column of a table that holds most surely what is ranked, in one unit; rows of the group asked for alone."""
    named = [figure for figure in findings.figures if _names_one_of(figure, plan.group, findings.tables)]
    cells = named or [figure for figure in findings.figures if figure.row is not None]
    words = content_words(plan.operands[0].text)
    left = [cell for cell in cells if any(word in text_key(cell.before) for word in words)] or cells
    while found := _find(plan.operands[0], plan.kind, replace(findings, figures=left), []):
        whole = [f for f in left if f.passage.table_id == found.passage.table_id and f.column == found.column]
        column = [f for f in whole if not f.is_total and f.number.unit == found.number.unit]
        if len(column) > len(whole) / 2 and len(column) >= MIN_LABEL:
            return column
        left = [figure for figure in left if figure not in whole]
    return []


def _name_of(figure: Figure) -> str:
    """What a row is called: its labels before the figure, or, where none stands there, all of them."""
    cells = figure.row.filled[: figure.column] if figure.row else ()
    labels = [" ".join(cell.split()) for cell in cells if cell and cell_number(cell) is None]
    return "·".join(unique(labels)) or "·".join(figure.near.split())


def _names_one_of(figure: Figure, group: str, tables: Mapping[str, Table]) -> bool:
    """Whether the label next before a cell is one of a group: it ends like it (护理学院) or stands in its column."""
    table = tables.get(figure.passage.table_id or "")
    if not group or figure.row is None or table is None or figure.is_total:
        return False
    labels = header_labels(table.rows, table.header_rows)
    before = range(figure.column - 1, -1, -1)
    at = next((i for i in before if figure.row.filled[i] and cell_number(figure.row.filled[i]) is None), None)
    return at is not None and (figure.row.filled[at].endswith(group) or (at < len(labels) and group in labels[at]))


def _ranked(plan: Plan, findings: Findings) -> Draft | None:
    """The rows that come first or last by one column."""
    if not plan.operands:
        return None
    column = _column(plan, findings)
    ordered = sorted(
        column, key=lambda figure: -figure.number.value if plan.direction != "down" else figure.number.value
    )
    places = [place for place in (plan.ranks or (1,)) if 0 < place <= len(ordered)]
    if len(ordered) < MIN_LABEL or not places:
        return None
    citations = Citations()
    parts = []
    for place in places:
        figure = ordered[place - 1]
        name = _name_of(figure)
        parts.append(f"**{name}**（{figure.before} **{written(figure)}**）[{citations.cite(figure)}]")
    lead = lead_of(findings.evidence, [citation.passage for citation in citations.items], findings.reports)
    return Draft(AnswerStatus.ANSWERED, f"{lead}{'；'.join(parts)}。", tuple(citations.items))
