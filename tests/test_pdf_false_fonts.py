from collections.abc import Mapping

import pytest
from fixture_files import DIGIT_CMAP, DIGIT_SQUARE, PdfBuilder, drawing_font, nameless_font, text, to_unicode_map

from rag.readers.pdf.false_fonts import FALSE_DIGITS
from rag.readers.pdf.reader import read_pdf
from rag.readers.recognised import RecognisedPage
from rag.records import Line, Origin, Page, PageStatus

PROSE = text(100, 640, "学校坚持立德树人根本任务，深化产教融合，毕业生就业质量稳步提升，社会满意度较高")
FIGURE = "95.26%"
NEXT = {digit: str((int(digit) + 1) % 10) for digit in "0123456789"}
"""What a mapping says that is off by one."""


def shown(words: str, left: float = 136, baseline: float = 700, size: float = 12) -> str:
    escaped = words.replace("(", r"\(").replace(")", r"\)")
    return f"BT /X {size} Tf 1 0 0 1 {left} {baseline} Tm ({escaped}) Tj ET"


def page_of(*content: str, extra: list[str]) -> Page:
    builder = PdfBuilder(fonts="/X 10 0 R", extra=extra).page(PROSE, *content)
    return read_pdf(builder.render(), max_pages=1, announce_pages=lambda count: None).pages[0]


def base_font(family: str, says: Mapping[str, str]) -> list[str]:
    """One of PDF's own fonts that draws what its codes mean, with a mapping that says something else."""
    meanings = to_unicode_map({ord(code): meaning for code, meaning in says.items()}, code_bytes=1)
    return [f"<< /Type /Font /Subtype /Type1 /BaseFont /{family} /ToUnicode 11 0 R >>", meanings]


def first_line(page: Page) -> Line:
    line = page.items[0]
    assert isinstance(line, Line)
    return line


@pytest.mark.parametrize("family", ["Helvetica", "Times-Roman", "Times-BoldItalic", "Courier-Bold"])
def test_digits_that_a_mapping_says_falsely_are_not_taken(family: str) -> None:
    page = page_of(text(100, 700, "满意度"), shown(FIGURE), extra=base_font(family, NEXT))
    assert first_line(page).text == "满意度□□□□□□"
    assert page.status is PageStatus.TEXT
    assert page.note == FALSE_DIGITS


def test_a_page_with_false_digits_waits_for_what_is_recognised_on_it() -> None:
    builder = PdfBuilder(fonts="/X 10 0 R", extra=base_font("Helvetica", NEXT)).page(PROSE, shown(FIGURE))
    seen = RecognisedPage(1, (Line(FIGURE, origin=Origin.RECOGNISED),), is_whole=True)
    waiting, read = (
        read_pdf(builder.render(), max_pages=1, announce_pages=lambda count: None, recognises=True, recognised=known)
        for known in ({}, {1: seen})
    )
    assert waiting.pending == (1,)
    assert read.pages[0].items == seen.items


def test_characters_numbered_as_they_came_are_not_taken() -> None:
    font = drawing_font(dict(zip('!"#$%', "95.26", strict=True)), first_object=10)
    page = page_of(text(100, 700, "满意度"), shown('!"#$%'), extra=font)
    assert first_line(page).text == "满意度□□□□□"
    assert page.note == FALSE_DIGITS


@pytest.mark.parametrize("nine", ["\t", "\n", " ", "\x02", "\x0c"])
def test_a_figure_with_a_digit_said_to_be_white_space_is_not_taken(nine: str) -> None:
    says = {"9": nine, "5": "\x0b", ".": "\x03", "2": "\x05", "6": "\x0e", "%": "%"}
    page = page_of(text(100, 700, "满意度"), shown(FIGURE), extra=base_font("Helvetica", says))
    assert not any(character.isdigit() for character in first_line(page).text)


def test_what_looks_like_no_digit_is_said_to_be_unreadable() -> None:
    extra = [nameless_font("Squares").replace("10 0 R", "12 0 R"), DIGIT_CMAP, DIGIT_SQUARE]
    page = page_of(text(100, 700, "共"), shown("3817", left=112), text(136, 700, "人"), extra=extra)
    assert first_line(page).text == "共□□□□人"
    assert page.note == FALSE_DIGITS


def test_digits_beside_one_that_cannot_be_read_are_not_left_as_a_figure_of_their_own() -> None:
    extra = [nameless_font("Squares").replace("10 0 R", "12 0 R"), DIGIT_CMAP, DIGIT_SQUARE]
    page = page_of(text(100, 700, "共12"), shown("34567", left=124), text(154, 700, "8人"), extra=extra)
    assert not any(character.isdigit() for character in first_line(page).text)


@pytest.mark.parametrize("family", ["Helvetica", "Times-Italic", "Courier"])
@pytest.mark.parametrize(
    "ground",
    [
        "",
        "0.2 0.3 0.6 rg 90 690 300 24 re f 1 g",
        "0.9 g 90 690 300 24 re f 0 g",
        "1 0 0 rg",
        "0 0 0 RG 0.5 w 130 698 m 300 698 l S 130 690 m 130 720 l S",
    ],
)
def test_an_honest_font_is_believed_on_any_ground(family: str, ground: str) -> None:
    page = page_of(ground, shown("0123456789 x=1; y<2 & z#3"), extra=base_font(family, {"0": "0"}))
    assert first_line(page).text.replace(" ", "") == "0123456789x=1;y<2&z#3"
    assert first_line(page).origin is Origin.PRINTED
    assert page.note == ""


def test_digits_set_closer_than_their_font_says_are_told_apart() -> None:
    figure = "1234567890"
    content = "\n".join(shown(f"{digit}", left=100 + 6 * at) for at, digit in enumerate(figure))
    wide = (
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /FirstChar 48 /LastChar 57 /Widths ["
        + "1000 " * 10
        + "] >>"
    )
    page = page_of(content, extra=[wide])
    assert first_line(page).text == figure
    assert page.note == ""


def test_one_digit_font_of_many_pages_is_looked_at_anew_for_digits_not_seen_before() -> None:
    builder = PdfBuilder(fonts="/X 10 0 R", extra=base_font("Helvetica", {"7": "1"}))
    builder.page(PROSE, shown("2345")).page(PROSE, shown("3747"))
    pages = read_pdf(builder.render(), max_pages=2, announce_pages=lambda count: None).pages
    assert [first_line(page).text for page in pages] == ["2345", "□□□□"]
    assert [page.note for page in pages] == ["", FALSE_DIGITS]


def test_a_page_most_of_whose_figures_cannot_be_read_waits_for_recognition() -> None:
    extra = [nameless_font("Squares").replace("10 0 R", "12 0 R"), DIGIT_CMAP, DIGIT_SQUARE]
    for figure, pending in (("3817", (1,)), ("381", ())):
        content = (text(100, 700, "共"), shown(figure, left=112), text(136, 700, "人"))
        builder = PdfBuilder(fonts="/X 10 0 R", extra=extra).page(PROSE, *content)
        read = read_pdf(builder.render(), max_pages=1, announce_pages=lambda count: None, recognises=True)
        assert read.pending == pending
