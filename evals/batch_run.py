"""A question set by way of a batch API: the requests a live run would send, and later their replies, answered and scored
as a live run's are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from evals.batch import Replies, request_line
from evals.cases import Case
from evals.run import Ask, Line, ShouldStop, answer_to_line, error_line
from evals.scoring import recall_rank
from evals.summary import Share, share_of
from rag.errors import ModelError, ReplyFormatError

if TYPE_CHECKING:
    from rag.answering.with_model import AnswerPrompt
    from rag.answering.with_model.asked import Given
    from rag.assistant import Assistant
    from rag.ports import ChatModel
    from rag.records import ModelReply

RECORD = "batch.json"
"""What an export leaves in its folder: a fingerprint of every prompt, by question id."""
BUILT_IN_REWRITE = "追问按内置规则补全。"
NOT_AS_EXPORTED = "导出之后报告、题目、设置或程序变了，回复里的编号已对不上：请重新导出"


@dataclass(frozen=True, slots=True)
class Exported:
    """What is told of one request."""

    case: Case
    tokens: int
    fingerprint: str
    holds_evidence: bool | None
    """Whether all gold evidence stands in the prompt; None where the case has none."""
    is_completed: bool
    """Whether the question was completed from the conversation, which in a live run a model may do in other words."""


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What is told of a batch file."""

    count: int
    median_tokens: int
    max_tokens: int
    evidence: Share
    completed: int


def export_cases(assistant: Assistant, model: ChatModel, cases: Iterable[Case]) -> Iterator[tuple[str, Exported]]:
    """The request line of each case, in order, with what is told of it. The model is not called."""
    from rag.answering.with_model import REPLY_SCHEMA

    for case in cases:
        _, prompt = _prepared(assistant, model, case)
        yield request_line(case.id, model.request_body(prompt.messages, REPLY_SCHEMA)), _exported(case, prompt)


def _prepared(assistant: Assistant, model: ChatModel, case: Case) -> tuple[Given, AnswerPrompt]:
    evidence = assistant.retrieve(assistant.understand(case.question, case.history, case.filters))
    given = assistant.given(evidence, case.history)
    return given, assistant.prompt(model, given)


def _exported(case: Case, prompt: AnswerPrompt) -> Exported:
    texts = [passage.text for passage in prompt.passages.values()]
    return Exported(
        case=case,
        tokens=prompt.tokens,
        fingerprint=fingerprint(prompt),
        holds_evidence=recall_rank(case.evidence, texts) is not None if case.evidence else None,
        is_completed=_is_completed(prompt),
    )


def _is_completed(prompt: AnswerPrompt) -> bool:
    query = prompt.evidence.query
    return query.standalone != query.question


def fingerprint(prompt: AnswerPrompt) -> str:
    """Hash of a prompt's messages: the ids in a reply mean something only beside the very same messages."""
    said = [[message.role, message.content] for message in prompt.messages]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def summarise_export(exported: Sequence[Exported]) -> ExportSummary:
    """Size of the prompts, and how many hold what the answer needs."""
    tokens = [item.tokens for item in exported]
    return ExportSummary(
        count=len(exported),
        median_tokens=int(median(tokens)),
        max_tokens=max(tokens),
        evidence=share_of(item.holds_evidence for item in exported),
        completed=sum(item.is_completed for item in exported),
    )


def read_record(folder: Path) -> dict[str, str]:
    """The fingerprints an export left in a folder; empty where it left none that can be read."""
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return {str(identity): str(value) for identity, value in found["fingerprints"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def replies_to_ask(assistant: Assistant, model: ChatModel, replies: Replies, fingerprints: Mapping[str, str]) -> Ask:
    """Asking a case of the replies: what a live run makes of the model's, without asking it again.

    Raises ModelError for a case without a reply, and for one whose prompt is no longer the one exported.
    """

    def ask(case: Case, should_stop: ShouldStop) -> Line:
        if case.id in replies.failures:
            raise ModelError(f"{replies.failures[case.id]}。")
        given, prompt = _prepared(assistant, model, case)
        if fingerprints.get(case.id, fingerprint(prompt)) != fingerprint(prompt):
            raise ModelError(f"{NOT_AS_EXPORTED}。")
        reply = replies.replies[case.id]
        try:
            line = answer_to_line(assistant, assistant.settle(model, reply, prompt, given))
        except ReplyFormatError as error:
            return error_line(case, f"模型的回复不合格式（{error}），离线时不能请模型重写。") | _used(
                assistant, model, reply
            )
        return line | {"notice": line["notice"] + (BUILT_IN_REWRITE if _is_completed(prompt) else "")}

    return ask


def _used(assistant: Assistant, model: ChatModel, reply: ModelReply) -> dict[str, Any]:
    """What a reply that gave no answer has cost all the same."""
    cost = assistant.price(reply.input_tokens, reply.output_tokens)
    usage = {"input_tokens": reply.input_tokens, "output_tokens": reply.output_tokens}
    usage_and_cost = {**usage, "cost": None if cost is None else format(cost, "f"), "first_token_ms": None}
    return {"model": model.alias, "model_returned": reply.model_returned, "usage": usage_and_cost, "timings_ms": {}}
