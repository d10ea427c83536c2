"""Whether another figure of a report fits what an answer says better than the one it gives, or as well."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.figures.context import ASPECTS, LOOK_BACK, REFERS, words_of
from rag.figures.time import figure_to_when
from rag.gate.claims import Claim
from rag.gate.said import bare, tokens
from rag.gate.subject import borrowed, is_of_whole, is_relative, labels
from rag.language.clauses import sentence_before
from rag.language.numbers import agree, unit_class
from rag.language.text import matching_key, text_key
from rag.records import Figure, Report

BETTER = "报告里另有更合这句话的数字"
ALIKE = "报告里这样称呼的数字不止一个"
OWN_ASPECTS = ("change", "plan", "each", "negated")

_CHANGED = re.compile(r"[多少高低大小长短升降增减][了出]|差(?!错)|好转|回[升落]|变[多少高低大小]")


@dataclass(frozen=True, slots=True)
class Setting:
    """What figures are held against: the reports, the figures an answerer chose among, the question."""

    reports: Mapping[str, Report]
    rivals: Sequence[Figure] = ()
    question: str = ""
    shown: frozenset[str] = frozenset()
    """Ids of the figures the answer gives: it leaves none of them out."""


def rivals_to_doubt(claim: Claim, figure: Figure, rivals: Sequence[Figure], setting: Setting) -> str | None:
    """Whether another figure in that kind of unit is said of what the answer says, and this one is not, or less plainly.

    Of two labels only what one has and the other has not tells: an answer that speaks of neither means either.
    """
    kind, own = unit_class(figure.number.unit), label_words(figure)
    alike = [
        other for other in rivals if unit_class(other.number.unit) == kind and not agree(other.number, figure.number)
    ]
    known = own.union(*map(label_words, alike))
    clauses = [tokens(bare(clause)) & known for clause in claim.said.clauses]
    asked = tokens(bare(setting.question)) & known
    words = next(filter(None, clauses), asked)
    words |= asked if not clauses[0] else frozenset()
    if not words:
        return None
    told = tokens(" ".join((claim.said.whole, *claim.clauses))).union(*clauses)
    before = labels(figure)[1]
    key, found = context_key(figure), None
    spoken = matching_key(f"{claim.said.whole} {setting.question}")
    shown = [other for other in alike if other.id in setting.shown]
    for other in alike:
        is_shown = any(agree(other.number, each.number) for each in shown)
        if _is_apart(claim, figure, other, setting) or (is_shown and not clauses[0]):
            continue
        theirs = label_words(other)
        alien = theirs - own - borrowed(theirs - own, own | (before - theirs))
        row = told & (tokens(figure.near) if figure.is_cell else tokens(figure.before) - tokens(other.before))
        hits, hers = words & alien, (words & (own - theirs)) | (row - theirs)
        if hits and not hers:
            if any(token not in key for token in hits):
                return BETTER
            found = found if is_shown else ALIKE
        elif (
            not is_shown
            and theirs
            and not hers
            and len(words & theirs) >= len(words & own)
            and _is_plainer(other, figure, spoken)
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
        _is_of_another_time(claim, figure, other, setting.reports)
        or (figure.is_total and not other.is_total and is_of_whole(claim.said))
        or _is_of_another_college(claim, figure, other, setting)
        or _is_of_another_aspect(claim, figure, other, setting.question)
    )


def _is_of_another_time(claim: Claim, figure: Figure, other: Figure, reports: Mapping[str, Report]) -> bool:
    """Whether the years or the date that an answer gives a figure are the figure's, and another's are other ones.

    A figure that is printed with no year is of those of its report.
    """
    own, theirs = figure_to_when(figure), figure_to_when(other)
    report = reports.get(other.passage.report_id)
    assumed = frozenset(filter(None, (report.year, report.cohort))) if report and own.years else frozenset[int]()
    return any(
        bool(said) and (not mine or bool(said & mine)) and bool(others) and not said & others
        for said, mine, others in (
            (claim.years, own.years, theirs.years or assumed),
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


def _is_of_another_aspect(claim: Claim, figure: Figure, other: Figure, question: str) -> bool:
    """Whether another figure is a change, a target, a mean or a part that is not, which neither answer nor question speaks
    of; or is no change where the figure is one and the answer says so."""
    label, own = aspect_label(other), aspect_label(figure)
    said = " ".join((claim.said.spoken, *claim.clauses[:2], claim.behind, question))
    is_level = ASPECTS["change"].search(own) and not ASPECTS["change"].search(label)
    if is_level and says_aspect("change", claim.clauses[0]):
        return True
    return any(ASPECTS[name].search(label) and not says_aspect(name, said) for name in OWN_ASPECTS)


def aspect_label(figure: Figure) -> str:
    """What tells a change from a level; one behind a figure is the next one's (比上年的31.06万元增加39.54万元)."""
    if figure.is_cell:
        return f"{figure.near} {figure.before}"
    return figure.near.removesuffix(figure.after) if ASPECTS["change"].match(figure.after.strip()) else figure.near


def says_aspect(name: str, said: str) -> bool:
    """Whether an answer speaks of a change, a target, …; of a change also by what is more or less (多了424人, 相差2人)."""
    return ASPECTS[name].search(said) is not None or (name == "change" and _CHANGED.search(said) is not None)


def paragraph_lead(figure: Figure) -> str:
    """Key of what stands before a figure of prose in its paragraph, which says of it what its own sentence need not."""
    if figure.is_cell:
        return ""
    start = max(figure.passage.text.rfind("\n", 0, figure.start) + 1, figure.start - LOOK_BACK)
    return text_key(figure.passage.text[start : figure.quote_start])


def context_key(figure: Figure) -> str:
    """Key of all that is printed around a figure: row and column, or its sentence, what is above, headings."""
    row = " ".join(figure.row.filled) if figure.row else ""
    sentence = figure.passage.text[figure.quote_start : figure.quote_end]
    return text_key(" ".join([figure.near, figure.before, figure.about, row, sentence, *figure.passage.path]))


@lru_cache(maxsize=5_000)
def _label_of(label: str) -> frozenset[str]:
    return tokens(label)


def label_words(figure: Figure) -> frozenset[str]:
    """The words of what is printed of a figure, and those that its own relate or refer to (占95.28%, 这一数字升到94.66%)."""
    own = _label_of(figure.context.label) if figure.context.label else labels(figure)[0]
    if figure.is_cell:
        return own
    if REFERS.search(figure.near):
        return own | tokens(sentence_before(figure.passage.text, figure.start))
    return own | labels(figure)[1] if is_relative(figure) else own
