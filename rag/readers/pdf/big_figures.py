"""Big figures with the small print that says what they are of, as infographics set them: put together as one row.

Told by type and place alone, so that the order in which a file draws them does not matter. A figure that stands inside
a line of text, a year and the numbers of chapters are none of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from statistics import mean
from typing import NamedTuple

from rag.language.numbers import cell_number
from rag.language.text import clean_line, join_lines
from rag.readers.pdf.text import LEVEL, Piece
from rag.records import Line

BIG = 1.35
"""Size of a figure by that of its label, at least."""
HUGE = 1.8
"""The same where it is the only one of its kind on the page."""
MIN_ALIKE = 2
"""Figures set alike, with their labels on the same side, that need not be huge."""
MAX_LABEL, MAX_LABEL_LINES = 24, 3
"""Characters of a label, and the lines it is set over; more are running text."""
MAX_UNIT = 4
"""Characters of a unit in smaller type behind a figure."""
UNIT_GAP, INLINE_GAP, BESIDE_GAP, STACK_GAP = 0.4, 0.5, 2.0, 1.0
"""Type sizes of the figure: to its unit, to what goes on with it as one line, to a label beside it and one above or
below it, at most."""
LINE_GAP = 0.9
"""Type sizes between the lines of a label."""
SAME_SIZE = 0.08

_FIGURE = re.compile(r"(?:[近约超逾达]|不?[低少]于)?(?P<figure>[-+−]?\d.*?)(?P<more>余|多|\+|＋|以上)?")
_YEAR = re.compile(r"(?:19|20)\d\d\s*(?:年|届|级|学年|年度)?")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SENTENCE = re.compile(r"[。；！？]")


class _Block(NamedTuple):
    """Pieces that are one figure, or one label."""

    pieces: tuple[Piece, ...]
    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float


def labelled_figures(pieces: Sequence[Piece]) -> tuple[list[Line], list[Piece]]:
    """A row `label⇥figure` for each big figure of a page that has a label, and the pieces that are in none."""
    level = sorted((piece for piece in pieces if piece.angle == LEVEL), key=lambda piece: (piece.baseline, piece.left))
    figures = list(_figures(level))
    if not figures:
        return [], list(pieces)
    inside = {id(piece) for figure in figures for piece in figure.pieces}
    labels = _labels([piece for piece in level if id(piece) not in inside])
    figures = [figure for figure in figures if not any(_is_one_line(figure, label) for label in labels)]
    small = [label for label in labels if _may_be_label(label)]
    pairs = [pair for alike in _alike(figures) for pair in _paired(alike, small)]
    taken = {id(piece) for pair in pairs for block in pair for piece in block.pieces}
    return [_row(*pair) for pair in pairs], [piece for piece in pieces if id(piece) not in taken]


def _figures(level: Sequence[Piece]) -> Iterator[_Block]:
    """The blocks that are a figure, larger than the smallest print, each with the unit behind it."""
    smallest = min((piece.size for piece in level if _HAN.search(piece.text)), default=0.0)
    for index, piece in enumerate(level):
        if piece.size < BIG * smallest or not any(map(str.isdecimal, piece.characters)):
            continue
        parts = [piece]
        for other in level[index + 1 :]:
            gap = (other.left - parts[-1].right) / piece.size
            if other.baseline - piece.baseline > piece.size or len(other.characters) > MAX_UNIT:
                break
            if other.size < piece.size and -INLINE_GAP < gap <= UNIT_GAP and not re.search(r"\d", other.text):
                parts.append(other)
        block = _block(parts)
        if _is_figure(block.text):
            yield block


def _is_figure(text: str) -> bool:
    found = _FIGURE.fullmatch(text)
    if not found or _YEAR.fullmatch(text) or re.match(r"0\d", text):
        return False
    return cell_number(found["figure"].strip()) is not None


def _block(pieces: Sequence[Piece]) -> _Block:
    """Pieces of one line as a block."""
    return _Block(
        tuple(pieces),
        clean_line("".join(piece.text for piece in pieces)),
        min(piece.left for piece in pieces),
        min(piece.top for piece in pieces),
        max(piece.right for piece in pieces),
        max(piece.bottom for piece in pieces),
        max(piece.size for piece in pieces),
    )


def _labels(level: Sequence[Piece]) -> list[_Block]:
    """Pieces put together as lines, and these with those right below them."""
    blocks: list[_Block] = []
    for _, row in groupby(level, key=lambda piece: round(piece.baseline)):
        for line in _lines(sorted(row, key=lambda piece: piece.left)):
            at = next((at for at in range(len(blocks) - 1, -1, -1) if _goes_on(blocks[at], line)), None)
            if at is None:
                blocks.append(line)
            else:
                blocks[at] = _stacked(blocks[at], line)
    return blocks


def _lines(row: Iterable[Piece]) -> Iterator[_Block]:
    line: list[Piece] = []
    for piece in row:
        if line and piece.left - line[-1].right > UNIT_GAP * line[-1].size:
            yield _block(line)
            line = []
        line.append(piece)
    yield _block(line)


def _goes_on(block: _Block, line: _Block) -> bool:
    return (
        abs(line.size / max(block.size, 1.0) - 1) <= SAME_SIZE
        and -INLINE_GAP * line.size < line.top - block.bottom <= LINE_GAP * line.size
        and _shared(block, line) > 0.5
    )


def _stacked(block: _Block, line: _Block) -> _Block:
    whole = _block((*block.pieces, *line.pieces))
    return whole._replace(text=join_lines(block.text, line.text))


def _shared(one: _Block, other: _Block) -> float:
    """Share of the width of the narrower block that stands below or above the other."""
    width = min(one.right - one.left, other.right - other.left)
    return (min(one.right, other.right) - max(one.left, other.left)) / max(width, 1.0)


def _may_be_label(block: _Block) -> bool:
    lines = (block.bottom - block.top) / max(block.size, 1.0)
    words = len(_HAN.findall(block.text)) >= 2 and not _SENTENCE.search(block.text)
    return words and len(block.text) <= MAX_LABEL and lines <= MAX_LABEL_LINES * (1 + LINE_GAP)


def _is_one_line(figure: _Block, label: _Block) -> bool:
    """Whether a figure is a part of a line of text."""
    level = abs(label.pieces[0].baseline - figure.pieces[0].baseline) <= SAME_SIZE * 2 * figure.size
    gap = max(label.left - figure.right, figure.left - label.right)
    single = label.bottom - label.top <= (1 + LINE_GAP) * label.size
    return level and single and -figure.size < gap < INLINE_GAP * figure.size


def _alike(figures: Sequence[_Block]) -> list[list[_Block]]:
    """Figures of one size together, but for such as only count: 1, 2, 3."""
    groups: dict[int, list[_Block]] = {}
    for figure in figures:
        groups.setdefault(round(figure.size), []).append(figure)
    counting = {str(number) for number in range(10)}
    return [alike for alike in groups.values() if not all(figure.text in counting for figure in alike)]


def _below(figure: _Block, label: _Block) -> float | None:
    gap = (label.top - figure.bottom) / figure.size
    return gap if -0.3 <= gap <= STACK_GAP and _shared(figure, label) > 0.5 else None


def _above(figure: _Block, label: _Block) -> float | None:
    gap = (figure.top - label.bottom) / figure.size
    return gap if -0.3 <= gap <= STACK_GAP and _shared(figure, label) > 0.5 else None


def _right(figure: _Block, label: _Block) -> float | None:
    gap = (label.left - figure.right) / figure.size
    level = figure.top <= (label.top + label.bottom) / 2 <= figure.bottom
    return gap if 0 <= gap <= BESIDE_GAP and level else None


def _left(figure: _Block, label: _Block) -> float | None:
    gap = (figure.left - label.right) / figure.size
    level = figure.top <= (label.top + label.bottom) / 2 <= figure.bottom
    return gap if 0 <= gap <= BESIDE_GAP and level else None


def _paired(figures: Sequence[_Block], labels: Sequence[_Block]) -> list[tuple[_Block, _Block]]:
    """Figures set alike with their labels, which stand on that side of them where most of them have one, and nearest."""
    sides = [_on_side(figures, labels, gap_of) for gap_of in (_below, _above, _right, _left)]
    best = max(sides, key=lambda found: (len(found), -mean(gap for gap, *_ in found) if found else 0.0))
    pairs = [(figures[at], labels[label]) for _, at, label in best]
    is_one = len(pairs) < MIN_ALIKE
    return [
        (figure, label)
        for figure, label in pairs
        if not is_one or (figure.size >= HUGE * label.size and not figure.text.isdecimal())
    ]


def _on_side(
    figures: Sequence[_Block], labels: Sequence[_Block], gap_of: Callable[[_Block, _Block], float | None]
) -> list[tuple[float, int, int]]:
    """(gap, figure, label), each of both once, the nearest first."""
    near = sorted(
        (gap, at, number)
        for at, figure in enumerate(figures)
        for number, label in enumerate(labels)
        if figure.size >= BIG * label.size and (gap := gap_of(figure, label)) is not None
    )
    found: list[tuple[float, int, int]] = []
    for gap, at, number in near:
        if all(at != other and number != taken for _, other, taken in found):
            found.append((gap, at, number))
    return found


def _row(figure: _Block, label: _Block) -> Line:
    return Line(
        text=f"{label.text}\t{figure.text}",
        left=round(min(figure.left, label.left), 2),
        top=round(min(figure.top, label.top), 2),
        right=round(max(figure.right, label.right), 2),
        bottom=round(max(figure.bottom, label.bottom), 2),
        size=round(label.size, 1),
        bold=label.pieces[0].bold,
    )
