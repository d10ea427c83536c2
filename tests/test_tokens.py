from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.tokens import estimate_tokens


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("", 0, 0), ("学校", 2, 4), ("34118.10", 4, 6), ("vocational", 2, 5), ("，。", 2, 3), ("学校2023年", 5, 8)],
)
def test_estimate(text: str, least: int, most: int) -> None:
    assert least <= estimate_tokens(text) <= most


@given(st.text(alphabet="学校aB1 ，.\n"), st.text(alphabet="学校aB1 ，.\n"))
def test_pieces_take_no_fewer_tokens_than_the_whole(first: str, second: str) -> None:
    assert estimate_tokens(first) + estimate_tokens(second) >= estimate_tokens(first + second)
