"""`rag.readers.pdf.columns`: pages of two columns, what reaches over both and what stands in one of them."""

from __future__ import annotations

from fixture_files import PdfBuilder, ruled, text

from rag.readers.pdf.reader import read_pdf
from rag.records import Grid

WORDS = "学校现有在校学生一万余人其中女生"
LEFT, RIGHT = 60, 320


def column(left: float, top: float, name: str, count: int) -> list[str]:
    """Lines of a column of prose, 20 points apart."""
    return [text(left, top - 20 * row, f"{name}{row}" + WORDS) for row in range(count)]


def table(left: float, bottom: float, words: str, width: float = 80) -> list[str]:
    """A table of two rows and three columns, 60 points high."""
    cells = [text(left + 4 + width * at, bottom + y, f"{words}{at}") for at in range(3) for y in (40, 10)]
    return [ruled(left, bottom, [width] * 3, [30, 30]), *cells]


def order(*content: str) -> list[str]:
    """The first two characters of each item of a page as read, 表 for a table."""
    page = read_pdf(PdfBuilder().page(*content).render(), max_pages=1, announce_pages=lambda count: None).pages[0]
    return ["表" if isinstance(item, Grid) else item.text[:2] for item in page.items]


def names(name: str, count: int) -> list[str]:
    return [f"{name}{row}" for row in range(count)]


def test_a_table_in_the_right_column_stays_there() -> None:
    right = [*column(RIGHT, 700, "右", 2), *table(RIGHT, 600, "格"), *column(RIGHT, 580, "后", 4)]
    content = [*column(LEFT, 700, "左", 10), *right]
    assert order(*content) == [*names("左", 10), *names("右", 2), "表", *names("后", 4)]


def test_a_table_over_both_columns_parts_what_is_above_from_what_is_below() -> None:
    above = [*column(LEFT, 760, "左", 6), *column(RIGHT, 760, "右", 6)]
    below = [*column(LEFT, 500, "下", 6), *column(RIGHT, 500, "末", 6)]
    wide = table(LEFT, 540, "格", 160)
    expected = [*names("左", 6), *names("右", 6), "单位", "表", *names("下", 6), *names("末", 6)]
    assert order(*above, text(480, 610, "单位：万元", 9), *wide, *below) == expected


def test_a_heading_over_both_columns_keeps_its_place() -> None:
    above = [*column(LEFT, 760, "左", 6), *column(RIGHT, 760, "右", 6)]
    below = [*column(LEFT, 590, "下", 6), *column(RIGHT, 590, "末", 6)]
    expected = [*names("左", 6), *names("右", 6), "二、", *names("下", 6), *names("末", 6)]
    assert order(*above, text(200, 620, "二、就业工作的主要情况和做法", 14), *below) == expected


def test_a_running_head_over_the_right_column_stands_above_both() -> None:
    content = [text(430, 800, "信息公开年报", 8), *column(LEFT, 760, "左", 6), *column(RIGHT, 760, "右", 6)]
    assert order(*content) == ["信息", *names("左", 6), *names("右", 6)]


def test_a_note_at_the_foot_of_the_left_column_does_not_part_the_columns() -> None:
    content = [*column(LEFT, 760, "左", 6), text(LEFT, 600, "¹按在校生计算。", 8), *column(RIGHT, 760, "右", 6)]
    assert order(*content) == [*names("左", 6), *names("右", 6), "¹按"]


def test_small_print_at_both_ends_of_the_left_column_is_read() -> None:
    left = [text(LEFT, 760, "表四录取情况", 8), *column(LEFT, 720, "左", 5), text(LEFT, 600, "¹按在校生计算。", 8)]
    assert order(*left, *column(RIGHT, 760, "右", 10)) == ["表四", *names("左", 5), *names("右", 10), "¹按"]


def test_columns_that_nearly_touch_come_apart() -> None:
    hanging = text(LEFT, 660, "左五" + WORDS + "，")
    near = LEFT + 12 * 20 + 14
    content = [*column(LEFT, 760, "左", 5), hanging, *column(near, 760, "右", 6)]
    assert order(*content) == [*names("左", 5), "左五", *names("右", 6)]


def test_few_lines_beside_each_other_are_columns_where_the_page_has_some() -> None:
    above = [*column(LEFT, 760, "左", 6), *column(RIGHT, 760, "右", 6)]
    below = [*column(LEFT, 590, "下", 2), *column(RIGHT, 590, "末", 2)]
    heading = text(200, 620, "二、就业工作的主要情况和做法", 14)
    assert order(*above, heading, *below)[-4:] == ["下0", "下1", "末0", "末1"]
    assert order(heading, *below)[-2:] == ["下0", "下1"]
