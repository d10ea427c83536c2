"""Marks known by the shape of their stroke."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from ocr_samples import line_picture, reading

from rag.readers.ocr.figures import DASH, DISC, DOWN, SLASH, UP, cropped, lone_mark, with_lost_triangle
from rag.readers.ocr.models import Reading
from rag.readers.ocr.picture import Flags

USUAL = 45.0


def drawn(points: list[tuple[int, int]], width: int = 60, height: int = 60) -> Flags:
    canvas = np.zeros((height, width), np.uint8)
    cv2.fillPoly(canvas, [np.array(points, np.int32)], 1)
    return canvas > 0


TRIANGLE = [(20, 10), (32, 34), (8, 34)]


@pytest.mark.parametrize(
    ("points", "mark"),
    [
        ([(5, 20), (40, 20), (40, 23), (5, 23)], DASH),
        ([(20, 5), (23, 5), (10, 40), (7, 40)], SLASH),
        (TRIANGLE, UP),
        ([(8, 10), (32, 10), (20, 34)], DOWN),
        ([(10, 5), (30, 5), (30, 40), (10, 40)], ""),
    ],
)
def test_strokes_by_shape(points: list[tuple[int, int]], mark: str) -> None:
    assert lone_mark(cropped(drawn(points)), USUAL) == mark


def test_a_disc_is_no_nought() -> None:
    disc = np.zeros((40, 40), np.uint8)
    cv2.circle(disc, (20, 20), 14, 1, -1)
    assert lone_mark(cropped(disc > 0), USUAL) == DISC


@pytest.mark.parametrize("character", ["0", "1", "7", "8", "l", "A", "V"])
def test_characters_are_none(character: str) -> None:
    assert lone_mark(cropped(line_picture(character) < 128), USUAL) == ""


def test_a_triangle_that_the_network_skipped_is_put_back_before_its_figure() -> None:
    figure = line_picture("12.5") < 128
    ink = np.hstack([drawn(TRIANGLE, 40, len(figure)), figure])
    skipped = Reading(reading("▲12.5").characters[1:])
    assert with_lost_triangle(skipped, ink).text == UP + "12.5"
    assert with_lost_triangle(reading("12.5"), figure).text == "12.5"
