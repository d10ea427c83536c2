"""One thing printed with different figures: found by what figures are said of, told only where it is sure to be one thing.

Figures are grouped by the words they are said of and what they are measured in, so that the cost grows with the report.
Two that do not agree are of one thing where their words are the same, or where one leaves out words that what stands
around it lends, and a label with more than two figures names no one thing. That is not enough: something must bear out
that they are meant as one (a slip of the pen between them, the same words before them, other figures that both places
share, or both being headline statements), and nothing must speak for two things of one form: headings that end alike
and begin differently (合并资产负债表, 母公司资产负债表), other ordinals, or two places most of whose figures differ.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, combinations, product
from typing import TypeAlias

from rag.figures.context import Comparable
from rag.figures.contradictions.meant_as_one import (
    MIN_COMPANION,
    NEAR,
    ReportFigures,
    are_comparable,
    is_amount,
    is_third,
    looks_like_one,
    may_be_one,
    place_of,
    same,
    value_of,
)
from rag.figures.contradictions.misfits import is_slip
from rag.language.text import matching_key

Pair: TypeAlias = tuple[Comparable, Comparable]
Values: TypeAlias = Mapping[Decimal, Sequence[Comparable]]
"""The figures of one key by their values."""
MAX_HEADLINE = 200
"""Characters of a line that may be a heading."""
MAX_LENT = 2
"""Words that one of two figures of one thing may leave out."""
MAX_TERMS = 9
"""Words of a label from which on it is a sentence, of which none are left out."""
MAX_VALUES = 24
"""Different values of one key, whatever their time and aspect, from which on it names a kind of thing (教师, 项目)."""
MAX_GROUP = 8
"""Figures told of one contradiction."""


def find_rivals(contexts: Sequence[Comparable], years: Collection[int]) -> list[list[Comparable]]:
    """Groups of figures of one thing that do not all agree; `years` are those the report speaks of unsaid."""
    report = ReportFigures(contexts, years)
    order = {id(item): at for at, item in enumerate(contexts)}
    pairs = [*_rivals(report), *_headlines(contexts)]
    pairs += [found for pair in pairs for found in (*_beside(*pair, report), *_beside(*pair[::-1], report))]
    groups: dict[int, list[Comparable]] = {}
    for one, other in (*pairs, *_mentions(pairs, report)):
        some, others = groups.setdefault(id(one), [one]), groups.setdefault(id(other), [other])
        if some is not others:
            some += others
            groups |= {id(item): some for item in others}
    found = {id(group): sorted(group, key=lambda item: order[id(item)])[:MAX_GROUP] for group in groups.values()}
    return list(found.values())


def _beside(here: Comparable, there: Comparable, report: ReportFigures) -> Iterator[Pair]:
    """What else a sentence prints otherwise than the sentence or table that it contradicts once."""
    for item in () if here.figure.is_cell else report.at[place_of(here)]:
        mentions = list(chain(*report.groups[item.base, item.terms].values()))
        for other in mentions:
            whole = (other.leads or not other.figure.is_cell) and place_of(other) == place_of(there)
            thirds = (third for third in mentions if whole and is_third(third, item, other, report))
            if whole and may_be_one(item, other, report) and not any(True for _ in thirds):
                yield item, other


def _mentions(pairs: Iterable[Pair], report: ReportFigures) -> Iterator[Pair]:
    """The figures of pairs, each with the other places that print it of the same."""
    for item in chain(*pairs):
        for other in report.groups[item.base, item.terms].get(value_of(item), ()):
            if are_comparable(item, other, report):
                yield item, other


def _rivals(report: ReportFigures) -> Iterator[Pair]:
    for (base, terms), values in list(report.groups.items()):
        if len(values) > MAX_VALUES:
            continue
        yield from _pairs(report, combinations(values, 2), values, values, frozenset())
        for lent in _left_out(terms):
            fewer = report.groups.get((base, terms - lent))
            if fewer is not None and len(fewer) <= MAX_VALUES:
                yield from _pairs(report, product(values, fewer), values, fewer, lent)


def _left_out(terms: frozenset[str]) -> Iterator[frozenset[str]]:
    if len(terms) <= MAX_TERMS:
        for count in range(1, min(MAX_LENT, len(terms) - 1) + 1):
            yield from map(frozenset, combinations(sorted(terms), count))


def _pairs(
    report: ReportFigures,
    candidates: Iterable[tuple[Decimal, Decimal]],
    values: Values,
    fewer: Values,
    lent: frozenset[str],
) -> Iterator[Pair]:
    """Of each two values the figures that are of one thing, though the label of the second leaves out some words."""
    mentions = list(chain(*values.values(), *(fewer.values() if fewer is not values else ())))
    for first, second in candidates:
        for one, other in product(values[first], fewer[second]):
            if (
                all(map(other.grants, lent))
                and may_be_one(one, other, report)
                and looks_like_one(one, other, report)
                and not any(is_third(item, *pair, report) for pair in ((one, other), (other, one)) for item in mentions)
            ):
                yield one, other


def _headlines(contexts: Sequence[Comparable]) -> Iterator[Pair]:
    """Figures of headings that none of the text below agrees with, each with the one there that is meant."""
    below: dict[tuple[str, ...], list[Comparable]] = defaultdict(list)
    for item in contexts:
        for depth in range(1, len(item.figure.passage.path) + 1):
            below[item.figure.passage.path[:depth]].append(item)
    for item in filter(_is_headline, contexts):
        body = [
            other for other in below[item.figure.passage.path] if other.base == item.base and not _is_headline(other)
        ]
        meant = [o for o in body if o.aspects == item.aspects and _is_named_by(item, o) and _is_near(item, o)]
        if meant and not any(same(item, other) for other in body):
            yield item, meant[0]


def _is_named_by(item: Comparable, other: Comparable) -> bool:
    return bool(item.terms & other.terms) and (item.terms <= other.terms or other.terms <= item.terms)


def _is_headline(item: Comparable) -> bool:
    figure = item.figure
    if figure.is_cell or (value_of(item) < MIN_COMPANION and item.base != "%"):
        return False
    text = figure.passage.text
    start = text.rfind("\n", 0, figure.start) + 1
    end = text.find("\n", figure.end)
    line = text[start : end if end >= 0 else None]
    return len(line) <= MAX_HEADLINE and matching_key(line) == matching_key(figure.passage.path[-1])


def _is_near(one: Comparable, other: Comparable) -> bool:
    first, second = value_of(one), value_of(other)
    return is_slip(first, second) or abs(first - second) <= NEAR * max(abs(first), abs(second))


_RATE = re.compile("[\u4e00-\u9fff]{2}率")
_CUT_OFFS = frozenset("初次 年终 最终".split())
"""Words that name a cut-off."""
_GRADUATES = frozenset("毕业生 应届".split())
"""Whom such a rate is of."""


def find_cut_offs(contexts: Sequence[Comparable]) -> Iterator[list[Comparable]]:
    """Rates said of the same at different days, the first mention of each day; none that are told apart by their names."""
    groups: dict[tuple[str, frozenset[str], frozenset[int]], dict[frozenset[tuple[int, int]], Comparable]] = (
        defaultdict(dict)
    )
    for item in contexts:
        rate = () if item.figure.is_cell else _RATE.findall(item.label)
        if (
            is_amount(item)
            and item.base == "%"
            and rate
            and len(item.when.dates) == 1
            and not (item.aspects or item.figure.number.bound)
        ):
            words = frozenset(word for word in item.terms - _CUT_OFFS - _GRADUATES if not word.endswith(rate[-1]))
            groups[rate[-1], words, item.when.years].setdefault(item.when.dates, item)
    for days in groups.values():
        names = [frozenset(word for word in _CUT_OFFS if word in item.label) for item in days.values()]
        are_named_apart = all(names) and len({*names}) == len(names)
        if not are_named_apart and len({item.figure.number.value for item in days.values()}) == len(days) > 1:
            yield list(days.values())


MIN_DIGITS = 3
"""Digits two sums must have in common, closing zeros aside, to be taken for one."""
MISTAKEN = frozenset({Decimal(10) ** power for power in (4, 8)})
"""By how much 元, 万元 and 亿元 differ."""
MAX_EQUAL = 8
"""Figures of the same digits in one section from which on they say nothing."""


def same_digits(contexts: Sequence[Comparable]) -> Iterator[tuple[Comparable, Comparable]]:
    """Sums with the same digits, ten thousand or a hundred million times apart, in one section or said of the same."""
    groups: dict[tuple[object, Decimal], list[Comparable]] = defaultdict(list)
    for item in contexts:
        number = item.figure.number
        value = number.value.normalize()
        if item.base == "元" and number.unit and len(value.as_tuple().digits) >= MIN_DIGITS and not number.bound:
            groups[item.figure.passage.section_id, value].append(item)
            if len(item.terms) > 1:
                groups[item.terms, value].append(item)
    told: set[tuple[int, int]] = set()
    for items in groups.values():
        for one, other in combinations(items[:MAX_EQUAL], 2):
            low, high = sorted((value_of(one), value_of(other)))
            apart = one.figure.is_cell != other.figure.is_cell or one.terms == other.terms
            if (
                low
                and high / low in MISTAKEN
                and apart
                and one.aspects == other.aspects
                and (id(one), id(other)) not in told
            ):
                told.add((id(one), id(other)))
                yield one, other
                break
