"""A quote → the boxes where it stands on a page (pure).

A report's quote is cleaned text: lines joined, white space dropped, a table's row as its cells with tabs between. A
page gives runs of characters with boxes. The longest piece of the quote that the page has is where a search begins;
what is left of the quote is looked for near that, piece by piece, so that it is found in columns and wrapped cells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import NamedTuple

from rag.language.text import matching_key, matching_key_with_offsets
from rag.readers.page_runs import Box, Run

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
MAX_BOX_GAP = 0.6
"""Heights of a line between characters that share a box."""
MAX_QUOTE = 3000
"""Characters of a quote that are looked for."""
MAX_STEPS = 2_000_000
"""Times that a page may have its commonest character, by characters of the quote: none is searched for ever."""

_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_MASK = "\0"
_FIGURE_SIGNS = "0123456789."


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


class _Piece(NamedTuple):
    """A piece of the quote, and where the page has it."""

    start: int
    end: int
    places: tuple[int, ...]


def locate(wanted: Wanted, runs: Sequence[Run]) -> Located:
    """The boxes of a quote and of its figures among the runs of a page, given in the file's order."""
    key, offsets = matching_key_with_offsets(wanted.text[:MAX_QUOTE])
    page = _Page(runs)
    if not key or len(key) * max(Counter(page.text).values(), default=0) > MAX_STEPS:
        return Located(0.0)
    found = _Search(page, wanted, key, offsets).found()
    share = len(found) / len(key)
    figures = [[at for at, offset in enumerate(offsets) if start <= offset < end] for start, end in wanted.figures]
    whole = [figure for figure in figures if figure and all(at in found for at in figure)]
    if share < (MIN_LOCATED if whole or not any(figures) else MIN_LOCATED_WITHOUT_FIGURE):
        return Located(share)
    return Located(
        share,
        page.joined_boxes(found.values()),
        tuple(page.joined_boxes(found[at] for at in figure) for figure in whole),
    )


class _Page:
    """The characters of a page one after the other."""

    def __init__(self, runs: Iterable[Run]) -> None:
        keyed = [(run, *matching_key_with_offsets(run.text)) for run in runs]
        self.text = "".join(key for _, key, _ in keyed)
        self.boxes = [run.boxes[at] for run, _, offsets in keyed for at in offsets]
        self._run_of = [number for number, (_, key, _) in enumerate(keyed) for _ in key]

    def cuts_number(self, at: int, step: int) -> bool:
        """Whether the page's own number goes on beyond its digit here, forwards (1) or backwards (-1)."""
        beyond = ""
        for other in (at + step, at + 2 * step):
            if 0 <= other < len(self.text) and self._run_of[other] == self._run_of[at]:
                beyond += self.text[other]
        goes_on = beyond[:1].isdigit() or (beyond[:1] == "." and beyond[1:].isdigit())
        return self.text[at].isdigit() and goes_on

    def near(self, found: Collection[int]) -> str:
        """The text, what is too far from some characters, or among them, masked."""
        extent = around([self.boxes[at] for at in found])
        taken = set(found)
        return "".join(
            _MASK if at in taken or apart(box, extent) > MAX_APART * max(height(box), 1.0) else character
            for at, (character, box) in enumerate(zip(self.text, self.boxes, strict=True))
        )

    def joined_boxes(self, places: Iterable[int]) -> tuple[Box, ...]:
        """Boxes around characters, those that nearly touch on one line in one box."""
        lines: list[list[Box]] = []
        for box in sorted((self.boxes[at] for at in places), key=lambda box: (box.bottom, box.left)):
            if lines and _shared_height(box, lines[-1][0]) > 0.5 * min(height(box), height(lines[-1][0])):
                lines[-1].append(box)
            else:
                lines.append([box])
        return tuple(box for line in lines for box in _joined(sorted(line)))


class _Search:
    """Covers a quote with as few pieces as possible, each near those before it."""

    def __init__(self, page: _Page, wanted: Wanted, key: str, offsets: Sequence[int]) -> None:
        self.page, self.key = page, key
        self.before, self.after = matching_key(wanted.before)[-CONTEXT:], matching_key(wanted.after)[:CONTEXT]
        self.borders = {0, len(key)} | {
            at
            for at in range(1, len(key))
            if any(mark in wanted.text[offsets[at - 1] : offsets[at]] for mark in "\t\n")
        }
        """Where a cell or a paragraph begins or ends."""
        numbers = (match.span() for match in _NUMBER.finditer(key))
        self.inside_numbers = {at for start, end in numbers for at in range(start + 1, end)} - self.borders
        """Where nothing begins or ends: a number is found whole or not at all."""

    def found(self) -> dict[int, int]:
        """For each character of the quote's key that was found, its place."""
        best: dict[int, int] = {}
        best_rank: tuple[float, ...] = ()
        for piece in self._anchors():
            found = self._completed(piece)
            extent = around([self.page.boxes[at] for at in found.values()])
            rank = (len(found), piece.end - piece.start + self._context(piece), -height(extent), -extent.top)
            if rank > best_rank:
                best, best_rank = found, rank
        return dict(sorted(best.items()))

    def _anchors(self) -> list[_Piece]:
        """The longest pieces of the quote at each of their places; those that are all of it, where there are any."""
        pieces: list[_Piece] = []
        parts = [(0, len(self.key))]
        while parts and len(pieces) < MAX_ANCHORS:
            first, last = parts.pop(0)
            piece = self._longest(first, last, self.page.text)
            if piece is None:
                continue
            size, is_cell = piece.end - piece.start, {piece.start, piece.end} <= self.borders
            if size >= min(MIN_TILE, len(self.key)) or (is_cell and size >= MIN_ANCHOR_CELL):
                pieces.append(piece)
            parts += [(a, b) for a, b in ((first, piece.start), (piece.end, last)) if a < b]
        ways = [piece._replace(places=(at,)) for piece in pieces for at in piece.places]
        return sorted(ways, key=lambda one: one.start - one.end - self._context(one))[:MAX_ANCHORS]

    def _context(self, piece: _Piece) -> int:
        """How many characters around the quote stand around the only place of a piece, too."""
        at, end = piece.places[0], piece.places[0] + piece.end - piece.start
        before = _shared(self.page.text[:at][::-1], self.before[::-1]) if piece.start == 0 else 0
        return before + (_shared(self.page.text[end:], self.after) if piece.end == len(self.key) else 0)

    def _completed(self, anchor: _Piece) -> dict[int, int]:
        """What is found near a piece for the parts of the quote that it leaves."""
        found: dict[int, int] = {}
        gaps = self._taken(anchor, anchor.places[0], 0, len(self.key), found)
        while gaps:
            first, last = gaps.pop()
            piece = self._longest(first, last, self.page.near(found.values()))
            if piece is None:
                continue
            is_whole = {piece.start, piece.end} <= self.borders or piece[:2] == (first, last)
            if is_whole or piece.end - piece.start >= MIN_TILE:
                extent = around([self.page.boxes[at] for at in found.values()])
                nearest = min(piece.places, key=lambda at: _distance(self.page.boxes[at], extent))
                gaps += self._taken(piece, nearest, first, last, found)
        return found

    @staticmethod
    def _taken(piece: _Piece, at: int, first: int, last: int, found: dict[int, int]) -> list[tuple[int, int]]:
        """Enter a piece of a gap at its place; the gaps that are left beside it."""
        found.update((piece.start + n, at + n) for n in range(piece.end - piece.start))
        return [(a, b) for a, b in ((first, piece.start), (piece.end, last)) if a < b]

    def _longest(self, first: int, last: int, text: str) -> _Piece | None:
        """The longest piece of a part of the quote that a text has, no number in it cut; None where it has none."""
        match = SequenceMatcher(None, text, self.key[first:last], autojunk=False).find_longest_match()
        start, end = first + match.b, first + match.b + match.size
        while start < end:
            while start in self.inside_numbers:
                start += 1
            while end in self.inside_numbers:
                end -= 1
            wanted = self.key[start:end] if start < end else ""
            if places := tuple(at for at in _occurrences(wanted, text) if not self._is_cut(at, len(wanted))):
                return _Piece(start, end, places)
            # a number at one of its ends is but a part of one on the page
            if wanted == (rest := wanted.rstrip(_FIGURE_SIGNS)):
                start, rest = end - len(wanted.lstrip(_FIGURE_SIGNS)), rest.lstrip(_FIGURE_SIGNS)
                if rest == wanted:
                    break
            else:
                end = start + len(rest)
        return None

    def _is_cut(self, at: int, length: int) -> bool:
        return self.page.cuts_number(at, -1) or self.page.cuts_number(at + length - 1, 1)


def _occurrences(wanted: str, text: str) -> Iterator[int]:
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _shared(one: str, other: str) -> int:
    """How many characters two texts share at their beginnings."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def height(box: Box) -> float:
    """Height of a box."""
    return box.bottom - box.top


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of these, of which there must be one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def apart(box: Box, extent: Box) -> float:
    """White between a box and others above or below it."""
    return max(box.top - extent.bottom, extent.top - box.bottom, 0.0)


def _distance(box: Box, extent: Box) -> tuple[float, float]:
    return apart(box, extent), abs(box.top + box.bottom - extent.top - extent.bottom)


def _shared_height(one: Box, other: Box) -> float:
    return min(one.bottom, other.bottom) - max(one.top, other.top)


def _joined(boxes: Sequence[Box]) -> Iterator[Box]:
    """Boxes of one line, from left to right, put together where they nearly touch."""
    group: list[Box] = []
    for box in boxes:
        if group and box.left - max(one.right for one in group) > MAX_BOX_GAP * height(box):
            yield around(group)
            group = []
        group.append(box)
    if group:
        yield around(group)
