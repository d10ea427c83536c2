"""What sort of name is asked for, and where names stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.built_in.naming import asked_spans
from rag.answering.built_in.things import enumerations, name_runs, question_to_wanted
from rag.language.text import text_key


@pytest.mark.parametrize(
    ("question", "text", "names"),
    [
        ("学校在哪个城市？", "青石职业技术学院位于临江市东郊", ["临江市"]),
        (
            "产业学院是和哪两家公司共建的？",
            "学校与临江蓝海科技有限公司、青石物流集团共建产业学院",
            ["临江蓝海科技有限公司", "青石物流集团"],
        ),
        ("表彰通知的文号是多少？", "依据临教职函〔2021〕12号开展评选", ["临教职函〔2021〕12号"]),
        ("什么时候揭牌的？", "学院2022年5月18日揭牌", ["2022年5月18日"]),
        ("联系电话是多少？", "联系电话：0711-3456789", ["0711-3456789"]),
        ("发到哪个邮箱？", "电子邮箱：office@example.org", ["office@example.org"]),
        ("学校有哪些实训基地？", "建有“星火”“远航”两个实训基地", ["“星火”", "“远航”"]),
        ("报告由哪个部门编写？", "报告由教务处组织编写", ["教务处"]),
        ("评价看哪四个方面？", "评价从品德、知识、技能、创新四个方面展开", ["品德", "知识", "技能", "创新"]),
        ("哪位教师获评省级工匠？", "王小明等入选专家库，李建国获评省级工匠，赵红兼任顾问", ["李建国"]),
        ("介绍学校的是哪档节目？", "电视台《匠心》节目介绍了学校", ["《匠心》"]),
    ],
)
def test_the_names_that_are_asked_for_are_found(question: str, text: str, names: list[str]) -> None:
    found = asked_spans(text, question_to_wanted(question), text_key(question))
    assert [text[a:b] for a, b in found] == names


def test_a_name_the_question_says_itself_is_no_answer() -> None:
    question = "青石集团和哪家公司合作？"
    text = "青石集团与蓝海公司合作"
    assert [text[a:b] for a, b in asked_spans(text, question_to_wanted(question), text_key(question))] == ["蓝海公司"]


@pytest.mark.parametrize(
    ("question", "heads", "several"),
    [
        ("对接的专业群叫什么？", ("专业群",), False),
        ("去向最多的行业主要是哪几个？", ("行业",), True),
        ("获奖的是哪个团队？", ("团队",), False),
        ("在校生有多少人？", (), False),
    ],
)
def test_what_the_names_are_called_is_read_from_the_question(
    question: str, heads: tuple[str, ...], several: bool
) -> None:
    wanted = question_to_wanted(question)
    assert (wanted.heads, wanted.several) == (heads, several)


def test_lists_are_two_or_more_names() -> None:
    text = "设有机械学院、护理学院和商学院，另有一个中心"
    assert [[text[a:b] for a, b in items] for items in enumerations(text)] == [["机械学院", "护理学院", "商学院"]]


@given(st.text())
def test_no_text_breaks_the_search_for_names(text: str) -> None:
    for start, end in name_runs(text):
        assert 0 <= start < end <= len(text)
    assert question_to_wanted(text).heads is not None
