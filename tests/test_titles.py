from __future__ import annotations

import pytest

from rag.structure.identity.front import Front, FrontLine
from rag.structure.identity.titles import front_to_title, lines_apart


def front(
    *lines: str | tuple[str, float], heads: tuple[str, ...] = (), metadata: str = "", name: str = "scan"
) -> Front:
    cover = tuple(FrontLine(*line) if isinstance(line, tuple) else FrontLine(line) for line in lines)
    return Front(cover, heads, metadata, name, "")


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["登莱理工学院", "本科教学质量报告", "（2022—2023学年）"], "登莱理工学院本科教学质量报告（2022—2023学年）"),
        (["登莱理工学院", "DENGLAI INSTITUTE", "本科教学质量报告"], "登莱理工学院本科教学质量报告"),
        (["校办公室编", "登莱理工学院质量年报", "教务处", "二〇二三年十二月"], "登莱理工学院质量年报"),
        (["枞川职业技术学院招生就业处", "2023届毕业生就业质量年度报告"], "2023届毕业生就业质量年度报告"),
        (
            ["燕北省教育厅", "燕教〔2024〕7号", "关于开展质量监测", "工作的通知", "各市教育局："],
            "关于开展质量监测工作的通知",
        ),
        (["燕北省教育厅", "关于开展质量监测工作的通知"], "燕北省教育厅关于开展质量监测工作的通知"),
        (["关于做好2024年质量年度报告", "编制工作的通知"], "关于做好2024年质量年度报告编制工作的通知"),
        (["关于印发《质量年报", "编制办法》的通知"], "关于印发《质量年报编制办法》的通知"),
        (["朔安市财政局", "2023年度部门决算", "第一部分概况"], "朔安市财政局2023年度部门决算"),
        (["公司代码：600000", "岷阳重工股份有限公司", "2022年年度报告"], "岷阳重工股份有限公司2022年年度报告"),
        (["崇岭简报", "第6期", "本期要目"], "崇岭简报第6期"),
        (["哲学院", "发布日期：2020-01-01", "哲学院是学校的一个学院"], "哲学院"),
    ],
)
def test_lines_are_weighed_together(lines: list[str], title: str) -> None:
    assert front_to_title(front(*lines)).text == title


def test_lines_in_one_large_type_belong_together() -> None:
    lines = [("数字时代的", 2.4), ("职业教育", 2.4), ("张三李四", 1.3)]
    assert front_to_title(front(*lines)).text == "数字时代的职业教育"


def test_what_stands_larger_is_preferred() -> None:
    lines = [("内部资料", 0.9), ("岷阳见闻", 2.4), ("注意保存", 1.0)]
    assert front_to_title(front(*lines)).text == "岷阳见闻"


def test_a_running_head_or_the_files_name_is_taken_where_the_cover_says_nothing() -> None:
    assert front_to_title(front("内部资料", heads=("登莱大学2023年决算",))).text == "登莱大学2023年决算"
    assert front_to_title(front("内部资料", name="登莱大学2023年决算")).text == "登莱大学2023年决算"
    assert front_to_title(front(metadata="登莱大学2023年决算")).text == "登莱大学2023年决算"


def test_only_what_names_a_document_is_sure() -> None:
    assert front_to_title(front("登莱大学质量年报")).is_sure
    assert not front_to_title(front("登莱大学")).is_sure
    assert front_to_title(front(name="scan")).text == "scan"


def test_lines_apart_are_no_headings_dates_or_departments() -> None:
    lines = ["登莱大学", "一、概况", "目录", "2023年5月", "教务处编", "（2023年度）", "表1 学生", "全文如下。"]
    assert lines_apart(front(*lines)) == ["登莱大学", "（2023年度）"]
