"""Snippets of a picture read: once all, twice more where a figure is in doubt, by shape where strokes stand alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from rag.readers.ocr.figures import SHAPE_SCORE, agreed, cropped, is_doubtful, lone_mark, tidied, with_lost_triangle
from rag.readers.ocr.models import Character, Models, Reading
from rag.readers.ocr.picture import Flags, Pixels
from rag.readers.ocr.pieces import ReadLine, placed, placed_upright
from rag.readers.ocr.snippets import Area, Snippet

ENLARGED = 2.0
"""How much larger a snippet is when it is looked at again."""
MIN_SIDE = 3
"""Pixels of a snippet at least: what is left of one at the edge of the picture may be less."""
ROOM, TIGHT_ROOM = 0.15, 0.08
"""Heights of a snippet that are put around it, and around its bare strokes, for another look."""


def read_snippets(
    snippets: Sequence[Snippet], pixels: Pixels, ink: Flags, usual: float, models: Models
) -> list[ReadLine]:
    """What the parts of a picture say; `ink` is without rules, `usual` the height of most lines in pixels."""
    snippets = [inside for snippet in snippets if _is_seen(inside := _inside(snippet, pixels))]
    level = [snippet for snippet in snippets if not snippet.upright]
    inked = [_part(ink, snippet.area) for snippet in level]
    readings = [tidied(reading) for reading in models.read([_part(pixels, snippet.area) for snippet in level])]
    for at, snippet in enumerate(level):
        if snippet.alone and (mark := lone_mark(cropped(inked[at]), usual)):
            readings[at] = Reading((Character(mark, 0.5, SHAPE_SCORE),))
    for at, look in _second_looks(level, readings, pixels, ink, models):
        readings[at] = look
    lines = [
        placed(with_lost_triangle(reading, part), snippet.area, ink)
        for reading, part, snippet in zip(readings, inked, level, strict=True)
        if reading.characters
    ]
    upright = [snippet for snippet in snippets if snippet.upright]
    lines += [_read_upright(snippet.area, pixels, ink, models) for snippet in upright]
    return [line for line in lines if line.reading.text.strip()]


def _inside(snippet: Snippet, pixels: Pixels) -> Snippet:
    height, width = pixels.shape[:2]
    left, top, right, bottom = snippet.area
    return replace(snippet, area=Area(max(0, left), max(0, top), min(width, right), min(height, bottom)))


def _is_seen(snippet: Snippet) -> bool:
    """Whether a snippet holds enough of the picture to be read at all."""
    left, top, right, bottom = snippet.area
    return right - left >= MIN_SIDE and bottom - top >= MIN_SIDE


def _part(pixels: np.ndarray, area: Area) -> np.ndarray:
    return pixels[area.top : area.bottom, area.left : area.right]


def _second_looks(
    snippets: Sequence[Snippet], readings: Sequence[Reading], pixels: Pixels, ink: Flags, models: Models
) -> list[tuple[int, Reading]]:
    """What three looks at each doubtful figure together read."""
    doubtful = [at for at, reading in enumerate(readings) if is_doubtful(reading)]
    wider = [(at, snippets[at].area, ROOM) for at in doubtful]
    tighter = [(at, _tight(snippets[at].area, ink), TIGHT_ROOM) for at in doubtful]
    looks: dict[int, list[Reading]] = {at: [readings[at]] for at in doubtful}
    again = models.read([_enlarged(_part(pixels, area), _border(area, room)) for _, area, room in (*wider, *tighter)])
    for (at, area, room), reading in zip((*wider, *tighter), again, strict=True):
        looks[at].append(_seen_in(snippets[at].area, tidied(reading), area, room))
    return [(at, agreed(several)) for at, several in looks.items()]


def _seen_in(whole: Area, reading: Reading, area: Area, room: float) -> Reading:
    """A reading of another look with the places of its characters in the whole snippet."""
    border, width = _border(area, room), area.right - area.left

    def place(share: float) -> float:
        return (area.left - border + share * (width + 2 * border) - whole.left) / (whole.right - whole.left)

    return Reading(tuple(one._replace(place=min(1.0, max(0.0, place(one.place)))) for one in reading.characters))


def _border(area: Area, room: float) -> int:
    return max(1, round(room * (area.bottom - area.top)))


def _tight(area: Area, ink: Flags) -> Area:
    part = _part(ink, area)
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not len(rows):
        return area
    return Area(
        area.left + int(columns[0]),
        area.top + int(rows[0]),
        area.left + int(columns[-1]) + 1,
        area.top + int(rows[-1]) + 1,
    )


def _enlarged(part: Pixels, border: int) -> Pixels:
    """A part of a picture in more pixels, with paper of its own edge around it."""
    import cv2

    framed = cv2.copyMakeBorder(part, border, border, border, border, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(framed, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC), np.uint8)


def _read_upright(area: Area, pixels: Pixels, ink: Flags, models: Models) -> ReadLine:
    """Text running down the page: characters below each other, or a line turned by a quarter to either side."""
    part = _part(pixels, area)
    column = _side_by_side(part, _part(ink, area))
    looks = [tidied(reading) for reading in models.read([column, np.rot90(part), np.rot90(part, 3)])]
    best = max(looks, key=_mean_certainty)
    return placed_upright(best, area, stacked=best is looks[0])


def _mean_certainty(reading: Reading) -> float:
    sure = [one.probability for one in reading.characters]
    return float(np.mean(sure)) if sure else 0.0


def _side_by_side(part: Pixels, ink: Flags) -> Pixels:
    """Characters that stand below each other put beside each other: cut where paper is, about as high as wide."""
    height, width = ink.shape
    free = [0, *np.flatnonzero(~ink.any(axis=1)).tolist(), height]
    cuts = [0]
    while height - cuts[-1] > 1.5 * width:
        wanted = cuts[-1] + 1.1 * width
        cut = min((row for row in free if row > cuts[-1] + 0.6 * width), key=lambda row: abs(row - wanted))
        cuts.append(cut)
    cuts.append(height)
    tallest = max(second - first for first, second in pairwise(cuts))
    parts = [part[first:second] for first, second in pairwise(cuts) if second > first]
    paper = int(np.percentile(part, 90))
    room = [(2, 2), *[(0, 0)] * (part.ndim - 2)]
    return np.hstack([np.pad(one, [(0, tallest - len(one)), *room], constant_values=paper) for one in parts])
