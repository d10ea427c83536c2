"""Rows and merged cells that a page end has broken: one tiny pair of grids a kind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from table_samples import filled, grid, labels, line, only, pages, printed

from rag.structure.tables.breaks import REJOINED
from rag.structure.tables.joining import join_tables

HEAD = "项目 | 期初 | 期末"


def test_words_that_had_no_room_go_on_over_the_page() -> None:
    table = only([grid(HEAD, "甲 | 1 | 2", "技术改造专项引导资… | 3 | 4")], [grid("金 |  | ", "乙 | 5 | 6")])
    assert printed(table)[2:] == ["技术改造专项引导资金 | 3 | 4", "乙 | 5 | 6"]
    assert table.warnings == (REJOINED,)


def test_a_row_of_nothing_but_words_goes_on_where_it_had_no_room() -> None:
    table = only([grid(HEAD, "甲 | 1 | 2", "根据法规的要求对… |  | ")], [grid("损益的调整 |  | ", "乙 | 5 | 6")])
    assert printed(table)[2] == "根据法规的要求对损益的调整 |  | "


def test_a_label_with_room_to_spare_is_a_row_of_its_own() -> None:
    table = only([grid(HEAD, "甲 | 1 | 2", "流动资产： |  | ")], [grid("非流动资产： |  | ", "乙 | 5 | 6")])
    assert printed(table)[2:4] == ["流动资产： |  | ", "非流动资产： |  | "]
    assert not table.warnings


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param("丙 | 1,23…", " | 4.56", id="halves of a number"),
        pytest.param("专业5… | 3", "0 | ", id="digits of a name"),
        pytest.param("丙 | 约12…", " | 34", id="figure below words that end in digits"),
    ],
)
def test_digits_are_never_put_together(above: str, below: str) -> None:
    table = only([grid("项目 | 金额", "甲 | 1", above)], [grid(below, "乙 | 5")])
    assert printed(table)[2:4] == [above.replace("…", ""), below]


def test_a_header_broken_by_the_page_end_is_whole_again() -> None:
    table = only([grid("项目 | 金额 | 较上年变动比…")], [grid(" |  | 例（%）", "甲 | 1 | 2", "乙 | 3 | 4")])
    assert labels(table) == ["项目", "金额", "较上年变动比例（%）"]
    assert len(table.rows) == 3


def test_header_alone_at_the_foot_of_a_page() -> None:
    table = only(["表1 学生", grid("学院 | 专业 | 人数")], [grid("甲院 | 护理 | 9", "乙院 | 会计 | 8")])
    assert labels(table) == ["学院", "专业", "人数"]
    again = only([grid("学院 | 专业 | 人数")], [grid("学院 | 专业 | 人数", "甲院 | 护理 | 9", "乙院 | 会计 | 8")])
    assert printed(again) == ["学院 | 专业 | 人数", "甲院 | 护理 | 9", "乙院 | 会计 | 8"]


def test_words_of_a_merged_cell_go_on_over_the_page() -> None:
    upper = grid("结果 | 原因 | 件", "公开 | 无 | 3", "（四）无… | 1.不掌握 | 7")
    lower = grid("法提供 | 2.没有现成 | 1", "^ | 3.补正 | 2", "其他 | 无 | 5")
    table = only([upper], [lower])
    assert filled(table)[2:5] == [
        "（四）无法提供 | 1.不掌握 | 7",
        "（四）无法提供 | 2.没有现成 | 1",
        "（四）无法提供 | 3.补正 | 2",
    ]
    assert [row.printed[0] for row in table.rows[2:5]] == ["（四）无法提供", "", ""]


def test_column_numbers_repeated_on_the_next_page_stand_once() -> None:
    head = ("编码 | 名称 | 合计 | 基本 | 项目", "栏次 |  | 1 | 2 | 3")
    table = only([grid(*head, "205 | 教育 | 9 | 8 | 1")], [grid(*head, "206 | 科技 | 7 | 6 | 1")])
    assert len(table.rows) == 4


def test_small_print_at_the_foot_does_not_part_a_table_whose_header_is_repeated() -> None:
    head = ("学院 | 人数 | <", "^ | 男 | 女")
    body, foot = line("本学年情况见表。", size=12), replace(line("4 落实率＝人数÷总数。"), size=8.5)
    tables = join_tables(
        pages([body, "表1 学生", grid(*head, "甲院 | 3 | 5"), foot], [grid(*head, "乙院 | 4 | 6"), body])
    )
    assert [len(table.rows) for table in tables] == [4]
    assert (0, 3) not in tables[0].places
    apart = join_tables(pages([body, "表1 学生", grid(*head, "甲院 | 3 | 5"), body], [grid(*head, "乙院 | 4 | 6")]))
    assert len(apart) == 2
