"""A picture and where it stands on its page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Pixels: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]
"""Rows from the top, 0 for black: grey, or a third axis of blue, green and red."""
Flags: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

INK_CONTRAST = 24
"""Shades of grey by which ink is darker than the paper around it."""
PALE_SHARE = 0.25
"""Share of the contrast of dark ink below which ink is none."""
PAPER_REACH_POINTS = 14.0
"""Points across the place whose commonest shade is that of the paper."""
PAPER_DPI = 100
"""As finely as the shade of the paper is told."""
DARK_PAPER = 150
"""Shade of grey below which ink may be a little lighter than the paper."""
LIGHT_CONTRAST = 60
"""Shades by which ink is lighter than any other paper, as white is on an orange bar."""
MIN_GLYPH, MAX_GLYPH = 5, 120
"""Pixels that the strokes of characters are high."""
GLYPH_PERCENTILE = 60
GLYPH_SHARE = 0.8
"""Type sizes that those strokes are high of which this percentage is lower."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page or a part of one."""

    pixels: Pixels
    scale: float
    """Pixels a point."""
    left: float = 0.0
    top: float = 0.0
    """Points from the corner of the page, as it is seen, to the picture's."""
    detail: float = math.inf
    """Pixels a point that its source has: drawn larger, it shows no more."""

    @property
    def grey(self) -> Pixels:
        """Its shades of grey."""
        import cv2

        return (
            self.pixels
            if self.pixels.ndim == 2
            else np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
        )


def paper_of(grey: Pixels, scale: float) -> Pixels:
    """The shade of the paper at each place of a grey picture: the commonest around."""
    import cv2

    shrink = max(1, round(scale * 72 / PAPER_DPI))
    sampled = np.ascontiguousarray(grey[::shrink, ::shrink])
    reach = 2 * round(PAPER_REACH_POINTS * scale / shrink / 2) + 1
    height, width = grey.shape
    paper = cv2.resize(cv2.medianBlur(sampled, reach), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(paper, np.uint8)


def contrast_of(grey: Pixels, paper: Pixels) -> Pixels:
    """By how many shades each place is darker than its paper, or lighter where that is dark or the difference clear."""
    import cv2

    darker, lighter = cv2.subtract(paper, grey), cv2.subtract(grey, paper)
    seen = (paper < DARK_PAPER) | (lighter >= LIGHT_CONTRAST)
    return np.asarray(np.where(seen, np.maximum(darker, lighter), darker), np.uint8)


def ink_of(grey: Pixels, scale: float) -> Flags:
    """Where a grey picture stands out from the paper around: shades of the paper itself are no ink."""
    return np.asarray(contrast_of(grey, paper_of(grey, scale)) > INK_CONTRAST, np.bool_)


def usual_contrast(contrast: Pixels) -> int:
    """The least contrast that is ink, where most ink is darker: paler is a watermark or shows through."""
    ink = contrast[contrast > INK_CONTRAST]
    return max(INK_CONTRAST, round(PALE_SHARE * float(np.percentile(ink, 90)))) if ink.size else INK_CONTRAST


def type_size(ink: Flags) -> float:
    """Pixels that the type of a picture is mostly high, judged by its strokes; that of a blank one is large."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    heights, widths = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    of_type = (heights >= MIN_GLYPH) & (heights <= MAX_GLYPH) & (widths <= MAX_GLYPH)
    return float(np.percentile(heights[of_type], GLYPH_PERCENTILE)) / GLYPH_SHARE if of_type.any() else float(MAX_GLYPH)
