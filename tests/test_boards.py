"""The board of a report: a figure of the whole school under a name of its own, or none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from answer_samples import make_report, make_table

from rag.boards import Board, BoardFigure, boards_to_comparison, report_to_board, wanted_indicators
from rag.figures.context import figures_to_contexts
from rag.figures.contradictions import figures_to_contradictions
from rag.figures.entries import with_contexts
from rag.figures.extraction import passage_to_figures, section_to_passages
from rag.presentation.html.boards import comparison_to_chart
from rag.records import PageMark, Report, Section, SectionKind, Table
from rag.structure.tables.joining import row_text

COLLEGE = "东湖职业技术学院"
REPORT = make_report("a.txt", COLLEGE)


def board_of(
    *texts: str, table: Table | None = None, path: tuple[str, ...] = ("一、概况",), report: Report = REPORT
) -> Board:
    """The board of a report of these paragraphs, each on a page of its own, with a table behind them."""
    rows = "".join(f"{row_text(row)}\n" for row in table.rows) if table else ""
    bodies = [(f"{text}\n", ()) for text in texts] + ([(rows, ((table.id, 0, len(rows)),))] if table else [])
    sections = [
        Section(f"s{at}", report.id, at, path, SectionKind.BODY, body, (PageMark(0, at + 1, str(at)),), spans)
        for at, (body, spans) in enumerate(bodies)
    ]
    tables = [table] if table else []
    by_id = {table.id: table for table in tables}
    passages = [passage for section in sections for passage in section_to_passages(section)]
    read = [figure for p in passages for figure in passage_to_figures(p, by_id.get(p.table_id or ""))]
    figures = with_contexts(figures_to_contexts(read, report.year, report.names))
    contradictions = figures_to_contradictions(report.id, sections, figures, (2023,))
    return report_to_board(report, sections, figures, contradictions)


def said(board: Board) -> dict[str, list[str]]:
    return {line.wanted.name: [figure.text for figure in line.figures] for line in board.stated}


def only(board: Board, name: str) -> BoardFigure:
    (figure,) = next(line.figures for line in board.lines if line.wanted.name == name)
    return figure


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023届毕业生3120人，截至12月31日就业率为94.12%。", {"就业率": ["94.12%"], "毕业生人数": ["3120人"]}),
        (
            "学校2022-2023学年生师比为16.2：1，双师素质教师占比71.5%。",
            {"生师比": ["16.2：1"], "双师型教师": ["71.5%"]},
        ),
        (f"{COLLEGE}现有教职工812人，其中专任教师640人。", {"教职工人数": ["812人"], "专任教师人数": ["640人"]}),
        ("校园占地1200亩，校舍建筑面积41.5万平方米。", {"占地面积": ["1200亩"], "校舍建筑面积": ["41.5万平方米"]}),
        (
            "年终就业率95.2%，毕业生年平均月收入见图；用人单位对毕业生的总体满意度达97.1%。",
            {"就业率": ["95.2%"], "用人单位满意度": ["97.1%"]},
        ),
        (
            "2022年经费总收入达2.41亿元，支出总额2.38亿元。",
            {"经费收入总额": ["2.41亿元"], "经费支出总额": ["2.38亿元"]},
        ),
        (
            "学院师资力量雄厚。学院现有教职工972人，“双师素质”教师193人。",
            {"教职工人数": ["972人"], "双师型教师": ["193人"]},
        ),
        (
            "2022年计划招生4200人，实际录取4150人，报到3980人，报到率95.90%。其中单独招生报到率93.2%。",
            {"新生报到率": ["95.90%"]},
        ),
        (
            "去向落实率为90.12%，比全省高职院校平均水平高2.3个百分点；其中协议和合同就业率61.20%。",
            {"就业率": ["90.12%"], "协议就业率": ["61.20%"]},
        ),
        (
            "学校占地面积1023.5亩，学生宿舍面积9.3万平方米。固定资产总值8.92亿元，当年新增2100万元。",
            {"占地面积": ["1023.5亩"], "固定资产总值": ["8.92亿元"]},
        ),
        ("馆藏图书66.8万册，生均图书71.2册/生。", {"图书馆藏书": ["66.8万册"], "生均图书": ["71.2册/生"]}),
    ],
)
def test_what_is_said_of_the_school_stands_on_the_board(text, expected):
    assert said(board_of(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "护理学院2023届毕业生412人，就业率为98.1%。",
        "护理专业就业情况良好。就业率为98.1%。",
        "全省高职毕业生就业率为92.3%，同类院校生师比17：1。",
        "到2025年，学校力争就业率达到96%。",
        "要求毕业生就业率不低于90%，生师比不高于18：1。",
        "就业率较上年提高2.1个百分点，教职工增加20人。",
        "体育专任教师28人，高级职称教师12人，双师型教师9人。",
        "300名教职工参加培训，参与教职工120人，其中教职工40人获奖。",
        "建档立卡毕业生就业率为99.2%，女生就业率为93.1%。",
        "实训中心占地30亩，建筑面积1.2万平方米。",
        "新增图书1.2万册，新增教学仪器设备值300万元。",
        "近年来，就业率分别为91%、92%、93%。",
        "去年，就业率为90.1%。",
        "用人单位对职业素养的满意度99.1%，企业兼职教师120人，新进专任教师41人。",
        "机械类专业落实率最高，达97.6%，本省就业毕业生月收入3980元。",
        "就业率最高的是护理学院，就业率为99.1%，就业率最高达99.5%。",
        "毕业生就业率由94.1%提高到96.5%，连续三年保持在95%以上。",
        "全年开展社会培训50期，总收入300万元，总支出120万元。",
        "实训楼建设专项经费500万元，其中财政拨款300万元。",
        "李老师主持课题5项，授权发明专利2项。",
        "南校区占地600亩，新校区位于城东，占地800亩，建筑面积30万平方米。",
        "达到国家规定的生师比18：1的标准（标准为18：1）。",
        "高于全国平均水平（91.2%），比全国高职毕业生就业率高3.1%。",
    ],
)
def test_what_is_said_of_a_part_a_plan_or_a_change_does_not(text):
    assert said(board_of(text)) == {}


def test_case_studies_and_sections_of_one_department_are_left_out():
    text = "就业率为98.1%，专任教师41人。"
    assert said(board_of(text)) != {}
    assert said(board_of(text, path=("五、产教融合", "典型案例5-1 订单培养"))) == {}
    assert said(board_of(text, path=("二、各学院情况", "机电工程学院", "（一）就业"))) == {}


@pytest.mark.parametrize(
    ("rows", "caption", "expected"),
    [
        (
            [
                ["指标", "单位", "2022年", "2023年"],
                ["毕业去向落实率", "%", "91.2", "93.4"],
                ["生师比", "—", "17.1", "16.4"],
            ],
            "表1 计分卡",
            {"就业率": ["91.2%", "93.4%"], "生师比": ["17.1", "16.4"]},
        ),
        (
            [["学院", "毕业生人数（人）", "就业率（%）"], ["机电学院", "310", "95.1"], ["合计", "3120", "94.12"]],
            "表2 各学院就业情况",
            {"毕业生人数": ["3120人"], "就业率": ["94.12%"]},
        ),
        (
            [
                ["学院", "专业", "毕业生人数（人）"],
                ["机电学院", "数控技术", "110"],
                ["^", "小计", "310"],
                ["", "小计", "95"],
            ],
            "表3 分专业人数",
            {},
        ),
        (
            [["指标", "国家标准值", "学校值"], ["生均图书（册/生）", "60", "82.5"]],
            "表4 监测指标",
            {"生均图书": ["82.5册/生"]},
        ),
        (
            [["项目", "总量", "生均值", "新增"], ["占地面积（平方米）", "800100", "52.1", "1000"]],
            "表5 设施",
            {"占地面积": ["800100平方米"]},
        ),
        (
            [["专任教师数", "双师素质·占比（%）"], ["640", "71.5"]],
            "表6 队伍",
            {"专任教师人数": ["640人"], "双师型教师": ["71.5%"]},
        ),
        (
            [["届别", "毕业生人数（人）", "就业率（%）"], ["2022届", "3050", "93.4"], ["2023届", "3120", "94.12"]],
            "表8 近两届",
            {"毕业生人数": ["3050人", "3120人"], "就业率": ["93.4%", "94.12%"]},
        ),
        ([["年份", "生师比"], ["2022年", "17.2：1"], ["2023年", "16.4：1"]], "表9", {"生师比": ["17.2：1", "16.4：1"]}),
        (
            [
                ["性别", "人数", "去向落实率（%）"],
                ["男", "1500", "92.0"],
                ["女", "1620", "95.5"],
                ["总计", "3120", "93.8"],
            ],
            "表10 分性别",
            {"就业率": ["93.8%"]},
        ),
        (
            [["项目", "机电学院", "护理学院", "全校"], ["就业率（%）", "95.1", "97.2", "96.0"]],
            "表11",
            {"就业率": ["96.0%"]},
        ),
        ([["院校", "就业率（%）"], ["全省平均", "92.3"], ["本校", "94.1"]], "表7 对比", {"就业率": ["94.1%"]}),
    ],
)
def test_a_cell_is_taken_where_row_and_column_name_nothing_else(rows, caption, expected):
    assert said(board_of(table=make_table(rows, caption=caption))) == expected


def test_each_figure_has_name_time_page_and_quote():
    figure = only(board_of("前言。", "截至2023年12月31日，2023届毕业生初次就业率为88.7%，另有调查。"), "就业率")
    assert (figure.definition, figure.label, figure.text) == ("初次就业率", "2023届毕业生初次就业率", "88.7%")
    assert figure.when.text == "截至2023年12月31日，2023届"
    assert (figure.citation.page, figure.citation.page_label) == (2, "1")
    assert figure.citation.quote == "截至2023年12月31日，2023届毕业生初次就业率为88.7%，另有调查。"


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2021年毕业生500人，就业率91%；2022年招生600人，就业率93%。", ["2021年", "2022年"]),
        ("2023年11月2日—12月6日问卷调查显示，就业率为95%。", ["2023年11月2日—12月6日"]),
        ("就业率为95%。", [""]),
        ("2023届毕业生9月1日就业率为86%，12月26日就业率为97%。", ["2023届，9月1日", "2023届，12月26日"]),
        ("2021-2023届毕业生就业率分别为91%、93%、95%。", ["2021年", "2022年", "2023年"]),
    ],
)
def test_a_figure_is_of_the_time_nearest_to_it(text, when):
    line = next(line for line in board_of(text).lines if line.wanted.name == "就业率")
    assert [figure.when.text for figure in line.figures] == when


def test_the_reports_own_year_above_a_table_is_not_when_a_figure_is_of():
    rows = [["指标", "数值"], ["经费收入总额（万元）", "21000"], ["学费收入（万元）", "3000"]]
    assert only(board_of(table=make_table(rows, caption="主要指标（2023年度）")), "学费收入").when.text == ""
    assert only(board_of(table=make_table(rows, caption="2022年经费")), "学费收入").when.text == "2022年"


def test_the_same_figure_stands_once_the_exact_one_first():
    figure = only(board_of("就业率超过94%。", "2023届毕业生就业率为94.12%。", "就业率94.12%。"), "就业率")
    assert (figure.text, figure.mentions, figure.rivals) == ("94.12%", 3, "")


def test_two_figures_of_one_thing_are_both_shown_and_marked():
    board = board_of("2023届毕业生就业率为94.12%。", "2023届毕业生就业率为93.40%。")
    line = next(line for line in board.stated if line.wanted.name == "就业率")
    assert [figure.text for figure in line.figures] == ["94.12%", "93.40%"]
    assert all(figure.rivals.startswith("报告前后不一致") for figure in line.figures)


@pytest.mark.parametrize(
    "texts",
    [
        ("2022届毕业生就业率为94.12%。", "2023届毕业生就业率为93.40%。"),
        ("截至8月31日，2023届毕业生就业率为84.12%。", "截至12月31日，2023届毕业生就业率为93.40%。"),
    ],
)
def test_figures_of_two_times_are_no_contradiction(texts):
    board = board_of(*texts)
    assert {figure.rivals for line in board.stated for figure in line.figures} == {""}


def test_a_count_far_below_the_largest_is_a_part():
    assert said(board_of("学校有教职工812人。", "教职工35人。"))["教职工人数"] == ["812人"]


def test_what_is_not_stated_is_named():
    board = board_of("就业率为94.12%。")
    assert len(board.unstated) == len(wanted_indicators()) - 1
    assert "就业率" not in board.unstated


def board_named(college: str, text: str, year: int = 2023) -> Board:
    report = make_report(f"{college}-{year}", college, year=year)
    return board_of(text, report=report)


@pytest.mark.parametrize(
    ("texts", "obstacle", "caution"),
    [
        (("2023届毕业生就业率为94.1%。", "2023届毕业生就业率为91.2%。"), "", ""),
        (("2022届毕业生就业率为94.1%。", "2023届毕业生就业率为91.2%。"), "", "年份不同"),
        (("就业率为94.1%。", "2023届毕业生就业率为91.2%。"), "", "有的报告没有写明年份，比较前请看原文"),
        (("2023届初次就业率为84.1%。", "2023届年终就业率为91.2%。"), "各报告所印的名称或单位不同，不能直接比较", ""),
        (
            ("截至8月31日，2023届就业率为84.1%。", "截至12月31日，2023届就业率为91.2%。"),
            "截止日期不同，不能直接比较",
            "",
        ),
        (
            ("2023届就业率为84.1%。2023届就业率为85.9%。", "2023届就业率为91.2%。"),
            "有报告对同一事项印了不同的数字，不能直接比较",
            "",
        ),
        (("专任教师640人。", "2023届就业率为91.2%。"), "只有一份报告写明", ""),
        (("专任教师640人。", "专任教师512人。"), "没有报告写明", ""),
    ],
)
def test_figures_are_compared_only_where_name_unit_and_day_are_the_same(texts, obstacle, caution):
    boards = [board_named(name, text) for name, text in zip(("甲职业学院", "乙职业学院"), texts, strict=True)]
    (comparison,) = boards_to_comparison(boards, ["就业率"])
    assert (comparison.obstacle, comparison.caution) == (obstacle, caution)
    assert len(comparison.silent) == sum("就业率" not in text for text in texts)


def test_figures_that_differ_only_in_scale_are_compared():
    texts = {"甲职业学院": "2023年校舍建筑面积41.5万平方米。", "乙职业学院": "2023年校舍建筑面积385000平方米。"}
    boards = [board_named(name, text) for name, text in texts.items()]
    (comparison,) = boards_to_comparison(boards, ["校舍建筑面积"])
    assert (comparison.obstacle, comparison.caution) == ("", "")
    assert [cell.compared.amount for cell in comparison.cells if cell.compared] == [415_000, 385_000]
    chart = comparison_to_chart(comparison, {board.report.id: board.report.college for board in boards})
    assert chart is not None
    assert [bar.text for bar in chart.bars] == ["41.5万平方米", "385000平方米"]
    assert chart.bars[0].value / chart.bars[1].value == Decimal("415") / Decimal("385")


def test_of_several_years_the_latest_is_compared():
    boards = [
        board_named("甲职业学院", "2022届就业率90.1%，2023届就业率92.2%。"),
        board_named("乙职业学院", "2023届就业率为91.2%。"),
    ]
    (comparison,) = boards_to_comparison(boards, ["就业率"])
    assert [cell.compared.text for cell in comparison.cells if cell.compared] == ["92.2%", "91.2%"]
    assert len(comparison.cells[0].figures) == 2
