"""One thing printed with different figures: found by what figures are said of, told only where it is sure to be one thing.

Figures are grouped by the words they are said of and what they are measured in, so that the cost grows with the report.
Two that do not agree are of one thing where their words are the same, or where one leaves out words that what stands
around it lends. That alone is not enough: they must also look like one figure, by a slip of the pen between them, by
the same words before them, by other figures that both places share, or by being all but equal headline statements.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product
from typing import TypeAlias

from rag.contradictions.slips import is_slip
from rag.figure_context import FigureContext
from rag.figure_time import When
from rag.numbers import agree, measured
from rag.records import Number
from rag.text import matching_key

Key: TypeAlias = tuple[str, frozenset[str]]
"""What figures are measured in, and the words they are said of."""
Place: TypeAlias = tuple[str, int]
MAX_LENT = 2
"""Words that one of two figures of one thing may leave out."""
MAX_TERMS = 9
"""Words of a label from which on it is a sentence, of which none are left out."""
MAX_VALUES = 6
"""Different values of one key from which on it names a kind of thing (教师, 项目), not one thing."""
MAX_MENTIONS = 6
"""Places looked at of one value of one key."""
LEAD = 14
"""Characters before two figures that show one sentence to be printed twice."""
MAX_GROUP = 8
"""Figures told of one contradiction."""
NEAR, FAR = Decimal("0.15"), Decimal("0.5")
"""How far apart two figures may be, as a share of the greater, and still be meant as one: of little said, of more."""
MIN_COMPANION = 100
"""A figure of at least so much that two places share shows that they tell of one thing."""
_CODE = re.compile(r"行次|栏次|序号|编号|编码|代码|学号|工号|号$|电话|邮编|名次|位次|排名|排序")
_DIGITS = re.compile(r"[\d.,，]+")


class _Report:
    """A report's figures, found by what they are said of and by where they stand."""

    def __init__(self, contexts: Sequence[FigureContext], years: Collection[int]) -> None:
        self.years = frozenset(years)
        self.order = {id(item): at for at, item in enumerate(contexts)}
        self.groups: dict[Key, dict[Decimal, list[FigureContext]]] = defaultdict(lambda: defaultdict(list))
        self.at: dict[Place, list[FigureContext]] = defaultdict(list)
        self.beside: dict[Place, set[tuple[str, Decimal]]] = defaultdict(set)
        self.quoted: dict[Place, set[tuple[str, Decimal]]] = defaultdict(set)
        for item in contexts:
            value = value_of(item)
            self.beside[place_of(item)].add((item.base, value))
            self.quoted[item.figure.passage.id, item.figure.quote_start].add((item.base, value))
            if item.terms and is_amount(item):
                if not item.figure.is_cell:
                    self.at[place_of(item)].append(item)
                for base, meant in _bases(item):
                    held = self.groups[base, item.terms][meant]
                    if len(held) < MAX_MENTIONS:
                        held.append(item)


def _bases(item: FigureContext) -> Iterator[tuple[str, Decimal]]:
    """What a figure may be measured in, and its value in that: a bare one with decimals may be money or a share."""
    value = value_of(item)
    yield item.base, value
    if not item.figure.number.unit and "." in item.figure.number.text:
        yield from (("元", value), ("元", value * 10000), ("%", value))


def value_of(item: FigureContext) -> Decimal:
    """A figure's value in the base of its unit."""
    return measured(item.figure.number)[0]


def place_of(item: FigureContext) -> Place:
    """The table of a cell, the sentence of a figure in prose."""
    figure = item.figure
    return figure.passage.id, -1 if figure.is_cell else figure.quote_start


def is_amount(item: FigureContext) -> bool:
    """Whether a figure measures or counts something: no code, rank or end of a range."""
    number = item.figure.number
    if "～" in number.bound or _CODE.search(item.label.rstrip("：: ")) or "case" in item.aspects:
        return False
    return bool(number.unit) or item.figure.is_cell or "." in number.text


def find_rivals(contexts: Sequence[FigureContext], years: Collection[int]) -> list[list[FigureContext]]:
    """Groups of figures of one thing that do not all agree; `years` are those the report speaks of unsaid."""
    report = _Report(contexts, years)
    pairs = [*_rivals_by_key(report), *_headlines(contexts)]
    pairs += [found for pair in pairs for found in _beside(pair, report)]
    leader = {id(item): item for pair in pairs for item in pair}
    groups = {key: [item] for key, item in leader.items()}
    for one, other in pairs:
        some, others = groups[id(one)], groups[id(other)]
        if some is not others:
            some += others
            groups |= {id(item): some for item in others}
    found = {id(group): group for group in groups.values()}
    return [_with_mentions(group, report) for group in found.values()]


def _with_mentions(group: Sequence[FigureContext], report: _Report) -> list[FigureContext]:
    """The group with the other mentions of its figures, in their order."""
    held = {id(item): item for item in group}
    for item in group:
        for other in report.groups[item.base, item.terms].get(value_of(item), ()):
            if other.aspects == item.aspects and of_one_time(item.when, other.when, report.years):
                held[id(other)] = other
    return sorted(held.values(), key=lambda item: report.order[id(item)])[:MAX_GROUP]


def _rivals_by_key(report: _Report) -> Iterator[tuple[FigureContext, FigureContext]]:
    for key, values in list(report.groups.items()):
        if 1 < len(values) <= MAX_VALUES * 4:
            for one, other in combinations(values, 2):
                yield from _rivals(report, values[one], values[other], values)
        for lent in _left_out(key[1]):
            fewer = report.groups.get((key[0], key[1] - lent))
            if fewer is None or len(fewer) * len(values) > (MAX_VALUES * 2) ** 2:
                continue
            for one, other in product(values, fewer):
                granting = [item for item in fewer[other] if all(map(item.grants, lent))]
                yield from _rivals(report, values[one], granting, {**values, **fewer})


def _beside(
    pair: tuple[FigureContext, FigureContext], report: _Report
) -> Iterator[tuple[FigureContext, FigureContext]]:
    """What else two sentences, or a sentence and a table, print differently of one thing where they do so once."""
    for here, there in (pair, pair[::-1]):
        if here.figure.is_cell:
            continue
        for item in report.at[place_of(here)]:
            for other in (other for found in report.groups[item.base, item.terms].values() for other in found):
                whole = other.leads or not other.figure.is_cell
                if whole and place_of(other) == place_of(there) and _may_be_one(item, other, report):
                    yield item, other


def _headlines(contexts: Sequence[FigureContext]) -> Iterator[tuple[FigureContext, FigureContext]]:
    """Figures of headings that none of the text below agrees with, each with the one there that is meant."""
    below: dict[tuple[str, ...], list[FigureContext]] = defaultdict(list)
    headlines = [item for item in contexts if _is_headline(item)]
    for item in contexts:
        for depth in range(1, len(item.figure.passage.path) + 1):
            below[item.figure.passage.path[:depth]].append(item)
    for item in headlines:
        body = [
            other for other in below[item.figure.passage.path] if other.base == item.base and not _is_headline(other)
        ]
        meant = [
            other
            for other in body
            if other.aspects == item.aspects and item.terms & other.terms and _is_near(item, other)
        ]
        if meant and not any(same(item, other) for other in body):
            yield item, meant[0]


def _is_headline(item: FigureContext) -> bool:
    figure = item.figure
    if figure.is_cell or (value_of(item) < MIN_COMPANION and item.base != "%"):
        return False
    start = figure.passage.text.rfind("\n", 0, figure.start) + 1
    end = figure.passage.text.find("\n", figure.end)
    return matching_key(figure.passage.text[start : end if end >= 0 else None]) == matching_key(figure.passage.path[-1])


def _is_near(one: FigureContext, other: FigureContext) -> bool:
    first, second = value_of(one), value_of(other)
    return is_slip(first, second) or abs(first - second) <= NEAR * max(abs(first), abs(second))


def _left_out(terms: frozenset[str]) -> Iterator[frozenset[str]]:
    if len(terms) <= MAX_TERMS:
        for count in range(1, min(MAX_LENT, len(terms) - 1) + 1):
            yield from map(frozenset, combinations(sorted(terms), count))


def _rivals(
    report: _Report,
    some: Sequence[FigureContext],
    others: Sequence[FigureContext],
    values: Mapping[Decimal, Sequence[FigureContext]],
) -> Iterator[tuple[FigureContext, FigureContext]]:
    for one, other in product(some, others):
        if _may_be_one(one, other, report) and _looks_like_one(one, other, values, report):
            yield one, other


def _may_be_one(one: FigureContext, other: FigureContext, report: _Report) -> bool:
    """Whether nothing sets two figures apart, though they do not agree."""
    if place_of(one) == place_of(other) or one.aspects != other.aspects:
        return False
    if one.counted != other.counted and ("人" in (one.counted, other.counted) or (one.counted and other.counted)):
        return False
    return (
        of_one_time(one.when, other.when, report.years, overlapping=is_slip(*_comparable(one, other)))
        and not same(one, other)
        and (other.base, value_of(other)) not in report.beside[place_of(one)]
        and (one.base, value_of(one)) not in report.beside[place_of(other)]
    )


def of_one_time(one: When, other: When, years: Collection[int], *, overlapping: bool = False) -> bool:
    """Whether two figures may be of one time, or of times that overlap; what says none is of the report's own years."""
    if one.dates and other.dates and not one.dates & other.dates:
        return False
    if one.spans and other.spans:
        alike = bool(one.spans & other.spans) or (one.years == other.years and len(one.years) == 1)
        return alike or (overlapping and bool(one.years & other.years))
    named = one.years or other.years
    return not named or not years or (named <= set(years) and bool(named))


def same(one: FigureContext, other: FigureContext) -> bool:
    """Whether two figures agree; a bare cell counts what the other does."""
    return agree(*_with_units(one, other))


def _comparable(one: FigureContext, other: FigureContext) -> tuple[Decimal, Decimal]:
    first, second = _with_units(one, other)
    return measured(first)[0], measured(second)[0]


def _with_units(one: FigureContext, other: FigureContext) -> tuple[Number, Number]:
    first, second = one.figure.number, other.figure.number
    if not first.unit or not second.unit:
        unit = first.unit or second.unit
        first, second = replace(first, unit=unit), replace(second, unit=unit)
    return first, second


def _looks_like_one(
    one: FigureContext,
    other: FigureContext,
    values: Mapping[Decimal, Sequence[FigureContext]],
    report: _Report,
) -> bool:
    first, second = _comparable(one, other)
    if _differ_by_rounding(one, other):
        return False
    if len(values) <= MAX_VALUES and is_slip(first, second, left_out=True):
        return True
    if len(values) > 2:
        return False
    if _lead(one) and _lead(one) == _lead(other):
        return True
    if not (one.figure.is_cell and other.figure.is_cell) and _companions(one, other, report):
        return True
    borne_out = any(len({item.figure.is_cell for item in found}) > 1 for found in values.values())
    return not borne_out and _are_headline_statements(one, other, first, second)


def _are_headline_statements(one: FigureContext, other: FigureContext, first: Decimal, second: Decimal) -> bool:
    """Whether both are said of the whole in the same words: two sentences that open with them, or one and a total."""
    if not (one.leads and other.leads and one.terms == other.terms) or (one.figure.is_cell and other.figure.is_cell):
        return False
    gap = abs(first - second) / max(abs(first), abs(second))
    return gap <= (NEAR if one.base == "%" or len(one.terms) == 1 else FAR)


def _differ_by_rounding(one: FigureContext, other: FigureContext) -> bool:
    """Whether figures with decimals are apart by no more than one in the last place: sums of rounded figures are."""
    (first, _, step), (second, _, other_step) = map(measured, _with_units(one, other))
    exact = not (one.figure.number.bound or other.figure.number.bound)
    decimals = any("." in item.figure.number.text for item in (one, other))
    return exact and decimals and abs(first - second) <= max(step, other_step)


def _companions(one: FigureContext, other: FigureContext, report: _Report) -> bool:
    """Whether the sentence or row of one holds a figure, and no small or round one, that that of the other does."""
    some, others = (report.quoted[item.figure.passage.id, item.figure.quote_start] for item in (one, other))
    return any(value >= MIN_COMPANION and value % 10 for _, value in some & others)


def _lead(item: FigureContext) -> str:
    """What stands before a figure in prose, its other figures left out; `` where that is little."""
    figure = item.figure
    if figure.is_cell:
        return ""
    text = _DIGITS.sub(
        "#", matching_key(figure.passage.text[max(figure.quote_start, figure.start - 60) : figure.start])
    )
    return text[-LEAD:] if len(text) >= LEAD and text[-LEAD:].count("#") < 2 else ""
