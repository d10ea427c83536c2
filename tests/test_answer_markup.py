"""Markdown of answers taken apart and put together again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.gate.markup import BLANK, markup_to_text, text_to_markup


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
