"""Figures in sentences that do not follow from those before them: sums, changes, growth, shares, quotients.

A relation is taken for meant where the words say so (比上年增加, 由…增至, 占) and no two figures near by bear out the one
printed, and it is all but kept, or one digit is all that is wrong.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations, product
from typing import TypeAlias

from rag.figures.clauses import clause_of
from rag.figures.context import COUNT, words_of
from rag.figures.contradictions.misfits import (
    HUNDRED,
    Misfit,
    growth_fits,
    is_amount,
    is_near,
    is_slip,
    quotient,
    quotient_fits,
    rounded,
    same_unit,
    share_fits,
    subtracts,
)
from rag.language.numbers import find_scopes, last_place, measured, unit_class
from rag.records import ContradictionKind, Figure

Pair: TypeAlias = tuple[Figure, Figure]
BEFORE, BEHIND = 12, 4
"""Figures before and behind one among which what it follows from is looked for."""
MIN_DIGITS = 3
"""Digits of a quotient that hardly any two figures have by chance."""
_COMPARED = re.compile(
    "同比|环比|上一?[年届]|去年|上学年|前一年|较|相比|比[^例重]|[由从].{0,30}(?:到|至|为)|(?:增|升|降|减|提高|下降)[加长少]?[到至为]"
)
CHANGED = re.compile("增|减|升|降|提高|上涨|下滑|扩大|缩小|[多少]")
_LEVEL = re.compile("[到至为]$")
_EACH = re.compile("[生人户师班]均|平均|每")
_SHARE = re.compile("占|率|比例|比重|的$")
_RATE = re.compile("([\u4e00-\u9fff]{2})率")
_NAMED_RATIO = re.compile(
    "([\u4e00-\u9fff])([\u4e00-\u9fff])比|([\u4e00-\u9fff]{2,}?)[与和]([\u4e00-\u9fff]{2,}?)之?比"
)
_RATIO = re.compile("比[例]?[为是达]?$")


class Wholes:
    """The figures of a report that others may be shares of: those of its text, and the totals of its tables."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._values: dict[str, list[Decimal]] = defaultdict(list)
        for figure in figures:
            if not figure.is_cell or figure.is_total:
                value, base, _ = measured(figure.number)
                self._values[base or COUNT].append(value)
        for values in self._values.values():
            values.sort()

    def have_one_of(self, share: Figure, part: Figure) -> bool:
        """Whether one of them is a whole of which the part would be that share."""
        value, base, _ = measured(part.number)
        half = last_place(share.number.value) / 2
        low, high = (share.number.value + half) / 100, (share.number.value - half) / 100
        if low <= 0 or high <= 0:
            return True
        values = self._values[base or COUNT]
        at = bisect_left(values, value / low)
        return at < len(values) and values[at] <= value / high


@dataclass(frozen=True, slots=True)
class _Law:
    """How a figure may follow from two before it."""

    kind: ContradictionKind
    fits: Callable[[Figure, Figure, Figure], bool]
    exact: Callable[[Figure, Figure, Figure], Decimal | None]
    """(the figure, the two it follows from) → what it should be."""
    near: Decimal
    """How far from that it may be, as a share of it, and still be meant so."""


def _gap(_: Figure, one: Figure, other: Figure) -> Decimal:
    return abs(one.number.value - other.number.value)


def _growth(_: Figure, old: Figure, new: Figure) -> Decimal | None:
    grown = quotient(new, old, HUNDRED)
    return None if grown is None else abs(grown - HUNDRED)


def _scaled_quotient(result: Figure, one: Figure, other: Figure) -> Decimal | None:
    if unit_class(result.number.unit) in ("ratio", "bare") or not other.number.value:
        return quotient(one, other)
    scale = measured(result.number)[0] / result.number.value if result.number.value else Decimal(1)
    return measured(one.number)[0] / measured(other.number)[0] / scale


def _quotient_fits(result: Figure, one: Figure, other: Figure) -> bool:
    exact = _scaled_quotient(result, one, other)
    near = exact is not None and abs(exact - result.number.value) <= last_place(result.number.value)
    return near or quotient_fits(result, one, other)


def _explains(rate: Figure, one: Figure, other: Figure) -> bool:
    return growth_fits(rate, one, other) or share_fits(rate, one, other)


_POINTS = _Law(ContradictionKind.CHANGE, subtracts, _gap, Decimal("0.5"))
_CHANGE = _Law(ContradictionKind.CHANGE, subtracts, _gap, Decimal("0.25"))
_GROWTH = _Law(ContradictionKind.CHANGE, _explains, _growth, Decimal("0.5"))
_PART = _Law(
    ContradictionKind.SHARE, share_fits, lambda _, part, whole: quotient(part, whole, HUNDRED), Decimal("0.15")
)
_RATIO_OF = _Law(ContradictionKind.QUOTIENT, _quotient_fits, _scaled_quotient, Decimal(0))


def broken_laws(figures: Sequence[Figure], wholes: Wholes) -> Iterator[Misfit]:
    """Figures of one paragraph that do not follow from others; `wholes` are what shares may be of elsewhere."""
    for at, figure in enumerate(figures):
        reading = _read(figure, figures[max(0, at - BEFORE) : at])
        if reading is None:
            continue
        law, named, others = reading
        pairs = [*named, *others]
        end = at if law in (_POINTS, _CHANGE) else at + BEHIND
        near = [f for f in figures[max(0, at - BEFORE) : end] if f is not figure and same_unit(f, pairs[0][0])]
        if any(law.fits(figure, *pair) for pair in (pairs if law is _RATIO_OF else permutations(near, 2))):
            continue
        meant = next((pair for pair in pairs if _is_slip(law, figure, pair)), None)
        meant = meant or next((pair for pair in named if _is_near(law, figure, pair)), None)
        if meant and not (law is _PART and wholes.have_one_of(figure, meant[0])):
            yield Misfit(law.kind, figure, meant)


def _is_slip(law: _Law, figure: Figure, pair: Pair) -> bool:
    exact = law.exact(figure, *pair)
    return exact is not None and is_slip(rounded(exact, figure), abs(figure.number.value))


def _is_near(law: _Law, figure: Figure, pair: Pair) -> bool:
    exact = law.exact(figure, *pair)
    return bool(exact) and is_near(exact or Decimal(0), abs(figure.number.value), law.near)


def _read(figure: Figure, before: Sequence[Figure]) -> tuple[_Law, list[Pair], list[Pair]] | None:
    """The law that a figure's words and unit name, the two figures meant by the words, and others it may be of."""
    clause, kind = clause_of(figure), unit_class(figure.number.unit)
    own = [f for f in before if f.quote_start == figure.quote_start]
    if CHANGED.search(clause):
        if kind == "points":
            levels = [f for f in before if unit_class(f.number.unit) == "percent"][-2:]
        elif not _LEVEL.search(clause.strip()) and (kind == "percent" or is_amount(figure)):
            levels = [f for f in own if is_amount(f) and not _is_change(f)][-2:]
        else:
            return None
        law = _POINTS if kind == "points" else _GROWTH if kind == "percent" else _CHANGE
        alike = len(levels) == 2 and same_unit(*levels) and (law is not _CHANGE or same_unit(figure, levels[0]))
        if not alike or not _is_change_of(figure, *levels):
            return None
        one, other = levels[::-1] if law is _GROWTH and _later_first(*levels) else levels
        return law, [(one, other)], []
    if kind == "percent" and own and own[-1] is before[-1] and is_amount(own[-1]) and _SHARE.search(clause):
        part = own[-1]
        wholes = [f for f in before[:-1] if same_unit(f, part) and f.number.value > part.number.value][::-1]
        rate = _RATE.search(clause)
        meant = bool(wholes and rate and rate[1] in clause_of(part)) and wholes[0].quote_start == figure.quote_start
        pairs = [(part, whole) for whole in wholes]
        return (_PART, pairs[:meant], pairs[meant:]) if pairs else None
    pairs = _divisions(figure, before)
    return (_RATIO_OF, [], pairs[::-1]) if pairs else None


def _is_change(figure: Figure) -> bool:
    clause = clause_of(figure)
    return CHANGED.search(clause) is not None and not _LEVEL.search(clause.strip())


def _is_change_of(change: Figure, first: Figure, second: Figure) -> bool:
    """Whether two figures are of one thing at two times, and the words from them to a third say it is their change."""
    start = max(first.quote_start, first.start - 12)
    text, own = first.passage.text[start : change.start], clause_of(change)
    new = words_of(own) | words_of(clause_of(second))
    if any(word not in clause_of(first) and not CHANGED.search(word) for word in new):
        return False
    return bool(_COMPARED.search(text) or len({scope.years for scope in find_scopes(text)}) > 1)


def _later_first(one: Figure, other: Figure) -> bool:
    """Whether of two levels the later stands first: 520万元, 上年400万元; not: 由400万元增至520万元."""
    text = f"{clause_of(one)}，{one.passage.text[one.end : other.start]}"
    years = [scope.years for scope in find_scopes(text) if scope.years]
    return years[0] > years[1] if len(years) > 1 else re.search("[由从]|[到至]$", text) is None


def _divisions(result: Figure, before: Sequence[Figure]) -> list[Pair]:
    """The figures that a ratio or an average may be the quotient of: people by people, money by people."""
    clause, kind = clause_of(result), unit_class(result.number.unit)
    if len(result.number.value.as_tuple().digits) < MIN_DIGITS:
        return []
    over = [f for f in before if unit_class(f.number.unit) == "count" and f.number.value > 1]
    if kind == "ratio" or (kind == "bare" and _RATIO.search(clause)):
        named = _NAMED_RATIO.search(clause)
        ones = [f for f in over if named and (named[1] or named[3]) in clause_of(f)]
        over = [f for f in over if named and (named[2] or named[4]) in clause_of(f)]
    elif kind in ("money", "area", "count", "per") and _EACH.search(clause):
        own = measured(result.number)[1].split("/")[0]
        ones = [f for f in before if measured(f.number)[1] == own and f.number.value > 1]
    else:
        return []
    return [(one, other) for one, other in product(ones, over) if one.number.value != other.number.value]
