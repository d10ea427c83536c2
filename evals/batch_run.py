"""A question set by way of a batch API: the requests a live run would send, and later their replies, answered and scored
as a live run's are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from evals.batch import Replies, request_line
from evals.cases import Case
from evals.scoring import recall_rank
from evals.summary import Share, share_of
from rag.errors import ModelError

if TYPE_CHECKING:
    from rag.generate import AnswerPrompt

RECORD = "batch.json"
"""What an export leaves in its folder: a fingerprint of every prompt."""
ToPrompt = Callable[[Case], "AnswerPrompt"]
ToBody = Callable[["AnswerPrompt"], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Exported:
    """What is told of one request."""

    case: Case
    tokens: int
    fingerprint: str
    holds_evidence: bool | None
    """Whether all gold evidence stands in the prompt; None where the case has none."""
    is_rewritten: bool
    """Whether the question was completed from the conversation."""


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What is told of a batch file."""

    count: int
    median_tokens: int
    max_tokens: int
    evidence: Share
    rewritten: int


def export_cases(cases: Iterable[Case], to_prompt: ToPrompt, to_body: ToBody) -> Iterator[tuple[str, Exported]]:
    """The request line of each case, in order, with what is told of it."""
    for case in cases:
        prompt = to_prompt(case)
        yield request_line(case.id, to_body(prompt)), _exported(case, prompt)


def _exported(case: Case, prompt: AnswerPrompt) -> Exported:
    text = "\n".join(message.content for message in prompt.messages)
    query = prompt.evidence.query
    return Exported(
        case=case,
        tokens=prompt.tokens,
        fingerprint=fingerprint(prompt),
        holds_evidence=recall_rank(case.evidence, [text]) is not None if case.evidence else None,
        is_rewritten=query.standalone != query.question,
    )


def fingerprint(prompt: AnswerPrompt) -> str:
    """Hash of a prompt's messages: the ids in a reply mean something only beside the very same messages."""
    said = [[message.role, message.content] for message in prompt.messages]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def summarise_export(exported: Sequence[Exported]) -> ExportSummary:
    """Size of the prompts, and how many hold what the answer needs."""
    tokens = [item.tokens for item in exported]
    return ExportSummary(
        count=len(exported),
        median_tokens=int(median(tokens)),
        max_tokens=max(tokens),
        evidence=share_of(item.holds_evidence for item in exported),
        rewritten=sum(item.is_rewritten for item in exported),
    )
