"""The ruling lines of a straight picture: long level or upright strokes of ink, faint and broken ones too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from rag.readers.ocr.picture import Flags, Picture, Pixels
from rag.readers.ocr.snippets import Area
from rag.readers.pdf.ruling import ASKEW, MAX_RULE_THICKNESS, SNAP, Rule, joined_rules

RULE_CONTRAST = 10
"""Shades of grey by which a rule is darker than the paper: hairlines come out pale."""
MAX_BREAK_POINTS = 2.0
"""Longest break that is bridged inside a stroke."""
MIN_ACROSS_POINTS, MIN_UP_POINTS = 24.0, 17.0
"""Shortest rules: longer than a dash and than an upright stroke of large type."""
LONG_POINTS = 60.0
"""Rules from this length on may end in the open."""
DARKER = 60
"""Shades by which a shaded area is darker than most of the paper for its sides to be rules."""
MIN_AREA_POINTS, MIN_FILLED = 9.0, 0.85
"""Height of the lowest such area, and the share of its box that it fills."""
PALE = 0.35
"""Contrast, as a share of that of the rules it ends at, or of the texts it runs through, below which a stroke is none
of their table."""
MAX_SLOPE = 0.01
"""Height by length of a stroke that is left askew, its thickness aside."""
MIN_INKED = 0.8
"""Share of its length on which a rule has ink."""
TEXT_MARGIN = 0.14
"""Share of the height of a text found that is paper above it, and below it."""
MAX_IN_TEXT = (0.6, 0.85)
"""Share of its length that at most lies in texts found: of a level rule, and of an upright one, at whose both sides
texts may have been found to be one."""
MIN_IN_TEXT = 0.2
"""From this share on a rule has to be about as dark outside of the texts as inside."""
MIN_FREE = 0.7
"""Share of its length on which nothing stands close to it."""


class _Strokes(NamedTuple):
    """Long strokes of one direction."""

    places: list[Rule]
    """On the page, in points."""
    contrasts: list[float]
    """By how many shades each stands out."""
    labels: Any
    """The number of each pixel's stroke, from 1."""

    def within(self, rule: Rule) -> list[int]:
        """The strokes that became a rule."""
        return [
            index
            for index, place in enumerate(self.places)
            if abs(rule.at - place.at) <= SNAP and rule.start - 1 <= place.start and place.end <= rule.end + 1
        ]

    def contrast(self, rule: Rule) -> float:
        """By how many shades a rule stands out."""
        return max((self.contrasts[index] for index in self.within(rule)), default=0.0)

    def pixels(self, rules: Sequence[Rule]) -> Flags:
        """What the strokes that became rules cover."""
        kept = np.zeros(len(self.places) + 1, np.bool_)
        kept[[index + 1 for rule in rules for index in self.within(rule)]] = True
        return np.asarray(kept[self.labels], np.bool_)


def picture_rules(
    picture: Picture, paper: Pixels, contrast: Pixels, texts: Sequence[Area]
) -> tuple[list[Rule], list[Rule], Flags]:
    """The horizontal and vertical rules in points of the page, and which pixels they cover.

    `paper` is the shade of the paper at each place, `contrast` by how much the place stands out from it; the sides of
    areas on dark paper are rules too.
    Strokes inside texts found are parts of their characters; short ones that end in the open, or
    are much paler than the rules they end at, are parts of watermarks, seals and drawings.
    """
    left, top, scale = picture.left, picture.top, picture.scale
    cores = _cores(contrast.shape, texts)
    across = _strokes(contrast, scale, MIN_ACROSS_POINTS, cores, MAX_IN_TEXT[0], (top, left))
    up = _strokes(contrast.T, scale, MIN_UP_POINTS, cores.T, MAX_IN_TEXT[1], (left, top))
    sides_across, sides_up = _sides(paper, picture)
    horizontals, verticals = joined_rules([*across.places, *sides_across]), joined_rules([*up.places, *sides_up])
    level = [rule for rule in horizontals if _is_long(rule) or _is_framed(rule, across, verticals, up)]
    upright = [rule for rule in verticals if _is_long(rule) or _is_framed(rule, up, horizontals, across)]
    return level, upright, across.pixels(level) | up.pixels(upright).T


def _sides(paper: Pixels, picture: Picture) -> tuple[list[Rule], list[Rule]]:
    """The level and the upright sides of rectangles on dark paper."""
    import cv2

    scale, across, up = picture.scale, list[Rule](), list[Rule]()
    dark = (paper < int(np.median(paper)) - DARKER).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark)
    for left, top, width, height, area in stats[1:].tolist():
        if width < MIN_ACROSS_POINTS * scale or height < MIN_AREA_POINTS * scale or area < MIN_FILLED * width * height:
            continue
        start, end = left / scale + picture.left, (left + width) / scale + picture.left
        high, low = top / scale + picture.top, (top + height) / scale + picture.top
        across += [Rule(high, start, end), Rule(low, start, end)]
        up += [Rule(start, high, low), Rule(end, high, low)]
    return across, up


def _is_long(rule: Rule) -> bool:
    return rule.end - rule.start >= LONG_POINTS


def _is_framed(rule: Rule, own: _Strokes, others: Sequence[Rule], theirs: _Strokes) -> bool:
    """Whether a short rule ends at rules of the other direction on both sides, and is about as dark as those drawn."""
    for tip in (rule.start, rule.end):
        met = [
            theirs.contrast(other)
            for other in others
            if abs(other.at - tip) <= ASKEW and other.start - ASKEW <= rule.at <= other.end + ASKEW
        ]
        if not met or own.contrast(rule) < PALE * min(met):
            return False
    return True


def _strokes(
    contrast: Pixels, scale: float, min_points: float, texts: Flags, max_in_text: float, corner: tuple[float, float]
) -> _Strokes:
    """Level strokes; `corner` is the height on the page of the first row and where it begins."""
    import cv2

    length, gap, thickest = (
        max(3, round(points * scale)) for points in (min_points, MAX_BREAK_POINTS, MAX_RULE_THICKNESS)
    )
    drawn = np.asarray(contrast > RULE_CONTRAST, np.uint8)
    areas = cv2.morphologyEx(drawn, cv2.MORPH_OPEN, np.ones((thickest + 1, thickest + 1), np.uint8))
    drawn = np.asarray(cv2.subtract(drawn, cv2.dilate(areas, np.ones((3, 3), np.uint8))), np.uint8)
    # a stroke that leaves its row of pixels for the next one is whole in two rows taken together
    doubled = cv2.dilate(drawn, np.ones((2, 1), np.uint8))
    bridged = cv2.morphologyEx(doubled, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    long = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    count, labels, stats, middles = cv2.connectedComponentsWithStats(long)
    places, contrasts, numbers = [], [], np.zeros(count, np.int32)
    for label in range(1, count):
        left, top, width, height, _ = (int(number) for number in stats[label])
        at, own = float(middles[label][1]), (slice(top, top + height), slice(left, left + width))
        stroke = np.where((drawn[own] > 0) & (labels[own] == label), contrast[own], 0).max(axis=0)
        band = drawn[max(0, top - thickest) : top + height + thickest, left : left + width]
        free = band.sum(axis=0) <= height + thickest
        level = height <= thickest + MAX_SLOPE * width
        if level and _is_rule(stroke, free, texts[round(at), left : left + width], max_in_text):
            start, end = left / scale + corner[1], (left + width) / scale + corner[1]
            places.append(Rule(at / scale + corner[0], start, end))
            contrasts.append(float(np.median(stroke[stroke > 0])))
            numbers[label] = len(places)
    return _Strokes(places, contrasts, numbers[labels])


def _is_rule(stroke: Any, free: Flags, in_text: Flags, max_in_text: float) -> bool:
    """Whether a stroke is inked evenly and nearly all along, with paper at its sides: characters in a row are not.

    Of each step are given its contrast, 0 where it has no ink, whether paper is at its sides, and whether it lies in
    a text found.
    """
    inked = stroke > 0
    if inked.mean() < MIN_INKED or (inked & free).mean() < MIN_FREE or in_text.mean() > max_in_text:
        return False
    if in_text.mean() < MIN_IN_TEXT:
        return True
    return bool(np.median(stroke[~in_text]) >= PALE * np.median(stroke[in_text]))


def _cores(shape: tuple[int, ...], texts: Sequence[Area]) -> Flags:
    """Where texts are, the paper above and below them aside."""
    cores = np.zeros(shape, np.bool_)
    for left, top, right, bottom in texts:
        paper = round(TEXT_MARGIN * min(right - left, bottom - top))
        cores[max(0, top + paper) : max(0, bottom - paper), max(0, left) : max(0, right)] = True
    return cores
