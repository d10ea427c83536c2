"""A chunk → the passage a reader needs: its whole table with its title, or the paragraphs around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.language.text import sentence_spans, text_key
from rag.records import Chunk, Passage, Query, Section
from rag.retrieval.relevance import Relevance
from rag.retrieval.rereading import unit_merit, unit_of
from rag.structure.passages import section_to_passage

FOUND_EDGE = 0.03
MAX_TITLE = 60
"""Characters of a line above a table that may be its title."""


@dataclass(frozen=True, slots=True)
class RetrievalLimits:
    """How much is retrieved."""

    passages: int = 8
    max_passage_tokens: int = 1500
    max_prose_tokens: int = 1000


def chunk_to_passage(
    chunk: Chunk,
    section: Section,
    score: float,
    limits: RetrievalLimits,
    count_tokens: Callable[[str], int],
    query: Query,
    relevance: Relevance,
) -> Passage:
    """The passage around a chunk, its focus on the sentence or row that holds most of what is asked."""
    start, end = _grow(chunk, section, limits, count_tokens)
    text = section.text[start:end]
    focus = _focus(text, chunk.start - start, chunk.end - start, chunk, query, relevance)
    return section_to_passage(section, start, end, focus=focus, score=score, table_id=chunk.table_id)


def _grow(
    chunk: Chunk, section: Section, limits: RetrievalLimits, count_tokens: Callable[[str], int]
) -> tuple[int, int]:
    """The whole table of a table slice, the paragraphs around a piece of prose, as far as the budget goes."""
    table = next(((a, b) for _, a, b in section.table_spans if a <= chunk.start and chunk.end <= b), None)
    budget = limits.max_passage_tokens if table else limits.max_prose_tokens
    low, high = (_title_start(table[0], section), table[1]) if table else _prose_bounds(chunk, section)
    if count_tokens(section.text[low:high]) <= budget:
        return low, high
    start, end = chunk.start, chunk.end
    while True:
        before = section.text.rfind("\n", low, start - 1) + 1 if start > low else start
        before = max(before, low)
        after = section.text.find("\n", end, high)
        after = high if after < 0 else after + 1
        grown = False
        if before < start and count_tokens(section.text[before:end]) <= budget:
            start, grown = before, True
        if after > end and count_tokens(section.text[start:after]) <= budget:
            end, grown = after, True
        if not grown:
            return start, end


def _title_start(start: int, section: Section) -> int:
    """Where the line above a table begins, if it may be the table's title; else where the table begins."""
    low = max((b for _, _, b in section.table_spans if b <= start), default=0)
    above = section.text[low:start].rstrip("\n")
    line = above.rpartition("\n")[2]
    return low + len(above) - len(line) if 0 < len(line) <= MAX_TITLE else start


def _prose_bounds(chunk: Chunk, section: Section) -> tuple[int, int]:
    """The prose between the tables that a chunk stands in."""
    low = max((b for _, _, b in section.table_spans if b <= chunk.start), default=0)
    high = min((a for _, a, _ in section.table_spans if a >= chunk.end), default=len(section.text))
    return low, high


def _focus(text: str, start: int, end: int, chunk: Chunk, query: Query, relevance: Relevance) -> tuple[int, int]:
    """The sentence or row that holds most of what is asked; the found piece itself, `start` to `end`, has the edge."""

    spans = sentence_spans(text)
    units = {span: unit_of(text[span[0] : span[1]]) for span in spans}
    above = relevance.shares_in(text_key(chunk.context))
    relevance.read(unit.key for unit in units.values())

    def merit(span: tuple[int, int]) -> float:
        inside = span[1] > start and span[0] < end
        return unit_merit(units[span], chunk, query, relevance, above) + (FOUND_EDGE if inside else 0.0)

    best = max(spans, key=lambda span: (merit(span), -span[0]), default=(start, end))
    stripped = text[best[0] : best[1]]
    lead = len(stripped) - len(stripped.lstrip())
    return best[0] + lead, best[0] + max(len(stripped.rstrip()), lead)
