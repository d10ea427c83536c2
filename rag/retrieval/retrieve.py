"""Query → Evidence: the narrowed reports are searched twice (words, vectors), fused, and grown to what a reader needs.

Fusion is reciprocal rank fusion (Cormack, Clarke & Büttcher 2009): score = Σ weight / (60 + rank).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from rag.domain.short_names import abbreviates
from rag.language.text import sentence_spans, text_key
from rag.question.leading_name import leading_name
from rag.records import Chunk, Evidence, Passage, Query, Section
from rag.retrieval.relevance import CONTEXT, TABLE_CONTEXT, Relevance, query_to_relevance
from rag.structure.passages import section_to_passage

if TYPE_CHECKING:
    from rag.index.index import Index

RRF_CONSTANT = 60
LEXICAL_WEIGHT = 0.7
VECTOR_WEIGHT = 0.3
CANDIDATES = 60
"""Chunks taken from each of the two searches before fusion."""
EXPANSION_WEIGHT = 0.35
"""Weight of the search widened by the printed names of the indicator table."""
CLAUSE_WEIGHT = 0.3
"""Weight of a search for one clause of a question that has several."""
MIN_CLAUSE = 4
OPERAND_PASSAGES = 2
"""Passages looked at for each figure that has to be computed with."""
RERANKED = 120
"""Fused chunks that are read closely."""
FUSED_SHARE, SENTENCE_SHARE, CHUNK_SHARE = 0.5, 0.4, 0.1
WITHOUT_FIGURE = 0.8
NAMED_ROW, RANKED_TABLE = 0.15, 0.15
"""What a table row gains when the question names its label, and when it asks for the most, the least or the order."""
FOUND_EDGE = 0.03

_CLAUSE = re.compile(r"[，,；;。？?！!]")
_RANK = re.compile(r"排第|第[一二三]|最[多高大低少小]|排名|名列|前[三五十]")
_DIGIT = re.compile(r"\d|[一二两三四五六七八九十百千]")
Ranking = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class RetrievalLimits:
    """How much is retrieved."""

    passages: int = 8
    max_passage_tokens: int = 1500
    max_prose_tokens: int = 1000


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
    """The best passages of the query's reports, each grown to its table or paragraph, best first.

    Of a query with parts the best of each part come first, then the second of each, and so on.
    """
    query = _with_stranger(query, index)
    if query.parts:
        parts = [query_to_evidence(part, index, limits, count_tokens) for part in query.parts]
        return with_figures(_of_parts(query, parts), index)
    if not query.report_ids:
        return Evidence(query, ())
    passages, relevance = _find(query, index, limits, count_tokens)
    for phrase in query.operands:
        asked = replace(query, standalone=phrase, focus=phrase, carried="", terms=(phrase,))
        found, _ = _find(asked, index, replace(limits, passages=OPERAND_PASSAGES), count_tokens)
        passages += [passage for passage in found if not _stands_in(passage, passages)]
    return with_figures(Evidence(query, tuple(passages), tuple(sorted(relevance.weights.items()))), index)


def _with_stranger(query: Query, index: Index) -> Query:
    """The query, with the name it opens with among the unknown ones where no report has it."""
    name = leading_name(query.standalone) if not (query.colleges or query.unknown_colleges) else ""
    if not name or index.holds(name) or any(abbreviates(name, report.college) for report in index.store.reports()):
        return query
    return replace(query, unknown_colleges=(name,))


def with_figures(evidence: Evidence, index: Index) -> Evidence:
    """The evidence with the figures of its passages, as they were understood when their reports were read."""
    return replace(evidence, figures=index.store.passage_figures(evidence.passages))


def _find(
    query: Query, index: Index, limits: RetrievalLimits, count_tokens: Callable[[str], int]
) -> tuple[list[Passage], Relevance]:
    """The best passages for one search, best first, and the weights of its words."""
    fused = _fuse(query, index)[:RERANKED]
    chunks = index.store.chunks_by_id([identity for identity, _ in fused])
    sections = index.store.sections_by_id(sorted({chunk.section_id for chunk in chunks.values()}))
    relevance = query_to_relevance(query, [chunk.embedded_text for chunk in chunks.values()])
    ranked = _rerank([(chunks[identity], score) for identity, score in fused if identity in chunks], query, relevance)
    passages: list[Passage] = []
    for chunk, score in ranked:
        if chunk.section_id not in sections or _covered(chunk, passages):
            continue
        passages.append(_passage(chunk, sections[chunk.section_id], score, limits, count_tokens, query, relevance))
        if len(passages) == limits.passages:
            break
    return passages, relevance


def _of_parts(query: Query, parts: Sequence[Evidence]) -> Evidence:
    passages = {p.id: p for rank in zip_longest(*(part.passages for part in parts)) for p in rank if p is not None}
    weights = {word: weight for part in parts for word, weight in part.word_weights}
    return Evidence(query, tuple(passages.values()), tuple(sorted(weights.items())), tuple(parts))


def _fuse(query: Query, index: Index) -> list[tuple[str, float]]:
    question, *expansions = query.terms or (query.standalone,)
    lexical, vector = index.search(question, CANDIDATES, query.report_ids)
    rankings = [(lexical, LEXICAL_WEIGHT), (vector, VECTOR_WEIGHT)]
    if expansions:
        widened, _ = index.search(f"{question} {' '.join(expansions)}", CANDIDATES, query.report_ids)
        rankings.append((widened, EXPANSION_WEIGHT))
    clauses = [clause for clause in _CLAUSE.split(question) if len(clause.strip()) >= MIN_CLAUSE]
    for clause in clauses if len(clauses) > 1 else ():
        rankings.append((index.search(clause, CANDIDATES, query.report_ids)[0], CLAUSE_WEIGHT))
    return reciprocal_rank_fusion(rankings)


def _rerank(scored: Sequence[tuple[Chunk, float]], query: Query, relevance: Relevance) -> list[tuple[Chunk, float]]:
    """Chunks by fused rank and by how much of the question their best sentence or row covers, best first."""
    top = max((score for _, score in scored), default=0.0) or 1.0

    def score_of(chunk: Chunk, fused: float) -> float:
        best = max(
            (_unit_score(chunk.text[a:b], chunk, query, relevance) for a, b in sentence_spans(chunk.text)),
            default=0.0,
        )
        whole = relevance.coverage(chunk.text, chunk.context, _context_share(chunk))
        return FUSED_SHARE * fused / top + SENTENCE_SHARE * best + CHUNK_SHARE * whole

    rescored = [(chunk, score_of(chunk, fused)) for chunk, fused in scored]
    return sorted(rescored, key=lambda item: (-item[1], item[0].ordinal, item[0].id))


def _context_share(chunk: Chunk) -> float:
    return TABLE_CONTEXT if chunk.table_id else CONTEXT


def _unit_score(text: str, chunk: Chunk, query: Query, relevance: Relevance) -> float:
    """Coverage by one sentence or row; where a figure is asked for, one without a digit answers less.

    A row whose own label the question names is the row asked for; a question of rank is answered by a table.
    """
    score = relevance.coverage(text, chunk.context, _context_share(chunk))
    if query.wants_number and not _DIGIT.search(text):
        return score * WITHOUT_FIGURE
    if chunk.table_id is None:
        return score
    asked = text_key(query.focus)
    named = any(len(cell) > 1 and not cell[0].isdigit() and cell in asked for cell in text_key_cells(text))
    return score + (NAMED_ROW if named else 0.0) + (RANKED_TABLE if _RANK.search(query.focus) else 0.0)


def text_key_cells(text: str) -> list[str]:
    """Matching keys of a row's cells."""
    return [text_key(cell) for cell in text.split("\t") if cell.strip()]


def _covered(chunk: Chunk, passages: Sequence[Passage]) -> bool:
    return any(p.section_id == chunk.section_id and p.start <= chunk.start and chunk.end <= p.end for p in passages)


def _stands_in(passage: Passage, others: Sequence[Passage]) -> bool:
    return any(o.section_id == passage.section_id and o.start < passage.end and passage.start < o.end for o in others)


def _passage(
    chunk: Chunk,
    section: Section,
    score: float,
    limits: RetrievalLimits,
    count_tokens: Callable[[str], int],
    query: Query,
    relevance: Relevance,
) -> Passage:
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


def _focus(text: str, start: int, end: int, chunk: Chunk, query: Query, relevance: Relevance) -> tuple[int, int]:
    """The sentence or row that holds most of what is asked; the found piece itself, `start` to `end`, has the edge."""

    def merit(span: tuple[int, int]) -> float:
        inside = span[1] > start and span[0] < end
        return _unit_score(text[span[0] : span[1]], chunk, query, relevance) + (FOUND_EDGE if inside else 0.0)

    best = max(sentence_spans(text), key=lambda span: (merit(span), -span[0]), default=(start, end))
    stripped = text[best[0] : best[1]]
    lead = len(stripped) - len(stripped.lstrip())
    return best[0] + lead, best[0] + max(len(stripped.rstrip()), lead)
