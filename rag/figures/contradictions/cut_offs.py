"""One rate at two cut-offs (就业率, 31 August and 31 December): no contradiction, but not to be mixed up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from rag.figures.context import Comparable
from rag.figures.contradictions.meant_as_one import is_amount

_RATE = re.compile("[\u4e00-\u9fff]{2}率")
_CUT_OFFS = frozenset("初次 年终 最终".split())
"""Words that name a cut-off."""
_GRADUATES = frozenset("毕业生 应届".split())
"""Whom such a rate is of."""


def find_cut_offs(contexts: Sequence[Comparable]) -> Iterator[list[Comparable]]:
    """Rates said of the same at different days, the first mention of each day; none that are told apart by their names."""
    groups: dict[tuple[str, frozenset[str], frozenset[int]], dict[frozenset[tuple[int, int]], Comparable]] = (
        defaultdict(dict)
    )
    for item in contexts:
        rate = () if item.figure.is_cell else _RATE.findall(item.label)
        if (
            is_amount(item)
            and item.base == "%"
            and rate
            and len(item.when.dates) == 1
            and not (item.aspects or item.figure.number.bound)
        ):
            words = frozenset(word for word in item.terms - _CUT_OFFS - _GRADUATES if not word.endswith(rate[-1]))
            groups[rate[-1], words, item.when.years].setdefault(item.when.dates, item)
    for days in groups.values():
        names = [frozenset(word for word in _CUT_OFFS if word in item.label) for item in days.values()]
        are_named_apart = all(names) and len({*names}) == len(names)
        if not are_named_apart and len({item.figure.number.value for item in days.values()}) == len(days) > 1:
            yield list(days.values())
