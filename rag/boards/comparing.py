"""Boards of several reports side by side, and whether their figures can be compared at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.boards.making import Board, BoardFigure
from rag.boards.wanted import Wanted, wanted_indicators
from rag.language.numbers import unit_class
from rag.language.numbers.units import canonical
from rag.records import FigureTime, Report


@dataclass(frozen=True, slots=True)
class Cell:
    """What one report states of one indicator."""

    report: Report
    figures: tuple[BoardFigure, ...]
    """All of them; empty where nothing was found."""
    compared: BoardFigure | None = None
    """The one that stands for the report where figures are set beside each other."""
    is_partly: bool = False
    """Whether figures are printed of it, though none of the whole school."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One indicator over several reports."""

    wanted: Wanted
    cells: tuple[Cell, ...]
    obstacle: str = ""
    """Chinese: why the figures are not drawn in one chart, `` where they are."""
    caution: str = ""
    """Chinese: what to mind where they are."""

    @property
    def silent(self) -> tuple[Report, ...]:
        """The reports nothing was found in."""
        return tuple(cell.report for cell in self.cells if not cell.figures)


def boards_to_comparison(boards: Sequence[Board], names: Sequence[str]) -> tuple[Comparison, ...]:
    """The indicators of these names over all boards, in the order of a board."""
    return tuple(_compared(wanted, boards) for wanted in wanted_indicators() if wanted.name in names)


def _compared(wanted: Wanted, boards: Sequence[Board]) -> Comparison:
    cells = [
        Cell(
            board.report,
            next((line.figures for line in board.lines if line.wanted.name == wanted.name), ()),
            is_partly=wanted.name in board.partly,
        )
        for board in boards
    ]
    stated = [cell for cell in cells if cell.figures]
    if len(stated) < 2:
        return Comparison(wanted, tuple(cells), "只有一份报告写明" if stated else "没有报告写明")
    common = _common_definition(wanted, stated)
    if common is None:
        return Comparison(wanted, tuple(cells), "各报告所印的名称或单位不同，不能直接比较")
    chosen = {cell.report.id: _latest(cell.figures, common) for cell in stated}
    if any(figure is None for figure in chosen.values()):
        return Comparison(wanted, tuple(cells), "有报告对同一事项印了不同的数字，不能直接比较")
    cells = [replace(cell, compared=chosen.get(cell.report.id)) for cell in cells]
    figures = [figure for figure in chosen.values() if figure is not None]
    obstacle = "截止日期不同，不能直接比较" if _other_dates([figure.when for figure in figures]) else ""
    return Comparison(wanted, tuple(cells), obstacle, "" if obstacle else _caution([f.when for f in figures]))


def _common_definition(wanted: Wanted, cells: Sequence[Cell]) -> tuple[str, str] | None:
    """The first definition, and the base of its unit, that every one of the reports states a figure of."""
    kinds = [{_kind(figure) for figure in cell.figures} for cell in cells]
    common = set.intersection(*kinds)
    order = [name for name, _ in wanted.printed]
    return min(common, key=lambda kind: (order.index(kind[0]), kind[1]), default=None)


def _kind(figure: BoardFigure) -> tuple[str, str]:
    unit = figure.number.unit
    return figure.definition, "ratio" if unit_class(unit) in ("ratio", "bare") else canonical(unit)[1].base


def _latest(figures: Sequence[BoardFigure], kind: tuple[str, str]) -> BoardFigure | None:
    """The figure of the latest year; None where several are of it."""
    own = [figure for figure in figures if _kind(figure) == kind]
    last = max(max(figure.when.years, default=0) for figure in own)
    of_year = [figure for figure in own if max(figure.when.years, default=0) == last]
    return of_year[0] if len(of_year) == 1 else None


def _other_dates(times: Sequence[FigureTime]) -> bool:
    """Whether figures are of other days of a year, or only some say of which."""
    return len({frozenset(time.dates) for time in times}) > 1


def _caution(times: Sequence[FigureTime]) -> str:
    years = [time.years for time in times]
    if any(not named for named in years):
        return "有的报告没有写明年份，比较前请看原文"
    return "年份不同" if len({max(named) for named in years}) > 1 else ""
