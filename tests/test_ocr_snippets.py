"""Which parts of a picture are read."""

from __future__ import annotations

import numpy as np

from rag.readers.ocr.models import TextBox
from rag.readers.ocr.snippets import Area, Snippet, snippets_of, strokes_of

CELLS = [Area(0, 0, 200, 60), Area(200, 0, 400, 60)]


def strokes(*areas: Area):
    ink = np.zeros((120, 500), np.bool_)
    for area in areas:
        ink[area.top : area.bottom, area.left : area.right] = True
    return strokes_of(ink)


def found(left: int, right: int, top: int = 10, bottom: int = 50) -> TextBox:
    return TextBox((left + right) / 2, (top + bottom) / 2, right - left, bottom - top, 0)


def covers(snippet: Snippet, stroke: Area) -> bool:
    area = snippet.area
    return area.left <= stroke.left and stroke.right <= area.right


FIRST, SECOND = Area(160, 15, 190, 45), Area(210, 15, 240, 45)


def test_a_text_found_across_a_rule_is_parted_at_it() -> None:
    one, other = snippets_of([found(150, 250)], strokes(FIRST, SECOND), CELLS)
    assert covers(one, FIRST)
    assert one.area.right <= 200
    assert covers(other, SECOND)
    assert other.area.left >= 200


def test_outside_of_tables_it_stays_whole() -> None:
    (only,) = snippets_of([found(150, 250)], strokes(FIRST, SECOND), [])
    assert covers(only, FIRST)
    assert covers(only, SECOND)


def test_strokes_in_a_cell_are_read_though_no_text_was_found_there() -> None:
    one, other = snippets_of([found(150, 195)], strokes(FIRST, SECOND), CELLS)
    assert covers(one, FIRST)
    assert covers(other, SECOND)
    assert other.alone


def test_specks_and_drawings_in_a_cell_are_not() -> None:
    speck, drawing = Area(300, 30, 303, 33), Area(210, 2, 390, 58)
    assert len(snippets_of([found(150, 195)], strokes(FIRST, speck), CELLS)) == 1
    assert len(snippets_of([found(150, 195)], strokes(FIRST, drawing), CELLS)) == 1


def test_a_stroke_right_beside_a_text_found_belongs_to_it() -> None:
    beside = Area(120, 15, 130, 45)
    (only,) = snippets_of([found(150, 195)], strokes(FIRST, beside), CELLS)
    assert covers(only, beside)


def test_lines_below_each_other_in_a_cell_are_read_one_by_one() -> None:
    cell = Area(0, 0, 200, 110)
    upper, lower = Area(20, 15, 50, 45), Area(20, 65, 50, 95)
    one, other = snippets_of([found(300, 350)], strokes(upper, lower, Area(310, 20, 340, 40)), [cell])[1:]
    assert one.area.bottom <= other.area.top + 20


def test_text_white_on_dark_has_no_strokes_of_its_own_and_is_read_whole() -> None:
    banner = Area(0, 0, 400, 60)
    parts = snippets_of([found(150, 250)], strokes(banner), CELLS)
    assert [part.area for part in parts] == [Area(150, 10, 200, 50), Area(200, 10, 250, 50)]


def test_text_running_down_is_marked() -> None:
    letters = [Area(20, 10 + 25 * at, 38, 30 + 25 * at) for at in range(4)]
    (only,) = snippets_of([TextBox(29, 58, 24, 104, 0)], strokes(*letters), [])
    assert only.upright
