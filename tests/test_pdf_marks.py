import pytest
from fixture_files import PdfBuilder, ruled, text

from rag.readers.pdf.reader import read_pdf
from rag.records import Grid, Line, Page


def first_page(*content: str) -> Page:
    data = PdfBuilder().page(*content).render()
    return read_pdf(data, password=None, max_pages=5, announce_pages=lambda count: None).pages[0]


def texts(page: Page) -> list[str]:
    return [item.text for item in page.items if isinstance(item, Line)]


def marked(before: str, mark: str, after: str, rise: float, size: float = 7) -> list[str]:
    """A line in which `mark` stands `rise` points above the baseline; digits and letters are half as wide as high."""
    widths = [sum(1 if ord(one) > 0x2E80 else 0.5 for one in part) for part in (before, mark)]
    at = 100 + 12 * widths[0]
    return [text(100, 700, before), text(at, 700 + rise, mark, size), text(at + size * widths[1], 700, after)]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (marked("在校生12345", "1", "人", 4), "在校生12345¹人"),
        (marked("比例78", "4", "%", 4, 10), "比例78⁴%"),
        (marked("教师567人", "[2]", "，", 4), "教师567人[²]，"),
        (marked("收入4567", "1)", "元", 4), "收入4567¹⁾元"),
        (marked("共320", "1,3", "人", 4), "共320¹,³人"),
        (marked("图书87.5", "注5", "万册", 4), "图书87.5注⁵万册"),
        (marked("共320", "①", "人", 4), "共320①人"),
        (marked("共320", "*", "人", 4), "共320*人"),
        (marked("面积500m", "2", "，", 4), "面积500m²，"),
        (marked("总值10", "4", "元", 4), "总值10⁴元"),
        (marked("浓度10", "-3", "克", 4), "浓度10⁻³克"),
        (marked("排放CO", "2", "共5吨", -2), "排放CO₂共5吨"),
        ([text(100, 704, "1", 6), text(103, 700, "口径见附录")], "¹口径见附录"),
        ([text(100, 700, "10"), text(112, 704, "4", 7), text(116, 700, "/2"), text(128, 704, "4", 7)], "10⁴/2⁴"),
        # no marks: type of one size, type on one baseline, years, words, what stands further off
        (marked("共320", "1", "人", 0), "共3201人"),
        (marked("建于", "1987", "年", 4), "建于1987年"),
        (marked("约", "三成", "人", 4), "约三成人"),
        ([text(100, 700, "320", 20), text(140, 706, "1", 9), text(145, 706, "人", 9)], "320 1人"),
        ([text(100, 700, "320", 20), text(131, 706, "1", 9), text(136, 706, "号楼", 9)], "320 1号楼"),
    ],
)  # fmt: skip
def test_raised_and_lowered_digits_are_told_apart(parts: list[str], expected: str) -> None:
    assert texts(first_page(*parts)) == [expected]


def test_a_mark_in_a_cell_stays_out_of_the_figure() -> None:
    page = first_page(
        ruled(90, 680, [100, 100], [30, 30]), text(95, 720, "人数"), text(195, 720, "占比"),
        text(95, 690, "320"), text(113, 694, "1", 7), text(195, 690, "78"), text(207, 694, "2", 7), text(211, 690, "%"),
    )  # fmt: skip
    (grid,) = (item for item in page.items if isinstance(item, Grid))
    assert [cell.text for cell in grid.cells] == ["人数", "占比", "320¹", "78²%"]
