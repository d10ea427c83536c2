"""The number beside its share, the share beside its number: what a follow-up wants of another item."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.built_in.asks import Ask
from rag.answering.built_in.weighing import Choice
from rag.language.numbers import find_numbers, unit_class
from rag.records import Figure, Query

MAX_BETWEEN = 24
"""Characters between a number and its share."""
_SHARE = "percent"
_NUMBERS = frozenset({"count", "money"})
_SHARE_HEADER = re.compile("占|比")
_SHARE_WORDS = re.compile(r"^[（(]|占|比[例重]")
_BREAK = re.compile("[。；;、\n]")


def with_companions(
    found: Sequence[tuple[Ask, Choice]], figures: Sequence[Figure], query: Query
) -> list[tuple[Ask, Choice]]:
    """What was found and, where the answer before gave a number with its share, the other one of the two."""
    kinds = set(query.kinds)
    if len(found) != 1 or _SHARE not in kinds or len(kinds) != 2 or not kinds & _NUMBERS:
        return list(found)
    ask, choice = found[0]
    companion = companion_of(choice.figure, figures)
    if companion is None:
        return list(found)
    pair = [(ask, choice), (ask, replace(choice, figure=companion))]
    return sorted(pair, key=lambda item: unit_class(item[1].figure.number.unit) == _SHARE)


def companion_of(figure: Figure, figures: Sequence[Figure]) -> Figure | None:
    """The share printed with a number, or the number printed with a share; None where none plainly is."""
    is_share = unit_class(figure.number.unit) == _SHARE
    beside = [f for f in figures if (f.passage.id, f.quote_start) == (figure.passage.id, figure.quote_start)]
    for other in beside:
        part, share = (other, figure) if is_share else (figure, other)
        if (
            unit_class(share.number.unit) == _SHARE
            and unit_class(part.number.unit) in _NUMBERS
            and _belong(part, share)
        ):
            return other
    return None


def _belong(part: Figure, share: Figure) -> bool:
    """Whether a share is printed as that of a number: in the next column but names, or right behind it."""
    if part.is_cell or share.is_cell:
        return (
            part.is_cell
            and share.is_cell
            and share.column == part.column + 1
            and bool(_SHARE_HEADER.search(share.before))
        )
    between = part.passage.text[part.end : share.start]
    return (
        part.end <= share.start
        and len(between) <= MAX_BETWEEN
        and not find_numbers(between)
        and not _BREAK.search(between)
        and _SHARE_WORDS.search(between.strip("，, ")) is not None
    )
