"""Sentences that do not add up: a whole and the parts listed behind it, shares that should make 100 %."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate, islice

from rag.figures.clauses import clause_of
from rag.figures.contradictions.misfits import (
    GRADE,
    HUNDRED,
    Misfit,
    adds_up,
    is_amount,
    is_near,
    is_slip,
    is_slip_of_part,
    same_unit,
    tolerance,
    total_of,
)
from rag.figures.contradictions.text_laws import CHANGED
from rag.language.numbers import decimal_places, unit_class
from rag.records import ContradictionKind, Figure

MAX_LIST = 40
"""Figures behind a whole among which its parts are looked for."""
MIN_PARTS = 4
"""Listed parts from which on a list may be taken for all parts."""
NEAR, NEAR_SLIP, NEAR_SUM = Decimal("0.5"), Decimal("0.25"), Decimal("0.15")
"""How far a whole may be from the sum of a list, as a share of it: of all its parts, with one digit wrong, up to 其他."""
_MADE_UP = re.compile("其中|包括|包含|分为|由|构成|组成|分别|分布|原因|归纳|如下|[:：（(]")
_CLOSED = re.compile("[（(][^（()）]*[)）]")
_MADE_OF = re.compile("分布|构成|组成|分为|归纳|原因|如下")
_SEVERAL = re.compile("多选|可选|不定项")
_REST = re.compile("其[他它余]")
_PART = re.compile("^[、，；;和及与\\s]*(?:其中|包括|含)")
_NO_PART = re.compile("[生人户师班]均|平均|每|增[加长]|减少|下降|上升|同比|比上|较上")
_SHARE = re.compile("占|率|比例|比重")
_FILLER = re.compile("[、，\\s]|其中|和|及|分别|占")


def broken_sums(figures: Sequence[Figure]) -> Iterator[Misfit]:
    """Wholes whose parts, listed behind them, do not add up to them."""
    at = 0
    while at < len(figures):
        parts: Sequence[Figure] = ()
        if is_amount(figures[at]) and not _NO_PART.search(clause_of(figures[at])):
            parts, is_broken = _parts_of(figures[at], figures[at + 1 : at + 1 + MAX_LIST])
            if is_broken:
                yield Misfit(ContradictionKind.TOTAL, figures[at], tuple(parts))
        at = max(at + 1, figures.index(parts[-1], at) if parts else 0)


def _parts_of(whole: Figure, behind: Sequence[Figure]) -> tuple[Sequence[Figure], bool]:
    """(the parts of a whole, none where it has none; whether they do not add up to it)."""
    run = _run(whole, behind)
    if grades := _grades(whole, run):
        return grades, total_of(grades) > whole.number.value
    for length in range(2, len(run) + 1):
        if adds_up(whole, run[:length]):
            return run[:length], False
    if len(run) < 2 or any(adds_up(whole, [part for part in run if part is not left]) for left in run):
        return (), False
    ends = [n for n in range(2, len(run) + 1) if n == len(run) or run[n].quote_start != run[n - 1].quote_start]
    meant = next((run[:n] for n in ends if _is_whole_of(whole, run[:n], is_all=n == len(run))), ())
    return meant, bool(meant)


def _run(whole: Figure, behind: Sequence[Figure]) -> list[Figure]:
    """The parts listed behind a whole: smaller than it, up to a 其他; what is of one part only is left out."""
    run: list[Figure] = []
    for part in behind:
        clause = clause_of(part)
        if not same_unit(part, whole) or _NO_PART.search(clause) or (run and _PART.search(clause)):
            continue
        if part.number.value >= whole.number.value:
            break
        run.append(part)
        if _REST.search(clause):
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
    total, value = total_of(parts), whole.number.value
    between = _CLOSED.sub("", whole.passage.text[whole.end : parts[0].start])
    ends = _REST.search(clause_of(parts[-1])) is not None
    cue = ends or _MADE_UP.search(between) is not None
    alike = _are_alike(parts) and not _are_alike([whole, *parts])
    if (cue or alike) and is_near(value, total, NEAR_SLIP) and (is_slip(value, total) or is_slip_of_part(whole, parts)):
        return True
    if not is_all or not cue or _SEVERAL.search(whole.passage.text[whole.quote_start : parts[-1].quote_end]):
        return False
    if (ends and len(parts) >= MIN_PARTS) or (len(parts) == 2 and _are_opposites(parts)):
        return is_near(value, total, NEAR_SUM)
    made_of = len(parts) > MIN_PARTS and _MADE_OF.search(between) is not None
    return made_of and value < total and is_near(value, total, NEAR)


def _are_alike(parts: Sequence[Figure]) -> bool:
    """Whether the labels of parts share their end or beginning: 男生, 女生; 本科生, 专科生; 省内, 省外."""
    labels = [_FILLER.sub("", clause_of(part)) for part in parts]
    return all(labels) and (len({label[-1] for label in labels}) == 1 or len({label[0] for label in labels}) == 1)


def _are_opposites(parts: Sequence[Figure]) -> bool:
    """Whether two labels differ in one character: 男生, 女生."""
    one, other = (_FILLER.sub("", clause_of(part)) for part in parts)
    return len(one) == len(other) <= MIN_PARTS and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def broken_complements(figures: Sequence[Figure]) -> Iterator[Misfit]:
    """Shares listed as all parts of one whole that do not make 100 %: 男生占48.23%, 女生占53.77%."""
    sentences: dict[int, list[Figure]] = {}
    for figure in figures:
        if unit_class(figure.number.unit) == "percent" and not CHANGED.search(clause_of(figure)):
            sentences.setdefault(figure.quote_start, []).append(figure)
    for run in sentences.values():
        total = total_of(run)
        sums = zip(accumulate(f.number.value for f in run), accumulate(tolerance([f]) for f in run), strict=True)
        fits = (abs(first - HUNDRED) <= gap for first, gap in islice(sums, 1, None))
        if len(run) < 2 or any(fits) or not is_near(total, HUNDRED, NEAR_SUM):
            continue
        fine = all(decimal_places(f.number.value) > 1 for f in run)
        slip = fine and len(abs(total - HUNDRED).normalize().as_tuple().digits) == 1
        meant = _are_alike(run) if len(run) == 2 else _SHARE.search(clause_of(run[0])) is not None
        if meant and (slip or (len(run) == 2 and _are_opposites(run))):
            yield Misfit(ContradictionKind.TOTAL, run[-1], tuple(run))
