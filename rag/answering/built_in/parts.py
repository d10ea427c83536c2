"""What the reports of each of those compared say: one figure of each, where it can be in one unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.answering.built_in.asks import Ask
from rag.answering.built_in.drafting import evidence_to_draft, evidence_to_findings, findings_to_choices
from rag.answering.built_in.findings import Findings
from rag.answering.built_in.weighing import Choice
from rag.language.numbers import agree, same_value
from rag.language.numbers.units import canonical, scaled
from rag.records import AnswerStatus, Draft, Evidence, Figure, Number, Report, Table
from rag.retrieval.relevance import content_words

LIKELY = 0.25
"""How sure a figure must be beside one that another report surely states for the same."""
MAX_QUOTE = 160
"""Characters of a sentence shown to tell what a figure means."""


@dataclass(frozen=True, slots=True)
class Part:
    """What was found for one of those compared."""

    name: str
    findings: Findings
    found: Sequence[tuple[Ask, Choice]]
    draft: Draft | None
    """An answer that is no printed figure: names, or a figure computed within one report."""
    is_known: bool
    """There is a report of it."""

    @property
    def figure(self) -> Figure:
        """The figure that is compared."""
        return self.found[0][1].figure

    @property
    def is_silent(self) -> bool:
        """Its reports do not state what is asked."""
        return not self.found and (self.draft is None or self.draft.status is not AnswerStatus.ANSWERED)


def look_up(part: Evidence, reports: Mapping[str, Report], tables: Mapping[str, Table]) -> Part:
    """What the reports of one of those compared say."""
    findings = evidence_to_findings(part, reports, tables)
    found = [(ask, _exact(choice, findings)) for ask, choice in findings_to_choices(findings)]
    draft = None if found else evidence_to_draft(part, reports, tables)
    return Part(part.query.subject, findings, found, draft, not part.query.unknown_colleges)


def _exact(choice: Choice, findings: Findings) -> Choice:
    """The choice; where its figure is a rounded one (超过96%), that of the exact one said of the same (96.12%)."""
    rough = choice.figure
    if not rough.number.bound:
        return choice
    words = content_words(rough.near).keys()
    exact = (
        figure
        for figure in findings.figures
        if not figure.number.bound
        and figure.number.unit == rough.number.unit
        and words & content_words(figure.near).keys()
        and agree(figure.number, rough.number)
    )
    return replace(choice, figure=next(exact, rough))


def beside_sure_ones(parts: Sequence[Part]) -> list[Part]:
    """The parts; one that states nothing surely, with what it likely states where others surely state the like."""
    sure = [part for part in parts if part.found]
    return [_likely(part, sure) if part.is_silent and part.is_known and sure else part for part in parts]


def _likely(part: Part, sure: Sequence[Part]) -> Part:
    found = [(ask, _exact(choice, part.findings)) for ask, choice in findings_to_choices(part.findings, least=LIKELY)]
    words = {word for other in sure for word in content_words(_label(other.figure))}
    alike = found and any(base_of(found[0][1].figure.number) == base_of(other.figure.number) for other in sure)
    if not alike or not words & content_words(_label(found[0][1].figure)).keys():
        return part
    return replace(part, found=found, draft=None)


def _label(figure: Figure) -> str:
    return f"{figure.near} {figure.before if figure.is_cell else ''}"


def in_one_unit(parts: Sequence[Part]) -> list[Part]:
    """The parts, each figure in a unit like that of the surest one where its report has such a figure."""
    stated = [part for part in parts if part.found]
    if len(stated) < 2:
        return list(parts)
    model = max(stated, key=lambda p: (_is_in_asked_unit(p), p.figure.number.unit != "", p.found[0][1].sureness))
    return [_like(part, model.figure.number) if part.found else part for part in parts]


def _is_in_asked_unit(part: Part) -> bool:
    asked = part.found[0][0].slot.unit
    return bool(asked) and canonical(asked)[1].base == base_of(part.figure.number)


def _like(part: Part, number: Number) -> Part:
    if base_of(part.figure.number) == base_of(number) or not number.unit:
        return part
    figures = [figure for figure in part.findings.figures if base_of(figure.number) == base_of(number)]
    found = findings_to_choices(replace(part.findings, figures=figures), number.unit)
    return replace(part, found=found) if found else part


def base_of(number: Number) -> str:
    """What a figure counts; a ratio to one is the number it is."""
    return canonical(number.unit)[1].base.removeprefix(":1")


def fullest(part: Part) -> Figure:
    """The longest sentence that prints a part's figure, of a length to be read."""
    own = part.figure

    def length(figure: Figure) -> int:
        size = figure.quote_end - figure.quote_start
        return size if size <= MAX_QUOTE and same_value(figure.number, own.number) and not figure.is_cell else 0

    best = max(part.findings.figures, key=length, default=own)
    return best if length(best) > length(own) else own


def amount_of(number: Number) -> Decimal:
    """A figure's value in the smallest unit of its kind, by which it is put in order."""
    scale, unit = canonical(number.unit)
    return scaled(number.value * unit.factor, scale)
