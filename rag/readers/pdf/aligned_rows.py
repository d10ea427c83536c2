"""Columns and rows of a table without vertical rules: white corridors between words, lines that belong together."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from rag.readers.pdf.letters import Letter, PrintLine, is_figure
from rag.readers.pdf.ruling import Rule

MIN_CORRIDOR = 0.8
"""Narrowest white between two columns, in heights of the type."""
MIN_GAP = 0.4
"""Narrowest white between the labels of two columns, in heights of the type."""
MIN_FIGURES = 0.6
"""Smallest share of figures in the column that proves the rows to be rows."""
MIN_JUMP = 0.3
"""Heights of the type by which lines of two rows are further apart than those of one."""

_VALUE = re.compile(r"[-+−±]?\d[\d,，.]*(?:[%％‰]|[\u4e00-\u9fff]{1,4})?")
"""A figure, perhaps with its unit."""

Span = tuple[float, float]


def column_edges(body: Sequence[PrintLine], leaves: Sequence[PrintLine], left: float, right: float) -> list[float]:
    """The middles of the corridors that no line of the body crosses, between the table's outer sides.

    `leaves` are the lowest labels of the header: a corridor is as narrow as they leave it, where they leave it open.
    """
    size = _size(body)
    spans = [(letter.left, letter.right) for line in body for letter in line.letters]
    labels = [letter for line in leaves for letter in line.letters]
    corridors = _gaps(spans, MIN_CORRIDOR * size)
    return [left, *(_narrowed(corridor, labels, size) for corridor in corridors), right]


def _size(lines: Sequence[PrintLine]) -> float:
    return sorted(line.size for line in lines)[len(lines) // 2]


def _gaps(spans: Sequence[Span], least: float) -> list[Span]:
    """The white of this width at least between spans."""
    gaps, reached = [], min(spans, default=(0.0, 0.0))[0]
    for start, end in sorted(spans):
        if start - reached >= least:
            gaps.append((reached, start))
        reached = max(reached, end)
    return gaps


def _narrowed(corridor: Span, labels: Sequence[Letter], size: float) -> float:
    """The border in a corridor: amid the white the labels leave of it, or amid it where one stands alone there."""
    start, end = corridor
    inside = [(letter.left, letter.right) for letter in labels if letter.right > start and letter.left < end]
    wide = _gaps([(start, start), *inside, (end, end)], MIN_CORRIDOR * size)
    between = _gaps(inside, MIN_GAP * size)
    low, high = wide[0] if len(wide) == 1 else between[0] if len(between) == 1 and not wide else corridor
    return (low + high) / 2


def places(line: PrintLine, edges: Sequence[float]) -> list[str]:
    """Text of a line in each column."""
    return [
        "".join(letter.text for letter in line.letters if start <= (letter.left + letter.right) / 2 < end)
        for start, end in pairwise(edges)
    ]


def has_figures(body: Sequence[PrintLine], edges: Sequence[float]) -> bool:
    """Whether one column at least holds mostly figures."""
    columns = zip(*(places(line, edges) for line in body), strict=True)
    shares = [sum(map(is_figure, column)) / sum(map(bool, column)) for column in columns if any(column)]
    return bool(shares) and max(shares) >= MIN_FIGURES


def row_edges(rules: Sequence[Rule], bands: Sequence[Sequence[PrintLine]], edges: Sequence[float]) -> list[float]:
    """Borders of the rows between rules from side to side; none where they are in doubt.

    Every line is a row where all of them look it, or are numbered; else every band between two rules, where no two figures
    stand above each other in one; else the lines that stand closer to each other than to the rest.
    """
    lines = [places(line, edges) for band in bands for line in band]
    if are_rows(lines) or _are_numbered(lines):
        groups = [[[line] for line in band] for band in bands]
    elif len(bands) > 1 and not any(_stacks_figures(band, edges) for band in bands):
        groups = [[list(band)] for band in bands]
    else:
        groups = [near_lines(band) for band in bands]
        numbered = _are_numbered([_together(group, edges) for band in groups for group in band])
        if not numbered and not all(_is_one_row(group, edges) for band in groups for group in band):
            return []
    return [
        rules[0].at,
        *(at for below, band in zip(rules[1:], groups, strict=True) for at in (*_between(band), below.at)),
    ]


def merged_row_edges(
    rules: Sequence[Rule], bands: Sequence[Sequence[PrintLine]], edges: Sequence[float], short: Sequence[Rule]
) -> list[float]:
    """Borders of the rows where some rules leave out the first columns, whose cells are merged there; none in doubt."""
    start = max(rule.start for rule in short)
    first = next((at for at, (left, right) in enumerate(pairwise(edges)) if (left + right) / 2 >= start), 0)
    own = edges[first:]
    clear = all(_is_filled(band, own) and not _stacks_figures(band, own) for band in bands)
    return [rule.at for rule in rules] if first and clear else []


def _is_filled(band: Sequence[PrintLine], edges: Sequence[float]) -> bool:
    texts = _together(band, edges)
    return any(map(is_figure, texts)) and sum(map(bool, texts)) * 2 > len(texts)


def _together(band: Sequence[PrintLine], edges: Sequence[float]) -> list[str]:
    return ["".join(column) for column in zip(*(places(line, edges) for line in band), strict=True)]


def _is_row(texts: Sequence[str]) -> bool:
    return bool(texts[0]) and any(map(_VALUE.fullmatch, texts[1:])) and sum(map(bool, texts)) * 2 > len(texts)


def are_rows(rows: Sequence[Sequence[str]]) -> bool:
    """Whether each of some lines is a row: a name with figures, in most cells or where most rows have figures."""
    full = [texts for texts in rows if _is_row(texts)]
    columns = {at for texts in full for at, text in enumerate(texts) if at and _VALUE.fullmatch(text)}
    return len(full) * 2 >= len(rows) and all(_is_row(texts) or _is_sparse(texts, columns) for texts in rows)


def _is_sparse(texts: Sequence[str], columns: Collection[int]) -> bool:
    filled = [(at, text) for at, text in enumerate(texts) if at and text]
    return bool(texts[0] and filled) and all(at in columns and _VALUE.fullmatch(text) for at, text in filled)


def _are_numbered(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first cells of rows number them in turn, each beside a text."""
    if not all(texts[0].isdecimal() and any(texts[1:]) for texts in rows):
        return False
    return all(int(below[0]) == int(above[0]) + 1 for above, below in pairwise(rows))


def _is_one_row(group: Sequence[PrintLine], edges: Sequence[float]) -> bool:
    return _is_row(_together(group, edges)) and not _stacks_figures(group, edges)


def _stacks_figures(band: Sequence[PrintLine], edges: Sequence[float]) -> bool:
    return any(sum(map(is_figure, column)) > 1 for column in zip(*(places(line, edges) for line in band), strict=True))


def near_lines(band: Sequence[PrintLine]) -> list[list[PrintLine]]:
    """Lines in groups, parted where the white between two is of the larger of two kinds."""
    gaps = [lower.top - upper.bottom for upper, lower in pairwise(band)]
    ordered = sorted(gaps)
    jump, limit = max(((high - low, high) for low, high in pairwise(ordered)), default=(0.0, 0.0))
    if jump < MIN_JUMP * max(line.size for line in band):
        return [list(band)]
    groups = [[band[0]]]
    for gap, line in zip(gaps, band[1:], strict=True):
        if gap >= limit:
            groups.append([])
        groups[-1].append(line)
    return groups


def _between(groups: Sequence[Sequence[PrintLine]]) -> list[float]:
    return [
        (max(line.bottom for line in above) + min(line.top for line in below)) / 2 for above, below in pairwise(groups)
    ]
