"""Pictures as lines and grids. Reading a picture costs seconds: most tests script what the networks say."""

from __future__ import annotations

import numpy as np
import pytest
from ocr_samples import SCALE, ScriptedModels, packed, picture, reading, table_picture

from rag.readers.ocr.models import Models, TextBox
from rag.readers.ocr.picture import Picture
from rag.readers.ocr.recognise import Recognised, recognise, with_ordinals
from rag.readers.ocr.sources import file_pictures
from rag.readers.ocr.straighten import turned
from rag.readers.page_runs import Box
from rag.records import Cell, Grid, Line, Origin

ROWS = [
    ["Year", "Staff", "Share"],
    ["2021", "1,234", "56.78%"],
    ["2022", "", "-0.95"],
    ["2023", "-", "8"],
    ["Total", "10,086.50", "100%"],
]


EXPECTED = [[cell.replace("-", "—") if cell == "-" else cell for cell in row] for row in ROWS]


def grid_of(found: Recognised) -> list[list[str]]:
    (grid,) = [item for item in found.items if isinstance(item, Grid)]
    rows = [[""] * grid.column_count for _ in range(grid.row_count)]
    for cell in grid.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def test_a_table_askew_in_noise() -> None:
    noisy = turned(table_picture(ROWS), 1.2, 255) + np.random.default_rng(5).normal(0, 5, (590, 1020))
    (file,) = file_pictures(packed(np.clip(noisy, 0, 255).astype(np.uint8), "JPEG", quality=60, dpi=(200, 200)))
    found = recognise(file, Models())
    assert grid_of(found) == EXPECTED
    (grid,) = [item for item in found.items if isinstance(item, Grid)]
    assert grid.origin is Origin.RECOGNISED
    assert min(cell.score for cell in grid.cells) > 0.8


def test_a_page_on_its_side() -> None:
    found = recognise(picture(np.rot90(table_picture(ROWS)).copy()), Models())
    assert grid_of(found) == EXPECTED
    (total,) = [run for run in found.runs if run.text == "Total"]
    across, down = (total.boxes[0].left + total.boxes[0].right) / 2, (total.boxes[0].top + total.boxes[0].bottom) / 2
    pixels = np.rot90(table_picture(ROWS))
    corner = pixels[
        round(down * SCALE) - 20 : round(down * SCALE) + 20, round(across * SCALE) - 8 : round(across * SCALE) + 8
    ]
    assert corner.min() < 128


def test_a_blank_page_asks_no_network() -> None:
    models = ScriptedModels()
    assert recognise(picture(np.full((900, 600), 255, np.uint8)), models) == Recognised()
    assert models.asked == []


def test_nothing_is_read_where_no_text_is_found() -> None:
    assert recognise(picture(table_picture(ROWS)), ScriptedModels()) == Recognised()


def test_low_scores_stay_with_their_cells_and_lines() -> None:
    pixels = table_picture([["12", "34"], ["56", "78"]], margin=150)
    boxes = [TextBox(280 + 260 * column, 185 + 70 * row, 60, 50, 0) for row in (0, 1) for column in (0, 1)]
    sure = ScriptedModels(
        boxes, [reading("12"), reading("34", 0.5), reading("56"), reading("78"), *[reading("34", 0.6)] * 2]
    )
    (grid,) = recognise(picture(pixels), sure).items
    assert isinstance(grid, Grid)
    assert {cell.text: cell.score for cell in grid.cells} == {"12": 1, "34": 0.6, "56": 1, "78": 1}


def test_type_of_too_few_pixels_is_never_sure() -> None:
    box, read = TextBox(250, 155, 60, 50, 0), reading("12")
    pixels = table_picture([["12", "34"]], ruled=False)
    coarse = Picture(pixels, SCALE, detail=SCALE / 4)
    (line,) = recognise(coarse, ScriptedModels([box], [read])).items
    assert isinstance(line, Line)
    assert line.score < 0.9


def test_parts_of_photographs_are_no_text() -> None:
    pixels = table_picture([["12", "34"]], ruled=False)
    boxes = [TextBox(250, 155, 60, 50, 0), TextBox(510, 155, 60, 50, 0)]
    found = recognise(picture(pixels), ScriptedModels(boxes, [reading("Words"), reading("rii", 0.3)]))
    assert [item.text for item in found.items if isinstance(item, Line)] == ["Words"]


@pytest.mark.parametrize(("others", "expected"), [(["二", "三"], "一"), (["12", "—"], "—")])
def test_a_dash_that_counts_is_one(others: list[str], expected: str) -> None:
    cells = [Cell(text, row, 0) for row, text in enumerate(["—", *others])]
    assert with_ordinals(cells)[0].text == expected


def test_runs_have_a_box_for_each_character() -> None:
    pixels = table_picture([["12", "34"]], ruled=False)
    found = recognise(picture(pixels), ScriptedModels([TextBox(250, 155, 60, 50, 0)], [reading("12")]))
    (run,) = found.runs
    assert len(run.boxes) == 2
    assert run.boxes[0].left < run.boxes[1].left
    assert isinstance(run.boxes[0], Box)
