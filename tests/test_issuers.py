from __future__ import annotations

import pytest

from rag.records import ReportKind
from rag.structure.identity.front import Front, FrontLine
from rag.structure.identity.issuers import front_to_issuer, leading_issuer

Q, D, J, X = ReportKind.QUALITY, ReportKind.OFFICIAL, ReportKind.ACCOUNTS, ReportKind.OTHER


def issuer(*cover: str, title: str = "质量年报", kind: ReportKind = Q, body: str = "", name: str = "a") -> str:
    return front_to_issuer(Front(tuple(map(FrontLine, cover)), (), "", name, body), title, kind)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("登莱理工学院2023年质量年报", "登莱理工学院"),
        ("上海市普陀区规划和自然资源局2024年度部门决算", "上海市普陀区规划和自然资源局"),
        ("中共枞川市委组织部2024年度部门决算", "中共枞川市委组织部"),
        ("燕北省教育厅关于2023年度监测情况的通报", "燕北省教育厅"),
        ("广西壮族自治区教育厅关于更名的批复", "广西壮族自治区教育厅"),
        ("省教育厅办公室关于公布名单的函", "省教育厅办公室"),
        ("教育部办公厅关于做好工作的通知", "教育部办公厅"),
        ("枞川市人民政府2024年政府信息公开工作年度报告", "枞川市人民政府"),
        ("岷阳重工股份有限公司2022年年度报告", "岷阳重工股份有限公司"),
        ("股份有限公司", ""),
        ("教务处", ""),
        ("各市教育局，各高等学校", ""),
        ("质量年报", ""),
    ],
)
def test_the_name_a_line_begins_with(line: str, name: str) -> None:
    assert leading_issuer(line) == name


def test_a_ministry_on_the_cover_is_not_the_college() -> None:
    assert issuer("教育部监制", "燕北省教育厅", "登莱大学") == "登莱大学"
    assert issuer("岷阳教育数据咨询有限公司", "登莱大学") == "登莱大学"
    assert issuer("燕北省教育厅", "登莱大学", kind=D, title="燕北省教育厅关于登莱大学的批复") == "燕北省教育厅"


def test_an_office_publishes_its_own_accounts() -> None:
    assert issuer("朔安市财政局", kind=J, title="2023年度部门决算") == "朔安市财政局"


def test_a_school_inside_a_college_is_not_it() -> None:
    body = "登莱大学文华学院成立于2004年。登莱大学文华学院现有学生。"
    assert issuer("文华学院", "机电工程学院", title="文华学院", body=body) == "登莱大学"


def test_the_text_says_whose_it_is_where_the_front_does_not() -> None:
    assert issuer(body="登莱理工学院坐落于登莱市。登莱理工学院现有学生。") == "登莱理工学院"
    assert issuer(body="与南京大学合作，与南京大学共建，和苏州大学、扬州大学等签约。") == ""
    assert issuer(body="南京大学、苏州大学、扬州大学、常州大学各一项。") == ""


def test_short_forms_count_for_the_whole() -> None:
    cover = ["朔安工职院简报", "朔安工业职业技术学院办公室编", "安朔职业学院来访"]
    assert issuer(*cover, title="朔安工职院简报") == "朔安工业职业技术学院"
    assert issuer("登莱理工简报", "登莱理工学院办公室编", title="登莱理工简报") == "登莱理工学院"


def test_a_title_of_several_schools_is_of_none() -> None:
    assert issuer(title="南京大学与苏州大学质量年报对比") == ""


def test_an_official_paper_is_of_the_office_that_signs_it() -> None:
    body = "登莱大学落实率最高。\n登莱大学\n燕北省教育厅\n2024年5月6日"
    assert issuer("燕北省教育厅", title="关于监测情况的通报", kind=D, body=body) == "燕北省教育厅"
    assert issuer(title="省教育厅关于监测情况的通报", kind=D, body=f"燕北省教育厅\n{body}") == "燕北省教育厅"


def test_a_named_field_of_a_form_counts_most() -> None:
    assert issuer("学校名称：登莱理工学院", "南京大学") == "登莱理工学院"
