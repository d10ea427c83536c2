"""Figures in sentences that do not follow from those before them: changes, growth, shares, quotients.

A relation is taken for meant where the words say so (比上年增加, 由…增至, 占) and no figure near by bears out the one
printed, or where one digit is all that is wrong.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from rag.contradictions.misfits import (
    HUNDRED,
    Misfit,
    clause_of,
    growth_fits,
    is_amount,
    is_near,
    quotient,
    quotient_fits,
    rounded,
    same_unit,
    share_fits,
    subtracts,
)
from rag.contradictions.slips import is_slip
from rag.figure_context import COUNT, words_of
from rag.figures import Figure
from rag.numbers import find_scopes, last_place, measured, unit_class
from rag.records import ContradictionKind

WINDOW = 40
"""Figures before and behind one among which what it may follow from is looked for."""
NEAR, NEAR_CHANGE, NEAR_SHARE = Decimal("0.5"), Decimal("0.25"), Decimal("0.15")
"""How far growth, an increase and a rate may be from what they should be, as a share of it, and still be meant so."""
MIN_DIGITS = 3
_COMPARED = re.compile(
    "同比|环比|上一?[年届]|去年|上学年|前一年|较|相比|比[^例重]|[由从].{0,30}(?:到|至|为)|(?:增|升|降|减|提高|下降)[加长少]?[到至为]"
)
_CHANGED = re.compile("增|减|升|降|提高|上涨|下滑|扩大|缩小|[多少]")
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


def broken_laws_of_text(figures: Sequence[Figure], wholes: Wholes) -> Iterator[Misfit]:
    """Figures of one paragraph that do not follow from others; `wholes` are what shares may be of elsewhere."""
    for at in range(len(figures)):
        for law in (_points, _growth, _change, _quotient):
            if (misfit := law(figures, at)) is not None:
                yield misfit
        share = _share(figures, at)
        if share is not None and not wholes.have_one_of(share.figure, share.operands[0]):
            yield share


def broken_shares_of_row(figures: Sequence[Figure]) -> Iterator[Misfit]:
    """Shares in a row of figures that are not of any figure before them in it, and would be but for a digit."""
    yield from (misfit for at in range(len(figures)) if (misfit := _share(figures, at)) is not None)


def _points(figures: Sequence[Figure], at: int) -> Misfit | None:
    """A change in points that is not the difference of the two shares before it."""
    figure = figures[at]
    if unit_class(figure.number.unit) != "points" or not _CHANGED.search(clause_of(figure)):
        return None
    shares = [f for f in figures[max(0, at - 6) : at] if unit_class(f.number.unit) == "percent"][-2:]
    if len(shares) < 2 or not _is_change_of(figure, shares[0]) or subtracts(figure, *shares):
        return None
    gap = abs(shares[0].number.value - shares[1].number.value)
    meant = is_near(gap, abs(figure.number.value), NEAR) or is_slip(gap, abs(figure.number.value))
    return Misfit(ContradictionKind.CHANGE, figure, tuple(shares)) if meant else None


def _is_change_of(change: Figure, first: Figure) -> bool:
    """Whether the words from a figure to another compare two times, and say the other of nothing but the first."""
    start = max(first.quote_start, first.start - 12)
    text = first.passage.text[start : change.start]
    own = clause_of(change)
    said = text.removesuffix(own)
    if _LEVEL.search(own.strip()) or any(word not in said and not _CHANGED.search(word) for word in words_of(own)):
        return False
    return bool(_COMPARED.search(text) or len({scope.years for scope in find_scopes(text)}) > 1)


def _growth(figures: Sequence[Figure], at: int) -> Misfit | None:
    """A growth rate that does not follow from the two values before it in its sentence."""
    rate = figures[at]
    if unit_class(rate.number.unit) != "percent" or not _CHANGED.search(clause_of(rate)):
        return None
    values = _values_before(figures, at)
    if values is None or any(growth_fits(rate, *pair) for pair in (values, values[::-1])):
        return None
    new, old = values if _later_first(*values) else values[::-1]
    if (
        any(_explains(rate, figures, pair) for pair in combinations(_amounts_of(figures, at), 2))
        or not old.number.value
    ):
        return None
    exact = abs(new.number.value - old.number.value) * 100 / old.number.value
    meant = is_near(exact, abs(rate.number.value), NEAR) or is_slip(
        rounded(exact, rate.number.value), rate.number.value
    )
    return Misfit(ContradictionKind.CHANGE, rate, (old, new)) if meant else None


def _explains(rate: Figure, figures: Sequence[Figure], pair: tuple[Figure, Figure]) -> bool:
    """Whether a rate is the growth between two figures, or a change of one in the other."""
    one, other = pair
    return (
        growth_fits(rate, one, other)
        or growth_fits(rate, other, one)
        or share_fits(rate, one, other)
        or share_fits(rate, other, one)
    )


def _amounts_of(figures: Sequence[Figure], at: int) -> list[Figure]:
    """The amounts of a figure's sentence."""
    return [
        f
        for f in figures[max(0, at - WINDOW) : at + WINDOW]
        if f.quote_start == figures[at].quote_start and is_amount(f)
    ]


def _values_before(figures: Sequence[Figure], at: int) -> tuple[Figure, Figure] | None:
    """The two levels that a change at an index is said to be between."""
    before = [f for f in figures[max(0, at - 8) : at] if f.quote_start == figures[at].quote_start and is_amount(f)]
    levels = [f for f in before if not _CHANGED.search(clause_of(f)) or _LEVEL.search(clause_of(f).strip())][-2:]
    if len(levels) < 2 or not same_unit(*levels) or not _is_change_of(figures[at], levels[0]):
        return None
    return levels[0], levels[1]


def _later_first(one: Figure, other: Figure) -> bool:
    """Whether of two levels the later stands first: 520万元, 上年400万元; not: 由400万元增至520万元."""
    text = f"{clause_of(one)}{one.passage.text[one.end : other.start]}"
    years = [
        scope.years
        for scope in find_scopes(f"{clause_of(one)}，{one.passage.text[one.end : other.start]}")
        if scope.years
    ]
    if len(years) > 1:
        return years[0] > years[1]
    return re.search("[由从]|[到至]$", text) is None


def _change(figures: Sequence[Figure], at: int) -> Misfit | None:
    """An increase that is not the difference of the two values before it."""
    figure = figures[at]
    if not is_amount(figure) or not _CHANGED.search(clause_of(figure)) or _LEVEL.search(clause_of(figure).strip()):
        return None
    values = _values_before(figures, at)
    if values is None or not same_unit(figure, values[0]) or subtracts(figure, *values):
        return None
    gap = abs(values[0].number.value - values[1].number.value)
    printed = abs(figure.number.value)
    meant = is_slip(gap, printed) or (is_near(gap, printed, NEAR_CHANGE) and gap != 0)
    return Misfit(ContradictionKind.CHANGE, figure, values) if meant else None


def _share(figures: Sequence[Figure], at: int) -> Misfit | None:
    """A share printed beside its part that is of no whole near by, and would be but for a digit, or by its words."""
    share = figures[at]
    if unit_class(share.number.unit) != "percent" or not at or _CHANGED.search(clause_of(share)):
        return None
    part = figures[at - 1]
    if part.quote_start != share.quote_start or not is_amount(part) or not _SHARE.search(clause_of(share)):
        return None
    near = [f for f in figures[max(0, at - WINDOW) : at + WINDOW] if same_unit(f, part)]
    if any(share_fits(share, one, other) for one in near[-12:] for other in near if one is not other):
        return None
    wholes = [
        f for f in figures[max(0, at - WINDOW) : at - 1] if same_unit(f, part) and f.number.value > part.number.value
    ]
    for whole in reversed(wholes):
        exact = quotient(part, whole, HUNDRED)
        if exact is not None and is_slip(rounded(exact, share.number.value), share.number.value):
            return Misfit(ContradictionKind.SHARE, share, (part, whole))
    rate = _RATE.search(clause_of(share))
    if wholes and rate and rate[1] in clause_of(part) and wholes[-1].quote_start == share.quote_start:
        exact = quotient(part, wholes[-1], HUNDRED)
        if exact is not None and is_near(exact, share.number.value, NEAR_SHARE):
            return Misfit(ContradictionKind.SHARE, share, (part, wholes[-1]))
    return None


def _quotient(figures: Sequence[Figure], at: int) -> Misfit | None:
    """A ratio or an average that would be the quotient of two figures before it but for a digit."""
    result = figures[at]
    kind = unit_class(result.number.unit)
    ratio = kind == "ratio" or (kind == "bare" and _RATIO.search(clause_of(result)))
    each = _EACH.search(clause_of(result)) and kind in ("money", "area", "count", "per")
    if not (ratio or each) or len(result.number.value.as_tuple().digits) < MIN_DIGITS:
        return None
    before = [
        f
        for f in figures[max(0, at - 8) : at]
        if f.number.value > 1 and unit_class(f.number.unit) not in ("percent", "points", "ratio")
    ]
    pairs = [
        (one, other)
        for one in before
        for other in before
        if one is not other
        and _divides(result, one, other, ratio=bool(ratio))
        and one.number.value != other.number.value
    ]
    if any(_quotient_fits(result, *pair) for pair in pairs):
        return None
    for one, other in reversed(pairs):
        exact = _scaled_quotient(result, one, other)
        if exact and is_slip(rounded(exact, result.number.value), result.number.value):
            return Misfit(ContradictionKind.QUOTIENT, result, (one, other))
    return None


def _divides(result: Figure, one: Figure, other: Figure, *, ratio: bool) -> bool:
    """Whether one figure by the other may give a third: people by people a ratio, money by people an average in money."""
    if ratio:
        named = _NAMED_RATIO.search(clause_of(result))
        counted = unit_class(one.number.unit) == unit_class(other.number.unit) == "count"
        if not counted or not named:
            return False
        return (named[1] or named[3]) in clause_of(one) and (named[2] or named[4]) in clause_of(other)
    base, own = measured(one.number)[1], measured(result.number)[1].split("/")[0]
    return base == own and unit_class(other.number.unit) == "count"


def _scaled_quotient(result: Figure, one: Figure, other: Figure) -> Decimal | None:
    if unit_class(result.number.unit) == "ratio" or not other.number.value:
        return quotient(one, other)
    scale = measured(result.number)[0] / result.number.value if result.number.value else Decimal(1)
    return measured(one.number)[0] / measured(other.number)[0] / scale


def _quotient_fits(result: Figure, one: Figure, other: Figure) -> bool:
    exact = _scaled_quotient(result, one, other)
    step = last_place(result.number.value)
    return exact is not None and (abs(exact - result.number.value) <= step or quotient_fits(result, one, other))
