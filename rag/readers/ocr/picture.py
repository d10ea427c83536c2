"""A picture and where it stands on its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Pixels: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]
"""Rows from the top, 0 for black: grey, or a third axis of blue, green and red."""
Flags: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

INK_CONTRAST = 24
"""Shades of grey by which ink is darker than the paper around it."""
SHADE_REACH_POINTS = 14.0
"""Points around a place that tell the shade of its paper."""
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

    @property
    def grey(self) -> Pixels:
        """Its shades of grey."""
        import cv2

        return (
            self.pixels
            if self.pixels.ndim == 2
            else np.asarray(cv2.cvtColor(self.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
        )


def ink_of(grey: Pixels, scale: float, contrast: int = INK_CONTRAST) -> Flags:
    """Where a grey picture is darker than the paper around: shaded paper and shadows are no ink."""
    import cv2

    side = 2 * round(SHADE_REACH_POINTS * scale) + 1
    paper = cv2.blur(grey, (side, side))
    return np.asarray(grey.astype(np.int16) < paper.astype(np.int16) - contrast, np.bool_)


def type_size(ink: Flags) -> float:
    """Pixels that the type of a picture is mostly high, judged by its strokes; that of a blank one is large."""
    import cv2

    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    heights, widths = stats[1:, cv2.CC_STAT_HEIGHT], stats[1:, cv2.CC_STAT_WIDTH]
    of_type = (heights >= MIN_GLYPH) & (heights <= MAX_GLYPH) & (widths <= MAX_GLYPH)
    return float(np.percentile(heights[of_type], GLYPH_PERCENTILE)) / GLYPH_SHARE if of_type.any() else float(MAX_GLYPH)
