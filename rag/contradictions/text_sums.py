"""Sentences that do not add up: a whole and the parts listed behind it, shares that should make 100 %."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rag.contradictions.misfits import (
    HUNDRED,
    Misfit,
    adds_up,
    clause_of,
    is_amount,
    is_near,
    same_unit,
    tolerance,
    total_of,
)
from rag.contradictions.slips import is_slip
from rag.contradictions.table_sums import GRADE, is_slip_of_part
from rag.figures import Figure
from rag.numbers import decimal_places, unit_class
from rag.records import ContradictionKind

MAX_LIST = 40
"""Figures behind a whole among which its parts are looked for."""
MIN_PARTS = 4
"""Listed parts from which on a list may be taken for all parts."""
NEAR, NEAR_SLIP, NEAR_SUM = Decimal("0.5"), Decimal("0.25"), Decimal("0.15")
"""How far a whole may be from the sum of a list, as a share of it: of all its parts, with one digit wrong, up to 其他."""
_MADE_UP = re.compile("其中|包括|包含|分为|由|构成|组成|分别|分布|原因|归纳|如下|[:：（(]")
_CLOSED = re.compile("[（(][^（()）]*[)）]")
_MADE_OF = re.compile("分布|构成|组成|分为|归纳|原因|如下")
_REST = re.compile("其[他它余]")
_PART = re.compile("^[、，；;和及与\\s]*(?:其中|包括|含)")
_EACH = re.compile("[生人户师班]均|平均|每")
_COMPARED = re.compile("增[加长]|减少|下降|上升|同比|比上|较上")
_SHARE = re.compile("占|率|比例|比重")
_CHANGED = re.compile("增|减|升|降|提高|上涨|下滑|扩大|缩小|[多少比]")


def broken_sums(figures: Sequence[Figure]) -> Iterator[Misfit]:
    """Wholes whose parts, listed behind them, do not add up to them."""
    at = 0
    while at < len(figures):
        run: list[Figure] = []
        if is_amount(figures[at]) and not _EACH.search(clause_of(figures[at])):
            run, misfit = _sum(figures[at], figures[at + 1 : at + 1 + MAX_LIST])
            if misfit is not None:
                yield misfit
        at = max(at + 1, figures.index(run[-1]) if run else 0)


def _sum(whole: Figure, behind: Sequence[Figure]) -> tuple[list[Figure], Misfit | None]:
    """(the parts of a whole, none where it has none; the misfit where they do not add up to it)."""
    run = _run(whole, behind)
    if grades := _grades(whole, run):
        more = total_of(grades) > whole.number.value
        return grades, Misfit(ContradictionKind.TOTAL, whole, tuple(grades)) if more else None
    for length in range(2, len(run) + 1):
        if adds_up(whole, run[:length]):
            return run[:length], None
    if len(run) < 2 or any(adds_up(whole, [part for part in run if part is not left]) for left in run):
        return [], None
    ends = [n for n in range(2, len(run) + 1) if n == len(run) or run[n].quote_start != run[n - 1].quote_start]
    for parts in (run[:n] for n in ends):
        if _is_whole_of(whole, parts, is_all=len(parts) == len(run)):
            return parts, Misfit(ContradictionKind.TOTAL, whole, tuple(parts))
    return [], None


def _run(whole: Figure, behind: Sequence[Figure]) -> list[Figure]:
    """The parts listed behind a whole: smaller than it, up to a 其他; what is of one part only is left out."""
    run: list[Figure] = []
    for part in behind:
        if not same_unit(part, whole) or _EACH.search(clause_of(part)) or _COMPARED.search(clause_of(part)):
            continue
        if part.number.value >= whole.number.value:
            break
        if run and _PART.search(clause_of(part)):
            continue
        run.append(part)
        if _REST.search(clause_of(part)):
            break
    return run


def _grades(whole: Figure, run: Sequence[Figure]) -> list[Figure]:
    """The prizes of each grade listed behind their number in one sentence, none where the list is of something else."""
    found: dict[str, Figure] = {}
    for part in run:
        grade = GRADE.search(clause_of(part))
        if grade is None or part.quote_start != whole.quote_start or grade[0] in found:
            break
        found[grade[0]] = part
    return list(found.values()) if len(found) > 1 and GRADE.search(clause_of(whole)) is None else []


def _is_whole_of(whole: Figure, parts: Sequence[Figure], *, is_all: bool) -> bool:
    """Whether a list is meant as all parts of a whole that they do not add up to."""
    total = total_of(parts)
    between = _CLOSED.sub("", whole.passage.text[whole.end : parts[0].start])
    cue = bool(_MADE_UP.search(between) or _REST.search(clause_of(parts[-1])))
    slip = is_slip(whole.number.value, total) or is_slip_of_part(whole, parts)
    alike = _are_alike(parts) and not _are_alike([whole, *parts])
    if slip and (cue or alike) and is_near(whole.number.value, total, NEAR_SLIP):
        return True
    if not is_all or not cue:
        return False
    if len(parts) >= MIN_PARTS and _REST.search(clause_of(parts[-1])):
        return is_near(whole.number.value, total, NEAR_SUM)
    if len(parts) == 2 and _are_opposites(parts):
        return is_near(whole.number.value, total, NEAR_SUM)
    made_of = len(parts) > MIN_PARTS and _MADE_OF.search(between)
    return bool(made_of) and whole.number.value < total and is_near(whole.number.value, total, NEAR)


def _are_alike(parts: Sequence[Figure]) -> bool:
    """Whether the labels of parts share their end or beginning: 男生, 女生; 本科生, 专科生; 省内, 省外."""
    labels = [re.sub("[、，\\s]|其中|和|及", "", clause_of(part)) for part in parts]
    return all(labels) and (len({label[-1] for label in labels}) == 1 or len({label[0] for label in labels}) == 1)


def _are_opposites(parts: Sequence[Figure]) -> bool:
    one, other = (re.sub("[、，\\s]|其中|和|及|分别|占", "", clause_of(part)) for part in parts)
    return len(one) == len(other) <= MIN_PARTS and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def broken_complements(figures: Sequence[Figure]) -> Iterator[Misfit]:
    """Shares listed as all parts of one whole that do not make 100 %: 男生占48.23%, 女生占53.77%."""
    shares = [f for f in figures if unit_class(f.number.unit) == "percent" and not _CHANGED.search(clause_of(f))]
    for start in range(len(shares)):
        run = [f for f in shares[start:] if f.quote_start == shares[start].quote_start]
        if (start and shares[start - 1].quote_start == shares[start].quote_start) or len(run) < 2:
            continue
        total = total_of(run)
        if abs(total - HUNDRED) <= tolerance(run) or any(adds_to_hundred(run[:n]) for n in range(2, len(run))):
            continue
        fine = all(decimal_places(f.number.value) > 1 for f in run)
        gap = abs(total - HUNDRED).normalize().as_tuple().digits
        meant = _are_alike(run) if len(run) == 2 else _SHARE.search(clause_of(run[0])) is not None
        if (
            meant
            and is_near(total, HUNDRED, NEAR_SUM)
            and ((fine and len(gap) == 1) or (len(run) == 2 and _are_opposites(run)))
        ):
            yield Misfit(ContradictionKind.TOTAL, run[-1], tuple(run))


def adds_to_hundred(shares: Sequence[Figure]) -> bool:
    """Whether shares make 100 %."""
    return abs(total_of(shares) - HUNDRED) <= tolerance(shares)
