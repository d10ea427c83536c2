"""What keeps figures of several reports from being compared as they stand: other names, times or units."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.built_in.findings import Findings
from rag.answering.built_in.scope import unit_text
from rag.domain.indicators import Indicator, indicators
from rag.language.numbers import Scope, find_scopes
from rag.language.numbers.units import canonical
from rag.language.text import matching_key, text_key, unique
from rag.records import Figure, ReportKind
from rag.retrieval.relevance import content_words

Stated = tuple[str, Figure, Findings]
"""Whose figure, the figure, and what it was chosen from."""
MAX_SCOPES = 2
_OF_ALL = re.compile("^(?:应届|本校|我校|全校|学校|高校|毕业生|毕业|学生|总体|平均|其中)+(?=..)")
_NOT = ("待", "未")
_SINCE = tuple("自从于由")


def time_of(figure: Figure, name: str, findings: Findings) -> str:
    """The year, class or date a figure is of, as printed before it, in its row or above it, else as its report is of.

    Empty where the name it stands under, or its own words, say so already, and where it is not plain.
    """
    scopes = _scopes(figure)
    if not scopes:
        report = _time_of_report(figure, findings)
        years = {year for scope in find_scopes(report) for year in scope.years}
        return "" if find_scopes(name) or not years <= (_years_around(figure) or years) else report
    said = text_key(f"{name} {figure.near if not figure.is_cell else figure.before}")
    new = [scope.text for scope in scopes if matching_key(scope.text) not in said]
    return "，".join(unique("".join(text.split()) for text in new))


def _scopes(figure: Figure) -> list[Scope]:
    """The times printed of a figure: nearest before it in its sentence, of its row and column, or in what is above."""
    own = f"{figure.near}，{figure.before}" if figure.is_cell else figure.before
    above = " ".join([figure.about, *figure.passage.path[-1:]])
    for text in (own, above):
        if scopes := [scope for scope in find_scopes(text) if _is_of_figure(scope, text)]:
            return scopes[-MAX_SCOPES:] if text == own else scopes[:1]
    return []


def _is_of_figure(scope: Scope, text: str) -> bool:
    """Whether a time is when something was so, not since when or when it began, nor a year of entry."""
    since = re.match("起|以来|开始|启动|实施|成立|建校|升格|创办", text[scope.end :])
    return bool(scope.years) and scope.kind != "enrolment" and not since and text[: scope.start][-1:] not in _SINCE


def _years_around(figure: Figure) -> set[int]:
    text = " ".join([unit_text(figure), figure.before, figure.about, *figure.passage.path])
    return {year for scope in find_scopes(text) for year in scope.years}


def _time_of_report(figure: Figure, findings: Findings) -> str:
    report = findings.reports.get(figure.passage.report_id)
    if report is None or report.year is None:
        return ""
    if report.kind is ReportKind.EMPLOYMENT and report.cohort:
        return f"{report.cohort}届"
    return f"{report.year}年报告"


def differences(stated: Sequence[Stated], question: str) -> list[str]:
    """What differs between the figures besides their amounts, in words; empty where nothing is known to."""
    if len(stated) < 2:
        return []
    found = []
    if names := other_names(stated, question):
        found.append(names)
    if times := _other_times(stated):
        found.append(times)
    if len({canonical(figure.number.unit)[1].base for _, figure, _ in stated}) > 1:
        found.append("单位不同，不能直接比较")
    return found


def other_names(stated: Sequence[Stated], question: str) -> str:
    """That what is asked stands under different names, in words; `` where it does not."""
    key = matching_key(question)
    asked = [i for i in indicators() if i.note and any(matching_key(name) in key for name in _names(i))]
    for indicator in asked:
        printed = [_printed(indicator, figure) for _, figure, _ in stated]
        if all(printed) and len(set(printed)) > 1:
            said = "、".join(f"{name}为“{word}”" for (name, _, _), word in zip(stated, printed, strict=True))
            return f"所印名称不同，{said}，{indicator.note}"
    return ""


def _names(indicator: Indicator) -> tuple[str, ...]:
    return unique([*indicator.asked, *indicator.printed])


def _printed(indicator: Indicator, figure: Figure) -> str:
    """The longest name of an indicator that stands by a figure, with what is printed as one word with it (省内就业率)."""
    label = f"{figure.near} {figure.before if figure.is_cell else ''}"
    key = text_key(label)
    names = [matching_key(name) for name in _names(indicator)]
    words = [word for word in content_words(label) if word in key and any(name in word for name in names)]
    longest = max([*words, *(name for name in names if name in key)], key=len, default="")
    if longest and (before := key[: key.rfind(longest)][-1:]) in _NOT:
        return f"{before}{longest}"
    return longest if longest in names else _OF_ALL.sub("", longest)


def _other_times(stated: Sequence[Stated]) -> str:
    """That figures are of other years, or of other days of a year."""
    years = [frozenset(find_scopes(f"{name}，{time_of(figure, '', f)}")[-1:]) for name, figure, f in stated]
    named = [{year for scope in scopes for year in scope.years} for scopes in years]
    return "年份或时点不同" if all(named) and any(one.isdisjoint(named[0]) for one in named[1:]) else ""
