"""How questions compare, and what is left of them without the words that do."""

from __future__ import annotations

import pytest

from rag.question.comparison import group_span, question_to_comparison, without_comparison
from rag.records import Operation


@pytest.mark.parametrize(
    ("question", "operation", "direction"),
    [
        ("东职和西职的生师比各是多少？", Operation.LOOKUP, ""),
        ("东职和西职谁的专任教师多？", Operation.COMPARE, "up"),
        ("东职和西职哪所学校的学费便宜？", Operation.COMPARE, "down"),
        ("东职的就业率是不是比西职高得多？", Operation.COMPARE, "up"),
        ("东职专任教师比西职多多少人？", Operation.DIFFERENCE, "up"),
        ("东职生师比比西职低多少？", Operation.DIFFERENCE, "down"),
        ("东职的月薪比西职涨了多少钱？", Operation.DIFFERENCE, "up"),
        ("东职与西职的就业率相差几个百分点？", Operation.DIFFERENCE, "up"),
        ("东职的经费收入比西职高百分之几？", Operation.GROWTH, "up"),
        ("东职的专任教师是西职的几倍？", Operation.RATIO, "up"),
        ("东职和西职平均有多少专任教师？", Operation.AVERAGE, ""),
        ("东职和西职加起来有多少毕业生？", Operation.SUM, ""),
        ("哪所学校的就业率最高？", Operation.RANK, "up"),
        ("三所学校里生师比最低的是哪所？", Operation.RANK, "down"),
        ("按占地面积从大到小排一下", Operation.RANK, "up"),
        ("按占地面积从小到大排一下", Operation.RANK, "down"),
        ("把东职、西职按毕业生人数排个名，少的在前", Operation.RANK, "down"),
    ],
)
def test_what_is_done_with_the_figures(question: str, operation: Operation, direction: str) -> None:
    comparison = question_to_comparison(question)
    assert (comparison.operation, comparison.direction) == (operation, direction)


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("东职和西职的就业率口径一样吗？", True),
        ("东职的就业率和西职的去向落实率能直接比吗？", True),
        ("东职和西职的就业率各是多少，是同一个意思吗？", True),
        ("东职和西职的就业率各是多少？", False),
        ("东职的就业率比西职高吗？", False),
    ],
)
def test_whether_the_meaning_is_asked(question: str, asks: bool) -> None:
    assert question_to_comparison(question).asks_meaning is asks


@pytest.mark.parametrize(
    ("piece", "left"),
    [
        ("，专任教师谁多", "专任教师"),
        ("哪个校园大", "校园多大"),
        ("的就业率哪个更高？", "就业率"),
        ("专任教师多多少人", "专任教师多少人"),
        ("占地多几亩", "占地几亩"),
        ("按副高以上教师人数排一下，高的在前", "副高以上教师人数"),
        ("毕业生人数从多到少怎么排", "毕业生人数"),
        ("的对口率比一比", "对口率"),
        ("用人单位对", "用人单位对"),
        ("的就业率各是多少，截的时点一样吗", "就业率是多少"),
        ("的留省比例直接比吗？各是多少，占谁的比例", "留省比例是多少"),
        ("高一些", ""),
        ("比较一下", ""),
    ],
)
def test_words_that_compare_are_left_out(piece: str, left: str) -> None:
    assert without_comparison(piece) == left


@pytest.mark.parametrize(
    ("question", "group"),
    [
        ("哪所学校的就业率最高", "哪所学校"),
        ("各校的专任教师人数", "各校"),
        ("这三所学校里谁的占地大", "这三所学校"),
        ("两份报告里的在校生数", "两份报告"),
        ("全省有几所学校入选", None),
        ("共有多少所学校", None),
        ("学校有哪些专业", None),
        ("哪个学院的毕业生最多", None),
    ],
)
def test_words_for_all_colleges(question: str, group: str | None) -> None:
    span = group_span(question)
    assert (question[slice(*span)] if span else None) == group
