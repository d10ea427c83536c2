"""Refusals: what was searched, and the nearest thing the reports do say."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.extractive.citing import Citations, plain, row_line, row_of
from rag.extractive.units import answering_units, brevity
from rag.figures import Figure
from rag.records import AnswerStatus, Draft, Evidence, Passage, Report, Table
from rag.relevance import Relevance

MIN_NEAREST = 0.25
MIN_PICTURE = 0.5
"""Share of the question's weight that the caption of a picture of it holds."""
_PICTURE = re.compile(r"^图\s*\d[^\n]{2,40}$", re.MULTILINE)
MAX_NAMED = 2
"""Titles of searched reports that a refusal names."""


def not_found(
    evidence: Evidence,
    reports: Mapping[str, Report],
    relevance: Relevance | None,
    tables: Mapping[str, Table],
    figure: Figure | None = None,
) -> Draft:
    """A refusal: what was searched, a picture of what is asked, and the nearest thing the reports do say.

    `figure` is the one that came nearest to what is asked, if one did.
    """
    text, citations = searched_in_vain(evidence, reports), Citations()
    if relevance and (picture := _picture(evidence, relevance)):
        n = citations.cite_span(*picture)
        text += f"报告里有“{plain(_text(*picture))}” [{n}]，但图中的数据没有文字，读不到。"
    if relevance and (nearest := _nearest(evidence, relevance, figure)):
        n = citations.cite_span(*nearest)
        table = tables.get(nearest[0].table_id or "")
        row = row_of(_text(*nearest), table)
        stated = row_line(row, table) if row is not None and table is not None else plain(_text(*nearest))
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


def _text(passage: Passage, start: int, end: int) -> str:
    return passage.text[start:end]


def _picture(evidence: Evidence, relevance: Relevance) -> tuple[Passage, int, int] | None:
    """The caption of a picture that is of what is asked: its data cannot be read."""
    captions = [(passage, *match.span()) for passage in evidence.passages for match in _PICTURE.finditer(passage.text)]
    best = max(captions, key=lambda caption: relevance.coverage(_text(*caption)), default=None)
    return best if best is not None and relevance.coverage(_text(*best)) >= MIN_PICTURE else None


def _nearest(evidence: Evidence, relevance: Relevance, figure: Figure | None) -> tuple[Passage, int, int] | None:
    """The sentence or row of the nearest figure, else that which holds most of the question; each if it holds enough."""
    if figure is not None:
        span = (figure.passage, figure.quote_start, figure.quote_end)
        if relevance.coverage(_text(*span), figure.about) >= MIN_NEAREST:
            return span
    best: tuple[float, Passage, int, int] | None = None
    for passage in evidence.passages:
        for start, end in answering_units(passage, None):
            text = passage.text[start:end]
            score = relevance.coverage(text, " ".join(passage.path)) * brevity(text)
            if best is None or score > best[0]:
                best = (score, passage, start, start + len(text.rstrip()))
    return best[1:] if best and best[0] >= MIN_NEAREST else None
