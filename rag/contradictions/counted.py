"""What a figure counts or measures, in words that two figures can be compared by: head, qualifiers, surroundings, years."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rag.figures import Figure
from rag.numbers import find_numbers, find_scopes
from rag.numbers.units import canonical
from rag.relevance import text_key
from rag.text import matching_key, tagged_words

_NOUNS = frozenset({"n", "vn", "an", "j", "l", "i", "eng", "nz", "ng", "nrt", "nr", "ns", "nt", "b", ""})
_VERBS = frozenset({"v", "vd", "a", "t", "s", "f", "r"})
MIN_SPECIFIC = 4
"""Characters of a head that names one thing rather than a kind."""
VERB_WEIGHT = 0.3
"""What a verb counts beside a noun: 完成微课 and 拍摄微课 are mostly the same."""
EMPTY = frozenset(
    "数 学校 我校 全校 本校 学院 我院 学生 年度 学年 本年度 情况 数量 人数 总数 总量 总额 金额 其中 合计 共计 总计 小计 一共 方面 原文 报告 "
    "比例 占比 现有 目前 有 为 达 达到 是 共有 占 开展 进行 实现 拥有 包括 约 超过 计 设 设有 建有 建成 写作 增长率 指标 单位 备注 数值 累计 本章 本节 本文 "
    "完成 参加 参与 报名 发放 取得 获得 获 获批 提供 新建 建设 共建 举办 开设 招收 聘请 组织 立项 称 还称 "
    "上年 去年 同比 增加 增长 上涨 上升 提高 提升 增幅 涨幅 下降 减少 降低 降幅 同比增加 同比增长 同比下降".split()
)
"""Words that say nothing of what is counted."""
_PER = frozenset("生均 人均 师均 户均 平均 年均".split())
_NUMERAL = re.compile(r"[0-9零〇一二三四五六七八九十百千万亿两几多数]")
_EXAMPLES = re.compile(r"^.*?[、”》].*等(?:在内)?的?")
"""Names that only stand for what is counted: 财经商贸、学前教育等9个专业群."""
_MEANS = re.compile(r"(?:^|[，；：])[^，；：、]{0,4}?(依托|通过|借助)")
_ATTRIBUTE = re.compile(r"([^，、的]{2,8})的(?=[^的]{2,}$)")
CHANGE = "增减"
"""Head of a figure that says by how much something changed."""
_CLAUSE = re.compile(r"[，,；;。：:！？（）()\n“”]")
_COUNT_END = re.compile(r"(?<=..)(?:人|个)?数$")
_CASE = re.compile(r"案例")
_MEASURE = re.compile(r"率|度(?![过年])")
MARKS: Mapping[str, re.Pattern[str]] = {
    "change": re.compile(
        "增加|增长|上涨|上升|提高|提升|增幅|涨幅|下降|减少|降低|降幅|同比|新增|净增|调减|停招|另有|再次|继续"
    ),
    "total": re.compile("累计|历届|历年|以来|近[两二三四五六七八九十0-9]+年"),
    "plan": re.compile("计划|拟|预计|目标|力争|标准值|要求"),
    "each": re.compile("生均|人均|户均|年均|师均|平均|每"),
    "negated": re.compile("[待未非不]"),
    "least": re.compile("最高|最低|最大|最小"),
}
"""What makes two figures of one thing different figures: a change and a level, a target and a result."""
COUNT = "个"
"""The base of everything counted."""
_LEVEL = re.compile(
    "世界级|国家级|省部级|省级|市级|厅级|校级|院级|全国|全省|全市|一等奖|二等奖|三等奖|特等奖|金奖|银奖|铜奖|优秀奖|优胜奖"
)


Term: TypeAlias = tuple[str, str]
"""(word, part of speech)."""


class Label(NamedTuple):
    """What is printed of a figure."""

    text: str
    words: Mapping[str, float]
    heads: tuple[str, ...]
    attribute: str = ""
    """What stands with 的 before what is counted."""
    specific: frozenset[str] = frozenset()
    """Heads of several words."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure with what it counts."""

    figure: Figure
    heads: tuple[str, ...]
    """Nouns that may name what is counted: behind it, before it; of a cell those of row and column."""
    words: Mapping[str, float]
    """Its label's words, each with what its part of speech makes it worth."""
    own: str
    """Key of the label."""
    around: str
    """Key of its sentence or row with the headings above and the caption."""
    topics: frozenset[str]
    """Nouns of the same."""
    above: str
    """Key of headings and caption."""
    years: frozenset[int]
    marks: frozenset[str]
    base: str
    """What its unit is measured in: figures of one base can be compared; a bare cell counts things."""
    specific: frozenset[str]
    """Heads of several words or many characters: they name one thing rather than a kind."""
    dates: frozenset[tuple[int, int]]
    """Month and day of the dates in its sentence: cut-offs."""
    within: frozenset[str]
    """What narrows it: a means its sentence opens with (依托…平台), an attribute of what is counted (独立运行的)."""
    in_case: bool
    """It stands in a case study, which tells of one project."""


def figure_to_counted(figure: Figure) -> Counted:
    """What a figure counts, as its clause, or its row and column, says."""
    label = _cell_label(figure) if figure.is_cell else _prose_label(figure)
    sentence = figure.passage.text[figure.quote_start : figure.quote_end]
    filled = " ".join(figure.row.filled) if figure.row else ""
    parts = (sentence, filled, figure.about, *figure.passage.path[1:])
    paragraph = "" if figure.is_cell else _paragraph(figure)
    is_share = canonical(figure.number.unit)[1].kind == "percent"
    words = dict.fromkeys(label.words, 1.0) if is_share and _MEASURE.search(label.text) else label.words
    return Counted(
        figure,
        label.heads,
        words,
        matching_key(label.text),
        "".join(map(text_key, (*parts, paragraph))),
        frozenset(word for part in parts for word, weight in _words(part).items() if weight == 1),
        matching_key(f"{figure.about} {figure.passage.path[-1]}"),
        _years(figure, sentence),
        frozenset([name for name, pattern in MARKS.items() if pattern.search(label.text)] + _LEVEL.findall(label.text)),
        canonical(figure.number.unit)[1].base or (COUNT if figure.is_cell else ""),
        label.specific | frozenset(head for head in label.heads if len(head) >= MIN_SPECIFIC),
        frozenset((s.month, s.day) for s in find_scopes(sentence) if s.month and s.day),
        frozenset(filter(None, [label.attribute, *_MEANS.findall(figure.before if not figure.is_cell else "")])),
        not figure.is_cell and any(_CASE.search(heading) for heading in figure.passage.path),
    )


def _prose_label(figure: Figure) -> Label:
    """What is counted stands behind the figure (45个社团), before it (社团45个), or in the clause before."""
    clauses = [clause for clause in _CLAUSE.split(figure.before) if clause.strip()]
    whole = clause_before(figure.before)
    before, after = whole.lstrip("、"), figure.after.partition("、")[0]
    listed = whole not in figure.near
    before = _EXAMPLES.sub("", before)
    own = figure.near if listed else f"{before} {after}"
    if figure.number.unit in ("%", "百分点") and MARKS["change"].search(own):
        words = _words(own)
        if not words.keys() - _PER and len(clauses) > 1:
            own = f"{_without_figures(clauses[-2])} {own}"
        return Label(own, _words(own), (CHANGE,))
    if canonical(figure.number.unit)[1].kind == "percent" and not _MEASURE.search(own):
        return Label(own, _words(own), tuple(word for word, weight in _words(own).items() if weight == 1))
    attribute = _ATTRIBUTE.search(after) or _ATTRIBUTE.search(before)
    behind, predicate = _first_nouns(after)
    behind = behind or (_first_nouns(after.partition("的")[2])[0] if "的" in after else [])
    head = behind or _last_nouns(figure.near if listed else before)
    if not head and len(clauses) > 1:
        own = f"{_without_figures(clauses[-2])} {own}"
        head = _first_nouns(_without_figures(clauses[-2]))[0] or _last_nouns(_without_figures(clauses[-2]))
    words = _words(own) | dict.fromkeys([word for word, _ in head if len(word) > 1 and word not in EMPTY], 1.0)
    words |= {word: 1.0 for word, tag in predicate if tag == "v" and word in words}
    phrase = _phrase(head) if head else ""
    specific = frozenset({phrase}) if _is_compound(head) else frozenset[str]()
    return Label(own, words, (phrase,) if phrase else (), attribute[1] if attribute else "", specific)


def clause_before(text: str) -> str:
    """What stands before a figure in its clause, behind the figure before it."""
    cuts = [match.end() for match in _CLAUSE.finditer(text)]
    numbers = [number.end for number in find_numbers(text)]
    return text[max([0, *cuts[-1:], *numbers[-1:]]) :]


def _without_figures(clause: str) -> str:
    numbers = find_numbers(clause)
    return clause[: numbers[0].start] if numbers else clause


def name_in_cell(figure: Figure) -> str:
    """What a cell says before a figure that is not all of it: 新教师培训 of 新教师培训（3期）."""
    text = figure.row.printed[figure.column] if figure.row else ""
    start = text.find(figure.number.text)
    return clause_before(text[:start].rstrip("（(")) if start > 0 else ""


def _cell_label(figure: Figure) -> Label:
    name = name_in_cell(figure)
    own = f"{figure.near} {figure.before} {figure.after} {name}"
    if figure.number.unit == "%" and MARKS["change"].search(figure.before):
        return Label(own, _words(own), (CHANGE,))
    found = [nouns for text in (figure.after, name, figure.before, figure.near) if (nouns := _last_nouns(text))]
    heads = tuple(dict.fromkeys(filter(None, map(_phrase, found))))
    return Label(own, _words(own), heads, "", frozenset(_phrase(nouns) for nouns in found if _is_compound(nouns)))


@lru_cache(maxsize=20_000)
def _terms(text: str) -> tuple[Term, ...]:
    """Words with their parts of speech; 成员数 is 成员, a character that is no number is a noun (技能点)."""
    return tuple(
        (_COUNT_END.sub("", word), tag)
        if tag in _NOUNS
        else (word, "n" if tag == "m" and not _NUMERAL.match(word) else tag)
        for word, tag in tagged_words(text)
    )


@lru_cache(maxsize=20_000)
def _words(text: str) -> dict[str, float]:
    return {
        word: 1.0 if tag in _NOUNS else VERB_WEIGHT
        for word, tag in _terms(text)
        if (tag in _NOUNS or tag in _VERBS) and len(word) > 1 and word not in EMPTY and not word[0].isdigit()
    }


def _first_nouns(text: str) -> tuple[list[Term], list[Term]]:
    """(nouns a text begins with, what follows them)."""
    found: list[Term] = []
    terms = list(_terms(text))
    for index, (word, tag) in enumerate(terms):
        if tag in _NOUNS or (found and tag in ("q", "k")):
            found.append((word, tag))
        elif found or (word not in "的以上多等余了" and tag not in ("a", "q")):
            return found, terms[index:]
    return found, []


def _last_nouns(text: str) -> list[Term]:
    """The nouns a text ends with; a verb that ends it is one where what it acts on stands before it (成果转化, 灵活就业)."""
    terms = list(_terms(text))
    while terms and (terms[-1][0] in EMPTY or terms[-1][0] in _PER or terms[-1][1] not in (*_NOUNS, "v")):
        terms.pop()
    found: list[Term] = []
    if len(terms) > 1 and terms[-1][1] == "v":
        found.insert(0, terms.pop())
        if terms[-1][1] in ("v", "a", "b", "vd", "d"):
            return [terms[-1], *found]
    while terms and terms[-1][1] in _NOUNS:
        found.insert(0, terms.pop())
    return found if any(tag in _NOUNS for _, tag in found) else []


def _is_compound(nouns: Sequence[Term]) -> bool:
    return len([word for word, _ in nouns if word not in EMPTY]) > 1


def _paragraph(figure: Figure) -> str:
    text = figure.passage.text
    return text[text.rfind("\n", 0, figure.start) + 1 : (text.find("\n", figure.end) + 1 or len(text) + 1) - 1]


def _phrase(nouns: Sequence[Term]) -> str:
    """The nouns that say something, as one phrase."""
    words = [word for word, _ in nouns]
    return "".join([word for word in words if word not in EMPTY] or words)


def _years(figure: Figure, sentence: str) -> frozenset[int]:
    """Years a figure is of: those of its column or caption, or of its sentence; of entry (2021级) not."""
    texts = (figure.before, figure.near, figure.about) if figure.is_cell else (sentence,)
    found = (
        frozenset(year for scope in find_scopes(text) if scope.kind != "enrolment" for year in scope.years)
        for text in texts
    )
    return next(filter(None, found), frozenset())
