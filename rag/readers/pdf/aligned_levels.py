"""Headers of two levels that no rule parts: the rule that would stand below the labels over several columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

from rag.readers.pdf.aligned_header import columns_of_labels, crosses_column, labels_over, stands_over
from rag.readers.pdf.aligned_rows import MIN_GAP, places
from rag.readers.pdf.letters import Letter, PrintLine, letters_within, print_lines
from rag.readers.pdf.ruling import Rule

LEVEL = 0.3
"""Heights of the type by which the middles of labels of one level differ at most."""


def level_rules(header: Sequence[PrintLine], edges: Sequence[float]) -> list[Rule]:
    """A rule below the labels of a header that stand over borders of columns, for each run of columns below such labels;
    none where no label does, or where it is in doubt what stands below them.

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
    rules = [level_rule(header, edges, run) for run in _runs(grouped)]
    return [rule for rule in rules if rule] if all(rules) else []


def level_rule(header: Sequence[PrintLine], edges: Sequence[float], run: range) -> Rule | None:
    """A rule between labels over several of these columns and the labels of each of them; None where these do not fit."""
    start, end = edges[run[0]], edges[run[-1] + 1]
    lines = print_lines(letters_within([letter for line in header for letter in line.letters], (start, 0, end, 1e6)))
    own = edges[run[0] : run[-1] + 2]
    for above, below in pairwise(range(len(lines))):
        leaves = lines[below:]
        filled = all(map(any, zip(*(places(line, own) for line in leaves), strict=True)))
        if not filled or any(crosses_column(line, own) for line in leaves):
            continue
        rule = Rule((lines[above].bottom + leaves[0].top) / 2, start, end)
        parts = columns_of_labels(lines, rule, edges)
        if len(parts) == len(labels_over(lines, rule, MIN_GAP)) < len(run):
            return rule
    return None


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
