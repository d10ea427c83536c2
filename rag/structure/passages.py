"""Pieces of a section as passages: the one place where a passage takes pages and what was recognised from its section."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace

from rag.records import Citation, Origin, PageMark, Passage, RecognisedSpan, Section


def page_at(marks: Sequence[PageMark], offset: int) -> PageMark:
    """The page mark in force at an offset of a section's text."""
    if not marks:
        return PageMark(0, None, None)
    return marks[max(0, bisect_right(marks, offset, key=lambda mark: mark.start) - 1)]


def section_to_passage(
    section: Section,
    start: int,
    end: int,
    *,
    focus: tuple[int, int] | None = None,
    score: float = 0.0,
    table_id: str | None = None,
) -> Passage:
    """The passage `section.text[start:end]`. `focus` is a span in it, all of it where none is given."""
    low, high = focus or (0, end - start)
    mark = page_at(section.page_marks, start + low)
    return Passage(
        id=f"{section.id}:{start}-{end}",
        report_id=section.report_id,
        section_id=section.id,
        path=section.path,
        start=start,
        end=end,
        text=section.text[start:end],
        focus_start=low,
        focus_end=high,
        page=mark.page,
        page_label=mark.label,
        score=score,
        table_id=table_id,
        pages=_marks_within(section, start, end),
        recognised=recognised_within(section.recognised, start, end),
    )


def _marks_within(section: Section, start: int, end: int) -> tuple[PageMark, ...]:
    marks = section.page_marks
    first = bisect_right(marks, start, key=lambda mark: mark.start)
    behind = bisect_left(marks, end, key=lambda mark: mark.start)
    inside = (replace(mark, start=mark.start - start) for mark in marks[first:behind])
    return (replace(page_at(marks, start), start=0), *inside)


def recognised_within(spans: Sequence[RecognisedSpan], start: int, end: int) -> tuple[RecognisedSpan, ...]:
    """What of a text's recognised spans lies in `text[start:end]`, counted from `start`."""
    first = bisect_right(spans, start, key=lambda span: span.end)
    behind = bisect_left(spans, end, key=lambda span: span.start)
    return tuple(
        RecognisedSpan(max(span.start, start) - start, min(span.end, end) - start, span.score)
        for span in spans[first:behind]
    )


def citation_origin(citation: Citation) -> tuple[Origin, float]:
    """`origin_of` the quote of a citation."""
    return origin_of(citation.passage, citation.quote_start, citation.quote_end)


def origin_of(passage: Passage, start: int, end: int) -> tuple[Origin, float]:
    """Whether any of `passage.text[start:end]` was recognised from a picture, and how sure its least sure part is."""
    scores = [span.score for span in recognised_within(passage.recognised, start, end)]
    return (Origin.RECOGNISED, min(scores)) if scores else (Origin.PRINTED, 1.0)
