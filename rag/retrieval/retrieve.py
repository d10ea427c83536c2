"""Query → Evidence: the best candidates of the narrowed reports, read closely and grown to what a reader needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from rag.domain.short_names import abbreviates
from rag.question.leading_name import leading_name
from rag.question.operation import asked_group
from rag.records import Chunk, Evidence, Operation, Passage, Query
from rag.retrieval.candidates import query_to_candidates
from rag.retrieval.growing import RetrievalLimits, chunk_to_passage
from rag.retrieval.relevance import Relevance, query_to_relevance
from rag.retrieval.rereading import reread

if TYPE_CHECKING:
    from rag.index.index import Index

WHOLE_TABLE = 4
"""How many times as long a passage may be where a table is put in order: what is left out of it might come first."""
MAX_ORDERED = 2
"""Tables of the rows that a question puts in order that come among the first passages."""
OPERAND_PASSAGES = 2
"""Passages looked at for each figure that has to be computed with."""


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
    if not (query.report_ids or query.beyond_ids):
        return Evidence(query, ())
    if query.operation is Operation.RANK:
        limits = replace(limits, max_passage_tokens=WHOLE_TABLE * limits.max_passage_tokens)
    passages, relevance = _find(query, index, limits, count_tokens)
    for phrase in query.operands if all(query.operands) else ():
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
    candidates = query_to_candidates(query, index)
    sections = index.store.sections_by_id(sorted({c.chunk.section_id for c in candidates}))
    relevance = query_to_relevance(query, [candidate.chunk.embedded_text for candidate in candidates])
    reports = {report.id: report for report in index.store.reports()}
    ranked = reread(candidates, query, relevance, reports)
    passages: list[Passage] = []
    for chunk, score in _to_be_ordered(ranked, query):
        if chunk.section_id not in sections or _covered(chunk, passages):
            continue
        passages.append(
            chunk_to_passage(chunk, sections[chunk.section_id], score, limits, count_tokens, query, relevance)
        )
        if len(passages) == limits.passages:
            break
    return passages, relevance


def _to_be_ordered(ranked: Sequence[tuple[Chunk, float]], query: Query) -> Sequence[tuple[Chunk, float]]:
    """The chunks as ranked; where a question puts rows in order, tables of such rows among the first."""
    noun = asked_group(query.focus) if query.operation is Operation.RANK else ""
    if not noun:
        return ranked
    fitting = [one for one in ranked if one[0].table_id and noun in one[0].embedded_text][:MAX_ORDERED]
    return [
        *ranked[:1],
        *(one for one in fitting if one not in ranked[:1]),
        *(o for o in ranked[1:] if o not in fitting),
    ]


def _of_parts(query: Query, parts: Sequence[Evidence]) -> Evidence:
    passages = {p.id: p for rank in zip_longest(*(part.passages for part in parts)) for p in rank if p is not None}
    weights = {word: weight for part in parts for word, weight in part.word_weights}
    return Evidence(query, tuple(passages.values()), tuple(sorted(weights.items())), tuple(parts))


def _covered(chunk: Chunk, passages: Sequence[Passage]) -> bool:
    return any(p.section_id == chunk.section_id and p.start <= chunk.start and chunk.end <= p.end for p in passages)


def _stands_in(passage: Passage, others: Sequence[Passage]) -> bool:
    return any(o.section_id == passage.section_id and o.start < passage.end and passage.start < o.end for o in others)
