"""Tables that do not follow from themselves: totals, and columns that are differences, growth, shares or quotients.

What follows from what is told by the figures: where a relation holds in other lines, or but for a digit, the line that
breaks it is accused. So a table read in part, or a total of another scope, accuses nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import permutations
from typing import TypeAlias

from rag.figures.context import words_of
from rag.figures.contradictions.misfits import (
    HUNDRED,
    Misfit,
    adds_up,
    grade_sums,
    growth_fits,
    is_near,
    is_slip,
    is_slip_of_part,
    quotient,
    quotient_fits,
    rounded,
    share_fits,
    subtracts,
    total_of,
)
from rag.figures.contradictions.sheets import MAX_COLUMNS, MAX_LINES, Sheet, figures_to_sheet
from rag.language.numbers import find_scopes, last_place, unit_class
from rag.records import ContradictionKind, Figure

Fits: TypeAlias = Callable[[Figure, Figure, Figure], bool]
Triple: TypeAlias = tuple[Figure, Figure, Figure]
"""A figure, and the two that it follows from."""
MIN_LINES = 3
"""Lines that must keep a relation before one that does not is called wrong."""
MIN_KEPT = 0.75
"""Share of the lines that must keep it."""
MIN_DIGITS = 8
"""Digits that the figures of the lines that keep a relation must have in all, so that it is not one by chance."""
MAX_GAP, NEAR_SUM = Decimal("0.5"), Decimal("0.2")
"""How far a figure may be from what it should be, as a share of it: one that a digit parts from it, any other."""
_MEMBER = re.compile("[（(]?其中")
_NOT_ADDED = re.compile(r"率|满意度|[生人户师班]均|平均|年限|排名|得分|标准|师比|之比|最[高低大小]|行次|编码|代码")
_CHANGE = re.compile(r"增|减|变化|变动|差|同比|环比|较|比上")
_GROWTH = re.compile(r"增长率|增幅|增减幅|增速|同比|环比|变化率|[增减].*[%％]|幅度")
_QUOTIENT = re.compile(r"率|比|均|占")


def table_misfits(figures: Sequence[Figure]) -> Iterator[Misfit]:
    """Figures of one table that do not follow from others of it, each accused once."""
    sheet = figures_to_sheet(figures)
    turned = sheet.turned()
    told: set[int] = set()
    for found in (
        grade_sums(figures),
        _totals_below(turned),
        _totals_beside(sheet),
        _broken_laws(sheet),
        _broken_laws(turned),
    ):
        for misfit in found:
            if misfit.figure.start not in told:
                told.add(misfit.figure.start)
                yield misfit


def _totals_below(columns: Sheet) -> Iterator[Misfit]:
    """Rows of totals, given a table's columns: of the rows since the last total, of all, or of these and totals before."""
    rows = columns.columns
    for total in columns.totals:
        above = [row for row in rows if row < total]
        plain = [row for row in above if row not in columns.totals]
        last = max((row for row in above if row in columns.totals), default=-1)
        runs = [
            [row for row in plain if row > last],
            plain,
            [row for row in above if row >= last or row in columns.totals],
        ]
        yield from _broken_sums(columns, total, runs, named=True)


def _totals_beside(sheet: Sheet) -> Iterator[Misfit]:
    """Columns whose figures are the sums of the columns behind or before them, but in some rows."""
    columns = sheet.columns[:MAX_COLUMNS]
    for at, column in enumerate(columns):
        if not _NOT_ADDED.search(sheet.labels.get(column, "")):
            runs = [columns[at + 1 : end] for end in range(at + 3, len(columns) + 1)]
            runs += [columns[start:at] for start in range(at - 1)]
            yield from _broken_sums(sheet, column, runs, named=column in sheet.totals)


@dataclass(slots=True)
class _Relation:
    """The lines of a table that keep a relation, and those that break it."""

    kept: dict[int, Misfit] = field(default_factory=dict)
    broken: dict[int, Misfit] = field(default_factory=dict)

    @property
    def is_kept(self) -> bool:
        """Whether enough lines keep it to show that it is meant."""
        kept = len(self.kept)
        digits = sum(len(misfit.figure.number.value.normalize().as_tuple().digits) for misfit in self.kept.values())
        return kept >= MIN_LINES and kept >= MIN_KEPT * (kept + len(self.broken)) and digits >= MIN_DIGITS


def _broken_sums(sheet: Sheet, whole: int, runs: Sequence[Sequence[int]], *, named: bool) -> Iterator[Misfit]:
    """The lines whose whole is the sum of no run of their figures, of the run of which most others' is."""
    found = [relation for run in runs if (relation := _sums(sheet, whole, run, named=named))]
    if not found:
        return
    best = max(found, key=lambda relation: len(relation.kept))
    kept = {line for relation in found for line in relation.kept} if named else set(best.kept)
    broken = [misfit for line, misfit in best.broken.items() if line not in kept]
    if not named:
        filled = {part.column for line in best.kept for part in best.kept[line].operands if part.number.value}
        broken = [m for m in broken if filled >= {part.column for part in m.operands if part.number.value}]
    if (len(broken) <= max(len(best.kept), 1)) if named else best.is_kept:
        yield from (misfit for misfit in broken if _is_meant(misfit, supported=bool(best.kept)))


def _sums(sheet: Sheet, whole: int, run: Sequence[int], *, named: bool) -> _Relation | None:
    """Which lines' whole is the sum of a run of their figures; None where that is not meant."""
    relation = _Relation()
    for at, line in enumerate(sheet.lines[:MAX_LINES]):
        parts = _without_members([line[column] for column in run if column in line])
        if whole not in line or _NOT_ADDED.search(sheet.names.get(at, "")) or any((at, c) in sheet.unread for c in run):
            continue
        misfit = Misfit(ContradictionKind.TOTAL, line[whole], parts)
        if sum(1 for part in parts if named or part.number.value) > 1 and _are_of_one_unit(misfit):
            more = total_of(parts) > line[whole].number.value
            fits = adds_up(line[whole], parts) or (more and adds_up(line[whole], _without_subtotals(parts)))
            (relation.kept if fits else relation.broken)[at] = misfit
        if len(relation.broken) > max(len(relation.kept), MIN_LINES):
            return None
    return relation


def _without_members(parts: Sequence[Figure]) -> tuple[Figure, ...]:
    """Parts without those that are of one of them (其中：…)."""
    return tuple(part for part in parts if not _MEMBER.match(part.near))


def _without_subtotals(parts: Sequence[Figure]) -> Sequence[Figure]:
    """Parts without those that stand behind their own sum: 30, 48 (20, 28), 9."""
    kept: list[Figure] = []
    at = 0
    while at < len(parts):
        kept.append(parts[at])
        end, total = at + 1, parts[at].number.value
        while end < len(parts) and total > 0:
            total, end = total - parts[end].number.value, end + 1
        at = end if total == 0 and end > at + 2 else at + 1
    return kept


def _are_of_one_unit(misfit: Misfit) -> bool:
    return {part.number.unit for part in misfit.operands} == {misfit.figure.number.unit}


def _is_meant(misfit: Misfit, *, supported: bool) -> bool:
    """Whether a whole is meant as the sum of parts that do not add up to it: but for a digit, or as others' is."""
    whole, total = misfit.figure.number.value, total_of(misfit.operands)
    near = is_near(whole, total, NEAR_SUM)
    if unit_class(misfit.figure.number.unit) == "percent" or (supported and near):
        return near
    if max(part.number.value for part in misfit.operands) >= abs(whole) and not is_slip(whole, total):
        return False
    return is_slip(whole, total) or (is_slip_of_part(misfit.figure, misfit.operands) and is_near(whole, total, MAX_GAP))


def _broken_laws(sheet: Sheet) -> Iterator[Misfit]:
    """Lines in which a column is not the difference, growth, share or quotient of two others that it is elsewhere."""
    columns = sheet.columns
    for column in columns if len(columns) <= MAX_COLUMNS else ():
        figures = [line[column] for line in sheet.lines if column in line]
        for kind, fits in _laws(sheet.labels.get(column, ""), figures):
            found = []
            for lines, dated in _operands(sheet, column, kind):
                if (relation := _kept(lines, fits, kind)) and (dated or relation.is_kept or _is_one_slip(relation)):
                    found.append(relation)
            if found:
                relation = min(found, key=lambda relation: (len(relation.broken), -len(relation.kept)))
                yield from filter(_is_like, relation.broken.values())
                break


def _laws(label: str, figures: Sequence[Figure]) -> Iterator[tuple[ContradictionKind, Fits]]:
    """What a column may be of two others, going by its name and unit."""
    percent = any(unit_class(figure.number.unit) == "percent" for figure in figures) or "%" in label
    if _CHANGE.search(label) and not percent:
        yield ContradictionKind.CHANGE, lambda change, old, new: subtracts(change, new, old)
    if _GROWTH.search(label):
        yield ContradictionKind.CHANGE, growth_fits
    elif percent:
        yield ContradictionKind.SHARE, share_fits
    elif _QUOTIENT.search(label):
        yield ContradictionKind.QUOTIENT, quotient_fits


def _operands(sheet: Sheet, column: int, kind: ContradictionKind) -> Iterator[tuple[Mapping[int, Triple], bool]]:
    """Each two figures of a column's lines that it may follow from, and whether their names alone say that it does."""
    lines = dict(enumerate(sheet.lines[:MAX_LINES]))
    others = [c for c in sheet.columns if c != column]
    for first, second in permutations(others, 2):
        if column - 2 <= first < column or (
            kind is ContradictionKind.CHANGE and _says_only_change(sheet, column, first)
        ):
            triples = {
                at: (row[column], row[first], row[second])
                for at, row in lines.items()
                if {column, first, second} <= row.keys()
            }
            yield triples, kind is ContradictionKind.CHANGE and _differ_in_year(sheet, first, second)
    for part in others if kind is ContradictionKind.SHARE else ():
        rows = {
            at: row for at, row in lines.items() if {column, part} <= row.keys() and not _MEMBER.search(row[part].near)
        }
        wholes = [row[part] for row in lines.values() if part in row and row[part].is_total]
        wholes += [row[part] for row in rows.values() if row[column].number.value == HUNDRED]
        if wholes:
            whole = max(wholes, key=lambda figure: figure.number.value)
            yield {at: (row[column], row[part], whole) for at, row in rows.items() if row[part] is not whole}, False


def _kept(lines: Mapping[int, Triple], fits: Fits, kind: ContradictionKind) -> _Relation | None:
    """The lines that keep a relation; None where it is none."""
    relation = _Relation()
    for at, (result, first, second) in lines.items():
        values = {figure.number.value for figure in (result, first, second)}
        if 0 not in values and len(values) == 3:
            (relation.kept if fits(result, first, second) else relation.broken)[at] = Misfit(
                kind, result, (first, second)
            )
        if len(relation.broken) > max(len(relation.kept), 2):
            return None
    return relation


def _is_one_slip(relation: _Relation) -> bool:
    """Whether of two lines or more one share is off by a digit."""
    if len(relation.broken) != 1 or len(relation.kept) < 2:
        return False
    misfit = next(iter(relation.broken.values()))
    exact = quotient(misfit.operands[0], misfit.operands[1], HUNDRED)
    return (
        misfit.kind is ContradictionKind.SHARE
        and exact is not None
        and is_slip(rounded(exact, misfit.figure), misfit.figure.number.value)
    )


def _is_like(misfit: Misfit) -> bool:
    """Whether a figure is something like what it should be, or that but for a digit."""
    first, second = (figure.number.value for figure in misfit.operands)
    exact = [second - first, first, first * HUNDRED]
    if second:
        exact[1:] = [first / second, first * HUNDRED / second]
    if first:
        exact.append((second - first) * HUNDRED / first)
    printed = misfit.figure.number.value
    gaps = [abs(abs(printed) - abs(value)) for value in exact]
    return min(gaps) > last_place(printed) and any(
        gap <= MAX_GAP * max(abs(printed), abs(value)) or is_slip(printed, rounded(value, misfit.figure))
        for gap, value in zip(gaps, exact, strict=True)
    )


def _says_only_change(sheet: Sheet, column: int, level: int) -> bool:
    """Whether the name of a column says nothing but the change of what another is of: 增减, 收入增幅 of 收入."""
    said = words_of(sheet.labels.get(column, ""))
    return all(word in sheet.labels.get(level, "") or _CHANGE.search(word) for word in said)


def _differ_in_year(sheet: Sheet, first: int, second: int) -> bool:
    """Whether two columns differ in the year alone, the earlier first."""
    labels = [sheet.labels.get(at, "") for at in (first, second)]
    scopes = [[scope for scope in find_scopes(label) if scope.years] for label in labels]
    if not all(len(found) == 1 for found in scopes):
        return False
    rests = [label.replace(found[0].text, "") for label, found in zip(labels, scopes, strict=True)]
    return rests[0] == rests[1] and scopes[0][0].years < scopes[1][0].years
