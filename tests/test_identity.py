from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SettingsError
from rag.records import Line, Origin, Page, ReadFile, Report, ReportKind
from rag.structure.identity.describing import describe_report

Q, E, B, D, X = (
    ReportKind.QUALITY,
    ReportKind.EMPLOYMENT,
    ReportKind.BRIEFING,
    ReportKind.OFFICIAL,
    ReportKind.OTHER,
)


def pages_of(*pages: list[str | Line]) -> tuple[Page, ...]:
    return tuple(
        Page(number, tuple(item if isinstance(item, Line) else Line(item) for item in items))
        for number, items in enumerate(pages, 1)
    )


def describe(*pages: list[str | Line], name: str = "a.pdf", title: str = "", **corrections: Any) -> Report:
    return describe_report(ReadFile(name, "pdf", "0", pages_of(*pages), title), name, corrections)


COVERS: list[tuple[list[str], str, str, ReportKind, int | None]] = [
    (
        ["湖南工业职业技术学院2023年高等职业教育质量年度报告", "2024年1月"],
        "湖南工业职业技术学院2023年高等职业教育质量年度报告",
        "湖南工业职业技术学院",
        Q,
        2023,
    ),
    (
        ["湖南工业职业技术学院", "高等职业教育质量年度报告", "（2023）", "二〇二四年一月"],
        "湖南工业职业技术学院高等职业教育质量年度报告（2023）",
        "湖南工业职业技术学院",
        Q,
        2023,
    ),
    (
        ["咸宁职业技术学院", "XIANNING VOCATIONAL TECHNICAL COLLEGE", "高等职业教育质量年度报告", "（2023年度）"],
        "咸宁职业技术学院高等职业教育质量年度报告（2023年度）",
        "咸宁职业技术学院",
        Q,
        2023,
    ),
    (["2022届毕业生就业质量年度报告", "云南锡业职业技术学院", "二〇二二年十二月"], "", "云南锡业职业技术学院", E, 2022),
    (["四川交通职业技术学院", "2023届毕业生", "就业质量年度报告"], "四川交通职业技术学院2023届毕业生就业质量年度报告", "四川交通职业技术学院", E, 2023),
    (["厚德强技 知行合一", "深圳职业技术大学", "质量年报", "2023"], "深圳职业技术大学质量年报2023", "深圳职业技术大学", Q, 2023),
    (["桂林师范高等专科学校", "人才培养质量年度报告", "（二○二二年度）"], "", "桂林师范高等专科学校", Q, 2022),
    (["天津市职业大学职业教育质量报告（2023年）"], "天津市职业大学职业教育质量报告（2023年）", "天津市职业大学", Q, 2023),
    (["新疆石河子职业技术学院", "2022-2023学年", "教育质量报告"], "", "新疆石河子职业技术学院", Q, 2023),
    (["黑龙江农业经济职业学院高等职业教育", "质量年度报告", "2022年12月"], "黑龙江农业经济职业学院高等职业教育质量年度报告", "黑龙江农业经济职业学院", Q, 2022),
    (["长沙民政职业技术学院", "2021届毕业生就业创业质量报告"], "", "长沙民政职业技术学院", E, 2021),
    (["内蒙古机电职业技术学院", "高等职业教育质量年度报告", "(2024)", "内蒙古自治区教育厅 监制"], "", "内蒙古机电职业技术学院", Q, 2024),
    (["学校代码：12345", "宁波幼儿师范高等专科学校", "二〇二三年质量年报"], "", "宁波幼儿师范高等专科学校", Q, 2023),
    (["质", "量", "年", "报", "广东轻工职业技术学院", "2023"], "", "广东轻工职业技术学院", Q, 2023),
    (["附件2", "青海柴达木职业技术学院", "2023年职业教育质量年度报告"], "", "青海柴达木职业技术学院", Q, 2023),
    (["西藏职业技术学院", "毕业生培养质量评价报告", "（2022）"], "", "西藏职业技术学院", E, 2022),
    (["武汉大学", "2022年毕业生就业质量报告"], "", "武汉大学", E, 2022),
    (["黄冈师范学院", "2023届毕业生就业质量年度报告"], "", "黄冈师范学院", E, 2023),
    (["上海电子信息职业技术学院", "2020—2021学年教学质量报告"], "", "上海电子信息职业技术学院", Q, 2021),
    (["三亚航空旅游职业学院", "高等职业教育人才培养质量年度报告", "2019", "二〇一九年十二月"], "", "三亚航空旅游职业学院", Q, 2019),
    (["高职院校质量年度报告（2023）", "学校名称：漳州卫生职业学院", "填报时间：2023年12月"], "", "漳州卫生职业学院", Q, 2023),
    (["工作简报", "2023年第3期（总第45期）", "衢州职业技术学院党政办公室编 2023年4月2日"], "", "衢州职业技术学院", B, 2023),
    (["宝鸡职业技术学院", "简报", "第5期", "二〇二二年五月八日"], "宝鸡职业技术学院简报第5期", "宝鸡职业技术学院", B, 2022),
    (["咸宁职业技术学院教学工作动态", "2022年第8期"], "", "咸宁职业技术学院", B, 2022),
    (
        ["湖北省教育厅办公室", "鄂教职成办函〔2022〕19号", "省教育厅办公室关于公布名单的通知", "各高等职业院校："],
        "省教育厅办公室关于公布名单的通知",
        "湖北省教育厅办公室",
        D,
        2022,
    ),
    (
        ["教育部办公厅", "关于做好2024年职业教育质量年度报告", "编制和报送工作的通知", "教职成厅函〔2023〕30号", "各省、自治区、直辖市教育厅（教委）："],
        "教育部办公厅关于做好2024年职业教育质量年度报告编制和报送工作的通知",
        "教育部办公厅",
        D,
        2023,
    ),
    (
        ["荆州市教育局关于印发《职业教育提质培优行动", "计划（2023—2025年）》的通知", "荆教〔2023〕5号"],
        "荆州市教育局关于印发《职业教育提质培优行动计划（2023—2025年）》的通知",
        "荆州市教育局",
        D,
        2023,
    ),
    (["咸宁职业技术学院文件", "咸职院发〔2021〕12号", "关于印发《学生管理办法》的通知", "各部门："], "", "咸宁职业技术学院", D, 2021),
    (["广西壮族自治区教育厅关于同意柳州城市职业学院更名的批复", "桂教〔2022〕7号"], "", "广西壮族自治区教育厅", D, 2022),
    (["咸宁职业技术学院与黄冈职业技术学院2023年质量年报对比"], "咸宁职业技术学院与黄冈职业技术学院2023年质量年报对比", "", X, 2023),
    (["湖北省高等职业教育质量年度报告", "（2023）", "湖北省教育厅", "2024年2月"], "", "湖北省教育厅", Q, 2023),
    (["江阴职业技术学院质量年报（2022-2023）"], "", "江阴职业技术学院", Q, 2023),
    (["义乌工商职业技术学院", "二〇二〇届毕业生就业质量年报"], "", "义乌工商职业技术学院", E, 2020),
    (["郑州铁路职业技术学院", "内部质量保证体系自我诊断与改进报告", "2021年10月"], "", "郑州铁路职业技术学院", X, 2021),
    (["阿克苏职业技术学院", "质量年度报告", "（公示稿）", "2023年12月"], "阿克苏职业技术学院质量年度报告（公示稿）", "阿克苏职业技术学院", Q, 2023),
    (["重庆电子工程职业学院", "就业白皮书", "2023"], "", "重庆电子工程职业学院", X, 2023),
    (["恩施职业技术学院2023年度职业教育质量报告", "2022—2023学年"], "", "恩施职业技术学院", Q, 2023),
    (["山东商业职业技术学院", "SHANDONG INSTITUTE OF COMMERCE AND TECHNOLOGY", "2023届毕业生就业质量", "年度报告"], "", "山东商业职业技术学院", E, 2023),
    (["湖北三峡职业技术学院", "企业参与高等职业教育", "人才培养年度报告（2023）"], "", "湖北三峡职业技术学院", Q, 2023),
    (["池州职业技术学院高等职业教育质量年度报告", "2023年12月", "目录", "一、基本情况 1"], "池州职业技术学院高等职业教育质量年度报告", "池州职业技术学院", Q, 2023),
    (["成都航空职业技术学院", "数据摘编", "（2022年度）"], "", "成都航空职业技术学院", X, 2022),
    (["大理护理职业学院2022年就业年报"], "大理护理职业学院2022年就业年报", "大理护理职业学院", E, 2022),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "title", "college", "kind", "year"), COVERS, ids=lambda value: "")
def test_cover(lines: list[str], title: str, college: str, kind: ReportKind, year: int | None) -> None:
    body = ["学校2021届毕业生、2020年收入、2019年支出、2019年设备。"] * 3
    report = describe(list(lines), list(body))
    assert (report.college, report.kind, report.year) == (college, kind, year)
    assert not title or report.title == title
    assert kind in (D, X) or not college or college in report.title or college.endswith("教育厅")


@pytest.mark.parametrize(
    ("lines", "cohort", "academic_year"),
    [
        (["咸宁职业技术学院2022届毕业生就业质量报告", "2021届2000人，2021届就业率"], 2022, None),
        (["质量年报", "2023届就业率96%，2023届3000人，2022届2900人"], 2023, None),
        (["质量年报（2022-2023学年）", "2021-2022学年 2021-2022学年"], None, "2022-2023"),
        (["质量年报", "2022—2023学年生师比；2022—2023学年课时；2021—2022学年"], None, "2022-2023"),
        (["质量年报", "2021-2025学年"], None, None),
    ],
)
def test_cohort_and_academic_year(lines: list[str], cohort: int | None, academic_year: str | None) -> None:
    report = describe(list(lines))
    assert (report.cohort, report.academic_year) == (cohort, academic_year)


PROSE: list[str | Line] = ["学校坚持立德树人，办学条件持续改善。", "全年收入增长，支出结构优化。"] * 12
PAGES_OF_TEXT: list[list[str | Line]] = [[Line(str(line), size=12) for line in PROSE] for _ in range(3)]
T = list[str | tuple[str, float]]
INVENTED: list[tuple[T, str, str, int | None, str]] = [
    ([("登莱理工学院", 26), ("2022—2023学年本科教学质量报告", 30), ("教务处编", 14), "二〇二三年十二月"], "登莱理工学院", "本科教学质量报告", 2023, "登莱理工学院2022—2023学年本科教学质量报告"),
    (["校办公室编", ("崇岭科技学院", 22), ("高等职业教育质量年度报告", 32), ("（2023）", 20), "2024年1月"], "崇岭科技学院", "质量年报", 2023, "崇岭科技学院高等职业教育质量年度报告（2023）"),
    (["中华人民共和国教育部监制", ("枞川职业技术学院", 22), ("2023届毕业生就业质量", 30), ("年度报告", 30), "招生就业处"], "枞川职业技术学院", "就业质量年报", 2023, "枞川职业技术学院2023届毕业生就业质量年度报告"),
    ([("朔安市规划和自然", 36), ("资源局", 36), ("2023年度部门决算", 36), ("目录", 18)], "朔安市规划和自然资源局", "部门决算", 2023, "朔安市规划和自然资源局2023年度部门决算"),
    ([("乌江理工大学", 30), ("2023年度部门决算", 28), "第一部分概况"], "乌江理工大学", "部门决算", 2023, "乌江理工大学2023年度部门决算"),
    ([("登莱大学", 30), ("2024年招生章程", 26), "第一章总则"], "登莱大学", "招生章程", 2024, "登莱大学2024年招生章程"),
    (["崇岭科技学院2024年专升本招生简章", "发布日期：2023-12-01"], "崇岭科技学院", "招生简章", 2024, "崇岭科技学院2024年专升本招生简章"),
    ([("燕北省教育厅文件", 40), "燕教高〔2023〕15号", ("燕北省教育厅关于公布2022年省级", 22), ("一流课程名单的通知", 22), "各高等学校："], "燕北省教育厅", "公文", 2023, "燕北省教育厅关于公布2022年省级一流课程名单的通知"),
    ([("枞川市教育局", 40), "枞教函〔2024〕8号", ("关于2023年度教学检查情况的通报", 22), "各县教育局："], "枞川市教育局", "公文", 2023, ""),
    ([("崇科简报", 40), "2024年第6期（总第88期）", "崇岭科技学院党委宣传部编\t2024年6月30日", "本期要目"], "崇岭科技学院", "简报", 2024, "崇科简报2024年第6期（总第88期）"),
    ([("工作简报", 40), "第6期", "登莱理工学院党政办公室主办\t2024年6月30日"], "登莱理工学院", "简报", 2024, "登莱理工学院工作简报第6期"),
    ([("沂泽农牧职业学院", 24), ("事业发展五年报告", 32), ("（2019—2023）", 20)], "沂泽农牧职业学院", "发展报告", 2023, "沂泽农牧职业学院事业发展五年报告（2019—2023）"),
    ([("登莱理工学院", 24), ("本科教育教学审核评估自评报告", 30), "2023年9月"], "登莱理工学院", "审核评估报告", 2023, "登莱理工学院本科教育教学审核评估自评报告"),
    ([("岷阳重工股份有限公司", 22), ("2022年年度报告", 22)], "岷阳重工股份有限公司", "公司年报", 2022, "岷阳重工股份有限公司2022年年度报告"),
    (["关于印发《崇岭科技学院学生管理办法》的通知", "各部门：", "现印发给你们。", "崇岭科技学院", "2023年5月8日"], "崇岭科技学院", "公文", 2023, ""),
    (["朔安职院与安朔职院2023年质量年报对比"], "", "其他", 2023, ""),
    (["护理学院简介", "枞川职业技术学院护理学院创建于2004年；枞川职业技术学院护理学院现有学生。"], "枞川职业技术学院", "简介", None, "枞川职业技术学院护理学院简介"),
    (["学校简介", "登莱理工学院坐落于登莱市，建于1958年。登莱理工学院现有学生。"], "登莱理工学院", "简介", None, ""),
    (["2023届毕业生就业质量年度报告", "编制单位：登莱理工学院招生就业处"], "登莱理工学院", "就业质量年报", 2023, ""),
    ([("岷阳市第一中等专业学校", 24), ("中等职业教育质量年度报告", 30), "(2023年度)"], "岷阳市第一中等专业学校", "质量年报", 2023, "岷阳市第一中等专业学校中等职业教育质量年度报告(2023年度)"),
    ([("燕北省教育厅文件", 40), "燕教〔2024〕9号", ("关于对朔安职业技术学院等3所学校", 22), ("办学质量问题的通报", 22), "各高等职业学校："], "燕北省教育厅", "公文", 2024, "关于对朔安职业技术学院等3所学校办学质量问题的通报"),
    ([("中共登莱理工学院委员会文件", 40), "登理工党〔2024〕3号", "中共登莱理工学院委员会关于印发工作要点的通知"], "登莱理工学院", "公文", 2024, ""),
    (["【登莱理工学院】工作动态", "2024年第8期"], "登莱理工学院", "简报", 2024, "【登莱理工学院】工作动态2024年第8期"),
    (["《登莱理工学院2023年质量年报》"], "登莱理工学院", "质量年报", 2023, ""),
    (["燕北省朔安职业技术学院2023年质量年报"], "朔安职业技术学院", "质量年报", 2023, ""),
    (["［第1页］", "登莱大学2023年", "部门预算"], "登莱大学", "部门预算", 2023, "登莱大学2023年部门预算"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "college", "kind", "year", "title"), INVENTED, ids=lambda value: "")
def test_names_in_no_gazetteer_are_recognised(lines: T, college: str, kind: str, year: int | None, title: str) -> None:
    cover = [Line(line, size=12) if isinstance(line, str) else Line(line[0], size=line[1]) for line in lines]
    report = describe([*cover], *PAGES_OF_TEXT)
    assert (report.college, report.kind.value, report.year) == (college, kind, year)
    assert not title or report.title == title


def test_a_report_for_every_year_is_of_the_year_its_text_is_of_where_the_cover_has_the_date_of_issue() -> None:
    text: list[str | Line] = ["2022年收入增长，2022年支出增长。"]
    assert describe(["登莱大学决算", "2023年8月"], text).year == 2022
    assert describe(["登莱大学质量年报", "二〇二三年十二月"], text).year == 2023
    assert describe(["登莱大学简报", "2023年8月"], text).year == 2023


def test_entry_years_and_classes_are_no_years_of_a_page() -> None:
    report = describe(["登莱大学2021级新生手册", "2024届校友名录附后，2020级新生另行通知。"])
    assert (report.year, report.cohort) == (None, None)


def test_cover_that_is_a_picture_leaves_the_running_head() -> None:
    body: list[list[str | Line]] = [["柳州城市职业学院2022年质量年报", *PROSE, str(n)] for n in range(1, 5)]
    report = describe([], *body)
    assert (report.title, report.college, report.kind, report.year) == (
        "柳州城市职业学院2022年质量年报",
        "柳州城市职业学院",
        Q,
        2022,
    )


def test_running_head_does_not_hide_the_title_on_the_cover() -> None:
    pages: list[list[str | Line]] = [["东湖职业学院质量年报", *PROSE] for _ in range(4)]
    report = describe(["东湖职业学院质量年报", "东湖职业学院", "高等职业教育质量年度报告", "（2023）"], *pages)
    assert report.title == "东湖职业学院高等职业教育质量年度报告（2023）"


def test_short_name_in_a_title_is_filled_from_the_text() -> None:
    report = describe(["东湖职院简报", "第3期（总第45期）", "东湖职业学院党政办公室编\t2023年5月8日"])
    assert (report.title, report.college, report.year) == ("东湖职院简报第3期（总第45期）", "东湖职业学院", 2023)


def test_list_of_editors_before_the_title_in_large_type() -> None:
    editors: list[str | Line] = [Line(f"编委 张{n}", size=12) for n in range(20)]
    cover: list[str | Line] = [Line("河源职业技术学院质量年度报告（2023）", size=26)]
    body: list[str | Line] = [Line("学校开展质量年度报告编制", size=12)]
    report = describe(editors, cover, body)
    assert (report.title, report.college, report.year) == (
        "河源职业技术学院质量年度报告（2023）",
        "河源职业技术学院",
        2023,
    )


def test_report_without_a_cover_is_told_by_its_text() -> None:
    text: list[str | Line] = [
        "一、学校概况",
        "抚州职业技术学院地处赣东，是公办高职。2023年，抚州职业技术学院在校生1万人。",
        "抚州职业技术学院与南昌大学合作。2023年发布质量年报，上年质量年报已公开。",
    ]
    report = describe(text, name="scan-01.pdf")
    assert (report.college, report.kind, report.year) == ("抚州职业技术学院", Q, 2023)
    assert report.title == "抚州职业技术学院2023年质量年报"


@pytest.mark.parametrize(
    ("name", "metadata", "title", "year"),
    [
        ("滁州职业技术学院2021年质量年报.pdf", "", "滁州职业技术学院2021年质量年报", 2021),
        ("20240315滁州职业技术学院质量年报2021.pdf", "", "滁州职业技术学院质量年报2021", 2021),
        ("x.pdf", "Microsoft Word - 滁州职业技术学院质量年报2020.docx", "滁州职业技术学院质量年报2020", 2020),
    ],
)
def test_names_of_the_file_count_where_the_text_says_nothing(name: str, metadata: str, title: str, year: int) -> None:
    report = describe(["学校概况很好，请看下文。"], name=name, title=metadata)
    assert (report.title, report.college, report.year) == (title, "滁州职业技术学院", year)


def test_file_name_gives_the_year_the_cover_leaves_out() -> None:
    report = describe(["淄博职业学院质量年报"], name="zibo-2022.pdf")
    assert report.year == 2022


def test_many_colleges_named_once_are_not_the_subject() -> None:
    report = describe(["名录一览，见下。", "南京大学，苏州大学，扬州大学，常州大学，湖州职业技术学院各一项。"])
    assert report.college == ""


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("咸宁职业技术学院（以下简称“咸职院”）", True),
        ("咸宁职业技术学院（以下简称“学校”）", False),
        ("湖北省职教集团（以下简称“集团”）", False),
    ],
)
def test_short_names_stated_in_the_text(text: str, stated: bool) -> None:
    shorts = describe(["咸宁职业技术学院质量年报", text]).short_names
    assert "学校" not in shorts
    assert "集团" not in shorts
    assert not stated or "咸职院" in shorts


def test_corrections_have_the_last_word() -> None:
    report = describe(
        ["咸宁职业技术学院2023年质量年报"], college="湖州职业技术学院", kind="其他", year=2020, short_names=["湖院"]
    )
    assert (report.college, report.kind, report.year) == ("湖州职业技术学院", X, 2020)
    assert report.short_names[0] == "湖院"
    assert "湖职" in report.short_names
    assert "咸职" not in report.short_names


@pytest.mark.parametrize("wrong", [{"colledge": "甲"}, {"year": "2023"}, {"kind": "年报"}])
def test_wrong_corrections_are_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        describe(["质量年报"], **wrong)


@given(
    st.lists(
        st.lists(
            st.text(alphabet="咸宁职业技术学院年报告关于的通知（）20234-学届期简\n 《》", max_size=30), max_size=6
        ),
        max_size=4,
    )
)
def test_any_pages_are_some_report(pages: list[list[str]]) -> None:
    report = describe(*[list(page) for page in pages])
    assert report.title
    assert report.year is None or 2000 <= report.year < 2040


PAGES_OF_THE_WEB: list[tuple[list[str], str, str, int | None, str]] = [
    (["当前位置: 首页 信息公开", "2023年度", "登莱开放大学(登莱城市职业学院)", "单位决算公开", "第一部分 概况"], "登莱开放大学", "部门决算", 2023, ""),
    (["2023年度枞川市中医医院单位决算", "来源:枞川市中医医院 发布时间:2024-09-24"], "枞川市中医医院", "部门决算", 2023, ""),
    (["政策文件", "关于编制《质量年报》的通知 教函〔2019〕118号", "发布者:张三 浏览次数:10", "有关高等学校:"], "", "公文", 2019, "关于编制《质量年报》的通知"),
    (["登大政[2016]146号", "第一条为提高教学质量,落实质量年报制度,制定本办法。", "第二条质量年报每年发布。"], "", "公文", 2016, ""),
    (["登莱大学数据分析报告", "发布时间:2015年04月11日", "合格评估教学状态数据", "教育部高等教育教学评估中心"], "登莱大学", "审核评估报告", 2015, "登莱大学数据分析报告"),
    (["中国科学院大学2019年信息公开年度报告"], "中国科学院大学", "信息公开年报", 2019, ""),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "college", "kind", "year", "title"), PAGES_OF_THE_WEB, ids=lambda value: "")
def test_pages_of_the_web(lines: list[str], college: str, kind: str, year: int | None, title: str) -> None:
    report = describe([*lines], name="page.txt")
    assert (report.college, report.kind.value, report.year) == (college, kind, year)
    assert not title or report.title == title


def test_a_name_misread_from_a_picture_is_written_as_the_file_is_named() -> None:
    lines = [Line(text, origin=Origin.RECOGNISED) for text in ("东溯职业技术学院工作简报", "2023年第3期")]
    found = describe([*lines], name="东湖职业技术学院工作简报2023年第3期.pdf")
    assert found.college == "东湖职业技术学院"
    assert "东溯" not in found.title
    assert describe(["东溯职业技术学院工作简报"], name="东湖职业技术学院工作简报.pdf").college != "东湖职业技术学院"


def test_what_a_caption_leaves_out_is_no_name() -> None:
    assert describe(["砚州市2023年教育事业统计公报（不含技工学校）", "砚州市教育局"]).college != "不含技工学校"
