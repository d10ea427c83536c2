"""Tables joined over pages, from hand-made grids and lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from table_samples import LEFT, RIGHT, centred, filled, grid, line, only, pages, printed

from rag.language.table_lines import is_caption, is_continued, is_note, unit_of
from rag.records import Line, TableRow
from rag.structure.tables.breaks import REJOINED, UNSURE_MERGE
from rag.structure.tables.joining import header_labels, join_tables, row_text
from rag.structure.tables.tabbed import UNRULED

HEAD = "序号 | 学院 | 专业 | 人数"
FIRST = grid(HEAD, "1 | 医学院 | 药学 | 48", "2 | ^ | 检验 | 142", "3 | 护理学院 | 护理 | 949")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("表1-2 2022-2023学年专业设置情况统计表", True),
        ("表 3-4 主要职业培训统计表", True),
        ("附表1 计分卡", True),
        ("表一 学生情况", True),
        ("表一2023年毕业生去向", True),
        ("表12个项目", False),
        ("表2.1毕业生去向", True),
        ("表A1 指标", True),
        ("续表1-2", True),
        ("表1-2所示的专业共四十七个", False),
        ("表1-2和表1-3列出了办学条件。", False),
        ("表3为各学院就业率", False),
        ("表彰3个先进集体", False),
        ("表演12场", False),
        ("代表性成果", False),
        ("图 1-1 学历结构图", False),
    ],
)
def test_captions_are_told_from_prose(text: str, expected: bool) -> None:
    assert is_caption(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("续表", True),
        ("（续表）", True),
        ("续上表", True),
        ("续表1-2", True),
        ("表1-2（续）", True),
        ("表1-2 专业设置情况（续表）", True),
        ("继续表彰先进", False),
        ("表1-2 专业设置情况", False),
    ],
)
def test_continuation_lines(text: str, expected: bool) -> None:
    assert is_continued(text) is expected


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("单位：万元", "单位：万元"),
        ("（单位：人）", "单位：人"),
        ("表1-4 经费情况（单位：万元）", "单位：万元"),
        ("计量单位: 平方米", "计量单位:平方米"),
        ("单位：人、%", "单位：人、%"),
        ("用人单位满意度", ""),
        ("参与单位：", ""),
    ],
)
def test_unit_statements(text: str, unit: str) -> None:
    assert unit_of(text) == unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("数据来源：教务处", True),
        ("注：截至8月31日", True),
        ("注1: 口径", True),
        ("注重内涵建设", False),
        ("来源广泛", False),
    ],
)
def test_note_lines(text: str, expected: bool) -> None:
    assert is_note(text) is expected


def test_caption_unit_and_note_belong_to_the_table() -> None:
    prose = ["上文。", centred("表1-2 专业设置"), "单位：人", FIRST, "数据来源：教务处", "下文。"]
    table = only(prose)
    assert (table.caption, table.unit, table.note) == ("表1-2 专业设置", "单位：人", "数据来源：教务处")
    assert table.places == ((0, 1), (0, 2), (0, 3), (0, 4))


def test_unit_beside_the_caption_is_cut_off_in_brackets_it_stays() -> None:
    assert only(["表1 收入\t单位：万元", FIRST]).caption == "表1 收入"
    bracketed = only(["表1 收入（单位：万元）", FIRST])
    assert (bracketed.caption, bracketed.unit) == ("表1 收入（单位：万元）", "单位：万元")


def test_unit_that_ends_a_bracket_is_not_cut_off() -> None:
    table = only(["表13 经费收入（除注明外，单位：万元）", FIRST])
    assert (table.caption, table.unit) == ("表13 经费收入（除注明外，单位：万元）", "单位：万元")


def test_wrapped_caption() -> None:
    upper, lower = line("表2-1 某某学院各类学生社团组织名称成员数量及", LEFT, RIGHT), centred("活动情况统计")
    table = only(["上文。", upper, lower, FIRST])
    assert table.caption == "表2-1 某某学院各类学生社团组织名称成员数量及活动情况统计"
    assert table.places == ((0, 1), (0, 2), (0, 3))


def test_title_without_a_number_is_centred_and_short() -> None:
    assert only(["上文。", centred("重点专业名单"), FIRST]).caption == "重点专业名单"
    assert only(["上文。", line("（一）办学条件", LEFT, 180), FIRST]).caption == ""
    assert only([centred("一、办学条件"), FIRST]).caption == ""
    assert only([centred("具体情况如下："), FIRST]).caption == ""


def test_title_of_two_centred_lines() -> None:
    upper = Line("首批服务现代产业集群重点院校", 150, 60, 450, 76, 16, True)
    lower = Line("及专业名单", 250, 80, 350, 96, 16, True)
    assert only([upper, lower, FIRST]).caption == "首批服务现代产业集群重点院校及专业名单"


def test_caption_below_when_none_stands_above() -> None:
    table = only(["上文。", FIRST, "表1-1 学生", "下文。"])
    assert table.caption == "表1-1 学生"
    assert table.places == ((0, 2), (0, 1))


def test_no_caption_from_below_where_captions_stand_above() -> None:
    tables = join_tables(pages(["表1 学生", FIRST, "正文。"], [FIRST, "表2 教师", "正文。"]))
    assert [table.caption for table in tables] == ["表1 学生", ""]


def test_caption_below_that_stands_above_another_table_is_the_others() -> None:
    one, other = join_tables(pages(["上文。", FIRST, "表1-1 学生", FIRST]))
    assert (one.caption, other.caption) == ("", "表1-1 学生")


def test_caption_left_behind_by_the_page_break() -> None:
    table = only(["上文。", "表1-1 学生", "单位：人"], [FIRST])
    assert (table.caption, table.unit) == ("表1-1 学生", "单位：人")
    assert table.places == ((0, 1), (0, 2), (1, 0))


def test_note_over_two_lines() -> None:
    first, second = line("注：本表数据截至二〇二三年十二月三十一日，含专升本录取", LEFT, 508), line("人数", LEFT, 120)
    assert only([FIRST, first, second, "下文。"]).note.endswith("专升本录取人数")
    larger = line("下文以正文字号排印", LEFT, 300, size=12)
    assert only([FIRST, first, larger]).note.endswith("专升本录取")


def test_note_carried_to_the_next_page() -> None:
    assert only(["表1 学生", FIRST], ["数据来源：教务处", "下文。"]).note == "数据来源：教务处"


def test_repeated_header_is_dropped_over_three_pages() -> None:
    table = only(
        ["表1 学生", FIRST],
        [grid(HEAD, "4 | 建筑学院 | 造价 | 63")],
        [grid(HEAD, "5 | 商学院 | 会计 | 125"), "数据来源：教务处"],
    )
    assert printed(table)[0] == HEAD
    assert [row.printed[0] for row in table.rows[1:]] == ["1", "2", "3", "4", "5"]
    assert [row.page for row in table.rows] == [1, 1, 1, 1, 2, 3]
    assert table.header_rows == 1
    assert not table.warnings


def test_repeated_header_with_two_levels() -> None:
    head = ("学院 | 高级职称 | <", "^ | 人数 | 比例")
    table = only([grid(*head, "A | 3 | 5%")], [grid(*head, "B | 4 | 6%")])
    assert table.header_rows == 2
    assert [row.printed[0] for row in table.rows] == ["学院", "", "A", "B"]
    assert header_labels(table.rows, 2) == ("学院", "高级职称·人数", "高级职称·比例")


def test_no_header_repeated() -> None:
    table = only([FIRST], [grid("4 | 建筑学院 | 造价 | 63", "5 | 商学院 | 会计 | 125")])
    assert len(table.rows) == 6
    assert not table.warnings


def test_text_only_table_without_repeated_header() -> None:
    table = only(
        [grid("证书名称 | 颁证机构", "甲证书(中级) | 甲公司", "乙证书(初级) | 乙公司")],
        [grid("丙证书(中级) | 丙公司", "丁证书(中级) | 丁公司")],
    )
    assert (table.header_rows, len(table.rows)) == (1, 5)


@pytest.mark.parametrize("between", ["续表", "（续表）", "表1 学生（续）", "表1 学生"])
def test_continuation_line_is_consumed(between: str) -> None:
    table = only(["表1 学生", FIRST], [between, "单位：人", grid(HEAD, "4 | 商学院 | 会计 | 125")])
    assert len(table.rows) == 5
    assert (1, 0) in table.places
    assert (1, 1) in table.places


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(["表2 教师"], id="caption"),
        pytest.param(["另有一段正文。"], id="prose"),
        pytest.param(["单位：人"], id="unit line"),
    ],
)
def test_anything_said_between_parts_two_tables(between: list[str]) -> None:
    assert len(join_tables(pages(["表1 学生", FIRST], [*between, FIRST]))) == 2


def test_another_header_begins_another_table() -> None:
    other = grid("序号 | 部门 | 岗位 | 教师数", "1 | 教务处 | 处长 | 1", "2 | 学工处 | 处长 | 2")
    assert len(join_tables(pages([FIRST], [other]))) == 2


def test_other_columns_are_another_table() -> None:
    other = grid("8 | 商学院 | 会计 | 12", edges=(90, 120, 150, 400, 510))
    assert len(join_tables(pages([FIRST], [other]))) == 2


def test_columns_shifted_under_the_same_header_are_the_same() -> None:
    assert len(only([FIRST], [grid(HEAD, "4 | 商学院 | 会计 | 12", edges=(90, 180, 320, 420, 510))]).rows) == 5


def test_tables_a_page_apart_stay_apart() -> None:
    assert len(join_tables(pages([FIRST], ["正文。"], [FIRST]))) == 2


def test_two_tables_on_one_page_stay_apart() -> None:
    assert len(join_tables(pages([FIRST, FIRST]))) == 2


def test_fewer_columns_after_the_break_are_aligned_by_their_edges() -> None:
    table = only([FIRST], [grid("合计 | 3 | 1139", edges=(90, 300, 405, 510))])
    assert printed(table)[-1] == "合计 |  | 3 | 1139"
    assert filled(table)[-1] == "合计 | 合计 | 3 | 1139"


def test_merged_cell_that_goes_on_over_the_break_is_filled_never_printed() -> None:
    first = grid("学院 | 专业 | 人数", "医学院 | 药学 | 48", "财经学院 | 会计 | 125", "^ | 金融 | 16")
    further = grid("学院 | 专业 | 人数", " | 电商 | 114", "^ | 物流 | 43", "护理学院 | 护理 | 949")
    table = only([first], [further])
    assert filled(table)[4:] == ["财经学院 | 电商 | 114", "财经学院 | 物流 | 43", "护理学院 | 护理 | 949"]
    assert printed(table)[4:] == [" | 电商 | 114", " | 物流 | 43", "护理学院 | 护理 | 949"]
    assert not table.warnings


def test_merged_cell_whose_text_is_on_the_next_page() -> None:
    first = grid("学院 | 专业 | 人数", "医学院 | 药学 | 48", "^ | 检验 | 16", " | 会计 | 125", "^ | 金融 | 16")
    table = only([first], [grid("财经学院 | 电商 | 114", "护理学院 | 护理 | 43")])
    assert filled(table)[3:6] == ["财经学院 | 会计 | 125", "财经学院 | 金融 | 16", "财经学院 | 电商 | 114"]


def test_empty_cell_that_is_no_merge_is_left_with_a_warning() -> None:
    first = grid("学院 | 专业 | 人数", "医学院 | 药学 | 48", "财经学院 | 会计 | 125", "建筑学院 | 造价 | 16")
    table = only([first], [grid(" | 电商 | 114", "护理学院 | 护理 | 949")])
    assert filled(table)[4] == " | 电商 | 114"
    assert table.warnings == (UNSURE_MERGE,)


def test_column_that_is_often_empty_is_never_filled() -> None:
    first = grid("专业 | 人数 | 备注", "药学 | 48 | ", "会计 | 125 | 调减", "造价 | 16 | ^")
    table = only([first], [grid("电商 | 114 | ", "护理 | 949 | ^")])
    assert filled(table)[4] == "电商 | 114 | "
    assert not table.warnings


def test_row_split_by_the_break_is_rejoined() -> None:
    first = grid(
        "序号 | 项目 | 数量 | 备注",
        "1 | 甲赛 | 2 | 一等奖1个",
        "2 | 乙赛 | 4 | 二等奖1个",
        "3 | 丙类专业技能 | 9 | 个人一等奖2个，",
    )
    further = grid(" | 大赛 |  | 三等奖2个", "4 | 丁赛 | 3 | 三等奖", "5 | 戊赛 | 7 | 银奖")
    table = only([first], [further])
    assert printed(table)[3:5] == ["3 | 丙类专业技能大赛 | 9 | 个人一等奖2个，三等奖2个", "4 | 丁赛 | 3 | 三等奖"]
    assert table.warnings == (REJOINED,)
    assert table.rows[3].page == 1


def test_row_whose_figures_stand_after_the_break() -> None:
    first = grid("序号 | 项目 | 数量", "1 | 甲赛 | 2", "2 | 乙赛 | 4", " | 丙类专业 | ")
    rest = ("3 | 技能大赛 | 9", "4 | 丁赛 | 3")
    assert printed(only([first], [grid(*rest, open_top=True)]))[3] == "3 | 丙类专业技能大赛 | 9"
    assert printed(only([first], [grid(*rest)]))[3:5] == [" | 丙类专业 | ", "3 | 技能大赛 | 9"]


def test_merge_around_a_split_row_stays_whole() -> None:
    first = grid("序号 | 大类 | 名称 | 数", "1 | 农林 | 甲 | 2", "2 | 装备制 | 乙 | 4", "3 | ^ | 丙类 | 6")
    further = grid(" | 造 | 专业 | ", "4 | ^ | 丁 | 8", "5 | 财经 | 戊 | 9", open_top=True)
    table = only([first], [further])
    assert [row.filled[1] for row in table.rows[1:]] == ["农林", "装备制造", "装备制造", "装备制造", "财经"]
    assert printed(table)[2:5] == ["2 | 装备制造 | 乙 | 4", "3 |  | 丙类专业 | 6", "4 |  | 丁 | 8"]


def test_header_with_a_single_split_row_below_it_on_the_first_page() -> None:
    first = grid("序号 | 名称 | 数量 | 备注", " | 甲类 |  | 说明", open_bottom=True)
    table = only([first], [grid("1 | 专业 | 2 | 其余", "2 | 乙 | 4 | 无", "3 | 丙 | 6 | 无")])
    assert (table.header_rows, printed(table)[1]) == (1, "1 | 甲类专业 | 2 | 说明其余")


def test_row_with_its_own_figures_is_never_joined_to_another() -> None:
    first = grid("序号 | 项目 | 数量", "1 | 甲赛 | 2", "2 | 乙赛 | 4", "3 | 丙赛 | 9")
    table = only([first], [grid(" | 丁赛 | 8", "4 | 戊赛 | 3")])
    assert printed(table)[3:5] == ["3 | 丙赛 | 9", " | 丁赛 | 8"]


def test_subheading_row_on_top_of_a_page_is_no_fragment() -> None:
    first = grid("项目 | 数量 | 占比", "甲 | 2 | 1%", "乙 | 4 | 2%", "丙 | 9 | 3%")
    table = only([first], [grid("二、教师 | < | <", "丁 | 3 | 4%")])
    assert printed(table)[4] == "二、教师 |  | "
    assert len(table.rows) == 6


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        pytest.param(["学院 | 人数", "A | 3", "B | 4"], 1, id="labels over figures"),
        pytest.param(["指标 | 2021 | 2022", "收入 | 1.5 | 2.5", "支出 | 1 | 2"], 1, id="years are labels"),
        pytest.param(["指标 | 2021年度 | 增长率", "收入 | 1.5 | 2%", "支出 | 1 | 3%"], 1, id="years with a unit"),
        pytest.param(
            ["人数 | 高级 | < | 生师比", "^ | 人数 | 比例 | ^", "796 | 336 | 42% | 15.85：1"], 2, id="two levels"
        ),
        pytest.param(["基本情况 | <", "项目 | 数量", "A | 3", "B | 4"], 1, id="title row inside"),
        pytest.param(
            ["课程名称 | 课程类别 | 院部", "会计 | 核心 | 会计学院", "数学 | 公共 | 工学院"], 1, id="words only"
        ),
        pytest.param(
            ["幼儿舞蹈 | 基础 | 艺术学院", "仓配运营 | 核心 | 商学院", "水产 | 拓展 | 工学院"], 0, id="no header"
        ),
        pytest.param(["在校生 | 17402 | 教职工 | 959", "专业 | 47 | 教师 | 796"], 0, id="labels beside values"),
        pytest.param(["学院 | A学院 | B学院", "人数 | 2 | 3"], 1, id="one row"),
        pytest.param(["1 | 甲 | 30", "2 | 乙 | 40"], 0, id="figures at once"),
        pytest.param(["只有一行 | 3"], 0, id="single row"),
    ],
)
def test_header_rows(rows: list[str], header: int) -> None:
    assert only([grid(*rows)]).header_rows == header


def test_row_text_is_what_is_printed() -> None:
    table = only([grid("学院 | 专业 | 人数", "医学院 | 药学 | 48", "^ | 检验 | 16")])
    assert [row_text(row) for row in table.rows] == ["学院\t专业\t人数", "医学院\t药学\t48", "检验\t16"]
    assert filled(table)[2] == "医学院 | 检验 | 16"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            ["序号 | 类别 | 学校", "1 | 支柱 | 甲校", "2 |  | 乙校", "3 | 优势 | 丙校", "4 |  | 丁校"],
            ["支柱", "支柱", "优势", "优势"],
            id="category printed once",
        ),
        pytest.param(
            ["序号 | 类别 | 学校", "1 | 支柱 | 甲校", "2 |  | 乙校", "3 | 支柱 | 丙校", "4 |  | 丁校"],
            ["支柱", "", "支柱", ""],
            id="category repeated elsewhere",
        ),
        pytest.param(
            ["序号 | 类别 | 人数", "1 | 支柱 | 3", "2 |  | 4", "3 | 优势 | 5", "合计 |  | 12"],
            ["支柱", "", "优势", ""],
            id="total row",
        ),
    ],
)
def test_flattened_merges_of_a_text_file(rows: list[str], expected: list[str]) -> None:
    table = only([grid(*rows, edges=())])
    assert [row.filled[1] for row in table.rows[1:]] == expected
    assert [row.printed[1] for row in table.rows] == [row.split("|")[1].strip() for row in rows]


def test_captioned_lines_in_columns_are_a_table_with_a_warning() -> None:
    rows = ["学院\t人数\t占比", "医学院\t972\t96%", "护理学院\t1146\t95%"]
    table = only(["表1 就业", "单位：人", *rows, "下文。"])
    assert printed(table) == [row.replace("\t", " | ") for row in rows]
    assert (table.caption, table.unit, table.header_rows) == ("表1 就业", "单位：人", 1)
    assert table.places == ((0, 0), (0, 1), (0, 2), (0, 3), (0, 4))
    assert table.warnings == (UNRULED,)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(["正文。", "学院\t人数", "医学院\t972", "护理\t1146"], id="no caption"),
        pytest.param(["表1 就业", "学院\t人数", "医学院\t972\t5", "护理\t1146"], id="a piece too many"),
        pytest.param(["表1 就业", "图 1-1 甲\t图 1-2 乙", "丙\t丁", "戊\t己"], id="no figures"),
        pytest.param(["表1 就业", "医学院\t972", "护理\t1146", "商\t12"], id="no header"),
    ],
)
def test_lines_that_are_not_surely_rows_stay_lines(content: list[str]) -> None:
    assert join_tables(pages(content)) == ()


def test_warnings_of_the_grids_are_kept_once() -> None:
    warned = grid(HEAD, "9 | 商学院 | 会计 | 125", warnings=("疑。",))
    assert only([warned], [grid(HEAD, "10 | 商学院 | 金融 | 5", warnings=("疑。",))]).warnings == ("疑。",)


def test_tables_of_a_sample_report() -> None:
    path = Path(__file__).parents[2] / "shared" / "reports" / "hubei-poly-2020-employment.pdf"
    if not path.exists():
        pytest.skip("没有样例报告")
    from rag.readers.pdf.reader import read_pdf
    from rag.structure.running_heads import drop_running_heads

    read = read_pdf(path.read_bytes(), max_pages=100, announce_pages=lambda count: None)
    tables = join_tables(drop_running_heads(read.pages))
    assert [len(table.rows) for table in tables] == [12, 42, 14]
    assert tables[1].rows[7].filled == ("财经学院", "电子商务", "114", "2.24%")
    assert sum(int(row.printed[1]) for row in tables[0].rows[1:-1]) == int(tables[0].rows[-1].printed[1])


def test_a_table_without_a_header_has_an_empty_label_for_every_column() -> None:
    rows = (TableRow(("在校生", "5000"), ("在校生", "5000"), 1), TableRow(("教师",), ("教师",), 1))
    assert header_labels(rows, 0) == ("", "")
    assert header_labels(rows[::-1], 1) == ("教师", "")
