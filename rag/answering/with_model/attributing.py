"""Whether a model says of a figure what the reports print of it, or what they print of another one.

The gate proves that a figure stands in its citation and that its neighbours are not plainly meant. A model chooses
among all the figures it was given, so here all of them are rivals: a figure is mistaken where the answer's words fit
another figure of its kind far better. Where the answer says nothing of a figure, the question does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from rag.answering.with_model.prompting import AnswerPrompt
from rag.gate.claims import Claim, without_names, years_of
from rag.gate.subject import tokens
from rag.language.numbers import agree, find_scopes, unit_class
from rag.language.text import text_key
from rag.records import AnswerFigure, Citation, Figure

BESIDE, ABOVE = 0.7, 0.4
"""What a word counts that stands in a figure's sentence, and in the headings above it, rather than in its own clause."""
MIN_RIVAL = 0.5
"""Share of the answer's words that must be said of a rival."""
MIN_LEAD = 0.4
"""By how much more of them must be said of it than of the figure given."""
MAX_LAG = 0.1
"""By how much less of the question's words may be said of it."""
_SCOPE = re.compile(r"(?:19|20)?\d\d(?:[-—](?:19|20)?\d\d)?(?:学年度?|年度?|届|级)")


def prompt_to_doubt(prompt: AnswerPrompt, citations: Sequence[Citation]) -> Callable[[Claim, AnswerFigure], bool]:
    """Tells of a figure of an answer to this prompt, which its citation proves, whether another one was meant."""
    names = [name for report in prompt.reports.values() for name in (report.college, *report.short_names) if name]
    question = tokens(_SCOPE.sub(" ", without_names(prompt.evidence.query.standalone, names)))
    given = prompt.printed
    by_number = {citation.n: citation for citation in citations}

    @cache
    def cover(words: frozenset[str], at: int) -> float:
        return _cover(words, given[at])

    def is_mistaken(claim: Claim, figure: AnswerFigure) -> bool:
        cited = [by_number[n] for n in figure.citations if n in by_number]
        own = [
            at for at, f in enumerate(given) if any(_is_quoted(f, c) for c in cited) and agree(f.number, claim.number)
        ]
        words = next(filter(None, (tokens(_SCOPE.sub(" ", clause)) for clause in claim.said.clauses)), question)
        if figure.kind != "quoted" or not own or not words:
            return False
        kind = unit_class(given[own[0]].number.unit)
        said, asked = (max(cover(each, at) for at in own) for each in (words, question))
        rivals = [
            at
            for at, f in enumerate(given)
            if unit_class(f.number.unit) == kind and not any(agree(f.number, given[i].number) for i in own)
        ]
        return any(
            (
                cover(words, at) >= max(MIN_RIVAL, said + MIN_LEAD)
                and (cover(question, at) >= asked - MAX_LAG or _is_named(words, given[at], given[own[0]]))
            )
            or _is_of_year(claim, given[at], given[own[0]])
            for at in rivals
        )

    return is_mistaken


def _is_quoted(figure: Figure, citation: Citation) -> bool:
    return (
        figure.passage is citation.passage and citation.quote_start <= figure.start and figure.end <= citation.quote_end
    )


def _is_named(words: frozenset[str], rival: Figure, own: Figure) -> bool:
    """Whether all an answer says of a figure is printed of another one of its passage."""
    labels = text_key(f"{rival.near} {rival.before if rival.is_cell else ''}")
    return rival.passage is own.passage and all(word in labels for word in words)


def _is_of_year(claim: Claim, rival: Figure, own: Figure) -> bool:
    """Whether of two figures listed for several years an answer gives the one the year of the other."""
    years = [years_of(find_scopes(figure.near.partition(" ")[0])) for figure in (rival, own)]
    beside = rival.passage is own.passage and rival.quote_start == own.quote_start and not own.is_cell
    return beside and bool(claim.years) and claim.years <= years[0] and bool(years[1]) and not claim.years & years[1]


def _cover(words: frozenset[str], figure: Figure) -> float:
    """Share of an answer's words that are printed of a figure: in its clause or labels, its sentence, above it."""
    labels = text_key(f"{figure.near} {figure.before if figure.is_cell else ''}")
    row = " ".join(figure.row.filled) if figure.row else ""
    sentence = text_key(f"{figure.passage.text[figure.quote_start : figure.quote_end]} {row}")
    above = text_key(figure.about)
    earned = (1.0 if w in labels else BESIDE if w in sentence else ABOVE if w in above else 0.0 for w in words)
    return sum(earned) / len(words) if words else 0.0
