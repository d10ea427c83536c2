"""An answer → questions to go on with: what its report states beside the cited place, and what others state of the same.

Drawn from the reports like the first suggestions, so that they can be tried in the same way before they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain

from rag.domain.indicators import indicators
from rag.language.text import matching_key, unique
from rag.records import Passage, Report, Section, Table, VerifiedAnswer
from rag.suggestions.first import MIN_NAME_LENGTH, Suggestion, in_turn, report_to_suggestions

MAX_OTHERS = 3
"""Other reports that are looked through."""

Parts = Callable[[str], tuple[Sequence[Section], Sequence[Table]]]
"""Sections and tables of a report, by its id."""


def answer_to_next(
    answer: VerifiedAnswer, reports: Sequence[Report], parts: Parts, asked: Collection[str]
) -> Iterator[Suggestion]:
    """Questions that neither were `asked` nor are answered by the answer, the nearest to it first."""
    known = {matching_key(question) for question in asked}
    said = matching_key(answer.text)

    def is_new(one: Suggestion) -> bool:
        return matching_key(one.question) not in known and matching_key(one.expected) not in said

    return in_turn(filter(is_new, drawn(answer, reports, parts)) for drawn in (_beside, _elsewhere))


def _beside(answer: VerifiedAnswer, reports: Sequence[Report], parts: Parts) -> Iterator[Suggestion]:
    """What the cited reports state in the cited section, then in those under the same heading, then anywhere."""
    by_id = {report.id: report for report in reports}
    for identity in unique(citation.passage.report_id for citation in answer.citations):
        if identity not in by_id:
            continue
        sections, tables = parts(identity)
        cited = [c.passage for c in answer.citations if c.passage.report_id == identity]
        for distance in range(3):
            near = [section for section in sections if _distance(section, cited) == distance]
            identities = {section.id for section in near}
            yield from report_to_suggestions(by_id[identity], near, [t for t in tables if t.section_id in identities])


def _distance(section: Section, cited: Sequence[Passage]) -> int:
    """0 for a cited section, 1 for one under the same heading as a cited one, 2 for any other."""
    if any(passage.section_id == section.id for passage in cited):
        return 0
    return 1 if any(passage.path[:-1] == section.path[:-1] for passage in cited) else 2


def _elsewhere(answer: VerifiedAnswer, reports: Sequence[Report], parts: Parts) -> Iterator[Suggestion]:
    """What other reports state of the indicator that was asked for."""
    cited = {citation.passage.report_id for citation in answer.citations}
    question = matching_key(answer.query.standalone)
    words = {
        max((matching_key(w) for w in (*i.asked, *i.printed) if matching_key(w) in question), key=len, default=""): i
        for i in indicators()
    }
    asked = words[max(words, key=len)]
    names = (
        [matching_key(name) for name in asked.printed if len(name) >= MIN_NAME_LENGTH] if max(words, key=len) else []
    )
    others = [report for report in reports if report.id not in cited][:MAX_OTHERS]
    found = chain.from_iterable(report_to_suggestions(report, *parts(report.id)) for report in others)
    return (one for one in found if any(name in matching_key(one.question) for name in names))
