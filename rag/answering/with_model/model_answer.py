"""Evidence → an answer behind the gate: the model's, mended once where it failed, or else the built-in one.

What a reader gets never depends on the model behaving: a reply that cannot be read, that fails, stops or proves
nothing is replaced by the built-in answer, and `notice` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from rag.answering.built_in import evidence_to_draft, evidence_to_refusal
from rag.answering.with_model import (
    MAX_REPLY_CHARACTERS,
    REPLY_SCHEMA,
    AnswerPrompt,
    evidence_to_prompt,
    partial_reply,
    prompt_budget,
    reply_to_draft,
    visible_answer,
)
from rag.answering.with_model.asked import Answered, Calls, Given, OnStage, OnText, ShouldStop
from rag.answering.with_model.prompts import REPAIR, load_prompt, render_prompt
from rag.answering.with_model.replies import text_to_reply
from rag.answering.with_model.searching import MAX_ROUNDS, with_found
from rag.errors import IncompleteReplyError, ModelError, ReplyFormatError
from rag.gate.verify import Gated, draft_to_gated
from rag.ports import ChatModel
from rag.records import (
    AnswerStatus,
    ComputedRef,
    Draft,
    FigureRef,
    Message,
)

RETRIEVE, ANSWER, VERIFY = "retrieve", "answer", "verify"
"""Stages of an answer."""
STOPPED = "stopped"
BUILT_IN_INSTEAD = "这里给出的是内置的摘录式回答。"
NOT_ASKED_AGAIN = "离线的回复，没有请模型改正。"
MAX_TOLD_BACK = 1_000
"""Characters of a reply that its repair is shown."""
MAX_PROBLEMS = 10
MIN_WRITTEN = 3
"""Figures from which on an answer without bold is a piece that was asked to be written."""
SHOWN_STEPS = 50
"""A growing answer is shown again once this part of it is new."""


def answer_built_in(given: Given, on_stage: OnStage = lambda stage: None, notice: str = "") -> Answered:
    """The answer without a model; a refusal where what it would have said of the thing asked is not proved."""
    draft = evidence_to_draft(given.evidence, given.reports, given.tables, given.contradictions)
    on_stage(VERIFY)
    gated = gate_draft(draft, given)
    if gated.is_maimed:
        draft = evidence_to_refusal(given.evidence, given.reports)
        gated = gate_draft(draft, given)
    return Answered(replace(draft, notice=notice), gated)


def gate_draft(draft: Draft, given: Given) -> Gated:
    """What the gate leaves of a draft made from what was given."""
    evidence = given.evidence
    return draft_to_gated(
        draft, given.tables, given.reports, stored=evidence.figures, question=evidence.query.standalone
    )


def given_to_prompt(given: Given, model: ChatModel, count_tokens: Callable[[str], int]) -> AnswerPrompt:
    """What the model is asked, live or in a batch."""
    budget = prompt_budget(model)
    return evidence_to_prompt(
        given.evidence, given.reports, given.tables, given.history, budget, count_tokens, given.contradictions
    )


def answer_with_model(
    calls: Calls,
    given: Given,
    count_tokens: Callable[[str], int],
    on_text: OnText = lambda text: None,
    should_stop: ShouldStop = lambda: False,
    on_stage: OnStage = lambda stage: None,
) -> Answered:
    """The model's answer where it is proved, else the built-in one. `on_text` is given the readable answer so far."""
    prompt = given_to_prompt(given, calls.model, count_tokens)
    asking = _Asking(calls, given, prompt, count_tokens, on_text, should_stop, on_stage)
    answered = asking.run()
    if asking.searched:
        told = f"模型另外查找了：{'、'.join(asking.searched)}。"
        answered = replace(answered, draft=replace(answered.draft, notice=answered.draft.notice + told))
        answered = replace(answered, evidence=asking.given.evidence)
    draft = replace(
        answered.draft,
        input_tokens=calls.input_tokens,
        output_tokens=calls.output_tokens,
        first_token_ms=calls.first_token_ms,
        model_returned=calls.model_returned,
    )
    return replace(answered, draft=draft)


def reply_to_answered(text: str, prompt: AnswerPrompt, given: Given, alias: str) -> Answered:
    """The answer one reply makes, with no second asking; its notice says where there would have been one.

    Raises ReplyFormatError where the reply cannot be read.
    """
    drafted = _drafted(text, prompt, given, alias)
    answered = _settled(drafted, given, "", alias)
    if not _problems(drafted):
        return answered
    return replace(answered, draft=replace(answered.draft, notice=answered.draft.notice + NOT_ASKED_AGAIN))


@dataclass(slots=True)
class _Asking:
    """One question put to a model: asked, mended once where it cannot be read, once where it is not proved."""

    calls: Calls
    given: Given
    prompt: AnswerPrompt
    count_tokens: Callable[[str], int]
    on_text: OnText
    should_stop: ShouldStop
    on_stage: OnStage
    _shown: int = 0
    """Characters of the reply that were shown."""
    searched: list[str] = field(default_factory=list)
    """What the model asked to be looked for."""
    _rounds: int = 0

    def run(self) -> Answered:
        alias = self.calls.model.alias
        messages = self.prompt.messages
        best: Answered | None = None
        failure = ""
        mended: set[bool] = set()
        while True:
            try:
                reply = self.calls.reply(messages, REPLY_SCHEMA, self._show, self.should_stop)
            except IncompleteReplyError as error:
                return best or self._salvaged(error.partial, str(error))
            except ModelError as error:
                failure = failure or f"模型没有给出回答：{error}"
                break
            if reply.finish_reason == STOPPED:
                flooded = len(reply.text) > MAX_REPLY_CHARACTERS
                return best or self._salvaged(reply.text, "模型的输出过长。" if flooded else "已停止。")
            if not mended and not self.should_stop() and self._looked_again(reply.text):
                messages = self.prompt.messages
                self.on_stage(ANSWER)
                continue
            self.on_stage(VERIFY)
            try:
                answered = _drafted(reply.text, self.prompt, self.given, alias)
                best = answered if best is None or _merit(answered) > _merit(best) else best
                problems = _problems(answered)
            except ReplyFormatError as error:
                answered, problems = None, [f"{error}。"]
                failure = failure or f"模型的输出不合格式（{error}）。"
            if not problems or (answered is None) in mended or self.should_stop():
                break
            mended.add(answered is None)
            messages = (*self.prompt.messages, *_repair(reply.text, problems))
            self.on_stage(ANSWER)
        return _settled(best, self.given, failure, alias)

    def _looked_again(self, text: str) -> bool:
        """Whether a reply asked for more and more was found, so that the model is asked anew with it."""
        if self.given.search is None or self._rounds >= MAX_ROUNDS:
            return False
        try:
            asked = [words for words in text_to_reply(text).search if words not in self.searched]
        except ReplyFormatError:
            return False
        if not asked:
            return False
        self._rounds += 1
        self.searched += asked
        self.on_stage(RETRIEVE)
        found, tables = with_found(self.given.evidence, asked, self.prompt, self.given.search)
        if found is self.given.evidence:
            return False
        self.given = replace(self.given, evidence=found, tables=tables)
        self.prompt = given_to_prompt(self.given, self.calls.model, self.count_tokens)
        return True

    def _show(self, text: str) -> None:
        # Each showing reads the whole text again: the longer it is, the more must be new.
        if len(text) < self._shown:
            self._shown = 0
        if len(text) - self._shown >= len(text) // SHOWN_STEPS:
            self._shown = len(text)
            # what was shown of a first reply stays until there is something of the next
            if visible := visible_answer(text, self.prompt):
                self.on_text(visible)

    def _salvaged(self, text: str, reason: str) -> Answered:
        """What came of a reply that was cut short, where its figures are proved; it says that it is not whole."""
        self.on_stage(VERIFY)
        alias = self.calls.model.alias
        partial = partial_reply(text)
        if partial:
            answered = _drafted(partial, self.prompt, self.given, alias)
            if _is_proved(answered) and not _problems(answered):
                draft = replace(answered.draft, notice=f"回答不完整：{reason}")
                return Answered(draft, replace(answered.gated, text=f"{answered.gated.text}（回答不完整）"))
        return answer_built_in(self.given, notice=f"模型的回答不完整：{reason}{BUILT_IN_INSTEAD}")


def _drafted(text: str, prompt: AnswerPrompt, given: Given, alias: str) -> Answered:
    draft = replace(reply_to_draft(text, prompt), model=alias)
    question = prompt.evidence.query.standalone
    gated = draft_to_gated(
        draft,
        given.tables,
        given.reports,
        stored=given.evidence.figures,
        rivals=prompt.printed,
        question=question,
        passages=tuple(prompt.passages.values()),
        is_typed=True,
    )
    answered = Answered(draft, gated)
    proved = {figure.id for figure in answered.gated.figures if not figure.caution}
    kept = tuple(conflict for conflict in answered.draft.conflicts if proved.issuperset(conflict.figures))
    return replace(answered, draft=replace(answered.draft, conflicts=kept))


def _settled(best: Answered | None, given: Given, failure: str, alias: str) -> Answered:
    """The best answer where something in it is proved, else the built-in one; what was left out is said."""
    if best is None:
        return answer_built_in(given, notice=f"{failure}{BUILT_IN_INSTEAD}")
    if not _is_proved(best):
        return answer_built_in(given, notice=f"模型（{alias}）的回答没有通过核对。{BUILT_IN_INSTEAD}")
    left_out = len(best.gated.unsupported)
    notice = best.draft.notice + (f"模型的回答里有 {left_out} 个数字未能核实，已经去掉。" if left_out else "")
    return replace(best, draft=replace(best.draft, notice=notice))


def _is_proved(answered: Answered) -> bool:
    """Whether an answer still has a proved figure or a cited name in bold, or as a written piece several figures, as a
    table two; a refusal needs none."""
    if answered.draft.status is not AnswerStatus.ANSWERED:
        return True
    segments = answered.gated.segments
    placed = sum(isinstance(segment, FigureRef | ComputedRef) for segment in segments)
    is_written = placed >= MIN_WRITTEN or (placed > 1 and "\n|" in answered.gated.text)
    return is_written or any(getattr(segment, "is_answer", False) for segment in segments)


def _merit(answered: Answered) -> tuple[bool, int]:
    return _is_proved(answered), -len(_problems(answered))


def _problems(answered: Answered) -> list[str]:
    """What of an answer did not hold, as the model is told."""
    unproved = [
        f"数字“{text}”没有通过核对：所注的出处里没有它，或者它说的不是这件事（院校、年份、指标、行列不同）。"
        for text in answered.gated.unsupported
    ]
    found = [*answered.draft.problems, *unproved]
    if not found and not _is_proved(answered):
        found = ["answer 里没有加粗的、有出处的数字或名称；没有答案的，status 应写 not_found。"]
    return list(dict.fromkeys(found))


def _repair(text: str, problems: Sequence[str]) -> tuple[Message, Message]:
    told = "\n".join(f"- {problem}" for problem in problems[:MAX_PROBLEMS])
    system, user = render_prompt(load_prompt(REPAIR), {"problems": told})
    return Message("assistant", text[:MAX_TOLD_BACK]), Message("user", f"{system.content}\n\n{user.content}")
