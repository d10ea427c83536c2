"""Answers and reports → JSON and text for the command line (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rag.records import AnswerFigure, Citation, Origin, Passage, Report, VerifiedAnswer
from rag.structure.passages import citation_origin

RECOGNISED = "图片识别"
BOLD = re.compile(r"\*\*(.+?)\*\*")
SURE_SCORE = 0.9
"""Score of a recognition from which on it is shown without a doubt."""

if TYPE_CHECKING:
    from rag.records import ReportStats


def answer_to_json(answer: VerifiedAnswer, reports: Mapping[str, Report], tables: Mapping[str, str]) -> dict[str, Any]:
    """The object `wenbao ask --json` prints; `tables` gives the caption of each table id."""
    return {
        "question": answer.query.question,
        "standalone_question": answer.query.standalone,
        "status": answer.status.value,
        "purpose": answer.query.purpose.value,
        "answer": answer.text,
        "figures": [_figure(figure) for figure in answer.figures],
        "citations": [_citation(citation, reports, tables) for citation in answer.citations],
        "conflicts": [
            {
                "indicator": conflict.indicator,
                "values": [{"text": text, "citation": n} for text, n in conflict.values],
                "note": conflict.note,
            }
            for conflict in answer.conflicts
        ],
        "unsupported": list(answer.unsupported),
        "certainty": answer.sureness.value,
        "chance": None if answer.chance is None else round(answer.chance, 4),
        "candidates": [_candidate(figure) for figure in answer.candidates],
        "retrieved": [_retrieved(passage) for passage in answer.evidence.passages],
        "model": answer.model,
        "model_returned": answer.model_returned,
        "timings_ms": {name: round(milliseconds, 1) for name, milliseconds in answer.timings_ms},
        "usage": {
            "input_tokens": answer.input_tokens,
            "output_tokens": answer.output_tokens,
            "cost": None if answer.cost is None else format(answer.cost, "f"),
            "first_token_ms": None if answer.first_token_ms is None else round(answer.first_token_ms, 1),
        },
        "notice": answer.notice,
    }


def _figure(figure: AnswerFigure) -> dict[str, Any]:
    return {
        "text": figure.text,
        "value": format(figure.value, "f"),
        "unit": figure.unit,
        "role": figure.role,
        "kind": figure.kind,
        "citations": list(figure.citations),
        "formula": figure.formula,
        "scope": figure.scope,
        "said": figure.said,
        "caution": figure.caution,
    }


def _candidate(figure: AnswerFigure) -> dict[str, Any]:
    return {
        "text": figure.text,
        "value": format(figure.value, "f"),
        "unit": figure.unit,
        "said": figure.said,
        "citation": next(iter(figure.citations), None),
    }


def cautions(answer: VerifiedAnswer) -> list[str]:
    """A line for each figure that may not be what the answer says of it, with what its report says."""
    return [caution_line(figure) for figure in dict.fromkeys(answer.figures) if figure.caution]


def caution_line(figure: AnswerFigure) -> str:
    """`96.12%：报告里说的是“就业率”（报告的这一处没有说“失业率”）`."""
    said = f"报告里说的是“{figure.said}”（{figure.caution}）" if figure.said else figure.caution
    return f"{figure.text}：{said}"


def _citation(citation: Citation, reports: Mapping[str, Report], tables: Mapping[str, str]) -> dict[str, Any]:
    passage = citation.passage
    report = reports.get(passage.report_id)
    origin, score = citation_origin(citation)
    return {
        "n": citation.n,
        "report": passage.report_id,
        "title": report.title if report else passage.report_id,
        "college": report.college if report else "",
        "year": report.year if report else None,
        "section": list(passage.path),
        "page": citation.page,
        "page_label": citation.page_label,
        "table": tables.get(passage.table_id or "") or None,
        "quote": citation.quote,
        "text": passage.text,
        "origin": origin.value,
        "recognition_score": round(score, 3) if origin is Origin.RECOGNISED else None,
    }


def _retrieved(passage: Passage) -> dict[str, Any]:
    return {
        "report": passage.report_id,
        "section": list(passage.path),
        "page": passage.page,
        "page_label": passage.page_label,
        "score": round(passage.score, 6),
        "text": passage.text,
    }


def recognised_note(citation: Citation) -> str:
    """What a reader must know of a quote that was recognised from a picture, `` for a printed one."""
    origin, score = citation_origin(citation)
    if origin is Origin.PRINTED:
        return ""
    return RECOGNISED if score >= SURE_SCORE else f"{RECOGNISED}，把握不大，请对照原图"


def place_of(citation: Citation, report: Report | None) -> str:
    """Where a citation stands, in a line: title, section, page."""
    parts = [f"《{report.title}》" if report else citation.passage.report_id, " › ".join(citation.passage.path)]
    if citation.page is not None:
        label = (
            f"（印刷页码 {citation.page_label}）"
            if citation.page_label and citation.page_label != str(citation.page)
            else ""
        )
        parts.append(f"第 {citation.page} 页{label}")
    parts.append(recognised_note(citation))
    return "，".join(filter(None, parts))


def answer_to_text(answer: VerifiedAnswer, reports: Mapping[str, Report]) -> str:
    """The answer as Markdown, what the reader must know of it, then each source with its place and its quote."""
    blocks = [answer.text, *(f"请核对：{line}" for line in cautions(answer))]
    blocks += [f"注意：{answer.notice}"] if answer.notice else []
    for citation in answer.citations:
        place = place_of(citation, reports.get(citation.passage.report_id))
        blocks.append(f"[{citation.n}] {place}\n    {' '.join(citation.quote.split())}")
    return "\n\n".join(blocks)


def without_bold(text: str) -> str:
    """An answer's text without the asterisks around what was asked for."""
    return BOLD.sub(r"\1", text)


def report_to_json(report: Report, stats: ReportStats) -> dict[str, Any]:
    """A report as one object of `wenbao reports --json`."""
    return {
        "id": report.id,
        "title": report.title,
        "college": report.college,
        "kind": report.kind.value,
        "year": report.year,
        "cohort": report.cohort,
        "academic_year": report.academic_year,
        "short_names": list(report.short_names),
        "pages": report.page_count,
        "tables": stats.tables,
        "chunks": stats.chunks,
        "figures": report.figure_count,
        "warnings": list(report.warnings),
    }


def report_facts(report: Report) -> list[str]:
    """Whose report it was taken for, of which kind, year, class and academic year; what is not known is left out."""
    times = (
        f"{report.year} 年" if report.year else "",
        f"{report.cohort} 届" if report.cohort else "",
        f"{report.academic_year} 学年" if report.academic_year else "",
    )
    return [fact for fact in (report.college, report.kind.value, *times) if fact]


def report_to_text(report: Report, stats: ReportStats) -> str:
    """A report as a few lines; what is not known or has no meaning for its format is left out."""
    facts = report_facts(report)
    counts = (
        (report.page_count, "页"),
        (stats.tables, "张表"),
        (stats.chunks, "个文本块"),
        (report.figure_count, "个数字"),
    )
    facts += [f"{count} {unit}" for count, unit in counts if count]
    lines = [report.id, f"  《{report.title}》", f"  {' · '.join(facts)}"]
    return "\n".join([*lines, *(f"  注意：{warning}" for warning in report.warnings)])
