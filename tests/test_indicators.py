"""The table of asked and printed names."""

from __future__ import annotations

from rag.domain.indicators import indicators, printed_names
from rag.language.text import matching_key


def test_every_indicator_has_names_of_both_kinds_and_none_twice() -> None:
    for indicator in indicators():
        for names in (indicator.asked, indicator.printed):
            assert names
            assert all(name.strip() for name in names)
            assert len({matching_key(name) for name in names}) == len(names), names


def test_printed_names_are_those_the_question_does_not_use() -> None:
    names = printed_names("就业率是多少？")
    assert "毕业去向落实率" in names
    assert "就业率" not in names
    assert printed_names("今天天气好") == ()
