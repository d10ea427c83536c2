"""Evidence → Draft without a model: sure (bold), unsure (candidates, nothing bold), or not there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from rag.answering.built_in.computing import computed
from rag.answering.built_in.conflicts import add_near, add_rivals, disputed
from rag.answering.built_in.looking import Findings, Found, evidence_to_findings, look_up
from rag.answering.built_in.names import shown
from rag.answering.built_in.refusing import missing_report, not_found
from rag.answering.built_in.said import names_college
from rag.answering.built_in.scoring import MAX_CANDIDATES, Choice
from rag.answering.built_in.writing import Writer, by_place
from rag.figures.citing import plain


def _asked(found: Found) -> str:
    """What one thing was asked by: “在校生有多少人”; not in its own words where these hold a figure, which is no report's."""
    words = plain(found.wanted.ask.text).strip("，,、；;？? ")
    return "另有一问" if find_numbers(words) else f"“{words}”"


def _write_name(writer: Writer, found: Found) -> None:
    place = found.places[0]
    for name in place.names:
        writer.name(name)
        writer.text("，")
    writer.text(f"原文：“{plain(place.text)}”")
    writer.cite_span(place.passage, place.start, place.end)


def unsure(findings: Findings, looked: Sequence[Found]) -> Draft:
    """The figures or sentences that may be meant, at most three lines; a refusal where nothing comes near."""
    choices = unsure_choices(looked)
    places = (
        [place for found in looked for place in shown(found.places)] if any(found.places for found in looked) else []
    )
    places = places[: MAX_CANDIDATES - min(len(choices), MAX_CANDIDATES - 1)]
    if not choices and not places:
        return not_found(findings.evidence, findings.reports)
    writer = Writer(findings.reports)
    writer.unsure(choices)
    for place in places:
        writer.text(f"\n- “{plain(place.text)}”")
        writer.cite_span(place.passage, place.start, place.end)
    left = [found for found in looked if not {*map(id, found.choices)} & {*map(id, choices)}]
    if silent := [found for found in left if not any(place in places for place in found.places)]:
        writer.text(f"\n\n{'、'.join(map(_asked, silent))}没有找到可能对应的说法。")
    return writer.draft(AnswerStatus.NOT_FOUND, Certainty.UNSURE)


def unsure_choices(looked: Sequence[Found]) -> list[Choice]:
    """The best of each thing asked first, then the next best, as far as three sentences or cells go."""
    ranked = [[choice for choice in found.choices if choice.is_possible] for found in looked]
    ordered = [
        choice for level in zip_longest(*ranked) for choice in sorted(filter(None, level), key=lambda c: -c.chance)
    ]
    kept: list[Choice] = []
    lines: set[tuple[str, int, int]] = set()
    for choice in ordered:
        figure = choice.figure
        line = (figure.passage.id, figure.quote_start, figure.column)
        if line in lines or len(lines) < MAX_CANDIDATES:
            lines.add(line)
            kept.append(choice)
    return kept
