"""Which leading rows are a header, and what the columns under it are called: one tiny grid a kind."""

from __future__ import annotations

import pytest
from table_samples import grid, labels, only

from rag.structure.tables.headers import is_label, numbers_columns
from rag.structure.tables.row_labels import Columns, names_beside


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            ["单位 | 教师 | < | 学生", "^ | 高级职称 | 总数 | ^", "^ | 人数 | ^ | ^", "甲院 | 3 | 9 | 120"],
            ["单位", "教师·高级职称·人数", "教师·总数", "学生"],
            id="three levels",
        ),
        pytest.param(
            [" | 总计 | 年龄 | <", " | ^ | 35岁以下 | 36-45岁", "数量 | 12 | 0 | 1", "比例（%） | 100 | 0 | 8.33"],
            ["", "总计", "年龄·35岁以下", "年龄·36-45岁"],
            id="empty corner, classes",
        ),
        pytest.param(
            ["收入 | < | 支出 | <", "项目 | 决算数 | 项目 | 决算数", "事业收入 | 20 | 教育支出 | 30"],
            ["收入·项目", "收入·决算数", "支出·项目", "支出·决算数"],
            id="two sides",
        ),
        pytest.param(
            ["经费 | < | < | <", "合计 | < | 接待费 | <", "预算 | 决算 | 预算 | 决算", "3 | 2 | 1 | 0.5"],
            ["合计·预算", "合计·决算", "接待费·预算", "接待费·决算"],
            id="title over groups",
        ),
        pytest.param(
            ["指标 | 数量 | <", "^ | 2021 | 2022", "教师 | 796 | 801", "学生 | 9000 | 9100"],
            ["指标", "数量·2021", "数量·2022"],
            id="years under a group",
        ),
        pytest.param(
            ["项目 | < | 收入合计 | 拨款", "编码 | 名称 | ^ | ^", "类 | 栏次 | 1 | 2", "205 | 教育 | 8.5 | 6"],
            ["项目·编码·类", "项目·名称", "收入合计", "拨款"],
            id="column numbers",
        ),
        pytest.param(
            ["机构 | 1月 | 2月 | 3月", "甲校 | 30 | 28 | 31", "乙校 | 4 | 5 | 6"],
            ["机构", "1月", "2月", "3月"],
            id="months",
        ),
        pytest.param(
            ["分组 | 60分以下 | 60—90分 | 90分以上", "甲班 | 1 | 30 | 9", "乙班 | 2 | 29 | 8"],
            ["分组", "60分以下", "60—90分", "90分以上"],
            id="ranges",
        ),
        pytest.param(
            ["项目 | < | 数量", "教师 | 总数 | 1732", "^ | 其中：博士 | 1164"],
            ["项目", "项目", "数量"],
            id="label over names",
        ),
        pytest.param([" | 名称 | 报酬", "审计 | 某某所 | 15", "保荐 |  | 0"], ["", "名称", "报酬"], id="corner"),
        pytest.param(
            ["项目 | < | 合计 | 支出", "编码 | 名称 | ^ | ^", "205 | 教育 |  | ", "206 | 科技 |  | "],
            ["项目·编码", "项目·名称", "合计", "支出"],
            id="nothing filled in",
        ),
        pytest.param(
            ["事务所（境内） | 名称 | 甲所", "^ | 地址 | 某路6号", "^ | 会计师 | 某某"], ["", "", ""], id="form"
        ),
        pytest.param(["甲院 | 30 | 28", "乙院 | 4 | 5"], ["", "", ""], id="data at once"),
    ],
)
def test_labels_of_columns(rows: list[str], expected: list[str]) -> None:
    assert labels(only([grid(*rows)])) == expected


def test_a_header_that_the_format_marks_needs_no_figures() -> None:
    rows = ("承诺背景 | 承诺方 | 承诺", "上市 | 某某 | 不转让", "激励 | 甲等 | 不减持")
    assert labels(only([grid(*rows)])) == ["", "", ""]
    assert labels(only([grid(*rows, header_rows=1)])) == ["承诺背景", "承诺方", "承诺"]


def test_names_and_their_values_side_by_side_are_no_header() -> None:
    form = grid("学校名称 | 某某职业学院", "办学地址 | 某路1号", "学校性质 | 公办", "联系部门 | 教务处")
    assert only([form]).header_rows == 0


def test_an_empty_row_in_a_header_belongs_to_it() -> None:
    head = ("合计 | < | 购置费 | < | 接待费 | <", " | | ^ | ^ | | ", "预算 | 决算 | 预算 | 决算 | 预算 | 决算")
    table = only([grid(*head, "0.95 | | | | 0.95 | ", "0.80 | | | | 0.80 | ")])
    assert labels(table) == [f"{of}·{kind}" for of in ("合计", "购置费", "接待费") for kind in ("预算", "决算")]
    apart = only([grid("项目 | 数量", "甲 | 1", " | ", "乙 | 丙", "丁 | 4")])
    assert apart.header_rows == 1


def test_a_first_row_of_names_and_values_is_no_header() -> None:
    rows = ("校区 | 2个 | 专业 | 42门", "教师 | 512名 | 学生 | 11326人", "面积 | 5亩 | 图书 | 86万册")
    assert only([grid("举办者 | 某市政府 | 性质 | 公办", *rows)]).header_rows == 0
    assert only([grid("项目 | 数据 | 项目 | 数据", *rows)]).header_rows == 1
    assert only([grid("项目 | 2023年 | 项目 | 2022年", *rows)]).header_rows == 1


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("栏次", "", "1", "栏次", "", "2"), True),
        (("类", "款", "项", "栏次", "1", "2", "3"), True),
        (("甲", "乙", "1", "2", "3=1+2"), True),
        (("(1)", "(2)", "(3)"), True),
        (("一班", "1", "2", "3"), False),
        (("合计", "1", "2"), False),
        (("", "2", "3", "4"), False),
        (("1", "3", "5"), False),
    ],
)
def test_rows_that_number_the_columns(texts: tuple[str, ...], expected: bool) -> None:
    assert numbers_columns(texts) is expected


@pytest.mark.parametrize("text", ["人数", "2022", "2022年", "35岁以下", "36-45岁", "1-3月", "第1季度", "60分及以上"])
def test_what_names_a_column(text: str) -> None:
    assert is_label(text)


@pytest.mark.parametrize("text", ["1732", "66.70", "12人", "1,234.56", "-5", "15.85：1", "3%"])
def test_what_is_an_amount(text: str) -> None:
    assert not is_label(text)


def test_a_figure_without_a_column_label_is_named_by_the_words_right_before_it() -> None:
    columns = Columns(("",) * 4, frozenset(), frozenset())
    names = {0: "教职工", 2: "专任教师"}
    assert [names_beside(at, columns, names) for at in (1, 3)] == [["教职工"], ["专任教师"]]
    assert names_beside(2, columns, {0: "教师", 1: "高级"}) == ["教师", "高级"]
    assert names_beside(2, columns, {0: "教师", 3: "含外聘"}) == ["教师", "含外聘"]
