"""Tables without any rules below a numbered caption: columns and rows by the white between words.

As with rules (`aligned`), nothing is guessed: what is not surely a table stays lines of text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from rag.readers.pdf.aligned_header import leaf_lines, level_rules, with_header
from rag.readers.pdf.aligned_rows import column_edges, has_figures, near_lines, row_edges
from rag.readers.pdf.letters import Box, Letter, PrintLine, is_figure, print_lines
from rag.readers.pdf.ruling import Lattice, Rule

CLEAR = 1.2
"""Narrowest white between two cells of a line, in heights of the type: wider than a space between words."""
MAX_LEADING = 2.5
"""Heights of the type between two lines of one table at most."""
MIN_LINES = 3
"""Fewer lines, header included, prove no columns."""
MAX_OFF = 40.0
"""Points by which the middle of a caption stands off that of its table at most, where they do not begin together."""

_CAPTION = re.compile(r"[【\[（(]?(?:附|续)?表(?:\d|[一二三四五六七八九十])[^。；]*[^。；，：:]$")
_UNIT = re.compile(r"[（(]?(?:计量|金额|货币|数量)?单位[：:]")
_NO_CELL = re.compile(r"[。；]|[，、]$|^[（(【]?(?:[图表]\d|注[：:]|备?注[：:]|(?:数据|资料)来源|\*|※)")


def unruled_lattices(letters: Sequence[Letter], taken: Sequence[Box]) -> list[Lattice]:
    """A lattice for each caption with words in clear columns below it; `taken` are the tables found by their rules."""
    lines = print_lines(letters)
    tops = [box[1] for box in taken]
    found: list[Lattice] = []
    for at, caption in enumerate(lines):
        if not _CAPTION.match(caption.text) or any(top < caption.middle < bottom for _, top, _, bottom in taken):
            continue
        limit = min((top for top in tops if top > caption.top), default=float("inf"))
        lattice = _read(caption, _region(lines[at:], limit))
        if lattice and not any(_overlaps(lattice, other) for other in found):
            found.append(lattice)
    return found


def _overlaps(one: Lattice, other: Lattice) -> bool:
    return one.row_edges[0] < other.row_edges[-1] and other.row_edges[0] < one.row_edges[-1]


def _region(lines: Sequence[PrintLine], limit: float) -> list[PrintLine]:
    """The lines below a caption, the first of some, that may be a table's: near each other, no note and no prose."""
    caption, *rest = lines
    above, region = caption, list[PrintLine]()
    for line in rest:
        near = line.top - above.bottom <= MAX_LEADING * line.size and line.bottom <= limit
        if not near or _NO_CELL.search(line.text):
            break
        above = line
        if region or not _UNIT.match(line.text):
            region.append(line)
    while region and not _has_cells(region[-1]):
        region.pop()
    return region


def _has_cells(line: PrintLine) -> bool:
    return len(line.pieces(CLEAR)) > 1


def _read(caption: PrintLine, region: Sequence[PrintLine]) -> Lattice | None:
    if len(region) < MIN_LINES or not _has_cells(region[0]):
        return None
    left, right = min(line.left for line in region) - 1, max(line.right for line in region) + 1
    centred = abs(left + right - caption.left - caption.right) / 2 <= MAX_OFF
    if not centred and abs(left - caption.left) > 2 * caption.size:
        return None
    header = _header(region)
    body = region[len(header) :]
    if not header or len(body) < MIN_LINES - 1:
        return None
    partial = level_rules(header, column_edges(body, [], left, right))
    edges = column_edges(body, leaf_lines(header, partial), left, right)
    if len(edges) < 3 or not has_figures(body, edges):
        return None
    top, foot = header[0].top - 1, (header[-1].bottom + body[0].top) / 2
    rows = row_edges([Rule(foot, left, right), Rule(body[-1].bottom + 1, left, right)], [body], edges)
    return with_header(edges, [top, *rows], header, partial, []) if len(rows) >= MIN_LINES else None


def _header(region: Sequence[PrintLine]) -> list[PrintLine]:
    """The lines above the first figure; where these are several, those that stand close to each other."""
    header = list(takewhile(lambda line: not _holds_figure(line), region))
    if len(header) > 1:
        header = near_lines(region)[0]
    return [] if any(map(_holds_figure, header)) else header


def _holds_figure(line: PrintLine) -> bool:
    return any(map(is_figure, line.pieces(CLEAR)))
