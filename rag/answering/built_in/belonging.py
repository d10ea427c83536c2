"""Whose a figure is: of the institution, the college or the group that a question names, or of another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from rag.answering.built_in.said import Said, names_college, unit_text
from rag.answering.built_in.wanted import GROUPS, Wanted
from rag.domain.colleges import names_in
from rag.domain.short_names import abbreviates
from rag.question.asks import without_month
from rag.question.years import without_years
from rag.records import Report
from rag.retrieval.relevance import content_words

_GROUP = re.compile(f"(?:{GROUPS}|大学|学校|部|处|中心)$")


@lru_cache(maxsize=10_000)
def names_shortened(names: str, question: str) -> float:
    """1 where the question names a row shortened as people do: 建工学院 for 建筑工程学院."""
    for name in names.split():
        kind = _GROUP.search(name)
        if kind is None:
            continue
        stem = name[: kind.start()]
        if any(abbreviates(short, stem) for short in _ahead_of(kind[0], question).get(stem[:1], ())):
            return 1.0
    return 0.0


@lru_cache(maxsize=1_000)
def _ahead_of(kind: str, question: str) -> Mapping[str, set[str]]:
    """What stands straight ahead of a kind of part in a question, by its first character."""
    found: dict[str, set[str]] = defaultdict(set)
    for match in re.finditer(re.escape(kind), question):
        for short in (
            question[match.start() - length : match.start()] for length in range(2, min(match.start(), 6) + 1)
        ):
            found[short[0]].add(short)
    return found


def is_foreign(said: Said, wanted: Wanted, report: Report | None) -> bool:
    """Whether a figure is of an institution that the question does not name, where it names one by its place."""
    owner = f"{report.college} {report.title}" if report else ""
    named = f"{owner} {said.sentence} {said.titles}"
    return bool(wanted.places) and not any(place in named for place in wanted.places)


def _is_of_college(said: Said, wanted: Wanted, report: Report | None) -> bool:
    """Whether a figure is of a college asked about: by its report, its row, or the last college that its sentence names."""
    if report is None or report.college in wanted.colleges:
        return True
    figure = said.figure
    named = names_in(unit_text(figure) if figure.is_cell else figure.before)
    return any(
        names_college(name, college)
        for name in (named if figure.is_cell else named[-1:])
        for college in wanted.colleges
    )


def is_elsewhere(said: Said, wanted: Wanted, report: Report | None) -> bool:
    """Whether a figure is of another college, or nothing by it names the item or the group (智能制造学院) asked of."""
    if wanted.colleges and not _is_of_college(said, wanted, report):
        return True
    if words := content_words(without_years(without_month(wanted.ask.item))):
        shares = wanted.words.shares(f"{said.own} {said.sentence} {said.titles}")
        if not any(shares.get(word) for word in words):
            return True
    if not wanted.members:
        return False
    near = f"{said.own} {said.sentence} {said.titles} {said.paragraph}"
    return not any(member in near for member in wanted.members) and not names_shortened(
        said.figure.near, wanted.question
    )


def is_other_group(said: Said, wanted: Wanted) -> bool:
    """Whether a row is of another kind than the question names: a school (护理与健康学院) where a 专业 is asked of."""
    if not said.figure.is_cell or not wanted.groups:
        return False
    own = _GROUP.search(said.figure.near)
    return own is not None and own[0] not in wanted.groups
