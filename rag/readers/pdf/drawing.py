"""What is drawn on a PDF page beside its text: where to look for tables and pictures, and what may hide the text."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from rag.readers.pdf.text import Box, Matrix, PageView

MAX_RULE_THICKNESS = 4.0
"""Points; a thinner shape is a rule, a thicker one a box with four sides."""
MIN_RULE_LENGTH = 6.0
"""Points; a shorter shape is a dot or a tick."""
SNAP = 4.0
"""Points; rules nearer than this are one, drawn twice or as both edges of a border."""
MAX_HEADER = 90.0
"""Points between two rules that a table's header stands between at most."""
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
MIN_COVER_SIDE = 3.0
"""Points; a lower or narrower shape hides no text."""
MAX_BAR_THICKNESS = 2.5
"""Points; a thicker bar is no stroke through text."""
MAX_BARS = 5000
OPAQUE = 230
"""Opacity from which on a shape hides what is beneath, of 255."""
_MAX_DEPTH = 4


class _Rule(NamedTuple):
    """A straight stroke or the side of a box: where it lies and from where to where it runs."""

    at: float
    start: float
    end: float


class Form(NamedTuple):
    """The form that objects stand in."""

    matrix: Matrix
    """From its coordinates to the page's."""
    opacity: int
    """0 (nothing of it is seen) to 255."""


class Cover(NamedTuple):
    """A filled shape or a picture, which hides what is beneath it."""

    order: int
    """Place among the objects of the page: what comes later is drawn above."""
    box: Box
    """Left, top, right, bottom as the page is seen."""
    colour: tuple[int, int, int] | None
    """None for a picture or a shading, whose colour is not known."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn on a page."""

    paths: int
    """About how many shapes there are: one path may draw several."""
    has_lattice: bool
    """Whether there is more than underlines, a frame around text and a rule under the running head."""
    has_picture: bool
    picture_area: float
    """Square points of the largest picture."""
    covers: tuple[Cover, ...] = ()
    bars: tuple[Box, ...] = ()
    """As the page is seen, shapes so thin that they may be strokes through text."""
    texts: Mapping[int, tuple[int, Form | None]] = field(default_factory=dict)
    """Address of each text object → its place among the objects of the page, and the form it stands in."""

    def covers_between(self, first: int, second: int, x: float, y: float) -> bool:
        """Whether something is drawn over a point after one text object and before another."""
        low, high = (self.texts[owner][0] if owner in self.texts else -1 for owner in (first, second))
        return any(
            low < cover.order < high and left <= x <= right and top <= y <= bottom
            for cover in self.covers
            for left, top, right, bottom in (cover.box,)
        )


def page_to_drawing(page: Any) -> Drawing:
    """What is drawn on a PDFium page."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    view = PageView(page)
    width, height = page.get_size()
    paths, largest, has_picture, intricate = 0, 0.0, False, False
    horizontals: list[_Rule] = []
    verticals: list[_Rule] = []
    covers: list[Cover] = []
    bars: list[Box] = []
    texts: dict[int, tuple[int, Form | None]] = {}
    bounds_of = _bounds_reader(pdfium)
    for order, (item, kind, form) in enumerate(placed_objects(page, pdfium)):
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            texts[ctypes.addressof(item.contents)] = (order, form)
            continue
        box = bounds_of(item, form)
        if box is None:
            continue
        across, up = box[2] - box[0], box[3] - box[1]
        if cover := _cover(order, item, kind, box, pdfium):
            covers.append(cover._replace(box=view.box(box)))
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            has_picture = has_picture or min(across, up) >= MIN_PICTURE_SIDE
            largest = max(largest, min(across, width) * min(up, height))
        if kind != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        segments = pdfium.FPDFPath_CountSegments(item)
        intricate = intricate or (segments > MAX_SPLIT_SEGMENTS and not (across > 0.95 * width and up > 0.95 * height))
        paths += max(1, segments // RECTANGLE_SEGMENTS)
        for left, bottom, right, top in _strokes(item, segments, box, form, pdfium):
            across, up = right - left, top - bottom
            if across > 0.95 * width and up > 0.95 * height:
                continue
            if min(across, up) <= MAX_BAR_THICKNESS and len(bars) < MAX_BARS:
                bars.append(view.box((left, bottom, right, top)))
            if len(horizontals) + len(verticals) <= MANY_RULES:
                horizontals += _sides(bottom, top, left, right)
                verticals += _sides(left, right, bottom, top)
    many = len(horizontals) + len(verticals) > MANY_RULES
    return Drawing(
        paths,
        has_lattice=paths <= MAX_PATHS and (many or intricate or _form_lattice(horizontals, verticals)),
        has_picture=has_picture,
        picture_area=round(largest, 1),
        covers=tuple(covers),
        bars=tuple(bars),
        texts=texts,
    )


def _sides(low: float, high: float, start: float, end: float) -> list[_Rule]:
    """The rules a shape gives in one direction: one where it is thin, two where it is a box."""
    if end - start < MIN_RULE_LENGTH:
        return []
    return [_Rule(at, start, end) for at in ((low,) if high - low <= MAX_RULE_THICKNESS else (low, high))]


def _form_lattice(horizontals: list[_Rule], verticals: list[_Rule]) -> bool:
    """Whether rules cross into more than one cell, or from margin to margin three lie below each other, or two near."""
    across = _places(rule.at for rule in horizontals if any(_touch(rule, other) for other in verticals))
    up = _places(rule.at for rule in verticals if any(_touch(rule, other) for other in horizontals))
    crossed = min(across, up) >= 2 and across + up >= 5
    return crossed or any(
        _places(equal) >= 3 or any(2 * SNAP < below - above <= MAX_HEADER for above, below in pairwise(sorted(equal)))
        for _, left, right in horizontals
        for equal in [[at for at, start, end in horizontals if abs(start - left) + abs(end - right) <= 2 * SNAP]]
    )


def _touch(first: _Rule, second: _Rule) -> bool:
    return first.start - SNAP <= second.at <= first.end + SNAP and second.start - SNAP <= first.at <= second.end + SNAP


def _places(found: Iterable[float]) -> int:
    """Number of distinct places where rules lie; those nearer than SNAP are one."""
    places = sorted(found)
    return len(places[:1]) + sum(second - first > SNAP for first, second in pairwise(places))


def page_objects(page: Any, pdfium: Any) -> Iterator[tuple[Any, int]]:
    """Every object of a page and its kind, in the order they are drawn, those inside forms where the form is drawn."""
    return ((item, kind) for item, kind, _ in placed_objects(page, pdfium))


def placed_objects(page: Any, pdfium: Any) -> Iterator[tuple[Any, int, Form | None]]:
    """As `page_objects`, each with the form it stands in."""
    walks: list[tuple[Iterator[Any], Form | None]] = [
        (_walk(page.raw, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject), None)
    ]
    seen = 0
    while walks and seen < MAX_OBJECTS:
        walk, form = walks[-1]
        item = next(walk, None)
        if item is None:
            walks.pop()
            continue
        seen += 1
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind != pdfium.FPDF_PAGEOBJ_FORM:
            yield item, kind, form
        elif len(walks) <= _MAX_DEPTH:
            inner = _walk(item, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject)
            walks.append((inner, _form_of(item, form, pdfium)))


def _form_of(item: Any, outer: Form | None, pdfium: Any) -> Form:
    red, green, blue, opacity = (ctypes.c_uint() for _ in range(4))
    known = pdfium.FPDFPageObj_GetFillColor(item, red, green, blue, opacity)
    own = opacity.value if known else 255
    matrix = matrix_of(item, pdfium)
    return Form(matrix, own) if outer is None else Form(combined(matrix, outer.matrix), own * outer.opacity // 255)


def _walk(owner: Any, count: Callable[[Any], int], get: Callable[[Any, int], Any]) -> Iterator[Any]:
    return (get(owner, index) for index in range(count(owner)))


def matrix_of(item: Any, pdfium: Any) -> Matrix:
    """What takes an object to its place in the form it stands in."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def combined(inner: Matrix, outer: Matrix) -> Matrix:
    """What two matrices do one after the other."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _bounds_reader(pdfium: Any) -> Callable[[Any, Form | None], Box | None]:
    """A function giving the box of an object on the page, None where it has none."""
    numbers = [ctypes.c_float() for _ in range(4)]
    addresses = [ctypes.byref(number) for number in numbers]

    def bounds_of(item: Any, form: Form | None) -> Box | None:
        if not pdfium.FPDFPageObj_GetBounds(item, *addresses):
            return None
        left, bottom, right, top = (number.value for number in numbers)
        if form is None:
            return left, bottom, right, top
        return _box_around([moved(form.matrix, x, y) for x in (left, right) for y in (bottom, top)])

    return bounds_of


def _cover(order: int, item: Any, kind: int, box: Box, pdfium: Any) -> Cover | None:
    """An object as what hides the objects beneath it; None where it leaves them to be seen."""
    if min(box[2] - box[0], box[3] - box[1]) < MIN_COVER_SIDE:
        return None
    if kind != pdfium.FPDF_PAGEOBJ_PATH:
        return Cover(order, box, None)
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item, ctypes.byref(mode), ctypes.byref(stroke))
    shares = [ctypes.c_uint() for _ in range(4)]
    if mode.value == pdfium.FPDF_FILLMODE_NONE or not pdfium.FPDFPageObj_GetFillColor(item, *map(ctypes.byref, shares)):
        return None
    red, green, blue, opacity = (share.value for share in shares)
    return Cover(order, box, (red, green, blue)) if opacity >= OPAQUE else None


def _strokes(path: Any, segments: int, whole: Box, form: Form | None, pdfium: Any) -> Iterator[Box]:
    """The box of each connected stroke of a path: one path may draw all borders of a table."""
    if not RECTANGLE_SEGMENTS < segments <= MAX_SPLIT_SEGMENTS:
        yield whole
        return
    own = matrix_of(path, pdfium)
    matrix, x, y = combined(own, form.matrix) if form else own, ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for index in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        if points and pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
            yield _box_around(points)
            points = []
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        points.append(moved(matrix, x.value, y.value))
    if points:
        yield _box_around(points)


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """Where a matrix takes a point."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _box_around(points: Iterable[tuple[float, float]]) -> Box:
    across, up = zip(*points, strict=True)
    return min(across), min(up), max(across), max(up)
