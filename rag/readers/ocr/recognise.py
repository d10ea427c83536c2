"""One picture of text as lines and grids: from finding which way is up to the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.readers.ocr.figures import DASH
from rag.readers.ocr.models import Models, TextBox
from rag.readers.ocr.picture import (
    DARK_PAPER,
    Flags,
    Picture,
    Pixels,
    contrast_of,
    ink_of,
    paper_of,
    type_size,
    usual_contrast,
)
from rag.readers.ocr.pieces import ReadLine, line_to_pieces, pieces_to_letters, with_bold, with_common_sizes
from rag.readers.ocr.reading import read_snippets
from rag.readers.ocr.rules import picture_rules
from rag.readers.ocr.snippets import Area, area_of, line_height, snippets_of, strokes_of
from rag.readers.ocr.straighten import Turn, quarters_to_level, skew_of, turned
from rag.readers.page_runs import Box, Run
from rag.readers.pdf.layout import is_within, pieces_to_items, text_finder
from rag.readers.pdf.ruling import Rule, region_box, rules_to_lattices
from rag.readers.pdf.tables import rules_to_grids
from rag.readers.pdf.text import Piece
from rag.records import Cell, Grid, Line, Origin

MIN_INK = 0.0002
"""Share of a picture that is inked, below which it is blank."""
DETECTED_TYPE = 13.0
"""Pixels of type that are enough to find text: more cost time and memory."""
DETECTED_SIDE = (1200, 2000)
"""Pixels of the longer side that text is looked for in, at least and at most."""
MIN_SCORE = 0.5
"""What was read less surely outside of tables is no text: parts of photographs, seals, signatures."""
MIN_CHARACTERS = 3
"""A picture inside a page with fewer is no picture of text."""
MIN_DETAIL, BLURRED_SCORE = 10.0, 0.8
"""Pixels of type below which digits are misread without a doubt, and the highest score they get."""
WHITE = 255


@dataclass(frozen=True, slots=True)
class Recognised:
    """What stands in a picture."""

    items: tuple[Line | Grid, ...] = ()
    """From the top down, in points of the page set straight around the middle of the picture."""
    runs: tuple[Run, ...] = ()
    """The characters where they stand on the page as it is, askew or turned."""


def recognise(picture: Picture, models: Models) -> Recognised:
    """The lines and grids of a picture; nothing for a blank one."""
    ink = ink_of(picture.grey, picture.scale)
    if ink.mean() < MIN_INK:
        return Recognised()
    size = type_size(ink)
    straight, turn = _set_straight(picture, 0)
    boxes = find_text(straight.pixels, size, models)
    if quarters := quarters_to_level(straight.pixels, boxes, models):
        straight, turn = _set_straight(picture, quarters)
        boxes = find_text(straight.pixels, size, models)
    if not boxes:
        return Recognised()
    return _read(straight, boxes, turn, models)


def _set_straight(picture: Picture, quarters: int) -> tuple[Picture, Turn]:
    level = replace(picture, pixels=np.ascontiguousarray(np.rot90(picture.pixels, quarters)))
    degrees = skew_of(ink_of(level.grey, picture.scale))
    height, width = level.pixels.shape[:2]
    return replace(level, pixels=turned(level.pixels, degrees, WHITE)), Turn(quarters, degrees, width, height)


def find_text(pixels: Pixels, size: float, models: Models) -> list[TextBox]:
    """Where text stands, in a picture whose type is mostly of this size in pixels."""
    import cv2

    longest = max(pixels.shape[:2])
    side = min(longest, max(DETECTED_SIDE[0], min(DETECTED_SIDE[1], longest * DETECTED_TYPE / size)))
    shrink = side / longest
    small = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return [
        TextBox(box.x / shrink, box.y / shrink, box.length / shrink, box.height / shrink, box.angle)
        for box in models.detect(np.asarray(small, np.uint8))
    ]


def _read(picture: Picture, boxes: Sequence[TextBox], turn: Turn, models: Models) -> Recognised:
    grey = picture.grey
    paper = paper_of(grey, picture.scale)
    contrast = contrast_of(grey, paper)
    horizontals, verticals, ruled = picture_rules(picture, paper, contrast, [area_of(box) for box in boxes])
    cells = [
        _to_pixels(region_box(lattice, region), picture)
        for lattice in rules_to_lattices(horizontals, verticals)
        for region in lattice.regions
    ]
    ruled = _widened(ruled)
    ink = (contrast > usual_contrast(contrast)) & ~ruled
    pixels = _cleaned(picture.pixels, np.where(paper < DARK_PAPER, 0, contrast), ruled | ~_widened(ink))
    lines = read_snippets(snippets_of(boxes, strokes_of(ink), cells), pixels, ink, line_height(boxes), models)
    scored = [
        (piece, _score_of_line(line, picture))
        for line in with_bold(with_common_sizes(lines))
        for piece in line_to_pieces(line, picture)
    ]
    runs = tuple(_run(piece, picture, turn) for piece, _ in scored)
    return Recognised(_items(scored, horizontals, verticals), runs)


def _score_of_line(line: ReadLine, picture: Picture) -> float:
    """How sure a line is; never quite where its type had too few pixels for the network to know its own errors."""
    blurred = line.size / picture.scale * picture.detail < MIN_DETAIL
    return min(line.reading.score, BLURRED_SCORE) if blurred else line.reading.score


def _to_pixels(box: tuple[float, float, float, float], picture: Picture) -> Area:
    left, top, right, bottom = box
    return Area(
        round((left - picture.left) * picture.scale),
        round((top - picture.top) * picture.scale),
        round((right - picture.left) * picture.scale),
        round((bottom - picture.top) * picture.scale),
    )


def _widened(flags: Flags) -> Flags:
    import cv2

    return np.asarray(cv2.dilate(flags.astype(np.uint8), np.ones((3, 3), np.uint8)), np.bool_)


def _cleaned(pixels: Pixels, darker: Pixels, where: Flags) -> Pixels:
    """The picture as light as its paper where there is no ink: without rules and what is too pale to be text."""
    import cv2

    lighter = np.where(where, darker, 0).astype(np.uint8)
    return np.asarray(cv2.add(pixels, lighter if pixels.ndim == 2 else cv2.merge([lighter] * 3)), np.uint8)


def _run(piece: Piece, picture: Picture, turn: Turn) -> Run:
    """A piece where it stands on the page as it is: each character's box moved with its middle."""
    scale = picture.scale
    boxes = []
    for left, right in zip(piece.lefts, piece.rights, strict=True):
        x, y = turn.back(((left + right) / 2 - picture.left) * scale, (piece.middle - picture.top) * scale)
        across, down = (right - left) / 2, (piece.bottom - piece.top) / 2
        across, down = (down, across) if turn.quarters % 2 else (across, down)
        x, y = x / scale + picture.left, y / scale + picture.top
        boxes.append(Box(*(round(edge, 2) for edge in (x - across, y - down, x + across, y + down))))
    return Run(piece.text, tuple(boxes))


def _items(
    scored: Sequence[tuple[Piece, float]], horizontals: Sequence[Rule], verticals: Sequence[Rule]
) -> tuple[Line | Grid, ...]:
    pieces = [piece for piece, _ in scored]

    def score_of(left: float, top: float, right: float, bottom: float) -> float:
        inside = (
            score
            for piece, score in scored
            if piece.left < right and piece.right > left and top <= piece.middle < bottom
        )
        return round(min(inside, default=1.0), 3)

    grids = rules_to_grids(horizontals, verticals, pieces_to_letters(pieces), text_finder(pieces), score_of)
    free = [
        piece for piece, score in scored if score >= MIN_SCORE and not any(is_within(piece, grid) for grid in grids)
    ]
    return tuple(
        replace(item, origin=Origin.RECOGNISED, score=score_of(item.left, item.top, item.right, item.bottom))
        if isinstance(item, Line)
        else replace(item, origin=Origin.RECOGNISED, cells=with_ordinals(item.cells))
        for item in pieces_to_items(free, grids)
    )


def with_ordinals(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells of a table, with 一 for a dash in a column that goes on with 二 and 三."""
    counted = {cell.column for cell in cells if cell.text in ("二", "三")}
    return tuple(replace(cell, text="一") if cell.text == DASH and cell.column in counted else cell for cell in cells)
