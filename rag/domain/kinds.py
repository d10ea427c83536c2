"""The kinds of document: how a title says each, and how a question asks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.records import ReportKind

ACT = r"的(?:函|通知|意见|批复|请示|公告|通告|通报|决定|方案|办法)"
"""How the title of an official paper ends."""
DOCUMENT_NUMBER = re.compile(r"[〔\[［](20[0-3]\d)[〕\]］]\s*\d+\s*号")


@dataclass(frozen=True, slots=True)
class _Signs:
    kind: ReportKind
    titled: str
    """Stands in a title, or on the cover, of such a document."""
    asked: str
    """Stands in a question about such documents."""


_QUALITY = r"质量.{0,4}(?:年度)?(?:报告|年报)"
# The first that fits a title is its kind.
_TABLE = (
    _Signs(
        ReportKind.OFFICIAL,
        rf"{DOCUMENT_NUMBER.pattern}|{ACT}$|^关于.{{4,}}的",
        r"公文|来函|函件|通报(?:里|中|上|的|说)|[这该]份?(?:函|文件|通知)|文号|(?:教育厅|省厅|教厅).{0,8}(?:文件|函|通知|名单|发文|公布|印发)|(?:文件|通知)(?:里|中|要求)",
    ),
    _Signs(ReportKind.ADMISSION, r"招生章程", r"招生(?:章程|简章)"),
    _Signs(ReportKind.PROSPECTUS, r"招生简章", r"招生(?:章程|简章)"),
    _Signs(ReportKind.ACCOUNTS, r"决算", r"(?:部门|单位)决算|决算(?:报告|公开|说明|表|里|中)"),
    _Signs(ReportKind.BUDGET, r"(?:部门|单位|年度?|收支)预算", r"预算(?:公开|报告|说明|表)"),
    _Signs(ReportKind.OPENNESS, r"信息公开.{0,6}(?:报告|年报)", r"信息公开.{0,6}(?:报告|年报)"),
    _Signs(
        ReportKind.EVALUATION,
        r"(?:审核|合格|水平|办学能力)评估|自评报告",
        r"评估.{0,8}报告|自评报告",
    ),
    _Signs(
        ReportKind.EMPLOYMENT,
        rf"就业.{{0,4}}{_QUALITY}|就业.{{0,6}}(?:年度?报告|年报)|毕业生.{{0,10}}(?:就业|培养质量).{{0,6}}报告",
        r"就业质量(?:年度)?(?:报告|年报)|就业年报",
    ),
    _Signs(ReportKind.UNDERGRADUATE, rf"本科.{{0,6}}{_QUALITY}", rf"(?<!就业){_QUALITY}"),
    _Signs(
        ReportKind.QUALITY, rf"{_QUALITY}|人才培养.{{0,2}}年度报告", r"(?<!就业)(?<!本科教学)质量(?:年度)?(?:报告|年报)"
    ),
    _Signs(ReportKind.DEVELOPMENT, r"发展.{0,4}报告", r"发展(?:年度)?报告"),
    _Signs(ReportKind.BRIEFING, r"简报|工作动态|信息专报|快报", r"简报"),
    _Signs(ReportKind.COMPANY, r"(?:公司|集团).{0,8}年度?报告", r"公司年报|上市公司"),
    _Signs(ReportKind.PROFILE, r"(?:简介|概况|介绍)(?:[（(].{1,6}[）)])?$", r"(?:学校|学院|院系)(?:简介|介绍)"),
)
_TITLED = tuple((signs.kind, re.compile(signs.titled)) for signs in _TABLE)
_ASKED = tuple((signs.kind, re.compile(signs.asked)) for signs in _TABLE)

YEARLY = frozenset(
    {ReportKind.QUALITY, ReportKind.EMPLOYMENT, ReportKind.UNDERGRADUATE, ReportKind.OPENNESS, ReportKind.ACCOUNTS}
    | {ReportKind.BUDGET, ReportKind.COMPANY}
)
"""Kinds of which there is one a year."""


def titled_kind(text: str) -> ReportKind | None:
    """The kind of document a title or a line of a cover says, None where it says none."""
    return next((kind for kind, pattern in _TITLED if pattern.search(text.strip())), None)


def mentioned_kinds(text: str) -> dict[ReportKind, int]:
    """How often a running text speaks of each kind of report."""
    return {kind: len(pattern.findall(text)) for kind, pattern in _TITLED if kind in YEARLY}


def asked_kinds(question: str) -> tuple[ReportKind, ...]:
    """The kinds of document a question asks for."""
    return tuple(kind for kind, pattern in _ASKED if pattern.search(question))
