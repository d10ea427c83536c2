"""Ruling lines found in pictures."""

from __future__ import annotations

import numpy as np
import pytest
from ocr_samples import picture, table_picture

from rag.readers.ocr.picture import Pixels, contrast_of, paper_of
from rag.readers.ocr.rules import picture_rules
from rag.readers.ocr.snippets import Area
from rag.readers.pdf.ruling import Lattice, rules_to_lattices

ROWS = [["10", "20", "30"], ["40", "50", "60"], ["70", "80", "90"]]


def lattices(pixels: Pixels, texts: list[Area] | None = None) -> list[Lattice]:
    page = picture(pixels)
    paper = paper_of(page.grey, page.scale)
    horizontals, verticals, _ = picture_rules(page, paper, contrast_of(page.grey, paper), texts or [])
    return rules_to_lattices(horizontals, verticals)


def shape(pixels: Pixels) -> tuple[int, int, int]:
    (lattice,) = lattices(pixels)
    return len(lattice.row_edges) - 1, len(lattice.column_edges) - 1, len(lattice.regions)


def test_the_rules_of_a_table() -> None:
    assert shape(table_picture(ROWS)) == (3, 3, 9)


def test_faint_rules_in_noise() -> None:
    pixels = table_picture([["", "", ""]] * 3)
    faint = np.where(pixels < 128, 215, 250) + np.random.default_rng(3).normal(0, 4, pixels.shape)
    assert shape(np.clip(faint, 0, 255).astype(np.uint8)) == (3, 3, 9)


def test_broken_rules_are_bridged() -> None:
    pixels = table_picture(ROWS)
    pixels[:, ::40] = 255
    pixels[:, 1::40] = 255
    assert shape(pixels) == (3, 3, 9)


def test_a_merged_cell_has_no_rule_inside() -> None:
    pixels = table_picture([["", "", ""]] * 3)
    pixels[125:185, 370:390] = 255
    assert shape(pixels) == (3, 3, 8)


def test_a_shaded_header_is_no_rule() -> None:
    pixels = table_picture([["", "", ""]] * 3)
    pixels[120:190, 120:900] = np.minimum(pixels[120:190, 120:900], 225)
    assert shape(pixels) == (3, 3, 9)


def test_strokes_of_characters_are_no_rules() -> None:
    assert lattices(table_picture(ROWS, ruled=False)) == []


def test_a_stroke_that_begins_and_ends_in_texts_is_part_of_them() -> None:
    pixels = table_picture([["", "", ""]] * 3)
    pixels[135:175, 180:183] = 0
    pixels[120:190, 181:183] = np.where(pixels[120:190, 181:183] < 128, 0, pixels[120:190, 181:183])
    long = pixels.copy()
    long[120:190, 250:253] = 0
    assert shape(long)[1] == 4
    within = [Area(200, 110, 300, 200)]
    assert len(lattices(long, within)[0].column_edges) - 1 == 3


@pytest.mark.parametrize("thickness", [1, 3, 8])
def test_rules_of_any_thickness(thickness: int) -> None:
    pixels = np.full((400, 900), 255, np.uint8)
    for at in (100, 180, 260):
        pixels[at : at + thickness, 100:800] = 0
    for at in (100, 450, 800 - thickness):
        pixels[100 : 260 + thickness, at : at + thickness] = 0
    assert shape(pixels) == (2, 2, 4)


@pytest.mark.parametrize(("bar", "seen"), [(40, True), (152, True), (186, True), (217, False)])
def test_white_type_on_a_bar_is_ink_unless_the_bar_is_pale(bar: int, seen: bool) -> None:
    grey = np.full((80, 200), bar, np.uint8)
    grey[30:50, 90:94] = 255
    contrast = contrast_of(grey, paper_of(grey, 2.0))
    assert bool(contrast[40, 91] > 0) is seen
    assert not contrast[5, 5]
