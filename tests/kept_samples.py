"""A made-up answer with something of everything, for the tests of keeping and exporting."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from answer_samples import (
    cite,
    make_passage,
    make_report,
    make_table,
    printed_in,
    quoted_figure,
    table_passage,
)

from rag.presentation.exchanges import Exchange, answer_to_exchange
from rag.records import AnswerFigure, AnswerStatus, Conflict, Evidence, Query, VerifiedAnswer

COLLEGE = "青石职业技术学院"
REPORT = make_report("a.txt", COLLEGE)
PROSE = make_passage("2023届毕业生就业率为 96.12%。\n落实率另有说明。", path=("二、就业", "（一）质量"))
TABLE = make_table([("系部", "人数（人）"), ("机电系", "2130"), ("护理系", "1875")], caption="表 1 各系人数")
ROWS = table_passage(TABLE)
UNCITED = make_passage("食堂三处。")
TEXT = "就业率为 **96.12%** [1]，机电系比护理系多 **255人** [2][3]（机电系 2130人 [2]）。\n\n另有 未能核实 一处。"


def make_answer(
    question: str = "就业率是多少？",
    text: str = TEXT,
    status: AnswerStatus = AnswerStatus.ANSWERED,
    notice: str = "",
) -> VerifiedAnswer:
    """Quoted, computed, conflicting and removed figures, from prose and from a table."""
    query = Query(question=question, standalone=question, focus=question, report_ids=("a.txt",))
    citations = (
        cite(PROSE, "2023届毕业生就业率为 96.12%。"),
        cite(ROWS, "机电系\t2130", 2),
        cite(ROWS, "护理系\t1875", 3),
    )
    rate, first, second = (
        quoted_figure(t, c, TABLE) for t, c in zip(("96.12%", "2130", "1875"), citations, strict=True)
    )
    figures = (
        replace(rate, scope="2023届"),
        AnswerFigure(
            "255人", Decimal(255), "人", "answer", "computed", (2, 3), "2130[2] − 1875[3] = 255 人",
            operands=(first.id, second.id),
        ),
        replace(first, text="2130人", unit="人", role="context"),
    )  # fmt: skip
    return VerifiedAnswer(
        query, Evidence(query, (PROSE, ROWS, UNCITED)), status, text, figures, citations,
        (Conflict("在校生", (("2130", 2), ("1875", 3)), "两处所指不同", (first.id, second.id)),), ("98.3%",), "extractive", None, 0, 0,
        (("total", 42.0),), notice=notice, printed=printed_in(citations, TABLE),
    )  # fmt: skip


def make_exchange(question: str = "就业率是多少？", **changes: str) -> Exchange:
    """The sample answer as a conversation keeps it."""
    other = make_report("b.txt", "白河职业技术学院")
    return answer_to_exchange(
        question, make_answer(question, **changes), {"a.txt": REPORT, "b.txt": other}, {TABLE.id: TABLE}
    )
