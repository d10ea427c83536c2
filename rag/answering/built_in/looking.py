"""What was found for each thing a question asks: figures ranked by the scorer, or places that may hold a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.answering.built_in.names import Place, find_places
from rag.answering.built_in.said import Said, evidence_to_said
from rag.answering.built_in.scoring import Choice, assign, first_choices, nearly, rank
from rag.answering.built_in.wanted import Wanted, query_to_wanted
from rag.answering.built_in.weighing import Rows, beside_figure, weigh_all
from rag.language.text import unique
from rag.records import AskKind, Contradiction, Evidence, Figure, Query, Report, Table


@dataclass(frozen=True, slots=True)
class Findings:
    """What an answer is chosen from."""

    evidence: Evidence
    reports: Mapping[str, Report]
    tables: Mapping[str, Table]
    contradictions: Sequence[Contradiction] = ()
    said: Sequence[Said] = ()

    @property
    def _sources(self) -> list[Report]:
        """The reports that the passages are from."""
        found = (self.reports.get(passage.report_id) for passage in self.evidence.passages)
        return [report for report in found if report]

    def wanted(self, query: Query) -> tuple[Wanted, ...]:
        """What a question asks for, to be looked for among these figures."""
        owners = unique(report.college or report.title for report in self._sources)
        titles = unique(report.title for report in self._sources)
        return query_to_wanted(query, self.evidence, [one.text for one in self.said], owners, titles)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one thing asked."""

    wanted: Wanted
    choices: Sequence[Choice] = ()
    near: Sequence[Choice] = ()
    """Figures of other places whose values are nearly that of the first choice."""
    places: Sequence[Place] = field(default=())
    rows: Sequence[Choice] = ()
    """Of a question for the most or the least: the rows that come first in what may be the column asked for."""

    @property
    def is_sure(self) -> bool:
        """Whether it can be answered."""
        if self.wanted.ask.kind is AskKind.NAME:
            return bool(self.places) and self.places[0].is_sure
        return bool(self.choices) and self.choices[0].is_sure

    @property
    def is_missing(self) -> bool:
        """Whether nothing comes near."""
        return not self.places and not self.rows and not any(choice.is_possible for choice in self.choices)

    @property
    def figure(self) -> Figure:
        """The best figure."""
        return self.choices[0].figure


def evidence_to_findings(
    evidence: Evidence,
    reports: Mapping[str, Report],
    tables: Mapping[str, Table],
    contradictions: Sequence[Contradiction] = (),
) -> Findings:
    """The figures of the passages that speak of those asked about."""
    return Findings(evidence, reports, tables, contradictions, evidence_to_said(evidence, reports, tables))


def look_up(findings: Findings) -> list[Found]:
    """What was found for each thing asked, in order; what answers one answers no other, and later ones stand by it."""
    said = findings.said
    wanted = findings.wanted(findings.evidence.query)
    numeric = [one for one in wanted if one.ask.kind is not AskKind.NAME]
    weighed = [weigh_all(said, one, findings.reports) for one in numeric]
    chosen = [said[at].figure if at >= 0 else None for at in assign(said, weighed)]
    found = []
    for at, (one, rows) in enumerate(zip(numeric, weighed, strict=True)):
        before = chosen[at - 1] if 0 < at <= len(chosen) else None
        others = [figure for other, figure in enumerate(chosen) if figure is not None and other != at]
        found.append(_found(one, said, beside_figure(rows, said, before), others))
    ranked = iter(found)
    return [find_name(one, findings) if one.ask.kind is AskKind.NAME else next(ranked) for one in wanted]


def find(wanted: Wanted, findings: Findings) -> Found:
    """The figures found for one thing asked by itself."""
    return _found(wanted, findings.said, weigh_all(findings.said, wanted, findings.reports))


def find_many(wanted: Wanted, findings: Findings, count: int) -> list[Choice]:
    """The figures that fit one thing asked best, so many of them."""
    return first_choices(findings.said, weigh_all(findings.said, wanted, findings.reports), count)


def _found(wanted: Wanted, said: Sequence[Said], rows: Rows, others: Sequence[Figure] = ()) -> Found:
    choices = rank(said, rows, others)
    return Found(wanted, choices, nearly(said, rows, choices[0].figure) if choices else ())


def find_name(wanted: Wanted, findings: Findings) -> Found:
    """The places that may hold a name asked for."""
    return Found(wanted, places=find_places(wanted, findings.evidence, findings.tables))
