"""The ruling lines of a straight picture: long level or upright strokes of ink, faint and broken ones too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.readers.ocr.picture import Flags, Picture, ink_of
from rag.readers.ocr.snippets import Area
from rag.readers.ruling import MAX_RULE_THICKNESS, Rule

RULE_CONTRAST = 10
"""Shades of grey by which a rule is darker than the paper: hairlines come out pale."""
MAX_BREAK_POINTS = 2.0
"""Longest break that is bridged inside a stroke."""
MIN_ACROSS_POINTS, MIN_UP_POINTS = 24.0, 17.0
"""Shortest rules: longer than a dash and than an upright stroke of large type."""
MAX_SLOPE = 0.01
"""Height by length of a stroke that is left askew, its thickness aside."""
MIN_INKED = 0.8
"""Share of its length on which a rule has ink."""
TEXT_MARGIN = 0.14
"""Share of the height of a text found that is paper above it, and below it."""
MIN_FREE = 0.7
"""Share of its length on which nothing stands close to it."""


def picture_rules(picture: Picture, texts: Sequence[Area]) -> tuple[list[Rule], list[Rule], Flags]:
    """The horizontal and vertical rules in points of the page, and which pixels they cover.

    Strokes inside a text found there are parts of its characters, or underline it.
    """
    faint = ink_of(picture.grey, picture.scale, RULE_CONTRAST)
    across, across_pixels = _strokes(faint, picture.scale, MIN_ACROSS_POINTS, texts)
    flipped = [Area(top, left, bottom, right) for left, top, right, bottom in texts]
    up, up_pixels = _strokes(faint.T, picture.scale, MIN_UP_POINTS, flipped)
    scale, left, top = picture.scale, picture.left, picture.top
    horizontals = [Rule(at / scale + top, start / scale + left, end / scale + left) for at, start, end in across]
    verticals = [Rule(at / scale + left, start / scale + top, end / scale + top) for at, start, end in up]
    return horizontals, verticals, across_pixels | up_pixels.T


def _strokes(
    ink: Flags, scale: float, min_points: float, texts: Sequence[Area]
) -> tuple[list[tuple[float, float, float]], Flags]:
    """Level strokes as (height, start, end) in pixels, and their pixels."""
    import cv2

    length, gap, thickest = (
        max(3, round(points * scale)) for points in (min_points, MAX_BREAK_POINTS, MAX_RULE_THICKNESS)
    )
    drawn = np.asarray(ink, np.uint8)
    areas = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((thickest + 1, thickest + 1), np.uint8))
    drawn = np.asarray(cv2.subtract(drawn, cv2.dilate(areas, np.ones((3, 3), np.uint8))), np.uint8)
    # a stroke that leaves its row of pixels for the next one is whole in two rows taken together
    doubled = cv2.dilate(drawn, np.ones((2, 1), np.uint8))
    bridged = cv2.morphologyEx(doubled, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    long = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    count, labels, stats, middles = cv2.connectedComponentsWithStats(long)
    strokes, kept = [], np.zeros(count, np.bool_)
    for label in range(1, count):
        left, top, width, height, _ = (int(number) for number in stats[label])
        at, band = float(middles[label][1]), slice(max(0, top - thickest), top + height + thickest)
        if height > thickest + MAX_SLOPE * width or _in_text(at, left, left + width, texts):
            continue
        inked = (drawn[top : top + height, left : left + width] > 0) & (
            labels[top : top + height, left : left + width] == label
        )
        if _is_rule(drawn[band, left : left + width] > 0, inked, height + thickest):
            kept[label] = True
            strokes.append((at, float(left), float(left + width)))
    return strokes, kept[labels]


def _in_text(at: float, start: float, end: float, texts: Sequence[Area]) -> bool:
    """Whether a stroke begins and ends inside texts, the paper around them aside."""
    cores = [text for text in texts if text.top + _paper(text) < at < text.bottom - _paper(text)]
    return all(any(core.left <= tip <= core.right for core in cores) for tip in (start, end))


def _paper(text: Area) -> float:
    return TEXT_MARGIN * min(text.right - text.left, text.bottom - text.top)


def _is_rule(band: Flags, stroke: Flags, thickest: int) -> bool:
    """Whether a stroke is inked nearly all along, with paper above and below it: rows of characters are neither."""
    inked = stroke.any(axis=0)
    free = band.sum(axis=0) <= thickest
    return bool(inked.mean() >= MIN_INKED and (inked & free).mean() >= MIN_FREE)
