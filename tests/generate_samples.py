"""Made-up evidence for the tests of answering with a model."""

from __future__ import annotations

import json
from collections.abc import Sequence

from answer_samples import make_passage, make_report, make_table, table_passage

from rag.answering.with_model import AnswerPrompt, evidence_to_prompt
from rag.language.tokens import estimate_tokens
from rag.records import Evidence, Passage, Query, Turn

REPORT = make_report("a.txt", "东湖职业技术学院")
OTHER = make_report("b.txt", "西山职业技术学院")
REPORTS = {report.id: report for report in (REPORT, OTHER)}
JOBS = make_passage(
    "2023届毕业生6370人，就业率为96.12%，其中医学类95.1%。专业对口率为63.6%，约20人自主创业。", path=("一、就业",)
)
STAFF = make_passage("校长张大山到任。全校有专任教师796人，教职工959人；党委书记李小河。", path=("二、师资",))
AGAIN = make_passage("附表中2023届毕业生就业率为95.12%。", path=("附表",))
MAJORS = make_table(
    [["学院", "专业", "人数（人）"], ["财经学院", "会计", "120"], ["^", "金融", "80"], ["机电学院", "数控", "95"]],
    caption="表1 各专业人数",
)
ROWS = table_passage(MAJORS)
TABLES = {MAJORS.id: MAJORS}


def make_evidence(
    passages: Sequence[Passage] = (JOBS, STAFF, ROWS, AGAIN), question: str = "2023届毕业生就业率是多少？"
) -> Evidence:
    query = Query(question, question, question, tuple(REPORTS), terms=(question,), wants_number=True)
    return Evidence(query, tuple(passages), (("就业率", 1.0), ("毕业生", 0.5)))


def make_prompt(
    passages: Sequence[Passage] = (JOBS, STAFF, ROWS, AGAIN), budget: int = 20_000, history: Sequence[Turn] = ()
) -> AnswerPrompt:
    return evidence_to_prompt(make_evidence(passages), REPORTS, TABLES, history, budget, estimate_tokens)


def figure_id(prompt: AnswerPrompt, text: str) -> str:
    """The id of the figure that is written so."""
    return next(name for name, figure in prompt.figures.items() if figure.number.text == text)


def reply_text(answer: str, status: str = "answered", **more: object) -> str:
    return json.dumps(
        {"status": status, "answer": answer, "computations": [], "conflicts": [], **more}, ensure_ascii=False
    )


def with_ids(answer: str, prompt: AnswerPrompt) -> str:
    """An answer in which `<96.12%>` stands for the id of that figure."""
    for name, figure in prompt.figures.items():
        answer = answer.replace(f"<{figure.number.text}>", f"{{{name}}}")
    return answer
