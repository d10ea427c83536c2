"""What is answered to a greeting, or to the question what this program can do: a few lines, with examples to ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from rag.question.purpose import courtesy
from rag.records import AnswerStatus, Certainty, Draft, Report, Text
from rag.suggestions.first import Suggestion, in_turn, interleaved

EXAMPLES, MAX_DRAWN = 3, 4
_OPENINGS = {"greeting": "您好！", "thanks": "不客气。", "parting": "再见，欢迎再来。", "assent": "好的。"}
_ITEM = "- "
_ABOUT = "我是问报，就收录的院校报告回答问题：每个数字都注明出处页码，报告里没有的会如实说没有。"
_NO_REPORTS = "现在还没有报告，请先添加报告再提问。"


def question_to_help(
    question: str, reports: Sequence[Report], drawn: Callable[[Report], Sequence[Suggestion]]
) -> Draft:
    """The answer to a question that looks for nothing in the reports; `drawn` gives what a report's figures answer."""
    of_colleges = {report.college: report for report in reversed(interleaved(reports))}  # the first of each
    found = in_turn(drawn(report) for report in [*reversed(of_colleges.values())][:MAX_DRAWN])
    drawn_from = [one.question for one in islice(found, EXAMPLES)]
    lines = [f"{_OPENINGS.get(courtesy(question), '')}{_ABOUT}"]
    if drawn_from:
        lines += ["", "可以这样问：", *(f"{_ITEM}{example}" for example in (*drawn_from, *_to_sum_up(reports)))]
    elif not reports:
        lines.append(_NO_REPORTS)
    return Draft(AnswerStatus.ANSWERED, (Text("\n".join(lines)),), (), certainty=Certainty.SURE)


def examples(text: str) -> tuple[str, ...]:
    """The examples in such an answer."""
    return tuple(line.removeprefix(_ITEM) for line in text.splitlines() if line.startswith(_ITEM))


def _to_sum_up(reports: Sequence[Report]) -> list[str]:
    """The request for a summary of the fullest report."""
    known = [report for report in reports if report.college and report.year]
    if not known:
        return []
    fullest = max(known, key=lambda report: report.figure_count)
    return [f"总结一下{next(iter(fullest.short_names), fullest.college)}{fullest.year}年的情况"]
