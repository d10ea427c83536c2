import pytest
from fixture_files import PdfBuilder, ruled, text, turned

from rag.readers.pdf.reader import read_pdf
from rag.records import Grid, Line, Page

PROSE = "学校现有在校学生一万余人其中女生占四成多毕业生去向落实率保持稳定"


def first_page(*content: str, attributes: str = "") -> Page:
    data = PdfBuilder().page(*content, attributes=attributes).render()
    return read_pdf(data, password=None, max_pages=5, announce_pages=lambda count: None).pages[0]


def texts(page: Page) -> list[str]:
    return [item.text for item in page.items if isinstance(item, Line)]


def cells(page: Page) -> list[str]:
    (grid,) = (item for item in page.items if isinstance(item, Grid))
    return [cell.text for cell in grid.cells]


TABLE = (
    text(100, 500, PROSE), ruled(100, 400, [100, 100], [30, 30]), text(105, 440, "专业"), text(205, 440, "人数"),
    text(105, 410, "护理"), text(205, 410, "320"),
)  # fmt: skip


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("matrix", ["1 0 0 1 0 0", "0 1 -1 0 595 0", "-1 0 0 -1 595 842", "0 -1 1 0 0 595"])
def test_a_page_is_read_the_way_up_that_its_text_is_meant(matrix: str, rotation: int) -> None:
    page = first_page(f"q {matrix} cm", *TABLE, "Q", attributes=f"/Rotate {rotation}")
    assert texts(page) == [PROSE]
    assert cells(page) == ["专业", "人数", "护理", "320"]
    sideways = matrix.startswith("0")
    assert (page.width, page.height) == ((842, 595) if sideways else (595, 842))


@pytest.mark.parametrize(("a", "b", "left", "bottom", "pace"), [(0, 1, 112, 702, 14), (0, -1, 122, 765, -14)])
def test_table_heads_turned_by_a_quarter_reach_their_cells(a: int, b: int, left: int, bottom: int, pace: int) -> None:
    words = ["专业名称", "毕业生数", "就业率"]
    heads = [turned(left + 40 * at, bottom, word, a, b) for at, word in enumerate(words)]
    more = turned(left + 40 + pace, bottom, "（人）", a, b)
    body = [text(103 + 40 * at, 685, word, 10) for at, word in enumerate(["护理", "320", "96.1%"])]
    page = first_page(text(60, 600, PROSE), ruled(100, 680, [40, 40, 40], [20, 90]), *heads, more, *body)
    assert cells(page) == ["专业名称", "毕业生数（人）", "就业率", "护理", "320", "96.1%"]
    assert texts(page) == [PROSE]


def test_labels_turned_by_a_quarter_are_lines_of_their_own_behind_the_text() -> None:
    page = first_page(
        text(100, 700, PROSE), turned(60, 400, "人数（", 0, 1), turned(60, 440, "万）", 0, 1), text(100, 680, "后文"),
        turned(500, 460, "专业", 0, -1),
    )  # fmt: skip
    assert texts(page) == [PROSE, "后文", "人数（万）", "专业"]
    label = page.items[2]
    assert isinstance(label, Line)
    assert (label.left, label.right) == pytest.approx((49.4, 61.4), abs=1)
    assert (label.top, label.bottom) == pytest.approx((842 - 464, 842 - 400), abs=1)


def test_upright_writing_is_read_column_by_column_from_the_right() -> None:
    columns = ["学校现有在校学生一万余人", "其中女生占四成多", "毕业生去向落实率保持稳定"]
    content = [
        text(400 - 20 * at, 700 - 13 * row, one) for at, column in enumerate(columns) for row, one in enumerate(column)
    ]
    assert texts(first_page(*content, text(290, 30, "12"))) == [*columns, "12"]


def test_characters_below_each_other_beside_level_text_are_one_label() -> None:
    stack = [text(40, 600 - 13 * row, one) for row, one in enumerate("人数单位")]
    assert texts(first_page(text(100, 700, PROSE), *stack)) == [PROSE, "人数单位"]


def test_a_column_of_single_characters_at_the_pace_of_rows_stays_rows() -> None:
    rows = [text(x, 700 - 20 * row, one) for row in range(5) for x, one in ((100, f"课程{row}"), (300, "优"))]
    assert texts(first_page(*rows)) == [f"课程{row}\t优" for row in range(5)]
