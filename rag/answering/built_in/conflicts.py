"""Contradictions kept with a report, as an answer shows them: every figure cited, none chosen silently."""

from __future__ import annotations

import re

from rag.answering.built_in.looking import Findings, Found, look_up
from rag.answering.built_in.writing import Writer
from rag.figures.citing import written
from rag.language.numbers import agree
from rag.records import AnswerStatus, Certainty, Conflict, Contradiction, ContradictionKind, Draft, Figure

MIN_DOUBTED = 0.3
"""Least chance that the figure a doubting question means is one of those in dispute."""
_DOUBTS = re.compile(
    "对不上|对得上|不一样|一样[吗么不]|不一致|一致[吗么不]|是否一致|矛盾|打架|[两几]套|[两几]种(?:说法|数|口径)|出入|不符|相符|自相|到底|究竟"
)
"""How a question doubts that figures fit together, or asks for the one that holds."""


def add_rivals(figure: Figure, findings: Findings, writer: Writer) -> None:
    """The other figures that its report prints for the same thing, bold and cited beside it."""
    item = _dispute_of(figure, findings)
    if item is None:
        return
    values = [(written(figure), writer.citations.cite(figure))]
    for other in item.figures:
        if all(not agree(other.number, one.number) for one in (figure, *writer.figures.values())):
            writer.text("；另一处写作：")
            values.append((written(other), writer.stated(other, is_answer=True)))
    if len(values) > 1:
        writer.text("（报告前后不一致）")
        writer.conflicts.append(Conflict(item.indicator, tuple(values), item.note))


def disputed(findings: Findings) -> Draft | None:
    """The answer to a question whose figure stands in dispute; None for any other."""
    query = findings.evidence.query
    if not findings.contradictions or not _DOUBTS.search(query.focus):
        return None
    for found in look_up(findings):
        for choice in found.choices:
            if choice.chance >= MIN_DOUBTED and _dispute_of(choice.figure, findings) is not None:
                return _draft(found, choice.figure, findings)
    return None


def _draft(found: Found, figure: Figure, findings: Findings) -> Draft:
    writer = Writer(findings.reports)
    writer.lead([figure])
    writer.stated(figure, is_answer=True)
    add_rivals(figure, findings, writer)
    writer.text("。")
    return writer.draft(AnswerStatus.ANSWERED, Certainty.SURE)


def _dispute_of(figure: Figure, findings: Findings) -> Contradiction | None:
    """The contradiction a figure is part of."""
    for item in findings.contradictions:
        if item.kind is ContradictionKind.DIFFERENT and figure.id in {one.id for one in item.figures}:
            return item
    return None
