"""The header of a table without vertical rules: one level, or two where rules inside it part the levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise, product
from math import prod

from rag.readers.pdf.aligned_rows import MIN_CORRIDOR, MIN_GAP, places
from rag.readers.pdf.letters import Letter, PrintLine, print_lines
from rag.readers.pdf.ruling import MIN_OVERHANG, Lattice, Region, Rule

MAX_HEADER_LINES = 4
"""Lines of a label."""
MAX_OFF_CENTRE = 0.25
"""Widths of a column by which a label that covers several stands off their middle at most."""
MAX_TRIED = 500
"""Ways to give columns to labels that are looked at."""

Span = tuple[float, float]


def leaf_lines(header: Sequence[PrintLine], partial: Sequence[Rule]) -> list[PrintLine]:
    """The header without the labels that stand over a rule inside it: the labels of single columns."""
    letters = [letter for line in header for letter in line.letters]
    return print_lines([letter for letter in letters if not any(_over(letter, rule) for rule in partial)])


def _over(letter: Letter, rule: Rule) -> bool:
    return letter.middle < rule.at and rule.start <= (letter.left + letter.right) / 2 <= rule.end


def with_header(
    edges: list[float],
    rows: list[float],
    header: Sequence[PrintLine],
    partial: Sequence[Rule],
    short: Sequence[Rule],
) -> Lattice | None:
    """The lattice below a header of one level, or of two where `partial` rules part it; None where that is in doubt.

    `rows` begins with the top of the header and its foot; `short` are rules between rows that leave out the first
    columns.
    """
    count = len(edges) - 1
    leaves = leaf_lines(header, partial)
    wide = _is_wide(leaves, edges)
    if len({round(rule.at / MIN_OVERHANG) for rule in partial}) > 1 or any(
        crosses_column(line, edges[wide:]) for line in leaves
    ):
        return None
    if leaves and any(
        sum(map(bool, column)) > MAX_HEADER_LINES
        for column in zip(*(places(line, edges) for line in leaves), strict=True)
    ):
        return None
    groups = [_columns_of_labels(header, rule, edges) for rule in partial]
    if not all(groups):
        return None
    grouped = list(chain.from_iterable(groups))
    single = set(range(count)) - set(chain.from_iterable(grouped))
    levels = 2 if partial else 1
    regions = [Region(0, column, levels, 1) for column in single if column > 1 or not wide]
    regions += [Region(0, 0, levels, 2)] if wide else []
    regions += [Region(0, columns[0], 1, len(columns)) for columns in grouped]
    regions += [Region(1, column, 1, 1) for columns in grouped for column in columns]
    row_edges = [rows[0], *([partial[0].at] if partial else []), *rows[1:]]
    regions += _body(edges, row_edges, levels, short)
    ordered = sorted(regions, key=lambda region: (region.row, region.column))
    return Lattice(tuple(edges), tuple(row_edges), tuple(ordered), 0.0, False, False)


def _is_wide(leaves: Sequence[PrintLine], edges: Sequence[float]) -> bool:
    """Whether one label stands over both of the first two columns, those of the names of rows."""
    over = [line for line in leaves if any(edges[0] <= letter.left < edges[2] for letter in line.letters)]
    return len(edges) > 3 and len(over) == 1 and stands_over(over[0], edges[1])


def _body(edges: Sequence[float], row_edges: Sequence[float], first: int, short: Sequence[Rule]) -> Iterator[Region]:
    """The cells below the header: one goes on over a rule that leaves its column out."""
    starts = {rule.at: rule.start for rule in short}
    for column, (left, right) in enumerate(pairwise(edges)):
        top = first
        for row in range(first, len(row_edges) - 1):
            if starts.get(row_edges[row + 1], left) <= (left + right) / 2:
                yield Region(top, column, row + 1 - top, 1)
                top = row + 1


def _columns_of_labels(header: Sequence[PrintLine], rule: Rule, edges: Sequence[float]) -> list[range]:
    """The columns below each label over a rule inside the header, drawn for one of them or on for all; none in doubt."""
    inside = [at for at, (left, right) in enumerate(pairwise(edges)) if rule.start <= (left + right) / 2 <= rule.end]
    labels = labels_over(header, rule)
    if not inside or not labels:
        return []
    whole = range(inside[0], inside[-1] + 1)
    sides = (
        [max(edges[whole[0]], rule.start), *edges[whole[1] : whole[-1] + 1], min(edges[whole[-1] + 1], rule.end)]
        if len(whole) > 1
        else []
    )
    if len(labels) == 1 or not sides:
        return [whole] if len(labels) == 1 else []
    cuts = [
        [at for at in range(1, len(whole)) if before[1] < sides[at] < after[0]] for before, after in pairwise(labels)
    ]
    allowed = MAX_OFF_CENTRE * (sides[-1] - sides[0]) / len(whole)
    ways = product(*cuts) if prod(map(len, cuts)) <= MAX_TRIED else ()
    offset, best = min(((_offset(labels, sides, way), way) for way in ways), default=(allowed + 1, ()))
    if offset <= allowed:
        bounds = [0, *best, len(whole)]
        return [whole[start:end] for start, end in pairwise(bounds)]
    return [whole] if _offset([(labels[0][0], labels[-1][1])], sides, ()) <= allowed else []


def _offset(labels: Sequence[Span], sides: Sequence[float], cuts: Sequence[int]) -> float:
    """By how much a label stands off the middle of its columns at most."""
    bounds = [sides[at] for at in (0, *cuts, -1)]
    return max(
        abs(start + end - label[0] - label[1]) / 2 for label, (start, end) in zip(labels, pairwise(bounds), strict=True)
    )


def labels_over(header: Sequence[PrintLine], rule: Rule, gap: float = MIN_CORRIDOR) -> list[Span]:
    """Where the labels over a rule stand, those of several lines as one; `gap` heights of the type part two of them."""
    letters = [letter for line in header for letter in line.letters if _over(letter, rule)]
    room = gap * max((letter.bottom - letter.top for letter in letters), default=0.0)
    found: list[Span] = []
    for letter in sorted(letters, key=lambda letter: letter.left):
        if found and letter.left - found[-1][1] < room:
            found[-1] = (found[-1][0], max(found[-1][1], letter.right))
        else:
            found.append((letter.left, letter.right))
    return found


def crosses_column(line: PrintLine, edges: Sequence[float]) -> bool:
    """Whether a word of the header stands over a border between columns."""
    return any(stands_over(line, edge) for edge in edges[1:-1])


def stands_over(line: PrintLine, edge: float) -> bool:
    """Whether a letter of a line, or the white between two of one word, stands over a border."""
    return any(letter.left < edge < letter.right for letter in line.letters) or any(
        before.left < edge < after.right and after.left - before.right < MIN_GAP * line.size
        for before, after in pairwise(line.letters)
    )
