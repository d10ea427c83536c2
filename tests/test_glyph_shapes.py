from collections.abc import Iterator
from typing import Any

import pytest
from fixture_files import PdfBuilder

from rag.readers.pdf.glyph_shapes import DIGITS, Place, draw_shape, likeness
from rag.readers.pdf.text import PageView

SIZE = 10.0
PLACE = Place(99.0, 108.0, 142.0, SIZE)


def content(character: str, under: str = "", font: str = "B") -> str:
    escaped = character.replace("(", r"\(").replace(")", r"\)")
    return f"{under}\nBT /{font} {SIZE} Tf 1 0 0 1 100 700 Tm ({escaped}) Tj ET"


@pytest.fixture
def drawn() -> Iterator[Any]:
    """The shape of what a page shows at the place of a character."""
    import pypdfium2

    documents = []

    def shape(content: str, attributes: str = "", place: Place = PLACE) -> Any:
        documents.append(pypdfium2.PdfDocument(PdfBuilder().page(content, attributes=attributes).render()))
        page = documents[-1][0]
        return draw_shape(page, PageView(page), place)

    yield shape
    for document in documents:
        document.close()


def most_like(shape: Any) -> str:
    return max(DIGITS, key=lambda character: likeness(shape, character))


@pytest.mark.parametrize("character", DIGITS)
def test_a_character_is_most_like_itself(drawn: Any, character: str) -> None:
    assert most_like(drawn(content(character))) == character


@pytest.mark.parametrize(
    "under",
    ["1 0 0 RG 50 698 m 300 698 l S", "0.8 0.9 1 rg 50 690 200 30 re f 0 g", "0 g 50 690 200 30 re f 1 g", "0.6 g"],
    ids=["underlined", "on colour", "white on black", "pale"],
)
def test_paper_and_rules_do_not_matter(drawn: Any, under: str) -> None:
    assert most_like(drawn(content("5", under))) == "5"


def test_a_turned_page_is_looked_at_as_it_is_seen(drawn: Any) -> None:
    turned = f"BT /B {SIZE} Tf 0 1 -1 0 142 100 Tm (7) Tj ET"
    assert most_like(drawn(turned, attributes="/Rotate 90")) == "7"


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ("", PLACE),
        (content("5"), Place(99.0, 108.0, 142.0, 1.0)),
        (content("5"), Place(700.0, 708.0, 142.0, SIZE)),
        (content("5"), Place(108.0, 99.0, 142.0, SIZE)),
    ],
    ids=["no ink", "tiny", "off the page", "no width"],
)
def test_where_nothing_can_be_seen_there_is_no_shape(drawn: Any, page: str, place: Place) -> None:
    assert drawn(page, place=place) is None


def test_a_character_that_stands_elsewhere_is_like_it_only_anywhere(drawn: Any) -> None:
    raised = drawn(content("5").replace("700 Tm", "701.8 Tm"))
    assert likeness(raised, "5") == -1.0
    assert likeness(raised, "5", anywhere=True) > 0.9
