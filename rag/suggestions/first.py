"""Reports → questions a newcomer may ask of them, each with what its answer must say.

Drawn from figures printed beside an indicator's name and from cells of tables, so that the report does answer them;
whether the program does is for the caller to try (`answered_suggestions`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from rag.domain.indicators import indicators
from rag.language.numbers import find_numbers, find_scopes, unit_class
from rag.language.text import matching_key
from rag.records import AnswerStatus, Number, Report, ReportKind, Section, Table, TableRow, VerifiedAnswer
from rag.structure.tables.joining import header_labels

MIN_NAME_LENGTH = 3
"""Characters: shorter printed names (支出, 教师) say too little to ask for."""
PER_REPORT = 8
"""Questions drawn from one report."""
MAX_QUALIFIER = 12
"""Characters before a name that still belong to it."""
_FIGURE_WINDOW = 24
"""Characters behind a name within which its figure ends."""
_LINK = r"(?:总额|比例)?[为是达]?到?了?\s*"
_LABEL = re.compile(r"[\u4e00-\u9fff、A-Za-z]{2,12}")
_EMPTY_LABEL = re.compile(r"合计|总计|小计|共计|序号|备注|其他|单位|类型|分类|类别")
_PLAIN_HEADER = re.compile(r"数值|数据|数量|结果|指标值|数字|内容")
_BRACKETED = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, the report it was drawn from, and the figure or name its answer must hold."""

    question: str
    report_id: str
    expected: str


def report_to_suggestions(
    report: Report, sections: Sequence[Section], tables: Sequence[Table]
) -> tuple[Suggestion, ...]:
    """Questions the report answers, the likeliest first: of its text and of its tables in turn."""
    prose = (_prose_question(report, found) for found in _printed_figures(sections))
    cells = ((f"{_subject(report)}{asked}", value) for asked, value in _table_questions(tables))
    turns = (pair for turn in zip_longest(prose, cells) for pair in turn if pair)
    found = {question: Suggestion(question, report.id, value) for question, value in turns}
    return tuple(islice(found.values(), PER_REPORT))


def interleaved(reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports with those of different kind and college first."""
    groups: dict[tuple[str, str], list[Report]] = {}
    for report in reports:
        groups.setdefault((report.kind.value, report.college), []).append(report)
    turns = zip_longest(*groups.values())
    return tuple(report for turn in turns for report in turn if report is not None)


def in_turn(lists: Iterable[Iterable[Suggestion]]) -> Iterator[Suggestion]:
    """The first of every list, then the second, and so on; no question twice."""
    turns: Iterator[Suggestion | None] = chain.from_iterable(zip_longest(*lists))
    seen: set[Suggestion] = set()
    for suggestion in turns:
        if suggestion is not None and suggestion not in seen:
            seen.add(suggestion)
            yield suggestion


def answered_suggestions(
    suggestions: Iterable[Suggestion], ask: Callable[[str], VerifiedAnswer], wanted: int, attempts: int
) -> tuple[str, ...]:
    """The first `wanted` questions whose answer is right and from the report they were drawn from."""
    right = (s.question for s in islice(suggestions, attempts) if is_right(ask(s.question), s))
    return tuple(islice(right, wanted))


def is_right(answer: VerifiedAnswer, suggestion: Suggestion) -> bool:
    """Whether an answer to a suggested question says what it must, from the report it was drawn from."""
    return (
        answer.status is AnswerStatus.ANSWERED
        and not answer.unsupported
        and matching_key(suggestion.expected) in matching_key(answer.text)
        and any(citation.passage.report_id == suggestion.report_id for citation in answer.citations)
    )


def _subject(report: Report) -> str:
    """Whose and which report: 某职院2023年质量年报里，; empty where the college is unknown or the report is no college's."""
    name = next((short for short in report.short_names if len(short) > 2), report.college)
    if not name or report.kind is ReportKind.OFFICIAL:
        return ""
    is_named = report.year and report.kind not in (ReportKind.OTHER, ReportKind.PROFILE)
    return f"{name}{report.year}年{report.kind.value}里，" if is_named else f"{name}的"


def _prose_question(report: Report, found: _Printed) -> tuple[str, str]:
    subject, graduates = _subject(report), found.phrase.startswith("毕业生")
    college = subject.split(str(report.year))[0].removesuffix("的")
    if find_scopes(found.phrase):
        subject = college
    elif report.cohort and (graduates or "毕业生" in found.sentence):
        subject = f"{college}{report.cohort}届{'' if graduates else '毕业生的'}"
    asked = f"有多少{found.number.unit}" if unit_class(found.number.unit) == "count" else "是多少"
    return f"{subject}{found.phrase}{asked}？", found.number.text


@dataclass(frozen=True, slots=True)
class _Printed:
    """An indicator's name, with what qualifies it, and the figure right behind it."""

    phrase: str
    number: Number
    sentence: str


def _printed_figures(sections: Sequence[Section]) -> Iterator[_Printed]:
    """The first place of each indicator, in the indicators' order."""
    for indicator in indicators():
        names = (name for name in indicator.printed if len(name) >= MIN_NAME_LENGTH)
        found = (_figure_behind(name, section.text) for name in names for section in sections)
        yield from islice(filter(None, found), 1)


def _figure_behind(name: str, text: str) -> _Printed | None:
    for match in re.finditer(re.escape(name) + _LINK, text):
        number = next(iter(find_numbers(text[match.end() : match.end() + _FIGURE_WINDOW])), None)
        if number and number.start == 0 and number.unit and not number.bound:
            sentence = re.split(r"[。！？\n]", text[: match.start()])[-1]
            qualifier = re.split(r"[，,；;：:、（）()“”‘’\s]", sentence)[-1]
            phrase = name if len(qualifier) > MAX_QUALIFIER or find_numbers(qualifier) else f"{qualifier}{name}"
            return _Printed(phrase, number, sentence + name)
    return None


def _table_questions(tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    """(what is asked, cell that answers): the first plain row of every table, then the second, and so on."""
    questions = (_row_questions(table) for table in tables if table.header_rows)
    return (pair for turn in zip_longest(*questions) for pair in turn if pair)


def _row_questions(table: Table) -> Iterator[tuple[str, str]]:
    """What one row alone answers."""
    labels = [_BRACKETED.sub("", matching_key(label)) for label in header_labels(table.rows, table.header_rows)]
    pairs = [pair for row in table.rows[table.header_rows :] for pair in _cell_questions(row, labels)]
    counts = Counter(question for question, _ in pairs)
    return (pair for pair in pairs if counts[pair[0]] == 1)


def _cell_questions(row: TableRow, labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    cells = [_BRACKETED.sub("", matching_key(cell)) for cell in row.printed]
    for name, cell, printed, label in zip(cells, cells[1:], row.printed[1:], labels[1:], strict=False):
        if not (_is_label(name) and _is_label(label)):
            continue
        asked = name if _PLAIN_HEADER.fullmatch(label) else f"{name}的{label}"
        if find_numbers(cell):
            yield f"{asked}是多少？", printed.strip()
        elif _is_label(cell) and not _PLAIN_HEADER.fullmatch(label):
            yield f"{asked}是什么？", printed.strip()


def _is_label(text: str) -> bool:
    return _LABEL.fullmatch(text) is not None and _EMPTY_LABEL.search(text) is None
