"""Whether what an answer says of a placed figure fits what its report says of it.

A figure placed by id is printed by construction. It goes only on a hard fact: the answer gives it to another college,
another year or another unit. Where its context may not fit (the words of its clause are those of another figure, hold
a word its report does not say of it, or leave out one that sets it apart), it stays with a caution.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.figures.context import ASPECTS, REFERS, words_of
from rag.figures.heads import EMPTY
from rag.figures.time import figure_to_when
from rag.gate.claims import Claim
from rag.gate.facts import college_differs, date_differs, end_differs, unit_differs, year_differs
from rag.gate.markup import BLANK
from rag.gate.said import BECAME, saying, tokens
from rag.gate.sources import Source
from rag.gate.subject import borrowed, contradicts, labels
from rag.language.clauses import sentence_before
from rag.language.numbers import agree, unit_class
from rag.language.text import matching_key, text_key
from rag.records import Figure, Report

OTHER_COLLEGE = "是另一所院校的数字"
OTHER_YEAR = "是另一年的数字"
OTHER_UNIT = "单位与报告所印的不同"
NOT_SAID = "报告的这一处没有说“{}”"
LEFT_OUT = "报告里这个数字另有限定"
BETTER = "报告里另有更合这句话的数字"
ALIKE = "报告里这样称呼的数字不止一个"
PERHAPS_YEAR = "年份可能不是这一年"
PERHAPS_DATE = "日期可能不是这一天"
PERHAPS_COLLEGE = "可能不是这所院校的数字"
OWN_ASPECTS = ("change", "plan", "each", "negated")
NEAR_LABEL = 24
"""Characters before a figure whose own words a word of the answer may be made of: 老师 of 教师."""
_PART = re.compile(rf"[，;；。!?！？{BLANK}]|,(?!\d{{3}})")
_UNIT_NOTE = re.compile(r"\([^()]{1,12}\)")
"""As of a column's header: 授权专利(件,学年)."""
_SCOPE = re.compile(r"(?:19|20)?\d\d(?:[-—](?:19|20)?\d\d)?(?:学年度?|年度?|届|级)")
_ANSWERING = frozenset(
    "正文 表格 资料 原文 数字 口径 答案 文中 表中 处 两者 前者 后者 相差 相比 结果 一致 不同 具体 问题 最接近 问 所问 院校 前文 后文 另外 直接 截止 时间 年份 名称 相近 接近 分母 分子 不能 可以 只差 还差 图中 开办 办有 其次 次之".split()
)
"""Words an answer speaks of its sources with."""
_ORDINAL = re.compile(r"第(?:[一二三四五六七八九十]+|\d+)(?P<of>[\u3400-\u9fff]{2})")
_RELATES = re.compile(rf"[、\s]*(?:其?约?各?占|[比较]|{BECAME})")
_JOINS = re.compile("^[的为是有达约共占]+|(?:[的为是有达约共占]|(?<!报)[到至]|(?<=..)类)+$|^中(?=[待未])|^前(?=生)")
_LEFT_ASIDE = re.compile("^(?:但|均)?不(?:含|包括|计入?)")
"""What an answer sets a figure aside with: it denies nothing that the figure measures."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a figure at its place: `hard` takes it out, `caution` stays beside it."""

    hard: str = ""
    caution: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What figures are held against: the reports, the figures an answerer chose among, the question."""

    reports: Mapping[str, Report]
    rivals: Sequence[Figure] = ()
    question: str = ""
    shown: frozenset[str] = frozenset()
    """Ids of the figures the answer gives: it leaves none of them out."""


def fit(claim: Claim, figure: Figure, source: Source, setting: Setting) -> Verdict:
    """Whether an answer's words fit a placed figure that a citation of it holds."""
    hard, perhaps = "", None
    for found, certain, doubtful in (
        (college_differs(claim, figure, source, setting.reports), OTHER_COLLEGE, PERHAPS_COLLEGE),
        (year_differs(claim, figure, source), OTHER_YEAR, PERHAPS_YEAR),
        (unit_differs(claim, figure), OTHER_UNIT, OTHER_UNIT),
        (date_differs(claim, figure, source), PERHAPS_DATE, PERHAPS_DATE),
        (end_differs(claim, figure), BETTER, BETTER),
    ):
        if found is True:
            hard = hard or certain
        elif found is False:
            perhaps = perhaps or doubtful
    if hard:
        return Verdict(hard)
    return Verdict("", perhaps or _doubt(claim, figure, source, setting))


def _doubt(claim: Claim, figure: Figure, source: Source, setting: Setting) -> str | None:
    """Why the answer's words may not be said of this figure; None where they fit."""
    span = (source.citation.quote_start, source.citation.quote_end)
    if source.prints_otherwise(claim.said, figure.number) or contradicts(claim.said, figure, source.passage, span):
        return BETTER
    if word := _unsaid(claim, figure, source, setting.rivals):
        return NOT_SAID.format(word)
    if _aspect_left_out(claim, figure, setting.question) or _row_left_out(claim, figure, setting.question):
        return LEFT_OUT
    return _better(claim, figure, [*source.passage, *setting.rivals], setting)


def _unsaid(claim: Claim, figure: Figure, source: Source, rivals: Sequence[Figure] = ()) -> str:
    """A word of the figure's clause that its report does not say of it, `` where there is none.

    What its sentence says before its quote is said of it, and what is said where the same figure is printed again.
    """
    again = (other for other in rivals if _is_printed_again(figure, other))
    key = "".join([_context_key(figure), source.words, text_key(source.lead), *map(_context_key, again)])
    key += "面积" if unit_class(figure.number.unit) == "area" else ""
    if ordinal := _other_ordinal(claim.clauses[0], key):
        return ordinal
    part = _PART.split(_UNIT_NOTE.sub("", claim.said.spoken))[-1]
    words = next(filter(None, (_said_words(clause) for clause in (part, *claim.said.clauses[:2]))), None)
    if not words:
        return ""
    label = text_key(f"{figure.near} {figure.before if figure.is_cell else figure.before[-NEAR_LABEL:]}")
    for word in sorted(words, key=lambda w: (-len(w), w)):
        if word in key or (all(character in label for character in word) and not _NEGATES.match(word)):
            continue
        if len(word) == 2 and re.search(f"{word[0]}[\u3400-\u9fff]{{1,4}}{word[1]}", key):  # 单招 of 单独招生
            continue
        return word
    return ""


_NEGATES = re.compile("[未非不失无待]")


def _is_printed_again(figure: Figure, other: Figure) -> bool:
    """Whether another place of the report prints the same figure of the same thing: of half of what this one is said of."""
    return (
        other.id != figure.id
        and other.passage.report_id == figure.passage.report_id
        and agree(other.number, figure.number)
        and 2 * len(_label(other) & _label(figure)) >= max(len(_label(figure)), 1)
    )


def _other_ordinal(clause: str, key: str) -> str:
    """The name with an ordinal (第三中学) that an answer gives where its report says another one (第二中学)."""
    for match in _ORDINAL.finditer(text_key(clause)):
        if match[0] not in key and any(other["of"] == match["of"] for other in _ORDINAL.finditer(key)):
            return match[0]
    return ""


@lru_cache(maxsize=4_000)
def _said_words(clause: str) -> frozenset[str]:
    """The words of an answer's clause that say what is measured: none of time, of telling, or that join."""
    words = (_JOINS.sub("", word) for word in words_of(_bare(clause)))
    return frozenset(word for word in words if word not in EMPTY and word not in _ANSWERING and len(word) > 1)


def _bare(clause: str) -> str:
    """An answer's words without its times and what it says of the telling."""
    return saying(_SCOPE.sub(" ", clause))


def _context_key(figure: Figure) -> str:
    row = " ".join(figure.row.filled) if figure.row else ""
    sentence = figure.passage.text[figure.quote_start : figure.quote_end]
    return text_key(" ".join([figure.near, figure.before, figure.about, row, sentence, *figure.passage.path]))


def _aspect_left_out(claim: Claim, figure: Figure, question: str) -> bool:
    """Whether a figure is a change, a target, a mean, a part that is not, and the answer does not say so; or the other
    way round."""
    label = f"{figure.near} {figure.before}" if figure.is_cell else figure.near
    own = f"{label} {figure.passage.text[figure.quote_start : figure.quote_end]} {figure.about}"
    said = " ".join((claim.said.spoken, *claim.clauses[:2], claim.behind))
    if not any(map(_said_words, (*claim.clauses[:2], question))):
        return False
    for name in (*OWN_ASPECTS, "extreme"):
        pattern = ASPECTS[name]
        if pattern.search(label) and not pattern.search(f"{said} {question}"):
            return True
        clause = _LEFT_ASIDE.sub("", claim.clauses[0].strip())
        if name in ("each", "negated", "plan") and pattern.search(clause) and not pattern.search(own):
            return True
    return False


def _row_left_out(claim: Claim, figure: Figure, question: str) -> bool:
    """Whether a cell's row is named by words of which neither answer nor question says one."""
    if not any(map(_said_words, (*claim.clauses[:2], question))):
        return False
    named = tokens(figure.near) if figure.is_cell and not figure.is_total else frozenset()
    said = matching_key(" ".join([*claim.clauses, claim.said.whole, question]))
    return bool(named) and not any(token in said for token in named)


def _better(claim: Claim, figure: Figure, rivals: Sequence[Figure], setting: Setting) -> str | None:
    """Whether another figure in that kind of unit is said of what the answer says, and this one is not, or less plainly.

    Of two labels only what one has and the other has not tells: an answer that speaks of neither means either.
    """
    kind, own = unit_class(figure.number.unit), _label(figure)
    alike = [
        other for other in rivals if unit_class(other.number.unit) == kind and not agree(other.number, figure.number)
    ]
    known = own.union(*map(_label, alike))
    clauses = [tokens(_bare(clause)) & known for clause in claim.said.clauses]
    asked = tokens(_bare(setting.question)) & known
    words = next(filter(None, clauses), asked)
    if not words:
        return None
    told = tokens(claim.said.whole).union(*clauses)
    said = asked | told
    before = labels(figure)[1]
    key, found = _context_key(figure), None
    spoken = matching_key(f"{claim.said.whole} {setting.question}")
    for other in alike:
        if _is_apart(claim, figure, other, setting):
            continue
        theirs = _label(other)
        alien = theirs - own - borrowed(theirs - own, own | (before - theirs))
        hits, hers = words & alien, words & (own - theirs)
        if hits and not hers:
            if any(token not in key for token in hits):
                return BETTER
            found = found if other.id in setting.shown else ALIKE
        elif (
            other.id not in setting.shown
            and theirs
            and ((theirs <= said and own - said) or _is_plainer(other, figure, spoken))
            and not (figure.is_cell and told & (tokens(figure.near) - theirs))
            and len(words & theirs) >= len(words & own)
        ):
            found = ALIKE
    return found


def _is_plainer(other: Figure, figure: Figure, spoken: str) -> bool:
    """Whether every word of another label is said, and not every one of the figure's: 国家奖学金, 国家励志奖学金; or, for one
    row in two tables, whether nobody says what only the figure's caption has (财政拨款)."""
    own, theirs = words_of(figure.context.label), words_of(other.context.label)
    if theirs and all(word in spoken for word in theirs) and any(word not in spoken for word in own):
        return True
    own, theirs = words_of(figure.about), words_of(other.about)
    is_row = figure.is_cell and other.is_cell and figure.near == other.near and not figure.is_total
    narrows = bool(theirs) and theirs < own and not any(word in spoken for word in own - theirs)
    return is_row and narrows and bool(tokens(figure.before) & tokens(other.before))


def _is_apart(claim: Claim, figure: Figure, other: Figure, setting: Setting) -> bool:
    """Whether another figure is plainly none that the answer could mean instead."""
    return (
        _is_of_another_time(claim, figure, other)
        or _is_of_another_college(claim, figure, other, setting)
        or _is_of_another_aspect(claim, other, setting.question)
    )


def _is_of_another_time(claim: Claim, figure: Figure, other: Figure) -> bool:
    """Whether the years or the date that an answer gives a figure are the figure's, and another's are other ones."""
    own, theirs = figure_to_when(figure), figure_to_when(other)
    return any(
        bool(said) and (not mine or bool(said & mine)) and bool(others) and not said & others
        for said, mine, others in (
            (claim.years, own.years, theirs.years),
            (claim.dates, own.dates, theirs.dates),
        )
    )


def _is_of_another_college(claim: Claim, figure: Figure, other: Figure, setting: Setting) -> bool:
    """Whether the answer, or the question, names the figure's college, and another figure is of a report of another."""
    own, theirs = (setting.reports.get(each.passage.report_id) for each in (figure, other))
    if own is None or theirs is None or not own.college or own.college == theirs.college:
        return False
    said = matching_key(" ".join([*claim.clauses, setting.question]))
    return any(matching_key(name) in said for name in (own.college, *own.short_names))


def _is_of_another_aspect(claim: Claim, other: Figure, question: str) -> bool:
    """Whether a figure is a change, a target, a mean or a part that is not, which neither answer nor question speaks of."""
    label = f"{other.near} {other.before}" if other.is_cell else other.near
    said = " ".join((claim.said.spoken, *claim.clauses[:2], claim.behind, question))
    return any(ASPECTS[name].search(label) and not ASPECTS[name].search(said) for name in OWN_ASPECTS)


@lru_cache(maxsize=20_000)
def _label_of(label: str) -> frozenset[str]:
    return tokens(label)


def _label(figure: Figure) -> frozenset[str]:
    """The words of what is printed of a figure, and those that its own relate or refer to (占95.28%, 这一数字升到94.66%)."""
    own = _label_of(figure.context.label) if figure.context.label else labels(figure)[0]
    if figure.is_cell:
        return own
    if REFERS.search(figure.near):
        return own | tokens(sentence_before(figure.passage.text, figure.start))
    return own | labels(figure)[1] if _RELATES.match(figure.near) else own
