from __future__ import annotations

import pytest

from rag.records import Origin, PageMark, RecognisedSpan, Section, SectionKind
from rag.structure.passages import origin_of, page_at, section_to_passage

TEXT = "全校教师512人。\n图中所载学生9800人。\n"
SECTION = Section(
    "r#s0001",
    "r",
    0,
    ("一、概况",),
    SectionKind.BODY,
    TEXT,
    (PageMark(0, 3, "1"), PageMark(10, 4, "2")),
    recognised=(RecognisedSpan(10, 22, 0.8),),
)


@pytest.mark.parametrize(("offset", "page"), [(0, 3), (9, 3), (10, 4), (25, 6), (99, 6)])
def test_page_at(offset: int, page: int) -> None:
    marks = (PageMark(0, 3, "1"), PageMark(10, 4, "2"), PageMark(20, 6, None))
    assert page_at(marks, offset).page == page


def test_page_at_without_marks() -> None:
    assert page_at((), 5) == PageMark(0, None, None)


def test_a_passage_takes_pages_and_what_was_recognised_from_its_section() -> None:
    passage = section_to_passage(SECTION, 5, 16, focus=(6, 11), score=2.0)
    assert passage.text == TEXT[5:16]
    assert (passage.page, passage.page_label, passage.focus_start) == (4, "2", 6)
    assert passage.pages == (PageMark(0, 3, "1"), PageMark(5, 4, "2"))
    assert passage.recognised == (RecognisedSpan(5, 11, 0.8),)


@pytest.mark.parametrize(
    ("span", "origin"),
    [((0, 9), (Origin.PRINTED, 1.0)), ((10, 15), (Origin.RECOGNISED, 0.8)), ((0, 12), (Origin.RECOGNISED, 0.8))],
)
def test_a_quote_that_is_recognised_in_part_is_recognised(span: tuple[int, int], origin: tuple[Origin, float]) -> None:
    assert origin_of(section_to_passage(SECTION, 0, len(TEXT)), *span) == origin
