"""Tables with horizontal rules only (三线表): columns by the white corridors between words, rows by their lines.

Nothing is guessed: where a corridor, a row or the header is in doubt there is no lattice, and the words stay lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from rag.readers.pdf.aligned_header import crosses_column, leaf_lines, level_rules, rules_over_ruled, with_header
from rag.readers.pdf.aligned_rows import MIN_CORRIDOR, column_edges, has_figures, merged_row_edges, row_edges
from rag.readers.pdf.letters import Letter, PrintLine, is_figure, letters_within, print_lines
from rag.readers.pdf.ruling import Lattice, Region, Rule
from rag.readers.pdf.unruled_tables import MAX_LEADING

MIN_RULES = 3
"""A table's rules: over it, below its header, at its foot."""
MIN_WIDTH = 100.0
"""Shortest rule over a table, in points."""
SAME_END = 6.0
"""Points the ends of a table's rules differ by at most."""
MAX_LINE_GAP = 0.8
"""Heights of the type between the lines of a header, and between it and the rule below, at most."""
MAX_HEADER_HEIGHT = 50.0
"""Points above the first rule in which a header ruled only below is looked for."""

_CAPTION = re.compile(r"(?:附|续)?表[0-9一二三四五六七八九十]")


def aligned_lattices(
    horizontals: Sequence[Rule], verticals: Sequence[Rule], letters: Sequence[Letter]
) -> list[Lattice]:
    """A lattice for each group of equally long rules that words in clear columns stand between: over the table, below its
    header and at its foot. The second may begin further right, the third be missing where the page ends."""
    lattices: list[Lattice] = []
    groups = [part for group in _equal_rules(horizontals) for part in _parts(group, letters)]
    for group in sorted(groups, key=lambda group: group[0].start - group[0].end):
        if any(_stands_in(group[0], lattice) for lattice in lattices):
            continue
        foot = _page_foot(group[-1], letters) if len(group) < MIN_RULES else None
        lattice = _read_rules(group, horizontals, verticals, letters)
        if not lattice and foot and (further := _read_rules([*group, foot], horizontals, verticals, letters)):
            lattice = replace(further, open_bottom=True)
        lattices += [lattice] if lattice else []
    return lattices


def _stands_in(rule: Rule, lattice: Lattice) -> bool:
    columns, rows = lattice.column_edges, lattice.row_edges
    return rows[0] < rule.at < rows[-1] and columns[0] - SAME_END <= rule.start and rule.end <= columns[-1] + SAME_END


def _page_foot(last: Rule, letters: Sequence[Letter]) -> Rule | None:
    """A rule below the lines that go on from a rule to the foot of the page, for a table that the next page closes."""
    below = print_lines([letter for letter in letters if letter.middle > last.at])
    tops = [last.at, *(line.bottom for line in below)]
    near = (line.top - above <= MAX_LEADING * line.size for above, line in zip(tops, below, strict=False))
    region = [line for line, _ in takewhile(lambda pair: pair[1], zip(below, near, strict=True))]
    while region and not _has_gap(region[-1]):
        region.pop()
    goes_on = len(region) > 1 and len(below) - len(region) <= MAX_FOOT_LINES
    return Rule(region[-1].bottom + 1, last.start, last.end) if goes_on else None


def _read_rules(
    group: Sequence[Rule], horizontals: Sequence[Rule], verticals: Sequence[Rule], letters: Sequence[Letter]
) -> Lattice | None:
    inner = [rule for rule in horizontals if rule not in group and _inside(rule, group)]
    if any(_crosses(down, group) for down in verticals):
        return None
    return _read_below_short(group, inner, letters) or _read(group, inner, letters)


def _equal_rules(rules: Sequence[Rule]) -> list[list[Rule]]:
    groups: list[list[Rule]] = []
    for rule in (rule for rule in rules if rule.end - rule.start >= MIN_WIDTH):
        for group in groups:
            if abs(group[0].start - rule.start) <= SAME_END and abs(group[0].end - rule.end) <= SAME_END:
                group.append(rule)
                break
        else:
            groups.append([rule])
    return groups


def _parts(group: Sequence[Rule], letters: Sequence[Letter]) -> list[list[Rule]]:
    """Equal rules parted where what stands between two of them is no row: a caption, prose or nothing."""
    parts = [[group[0]]]
    for above, below in pairwise(group):
        lines = print_lines(letters_within(letters, (above.start, above.at, above.end, below.at)))
        if any(_CAPTION.match(line.text) for line in lines) or not any(map(_has_gap, lines)):
            parts.append([])
        parts[-1].append(below)
    return parts


def _has_gap(line: PrintLine) -> bool:
    """Whether white as wide as a corridor parts a line."""
    return len(line.pieces(MIN_CORRIDOR)) > 1


def _inside(rule: Rule, group: Sequence[Rule]) -> bool:
    return group[0].at < rule.at < group[-1].at and rule.start >= group[0].start - SAME_END


def _crosses(down: Rule, group: Sequence[Rule]) -> bool:
    beside = group[0].start - SAME_END <= down.at <= group[0].end + SAME_END
    return beside and down.start < group[-1].at and down.end > group[0].at


def _read(group: Sequence[Rule], inner: Sequence[Rule], letters: Sequence[Letter]) -> Lattice | None:
    left, right = min(rule.start for rule in group), max(rule.end for rule in group)
    if len(group) < MIN_RULES:
        return None
    group = _with_line_above(group, letters)
    first, head, *_ = group
    partial = [rule for rule in inner if rule.at < head.at]
    short = [rule for rule in inner if rule.at > head.at]
    if any(right - rule.end > SAME_END for rule in short):
        return None
    rules = sorted([*group[1:], *short], key=lambda rule: rule.at)
    header = print_lines(letters_within(letters, (left, first.at, right, head.at)))
    bands = _bands(rules, letters, left, right)
    return _lattice(first, rules, bands, header, partial, short)


def _read_below_short(group: Sequence[Rule], inner: Sequence[Rule], letters: Sequence[Letter]) -> Lattice | None:
    """As `_read` where the rule below the header is drawn only under the lowest labels, not under those of one level."""
    if len(group) < MIN_RULES - 1 or not inner or any(rule.at > group[1].at for rule in inner):
        return None
    first, last = group[0], max(rule.at for rule in inner)
    short = [rule for rule in inner if last - rule.at < SAME_END]
    rules = [Rule(last, first.start, first.end), *group[1:]]
    header = print_lines(letters_within(letters, (first.start, first.at, first.end, last)))
    bands = _bands(rules, letters, first.start, first.end)
    if not all(bands) or not any(map(is_figure, bands[0][0].pieces(MIN_CORRIDOR))):
        return None
    edges = column_edges([line for band in bands for line in band], [], first.start, first.end)
    partial = [rule for rule in inner if rule not in short] or rules_over_ruled(header, edges, short)
    return _lattice(first, rules, bands, header, partial, []) if partial else None


def _bands(rules: Sequence[Rule], letters: Sequence[Letter], left: float, right: float) -> list[list[PrintLine]]:
    return [print_lines(letters_within(letters, (left, above.at, right, below.at))) for above, below in pairwise(rules)]


def _lattice(
    first: Rule,
    rules: Sequence[Rule],
    bands: Sequence[Sequence[PrintLine]],
    header: Sequence[PrintLine],
    partial: Sequence[Rule],
    short: Sequence[Rule],
) -> Lattice | None:
    """The lattice of a header and the bands between the rules below it; None where columns, rows or levels are in doubt."""
    if not header or not all(bands):
        return None
    left, right = first.start, first.end
    body = [line for band in bands for line in band]
    if not partial:
        partial = _levels(body, header, left, right)
    edges = column_edges(body, leaf_lines(header, partial), left, right)
    if len(edges) < 3 or not has_figures(body, edges):
        return None
    rows = merged_row_edges(rules, bands, edges, short) if short else row_edges(rules, bands, edges)
    return with_header(edges, [first.at, *rows], header, partial, short) if rows else None


def _levels(body: Sequence[PrintLine], header: Sequence[PrintLine], left: float, right: float) -> list[Rule]:
    """What parts the levels of a header without a rule in it; nothing where each label stands over its own column."""
    return level_rules(header, column_edges(body, [], left, right)) or level_rules(
        header, column_edges(body, header, left, right)
    )


def _with_line_above(group: Sequence[Rule], letters: Sequence[Letter]) -> Sequence[Rule]:
    """The rules with one more over the words that stand in columns right above the first: a header ruled only below."""
    first, second = group[0], group[1]
    above = print_lines(letters_within(letters, (first.start, first.at - MAX_HEADER_HEIGHT, first.end, first.at)))
    within = print_lines(letters_within(letters, (first.start, first.at, first.end, second.at)))
    header: list[PrintLine] = []
    for line in reversed(above):
        if (header[-1].top if header else first.at) - line.bottom > line.size * MAX_LINE_GAP:
            break
        header.append(line)
    if not header or not any(is_figure(piece) for line in within for piece in line.pieces(MIN_CORRIDOR)):
        return group
    pieces = [line.pieces(MIN_CORRIDOR) for line in header]
    if any(len(line) < 2 or any(map(is_figure, line)) for line in pieces):
        return group
    return [Rule(header[-1].top - 1, first.start, first.end), *group]


MAX_HEAD_LINES = 2
"""Lines of a running head above such rows."""
MAX_FOOT_LINES = 2
"""Lines below a table that goes on on the next page."""


def continued_lattice(edges: Sequence[float], horizontals: Sequence[Rule], letters: Sequence[Letter]) -> Lattice | None:
    """The lattice of the rows that begin a page, down to a rule from side to side or to the foot of the page; None where
    they are not surely rows in these columns."""
    lines = print_lines(letters)
    rules = [rule for rule in horizontals if abs(rule.start - edges[0]) + abs(rule.end - edges[-1]) <= 2 * SAME_END]
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
            return _open_lattice(edges, rows, is_open=not closed)
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


def _open_lattice(edges: Sequence[float], rows: Sequence[float], *, is_open: bool) -> Lattice:
    regions = (Region(row, column, 1, 1) for row in range(len(rows) - 1) for column in range(len(edges) - 1))
    return Lattice(tuple(edges), tuple(rows), tuple(regions), 0.0, open_top=True, open_bottom=is_open)
