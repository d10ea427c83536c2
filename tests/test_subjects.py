"""Questions about several colleges or years, asked of each alone."""

from __future__ import annotations

import pytest

from rag.question import subjects
from rag.question.subjects import split_subjects

DONGHU, XISHAN, NANHE = "东湖职业技术学院", "西山职业技术学院", "南河职业技术学院"
NAMES = {DONGHU: ("东职", "东湖职院"), XISHAN: ("西职", "西山职院"), NANHE: ("南职",)}


def asked(question: str, years: tuple[int, ...] = (), every: tuple[str, ...] = ()) -> list[str]:
    short = {DONGHU: "东", XISHAN: "西", NANHE: "南"}
    found = []
    for subject in split_subjects(question, NAMES, years, every):
        text = subject.question
        for name, letter in short.items():
            text = text.replace(name, f"<{letter}>")
        found.append(text)
    return found


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("东职和西职的生师比各是多少？", ["<东>生师比是多少", "<西>生师比是多少"]),
        ("东湖职院跟西山职院，专任教师谁多？", ["<东>专任教师是多少", "<西>专任教师是多少"]),
        (
            "用人单位对东职和西职毕业生的满意度，哪边高？",
            ["用人单位对<东>毕业生的满意度是多少", "用人单位对<西>毕业生的满意度是多少"],
        ),
        ("东职占地比西职多几亩？", ["<东>占地几亩", "<西>占地几亩"]),
        ("就业率，东职比西职高几个百分点？", ["<东>就业率是多少", "<西>就业率是多少"]),
        (
            "东职2023届年底就业率比西职2020届年底的高几个百分点？",
            ["<东>2023届年底就业率是多少", "<西>2020届年底就业率是多少"],
        ),
        ("2023届东职和2020届西职谁的就业率高", ["<东>2023届就业率是多少", "<西>2020届就业率是多少"]),
        ("东职和西职2022届的就业率谁高", ["<东>2022届的就业率是多少", "<西>2022届的就业率是多少"]),
        ("新教材东职立项多少本，西职多少部？", ["<东>新教材立项多少本", "<西>新教材立项多少部"]),
        ("东职的省内就业率能跟西职的留省比例直接比吗？各是多少", ["<东>省内就业率是多少", "<西>留省比例是多少"]),
        ("东职、西职和南职的占地面积从大到小怎么排", [f"<{c}>占地面积是多少" for c in "东西南"]),
        ("两所学校毕业生平均月收入，东职、西职分别多少", ["<东>毕业生平均月收入是多少", "<西>毕业生平均月收入是多少"]),
        ("对比东职和西职的协议就业率", ["<东>协议就业率是多少", "<西>协议就业率是多少"]),
        ("东职毕业生人数是西职的几倍？", ["<东>毕业生人数是多少", "<西>毕业生人数是多少"]),
        ("东职的留省率和西职的省内就业比例是不是一回事", ["<东>留省率是多少", "<西>省内就业比例是多少"]),
        ("东职和西职加起来有多少毕业生？", ["<东>有多少毕业生", "<西>有多少毕业生"]),
        ("2021年东职和西职的在校生数谁多", ["2021年，<东>在校生数是多少", "2021年，<西>在校生数是多少"]),
    ],
)
def test_each_college_is_asked_alone(question: str, expected: list[str]) -> None:
    assert asked(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "东职的生师比是多少？",
        "东职2022年比2021年多招了多少人？",
        "学校有哪些专业？",
        "东职和番禺职业技术学院共建了几个基地",
        "哪所学校的就业率最高",
    ],
)
def test_a_question_about_one_is_not_split(question: str) -> None:
    assert asked(question) == []


@pytest.mark.parametrize(
    "question", ["东职的毕业生主要去了哪几所大学？", "东职是跟哪所学校结对的，一共共享了多少个岗位？"]
)
def test_another_college_that_is_asked_for_is_not_every_college(question: str) -> None:
    assert asked(question, every=(DONGHU, XISHAN)) == []


@pytest.mark.parametrize(
    "question",
    [
        "哪所学校的就业率最高？",
        "各校的就业率分别是多少？",
        "三所学校按就业率从高到低怎么排？",
        "哪些学校公布了就业率？",
    ],
)
def test_words_for_all_stand_for_every_college(question: str) -> None:
    assert asked(question, every=(DONGHU, XISHAN, NANHE)) == [f"<{c}>就业率是多少" for c in "东西南"]


def test_words_for_all_need_more_than_one_college() -> None:
    assert asked("哪所学校的就业率最高？", every=(DONGHU,)) == []
    assert asked("哪两所交通类院校对接这个集群，各是什么专业", every=(DONGHU, XISHAN)) == []


def test_a_college_without_a_report_is_compared_too() -> None:
    assert asked("东职和番禺职业技术学院的就业率谁高") == ["<东>就业率是多少", "番禺职业技术学院就业率是多少"]


@pytest.mark.parametrize(
    ("question", "years", "expected"),
    [
        ("东职2021届和2022届的就业率分别是多少？", (2021, 2022), ["东职2021届就业率是多少", "东职2022届就业率是多少"]),
        ("东职2022年的生师比比2021年低多少？", (2021, 2022), ["东职2022年生师比是多少", "东职2021年生师比是多少"]),
        ("东职2021届和2022届的就业率分别是多少？", (2022,), []),
        ("东职2021届和2022届的就业率分别是多少？", (2022, 2023), []),
    ],
)
def test_years_that_have_reports_of_their_own_are_asked_apart(
    question: str, years: tuple[int, ...], expected: list[str]
) -> None:
    assert asked(question, years) == expected


def test_what_is_said_of_each_is_read_twice_at_most_however_many_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    has_content = subjects._has_content
    monkeypatch.setattr(subjects, "_has_content", lambda text: counted.append(text) or has_content(text))

    def readings(many: int) -> int:
        counted.clear()
        split_subjects(
            "、".join(["东湖职业技术学院", "西山职业技术学院"] * many) + "的就业率是多少？", {"东湖职业技术学院": ()}
        )
        return len(counted)

    assert all(readings(many) <= 2 * (2 * many) + 1 for many in (20, 40, 80))
