from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.headings import Heading, contents_titles, display_heading, line_to_heading, ordinal
from rag.language.text import matching_key
from rag.structure.heading_stack import HeadingStack


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("第一篇 总体情况", "part"),
        ("第三章服务贡献", "part"),
        ("第二节 就业去向", "section"),
        ("一、发展概述", "chinese"),
        ("（一）基本情况", "bracket"),
        ("(三)合作办学", "bracket"),
        ("1.学校简介", "arabic"),
        ("3、工作成效", "arabic"),
        ("1.1 毕业生规模", "dotted"),
        ("1.4.1.8 分专业", "dotted"),
        ("（1）以文化人", "arabic_bracket"),
        ("①组织保障", "circled"),
        ("典型案例2-1：红色引领", "case"),
        ("案例 1-1 匠心", "case"),
        ("【案例3】育人", "case"),
        ("【典型案例】育人", "case"),
        ("附件1", "annex"),
        ("附件：统计表", "annex"),
        ("前言", "front"),
        ("结束语", "front"),
        ("一、学校2023年招生1.2万人。其中", None),
        ("96.12%", None),
        ("2.5万元", None),
        ("3个专业群", None),
        ("12月31日前完成", None),
        ("表1-2 经费", None),
        ("图3 结构", None),
        ("一、概况......................3", None),
        ("第一章的任务，是", None),
        ("序", None),
        ("普通的一行", None),
        ("第一部分\t学校概况", "part"),
        ("（一）单独考试\t（二）对口升学", None),
        ("1 发展概况", None),
        ("（一）" + "很长的句子" * 15, None),
        ("", None),
    ],
)
def test_line_to_heading(text: str, form: str | None) -> None:
    heading = line_to_heading(text)
    assert (heading.form if heading else None) == form


@pytest.mark.parametrize(
    ("text", "facts", "style"),
    [
        ("1发展概况", {"listed": True}, "dotted1"),
        ("1 发展概况", {"size": 16.0, "body_size": 12.0}, "dotted1"),
        ("2人才培养", {"level": 1}, "level1"),
        ("3个专业群", {"listed": True}, "plain0"),
        ("发展概况", {"listed": True}, "plain0"),
        ("发展概况", {"level": 2}, "level2"),
        ("一、做法", {"size": 9.0, "body_size": 12.0}, None),
        ("一、做法", {"size": 9.0, "body_size": 12.0, "bold": True}, "chinese0"),
        ("三、对标标准；找差距", {"listed": True}, "chinese0"),
    ],
)
def test_what_supports_a_heading(text: str, facts: dict[str, float | bool | int], style: str | None) -> None:
    heading = line_to_heading(text, **facts)  # type: ignore[arg-type]
    assert (heading.style if heading else None) == style


@pytest.mark.parametrize(
    ("text", "size", "stands_out", "found"),
    [
        ("我校召开教学工作会议", 14, False, True),
        ("我校召开教学工作会议", 12, True, True),
        ("2024年单招：2868人报名", 14, False, True),
        ("简讯", 14, False, True),
        ("简讯", 12, True, False),
        ("96.12%", 30, False, False),
        ("96.12%达标", 30, False, False),
        ("我校召开教学工作会议", 12, False, False),
        ("2023年12月", 14, False, False),
        ("二〇二三年十二月", 14, False, False),
        ("各县（市、区）教育局：", 14, False, False),
        ("鄂教〔2023〕5号", 14, False, False),
        ("表1 经费收入情况", 14, True, False),
        ("ANNUAL REPORT", 20, True, False),
        ("长" * 51, 14, True, False),
    ],
)
def test_display_heading(text: str, size: float, stands_out: bool, found: bool) -> None:
    assert (display_heading(text, size=size, body_size=12, stands_out=stands_out) is not None) == found


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十三", 23),
        ("4", 4),
        ("１２", 12),
        ("", 0),
        ("1.2", 0),
        ("甲", 0),
    ],
)
def test_ordinal(number: str, value: int) -> None:
    assert ordinal(number) == value


def paths_of(*titles: str) -> list[tuple[str, ...]]:
    stack = HeadingStack()
    paths = []
    for title in titles:
        heading = line_to_heading(title) or display_heading(title, stands_out=True)
        assert heading is not None, title
        stack.push(heading)
        paths.append(stack.path)
    return paths


@pytest.mark.parametrize(
    ("titles", "last"),
    [
        (["一、概况", "（一）规模", "1.学生", "（1）男生"], ["一、概况", "（一）规模", "1.学生", "（1）男生"]),
        (["一、概况", "（一）规模", "1.学生", "（二）条件"], ["一、概况", "（二）条件"]),
        (["一、概况", "（一）规模", "二、培养"], ["二、培养"]),
        (["第一章 概况", "第一节 规模", "一、学生", "第二节 条件"], ["第一章 概况", "第二节 条件"]),
        (["第一章 概况", "第一节 规模", "一、学生", "第二章 就业"], ["第二章 就业"]),
        (["1.4.2分专业", "1.4.1.8会计"], ["1.4.2分专业", "1.4.1.8会计"]),
        (["1.4.1分学院", "1.4.1.7护理", "1.4.1.8会计"], ["1.4.1分学院", "1.4.1.8会计"]),
        (["一、概况", "（一）规模", "1.学生", "2.教师", "（三）条件"], ["一、概况", "（三）条件"]),
        (["1.概况篇", "1.1规模", "1.1.1学生"], ["1.概况篇", "1.1规模", "1.1.1学生"]),
        (["1.概况篇", "1.1规模", "2.培养篇"], ["2.培养篇"]),
        (["1.1.1学生", "1.条件改善", "1.1.2教师"], ["1.1.2教师"]),
        (["前言", "一、编制过程", "二、亮点", "一、概况"], ["一、概况"]),
        (["前言", "一、编制过程"], ["前言", "一、编制过程"]),
        (
            ["一、概况", "（一）规模", "典型案例1：匠心", "一、背景", "二、做法"],
            ["一、概况", "（一）规模", "典型案例1：匠心", "二、做法"],
        ),
        (["一、概况", "（一）规模", "典型案例1：匠心", "一、背景", "（二）条件"], ["一、概况", "（二）条件"]),
        (["一、概况", "（一）规模", "典型案例1：匠心", "（一）背景", "二、培养"], ["二、培养"]),
        (
            ["一、概况", "（一）规模", "典型案例1：匠心", "典型案例2：筑梦"],
            ["一、概况", "（一）规模", "典型案例2：筑梦"],
        ),
        (["一、概况", "（一）规模", "附件1", "（一）培养", "二、去向"], ["附件1", "二、去向"]),
        (["一、概况", "附件1", "附件2"], ["附件2"]),
        (["我校召开教学会议", "技能大赛再创佳绩"], ["技能大赛再创佳绩"]),
        (["一、概况", "技能大赛再创佳绩", "二、培养"], ["二、培养"]),
    ],
)
def test_stack(titles: list[str], last: list[str]) -> None:
    assert list(paths_of(*titles)[-1]) == last


def test_a_number_may_be_followed_by_a_figure() -> None:
    assert line_to_heading("3.3 1+X证书试点") is None
    heading = line_to_heading("3.3 1+X证书试点", size=14, body_size=12)
    assert heading is not None
    assert (heading.style, heading.number) == ("dotted2", "3.3")
    assert line_to_heading("3.3 1.5", size=14, body_size=12) is None


def placed(title: str, size: float) -> Heading:
    heading = line_to_heading(title, size=size, body_size=10.5)
    heading = heading or display_heading(title, size=size, body_size=10.5, stands_out=True)
    assert heading is not None, title
    return heading


@pytest.mark.parametrize(
    ("titles", "last"),
    [
        ([("学校概况", 18), ("育人成效", 18)], ["育人成效"]),
        ([("学校概况", 18), ("师资队伍", 14), ("育人成效", 18)], ["育人成效"]),
        ([("育人成效", 18), ("师资队伍", 14), ("办学条件", 14)], ["育人成效", "办学条件"]),
        ([("育人成效", 18), ("一、师资队伍", 14), ("师德师风", 12)], ["育人成效", "一、师资队伍", "师德师风"]),
        ([("第四部分 决算表", 16), ("收入支出总表", 20)], ["第四部分 决算表", "收入支出总表"]),
        ([("一、概况", 14), ("（一）师资", 12), ("案例1 匠心", 12), ("（二）条件", 12)], ["一、概况", "（二）条件"]),
        ([("一、概况", 14), ("案例1 匠心", 12), ("（一）背景", 10.5)], ["一、概况", "案例1 匠心", "（一）背景"]),
        (
            [("一、概况", 14), ("（一）师资", 12), ("二、培养", 14), ("案例1 匠心", 12), ("（一）课程", 12)],
            ["二、培养", "（一）课程"],
        ),
    ],
)
def test_type_tells_where_a_heading_stands(titles: list[tuple[str, float]], last: list[str]) -> None:
    stack = HeadingStack()
    for title, size in titles:
        stack.push(placed(title, size))
    assert list(stack.path) == last


def test_contents_without_page_numbers() -> None:
    parts = ["第一部分 概况", "一、职能", "二、机构", "第二部分 决算表", "一、收入总表", "第三部分 说明"]
    body = ["第一部分 概况", "一、职能说明", "本校培养人才，服务地方，成效显著。"]
    assert contents_titles(["目录", *parts, *body])[1] == frozenset(range(7))
    assert contents_titles(["目录", *parts[:3], *body[2:]])[1] == frozenset({0})


def test_larger_type_closes_smaller() -> None:
    stack = HeadingStack()
    stack.push(Heading("（一）小", "bracket", number="一", size=12))
    stack.push(Heading("发展", "plain", size=18))
    assert stack.path == ("发展",)


def test_levels_of_the_format_win() -> None:
    stack = HeadingStack()
    for title, level in (("一、概况", 1), ("（一）规模", 2), ("（一）条件", 2), ("说明", 3)):
        heading = line_to_heading(title, level=level)
        assert heading is not None
        stack.push(heading)
    assert stack.path == ("一、概况", "（一）条件", "说明")


BODY = [
    "一、概况",
    "学校于某年建校，位于江边。",
    "（一）规模",
    "学生若干，教师若干，均有增长。",
    "二、培养",
    "培养质量提升，特色明显，成效显著。",
]


@pytest.mark.parametrize(
    ("contents", "titles"),
    [
        (["目录", "一、概况......1", "（一）规模......2", "二、培养......3"], ["一、概况", "（一）规模", "二、培养"]),
        (["目 录", "一、概况…………I", "（一）规模…………II", "二、培养………… 3"], ["一、概况", "（一）规模", "二、培养"]),
        (["目录", "一、概况\t1", "（一）规模\t2", "二、培养\t3"], ["一、概况", "（一）规模", "二、培养"]),
        (["目录", "一、概况1", "（一）规模2", "二、培养12"], ["一、概况", "（一）规模", "二、培养"]),
        (["目录", "一、概况", "（一）规模", "二、培养"], ["一、概况", "（一）规模", "二、培养"]),
        (["目录", "一、概况", "1", "（一）规模", "2", "二、培养", "3"], ["一、概况", "（一）规模", "二、培养"]),
        (["目录", "一、概况....1", "目录", "（一）规模....2", "二、培养....3"], ["一、概况", "二、培养"]),
        (["目录", "一、概况....1", "折行的很长的", "标题....2", "二、培养....3"], ["一、概况", "二、培养"]),
        (["目", "录", "一、概况....1", "二、培养....3"], ["一、概况", "二、培养"]),
        (["目录", "一、概况....1", "二、培养....3", "表目录", "表1 经费....4", "表2 教师....5"], ["一、概况", "二、培养"]),
    ],
    ids=["dots", "roman", "tabs", "numbers behind", "bare titles", "numbers alone", "two pages", "wrapped", "one a line", "tables"],
)  # fmt: skip
def test_contents_are_told_from_the_text(contents: list[str], titles: list[str]) -> None:
    keys, indexes = contents_titles(["封面", *contents, *BODY])
    assert indexes == frozenset(range(1, 1 + len(contents)))
    assert {matching_key(title) for title in titles} <= keys


def test_no_contents() -> None:
    assert contents_titles(BODY) == (frozenset(), frozenset())


def test_contents_that_are_a_picture_cost_their_title_only() -> None:
    assert contents_titles(["目录", *BODY])[1] == frozenset({0})


@given(st.lists(st.text(alphabet="目录一二、（）.…12 \t概况第章附件案例", max_size=12), max_size=20))
def test_any_lines(lines: list[str]) -> None:
    keys, indexes = contents_titles(lines)
    assert all(0 <= index < len(lines) for index in indexes)
    assert all(keys)
    stack = HeadingStack()
    for text in lines:
        if heading := line_to_heading(text, listed=matching_key(text) in keys):
            stack.push(heading)
            assert stack.path[-1] == heading.title
