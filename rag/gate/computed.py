"""Computed figures: whether their operands still stand, and whether they are of one kind."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from rag.figures.context import words_of
from rag.gate.said import tokens
from rag.gate.sources import Source
from rag.records import Computation, Figure

UNLIKE = "相加减的两个数字说的可能不是同一件事"
_ADDED = re.compile(r"[+−]")


def is_void(computation: Computation, gone: Collection[str], sources: Mapping[int, Source]) -> bool:
    """Whether a figure it is made of stands in no quote, or was taken out."""
    quoted = {figure.id for source in sources.values() for figure in source.quoted}
    return any(identity in gone or identity not in quoted for identity in computation.operands)


def computation_to_doubt(computation: Computation, figures: Mapping[str, Figure], question: str = "") -> str | None:
    """Why figures that are added or subtracted may be of different things; None where they are of one measure.

    Figures of one row or column of a table, or of one list, are; so are those whose labels share a word, and those the
    question names (毕业了但没拿到学位的).
    """
    operands = [figures[identity] for identity in dict.fromkeys(computation.operands) if identity in figures]
    if len(operands) < 2 or not is_difference(computation):
        return None
    if all(any(word in question for word in words_of(operand.near)) for operand in operands):
        return None
    first = operands[0]
    return None if all(_are_of_one_kind(first, other) for other in operands[1:]) else UNLIKE


def is_difference(computation: Computation) -> bool:
    """Whether figures are added or subtracted in it."""
    return _ADDED.search(computation.formula.partition("=")[0].partition("≈")[0]) is not None


def _are_of_one_kind(one: Figure, other: Figure) -> bool:
    if one.is_cell and other.is_cell and one.table_id == other.table_id and one.before == other.before:
        return True
    mine, theirs = (f"{f.near} {f.before}" if f.is_cell else f.near for f in (one, other))
    if one.context.head and one.context.head == other.context.head:
        return True
    return bool(words_of(mine) & words_of(theirs)) or bool(tokens(mine) & tokens(theirs))
