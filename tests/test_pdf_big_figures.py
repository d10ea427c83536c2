"""`rag.readers.pdf.big_figures`: infographics, whose figures and labels come as rows, and text that is none."""

from __future__ import annotations

import pytest
from fixture_files import PdfBuilder, text

from rag.readers.pdf.reader import read_pdf
from rag.records import Line

TILES = (60, 220, 380)
FIGURES = ("12345", "823人", "96.12%")
LABELS = ("全日制在校生", "专任教师", "毕业去向落实率")
ROWS = [f"{label}\t{figure}" for label, figure in zip(LABELS, FIGURES, strict=True)]


def lines_of(*content: str) -> list[str]:
    page = read_pdf(PdfBuilder().page(*content).render(), max_pages=1, announce_pages=lambda count: None).pages[0]
    return [item.text for item in page.items if isinstance(item, Line)]


def tiles(words: tuple[str, ...], baseline: float, size: float) -> list[str]:
    return [text(left, baseline, one, size) for left, one in zip(TILES, words, strict=True)]


@pytest.mark.parametrize("labels_at", [680, 742], ids=["below", "above"])
def test_figures_and_labels_of_tiles_come_as_rows(labels_at: float) -> None:
    assert lines_of(*tiles(FIGURES, 705, 30), *tiles(LABELS, labels_at, 12)) == ROWS


def test_all_labels_may_be_drawn_before_all_figures_and_rows_of_tiles_stand_below_each_other() -> None:
    more = ("占地面积", "馆藏图书", "实训基地")
    values = ("1026亩", "98.6万册", "214个")
    content = [*tiles(LABELS, 680, 12), *tiles(more, 580, 12), *tiles(FIGURES, 705, 24), *tiles(values, 605, 24)]
    assert lines_of(*content) == [*ROWS, *(f"{a}\t{b}" for a, b in zip(more, values, strict=True))]


def test_labels_beside_their_figures() -> None:
    content = []
    for row, (label, figure) in enumerate(zip(LABELS, FIGURES, strict=True)):
        content += [text(100, 700 - 60 * row, figure, 24), text(190, 704 - 60 * row, label, 12)]
    assert lines_of(*content) == ROWS


def test_a_unit_in_small_type_belongs_to_its_figure_and_a_label_goes_over_two_lines() -> None:
    content = [text(100, 700, "1.63", 32), text(166, 700, "亿元", 14)]
    content += [text(90, 676, "教学科研仪器", 12), text(114, 660, "设备值", 12)]
    assert lines_of(*content) == ["教学科研仪器设备值\t1.63亿元"]


def test_what_stands_around_the_tiles_keeps_its_place() -> None:
    content = [text(60, 780, "数说学校", 20), *tiles(FIGURES, 705, 30), *tiles(LABELS, 680, 12)]
    assert lines_of(*content, text(60, 640, "学校坚持立德树人。")) == ["数说学校", *ROWS, "学校坚持立德树人。"]


@pytest.mark.parametrize(
    "content",
    [
        [text(60, 700, "落实率达"), text(108, 700, "96.12%", 18), text(166, 700, "，比上年高")],
        [text(200, 700, "2023", 36), text(200, 660, "质量年度报告", 14)],
        [text(60, 700, "1", 30), text(100, 704, "学校概况"), text(60, 600, "2", 30), text(100, 604, "人才培养")],
        [text(60, 700, "01", 30), text(60, 676, "学校概况")],
        [text(60, 700, "12", 20), text(60, 682, "学校概况")],
        [text(60, 700, "96.12%", 14), text(60, 684, "落实率如下")],
        [text(60, 700, "96.12%", 30), *(text(60, 676 - 18 * row, "学校全年组织教师培训多次并且") for row in range(6))],
    ],
    ids=["in a sentence", "a year", "chapters", "a chapter", "a bare one alone", "nearly as small", "running text"],
)
def test_other_large_figures_are_left_alone(content: list[str]) -> None:
    assert not any("\t9" in line or "\t2" in line or "\t1" in line or "\t0" in line for line in lines_of(*content))
