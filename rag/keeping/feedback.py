"""What readers think of answers → a list, and drafts of questions for the evaluation (pure)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from rag.language.text import unique
from rag.records import Turn

DRAFT_NOTE = "草稿，由读者反馈生成，标准答案须人工核对后填写"
"""Begins the note of every draft."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one reader thinks of one answer, with the whole of that answer."""

    id: int
    owner: str
    conversation: str
    number: int
    """Place of the exchange in its conversation, from 0."""
    given: datetime
    liked: bool
    reason: str
    question: str
    history: tuple[Turn, ...]
    """The conversation before the question."""
    reports: tuple[str, ...]
    """Ids of the reports the reader's filters left; empty where none were set."""
    record: str
    """The object `wenbao ask --json` printed, as JSON."""
    version: int = 0
    """Which of the answers given there, from 0."""

    @property
    def answer(self) -> Mapping[str, Any]:
        """The answer object, empty where there was none."""
        found: Mapping[str, Any] = json.loads(self.record) if self.record else {}
        return found


def feedback_to_json(feedback: Feedback) -> dict[str, Any]:
    """One entry of `wenbao feedback --json`."""
    return {
        "id": feedback.id,
        "time": feedback.given.isoformat(timespec="seconds"),
        "liked": feedback.liked,
        "reason": feedback.reason,
        "question": feedback.question,
        "history": _turns(feedback),
        "reports": list(feedback.reports),
        "answer": feedback.answer or None,
    }


def feedback_to_text(feedback: Feedback) -> str:
    """A few lines for the terminal."""
    lines = [f"{feedback.id}  {'👍' if feedback.liked else '👎'}  {feedback.given.astimezone():%Y-%m-%d %H:%M}"]
    lines.append(f"  问：{feedback.question}")
    lines.append(f"  答：{' '.join(str(feedback.answer.get('answer', '（没有回答）')).split())}")
    return "\n".join([*lines, *([f"  原因：{feedback.reason}"] if feedback.reason else [])])


def feedback_to_question(feedback: Feedback) -> dict[str, Any]:
    """A line of a question file. What a reader liked is proposed as the gold.

    Of what a reader disliked the gold is left empty, so that the evaluation refuses the line until someone fills it in.
    """
    answer = feedback.answer
    refused = answer.get("status") != "answered"
    proposed = feedback.liked and not refused
    figures = [figure for figure in answer.get("figures", []) if figure["role"] == "answer"] if proposed else []
    citations = answer.get("citations", []) if proposed else []
    reason = f"；原因：{feedback.reason}" if feedback.reason else ""
    return {
        "id": f"feedback-{feedback.id}",
        "question": feedback.question,
        "history": _turns(feedback),
        "type": _type(feedback, figures),
        "answerable": not (feedback.liked and refused),
        "figures": [{"value": figure["value"], "unit": figure["unit"], "about": ""} for figure in figures],
        "names": [],
        "evidence": [citation["quote"] for citation in citations if citation["quote"].strip()],
        "doc": [_stem(report) for report in unique(citation["report"] for citation in citations)],
        "reports": [_stem(report) for report in feedback.reports],
        "note": f"{DRAFT_NOTE}（{'👍' if feedback.liked else '👎'}{reason}）",
        "draft": True,
        "given": answer.get("answer", ""),
    }


def _type(feedback: Feedback, figures: list[Mapping[str, Any]]) -> str:
    answer = feedback.answer
    if feedback.liked and answer.get("status") != "answered":
        return "unanswerable"
    if feedback.history:
        return "followup"
    if answer.get("conflicts"):
        return "conflict"
    if any(figure["kind"] == "computed" for figure in figures):
        return "derived"
    return "table" if any(citation["table"] for citation in answer.get("citations", [])) else "text"


def _turns(feedback: Feedback) -> list[dict[str, str]]:
    return [{"role": turn.role, "content": turn.content} for turn in feedback.history]


def _stem(report_id: str) -> str:
    return PurePosixPath(report_id).stem
