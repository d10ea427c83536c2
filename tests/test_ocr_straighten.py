"""Pictures set straight."""

from __future__ import annotations

import numpy as np
import pytest
from ocr_samples import SCALE, ScriptedModels, reading, table_picture

from rag.readers.ocr.models import TextBox
from rag.readers.ocr.picture import ink_of
from rag.readers.ocr.straighten import Turn, quarters_to_level, skew_of, turned

ROWS = [["2021", "1,234", "56.7%"], ["2022", "2,345", "67.8%"], ["2023", "3,456", "78.9%"]]


@pytest.mark.parametrize("degrees", [-4.0, -1.0, 0.0, 0.3, 2.5])
def test_a_skew_is_found_to_a_tenth_of_a_degree(degrees: float) -> None:
    askew = turned(table_picture(ROWS), -degrees, 255)
    assert skew_of(ink_of(askew, SCALE)) == pytest.approx(degrees, abs=0.1)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_place_in_the_straight_picture_leads_back(quarters: int) -> None:
    pixels = np.full((300, 500), 255, np.uint8)
    pixels[100:103, 400:403] = 0
    level = np.ascontiguousarray(np.rot90(pixels, quarters))
    straight = turned(level, 3.0, 255)
    height, width = level.shape
    down, across = np.unravel_index(straight.argmin(), straight.shape)
    x, y = Turn(quarters, 3.0, width, height).back(float(across), float(down))
    assert (x, y) == (pytest.approx(401, abs=2.5), pytest.approx(101, abs=2.5))


LEVEL = [TextBox(200, 40 * at + 40, 300, 30, 0) for at in range(4)]
TALL = [TextBox(40 * at + 40, 200, 30, 300, 0) for at in range(4)]
SURE, UNSURE, FIGURES = reading("text"), reading("text", probability=0.6), reading("0.69", probability=0.95)


@pytest.mark.parametrize(
    ("boxes", "readings", "quarters"),
    [
        (LEVEL, [SURE] * 4, 0),
        (LEVEL, [UNSURE] * 4 + [SURE] * 4, 2),
        (LEVEL, [UNSURE] * 8, 0),
        (LEVEL, [FIGURES] * 4 + [SURE] * 4, 2),
        (TALL, [SURE] * 4 + [UNSURE] * 4, 1),
        (TALL, [UNSURE] * 4 + [SURE] * 4, 3),
        (TALL, [reading("text", probability=0.3)] * 8, 0),
        ([], [], 0),
    ],
)
def test_the_way_in_which_text_reads_best_is_up(boxes: list[TextBox], readings: list, quarters: int) -> None:
    models = ScriptedModels(readings=readings)
    assert quarters_to_level(np.full((400, 400), 255, np.uint8), boxes, models) == quarters
