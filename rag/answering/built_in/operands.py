"""The figures a computation is made of: found like any figure, chosen so that together they answer the question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import prod

from rag.answering.built_in.asks import named_labels
from rag.answering.built_in.choosing import MIN_COVERAGE
from rag.answering.built_in.features import PEOPLE_UNITS
from rag.answering.built_in.findings import Findings
from rag.answering.built_in.row_naming import labels
from rag.answering.built_in.weighing import Choice, slot_to_ask, weigh
from rag.arithmetic.expressions import ComputeError, average, difference, growth, quotient, ratio, share, total
from rag.arithmetic.quantities import Operand
from rag.language.clauses import LABEL_BREAK
from rag.language.numbers import find_numbers, unit_class
from rag.language.text import text_key
from rag.question import slots
from rag.question.operations import OperandPhrase, Plan
from rag.question.slots import Slot
from rag.records import Computation, Figure, Operation
from rag.retrieval.relevance import CONTEXT, TABLE_CONTEXT, Relevance, content_words

SAME_ROW_BONUS = 1.5
"""What two operands gain that stand in one section or column."""
ROUGH_PENALTY = 1.0
"""What an approximate operand loses."""
NEGATIVE_PENALTY = 4.0
"""What a difference below zero loses: mostly one operand is another figure than the one asked for."""
OWN_WORDS_BONUS = 3.0
"""What a figure gains in whose own words stands all that sets its operand apart from the others."""
PART_PENALTY = 2.0
"""What a row loses that says more than the question where another one says just that: it is a part of it."""
MIXED_PENALTY = 2.0
"""What operands lose that are counted in different units (个, 项)."""
TINY_PENALTY = 1.0
"""What a share below one in a hundred loses: few ask for one."""
MIN_OWN_WORDS = 0.3
"""Share of what sets an operand apart that its figure's words must have where any figure's have it."""
_ALL = re.compile("(?:全部|全体|所有|整个)的?")
"""Reports print 毕业生 and 总收入 for 全部毕业生 and 全部收入."""
MAX_OPTIONS, MAX_COMBINATIONS = 8, 4000
WHOLE = 100
_ANYTHING = frozenset({"个", "项"})
_PERCENTS = frozenset({"percent", "points"})
_PARTS = frozenset({"percent", "points", "ratio", "fraction"})
"""Classes of figures that are parts of something already: no share is taken of them."""


@dataclass(frozen=True, slots=True)
class _Option:
    """A figure that may be an operand."""

    figure: Figure
    merit: float
    """Its score with what its own words add."""


def operand_figures(plan: Plan, findings: Findings) -> list[Figure]:
    """The figures that together answer the operand phrases best and can be computed with; empty where none can."""
    options = [_told_apart(place, plan, findings) for place in range(len(plan.operands))]
    while prod(map(len, options)) > MAX_COMBINATIONS:
        options = [choices[: max(1, len(choices) - 1)] for choices in options]
    best: tuple[float, list[Figure]] | None = None
    for choices in product(*options):
        figures = [choice.figure for choice in choices]
        if not _fit_together(plan, figures):
            continue
        score = sum(choice.merit for choice in choices) + _merit_together(plan, figures)
        if best is None or score > best[0]:
            best = (score, figures)
    return best[1] if best else []


def operand_options(phrase: OperandPhrase, kind: str, findings: Findings) -> list[Choice]:
    """The figures of the right kind that may be what an operand phrase asks for, best first."""
    query = findings.evidence.query
    text = _ALL.sub("" if (phrase.kind or kind) == slots.PEOPLE else "总", _without_colleges(phrase.text, findings))
    slot = Slot(phrase.kind or kind, text, 0, text)
    query = replace(query, focus=text, carried="", terms=(text,))
    ask = slot_to_ask(slot, [slot], findings.relevance, query)
    evidence = replace(findings.evidence, query=query)
    found = [
        choice
        for figure in findings.figures
        if _may_be(figure, phrase.kind or kind)
        and (choice := weigh(figure, ask, findings.ranks, evidence, findings.reports))
        and choice.reach >= MIN_COVERAGE
    ]
    return sorted(found, key=lambda choice: -choice.score)


def _may_be(figure: Figure, kind: str) -> bool:
    """Whether a figure may be of a kind: a share for shares, no share for what is counted, paid or measured."""
    is_share = unit_class(figure.number.unit) in _PERCENTS
    return kind == slots.ANY or is_share == (kind in (slots.PERCENT, slots.POINTS)) or not figure.number.unit


def combine(plan: Plan, operands: Sequence[Operand]) -> Computation:
    """What a plan makes of its operands; ComputeError where they do not go together."""
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


def _without_colleges(text: str, findings: Findings) -> str:
    names = [name for report in findings.reports.values() for name in (report.college, *report.short_names) if name]
    left = text
    for name in sorted(names, key=len, reverse=True):
        left = left.replace(name, "")
    return left or text


def _told_apart(place: int, plan: Plan, findings: Findings) -> list[_Option]:
    """The options of one operand, told apart from those of the others by its own words and its row."""
    phrase = plan.operands[place]
    choices = operand_options(phrase, plan.kind, findings)
    own = _own_words(place, plan, findings)
    others = [text_key(other.text) for at, other in enumerate(plan.operands) if at != place]
    shares = [_own_share(choice.figure, text_key(phrase.text), others, own) for choice in choices]
    least = MIN_OWN_WORDS if max(shares, default=0.0) >= MIN_OWN_WORDS else 0.0
    parts = _parts_of_rows([choice.figure for choice in choices], text_key(phrase.text))
    options = [
        _Option(choice.figure, choice.score + OWN_WORDS_BONUS * own_share - PART_PENALTY * is_part)
        for choice, own_share, is_part in zip(choices, shares, parts, strict=True)
        if own_share >= least
    ]
    return sorted(options, key=lambda option: -option.merit)[:MAX_OPTIONS]


def _own_share(figure: Figure, phrase: str, others: Sequence[str], own: Relevance) -> float:
    """Share of what sets an operand apart that a figure's words, or the labels of its row, say."""
    named = _named(figure, phrase)[0]
    if named and any(named - _named(figure, other)[0] for other in others):
        return 1.0
    words, around = _said_of(figure)
    return own.coverage(words, around, TABLE_CONTEXT if figure.is_cell else CONTEXT) if own.weights else 1.0


def _own_words(place: int, plan: Plan, findings: Findings) -> Relevance:
    """The words of one operand phrase that stand in none of the others."""
    words = content_words(_without_colleges(plan.operands[place].text, findings))
    others = " ".join(text_key(phrase.text) for at, phrase in enumerate(plan.operands) if at != place)
    equivalents = tuple(
        (asked, own)
        for asked, printed in findings.relevance.equivalents
        if (own := tuple(name for name in printed if name not in others))
    )
    return Relevance({w: x for w, x in words.items() if w not in others}, equivalents)


def _said_of(figure: Figure) -> tuple[str, str]:
    """The words that are a figure's own, and those of its clause and the one before."""
    if figure.is_cell:
        return f"{figure.near} {figure.before} {figure.after}", figure.about
    clauses = [clause for clause in LABEL_BREAK.split(figure.before) if clause.strip()]
    return f"{figure.near} {figure.after}", " ".join(clauses[-2:])


def _parts_of_rows(figures: Sequence[Figure], phrase: str) -> list[bool]:
    """Whether each figure's row says more than another row that says all the phrase names of it."""
    said = [_named(figure, phrase) for figure in figures]
    return [
        bool(named) and extra > 0 and any(other == named and less < extra for other, less in said)
        for named, extra in said
    ]


def _named(figure: Figure, phrase: str) -> tuple[frozenset[str], int]:
    """The labels of a figure's row that a phrase names, and how many it does not."""
    if figure.row is None:
        return frozenset(), 0
    own = {text_key(label) for label in labels(figure.row)}
    named = frozenset(named_labels(phrase, [labels(figure.row)]))
    return named & own, len(own - named)


def _merit_together(plan: Plan, figures: Sequence[Figure]) -> float:
    together = sum(_are_near(first, second) for first, second in combinations(figures, 2))
    if plan.operation is Operation.SHARE and _are_listed(*figures[:2]):
        together -= 1
    rough = sum(bool(figure.number.bound) for figure in figures)
    units = {figure.number.unit for figure in figures if unit_class(figure.number.unit) == "count"}
    merit = SAME_ROW_BONUS * together - ROUGH_PENALTY * rough - NEGATIVE_PENALTY * _is_negative(plan, figures)
    merit -= MIXED_PENALTY * (len(units) > 1 and plan.operation is not Operation.RATIO)
    return merit - TINY_PENALTY * (plan.operation is Operation.SHARE and _result(plan, figures) < 1)


def _fit_together(plan: Plan, figures: Sequence[Figure]) -> bool:
    """Whether figures are different ones and what the plan asks for can be computed from them, parts within wholes."""
    if len({(figure.number.value, figure.near, figure.before) for figure in figures}) < len(figures):
        return False
    if plan.operation is not Operation.RATIO and not _are_counted_alike(figures):
        return False
    classes = [unit_class(figure.number.unit) for figure in figures]
    if plan.operation in (Operation.SHARE, Operation.RATIO) and not _PARTS.isdisjoint(classes):
        return False
    if plan.operation is Operation.RATIO and len({phrase.text for phrase in plan.operands}) < len(plan.operands):
        return classes[0] != classes[1] == "count"
    try:
        result = _result(plan, figures)
    except ComputeError:
        return False
    return plan.operation is not Operation.SHARE or result < WHOLE


def _are_counted_alike(figures: Sequence[Figure]) -> bool:
    """Whether figures may count the same: people with people, else by one word or by one that counts anything."""
    words = {figure.number.unit for figure in figures if unit_class(figure.number.unit) == "count"}
    if words & PEOPLE_UNITS:
        return words <= PEOPLE_UNITS
    return len(words - _ANYTHING) <= 1


def _result(plan: Plan, figures: Sequence[Figure]) -> float:
    """What the plan makes of these figures, without its unit."""
    operands = [Operand(figure.number, place) for place, figure in enumerate(figures)]
    return float(find_numbers(combine(plan, operands).text)[0].value)


def _is_negative(plan: Plan, figures: Sequence[Figure]) -> bool:
    """Whether a part would be greater than what it is taken from."""
    return plan.operation is Operation.DIFFERENCE and combine(
        plan, [Operand(figure.number, place) for place, figure in enumerate(figures)]
    ).text.removeprefix("约").startswith("-")


def _are_near(first: Figure, second: Figure) -> bool:
    """Whether two figures stand in one section, or in one column of a table."""
    return first.passage.section_id == second.passage.section_id and (
        not first.is_cell or not second.is_cell or first.row is second.row or first.column == second.column
    )


def _are_listed(first: Figure, second: Figure) -> bool:
    """Whether two figures are items of one list (一等奖3人、二等奖5人): neither is the other's part."""
    low, high = sorted((first, second), key=lambda figure: figure.start)
    between = low.passage.text[low.end : high.start]
    return low.passage.id == high.passage.id and not low.is_cell and between[:1] == "、" and "，" not in between
