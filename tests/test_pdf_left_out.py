import pytest
from fixture_files import PdfBuilder, predefined_font, ruled, text, to_unicode_map

from rag.readers.pdf.left_out import STACKED
from rag.readers.pdf.reader import read_pdf
from rag.records import Line, Page

SENTENCE = "截至2023年8月31日，学校在校生12345人，增长5.81%。"


def page_of(*content: str, font: str, extra: tuple[str, ...] = ()) -> Page:
    builder = PdfBuilder(fonts="/X 10 0 R", extra=[font, *extra]).page(*content)
    return read_pdf(builder.render(), max_pages=1, announce_pages=lambda count: None).pages[0]


def texts(page: Page) -> list[str]:
    return [item.text for item in page.items if isinstance(item, Line)]


def shown(codes: str, left: float, baseline: float = 700) -> str:
    return f"BT /X 12 Tf 1 0 0 1 {left} {baseline} Tm <{codes}> Tj ET"


@pytest.mark.parametrize(("cmap", "encoding"), [("GBK-EUC-H", "gbk"), ("UniGB-UTF16-H", "utf-16-be")])
def test_no_digit_is_lost_where_a_font_gives_no_widths(cmap: str, encoding: str) -> None:
    lines = [SENTENCE, "2022届毕业生2256人。"]
    content = [shown(line.encode(encoding).hex(), 60, 700 - 20 * at) for at, line in enumerate(lines)]
    page = page_of(*content, font=predefined_font("STSong-Light", cmap, widths="/DW 0"))
    assert texts(page) == lines
    assert page.note == STACKED


@pytest.mark.parametrize("name", ["TimesNewRoman", "ArialMT"])
def test_a_sign_that_a_standard_font_cannot_draw_stands_in_its_place(name: str) -> None:
    font = predefined_font(name, "Identity-H", ordering="Identity", to_unicode=11)
    page = page_of(
        text(100, 700, "占比"), shown("0001", 124), text(136, 700, "60"), font=font, extra=(to_unicode_map({1: "≥"}),)
    )
    assert texts(page) == ["占比≥60"]
    assert page.note == ""


def test_a_space_that_draws_nothing_adds_nothing() -> None:
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    page = page_of(text(100, 700, "占比"), shown("20", 124), text(130, 700, "60"), font=font)
    assert "".join(texts(page)).replace(" ", "") == "占比60"
    assert page.note == ""


def test_hidden_text_of_a_font_that_is_not_embedded_does_not_come_back() -> None:
    font = predefined_font("TimesNewRoman", "Identity-H", ordering="Identity", to_unicode=11)
    hidden = "1 g\n" + shown("0001", 124) + "\n0 g"
    page = page_of(text(100, 700, "占比"), hidden, font=font, extra=(to_unicode_map({1: "7"}),))
    assert texts(page) == ["占比"]


def test_characters_of_one_table_column_are_not_taken_for_stacked() -> None:
    cells = [text(105, 610 - 30 * row, digit) for row, digit in enumerate("12345")]
    page = page_of(ruled(100, 480, [50, 50], [30] * 5), *cells, font=predefined_font("STSong-Light", "UniGB-UTF16-H"))
    assert page.note != STACKED
