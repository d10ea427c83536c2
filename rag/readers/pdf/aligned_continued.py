"""Rows at the top of a page in the columns of a table without vertical rules that the page before left open."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.readers.pdf.aligned_header import crosses_column
from rag.readers.pdf.aligned_rows import row_edges
from rag.readers.pdf.letters import Letter, PrintLine, print_lines
from rag.readers.pdf.ruling import Lattice, Region, Rule
from rag.readers.pdf.unruled_tables import MAX_LEADING

MAX_HEAD_LINES = 2
"""Lines of a running head above such rows."""
MAX_FOOT_LINES = 2
"""Lines below a table that goes on on the next page."""
EDGE = 6.0
"""Points the ends of a table's rules differ by at most."""


def continued_lattice(edges: Sequence[float], horizontals: Sequence[Rule], letters: Sequence[Letter]) -> Lattice | None:
    """The lattice of the rows that begin a page, down to a rule from side to side or to the foot of the page; None where
    they are not surely rows in these columns."""
    lines = print_lines(letters)
    rules = [rule for rule in horizontals if abs(rule.start - edges[0]) + abs(rule.end - edges[-1]) <= 2 * EDGE]
    for skipped in range(min(MAX_HEAD_LINES, len(lines) - 1) + 1):
        body = _near(lines[skipped:], rules)
        if len(body) < 2 or any(crosses_column(line, edges) for line in body):
            continue
        widest = max(below.top - above.bottom for above, below in pairwise(body))
        if skipped and body[0].top - lines[skipped - 1].bottom <= widest + body[0].size / 2:
            continue
        top, bottom = body[0].top - 1, body[-1].bottom + 1
        closed = any(0 <= rule.at - body[-1].bottom <= body[-1].size * MAX_LEADING for rule in rules)
        ends = closed or len(lines) - skipped - len(body) <= MAX_FOOT_LINES
        inside = all(edges[0] <= line.left and line.right <= edges[-1] for line in body)
        rows = row_edges([Rule(at, edges[0], edges[-1]) for at in (top, bottom)], [body], edges) if inside else []
        if ends and len(rows) > 2:
            return _lattice(edges, rows, is_open=not closed)
    return None


def _near(lines: Sequence[PrintLine], rules: Sequence[Rule]) -> list[PrintLine]:
    """The first of some lines that no rule parts, near each other."""
    body = [lines[0]]
    for above, line in pairwise(lines):
        ruled = any(above.middle < rule.at < line.middle for rule in rules)
        if ruled or line.top - above.bottom > MAX_LEADING * line.size:
            break
        body.append(line)
    return body


def _lattice(edges: Sequence[float], rows: Sequence[float], *, is_open: bool) -> Lattice:
    regions = (Region(row, column, 1, 1) for row in range(len(rows) - 1) for column in range(len(edges) - 1))
    return Lattice(tuple(edges), tuple(rows), tuple(regions), 0.0, open_top=True, open_bottom=is_open)
