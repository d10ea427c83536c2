"""Different figures for the same thing in one report, told from roundings and other years."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from rag.extractive.asks import Ask
from rag.extractive.citing import Citations, written
from rag.extractive.scope import years
from rag.extractive.weighing import Choice, weigh
from rag.extractive.wording import places_in
from rag.figures import Figure
from rag.numbers import same_value
from rag.records import Conflict, Evidence, Number, Report
from rag.text import matching_key

ROUGHLY = Decimal("0.1")
"""How far an approximate figure may be from an exact one it stands for."""


def find_conflict(
    ask: Ask,
    choice: Choice,
    figures: Sequence[Figure],
    ranks: Mapping[str, int],
    evidence: Evidence,
    citations: Citations,
    reports: Mapping[str, Report],
) -> Conflict | None:
    """Another figure of the same unit under the same words in another sentence."""
    label = _key_label(choice.figure)
    if len(label) < 3:
        return None
    for other in figures:
        if other.quote_start == choice.figure.quote_start and other.passage.id == choice.figure.passage.id:
            continue
        same_kind = (
            other.number.unit == choice.figure.number.unit
            and other.passage.report_id == choice.figure.passage.report_id
        )
        if not same_kind or agree(other.number, choice.figure.number) or _key_label(other) != label:
            continue
        if years(other) != years(choice.figure) or places_in(other.before) != places_in(choice.figure.before):
            continue
        rival = weigh(other, ask, ranks, evidence, reports)
        if rival and rival.coverage >= choice.coverage * 0.9:
            n, m = citations.cite(choice.figure), citations.cite(other)
            values = ((written(choice.figure), n), (written(other), m))
            return Conflict(label, values, "同一份报告中同一事项印有不同的数字，请以原文为准并向编制单位核实")
    return None


def agree(first: Number, second: Number) -> bool:
    """Whether two figures say the same: equal, or one a rounding or a bound of the other (超过96% and 96.12%)."""
    if same_value(first, second):
        return True
    for exact, rough in ((first, second), (second, first)):
        coarser = _decimal_places(rough.value) < _decimal_places(exact.value)
        near = abs(exact.value - rough.value) <= ROUGHLY * abs(rough.value)
        if near and (rough.bound or (coarser and round_to(exact.value, rough.value) == rough.value)):
            return True
    return False


def round_to(value: Decimal, like: Decimal) -> Decimal:
    """A value rounded half up to the last place of another."""
    return value.quantize(Decimal(1).scaleb(-_decimal_places(like)), ROUND_HALF_UP)


def _decimal_places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _key_label(figure: Figure) -> str:
    text = figure.near if not figure.is_cell else f"{figure.near}{figure.before}"
    return matching_key(re.sub(r"[达到为共约近超过有是的，、：；（）()\s]|实现|总计|合计", "", text))
