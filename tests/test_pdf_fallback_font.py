import pytest
from fixture_files import PdfBuilder, predefined_font, to_unicode_map
from PIL import Image

from rag.readers.pdf.fallback_font import FONT_PATH, bring_font
from rag.readers.pdf.reader import read_pdf
from rag.records import Line

TEXT = "2023年收入为负12.3万元，占5.81％。①△≥℃《》４"
ENCODINGS = {
    "GB-EUC-H": "gb2312",
    "GBpc-EUC-H": "gb2312",
    "GBK-EUC-H": "gbk",
    "GBKp-EUC-H": "gbk",
    "GBK2K-H": "gb18030",
    "UniGB-UCS2-H": "utf-16-be",
    "UniGB-UTF16-H": "utf-16-be",
}


def placed(words: str, encoding: str) -> str:
    """Content that shows each character of `words` by itself."""
    return "\n".join(
        f"BT /C 12 Tf 1 0 0 1 {40 + 12 * at} 700 Tm <{word.encode(encoding).hex()}> Tj ET"
        for at, word in enumerate(words)
    )


def line_of(builder: PdfBuilder) -> str:
    page = read_pdf(builder.render(), max_pages=1, announce_pages=lambda count: None).pages[0]
    return "".join(item.text for item in page.items if isinstance(item, Line)).replace(" ", "")


@pytest.mark.parametrize("cmap", ENCODINGS)
def test_no_character_of_a_font_that_is_not_embedded_is_lost(cmap: str) -> None:
    builder = PdfBuilder(fonts="/C 10 0 R", extra=[predefined_font("SimSun", cmap)])
    assert line_of(builder.page(placed(TEXT, ENCODINGS[cmap]))) == TEXT


def test_a_character_that_the_brought_font_cannot_draw_is_not_lost() -> None:
    builder = PdfBuilder(fonts="/C 10 0 R", extra=[predefined_font("STSong-Light", "UniGB-UTF16-H")])
    assert line_of(builder.page(placed("甲㐀乙㸚丙", "utf-16-be"))) == "甲㐀乙㸚丙"


def test_a_font_known_by_its_mapping_to_unicode_only_is_read() -> None:
    """As Word writes a font that must not be embedded: the numbers of its glyphs, and what they mean."""
    font = predefined_font("SimSun", "Identity-H", ordering="Identity", to_unicode=11)
    builder = PdfBuilder(fonts="/C 10 0 R", extra=[font, to_unicode_map({1: "年", 2: "亿", 3: "7"})])
    assert line_of(builder.page(placed("\1\3\2", "utf-16-be"))) == "年7亿"


def inked_box(builder: PdfBuilder) -> tuple[int, int, int, int]:
    """The box of what is drawn on the first page, at two pixels a point."""
    import pypdfium2

    bring_font()
    document = pypdfium2.PdfDocument(builder.render())
    try:
        image: Image.Image = document[0].render(scale=2).to_pil().convert("L")
    finally:
        document.close()
    box = Image.eval(image, lambda shade: 255 - shade).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("words", ["亿", "①", "喆", "㐀", "㸚"])
def test_a_font_that_is_not_embedded_is_drawn(words: str) -> None:
    builder = PdfBuilder(fonts="/C 10 0 R", extra=[predefined_font("SimSun", "UniGB-UTF16-H")])
    ink = inked_box(builder.page(placed(words, "utf-16-be")))
    assert 80 <= ink[0] < ink[2] <= 80 + 2 * 12
    assert 2 * (842 - 712) <= ink[1] < ink[3] <= 2 * (842 - 696)


@pytest.mark.parametrize(
    ("font", "word"),
    [
        (predefined_font("SimSun", "Identity-H", ordering="Identity", to_unicode=11), "\1"),
        (
            predefined_font("A+SimSun", "Identity-H", ordering="Identity", to_unicode=11).replace("4 0 R", "12 0 R"),
            "\1",
        ),
        (predefined_font("A+SimSun", "UniGB-UTF16-H").replace("4 0 R", "12 0 R"), "年"),
    ],
    ids=["known by its mapping", "embedded but broken", "broken, with a predefined mapping"],
)
def test_no_page_picture_lacks_its_text_for_want_of_a_font(font: str, word: str) -> None:
    """Whatever of a font is missing or broken, the brought one is drawn: a picture never has to say that it cannot."""
    descriptor = (
        "<< /Type /FontDescriptor /FontName /A+SimSun /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0"
        " /Ascent 900 /Descent -200 /CapHeight 700 /StemV 80 /FontFile2 13 0 R >>"
    )
    broken = "<< /Length 20 /Length1 20 >>\nstream\nxxxxxxxxxxxxxxxxxxxx\nendstream"
    builder = PdfBuilder(fonts="/C 10 0 R", extra=[font, to_unicode_map({1: "年"}), descriptor, broken])
    ink = inked_box(builder.page(placed(word, "utf-16-be")))
    assert ink[2] - ink[0] > 10
    assert ink[3] - ink[1] > 10


def test_the_font_is_small_and_its_licence_stands_beside_it() -> None:
    assert FONT_PATH.stat().st_size < 6_000_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in FONT_PATH.with_name("OFL.txt").read_text(encoding="utf-8")
