"""The ruling lines of a straight picture: long level or upright strokes of ink, faint and broken ones too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from rag.readers.ocr.picture import Flags, Picture, Pixels
from rag.readers.ocr.snippets import Area
from rag.readers.ruling import JOIN_GAP, MAX_RULE_THICKNESS, SNAP, Rule, joined_rules

RULE_CONTRAST = 10
"""Shades of grey by which a rule is darker than the paper: hairlines come out pale."""
MAX_BREAK_POINTS = 2.0
"""Longest break that is bridged inside a stroke."""
MIN_ACROSS_POINTS, MIN_UP_POINTS = 24.0, 17.0
"""Shortest rules: longer than a dash and than an upright stroke of large type."""
LONG_POINTS = 60.0
"""Rules from this length on may end in the open."""
MAX_SLOPE = 0.01
"""Height by length of a stroke that is left askew, its thickness aside."""
MIN_INKED = 0.8
"""Share of its length on which a rule has ink."""
TEXT_MARGIN = 0.14
"""Share of the height of a text found that is paper above it, and below it."""
MIN_FREE = 0.7
"""Share of its length on which nothing stands close to it."""


class _Strokes(NamedTuple):
    """Long strokes of one direction: as (height, start, end) in pixels, and the number of each pixel's stroke from 1."""

    places: list[Rule]
    labels: Any


def picture_rules(contrast: Pixels, picture: Picture, texts: Sequence[Area]) -> tuple[list[Rule], list[Rule], Flags]:
    """The horizontal and vertical rules in points of the page, and which pixels they cover.

    `contrast` says how much each place of the picture stands out from its paper.
    Strokes that begin and end inside texts found are parts of their characters; short ones that end in the open are
    parts of watermarks, seals and drawings.
    """
    faint = np.asarray(contrast > RULE_CONTRAST, np.bool_)
    across = _strokes(faint, picture.scale, MIN_ACROSS_POINTS, texts)
    flipped = [Area(top, left, bottom, right) for left, top, right, bottom in texts]
    up = _strokes(faint.T, picture.scale, MIN_UP_POINTS, flipped)
    horizontals = joined_rules(_on_page(rule, picture.top, picture.left, picture.scale) for rule in across.places)
    verticals = joined_rules(_on_page(rule, picture.left, picture.top, picture.scale) for rule in up.places)
    horizontals, verticals = _meeting(horizontals, verticals), _meeting(verticals, horizontals)
    covered = _pixels(across, horizontals, picture.top, picture.left, picture.scale)
    return horizontals, verticals, covered | _pixels(up, verticals, picture.left, picture.top, picture.scale).T


def _on_page(rule: Rule, at: float, along: float, scale: float) -> Rule:
    return Rule(rule.at / scale + at, rule.start / scale + along, rule.end / scale + along)


def _meeting(rules: Sequence[Rule], others: Sequence[Rule]) -> list[Rule]:
    """Rules that are long, or end at rules of the other direction on both sides."""

    def meets(tip: float, at: float) -> bool:
        return any(
            abs(other.at - tip) <= JOIN_GAP and other.start - JOIN_GAP <= at <= other.end + JOIN_GAP for other in others
        )

    return [
        rule
        for rule in rules
        if rule.end - rule.start >= LONG_POINTS or (meets(rule.start, rule.at) and meets(rule.end, rule.at))
    ]


def _pixels(strokes: _Strokes, rules: Sequence[Rule], at: float, along: float, scale: float) -> Flags:
    """The pixels of the strokes that became rules."""
    kept = np.zeros(strokes.labels.max() + 1, np.bool_)
    for number, place in enumerate(strokes.places, start=1):
        seen = _on_page(place, at, along, scale)
        kept[number] = any(
            abs(rule.at - seen.at) <= SNAP and rule.start - 1 <= seen.start and seen.end <= rule.end + 1
            for rule in rules
        )
    return np.asarray(kept[strokes.labels], np.bool_)


def _strokes(ink: Flags, scale: float, min_points: float, texts: Sequence[Area]) -> _Strokes:
    """Level strokes."""
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
    places, numbers = [], np.zeros(count, np.int32)
    for label in range(1, count):
        left, top, width, height, _ = (int(number) for number in stats[label])
        at, band = float(middles[label][1]), slice(max(0, top - thickest), top + height + thickest)
        if height > thickest + MAX_SLOPE * width or _in_text(at, left, left + width, texts):
            continue
        inked = (drawn[top : top + height, left : left + width] > 0) & (
            labels[top : top + height, left : left + width] == label
        )
        if _is_rule(drawn[band, left : left + width] > 0, inked, height + thickest):
            places.append(Rule(at, float(left), float(left + width)))
            numbers[label] = len(places)
    return _Strokes(places, numbers[labels])


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
