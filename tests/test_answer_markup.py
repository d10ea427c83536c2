"""Answers written as text become segments, are laid out as one text, and are put together again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.gate.layout import segments_to_layout
from rag.gate.markup import BLANK
from rag.records import Cite, Text, markdown_to_segments, segments_to_markdown


def test_asked_names_and_citations_are_segments() -> None:
    assert markdown_to_segments("共 **5人** [1]") == (Text("共 "), Text("5人", is_answer=True), Text(" "), Cite(1))


@pytest.mark.parametrize(
    "text", ["", "没有数字", "**96.12%** [1][2]。", "- 甲 **张某** [1]\n- 乙 5人 [2]", "**96.12% [1]**", "[1]", "a**b"]
)
def test_segments_say_what_the_text_said(text: str) -> None:
    assert segments_to_markdown(markdown_to_segments(text), {}, ()).replace("*", "") == text.replace("*", "")


@given(st.text(alphabet="甲1%*[] \n", max_size=30))
def test_any_text_is_taken(text: str) -> None:
    segments = markdown_to_segments(text)
    assert segments_to_markdown(segments, {}, ()).replace("*", "") == text.replace("*", "")


def test_a_layout_knows_what_is_bold_and_where_citations_stand() -> None:
    layout = segments_to_layout(markdown_to_segments("就业率为 **96.12%** [1][2]，**甲[3]乙**。"), {}, ())
    assert layout.markup.plain == f"就业率为 96.12% {BLANK}{BLANK}，甲{BLANK}乙。"
    assert [layout.markup.plain[a:b] for a, b in layout.markup.bold] == ["96.12%", "甲", "乙"]
    assert [n for _, n in layout.markup.markers] == [1, 2, 3]


def test_what_is_replaced_may_begin_in_plain_words_and_end_in_bold_ones() -> None:
    layout = segments_to_layout(markdown_to_segments("共约 **5人和6人** [1]。"), {}, ())
    assert layout.replaced({(1, 5): Text("？")}) == (
        Text("共"),
        Text("？"),
        Text("和6人"),
        Text(" "),
        Cite(1),
        Text("。"),
    )
