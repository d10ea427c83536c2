"""An answer → questions to go on with: what its report states beside the cited place, and what others state of the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import chain

from rag.language.text import matching_key, unique
from rag.records import Report, VerifiedAnswer
from rag.suggestions.first import Suggestion, in_turn, name_to_topic

MAX_OTHERS = 3
"""Other reports that are looked through."""

Drawn = Callable[[Report], Sequence[Suggestion]]
"""What `figures_to_suggestions` draws from a report."""


def answer_to_next(
    answer: VerifiedAnswer, reports: Sequence[Report], drawn: Drawn, asked: Collection[str]
) -> Iterator[Suggestion]:
    """Questions that neither were `asked` nor are answered by the answer, the nearest to it first."""
    known = {matching_key(question) for question in asked}
    given = {(figure.value, figure.unit) for figure in answer.figures}

    def is_new(one: Suggestion) -> bool:
        number = one.figure.number
        return matching_key(one.question) not in known and (number.value, number.unit) not in given

    return in_turn(
        filter(is_new, found) for found in (_beside(answer, reports, drawn), _elsewhere(answer, reports, drawn))
    )


def _beside(answer: VerifiedAnswer, reports: Sequence[Report], drawn: Drawn) -> Iterator[Suggestion]:
    """What the cited reports, or where none is those searched, state near the cited places, then anywhere."""
    cited = unique(citation.passage.report_id for citation in answer.citations)
    by_id = {report.id: report for report in reports}
    asked = {report.id for report in reports if report.college in answer.query.colleges}
    searched = sorted(answer.query.report_ids, key=lambda identity: identity not in asked)
    for identity in cited or searched[:MAX_OTHERS]:
        if identity in by_id:
            yield from sorted(drawn(by_id[identity]), key=lambda one: _distance(one, answer))


def _distance(one: Suggestion, answer: VerifiedAnswer) -> int:
    """0 for a figure of a cited section, 1 for one under the same heading as a cited one, 2 for any other."""
    own = one.figure.passage
    cited = [citation.passage for citation in answer.citations if citation.passage.report_id == own.report_id]
    if any(passage.section_id == own.section_id for passage in cited):
        return 0
    return 1 if any(passage.path[:-1] == own.path[:-1] for passage in cited) else 2


def _elsewhere(answer: VerifiedAnswer, reports: Sequence[Report], drawn: Drawn) -> Iterator[Suggestion]:
    """What other reports state of what was asked for."""
    cited = {citation.passage.report_id for citation in answer.citations}
    question = matching_key(answer.query.standalone)
    others = [report for report in reports if report.id not in cited][:MAX_OTHERS]
    found = chain.from_iterable(map(drawn, others))
    return (one for one in found if matching_key(name_to_topic(one.name)) in question)
