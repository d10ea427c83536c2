"""Evidence → Draft without a model: the figures or cells that answer, in a short sentence, cited.

A figure is chosen for each thing asked by how much of what is asked stands near it: its own clause or row first,
then its sentence, then the headings above, and by whether its unit is of the kind asked for. Where too little of the
question is near any figure or sentence, the answer is that nothing was found, with the nearest thing stated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from rag import slots
from rag.chunks import page_at
from rag.figures import Figure, passage_to_figures
from rag.numbers import cell_number, find_scopes, same_value, unit_class
from rag.paragraphs import CAPTION
from rag.records import AnswerStatus, Citation, Conflict, Draft, Evidence, Number, Passage, Query, Report, Table
from rag.relevance import CONTEXT, TABLE_CONTEXT, Relevance, content_words, query_to_relevance, text_key
from rag.slots import Slot, question_to_slots
from rag.tables import header_labels, row_text
from rag.text import matching_key, sentence_spans, tagged_words

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
SAYS_YEAR = 1.08
SAME_UNIT_BONUS = 0.15
"""Figures for one question mostly stand together."""
LEANING_BONUS = 0.5
"""The same for a slot that names nothing of its own (…，占比多少): it asks of what the last figure is said of."""
LEANING_WEIGHT = 0.25
"""Share of the question's weight below which a slot names nothing of its own."""
IN_CASE = 0.93
"""Factor for a case study: it tells of one project, not of the college."""
MIN_COVERAGE = 0.36
"""Share of the question's weight, and of the slot's own, that must on average stand by a figure that answers."""
ROUGHLY = Decimal("0.1")
"""How far an approximate figure may be from an exact one it stands for."""
FOLLOWING_SLOT = 0.6
"""Part of it that is enough for the other things asked once one is found."""
MIN_NAME_COVERAGE = 0.4
MIN_NEAREST = 0.25
MAX_NAMED = 2
"""Titles of searched reports that a refusal names."""
WRONG_KIND = 0.55
"""Factor for a figure whose unit is not of the kind asked."""
OTHER_UNIT = 0.6
"""Factor for a figure in a unit that is not the one asked in (人 for 人次)."""
BARE_KIND = 0.92
"""Factor for a figure without a unit where one is asked for."""
ORDINARY_LENGTH = 80
"""Characters of a sentence."""
LENGTH_POWER = 0.3
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
MAX_ROWS = 12
"""More rows than this are a table, not an answer."""
_MEASURE_ENDS = frozenset("率度比额值费薪")
_NO_MEASURES = frozenset(
    "占比 比率 比重 年度 学年度 制度 程度 高度 角度 深度 力度 速度 同比 环比 对比 经费 免费 比例 百分比".split()
)
MIN_MEASURE_SHARE = 0.5
_ENDS = re.compile(r"[。！？；]")
_ROW_NUMBER = re.compile(r"^(?:序号|编号|序)$")
_PEOPLE_UNITS = frozenset("人 名 位 人次 户".split())
_LIST_MARK = re.compile(r"[、，,和及与]{1,2}")
_IN_TURN = re.compile(r"分别|依次|各")
_CLAUSE_MARK = re.compile(r"[，,；;。：:！？（(\n]")
_UNIT_BRACKET = re.compile(
    r"[（(](?:[^（）()]*/)?(?:人|人次|名|个|项|元|万元|亿元|册|平方米|亩|门|学时|%|％|分|天|台套?|套)[）)]|[（(][^（）()]*/生[）)]"
)
MAX_LABEL = 30
"""Characters of a clause that may stand before its figure."""
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付"
    "方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤柳易骆"
)
"""The hundred commonest family names."""
_PERSON = re.compile("人名")
_THINGS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile(r"谁|哪位|叫什么名字|法人"), _PERSON),
    (
        re.compile(r"哪一?天|什么时候|何时|哪年|几月|几号|日期"),
        re.compile(r"\d\s*[年月日]|[一二三四五六七八九十〇]{1,4}[年月日]"),
    ),
    (
        re.compile(r"哪一?[些家个](?:公司|企业|单位)|什么(?:公司|企业)"),
        re.compile(r"公司|企业|集团|厂|中心|协会|局|医院|银行"),
    ),
    (re.compile(r"哪一?[些所家个](?:学校|院校|高校|大学)|哪所"), re.compile(r"学校|学院|大学|职院|高专")),
    (re.compile(r"电话|号码"), re.compile(r"\d{3,4}[-—]?\d{7,8}|1\d{10}")),
    (re.compile(r"邮箱|邮件"), re.compile(r"@")),
)
"""What is asked for → what its answer cannot lack."""
_CASE = re.compile(r"案例")
_YEAR_TERM = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class _Choice:
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
class _Ask:
    """One slot with the words that count for it: in the sentence, and beside the figure."""

    slot: Slot
    whole: Relevance
    local: Relevance
    leans: bool
    """The slot names nothing of its own."""


def evidence_to_draft(evidence: Evidence, reports: Mapping[str, Report], tables: Mapping[str, Table]) -> Draft:
    """The built-in answer to a question from what retrieval found."""
    if not evidence.passages:
        return _not_found(evidence, reports, None)
    relevance = evidence_to_relevance(evidence)
    asked = question_to_slots(evidence.query.focus, evidence.query.carried)
    wanted = [slot for slot in asked if slot.kind != slots.NAME]
    if not wanted:
        return _name_draft(evidence, relevance, reports, tables)
    figures = [
        figure
        for passage in evidence.passages
        for figure in passage_to_figures(passage, tables.get(passage.table_id or ""))
        if _speaks_of_subject(evidence, reports.get(passage.report_id), _unit_text(figure))
    ]
    ranks = {passage.id: rank for rank, passage in enumerate(evidence.passages)}
    wanted = [replace(slot, item=_known_item(slot.item, figures)) if slot.item else slot for slot in wanted]
    asks = [_ask(slot, wanted, relevance) for slot in wanted]
    choices = _choose(asks, figures, ranks, evidence, reports)
    sure = max((choice.sureness for choice in choices if choice), default=0.0) >= MIN_COVERAGE
    found = [
        (ask, choice)
        for ask, choice in zip(asks, choices, strict=True)
        if sure and choice and _is_sure(choice, choices)
    ]
    if not found:
        return _not_found(evidence, reports, relevance)
    return _figures_draft(evidence, found, figures, ranks, reports)


def _is_sure(choice: _Choice, choices: Sequence[_Choice | None]) -> bool:
    """Whether a figure may answer beside the others: sure enough itself, or said in one breath with a sure one."""
    return choice.sureness >= MIN_COVERAGE * FOLLOWING_SLOT or any(
        other and other is not choice and other.sureness >= MIN_COVERAGE and _same_unit(other.figure, choice.figure)
        for other in choices
    )


def evidence_to_relevance(evidence: Evidence) -> Relevance:
    """The question's words with the weights retrieval gave them."""
    equivalents = query_to_relevance(evidence.query, ()).equivalents
    return Relevance(dict(evidence.word_weights), equivalents)


def _choose(
    asks: Sequence[_Ask],
    figures: Sequence[Figure],
    ranks: Mapping[str, int],
    evidence: Evidence,
    reports: Mapping[str, Report],
) -> list[_Choice | None]:
    """A figure for each slot, no figure twice; the surest slot first, the others drawn to its sentence or row."""
    options = [
        [choice for figure in figures if (choice := _weigh(figure, ask, ranks, evidence, reports))] for ask in asks
    ]
    chosen: list[_Choice | None] = [None] * len(asks)
    for index, choice in _listed(asks, options).items():
        chosen[index] = choice
    taken = [choice.figure for choice in chosen if choice]
    open_slots = {index for index, choice in enumerate(chosen) if choice is None}
    while open_slots:
        settled = any(choice is not None for choice in chosen)
        best: tuple[float, int, _Choice] | None = None
        for index in sorted(open_slots, key=lambda i: (asks[i].leans, i)):
            if asks[index].leans and not settled and any(not asks[i].leans for i in open_slots):
                continue
            for choice in options[index]:
                if any(choice.figure is figure for figure in taken):
                    continue
                together = any(_same_unit(choice.figure, figure) for figure in taken)
                bonus = LEANING_BONUS if asks[index].leans else SAME_UNIT_BONUS
                score = choice.score + (bonus if together else 0.0)
                if best is None or score > best[0]:
                    best = (score, index, choice)
        if best is None:
            break
        chosen[best[1]] = best[2]
        taken.append(best[2].figure)
        open_slots.discard(best[1])
    return chosen


def _listed(asks: Sequence[_Ask], options: Sequence[Sequence[_Choice]]) -> dict[int, _Choice]:
    """Figures that a sentence lists in the order of its items: 2021-2023年，通过率分别为50%、83%、98.5%.

    Taken where one sentence lists as many figures of one unit as the question has items, and names the items, if
    they are no years, in the same order before them.
    """
    groups: dict[int, list[int]] = {}
    for index, ask in enumerate(asks):
        if ask.slot.item:
            groups.setdefault(ask.slot.start, []).append(index)
    bound: dict[int, _Choice] = {}
    for indexes in groups.values():
        runs = _runs(options[indexes[0]], [asks[index].slot.item for index in indexes])
        best = max(runs, key=lambda run: run[0].score, default=None)
        if best is not None and best[0].sureness >= MIN_COVERAGE:
            bound.update(zip(indexes, best, strict=True))
    return bound


def _runs(choices: Sequence[_Choice], items: Sequence[str]) -> list[list[_Choice]]:
    ordered = sorted(
        (choice for choice in choices if not choice.figure.is_cell), key=lambda c: (c.figure.passage.id, c.figure.start)
    )
    found = []
    for at in range(len(ordered) - len(items) + 1):
        run = ordered[at : at + len(items)]
        text = run[0].figure.passage.text
        together = all(
            a.figure.passage.id == b.figure.passage.id
            and a.figure.number.unit == b.figure.number.unit
            and _LIST_MARK.fullmatch(text, a.figure.end, b.figure.start)
            for a, b in pairwise(run)
        )
        before = matching_key(text[run[0].figure.quote_start : run[0].figure.start])
        places = [0 if _YEAR_TERM.fullmatch(item) else before.find(matching_key(item)) for item in items]
        if together and _IN_TURN.search(before) and min(places) >= 0 and places == sorted(places):
            found.append(run)
    return found


def _unit_text(figure: Figure) -> str:
    """The sentence, or the row with what its merged cells say."""
    own = figure.passage.text[figure.quote_start : figure.quote_end]
    return f"{own} {' '.join(figure.row.filled)}" if figure.row else own


def _same_unit(first: Figure, second: Figure) -> bool:
    return first.passage.id == second.passage.id and first.quote_start == second.quote_start


def _ask(slot: Slot, wanted: Sequence[Slot], relevance: Relevance) -> _Ask:
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
    return _Ask(slot, Relevance(whole, relevance.equivalents), Relevance(local or whole, relevance.equivalents), leans)


def _weigh(
    figure: Figure,
    ask: _Ask,
    ranks: Mapping[str, int],
    evidence: Evidence,
    reports: Mapping[str, Report],
) -> _Choice | None:
    if ask.slot.item and not _has_item(figure, ask.slot.item):
        return None
    unit = figure.passage.text[figure.quote_start : figure.quote_end]
    names = f"{figure.near} {figure.before}" if figure.is_cell else f"{figure.near} {figure.after}"
    context = f"{figure.about} {names if figure.is_cell else ''}"
    coverage = ask.whole.coverage(unit, context, TABLE_CONTEXT if figure.is_cell else CONTEXT)
    beside = _beside(figure, ask.local, names, f"{unit} {figure.about}")
    fit = _kind_factor(figure, ask.slot) * _scope_factor(figure, evidence.query, reports.get(figure.passage.report_id))
    if not fit or not _has_measure(ask, f"{unit} {context}"):
        return None
    fit *= IN_CASE if _CASE.search(figure.passage.path[-1]) else 1.0
    exact = PRECISION_SHARE * _precision(figure.before if figure.is_cell else figure.near, ask)
    exact += _row_is_named(figure, evidence.query)
    score = (UNIT_SHARE * coverage + LOCAL_SHARE * beside + exact) * fit * RANK_DECAY ** ranks[figure.passage.id]
    reach = ask.local.coverage(f"{unit} {names}", context, TABLE_CONTEXT)
    return _Choice(figure, coverage, reach, score)


def _speaks_of_subject(evidence: Evidence, report: Report | None, text: str) -> bool:
    """Whether a text is about the colleges asked about: theirs by its report, or naming them.

    A college without a report of its own must be named in the text.
    """
    query = evidence.query
    key = matching_key(text)
    if not all(matching_key(name) in key for name in query.unknown_colleges):
        return False
    if not query.colleges or (report is not None and report.college in query.colleges):
        return True
    return any(matching_key(name) in key for name in query.colleges)


def _precision(label: str, ask: _Ask) -> float:
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


def _beside(figure: Figure, local: Relevance, names: str, around: str) -> float:
    """How much of the slot stands by a figure: in its own clause or labels, in the clause before, in its sentence."""
    clauses = [clause for clause in _CLAUSE_MARK.split(figure.before) if clause.strip()]
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


def _known_item(item: str, figures: Sequence[Figure]) -> str:
    """The longest part of an enumerated item that stands by some figure: 觉得满意 → 满意, 湖职护理学院 → 护理学院."""
    texts = {text_key(_item_text(figure)) for figure in figures}
    key = matching_key(item)
    parts = (key[start : start + length] for length in range(len(key), 1, -1) for start in range(len(key) - length + 1))
    return next((part for part in parts if any(part in text for text in texts)), item)


def _item_text(figure: Figure) -> str:
    return f"{_unit_text(figure)} {figure.before}"


def _has_item(figure: Figure, item: str) -> bool:
    return matching_key(item) in text_key(_item_text(figure)) or _YEAR_TERM.fullmatch(item) is not None


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


def _has_measure(ask: _Ask, text: str) -> bool:
    """Whether the quantity asked for by name (就业率, 月薪, 学费) stands in a text under that or a printed name."""
    measures = [
        word for word in ask.local.weights if word[-1] in _MEASURE_ENDS and len(word) > 1 and word not in _NO_MEASURES
    ]
    shares = ask.local.shares(text)
    return not measures or any(shares.get(word, 0.0) >= MIN_MEASURE_SHARE for word in measures)


def _scope_factor(figure: Figure, query: Query, report: Report | None) -> float:
    """0 for a figure of other years than the asked ones; a little more for one that says its year."""
    if not query.years:
        return 1.0
    asked = set(query.years)
    own = _years_in(f"{figure.before} {figure.near if figure.is_cell else ''}")
    stated = own or _years_in(f"{_unit_text(figure)} {figure.about}")
    if not stated:
        money = unit_class(figure.number.unit) == "money"
        return 1.0 if asked & _years_of_report(report, money=money) else 0.0
    return SAYS_YEAR if stated & asked else 0.0


def _years_in(text: str) -> set[int]:
    return {year for scope in find_scopes(text) for year in scope.years}


def _years_of_report(report: Report | None, *, money: bool) -> set[int]:
    """The years a report speaks of where it names none: its own, its class's, its academic year's; money is last year's."""
    if report is None or report.year is None:
        return set()
    academic = {int(year) for year in (report.academic_year or "").split("-") if year}
    return {report.year, *academic, *({report.cohort} if report.cohort else ()), *({report.year - 1} if money else ())}


def _figures_draft(
    evidence: Evidence,
    found: Sequence[tuple[_Ask, _Choice]],
    figures: Sequence[Figure],
    ranks: Mapping[str, int],
    reports: Mapping[str, Report],
) -> Draft:
    citations = _Citations()
    parts: list[str] = []
    conflicts: list[Conflict] = []
    for ask, choice in found:
        n = citations.cite(choice.figure)
        parts.append(f"{_label(choice.figure)}**{_written(choice.figure)}** [{n}]")
        conflict = _conflict(ask, choice, figures, ranks, evidence, citations, reports)
        if conflict is not None:
            conflicts.append(conflict)
            parts[-1] += f"；另一处写作 **{conflict.values[1][0]}** [{conflict.values[1][1]}]（报告前后不一致）"
    lead = _lead(evidence, [citation.passage for citation in citations.items], reports)
    text = f"{lead}{'；'.join(parts)}。"
    return Draft(AnswerStatus.ANSWERED, text, tuple(citations.items), tuple(conflicts))


def _conflict(
    ask: _Ask,
    choice: _Choice,
    figures: Sequence[Figure],
    ranks: Mapping[str, int],
    evidence: Evidence,
    citations: _Citations,
    reports: Mapping[str, Report],
) -> Conflict | None:
    """Another figure of the same unit under the same words in another sentence."""
    label = _key_label(choice.figure)
    if len(label) < 3:
        return None
    for other in figures:
        if other.quote_start == choice.figure.quote_start and other.passage.id == choice.figure.passage.id:
            continue
        same_kind = (
            other.number.unit == choice.figure.number.unit
            and other.passage.report_id == choice.figure.passage.report_id
        )
        if not same_kind or _agree(other.number, choice.figure.number) or _key_label(other) != label:
            continue
        if _years(other) != _years(choice.figure):
            continue
        rival = _weigh(other, ask, ranks, evidence, reports)
        if rival and rival.coverage >= choice.coverage * 0.9:
            n, m = citations.cite(choice.figure), citations.cite(other)
            values = ((_written(choice.figure), n), (_written(other), m))
            return Conflict(label, values, "同一份报告中同一事项印有不同的数字，请以原文为准并向编制单位核实")
    return None


def _agree(first: Number, second: Number) -> bool:
    """Whether two figures say the same: equal, or one a rounding or a bound of the other (超过96% and 96.12%)."""
    if same_value(first, second):
        return True
    for exact, rough in ((first, second), (second, first)):
        coarser = _decimal_places(rough.value) < _decimal_places(exact.value)
        near = abs(exact.value - rough.value) <= ROUGHLY * abs(rough.value)
        if near and (rough.bound or (coarser and round_to(exact.value, rough.value) == rough.value)):
            return True
    return False


def round_to(value: Decimal, like: Decimal) -> Decimal:
    """A value rounded half up to the last place of another."""
    return value.quantize(Decimal(1).scaleb(-_decimal_places(like)), ROUND_HALF_UP)


def _decimal_places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _years(figure: Figure) -> set[int]:
    """Years and classes that a figure's sentence, or its column, speaks of."""
    return _years_in(figure.before if figure.is_cell else figure.passage.text[figure.quote_start : figure.quote_end])


def _key_label(figure: Figure) -> str:
    text = figure.near if not figure.is_cell else f"{figure.near}{figure.before}"
    return matching_key(re.sub(r"[达到为共约近超过有是的，、：；（）()\s]|实现|总计|合计", "", text))


class _Citations:
    """Numbers citations in order of first use; one a sentence."""

    def __init__(self) -> None:
        self.items: list[Citation] = []

    def cite(self, figure: Figure) -> int:
        return self.cite_span(figure.passage, figure.quote_start, figure.quote_end)

    def cite_span(self, passage: Passage, start: int, end: int) -> int:
        for citation in self.items:
            if citation.passage.id == passage.id and citation.quote_start == start:
                return citation.n
        page, label = page_of(passage, start)
        self.items.append(Citation(len(self.items) + 1, passage, start, end, page, label))
        return len(self.items)


def page_of(passage: Passage, offset: int) -> tuple[int | None, str | None]:
    """Physical and printed page of an offset in a passage."""
    if not passage.pages:
        return passage.page, passage.page_label
    mark = page_at(passage.pages, offset)
    return mark.page, mark.label


def _written(figure: Figure) -> str:
    number = figure.number
    if figure.is_cell and number.unit and number.unit not in number.text:
        return f"{number.text.strip()}{number.unit}" if not number.unit.startswith(":") else number.text.strip()
    return " ".join(number.text.split())


def _label(figure: Figure) -> str:
    """What the figure is said of, in its report's words: row and column, or its clause."""
    if not figure.is_cell:
        clause = _CLAUSE_MARK.split(figure.before)[-1].strip()
        return clause if 1 <= len(clause) <= MAX_LABEL else ""
    name = "·".join(_UNIT_BRACKET.sub("", word) for word in figure.near.split())
    header = _UNIT_BRACKET.sub("", figure.before)
    if figure.after or not header:
        return f"{name} "
    return f"{name}的{header}为 " if name else f"{header}："


def _lead(evidence: Evidence, passages: Sequence[Passage], reports: Mapping[str, Report]) -> str:
    names = dict.fromkeys(report.college or report.title for p in passages if (report := reports.get(p.report_id)))
    return f"{'、'.join(names)}：" if names else ""


def _name_draft(
    evidence: Evidence, relevance: Relevance, reports: Mapping[str, Report], tables: Mapping[str, Table]
) -> Draft:
    """A question that asks for names: the rows or the sentence that hold most of what is asked, as they stand."""
    thing = asked_thing(evidence.query.focus) or asked_thing(evidence.query.carried)
    best: tuple[float, Passage, int, int] | None = None
    for rank, passage in enumerate(evidence.passages):
        table = tables.get(passage.table_id or "")
        context = " ".join([*passage.path, *(_table_names(table) if table else ())])
        share = TABLE_CONTEXT if table else CONTEXT
        for start, end in _answering_units(passage, table):
            unit = passage.text[start:end]
            if not _speaks_of_subject(evidence, reports.get(passage.report_id), unit) or not _has_thing(unit, thing):
                continue
            score = relevance.coverage(unit, context, share) * RANK_DECAY**rank * _brevity(unit)
            if best is None or score > best[0]:
                best = (score, passage, start, end)
    if best is None or best[0] < MIN_NAME_COVERAGE:
        return _not_found(evidence, reports, relevance)
    _, passage, start, end = best
    table = tables.get(passage.table_id or "")
    citations = _Citations()
    lines = []
    for a, b in _alike_rows(passage, table, start, end, relevance) or [(start, end)]:
        n = citations.cite_span(passage, a, a + len(passage.text[a:b].rstrip()))
        lines.append(f"{_row_line(passage.text[a:b].rstrip(), table)} [{n}]")
    lead = _lead(evidence, [passage], reports)
    text = f"{lead}{lines[0]}" if len(lines) == 1 else lead + "\n\n" + "\n".join(f"- {line}" for line in lines)
    return Draft(AnswerStatus.ANSWERED, text, tuple(citations.items))


def asked_thing(question: str) -> re.Pattern[str] | None:
    """What an answer must hold that names the thing asked for: a date, a company, a school; None for anything."""
    return next((thing for asked, thing in _THINGS if asked.search(question)), None)


def _has_thing(text: str, thing: re.Pattern[str] | None) -> bool:
    if thing is _PERSON:
        return any(
            tag.startswith("nr") and len(word) in (2, 3) and word[0] in _SURNAMES for word, tag in tagged_words(text)
        )
    return thing is None or thing.search(text) is not None


def _brevity(text: str) -> float:
    """1 for a sentence of ordinary length, less for one so long that it holds something of everything."""
    return 1.0 if len(text) <= ORDINARY_LENGTH else (ORDINARY_LENGTH / len(text)) ** LENGTH_POWER


def _table_names(table: Table) -> tuple[str, ...]:
    return (table.caption, *header_labels(table.rows, table.header_rows))


def _answering_units(passage: Passage, table: Table | None) -> list[tuple[int, int]]:
    """Sentences and body rows of a passage; headings, captions and header rows name things without saying them."""
    body = {row_text(row) for row in table.rows[table.header_rows :]} if table else set()
    headings = {matching_key(title) for title in passage.path}
    units = []
    for start, end in sentence_spans(passage.text):
        text = passage.text[start:end].strip()
        names_only = CAPTION.match(text) or matching_key(text) in headings
        if text and not names_only and (text in body or (_ENDS.search(text) if table else True)):
            units.append((start, end))
    return units


def _alike_rows(
    passage: Passage, table: Table | None, start: int, end: int, relevance: Relevance
) -> list[tuple[int, int]]:
    """The rows of a table that hold the same of the question's words as the best row does."""
    rows = {row_text(row) for row in table.rows[table.header_rows :]} if table else set()
    if passage.text[start:end].rstrip("\n") not in rows:
        return []
    held = _held(relevance, passage.text[start:end])
    alike = [
        (a, b)
        for a, b in sentence_spans(passage.text)
        if passage.text[a:b].rstrip("\n") in rows and held and held <= _held(relevance, passage.text[a:b])
    ]
    return alike if len(alike) <= MAX_ROWS else []


def _held(relevance: Relevance, text: str) -> frozenset[str]:
    return frozenset(word for word, share in relevance.shares(text).items() if share == 1.0)


def _row_line(text: str, table: Table | None) -> str:
    """A row as 表头：内容 pairs, a sentence as it stands."""
    row = next((row for row in table.rows[table.header_rows :] if row_text(row) == text), None) if table else None
    if table is None or row is None:
        return _plain(text)
    labels = header_labels(table.rows, table.header_rows)
    pairs = [
        f"{label}：{cell}" if label else cell
        for label, cell in zip(labels, row.filled, strict=False)
        if cell and not _ROW_NUMBER.match(label)
    ]
    return "；".join(pairs)


def _plain(text: str) -> str:
    return " ".join(text.replace("\t", "，").split()).strip("。")


def _not_found(evidence: Evidence, reports: Mapping[str, Report], relevance: Relevance | None) -> Draft:
    """A refusal: what was searched, and the nearest thing the reports do say."""
    ids = [identity for identity in evidence.query.report_ids if identity in reports]
    if not ids:
        return Draft(AnswerStatus.NOT_FOUND, "还没有可查的报告，请先添加报告。", ())
    named = "、".join(f"《{reports[identity].title}》" for identity in ids[:MAX_NAMED])
    where = f"{named}等 {len(ids)} 份报告" if len(ids) > MAX_NAMED else named
    text = f"在{where}中没有找到能回答这个问题的内容。"
    if evidence.query.unknown_colleges:
        text += f"已收录的报告里没有{'、'.join(evidence.query.unknown_colleges)}的报告。"
    nearest = _nearest(evidence, relevance) if relevance else None
    if nearest is None:
        return Draft(AnswerStatus.NOT_FOUND, text, ())
    passage, start, end = nearest
    citations = _Citations()
    n = citations.cite_span(passage, start, end)
    text += f"最接近的表述是：“{_plain(passage.text[start:end])}” [{n}]，与所问并不相同，仅供参考。"
    return Draft(AnswerStatus.NOT_FOUND, text, tuple(citations.items))


def _nearest(evidence: Evidence, relevance: Relevance) -> tuple[Passage, int, int] | None:
    """The sentence or row that holds most of the question, if it holds enough to be worth showing."""
    best: tuple[float, Passage, int, int] | None = None
    for passage in evidence.passages:
        for start, end in _answering_units(passage, None):
            text = passage.text[start:end]
            score = relevance.coverage(text, " ".join(passage.path)) * _brevity(text)
            if best is None or score > best[0]:
                best = (score, passage, start, start + len(text.rstrip()))
    return best[1:] if best and best[0] >= MIN_NEAREST else None
