"""Tables with horizontal rules only (三线表): columns by the white corridors between words, rows by their lines.

Nothing is guessed: where a corridor, a row or the header is in doubt there is no lattice, and the words stay lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.readers.letters import Letter, PrintLine, letters_within, print_lines
from rag.readers.ruling import MIN_OVERHANG, Lattice, Region, Rule
from rag.readers.unruled_rows import is_figure

MIN_WIDTH = 100.0
"""Shortest rule over a table, in points."""
SAME_END = 6.0
"""Points the ends of a table's rules differ by at most."""
MIN_CORRIDOR = 0.8
"""Narrowest white between two columns, in heights of the type."""
MAX_HEADER_LINES = 4
MAX_LINE_GAP = 0.8
"""Heights of the type between the lines of a header, and between it and the rule below, at most."""
MAX_HEADER_HEIGHT = 50.0
"""Points above the first rule in which a header ruled only below is looked for."""
MIN_FIGURES = 0.6
"""Smallest share of figures in the column that proves the rows to be rows."""

_CAPTION = re.compile(r"(?:附|续)?表[0-9一二三四五六七八九十]")


def aligned_lattices(
    horizontals: Sequence[Rule], verticals: Sequence[Rule], letters: Sequence[Letter]
) -> list[Lattice]:
    """A lattice for each group of three or more equally long rules that words in clear columns stand between."""
    lattices = []
    groups = [part for group in _equal_rules(horizontals) for part in _parts(group, letters)]
    for group in groups:
        inner = [rule for rule in horizontals if rule not in group and _inside(rule, group)]
        crossed = any(_crosses(down, group) for down in verticals)
        lattice = None if crossed else _read(group, inner, letters)
        if lattice:
            lattices.append(lattice)
    return lattices


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
    return [part for part in parts if len(part) >= 3]


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
    group = _with_line_above(group, letters)
    bands = [
        print_lines(letters_within(letters, (left, above.at, right, below.at))) for above, below in pairwise(group)
    ]
    if not all(bands) or len(bands[0]) > MAX_HEADER_LINES:
        return None
    body = [line for band in bands[1:] for line in band]
    edges = _column_edges(body, left, right)
    if len(edges) < 3 or not _has_figures(body, edges):
        return None
    rows = _row_edges(group, bands, edges)
    if not rows or any(group[1].at < rule.at for rule in inner):
        return None
    return _with_header(edges, rows, bands[0], [rule for rule in inner if rule.at < group[1].at])


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


def _column_edges(lines: Sequence[PrintLine], left: float, right: float) -> list[float]:
    """The middles of the corridors that no line of the body crosses, between the table's outer sides."""
    spans = sorted((letter.left, letter.right) for line in lines for letter in line.letters)
    size = sorted(line.size for line in lines)[len(lines) // 2]
    edges, reached = [left], spans[0][1]
    for start, end in spans:
        if start - reached >= MIN_CORRIDOR * size:
            edges.append((start + reached) / 2)
        reached = max(reached, end)
    return [*edges, right]


def _places(line: PrintLine, edges: Sequence[float]) -> list[str]:
    """Text of a line in each column."""
    return [
        "".join(letter.text for letter in line.letters if start <= (letter.left + letter.right) / 2 < end)
        for start, end in pairwise(edges)
    ]


def _has_figures(body: Sequence[PrintLine], edges: Sequence[float]) -> bool:
    columns = zip(*(_places(line, edges) for line in body), strict=True)
    shares = [sum(map(is_figure, column)) / sum(map(bool, column)) for column in columns if any(column)]
    return bool(shares) and max(shares) >= MIN_FIGURES


def _row_edges(group: Sequence[Rule], bands: Sequence[Sequence[PrintLine]], edges: Sequence[float]) -> list[float]:
    """Borders of the rows: every line of a band is a row where all of them look it, else every band is one."""
    whole = all(_is_row(line, edges) for band in bands[1:] for line in band)
    if not whole and (len(bands) < 3 or any(_stacks_figures(band, edges) for band in bands[1:])):
        return []
    rows = [group[0].at]
    for below, band in zip(group[1:], bands, strict=True):
        if whole and band is not bands[0]:
            rows += [(upper.bottom + lower.top) / 2 for upper, lower in pairwise(band)]
        rows.append(below.at)
    return rows


def _is_row(line: PrintLine, edges: Sequence[float]) -> bool:
    places = _places(line, edges)
    return bool(places[0]) and any(map(is_figure, places[1:])) and sum(map(bool, places)) * 2 > len(places)


def _stacks_figures(band: Sequence[PrintLine], edges: Sequence[float]) -> bool:
    return any(sum(map(is_figure, column)) > 1 for column in zip(*(_places(line, edges) for line in band), strict=True))


def _with_header(
    edges: list[float], rows: list[float], header: Sequence[PrintLine], partial: Sequence[Rule]
) -> Lattice | None:
    """The lattice below a header of one level, or of two where partial rules part it."""
    count = len(edges) - 1
    under = [_columns_under(rule, edges) for rule in partial]
    if any(not columns for columns in under) or len({round(rule.at / MIN_OVERHANG) for rule in partial}) > 1:
        return None
    if not under and any(_crosses_column(line, edges) for line in header):
        return None
    levels = 2 if under else 1
    grouped = {column for columns in under for column in columns}
    regions = [Region(0, column, levels, 1) for column in range(count) if column not in grouped]
    regions += [Region(0, columns[0], 1, len(columns)) for columns in under]
    regions += [Region(1, column, 1, 1) for column in sorted(grouped)]
    row_edges = [rows[0], *([partial[0].at] if partial else []), *rows[1:]]
    regions += [Region(row, column, 1, 1) for row in range(levels, len(row_edges) - 1) for column in range(count)]
    ordered = sorted(regions, key=lambda region: (region.row, region.column))
    return Lattice(tuple(edges), tuple(row_edges), tuple(ordered), 0.0, False, False)


def _columns_under(rule: Rule, edges: Sequence[float]) -> range:
    inside = [
        column for column, (start, end) in enumerate(pairwise(edges)) if rule.start <= (start + end) / 2 <= rule.end
    ]
    return range(inside[0], inside[-1] + 1) if inside else range(0)


def _crosses_column(line: PrintLine, edges: Sequence[float]) -> bool:
    """Whether a word of the header stands over a border between columns."""
    for before, after in pairwise(line.letters):
        touching = after.left - before.right < MIN_CORRIDOR * line.size / 2
        if touching and any(before.left < edge < after.right for edge in edges[1:-1]):
            return True
    return any(letter.left < edge < letter.right for letter in line.letters for edge in edges[1:-1])
