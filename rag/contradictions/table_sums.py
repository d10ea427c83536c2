"""Tables that do not add up: totals, shares of a total, growth from one column to the next."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from rag.figures import Figure
from rag.numbers import decimal_places, find_scopes, last_place, unit_class
from rag.records import ContradictionKind

_TOTAL_COLUMN = re.compile(r"^(?:合计|总计|小计|共计)")
GRADE = re.compile("(?:特|一|二|三|四)等奖|[金银铜]奖|优秀奖|优胜奖")
_HOW_MANY = re.compile("数$|数量|项数|个数|合计")
_NOT_ADDED = re.compile(r"率|满意度|生均|人均|平均|年限|排名|得分|标准")
_GROWTH = re.compile(r"增长率|增幅|增减幅|同比")
MAX_GAP = Decimal("0.5")
"""How far a total may be from the sum of its parts, as a share of it, and still be meant as their sum."""
MIN_MATCHES = Decimal("0.6")
"""Share of a table's rows that must fit before one that does not is called wrong."""
MIN_SHARES = 3
"""Rows with a share from which on a table's whole can be told."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A printed figure that does not follow from others."""

    kind: ContradictionKind
    figure: Figure
    operands: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    start: int
    cells: Mapping[int, Figure]
    """The cells that are figures, by column."""
    is_total: bool


def table_to_misfits(figures: Sequence[Figure], beside: Sequence[Figure]) -> Iterator[Misfit]:
    """What does not fit in one table, given all its figures; `beside` are those of the text of its section."""
    rows = _rows(figures)
    yield from _column_totals(rows)
    yield from _row_totals(rows)
    yield from _shares(rows, beside)
    yield from _growth(rows)
    yield from _grades(figures)


def _rows(figures: Sequence[Figure]) -> list[_Row]:
    cells: dict[int, dict[int, Figure]] = defaultdict(dict)
    totals: set[int] = set()
    for figure in figures:
        if figure.row is None:
            continue
        if figure.number.text.strip() == figure.row.printed[figure.column].strip():
            cells[figure.quote_start][figure.column] = figure
        if figure.is_total:
            totals.add(figure.quote_start)
    return [_Row(start, cells[start], start in totals) for start in sorted(cells)]


def tolerance(figures: Sequence[Figure]) -> Decimal:
    """How much rounding may add up to over figures: half of the last place of each; what is counted is not rounded."""
    return sum((last_place(f.number.value) / 2 for f in figures if not _is_counted(f)), Decimal(0))


def _is_counted(figure: Figure) -> bool:
    return unit_class(figure.number.unit) in ("count", "bare") and decimal_places(figure.number.value) == 0


def _column_totals(rows: Sequence[_Row]) -> Iterator[Misfit]:
    for at, row in enumerate(rows):
        if not row.is_total:
            continue
        for column, figure in row.cells.items():
            if _NOT_ADDED.search(figure.before):
                continue
            before = [other for other in rows[:at] if column in other.cells]
            since = max(
                (i for i, other in enumerate(rows[:at]) if other.is_total and column in other.cells), default=-1
            )
            whole = [other.cells[column] for other in before if not other.is_total]
            last = [other.cells[column] for other in rows[since + 1 : at] if column in other.cells]
            totals = [other.cells[column] for other in before if other.is_total]
            runs = [run for run in (last, whole, [*totals, *last]) if len(run) > 1]
            misfit = _sum_misfit(figure, runs)
            if misfit and _is_complete(rows[:at], column, figure):
                yield misfit


def _grades(figures: Sequence[Figure]) -> Iterator[Misfit]:
    """Rows whose prizes, listed by grade in one cell, are more than the number printed beside them."""
    rows: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        rows[figure.quote_start].append(figure)
    for row in rows.values():
        wholes = [f for f in row if f.row and f.number.text == f.row.printed[f.column] and _HOW_MANY.search(f.before)]
        graded = [f for f in row if f not in wholes and GRADE.search(f.near.rpartition(" ")[2])]
        if len(graded) > 1 and len(wholes) == 1 and sum(f.number.value for f in graded) > wholes[0].number.value:
            yield Misfit(ContradictionKind.TOTAL, wholes[0], tuple(graded))


def _sum_misfit(total: Figure, runs: Sequence[Sequence[Figure]]) -> Misfit | None:
    """The total that is the sum of none of these runs, though near to one."""
    best: tuple[Decimal, Sequence[Figure]] | None = None
    for run in runs:
        if any(part.number.unit != total.number.unit or part.number.bound for part in run):
            return None
        gap = abs(sum((part.number.value for part in run), Decimal(0)) - total.number.value)
        if gap <= tolerance([total, *run]):
            return None
        if best is None or gap < best[0]:
            best = (gap, run)
    if best is None or best[0] > MAX_GAP * abs(total.number.value) or total.number.bound:
        return None
    if max(part.number.value for part in best[1]) >= total.number.value:
        return None
    return Misfit(ContradictionKind.TOTAL, total, tuple(best[1]))


def _is_complete(rows: Sequence[_Row], column: int, total: Figure) -> bool:
    """Whether every row above that has a label for the column has a figure in it."""
    text = total.passage.text[rows[0].start : total.quote_start]
    if text.count("\n") != len(rows):
        return False
    for row in rows:
        if column in row.cells or row.is_total:
            continue
        printed = next((figure.row.printed for figure in row.cells.values() if figure.row), ())
        if column < len(printed) and (printed[column].strip() or (column and printed[column - 1].strip())):
            return False
    return True


def _row_totals(rows: Sequence[_Row]) -> Iterator[Misfit]:
    """Rows whose total column is not the sum of the others, where it is in most rows."""
    fits, misfits = 0, []
    for row in rows:
        total = next((figure for figure in row.cells.values() if _TOTAL_COLUMN.match(figure.before)), None)
        parts = [f for f in row.cells.values() if f is not total and total and f.number.unit == total.number.unit]
        if total is None or len(parts) < 2 or len(parts) + 1 < len(row.cells):
            continue
        misfit = _sum_misfit(total, [parts])
        misfits += [misfit] if misfit else []
        fits += not misfit
    if misfits and fits >= MIN_MATCHES * (fits + len(misfits)):
        yield from misfits


def _shares(rows: Sequence[_Row], beside: Sequence[Figure]) -> Iterator[Misfit]:
    """Shares that are not part ÷ whole, where most rows' are."""
    columns = {column for row in rows for column in row.cells}
    for share in columns:
        for part in columns - {share}:
            both = [row for row in rows if {share, part} <= row.cells.keys()]
            if len(both) < MIN_SHARES or not all(_is_share(row.cells[share], row.cells[part]) for row in both):
                continue
            found = _wrong_shares(both, share, part, beside)
            if found is not None:
                yield from found
                break


def _is_share(share: Figure, part: Figure) -> bool:
    return unit_class(share.number.unit) == "percent" and unit_class(part.number.unit) in (
        "count",
        "money",
        "bare",
        "area",
    )


def _wrong_shares(rows: Sequence[_Row], share: int, part: int, beside: Sequence[Figure]) -> list[Misfit] | None:
    """None where no whole fits most rows."""
    largest = max(row.cells[part].number.value for row in rows)
    unit = rows[0].cells[part].number.unit
    wholes = [row.cells[part] for row in rows if row.is_total or row.cells[share].number.value == 100]
    wholes += [figure for figure in beside if unit_class(figure.number.unit) == unit_class(unit)]
    for whole in sorted(wholes, key=lambda figure: figure.is_cell, reverse=True):
        if whole.number.value < largest or not whole.number.value:
            continue
        misfits = [
            Misfit(ContradictionKind.SHARE, row.cells[share], (row.cells[part], whole))
            for row in rows
            if not share_fits(row.cells[share], row.cells[part], whole)
        ]
        if len(rows) - len(misfits) >= MIN_MATCHES * len(rows):
            return misfits
    return None


def share_fits(share: Figure, part: Figure, whole: Figure) -> bool:
    """Whether a share is part ÷ whole, give or take its last place."""
    if not whole.number.value:
        return False
    exact = part.number.value * 100 / whole.number.value
    return abs(exact - share.number.value) <= last_place(share.number.value) * Decimal("1.5")


def _growth(rows: Sequence[_Row]) -> Iterator[Misfit]:
    """Growth rates that do not follow from the columns of the two years before them."""
    for row in rows:
        for column, figure in row.cells.items():
            if not _GROWTH.search(figure.before) or unit_class(figure.number.unit) != "percent":
                continue
            dated = [f for f in row.cells.values() if f.column < column and _year(f) is not None]
            for old, new in list(pairwise(sorted(dated, key=lambda f: _year(f) or 0)))[-1:]:
                if not growth_fits(figure, old, new):
                    yield Misfit(ContradictionKind.CHANGE, figure, (old, new))


def _year(figure: Figure) -> int | None:
    years = [year for scope in find_scopes(figure.before) for year in scope.years]
    return years[0] if len(years) == 1 else None


def growth_fits(rate: Figure, old: Figure, new: Figure) -> bool:
    """Whether a rate of growth may be that of two values, each anywhere within its rounding."""
    half_old, half_new = last_place(old.number.value) / 2, last_place(new.number.value) / 2
    low, high = old.number.value - half_old, old.number.value + half_old
    if low <= 0:
        return True
    least = (new.number.value - half_new - high) / high * 100
    most = (new.number.value + half_new - low) / low * 100
    slack = last_place(rate.number.value)
    return any(least - slack <= value <= most + slack for value in (rate.number.value, -rate.number.value))
