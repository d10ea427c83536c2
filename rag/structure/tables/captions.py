"""What stands around a table: its caption, unit line and source notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.language.table_lines import is_caption, is_frame_line, is_note, is_unit_line, split_unit, unit_of
from rag.language.text import join_lines
from rag.records import Grid, Line, Page

Place = tuple[int, int]
"""Page index and item index."""

MAX_TITLE = 32
"""Characters of a title line that has no table number."""
CENTRED = 14.0
"""Points the middles of a title and its table differ by at most."""
FULL_LINE = 0.85
"""A caption that fills this share of the table's width may go on in the next line."""
UNIT_GAP = 1.5
"""Heights of its type that a unit stands above its table at most."""
LOOK_BACK = 5
"""Lines above a table that may belong to it."""
MAX_NOTES = 6
"""Lines below a table that may belong to it."""

_NUMBERED = re.compile(
    r"^(?:[（(][一二三四五六七八九十]+[）)]|[一二三四五六七八九十]+[、.．\s]|第[一二三四五六七八九十]+[章节篇部]"
    r"|[（(]\d+[）)]|\d+(?:\.\d+)+|\d{1,2}(?![\d年月日届级\-—–]))"
)
_NAMES_TABLE = re.compile(r"(?:(?<![下上附如列图报代])表|一览)(?:[（(][^（）()]{1,16}[）)])?$")
_OTHER_LABEL = re.compile(r"^(?:附?图|案例|典型案例|附件|目录)\s*[\d一二三四五六七八九十]*")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Caption, unit and note of a table, and the lines they were read from."""

    caption: str = ""
    unit: str = ""
    note: str = ""
    places: tuple[Place, ...] = ()
    lines: tuple[str, ...] = ()
    """What is printed above the table: its caption, its unit, whom it is of."""


def surroundings(
    pages: Sequence[Page], first: Place, last: Place, taken: set[Place], *, captions_below: bool
) -> Surroundings:
    """Caption, unit and note of the table whose grids begin at one place and end at another."""
    above = _with_unit(_above(pages, first, taken), pages, first, taken)
    below = _below(pages, last, taken, wants_caption=captions_below and not above.caption)
    lines = (below.caption, *above.lines) if below.caption else above.lines
    return Surroundings(
        above.caption or below.caption, above.unit or below.unit, below.note, (*above.places, *below.places), lines
    )


def is_captioned(pages: Sequence[Page], first: Place) -> bool:
    """Whether a numbered caption stands above the grid at a place."""
    return is_caption(_above(pages, first, set()).caption)


def _above(pages: Sequence[Page], first: Place, taken: set[Place]) -> Surroundings:
    grid = _grid(pages, first)
    lines = _lines_before(pages, first, taken)
    rank = _rank(pages, first)
    frame = Surroundings()
    for at, (place, line) in enumerate(lines):
        text = _own_piece(line.text, rank)
        if is_frame_line(text):
            frame = Surroundings("", frame.unit or unit_of(text), "", (place, *frame.places), (text, *frame.lines))
            continue
        if is_caption(text):
            return _captioned(text, [place], frame)
        if at + 1 < len(lines) and _goes_on(lines[at + 1][1], line, grid):
            return _captioned(join_lines(lines[at + 1][1].text, line.text), [lines[at + 1][0], place], frame)
        if _is_title(line, grid):
            return _captioned(*_whole_title(lines[at:]), frame)
        if text != line.text:
            return _captioned(text, [place], frame)
        break
    return frame if frame.unit else Surroundings()


def _with_unit(found: Surroundings, pages: Sequence[Page], first: Place, taken: set[Place]) -> Surroundings:
    """What stands above a table, with a unit that stands right over its right side though other columns come between."""
    grid = _grid(pages, first)
    if found.unit or grid.right <= grid.left:
        return found
    for at, item in enumerate(pages[first[0]].items):
        if isinstance(item, Line) and (first[0], at) not in taken and is_unit_line(item.text):
            inside = grid.left - CENTRED < item.left and item.right < grid.right + CENTRED
            if inside and 0 < grid.top - item.bottom < UNIT_GAP * item.size:
                unit, places = unit_of(item.text), (*found.places, (first[0], at))
                return replace(found, unit=unit, places=places, lines=(*found.lines, item.text))
    return found


def _grid(pages: Sequence[Page], place: Place) -> Grid:
    grid = pages[place[0]].items[place[1]]
    assert isinstance(grid, Grid)
    return grid


def _beside(one: Grid, other: Grid) -> bool:
    """Whether two tables stand side by side."""
    level = min(one.bottom, other.bottom) - max(one.top, other.top) > 0
    return level and (one.right <= other.left or other.right <= one.left)


def _rank(pages: Sequence[Page], place: Place) -> tuple[int, int]:
    """Which table from the left one is among those side by side, and how many these are."""
    grid = _grid(pages, place)
    if grid.right <= grid.left:
        return 0, 1
    beside = [item for item in pages[place[0]].items if isinstance(item, Grid) and _beside(grid, item)]
    return sum(other.left < grid.left for other in beside), len(beside) + 1


def _own_piece(text: str, rank: tuple[int, int]) -> str:
    """What a line says of one of several tables side by side where it has a caption, or a unit, for each."""
    pieces = text.split("\t")
    short = all(len(piece) <= MAX_TITLE and piece[-1:] not in "。；：，" for piece in pieces)
    return pieces[rank[0]] if short and len(pieces) == rank[1] > 1 else text


def _captioned(text: str, places: Sequence[Place], frame: Surroundings) -> Surroundings:
    """A caption over what stands between it and its table; a unit in it counts, and is cut off where it only shares
    the line."""
    caption, own = split_unit(text.strip("【】[] "))
    caption = " ".join(caption.split())
    lines = tuple(filter(None, (caption, own, *frame.lines)))
    return Surroundings(caption, frame.unit or unit_of(text), "", (*places, *frame.places), lines)


def _lines_before(pages: Sequence[Page], first: Place, taken: set[Place]) -> list[tuple[Place, Line]]:
    """Lines right above a place, nearest first; over the page break where the place opens its page."""
    grid, (_, size) = _grid(pages, first), _rank(pages, first)
    page_index, item_index = first
    found: list[tuple[Place, Line]] = []
    while len(found) < LOOK_BACK:
        item_index -= 1
        if item_index < 0:
            page_index -= 1
            if page_index < first[0] - 1 or page_index < 0:
                break
            item_index = len(pages[page_index].items)
            continue
        item = pages[page_index].items[item_index]
        if isinstance(item, Grid) and page_index == first[0] and _beside(grid, item):
            continue
        if isinstance(item, Line) and page_index == first[0] and _is_below_top(item, grid):
            continue
        shared = isinstance(item, Line) and item.text.count("\t") + 1 == size > 1
        if not isinstance(item, Line) or ((page_index, item_index) in taken and not shared):
            break
        found.append(((page_index, item_index), item))
    return found


def _is_below_top(line: Line, grid: Grid) -> bool:
    """Whether a line that comes before a table stands beside it or under its neighbour, not above it."""
    return grid.right > grid.left and line.top > grid.top


def _goes_on(upper: Line, lower: Line, grid: Grid) -> bool:
    """Whether a caption is wrapped into the line below it."""
    if upper.paragraph or not is_caption(upper.text) or grid.right <= grid.left:
        return False
    wide = upper.right - upper.left >= FULL_LINE * (grid.right - grid.left)
    return wide and len(lower.text) <= MAX_TITLE and "\t" not in lower.text and lower.text[-1:] not in "。；："


def _is_title(line: Line, grid: Grid) -> bool:
    """Whether an unnumbered line is a table's title: short, centred above it, and no heading."""
    text = line.text.strip()
    if (
        not text
        or len(text) > MAX_TITLE
        or "\t" in text
        or text[-1] in "。；：:;，,？！"
        or line.heading_level is not None
    ):
        return False
    if _NUMBERED.match(text) or _OTHER_LABEL.match(text) or is_note(text) or grid.right <= grid.left:
        return False
    centred = abs((line.left + line.right) / 2 - (grid.left + grid.right) / 2) <= CENTRED
    return (centred and line.left > grid.left + CENTRED) or bool(_NAMES_TABLE.search(text))


def _whole_title(lines: Sequence[tuple[Place, Line]]) -> tuple[str, list[Place]]:
    """A title with the centred lines of the same type right above it that it goes on from; nearest line first."""
    text, places = lines[0][1].text, [lines[0][0]]
    for (_, below), (place, above) in pairwise(lines):
        middle = (above.left + above.right) / 2
        same = abs(above.size - below.size) < 1 and above.bold == below.bold
        near = 0 <= below.top - above.bottom <= below.size and above.right - above.left > below.right - below.left
        centred = abs(middle - (below.left + below.right) / 2) <= CENTRED and above.text[-1:] not in "。；：！？"
        if not (same and near and centred) or _NUMBERED.match(above.text):
            break
        text, places = join_lines(above.text, text), [place, *places]
    return text, places


def _below(pages: Sequence[Page], last: Place, taken: set[Place], wants_caption: bool) -> Surroundings:
    grid = _grid(pages, last)
    lines = _lines_after(pages, last, taken)
    used: list[Place] = []
    notes: list[str] = []
    caption, at = "", 0
    if wants_caption and lines and is_caption(lines[0][1].text):
        caption, used, at = lines[0][1].text, [lines[0][0]], 1
    while at < len(lines) and (is_note(lines[at][1].text) or (notes and _wraps(lines[at - 1][1], lines[at][1], grid))):
        text = lines[at][1].text
        if notes and not is_note(text):
            notes[-1] = join_lines(notes[-1], text)
        else:
            notes.append(text)
        used, at = [*used, lines[at][0]], at + 1
    return Surroundings(caption, unit_of(caption), "\n".join(notes), tuple(used))


def _lines_after(pages: Sequence[Page], last: Place, taken: set[Place]) -> list[tuple[Place, Line]]:
    page_index, item_index = last
    found: list[tuple[Place, Line]] = []
    while len(found) < MAX_NOTES:
        item_index += 1
        if item_index >= len(pages[page_index].items):
            if page_index > last[0] or page_index + 1 >= len(pages) or found:
                break
            page_index, item_index = page_index + 1, -1
            continue
        item = pages[page_index].items[item_index]
        if not isinstance(item, Line) or (page_index, item_index) in taken:
            break
        found.append(((page_index, item_index), item))
    return found


def _wraps(line: Line, following: Line, grid: Grid) -> bool:
    """Whether a note's line runs to the table's right side, so that the next one, in the same type, goes on with it."""
    full = line.right > grid.right - 2 * (line.size or 10.0) > 0
    plain = not line.paragraph and "\t" not in following.text and not is_caption(following.text)
    return full and plain and line.text[-1:] not in "。；" and abs(line.size - following.size) < 1
