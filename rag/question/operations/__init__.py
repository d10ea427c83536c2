"""Question → Plan: what has to be looked up and how it is to be combined, from how people ask. Unsure means no plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.question.operations.lists import list_plan, mean_plan, rows_plan
from rag.question.operations.pairs import (
    apart_plan,
    compare_plan,
    from_to_plan,
    gap_plan,
    lacking_plan,
    remainder_plan,
    than_plan,
    times_plan,
)
from rag.question.operations.phrases import OperandPhrase, is_phrase
from rag.question.operations.plans import ADDED, STRONG, Plan
from rag.question.operations.rows import count_plan, rank_plan
from rag.question.operations.shares import SHARE_TAIL, each_plan, share_plan, with_share

__all__ = ["OperandPhrase", "Plan", "question_to_operation"]

_FOLDED = str.maketrans({"％": "%", ",": "，", "?": "？", "!": "！", ";": "；"})
_ASIDE = re.compile(r"[（(][^（）()]*(?:不是|而不|指|也就是|按|包括|不含)[^（）()]*[）)]")
_POINT = re.compile(r"([几多少]+)个?点(?=$|[？。，])")


def question_to_operation(question: str, years: Sequence[int] = ()) -> Plan | None:
    """How a question's answer is computed; None where it asks for what is printed, or the way is not plain.

    `years` are the years it is known to be about: 去年 is counted from them where the question names none.
    """
    text = "".join(question.split()).translate(_FOLDED)
    text = _POINT.sub(r"\1个百分点", _ASIDE.sub("", text))
    for sentence in re.split(r"[？?。！!；;\n]", text):
        sentence = re.sub(r"(?:呢|呀|啊|吗|啦|来着|来的|了)+$", "", sentence.strip("，,"))
        sentence = re.sub(
            r"^.*?(?:想请教|请教一下|想问一下?|请问一?下?|想知道|想了解一?下?|麻烦[^，,]{0,8})[，,]?", "", sentence
        )
        if 4 <= len(sentence) <= 120 and (plan := _sentence_plan(sentence, years)) is not None:
            return plan
    return None


def _sentence_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    tail = SHARE_TAIL.search(sentence)
    head = sentence[: tail.start()] if tail else ""
    if tail and re.search(r"多少|几", head):
        plan = _first_plan(head, years)
        return with_share(plan, tail["whole"]) if plan else None
    if tail and (ADDED.search(head) or re.search(STRONG, head)):
        plan = list_plan(f"{head}一共多少", years)
        return with_share(replace(plan, unit="%"), tail["whole"]) if plan else None
    return _first_plan(sentence, years)


def _first_plan(sentence: str, years: Sequence[int]) -> Plan | None:
    for rule in _RULES:
        plan = rule(sentence, years)
        if plan is not None and all(is_phrase(operand.text) for operand in plan.operands):
            return plan
    head, mark, _ = sentence.rpartition("，")
    return _first_plan(head, years) if mark and re.search("多少|几", head) else None


_RULES: tuple[Callable[[str, Sequence[int]], Plan | None], ...] = (
    times_plan,
    gap_plan,
    remainder_plan,
    lacking_plan,
    from_to_plan,
    than_plan,
    apart_plan,
    compare_plan,
    rank_plan,
    rows_plan,
    mean_plan,
    each_plan,
    list_plan,
    share_plan,
    count_plan,
)
"""Tried in turn; the more a form says, the earlier it comes."""
