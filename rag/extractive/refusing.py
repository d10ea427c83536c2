"""Refusals: what was searched, and the nearest thing the reports do say."""

from __future__ import annotations

from collections.abc import Mapping

from rag.extractive.citing import Citations, plain, row_line, row_of
from rag.extractive.units import answering_units, brevity
from rag.records import AnswerStatus, Draft, Evidence, Passage, Report, Table
from rag.relevance import Relevance

MIN_NEAREST = 0.25
MAX_NAMED = 2
"""Titles of searched reports that a refusal names."""


def not_found(
    evidence: Evidence, reports: Mapping[str, Report], relevance: Relevance | None, tables: Mapping[str, Table]
) -> Draft:
    """A refusal: what was searched, and the nearest thing the reports do say."""
    text = searched_in_vain(evidence, reports)
    nearest = _nearest(evidence, relevance) if relevance else None
    if nearest is None:
        return Draft(AnswerStatus.NOT_FOUND, text, ())
    passage, start, end = nearest
    citations = Citations()
    n = citations.cite_span(passage, start, end)
    table = tables.get(passage.table_id or "")
    row = row_of(passage.text[start:end], table)
    stated = row_line(row, table) if row is not None and table is not None else plain(passage.text[start:end])
    text += f"最接近的表述是：“{stated}” [{n}]，与所问并不相同，仅供参考。"
    return Draft(AnswerStatus.NOT_FOUND, text, tuple(citations.items))


def searched_in_vain(evidence: Evidence, reports: Mapping[str, Report]) -> str:
    """How a refusal begins: what was searched."""
    ids = [identity for identity in evidence.query.report_ids if identity in reports]
    if not ids:
        return "还没有可查的报告，请先添加报告。"
    named = "、".join(f"《{reports[identity].title}》" for identity in ids[:MAX_NAMED])
    where = f"{named}等报告" if len(ids) > MAX_NAMED else named
    unknown = "、".join(evidence.query.unknown_colleges)
    absent = f"已收录的报告里没有{unknown}的报告。" if unknown else ""
    return f"在{where}中没有找到能回答这个问题的内容。{absent}"


def _nearest(evidence: Evidence, relevance: Relevance) -> tuple[Passage, int, int] | None:
    """The sentence or row that holds most of the question, if it holds enough to be worth showing."""
    best: tuple[float, Passage, int, int] | None = None
    for passage in evidence.passages:
        for start, end in answering_units(passage, None):
            text = passage.text[start:end]
            score = relevance.coverage(text, " ".join(passage.path)) * brevity(text)
            if best is None or score > best[0]:
                best = (score, passage, start, start + len(text.rstrip()))
    return best[1:] if best and best[0] >= MIN_NEAREST else None
