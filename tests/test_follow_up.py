"""Elliptical questions with what they leave unsaid filled in."""

from __future__ import annotations

import pytest
from answer_samples import make_report

from rag.question.follow_up import resolve_follow_up
from rag.records import Turn

REPORTS = [
    make_report("a", "咸宁职业技术学院"),
    make_report("b", "湖北职业技术学院"),
    make_report("c", "湖南工业职业技术学院"),
    make_report("d", "黄冈职业技术学院"),
    make_report("e", "江州市清湖区财政局"),
]
FIRST = "咸宁职业技术学院2023届毕业生就业率是多少？"


def resolve(question: str, *earlier: str) -> tuple[str, str, str]:
    history = [turn for text in earlier for turn in (Turn("user", text), Turn("assistant", "答"))]
    resolved = resolve_follow_up(question, history, REPORTS)
    return resolved.standalone, resolved.focus, resolved.carried


@pytest.mark.parametrize(
    ("earlier", "question", "expected"),
    [
        # another college takes the place of the one before
        (FIRST, "黄冈职院呢？", "黄冈职业技术学院2023届毕业生就业率是多少？"),
        (FIRST, "那湖南那所呢？", "湖南工业职业技术学院2023届毕业生就业率是多少？"),
        (FIRST, "换成湖职呢", "湖北职业技术学院2023届毕业生就业率是多少？"),
        (FIRST, "湖职和黄冈职院呢？", "湖北职业技术学院和黄冈职业技术学院2023届毕业生就业率是多少？"),
        (FIRST, "武汉职业技术学院呢？", "武汉职业技术学院2023届毕业生就业率是多少？"),
        ("咸职和湖职的生师比各是多少？", "黄冈职院呢？", "黄冈职业技术学院的生师比各是多少？"),
        ("生师比是多少？", "黄冈职院呢？", "黄冈职业技术学院生师比是多少？"),
        # another year
        (FIRST, "2022年呢", "咸宁职业技术学院2022届毕业生就业率是多少？"),
        ("咸职2023年的生师比是多少", "那2021年呢？", "咸职2021年的生师比是多少"),
        ("咸职的生师比是多少", "2021年呢？", "2021年咸职的生师比是多少"),
        (FIRST, "黄冈职院2022届呢", "黄冈职业技术学院2022届毕业生就业率是多少？"),
        # another indicator or group
        (FIRST, "那升学率呢？", "咸宁职业技术学院2023届毕业生升学率是多少？"),
        (FIRST, "它的升学率呢？", "咸宁职业技术学院2023届毕业生升学率是多少？"),
        ("湖职2020届里男生有多少？", "那女生呢？", "湖职2020届里女生有多少？"),
        (FIRST, "生师比呢？", "咸宁职业技术学院2023届生师比是多少？"),
        ("咸职有多少在校生？", "那就业率呢？", "咸宁职业技术学院就业率是多少？"),
        ("课程里A类课的比例是多少？", "C类呢？", "课程里C类课的比例是多少？"),
        # a time, all of it
        ("咸职2023届8月底的就业率是多少？", "年底呢？", "咸职2023届年底的就业率是多少？"),
        # other people, though nothing is alike in the words
        ("我校学生的满意度是多少？", "老师们呢，满意吗？", "我校老师们的满意度是多少？"),
        ("咸职用人单位的满意度是多少？", "家长呢", "咸职家长的满意度是多少？"),
        # a college by part of its name; the words that are asked again
        ("武汉职业技术学院对接几个集群？", "城市职业学院那所呢？", "城市职业学院对接几个集群？"),
        ("武汉职业技术学院对接几个集群？", "黄冈职院呢，几个集群？", "黄冈职业技术学院对接几个集群？"),
        ("荆州职业技术学院用什么专业群对接？", "仙桃那所呢？", "仙桃用什么专业群对接？"),
        # the year before
        ("咸职2023年度的经费收入是多少？", "前一年是多少？", "咸职2022年度的经费收入是多少？"),
        # a year that the other college has no report of
        ("咸职2022届就业率是多少？", "换成湖职呢", "湖北职业技术学院就业率是多少？"),
    ],
)
def test_what_is_named_takes_the_place_of_what_it_is_parallel_to(earlier: str, question: str, expected: str) -> None:
    assert resolve(question, earlier) == (expected, expected, "")


@pytest.mark.parametrize(
    "question",
    [
        "图书有多少万册？",
        "他们的工作跟所学专业对口吗？",
        "对方给了多少个岗位？",
        "比上一年多了多少？",
        "该校有多少亩地？",
    ],
)
def test_what_has_no_parallel_is_carried_visibly(question: str) -> None:
    assert resolve(question, FIRST) == (f"{question}（承上问：{FIRST}）", question, FIRST)


@pytest.mark.parametrize(
    "question",
    [
        "黄冈职业技术学院的生师比是多少？",
        "武汉职业技术学院的就业率是多少？",
        "哪所学校的就业率最高？",
        "各校的生师比是多少？",
        "清湖区财政局2024年支出总计是多少？",
        "清湖财政局支出总计多少",
        "请问在全部收录的这些报告之中，一共有多少所学校公布了自己的生师比数据？",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert resolve(question, FIRST) == (question, question, "")


def test_what_is_within_is_no_parallel_of_what_is_asked() -> None:
    first = "未就业的毕业生里打算当兵的有几个？"
    assert resolve("想创业的呢？", first)[2] == first


@pytest.mark.parametrize(
    ("answer", "question", "kinds"),
    [
        ("男生**2058人** [1]，占**40.37%** [1]。", "那女生呢？", ("count", "percent")),
        ("男生2058人，占40.37%。", "那女生呢？", ("count", "percent")),
        ("男生**2058人** [1]（共5098人，占40.37%）。", "那女生呢？", ("count",)),
        ("男生2058人，占40.37%。", "那女生占多少呢？", ()),
        ("总体满意度为93.07%。", "那他们的工作跟所学专业对口吗？", ("percent",)),
        ("男生2058人，占40.37%。", "湖职的生师比是多少？", ()),
    ],
)
def test_the_kinds_of_the_figures_given_before_are_kept(answer: str, question: str, kinds: tuple[str, ...]) -> None:
    history = [Turn("user", "咸职2023届毕业生里男生有多少？"), Turn("assistant", answer)]
    assert resolve_follow_up(question, history, REPORTS).kinds == kinds


def test_nothing_is_carried_without_an_earlier_question() -> None:
    assert resolve("那女生呢？") == ("那女生呢？", "那女生呢？", "")
    assert resolve_follow_up("那女生呢？", [Turn("assistant", FIRST)], REPORTS).carried == ""


def test_a_chain_keeps_the_latest_college_and_question() -> None:
    standalone, _, carried = resolve("暑期那次呢？", FIRST, "黄冈职院呢？")
    assert carried == "黄冈职业技术学院2023届毕业生就业率是多少？"
    assert "咸宁" not in standalone
    standalone, _, _ = resolve("2022年呢？", FIRST, "图书有多少万册？")
    assert standalone == "咸宁职业技术学院2022届图书有多少万册？"


@pytest.mark.parametrize(
    ("answer", "measure"),
    [
        ("青石职业技术学院：2022-2023学年生师比为**17.88**（2023年质量年报） [1]。", "生师比"),
        ("2022届毕业生半年后平均月收入4412元。", "月收入"),
        ("没有找到能回答这个问题的内容。", ""),
    ],
)
def test_another_time_is_asked_in_the_words_of_the_answer_before(answer: str, measure: str) -> None:
    asked = Turn("user", "青石职院一个老师摊多少学生？")
    resolved = resolve_follow_up("上一个学年是多少？", (asked, Turn("assistant", answer)), ())
    assert resolved.carried.endswith(measure)
    assert measure in resolved.carried
    other = resolve_follow_up("那专任教师有多少？", (asked, Turn("assistant", answer)), ())
    assert not measure or measure not in other.carried
