"""Tables with horizontal rules only (三线表): columns by the white corridors between words, rows by their lines.

Nothing is guessed: where a corridor, a row or the header is in doubt there is no lattice, and the words stay lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.readers.pdf.aligned_header import leaf_lines, with_header
from rag.readers.pdf.aligned_rows import MIN_CORRIDOR, column_edges, has_figures, merged_row_edges, row_edges
from rag.readers.pdf.letters import Letter, PrintLine, letters_within, print_lines
from rag.readers.pdf.ruling import Lattice, Rule
from rag.readers.pdf.unruled_rows import is_figure

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
    first, head, *_ = group
    partial = [rule for rule in inner if rule.at < head.at]
    short = [rule for rule in inner if rule.at > head.at]
    if any(right - rule.end > SAME_END for rule in short):
        return None
    rules = sorted([*group[1:], *short], key=lambda rule: rule.at)
    header = print_lines(letters_within(letters, (left, first.at, right, head.at)))
    bands = [
        print_lines(letters_within(letters, (left, above.at, right, below.at))) for above, below in pairwise(rules)
    ]
    if not header or not all(bands):
        return None
    body = [line for band in bands for line in band]
    edges = column_edges(body, leaf_lines(header, partial), left, right)
    if len(edges) < 3 or not has_figures(body, edges):
        return None
    rows = merged_row_edges(rules, bands, edges, short) if short else row_edges(rules, bands, edges)
    return with_header(edges, [first.at, *rows], header, partial, short) if rows else None


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
