"""Printed lines → paragraphs: hard-wrapped lines joined, also over a page break, rows and captions left alone."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from rag.language.text import join_lines
from rag.records import Line, Origin, PageMark, RecognisedSpan

INDENT = 1.2
"""Type sizes by which a line must stand to the right of the one above to open a paragraph."""
SHORT = 2.5
"""Type sizes short of the right margin from which a line counts as the last of its paragraph."""
FAR_RIGHT = 8.0
"""Type sizes right of the margin from which a narrow line is a signature or a date, not a paragraph's first."""
NARROW = 15.0
"""Type sizes a signature is wide at most."""
GAP = 1.55
"""Line pitches of white space that separate paragraphs."""
SIZE_RATIO = 1.08
MIN_COLUMN_SHARE = 0.15
"""Share of the text of a document that stands in each of two columns, at least."""
TITLE_PITCH = 2.0
"""Type sizes from one line of a heading to its next at most."""
MAX_TITLE = 40
"""Characters of a heading that ends where its line does."""
LONG_PARAGRAPH = 80
"""Width (half-width columns) from which a stated paragraph without an end mark may go on after a page break."""
WRAP_SLACK = 6
"""Columns by which an unpositioned line may fall short of the wrap width and still be a full line."""

MID_SENTENCE = 0.8
"""Share of the wrap width from which a line that ends no sentence goes on: a paragraph's first one is indented."""

ENDED = re.compile(r"[。！？；：:!?;…．.]\s*[”’」』）)】〕》]*$")
_SENTENCE_ENDED = re.compile(r"[。！？；]\s*[”’」』）)】〕》]*$")
CAPTION = re.compile(
    r"^\s*(?:(?:附?[表图])\s*[\d一二三四五六七八九十]{1,3}(?:\s*[-－—–.．]\s*\d{1,3}){0,3}(?!\d)|续表|数据来源|资料来源|单位[：:])"
)
_HEADED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}\s*、|第\s*[一二三四五六七八九十百\d]+\s*(?:[章节篇编]|部分)(?![的，])|附(?:件|录|表)\s*[\d一二三四五六七八九十]*\s*$|典型案例\s*\d)"
)
"""Opens a paragraph whatever stands above it."""
_NUMBERED = re.compile(
    r"^(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}(?:[.．]\d{1,2})*[.．、]\s*[\u4e00-\u9fff]"
    r"|\d{1,2}(?:[.．]\d{1,2}){1,4}\s*(?![万亿倍个元人名])[\u4e00-\u9fff])"
)
"""Opens one where the line above ends a sentence, or is a heading's itself."""
_TITLED = re.compile(rf"{_HEADED.pattern}|{_NUMBERED.pattern}|^(?:典型|特色)?案例")
"""Begins like a heading."""
_FIGURE_FIRST = re.compile(r"\d[\d.,]*[%‰]?[，。；、：）]?(?![\d.、．)）])")
_IN_SENTENCE = re.compile(r"[。；！？，]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_BULLET = re.compile(r"^\s*(?:[●■◆▲▪•·○□◇►➢✓*]|[-－—]\s|[①-⑳])")


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line and the page it stands on."""

    line: Line
    page: int | None
    label: str | None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Joined lines. `marks` are offsets in `text` where the page changes, the first at 0; `recognised` what of it was."""

    text: str
    marks: tuple[PageMark, ...]
    first: Line
    recognised: tuple[RecognisedSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """The right one of two columns of text."""

    left: float
    gutter: float
    """Where the left one ends."""

    def holds(self, line: Line) -> bool:
        """Whether a line stands in it."""
        return line.left > self.gutter

    def is_beside(self, line: Line) -> bool:
        """Whether a line may stand in the left one: it ends where that does."""
        return line.right < self.left


@dataclass(frozen=True, slots=True)
class Layout:
    """Measures of a document's body text: points where lines have positions, columns where they have none."""

    body_size: float
    pitch: float
    right_edges: dict[int | None, float]
    wrap_width: int
    left_edge: float = 0.0
    second: Column | None = None
    """The right one of two columns, where much of the text stands in one."""
    bold: bool = False
    """Most of the text is bold."""


def columns(text: str) -> int:
    """Width of a text in half-width columns."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def _fills_line(line: Line, wrap_width: int) -> bool:
    """Whether a line goes on in the next: it reaches the wrap width, or nearly so in the middle of a sentence."""
    if line.columns >= wrap_width - WRAP_SLACK:
        return True
    titled = _TITLED.match(line.text) and "。" not in line.text
    return line.columns >= MID_SENTENCE * wrap_width and not titled and not ENDED.search(line.text)


def lines_to_layout(lines: Sequence[PlacedLine]) -> Layout:
    """The measures of the body text."""
    sizes: Counter[float] = Counter()
    rights: dict[int | None, list[float]] = {}
    for placed in lines:
        sizes[round(placed.line.size * 2) / 2] += len(placed.line.text)
        if placed.line.right:
            rights.setdefault(placed.page, []).append(placed.line.right)
    steps = [
        b.line.top - a.line.top
        for a, b in itertools.pairwise(lines)
        if a.page == b.page and b.line.top > a.line.top and len(a.line.text) > 15
    ]
    second = _second_column(lines)
    common = _common(
        (placed.line.right, len(placed.line.text))
        for placed in lines
        if placed.line.right and not (second and second.is_beside(placed.line))
    )
    widths = sorted(
        placed.line.columns or columns(placed.line.text)
        for placed in lines
        if len(placed.line.text) > 10 and (placed.line.columns or not placed.line.right)
    )
    return Layout(
        body_size=sizes.most_common(1)[0][0] if sizes else 0.0,
        pitch=median(steps) if steps else 0.0,
        right_edges={
            page: max([edge for edge in edges if edge <= common + 8] or [common]) for page, edges in rights.items()
        },
        wrap_width=widths[int(len(widths) * 0.9)] if widths else 0,
        bold=2 * sum(len(placed.line.text) for placed in lines if placed.line.bold)
        > sum(len(placed.line.text) for placed in lines),
        left_edge=_common(
            (placed.line.left, 1)
            for placed in lines
            if placed.line.right and not (second and second.holds(placed.line))
        ),
        second=second,
    )


def _second_column(lines: Sequence[PlacedLine]) -> Column | None:
    """The right one of two columns, None where not much text stands in one."""
    printed = [placed.line for placed in lines if placed.line.right and "\t" not in placed.line.text]
    whole = sum(len(line.text) for line in printed)
    first = _common((line.left, len(line.text)) for line in printed)
    far = [line for line in printed if line.left > first + NARROW * line.size / 2]
    left = _common((line.left, len(line.text)) for line in far)
    inside = [line for line in far if line.left > left - SHORT * line.size]
    beside = [line for line in printed if line.right < left - line.size / 2]
    if min(sum(len(line.text) for line in side) for side in (inside, beside)) < MIN_COLUMN_SHARE * whole or not whole:
        return None
    end = _common((line.right, len(line.text)) for line in beside)
    return Column(left, (end + left) / 2)


def _common(edges: Iterable[tuple[float, int]]) -> float:
    """The commonest edge, given each with its weight."""
    counts: Counter[int] = Counter()
    for edge, weight in edges:
        counts[round(edge / 4)] += weight
    return counts.most_common(1)[0][0] * 4 if counts else 0.0


def opens_paragraph(previous: PlacedLine, current: PlacedLine, layout: Layout) -> bool:
    """Whether `current` begins a paragraph rather than going on with the one `previous` belongs to."""
    before, line = previous.line, current.line
    if "\t" in before.text or "\t" in line.text or CAPTION.match(line.text) or CAPTION.match(before.text):
        return True
    if _BULLET.match(line.text) or _HEADED.match(line.text) or line.heading_level or before.heading_level:
        return True
    if _NUMBERED.match(line.text) and (_SENTENCE_ENDED.search(before.text) or _is_short_title(before.text)):
        return True
    if before.columns and line.columns:
        return before.paragraph or not _fills_line(before, layout.wrap_width)
    if before.paragraph or line.paragraph:
        return columns(before.text) < LONG_PARAGRAPH or ENDED.search(before.text) is not None
    if not line.right or not before.right:
        return columns(before.text) < layout.wrap_width - WRAP_SLACK
    return _opens_by_position(previous, current, layout)


def _is_short_title(text: str) -> bool:
    """Whether a line has the form of a heading and is no part of a sentence."""
    return len(text) <= MAX_TITLE and _TITLED.match(text) is not None and not _IN_SENTENCE.search(text)


def _goes_on_as_title(previous: PlacedLine, current: PlacedLine, layout: Layout) -> bool:
    """Whether two lines are one heading, set over both: larger than the body, of one type, near and in line."""
    before, line = previous.line, current.line
    size = line.size
    if previous.page != current.page or not layout.body_size or size <= SIZE_RATIO * layout.body_size:
        return False
    if before.size != size or before.bold != line.bold or line.top - before.top > TITLE_PITCH * size:
        return False
    if _TITLED.match(line.text) or any(2 * len(_HAN.findall(text)) < len(text) for text in (before.text, line.text)):
        return False
    centred = abs((before.left + before.right) - (line.left + line.right)) <= 2 * size
    return centred or abs(before.left - line.left) <= size / 2


def _first_word_width(before: Line, line: Line, size: float) -> float:
    """How much room the word needs that a line begins with where it is a figure that cannot be parted: 65.45%，

    A line in the middle of a sentence ends that much short of the margin before it.
    """
    match = _FIGURE_FIRST.match(line.text)
    return size * columns(match[0]) / 2 if match and not ENDED.search(before.text) else 0.0


def _opens_by_position(previous: PlacedLine, current: PlacedLine, layout: Layout) -> bool:
    before, line = previous.line, current.line
    if _goes_on_as_title(previous, current, layout):
        return False
    size = line.size or layout.body_size or 10.0
    if before.size and line.size and max(before.size, line.size) > SIZE_RATIO * min(before.size, line.size):
        return True
    edge = layout.right_edges.get(previous.page, before.right)
    start, second = layout.left_edge, layout.second
    turns = previous.page != current.page
    if second and second.holds(before):
        start = second.left
    elif second and second.is_beside(before) and (second.holds(line) or second.is_beside(line)):
        edge = 2 * second.gutter - second.left
        turns = turns or second.holds(line)
    indent = line.left - before.left
    if second and turns:
        indent -= (second.left if second.holds(line) else layout.left_edge) - start
    if before.right < edge - max(SHORT * size, _first_word_width(before, line, size)):
        return True
    if indent > INDENT * size:
        return True
    if before.left > start + FAR_RIGHT * size and before.right - before.left < NARROW * size:
        return True
    if not turns:
        return bool(layout.pitch) and line.top - before.top > GAP * max(layout.pitch, size)
    return ENDED.search(before.text) is not None and indent > -INDENT * size / 2


def join_paragraph(lines: Sequence[PlacedLine]) -> Paragraph:
    """One paragraph from its lines."""
    text, marks = "", [PageMark(0, lines[0].page, lines[0].label)]
    recognised: list[RecognisedSpan] = []
    for placed in lines:
        joined = join_lines(text, placed.line.text)
        start = len(joined) - len(placed.line.text)
        if placed.page != marks[-1].page:
            marks.append(PageMark(start, placed.page, placed.label))
        if placed.line.origin is Origin.RECOGNISED:
            recognised.append(RecognisedSpan(start, len(joined), placed.line.score))
        text = joined
    return Paragraph(text, tuple(marks), lines[0].line, tuple(recognised))
