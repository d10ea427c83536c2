"""Contradictions kept with a report, as an answer shows them: every figure cited, none chosen silently."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.built_in.looking import Findings, Found
from rag.answering.built_in.scoring import Choice, are_transposed
from rag.answering.built_in.weighing import FEATURES
from rag.answering.built_in.writing import Writer
from rag.figures.citing import written
from rag.language.numbers import agree
from rag.records import AnswerStatus, Certainty, Conflict, Contradiction, ContradictionKind, Draft, Figure

MIN_DOUBTED = 0.3
"""Least chance that the figure a doubting question means is one of those in dispute."""
LESS_FITTING, MUCH_LESS_FITTING = 0.2, 0.35
"""How much less of what is asked another writing may say, and one whose digits are the same in another order."""
ROUND = 1
"""Significant digits of a figure that is only a round one."""
SAME_WORDS = 0.4
"""Least share of all words of two labels that both have, for two writings of one figure."""
_DOUBTS = re.compile(
    "对不上|对得上|不一样|一样[吗么不]|不一致|一致[吗么不]|是否一致|矛盾|打架|[两几]套|[两几]种(?:说法|数|口径)|出入|不符|相符|自相|到底|究竟"
)
"""How a question doubts that figures fit together, or asks for the one that holds."""


def add_rivals(figure: Figure, findings: Findings, writer: Writer) -> None:
    """The other figures that its report prints for the same thing, bold and cited beside it."""
    item = _dispute_of(figure, findings)
    if item is None:
        return
    shown, values = [figure.id], [(written(figure), writer.citations.cite(figure))]
    for other in item.figures:
        if all(not agree(other.number, one.number) for one in (figure, *writer.figures.values())):
            writer.text("；另一处写作：")
            shown.append(other.id)
            values.append((written(other), writer.stated(other, is_answer=True)))
    if len(values) > 1:
        writer.text("（报告前后不一致）")
        writer.conflicts.append(Conflict(item.indicator, tuple(values), item.note, tuple(shown)))


def add_near(found: Found, writer: Writer) -> None:
    """The same thing with nearly the same figure in another place: both are shown, and that they differ.

    Figures of one report, unit and time whose places say what is asked equally well are two writings of one, not two
    things, where they are a few hundredths apart, or have the same digits in another order (就业率 91.37% and 91.73%).
    """
    first = found.choices[0]
    for other in found.near:
        if _is_near(first, other) and other.figure.id not in writer.figures:
            values = [(written(first.figure), writer.citations.cite(first.figure))]
            writer.text("；另一处写作：")
            values.append((written(other.figure), writer.stated(other.figure, is_answer=True)))
            writer.text("（两处不一致，请核对）")
            shown = (first.figure.id, other.figure.id)
            writer.conflicts.append(Conflict(found.wanted.ask.text, tuple(values), "", shown))
            return


def _is_near(first: Choice, other: Choice) -> bool:
    one, two = first.figure, other.figure
    if one.passage.report_id != two.passage.report_id or _place(one) == _place(two):
        return False
    if (one.table_id is not None and one.table_id == two.table_id) or other.is_barred or _is_rough(two):
        return False
    years = first.said.context.when.years, other.said.context.when.years
    if all(years) and not years[0] & years[1]:
        return False
    fits = [dict(zip(FEATURES, choice.features, strict=True)) for choice in (first, other)]
    is_transposed = are_transposed(one.number, two.number)
    less = MUCH_LESS_FITTING if is_transposed else LESS_FITTING
    says_as_much = all(fits[1][name] >= fits[0][name] - less for name in ("around", "asked"))
    if is_transposed:
        return says_as_much
    terms, others = first.said.context.terms, other.said.context.terms
    is_stranger = any(fits[1][name] > fits[0][name] + LESS_FITTING for name in ("extra", "missing", "headless"))
    is_alike = len(terms & others) >= SAME_WORDS * len(terms | others)
    return says_as_much and is_alike and not is_stranger and fits[1]["year"] >= fits[0]["year"] - LESS_FITTING


def _is_rough(figure: Figure) -> bool:
    """Whether a figure is a round one that only says about how much: 突破四百万元, 近八百人."""
    digits = "".join(map(str, figure.number.value.normalize().as_tuple().digits))
    return bool(figure.number.bound) or len(digits) <= ROUND


def _place(figure: Figure) -> tuple[str, int, int]:
    """Its passage and where its sentence begins there."""
    return figure.passage.id, figure.passage.start, figure.quote_start


def disputed(findings: Findings, looked: Sequence[Found]) -> Draft | None:
    """The answer to a question whose figure stands in dispute; None for any other."""
    query = findings.evidence.query
    if not findings.contradictions or not _DOUBTS.search(query.focus):
        return None
    for found in looked:
        for choice in found.choices:
            if choice.chance >= MIN_DOUBTED and _dispute_of(choice.figure, findings) is not None:
                return _draft(choice, findings)
    return None


def _draft(choice: Choice, findings: Findings) -> Draft:
    writer, figure = Writer(findings.reports), choice.figure
    writer.lead([figure])
    writer.stated(figure, is_answer=True)
    add_rivals(figure, findings, writer)
    writer.text("。")
    return writer.draft(AnswerStatus.ANSWERED, Certainty.SURE, [choice])


def _dispute_of(figure: Figure, findings: Findings) -> Contradiction | None:
    """The contradiction a figure is part of."""
    for item in findings.contradictions:
        if item.kind is ContradictionKind.DIFFERENT and figure.id in {one.id for one in item.figures}:
            return item
    return None
