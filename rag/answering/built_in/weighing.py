"""How well a figure answers one thing asked, and which figures cannot answer it at all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.answering.built_in.asks import Ask, months_asked
from rag.answering.built_in.contrasts import asked_contrasts
from rag.answering.built_in.features import EXCLUDING, FEATURES, figure_features
from rag.answering.built_in.ranking import features_to_score, features_to_sureness
from rag.answering.built_in.scope import scope_factor, unit_text
from rag.answering.built_in.wording import does, has_unasked_place, has_unasked_quality
from rag.language.numbers import find_numbers, same_value
from rag.language.text import matching_key, text_key
from rag.question.slots import Slot
from rag.records import Evidence, Figure, Query, Report, TableRow
from rag.retrieval.relevance import CONTEXT, TABLE_CONTEXT, Relevance, content_words, subject_words

RANK_DECAY = 0.99
"""Factor per rank of the passage a sentence or row of names stands in."""
HEAD_BOOST = 2.0
"""Factor for the words straight before and behind the interrogative: what is counted or measured."""
ITEM_BOOST = 4.0
OTHER_SLOT = 0.25
"""What a word that belongs to another interrogative counts in the sentence's cover."""
LEANING_WEIGHT = 0.25
"""Share of the question's weight below which a slot names nothing of its own."""
DONE_BONUS = 1.5
"""For a figure said of those who did what is asked (已就业 of 多少毕业生就业了)."""
PLACE_PENALTY = 1.0
"""For a figure said of a place that the question does not name."""
QUALITY_PENALTY = 1.0
"""For a figure of a part of what is asked for (体育专任教师 of 专任教师)."""
YEAR_TERM = re.compile(r"(?:19|20)\d\d")
_NAME_LENGTH = 3
"""Characters behind a number that make a cell a name (5个万亿级支柱产业), not a figure."""


_EXCLUDING = tuple(FEATURES.index(name) for name in EXCLUDING)


@dataclass(frozen=True, slots=True)
class Choice:
    """A figure that may answer."""

    figure: Figure
    coverage: float
    """Share of the question that the figure's sentence or row, with its headings, covers."""
    reach: float
    """The same of the slot's own words."""
    score: float
    """How well it answers beside other figures; differences are logits."""
    features: tuple[float, ...] = ()
    sureness: float = 0.0
    """How sure it is that this figure is the one asked for, 0 to 1."""


def slot_to_ask(slot: Slot, wanted: Sequence[Slot], relevance: Relevance, query: Query) -> Ask:
    """A slot with the question's words weighed for it."""
    asked = f"{query.terms[0] if query.terms else query.standalone} {query.carried}"
    for college in query.colleges:
        asked = asked.replace(college, " ")
    question = text_key(asked)
    premise = tuple(number for number in find_numbers(f"{query.focus} {query.carried}") if number.unit)
    supposed = {word for number in premise for word in content_words(number.text)}
    own = {
        word: weight for word, weight in content_words(slot.text).items() if word in question and word not in supposed
    }
    others = {word for other in wanted if other is not slot for word in content_words(other.text)} - own.keys()
    whole = {
        word: weight * (OTHER_SLOT if word in others else 1.0)
        for word, weight in relevance.weights.items()
        if word not in supposed
    }
    heads = {word for word in content_words(slot.head) if word in question}
    local = {
        word: relevance.weights[word] * (HEAD_BOOST if word in heads else 1.0)
        for word in own
        if word in relevance.weights
    }
    for word in content_words(slot.item):
        local[word] = whole[word] = max(whole.get(word, 1.0), 1.0) * ITEM_BOOST
    head = {word: relevance.weights[word] for word in heads if word in relevance.weights}
    return Ask(
        slot=slot,
        question=question,
        own=text_key(query.focus),
        whole=Relevance(whole, relevance.equivalents),
        local=Relevance(local or whole, relevance.equivalents),
        head=Relevance(head, relevance.equivalents),
        subject=subject_words(slot.text) - frozenset(word for name in query.colleges for word in content_words(name)),
        months=months_asked(f"{query.focus} {query.carried}"),
        contrasts=asked_contrasts(
            (slot.item, _without_other_items(slot, wanted), query.focus[: slot.start]), query.focus
        ),
        premise=premise,
        leans=len(wanted) > 1 and sum(local.values()) < LEANING_WEIGHT * relevance.total,
    )


def _without_other_items(slot: Slot, wanted: Sequence[Slot]) -> str:
    text = slot.text
    for other in wanted:
        if slot.item and other.start == slot.start and other.item and other.item != slot.item:
            text = text.replace(other.item, " ")
    return text


def weigh(
    figure: Figure,
    ask: Ask,
    ranks: Mapping[str, int],
    evidence: Evidence,
    reports: Mapping[str, Report],
) -> Choice | None:
    """How well a figure answers a slot; None where it cannot: of other years, of another item, or part of a name."""
    if figure.is_cell and len(figure.after) >= _NAME_LENGTH and figure.row and _opens_cell(figure, figure.row):
        return None
    if ask.slot.item and not _has_item(figure, ask.slot.item):
        return None
    scope = scope_factor(figure, evidence.query, reports.get(figure.passage.report_id))
    if not scope:
        return None
    features = figure_features(figure, ask, evidence, ranks[figure.passage.id], scope)
    unit = figure.passage.text[figure.quote_start : figure.quote_end]
    names = f"{figure.near} {figure.before}" if figure.is_cell else f"{figure.near} {figure.after}"
    context = f"{figure.about} {names if figure.is_cell else ''}"
    coverage = ask.whole.coverage(unit, context, TABLE_CONTEXT if figure.is_cell else CONTEXT)
    reach = ask.local.coverage(f"{unit} {names}", context, TABLE_CONTEXT)
    return Choice(figure, coverage, reach, features_to_score(features) + _nudge(figure, ask), features)


def _nudge(figure: Figure, ask: Ask) -> float:
    """What is too rare in questions to be learned from them, in logits: what the counted did, where, and of what part."""
    place = not figure.is_cell and has_unasked_place(ask, figure.before)
    quality = not figure.is_cell and has_unasked_quality(ask, figure.near)
    return DONE_BONUS * does(ask, figure.near) - PLACE_PENALTY * place - QUALITY_PENALTY * quality


def with_sureness(choice: Choice, options: Sequence[Choice]) -> Choice:
    """The choice with how sure it is, beside the best other figure among the options.

    A figure printed more than once is as sure as where it is surest.
    """
    alike = [other for other in options if same_value(other.figure.number, choice.figure.number)]
    rival = max((other.score for other in options if all(other is not one for one in alike)), default=float("-inf"))
    return replace(choice, sureness=max(_sureness(other, rival) for other in (choice, *alike)))


def _sureness(choice: Choice, rival: float) -> float:
    if any(choice.features[index] for index in _EXCLUDING):
        return 0.0
    return features_to_sureness(choice.features, choice.score, choice.score - rival)


def _opens_cell(figure: Figure, row: TableRow) -> bool:
    return row.printed[figure.column].startswith(figure.number.text)


def item_text(figure: Figure) -> str:
    """Where the name of an enumerated item may stand: sentence, row and column header."""
    return f"{unit_text(figure)} {figure.before}"


def _has_item(figure: Figure, item: str) -> bool:
    return matching_key(item) in text_key(item_text(figure)) or YEAR_TERM.fullmatch(item) is not None
