"""The gate: every figure of a draft is quoted from its citation, computed from cited figures, or taken out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rag.figures import passage_to_figures
from rag.numbers import find_numbers, same_bound, same_value
from rag.records import AnswerFigure, AnswerStatus, Citation, Computation, Draft, Number, Table

UNVERIFIED = "（未能核实的数字）"
"""What stands where a figure was taken out."""

_MARKER = re.compile(r"\[(\d{1,3})\]")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Gated:
    """A draft's text after the gate, its figures in order, and what was taken out."""

    text: str
    figures: tuple[AnswerFigure, ...]
    unsupported: tuple[str, ...]


def draft_to_gated(draft: Draft, tables: Mapping[str, Table]) -> Gated:
    """The draft with every unproved figure removed; tables by id are those its passages were taken from."""
    proofs = {citation.n: _printed(citation, tables) for citation in draft.citations}
    plain, bold, markers = _flatten(draft.text)
    figures: list[AnswerFigure] = []
    removed: list[Number] = []
    for number in find_numbers(plain):
        cited = _citations_of(number, plain, markers)
        figure = _prove(number, cited, proofs, draft.computations)
        if figure is None:
            removed.append(number)
            continue
        asked = draft.status is AnswerStatus.ANSWERED and any(a <= number.start and number.end <= b for a, b in bold)
        figures.append(_with_role(figure, "answer" if asked else "context"))
    text = draft.text if not removed else _without(draft.text, removed)
    return Gated(text, tuple(figures), tuple(number.text for number in removed))


def _printed(citation: Citation, tables: Mapping[str, Table]) -> tuple[Number, ...]:
    table = tables.get(citation.passage.table_id or "")
    figures = tuple(figure.number for figure in passage_to_figures(citation.passage, table))
    return (*figures, *find_numbers("，".join(citation.quote.split("\t"))))


def _flatten(text: str) -> tuple[str, list[tuple[int, int]], list[tuple[int, int]]]:
    """Text with Markdown bold and citation markers blanked out, spans of bold, (offset, n) of markers.

    Offsets in the flattened text are offsets in `text`.
    """
    bold = [(match.start(1), match.end(1)) for match in _BOLD.finditer(text)]
    markers = [(match.start(), int(match.group(1))) for match in _MARKER.finditer(text)]
    plain = _MARKER.sub(lambda match: "\u2063" * len(match.group()), text)
    return plain.replace("**", "\u2063\u2063"), bold, markers


def _citations_of(number: Number, text: str, markers: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The run of markers that follows a figure in its line; the nearest before it where none follows."""
    limit = text.find("\n", number.end)
    after = [(at, n) for at, n in markers if number.end <= at and (limit < 0 or at <= limit)]
    if after:
        first = after[0][0]
        return tuple(n for at, n in after if at - first <= 6 * sum(1 for other, _ in after if other < at))
    before = [(at, n) for at, n in markers if at < number.start and "\n" not in text[at : number.start]]
    return (before[-1][1],) if before else ()


def _prove(
    number: Number, cited: Sequence[int], proofs: Mapping[int, Sequence[Number]], computations: Sequence[Computation]
) -> AnswerFigure | None:
    for computation in computations:
        if any(same_value(number, result) for result in find_numbers(computation.text)):
            return _figure(number, "computed", computation.citations, computation.formula)
    proved = tuple(
        n for n in cited if any(same_value(number, other) and same_bound(number, other) for other in proofs.get(n, ()))
    )
    return _figure(number, "quoted", proved, None) if proved else None


def _figure(number: Number, kind: str, citations: tuple[int, ...], formula: str | None) -> AnswerFigure:
    return AnswerFigure(number.text, number.value, number.unit, "context", kind, citations, formula)


def _with_role(figure: AnswerFigure, role: str) -> AnswerFigure:
    return AnswerFigure(
        figure.text,
        Decimal(figure.value),
        figure.unit,
        role,
        figure.kind,
        figure.citations,
        figure.formula,
        figure.scope,
    )


def _without(text: str, removed: Sequence[Number]) -> str:
    for number in reversed(removed):
        text = text[: number.start] + UNVERIFIED + text[number.end :]
    return text.replace(f"**{UNVERIFIED}**", UNVERIFIED)
