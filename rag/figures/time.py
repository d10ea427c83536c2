"""When a figure is of: the class, year or date printed with it, nearest first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from rag.figures.clauses import clause_of
from rag.language.numbers import Scope, find_numbers, find_scopes
from rag.language.text import unique
from rag.records import Figure, FigureTime

LOOK_BACK = 300
"""Characters before a figure in its sentence in which its time is looked for."""
_TO = re.compile(r"\s*[-—–~至到]{1,2}\s*")


def figure_to_when(figure: Figure, report_year: int | None = None) -> FigureTime:
    """The times of a figure: of its clause, else of what stands before it; of its row and column, else of what is above.

    What stands above may only name the report's own year (附表（2023年度）): that is not when the figure is of.
    """
    if figure.is_cell:
        own = "，".join([*row_times(figure), figure.near, figure.before])
    else:
        if not figure.near.startswith(clause_of(figure)) and (item := find_scopes(figure.near)[:1]):
            return _when(list(item))
        own = figure.before[-LOOK_BACK:]
    return _text_to_when(own) or _text_to_when(figure.about, report_year) or FigureTime()


@lru_cache(maxsize=10_000)
def _text_to_when(text: str, report_year: int | None = None) -> FigureTime | None:
    """The last time a text names, the report's own year aside; None where it names none."""
    named = [scope for scope in find_scopes(text) if scope.kind != "enrolment"]
    named = [scope for scope in named if scope.kind != "year" or scope.years != (report_year,)]
    scopes = _latest(_spans(named, text), text)
    return _when(scopes) if scopes else None


def _spans(scopes: Sequence[Scope], text: str) -> list[Scope]:
    """The times of a text, a stretch from one date to another as one (11月27日—12月16日)."""
    found: list[Scope] = []
    for scope in scopes:
        before = found[-1] if found else None
        if before and before.kind == scope.kind == "date" and _TO.fullmatch(text, before.end, scope.start):
            years = before.years or scope.years
            found[-1] = replace(scope, text=text[before.start : scope.end], start=before.start, years=years)
        else:
            found.append(scope)
    return found


def _latest(scopes: Sequence[Scope], text: str) -> list[Scope]:
    """The last time of a text, and those before it that go with it: a class and its cut-off, not two years.

    A time with a figure behind it is that figure's; only a class goes on to a later cut-off.
    """
    found: list[Scope] = []
    for scope in reversed(scopes):
        if any(other.kind == scope.kind for other in found):
            if scope.kind != "date":
                break
            continue
        if (
            found
            and find_numbers(text[scope.end : found[0].start])
            and (scope.kind, found[0].kind) != ("cohort", "date")
        ):
            break
        found.insert(0, scope)
    return found


def _when(scopes: list[Scope]) -> FigureTime:
    return FigureTime(
        "，".join(unique("".join(scope.text.split()) for scope in scopes)),
        frozenset(year for scope in scopes for year in scope.years),
        frozenset((scope.month, scope.day) for scope in scopes if scope.month and scope.day),
        frozenset(("year" if s.kind == "date" else s.kind, s.years) for s in scopes if s.years),
    )


def row_times(figure: Figure) -> tuple[str, ...]:
    """The years and classes that a row is named by, its columns aside: 2022年, 2023届."""
    times = _times(figure.row.filled) if figure.row else {}
    return tuple(text for column, text in times.items() if column != figure.column)


@lru_cache(maxsize=2_000)
def _times(cells: tuple[str, ...]) -> Mapping[int, str]:
    """The cells of a row that are nothing but a year or a class, by column."""
    named = ((column, text, find_scopes(text)) for column, text in enumerate(cells))
    return {column: text for column, text, scopes in named if any(s.years and s.text == text for s in scopes)}
