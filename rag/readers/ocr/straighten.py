"""The picture of a page set straight: turned by quarters until its text is level, then by the few degrees it is askew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.readers.ocr.models import Models, TextBox
from rag.readers.ocr.picture import Flags, Pixels
from rag.readers.ocr.snippets import area_of

MAX_SKEW = 5.0
"""Degrees by which a page is askew at most."""
COARSE_STEP, FINE_STEP = 0.5, 0.05
JUDGED_SIDE = 800
"""Pixels of the longer side that are enough to judge a skew."""
NEGLIGIBLE_SKEW = 0.04
"""Degrees that move no text by a pixel."""
SAMPLES = 4
"""Texts that are read to see which way up a page is."""
SAMPLE_LENGTH = 8
"""Heights of a text that are read of it."""
WELL_READ, BADLY_READ = 0.9, 0.5
"""How sure the characters of text are on average that is the right way up, and not."""
MIN_LETTERS = 8
"""Fewer letters and Chinese characters say nothing: figures read well on their heads."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How a picture was turned: by quarters anticlockwise, then by degrees anticlockwise around its middle."""

    quarters: int
    degrees: float
    width: int
    height: int
    """Pixels after the quarters."""

    def back(self, x: float, y: float) -> tuple[float, float]:
        """Where a pixel of the turned picture was."""
        cosine, sine = float(np.cos(np.radians(self.degrees))), float(np.sin(np.radians(self.degrees)))
        across, down = x - self.width / 2, y - self.height / 2
        x, y = self.width / 2 + across * cosine - down * sine, self.height / 2 + across * sine + down * cosine
        width, height = self.width, self.height
        for _ in range(self.quarters % 4):
            x, y, width, height = height - y, x, height, width
        return x, y


def skew_of(ink: Flags) -> float:
    """Degrees that the lines of a picture fall to the right: the angle at which its rows part ink from paper best."""
    import cv2

    shrink = min(1.0, JUDGED_SIDE / max(ink.shape))
    drawn = ink.astype(np.uint8) * 255
    small = np.asarray(cv2.resize(drawn, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8)

    def clearness(degrees: float) -> float:
        rows = turned(small, degrees, paper=0).sum(axis=1, dtype=np.float64)
        return float(np.square(np.diff(rows)).sum())

    coarse = max(np.arange(-MAX_SKEW, MAX_SKEW + COARSE_STEP, COARSE_STEP), key=clearness)
    fine = np.arange(coarse - COARSE_STEP, coarse + COARSE_STEP + FINE_STEP, FINE_STEP)
    return round(float(max(fine, key=clearness)), 2)


def turned(pixels: Pixels, degrees: float, paper: int) -> Pixels:
    """The picture turned anticlockwise around its middle, in the same frame."""
    import cv2

    if abs(degrees) <= NEGLIGIBLE_SKEW:
        return pixels
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(
        cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(paper,) * 3), np.uint8
    )


def quarters_to_level(pixels: Pixels, boxes: Sequence[TextBox], models: Models) -> int:
    """Quarters anticlockwise by which a picture has to be turned for its text to be read from left to right."""
    tall = sum(box.height * box.length for box in boxes if box.height > 2 * box.length)
    level = sum(box.height * box.length for box in boxes if box.length > 2 * box.height)
    sideways = tall > level
    samples = [_sample(pixels, box) for box in _longest(boxes, sideways)]
    if not samples:
        return 0
    certainty: dict[int, float] = {}
    for quarters in (1, 3) if sideways else (0, 2):
        readings = models.read([np.rot90(sample, quarters) for sample in samples])
        characters = [one for reading in readings for one in reading.characters]
        certainty[quarters] = float(np.mean([one.probability for one in characters])) if characters else 0.0
        words = sum(one.text.isalpha() for one in characters) >= MIN_LETTERS
        if quarters == 0 and words and certainty[0] >= WELL_READ:
            return 0
    best = max(certainty, key=certainty.__getitem__)
    return best if certainty[best] > BADLY_READ else 0


def _longest(boxes: Sequence[TextBox], sideways: bool) -> list[TextBox]:
    """The texts whose length is nearest to what is read of one."""

    def length(box: TextBox) -> float:
        return box.height / box.length if sideways else box.length / box.height

    return sorted((box for box in boxes if length(box) > 2), key=lambda box: abs(length(box) - SAMPLE_LENGTH))[:SAMPLES]


def _sample(pixels: Pixels, box: TextBox) -> Pixels:
    left, top, right, bottom = (max(0, edge) for edge in area_of(box))
    longest = SAMPLE_LENGTH * min(right - left, bottom - top)
    return pixels[top : min(bottom, top + longest), left : min(right, left + longest)]
