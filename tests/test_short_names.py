from __future__ import annotations

from dataclasses import replace

import pytest
from answer_samples import make_report

from rag.domain.short_names import abbreviates, colleges_to_names, short_names


@pytest.mark.parametrize(
    ("name", "present", "absent"),
    [
        ("咸宁职业技术学院", ["咸职", "咸宁职院", "咸宁职业学院", "咸职院"], ["宁职", "咸宁职业技术学院"]),
        ("湖北职业技术学院", ["湖职", "湖北职院"], ["北职"]),
        ("湖南工业职业技术学院", ["湖南工业职院", "湖南工职院", "湘工职院", "工业职院"], ["湖职", "湖职院", "工职"]),
        ("武汉职业技术学院", ["武职"], []),
        ("深圳职业技术大学", ["深职大", "深圳职大", "深圳职业技术学院", "深职院"], []),
        ("湖北幼儿师范高等专科学校", ["湖北幼专", "湖北幼师", "湖北幼高专"], []),
        ("湘潭医卫职业技术学院", ["湘潭医卫职院"], ["湘医院"]),
        ("黄冈师范学院", ["黄冈师院", "黄师院", "黄冈师范"], []),
        ("枞川职业技术学院", ["枞川职院", "枞职院", "枞职"], ["川职院"]),
        ("朔安工业职业技术学院", ["朔安工职院", "朔工职院", "朔安工院", "工业职院"], ["朔安职院", "朔职院", "朔职"]),
        ("岷阳机电职业技术学院", ["岷阳机电职院", "岷阳机职院"], ["岷职"]),
        ("云州农业大学", ["云农", "云州农大"], ["云大"]),
        ("登莱理工学院", ["登莱理工", "登理工", "登莱理院"], ["登莱", "理工学院"]),
        ("乌江理工大学", ["乌江理工", "乌江理工大", "乌理工", "乌江理大"], ["乌大"]),
        ("崇岭科技学院", ["崇岭科院", "崇科院", "崇岭科技"], ["崇科"]),
        ("南京农业大学", ["南京农大", "南农大", "南京农业"], ["南大"]),
        ("中国人民大学", ["人大", "人民大学"], ["中大", "中国人民"]),
        ("湖北医药学院", [], ["湖北医院"]),
        ("枞川学院", [], ["枞院"]),
        ("湖北省教育厅", ["湖北教育厅"], ["", "教育厅"]),
        ("上海市普陀区财政局", ["普陀区财政局", "普陀财政局"], ["上海财政局", "财政局"]),
        ("中共江州市清湖区委社会工作部", ["清湖区委社会工作部"], ["清湖委社会工作部"]),
        ("", [], []),
    ],
)
def test_short_names(name: str, present: list[str], absent: list[str]) -> None:
    shorts = short_names(name)
    assert set(present) <= set(shorts)
    assert not set(absent) & set(shorts)


@pytest.mark.parametrize(
    ("short", "full", "is_short"),
    [
        ("南农", "南京农业大学", True),
        ("京农", "南京农业大学", False),
        ("武职", "咸宁职业技术学院", False),
        ("农南", "", False),
    ],
)
def test_what_may_be_short_for_a_name(short: str, full: str, is_short: bool) -> None:
    assert abbreviates(short, full) is is_short


def test_a_college_goes_by_what_any_of_its_reports_calls_it() -> None:
    reports = [
        replace(make_report("a.pdf", "临沅工业大学"), short_names=("沅工大", "临工大")),
        replace(make_report("b.pdf", "临沅工业大学"), short_names=("临工大",)),
    ]
    assert colleges_to_names(reports) == {"临沅工业大学": ("沅工大", "临工大")}
