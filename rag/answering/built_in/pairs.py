"""The two figures that a computation is made with, chosen together: each fits what it is asked by, both fit each other.

How well figures fit each other (one row, one column, one label, a printed share that is their quotient) tells more of
them than how well each fits alone. The weights of the chance are fitted by `python -m evals.pairing`.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from rag.answering.built_in.looking import Findings, find_many
from rag.answering.built_in.said import Said
from rag.answering.built_in.scoring import Choice
from rag.answering.built_in.wanted import Wanted
from rag.language.numbers.units import canonical, in_base
from rag.language.text import text_key
from rag.question.operation import asks_one_amount
from rag.records import Ask, AskKind, Figure, Operation, Query

PATH = Path(__file__).with_name("pairs.toml")
SURE, POSSIBLE = 0.7, 0.2
"""Least chance of a pair whose result is given as the answer, and of one whose result is shown as what may be meant."""
MAX_MARGIN = 3.0
"""Lead over the next pair from which on it makes no difference."""
MIN_MARGIN = 0.5
"""Least lead of a pair that is sure."""
MIN_SAID = 0.3
"""Least share of a name that stands by a figure computed with."""
IN_SENTENCE = 0.5
"""What a word of a name counts that stands only in the sentence or row of a figure."""
TRIED = 14
"""Figures tried for each thing computed with, best first."""
SAME_PLACE, SAME_LABEL, SAME_PARAGRAPH, PROVED, SAME_UNIT = 1.0, 0.6, 0.3, 2.0, 1.0
"""What it counts that two figures stand in one row or column, have one label, stand in one paragraph, have their
quotient printed beside them; and that the second is counted in the unit it is named by."""
PAIRING = ("bias", "least", "most", "margin", "proved", "unbarred", "named", "alike", "said")
"""What the chance of a pair is told by, in the order of its weights."""
_SHARE = re.compile("率|占|比[例重]")
_ADDED = (Operation.DIFFERENCE, Operation.GROWTH, Operation.SUM)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two figures to compute with, in the order they are asked in."""

    operation: Operation
    first: Choice
    second: Choice
    score: float
    is_proved: bool
    margin: float = 0.0
    is_named: bool = True
    """Whether the question names both."""
    said: float = 1.0
    """How much of the names, 0 to 1, stands by the figure that says less of its own."""

    @property
    def choices(self) -> tuple[Choice, Choice]:
        """Both, each as likely as the pair."""
        return (replace(self.first, chance=self.chance), replace(self.second, chance=self.chance))

    @property
    def features(self) -> tuple[float, ...]:
        """What its chance is told by, in the order of `PAIRING`."""
        scores = (self.first.score, self.second.score)
        is_free = not (self.first.is_barred or self.second.is_barred)
        flags = (self.is_proved, is_free, self.is_named, self.operation in _ADDED)
        return (1.0, min(scores), max(scores), self.margin, *map(float, flags), self.said)

    @property
    def chance(self) -> float:
        """How likely its result is what is asked."""
        return 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights(), self.features, strict=True))))

    @property
    def is_sure(self) -> bool:
        """Whether its result may be given as the answer."""
        is_rest = self.operation is Operation.REST
        is_barred = not is_rest and (self.first.is_barred or self.second.is_barred)
        is_part = self.is_proved or not is_rest
        return self.chance >= SURE and self.margin >= MIN_MARGIN and is_part and self.is_possible and not is_barred

    @property
    def is_possible(self) -> bool:
        """Whether its result may be shown as what may be meant."""
        return self.chance >= POSSIBLE and self.said >= MIN_SAID


@cache
def weights() -> tuple[float, ...]:
    """Weights of the chance of a pair."""
    table = tomllib.loads(PATH.read_text(encoding="utf-8"))["pair"]
    return tuple(table[name] for name in PAIRING)


def best_pair(findings: Findings) -> Pair | None:
    """The two figures that a question computes with; None where it asks for more, computes with no two, or none fit."""
    query = findings.evidence.query
    if len(query.operands) != 2 or not asks_one_amount(query.focus) or query.asks[0].kind is AskKind.NAME:
        return None
    wanted = [replace(one, aspects=one.aspects - {"change", "each"}) for one in operands_wanted(query, findings)]
    firsts, seconds = (find_many(one, findings, TRIED) for one in wanted)
    shares = [one for one in findings.said if is_share(one)] if query.operation is Operation.REST else []
    pairs = sorted(_pairs(query, firsts, seconds, shares), key=lambda pair: -pair.score)
    if not pairs:
        return None
    best = pairs[0]
    rival = next((pair.score for pair in pairs if _values(pair) != _values(best)), best.score - MAX_MARGIN)
    said = _said(wanted[1], best.second.said)
    if query.operation is not Operation.REST:  # whose whole is told by all the rest of the question
        said = min(said, _said(wanted[0], best.first.said))
    is_named = all(map(str.strip, query.operands))
    return replace(best, margin=min(best.score - rival, MAX_MARGIN), is_named=is_named, said=said)


def _said(wanted: Wanted, said: Said) -> float:
    """How much of the name of a thing computed with stands by a figure; 1 where the name is a mere time."""
    name = text_key(wanted.ask.item)
    named = {word: weight for word, weight in wanted.words.weights.items() if word in name}
    own, above, around = (wanted.words.shares_in(text) for text in (said.own, said.titles, said.sentence))
    covered = sum(
        weight * max(own.get(word, 0.0), above.get(word, 0.0), IN_SENTENCE * around.get(word, 0.0))
        for word, weight in named.items()
    )
    return covered / sum(named.values()) if named else 1.0


def operands_wanted(query: Query, findings: Findings) -> tuple[Wanted, ...]:
    """Each thing a question computes with, ready to be looked for."""
    first = query.asks[0] if query.asks else Ask(AskKind.ANY, query.focus)
    kind = AskKind.PERCENT if first.kind is AskKind.POINTS else first.kind
    kinds = [kind] * len(query.operands)
    if query.operation in (Operation.REST, Operation.SHARE, Operation.GROWTH):
        kinds = [AskKind.ANY] * len(query.operands)
    elif query.operation is Operation.AVERAGE:
        kinds[1:] = [AskKind.ANY]
    asks = tuple(
        Ask(kind, item, "" if kind in (AskKind.PERCENT, AskKind.ANY) else first.unit, item)
        for kind, item in zip(kinds, query.operands, strict=True)
    )
    return findings.wanted(replace(query, asks=asks))


def _pairs(query: Query, firsts: Sequence[Choice], seconds: Sequence[Choice], shares: Sequence[Said]) -> Iterator[Pair]:
    for first in firsts:
        for second in seconds:
            bond = _bond(first.figure, second.figure)
            if not bond or not _may_compute(query.operation, first.said, second.said):
                continue
            if query.operation is Operation.REST and _is_of_part(first.said, second.said, query.operands[1]):
                continue
            is_proved = any(
                is_quotient(second.figure, first.figure, one.figure)
                and one.figure.passage.id == first.figure.passage.id
                for one in shares
            )
            score = first.score + second.score + bond + PROVED * is_proved
            if query.operation is Operation.AVERAGE:
                score += SAME_UNIT * _is_named_by(second.figure, query.operands[1])
            yield Pair(query.operation, first, second, score, is_proved)


def _bond(first: Figure, second: Figure) -> float:
    """How near two figures stand to each other; 0 where nothing joins them."""
    is_one_row = first.passage.id == second.passage.id and first.quote_start == second.quote_start
    is_one_column = first.is_cell and second.is_cell and first.table_id == second.table_id
    if is_one_row or (is_one_column and first.before == second.before):
        return SAME_PLACE
    if _label(first) and _label(first) == _label(second):
        return SAME_LABEL
    if first.passage.id != second.passage.id or first.is_cell or second.is_cell:
        return 0.0
    start, end = sorted((first.start, second.start))
    return SAME_PARAGRAPH if "\n" not in first.passage.text[start:end] else 0.0


def _label(figure: Figure) -> str:
    return text_key(figure.before.rpartition("·")[2] if figure.is_cell else figure.context.head)


def _may_compute(operation: Operation, first: Said, second: Said) -> bool:
    """Whether two figures are of the kinds that an operation takes."""
    one, other = first.figure.number, second.figure.number
    if first.figure.id == second.figure.id or "change" in first.context.aspects | second.context.aspects:
        return False
    (_, unit), (_, rival) = canonical(one.unit), canonical(other.unit)
    is_level = "percent" in (unit.kind, rival.kind)
    if operation is Operation.AVERAGE:
        return unit.base != rival.base and not is_level and rival.kind != "money" and other.value > 0
    is_equal = in_base(one.value, one.unit) == in_base(other.value, other.unit)
    if unit.base != rival.base or (is_equal and operation is not Operation.SUM):
        return False
    if operation is Operation.REST:
        return not is_level and is_less(second.figure, first.figure)
    return operation is not Operation.SHARE or (not is_level and is_less(first.figure, second.figure))


def _is_of_part(whole: Said, part: Said, name: str) -> bool:
    """Whether it is the whole that is named as the part is: 录取 of 录取2000人，报到1900人."""
    key = text_key(name)
    return bool(key) and key in whole.own and key not in part.own


def _is_named_by(figure: Figure, name: str) -> bool:
    unit = figure.number.unit
    return bool(unit) and (unit in name or name in unit)


def _values(pair: Pair) -> set[Decimal]:
    return {pair.first.figure.number.value, pair.second.figure.number.value}


def is_share(one: Said) -> bool:
    """Whether a figure is a share of one whole: no change, no score."""
    number, figure = one.figure.number, one.figure
    is_level = canonical(number.unit)[1].kind == "percent" and "change" not in one.context.aspects
    return is_level and 0 <= number.value <= 100 and _SHARE.search(f"{figure.near}{figure.before}") is not None


def is_quotient(part: Figure, whole: Figure, share: Figure) -> bool:
    """Whether a share, of one decimal or more, is that of a part in its whole."""
    digits = share.number.value.as_tuple().exponent
    is_count = canonical(part.number.unit)[1].kind != "percent"
    if not isinstance(digits, int) or digits >= 0 or not is_count or not is_less(part, whole):
        return False
    exact = _amount(part) * 100 / _amount(whole)
    return abs(exact - share.number.value) <= Decimal((0, (5,), digits - 1))


def is_less(part: Figure, whole: Figure) -> bool:
    """Whether a figure is less than another of its unit."""
    of_one = canonical(part.number.unit)[1].base == canonical(whole.number.unit)[1].base
    return of_one and 0 < _amount(part) < _amount(whole)


def _amount(figure: Figure) -> Decimal:
    return in_base(figure.number.value, figure.number.unit)
