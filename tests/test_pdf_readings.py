import pytest
from fixture_files import PdfBuilder, text

from rag.readers.pdf.reader import read_pdf
from rag.readers.pdf.shown import MISREAD
from rag.records import Line, Page


def stated(shown: str, reading: str) -> str:
    return f"/Span << /ActualText <feff{reading.encode('utf-16-be').hex()}> >> BDC {shown} EMC"


def pages(*contents: str) -> tuple[Page, ...]:
    builder = PdfBuilder()
    for content in contents:
        builder.page(content)
    return read_pdf(builder.render(), password=None, max_pages=5, announce_pages=lambda count: None).pages


def texts(page: Page) -> list[str]:
    return [item.text for item in page.items if isinstance(item, Line)]


@pytest.mark.parametrize(
    ("shown", "reading", "expected", "note"),
    [
        (text(100, 700, "就业率90.00%"), "就业率99.99%", "就业率90.00%", MISREAD),
        (text(100, 700, "100万元"), "100亿元", "100万元", MISREAD),
        (text(100, 700, "12人"), "在校生12345人", "12人", MISREAD),
        (text(100, 700, "12") + text(112, 700, "45人"), "1245人", "1245人", ""),
        (text(100, 700, "12") + text(112, 700, "45人"), "1345人", "1245人", MISREAD),
        (text(100, 700, "⽣源⼤学"), "生源大学", "生源大学", ""),
        (text(100, 700, "⼾"), "户", "户", ""),
        (text(100, 700, "－5"), "-5", "-5", ""),
        (text(100, 700, "一二三", font="G"), "一二三", "一二三", ""),
    ],
)
def test_a_stated_reading_is_believed_where_it_says_what_is_drawn(
    shown: str, reading: str, expected: str, note: str
) -> None:
    (page,) = pages(stated(shown, reading))
    assert texts(page) == [expected]
    assert page.note == note


def test_a_reading_found_honest_once_does_not_excuse_another() -> None:
    honest, false = stated(text(100, 700, "⼋人"), "八人"), stated(text(100, 700, "八人"), "九人")
    first, second = pages(honest, honest + stated(text(100, 600, "八人"), "九人"))
    assert texts(first) == ["八人"]
    assert texts(second) == ["八人", "八人"]
    assert texts(pages(false)[0]) == ["八人"]
