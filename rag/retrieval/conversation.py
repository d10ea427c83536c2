"""What the last answer of a conversation cited, offered again to a question that leans on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rag.records import Evidence, Passage, Section, Turn
from rag.structure.passages import section_to_passage

MAX_EARLIER = 3
_ID = re.compile(r"(?P<section>.+):(?P<start>\d{1,9})-(?P<end>\d{1,9})")
SectionsById = Callable[[Sequence[str]], Mapping[str, Section]]


def with_earlier(evidence: Evidence, history: Sequence[Turn], sections_by_id: SectionsById) -> Evidence:
    """The evidence with the passages the last answer cited behind its own, where the question leans on that answer.

    Passages of reports that are not searched, that are gone, or that stand in the evidence already are left out.
    """
    cited = next((turn.passages for turn in reversed(history) if turn.role == "assistant"), ())
    if not cited or evidence.query.standalone == evidence.query.question:
        return evidence
    matches = [match for identity in cited if (match := _ID.fullmatch(identity))]
    sections = sections_by_id(sorted({match["section"] for match in matches}))
    again: list[Passage] = []
    for match in matches:
        section = sections.get(match["section"])
        passage = _passage(section, int(match["start"]), int(match["end"])) if section else None
        is_searched = passage is not None and passage.report_id in evidence.query.report_ids
        if passage and is_searched and not _covered(passage, [*evidence.passages, *again]):
            again.append(passage)
    return replace(evidence, passages=(*evidence.passages, *again[:MAX_EARLIER]))


def _passage(section: Section, start: int, end: int) -> Passage | None:
    text = section.text[start:end]
    if not text:
        return None
    table = next((identity for identity, a, b in section.table_spans if a <= start and end <= b), None)
    return section_to_passage(section, start, end, table_id=table)


def _covered(passage: Passage, others: Sequence[Passage]) -> bool:
    return any(o.section_id == passage.section_id and o.start <= passage.start and passage.end <= o.end for o in others)
