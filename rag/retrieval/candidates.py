"""Query → candidate chunks: the narrowed reports are searched by words and by vectors, and the rankings fused.

Fusion is reciprocal rank fusion (Cormack, Clarke & Büttcher 2009): score = Σ weight / (60 + rank).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.language.text import unique
from rag.records import Chunk, Query

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
REREAD = 120
"""Fused chunks that are read closely."""

_CLAUSE = re.compile(r"[，,；;。？?！!]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
Ranking = Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that a search found, with its shares, 0 to 1, of the best score of each."""

    chunk: Chunk
    fused: float
    lexical: float
    widened: float
    vector: float


def reciprocal_rank_fusion(rankings: Sequence[tuple[Ranking, float]]) -> list[tuple[str, float]]:
    """One ranking from several weighted ones, best first; ties go to the smaller id."""
    scores: dict[str, float] = {}
    for ranking, weight in rankings:
        for rank, (identity, _) in enumerate(ranking, start=1):
            scores[identity] = scores.get(identity, 0.0) + weight / (RRF_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def query_to_candidates(query: Query, index: Index) -> list[Candidate]:
    """The chunks worth a close reading, best first by fusion; of reports of other years only what prints an asked one."""
    own = _search(query, index, query.report_ids)
    if not query.beyond_ids:
        return own
    others = _search(query, index, query.beyond_ids)
    return [*own, *(candidate for candidate in others if printed_years(candidate.chunk) & set(query.years))]


def printed_years(chunk: Chunk) -> frozenset[int]:
    """The years a chunk prints, in its text, its headings or its table's header."""
    return frozenset(map(int, _YEAR.findall(f"{chunk.context.partition(chr(10))[2]}\n{chunk.text}")))


def _search(query: Query, index: Index, report_ids: Collection[str]) -> list[Candidate]:
    question, *expansions = query.terms or (query.standalone,)
    lexical, vector = index.search(question, CANDIDATES, report_ids)
    rankings = [(lexical, LEXICAL_WEIGHT), (vector, VECTOR_WEIGHT)]
    widened: Ranking = ()
    if expansions:
        widened = index.search_words(f"{question} {' '.join(expansions)}", CANDIDATES, report_ids)
        rankings.append((widened, EXPANSION_WEIGHT))
    clauses = [clause for clause in _CLAUSE.split(question) if len(clause.strip()) >= MIN_CLAUSE]
    if len(clauses) > 1:
        of_each = {clause: index.search_words(clause, CANDIDATES, report_ids) for clause in unique(clauses)}
        rankings += [(of_each[clause], CLAUSE_WEIGHT) for clause in clauses]
    fused = reciprocal_rank_fusion(rankings)[:REREAD]
    chunks = index.store.chunks_by_id([identity for identity, _ in fused])
    shares = [_shares(ranking) for ranking in (fused, lexical, widened or lexical, vector)]
    return [
        Candidate(chunks[identity], *(share.get(identity, 0.0) for share in shares))
        for identity, _ in fused
        if identity in chunks
    ]


def _shares(ranking: Ranking) -> dict[str, float]:
    top = max((score for _, score in ranking), default=0.0)
    return {identity: score / top for identity, score in ranking} if top > 0 else {}
