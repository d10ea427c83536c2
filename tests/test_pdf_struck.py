import pytest
from fixture_files import PdfBuilder, ruled, text

from rag.readers.pdf.reader import read_pdf
from rag.readers.pdf.shown import STRUCK
from rag.records import Grid, Line, Page

LINE = text(100, 700, "共有3843名教师")
"""12-point type: the characters 3 and 8 end at 124 + 12."""


def first_page(*content: str, attributes: str = "") -> Page:
    data = PdfBuilder().page(*content, attributes=attributes).render()
    return read_pdf(data, password=None, max_pages=5, announce_pages=lambda count: None).pages[0]


def texts(page: Page) -> list[str]:
    return [item.text for item in page.items if isinstance(item, Line)]


@pytest.mark.parametrize(
    "bar",
    ["124 704 12 .7 re f", "124 704.3 m 136 704.3 l S", "124 703 12 1 re f 124 705 12 1 re f", "122 704 16 .5 re f"],
)
def test_struck_out_digits_are_not_read(bar: str) -> None:
    page = first_page(LINE, bar)
    assert texts(page) == ["共有43名教师"]
    assert page.note == STRUCK


@pytest.mark.parametrize(
    "bar",
    [
        "124 698.5 12 .7 re f",
        "124 712 12 .7 re f",
        "60 704 400 .7 re f",
        "124 700 12 9 re f 0 g",
        "60 704 m 70 704 l S 76 704 m 136 704 l S 141 704 m 160 704 l S 165 704 m 300 704 l S",
    ],
    ids="underlined overlined rule box dashed-grid".split(),
)
def test_other_lines_strike_nothing_out(bar: str) -> None:
    page = first_page(f".9 g {bar} 0 g", LINE)
    assert texts(page) == ["共有3843名教师"]
    assert page.note == ""


def test_struck_text_leaves_no_gap_between_columns() -> None:
    page = first_page(text(100, 700, "教师"), text(124, 700, "123456789"), text(178, 700, "43名"), "124 704 54 .7 re f")
    assert texts(page) == ["教师43名"]


def test_a_struck_figure_in_a_cell_gives_way_to_the_other() -> None:
    page = first_page(
        ruled(90, 680, [100, 100], [30, 30]), text(95, 720, "人数"), text(195, 720, "占比"),
        text(95, 690, "38"), text(107, 690, "43"), "95 694 12 .6 re f", text(195, 690, "78%"),
    )  # fmt: skip
    (grid,) = (item for item in page.items if isinstance(item, Grid))
    assert [cell.text for cell in grid.cells] == ["人数", "占比", "43", "78%"]


def test_an_annotation_strikes_out() -> None:
    quad = "[124 712 136 712 124 697 136 697]"
    note = f"<< /Type /Annot /Subtype /StrikeOut /Rect [124 697 136 712] /QuadPoints {quad} /C [1 0 0] >>"
    other = note.replace("/StrikeOut", "/Underline").replace("124", "136").replace("136 ", "148 ")
    page = first_page(LINE, attributes=f"/Annots [{note} {other}]")
    assert texts(page) == ["共有43名教师"]
    assert page.note == STRUCK
