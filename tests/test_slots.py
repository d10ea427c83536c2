"""What a question asks for, piece by piece."""

from __future__ import annotations

import pytest

from rag.question import slots
from rag.question.slots import question_to_slots


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("有多少教师？", [slots.PEOPLE]),
        ("就业率是多少？", [slots.PERCENT]),
        ("占比多少？", [slots.PERCENT]),
        ("收入多少万元？", [slots.MONEY]),
        ("占地面积", [slots.ANY]),
        ("总投资多大？", [slots.MONEY]),
        ("捐款的有多少人？", [slots.PEOPLE]),
        ("占地多少亩？", [slots.AREA]),
        ("生师比是多少？", [slots.RATIO]),
        ("高铁要多久？", [slots.TIME]),
        ("提高了几个百分点？", [slots.POINTS]),
        ("办了几期？", [slots.COUNT]),
        ("是哪些学校？", [slots.NAME]),
        ("有多少教师，其中几位博士，占多少？", [slots.PEOPLE, slots.PEOPLE, slots.PERCENT]),
        ("介绍一下情况", [slots.NAME]),
        ("老板们满意不满意？", [slots.ANY]),
        ("最差的那几个专业叫什么？", [slots.NAME]),
        ("从啥时候开始报，多久报一次？", [slots.NAME, slots.NAME]),
        ("校园占多少亩地？", [slots.AREA]),
    ],
)
def test_each_interrogative_wants_its_kind_of_answer(question: str, kinds: list[str]) -> None:
    assert [slot.kind for slot in question_to_slots(question)] == kinds


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("国家级、省级、市级奖项各几项？", ["国家级", "省级", "市级奖项"]),
        ("2021、2022、2023这三年的通过率依次是多少？", ["2021", "2022", "2023"]),
        ("护理、会计这两个专业，毕业生分别有多少人？", ["护理", "会计"]),
        ("有多少人？", [""]),
        ("“升学、出国”和“专升本”各是多少人？", ["升学、出国", "专升本"]),
    ],
)
def test_enumerated_items_have_a_slot_each(question: str, items: list[str]) -> None:
    assert [slot.item for slot in question_to_slots(question)] == items


@pytest.mark.parametrize(("question", "unit"), [("多少人次？", "人次"), ("几个学时？", "学时"), ("多少？", "")])
def test_the_unit_asked_in_is_known(question: str, unit: str) -> None:
    assert question_to_slots(question)[0].unit == unit


def test_a_question_without_interrogative_asks_what_the_earlier_one_did() -> None:
    assert question_to_slots("女生", "男生有多少人？")[0].kind == slots.PEOPLE


def test_what_is_named_first_belongs_to_all_that_is_asked_of_it() -> None:
    assert [slot.text for slot in question_to_slots("其中市级的呢？几项，多少人次？")] == ["市级几项", "市级，多少人次"]
