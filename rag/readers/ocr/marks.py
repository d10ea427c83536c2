"""Marks that the reading network takes for digits or leaves out, known by the shape of their stroke."""

from __future__ import annotations

import numpy as np

from rag.readers.ocr.models import Character, Reading
from rag.readers.ocr.picture import Flags
from rag.readers.ocr.snippets import FLAT, MIN_DASH

DASH, SLASH, DISC, UP, DOWN = "—", "/", "●", "▲", "▼"
MIN_MATCH = 0.85
"""Share of its box on which a stroke has ink and paper where a mark has them."""
SHAPE_SCORE = 0.95


def lone_mark(ink: Flags, usual: float) -> str:
    """The mark that a stroke alone in its cell is, `` where it is none of those known."""
    height, width = ink.shape
    if width >= MIN_DASH * usual and height <= FLAT * width:
        return DASH
    if _slants(ink):
        return SLASH
    return next((mark for mark in (DISC, UP, DOWN) if _looks_like(ink, mark)), "")


def with_lost_triangle(reading: Reading, ink: Flags) -> Reading:
    """The reading with a solid triangle before its first figure, a minus sign in accounts, which the network skips."""
    if not reading.characters or not reading.characters[0].text.isdigit():
        return reading
    columns = np.asarray(ink.any(axis=0))
    start = int(columns.argmax())
    gap = np.flatnonzero(~columns[start:])
    if not len(gap) or start + gap[0] > reading.characters[0].place * len(columns):
        return reading
    stroke = cropped(ink[:, start : start + gap[0]])
    mark = next((mark for mark in (UP, DOWN) if _looks_like(stroke, mark)), "")
    if not mark:
        return reading
    place = (start + gap[0] / 2) / len(columns)
    return Reading((Character(mark, place, SHAPE_SCORE), *reading.characters))


def cropped(ink: Flags) -> Flags:
    """Ink without the paper around it."""
    rows, columns = (np.flatnonzero(np.asarray(ink.any(axis=axis))) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else ink[:0, :0]


def _looks_like(ink: Flags, mark: str) -> bool:
    height, width = ink.shape
    if min(height, width) < 5 or not 0.7 <= width / height <= 1.6:
        return False
    down, across = (np.indices((height, width)) + 0.5) / np.array([[[height]], [[width]]])
    if mark == DISC:
        shape = (across - 0.5) ** 2 + (down - 0.5) ** 2 <= 0.25
    else:
        shape = np.abs(across - 0.5) <= (down if mark == UP else 1 - down) / 2
    return bool((ink == shape).mean() >= MIN_MATCH)


def _slants(ink: Flags) -> bool:
    """Whether a stroke is one thin straight line from the lower left to the upper right."""
    height, width = ink.shape
    if min(height, width) < 5 or not 0.25 <= width / height <= 1.5:
        return False
    rows = [np.flatnonzero(row) for row in ink]
    if any(not len(row) for row in rows):
        return False
    middles, widths = np.array([row.mean() for row in rows]), np.array([np.ptp(row) + 1 for row in rows])
    straight = np.polyval(np.polyfit(np.arange(height), middles, 1), np.arange(height))
    falls = straight[0] - straight[-1] >= 0.6 * width
    return bool(falls and np.abs(middles - straight).max() <= 0.12 * width and widths.mean() <= 0.35 * width)
