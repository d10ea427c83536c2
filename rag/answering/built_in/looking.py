"""What was found for each thing a question asks: figures ranked by the scorer, or places that may hold a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rag.answering.built_in.names import Place, find_places
from rag.answering.built_in.said import Said, evidence_to_said
from rag.answering.built_in.scoring import Choice, assign, rank
from rag.answering.built_in.wanted import Wanted, query_to_wanted
from rag.answering.built_in.weighing import beside_figure, weigh_all
from rag.records import AskKind, Contradiction, Evidence, Figure, Report, Table


@dataclass(frozen=True, slots=True)
class Findings:
    """What an answer is chosen from."""

    evidence: Evidence
    reports: Mapping[str, Report]
    tables: Mapping[str, Table]
    contradictions: Sequence[Contradiction] = ()
    said: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one thing asked."""

    wanted: Wanted
    choices: Sequence[Choice] = ()
    places: Sequence[Place] = field(default=())

    @property
    def is_sure(self) -> bool:
        """Whether it can be answered."""
        if self.wanted.ask.kind is AskKind.NAME:
            return bool(self.places) and self.places[0].is_sure
        return bool(self.choices) and self.choices[0].is_sure

    @property
    def is_missing(self) -> bool:
        """Whether nothing comes near."""
        return not self.places and not any(choice.is_possible for choice in self.choices)

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
    wanted = query_to_wanted(findings.evidence.query, findings.evidence, [one.text for one in said])
    numeric = [one for one in wanted if one.ask.kind is not AskKind.NAME]
    weighed = [weigh_all(said, one, findings.reports) for one in numeric]
    chosen = [said[at].figure for at in assign(said, weighed)]
    found = []
    for at, (one, rows) in enumerate(zip(numeric, weighed, strict=True)):
        before = chosen[at - 1] if 0 < at <= len(chosen) else None
        others = [figure for other, figure in enumerate(chosen) if other != at]
        found.append(Found(one, rank(said, beside_figure(rows, said, before), others)))
    ranked = iter(found)
    return [find_name(one, findings) if one.ask.kind is AskKind.NAME else next(ranked) for one in wanted]


def find(wanted: Wanted, findings: Findings) -> Found:
    """The figures found for one thing asked by itself."""
    return Found(wanted, rank(findings.said, weigh_all(findings.said, wanted, findings.reports)))


def find_name(wanted: Wanted, findings: Findings) -> Found:
    """The places that may hold a name asked for."""
    return Found(wanted, (), find_places(wanted, findings.evidence, findings.tables))
