"""Headers of two levels that no rule parts: the rules that would stand below labels over several columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations, pairwise
from statistics import fmean

from rag.readers.pdf.aligned_header import MAX_OFF_CENTRE, MAX_TRIED, crosses_column, labels_over, stands_over
from rag.readers.pdf.aligned_rows import MIN_GAP
from rag.readers.pdf.letters import Letter, PrintLine, print_lines
from rag.readers.pdf.ruling import Rule

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
