"""Pictures drawn on the spot for the tests of recognition: ruled tables in the font that Pillow brings."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rag.readers.ocr.models import Character, Models, Reading, TextBox
from rag.readers.ocr.picture import Picture, Pixels

SCALE = 200 / 72


def table_picture(
    rows: Sequence[Sequence[str]],
    *,
    column_width: int = 260,
    row_height: int = 70,
    size: int = 34,
    margin: int = 120,
    ruled: bool = True,
) -> Pixels:
    """A grey picture of a table, its texts in the middle of their cells."""
    height, width = len(rows) * row_height, len(rows[0]) * column_width
    image = Image.new("L", (width + 2 * margin, height + 2 * margin), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    for row in range(len(rows) + 1 if ruled else 0):
        draw.line((margin, margin + row * row_height, margin + width, margin + row * row_height), 0, 3)
    for column in range(len(rows[0]) + 1 if ruled else 0):
        draw.line((margin + column * column_width, margin, margin + column * column_width, margin + height), 0, 3)
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            middle = (margin + (column + 0.5) * column_width, margin + (row + 0.5) * row_height)
            draw.text(middle, text, 0, font, anchor="mm")
    return np.array(image, np.uint8)


def line_picture(text: str, size: int = 34, margin: int = 20) -> Pixels:
    """A grey picture of one line."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text))
    image = Image.new("L", (right - left + 2 * margin, bottom - top + 2 * margin), 255)
    ImageDraw.Draw(image).text((margin - left, margin - top), text, 0, font)
    return np.array(image, np.uint8)


def reading(text: str, probability: float = 1.0, **unsure: tuple[float, str, float]) -> Reading:
    """A reading of evenly spread characters; `unsure` gives (probability, digit, its probability) of some."""
    characters = []
    for at, character in enumerate(text):
        own, digit, digit_probability = unsure.get(character, (probability, "", 0.0))
        characters.append(Character(character, (at + 0.5) / len(text), own, digit, digit_probability))
    return Reading(tuple(characters))


class ScriptedModels(Models):
    """Networks that find the texts given and read each next picture as the next of the readings given."""

    def __init__(self, boxes: Sequence[TextBox] = (), readings: Sequence[Reading] = ()) -> None:
        self.boxes, self.queue = list(boxes), list(readings)
        self.asked: list[Pixels] = []

    def detect(self, picture: Pixels) -> list[TextBox]:
        return self.boxes

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        self.asked += lines
        return [self.queue.pop(0) if self.queue else Reading(()) for _ in lines]


def picture(pixels: Pixels) -> Picture:
    """A picture as drawn at 200 dpi."""
    return Picture(pixels, SCALE)


def packed(pixels: Pixels, kind: str = "PNG", **options: object) -> bytes:
    """A picture file."""
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, kind, **options)
    return target.getvalue()
