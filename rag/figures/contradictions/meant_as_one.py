"""Whether two figures that do not agree are meant as one: nothing sets them apart, and something bears it out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from rag.figures.context import Comparable, words_of
from rag.figures.contradictions.misfits import is_slip
from rag.language.numbers import agree, measured
from rag.language.text import matching_key
from rag.records import FigureTime, Number

Key: TypeAlias = tuple[str, frozenset[str]]
"""What figures are measured in, and the words they are said of."""
Place: TypeAlias = tuple[str, int]
Said: TypeAlias = tuple[str, Decimal]
"""What a figure is measured in, and its value."""
MAX_MENTIONS = 6
"""Places looked at of one value of one key."""
MIN_TERMS = 3
"""Words of a label from which on it says much."""
LEAD = 14
"""Characters before two figures that show one sentence to be printed twice."""
LOOK_BACK = 60
"""Characters before a figure of which the words are compared."""
NEAR, FAR = Decimal("0.15"), Decimal("0.5")
"""How far apart two headline statements may be, as a share of the greater, and still be meant as one: of little said, of more."""
MIN_COMPANION = 100
"""A figure of at least so much that two places share shows that they tell of one thing."""
_CODE = re.compile(r"行次|栏次|序号|编号|编码|代码|学号|工号|号$|电话|邮编|名次|位次|排名|排序")
_ORDINAL = re.compile("第[0-9一二三四五六七八九十]+|首[次批期届]")
_SAID_OF = re.compile("[\u4e00-\u9fff]\\s*$")
"""What a bare figure in prose stands behind."""
_QUOTED = re.compile("['\"|\\[\t]\\s*$")
"""What the cells of a table stand behind that is written out, and not read as one."""
_DIGITS = re.compile(r"[\d.,，]+")
_NUMBERING = re.compile(r"^[\s第0-9一二三四五六七八九十.、（）()章节篇部分-]+")


class ReportFigures:
    """A report's figures, found by what they are said of and by where they stand."""

    def __init__(self, contexts: Sequence[Comparable], years: Collection[int]) -> None:
        self.years = frozenset(years)
        self.groups: dict[Key, dict[Decimal, list[Comparable]]] = defaultdict(lambda: defaultdict(list))
        self.values: dict[Place, set[Said]] = defaultdict(set)
        self.beside: dict[Place, set[Said]] = defaultdict(set)
        self.at: dict[Place, list[Comparable]] = defaultdict(list)
        self.said: dict[Place, dict[Key, set[Decimal]]] = defaultdict(lambda: defaultdict(set))
        for item in contexts:
            self.values[place_of(item)].add((item.base, value_of(item)))
            self.beside[item.figure.passage.id, item.figure.quote_start].add((item.base, value_of(item)))
            if item.terms and is_amount(item):
                self.at[place_of(item)].append(item)
                self.said[place_of(item)][item.base, item.terms].add(value_of(item))
                for base, meant in _bases(item):
                    held = self.groups[base, item.terms][meant]
                    if len(held) < MAX_MENTIONS:
                        held.append(item)

    def are_copies_of_a_form(self, one: Comparable, other: Comparable) -> bool:
        """Whether two sentences or two tables, which say something of the same things, agree on less than they should.

        Sentences of which most figures differ are of two things; tables are of one only where they agree on more.
        """
        is_cell = one.figure.is_cell
        if is_cell != other.figure.is_cell:
            return False
        here, there = self.said[place_of(one)], self.said[place_of(other)]
        few, many = (here, there) if len(here) <= len(there) else (there, here)
        shared = [key for key in few if key in many]
        differ = sum(1 for key in shared if not few[key] & many[key])
        return (is_cell or differ > 1) and differ * 2 > len(shared) - is_cell


def _bases(item: Comparable) -> Iterator[Said]:
    """What a figure may be measured in, and its value in that: a bare one with decimals may be money or a share."""
    value = value_of(item)
    yield item.base, value
    if not item.figure.number.unit and "." in item.figure.number.text:
        yield from (("元", value), ("元", value * 10000), ("%", value))


def value_of(item: Comparable) -> Decimal:
    """A figure's value in the base of its unit."""
    return measured(item.figure.number)[0]


def place_of(item: Comparable) -> Place:
    """The table of a cell, the sentence of a figure in prose."""
    figure = item.figure
    return figure.passage.id, -1 if figure.is_cell else figure.quote_start


def is_amount(item: Comparable) -> bool:
    """Whether a figure measures or counts something: no code, rank or end of a range."""
    number = item.figure.number
    if "～" in number.bound or _CODE.search(item.label.rstrip("：: ")) or "case" in item.aspects:
        return False
    if item.figure.is_cell:
        return True
    bare = not number.unit and not ("." in number.text and _SAID_OF.search(item.figure.before))
    return not bare and not _QUOTED.search(item.figure.before)


def is_third(item: Comparable, one: Comparable, other: Comparable, report: ReportFigures) -> bool:
    """Whether a figure is of what two others are, and agrees with neither: then their label names no one thing.

    Nor is a figure without a year that of a year where its label has another for a later one.
    """
    if same(item, one) or same(item, other) or not are_comparable(item, one, report):
        return False
    is_later = not one.when.years and max(item.when.years, default=0) > max(other.when.years, default=0)
    return is_later or are_comparable(item, other, report)


def are_comparable(one: Comparable, other: Comparable, report: ReportFigures) -> bool:
    """Whether two figures may be of one measure and time."""
    if one.aspects != other.aspects:
        return False
    if one.counted != other.counted and ("人" in (one.counted, other.counted) or (one.counted and other.counted)):
        return False
    return of_one_time(one.when, other.when, report.years, overlapping=is_slip(*_in_one_unit(one, other)))


def may_be_one(one: Comparable, other: Comparable, report: ReportFigures) -> bool:
    """Whether nothing sets two figures apart, though they do not agree."""
    return (
        place_of(one) != place_of(other)
        and are_comparable(one, other, report)
        and not same(one, other)
        and (other.base, value_of(other)) not in report.values[place_of(one)]
        and (one.base, value_of(one)) not in report.values[place_of(other)]
        and not _differ_by_rounding(one, other)
        and not _are_named_apart(one, other)
        and not report.are_copies_of_a_form(one, other)
    )


def _are_named_apart(one: Comparable, other: Comparable) -> bool:
    """Whether what stands above two figures, or an ordinal before them, names two things of one kind."""
    some, others = (set(_ORDINAL.findall(_sentence_before(item))) for item in (one, other))
    if some and others and some != others:
        return True
    here, there = one.figure.table, other.figure.table
    above = [(here.caption, there.caption)] if here and there else []
    above += zip(one.figure.passage.path, other.figure.passage.path, strict=False)
    return any(_are_alternatives(*pair) for pair in above)


def _are_alternatives(one: str, other: str) -> bool:
    """Whether two headings end alike and begin differently: 合并资产负债表, 母公司资产负债表."""
    one, other = _NUMBERING.sub("", one), _NUMBERING.sub("", other)
    some, others = words_of(one), words_of(other)
    return one[-2:] == other[-2:] and bool(some - others) and bool(others - some)


def _sentence_before(item: Comparable) -> str:
    figure = item.figure
    return item.label if figure.is_cell else figure.passage.text[figure.quote_start : figure.start]


def of_one_time(one: FigureTime, other: FigureTime, years: Collection[int], *, overlapping: bool = False) -> bool:
    """Whether two figures may be of one time, or of times that overlap; what says none is of the report's own years."""
    if one.dates != other.dates and not one.dates & other.dates:
        return False
    if one.spans and other.spans:
        alike = one.spans == other.spans or (one.years == other.years and len(one.years) == 1)
        return alike or (overlapping and bool(one.years & other.years))
    named = one.years or other.years
    return not named or not years or (named <= set(years) and bool(named))


def same(one: Comparable, other: Comparable) -> bool:
    """Whether two figures agree; a bare cell counts what the other does."""
    return agree(*_with_units(one, other))


def _in_one_unit(one: Comparable, other: Comparable) -> tuple[Decimal, Decimal]:
    first, second = _with_units(one, other)
    return measured(first)[0], measured(second)[0]


def _with_units(one: Comparable, other: Comparable) -> tuple[Number, Number]:
    first, second = one.figure.number, other.figure.number
    if not first.unit or not second.unit:
        unit = first.unit or second.unit
        first, second = replace(first, unit=unit), replace(second, unit=unit)
    return first, second


def looks_like_one(one: Comparable, other: Comparable, report: ReportFigures) -> bool:
    """Whether something bears out that two figures are meant as one."""
    first, second = _in_one_unit(one, other)
    if is_slip(first, second, left_out=True):
        return True
    if (one.figure.is_cell and other.figure.is_cell) or abs(first - second) > FAR * max(abs(first), abs(second)):
        return False
    if _are_one_sentence(one, other):
        return True
    some, others = (report.beside[item.figure.passage.id, item.figure.quote_start] for item in (one, other))
    return any(value >= MIN_COMPANION and value % 10 for _, value in some & others) or _are_headline_statements(
        one, other
    )


def _are_headline_statements(one: Comparable, other: Comparable) -> bool:
    """Whether both are said of the whole in the same words: two sentences that open with them, or one and a total."""
    first, second = _in_one_unit(one, other)
    gap = abs(first - second) / max(abs(first), abs(second))
    near = NEAR if one.base == "%" or len(one.terms) < MIN_TERMS else FAR
    return one.leads and other.leads and one.terms == other.terms and gap <= near


def _differ_by_rounding(one: Comparable, other: Comparable) -> bool:
    """Whether figures with decimals are apart by no more than one in the last place: sums of rounded figures are."""
    (first, _, step), (second, _, other_step) = map(measured, _with_units(one, other))
    exact = not (one.figure.number.bound or other.figure.number.bound)
    decimals = any("." in item.figure.number.text for item in (one, other))
    return exact and decimals and abs(first - second) <= max(step, other_step)


def _are_one_sentence(one: Comparable, other: Comparable) -> bool:
    """Whether two sentences are the same up to their figures: neither has words that the other lacks."""
    if one.figure.is_cell or other.figure.is_cell:
        return False
    some, others = (_DIGITS.sub("#", matching_key(_sentence_before(item))) for item in (one, other))
    if len(some) < LEAD or some[-LEAD:] != others[-LEAD:] or some[-LEAD:].count("#") > 1:
        return False
    return not (words_of(some[-LOOK_BACK:]) - words_of(others)) or not (words_of(others[-LOOK_BACK:]) - words_of(some))
