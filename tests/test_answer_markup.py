"""Markdown of answers taken apart and put together again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.gate.markup import BLANK, markup_to_text, text_to_markup
from rag.records import Cite, Text, markdown_to_segments, segments_to_markdown


def test_bold_and_markers_are_taken_out_of_the_words() -> None:
    markup = text_to_markup("就业率为 **96.12%** [1][2]，**甲[3]乙**。")
    assert markup.plain == f"就业率为 96.12% {BLANK}{BLANK}，甲{BLANK}乙。"
    assert [markup.plain[a:b] for a, b in markup.bold] == ["96.12%", f"甲{BLANK}乙"]
    assert [n for _, n in markup.markers] == [1, 2, 3]
    assert all(markup.plain[at] == BLANK for at, _ in markup.markers)


@pytest.mark.parametrize(
    ("text", "lost", "expected"),
    [
        ("共**96%** [1]。", "96%", "共？ [1]。"),
        ("共**96**% [1]。", "96%", "共？ [1]。"),
        ("**甲、96%**和**乙**", "96%", "甲、？和**乙**"),
        ("**96%****乙**", "96%", "？**乙**"),
        ("96%，**乙**", "96%", "？，**乙**"),
    ],
)
def test_bold_that_loses_a_piece_is_bold_no_more(text: str, lost: str, expected: str) -> None:
    markup = text_to_markup(text)
    at = markup.plain.index(lost)
    assert markup_to_text(markup, [(at, at + len(lost))], "？") == expected


@given(st.text("甲9*[]1\n ，", max_size=40))
def test_what_is_taken_apart_goes_together_again(text: str) -> None:
    markup = text_to_markup(text)
    assert markup_to_text(markup) == text
    assert all(0 <= a < b <= len(markup.plain) for a, b in markup.bold)


@pytest.mark.parametrize(
    "text", ["", "没有数字", "**96.12%** [1][2]。", "- 甲 **张某** [1]\n- 乙 5人 [2]", "**96.12% [1]**", "[1]", "a**b"]
)
def test_segments_say_what_the_text_said(text: str) -> None:
    written = segments_to_markdown(markdown_to_segments(text), {}, ())
    assert written.replace("*", "") == text.replace("*", "")


def test_asked_names_and_citations_are_segments() -> None:
    assert markdown_to_segments("共 **5人** [1]") == (Text("共 "), Text("5人", is_answer=True), Text(" "), Cite(1))
