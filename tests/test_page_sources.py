from __future__ import annotations

from dataclasses import replace

import pytest
from answer_samples import printed_in, quoted_figure

from rag.pictures.request import PagePicture
from rag.presentation.exchanges import Exchange
from rag.presentation.html.sources import (
    opener_label,
    passage_html,
    picture_line,
    picture_request,
    picture_words,
    place_html,
    sources_html,
)
from rag.readers.page_runs import Box
from rag.records import (
    AnswerStatus,
    Citation,
    Evidence,
    PageMark,
    Passage,
    Query,
    RecognisedSpan,
    Report,
    ReportKind,
    VerifiedAnswer,
)

TEXT = "前面<b>一句</b>。就业率为96.12%。后面一句。"
QUOTE = (TEXT.index("就业率"), TEXT.index("后面"))
PASSAGE = Passage(
    "p", "r.pdf", "s", ("一、<i>概况</i>",), 0, len(TEXT), TEXT, 0, 3, 5, "3", 1.0,
    pages=(PageMark(0, 4, "2"), PageMark(QUOTE[0], 5, "3")),
)  # fmt: skip
CITATION = Citation(1, PASSAGE, *QUOTE, 5, "3")
REPORT = Report("r.pdf", "某校年报", "某校", (), ReportKind.QUALITY, 2023, None, None, "/r.pdf", "0a", "pdf", 9)


def exchange(report: Report = REPORT, citation: Citation = CITATION) -> Exchange:
    query = Query("问", "问", "问", ("r.pdf",))
    figure = quoted_figure("96.12%", citation)
    answer = VerifiedAnswer(
        query, Evidence(query, ()), AnswerStatus.ANSWERED, "答", (figure,), (citation,), (), (), "extractive", None, 0, 0, (),
        printed=printed_in([citation]),
    )  # fmt: skip
    return Exchange("问", answer, (report,))


def test_a_page_is_asked_for_with_what_of_the_quote_stands_on_it() -> None:
    asked = picture_request(exchange(), CITATION, 5, 1.5)
    assert asked is not None
    assert asked.wanted is not None
    assert (asked.path, asked.sha256, asked.page, asked.zoom) == ("/r.pdf", "0a", 5, 1.5)
    assert [asked.wanted.text[a:b] for a, b in asked.wanted.figures] == ["96.12%"]
    beside = picture_request(exchange(), CITATION, 4, 1.0)
    assert beside is not None
    assert beside.wanted is None


@pytest.mark.parametrize(
    "given",
    [exchange(replace(REPORT, format="docx")), exchange(replace(REPORT, id="other.pdf"))],
)
def test_what_has_no_pages_is_not_drawn(given: Exchange) -> None:
    assert picture_request(given, CITATION, 5, 1.0) is None
    assert picture_request(exchange(), CITATION, None, 1.0) is None


def test_texts_of_the_report_stand_as_plain_characters() -> None:
    html = place_html(exchange(), CITATION) + passage_html(exchange(), CITATION, is_context_open=True)
    assert "<b>" not in html
    assert "<i>" not in html
    assert "<mark>96.12%</mark>" in html
    assert "&lt;b&gt;一句&lt;/b&gt;" in html
    assert '<details class="wb-context" open>' in html
    assert " open>" not in passage_html(exchange(), CITATION, is_context_open=False)


def test_what_was_recognised_wears_a_badge() -> None:
    spans = (RecognisedSpan(0, len(TEXT), 0.5),)
    answer = exchange(citation=replace(CITATION, passage=replace(PASSAGE, recognised=spans))).answer
    assert answer is not None
    badge = '<span class="wb-recognised" title="图片识别，把握不大，请对照原图">图片识别</span>'
    assert badge in sources_html(answer, {}, {}, "a")
    printed = exchange().answer
    assert printed is not None
    assert "图片识别" not in sources_html(printed, {}, {}, "a")


@pytest.mark.parametrize(
    ("picture", "line"),
    [
        (PagePicture(5, 9), "第 5 页（印刷页码 3） / 共 9 页"),
        (PagePicture(4, 9), "第 4 页（印刷页码 2） / 共 9 页"),
        (PagePicture(6, 9, "iv"), "第 6 页（印刷页码 iv） / 共 9 页"),
        (PagePicture(6, 9, "6"), "第 6 页 / 共 9 页"),
        (PagePicture(7, 9), "第 7 页 / 共 9 页"),
    ],
)
def test_a_page_is_named_as_in_the_file_and_as_printed(picture: PagePicture, line: str) -> None:
    assert picture_line(picture, CITATION) == line


def test_labels_and_words() -> None:
    assert opener_label(CITATION) == "1 · 第 5 页"
    assert opener_label(replace(CITATION, page=None)) == "1 · 原文"
    assert "已标出" not in picture_words(PagePicture(5))
    assert "已标出" in picture_words(PagePicture(5, quote_boxes=(Box(0, 0, 1, 1),)))


@pytest.mark.parametrize(
    ("figures", "quote", "place"),
    [
        ((), (), (0.5, 0.0)),
        ((), (Box(10, 20, 30, 40),), (0.2, 0.15)),
        (((Box(50, 100, 70, 120),),), (Box(10, 20, 30, 40),), (0.6, 0.55)),
    ],
)
def test_what_is_brought_into_sight(
    figures: tuple[tuple[Box, ...], ...], quote: tuple[Box, ...], place: tuple[float, float]
) -> None:
    picture = PagePicture(1, width=100, height=200, quote_boxes=quote, figure_boxes=figures)
    assert picture.marked_at == pytest.approx(place)
