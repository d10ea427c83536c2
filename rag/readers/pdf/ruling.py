"""The straight rules drawn on a page and the lattices they form.

Producers draw one rule as a line, a thin filled rectangle, a polygon with mitred ends, the side of a box, a row of
dashes or two parallel strokes; all of these become a `Rule`. All lengths are in points.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import and_
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pdfplumber.page import Page as PlumberPage

MAX_RULE_THICKNESS = 4.0
"""A filled shape thinner than this is a rule, not an area."""
SNAP = 3.5
"""Parallel rules nearer than this are one (double borders, borders drawn cell by cell)."""
JOIN_GAP = 5.0
"""Longest gap inside a dashed rule, and between rules that are meant to touch."""
MIN_RULE_LENGTH = 6.0
"""Shorter strokes are dots, ticks and glyph parts."""
DOUBLE_GAP = 5.5
"""Borders nearer than this have no text between them: one border, drawn double."""
ASKEW = 8.0
"""Borders nearer than this that never part the same row or column are one, drawn askew."""
MIN_OVERHANG = 12.0
"""Rules that reach this far beyond the last crossing rule leave a column or row open at its outer side."""
MIN_COVERED = 0.6
"""Share of a side that has to be ruled for it to be a border."""
BAND = 40.0
"""Points; rules are looked up by the height at which they lie."""
MAX_RULES = 1500
"""More strokes than this are a drawing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal or vertical stroke: where it lies (y or x) and from where to where it runs."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of lattice places without a rule inside."""

    row: int
    column: int
    row_span: int
    column_span: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """Connected rules as rows and columns."""

    column_edges: tuple[float, ...]
    row_edges: tuple[float, ...]
    regions: tuple[Region, ...]
    ragged: float
    """Share of the area whose rules close no rectangle: high in flow charts, 0 in a table."""
    open_top: bool
    """No rule closes the first row above."""
    open_bottom: bool
    """No rule closes the last row below."""


def region_box(lattice: Lattice, region: Region) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a region."""
    return (
        lattice.column_edges[region.column],
        lattice.row_edges[region.row],
        lattice.column_edges[region.column + region.column_span],
        lattice.row_edges[region.row + region.row_span],
    )


def page_rules(page: PlumberPage) -> tuple[list[Rule], list[Rule]]:
    """The horizontal and the vertical rules of a page, each list by position."""
    horizontals: list[Rule] = []
    verticals: list[Rule] = []
    for left, top, right, bottom in _strokes(page):
        if bottom - top <= MAX_RULE_THICKNESS:
            horizontals.append(Rule((top + bottom) / 2, left, right))
        if right - left <= MAX_RULE_THICKNESS:
            verticals.append(Rule((left + right) / 2, top, bottom))
    return joined_rules(horizontals), joined_rules(verticals)


def _strokes(page: PlumberPage) -> Iterable[tuple[float, float, float, float]]:
    for shape in (*page.lines, *page.rects, *page.curves):
        left, top, right, bottom = shape["x0"], shape["top"], shape["x1"], shape["bottom"]
        if min(right - left, bottom - top) <= MAX_RULE_THICKNESS:
            yield left, top, right, bottom
        elif shape["object_type"] == "rect":
            if shape["stroke"]:
                yield from ((left, top, right, top), (left, bottom, right, bottom))
                yield from ((left, top, left, bottom), (right, top, right, bottom))
        elif shape["stroke"]:
            yield from _polyline_strokes(shape)


def _polyline_strokes(shape: dict[str, Any]) -> Iterable[tuple[float, float, float, float]]:
    for (x0, y0), (x1, y1) in pairwise(shape["pts"]):
        if abs(x1 - x0) <= 1 or abs(y1 - y0) <= 1:
            yield min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def joined_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Parallel rules by position: those drawn double, in parts or as dashes are one, the shortest none."""
    joined: list[Rule] = []
    for cluster in clustered(sorted(rules, key=lambda rule: rule.at), SNAP):
        length = sum(rule.end - rule.start for rule in cluster) or 1.0
        at = sum(rule.at * (rule.end - rule.start) for rule in cluster) / length
        spans: list[list[float]] = []
        for rule in sorted(cluster, key=lambda rule: rule.start):
            if spans and rule.start - spans[-1][1] <= JOIN_GAP:
                spans[-1][1] = max(spans[-1][1], rule.end)
            else:
                spans.append([rule.start, rule.end])
        joined += [Rule(at, start, end) for start, end in spans if end - start >= MIN_RULE_LENGTH]
    return joined


def clustered(rules: Sequence[Rule], reach: float) -> list[list[Rule]]:
    """Rules sorted by position, in groups no wider than `reach`."""
    groups: list[list[Rule]] = []
    for rule in rules:
        if groups and rule.at - groups[-1][0].at <= reach:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    return groups


def rules_to_lattices(horizontals: Sequence[Rule], verticals: Sequence[Rule]) -> list[Lattice]:
    """Every group of rules that cross or touch and enclose at least two columns, from top to bottom."""
    if len(horizontals) + len(verticals) > MAX_RULES:
        return []
    lattices = [_lattice(*group) for group in _connected(horizontals, verticals)]
    return sorted((lattice for lattice in lattices if lattice), key=lambda lattice: lattice.row_edges)


def _connected(horizontals: Sequence[Rule], verticals: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    unions = _Unions(len(horizontals) + len(verticals))
    bands: dict[int, list[tuple[float, int]]] = {}
    for j, down in sorted(enumerate(verticals), key=lambda one: one[1].at):
        for band in range(int((down.start - SNAP) // BAND), int((down.end + SNAP) // BAND) + 1):
            bands.setdefault(band, []).append((down.at, j))
    for i, across in enumerate(horizontals):
        beside = bands.get(int(across.at // BAND), [])
        first = bisect_left(beside, (across.start - SNAP, -1))
        for _, j in beside[first : bisect_right(beside, (across.end + SNAP, len(verticals)))]:
            if verticals[j].start - SNAP <= across.at <= verticals[j].end + SNAP:
                unions.join(i, len(horizontals) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, across in enumerate(horizontals):
        groups.setdefault(unions.root(i), ([], []))[0].append(across)
    for j, down in enumerate(verticals):
        groups.setdefault(unions.root(len(horizontals) + j), ([], []))[1].append(down)
    return [group for group in groups.values() if group[0] and group[1]]


class _Unions:
    """Disjoint sets of the numbers below `count`."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, item: int) -> int:
        while self._parent[item] != item:
            self._parent[item] = item = self._parent[self._parent[item]]
        return item

    def join(self, one: int, other: int) -> None:
        self._parent[self.root(one)] = self.root(other)


def _lattice(horizontals: list[Rule], verticals: list[Rule]) -> Lattice | None:
    columns = _edges(verticals, horizontals)
    rows = _edges(horizontals, verticals)
    if len(columns) < 3 or len(rows) < 2:
        return None
    columns = _without_askew(columns, rows, verticals)
    rows = _without_askew(rows, columns, horizontals)
    if len(columns) < 3 or len(rows) < 2:
        return None
    regions, ragged = _regions(columns, rows, horizontals, verticals)
    open_top, open_bottom = (
        not _ruled(_near(horizontals, at, SNAP), (columns[0], columns[-1]))[0] for at in (rows[0], rows[-1])
    )
    return Lattice(tuple(columns), tuple(rows), regions, ragged, open_top, open_bottom)


def _edges(parting: list[Rule], crossing: list[Rule]) -> list[float]:
    """Positions of the parting rules, and of an outer side left open where two crossing rules reach beyond them."""
    edges = sorted({rule.at for rule in parting})
    starts, ends = sorted(rule.start for rule in crossing), sorted((rule.end for rule in crossing), reverse=True)
    agreed = min(1, len(crossing) - 1)
    if starts[agreed] < edges[0] - MIN_OVERHANG:
        edges.insert(0, starts[agreed])
    if ends[agreed] > edges[-1] + MIN_OVERHANG:
        edges.append(ends[agreed])
    return edges


def _without_askew(edges: list[float], tracks: list[float], rules: list[Rule]) -> list[float]:
    """Edges without those that only repeat a near one in other tracks: a border drawn askew."""
    kept = [edges[0]]
    for edge in edges[1:]:
        askew = edge - kept[-1] < ASKEW and not _both_ruled(rules, kept[-1], edge, tracks)
        if edge - kept[-1] < DOUBLE_GAP or askew:
            if edge == edges[-1] and len(kept) > 1:
                kept[-1] = edge
            continue
        kept.append(edge)
    return kept


def _both_ruled(rules: Sequence[Rule], one: float, other: float, tracks: Sequence[float]) -> bool:
    """Whether two edges are both ruled over some track."""
    return any(map(and_, _ruled(_near(rules, one, SNAP), tracks), _ruled(_near(rules, other, SNAP), tracks)))


def _near(rules: Iterable[Rule], at: float, reach: float) -> list[Rule]:
    return [rule for rule in rules if abs(rule.at - at) <= reach]


def _ruled(rules: Iterable[Rule], tracks: Sequence[float]) -> list[bool]:
    """Whether rules that lie on one edge cover most of the way over each track."""
    covered = [0.0] * (len(tracks) - 1)
    for rule in rules:
        last = bisect_left(tracks, rule.end)
        for track in range(max(0, bisect_right(tracks, rule.start) - 1), min(last, len(covered))):
            covered[track] += max(0.0, min(rule.end, tracks[track + 1]) - max(rule.start, tracks[track]))
    return [part >= MIN_COVERED * (end - start) for part, (start, end) in zip(covered, pairwise(tracks), strict=True)]


def _regions(
    columns: list[float], rows: list[float], horizontals: list[Rule], verticals: list[Rule]
) -> tuple[tuple[Region, ...], float]:
    width, height = len(columns) - 1, len(rows) - 1
    unions = _Unions(width * height)
    upright, level = _parted(verticals, columns, rows), _parted(horizontals, rows, columns)
    for row in range(height):
        for column in range(width):
            place = row * width + column
            if column + 1 < width and not upright[column][row]:
                unions.join(place, place + 1)
            if row + 1 < height and not level[row][column]:
                unions.join(place, place + width)
    members: dict[int, list[tuple[int, int]]] = {}
    for place in range(width * height):
        members.setdefault(unions.root(place), []).append(divmod(place, width))
    regions, ragged = [], 0.0
    for places in members.values():
        parts = _rectangles(places)
        regions += parts
        ragged += sum(_area(place, columns, rows) for place in places) if len(parts) > 1 else 0.0
    whole = (columns[-1] - columns[0]) * (rows[-1] - rows[0])
    return tuple(sorted(regions, key=lambda region: (region.row, region.column))), ragged / whole


def _parted(rules: Sequence[Rule], edges: Sequence[float], tracks: Sequence[float]) -> list[list[bool]]:
    """Whether each inner edge is ruled over each track; a rule drawn askew counts for the edge it was merged into."""
    placed = sorted(rules, key=lambda rule: rule.at)
    places = [rule.at for rule in placed]
    parted = []
    for before, edge, after in zip(edges, edges[1:], edges[2:], strict=False):
        reach = min(ASKEW, (edge - before) / 2, (after - edge) / 2)
        near = placed[bisect_right(places, edge - reach) : bisect_left(places, edge + reach)]
        parted.append(_ruled(near, tracks))
    return parted


def _area(place: tuple[int, int], columns: list[float], rows: list[float]) -> float:
    row, column = place
    return (columns[column + 1] - columns[column]) * (rows[row + 1] - rows[row])


def _rectangles(places: list[tuple[int, int]]) -> list[Region]:
    """Joined places as one rectangle; where they form none, as the rectangles of their rows."""
    top, bottom = places[0][0], places[-1][0]
    left, right = min(column for _, column in places), max(column for _, column in places)
    if len(places) == (bottom - top + 1) * (right - left + 1):
        return [Region(top, left, bottom - top + 1, right - left + 1)]
    runs: list[Region] = []
    for row, column in places:
        if runs and runs[-1].row == row and runs[-1].column + runs[-1].column_span == column:
            runs[-1] = Region(row, runs[-1].column, 1, runs[-1].column_span + 1)
        else:
            runs.append(Region(row, column, 1, 1))
    return runs
