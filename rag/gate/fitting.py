"""Whether what an answer says of a placed figure fits what its report says of it.

A figure placed by id is printed by construction. It goes only on a hard fact: the answer gives it to another college,
another year or another unit. Where its context may not fit (the words of its clause are those of another figure, hold
a word its report does not say of it, or leave out one that sets it apart), it stays with a caution.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.figures.context import ASPECTS, words_of
from rag.figures.heads import EMPTY
from rag.gate.claims import Claim
from rag.gate.facts import college_differs, date_differs, end_differs, unit_differs, year_differs
from rag.gate.markup import BLANK
from rag.gate.rivals import (
    BETTER,
    OWN_ASPECTS,
    Setting,
    aspect_label,
    context_key,
    label_words,
    paragraph_lead,
    rivals_to_doubt,
    says_aspect,
)
from rag.gate.said import bare, tokens
from rag.gate.sources import Source
from rag.gate.subject import contradicts
from rag.language.numbers import agree, unit_class
from rag.language.text import matching_key, text_key
from rag.records import Figure

OTHER_COLLEGE = "是另一所院校的数字"
OTHER_YEAR = "是另一年的数字"
OTHER_UNIT = "单位与报告所印的不同"
NOT_SAID = "报告的这一处没有说“{}”"
LEFT_OUT = "报告里这个数字另有限定"
OF_NOTHING = "没有说是什么的变化"
PERHAPS_YEAR = "年份可能不是这一年"
PERHAPS_DATE = "日期可能不是这一天"
PERHAPS_COLLEGE = "可能不是这所院校的数字"
NEAR_LABEL = 24
"""Characters before a figure whose own words a word of the answer may be made of: 老师 of 教师."""
_PART = re.compile(rf"[，;；。!?！？{BLANK}]|,(?!\d{{3}})")
_UNIT_NOTE = re.compile(r"\([^()]{1,12}\)")
"""As of a column's header: 授权专利(件,学年)."""
_ANSWERING = frozenset(
    "正文 表格 资料 原文 数字 口径 答案 文中 表中 处 两者 前者 后者 相差 相比 结果 一致 不同 具体 问题 最接近 问 所问 院校 前文 后文 另外 直接 截止 时间 年份 名称 相近 接近 分母 分子 不能 可以 只差 还差 图中 开办 办有 其次 次之".split()
)
"""Words an answer speaks of its sources with."""
_JUDGED = re.compile(
    r"[更较][大小多少高低好差强弱快慢]|[远略]?[高低多少大小]于|超过|不[算足]|不?一[样致]|[相不]同|对不?[上齐]|[前先]后|另处"
    r"|测?计算|核算|对应|填报?|列[全出]"
)
"""How an answer compares its figures, and says where they are from."""
_FIRST = re.compile("最(?P<least>[低少小短慢差])|最[高多大长快好]|垫底|居[首末]")
"""What an answer says of a figure's place in its column."""
_ORDINAL = re.compile(r"第(?:[一二三四五六七八九十]+|\d+)(?P<of>[\u3400-\u9fff]{2})")
_JOINS = re.compile("^[的为是有达约共占]+|(?:[的为是有达约共占]|(?<!报)[到至]|(?<=..)类)+$|^中(?=[待未])|^前(?=生)")
_LEFT_ASIDE = re.compile("^(?:但|均)?不(?:含|包括|计入?)")
"""What an answer sets a figure aside with: it denies nothing that the figure measures."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a figure at its place: `hard` takes it out, `caution` stays beside it."""

    hard: str = ""
    caution: str | None = None


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
    is_change = ASPECTS["change"].search(aspect_label(figure)) is not None
    if is_change and is_change_of_nothing(claim, context_key(figure), setting.question):
        return OF_NOTHING
    if _aspect_left_out(claim, figure, setting.question) or _row_left_out(claim, figure, setting.question):
        return LEFT_OUT
    return rivals_to_doubt(claim, figure, [*source.passage, *setting.rivals], setting)


def is_change_of_nothing(claim: Claim, printed: str, question: str) -> bool:
    """Whether the sentence of a change does not say what changed, and what is printed of it (a key) has no word of the
    question: an answer's 下降3个百分点 may be of anything."""
    if any(map(_said_words, (*claim.said.clauses, *claim.clauses))):
        return False
    asked = _said_words(question)
    return bool(asked) and not any(word in printed for word in asked)


def _unsaid(claim: Claim, figure: Figure, source: Source, rivals: Sequence[Figure] = ()) -> str:
    """A word of the figure's clause that its report does not say of it, `` where there is none.

    What its sentence says before its quote is said of it, and what is said where the same figure is printed again.
    """
    again = (other for other in rivals if _is_printed_again(figure, other))
    lead = paragraph_lead(figure)
    key = "".join([context_key(figure), source.words, text_key(source.lead), lead, *map(context_key, again)])
    key += "面积" if unit_class(figure.number.unit) == "area" else ""
    if ordinal := _other_ordinal(claim.clauses[0], key):
        return ordinal
    part = _PART.split(_UNIT_NOTE.sub("", claim.said.spoken))[-1]
    words = next(filter(None, (_said_words(clause) for clause in (part, *claim.said.clauses[:2]))), None)
    if not words:
        return ""
    label = text_key(f"{figure.near} {figure.before if figure.is_cell else figure.before[-NEAR_LABEL:]}")
    for word in sorted(words, key=lambda w: (-len(w), w)):
        word = word.removeprefix("每") if "均" in label else word
        if word in key or _JUDGED.fullmatch(word) or _is_first(word, figure, rivals):
            continue
        if all(character in label for character in word) and not _NEGATES.match(word):
            continue
        halves = (word[at : at + 2] for at in range(0, len(word) - 3, 2))
        if len(word) > 3 and word[-3:] in key and all(half in text_key(figure.passage.text) for half in halves):
            continue  # 毕业去向落实率 of 落实率 where 毕业去向 stands before
        if len(word) == 2 and re.search(f"{word[0]}[\u3400-\u9fff]{{1,4}}{word[1]}", key):  # 单招 of 单独招生
            continue
        return word
    return ""


def _is_first(word: str, figure: Figure, others: Sequence[Figure]) -> bool:
    """Whether an answer calls the cell greatest or least that is so among those given of its column."""
    match = _FIRST.fullmatch(word)
    column = [
        f.number.value for f in others if f.table_id == figure.table_id and f.before == figure.before and not f.is_total
    ]
    if match is None or not figure.is_cell or len(column) < 2:
        return False
    ends = (min(column), max(column))
    return figure.number.value in (ends if word[0] != "最" else ends[:1] if match["least"] else ends[1:])


_NEGATES = re.compile("[未非不失无待]")


def _is_printed_again(figure: Figure, other: Figure) -> bool:
    """Whether another place of the report prints the same figure of the same thing: of half of what this one is said of."""
    return (
        other.id != figure.id
        and other.passage.report_id == figure.passage.report_id
        and agree(other.number, figure.number)
        and 2 * len(label_words(other) & label_words(figure)) >= max(len(label_words(figure)), 1)
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
    words = (_JOINS.sub("", word) for word in words_of(bare(clause)))
    return frozenset(word for word in words if word not in EMPTY and word not in _ANSWERING and len(word) > 1)


def _aspect_left_out(claim: Claim, figure: Figure, question: str) -> bool:
    """Whether a figure is a change, a target, a mean, a part that is not, and the answer does not say so; or the other
    way round."""
    label = aspect_label(figure)
    own = (
        f"{label} {figure.passage.text[figure.quote_start : figure.quote_end]} {figure.about} {paragraph_lead(figure)}"
    )
    said = " ".join((claim.said.spoken, *claim.clauses[:2], claim.behind))
    if not any(map(_said_words, (*claim.clauses[:2], question))):
        return False
    for name in (*OWN_ASPECTS, "extreme"):
        pattern = ASPECTS[name]
        if pattern.search(label) and not says_aspect(name, f"{said} {question}"):
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
