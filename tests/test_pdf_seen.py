import pytest
from fixture_files import PdfBuilder, form, glyph_by_glyph, picture, text

from rag.readers.pdf.reader import read_pdf
from rag.readers.pdf.shown import HIDDEN, LAYER
from rag.records import Line, Origin, Page, ReadFile

SHOWN = text(100, 700, "学校在校生12345人")


def read(builder: PdfBuilder) -> ReadFile:
    return read_pdf(builder.render(), password=None, max_pages=5, announce_pages=lambda count: None)


def first_page(*content: str, attributes: str = "") -> Page:
    return read(PdfBuilder().page(*content, attributes=attributes)).pages[0]


def texts(page: Page) -> list[str]:
    return [item.text for item in page.items if isinstance(item, Line)]


def figure(left: float = 100, baseline: float = 600, words: str = "rate 99.99", size: float = 12) -> str:
    return text(left, baseline, words, size, font="B")


@pytest.mark.parametrize(
    "hidden",
    [
        f"1 g {figure()} 0 g",
        f".98 .98 .96 rg {figure()} 0 g",
        f"0 0 .4 rg 80 580 300 60 re f {figure()} 0 g".replace("BT", "0 0 .42 rg BT"),
        f"BT 3 Tr ET {figure()} BT 0 Tr ET",
        figure(size=0.8),
        figure(left=700),
        figure(baseline=-30),
        f"q 300 300 50 50 re W n {figure()} Q",
        f"{figure()} 1 g 80 580 300 60 re f 0 g",
        f"{figure()} {picture(80, 580, 300, 60)}",
    ],
    ids="white pale ground invisible tiny beside below clipped painted-over under-a-picture".split(),
)
def test_text_that_nobody_sees_is_not_read_and_named(hidden: str) -> None:
    result = read(PdfBuilder().page(SHOWN, hidden).page(SHOWN))
    assert texts(result.pages[0]) == ["学校在校生12345人"]
    assert [page.note for page in result.pages] == [HIDDEN, ""]
    assert [warning.split("页")[0] for warning in result.warnings] == ["第 1 "]


@pytest.mark.parametrize(
    "shown",
    [
        f"0 0 .4 rg 80 580 300 60 re f 1 g {figure()} 0 g",
        f"{picture(80, 580, 300, 60)} 1 g {figure()} 0 g",
        f".6 g {figure()} 0 g",
        f"1 .9 .6 rg 80 580 300 60 re f 0 g {figure()}",
        f"q 80 580 300 60 re W n {figure()} Q",
        f"{figure()} q 1 g 80 620 300 60 re f Q",
        f"{figure()} q 80 580 300 60 re S Q",
        figure(size=5),
        f"1 g 80 580 300 60 re f 0 g {figure()}",
    ],
    ids="banner on-picture grey highlighted inside-clip touched framed small on-white".split(),
)
def test_text_that_is_seen_stays(shown: str) -> None:
    page = first_page(SHOWN, shown)
    assert texts(page) == ["学校在校生12345人", "rate 99.99"]
    assert page.note == ""


def test_what_is_printed_over_a_patch_is_read_for_what_lies_beneath() -> None:
    page = first_page(
        text(100, 600, "rate 33.33", font="B"), "1 g 90 590 200 30 re f 0 g", text(100, 600, "rate 3.21", font="B")
    )
    assert texts(page) == ["rate 3.21"]


def test_only_the_covered_digits_of_a_line_are_lost() -> None:
    page = first_page(text(100, 600, "12345", font="B"), "1 g 95 590 11 30 re f 0 g")
    assert texts(page) == ["2345"]
    assert page.note == HIDDEN


def test_text_hidden_that_stands_on_the_page_anyway_is_no_warning() -> None:
    assert first_page(figure(), f"1 g {figure(baseline=300, words='99.99')} 0 g").note == ""


def test_a_layer_that_is_switched_off_is_not_read() -> None:
    layers = "/OCProperties << /OCGs [10 0 R 11 0 R] /D << /OFF [10 0 R] >> >>"
    names = ["<< /Type /OCG /Name (off) >>", "<< /Type /OCG /Name (on) >>"]
    builder = PdfBuilder(catalog=layers, extra=names).page(
        SHOWN,
        f"/OC /off BDC {figure()} EMC",
        f"/OC /on BDC {figure(baseline=500, words='seen 1')} EMC",
        attributes="",
    )
    data = builder.render().replace(b"/Font <<", b"/Properties << /off 10 0 R /on 11 0 R >> /Font <<")
    page = read_pdf(data, password=None, max_pages=5, announce_pages=lambda count: None).pages[0]
    assert texts(page) == ["学校在校生12345人", "seen 1"]


def test_a_form_drawn_transparently_is_not_read() -> None:
    states = "<< /Type /ExtGState /ca 0.01 >>"
    group = form(text(100, 600, "99.99", font="B")).replace("/BBox", "/Group << /S /Transparency >> /BBox")
    group = group.replace("/F 3 0 R", "/F 3 0 R /B 6 0 R")
    data = PdfBuilder(extra=[group, states], forms="/M 10 0 R").page(SHOWN, "q /faint gs /M Do Q").render()
    data = data.replace(
        b"/Font << /F 3 0 R /B 6 0 R /G", b"/ExtGState << /faint 11 0 R >> /Font << /F 3 0 R /B 6 0 R /G"
    )
    page = read_pdf(data, password=None, max_pages=5, announce_pages=lambda count: None).pages[0]
    assert texts(page) == ["学校在校生12345人"]


def test_the_text_layer_of_a_scan_is_read_as_recognised() -> None:
    page = first_page(picture(0, 0, 595, 842), "BT 3 Tr ET", SHOWN, text(100, 650, "就业率96.12%"), "BT 0 Tr ET")
    assert [(item.text, item.origin) for item in page.items if isinstance(item, Line)] == [
        ("学校在校生12345人", Origin.RECOGNISED),
        ("就业率96.12%", Origin.RECOGNISED),
    ]
    assert page.note == LAYER


def test_invisible_text_beside_a_small_picture_is_no_layer() -> None:
    page = first_page(picture(100, 500, 100, 50), SHOWN, "BT 3 Tr ET", figure(), "BT 0 Tr ET")
    assert texts(page) == ["学校在校生12345人"]


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("times", [2, 3])
def test_type_drawn_again_to_look_bold_is_read_once(shift: float, times: int) -> None:
    whole = [text(100 + shift * time, 700, "就业率98.77%") for time in range(times)]
    singly = [
        glyph_by_glyph(100 + 6 * at + shift * time, 600, digit)
        for at, digit in enumerate("98.77%")
        for time in range(times)
    ]
    assert texts(first_page(*whole, *singly)) == ["就业率98.77%", "98.77%"]
