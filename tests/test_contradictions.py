"""Contradictions of made-up reports: what is one, what only looks like one, and where each figure stands."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from answer_samples import make_table
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.figures.contradictions import figures_to_contradictions, said_twice
from rag.figures.extraction import passage_to_figures, section_to_passages
from rag.records import Contradiction, ContradictionKind, Figure, PageMark, Section, SectionKind, Table
from rag.structure.tables.joining import row_text

Rows = Sequence[Sequence[str]]
DIFFERENT, SCOPE = ContradictionKind.DIFFERENT, ContradictionKind.SCOPE
TOTAL, SHARE = ContradictionKind.TOTAL, ContradictionKind.SHARE
CHANGE, UNIT, QUOTIENT = ContradictionKind.CHANGE, ContradictionKind.UNIT, ContradictionKind.QUOTIENT


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
    ("first", "second", "expected"),
    [
        ("共梳理岗位能力点320个。", "全校梳理出415个岗位能力点。", ["320个", "415个"]),
        ("完成实训微课210个。", "自建成实训微课215个。", ["210个", "215个"]),
        ("学校现有专任教师567人。", "教职工812人，其中专任教师576人。", ["567人", "576人"]),
        ("清湾市就业率为41.20%。", "毕业生8000人，清湾市就业率达14.20%。", ["41.20%", "14.20%"]),
        ("固定资产总值8.92亿元。", "固定资产总值89500万元。", ["8.92亿元", "89500万元"]),
        ("2030年横向到款626.5万元。", "横向到款6265.5万元。", ["626.5万元", "6265.5万元"]),
        ("图书馆藏书超过53万册。", "图书馆藏书52.36万册。", ["超过53万册", "52.36万册"]),
    ],
)
def test_two_figures_for_one_thing(first: str, second: str, expected: list[str]) -> None:
    found = contradictions(("一、农民合作社学员培养", first), ("二、合作社学员培养成效", second))
    assert told(found) == [(DIFFERENT, expected)]


def test_one_rate_at_two_cut_offs_is_told_but_no_contradiction() -> None:
    found = contradictions(
        ("一、就业", "截至8月31日，初次就业率为71.02%。"), ("二、年终", "截至12月31日，就业率为85.40%。")
    )
    assert told(found) == [(SCOPE, ["71.02%", "85.40%"])]


def test_rates_that_are_named_apart_are_two_measures() -> None:
    found = contradictions(
        ("一、就业", "截至8月31日，初次就业率为71.02%；截至12月31日，年终就业率为85.40%。"),
        ("二、升学", "升学率为20.11%。"),
    )
    assert found == ()


def test_rates_of_one_table_at_two_cut_offs_are_not_told_of() -> None:
    rows = [
        ["专业", "8月31日落实率（%）", "12月31日落实率（%）"],
        ["数控", "89.86", "95.95"],
        ["模具", "85.25", "93.44"],
    ]
    assert contradictions(("一、就业", "", rows, "表1 落实率")) == ()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("图书馆藏书52.36万册。", "图书馆藏书52.4万册。"),
        ("参加志愿服务的学生超过900人次。", "参加志愿服务的学生932人次。"),
        ("人均培训经费12067.33元。", "人均培训经费1.21万元。"),
        ("2029年实训微课210个。", "2030年实训微课215个。"),
        ("2029届毕业生4567人。", "2030届毕业生4576人。"),
        ("计划建设实训微课305个。", "完成实训微课315个。"),
        ("新增实训微课315个。", "现有实训微课215个。"),
        ("近五年累计完成实训微课815个。", "完成实训微课215个。"),
        ("国家级精品课程3门。", "省级精品课程8门。"),
        ("男生实训满意度为91.26%。", "女生实训满意度为91.62%。"),
        ("就业服务满意度为90.66%。", "用人单位满意度为90.86%。"),
        ("张老师团队建成精品课程12门。", "学校建成精品课程15门。"),
        ("总体满意度为95.12%，食堂满意度为82.35%。", "宿舍满意度为82.53%。"),
        ("协议就业率为45.12%。", "就业率为95.12%。"),
        ("一等奖2项，二等奖3项。", "一等奖5项，二等奖9项。"),
        ("生均图书80.5册。", "生均经费80.6元。"),
        ("提供岗位500个。", "提供岗位2100个。"),
        ("卫生支出236.63万元。", "卫生支出236.64万元。"),
        ("开展培训20期，培训1200人次。", "开展培训35期，培训900人次。"),
        ("学号2014864，姓名略。", "学号2014884，姓名略。"),
        ("自编教材40种，资助经费120万元。", "立项项目630项，资助经费286.4万元。"),
        ("专业带头人62人，具有博士学位的47人。", "专任教师512人，具有博士学位的417人。"),
        ("依托研究院取得科技成果转化5项。", "本年度科技成果转化9项。"),
        ("聘请企业兼职教师120名。", "现有兼职教师180名。"),
        (
            "因第三期无法解锁，故冲回已确认的股权激励费用共计945.21万元。",
            "因第二期无法解锁，故冲回已确认的股权激励费用共计583.89万元。",
        ),
        (
            "对成熟期的企业，年度分红占净利润的比例最低应达到40%。",
            "对成长期的企业，年度分红占净利润的比例最低应达到20%。",
        ),
        ("['长期待摊费用', '4143795.93']", "['长期待摊费用', '4143759.93']"),
        ("截至8月31日，落实去向4269人。", "落实去向4569人。"),
        ("师资培训35期。", "师资培训20期。"),
    ],
)
def test_figures_that_say_the_same_or_count_other_things_are_none(first: str, second: str) -> None:
    assert contradictions(("一、人才培养", first), ("二、服务贡献", second)) == ()


FORM = [
    ["项目", "本期", "上期"],
    ["货币资金", "151603", "110850"],
    ["存货", "35066", "24529"],
    ["提取公积", "1840.52", "333.02"],
]


def test_tables_of_one_form_are_of_two_things() -> None:
    other = [FORM[0], ["货币资金", "93421", "81230"], ["存货", "1206", "1187"], ["提取公积", "1740.52", "333.02"]]
    assert contradictions(("一、报表", "", FORM, "表1 收支"), ("二、报表", "", other, "表2 收支")) == ()


@pytest.mark.parametrize(("caption", "found"), [("表2 合并资产负债表", 1), ("表2 母公司资产负债表", 0)])
def test_a_table_printed_twice_and_one_of_another_name(caption: str, found: int) -> None:
    again = [*FORM[:3], ["提取公积", "1740.52", "333.02"]]
    parts = ("一、报表", "", FORM, "表1 合并资产负债表"), ("二、报表", "", again, caption)
    assert len(contradictions(*parts)) == found


def test_what_an_annex_says_of_this_year_is_compared_and_of_last_year_is_not() -> None:
    rows = [["指标", "2029年", "2030年"], ["专任教师（人）", "494", "509"], ["图书（册）", "81000", "82000"]]
    found = contradictions(("一、队伍", "学校现有专任教师512人。"), ("附表", "", rows, "表1 资源"), years=(2029, 2030))
    assert told(found) == [(DIFFERENT, ["512人", "509"])]


def test_rows_and_columns_that_only_a_number_or_label_tells_apart() -> None:
    rows = [
        ["专业", "2029年", "2030年"],
        ["专业5", "1186", "1168"],
        ["专业50", "1186", "1188"],
        ["专业51", "1286", "1386"],
    ]
    assert contradictions(("一、规模", "2030年专业5招生1168人。", rows, "表1 招生人数（人）")) == ()


def test_a_figure_that_the_table_has_for_another_year_is_that_years() -> None:
    rows = [["学年", "专任教师（人）"], ["2028—2029学年", "1142"], ["2029—2030学年", "1186"]]
    found = contradictions(("一、队伍", "学校现有专任教师1186人。", rows, "表1 近两学年教师"), years=(2029, 2030))
    assert found == ()


def test_what_the_text_says_and_a_cell_that_names_it_by_row_and_column() -> None:
    rows = [
        ["项目", "收入（万元）", "支出（万元）"],
        ["财政拨款", "2118.46", "1951.02"],
        ["合计", "3318.46", "3251.02"],
    ]
    found = contradictions(
        ("一、收支", "", rows, "表1 收支"), ("二、说明", "全年财政拨款收入2181.46万元，财政拨款支出1951.02万元。")
    )
    assert told(found) == [(DIFFERENT, ["2118.46", "2181.46万元"])]


def test_a_heading_that_the_text_below_it_does_not_bear_out() -> None:
    found = contradictions(("技术服务突破2000万元", "技术服务突破2000万元\n全年技术服务到款1986.4万元。"))
    assert told(found) == [(DIFFERENT, ["突破2000万元", "1986.4万元"])]
    assert contradictions(("技术服务近2000万元", "技术服务近2000万元\n全年技术服务到款1986.4万元。")) == ()


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
        ("在校生3456人，其中男生1667人，女生1889人。", TOTAL, ["3456人"], "各项之和为 3556人"),
        ("男生占48.23%，女生占53.77%。", TOTAL, ["53.77%"], "各项占比之和为 102.00%，不是 100%"),
        ("收入8778万元，上年为8000万元，比上年增加678万元。", CHANGE, ["678万元"], "两数相减为 778万元"),
        ("收入由8000万元增至8465万元，增长7.81%。", CHANGE, ["7.81%"], "按前后两数计算为 5.81%"),
        ("毕业生3120人，其中省外生源468人，占16.00%。", SHARE, ["16.00%"], "计算为 15.00%"),
        ("折合在校生9600人，折合教师600人，生师比为19.00:1。", QUOTIENT, ["19.00:1"], "计算为 16.00"),
        ("经费6182.54万元，惠及学生19846人，生均3415.26元。", QUOTIENT, ["3415.26元"], "计算为 3115.26"),
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
        "专任教师867人，其中副高297人，双师型588人，名师3人，专家5人，博士83人。",
        "男生占48.23%，女生占51.77%。",
        "教学满意度为95.12%，管理满意度为94.88%。",
        "收入8778万元，比上年增加778万元，增长9.73%。",
        "故障由31起降至16起，设备维修费用下降42%。",
        "涉农专业由17个增至25个，占比由47.22%提高到59.52%。",
        "奖学金一等2500元（占在校生3%）、二等1200元（占8%）、三等1000元（占15%）。",
        "专任教师472人，其中双师型教师260人；按折合在校生测算，生师比为18.92:1。",
        "完成产值135.52亿元，实现销售额118.36亿元，同比减少10.95%。",
        "对120名学生了解原因（可多选），分布如下：求职中80人，升学35人，签约中20人，参军8人，暂不就业7人。",
    ],
)
def test_sentences_that_add_up_or_need_not(text: str) -> None:
    assert contradictions(("一、概况", text)) == ()


RATIOS = [
    ["院", "学生", "教师", "生师比"],
    ["甲院", "412", "25", "16.48"],
    ["乙院", "333", "20", "16.65"],
    ["丙院", "610", "32", "19.06"],
]
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
        (
            [
                ["学院", "教师", "学生", "学院", "教师", "学生"],
                ["甲", "21", "340", "丙", "18", "280"],
                ["乙", "30", "520", "合计", "69", "1150"],
            ],
            [(TOTAL, ["1150"])],
        ),
        (
            [
                ["支出", "决算", "占比"],
                ["人员", "192.18", "53.94%"],
                ["项目", "164.12", "46.06%"],
                ["其中：设备", "22.76", "6.39%"],
                ["合计", "356.30", "100.00%"],
            ],
            [],
        ),
        ([*RATIOS, ["丁院", "500", "25", "21.00"]], [(QUOTIENT, ["21.00"])]),
        ([["预算", "出国", "公车", "购置", "运行", "接待"], ["87", "30", "48", "20", "28", "9"]], []),
        (
            [
                ["收入", "金额", "支出", "金额"],
                ["拨款", "241", "人员", "192"],
                ["学费", "96", "项目", "106"],
                ["其他", "32", "其中：设备", "27"],
                ["合计", "369", "合计", "298"],
            ],
            [],
        ),
        (
            [
                ["项目", "期初", "增加", "摊销", "期末"],
                ["甲", "521560", "", "13260", "508300"],
                ["乙", "26938", "", "15011", "11927"],
                ["丙", "19999", "", "16000", "3999"],
                ["丁", "40000", "28980", "20000", "48980"],
            ],
            [],
        ),
        ([*RATIOS, ["丁院", "500", "25", "20.00"]], []),
        (
            [
                ["项目", "2029年", "2030年", "增减"],
                ["甲", "410", "523", "113"],
                ["乙", "250", "281", "31"],
                ["丙", "133", "145", "12"],
                ["丁", "300", "460", "150"],
            ],
            [(CHANGE, ["150"])],
        ),
    ],
)
def test_tables_that_do_not_add_up(rows: Rows, expected: list[tuple[ContradictionKind, list[str]]]) -> None:
    assert told(contradictions(("一、概况", "", rows, "表1 分布"))) == expected


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


_LABELS = st.text("一二等奖共占率比上年增加减至由其中其他合计总人项个万元%生均男女2030年届", max_size=8)
_VALUES = st.one_of(
    st.integers(-10, 10**7).map(str),
    st.decimals(-100, 10**6, places=2).map(str),
    st.sampled_from(
        ["", "—", "/", "0", "0.00", "100%", "1:18", "15.85：1", "5-7个", "近4万", "99999999999999999999.99"]
    ),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.text("一二等奖共占率比上年增加减项个万元%.,，。；：（）0123456789\n\t其他合计", max_size=60), max_size=4
    )
)
def test_no_text_makes_it_fail(texts: list[str]) -> None:
    contradictions(*((f"第{i}节", text) for i, text in enumerate(texts)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.one_of(_LABELS, _VALUES), min_size=1, max_size=6), min_size=1, max_size=7), _LABELS)
def test_no_table_makes_it_fail(rows: list[list[str]], caption: str) -> None:
    width = max(map(len, rows))
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    contradictions(("第1节", f"合计{rows[0][0]}人，占45.1%。", padded, caption), ("合计5人", "合计5人"))


def test_figures_twice_as_many_are_compared_about_twice_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: the comparisons of figures that might be one grow with the report, not with its square."""
    compared = []
    monkeypatch.setattr(said_twice, "may_be_one", lambda *pair: compared.append(pair) or False)
    counts = []
    for size in (40, 80):
        compared.clear()
        words = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
        texts = [
            f"{words[i % 22]}{words[i // 22]}类实训课程{1000 + i * 7}门，教师{300 + i}人，投入经费{20 + i}.5万元。"
            for i in range(size)
        ]
        contradictions(*((f"第{i}节", text) for i, text in enumerate(texts)))
        counts.append(len(compared))
    assert counts[1] <= 2.3 * max(counts[0], 100)


def test_a_line_as_long_as_no_heading_is_not_compared_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    folded = []
    monkeypatch.setattr(said_twice, "matching_key", lambda text: folded.append(text) or text)
    contradictions(("概况", "".join(f"第{i}类课程有{100 + i}门，" for i in range(200))))
    assert max(map(len, folded), default=0) <= said_twice.MAX_HEADLINE


def test_no_figure_no_contradiction() -> None:
    figures: list[Figure] = []
    assert figures_to_contradictions("r", (), figures) == ()
