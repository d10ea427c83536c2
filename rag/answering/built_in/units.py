"""Whether a figure is measured in what is asked for: its unit against the kind of answer a question wants."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.language.numbers.units import canonical
from rag.records import Ask, AskKind, Figure

_KINDS: Mapping[AskKind, frozenset[str]] = {
    AskKind.MONEY: frozenset({"money"}),
    AskKind.PERCENT: frozenset({"percent", "fraction"}),
    AskKind.POINTS: frozenset({"points"}),
    AskKind.PEOPLE: frozenset({"count", "visits"}),
    AskKind.COUNT: frozenset({"count", "visits", "bare", "hours", "duration"}),
    AskKind.AREA: frozenset({"area", "per"}),
    AskKind.TIME: frozenset({"hours", "duration", "time", "other"}),
    AskKind.RATIO: frozenset({"ratio", "bare"}),
    AskKind.SCORE: frozenset({"count", "other", "bare", "score"}),
}
"""Classes of units that answer each kind; a figure per head (元/生) counts as what it is of."""
_PEOPLE = frozenset("人 名 位 个 人次 万人次".split())
_RATE = re.compile("率|占比|比例|比重|份额")
_MANY = re.compile("(?:多少|几)[十百千万亿]")
_SOFT = (
    (re.compile(r"[率度比]|占"), frozenset({"percent", "fraction", "ratio"})),
    (re.compile(r"钱|费|资金|金额|收入|支出|款|薪|奖金|元"), frozenset({"money"})),
)
"""What a thing asked without a cue is likely to be measured in."""


def _bare_fit(figure: Figure, ask: Ask) -> float:
    """Of a figure without a unit: only what is called a rate is a percentage; a cell may be of what its table counts."""
    if ask.kind in (AskKind.POINTS, AskKind.PERCENT):
        is_rate = ask.kind is AskKind.PERCENT and figure.is_cell and _RATE.search(f"{figure.near} {figure.before}")
        return 0.5 if is_rate else -1.0
    return 0.2 if figure.is_cell or ask.kind in (AskKind.COUNT, AskKind.RATIO, AskKind.SCORE) else -0.3


def unit_fit(figure: Figure, ask: Ask) -> float:
    """1 where a figure is in the unit asked for, less where it is of the kind, -1 where it is of another."""
    unit = canonical(figure.number.unit)[1]
    if ask.kind in (AskKind.ANY, AskKind.NAME):
        cued = next((kinds for pattern, kinds in _SOFT if pattern.search(ask.text)), None)
        if unit.kind in ("duration", "time", "hours"):
            return -0.5
        if unit.kind in ("percent", "points") and _MANY.search(ask.text):
            return -1.0
        return 0.0 if cued is None else 0.5 if unit.kind in cued or unit.kind == "per" else -0.3
    if ask.unit and unit.name == canonical(ask.unit)[1].name:
        return 1.0
    measured = canonical(unit.name.partition("/")[0])[1] if unit.kind == "per" else unit
    kind = measured.kind
    if kind == "bare":
        return _bare_fit(figure, ask)
    if kind not in _KINDS[ask.kind]:
        return -1.0
    if ask.kind is AskKind.PEOPLE and unit.name not in _PEOPLE:
        return -1.0
    if ask.unit and ask.unit in "人名位" and unit.name not in _PEOPLE:
        return -1.0
    if measured.base and ask.unit and canonical(ask.unit)[1].base != measured.base:
        return -0.5
    return 0.7
