"""How well a figure fits one thing asked, as few numbers as tell: each speaks always for a figure, or always against it.

A figure's own words are its label (its clause, or its row and column); then its sentence or row; then what stands
above it (caption, headings) and around it (paragraph).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from rag.answering.built_in.belonging import is_elsewhere, is_foreign, is_other_group, names_shortened
from rag.answering.built_in.opposites import is_opposed, is_unsaid
from rag.answering.built_in.other_words import RELATED
from rag.answering.built_in.said import Said
from rag.answering.built_in.times import is_stale, year_fit
from rag.answering.built_in.units import unit_fit
from rag.answering.built_in.wanted import Wanted
from rag.figures.context import words_of
from rag.figures.heads import EMPTY
from rag.language.meaning import mean_vectors, nearness
from rag.language.numbers.units import canonical
from rag.language.text import text_key
from rag.records import AskKind, Figure, Report
from rag.retrieval.relevance import content_words

FEATURES = (
    "own", "asked", "around", "missing", "absent", "named", "row_gap", "column_gap", "unit", "clash", "year", "other_year", "total", "part", "extra",
    "headless", "change", "plan", "each", "whole", "rank", "beside", "sense", "near", "stale", "group", "elsewhere", "foreign",
    "taken", "extreme", "opposed", "unsaid", "aside",
)  # fmt: skip
"""What a figure is weighed by, in the order of its features."""
AGAINST = frozenset(
    "whole missing absent row_gap column_gap clash other_year part extra headless change plan each rank stale group elsewhere foreign taken opposed unsaid aside".split()
)
"""Features that speak against a figure; all others speak for it."""
IN_SENTENCE, IN_TITLES, IN_PARAGRAPH = 0.8, 0.75, 0.5
"""What a word counts that stands not in a figure's label but in its sentence or row, its headings, its paragraph."""
MANY_STRANGE = 2.0
"""Strange words of a label from which on more make no difference."""
_BRACKETED = re.compile(r"[（(][^（）()]*[)）]")
_TOTAL = re.compile("[总共]|合计|全校|全部|累计")
_OF_ONE = re.compile("月收入|[月年起]薪|薪[酬资]|工资水平|年龄|[工教]龄")
"""What is of one person by its nature."""
_EXTREMES = (re.compile("最(?![低小少短差后近终新初])"), re.compile("最[低小少短差]"))
Rows = Sequence[tuple[float, ...]]
"""The features of figures, one row a figure, each in the order of `FEATURES`."""


def weigh_all(said: Sequence[Said], wanted: Wanted, reports: Mapping[str, Report]) -> Rows:
    """The features of every figure for one thing asked; `beside` is 0 until `beside_figure` says otherwise."""
    wanted.words.read(key for one in said for key in (one.own, one.sentence, one.titles, one.paragraph))
    strange = _strangeness(said, wanted)
    clause = {word: weight for word, weight in wanted.words.weights.items() if word in wanted.clause}
    weighed = [_weigh(one, wanted, clause, reports.get(one.figure.passage.report_id), strange) for one in said]
    rows, columns = _coverages(said, wanted)
    senses = _senses(said, clause)
    taken = _taken(said, wanted)
    aside = _aside(said, wanted)
    best: dict[tuple[str, int], float] = defaultdict(float)
    for one, row, column in zip(said, rows, columns, strict=True):
        for key, value in zip(_groups(one), (row, column), strict=True):
            best[key] = max(best[key], value)
    for at, (one, values, row, column) in enumerate(zip(said, weighed, rows, columns, strict=True)):
        values["sense"], values["near"] = senses[at]
        values["taken"], values["aside"] = taken[at], aside[at]
        in_rows, in_columns = _groups(one)
        values["row_gap"] = best[in_rows] - row
        values["column_gap"] = best[in_columns] - column
    return [tuple(values.get(name, 0.0) for name in FEATURES) for values in weighed]


def beside_figure(rows: Rows, said: Sequence[Said], other: Figure | None) -> Rows:
    """The features where `other` answers the thing asked before: the next answer mostly stands by it."""
    if other is None:
        return rows
    at = FEATURES.index("beside")
    return [(*row[:at], is_beside(one.figure, other), *row[at + 1 :]) for row, one in zip(rows, said, strict=True)]


def _senses(said: Sequence[Said], asked: Mapping[str, float]) -> list[tuple[float, float]]:
    """How near in meaning what is asked is to each figure's own words with its headings, and to its sentence."""
    own = [{**_halved(content_words(one.titles)), **content_words(one.own)} for one in said]
    around = [content_words(one.sentence) for one in said]
    vectors = mean_vectors([asked, *own, *around])
    near = vectors[1:] @ vectors[0]
    return [(float(near[at]), float(near[at + len(said)])) for at in range(len(said))]


def _taken(said: Sequence[Said], wanted: Wanted) -> list[float]:
    """How much of what is asked each figure's label leaves to that of another figure of its sentence or table."""
    words = wanted.words
    shares = [words.shares_in(one.own) for one in said]
    best: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for one, own in zip(said, shares, strict=True):
        group = best[_groups(one)[0]]
        for word, share in own.items():
            group[word] = max(share, group.get(word, 0.0))
    return [
        sum(words.weights[word] * max(0.0, share - own.get(word, 0.0)) for word, share in best[_groups(one)[0]].items())
        / (words.total or 1.0)
        for one, own in zip(said, shares, strict=True)
    ]


def _aside(said: Sequence[Said], wanted: Wanted) -> list[float]:
    """How much the caption of each cell's table says that others do not and nobody asks: a table of one fund, of one group."""
    captions = {one.figure.about: words_of(one.figure.about) for one in said if one.figure.is_cell}
    counts = Counter(word for words in captions.values() for word in words)
    total = math.log(len(captions) + 1.5)
    strange = {
        word: math.log((len(captions) + 1.5) / (count + 0.5)) / total
        for word, count in counts.items()
        if not _stands_in(word, wanted.question)
    }
    weights = {
        about: min(sum(strange.get(word, 0.0) for word in words) / MANY_STRANGE, 1.0)
        for about, words in captions.items()
    }
    return [weights.get(one.figure.about, 0.0) if one.figure.is_cell else 0.0 for one in said]


def _halved(words: Mapping[str, float]) -> dict[str, float]:
    return {word: weight / 2 for word, weight in words.items()}


def _coverages(said: Sequence[Said], wanted: Wanted) -> tuple[list[float], list[float]]:
    """How much of the question each figure's row and column say; of prose, its own clause and nothing."""
    rows, columns = [], []
    for one in said:
        figure = one.figure
        if figure.is_cell:
            rows.append(wanted.words.coverage(figure.near) + names_shortened(figure.near, wanted.question))
            columns.append(wanted.words.coverage(figure.before))
        else:
            rows.append(wanted.words.coverage(one.own))
            columns.append(0.0)
    return rows, columns


def _groups(one: Said) -> tuple[tuple[str, int], tuple[str, int]]:
    """Keys of the figures that a cell's row, and its column, or a clause, stands beside."""
    figure = one.figure
    if figure.is_cell:
        return (figure.passage.id, -1), (figure.passage.id, -2)
    return (figure.passage.id, figure.quote_start), (figure.passage.id, -3)


def is_beside(figure: Figure, other: Figure) -> float:
    """How near a figure stands to another: 1 behind it in the same sentence or row, 0 in another place."""
    if figure.passage.id != other.passage.id or figure.start == other.start:
        return 0.0
    if figure.quote_start == other.quote_start:
        return 1.0 if figure.start > other.start else 0.7
    between = figure.passage.text[min(figure.start, other.start) : max(figure.start, other.start)]
    return 0.3 if "\n" not in between else 0.0


def _weigh(
    said: Said, wanted: Wanted, clause: Mapping[str, float], report: Report | None, strange: Mapping[str, float]
) -> dict[str, float]:
    words = wanted.words
    own = words.shares_in(said.own)
    around = dict(own)
    for text, counts in ((said.sentence, IN_SENTENCE), (said.titles, IN_TITLES), (said.paragraph, IN_PARAGRAPH)):
        for word, share in words.shares_in(text).items():
            around[word] = max(around.get(word, 0.0), counts * share)
    missing = {word: weight * (1 - around.get(word, 0.0)) for word, weight in words.weights.items()}
    heaviest = max(words.weights.values(), default=0.0) or 1.0
    named = _named(said, wanted)
    unit = unit_fit(said.figure, wanted.ask)
    year = year_fit(said, wanted, report)
    held = sum(weight * max(own.get(word, 0.0), 0.7 * around.get(word, 0.0)) for word, weight in clause.items())
    return {
        "own": words.earned(own),
        "asked": held / (sum(clause.values()) or 1.0),
        "around": words.earned(around),
        "missing": max((lost for word, lost in missing.items() if word in wanted.printed), default=0.0) / heaviest,
        "absent": max((lost for word, lost in missing.items() if word not in wanted.printed), default=0.0) / heaviest,
        "named": named,
        "unit": max(unit, 0.0),
        "clash": max(-unit, 0.0),
        "year": max(year, 0.0),
        "other_year": max(-year, 0.0),
        "total": float("total" in wanted.aspects and _is_total(said)),
        "part": float("total" in wanted.aspects and not _is_total(said)),
        "extra": min(sum(strange.get(word, 0.0) for word in said.context.terms) / MANY_STRANGE, 1.0),
        "headless": 1.0 - max(own.get(wanted.head, 0.0), IN_SENTENCE * around.get(wanted.head, 0.0))
        if wanted.head
        else 0.0,
        **_mismatches(said, wanted),
        "whole": float(
            ("each" in wanted.aspects and not _is_each(said)) or ("change" in wanted.aspects and not _is_change(said))
        ),
        "rank": min(said.rank, 8) / 8,
        "stale": float(is_stale(said, wanted, report)),
        "foreign": float(is_foreign(said, wanted, report)),
        "elsewhere": float(is_elsewhere(said, wanted, report)),
        "group": float(is_other_group(said, wanted)),
        "extreme": float(any(p.search(wanted.clause) and p.search(said.own) for p in _EXTREMES)),
        **_opposition(said, wanted, report),
    }


def _opposition(said: Said, wanted: Wanted, report: Report | None) -> dict[str, float]:
    """Whether a figure's label names the opposite of what is asked (女 for 男), and whether nothing by it names what is."""
    near = f"{said.text} {said.own} {said.paragraph} {f'{report.title} {report.college}' if report else ''}"
    return {
        "opposed": float(any(is_opposed(member, said.own) for member in wanted.members_of_sets)),
        "unsaid": float(any(is_unsaid(member, near) for member in wanted.members_of_sets)),
    }


def _is_total(said: Said) -> bool:
    return said.figure.is_total or _TOTAL.search(said.own) is not None


def _named(said: Said, wanted: Wanted) -> float:
    """How many of a cell's row and the last level of its column the question names whole."""
    figure = said.figure
    if not figure.is_cell:
        return 0.0
    names = [text_key(name) for name in figure.near.split()]
    column = text_key(_BRACKETED.sub("", figure.before.rpartition("·")[2]))
    row = any(len(name) > 1 and name in wanted.question for name in names) or names_shortened(
        figure.near, wanted.question
    )
    return (bool(row) + (len(column) > 1 and column in wanted.question)) / 2


def _strangeness(said: Sequence[Said], wanted: Wanted) -> Mapping[str, float]:
    """How strange each word of the figures' labels is to the question, 0 to 1: what few labels say tells figures apart."""
    known = " ".join([wanted.question, *(name for _, names in wanted.words.equivalents for name in names)])
    labels = {(one.figure.near, one.figure.before, one.context.label): one.context.terms for one in said}
    counts = Counter(word for terms in labels.values() for word in terms if len(word) > 1 and word not in EMPTY)
    words = sorted(word for word in counts if not _stands_in(word, known))
    asked = sorted(wanted.words.weights)
    near = nearness(words, asked).max(axis=1) if words and asked else [0.0] * len(words)
    total = math.log(len(labels) + 1.5)
    return {
        word: math.log((len(labels) + 1.5) / (counts[word] + 0.5)) / total * (1 - RELATED * max(0.0, float(close)))
        for word, close in zip(words, near, strict=True)
    }


def _stands_in(word: str, text: str) -> bool:
    """Whether a word, or half of its pairs of characters, stands in a text."""
    if word in text:
        return True
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    return sum(pair in text for pair in pairs) * 2 >= len(pairs) and bool(pairs)


def _is_change(said: Said) -> bool:
    """Whether a figure says how much something changed."""
    return "change" in said.context.aspects or canonical(said.figure.number.unit)[1].kind == "points"


def _is_each(said: Said) -> bool:
    """Whether a figure is so much for each, or on average."""
    kind = canonical(said.figure.number.unit)[1].kind
    is_said = "each" in said.context.aspects or "均" in said.own or "每" in said.own
    return is_said or kind in ("per", "ratio") or _OF_ONE.search(said.own) is not None


def _mismatches(said: Said, wanted: Wanted) -> dict[str, float]:
    """Aspects (change, plan or standard, per head) that only one of question and figure has."""
    is_change = "change" in wanted.aspects or wanted.ask.kind is AskKind.POINTS
    return {
        "change": float(is_change != _is_change(said)),
        "plan": float(("plan" in wanted.aspects) != ("plan" in said.context.aspects)),
        "each": float(("each" in wanted.aspects) != _is_each(said)),
    }
