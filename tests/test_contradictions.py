"""Contradictions of made-up reports: what is one, what only looks like one, and where each figure stands."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from answer_samples import make_table
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.contradictions import figures_to_contradictions
from rag.figures import Figure, passage_to_figures, section_to_passages
from rag.records import Contradiction, ContradictionKind, PageMark, Section, SectionKind, Table
from rag.tables import row_text

Rows = Sequence[Sequence[str]]
DIFFERENT, SCOPE = ContradictionKind.DIFFERENT, ContradictionKind.SCOPE
TOTAL, SHARE = ContradictionKind.TOTAL, ContradictionKind.SHARE
CHANGE, UNIT = ContradictionKind.CHANGE, ContradictionKind.UNIT


def contradictions(
    *parts: tuple[str, str] | tuple[str, str, Rows, str], years: Sequence[int] = (2030,)
) -> tuple[Contradiction, ...]:
    """Of a report of sections: (heading, text) or (heading, text, rows of a table behind it, its caption)."""
    sections, figures = [], []
    for ordinal, part in enumerate(parts):
        heading, text = part[:2]
        text = text and f"{text}\n"
        table: Table | None = None
        spans: tuple[tuple[str, int, int], ...] = ()
        if len(part) == 4:
            table = make_table(part[2], caption=part[3])
            printed = "".join(f"{row_text(row)}\n" for row in table.rows)
            spans = ((table.id, len(text), len(text) + len(printed)),)
            text += printed
        marks = (PageMark(0, ordinal + 1, str(ordinal + 1)),)
        section = Section(f"s{ordinal}", "r", ordinal, (heading,), SectionKind.BODY, text, marks, spans)
        sections.append(section)
        for passage in section_to_passages(section):
            figures += passage_to_figures(passage, table if passage.table_id else None)
    return figures_to_contradictions("r", sections, figures, years)


def told(found: Sequence[Contradiction]) -> list[tuple[ContradictionKind, list[str]]]:
    return [(item.kind, [ref.number.text.strip() for ref in item.figures]) for item in found]


@pytest.mark.parametrize(
    ("first", "second", "kind", "expected"),
    [
        ("共梳理岗位能力点320个。", "全校梳理出415个岗位能力点。", DIFFERENT, ["320个", "415个"]),
        ("自主录制实训微课210个。", "完成实训微课215个。", DIFFERENT, ["210个", "215个"]),
        ("清湾市就业率为41.20%。", "毕业生清湾市就业率达43.10%。", DIFFERENT, ["41.20%", "43.10%"]),
        ("其中12%已成为合作社理事长。", "学员中有18.5%当上了合作社理事长。", DIFFERENT, ["12%", "18.5%"]),
        ("较上年师均培训经费增加3.1%。", "师均培训经费同比增长4.7%。", DIFFERENT, ["3.1%", "4.7%"]),
        ("依托研究院取得科技成果转化5项。", "本年度科技成果转化9项。", SCOPE, ["5项", "9项"]),
        ("聘请企业兼职教师120名。", "现有兼职教师180名。", SCOPE, ["120名", "180名"]),
        ("截至8月31日，就业率为71.02%。", "截至12月31日，就业率为85.40%。", SCOPE, ["71.02%", "85.40%"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_two_figures_for_one_thing(first: str, second: str, kind: ContradictionKind, expected: list[str]) -> None:
    found = contradictions(("一、农民合作社学员培养", first), ("二、合作社学员培养成效", second))
    assert told(found) == [(kind, expected)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("图书馆藏书52.36万册。", "图书馆藏书52.4万册。"),
        ("参加志愿服务的学生超过900人次。", "参加志愿服务的学生932人次。"),
        ("2029年实训微课210个。", "2030年实训微课215个。"),
        ("计划建设实训微课300个。", "完成实训微课215个。"),
        ("新增实训微课30个。", "现有实训微课215个。"),
        ("近五年累计完成实训微课800个。", "完成实训微课215个。"),
        ("国家级精品课程3门。", "省级精品课程8门。"),
        ("男生实训满意度为91.2%。", "女生实训满意度为93.5%。"),
        ("总体满意度为95.1%，食堂满意度为82.3%。", "宿舍满意度为88.0%。"),
        ("协议就业率为40.1%。", "就业率为95.2%。"),
        ("一等奖2项，二等奖3项。", "一等奖5项，二等奖9项。"),
        ("生均图书80.5册。", "生均经费1.2万元。"),
        ("提供岗位500个。", "提供岗位2100个。"),
        ("开展培训20期，培训1200人次。", "开展培训35期，培训900人次。"),
    ],
)
def test_figures_that_say_the_same_or_count_other_things_are_none(first: str, second: str) -> None:
    assert contradictions(("一、人才培养", first), ("二、服务贡献", second)) == ()


def test_a_sentence_printed_twice_with_another_figure() -> None:
    text = "来自省内外三十余所院校的校长、教务处长、骨干教师和行业专家代表共{}余人参加专业建设研讨会。"
    found = contradictions(("前言", text.format(200)), ("五、交流合作", text.format(260)))
    assert told(found) == [(DIFFERENT, ["200余人", "260余人"])]


def test_a_total_in_a_table_and_a_figure_in_the_text_with_what_stands_beside_them() -> None:
    rows = [["社团类别", "文艺", "体育", "总计"], ["社团数量", "12", "20", "32"], ["现有成员", "300", "420", "720"]]
    found = contradictions(
        ("一、育人", "", rows, "表1 学生社团及成员"), ("二、学生社团建设", "现有学生社团28个，成员650人。")
    )
    assert told(found) == [(DIFFERENT, ["32", "28个"]), (DIFFERENT, ["720", "650人"])]
    assert [ref.passage.page for ref in found[0].figures] == [1, 2]
    assert found[0].figures[0].passage.table_id is not None
    assert found[0].note.endswith("32个（第1页）、28个（第2页）")


def test_a_case_study_and_the_college_do_not_contradict_each_other() -> None:
    college = ("一、人才培养", "完成实训微课215个。")
    assert contradictions(college, ("典型案例1-1 一门课的探索", "团队完成实训微课18个。")) == ()


def test_as_many_prizes_in_all_but_not_of_each_grade() -> None:
    event = "全省职业院校教师技艺创新大赛"
    found = contradictions(
        ("前言", f"教师参加{event}获一等奖1项、二等奖4项、三等奖2项。"),
        (f"案例 {event}获佳绩", "学校代表队获一等奖1项、二等奖3项、三等奖3项。"),
    )
    assert (DIFFERENT, ["4项", "3项"]) in told(found)


FUNDS = "经费总收入达900.00万元，其中财政拨款收入500.00万元，事业收入300.00万元，捐赠收入40.00万元，其他收入{}万元。"
REASONS = "对120名未落实去向的学生了解原因，其中求职中80人，拟升学35人，签约中20人，拟参军8人，暂不就业7人。"


@pytest.mark.parametrize(
    ("text", "kind", "figures", "note"),
    [
        (FUNDS.format("25.00"), TOTAL, ["900.00万元"], "各项之和为 865.00万元"),
        (REASONS, TOTAL, ["120名"], "各项之和为 150名"),
        ("大赛获奖5项（一等奖2项、二等奖3项、三等奖2项）。", TOTAL, ["5项"], "各项之和为 7项"),
        ("满意度为88.20%，同比上届（90.00%）减少2.00个百分点。", CHANGE, ["2.00个百分点"], "相对变动幅度"),
        ("2030届为80.0%，2029届为83.0%，减少4.0个百分点。", CHANGE, ["4.0个百分点"], "两数相减为 3.0 个百分点"),
        ("收入520万元，上年为400万元，增长25%。", CHANGE, ["25%"], "按前后两数计算为 30.00%"),
        ("发放问卷800份，回收600份，回收率78%。", SHARE, ["78%"], "计算为 75.00%，所印为 78%"),
    ],
)
def test_sentences_that_do_not_add_up(text: str, kind: ContradictionKind, figures: list[str], note: str) -> None:
    found = contradictions(("一、概况", text))
    assert told(found) == [(kind, figures)]
    assert note in found[0].note


@pytest.mark.parametrize(
    "text",
    [
        FUNDS.format("60.00"),
        "对120名学生了解原因，其中求职中70人，拟升学30人，签约中15人，拟参军5人，其中女生2人。",
        "大赛获奖9项（一等奖2项、二等奖3项、三等奖2项）。",
        "满意度为88.20%，同比上届（90.00%）减少1.80个百分点。",
        "收入520万元，上年为400万元，增长30%。",
        "发放问卷800份，回收600份，回收率75%。",
        "教师400人，其中教授80人，占20%；博士100人，占25%。",
        "在校生8000人，其中男生3500人，省外学生900人。",
        "满意度为88.20%，用人单位满意度为95.10%，提高了2个百分点。",
    ],
)
def test_sentences_that_add_up_or_need_not(text: str) -> None:
    assert contradictions(("一、概况", text)) == ()


SUMS = [["学院", "人数", "占比"], ["机电", "40", "20.00%"], ["商学", "60", "30.00%"], ["护理", "100", "50.00%"]]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([*SUMS, ["合计", "200", "100%"]], []),
        ([*SUMS, ["合计", "210", "100%"]], [(TOTAL, ["210"])]),
        ([*SUMS[:3], ["护理", "100", "53.00%"], ["小计", "200", "100%"]], [(TOTAL, ["100%"]), (SHARE, ["53.00%"])]),
        ([*SUMS[:3], ["护理", "", ""], ["合计", "200", "100%"]], []),
        (
            [["项目", "2029年", "2030年", "增长率"], ["收入（万元）", "400", "520", "25.00%"]],
            [(CHANGE, ["25.00%"])],
        ),
        ([["项目", "2029年", "2030年", "增长率"], ["生均（万元）", "1.8", "1.9", "6.30%"]], []),
        (
            [["培训", "职工", "农民", "合计"], ["甲", "3", "4", "7"], ["乙", "5", "5", "10"], ["丙", "2", "2", "5"]],
            [(TOTAL, ["5"])],
        ),
        ([["赛项", "数量", "等次"], ["技艺大赛", "3", "一等奖2个，二等奖3个"]], [(TOTAL, ["3"])]),
        ([["大类", "专业", "学生"], ["机电", "数控", "30"], ["机电", "模具", "20"], ["合计", "2", "50"]], []),
    ],
)
def test_tables_that_do_not_add_up(rows: Rows, expected: list[tuple[ContradictionKind, list[str]]]) -> None:
    assert told(contradictions(("一、概况", "", rows, "表1 分布"))) == expected


def test_a_table_that_is_more_than_the_text_announces() -> None:
    rows = [["原因", "人数"], ["求职", "40"], ["升学", "30"], ["签约", "20"], ["参军", "10"], ["其他", "6"]]
    found = contradictions(("一、去向", "对80名学生逐一了解，原因如下。", rows, "表1 原因（人）"))
    assert told(found) == [(TOTAL, ["80名"])]
    assert len(found[0].operands) == 5


def test_one_sum_in_two_units() -> None:
    rows = [["企业", "转让金额（元）"], ["甲公司", "125"], ["乙公司", "260"], ["合计", "385"]]
    found = contradictions(("一、成果", "成果转让到款385万元。", rows, "表1 成果转让"))
    assert (UNIT, ["385万元", "385"]) in told(found)


def test_every_figure_kept_stands_where_it_says() -> None:
    found = contradictions(
        ("一、建设", "共梳理岗位能力点320个。"), ("二、成效", "引言。\n全校梳理出415个岗位能力点。后文。")
    )
    for item in found:
        for ref in item.figures:
            assert ref.passage.text[ref.start : ref.end] == ref.number.text
            assert ref.number.text in ref.passage.text[ref.quote_start : ref.quote_end]
    assert [item.id for item in found] == ["r#d0001"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text("一二等奖共占率比上年增减人项个万元%.,，。；：（）0123456789\n\t其他合计", max_size=60), max_size=4
    )
)
def test_no_text_makes_it_fail(texts: list[str]) -> None:
    contradictions(*((f"第{i}节", text) for i, text in enumerate(texts)))


def test_no_figure_no_contradiction() -> None:
    figures: list[Figure] = []
    assert figures_to_contradictions("r", (), figures) == ()
