"""A second look: what a model asks to be looked for, added to the evidence it was given."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from rag.answering.with_model.prompting import AnswerPrompt
from rag.records import Evidence, Passage, Table

Search = Callable[[str], tuple[Evidence, Mapping[str, Table]]]
"""What is found for words in the reports that the question is put to, and the tables its passages are of."""
MAX_ROUNDS = 2
"""Times a model may ask for more before its answer is taken as it is."""
FOUND_PER_SEARCH = 3
"""Passages taken of each search."""
_PASSAGE = re.compile(r"P\d{1,3}", re.IGNORECASE)


def with_found(
    evidence: Evidence, asked: Sequence[str], prompt: AnswerPrompt, search: Search
) -> tuple[Evidence, Mapping[str, Table]]:
    """The evidence with the best of each search first, then what was best before; the same where nothing new is found."""
    best: list[Passage] = []
    further: list[Passage] = []
    figures = list(evidence.figures)
    tables = dict(prompt.tables)
    for words in asked:
        found, own = (prompt.evidence, {}) if _PASSAGE.fullmatch(words) else search(words)
        new = [
            p for p in _wanted(words, prompt, found) if not _is_given(p, [*prompt.passages.values(), *best, *further])
        ]
        if new:
            best += new[:1]
            further += new[1:]
            figures += found.figures
            tables |= own
    if not best:
        return evidence, tables
    shown = tuple(prompt.passages.values())[:FOUND_PER_SEARCH]
    rest = tuple(passage for passage in evidence.passages if passage not in (*best, *further))
    kept = (*best, *shown, *further, *(passage for passage in rest if passage not in shown))
    return replace(evidence, passages=kept, figures=tuple(figures)), tables


def _wanted(words: str, prompt: AnswerPrompt, found: Evidence) -> Sequence[Passage]:
    """The passages for one thing asked: a passage as it was found before it was cut, or the best of a search."""
    if _PASSAGE.fullmatch(words):
        part = prompt.passages.get(words.upper())
        return [whole for whole in found.passages if part and _holds(whole, part)]
    return found.passages[:FOUND_PER_SEARCH]


def _is_given(passage: Passage, others: Sequence[Passage]) -> bool:
    return any(_holds(other, passage) for other in others)


def _holds(one: Passage, other: Passage) -> bool:
    return one.section_id == other.section_id and one.start <= other.start and other.end <= one.end
