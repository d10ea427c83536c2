"""What is drawn on a PDF page beside its text, as far as it tells where to look for tables and pictures."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

MAX_RULE_THICKNESS = 4.0
"""Points; a thinner shape is a rule, a thicker one a box with four sides."""
MIN_RULE_LENGTH = 6.0
"""Points; a shorter shape is a dot or a tick."""
SNAP = 4.0
"""Points; rules nearer than this are one, drawn twice or as both edges of a border."""
RECTANGLE_SEGMENTS = 5
MAX_SPLIT_SEGMENTS = 1000
"""A shape of more segments is not taken apart; it may be a whole table or a drawing."""
MANY_RULES = 200
"""From so many rules on a page is not asked how they lie."""
MAX_PATHS = 20_000
"""A page with more shapes is a map or a drawing; parsing it for tables could take minutes."""
MIN_PICTURE_SIDE = 40.0
"""Points; a smaller picture is an ornament."""
MAX_OBJECTS = 300_000
_MAX_DEPTH = 4


class _Rule(NamedTuple):
    """A straight stroke or the side of a box: where it lies and from where to where it runs."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn on a page."""

    paths: int
    has_lattice: bool
    """Whether there is more than underlines, a frame around text and a rule under the running head."""
    has_rules: bool
    """Whether any horizontal rule is drawn."""
    has_picture: bool
    picture_area: float
    """Square points of the largest picture."""


def page_to_drawing(page: Any) -> Drawing:
    """What is drawn on a PDFium page."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    width, height = page.get_size()
    paths, largest, has_picture, intricate = 0, 0.0, False, False
    horizontals: list[_Rule] = []
    verticals: list[_Rule] = []
    for kind, segments, (left, bottom, right, top) in _shapes(page, pdfium):
        across, up = right - left, top - bottom
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            has_picture = has_picture or min(across, up) >= MIN_PICTURE_SIDE
            largest = max(largest, min(across, width) * min(up, height))
            continue
        paths += 1
        if across > 0.95 * width and up > 0.95 * height:
            continue
        intricate = intricate or segments > MAX_SPLIT_SEGMENTS
        if len(horizontals) + len(verticals) <= MANY_RULES:
            horizontals += _sides(bottom, top, left, right)
            verticals += _sides(left, right, bottom, top)
    many = len(horizontals) + len(verticals) > MANY_RULES
    return Drawing(
        paths,
        has_lattice=paths <= MAX_PATHS and (many or intricate or _form_lattice(horizontals, verticals)),
        has_rules=paths <= MAX_PATHS and bool(horizontals or intricate),
        has_picture=has_picture,
        picture_area=round(largest, 1),
    )


def _sides(low: float, high: float, start: float, end: float) -> list[_Rule]:
    """The rules a shape gives in one direction: one where it is thin, two where it is a box."""
    if end - start < MIN_RULE_LENGTH:
        return []
    return [_Rule(at, start, end) for at in ((low,) if high - low <= MAX_RULE_THICKNESS else (low, high))]


def _form_lattice(horizontals: list[_Rule], verticals: list[_Rule]) -> bool:
    """Whether rules cross into more than one cell, or three lie one below the other from margin to margin."""
    across = _places(rule for rule in horizontals if any(_touch(rule, other) for other in verticals))
    up = _places(rule for rule in verticals if any(_touch(rule, other) for other in horizontals))
    if across >= 2 and up >= 2 and across + up >= 5:
        return True
    return any(
        _places(other for other in horizontals if abs(other.start - rule.start) + abs(other.end - rule.end) <= 2 * SNAP)
        >= 3
        for rule in horizontals
    )


def _touch(first: _Rule, second: _Rule) -> bool:
    return first.start - SNAP <= second.at <= first.end + SNAP and second.start - SNAP <= first.at <= second.end + SNAP


def _places(rules: Iterable[_Rule]) -> int:
    """Number of distinct places where rules lie; those nearer than SNAP are one."""
    places = sorted(rule.at for rule in rules)
    return len(places[:1]) + sum(second - first > SNAP for first, second in pairwise(places))


def page_objects(page: Any, pdfium: Any) -> Iterator[tuple[Any, int]]:
    """Every object of a page and its kind, in the order they are drawn, those inside forms where the form is drawn."""
    walks = [_walk(page.raw, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject)]
    seen = 0
    while walks and seen < MAX_OBJECTS:
        item = next(walks[-1], None)
        if item is None:
            walks.pop()
            continue
        seen += 1
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind != pdfium.FPDF_PAGEOBJ_FORM:
            yield item, kind
        elif len(walks) <= _MAX_DEPTH:
            walks.append(_walk(item, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject))


def _walk(owner: Any, count: Callable[[Any], int], get: Callable[[Any, int], Any]) -> Iterator[Any]:
    return (get(owner, index) for index in range(count(owner)))


def _shapes(page: Any, pdfium: Any) -> Iterator[tuple[int, int, tuple[float, float, float, float]]]:
    """Kind, number of segments and box of each path and picture, those inside forms too."""
    numbers = [ctypes.c_float() for _ in range(4)]
    addresses = [ctypes.byref(number) for number in numbers]
    for item, kind in page_objects(page, pdfium):
        if kind in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE) and pdfium.FPDFPageObj_GetBounds(
            item, *addresses
        ):
            left, bottom, right, top = (number.value for number in numbers)
            segments = pdfium.FPDFPath_CountSegments(item) if kind == pdfium.FPDF_PAGEOBJ_PATH else 0
            if RECTANGLE_SEGMENTS < segments <= MAX_SPLIT_SEGMENTS:
                yield from ((kind, segments, box) for box in _strokes(item, segments, pdfium))
            else:
                yield kind, segments, (left, bottom, right, top)


def _strokes(path: Any, segments: int, pdfium: Any) -> Iterator[tuple[float, float, float, float]]:
    """The box of each connected stroke of a path: one path may draw all borders of a table."""
    matrix, x, y = pdfium.FS_MATRIX(), ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPageObj_GetMatrix(path, matrix)
    points: list[tuple[float, float]] = []
    for index in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        if points and pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
            yield _box_around(points)
            points = []
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(
            (matrix.a * x.value + matrix.c * y.value + matrix.e, matrix.b * x.value + matrix.d * y.value + matrix.f)
        )
    if points:
        yield _box_around(points)


def _box_around(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    across, up = zip(*points, strict=True)
    return min(across), min(up), max(across), max(up)
