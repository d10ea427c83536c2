"""Figures of passages: each with its clause or row, its header, its unit and its exact place."""

from __future__ import annotations

import pytest
from answer_samples import make_passage, make_table, table_passage
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.figures.extraction import MAX_COLUMNS, listed_items, passage_rows, passage_to_figures, section_to_passages
from rag.figures.row_units import label_unit
from rag.language.numbers import find_numbers, format_decimal
from rag.language.text import MAX_SENTENCE
from rag.records import Figure, PageMark, Section, SectionKind


def prose(text: str) -> tuple[Figure, ...]:
    return passage_to_figures(make_passage(text))


def cells(*rows: tuple[str, ...], caption: str = "", unit: str = "", header_rows: int = 1) -> dict[str, Figure]:
    table = make_table(rows, caption=caption, unit=unit, header_rows=header_rows)
    figures = passage_to_figures(table_passage(table), table)
    return {f"{figure.near}|{figure.before}": figure for figure in figures}


def value(figure: Figure) -> str:
    return f"{format_decimal(figure.number.value)}{figure.number.unit}"


def test_each_figure_of_a_sentence_has_its_own_clause() -> None:
    text = "学校有学生17344人，其中男生9001人，女生8343人。全校教职工（含外聘）812人。\n"
    figures = prose(text)
    assert [(value(f), " ".join(f.near.split())) for f in figures] == [
        ("17344人", "学校有学生"),
        ("9001人", "其中男生"),
        ("8343人", "女生"),
        ("812人", ""),
    ]
    assert [text[f.start : f.end] for f in figures] == ["17344人", "9001人", "8343人", "812人"]
    assert [text[f.quote_start : f.quote_end] for f in figures[2:]] == [
        "学校有学生17344人，其中男生9001人，女生8343人。",
        "全校教职工（含外聘）812人。",
    ]


def test_every_figure_of_a_sentence_without_end_is_read() -> None:
    text = "学校有" + "，".join(f"第{n}类教师{n}人" for n in range(10_000)) + "。"
    figures = [figure for figure in prose(text) if figure.number.unit == "人"]
    assert [int(figure.number.value) for figure in figures] == list(range(10_000))
    assert max(len(figure.before) for figure in figures) <= MAX_SENTENCE


def test_a_row_without_end_is_read_as_text() -> None:
    row = ("合计", *(f"{n}人" for n in range(2 * MAX_COLUMNS)))
    table = make_table((("类别", *(f"第{n}列" for n in range(2 * MAX_COLUMNS))), row))
    figures = passage_to_figures(table_passage(table), table)
    assert [int(f.number.value) for f in figures if f.number.unit == "人"] == list(range(2 * MAX_COLUMNS))
    assert not any(figure.is_cell for figure in figures)


def test_each_line_of_a_table_is_its_own_row_also_where_rows_are_alike() -> None:
    table = make_table((("专业", "人数"), ("护理", "12"), ("护理", "12"), ("", ""), ("会计", "12")))
    passage = table_passage(table)
    found = list(passage_rows(passage, table))
    assert [row for _, row in found] == list(table.rows[1:])
    assert [passage.text[at:].split("\n")[0] for at, _ in found] == ["护理\t12", "护理\t12", "", "会计\t12"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "教学、管理、后勤的满意度分别为95%、96%、97%",
            ["教学 满意度分别为", "管理 满意度分别为", "后勤 满意度分别为"],
        ),
        (
            "2021-2023年，通过率分别为50%、83%和98.5%",
            ["2021年 通过率分别为", "2022年 通过率分别为", "2023年 通过率分别为"],
        ),
        ("护理和会计专业各有3个、5个", ["护理", "会计专业各有"]),
        ("技能大赛一、二、三等奖分别为8项、9项、10项", [f"技能大赛{n}等奖分别为" for n in "一二三"]),
        ("A、B类课程分别为8门、9门", ["A类课程分别为", "B类课程分别为"]),
        ("高级职称、双师型教师分别为17人、38人", ["高级职称教师", "双师型教师分别为"]),
        ("教授、高级职称教师分别为17人、38人", ["教授", "高级职称教师分别为"]),
        ("毕业、就业率分别为95%、96%", ["毕业率", "就业率分别为"]),
        ("男生、女生分别为5人、6人，占全校的1%、2%", ["男生", "女生分别为", "男生 占", "女生 占"]),
        ("男生、女生分别为5人、6人，比上年增加1人、2人", ["男生", "女生分别为", "男生 比上年增加", "女生 比上年增加"]),
        ("男生、女生分别为5人、6人，占全校的1%、2%、3%", ["男生", "女生分别为"]),
        ("男生、女生、教师共5人、6人", []),
        ("分别为3个、5个", []),
        ("甲3个、乙5个", []),
    ],
)
def test_a_list_of_figures_is_bound_to_the_list_before_it(sentence: str, expected: list[str]) -> None:
    assert list(listed_items(sentence, find_numbers(sentence)).values()) == expected


def test_a_cell_has_its_row_labels_header_caption_and_unit() -> None:
    found = cells(
        ("序号", "学院", "专业", "毕业生数（人）", "占比（%）"),
        ("1", "医学院", "护理", "949", "62.5"),
        ("2", "^", "药学", "570", "37.5"),
        ("3", "合计", "", "1519", "100"),
        caption="表2 各专业毕业生",
    )
    assert {key: value(figure) for key, figure in found.items()} == {
        "医学院 护理|毕业生数（人）": "949人",
        "医学院 护理|占比（%）": "62.5%",
        "医学院 药学|毕业生数（人）": "570人",
        "医学院 药学|占比（%）": "37.5%",
        "合计|毕业生数（人）": "1519人",
        "合计|占比（%）": "100%",
    }
    assert [figure.is_total for figure in found.values()] == [False] * 4 + [True] * 2
    first = next(iter(found.values()))
    assert first.is_cell
    assert "各专业毕业生" in first.about
    assert first.passage.text[first.quote_start : first.quote_end] == "1\t医学院\t护理\t949\t62.5"
    assert first.passage.text[first.start : first.end] == "949"


@pytest.mark.parametrize(
    ("rows", "unit", "expected"),
    [
        ((("指标", "2023年"), ("生均图书（册/生）", "80.96")), "", "80.96册/生"),
        ((("指标", "2023年"), ("C类课（课程数比例）%", "20.94")), "", "20.94%"),
        ((("指标", "单位", "数值"), ("固定资产", "万元", "749.2")), "", "749.2万元"),
        ((("项目", "金额"), ("捐赠", "956.03")), "单位：万元", "956.03万元"),
        ((("项目", "2022年(万元)"), ("捐赠", "956.03")), "", "956.03万元"),
        ((("班级", "人数"), ("一班", "45")), "", "45人"),
        ((("学校", "在校生数"), ("全省", "1.5")), "单位：万人", "15000人"),
        ((("项目", "人次"), ("讲座", "45")), "单位：万元", "45人次"),
        ((("培训", "企业职工", "农民", "合计"), ("讲座", "40", "5", "45")), "", "45人"),
        ((("指标", "数值"), ("达标率", "95.1%")), "单位：万元", "95.1%"),
        ((("项目", "数值"), ("社团", "49")), "", "49"),
        ((("年度", "数值"), ("社团", "2023")), "", "2023"),
        ((("类别", "文艺", "总计"), ("社团数量", "12", "32")), "", "32个"),
        ((("类别", "文艺", "总计"), ("现有成员", "300", "720")), "", "720人"),
        ((("对象", "满意度"), ("毕业学生", "95")), "", "95"),
    ],
)
def test_units_come_from_header_row_unit_column_or_unit_line(
    rows: tuple[tuple[str, ...], ...], unit: str, expected: str
) -> None:
    assert value(list(cells(*rows, unit=unit).values())[-1]) == expected


@pytest.mark.parametrize(
    ("label", "unit"),
    [("（课程数）%", "%"), ("比例%", "%"), ("经费（万元）", "万元"), ("比例", ""), ("95%", ""), ("", "")],
)
def test_a_label_states_its_unit(label: str, unit: str) -> None:
    assert label_unit(label) == unit


def test_a_unit_line_may_name_the_unit_of_each_column() -> None:
    figures = cells(("社团类别", "数量", "成员"), ("文体", "29", "1074"), unit="单位：个、人")
    assert [value(figure) for figure in figures.values()] == ["29个", "1074人"]
    one_short = cells(("社团类别", "数量", "成员", "活动"), ("文体", "29", "1074", "3"), unit="单位：个、人")
    assert [value(figure) for figure in one_short.values()] == ["29个", "1074人", "3"]


def test_a_numeral_in_a_column_of_titles_is_no_figure() -> None:
    header = ("成果名称", "获奖人数", "说明")
    found = cells(header, ("教学改革的十年探索", "3", "历时十年"), ("新建30个案例", "4", ""))
    assert [value(figure) for figure in found.values()] == ["3人", "10年", "30个", "4人"]


def test_a_unit_line_of_two_parts_is_shared_out_by_what_the_headers_say() -> None:
    header = ("项目", "2022年金额", "2022年占比", "2021年金额", "2021年占比", "增减")
    found = cells(header, ("设备", "10", "60.5", "8", "50.5", "2"), unit="单位：万元、%")
    assert [value(figure) for figure in found.values()] == ["10万元", "60.5%", "8万元", "50.5%", "2"]
    header = ("学院", "专业数", "一年级", "二年级人数", "三年级人数")
    found = cells(header, ("文学院", "3", "12", "11", "10"), unit="单位：个、人")
    assert [value(figure) for figure in found.values()] == ["3个", "12", "11人", "10人"]


@pytest.mark.parametrize(
    ("label", "cell", "expected"),
    [
        ("课程门数/学时总数", "1177/118063", {"课程门数": "1177门", "学时总数": "118063学时"}),
        ("一等奖/二等奖", "1/3", {"一等奖": "1", "二等奖": "3"}),
        ("学年/年度", "2022/2023", None),
        ("生均图书（册/生）", "1/3", None),
        ("课程门数/学时总数", "1/2/3", None),
    ],
)
def test_a_cell_may_hold_a_figure_for_each_part_of_its_label(
    label: str, cell: str, expected: dict[str, str] | None
) -> None:
    found = {figure.near: value(figure) for figure in cells(("项目", "数值"), (label, cell)).values()}
    assert found == expected if expected is not None else label in found or not found


def test_figures_inside_a_cell_have_their_own_words() -> None:
    found = cells(("赛项", "获奖"), ("技能大赛", "一等奖4项、二等奖8项，优秀奖1项"))
    assert [(f.near, value(f)) for f in found.values()] == [
        ("技能大赛 一等奖", "4项"),
        ("技能大赛 二等奖", "8项"),
        ("技能大赛 优秀奖", "1项"),
    ]


def test_rows_are_read_only_where_the_passage_holds_them() -> None:
    table = make_table([("项目", "人数"), ("甲", "1001"), ("乙", "1002")])
    passage = make_passage("乙\t1002\n以上共1002人。\n", table="t1")
    row, sentence = passage_to_figures(passage, table)
    assert (row.is_cell, value(row), sentence.is_cell, value(sentence)) == (True, "1002人", False, "1002人")


def test_a_section_is_its_tables_and_the_prose_between() -> None:
    text = "前文3人。\n甲\t1001\n后文5人。\n"
    span = ("t1", text.index("甲"), text.index("后"))
    section = Section(
        "s1", "r", 0, ("一", "二"), SectionKind.BODY, text, (PageMark(0, 1, "i"), PageMark(10, 2, "ii")), (span,)
    )
    passages = list(section_to_passages(section))
    assert [(p.text, p.table_id) for p in passages] == [
        ("前文3人。\n", None),
        ("甲\t1001\n", "t1"),
        ("后文5人。\n", None),
    ]
    assert "".join(p.text for p in passages) == text
    assert passages[-1].page == 2


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("甲乙丙、，。；（）分别为是的和0123456789.%人万元年\t", max_size=20), max_size=6))
def test_any_text_gives_figures_that_stand_in_it(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    for figure in prose(text):
        assert text[figure.start : figure.end] == figure.number.text
        assert figure.quote_start <= figure.start < figure.end <= figure.quote_end
