"""Scores one answer against its case: pure functions over values.

The buckets are those of the contract. What the contract leaves open is decided here:
- One answer figure is enough for two gold figures of the same amount (both 63人): a reader is told 都是63人.
- A ratio to one is the number it is: 15.85：1 and a bare 15.85 are equal. Nothing else equals a bare number.
- Gold counted in 年, 届, 月 or 日 is also met by a date in bold; where it is, a bold date that is no gold is padding.
- A refusal with a figure in bold is no refusal: where nothing answers it has invented something.
- What copies the question word for word is not the answer's: its figures and names count for nothing.
- A case without gold figures and names is right where its evidence is cited.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from evals.cases import Case, GoldFigure
from evals.reply import BLANK, Place, Reply, StatedFigure, UnreadableReplyError, line_to_reply
from rag.language.numbers import Scope, find_numbers
from rag.language.numbers.equality import same_bound
from rag.language.numbers.units import canonical, scaled
from rag.language.text import matching_key
from rag.records import AnswerStatus, Number

RECALL_CUTOFF = 8


class Bucket(StrEnum):
    """How a question ended; every question is in exactly one."""

    RIGHT = "right"
    PADDED = "padded"
    PARTIAL = "partial"
    WRONG = "wrong"
    INVENTED = "invented"
    RIGHT_REFUSAL = "right_refusal"
    FALSE_REFUSAL = "false_refusal"
    FAILED = "failed"


class Verdict(StrEnum):
    """What one figure of an answer is."""

    GOLD = "gold"
    OPERAND = "operand"
    UNIT = "unit"
    EXTRA = "extra"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class JudgedFigure:
    """A figure of the answer's text and what it is worth."""

    start: int
    end: int
    text: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Score:
    """Everything that is told of one answer."""

    bucket: Bucket
    reason: str = ""
    """Chinese: why the answer could not be read."""
    figures_found: tuple[bool, ...] = ()
    """For each gold figure."""
    names_found: tuple[bool, ...] = ()
    """For each gold name."""
    names_bold: bool | None = None
    """Whether every gold name is in bold; None where there are none."""
    figures: tuple[JudgedFigure, ...] = ()
    unit_errors: int = 0
    """Gold figures missed by their unit alone."""
    bounds_lost: int = 0
    """Gold figures printed with 约, 余 … that the answer gives as exact."""
    cited: bool | None = None
    """Whether all gold evidence is in citations; None where the case has none."""
    page_correct: bool | None = None
    """Whether the citations that hold the evidence name a gold page; None where that cannot be told."""
    recalled: bool | None = None
    """Whether all gold evidence is in the first 8 passages retrieved; None where the case has none."""
    unsupported: int = 0
    """Figures the gate took out."""
    unproved: int = 0
    """Figures left standing that are in none of their citations and not computed."""
    shown: bool = False
    """Right, or refused with all that is gold among what is shown as possible."""
    chance: float | None = None
    """How likely the answer holds its first figure to be what is asked."""
    first_is_gold: bool | None = None
    """Whether the first figure it gives, or shows where it gives none, is gold; None where there is none."""


_YEAR_UNITS = frozenset({"年", "届", "级", "年度", "学年"})
_MONTH_UNITS = frozenset({"月", "月份"})
_DAY_UNITS = frozenset({"日", "号"})
_QUOTES = re.compile("[\"'「」『』《》〈〉«»`´]")
_PARTED_CELL = re.compile(r"(?<=\d{3})/(?=\d{3})")
"""Between two figures in one cell, not the stroke of a fraction."""
_NUMERAL = re.compile(r"\d+(?:\.\d+)?")
_SCALES = ("", "万", "亿")


def score_line(case: Case, line: Mapping[str, Any]) -> Score:
    """The score of an answer line; one that cannot be read is failed, not wrong."""
    try:
        reply = line_to_reply(line)
    except UnreadableReplyError as error:
        return Score(Bucket.FAILED, reason=str(error))
    return score_reply(case, reply)


def score_reply(case: Case, reply: Reply) -> Score:
    """The score of a readable answer."""
    figures_found = tuple(_is_met(gold, case, reply) for gold in case.figures)
    names_found = tuple(name_key(name) in name_key(reply.own_words) for name in case.names)
    judged = _judge(case, reply)
    missed = [gold for gold, found in zip(case.figures, figures_found, strict=True) if not found]
    bucket = _bucket(case, reply, (*figures_found, *names_found), judged)
    return Score(
        bucket=bucket,
        shown=bucket is Bucket.RIGHT or (bucket is Bucket.FALSE_REFUSAL and _is_among_candidates(case, reply)),
        figures_found=figures_found,
        names_found=names_found,
        names_bold=_names_in_bold(case, reply) if case.names else None,
        figures=judged,
        unit_errors=sum(any(_same_digits(gold, figure.number) for figure in reply.answer_figures) for gold in missed),
        bounds_lost=sum(_lost_its_bound(gold, case, reply) for gold in case.figures),
        cited=all(holders(quote, reply.citations) for quote in case.evidence) if case.evidence else None,
        page_correct=_page_correct(case, reply),
        recalled=recall_rank(case.evidence, [place.text for place in reply.retrieved[:RECALL_CUTOFF]]) is not None
        if case.evidence
        else None,
        unsupported=len(reply.unsupported),
        unproved=sum(not _is_proved(figure, reply.citations) for figure in reply.figures),
        chance=reply.chance,
        first_is_gold=_first_is_gold(case, reply),
    )


def _bucket(case: Case, reply: Reply, found: Sequence[bool], judged: Sequence[JudgedFigure]) -> Bucket:
    refused = reply.status is AnswerStatus.NOT_FOUND
    if not case.answerable:
        return Bucket.RIGHT_REFUSAL if refused and not reply.answer_figures else Bucket.INVENTED
    if refused:
        return Bucket.FALSE_REFUSAL
    if not found:
        found = (all(holders(quote, reply.citations) for quote in case.evidence),)
    if not all(found):
        return Bucket.PARTIAL if any(found) else Bucket.WRONG
    extra = any(figure.verdict in (Verdict.EXTRA, Verdict.UNIT) for figure in judged)
    return Bucket.PADDED if extra or _has_other_date(case, reply) else Bucket.RIGHT


def _is_among_candidates(case: Case, reply: Reply) -> bool:
    """Whether an unsure answer shows every gold figure as a candidate and says every gold name."""
    if not (reply.candidates or case.names) or not (case.figures or case.names):
        return False
    return all(
        any(equals_gold(gold, number, is_computed=case.is_computed) for number in reply.candidates)
        for gold in case.figures
    ) and all(name_key(name) in name_key(reply.own_words) for name in case.names)


def _first_is_gold(case: Case, reply: Reply) -> bool | None:
    given = (*(figure.number for figure in reply.answer_figures), *reply.candidates)
    if not given:
        return None
    return any(equals_gold(gold, given[0], is_computed=case.is_computed) for gold in case.figures)


def name_key(text: str) -> str:
    """A name for comparison: white space, width, quotation marks and markup aside."""
    return _QUOTES.sub("", matching_key(text)).replace(BLANK, "").replace("•", "·").replace("・", "·")


def _names_in_bold(case: Case, reply: Reply) -> bool:
    bold = "\n".join(map(name_key, reply.bold))
    return all(name_key(name) in bold for name in case.names)


# --- figures ---


def equals_gold(gold: GoldFigure, number: Number, *, is_computed: bool) -> bool:
    """Whether a figure is the gold one after unit scaling; computed gold to half a unit of its last digit.

    Gold that says in words what it is shared by (生均图书 80册) may leave it out of its unit (80册/生).
    """
    unit = number.unit.partition("/")[0] if "均" in gold.about and "/" not in gold.unit else number.unit
    (gold_base, wanted), (base, value) = _measure(gold.value, gold.unit), _measure(number.value, unit)
    if gold_base != base:
        return False
    return abs(wanted - value) <= (_tolerance(gold) if is_computed else 0)


def _measure(value: Decimal, unit: str) -> tuple[str, Decimal]:
    """What a figure counts, and how many of it: 1.5亿元 is 150000000 of 元."""
    scale, known = canonical(unit)
    base = "" if known.base == ":1" else known.base
    return base, scaled(value * known.factor, scale)


def _tolerance(gold: GoldFigure) -> Decimal:
    exponent = gold.value.as_tuple().exponent
    last_digit = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return _measure(last_digit / 2, gold.unit)[1]


def _same_digits(gold: GoldFigure, number: Number) -> bool:
    """Whether a figure is the gold one but for its unit."""
    if equals_gold(gold, number, is_computed=False):
        return False
    return number.value in (gold.value, _measure(gold.value, gold.unit)[1])


def _is_met(gold: GoldFigure, case: Case, reply: Reply) -> bool:
    figures = (figure.number for figure in reply.answer_figures)
    return any(equals_gold(gold, number, is_computed=case.is_computed) for number in figures) or any(
        _is_date(gold, scope) for scope in reply.bold_dates
    )


def _is_date(gold: GoldFigure, scope: Scope) -> bool:
    if gold.unit in _YEAR_UNITS:
        return gold.value in scope.years
    if gold.unit in _MONTH_UNITS:
        return gold.value == scope.month
    return gold.unit in _DAY_UNITS and gold.value == scope.day


def _has_other_date(case: Case, reply: Reply) -> bool:
    dated = [gold for gold in case.figures if any(_is_date(gold, scope) for scope in reply.bold_dates)]
    return bool(dated) and any(not any(_is_date(gold, scope) for gold in dated) for scope in reply.bold_dates)


def _judge(case: Case, reply: Reply) -> tuple[JudgedFigure, ...]:
    operands = _operands(case, reply) if case.is_computed or case.type == "conflict" else ()
    verdicts = (_verdict(figure, case, operands) for figure in reply.figures)
    return tuple(
        JudgedFigure(figure.number.start, figure.number.end, figure.number.text, verdict)
        for figure, verdict in zip(reply.figures, verdicts, strict=True)
    )


def _verdict(figure: StatedFigure, case: Case, operands: Sequence[Number]) -> Verdict:
    if not figure.is_answer:
        return Verdict.CONTEXT
    if any(equals_gold(gold, figure.number, is_computed=case.is_computed) for gold in case.figures):
        return Verdict.GOLD
    if any(_is_operand(figure.number, operand) for operand in operands):
        return Verdict.OPERAND
    return Verdict.UNIT if any(_same_digits(gold, figure.number) for gold in case.figures) else Verdict.EXTRA


def _operands(case: Case, reply: Reply) -> tuple[Number, ...]:
    """Figures the gold may be computed from: those of its evidence, its note, and the formula that led to a gold."""
    formulas = (
        figure.declared.formula
        for figure in reply.answer_figures
        if figure.declared and any(equals_gold(gold, figure.number, is_computed=True) for gold in case.figures)
    )
    bare = (Number(text, Decimal(text), "", 0, 0) for text in _NUMERAL.findall(case.note) if case.is_computed)
    return (*(number for text in (*case.evidence, *formulas) for number in find_numbers(text)), *bare)


def _is_operand(number: Number, operand: Number) -> bool:
    """A bare operand (a table cell, a formula's term) stands for that number of anything."""
    if not operand.unit:
        return number.value in tuple(scaled(operand.value, scale) for scale in _SCALES)
    return _measure(number.value, number.unit) == _measure(operand.value, operand.unit)


def _lost_its_bound(gold: GoldFigure, case: Case, reply: Reply) -> bool:
    printed = [
        number
        for quote in case.evidence
        for number in find_numbers(quote)
        if equals_gold(gold, number, is_computed=False)
    ]
    given = [f.number for f in reply.answer_figures if equals_gold(gold, f.number, is_computed=False)]
    return bool(printed and given) and not any(same_bound(a, b) for a in printed for b in given)


# --- evidence ---


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    return matching_key(text)


def holders(quote: str, citations: Iterable[Place]) -> tuple[Place, ...]:
    """The citations that hold a piece of evidence, those that quote it first."""
    key = _key(quote)
    quoting, holding = [], []
    for citation in citations:
        if key in _key(citation.quote):
            quoting.append(citation)
        elif key in _key(citation.text):
            holding.append(citation)
    return (*quoting, *holding)


def recall_rank(evidence: Sequence[str], texts: Sequence[str]) -> int | None:
    """The number of passages, from the first on, that it takes to hold all evidence; None where they never do."""
    ranks: list[int] = []
    for quote in evidence:
        rank = next((rank for rank, text in enumerate(texts, start=1) if _key(quote) in _key(text)), None)
        if rank is None:
            return None
        ranks.append(rank)
    return max(ranks, default=None)


def _page_correct(case: Case, reply: Reply) -> bool | None:
    """Whether for each piece of evidence held some holder names a gold page; None without holders or gold pages."""
    checked = []
    for quote in case.evidence:
        paged = [(place.page, case.gold_pages(place.report)) for place in holders(quote, reply.citations)]
        known = [page in gold for page, gold in paged if page is not None and gold]
        if known:
            checked.append(any(known))
    return all(checked) if checked else None


def _is_proved(figure: StatedFigure, citations: Sequence[Place]) -> bool:
    """Whether a figure is computed by a formula, or printed in one of the citations it names."""
    declared = figure.declared
    if declared is None:
        return False
    if declared.is_computed:
        return bool(declared.formula)
    cited = (place for place in citations if place.number in declared.citations)
    return any(_is_operand(figure.number, number) for place in cited for number in _printed(place.text, place.quote))


@lru_cache(maxsize=4096)
def _printed(*texts: str) -> tuple[Number, ...]:
    parted = (_PARTED_CELL.sub("；", text) for text in texts)
    return tuple(number for text in (*texts, *parted) for number in find_numbers(text.replace("\t", "；")))
