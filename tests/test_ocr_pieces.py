"""What was read, put back on the page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from ocr_samples import line_picture, picture, reading

from rag.readers.ocr.pieces import (
    line_to_pieces,
    pieces_to_letters,
    placed,
    placed_upright,
    with_bold,
    with_common_sizes,
)
from rag.readers.ocr.snippets import Area


def line(text: str, size: int = 34):
    pixels = line_picture(text, size)
    height, width = pixels.shape
    return placed(reading(text), Area(0, 0, width, height), pixels < 128), picture(pixels)


def test_each_character_is_as_wide_as_its_ink() -> None:
    pixels = np.full((60, 200), 255, np.uint8)
    for left in (20, 60, 100):
        pixels[15:45, left : left + 20] = 0
    found = placed(reading("888"), Area(10, 0, 150, 60), pixels < 128)
    assert found.lefts == (20, 60, 100)
    assert found.rights == (40, 80, 120)


def test_the_size_is_that_of_the_type() -> None:
    small, large = line("2023", size=30)[0], line("2023", size=60)[0]
    assert large.size / small.size == pytest.approx(2, rel=0.1)


def test_sizes_that_differ_by_measuring_only_are_one() -> None:
    sizes = [line("20232024", size=size)[0] for size in (40, 41, 42, 80)]
    common = {one.size for one in with_common_sizes(sizes)}
    assert len(common) == 2


def test_thicker_strokes_are_bold() -> None:
    pixels = np.full((60, 400), 255, np.uint8)
    for left in range(20, 380, 20):
        pixels[10:50, left : left + 3] = 0
    thin = placed(reading("学院概况"), Area(0, 0, 400, 60), pixels < 128)
    thick = placed(reading("学院概况"), Area(0, 0, 400, 60), cv2.erode(pixels, np.ones((3, 3), np.uint8)) < 128)
    assert [line.bold for line in with_bold([thin, thin, thin, thick])] == [False, False, False, True]


def test_white_as_wide_as_between_columns_parts_pieces() -> None:
    found, page = line("2023                96")
    assert [piece.text for piece in line_to_pieces(found, page)] == ["2023", "96"]
    assert [letter.text for letter in pieces_to_letters(line_to_pieces(found, page))] == list("202396")


def test_text_that_runs_down_is_one_turned_piece_at_its_place() -> None:
    found = placed_upright(reading("收入"), Area(10, 20, 40, 90), stacked=True)
    (piece,) = line_to_pieces(found, picture(np.full((100, 100), 255, np.uint8)))
    assert piece.turned
    assert piece.text == "收入"
    assert piece.middle == pytest.approx(55 / (200 / 72))
    assert pieces_to_letters([piece]) == []
