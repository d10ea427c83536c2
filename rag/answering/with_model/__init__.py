"""Draft with a model: the prompt made of the evidence, the reply read strictly, its ids written out by code."""

from rag.answering.with_model.drafting import MAX_ANSWER_CHARACTERS, partial_reply, reply_to_draft, visible_answer
from rag.answering.with_model.prompting import AnswerPrompt, evidence_to_prompt, prompt_budget
from rag.answering.with_model.replies import MAX_REPLY_CHARACTERS, REPLY_SCHEMA, REWRITE_SCHEMA
from rag.answering.with_model.rewriting import accepted_rewrite, question_to_rewrite

__all__ = [
    "MAX_ANSWER_CHARACTERS",
    "MAX_REPLY_CHARACTERS",
    "REPLY_SCHEMA",
    "REWRITE_SCHEMA",
    "AnswerPrompt",
    "accepted_rewrite",
    "evidence_to_prompt",
    "partial_reply",
    "prompt_budget",
    "question_to_rewrite",
    "reply_to_draft",
    "visible_answer",
]
