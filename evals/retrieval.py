"""Retrieval on its own: is the gold evidence inside the first k passages, how high, and on the right page?"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evals.cases import TYPES, Case
from evals.scoring import recall_rank
from evals.summary import percentile, share_of
from rag.language.text import matching_key

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.records import Passage

CUTOFFS = (1, 4, 8, 20)
DEPTH = max(CUTOFFS)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where the evidence of one case was found."""

    case: Case
    rank: int | None
    """How many passages it takes, from the first, to hold all evidence; None where the first 20 do not."""
    page_correct: bool | None
    """Whether the first holder of each piece names a gold page; None where that cannot be told."""
    milliseconds: float


def rank_cases(assistant: Assistant, cases: Sequence[Case]) -> tuple[Ranked, ...]:
    """The cases that have evidence, each searched for; the assistant must retrieve 20 passages."""
    return tuple(_rank(assistant, case) for case in cases if case.evidence)


def _rank(assistant: Assistant, case: Case) -> Ranked:
    started = time.perf_counter()
    passages = assistant.retrieve(assistant.understand(case.question, case.history, case.filters)).passages
    milliseconds = (time.perf_counter() - started) * 1000
    rank = recall_rank(case.evidence, [passage.text for passage in passages])
    return Ranked(case, rank, _page_correct(case, passages), milliseconds)


def _page_correct(case: Case, passages: Sequence[Passage]) -> bool | None:
    firsts = [
        next((p for p in passages if matching_key(quote) in matching_key(p.text)), None) for quote in case.evidence
    ]
    known = [(p.page, pages) for p in firsts if p and p.page is not None and (pages := case.gold_pages(p.report_id))]
    return all(page in pages for page, pages in known) if known else None


def retrieval_to_json(ranked: Sequence[Ranked], manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The object kept in `retrieval.json`: overall, by type, and each question."""
    groups = {kind: [item for item in ranked if item.case.type == kind] for kind in TYPES}
    return {
        **manifest,
        "overall": _figures(ranked),
        "by_type": {kind: _figures(group) for kind, group in groups.items() if group},
        "items": [
            {"id": item.case.id, "type": item.case.type, "rank": item.rank, "page_correct": item.page_correct}
            for item in ranked
        ],
    }


def _figures(ranked: Sequence[Ranked]) -> dict[str, Any]:
    times = [item.milliseconds for item in ranked]
    return {
        "n": len(ranked),
        "recall": {
            str(k): share_of(item.rank is not None and item.rank <= k for item in ranked).to_json() for k in CUTOFFS
        },
        "mrr": round(sum(1 / item.rank for item in ranked if item.rank) / len(ranked), 4) if ranked else None,
        "page_correct": share_of(item.page_correct for item in ranked).to_json(),
        "latency_ms": {"p50": percentile(times, 50), "p95": percentile(times, 95)},
    }
