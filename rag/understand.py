"""Question (and conversation) → Query: which reports, which years, what is asked. Unsure means the question as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath

from rag.colleges import mentioned, names_in
from rag.indicators import printed_names
from rag.records import Filters, Query, Report, ReportKind, Turn
from rag.text import tagged_words, unique
from rag.twins import without_twins

MIN_PARALLEL = 0.6
"""How alike two phrases must be built for one to stand in for the other in a follow-up."""
MAX_ELLIPTICAL_LENGTH = 24
"""A longer question says what it is about."""

_FILLER = re.compile(
    r"请问|想问一下|想问|想了解一下?|想请教|问一下|麻烦|帮我|帮忙|查一下|查查|看看|告诉我|我想知道|我在[^，,]{2,20}[，,]|大概|到底|究竟|一共|总共|"
    r"啊|呀|吗|呢|吧|哦|嘛|的话|具体"
)
_INTERROGATIVE = re.compile(
    r"是?多少|有?几(?=[个位名项次门家所种类场期人])|哪一?[个些家所位年天次]|什么|怎么样|怎样|谁|如何|是不是|有没有|多大|多高|多久|多长"
)
_WANTS_NUMBER = re.compile(r"多少|几[个位名项次门家所种类场期人成]|百分之|比例|占比|率|多大|多高|多久")
_ELLIPTICAL = re.compile(
    r"^(?:那|那么|它|他们|她们|这|其中|对方|上述|再|还有)|呢[？?，,]?(?:[^，,。]{0,8})$|^(?:它|其|该校|这个|那个)"
)
_YEAR = re.compile(r"(?<!\d)(20[0-3]\d|[12]\d(?=[年届级]))(?=\s*(?:[年届级度、，,]|[-—~至到]|学年|[\u4e00-\u9fff]|$))")
_KIND_WORDS = (
    (ReportKind.EMPLOYMENT, re.compile(r"就业质量(?:年度)?(?:报告|年报)|就业年报")),
    (ReportKind.QUALITY, re.compile(r"(?<!就业)质量(?:年度)?(?:报告|年报)")),
    (ReportKind.BRIEFING, re.compile(r"简报")),
    (ReportKind.OFFICIAL, re.compile(r"公文|这份函|来函|函件|文件|通知|教育厅|省厅")),
)


@dataclass(frozen=True, slots=True)
class _Scope:
    report_ids: tuple[str, ...]
    colleges: tuple[str, ...]
    unknown: tuple[str, ...]


def question_to_query(question: str, history: Sequence[Turn], filters: Filters, reports: Sequence[Report]) -> Query:
    """The question as understood against the reports there are."""
    question = " ".join(question.split())
    standalone, focus, carried = resolve_follow_up(question, history, reports)
    years = question_years(standalone)
    scope = _route(standalone, years, filtered_reports(reports, filters))
    return Query(
        question=question,
        standalone=standalone,
        focus=focus,
        carried=carried,
        report_ids=scope.report_ids,
        colleges=scope.colleges,
        unknown_colleges=scope.unknown,
        years=years,
        terms=(
            " ".join([strip_question(f"{focus} {carried}", scope.colleges, reports), *scope.colleges]),
            *printed_names(f"{focus} {carried}"),
        ),
        wants_number=_WANTS_NUMBER.search(focus + carried) is not None,
    )


def filtered_reports(reports: Sequence[Report], filters: Filters) -> tuple[Report, ...]:
    """The reports the asker's filters leave; a text repeated in another format counts once."""
    wanted = {name.lower() for name in filters.reports}

    def stem(report: Report) -> str:
        return PurePosixPath(report.id).stem.lower()

    left = [
        report
        for report in reports
        if (not wanted or report.id.lower() in wanted or stem(report) in wanted)
        and (
            not filters.colleges
            or report.college in filters.colleges
            or set(filters.colleges) & set(report.short_names)
        )
        and (not filters.years or report.year in filters.years or report.cohort in filters.years)
        and (not filters.kinds or report.kind.value in filters.kinds)
    ]
    return without_twins(left)


def question_years(question: str) -> tuple[int, ...]:
    """Years and classes a question names, in order: 2023届, 22年, 2021—2023."""
    return tuple(dict.fromkeys(int(year) + (2000 if len(year) == 2 else 0) for year in _YEAR.findall(question)))


def strip_question(question: str, colleges: Sequence[str], reports: Sequence[Report]) -> str:
    """The question without the names of its colleges, fillers and question words: what is to be searched for."""
    names = {report.college: report.short_names for report in reports if report.college in colleges}
    for start, end in sorted(mentioned(question, names).values(), reverse=True):
        question = question[:start] + " " + question[end:]
    return " ".join(_INTERROGATIVE.sub(" ", _FILLER.sub(" ", question)).split())


def _route(standalone: str, years: Sequence[int], reports: Sequence[Report]) -> _Scope:
    names = {report.college: report.short_names for report in reports if report.college}
    named = mentioned(standalone, names)
    colleges = tuple(sorted(named, key=lambda college: named[college]))
    known_forms = {form for college, shorts in names.items() for form in (college, *shorts)}
    unknown = unique(
        name
        for name in names_in(standalone)
        if name not in known_forms and not any(name in college or college in name for college in colleges)
    )
    left = [r for r in reports if not colleges or r.college in colleges or _speaks_of_others(r)]
    left = _narrow(left, [r for r in left if _of_year(r, years)] if years and colleges else left)
    kinds = [kind for kind, pattern in _KIND_WORDS if pattern.search(standalone)]
    left = _narrow(left, [r for r in left if r.kind in kinds] if kinds else left)
    return _Scope(tuple(r.id for r in left), colleges, unknown)


def _narrow(reports: list[Report], narrower: list[Report]) -> list[Report]:
    return narrower or reports


def _speaks_of_others(report: Report) -> bool:
    """Official letters and briefings speak of many colleges."""
    return report.kind in (ReportKind.OFFICIAL, ReportKind.BRIEFING, ReportKind.OTHER)


def _of_year(report: Report, years: Sequence[int]) -> bool:
    """Whether a report may hold figures of a year: its own, its class, its academic years, or last year's money."""
    if report.year is None:
        return True
    academic = {int(year) for year in (report.academic_year or "").split("-") if year}
    return bool({report.year, report.year - 1, report.year - 2, report.cohort, *academic} & set(years))


def resolve_follow_up(question: str, history: Sequence[Turn], reports: Sequence[Report]) -> tuple[str, str, str]:
    """(standalone question, what it asks itself, the earlier question it leans on, `` where it stands alone)."""
    asked = [turn.content.strip() for turn in history if turn.role == "user" and turn.content.strip()]
    if not asked or not _is_elliptical(question, asked[-1], reports):
        return question, question, ""
    previous, _, _ = resolve_follow_up(asked[-1], [Turn("user", text) for text in asked[:-1]], reports)
    if (substituted := _substitute(previous, question)) is not None:
        return substituted, substituted, ""
    return f"{question}（承上问：{previous}）", question, previous


def _is_elliptical(question: str, previous: str, reports: Sequence[Report]) -> bool:
    if len(question) > MAX_ELLIPTICAL_LENGTH:
        return False
    names = {report.college: report.short_names for report in reports if report.college}
    if _ELLIPTICAL.search(question):
        return True
    return not mentioned(question, names) and bool(mentioned(previous, names)) and not question_years(question)


def _substitute(previous: str, question: str) -> str | None:
    """`previous` with the piece that `X呢` is parallel to replaced by X; None where no piece plainly is."""
    match = re.fullmatch(r"(?:那么?|还有|再?说)?[，,]?(?P<new>.{1,14}?)(?:的)?(?:呢|又?如何|怎么样)[？?。]?", question)
    if not match:
        return None
    new = match["new"]
    best: tuple[float, int, int] = (0.0, 0, 0)
    for start, end in _phrases(previous):
        if (score := _parallel(previous[start:end], new)) > best[0]:
            best = (score, start, end)
    if best[0] < MIN_PARALLEL:
        return None
    return previous[: best[1]] + new + previous[best[2] :]


def _phrases(text: str) -> Iterator[tuple[int, int]]:
    """Spans of one to four words that stand together."""
    spans: list[tuple[int, int]] = []
    at = 0
    for word, _ in tagged_words(text):
        start = text.lower().find(word, at)
        if start >= 0:
            at = start + len(word)
            spans.append((start, at))
    for first in range(len(spans)):
        for last in range(first, min(first + 4, len(spans))):
            if all(a[1] == b[0] for a, b in pairwise(spans[first : last + 1])):
                yield spans[first][0], spans[last][1]


def _parallel(piece: str, new: str) -> float:
    """How far two phrases are built alike: common end, common start, like length."""
    end = next(
        (i for i, (a, b) in enumerate(zip(reversed(piece), reversed(new), strict=False)) if a != b),
        min(len(piece), len(new)),
    )
    start = next((i for i, (a, b) in enumerate(zip(piece, new, strict=False)) if a != b), min(len(piece), len(new)))
    if piece == new or end + start == 0:
        return 0.0
    return (end + start) / max(len(piece), len(new)) + (0.3 if end else 0.0) - 0.1 * abs(len(piece) - len(new))
