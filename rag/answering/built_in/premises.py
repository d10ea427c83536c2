"""What a question supposes (为什么下降了, 80%是怎么做到的), held against what the reports print."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.built_in.asks import Ask
from rag.answering.built_in.findings import Findings
from rag.answering.built_in.scope import speaks_of_subject
from rag.answering.built_in.weighing import Choice
from rag.figures.citing import Citations, lead_of, plain
from rag.language.numbers import agree, find_numbers, find_scopes, unit_class
from rag.language.text import sentence_spans
from rag.records import AnswerStatus, Draft, Figure, Number, Passage, Query, text_to_draft
from rag.retrieval.relevance import content_words, subject_words

_WAYS = {"up": "上升|上涨|增长|增加|提高|提升|走高", "down": "下降|下滑|下跌|降低|减少|回落|走低"}
_EITHER = "|".join(_WAYS.values())
_SUPPOSED = re.compile(rf"(?P<way>{_EITHER})(?:了|的|这么|那么|得|吗|多少|几|[？?，,。]|$)")
_CHANGED = re.compile(rf"(?:同比|环比|较|比|相比)[^。；;]{{0,14}}?(?P<way>{_EITHER})")
_BARE = r"(?:^|[^\u4e00-\u9fff]|[年届的校生]|总体|平均)"
"""What may stand before a word that is the whole of what is measured: not 省内 or 灵活 of 灵活就业率."""
_WHY = re.compile("为什么|为何|为啥|怎么|怎样|如何|凭什么|何以|原因")
_WHETHER = re.compile("是不是|真的|难道")
_REACHED = re.compile("(?:高达|达到?|只有|才|仅|低至|降到|升到)$")
_KINDS = ("percent", "ratio", "bare")
_AMOUNT = re.compile(r"多少|几(?!乎)|百分之|多大|多高|超过|高于|低于|不到|以上|以下")


def other_way_draft(findings: Findings) -> Draft | None:
    """What is printed of how something changed, where a question supposes that it changed the other way.

    None where it supposes no change, where none is printed, and where the one supposed is.
    """
    query = findings.evidence.query
    if (supposed := _SUPPOSED.search(query.focus)) is None:
        return None
    way = _way(supposed["way"])
    printed = _printed_changes(findings, _measured(query, supposed.start()))
    if not printed or any(_way(match["way"]) == way for *_, match in printed):
        return None
    passage, start, end, match = printed[0]
    citations = Citations()
    n = citations.cite_span(passage, start, end)
    lead = lead_of(findings.evidence, [passage], findings.reports)
    text = f"{lead}报告写的是**{match['way']}**，不是{supposed['way']}：“{plain(passage.text[start:end])}” [{n}]。"
    return text_to_draft(AnswerStatus.ANSWERED, text, tuple(citations.items))


def supposes_change(query: Query) -> bool:
    """Whether a question asks why something changed one way, taking for granted that it did."""
    return _SUPPOSED.search(query.focus) is not None and asks_why(query)


def asks_why(query: Query) -> bool:
    """Whether a question asks why or how something came to be, not how much it is."""
    return _WHY.search(query.focus) is not None and _AMOUNT.search(query.focus) is None


def is_other_figure(query: Query, found: Sequence[tuple[Ask, Choice]]) -> bool:
    """Whether a question that takes a figure for granted is answered by others of its kind."""
    stated = [choice.figure.number for _, choice in found]
    return any(
        (alike := [other for other in stated if not number.unit or _kind(other) == _kind(number)])
        and not any(_is_same(number, other) for other in alike)
        for number in _supposed_figures(query)
    )


def is_of_just_this(query: Query, figure: Figure) -> bool:
    """Whether a figure is said of just what the question speaks of, not of a part of it (灵活就业率 for 就业率)."""
    said = f"{figure.near} {figure.before if figure.is_cell else ''}"
    return all(re.search(f"{_BARE}{re.escape(word)}", said) for word in _measured(query, _asking(query)))


def printed_premise(findings: Findings) -> Figure | None:
    """The figure that a question why or how takes for granted, where a report prints it of the same."""
    query = findings.evidence.query
    supposed = _supposed_figures(query) if asks_why(query) else []
    measured = _measured(query, _asking(query)) if supposed else frozenset()
    return next(
        (
            figure
            for figure in findings.figures
            if any(_kind(number) == _kind(figure.number) and _is_same(number, figure.number) for number in supposed)
            and measured
            and is_of_just_this(query, figure)
        ),
        None,
    )


def _supposed_figures(query: Query) -> list[Number]:
    """The shares and ratios that a question takes for granted: those with a unit, and a bare one said to be reached."""
    if _AMOUNT.search(query.focus) or not (_WHY.search(query.focus) or _WHETHER.search(query.focus)):
        return []
    numbers = find_numbers(query.focus)
    kinds = [(number, unit_class(number.unit)) for number in numbers]
    return [n for n, kind in kinds if kind in _KINDS and (n.unit or _REACHED.search(query.focus[: n.start]))]


def _asking(query: Query) -> int:
    """Where a question begins to ask why or whether."""
    asking = _WHY.search(query.focus) or _WHETHER.search(query.focus)
    return asking.start() if asking else len(query.focus)


def _kind(number: Number) -> str:
    return unit_class(number.unit)


def _is_same(supposed: Number, printed: Number) -> bool:
    if not supposed.unit or printed.bound:
        return supposed.value == printed.value
    return agree(supposed, printed) or agree(printed, supposed)


def _way(word: str) -> str:
    return next(way for way, words in _WAYS.items() if word in words.split("|"))


def _measured(query: Query, end: int) -> frozenset[str]:
    """The nouns said before the change, colleges aside."""
    before = query.focus[:end]
    names = {word for college in query.colleges for word in content_words(college)}
    asked = query.terms[0] if query.terms else query.standalone
    return frozenset(
        word for word in subject_words(before) if word not in names and word in asked and not word.isnumeric()
    )


def _printed_changes(findings: Findings, measured: frozenset[str]) -> list[tuple[Passage, int, int, re.Match[str]]]:
    """The sentences that say how just this changed, best passage first."""
    evidence, found = findings.evidence, []
    words = [re.compile(f"{_BARE}{re.escape(word)}") for word in measured]
    years = set(evidence.query.years)
    for passage in evidence.passages:
        for start, end in sentence_spans(passage.text) if words and not passage.table_id else ():
            text = passage.text[start:end]
            places = [match.end() for word in words if (match := word.search(text))]
            change = _CHANGED.search(text, max(places)) if len(places) == len(words) else None
            stated = {year for scope in find_scopes(text) for year in scope.years}
            of_year = not years or not stated or bool(years & stated)
            if change and of_year and speaks_of_subject(evidence, findings.reports.get(passage.report_id), text):
                found.append((passage, start, start + len(text.rstrip()), change))
    return found
