"""Query → Evidence: the narrowed reports are searched twice (words, vectors), fused, and grown to what a reader needs.

Fusion is reciprocal rank fusion (Cormack, Clarke & Büttcher 2009): score = Σ weight / (60 + rank).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.chunks import page_at
from rag.records import Chunk, Evidence, PageMark, Passage, Query, Section
from rag.text import search_terms, sentence_spans

if TYPE_CHECKING:
    from rag.index import Index

RRF_CONSTANT = 60
LEXICAL_WEIGHT = 0.7
VECTOR_WEIGHT = 0.3
CANDIDATES = 60
"""Chunks taken from each of the two searches before fusion."""
EXPANSION_WEIGHT = 0.35
"""What a printed name brought in by the indicator table counts beside the asker's own words."""

Ranking = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class RetrievalLimits:
    """How much is retrieved."""

    passages: int = 8
    max_passage_tokens: int = 1500
    max_prose_tokens: int = 700


def reciprocal_rank_fusion(rankings: Sequence[tuple[Ranking, float]]) -> list[tuple[str, float]]:
    """One ranking from several weighted ones, best first; ties go to the smaller id."""
    scores: dict[str, float] = {}
    for ranking, weight in rankings:
        for rank, (identity, _) in enumerate(ranking, start=1):
            scores[identity] = scores.get(identity, 0.0) + weight / (RRF_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def query_to_evidence(
    query: Query, index: Index, limits: RetrievalLimits, count_tokens: Callable[[str], int]
) -> Evidence:
    """The best passages of the query's reports, each grown to its table or paragraph, best first."""
    if not query.report_ids:
        return Evidence(query, ())
    fused = _fuse(query, index)
    chunks = index.store.chunks_by_id([identity for identity, _ in fused])
    sections = index.store.sections_by_id(sorted({chunk.section_id for chunk in chunks.values()}))
    weights = term_weights(query, [chunk.text for chunk in chunks.values()])
    passages: list[Passage] = []
    for identity, score in fused:
        chunk = chunks.get(identity)
        if chunk is None or chunk.section_id not in sections or _covered(chunk, passages):
            continue
        passages.append(_passage(chunk, sections[chunk.section_id], score, limits, count_tokens, weights))
        if len(passages) == limits.passages:
            break
    return Evidence(query, tuple(passages))


def _fuse(query: Query, index: Index) -> list[tuple[str, float]]:
    question, *expansions = query.terms or (query.standalone,)
    lexical, vector = index.search(question, CANDIDATES, query.report_ids)
    rankings = [(lexical, LEXICAL_WEIGHT), (vector, VECTOR_WEIGHT)]
    if expansions:
        widened, _ = index.search(f"{question} {' '.join(expansions)}", CANDIDATES, query.report_ids)
        rankings.append((widened, EXPANSION_WEIGHT))
    return reciprocal_rank_fusion(rankings)


def term_weights(query: Query, texts: Sequence[str]) -> dict[str, float]:
    """Weight of each search term: rare among the retrieved texts is heavy; names from the table count less."""
    question, *expansions = query.terms or (query.standalone,)
    weights = dict.fromkeys(search_terms(question), 1.0)
    for term in search_terms(" ".join(expansions)):
        weights.setdefault(term, EXPANSION_WEIGHT)
    documents = Counter(term for text in texts for term in set(search_terms(text)))
    return {term: weight * math.log(1 + (len(texts) + 1) / (documents[term] + 1)) for term, weight in weights.items()}


def text_score(text: str, weights: Mapping[str, float]) -> float:
    """Summed weight of the query's terms that stand in a text."""
    return sum(weights.get(term, 0.0) for term in set(search_terms(text)))


def _covered(chunk: Chunk, passages: Sequence[Passage]) -> bool:
    return any(p.section_id == chunk.section_id and p.start <= chunk.start and chunk.end <= p.end for p in passages)


def _passage(
    chunk: Chunk,
    section: Section,
    score: float,
    limits: RetrievalLimits,
    count_tokens: Callable[[str], int],
    weights: Mapping[str, float],
) -> Passage:
    start, end = _grow(chunk, section, limits, count_tokens)
    text = section.text[start:end]
    focus = _focus(text, chunk.start - start, chunk.end - start, weights)
    mark = page_at(section.page_marks, start + focus[0])
    return Passage(
        id=f"{chunk.section_id}:{start}-{end}",
        report_id=chunk.report_id,
        section_id=section.id,
        path=section.path,
        start=start,
        end=end,
        text=text,
        focus_start=focus[0],
        focus_end=focus[1],
        page=mark.page,
        page_label=mark.label,
        score=score,
        table_id=chunk.table_id,
        pages=_marks_within(section, start, end),
    )


def _marks_within(section: Section, start: int, end: int) -> tuple[PageMark, ...]:
    inside = [replace(mark, start=mark.start - start) for mark in section.page_marks if start < mark.start < end]
    return (replace(page_at(section.page_marks, start), start=0), *inside)


def _grow(
    chunk: Chunk, section: Section, limits: RetrievalLimits, count_tokens: Callable[[str], int]
) -> tuple[int, int]:
    """The whole table of a table slice, the paragraphs around a piece of prose, as far as the budget goes."""
    table = next(((a, b) for _, a, b in section.table_spans if a <= chunk.start and chunk.end <= b), None)
    budget = limits.max_passage_tokens if table else limits.max_prose_tokens
    low, high = table or _prose_bounds(chunk, section)
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


def _prose_bounds(chunk: Chunk, section: Section) -> tuple[int, int]:
    """The prose between the tables that a chunk stands in."""
    low = max((b for _, _, b in section.table_spans if b <= chunk.start), default=0)
    high = min((a for _, a, _ in section.table_spans if a >= chunk.end), default=len(section.text))
    return low, high


def _focus(text: str, start: int, end: int, weights: Mapping[str, float]) -> tuple[int, int]:
    """The sentence or row between two offsets that holds most of what is asked."""
    spans = [(a, b) for a, b in sentence_spans(text) if b > start and a < end]
    best = max(spans, key=lambda span: (text_score(text[span[0] : span[1]], weights), -span[0]), default=(start, end))
    stripped = text[best[0] : best[1]]
    lead = len(stripped) - len(stripped.lstrip())
    return best[0] + lead, best[0] + max(len(stripped.rstrip()), lead)
