"""`rag.readers.pdf.watermarks`: level watermarks under text and tables, and type that only looks like one."""

from __future__ import annotations

import pytest
from fixture_files import PdfBuilder, ruled, text

from rag.readers.pdf.reader import read_pdf
from rag.records import Line

BODY = (
    "学校现有在校学生一万余人其中女生占四成",
    "毕业生去向落实率保持稳定教师队伍结构合理",
    "全年完成各类培训项目五十项并有多人参加",
)
LINES = [text(100, 700 - 20 * row, words) for row, words in enumerate(BODY)]


def items_of(*content: str) -> list[str | list[str]]:
    page = read_pdf(PdfBuilder().page(*content).render(), max_pages=1, announce_pages=lambda count: None).pages[0]
    return [item.text if isinstance(item, Line) else [cell.text for cell in item.cells] for item in page.items]


def grey(*content: str, shade: float = 0.8) -> str:
    return "\n".join([f"q {shade} g", *content, "Q"])


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "mark",
    [
        text(110, 665, "内部资料", 60),
        grey(text(110, 665, "内部资料", 60)),
        "\n".join(text(110 + 110 * at, 665, word, 60) for at, word in enumerate("样稿勿传")),
        grey(text(130, 684, "内部资料", 12)),
    ],
    ids=["large", "large and pale", "far apart", "pale"],
)
def test_a_level_watermark_is_a_line_of_its_own_behind_the_text(mark: str, first: bool) -> None:
    read = items_of(*([mark, *LINES] if first else [*LINES, mark]))
    assert read[:3] == list(BODY)
    assert len(read) == 4


def test_the_same_mark_is_none_of_the_text_where_nothing_stands_upon_it() -> None:
    marks = [grey(text(130, 684, "内部资料")), grey(text(130, 500, "内部资料"))]
    assert items_of(*marks, *LINES, text(100, 480, BODY[0]))[:4] == [*BODY, BODY[0]]


def test_a_watermark_under_a_table_gets_into_no_cell() -> None:
    cells = [text(105, 645, "教职工"), text(205, 645, "959"), text(105, 615, "专任教师"), text(205, 615, "703")]
    (table, *_) = items_of(ruled(100, 600, [100, 100], [30, 30]), grey(text(110, 610, "机密12", 45)), *cells)
    assert table == ["教职工", "959", "专任教师", "703"]


@pytest.mark.parametrize(
    "content",
    [
        [text(100, 760, "学校概况", 24), *LINES],
        [grey(text(100, 720, "说明"), shade=0.7), *LINES],
        [text(100, 640, "823", 40), text(200, 640, "人"), *LINES],
    ],
    ids=["heading", "pale heading", "big figure"],
)
def test_what_nothing_stands_upon_keeps_its_place(content: list[str]) -> None:
    read = items_of(*content)
    assert read.index(BODY[0]) == (0 if "823" in str(read) else 1)
