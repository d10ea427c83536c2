"""Sentences that do not add up: a whole and its listed parts, a share of it, a change in points or per cent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TypeAlias

from rag.contradictions.counted import clause_before
from rag.contradictions.table_sums import GRADE, MAX_GAP, Misfit, growth_fits, share_fits, tolerance
from rag.figures import Figure
from rag.numbers import find_scopes, unit_class
from rag.records import ContradictionKind

MIN_PARTS = 4
"""Listed parts that are taken for all parts of a whole where the text says how it is made up."""
MIN_GRADES = 2
NEAR_SUM = Decimal("0.15")
"""How far a whole may be from the sum of a list that ends with 其他 and still be meant as their sum."""
NEAR_SHARE = Decimal("0.25")
Known: TypeAlias = frozenset[tuple[str, Decimal]]

_PEOPLE = frozenset("人 名 位".split())
_REST = re.compile(r"^[、，和及\s]*其[他它余]")
_MADE_UP = re.compile("原因|分布|构成|分为|归纳|如下|依次|分别|情况")
_ANNOUNCES = re.compile(r"^[^\n]*(?:如下|下表|见表|表\d)[^\n]*\n*$")
_EACH = re.compile("生均|人均|平均|每")
_BEFORE = re.compile("同比|上[一]?[年届]|去年|较|相比|比[^例重]")
_SHARE = re.compile("[占率]")
_CHANGED = re.compile("增|减|升|降|提高|上涨|下滑")


def paragraph_to_misfits(figures: Sequence[Figure], known: Known) -> Iterator[Misfit]:
    """What does not fit in one paragraph, given its figures; `known` are (unit, value) of all the report's figures."""
    exact = [figure for figure in figures if not figure.number.bound]
    yield from _lists(exact)
    yield from _points(exact)
    yield from _rates(exact)
    yield from _shares(exact, known)


def _same_unit(one: Figure, other: Figure) -> bool:
    """Whether two figures may be whole and part: of one unit, or both of people."""
    return one.number.unit == other.number.unit or {one.number.unit, other.number.unit} <= _PEOPLE


def table_to_whole(before: Sequence[Figure], cells: Sequence[Figure]) -> Misfit | None:
    """The last figure of the text that announces a table, where the table's cells are its parts and do not add up to it."""
    whole = before[-1] if before else None
    parts = [cell for cell in cells if whole and _same_unit(cell, whole)]
    if whole is None or len(parts) <= MIN_PARTS or len(parts) < len(cells) or any(cell.is_total for cell in cells):
        return None
    if not _ANNOUNCES.search(whole.passage.text[whole.end :]) or any(
        _adds_up(whole, parts[:n]) for n in range(2, len(parts) + 1)
    ):
        return None
    total = sum((part.number.value for part in parts), Decimal(0))
    over = whole.number.value < total <= (1 + MAX_GAP) * whole.number.value
    return Misfit(ContradictionKind.TOTAL, whole, tuple(parts)) if over else None


def _lists(figures: Sequence[Figure]) -> Iterator[Misfit]:
    at = 0
    while at < len(figures):
        misfit = _list_misfit(figures, at)
        if misfit is not None:
            yield misfit
            at = figures.index(misfit.operands[-1])
        at += 1


def _list_misfit(figures: Sequence[Figure], at: int) -> Misfit | None:
    """The whole at an index where the list behind it is of all its parts and does not add up to it."""
    whole = figures[at]
    if unit_class(whole.number.unit) not in ("count", "money") or _EACH.search(whole.near):
        return None
    behind = [f for f in figures[at + 1 :] if _same_unit(f, whole)]
    run = _run(whole, behind)
    if len(run) < MIN_GRADES:
        return None
    if grades := _grades(whole, run):
        total = sum((part.number.value for part in grades), Decimal(0))
        return Misfit(ContradictionKind.TOTAL, whole, tuple(grades)) if total > whole.number.value else None
    if any(_adds_up(whole, run[:length]) for length in range(2, len(run) + 1)):
        return None
    total = sum((part.number.value for part in run), Decimal(0))
    if len(run) >= MIN_PARTS and _REST.search(_own(run[-1])):
        fits = abs(total - whole.number.value) > NEAR_SUM * whole.number.value or _nested_adds_up(whole, run)
    elif len(run) > MIN_PARTS and len(run) == len(behind) and _MADE_UP.search(_between(whole, run[0])):
        fits = not whole.number.value < total <= (1 + MAX_GAP) * whole.number.value
    else:
        return None
    return None if fits else Misfit(ContradictionKind.TOTAL, whole, tuple(run))


def _grades(whole: Figure, run: Sequence[Figure]) -> list[Figure]:
    """The prizes of each grade listed behind their number in one sentence, none where the list is of something else."""
    found: dict[str, Figure] = {}
    for part in run:
        grade = GRADE.search(_own(part))
        if grade is None or part.quote_start != whole.quote_start or grade[0] in found:
            break
        found[grade[0]] = part
    return list(found.values()) if len(found) >= MIN_GRADES else []


def _run(whole: Figure, behind: Sequence[Figure]) -> list[Figure]:
    """The parts listed behind a whole: smaller than it, up to a 其他; what is of one part only is left out."""
    run: list[Figure] = []
    for part in behind:
        if part.number.value >= whole.number.value:
            break
        if _EACH.search(_own(part)) or (run and _own(part).lstrip("，；、").startswith("其中")):
            continue
        run.append(part)
        if _REST.search(_own(part)):
            break
    return run


def _own(figure: Figure) -> str:
    return clause_before(figure.before)


def _between(whole: Figure, part: Figure) -> str:
    return whole.passage.text[whole.end : part.start]


def _adds_up(whole: Figure, parts: Sequence[Figure]) -> bool:
    gap = abs(sum((part.number.value for part in parts), Decimal(0)) - whole.number.value)
    return gap <= tolerance([whole, *parts])


def _nested_adds_up(whole: Figure, parts: Sequence[Figure]) -> bool:
    """Whether the list adds up without one of its figures, which is then part of another."""
    return any(_adds_up(whole, [part for part in parts if part is not left]) for left in parts)


def _points(figures: Sequence[Figure]) -> Iterator[Misfit]:
    """Changes in points that are not the difference of the two shares before them."""
    for at, figure in enumerate(figures):
        if unit_class(figure.number.unit) != "points":
            continue
        shares = [f for f in figures[:at] if unit_class(f.number.unit) == "percent"][-2:]
        if len(shares) < 2 or not _CHANGED.search(_own(figure)):
            continue
        between = _between(shares[0], figure)
        if not _BEFORE.search(between) and not find_scopes(between):
            continue
        gap = abs(shares[0].number.value - shares[1].number.value)
        off = abs(gap - abs(figure.number.value))
        if gap and tolerance([figure, *shares]) < off <= MAX_GAP * figure.number.value:
            yield Misfit(ContradictionKind.CHANGE, figure, tuple(shares))


def _rates(figures: Sequence[Figure]) -> Iterator[Misfit]:
    """Growth rates that do not follow from the two values, the later first, before them in the sentence."""
    for at, rate in enumerate(figures):
        if unit_class(rate.number.unit) != "percent" or not _CHANGED.search(_own(rate)):
            continue
        values = [f for f in figures[:at] if f.quote_start == rate.quote_start and _is_amount(f)][-2:]
        if len(values) < 2 or not _same_unit(*values) or not _BEFORE.search(_between(values[0], rate)):
            continue
        new, old = values
        if not growth_fits(rate, old, new) and not growth_fits(rate, new, old) and _is_near(rate, old, new):
            yield Misfit(ContradictionKind.CHANGE, rate, (old, new))


def _is_amount(figure: Figure) -> bool:
    return unit_class(figure.number.unit) in ("count", "money") and bool(_own(figure).strip())


def _is_near(rate: Figure, old: Figure, new: Figure) -> bool:
    """Whether a rate of growth is at least something like that of two values."""
    if not old.number.value:
        return False
    exact = abs(new.number.value - old.number.value) * 100 / old.number.value
    return abs(exact - rate.number.value) <= MAX_GAP * rate.number.value


def _shares(figures: Sequence[Figure], known: Known) -> Iterator[Misfit]:
    """Shares printed beside their part that are of no whole the report names, and near to the one just before."""
    for part, share in pairwise(figures):
        if unit_class(share.number.unit) != "percent" or part.quote_start != share.quote_start:
            continue
        if unit_class(part.number.unit) not in ("count", "money") or not _SHARE.search(_own(share)):
            continue
        before = figures[: figures.index(part)]
        wholes = [f for f in before if _same_unit(f, part) and f.number.value > part.number.value]
        if not wholes or _CHANGED.search(_own(share)) or any(share_fits(share, part, whole) for whole in wholes):
            continue
        exact = part.number.value * 100 / wholes[-1].number.value
        if abs(exact - share.number.value) <= NEAR_SHARE * share.number.value and not _has_whole(share, part, known):
            yield Misfit(ContradictionKind.SHARE, share, (part, wholes[-1]))


def _has_whole(share: Figure, part: Figure, known: Known) -> bool:
    """Whether some figure of the report would be the whole."""
    half = Decimal(1).scaleb(int(share.number.value.as_tuple().exponent)) / 2
    low, high = (part.number.value * 100 / (share.number.value + sign * half) for sign in (1, -1))
    return any(unit == part.number.unit and low <= value <= high for unit, value in known)
