"""Computed figures: whether their operands still stand, and whether they are of one kind."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from rag.figures.context import words_of
from rag.gate.sources import Source
from rag.gate.subject import tokens
from rag.language.numbers import find_numbers
from rag.records import Computation, Figure

UNLIKE = "相加减的两个数字说的可能不是同一件事"
_OPERAND = re.compile(r"(?P<value>-?\d[\d.,]*[^\d\[\]]{0,6})\[(?P<n>\d+)\]")
_ADDED = re.compile(r"[+−]")


def is_void(computation: Computation, gone: Collection[str], sources: Mapping[int, Source]) -> bool:
    """Whether a figure it is made of is not in the quote it is cited to, or was taken out."""
    if set(computation.operands) & set(gone):
        return True
    return any(
        n in sources and not any(f.number.value == value and f.id not in gone for f in sources[n].quoted)
        for value, n in _operands(computation.formula)
    )


def _operands(formula: str) -> Iterator[tuple[Decimal, int]]:
    """The cited values of a formula: 34118.10 and 1 of `34118.10[1] − 33714.58[1] = 403.52 万元`."""
    for match in _OPERAND.finditer(formula):
        for number in find_numbers(f"为{match['value']}")[:1]:
            yield number.value, int(match["n"])


def computation_to_doubt(computation: Computation, figures: Mapping[str, Figure]) -> str | None:
    """Why figures that are added or subtracted may be of different things; None where they are of one measure.

    Figures of one row or column of a table, or of one list, are; so are those whose labels share a word.
    """
    operands = [figures[identity] for identity in dict.fromkeys(computation.operands) if identity in figures]
    if len(operands) < 2 or not _ADDED.search(computation.formula.partition("=")[0].partition("≈")[0]):
        return None
    first = operands[0]
    return None if all(_are_of_one_kind(first, other) for other in operands[1:]) else UNLIKE


def _are_of_one_kind(one: Figure, other: Figure) -> bool:
    if one.is_cell and other.is_cell and one.table_id == other.table_id and one.before == other.before:
        return True
    mine, theirs = (f"{f.near} {f.before}" if f.is_cell else f.near for f in (one, other))
    if one.context.head and one.context.head == other.context.head:
        return True
    return bool(words_of(mine) & words_of(theirs)) or bool(tokens(mine) & tokens(theirs))
