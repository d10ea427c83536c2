"""Stretches of a text that do not overlap, so many of them that comparing each with all would take too long."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable

Span = tuple[int, int]
"""Where a stretch begins and where it ends."""


class Spans:
    """Stretches found so far, each with what stands there; what stands there may be found again."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._said = dict.fromkeys(spans, "")
        self._spans = sorted(self._said)

    def add(self, span: Span, said: str = "") -> None:
        """Find one more, where it `may_hold` what it does."""
        if span not in self._said:
            insort(self._spans, span)
        self._said[span] = said

    def is_free(self, span: Span) -> bool:
        """Whether a stretch overlaps none.

        >>> Spans([(2, 4)]).is_free((4, 6)), Spans([(2, 4)]).is_free((3, 6))
        (True, False)
        """
        before = bisect_left(self._spans, (span[1], 0))
        return before == 0 or self._spans[before - 1][1] <= span[0]

    def may_hold(self, span: Span, said: str) -> bool:
        """Whether a stretch overlaps none, or is one where the same stands."""
        return self._said.get(span) == said or self.is_free(span)

    def has_within(self, offset: int) -> bool:
        """Whether an offset lies inside one, neither where it begins nor where it ends.

        >>> Spans([(2, 4)]).has_within(3), Spans([(2, 4)]).has_within(2)
        (True, False)
        """
        before = bisect_left(self._spans, (offset, 0))
        return before > 0 and offset < self._spans[before - 1][1]
