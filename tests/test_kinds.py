from __future__ import annotations

import pytest

from rag.domain.kinds import asked_kinds, mentioned_kinds, titled_kind
from rag.records import ReportKind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("登莱大学2022-2023学年本科教学质量报告", "本科教学质量报告"),
        ("登莱大学本科人才培养质量年度报告", "本科教学质量报告"),
        ("枞川职业技术学院高等职业教育质量年度报告", "质量年报"),
        ("枞川职业技术学院教学质量报告", "质量年报"),
        ("2023届毕业生就业质量年度报告", "就业质量年报"),
        ("本科毕业生就业质量报告", "就业质量年报"),
        ("2023年度部门决算", "部门决算"),
        ("2024年单位预算公开", "部门预算"),
        ("2023—2024学年信息公开工作年度报告", "信息公开年报"),
        ("2024年招生章程与招生计划", "招生章程"),
        ("2024年艺术类招生简章", "招生简章"),
        ("本科教学工作审核评估自评报告", "审核评估报告"),
        ("五年发展报告（2019—2023年）", "发展报告"),
        ("岷阳重工股份有限公司2022年年度报告", "公司年报"),
        ("关于2023年度监测情况的通报", "公文"),
        ("关于报送就业质量年度报告的通知", "公文"),
        ("燕教〔2024〕7号", "公文"),
        ("校务简报第3期", "简报"),
        ("学院简介", "简介"),
        ("内部质量保证体系自我诊断与改进报告", None),
        ("校庆纪念册", None),
    ],
)
def test_kind_of_a_title(title: str, kind: str | None) -> None:
    assert titled_kind(title) == (ReportKind(kind) if kind else None)


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("就业质量年报里的就业率", {"就业质量年报"}),
        ("本科教学质量报告里的生师比", {"本科教学质量报告"}),
        ("质量报告里的生师比", {"质量年报", "本科教学质量报告"}),
        ("部门决算里的事业收入", {"部门决算"}),
        ("招生章程规定了什么", {"招生章程", "招生简章"}),
        ("监测通报里的平均值", {"公文"}),
        ("生师比是多少", set()),
    ],
)
def test_kinds_a_question_asks_for(question: str, kinds: set[str]) -> None:
    assert {kind.value for kind in asked_kinds(question)} == kinds


def test_a_text_speaks_of_kinds_that_come_every_year() -> None:
    counts = mentioned_kinds("发布就业质量年报。去年的就业质量年报，与质量年报不同。招生简章另行公布。")
    assert counts[ReportKind.EMPLOYMENT] == 2
    assert ReportKind.PROSPECTUS not in counts
