"""Tables of text files: columns only spaces apart, one cell a line, cells that have slipped."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.readers.plain import read_plain, righted
from rag.readers.spaced.spaced_rows import Piece, header_labels
from rag.records import Grid, Line
from rag.structure.sections import pages_to_sections

PROSE = "学校坚持立德树人根本任务，深化产教融合、校企合作，办学水平稳步提升。"


def grids(text: str) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in item.cells if cell.row == row] for row in range(item.row_count)]
        for item in read_plain(text.encode()).pages[0].items
        if isinstance(item, Grid)
    ]


def lines(text: str) -> list[str]:
    return [item.text for item in read_plain(text.encode()).pages[0].items if isinstance(item, Line)]


def table(*body: str, caption: str = "表1-1 基本情况统计表") -> str:
    return "\n\n".join([PROSE, caption, *body, "数据来源：学校办公室", PROSE])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            ("序号 项目 人数（人） 金额（万元）", "1 甲奖学金 20 16", "2 乙奖学金 610 305.5", "合计 630 321.5"),
            [
                ["序号", "项目", "人数（人）", "金额（万元）"],
                ["1", "甲奖学金", "20", "16"],
                ["2", "乙奖学金", "610", "305.5"],
                ["", "合计", "630", "321.5"],
            ],
            id="as many pieces in every line",
        ),
        pytest.param(
            ("培训名称 企业职工 农民 合计", "安全员培训 30 0 30", "种植培训 0 25 25"),
            [
                ["培训名称", "企业职工", "农民", "合计"],
                ["安全员培训", "30", "0", "30"],
                ["种植培训", "0", "25", "25"],
            ],
            id="a header none of whose words says figure",
        ),
        pytest.param(
            (
                "序号 专业大类 专业名称\n学生\n\n人数\n备注",
                "1\n农林大类\n\n园林 14",
                "2 园艺技\n\n术\n\n15 调减",
                "3 茶艺 16",
            ),
            [
                ["序号", "专业大类 专业名称", "学生人数", "备注"],
                ["1", "农林大类园林", "14", ""],
                ["2", "园艺技术", "15", "调减"],
                ["3", "茶艺", "16", ""],
            ],
            id="wrapped header, wrapped cells, merged category, empty remarks",
        ),
        pytest.param(
            ("证书名称\n等级\n\n培训教\n师数\n\n通过人\n数", "甲证书 中级 1 31", "乙职业技能等级\n证书\n\n初级 0 59"),
            [
                ["证书名称 等级", "培训教师数", "通过人数"],
                ["甲证书 中级", "1", "31"],
                ["乙职业技能等级证书初级", "0", "59"],
            ],
            id="no ordinals, header words cut anywhere",
        ),
        pytest.param(
            ("学院 人数", "商学院 12", "工学院 18", "某学院 2020 届毕业生报告"),
            [["学院", "人数"], ["商学院", "12"], ["工学院", "18"]],
            id="a running head with a year behind it",
        ),
        pytest.param(
            ("学院\n\n毕业人数\n\n占比", "商学院\n\n120\n\n40.0%", "工学院\n\n180\n\n60.0%"),
            [["学院", "毕业人数", "占比"], ["商学院", "120", "40.0%"], ["工学院", "180", "60.0%"]],
            id="one cell a line",
        ),
        pytest.param(
            ("序号  指标 名称  2022年  2023年", "1  生师 比  15.1：1  14.9：1", "2  占地面积（亩）  900  901"),
            [
                ["序号", "指标名称", "2022年", "2023年"],
                ["1", "生师比", "15.1：1", "14.9：1"],
                ["2", "占地面积（亩）", "900", "901"],
            ],
            id="wide gaps between cells, narrow ones within",
        ),
        pytest.param(
            (
                "序号 项 目 数据",
                "1 课程门数/学时总数 1177/118063",
                "2 课程结构\nA类课（课程数比例）% 18.8",
                "3",
                "4 开课（门数） 9",
            ),
            [
                ["序号", "项目", "数据"],
                ["1", "课程门数/学时总数", "1177/118063"],
                ["2", "课程结构A类课（课程数比例）%", "18.8"],
                ["3", "", ""],
                ["4", "开课（门数）", "9"],
            ],
            id="two figures in one cell, an empty row",
        ),
    ],
)
def test_rows_of_as_many_figures_as_the_header_has_labels_are_a_grid(
    body: tuple[str, ...], expected: list[list[str]]
) -> None:
    assert grids(table(*body)) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(("序号 项目 人数 金额", "1 甲 20 16", "2 乙 610", "3 丙 7 8"), id="a figure is missing"),
        pytest.param(("序号 项目 人数", "1 甲\n20", "302 乙", "3 丙 7"), id="a figure has run into the next ordinal"),
        pytest.param(("序号 名称 金额", "1 甲农具\n\n公司\n\n30", "2 乙", "3 丙 50"), id="a figure for two rows"),
        pytest.param(
            ("序号 赛项 数量 备注", "1 甲\n国家级 8 一项\n省级 31 两项", "2 乙 省级 1 无"), id="two rows in one"
        ),
        pytest.param(("学院 人数 来源 金额", "商学院 12 省内 30", "工学院 省外 18 50"), id="figures under words"),
        pytest.param(("796 336 42.21%", "584 15.85：1 12%"), id="no header"),
    ],
)
def test_where_one_row_does_not_agree_there_is_no_grid_and_no_line_is_joined(body: tuple[str, ...]) -> None:
    text = table(*body)
    assert grids(text) == []
    rows = [line for part in body for line in part.split("\n") if " " in line]
    assert [line.replace("\t", " ") for line in lines(text) if "\t" in line] == rows


def test_a_table_that_text_breaks_off_goes_on_by_its_ordinals() -> None:
    text = table("序号 专业 人数", "1 甲 14", "2 乙 15").removesuffix(PROSE)
    text += "\n\n".join(["（二）办学条件", PROSE, "3 丙 16", "4 丁 17", "合计 2 4 62", PROSE])
    assert grids(text) == [
        [["序号", "专业", "人数"], ["1", "甲", "14"], ["2", "乙", "15"], ["3", "丙", "16"], ["4", "丁", "17"]]
    ]
    assert lines(text)[-4:] == ["（二）办学条件", PROSE, "合计2 4 62", PROSE]


def test_prose_with_spaces_around_its_figures_is_no_table() -> None:
    text = "\n\n".join([PROSE, "学校占地 900 亩，在校生 8000 人", "教师 400 人，其中教授 30 人", PROSE])
    assert grids(text) == []
    assert not any("\t" in line for line in lines(text))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [["学院", "专业", "人数", "占比", ""], ["", "商科", "会计", "9", "1%"], ["", "金融", "8", "2%"]],
            [["学院", "专业", "人数", "占比"], ["商科", "会计", "9", "1%"], ["", "金融", "8", "2%"]],
        ),
        (
            [["学院", "专业", "人数"], ["工科", "", "数控", "9"], ["", "", "模具", "8"], ["焊接", "", "7"]],
            [["学院", "专业", "人数"], ["工科", "数控", "9"], ["", "模具", "8"], ["", "焊接", "7"]],
        ),
        (
            [["学院", "人数"], ["商科", "会计", "9"], ["工科", "8"]],
            [["学院", "人数"], ["商科", "会计", "9"], ["工科", "8"]],
        ),
        (
            [["学院", "人数", "占比"], ["商科", "9", "1%"], ["", "工科", "8"]],
            [["学院", "人数", "占比"], ["商科", "9", "1%"], ["", "工科", "8"]],
        ),
        (
            [["学院", "人数"], ["商科", "9"], ["学院", "人数"], ["工科", "8"]],
            [["学院", "人数"], ["商科", "9"], ["学院", "人数"], ["工科", "8"]],
        ),
    ],
)
def test_slipped_cells_are_put_back_where_the_figures_say_so(rows: list[list[str]], expected: list[list[str]]) -> None:
    assert righted(rows) == expected


def test_a_header_is_parted_at_every_space_and_at_line_ends_only_behind_a_label() -> None:
    words = [("校内教", 0), ("师人数", 1), ("等级", 1), ("转化金额", 2), ("（元）", 3), ("序", 4), ("号", 5)]
    labels = header_labels([Piece(text, line) for text, line in words])
    assert [(label.text, label.is_amount) for label in labels] == [
        ("校内教师人数", True),
        ("等级", False),
        ("转化金额（元）", True),
        ("序号", False),
    ]


@given(
    st.lists(
        st.sampled_from(["序号", "项目", "人数", "合计", "甲", "1", "2", "3", "12.5%", " ", " ", "\n", "\n", "，"]),
        max_size=60,
    )
)
def test_no_character_below_a_caption_is_lost_or_printed_twice(pieces: list[str]) -> None:
    text = f"表1 统计\n{''.join(pieces)}\n{PROSE}"
    cells = chain.from_iterable(chain.from_iterable(grids(text)))
    assert sorted("".join("".join([*lines(text), *cells]).split())) == sorted("".join(text.split()))


@given(st.text(alphabet="表1-2序号项目人数合计甲乙 12.5%：，。\n\t（）", max_size=300))
def test_any_text_below_a_caption_is_read(text: str) -> None:
    pages_to_sections(read_plain(f"表1 统计\n{text}\n正文。".encode()).pages, "r")
