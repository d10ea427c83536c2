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

from rag.domain.colleges import mentioned, placed_names
from rag.figures.context import ASPECTS, words_of
from rag.figures.heads import EMPTY
from rag.figures.time import figure_to_when
from rag.gate.claims import Claim, years_of
from rag.gate.markup import BLANK
from rag.gate.sources import Source
from rag.gate.subject import borrowed, contradicts, labels, saying, tokens
from rag.language.numbers import agree, find_numbers, find_scopes, unit_class
from rag.language.numbers.units import canonical
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
PERHAPS_COLLEGE = "可能不是这所院校的数字"
NEAR_LABEL = 24
"""Characters before a figure whose own words a word of the answer may be made of: 老师 of 教师."""
_PART = re.compile(f"[,，;；。!?！？{BLANK}]")
_SCOPE = re.compile(r"(?:19|20)?\d\d(?:[-—](?:19|20)?\d\d)?(?:学年度?|年度?|届|级)")
_LAST_YEAR = re.compile("上年|去年|上一年|上一?学年|同比|上届")
_CONTRAST = re.compile(
    "最低|最高|最少|最多|另一|其他|其余|前者|后者|对方|两校|两所|相比|分别|而|(?<![占师])比(?![例重率])|差"
)
_ANSWERING = frozenset(
    "正文 表格 资料 原文 数字 口径 答案 文中 表中 处 两者 前者 后者 相差 相比 结果 一致 不同 具体 问题 最接近 问 所问 院校 前文 后文 另外 直接 截止 时间 年份 名称".split()
)
"""Words an answer speaks of its sources with."""
_ORDINAL = re.compile(r"第(?:[一二三四五六七八九十]+|\d+)(?P<of>[\u3400-\u9fff]{2})")
_JOINS = re.compile("^[的为是有达约共占]+|[的为是有达约共占]+$")
_UNIT_BEHIND = re.compile(rf"[ {BLANK}]*(?:[万亿](?!人空)|[%％‰]|个?百分点|倍|人次|[万亿]?元|平方米|亩)")


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


def fit(claim: Claim, figure: Figure, source: Source, setting: Setting) -> Verdict:
    """Whether an answer's words fit a placed figure that a citation of it holds."""
    hard, perhaps = "", None
    for found, certain, doubtful in (
        (_college_differs(claim, figure, source, setting.reports), OTHER_COLLEGE, PERHAPS_COLLEGE),
        (_year_differs(claim, figure, source), OTHER_YEAR, PERHAPS_YEAR),
        (_unit_differs(claim, figure), OTHER_UNIT, OTHER_UNIT),
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
    if contradicts(claim.said, figure, source.passage, span):
        return BETTER
    if word := _unsaid(claim, figure, source):
        return NOT_SAID.format(word)
    if _aspect_left_out(claim, figure, setting.question):
        return LEFT_OUT
    return _better(claim, figure, [*source.passage, *setting.rivals], setting.question)


# --- hard facts: True is certain, False is likely, None is none


def _college_differs(claim: Claim, figure: Figure, source: Source, reports: Mapping[str, Report]) -> bool | None:
    """Whether the nearest clause that names any college names only others than the figure's.

    Others that the quote itself speaks of (与西山职院共建) say nothing either way. A report of no one college (a circular
    on several) has its figures named by their rows, or by what its prose says somewhere before.
    """
    report = source.report
    if report is None:
        return None
    names = {each.college: each.short_names for each in reports.values() if each.college}
    told = "" if report.college or figure.is_cell else figure.passage.text
    own = " ".join([report.college or "", report.title, *figure.passage.path, source.citation.quote, told])
    printed = {name for name in names if matching_key(name) in matching_key(own)}
    beside = mentioned(own, names).keys() - printed
    for at, clause in enumerate(claim.clauses):
        named = mentioned(clause, names).keys()
        strangers = [
            name
            for name, _ in placed_names(clause)
            if matching_key(name) not in matching_key(own) and not any(name in known for known in (*names, *named))
        ]
        if named & printed or (named | set(strangers)) - beside:
            if named & printed:
                return None
            return not any(map(_CONTRAST.search, claim.clauses[: at + 1]))
    return None


def _year_differs(claim: Claim, figure: Figure, source: Source) -> bool | None:
    """Whether an answer gives a figure a year that its quote, or, where that names none, its report, does not; or the
    year of another figure of its sentence."""
    if not claim.years:
        return None
    if source.years:
        before = {year - 1 for year in source.years} if _LAST_YEAR.search(source.citation.quote) else set[int]()
        known = source.years | before
        if not claim.years & known:
            return claim.has_own_years
        if not claim.years <= known:
            return False
        return _is_of_another(claim, figure, source)
    stated = set(years_of(find_scopes(source.citation.passage.text)))
    if (report := source.report) is not None and report.year is not None:
        stated |= report.years
    return claim.has_own_years if stated and not claim.years & stated else None


def _is_of_another(claim: Claim, figure: Figure, source: Source) -> bool | None:
    """Whether of the figures of a sentence or row, each with its year, an answer gives one the year of another."""
    own = figure_to_when(figure).years
    if not own or claim.years & own:
        return None
    rivals = [
        f for f in source.quoted if f.id != figure.id and unit_class(f.number.unit) == unit_class(figure.number.unit)
    ]
    if any(claim.years <= figure_to_when(other).years for other in rivals):
        return claim.has_own_years
    return None


def _unit_differs(claim: Claim, figure: Figure) -> bool | None:
    """Whether the words straight behind a figure give it another unit: 12345人万人."""
    match = _UNIT_BEHIND.match(claim.behind)
    if match is None:
        return None
    typed = next((n for n in find_numbers(f"1{claim.behind.lstrip(f' {BLANK}')[:4]}") if n.start == 0), None)
    if typed is None or not (typed.unit or typed.value != 1) or typed.bound:
        return None
    (_, said), (_, printed) = canonical(typed.unit), canonical(figure.number.unit)
    if typed.value == 1 and (said.base == printed.base or not printed.name):
        return None
    return True


# --- doubts


def _unsaid(claim: Claim, figure: Figure, source: Source) -> str:
    """A word of the figure's clause that its report does not say of it, `` where there is none."""
    key = _context_key(figure) + source.words
    if ordinal := _other_ordinal(claim.clauses[0], key):
        return ordinal
    part = _PART.split(claim.said.spoken)[-1]
    words = next(filter(None, (_said_words(clause) for clause in (part, *claim.said.clauses[:2]))), None)
    if not words:
        return ""
    label = text_key(f"{figure.near} {figure.before if figure.is_cell else figure.before[-NEAR_LABEL:]}")
    for word in sorted(words, key=lambda w: (-len(w), w)):
        if word in key or (all(character in label for character in word) and not _NEGATES.match(word)):
            continue
        return word
    return ""


_NEGATES = re.compile("[未非不失无待]")


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
    for name in ("change", "plan", "each", "negated", "extreme"):
        pattern = ASPECTS[name]
        if pattern.search(label) and not pattern.search(f"{said} {question}"):
            return True
        if name in ("each", "negated", "plan") and pattern.search(claim.clauses[0]) and not pattern.search(own):
            return True
    return False


def _better(claim: Claim, figure: Figure, rivals: Sequence[Figure], question: str) -> str | None:
    """Whether another figure in that kind of unit is said of what the answer says, and this one is not, or less plainly.

    Of two labels only what one has and the other has not tells: an answer that speaks of neither means either.
    """
    kind, own = unit_class(figure.number.unit), _label(figure)
    others = [
        other for other in rivals if unit_class(other.number.unit) == kind and not agree(other.number, figure.number)
    ]
    known = own.union(*map(_label, others))
    clauses = [tokens(_bare(clause)) & known for clause in claim.said.clauses]
    asked = tokens(_bare(question)) & known
    words = next(filter(None, clauses), asked)
    if not words:
        return None
    said = asked.union(*clauses, tokens(claim.said.whole))
    before = labels(figure)[1]
    key, found = _context_key(figure), None
    for other in others:
        theirs = _label(other)
        alien = theirs - own - borrowed(theirs - own, own | (before - theirs))
        hits, hers = words & alien, words & (own - theirs)
        if len(hits) > len(hers) and len(asked & theirs) >= len(asked & own):
            if not hers and any(token not in key for token in hits):
                return BETTER
            found = ALIKE
        elif theirs and theirs <= said and own - said and len(words & theirs) >= len(words & own):
            found = ALIKE
    return found


@lru_cache(maxsize=20_000)
def _label_of(label: str) -> frozenset[str]:
    return tokens(label)


def _label(figure: Figure) -> frozenset[str]:
    """The words of what is printed of a figure."""
    return _label_of(figure.context.label) if figure.context.label else labels(figure)[0]
