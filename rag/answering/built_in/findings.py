"""What an answer is chosen or computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.records import Contradiction, Evidence, Figure, Report, Table
from rag.retrieval.relevance import Relevance


@dataclass(frozen=True, slots=True)
class Findings:
    """What retrieval found for a question, read as figures."""

    evidence: Evidence
    figures: Sequence[Figure]
    relevance: Relevance
    ranks: Mapping[str, int]
    reports: Mapping[str, Report]
    tables: Mapping[str, Table]
    contradictions: Sequence[Contradiction] = ()
    """Those kept with the reports."""
