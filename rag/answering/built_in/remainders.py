"""What is asked by what it is not (没来报到的, 不是双师的): a whole less its part, both printed, never the part itself.

That a figure is a part of another is never guessed: a share printed beside them is their quotient, or the sentence
says so (教职工959人中专任教师796人).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from rag.answering.built_in.looking import Findings, Found, find
from rag.answering.built_in.pairs import is_less, is_quotient, is_share
from rag.answering.built_in.said import Said
from rag.answering.built_in.scoring import Choice
from rag.answering.built_in.writing import Writer
from rag.arithmetic.expressions import ComputeError, difference, evaluate
from rag.arithmetic.quantities import Operand
from rag.language.text import text_key
from rag.question.operation import affirmed
from rag.records import Ask, AskKind, Draft, Figure

SAID = 0.5
"""Least share of a word that a label has to say."""
_OF_WHOLE = re.compile(r"[^，,。；;]{0,2}[，,]?(?:其?中|含|包括)")
Pairs = dict[tuple[Decimal, Decimal], tuple[tuple[Said, Said], Choice]]
"""Wholes and their parts by their values, each with the choice that tells how likely they are."""


def what_is_left(findings: Findings, looked: Sequence[Found], operands: Sequence[Found]) -> Draft | None:
    """A whole less its part, where the report says that they are; of a share what is left of 100%; None if not sure.

    `operands` are what was found for the whole and for the part by their names.
    """
    if len(looked) != 1:
        return None
    ask = looked[0].wanted.ask
    if ask.kind is AskKind.PERCENT:
        share = _affirmed(replace(ask, unit=""), findings)
        is_sure = share.is_sure and is_share(share.choices[0].said) and _says(share.choices[0].said.own, operands[-1])
        return _left_of_whole(share.choices[0], findings) if is_sure else None
    parts = _affirmed(replace(ask, kind=AskKind.PEOPLE) if ask.kind is AskKind.ANY else ask, findings)
    shares = _affirmed(Ask(AskKind.PERCENT, ask.text), findings)
    proved = _members(operands, findings) | _proved((parts, shares), findings)
    found = {
        values: (pair, choice)
        for values, (pair, choice) in proved.items()
        if _says(f"{pair[1].own} {choice.said.own}", operands[-1])
        and text_key(operands[-1].wanted.ask.item) not in text_key(pair[0].context.label.partition(" ")[0])
    }
    if len(found) != 1:
        return None
    (whole, part), choice = next(iter(found.values()))
    writer = Writer(findings.reports)
    first, second = (Operand(one.figure.number, writer.citations.cite(one.figure)) for one in (whole, part))
    try:
        result = difference(first, second)
    except ComputeError:
        return None
    return writer.told("其余 ", result, [replace(choice, said=one) for one in (whole, part)])


def _says(label: str, asked: Found) -> bool:
    """Whether a label says all of weight that a thing is asked by."""
    words, name = asked.wanted.words, text_key(asked.wanted.ask.item)
    named = {word: weight for word, weight in words.weights.items() if word in name}
    heavy = [word for word, weight in named.items() if weight >= sum(named.values()) / 4]
    covered = words.shares(label)
    return bool(heavy) and all(covered.get(word, 0.0) >= SAID for word in heavy)


def _affirmed(ask: Ask, findings: Findings) -> Found:
    """What was found for what a question negates, among what is not negated itself (待就业)."""
    query = findings.evidence.query
    said = replace(
        query,
        focus=affirmed(query.focus),
        standalone=affirmed(query.standalone),
        terms=tuple(map(affirmed, query.terms)),
        asks=(replace(ask, text=affirmed(ask.text)),),
    )
    plain = [one for one in findings.said if "negated" not in one.context.aspects]
    return find(findings.wanted(said)[0], replace(findings, said=plain))


def _members(operands: Sequence[Found], findings: Findings) -> Pairs:
    """A whole that is sure, with the figure right behind it that is of it (教职工959人中专任教师796人) and is named."""
    if not operands or not operands[0].is_sure or not (name := text_key(operands[-1].wanted.ask.item)):
        return {}
    choice = operands[0].choices[0]
    return {
        _values(choice.said, one): ((choice.said, one), choice)
        for one in findings.said
        if name in text_key(one.context.label) and _is_member(one.figure, choice.figure)
    }


def _is_member(part: Figure, whole: Figure) -> bool:
    if part.passage.id != whole.passage.id or part.quote_start != whole.quote_start or part.is_cell:
        return False
    between = part.passage.text[whole.end : part.start]
    return _OF_WHOLE.match(between) is not None and is_less(part, whole)


def _proved(looked: Sequence[Found], findings: Findings) -> Pairs:
    """A whole and its part beside a printed share of both, where part or share is sure."""
    firsts = [found.choices[0] for found in looked if found.is_sure and found.choices]
    found: Pairs = {}
    stated = [one.figure for one in findings.said if any(_is_same(choice.said, one) for choice in firsts)]
    for share in findings.said:
        if not is_share(share) or not any(_are_together(figure, share.figure) for figure in stated):
            continue
        beside = [one for one in findings.said if _are_together(one.figure, share.figure)]
        if any(one is not share and is_share(one) and one.context.terms == share.context.terms for one in beside):
            continue  # a share of two times: 由66.38%提高到77.49%
        for whole, part in permutations(beside, 2):
            if is_quotient(part.figure, whole.figure, share.figure):
                held = (choice for choice in firsts if any(_is_same(choice.said, one) for one in (part, share)))
                if choice := next(held, None):
                    found[_values(whole, part)] = (whole, part), choice
    return found


def _values(whole: Said, part: Said) -> tuple[Decimal, Decimal]:
    return whole.figure.number.value, part.figure.number.value


def _is_same(one: Said, other: Said) -> bool:
    """Whether two figures are one, or a report's two writings of one."""
    a, b = one.figure, other.figure
    is_alike = a.passage.report_id == b.passage.report_id and bool(one.context.terms & other.context.terms)
    return a.id == b.id or (is_alike and (a.number.value, a.number.unit) == (b.number.value, b.number.unit))


def _are_together(one: Figure, other: Figure) -> bool:
    """Whether a figure stands in the row of another, or in its paragraph, or is a total of its table."""
    if one.is_cell and one.is_total and one.table_id == other.table_id:
        return True
    if one.passage.id != other.passage.id or one.is_cell or other.is_cell:
        return one.passage.id == other.passage.id and one.quote_start == other.quote_start
    start, end = sorted((one.start, other.start))
    return "\n" not in one.passage.text[start:end]


def _left_of_whole(choice: Choice, findings: Findings) -> Draft:
    writer = Writer(findings.reports)
    operand = Operand(choice.figure.number, writer.citations.cite(choice.figure))
    return writer.told("其余占 ", evaluate("100% - part", {"part": operand}), [choice])
