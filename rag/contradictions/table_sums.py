"""Tables that do not add up: totals at the foot of columns and at the end or beginning of rows.

What is summed is told by the figures themselves: by the other columns of a row of totals, or the other rows, that add
up, or by a total that one digit keeps from adding up. So a table read in part, or whose total has another scope,
accuses nobody.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from rag.contradictions.misfits import Misfit, adds_up, is_near, total_of
from rag.contradictions.sheets import Line, Sheet
from rag.contradictions.slips import is_slip
from rag.figures import TOTAL, Figure
from rag.records import ContradictionKind

MIN_LINES = 3
"""Lines that must keep a relation before one that does not is called wrong."""
MIN_KEPT = 0.75
"""Share of the lines that must keep it."""
MIN_DIGITS = 8
"""Digits that the figures of the lines that keep a relation must have in all, so that it is not one by chance."""
MAX_GAP = Decimal("0.5")
"""How far a figure may be from what it should be, as a share of it, and still be meant as that."""
NEAR_SUM = Decimal("0.15")
"""The same for a total that only the other columns show to be one."""
_MEMBER = re.compile("[（(]?其中")
GRADE = re.compile("(?:特|一|二|三|四)等奖|[金银铜]奖|优秀奖|优胜奖")
_HOW_MANY = re.compile("数$|数量|项数|个数|合计")
_NOT_ADDED = re.compile(r"率|满意度|[生人户师班]均|平均|年限|排名|得分|标准|师比|之比|最[高低大小]|行次|编码|代码")


def column_totals(sheet: Sheet) -> Iterator[Misfit]:
    """Rows of totals: what is summed is told by the columns that add up, or by a slip of the pen."""
    for at in sorted(sheet.totals):
        last = max((i for i in sheet.totals if i < at), default=-1)
        plain = [i for i in range(at) if i not in sheet.totals]
        since, before = [i for i in plain if i > last], [i for i in sheet.totals if i < at]
        runs = [since, plain, [*before, *since]]
        runs += [[i for i in run if not _is_member(sheet.rows[i])] for run in runs]
        columns = [c for c in sheet.columns if c in sheet.rows[at] and not _NOT_ADDED.search(sheet.labels.get(c, ""))]
        sums = [{c: _parts(sheet, run, c, sheet.rows[at][c]) for c in columns} for run in runs]
        fits = [[c for c, parts in found.items() if parts and adds_up(sheet.rows[at][c], parts)] for found in sums]
        summed = {c for kept in fits for c in kept}
        best = max(range(len(runs)), key=lambda i: (len(fits[i]), i > 2))
        for column in columns:
            whole, parts = sheet.rows[at][column], sums[best][column]
            if column not in summed and parts and _is_meant(whole, parts, supported=len(fits[best]) > 0):
                yield Misfit(ContradictionKind.TOTAL, whole, tuple(parts))


def _is_member(row: Line) -> bool:
    """Whether a row is a part of the one above it (其中：…), which its sum holds already."""
    return any(_MEMBER.match(figure.near) for figure in row.values())


def _parts(sheet: Sheet, run: Sequence[int], column: int, whole: Figure) -> list[Figure]:
    """The figures of a column in some rows; none where one of them is not read as a figure of the total's unit."""
    parts = []
    for at in run:
        part = sheet.rows[at].get(column)
        if part is not None:
            parts.append(part)
        elif any(c.isdigit() for c in _printed(sheet.rows[at], column)):
            return []
    if len(parts) < 2 or any(part.number.unit != whole.number.unit for part in parts):
        return []
    is_least = max(part.number.value for part in parts) < abs(whole.number.value)
    return parts if is_least or is_slip(whole.number.value, total_of(parts)) else []


def _printed(row: Line, column: int) -> str:
    figure = next(iter(row.values()), None)
    printed = figure.row.filled if figure and figure.row else ()
    offset = figure.column - next(iter(row)) if figure else 0
    return printed[column + offset] if column + offset < len(printed) else ""


def _is_meant(whole: Figure, parts: Sequence[Figure], *, supported: bool) -> bool:
    """Whether a whole is meant as the sum of parts that do not add up to it."""
    total = total_of(parts)
    if is_slip(whole.number.value, total) or (
        is_slip_of_part(whole, parts) and is_near(whole.number.value, total, MAX_GAP)
    ):
        return True
    return supported and is_near(whole.number.value, total, NEAR_SUM)


def is_slip_of_part(whole: Figure, parts: Sequence[Figure]) -> bool:
    """Whether one digit of one part, and that of a figure of four digits or more, would make them add up."""
    gap = abs(total_of(parts) - whole.number.value).normalize().as_tuple()
    return len(gap.digits) == 1 and len(whole.number.value.normalize().as_tuple().digits) > MIN_LINES


def row_totals(sheet: Sheet) -> Iterator[Misfit]:
    """Rows whose total is not the sum of the columns behind or before it, as it is in the others."""
    for at, column in enumerate(sheet.columns):
        label = sheet.labels.get(column, "")
        if _NOT_ADDED.search(label):
            continue
        runs = [sheet.columns[at + 1 : end] for end in range(at + 3, len(sheet.columns) + 1)]
        runs += [sheet.columns[start:at] for start in range(at - 1)]
        named = TOTAL.match(label.rpartition("·")[2]) is not None
        found = [result for run in runs if (result := _row_sums(sheet.lines, column, run, named=named)) is not None]
        if found:
            broken = max(found, key=lambda result: result[0])[1]
            yield from (m for m in broken if is_near(m.figure.number.value, total_of(m.operands), MAX_GAP) or _slips(m))


def _row_sums(
    lines: Sequence[Line], column: int, run: Sequence[int], *, named: bool
) -> tuple[int, list[Misfit]] | None:
    """(lines in which a column is the sum of others, those in which it is not); None where that is not meant."""
    kept, broken, digits = 0, list[Misfit](), 0
    for row in lines:
        whole, parts = row.get(column), [row[c] for c in run if c in row]
        if whole is None or sum(1 for part in parts if named or part.number.value) < 2:
            continue
        if any(part.number.unit != whole.number.unit for part in parts):
            return None
        if adds_up(whole, parts):
            kept, digits = kept + 1, digits + len(whole.number.value.as_tuple().digits)
        else:
            broken.append(Misfit(ContradictionKind.TOTAL, whole, tuple(parts)))
        if len(broken) > max(kept, MIN_LINES):
            return None
    if named:
        meant = kept >= 2 * max(len(broken), 1) or (kept > 0 and len(broken) == 1 and _slips(broken[0]))
    else:
        meant = is_kept(kept, len(broken), digits)
    return (kept, broken) if meant else None


def _slips(misfit: Misfit) -> bool:
    return is_slip(misfit.figure.number.value, total_of(misfit.operands))


def is_kept(kept: int, broken: int, digits: int) -> bool:
    """Whether lines that keep a relation are enough, beside those that break it, to show that it is meant."""
    return kept >= MIN_LINES and kept >= MIN_KEPT * (kept + broken) and digits >= MIN_DIGITS


def grade_sums(figures: Sequence[Figure]) -> Iterator[Misfit]:
    """Rows whose prizes, listed by grade in one cell, are more than the number printed beside them."""
    rows: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        rows[figure.quote_start].append(figure)
    for row in rows.values():
        wholes = [f for f in row if f.row and f.number.text == f.row.printed[f.column] and _HOW_MANY.search(f.before)]
        graded = [f for f in row if f not in wholes and GRADE.search(f.near.rpartition(" ")[2])]
        if len(graded) > 1 and len(wholes) == 1 and total_of(graded) > wholes[0].number.value:
            yield Misfit(ContradictionKind.TOTAL, wholes[0], tuple(graded))
