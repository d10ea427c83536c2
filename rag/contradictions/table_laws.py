"""Columns (or rows) of a table that follow from others in all lines but a few: differences, growth, shares, quotients.

Which columns belong together is told by the figures: where a relation holds in nearly all lines, those that break it
are accused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import permutations
from typing import TypeAlias

from rag.contradictions.misfits import HUNDRED, Misfit, growth_fits, is_near, quotient_fits, share_fits, subtracts
from rag.contradictions.sheets import Line, Sheet
from rag.contradictions.slips import is_slip
from rag.contradictions.table_sums import MAX_GAP, MIN_LINES, is_kept
from rag.figures import Figure
from rag.numbers import find_scopes, last_place, unit_class
from rag.records import ContradictionKind

Fits: TypeAlias = Callable[[Figure, Figure, Figure], bool]
_MEMBER = re.compile("其中")
_CHANGE = re.compile(r"增|减|变化|变动|差|同比|环比|较|比上")
_GROWTH = re.compile(r"增长率|增幅|增减幅|增速|同比|环比|变化率|[增减].*[%％]|幅度")
_QUOTIENT = re.compile(r"率|比|均|占")


def broken_laws(sheet: Sheet) -> Iterator[Misfit]:
    """Lines in which a column is not the difference, growth, share or quotient of two others that it is elsewhere."""
    columns = sheet.columns
    for column in columns:
        for kind, fits in _laws(sheet, column):
            found: list[tuple[int, list[Misfit]]] = []
            for first, second in permutations([c for c in columns if c != column], 2):
                if kind is not ContradictionKind.CHANGE and not column - 2 <= first < column:
                    continue
                lines = [row for row in sheet.lines if {column, first, second} <= row.keys()]
                dated = kind is ContradictionKind.CHANGE and _differ_in_year(sheet, first, second, column)
                result = _kept(lines, (column, first, second), fits, kind, dated=dated)
                if result is not None:
                    found.append(result)
            if found:
                yield from min(found, key=lambda result: (len(result[1]), -result[0]))[1]
                break


def _laws(sheet: Sheet, column: int) -> Iterator[tuple[ContradictionKind, Fits]]:
    """What a column may be of two others, going by its name and unit."""
    label = sheet.labels.get(column, "")
    figures = [row[column] for row in sheet.rows if column in row]
    percent = any(unit_class(figure.number.unit) == "percent" for figure in figures) or "%" in label
    if _CHANGE.search(label) and not percent:
        yield ContradictionKind.CHANGE, lambda change, old, new: subtracts(change, new, old)
    if _GROWTH.search(label):
        yield ContradictionKind.CHANGE, growth_fits
    elif percent:
        yield ContradictionKind.SHARE, share_fits
    if _QUOTIENT.search(label) and not percent:
        yield ContradictionKind.QUOTIENT, quotient_fits


def _kept(
    lines: Sequence[Line], columns: tuple[int, int, int], fits: Fits, kind: ContradictionKind, *, dated: bool
) -> tuple[int, list[Misfit]] | None:
    """(lines that keep a relation, those that do not); None where it is none."""
    kept, digits, broken = 0, 0, list[Misfit]()
    for line in lines:
        result, first, second = (line[column] for column in columns)
        if not _says_something(result, first, second):
            continue
        if fits(result, first, second):
            kept, digits = kept + 1, digits + len(result.number.value.normalize().as_tuple().digits)
        else:
            broken.append(Misfit(kind, result, (first, second)))
        if len(broken) > 2 and len(broken) > kept:
            return None
    if dated and len(broken) <= max(kept, 1):
        return kept, [m for m in broken if _is_like(m)]
    return (kept, broken) if is_kept(kept, len(broken), digits) else None


def _is_like(misfit: Misfit) -> bool:
    old, new = (figure.number.value for figure in misfit.operands)
    printed = misfit.figure.number.value
    exact = [new - old, (new - old) * HUNDRED / old if old else Decimal(0)]
    return any(
        is_near(abs(printed), abs(value), MAX_GAP) or is_slip(printed, value.quantize(printed)) for value in exact
    )


def _says_something(result: Figure, first: Figure, second: Figure) -> bool:
    values = {figure.number.value for figure in (result, first, second)}
    return 0 not in values and len(values) == 3


def _differ_in_year(sheet: Sheet, first: int, second: int, column: int) -> bool:
    """Whether two columns differ in the year alone, the earlier first, and the third is the change between them."""
    found = []
    for at in (first, second):
        label = sheet.labels.get(at, "")
        scopes = [scope for scope in find_scopes(label) if scope.years]
        if len(scopes) != 1:
            return False
        rest = label.replace(scopes[0].text, "")
        found.append((scopes[0].years, rest))
    return (
        found[0][1] == found[1][1]
        and found[0][0] < found[1][0]
        and _CHANGE.search(sheet.labels.get(column, "")) is not None
    )


def broken_shares(sheet: Sheet) -> Iterator[Misfit]:
    """Shares of the column's total that are not part ÷ whole, where most rows' are."""
    for column in sheet.columns:
        shares = [row for row in sheet.rows if column in row and unit_class(row[column].number.unit) == "percent"]
        if len(shares) < MIN_LINES:
            continue
        for part in sheet.columns:
            lines = [row for row in shares if part in row]
            wholes = [sheet.rows[at][part] for at in sheet.totals if part in sheet.rows[at]]
            wholes += [row[part] for row in lines if row[column].number.value == HUNDRED]
            if part == column or len(lines) < MIN_LINES or not wholes or not _may_be_shared(lines, part):
                continue
            whole = max(wholes, key=lambda figure: figure.number.value)
            rest = [row for row in lines if row[part] is not whole]
            broken = [row for row in rest if not share_fits(row[column], row[part], whole)]
            broken = [
                row
                for row in broken
                if not _MEMBER.search(row[part].near) or _is_slipped(row[column], row[part], whole)
            ]
            digits = sum(len(row[column].number.value.as_tuple().digits) for row in rest if row not in broken)
            slipped = len(broken) == 1 and len(rest) > 2 and _is_slipped(broken[0][column], broken[0][part], whole)
            if slipped or is_kept(len(rest) - len(broken), len(broken), digits):
                yield from (Misfit(ContradictionKind.SHARE, row[column], (row[part], whole)) for row in broken)
                break


def _is_slipped(share: Figure, part: Figure, whole: Figure) -> bool:
    exact = part.number.value * HUNDRED / whole.number.value if whole.number.value else Decimal(0)
    return is_slip(exact.quantize(last_place(share.number.value)), share.number.value)


def _may_be_shared(lines: Sequence[Line], part: int) -> bool:
    return all(unit_class(row[part].number.unit) in ("count", "money", "bare", "area", "visits") for row in lines)
