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


def test_other_words_widen_a_search_by_what_reports_print() -> None:
    assert "推荐免试" in printed_names("今年有多少人保研")
    assert "不及格率" in printed_names("挂科的人多吗")
    assert "报到率" in printed_names("没来报到的新生有几个")
