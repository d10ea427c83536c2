"""The header of a table without vertical rules: one level, or two where rules inside it part the levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations, pairwise, product
from math import prod
from statistics import fmean

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


LEVEL = 0.3
"""Heights of the type by which the middles of labels of one level differ at most."""


def level_rules(header: Sequence[PrintLine], edges: Sequence[float]) -> list[Rule]:
    """A rule below each label of a header that stands over several columns, as wide as these; none where no label does,
    or where it is in doubt what stands below them.

    The columns below them have their own labels at one height; the labels of all others stand elsewhere.
    """
    upper = [line for line in header if crosses_column(line, edges)]
    if not upper:
        return []
    cut = max(line.bottom for line in upper)
    crossed = {at for line in upper for at in range(1, len(edges) - 1) if stands_over(line, edges[at])}
    lower = [letter for line in header if line not in upper for letter in line.letters]
    columns = [_within(lower, left, right) for left, right in pairwise(edges)]
    below = [bool(column) and min(letter.top for letter in column) >= cut - 1 for column in columns]
    seeds = [columns[at] for edge in crossed for at in (edge - 1, edge)]
    if not all(seeds):
        return []
    level = fmean(map(_middle, seeds))
    reach = LEVEL * max(line.size for line in header)
    grouped = [fits and abs(_middle(column) - level) <= reach for fits, column in zip(below, columns, strict=True)]
    return _rules_over_all(header, edges, grouped)


def rules_over_ruled(header: Sequence[PrintLine], edges: Sequence[float], ruled: Sequence[Rule]) -> list[Rule]:
    """As `level_rules`, where the columns below such labels are told by rules drawn under their own."""
    middles = [(left + right) / 2 for left, right in pairwise(edges)]
    return _rules_over_all(header, edges, [any(rule.start < at < rule.end for rule in ruled) for at in middles])


def _rules_over_all(header: Sequence[PrintLine], edges: Sequence[float], grouped: Sequence[bool]) -> list[Rule]:
    found = [_rules_over(header, edges, run) for run in _runs(grouped)]
    return list(chain.from_iterable(found)) if all(found) else []


def _rules_over(header: Sequence[PrintLine], edges: Sequence[float], run: range) -> list[Rule]:
    """A rule below each label over several of these columns, all of which have labels below; none where these do not fit."""
    own = edges[run[0] : run[-1] + 2]
    letters = _within([letter for line in header for letter in line.letters], own[0], own[-1])
    lines = print_lines(letters)
    for at in range(1, len(lines)):
        leaves = [
            _within([letter for line in lines[at:] for letter in line.letters], *sides) for sides in pairwise(own)
        ]
        if not all(leaves) or any(crosses_column(line, own) for line in lines[at:]):
            continue
        rule = Rule((lines[at - 1].bottom + lines[at].top) / 2, own[0], own[-1])
        labels = [fmean(span) for span in labels_over(lines[:at], rule, MIN_GAP)]
        if cuts := _shares(labels, [_centre(column) for column in leaves]):
            return [Rule(rule.at, own[start], own[end]) for start, end in pairwise(cuts)]
    return []


def _shares(labels: Sequence[float], columns: Sequence[float]) -> tuple[int, ...]:
    """Where columns are parted so that the middle of each share stands below a label; nothing where no parting fits."""
    count = len(columns)
    if not 0 < len(labels) < count:
        return ()
    ways = [(0, *cuts, count) for cuts in combinations(range(1, count), len(labels) - 1)][:MAX_TRIED]
    offset, best = min((max(map(abs, _offsets(labels, columns, way))), way) for way in ways)
    return best if offset <= MAX_OFF_CENTRE * (columns[-1] - columns[0]) / (count - 1) else ()


def _offsets(labels: Sequence[float], columns: Sequence[float], way: Sequence[int]) -> list[float]:
    shares = pairwise(way)
    return [label - (columns[start] + columns[end - 1]) / 2 for label, (start, end) in zip(labels, shares, strict=True)]


def _centre(letters: Sequence[Letter]) -> float:
    return (min(letter.left for letter in letters) + max(letter.right for letter in letters)) / 2


def _within(letters: Sequence[Letter], left: float, right: float) -> list[Letter]:
    return [letter for letter in letters if left <= (letter.left + letter.right) / 2 < right]


def _middle(letters: Sequence[Letter]) -> float:
    return (min(letter.top for letter in letters) + max(letter.bottom for letter in letters)) / 2


def _runs(members: Sequence[bool]) -> list[range]:
    """The runs of members that stand beside each other."""
    runs: list[range] = []
    for at, member in enumerate(members):
        if member and runs and runs[-1].stop == at:
            runs[-1] = range(runs[-1].start, at + 1)
        elif member:
            runs.append(range(at, at + 1))
    return runs
