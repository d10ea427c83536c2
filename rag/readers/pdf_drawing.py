"""What is drawn on a PDF page beside its text, as far as it tells where to look for tables and pictures."""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_RULE_THICKNESS = 4.0
"""Points; a thinner shape is a rule, a thicker one a box with four sides."""
MIN_RULE_LENGTH = 6.0
"""Points; a shorter shape is a dot or a tick."""
MAX_PATHS = 20_000
"""A page with more shapes is a map or a drawing; parsing it for tables could take minutes."""
MIN_PICTURE_SIDE = 40.0
"""Points; a smaller picture is an ornament."""
MAX_OBJECTS = 300_000
_MAX_DEPTH = 4


@dataclass(frozen=True, slots=True)
class Drawing:
    """Counts over the drawn objects of a page."""

    paths: int
    horizontals: int
    """Heights at which something horizontal is drawn."""
    verticals: int
    """Positions across at which something upright is drawn."""
    equal_horizontals: int
    """Most heights at which rules from one left end to one right end are drawn."""
    has_picture: bool
    picture_area: float
    """Square points of the largest picture."""

    @property
    def has_lattice(self) -> bool:
        """Whether there is more drawn than an underline, a frame, or a rule under the running head."""
        crossed = self.horizontals >= 2 and self.verticals >= 2 and self.horizontals + self.verticals >= 5
        return self.paths <= MAX_PATHS and (crossed or self.equal_horizontals >= 3)

    @property
    def has_rules(self) -> bool:
        """Whether any horizontal rule is drawn at all."""
        return 0 < self.paths <= MAX_PATHS and self.horizontals > 0


def page_to_drawing(page: Any) -> Drawing:
    """What is drawn on a PDFium page."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    width, height = page.get_size()
    paths, largest, has_picture = 0, 0.0, False
    horizontals: set[int] = set()
    verticals: set[int] = set()
    spans: Counter[tuple[int, int]] = Counter()
    for kind, (left, bottom, right, top) in _shapes(page, pdfium):
        across, up = right - left, top - bottom
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            has_picture = has_picture or min(across, up) >= MIN_PICTURE_SIDE
            largest = max(largest, min(across, width) * min(up, height))
            continue
        paths += 1
        if across > 0.95 * width and up > 0.95 * height:
            continue
        if across >= MIN_RULE_LENGTH and round(top) not in horizontals:
            spans[round(left / 2), round(right / 2)] += 1
        if across >= MIN_RULE_LENGTH:
            horizontals.update((round(top),) if up <= MAX_RULE_THICKNESS else (round(top), round(bottom)))
        if up >= MIN_RULE_LENGTH:
            verticals.update((round(left),) if across <= MAX_RULE_THICKNESS else (round(left), round(right)))
    return Drawing(
        paths, len(horizontals), len(verticals), max(spans.values(), default=0), has_picture, round(largest, 1)
    )


def _shapes(page: Any, pdfium: Any) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    """Kind and box of each path and picture, those inside forms too."""
    numbers = [ctypes.c_float() for _ in range(4)]
    addresses = [ctypes.byref(number) for number in numbers]
    waiting = [(page.raw, pdfium.FPDFPage_CountObjects, pdfium.FPDFPage_GetObject, 0)]
    seen = 0
    while waiting:
        owner, count, get, depth = waiting.pop()
        for index in range(count(owner)):
            seen += 1
            if seen > MAX_OBJECTS:
                return
            item = get(owner, index)
            kind = pdfium.FPDFPageObj_GetType(item)
            if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_DEPTH:
                waiting.append((item, pdfium.FPDFFormObj_CountObjects, pdfium.FPDFFormObj_GetObject, depth + 1))
            elif kind in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE) and pdfium.FPDFPageObj_GetBounds(
                item, *addresses
            ):
                left, bottom, right, top = (number.value for number in numbers)
                yield kind, (left, bottom, right, top)
