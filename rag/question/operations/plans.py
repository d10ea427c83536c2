"""A plan of a computation, and what the rules that read one from a question share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.question import slots
from rag.question.operations.phrases import (
    OperandPhrase,
    at_time,
    has_measure,
    in_place_of,
    is_time,
    kind_of,
    leading_time,
    phrase,
    tidy,
    with_measure_of,
)
from rag.question.slots import question_to_slots
from rag.records import Operation

ASK = r"(?P<ask>百分之?[几多少]+|[几多少]+个?百分点|几成|(?:多少|几)(?!家?以上))(?P<noun>[^，,；;]*)"
_COUNTERS = "个名位人项所家条门次种类台份元万亿钱块间套册亩件"
_UNIT_NOUN = re.compile(rf"^(?:[万亿]?元|人次|人日|平方米|学时|课时|个?百分点|块钱|[{_COUNTERS}])*")
STRONG = "全算上|都算上|全加上|都加上|算在一起|算到一起|加总|加起来|加在一起|加到一起|加一起|加一块儿?|合起来|合在一起|合到一起|凑一块儿?|之和|的总和|相加"
PLUS = "(?<![参增添附外追更倍叠施累愈越])加(?![强大快入工分盟权起在一到了油班深速上注拿])"
ADDED = re.compile(rf"(?:再|外)?加上|连同|{PLUS}")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look up and how to combine it.

    - SUM, AVERAGE: all operands, or, with `group`, the operand's figure in every row of that group.
    - DIFFERENCE: first − second. Where `direction` is empty only how far they are apart is asked.
    - GROWTH: from the first (old) to the second (new). RATIO, SHARE: first ÷ second; a RATIO of `unit` `` is an
      amount for each one of the second.
    - COUNT: rows of `group` (`` the table that fits) in which the operand holds; without operands all its rows.
    - RANK: rows of `group` by the operand; `direction` up for the greatest first, `ranks` the places asked.
    - COMPARE: which of the operands is greater (up) or smaller (down).
    """

    operation: Operation
    operands: tuple[OperandPhrase, ...]
    kind: str = slots.ANY
    """What sort of figure the operands are, as in `slots`."""
    unit: str = ""
    """Unit the result is asked in: `%`, `百分点`, `倍`, or `` for that of the operands."""
    direction: str = ""
    """`up` or `down`: which way the question says it goes."""
    group: str = ""
    ranks: tuple[int, ...] = ()
    share_of: OperandPhrase | None = None
    """The whole of which the result's share is asked as well."""
    names_both: bool = False
    """The question names what it starts from and where it ends (从 … 到 …): both belong to the answer."""
    printed_first: bool = False
    """The result is a figure reports often print: look for it first, compute only where it is not."""
    rows: str = ""
    """What a row of the group is: 专业."""


def slot_kind(sentence: str, operands: Sequence[OperandPhrase]) -> str:
    """The kind of figure a question asks for, or where it does not say that of the first operand."""
    kind = question_to_slots(sentence)[-1].kind
    if kind == slots.POINTS:
        return slots.PERCENT
    if kind not in (slots.ANY, slots.NAME, slots.COUNT):
        return kind
    named = kind_of(operands[0].text) if operands else slots.ANY
    return kind if named == slots.ANY and kind == slots.COUNT else named


def measured(noun: str) -> str:
    """What the words behind an interrogative name beyond its unit: 万元经费 → 经费."""
    return tidy(_UNIT_NOUN.sub("", noun))


def without_locative(text: str) -> str:
    """教职工里 → 教职工."""
    return tidy(re.sub(r"(?:里面|里头|里|当中|之中|中|内)$", "", tidy(text)))


def asked_measure(body: str, asked: re.Match[str]) -> str:
    """What the words about an interrogative measure: the noun behind it, and the verb where nothing else says it."""
    noun = measured(asked["noun"])
    return noun if noun or has_measure(tidy(body)) else re.sub(r"[了过]$", "", tidy(asked["verb"]))


def both_in_full(first: str, second: str, tail: str, years: Sequence[int]) -> tuple[OperandPhrase, OperandPhrase]:
    """The two sides of a comparison, each said in full; `tail` is what is measured of both."""
    first, second = tidy(first), tidy(second)
    tail = "" if tail and (tail in first or tail in second) else tail
    if is_time(second):
        whole = f"{first}{tail}"
        return phrase(whole), at_time(whole, second, years)
    if is_time(first) and (time := leading_time(second)):
        measure = f"{tidy(second[len(time) :])}{tail}"
        return phrase(f"{first}{measure}"), phrase(f"{time}{measure}")
    whole = f"{with_measure_of(first, second)}{tail}"
    return phrase(whole), phrase(in_place_of(whole, second))
