"""An answer that is still being made, as the page shows it (pure): what was found, and words whose figures are unchecked."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from rag.language.numbers import find_numbers
from rag.presentation.html.elements import element, elements, if_any, lines
from rag.records import Evidence, Passage, Report

MAX_FOUND = 3
MAX_FOUND_CHARACTERS = 120
UNCHECKED = "核对中，还没有和报告对过"


def streaming_html(text: str) -> str:
    """The words so far, every figure in them marked as not yet checked."""
    if not text.strip():
        return ""
    pieces, at = Markup(), 0
    for number in find_numbers(text):
        figure = element("span.wb-unchecked", text[number.start : number.end], title=UNCHECKED)
        pieces += lines(text[at : number.start]) + figure
        at = number.end
    note = if_any("p.wb-foot", f"灰色虚线的数字{UNCHECKED}" if pieces else "")
    return element("div.wb-answer.wb-streaming", element("div.wb-text", element("p", pieces, lines(text[at:]))), note)


def found_html(evidence: Evidence, reports: Mapping[str, Report]) -> str:
    """The best passages found, each with its place, so that there is something to read before the answer."""
    if not evidence.passages:
        return ""
    items = elements("li", (_found(passage, reports) for passage in evidence.passages[:MAX_FOUND]))
    head = element("p.wb-understood", f"找到 {len(evidence.passages)} 段相关原文：")
    return element("div.wb-answer.wb-found", head, element("ul", items))


def _found(passage: Passage, reports: Mapping[str, Report]) -> Markup:
    report = reports.get(passage.report_id)
    place = [f"《{report.title}》" if report else "", f"第 {passage.page} 页" if passage.page is not None else ""]
    text = " ".join(passage.text[passage.focus_start : passage.focus_end].split())
    cut = f"{text[:MAX_FOUND_CHARACTERS]}……" if len(text) > MAX_FOUND_CHARACTERS else text
    return element("span.wb-title", " ".join(filter(None, place))) + " " + cut
