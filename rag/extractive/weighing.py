"""How well a figure answers one thing asked: its words, its unit, its year, its row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rag import slots
from rag.extractive.citing import CLAUSE_MARK
from rag.extractive.scope import scope_factor, unit_text
from rag.figures import Figure
from rag.numbers import cell_number, same_value, unit_class
from rag.records import Evidence, Number, Query, Report, TableRow
from rag.relevance import CONTEXT, TABLE_CONTEXT, Relevance, content_words, subject_words, text_key
from rag.slots import Slot
from rag.text import matching_key

UNIT_SHARE, LOCAL_SHARE = 0.45, 0.55
"""How a figure's score is made of what its sentence or row covers of the question, and its own words of the slot."""
PRECISION_SHARE = 0.1
"""What is added for a label that says nothing but what is asked."""
OWN_LABEL, GROUP_LABEL = 0.2, 0.05
CLAUSE_BEFORE = 0.85
"""What a word of the slot counts in the clause before the figure's own."""
BESIDE = 0.55
"""What a word of the slot counts in the figure's sentence but not in its own clause."""
HEAD_BOOST = 2.0
"""Factor for the words straight before and behind the interrogative: what is counted or measured."""
ITEM_BOOST = 4.0
OTHER_SLOT = 0.25
"""What a word that belongs to another interrogative counts in the sentence's cover."""
LEANING_WEIGHT = 0.25
"""Share of the question's weight below which a slot names nothing of its own."""
IN_CASE = 0.93
"""Factor for a case study: it tells of one project, not of the college."""
IN_SURVEY = 0.85
"""Factor for a figure about a survey's sample where the question does not speak of one."""
WRONG_KIND = 0.55
"""Factor for a figure whose unit is not of the kind asked."""
OTHER_UNIT = 0.6
"""Factor for a figure in a unit that is not the one asked in (人 for 人次)."""
BARE_KIND = 0.92
"""Factor for a figure without a unit where one is asked for."""
RANK_DECAY = 0.99
"""Factor per rank of the passage."""
_KIND_CLASSES: Mapping[str, frozenset[str]] = {
    slots.MONEY: frozenset({"money"}),
    slots.PERCENT: frozenset({"percent"}),
    slots.POINTS: frozenset({"points", "percent"}),
    slots.PEOPLE: frozenset({"count"}),
    slots.COUNT: frozenset({"count"}),
    slots.AREA: frozenset({"area"}),
    slots.TIME: frozenset({"time", "hours", "duration"}),
    slots.RATIO: frozenset({"ratio"}),
}
_MEASURE_ENDS = frozenset("率度比额值费薪")
_NO_MEASURES = frozenset(
    "占比 比率 比重 年度 学年度 制度 程度 高度 角度 深度 力度 速度 同比 环比 对比 经费 免费 比例 百分比".split()
)
MIN_MEASURE_SHARE = 0.5
MIN_SUBJECT_SHARE = 0.35
MAX_MISSING = 0.45
"""Share of a slot's subject that may be missing where its figure stands."""
_PEOPLE_UNITS = frozenset("人 名 位 人次 户".split())
_CASE = re.compile(r"案例")
_SURVEY = re.compile(r"样本|抽样|问卷|受访")
_NAME_LENGTH = 3
"""Characters behind a number that make a cell a name (5个万亿级支柱产业), not a figure."""
YEAR_TERM = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Choice:
    """A figure that may answer."""

    figure: Figure
    coverage: float
    """Share of the question that the figure's sentence or row, with its headings, covers."""
    reach: float
    """The same of the slot's own words."""
    score: float

    @property
    def sureness(self) -> float:
        """How far the figure is what was asked for, 0 to 1."""
        return (self.coverage + self.reach) / 2


@dataclass(frozen=True, slots=True)
class Ask:
    """One slot with the words that count for it: in the sentence, and beside the figure."""

    slot: Slot
    whole: Relevance
    local: Relevance
    subject: frozenset[str]
    """Nouns of the slot that what answers it must speak of."""
    leans: bool
    """The slot names nothing of its own."""


def slot_to_ask(slot: Slot, wanted: Sequence[Slot], relevance: Relevance, query: Query) -> Ask:
    """A slot with the question's words weighed for it."""
    own = content_words(slot.text)
    others = {word for other in wanted if other is not slot for word in content_words(other.text)} - own.keys()
    whole = {word: weight * (OTHER_SLOT if word in others else 1.0) for word, weight in relevance.weights.items()}
    heads = content_words(slot.head)
    local = {
        word: relevance.weights[word] * (HEAD_BOOST if word in heads else 1.0)
        for word in own
        if word in relevance.weights
    }
    for word in content_words(slot.item):
        local[word] = whole[word] = max(whole.get(word, 1.0), 1.0) * ITEM_BOOST
    leans = len(wanted) > 1 and sum(local.values()) < LEANING_WEIGHT * relevance.total
    subject = subject_words(slot.text) - frozenset(word for name in query.colleges for word in content_words(name))
    return Ask(
        slot,
        Relevance(whole, relevance.equivalents),
        Relevance(local or whole, relevance.equivalents),
        subject,
        leans,
    )


def weigh(
    figure: Figure,
    ask: Ask,
    ranks: Mapping[str, int],
    evidence: Evidence,
    reports: Mapping[str, Report],
) -> Choice | None:
    """How well a figure answers a slot; None where it cannot."""
    if figure.is_cell and len(figure.after) >= _NAME_LENGTH and figure.row and _opens_cell(figure, figure.row):
        return None
    if ask.slot.item and not _has_item(figure, ask.slot.item):
        return None
    unit = figure.passage.text[figure.quote_start : figure.quote_end]
    names = f"{figure.near} {figure.before}" if figure.is_cell else f"{figure.near} {figure.after}"
    context = f"{figure.about} {names if figure.is_cell else ''}"
    coverage = ask.whole.coverage(unit, context, TABLE_CONTEXT if figure.is_cell else CONTEXT)
    beside = _beside(figure, ask.local, names, f"{unit} {figure.about}")
    fit = _kind_factor(figure, ask.slot) * scope_factor(figure, evidence.query, reports.get(figure.passage.report_id))
    whole = f"{unit_text(figure)} {names} {figure.about}"
    if not fit or not _has_measure(ask, whole) or _missing(ask, whole) > MAX_MISSING:
        return None
    fit *= IN_CASE if _CASE.search(figure.passage.path[-1]) else 1.0
    fit *= IN_SURVEY if _SURVEY.search(whole) and not _SURVEY.search(evidence.query.focus) else 1.0
    exact = PRECISION_SHARE * _precision(figure.before if figure.is_cell else figure.near, ask)
    exact += _row_is_named(figure, evidence.query)
    score = (UNIT_SHARE * coverage + LOCAL_SHARE * beside + exact) * fit * RANK_DECAY ** ranks[figure.passage.id]
    reach = ask.local.coverage(f"{unit} {names}", context, TABLE_CONTEXT)
    return Choice(figure, coverage, reach, score)


def _opens_cell(figure: Figure, row: TableRow) -> bool:
    return row.printed[figure.column].startswith(figure.number.text)


def _precision(label: str, ask: Ask) -> float:
    """Share of a figure's own label that the question speaks of: 通过人数 is nearer to 通过 than 已通过…培训人数."""
    words = content_words(label)
    total = sum(words.values())
    if not total:
        return 0.0
    asked = text_key(ask.slot.text)
    printed = [name for terms, names in ask.local.equivalents if terms & ask.local.weights.keys() for name in names]
    return (
        sum(weight for word, weight in words.items() if word in asked or any(word in name for name in printed)) / total
    )


def _missing(ask: Ask, text: str) -> float:
    """Share, by weight, of the slot's subject words that a text has neither as asked nor as printed."""
    weights = {word: weight for word, weight in ask.local.weights.items() if word in ask.subject}
    total = sum(weights.values())
    if not total:
        return 0.0
    shares = ask.local.shares(text)
    return sum(weight for word, weight in weights.items() if shares.get(word, 0.0) < MIN_SUBJECT_SHARE) / total


def _beside(figure: Figure, local: Relevance, names: str, around: str) -> float:
    """How much of the slot stands by a figure: in its own clause or labels, in the clause before, in its sentence."""
    clauses = [clause for clause in CLAUSE_MARK.split(figure.before) if clause.strip()]
    before = clauses[-2] if len(clauses) > 1 and not figure.is_cell else ""
    covered = {word: BESIDE * share for word, share in local.shares(around).items()}
    for factor, text in ((CLAUSE_BEFORE, before), (1.0, names)):
        for word, share in local.shares(text).items():
            covered[word] = max(covered.get(word, 0.0), factor * share)
    return local.earned(covered)


def _row_is_named(figure: Figure, query: Query) -> float:
    """What a cell gains when the question names its row: most for the row's own label, the last before the figure.

    Labels are looked for longest first and each place counts once: 护理学院 in a question does not name the row 护理.
    """
    if figure.row is None:
        return 0.0
    texts = figure.row.filled
    labels = [
        text for i, text in enumerate(texts) if i != figure.column and len(text) > 1 and cell_number(text) is None
    ]
    own = next((text for text in reversed(texts[: figure.column]) if text in labels), "")
    left = matching_key(f"{query.focus} {query.carried}")
    named = set()
    for label in sorted(set(labels), key=len, reverse=True):
        if (key := matching_key(label)) in left:
            left = left.replace(key, "\0")
            named.add(label)
    return (OWN_LABEL if own in named else 0.0) + (GROUP_LABEL if named - {own} else 0.0)


def item_text(figure: Figure) -> str:
    """Where the name of an enumerated item may stand: sentence, row and column header."""
    return f"{unit_text(figure)} {figure.before}"


def _has_item(figure: Figure, item: str) -> bool:
    return matching_key(item) in text_key(item_text(figure)) or YEAR_TERM.fullmatch(item) is not None


def _kind_factor(figure: Figure, slot: Slot) -> float:
    """1 for a figure of the kind and unit asked, less for one that may be, 0 for one that cannot."""
    classes = _KIND_CLASSES.get(slot.kind)
    unit = figure.number.unit
    if classes is not None and unit and unit_class(unit) not in classes:
        return 0.0
    if slot.unit and unit:
        per = unit.partition("/")[0]
        return 1.0 if slot.unit in (unit, per) or _scales(unit, slot.unit) else OTHER_UNIT
    if classes is None:
        return 1.0
    if not unit:
        return BARE_KIND if slot.kind in (slots.PEOPLE, slots.COUNT) else WRONG_KIND
    return WRONG_KIND if slot.kind == slots.PEOPLE and unit not in _PEOPLE_UNITS else 1.0


def _scales(unit: str, other: str) -> bool:
    """Whether figures in two units can be compared: 元 and 万元, 人 and 名, not 人 and 人次."""
    one = Number("1", Decimal(1), unit, 0, 1)
    return any(same_value(one, Number("1", Decimal(10) ** power, other, 0, 1)) for power in (-8, -4, 0, 4, 8))


def _has_measure(ask: Ask, text: str) -> bool:
    """Whether the quantity asked for by name (就业率, 月薪, 学费) stands in a text under that or a printed name."""
    measures = [
        word for word in ask.local.weights if word[-1] in _MEASURE_ENDS and len(word) > 1 and word not in _NO_MEASURES
    ]
    shares = ask.local.shares(text)
    return not measures or any(shares.get(word, 0.0) >= MIN_MEASURE_SHARE for word in measures)
