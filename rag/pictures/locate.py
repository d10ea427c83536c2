"""A quote → the boxes where it stands on a page (pure).

A report's quote is cleaned text: lines joined, white space dropped, a table's row as its cells with tabs between. A
page gives runs of characters with boxes. The quote is followed from run to run: to the next in the file's own order,
to the next on the line, or to the one beneath, so that it is found over line breaks, in columns and in wrapped cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rag.language.text import matching_key, matching_key_with_offsets
from rag.readers.page_runs import Box, PageRuns, Place, Run, around, height

MIN_LOCATED = 0.5
"""Share of a quote below which nothing is marked: the wrong place is worse than none."""
MIN_LOCATED_WITHOUT_FIGURE = 0.9
"""The same where none of the figures asked for was found: sentences of other years often differ in nothing else."""
MIN_TILE = 4
"""Characters of a quote from which on a piece found apart from the rest counts by itself."""
MIN_ANCHOR_CELL = 2
"""Characters of a whole cell or paragraph that may be where a search begins."""
MAX_ANCHORS = 8
"""Places from which a quote is tried to be found."""
CONTEXT = 30
"""Characters around a quote that tell its place from others like it."""
MAX_APART = 3.0
"""Heights of a line between the pieces of one quote."""
MAX_QUOTE = 3000
"""Characters of a quote that are looked for."""
MAX_STEPS = 400_000
"""Runs compared in a search: a page made of one character many times is not searched for ever."""

_NUMBER = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A quote to be found on a page; `figures` are spans of its text, `before` and `after` what stands around it."""

    text: str
    figures: tuple[tuple[int, int], ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Located:
    """Where a quote stands: nothing is marked where too little of it was found."""

    share: float
    """Share of the quote's characters that were found."""
    quote: tuple[Box, ...] = ()
    figures: tuple[tuple[Box, ...], ...] = ()
    """The boxes of each figure that was found whole, a box a line."""


class _Walk(NamedTuple):
    """Consecutive characters of the quote found one after the other."""

    start: int
    places: tuple[Place, ...]

    @property
    def end(self) -> int:
        return self.start + len(self.places)


def locate(wanted: Wanted, runs: Sequence[Run]) -> Located:
    """The boxes of a quote and of its figures among the runs of a page, given in the file's order."""
    key, offsets = matching_key_with_offsets(wanted.text[:MAX_QUOTE])
    if not key:
        return Located(0.0)
    page = PageRuns(tuple(runs))
    found = _Search(page, wanted, key, offsets).found()
    share = len(found) / len(key)
    figures = [[at for at, offset in enumerate(offsets) if start <= offset < end] for start, end in wanted.figures]
    whole = [figure for figure in figures if figure and all(at in found for at in figure)]
    if share < (MIN_LOCATED if whole or not any(figures) else MIN_LOCATED_WITHOUT_FIGURE):
        return Located(share)
    return Located(
        share,
        page.boxes(found.values()),
        tuple(page.boxes(found[at] for at in figure) for figure in whole),
    )


class _Search:
    """Covers a quote with as few walks as possible, each near those before it."""

    def __init__(self, page: PageRuns, wanted: Wanted, key: str, offsets: Sequence[int]) -> None:
        before, after = matching_key(wanted.before)[-CONTEXT:], matching_key(wanted.after)[:CONTEXT]
        self.page = page
        self.text = before + key + after
        self.first, self.last = len(before), len(before) + len(key)
        self.borders = {self.first, self.last} | {
            self.first + at
            for at in range(1, len(key))
            if any(mark in wanted.text[offsets[at - 1] : offsets[at]] for mark in "\t\n")
        }
        """Where a cell or a paragraph begins or ends."""
        numbers = (match.span() for match in _NUMBER.finditer(self.text))
        self.inside_numbers = {at for start, end in numbers for at in range(start + 1, end)} - self.borders
        """Where nothing begins or ends: a number is found whole or not at all."""

    def found(self) -> dict[int, Place]:
        """For each character of the quote's key that was found, its place."""
        best: dict[int, Place] = {}
        best_rank: tuple[float, ...] = ()
        for anchor in self._anchors():
            found = self._completed(anchor)
            extent = around([self.page.box(place) for place in found.values()])
            rank = (len(found), len(anchor.places), -height(extent), -extent.top)
            if rank > best_rank:
                best, best_rank = found, rank
        return {at - self.first: place for at, place in sorted(best.items())}

    def _anchors(self) -> list[_Walk]:
        """The walks that cover most of the quote by themselves; those that cover all of it, where there are any."""
        walks: dict[tuple[int, Place], tuple[int, _Walk]] = {}
        most = 0
        for start in range(self.last):
            if self.last - max(start, self.first) < min(most, self.last - self.first):
                break
            for walk in self._walks(start, len(self.text)):
                covered, is_whole = self._covered(walk, self.first, self.last)
                if covered >= min(MIN_TILE, self.last - self.first) or (is_whole and covered >= MIN_ANCHOR_CELL):
                    # the first to end there is the longest
                    walks.setdefault((walk.end, walk.places[-1]), (covered, walk))
                    most = max(most, covered)
        ranked = sorted(walks.values(), key=lambda one: (-one[0], -len(one[1].places), one[1].start))
        if most == self.last - self.first:
            ranked = [one for one in ranked if one[0] == most]
        return [walk for _, walk in ranked[:MAX_ANCHORS]]

    def _completed(self, anchor: _Walk) -> dict[int, Place]:
        """What is found near a walk for the parts of the quote that it leaves."""
        found: dict[int, Place] = {}
        gaps = self._taken(anchor, self.first, self.last, found)
        while gaps:
            first, last = gaps.pop()
            walk = self._nearest(first, last, around([self.page.box(place) for place in found.values()]))
            if walk is not None:
                gaps += self._taken(walk, first, last, found)
        return found

    def _taken(self, walk: _Walk, first: int, last: int, found: dict[int, Place]) -> list[tuple[int, int]]:
        """Enter what a walk covers between two characters; the gaps that are left beside it."""
        start, end = max(walk.start, first), min(walk.end, last)
        found.update((at, walk.places[at - walk.start]) for at in range(start, end))
        return [(a, b) for a, b in ((first, start), (end, last)) if a < b]

    def _nearest(self, first: int, last: int, near: Box) -> _Walk | None:
        """The walk that covers most between two characters, among equals the one nearest to what was found."""
        best: _Walk | None = None
        best_rank: tuple[float, ...] = ()
        for start in range(first, last):
            if best is not None and last - start < best_rank[0]:
                break
            for walk in self._walks(start, last):
                covered, is_whole = self._covered(walk, first, last)
                here = around([self.page.box(place) for place in walk.places])
                line = max(height(self.page.box(walk.places[0])), 1.0)
                apart = max(here.top - near.bottom, near.top - here.bottom, 0.0) / line
                rank = (covered, -apart, -abs(here.top + here.bottom - near.top - near.bottom))
                counts = covered >= MIN_TILE or is_whole or covered == last - first
                if counts and apart <= MAX_APART and rank > best_rank:
                    best, best_rank = walk, rank
        return best

    def _walks(self, start: int, end: int) -> Iterator[_Walk]:
        text = self.text[:end]
        if start in self.inside_numbers:
            return
        for place in self.page.places.get(text[start], ()):
            if self.page.steps > MAX_STEPS:
                return
            if text[start].isdigit() and self.page.is_inside_number(place, -1):
                continue
            places = self._without_cut_number(start, self.page.walk(text, start, place))
            if places:
                yield _Walk(start, places)

    def _without_cut_number(self, start: int, places: tuple[Place, ...]) -> tuple[Place, ...]:
        """The places but for a number at their end that goes on otherwise in the quote or on the page."""
        length = len(places)
        while length and (
            start + length in self.inside_numbers
            or (self.text[start + length - 1].isdigit() and self.page.is_inside_number(places[length - 1], 1))
        ):
            length -= 1
        return places[:length]

    def _covered(self, walk: _Walk, first: int, last: int) -> tuple[int, bool]:
        """How much a walk covers between two characters, and whether that is whole cells or paragraphs."""
        start, end = max(walk.start, first), min(walk.end, last)
        return end - start, start in self.borders and end in self.borders
