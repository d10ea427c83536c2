"""How many questions are answered from another college or another year than they ask about.

usage: python -m evals.astray QUESTIONS.jsonl … --data DIR

`DIR` holds an index of the reports the questions are on. A question asks about the colleges it names, in any form that
begins as their name does, and about the years it names; with neither it cannot be answered from elsewhere. A figure given
as the answer, or shown as one that may be meant, is astray where its source is no gold report of the question, nor one of
a kind it names, and is of another college and does not name an asked one there, or is of other years and does not print
an asked one there; and, given as the answer, where it is itself told to be of other years. Exit code 1 where there are any.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from evals.cases import Case, file_stem, load_cases
from rag.app.assembly import build_assistant, open_index
from rag.domain.colleges import place_of, placed_names
from rag.domain.kinds import asked_kinds
from rag.domain.short_names import abbreviates
from rag.errors import WenbaoError
from rag.language.numbers import find_scopes
from rag.question.years import CLASS, YearSpan, year_spans
from rag.records import AnswerFigure, Citation, Report, VerifiedAnswer
from rag.settings.settings import load_settings

OTHER_COLLEGE, OTHER_YEAR, OTHER_FIGURE = "另一院校的报告", "另一年份的报告", "另一年份的数字"
GRADE = "级"
"""A year in which students began says nothing of when they were counted."""


@dataclass(frozen=True, slots=True)
class Astray:
    """A figure from where it was not asked for."""

    what: str
    is_given: bool
    """Whether it is the answer, rather than one that may be meant."""
    figure: AnswerFigure
    citation: Citation

    def __str__(self) -> str:
        """A line that tells of it."""
        how = "作为答案" if self.is_given else "供核对"
        return f"{self.what}（{how}）：{self.figure.text}，{self.citation.passage.report_id}，“{self.citation.quote}”"


def answer_to_astray(case: Case, answer: VerifiedAnswer, reports: Sequence[Report]) -> Iterator[Astray]:
    """The figures of an answer that are from another college or year than asked."""
    said = " ".join([answer.query.standalone, *(turn.content for turn in case.history if turn.role == "user")])
    colleges, years = asked_colleges(said, reports), year_spans(answer.query.standalone)
    by_id: Mapping[str, Report] = {
        report.id: report
        for report in reports
        if file_stem(report.id) not in case.documents and report.kind not in asked_kinds(said)
    }
    given = [] if answer.candidates else [figure for figure in answer.figures if figure.role == "answer"]
    for figure in given or answer.candidates:
        for citation in (one for one in answer.citations if one.n in figure.citations):
            report = by_id.get(citation.passage.report_id)
            place = "\n".join((*citation.passage.path, citation.passage.text))
            owner = report.college if report else ""
            if owner and colleges and owner not in colleges and not any(name in place for name in colleges):
                yield Astray(OTHER_COLLEGE, bool(given), figure, citation)
            elif report and years and not _is_of(report, years) and not _prints(place, years):
                yield Astray(OTHER_YEAR, bool(given), figure, citation)
            elif given and _is_told_otherwise(figure, years):
                yield Astray(OTHER_FIGURE, bool(given), figure, citation)


def asked_colleges(said: str, reports: Sequence[Report]) -> frozenset[str]:
    """The colleges a question names: whole, those without a report included, or by two characters of their name.

    >>> asked_colleges("登理2023年就业率", [])
    frozenset()
    """
    forms = {form: report.college for report in reports for form in report.names}
    whole = {name for name, _ in placed_names(said, set(filter(None, map(place_of, forms.values()))))}
    for name in whole:
        said = said.replace(name, "，")
    pairs = {said[at : at + 2] for at in range(len(said) - 1)}
    short = {college for college in forms.values() if any(abbreviates(pair, college) for pair in pairs)}
    return frozenset(short | {forms.get(name, name) for name in whole})


def _is_of(report: Report, asked: Sequence[YearSpan]) -> bool:
    def own(span: YearSpan) -> frozenset[int]:
        return frozenset({report.cohort}) if span.word == CLASS and report.cohort else report.years

    return report.year is None or any(own(span) & set(span.years) for span in asked)


def _prints(place: str, asked: Sequence[YearSpan]) -> bool:
    return any(str(year) in place for span in asked for year in span.years)


def _is_told_otherwise(figure: AnswerFigure, asked: Sequence[YearSpan]) -> bool:
    told = {year for scope in find_scopes(figure.scope) if GRADE not in scope.text for year in scope.years}
    return bool(told and asked) and not told & {year for span in asked for year in span.years}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print every figure that is astray, then how many questions have any; 2 where something is not as it should be."""
    parser = argparse.ArgumentParser(description="数一数有多少题的答案来自所问以外的院校或年份。")
    parser.add_argument("questions", nargs="+", type=Path, metavar="题库.jsonl")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="这些报告的索引")
    options = parser.parse_args(arguments)
    try:
        cases = load_cases(options.questions)
        found = dict(_measured(cases, options.data))
    except WenbaoError as error:
        print(error, file=sys.stderr)
        return 2
    given = sum(any(one.is_given for one in astray) for astray in found.values())
    print(f"{len(cases)} 题：答案来自另一院校或年份的 {given} 题，供核对的数字来自那里的 {len(found) - given} 题")
    return 1 if found else 0


def _measured(cases: Sequence[Case], data: Path) -> Iterator[tuple[str, list[Astray]]]:
    settings = load_settings({"data": data, "model": "extractive"})
    with closing(open_index(settings)) as index:
        assistant = build_assistant(settings, index)
        reports = assistant.reports()
        for case in cases:
            answer = assistant.ask(case.question, case.history, case.filters)
            if astray := list(answer_to_astray(case, answer, reports)):
                print(f"{case.id} {answer.query.standalone}", *(f"  {one}" for one in astray), sep="\n", flush=True)
                yield case.id, astray


if __name__ == "__main__":
    sys.exit(main())
