"""Figures → what each is said of: its own label, what may qualify it, its aspect and time.

A figure in prose is labelled by its clause (学校现有学生社团45个); by that of the figure before it where its own only
relates to it (少数民族学生40人，占36.47%，比上年增长3%); by its item where a list of figures follows a list of things. A
cell is labelled by its row and all levels of its column. What stands before a figure in its paragraph and above it
(topic, headings, caption) may lend words to its label, but never a word that tells the figures of one sentence, or the
rows and columns of one table, apart: that qualifies one of them and no other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.figures.clauses import clause_of
from rag.figures.extraction import TOTAL
from rag.figures.heads import EMPTY, Head, cell_to_head, clause_to_head
from rag.figures.time import figure_to_when
from rag.language.clauses import CLAUSE
from rag.language.numbers.units import canonical
from rag.language.text import tagged_words, text_key
from rag.records import Figure, FigureTime

BEFORE = -1
"""Stands for the figure of the sentence before."""
LOOK_BACK = 240
"""Characters before a figure in which words may be found that its label leaves out."""
ASPECTS: Mapping[str, re.Pattern[str]] = {
    "change": re.compile(
        "(?:增加|增长|上涨|上升|提高|提升|下降|减少|降低)(?![到至为])|增速|增量|增幅|涨幅|降幅|同比|环比|新增|净增|增减|调减|停招|另有|再次"
        "|继续|变化|变动"
    ),
    "total": re.compile("累计|历届|历年|以来|[近前][两二三四五六七八九十0-9]+[年届]"),
    "plan": re.compile("计划|(?<!公共)(?<!基金)(?<!经营)预算|(?<![虚模])拟|预计|目标|力争|标准|要求|不低于|不高于"),
    "each": re.compile("[生人户年师班月]均|平均|每"),
    "negated": re.compile("[待未非不]"),
    "extreme": re.compile("最高|最低|最大|最小|最多|最少|最长"),
}
"""What makes two figures of one thing different figures: a change and a level, a target and a result."""
RATE = re.compile(r"率|度(?![过年])")
PEOPLE = frozenset("人 名 位".split())
_CASE = re.compile("案例")
_RELATES = re.compile(r"^[、\s]*(?:其?约?各?占|[比较]|同比|环比|[人生师户]均|平均)")
_EXAMPLES = re.compile(r"^.*、.*?(?:等(?:在内)?的?)?$")
REFERS = re.compile("(?:这一|该|此|上述|前述)(?:数字|比例|比率|占比|指标|数值|数据)")
_MEMBER = re.compile(r"^[、\s]*(?:其中|含|包括)")
_BRACKETED = re.compile("[（(][^（）()]*[）)]")
_FUNCTION = frozenset("uj ul uv uz ug ud u p c y e o x w m q mq d k h".split())
_NUMERAL = re.compile(r"[0-9.%零〇一二三四五六七八九十百千万亿两几多余]+")
_MEAN = re.compile("([生人师户])均值")
_AFFIX = re.compile("^总|[数额量值]$")
COUNT = "个"
"""The base of everything counted, and of what has no unit."""
_ANY = ("个", "项", "")


@dataclass(frozen=True, slots=True)
class Comparable:
    """A figure with what it is said of, as far as it takes to tell whether another is said of the same."""

    figure: Figure
    label: str
    """What is printed of it: its clause, or its row and column."""
    terms: frozenset[str]
    """The words of its label that say something, and those of the figure or topic it relates to."""
    lent: str
    """Key of what stands before it in its paragraph and above it."""
    apart: frozenset[str]
    """The words of the labels beside it, which tell its sentence's or table's figures apart."""
    part_of: frozenset[str]
    """The words of the figure it is a part of (其中)."""
    leads: bool
    """Nothing before it in its sentence could narrow it."""
    aspects: frozenset[str]
    base: str
    """What its unit is measured in; figures of one base can be compared."""
    counted: str
    """Of a count: people, or what its counting word counts, `` where that may be anything."""
    when: FigureTime
    head: Head

    def grants(self, word: str) -> bool:
        """Whether a word that its label leaves out may be said of it."""
        if word == "毕业生" and any(kind == "cohort" for kind, _ in self.when.spans):
            return True
        return word in self.lent and (word not in self.apart or word in self.part_of)


@dataclass(frozen=True, slots=True)
class _Label:
    """The label of a figure in prose."""

    text: str
    leads: bool
    relates_to: int | None = None
    """Index in the sentence of the figure whose words are its own too; that of a sentence before it is `BEFORE`."""


def figures_to_contexts(
    figures: Sequence[Figure], report_year: int | None = None, names: Collection[str] = ()
) -> tuple[Comparable, ...]:
    """What each of a report's figures is said of, in their order; the `names` of its college say nothing."""
    reading = _Reading(report_year, tuple(sorted(names, key=len, reverse=True)))
    groups: dict[tuple[str, int], list[int]] = defaultdict(list)
    for at, figure in enumerate(figures):
        groups[figure.passage.id, -1 if figure.is_cell else figure.quote_start].append(at)
    found: dict[int, Comparable] = {}
    before: list[Comparable] = []
    for members in groups.values():
        held = [figures[at] for at in members]
        own = list(reading.cells(held) if held[0].is_cell else reading.sentence(held, before))
        before = own
        found |= dict(zip(members, own, strict=True))
    return tuple(found[at] for at in range(len(figures)))


def cell_label(row: str, column: str) -> str:
    """What is printed of a cell, given what its row and its column say."""
    return " ".join(filter(None, (TOTAL.sub("", row), column)))


@lru_cache(maxsize=10_000)
def words_of(text: str, names: tuple[str, ...] = ()) -> frozenset[str]:
    """The words of a text that say something; compounds of four characters as their halves (中级职称: 中级, 职称)."""
    for name in names:
        text = text.replace(name, " ")
    text = _MEAN.sub(r"\1均", text)
    words: set[str] = set()
    for at, (word, tag) in enumerate(tagged_words(text)):
        if tag in _FUNCTION or _NUMERAL.fullmatch(word) or (word in EMPTY and not (word == "学院" and at)):
            continue
        if len(word) == 1 and tag not in ("b", "n"):
            continue
        halves = (word[:2], word[2:]) if len(word) == 4 else (word,)
        kept = (_AFFIX.sub("", half) if len(half) > 2 else half for half in halves)
        words.update(half for half in kept if half == "学院" or half not in EMPTY)
    return frozenset(words)


def _referred(figure: Figure, before: Sequence[Comparable]) -> Comparable | None:
    """The figure of the sentence before, in the same paragraph and of the same unit, that one refers to (这一比例)."""
    told = [one for one in before if one.figure.number.unit == figure.number.unit and not one.figure.is_cell]
    if not told or not REFERS.search(clause_of(figure)):
        return None
    same = told[-1].figure.passage.id == figure.passage.id
    between = figure.passage.text[told[-1].figure.end : figure.quote_start]
    return told[-1] if same and "\n" not in between else None


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the contexts of one report's figures."""

    report_year: int | None
    names: tuple[str, ...]

    def words(self, text: str) -> frozenset[str]:
        return words_of(text, self.names)

    def unnamed(self, text: str) -> str:
        """The text without the names of the college."""
        for name in self.names:
            text = text.replace(name, " ")
        return text

    def sentence(self, figures: Sequence[Figure], before: Sequence[Comparable] = ()) -> Iterator[Comparable]:
        """Of the figures of one sentence, first to last; `before` is known of those of the sentence before."""
        meant = _referred(figures[0], before)
        labels = [self.label(figures, at) for at in range(len(figures))]
        if meant:
            labels[0] = replace(labels[0], leads=False, relates_to=BEFORE)
        own = [self.words(label.text) for label in labels]
        apart = frozenset[str]().union(*own)
        part_of = frozenset[str]()
        heads: list[Head] = []
        for at, (figure, label) in enumerate(zip(figures, labels, strict=True)):
            relates = label.relates_to
            if relates is not None:
                own[at] |= meant.terms if meant and relates == BEFORE else own[relates]
            if _MEMBER.match(label.text) and at:
                part_of = own[at - 1]
            start = max(figure.passage.text.rfind("\n", 0, figure.start) + 1, figure.start - LOOK_BACK)
            lent = f"{figure.passage.text[start : figure.start]}{figure.after}"
            behind = figure.after.partition("、")[0]
            ahead = self.unnamed(label.text.removesuffix(behind))
            ahead = REFERS.sub("", ahead) if relates is not None else ahead
            head = clause_to_head(ahead, behind if label.text.endswith(behind) else "")
            if not head.noun and relates is not None:
                lender = meant.head if meant and relates == BEFORE else heads[relates]
                head = Head(lender.noun, (*lender.qualifiers, *head.qualifiers))
            heads.append(head)
            yield self.context(figure, label, own[at], lent, apart, part_of, head)

    def label(self, figures: Sequence[Figure], at: int) -> _Label:
        """A figure's label; one that only relates (占, 比上年) or leaves its head out (具有高级职称的) says whose it takes on."""
        figure = figures[at]
        before, after = clause_of(figure).strip("、 "), figure.after.partition("、")[0]
        if not figure.near.startswith(clause_of(figure)):
            return _Label(figure.near, leads=False)
        if after and (_EXAMPLES.match(before) or (at and before and before == figures[at - 1].after.strip("、 "))):
            before = ""
        text = f"{before} {after}".strip()
        clauses = [clause for clause in CLAUSE.split(figure.before[-LOOK_BACK:])[:-1] if self.words(clause)]
        relates = _RELATES.match(before)
        if relates and not ("均" in relates[0] and self.words(f"{before[relates.end() :]} {after}")):
            return _Label(relates[0] if "占" in relates[0] else text, leads=False, relates_to=at - 1 if at else None)
        if at and REFERS.search(before):
            same = (i for i in range(at - 1, -1, -1) if figures[i].number.unit == figure.number.unit)
            return _Label(text, leads=False, relates_to=next(same, at - 1))
        if before.endswith("的") and not after:
            headed = next((i for i in range(at - 1, -1, -1) if not clause_of(figures[i]).endswith("的")), None)
            return _Label(
                text if headed is not None else " ".join([*clauses[:1], text]), leads=False, relates_to=headed
            )
        if not text and figure.before[-1:] in "：:" and clauses:
            return _Label(clauses[-1], leads=len(clauses) == 1 and not at)
        if self.words(text):
            return _Label(text, leads=not clauses and not _MEMBER.match(before))
        own = at == 0 or self.words(_BRACKETED.sub("", figure.before[figures[at - 1].end - figure.quote_start :]))
        return _Label(" ".join([*clauses[-1:], text]) if own else text, leads=False, relates_to=None if own else at - 1)

    def cells(self, figures: Sequence[Figure]) -> Iterator[Comparable]:
        """Of the cells of one table."""
        texts = [cell_label(figure.near, figure.before) for figure in figures]
        apart = frozenset[str]().union(*map(self.words, texts))
        for figure, text in zip(figures, texts, strict=True):
            column = figure.before.rpartition("·")[2]
            leads = figure.is_total or TOTAL.match(column) is not None or not self.words(figure.before)
            names = figure.context
            before = figure.row.filled[: figure.column] if figure.row else ()
            item = next((name for name in reversed(names.rows) if name in before), "")
            own = figure.near.removeprefix(" ".join(names.rows)).strip()
            head = cell_to_head(names.rows, names.columns, own, item)
            yield self.context(
                figure, _Label(text, leads=leads), self.words(text), figure.about, apart, frozenset(), head
            )

    def context(
        self,
        figure: Figure,
        label: _Label,
        terms: frozenset[str],
        lent: str,
        apart: frozenset[str],
        part_of: frozenset[str],
        head: Head,
    ) -> Comparable:
        """All that is known of one figure."""
        unit = canonical(figure.number.unit)[1]
        aspects = {name for name, pattern in ASPECTS.items() if pattern.search(label.text)}
        if unit.kind == "percent" and not RATE.search(label.text) and "change" not in aspects:
            aspects.add("share")
        if not figure.is_cell and any(map(_CASE.search, figure.passage.path)):
            aspects.add("case")
        return Comparable(
            figure=figure,
            label=label.text,
            terms=terms,
            lent=text_key(f"{lent} {' '.join(figure.passage.path[1:])}"),
            apart=apart,
            part_of=part_of,
            leads=label.leads,
            aspects=frozenset(aspects),
            base=unit.base or COUNT,
            counted="" if unit.kind != "count" or unit.name in _ANY else "人" if unit.name in PEOPLE else unit.name,
            when=figure_to_when(figure, self.report_year),
            head=head,
        )
