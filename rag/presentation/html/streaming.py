"""An answer that is still being made, as the page shows it (pure): what was found, and words whose figures are unchecked."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from rag.language.numbers import find_numbers
from rag.presentation.html.sources import plain_html
from rag.records import Evidence, Passage, Report

MAX_FOUND = 3
MAX_FOUND_CHARACTERS = 120
UNCHECKED = "核对中，还没有和报告对过"


def streaming_html(text: str) -> str:
    """The words so far, every figure in them marked as not yet checked."""
    if not text.strip():
        return ""
    pieces, at = [], 0
    for number in find_numbers(text):
        pieces += [escape(text[at : number.start]), _unchecked(text[number.start : number.end])]
        at = number.end
    lines = "".join([*pieces, escape(text[at:])]).split("\n")
    note = f'<p class="wb-foot">灰色虚线的数字{UNCHECKED}</p>' if len(pieces) else ""
    return f'<div class="wb-answer wb-streaming"><div class="wb-text"><p>{"<br>".join(lines)}</p></div>{note}</div>'


def found_html(evidence: Evidence, reports: Mapping[str, Report]) -> str:
    """The best passages found, each with its place, so that there is something to read before the answer."""
    if not evidence.passages:
        return ""
    items = "".join(f"<li>{_found(passage, reports)}</li>" for passage in evidence.passages[:MAX_FOUND])
    return (
        f'<div class="wb-answer wb-found"><p class="wb-understood">找到 {len(evidence.passages)} 段相关原文：</p>'
        f"<ul>{items}</ul></div>"
    )


def _found(passage: Passage, reports: Mapping[str, Report]) -> str:
    report = reports.get(passage.report_id)
    place = [f"《{report.title}》" if report else "", f"第 {passage.page} 页" if passage.page is not None else ""]
    text = " ".join(passage.text[passage.focus_start : passage.focus_end].split())
    cut = f"{text[:MAX_FOUND_CHARACTERS]}……" if len(text) > MAX_FOUND_CHARACTERS else text
    return f'<span class="wb-title">{escape(" ".join(filter(None, place)))}</span> {plain_html(cut)}'


def _unchecked(figure: str) -> str:
    return f'<span class="wb-unchecked" title="{UNCHECKED}">{escape(figure)}</span>'
