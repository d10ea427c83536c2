"""The text of a page as runs of characters with boxes, and the ways in which one may be read after another (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from rag.language.text import matching_key_with_offsets

MAX_LINE_GAP = 3.2
"""Heights of a line from the top of one line of a text to the top of the next."""
MAX_BOX_GAP = 1.0
"""Heights of a line between characters that share a box."""
MAX_STEPS_OF_WALK = 5000

Place: TypeAlias = tuple[int, int]
"""(run, character of its key)."""


class Box(NamedTuple):
    """A place on a page in points, from its top left corner as it is seen."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that touch each other on one baseline."""

    text: str
    boxes: tuple[Box, ...]
    """One a character."""


@dataclass
class PageRuns:
    """Runs by their matching keys, and which may follow which."""

    given: tuple[Run, ...]
    steps: int = 0
    """Runs compared so far."""

    @cached_property
    def runs(self) -> tuple[tuple[str, tuple[Box, ...]], ...]:
        """(key, box of each of its characters); runs that hold nothing to compare are left out."""
        keyed = ((run, *matching_key_with_offsets(run.text)) for run in self.given)
        return tuple((key, tuple(run.boxes[at] for at in offsets)) for run, key, offsets in keyed if key)

    @cached_property
    def extents(self) -> tuple[Box, ...]:
        """The box of each run."""
        return tuple(around(boxes) for _, boxes in self.runs)

    @cached_property
    def lines(self) -> tuple[tuple[int, ...], ...]:
        """Runs that stand at one height, from left to right; lines from the top down."""
        lines: list[list[int]] = []
        for run in sorted(range(len(self.runs)), key=lambda r: (self.extents[r].bottom, self.extents[r].left)):
            here, reference = self.extents[run], self.extents[lines[-1][0]] if lines else None
            if reference and _shared_height(here, reference) > 0.5 * min(height(here), height(reference)):
                lines[-1].append(run)
            else:
                lines.append([run])
        return tuple(tuple(sorted(line, key=lambda r: self.extents[r].left)) for line in lines)

    @cached_property
    def line_of(self) -> dict[int, int]:
        """The line of each run."""
        return {run: number for number, line in enumerate(self.lines) for run in line}

    @cached_property
    def following(self) -> tuple[tuple[int, ...], ...]:
        """The runs that text may go on in behind each run."""
        in_reading_order = [run for line in self.lines for run in line]
        next_seen = dict(pairwise(in_reading_order))
        last = len(self.runs) - 1
        return tuple(
            _each_once(
                [
                    *([run + 1] if run < last else []),
                    *([next_seen[run]] if run in next_seen else []),
                    *self._beneath(run),
                ]
            )
            for run in range(len(self.runs))
        )

    def _beneath(self, run: int) -> tuple[int, ...]:
        """The runs of the next line that stand under a run or begin a line under its line."""
        here = self.extents[run]
        for line in self.lines[self.line_of[run] + 1 :]:
            if self.extents[line[0]].top - here.top > MAX_LINE_GAP * height(here):
                break
            under = tuple(r for r in line if self.extents[r].left < here.right and self.extents[r].right > here.left)
            if under:
                return under
        return ()

    @cached_property
    def places(self) -> dict[str, list[Place]]:
        """Where each character stands."""
        found: dict[str, list[Place]] = {}
        for run, (key, _) in enumerate(self.runs):
            for at, character in enumerate(key):
                found.setdefault(character, []).append((run, at))
        return found

    def box(self, place: Place) -> Box:
        """The box of a character."""
        return self.runs[place[0]][1][place[1]]

    def boxes(self, places: Iterable[Place]) -> tuple[Box, ...]:
        """Boxes around characters, those near each other on one line in one box."""
        by_line: dict[int, list[Box]] = {}
        for place in places:
            by_line.setdefault(self.line_of[place[0]], []).append(self.box(place))
        return tuple(box for line in sorted(by_line) for box in _joined(sorted(by_line[line])))

    def is_inside_number(self, place: Place, step: int) -> bool:
        """Whether the page's own number goes on beyond its digit here, forwards (1) or backwards (-1)."""
        key, at = self.runs[place[0]][0], place[1]
        beyond = key[at + 1 : at + 3] if step > 0 else key[max(0, at - 2) : at][::-1]
        return beyond[:1].isdigit() or (beyond[:1] == "." and beyond[1:].isdigit())

    def walk(self, text: str, start: int, place: Place) -> tuple[Place, ...]:
        """The longest way along which the page reads on like `text` from `start`, from this place."""
        reached: dict[tuple[int, int], tuple[int, int] | None] = {}
        run, at = place
        best_end, best_state, best_length = start, (run, start), 0
        reached[run, start] = None
        frontier = [(run, start)]
        while frontier and len(reached) <= MAX_STEPS_OF_WALK:
            state = frontier.pop()
            run, begun = state
            key = self.runs[run][0]
            skipped = at if state == (place[0], start) else 0
            length = _common(key, skipped, text, begun)
            if begun + length > best_end:
                best_end, best_state, best_length = begun + length, state, length
            if skipped + length == len(key) and begun + length < len(text):
                for following in reversed(self.following[run]):
                    if (following, begun + length) not in reached:
                        reached[following, begun + length] = state
                        frontier.append((following, begun + length))
        self.steps += len(reached)
        return self._traced(reached, best_state, best_length, at)

    def _traced(
        self, reached: dict[tuple[int, int], tuple[int, int] | None], state: tuple[int, int], length: int, at: int
    ) -> tuple[Place, ...]:
        parts: list[list[Place]] = []
        while True:
            before = reached[state]
            first = at if before is None else 0
            parts.append([(state[0], first + n) for n in range(length)])
            if before is None:
                break
            length, state = state[1] - before[1], before
        return tuple(place for part in reversed(parts) for place in part)


def _each_once(runs: Sequence[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(runs))


def _common(one: str, at: int, other: str, start: int) -> int:
    """How many characters two texts share from these places on."""
    length = 0
    for a, b in zip(one[at:], other[start : start + len(one) - at], strict=False):
        if a != b:
            break
        length += 1
    return length


def height(box: Box) -> float:
    """Height of a box."""
    return box.bottom - box.top


def _shared_height(one: Box, other: Box) -> float:
    return min(one.bottom, other.bottom) - max(one.top, other.top)


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of these, of which there must be one."""
    return Box(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


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
