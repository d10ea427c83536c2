"""Refusals: why there is no answer, and what was searched."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.domain.kinds import YEARLY
from rag.domain.near_duplicates import without_twins
from rag.figures.citing import Citations, plain
from rag.records import AnswerStatus, Certainty, Draft, Evidence, Passage, Query, Report, ReportKind, text_to_draft
from rag.retrieval.relevance import Relevance, evidence_to_relevance

MIN_PICTURE = 0.5
"""Share of the question's weight that the caption of a picture of it holds."""
_PICTURE = re.compile(r"^图\s*\d[^\n]{2,40}$", re.MULTILINE)
MAX_NAMED = 2
"""Titles of searched reports that a refusal names."""


def not_found(evidence: Evidence, reports: Mapping[str, Report]) -> Draft:
    """A refusal: why, what was searched, and, where the reports are the right ones, a picture of what is asked."""
    text, citations = searched_in_vain(evidence, reports), Citations()
    relevance = evidence_to_relevance(evidence)
    if not missing_report(evidence.query, reports) and (picture := _picture(evidence, relevance)):
        n = citations.cite_span(*picture)
        text += f"报告里有“{plain(_text(*picture))}” [{n}]，但图中的数据没有文字，读不到。"
    return replace(text_to_draft(AnswerStatus.NOT_FOUND, text, tuple(citations.items)), certainty=Certainty.NONE)


def searched_in_vain(evidence: Evidence, reports: Mapping[str, Report]) -> str:
    """How a refusal begins: why nothing was found, then what was searched."""
    if not reports:
        return "还没有可查的报告，请先添加报告。"
    searched = [reports[identity] for identity in evidence.query.report_ids if identity in reports]
    why = missing_report(evidence.query, reports)
    if not searched:
        return why or "筛选范围内没有报告，请放宽筛选后再问。"
    where = _where(searched, evidence.query.colleges)
    if why:
        return f"{why}在{where}里没有找到能回答这个问题的内容。"
    return f"没有找到能回答这个问题的内容。查找的是{where}。"


def _where(searched: Sequence[Report], colleges: Sequence[str]) -> str:
    """The reports searched: all of the colleges asked about, of any others the first."""
    named = [report for report in searched if report.college in colleges] or searched[:MAX_NAMED]
    titles = "、".join(f"《{report.title}》" for report in named)
    return f"{titles}等报告" if len(named) < len(searched) else titles


def missing_report(query: Query, reports: Mapping[str, Report]) -> str:
    """That the reports a question is about are not searched: of which college or year; `` where they are."""
    said = [_missing_college(college, query, reports) for college in query.unknown_colleges]
    return "".join(said or [_missing_years(college, query, reports) for college in query.colleges])


def _missing_college(college: str, query: Query, reports: Mapping[str, Report]) -> str:
    outside = [report for report in reports.values() if report.college == college]
    if not outside:
        return f"没有收录{college}的报告。"
    return _left_out(f"{college}的报告", outside, query, reports)


def _missing_years(college: str, query: Query, reports: Mapping[str, Report]) -> str:
    """That no report of the college is of a year asked about, and of which years there are some."""
    own = [report for report in reports.values() if report.college == college and report.kind in YEARLY]
    searched = [report for report in own if report.id in query.report_ids]
    missing = [year for year in query.years if not any(_is_of(report, [year]) for report in searched)]
    if not missing or not searched:
        return ""
    held = "、".join(dict.fromkeys(_time(report) for report in sorted(searched, key=lambda report: report.year or 0)))
    asked = "、".join(f"{year}年" for year in missing)
    if outside := [report for report in own if _is_of(report, missing)]:
        return _left_out(f"{college}{asked}的报告", outside, query, reports)
    return f"没有收录{college}{asked}的报告，收录的是{held}的。"


def _left_out(what: str, outside: Sequence[Report], query: Query, reports: Mapping[str, Report]) -> str:
    """That there are reports of what is asked which the asker's own choice leaves out."""
    searched = [report for identity in query.report_ids if (report := reports.get(identity))]
    where = "、".join(dict.fromkeys(report.college or report.kind.value for report in searched))
    only = f"（这次只查找{where}的报告）" if where else ""
    return f"{what}{_titles(without_twins(outside))}不在筛选范围内{only}，放宽筛选后再问。"


def _titles(reports: Sequence[Report]) -> str:
    named = "、".join(f"《{report.title}》" for report in reports[:MAX_NAMED])
    return f"{named}等" if len(reports) > MAX_NAMED else named


def _is_of(report: Report, years: Sequence[int]) -> bool:
    """Whether a report is of a year: on its cover, of its class or academic year, or, yearly reports, the year before."""
    academic = (int(year) for year in (report.academic_year or "").split("-") if year)
    before = report.year - 1 if report.year and report.kind is ReportKind.QUALITY else None
    return report.year is None or bool({report.year, report.cohort, before, *academic} & set(years))


def _time(report: Report) -> str:
    return f"{report.cohort}届" if report.kind is ReportKind.EMPLOYMENT and report.cohort else f"{report.year}年"


def _text(passage: Passage, start: int, end: int) -> str:
    return passage.text[start:end]


def _picture(evidence: Evidence, relevance: Relevance) -> tuple[Passage, int, int] | None:
    """The caption of a picture that is of what is asked: its data cannot be read."""
    captions = [(passage, *match.span()) for passage in evidence.passages for match in _PICTURE.finditer(passage.text)]
    best = max(captions, key=lambda caption: relevance.coverage(_text(*caption)), default=None)
    return best if best is not None and relevance.coverage(_text(*best)) >= MIN_PICTURE else None
