"""Reports → questions a newcomer may ask of them, each with what its answer must say.

Drawn from figures printed beside an indicator's name and from cells of tables, so that the report does answer them;
whether the program does is for the caller to try (`answered_suggestions`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from rag.indicators import indicators
from rag.numbers import find_numbers
from rag.records import AnswerStatus, Report, ReportKind, Section, SectionKind, Table, VerifiedAnswer
from rag.tables import header_labels
from rag.text import matching_key

MIN_NAME_LENGTH = 3
"""Characters: shorter printed names (支出, 教师) say too little to ask for."""
PER_REPORT = 4
"""Questions drawn from one report."""
_LINK = r"[（(]?(?:总额|比例)?[为是达]?到?(?:了)?\s*"
_LABEL = re.compile(r"[\u4e00-\u9fff（）()、A-Za-z]{2,12}")
_EMPTY_LABEL = re.compile(r"合计|总计|小计|共计|序号|备注|其他|单位")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question, the report it was drawn from, and the figure or name its answer must hold."""

    question: str
    report_id: str
    expected: str


def report_to_suggestions(
    report: Report, sections: Sequence[Section], tables: Sequence[Table]
) -> tuple[Suggestion, ...]:
    """Questions the report answers, the likeliest first: of its text and of its tables in turn, no subject twice."""
    subject = _subject(report)
    if not subject:
        return ()
    prose = ((f"{subject}{name}是多少？", figure) for name, figure in _printed_figures(sections))
    cells = ((f"{subject}{label}", value) for label, value in _table_cells(tables))
    turns = chain.from_iterable(zip_longest(prose, islice(cells, PER_REPORT)))
    found = (Suggestion(turn[0], report.id, turn[1]) for turn in turns if turn)
    return tuple(islice(found, PER_REPORT))


def interleaved(reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports with those of different kind and college first."""
    groups: dict[tuple[str, str], list[Report]] = {}
    for report in reports:
        groups.setdefault((report.kind.value, report.college), []).append(report)
    turns = zip_longest(*groups.values())
    return tuple(report for turn in turns for report in turn if report is not None)


def in_turn(lists: Iterable[Sequence[Suggestion]]) -> Iterator[Suggestion]:
    """The first of every list, then the second, and so on; no question twice."""
    turns: Iterator[Suggestion | None] = chain.from_iterable(zip_longest(*lists))
    return iter(dict.fromkeys(suggestion for suggestion in turns if suggestion is not None))


def answered_suggestions(
    suggestions: Iterable[Suggestion], ask: Callable[[str], VerifiedAnswer], wanted: int, attempts: int
) -> tuple[str, ...]:
    """The first `wanted` questions whose answer is right and from the report they were drawn from."""
    right = (s.question for s in islice(suggestions, attempts) if _is_right(ask(s.question), s))
    return tuple(islice(right, wanted))


def _is_right(answer: VerifiedAnswer, suggestion: Suggestion) -> bool:
    return (
        answer.status is AnswerStatus.ANSWERED
        and matching_key(suggestion.expected) in matching_key(answer.text)
        and any(citation.passage.report_id == suggestion.report_id for citation in answer.citations)
    )


def _subject(report: Report) -> str:
    """Whose and which: 某职院2023届毕业生的, 某职院2023年报告里，; empty where the college is unknown."""
    name = next((short for short in report.short_names if len(short) > 2), report.college)
    if not name:
        return ""
    if report.kind is ReportKind.EMPLOYMENT and report.cohort:
        return f"{name}{report.cohort}届毕业生的"
    return f"{name}{report.year}年{report.kind.value}里，" if report.year else f"{name}的"


def _printed_figures(sections: Sequence[Section]) -> Iterator[tuple[str, str]]:
    """(indicator as printed, figure) where the text has the one right behind the other, an indicator once."""
    texts = [section.text for section in sections if section.kind is SectionKind.BODY]
    for indicator in indicators():
        names = [name for name in indicator.printed if len(name) >= MIN_NAME_LENGTH]
        found = next((pair for name in names for text in texts if (pair := _figure_behind(name, text))), None)
        if found:
            yield found


def _figure_behind(name: str, text: str) -> tuple[str, str] | None:
    for match in re.finditer(re.escape(name) + _LINK, text):
        numbers = find_numbers(text[match.end() : match.end() + 24])
        if numbers and numbers[0].start == 0 and numbers[0].unit:
            return name, numbers[0].text
    return None


def _table_cells(tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    """(row and column asked for, cell) of the first plain cell of each table."""
    for table in tables:
        if table.caption and table.header_rows and (found := _plain_cell(table)):
            yield found


def _plain_cell(table: Table) -> tuple[str, str] | None:
    labels = [matching_key(label) for label in header_labels(table.rows, table.header_rows)]
    for row in table.rows[table.header_rows :]:
        name = next((at for at, cell in enumerate(row.printed) if _is_label(cell)), None)
        if name is None:
            continue
        for at in range(name + 1, len(row.printed)):
            value = row.printed[at].strip()
            if _is_label(labels[at]) and any(c.isdigit() for c in value) and find_numbers(value):
                return f"{row.printed[name].strip()}的{labels[at]}是多少？", value
    return None


def _is_label(text: str) -> bool:
    return _LABEL.fullmatch(text.strip()) is not None and _EMPTY_LABEL.search(text) is None
