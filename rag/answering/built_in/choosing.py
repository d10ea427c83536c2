"""A figure for each thing asked: the surest first, lists bound in order, no figure twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from rag.answering.built_in.asks import Ask
from rag.answering.built_in.weighing import YEAR_TERM, Choice, item_text, weigh, with_sureness
from rag.language.text import matching_key, text_key
from rag.records import Evidence, Figure, Report

SAME_UNIT_BONUS = 2.0
"""Figures for one question mostly stand together."""
LEANING_BONUS = 5.0
"""The same for a slot that names nothing of its own (…，占比多少): it asks of what the last figure is said of."""
MIN_COVERAGE = 0.36
"""Share of the question's weight, and of the slot's own, that must on average stand by a figure that answers."""
MIN_SURENESS = 0.42
"""A figure that is less sure is no answer."""
FOLLOWING_SURENESS = 0.2
"""What is enough for the other things asked once one is found."""
_LIST_MARK = re.compile(r"[、，,和及与]{1,2}")
_IN_TURN = re.compile(r"分别|依次|各")


def is_sure(choice: Choice, choices: Sequence[Choice | None]) -> bool:
    """Whether a figure may answer beside the others: sure enough itself, or said in one breath with a sure one."""
    return choice.sureness >= FOLLOWING_SURENESS or any(
        other and other is not choice and other.sureness >= MIN_SURENESS and _same_unit(other.figure, choice.figure)
        for other in choices
    )


def choose_figures(
    asks: Sequence[Ask],
    figures: Sequence[Figure],
    ranks: Mapping[str, int],
    evidence: Evidence,
    reports: Mapping[str, Report],
) -> list[Choice | None]:
    """A figure for each slot, no figure twice; the surest slot first, the others drawn to its sentence or row."""
    options = [
        [choice for figure in figures if (choice := weigh(figure, ask, ranks, evidence, reports))] for ask in asks
    ]
    chosen: list[Choice | None] = [None] * len(asks)
    for index, choice in _listed(asks, options).items():
        chosen[index] = with_sureness(choice, options[index])
    taken = [choice.figure for choice in chosen if choice]
    open_slots = {index for index, choice in enumerate(chosen) if choice is None}
    leaning = {index for index in open_slots if asks[index].leans and not _has_sure(options[index])}
    while open_slots:
        settled = any(choice is not None for choice in chosen)
        best: tuple[float, int, Choice] | None = None
        for index in sorted(open_slots, key=lambda i: (asks[i].leans, i)):
            if index in leaning and not settled and open_slots - leaning:
                continue
            for choice in options[index]:
                if any(choice.figure is figure for figure in taken):
                    continue
                together = any(_same_unit(choice.figure, figure) for figure in taken)
                bonus = LEANING_BONUS if asks[index].leans else SAME_UNIT_BONUS
                score = choice.score + (bonus if together else 0.0)
                if best is None or score > best[0]:
                    best = (score, index, choice)
        if best is None:
            break
        chosen[best[1]] = with_sureness(best[2], options[best[1]])
        taken.append(best[2].figure)
        open_slots.discard(best[1])
    return chosen


def _has_sure(options: Sequence[Choice]) -> bool:
    best = max(options, key=lambda choice: choice.score, default=None)
    return best is not None and with_sureness(best, options).sureness >= MIN_SURENESS


def _listed(asks: Sequence[Ask], options: Sequence[Sequence[Choice]]) -> dict[int, Choice]:
    """Figures that a sentence lists in the order of its items: 2021-2023年，通过率分别为50%、83%、98.5%.

    Taken where one sentence lists as many figures of one unit as the question has items, and names the items, if
    they are no years, in the same order before them.
    """
    groups: dict[int, list[int]] = {}
    for index, ask in enumerate(asks):
        if ask.slot.item:
            groups.setdefault(ask.slot.start, []).append(index)
    bound: dict[int, Choice] = {}
    for indexes in (group for group in groups.values() if len(group) > 1):
        runs = _runs(options[indexes[0]], [asks[index].slot.item for index in indexes])
        best = max(runs, key=lambda run: run[0].score, default=None)
        if best is not None and best[0].coverage >= MIN_COVERAGE:
            bound.update(zip(indexes, best, strict=True))
    return bound


def _runs(choices: Sequence[Choice], items: Sequence[str]) -> list[list[Choice]]:
    ordered = sorted(
        (choice for choice in choices if not choice.figure.is_cell), key=lambda c: (c.figure.passage.id, c.figure.start)
    )
    found = []
    for at in range(len(ordered) - len(items) + 1):
        run = ordered[at : at + len(items)]
        text = run[0].figure.passage.text
        together = all(
            a.figure.passage.id == b.figure.passage.id
            and a.figure.number.unit == b.figure.number.unit
            and _LIST_MARK.fullmatch(text, a.figure.end, b.figure.start)
            for a, b in pairwise(run)
        )
        before = matching_key(text[run[0].figure.quote_start : run[0].figure.start])
        places = [0 if YEAR_TERM.fullmatch(item) else before.find(matching_key(item)) for item in items]
        if together and _IN_TURN.search(before) and min(places) >= 0 and places == sorted(places):
            found.append(run)
    return found


def _same_unit(first: Figure, second: Figure) -> bool:
    return first.passage.id == second.passage.id and first.quote_start == second.quote_start


def known_item(item: str, figures: Sequence[Figure]) -> str:
    """The longest part of an enumerated item that stands by some figure: 觉得满意 → 满意, 湖职护理学院 → 护理学院."""
    texts = {text_key(item_text(figure)) for figure in figures}
    key = matching_key(item)
    parts = (key[start : start + length] for length in range(len(key), 1, -1) for start in range(len(key) - length + 1))
    return next((part for part in parts if any(part in text for text in texts)), item)
