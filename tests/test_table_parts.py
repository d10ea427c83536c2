"""Tables under each other in one grid, titles and notes printed as rows of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from table_samples import centred, filled, grid, labels, line, only, pages, printed

from rag.readers.pdf.layout import in_page_order
from rag.records import Line
from rag.structure.tables.joining import MERGED_VALUE, join_tables


def test_title_and_note_rows_are_no_rows_of_the_table() -> None:
    table = only([grid("办学条件 | <", "项目 | 数量", "教室 | 30", "座位 | 900", "※ 以上数据来源：表2-3教室。 | <")])
    assert (table.caption, table.note) == ("办学条件", "※ 以上数据来源：表2-3教室。")
    assert printed(table) == ["项目 | 数量", "教室 | 30", "座位 | 900"]
    assert table.lines == ("办学条件",)


def test_title_row_below_a_caption_stays_a_row() -> None:
    table = only([line("附表3 教室"), grid("附表-教室 | <", "项目 | 数量", "教室 | 30", "座位 | 900")])
    assert (table.caption, table.header_rows) == ("附表3 教室", 2)
    assert labels(table) == ["项目", "数量"]


def test_unit_printed_in_a_row_of_its_own() -> None:
    table = only([grid("决算表 | < | <", "部门：甲局 | 2023年度 | 单位：万元", "项目 | 上年 | 本年", "教育 | 3 | 4")])
    assert (table.caption, table.unit) == ("决算表", "单位：万元")
    assert table.lines == ("决算表", "部门：甲局\t2023年度\t单位：万元")
    assert labels(table) == ["项目", "上年", "本年"]


STACKED = (
    "分行业情况 | < | <",
    "分行业 | 收入 | 成本",
    "制冷 | 37 | 25",
    "运输 | 76 | 63",
    "分地区情况 | < | <",
    "分地区 | 收入 | 毛利",
    "境内 | 39 | 28",
    "境外 | 73 | 60",
)


def test_tables_under_each_other_have_their_own_headers() -> None:
    one, other = join_tables(pages(["表1 经营情况", "单位：万元", grid(*STACKED)]))
    assert (one.caption, other.caption) == ("表1 经营情况", "分地区情况")
    assert [labels(one), labels(other)] == [["分行业", "收入", "成本"], ["分地区", "收入", "毛利"]]
    assert {one.unit, other.unit} == {"单位：万元"}
    assert one.places
    assert not other.places


def test_title_alone_at_the_foot_of_a_page_heads_what_follows() -> None:
    upper = grid("第（五）项 | <", "内容 | 决定数", "许可 | 447", "第（六）项 | <")
    one, other = join_tables(pages([upper], [grid("内容 | 处罚数", "处罚 | 398", "强制 | 88")]))
    assert (one.caption, other.caption) == ("第（五）项", "第（六）项")
    assert labels(other) == ["内容", "处罚数"]


def test_columns_named_anew_in_the_midst() -> None:
    rows = ("指标 | 2019年 | 2018年", "收入 | 11 | 12", " | 2019年末 | 2018年末", "资产 | 24 | 20", "净资产 | 17 | 16")
    one, other = join_tables(pages([grid(*rows)]))
    assert labels(one) == ["指标", "2019年", "2018年"]
    assert labels(other) == ["", "2019年末", "2018年末"]


def test_group_rows_part_nothing() -> None:
    rows = ("项目 | 期初 | 期末", "A.资产 | < | <", "现金 | 6 | 7", "B.负债 | < | <", "借款 | 3 | 4")
    (table,) = join_tables(pages([grid(*rows)]))
    assert len(table.rows) == 5


def test_row_of_words_between_figures_is_no_header() -> None:
    rows = ("项目 | 甲 | 乙", "人数 | 3 | 4", "等级 | 优秀 | 良好", "得分 | 95 | 90")
    (table,) = join_tables(pages([grid(*rows)]))
    assert len(table.rows) == 4


def test_columns_that_no_cell_begins_in_are_left_out() -> None:
    rows = ("规章 | 制发 | 废止", "条例 | 1 | 0", "第（五）项 | < | <", "内容 | 决定数 | <", "许可 | 447 | <")
    _, other = join_tables(pages([grid(*rows)]))
    assert printed(other) == ["内容 | 决定数", "许可 | 447"]
    assert not other.warnings


def test_value_merged_over_rows_belongs_to_all_of_them() -> None:
    table = only(
        [grid("原项目 | 金额 | 新项目", "应收合计 | 55 | 应收票据", "^ | ^ | 应收账款", "应付 | 6 | 应付账款")]
    )
    assert filled(table)[1:3] == ["应收合计 | 55 | 应收票据", "应收合计 |  | 应收账款"]
    (value,) = table.rows[1].merged
    assert (value.column, value.above, value.below, value.columns) == (1, 0, 1, 1)
    assert table.warnings == (MERGED_VALUE,)


def test_value_merged_under_two_labels_is_not_the_first_ones_alone() -> None:
    table = only([grid("学院 | 2021年 | 2022年", "甲院 | 30 | 31", "乙院 | 28 | <")])
    assert filled(table)[2] == "乙院 | 28 | "
    (value,) = table.rows[2].merged
    assert (value.column, value.columns) == (1, 2)
    assert table.warnings == (MERGED_VALUE,)


def test_words_and_ordinals_of_merged_cells_are_told_in_every_row() -> None:
    table = only([grid("序号 | 姓名 | 股数", "1 | 甲 | 12", "^ | ^ | 250", "2 | 乙 | 40")])
    assert filled(table)[2] == "1 | 甲 | 250"
    assert not table.warnings


def test_two_captions_in_one_line_belong_to_the_tables_side_by_side() -> None:
    left = grid("项目 | 得分", "教学 | 93", "食宿 | 83", edges=(90, 200, 290))
    right = grid("能力 | 满意", "合作 | 61", "外语 | 39", edges=(310, 400, 510))
    left, right = (replace(part, left=part.column_edges[0], right=part.column_edges[-1]) for part in (left, right))
    content = [line("表8 学生满意度\t表9 用人单位评价"), line("单位：分\t单位：%"), left, right, "下文。"]
    one, other = join_tables(pages(content))
    assert [(t.caption, t.unit) for t in (one, other)] == [
        ("表8 学生满意度", "单位：分"),
        ("表9 用人单位评价", "单位：%"),
    ]


def test_a_heading_below_the_left_table_is_no_caption_of_the_right_one() -> None:
    one = grid("项目 | 得分", "教学 | 93", "食宿 | 83", edges=(90, 200, 290))
    other = grid("能力 | 满意", "合作 | 61", "外语 | 39", edges=(310, 400, 510))
    left = replace(one, left=90, right=290, bottom=200)
    right = replace(other, left=310, right=510)
    caption, heading = line("表8 学生满意度\t表9 用人单位评价"), Line("三、师资队伍", 90, 220, 160, 235, 15, True)
    found = join_tables(pages([caption, left, heading, right, "下文。"]))
    assert [table.caption for table in found] == ["表8 学生满意度", "表9 用人单位评价"]
    below = Line("上文接下来的话。", 90, 320, 510, 330, 10)
    assert in_page_order([caption, heading, below], [right, left]) == (caption, left, right, heading, below)
    title = Line("表9 用人单位评价", 350, 85, 480, 95, 10)
    assert in_page_order([heading, title, below], [right, left]) == (left, heading, title, right, below)


def test_lines_between_a_title_and_its_table_that_frame_it() -> None:
    content = [centred("收入支出决算总表"), line("公开01表"), line("编制单位：某大学\t2023年度\t单位：万元")]
    table = only([*content, grid("项目 | 决算数", "收入 | 8", "支出 | 9")])
    assert (table.caption, table.unit) == ("收入支出决算总表", "单位：万元")
    assert table.lines == ("收入支出决算总表", "公开01表", "编制单位：某大学\t2023年度\t单位：万元")


def test_a_title_may_begin_with_a_numeral_that_numbers_nothing() -> None:
    body = grid("项目 | 决算数", "收入 | 8", "支出 | 9")
    assert only([centred("一般公共预算支出表"), body]).caption == "一般公共预算支出表"
    assert only([centred("2022—2023学年各专业人数"), body]).caption == "2022—2023学年各专业人数"
    assert only([centred("3教师队伍"), body]).caption == ""


def test_the_rest_of_a_table_under_another_header_keeps_its_own_labels() -> None:
    year = grid("项目 | 期末数 | <", "^ | 账面价值 | 一年以内", "借款 | 20 | 21", "应付 | 65 | 66")
    before = grid("项目 | 期初数 | <", "^ | 账面价值 | 一年以内", "借款 | 40 | 41", "应付 | 75 | 76")
    one, other = join_tables(pages([line("表7 负债"), year, "（续上表）", before, "下文。"]))
    assert labels(one) == ["项目", "期末数·账面价值", "期末数·一年以内"]
    assert labels(other) == ["项目", "期初数·账面价值", "期初数·一年以内"]
    assert (other.caption, printed(other)[2:]) == ("表7 负债", ["借款 | 40 | 41", "应付 | 75 | 76"])


@pytest.mark.parametrize("period", ["2020年1—12月", "（2020年度）", "2023年1月", "2023-2024学年"])
def test_a_period_between_a_title_and_its_table_is_no_title(period: str) -> None:
    table = only(
        [centred("母公司现金流量表"), centred(period), line("单位：元"), grid("项目 | 金额", "收入 | 8", "支出 | 9")]
    )
    assert (table.caption, table.unit) == ("母公司现金流量表", "单位：元")
