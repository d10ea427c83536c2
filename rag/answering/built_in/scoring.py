"""The figure that answers one thing asked, and how sure that is: two short sums over signed features.

The weights are fitted by `python -m evals.training` with their signs fixed; the README says what comes of
`SURE` on reports left out of the fit.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from operator import mul
from pathlib import Path

from rag.answering.built_in.said import Said
from rag.answering.built_in.weighing import FEATURES, Rows, is_beside
from rag.language.numbers import agree
from rag.language.numbers.units import canonical
from rag.records import Figure, Number

PATH = Path(__file__).with_name("weights.toml")
SURE = 0.65
"""Least chance of being right for a figure that is given as the answer."""
POSSIBLE = 0.03
"""Least chance of a figure that is shown as one that may be meant."""
MAX_CLASH, MAX_OTHER_YEAR = 0.4, 0.4
"""From here on a figure is of another unit, or of another year, than asked."""
_CLASH = FEATURES.index("clash")
OTHER_HEAD = 0.6
"""From here on a figure says nothing of the noun that is asked for."""
MIN_AROUND = 0.15
"""Least share of what is asked that stands by a figure that is shown as one that may be meant."""
MAX_CANDIDATES = 3
NEAR = Decimal("0.03")
"""How far two writings of one figure lie apart, of the larger one."""
TRANSPOSED, MIN_DIGITS = Decimal("0.1"), 3
"""How far apart two writings may lie whose digits are the same in another order, and how many digits that takes."""
BEAM = 10
"""Ways to answer several things asked, and figures for each, that are followed up."""
MAX_MARGIN = 1.5
"""Lead over the next figure from which on it makes no difference."""
SURENESS = ("bias", "score", "margin", *FEATURES)
"""What the chance of a choice is told by, in the order of its weights."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A figure that may be what is asked, with the chance that it is."""

    said: Said
    features: tuple[float, ...]
    score: float
    chance: float

    @property
    def figure(self) -> Figure:
        """The figure."""
        return self.said.figure

    @property
    def is_sure(self) -> bool:
        """Whether it may be given as the answer."""
        return self.chance >= SURE and not self.is_barred

    @property
    def is_possible(self) -> bool:
        """Whether it may be shown as one that may be meant."""
        named = dict(zip(FEATURES, self.features, strict=True))
        return self.chance >= POSSIBLE and named["around"] >= MIN_AROUND

    @property
    def is_barred(self) -> bool:
        """Whether it is of another year, group or institution than asked, of something else, or a level for a change."""
        return is_barred(self.features)


def is_barred(features: Sequence[float]) -> bool:
    """Whether a figure with these features is never given as the answer."""
    named = dict(zip(FEATURES, features, strict=True))
    is_other = any(named[name] > 0 for name in ("whole", "group", "elsewhere", "foreign", "opposed"))
    return is_other or named["other_year"] > MAX_OTHER_YEAR or named["headless"] > OTHER_HEAD


@cache
def weights() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Weights of the features and of the chance."""
    tables = tomllib.loads(PATH.read_text(encoding="utf-8"))
    return tuple(tables["rank"][name] for name in FEATURES), tuple(tables["sure"][name] for name in SURENESS)


def assign(said: Sequence[Said], asked: Sequence[Rows]) -> list[int]:
    """Which figure answers each thing asked, by index, -1 for none: the best together, none twice, mostly side by side.

    Beam search over the things asked in order; `asked` holds the features for each.
    """
    ranking, _ = weights()
    beside = ranking[FEATURES.index("beside")]
    beam: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for rows in asked:
        scores = [_score(ranking, row) for row in rows]
        best = sorted(filter(partial(may_answer, rows), range(len(said))), key=lambda at: (-scores[at], at))[:BEAM]
        grown = []
        for total, taken in beam:
            last = said[taken[-1]].figure if taken and taken[-1] >= 0 else None
            if not best:
                grown.append((total, (*taken, -1)))
            for at in best:
                if at not in taken:
                    bonus = beside * is_beside(said[at].figure, last) if last else 0.0
                    grown.append((total + scores[at] + bonus, (*taken, at)))
        beam = sorted(grown, key=lambda one: (-one[0], one[1]))[:BEAM] or beam
    return list(beam[0][1])


def may_answer(rows: Rows, at: int) -> bool:
    """Whether a figure is of a kind that may be asked for: not a sum of money where people are counted."""
    return rows[at][_CLASH] <= MAX_CLASH


def rank(said: Sequence[Said], rows: Rows, taken: Sequence[Figure] = ()) -> list[Choice]:
    """The figures that may be what is asked, best first, of equal ones the first; `taken` answer something else."""
    ranking, sure = weights()
    scores = [_score(ranking, row) for row in rows]
    used = {figure.id for figure in taken}
    left = [at for at, one in enumerate(said) if one.figure.id not in used and may_answer(rows, at)]
    distinct: list[int] = []
    for at in sorted(left, key=lambda at: (-scores[at], at)):
        if not any(agree(said[at].figure.number, said[other].figure.number) for other in distinct):
            distinct.append(at)
            if len(distinct) > MAX_CANDIDATES:
                break
    best = scores[distinct[0]] if distinct else 0.0
    second = max((scores[at] for at in distinct[1:] if not _is_near(said, at, distinct[0])), default=best - MAX_MARGIN)
    return [
        _choice(said, rows, scores, at, second if at == distinct[0] else best, sure) for at in distinct[:MAX_CANDIDATES]
    ]


def first_choices(said: Sequence[Said], rows: Rows, count: int) -> list[Choice]:
    """The figures that fit best, alike ones too, best first."""
    ranking, sure = weights()
    scores = [_score(ranking, row) for row in rows]
    order = sorted(filter(partial(may_answer, rows), range(len(said))), key=lambda at: (-scores[at], at))[:count]
    return [_choice(said, rows, scores, at, scores[order[0]], sure) for at in order]


def nearly(said: Sequence[Said], rows: Rows, first: Figure) -> list[Choice]:
    """The figures whose values are nearly that of the first choice, best first: they may be other writings of it."""
    ranking, sure = weights()
    scores = [_score(ranking, row) for row in rows]
    values = [one.figure.number for one in said]
    near = [at for at, one in enumerate(values) if are_near(one, first.number) or are_transposed(one, first.number)]
    best = max(scores, default=0.0)
    return [_choice(said, rows, scores, at, best, sure) for at in sorted(near, key=lambda at: (-scores[at], at))]


def _choice(
    said: Sequence[Said], rows: Rows, scores: Sequence[float], at: int, rival: float, sure: Sequence[float]
) -> Choice:
    return Choice(said[at], rows[at], scores[at], _chance(rows[at], scores[at], scores[at] - rival, sure))


def _is_near(said: Sequence[Said], one: int, other: int) -> bool:
    return are_near(said[one].figure.number, said[other].figure.number)


def are_near(one: Number, other: Number) -> bool:
    """Whether two values of one unit differ by a few hundredths at most: they may be two writings of one."""
    return _differ_by(one, other, NEAR)


def _differ_by(one: Number, other: Number, share: Decimal) -> bool:
    """Whether two values of one unit differ, by at most a share of the larger one."""
    is_one_unit = canonical(one.unit)[1].name == canonical(other.unit)[1].name
    return is_one_unit and 0 < abs(one.value - other.value) <= share * max(abs(one.value), abs(other.value))


def are_transposed(one: Number, other: Number) -> bool:
    """Whether two values of one unit are written with the same digits in another order, and are not far apart."""
    digits = [sorted(character for character in number.text if character.isdigit()) for number in (one, other)]
    return len(digits[0]) >= MIN_DIGITS and digits[0] == digits[1] and _differ_by(one, other, TRANSPOSED)


def _score(weights_: Sequence[float], row: Sequence[float]) -> float:
    return float(sum(map(mul, weights_, row)))


def _chance(row: Sequence[float], score: float, margin: float, sure: Sequence[float]) -> float:
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(sure, sureness(row, score, margin), strict=True))))


def sureness(row: Sequence[float], score: float, margin: float) -> tuple[float, ...]:
    """What the chance of a choice is told by."""
    named = dict(zip(FEATURES, row, strict=True))
    named |= {"bias": 1.0, "score": score / 5, "margin": min(margin, MAX_MARGIN)}
    return tuple(named[name] for name in SURENESS)
