"""Question (and conversation) → Query: which reports, which years, what is asked. Unsure means the question as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from rag.domain.colleges import mentioned, place_of, placed_names
from rag.domain.indicators import printed_names
from rag.domain.kinds import asked_kinds
from rag.domain.near_duplicates import without_twins
from rag.domain.short_names import colleges_to_names
from rag.errors import UsageError
from rag.language.text import rejoined, unique
from rag.question.asks import question_to_asks, without_amounts, without_cues
from rag.question.follow_up import Resolved, resolve_follow_up
from rag.question.operation import question_to_operation
from rag.question.purpose import is_small_talk, openings, question_to_purpose
from rag.question.subjects import Subject, split_subjects
from rag.question.years import CLASS, YearSpan, academic_years, unique_years, with_whole_years, year_spans
from rag.records import Filters, Purpose, Query, Report, ReportKind, Turn

_FILLER = re.compile(
    r"请问|想问一下|想问|想了解一下?|想请教|问一下|麻烦|帮我|帮忙|查一下|查查|看看|告诉我|我想知道|我在[^，,]{2,20}[，,]|大概|到底|究竟|一共|总共|"
    r"啊|呀|吗|呢|吧|哦|嘛|的话|具体|"
    r"(?:写|起草|撰写|拟)(?:一|个|份|篇|段|成|出)+|(?:\d+|[一二三四五几两]百)多?字(?:左右|以内|上下)?|的?(?:文字|书面)?(?:材料|段落|稿子)(?=$|[，,。])|"
    r"(?:汇总)?(?:[整列做制]?成|[列做制])(?:一张|一个)?表格?|汇总(?:一下)?"
)
_INTERROGATIVE = re.compile(r"哪一?[个些家所位年天次]|什么|怎么样|怎样|谁|如何|是不是|有没有|多大|多高|多久|多长")
_COMPARES_ON = re.compile(r"^(?:那么?)?[比跟较占]")
"""How a follow-up begins that computes with what the question before asked for: 比预算省下多少."""
_WANTS_NUMBER = re.compile(r"多少|几[个位名项次门家所种类场期人成]|百分之|比例|占比|率|多大|多高|多久")

MAX_PARTS = 60
"""Colleges or years, each looked up by itself, that one question may name, where there are not reports of more colleges."""


@dataclass(frozen=True, slots=True)
class _Scope:
    report_ids: tuple[str, ...]
    beyond_ids: tuple[str, ...]
    colleges: tuple[str, ...]
    unknown: tuple[str, ...]


def question_to_query(question: str, history: Sequence[Turn], filters: Filters, reports: Sequence[Report]) -> Query:
    """The question as understood against the reports there are."""
    question = " ".join(question.split())
    history = without_small_talk(history)
    left = filtered_reports(reports, filters)
    names = {name for report in reports for name in (report.college, *report.short_names) if name}
    names |= {report.kind.value for report in reports if report.kind is not ReportKind.OTHER}
    purpose = question_to_purpose(question, [*names, *_strangers(question)], is_first=not history)
    if purpose is Purpose.HELP:
        return Query(question, question, question, (), purpose=purpose)
    if purpose is Purpose.SUMMARY:
        asked = _about_whole(question, history, reports)
        query = _resolved_to_query(question, Resolved(asked, question, ""), left, reports)
        return query if query.unknown_colleges else replace(query, purpose=purpose)
    resolved = resolve_follow_up(question, history, reports)
    query = _resolved_to_query(question, resolved, left, reports)
    if resolved.standalone != question and not resolved.carried:  # the same of another: 那湖职呢, after a summary
        purpose = question_to_purpose(resolved.standalone, names, is_first=False)
        query = replace(query, purpose=Purpose.SUMMARY if purpose is Purpose.SUMMARY else query.purpose)
    return replace(query, parts=_parts(query, left, reports))


def without_small_talk(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """A conversation without greetings, thanks and what was answered to them: nothing leans on these."""
    kept: list[Turn] = []
    is_talk = False
    for turn in history:
        is_talk = is_small_talk(turn.content) if turn.role == "user" else is_talk
        kept += [] if is_talk else [turn]
    return tuple(kept)


def _strangers(question: str) -> list[str]:
    return [name for name, _ in placed_names(question)]


def _about_whole(question: str, history: Sequence[Turn], reports: Sequence[Report]) -> str:
    """What is to be summed up; in a conversation about one college that is meant where none is named."""
    names = colleges_to_names(reports)
    if not mentioned(question, names) and not _strangers(question):
        opened = [college for word in openings(question, names) for college in names if college.startswith(word)]
        if len(set(opened)) == 1:
            return f"{question}（{opened[0]}）"
        for turn in reversed(history):
            if turn.role == "user" and (earlier := mentioned(turn.content, names)):
                return f"{question}（{'、'.join(sorted(earlier, key=lambda name: earlier[name]))}）"
    return question


def _resolved_to_query(question: str, resolved: Resolved, left: Sequence[Report], reports: Sequence[Report]) -> Query:
    """The question as one, over the reports left by the filters."""
    standalone, focus, carried = resolved.standalone, resolved.focus, resolved.carried
    spans = year_spans(standalone)
    years = unique_years(spans)
    scope = _route(standalone, spans, left, reports)
    held = {*scope.report_ids}
    latest = max((report.year for report in left if report.id in held and report.year), default=None)
    computed = f"{without_cues(carried)}{focus}" if _COMPARES_ON.match(focus) else focus
    operation, operands = question_to_operation(computed if carried else standalone, latest)
    return Query(
        question=question,
        standalone=standalone,
        focus=focus,
        carried=carried,
        kinds=resolved.kinds,
        report_ids=scope.report_ids,
        beyond_ids=scope.beyond_ids,
        colleges=scope.colleges,
        unknown_colleges=scope.unknown,
        years=years,
        terms=(
            " ".join(
                [with_whole_years(strip_question(f"{focus} {carried}", scope.colleges, reports)), *scope.colleges]
            ),
            *printed_names(f"{focus} {carried}"),
        ),
        wants_number=_WANTS_NUMBER.search(focus + carried) is not None,
        operation=operation,
        operands=operands,
        asks=question_to_asks(focus, carried, resolved.kinds),
    )


def _parts(query: Query, left: Sequence[Report], reports: Sequence[Report]) -> tuple[Query, ...]:
    """What a question that spans several colleges or years asks of each."""
    whole = f"{query.carried}，{query.focus}" if query.carried else query.standalone
    held = {report.college for report in left if report.college}
    known = held | set(query.unknown_colleges)
    names = {college: shorts for college, shorts in colleges_to_names(reports).items() if college in known}
    own = [report for report in left if report.id in query.report_ids and not _speaks_of_others(report)]
    whose = [report for report in left if not _speaks_of_others(report)] if query.colleges else own
    every = () if _asks_official(query.standalone) else unique(report.college for report in whose if report.college)
    subjects = dict.fromkeys(split_subjects(whole, names, _years_apart(own), every))
    if len(subjects) > max(MAX_PARTS, len(names)):
        raise UsageError(f"问题里有 {len(subjects)} 所学校或年份要分别查，一次最多查 {MAX_PARTS} 个；请分几次问。")
    parts = tuple(_part(subject, query.colleges, left, reports) for subject in subjects)
    return parts if len(parts) > 1 else ()


def _part(subject: Subject, compared: Sequence[str], left: Sequence[Report], reports: Sequence[Report]) -> Query:
    """What is asked of one, over its own reports and those that speak of many; a year is named with its college."""
    is_year = subject.name[0].isdigit()
    others = {college for college in compared if college not in subject.name and not is_year}
    resolved = Resolved(subject.question, subject.question, "")
    kept, known = ([r for r in given if r.college not in others] for given in (left, reports))
    part = _resolved_to_query(subject.question, resolved, kept, known)
    name = f"{''.join(part.colleges[:1])}{subject.name}" if is_year else subject.name
    return replace(part, subject=name, report_ids=_latest(part, left))


def _asks_official(question: str) -> bool:
    return ReportKind.OFFICIAL in asked_kinds(question)


def _years_apart(own: Sequence[Report]) -> tuple[int, ...]:
    """Years and classes of one college's reports, where there are several of different years."""
    if len({report.college for report in own}) != 1 or len({report.year for report in own if report.year}) < 2:
        return ()
    return tuple(sorted({year for report in own for year in (report.year, report.cohort) if year}))


def _latest(part: Query, reports: Sequence[Report]) -> tuple[str, ...]:
    """A part's reports; where it names no year, of each kind only those of the last year there is."""
    chosen = [report for report in reports if report.id in part.report_ids]
    last = {r.kind: max(o.year or 0 for o in chosen if o.kind is r.kind) for r in chosen if not _speaks_of_others(r)}
    return tuple(r.id for r in chosen if part.years or r.kind not in last or r.year in (None, last[r.kind]))


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


def strip_question(question: str, colleges: Sequence[str], reports: Sequence[Report]) -> str:
    """The question without the names of its colleges, fillers and question words: what is to be searched for."""
    names = {college: shorts for college, shorts in colleges_to_names(reports).items() if college in colleges}
    for start, end in sorted(mentioned(question, names).values(), reverse=True):
        question = question[:start] + " " + question[end:].removeprefix("的")
    return " ".join(_INTERROGATIVE.sub(" ", without_amounts(_FILLER.sub(" ", rejoined(question)))).split())


def _route(standalone: str, years: Sequence[YearSpan], reports: Sequence[Report], every: Sequence[Report]) -> _Scope:
    """Where to look among the reports left; of `every` report the colleges are known by name."""
    names = colleges_to_names(every)
    held = {report.college for report in reports}
    named = mentioned(standalone, names)
    in_order = sorted(named, key=lambda college: named[college])
    colleges = tuple(college for college in in_order if college in held)
    known_forms = {form for college, shorts in names.items() for form in (college, *shorts)}
    unknown = unique(
        name
        for name, start in placed_names(standalone, set(filter(None, map(place_of, names))))
        if name not in known_forms
        and not any(name in college or college in name for college in in_order)
        and not any(start < b and a < start + len(name) for a, b in named.values())
    )
    owners = {report.college for report in every if not _speaks_of_others(report)}
    spans = {named[college] for college in colleges}
    outside = [c for c in in_order if c in owners and c not in held and named[c] not in spans]
    kinds = asked_kinds(standalone)
    only = {report.college for report in reports if not _speaks_of_others(report)}
    whose = colleges or (tuple(only) if years and len(only) == 1 else ())
    if whose:
        chosen = {report.id for report in _of_colleges(reports, whose, years, kinds)}
        every_year = {report.id for report in _of_colleges(reports, whose, (), kinds)}
    else:
        chosen = every_year = {report.id for report in _narrow(reports, [r for r in reports if r.kind in kinds])}
    return _Scope(
        tuple(report.id for report in reports if report.id in chosen),
        tuple(report.id for report in reports if report.id in every_year - chosen),
        colleges,
        (*outside, *unknown),
    )


def _of_colleges(
    reports: Sequence[Report], colleges: Sequence[str], years: Sequence[YearSpan], kinds: Sequence[ReportKind]
) -> Iterator[Report]:
    """Each college's reports of these years and kinds, all of them where there is none; and what speaks of many.

    Where academic years are named and there are reports of these, others that share a year with them are not meant.
    """
    for college in colleges:
        own = [report for report in reports if report.college == college]
        of_years = _narrow(own, [report for report in own if _of_year(report, years)])
        of_years = _narrow(of_years, [r for r in of_years if r.academic_year in academic_years(years)])
        yield from _narrow(of_years, [report for report in of_years if report.kind in kinds])
    for report in reports:
        if _speaks_of_others(report) and _of_year(report, years) and (not kinds or report.kind in kinds):
            yield report


def _narrow(reports: Sequence[Report], narrower: Sequence[Report]) -> Sequence[Report]:
    return narrower or reports


def _speaks_of_others(report: Report) -> bool:
    """Official letters and briefings speak of many colleges; so may what is of none that is known."""
    return not report.college or report.kind in (ReportKind.OFFICIAL, ReportKind.BRIEFING, ReportKind.OTHER)


def _of_year(report: Report, asked: Sequence[YearSpan]) -> bool:
    """Whether a report may hold figures of a year: its own, its class, its academic years, or last year's money.

    Figures of a class stand in the report on that class, where one is told.
    """
    if report.year is None or not asked:
        return True
    own = {*report.years, report.year - 2}
    return any(({report.cohort} if span.word == CLASS and report.cohort else own) & set(span.years) for span in asked)
