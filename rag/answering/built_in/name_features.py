"""What tells the sentence or row that holds an asked name from the others, as numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from rag.answering.built_in.linear import load_weights
from rag.answering.built_in.things import Wanted, enumerations, name_runs
from rag.answering.built_in.units import answering_units, brevity
from rag.domain.short_names import short_names
from rag.figures.citing import has_figure, row_of
from rag.language.text import text_key
from rag.records import Passage, Table, TableRow
from rag.retrieval.relevance import CONTEXT, TABLE_CONTEXT, Relevance, content_words
from rag.structure.tables.joining import header_labels

FEATURES = (
    "coverage", "with_context", "subject", "heaviest", "named_cell", "thing", "thing_missing", "head", "head_in_header",
    "list", "list_missing", "row", "first_passage", "later_passages", "brevity", "asked_share", "new_names",
    "figure", "missing_code", "missing_word", "things_near",
)  # fmt: skip
PATH = Path(__file__).with_name("naming.toml")
HEAVIEST = 3
"""How many of a question's heaviest words count apart."""
MIN_NAMED = 3
"""Characters of a cell that names the row."""
MANY_PASSAGES = 10
_BRACKETS = "(（"
_CODE = re.compile(r"[a-z]+\d+|\d+[a-z]+")
_PLACE_ASKED = re.compile(r"第(\d+)[条行项号个名位所]")
NEAR = 12
"""Characters on either side of a name that are said of it."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or row that may hold the asked names."""

    passage: Passage
    table: Table | None
    row: TableRow | None
    start: int
    end: int
    features: tuple[float, ...]
    score: float

    @property
    def text(self) -> str:
        """As printed."""
        return self.passage.text[self.start : self.end]

    @property
    def group(self) -> str:
        """Rows of one table are no rivals."""
        return self.table.id if self.table and self.row else self.text.strip()


@dataclass(frozen=True, slots=True)
class NameAsk:
    """A question for names, ready to be compared with units."""

    wanted: Wanted
    relevance: Relevance
    asked: str
    """Its key."""
    subjects: frozenset[str]

    @property
    def heaviest(self) -> list[str]:
        """The words that tell most."""
        return sorted(self.relevance.weights, key=lambda word: -self.relevance.weights[word])[:HEAVIEST]

    @property
    def greatest(self) -> float:
        """Weight of the heaviest word."""
        return max(self.relevance.weights.values(), default=0.0) or 1.0


def passage_to_units(passage: Passage, table: Table | None, rank: int, ask: NameAsk) -> list[Unit]:
    """The sentences and rows of a passage, weighed; `rank` is its place among those retrieved."""
    context = " ".join([*passage.path, *((table.caption, *_labels(table)) if table else ())])
    units = []
    for start, end in answering_units(passage, table):
        text = passage.text[start:end]
        row = row_of(text.rstrip(), table)
        features = _features(text, row, table, context, rank, ask)
        units.append(Unit(passage, table, row, start, end, features, load_weights(PATH, FEATURES).score(features)))
    return units


def units_to_sureness(best: Unit, units: Sequence[Unit]) -> float:
    """How sure it is, 0 to 1, that the best unit answers at all."""
    rivals = [unit.score for unit in units if unit.group != best.group]
    margin = best.score - max(rivals, default=float("-inf"))
    return load_weights(PATH, FEATURES).sureness(best.features, best.score, margin)


def named_cells(row: TableRow, asked: str, labels: Sequence[str] = ()) -> frozenset[str]:
    """The cells of a row that a question says, what is in brackets aside; a college also by a short name, a brief name
    before what its column is called (护理专业), a row number as 第20条."""
    names = set()
    for cell, label in zip_longest(row.filled, labels, fillvalue=""):
        core = text_key(_before_bracket(cell)) if cell and not has_figure(cell) else ""
        least = 1 if label and f"{core}{text_key(label)[:2]}" in asked else MIN_NAMED - 1
        if len(core) > least and (core in asked or _is_short_in(core, asked)):
            names.add(core)
    number = row.filled[0] if row.filled and row.filled[0].isdigit() else ""
    return frozenset(names | ({number} if number and number in _PLACE_ASKED.findall(asked) else set()))


def new_names(text: str, asked: str) -> list[tuple[int, int]]:
    """The names of a text that the question does not say itself."""
    return [(a, b) for a, b in name_runs(text) if b - a > 1 and text_key(text[a:b]) not in asked]


def _features(
    text: str, row: TableRow | None, table: Table | None, context: str, rank: int, ask: NameAsk
) -> tuple[float, ...]:
    relevance, wanted = ask.relevance, ask.wanted
    shares, around = relevance.shares(text), relevance.shares(context)
    sorts = wanted.found(text, ask.asked)
    things = [span for spans in sorts for span in spans]
    is_list = row is None and any(len(items) > 1 for items in enumerations(text))
    coverage = relevance.earned(shares)
    context_share = TABLE_CONTEXT if table else CONTEXT
    both = {word: max(shares.get(word, 0.0), context_share * around.get(word, 0.0)) for word in {*shares, *around}}
    return (
        coverage,
        relevance.earned(both),
        _share_of(ask.subjects, text_key(f"{text} {context}")),
        _mean([both.get(word, 0.0) for word in ask.heaviest]),
        float(row is not None and bool(named_cells(row, ask.asked, _labels(table) if table else ()))),
        _mean([float(bool(spans)) for spans in sorts]),
        float(bool(wanted.things) and not things),
        float(any(head[-2:] in text for head in wanted.heads)),
        float(row is not None and table is not None and _has_header(table, wanted.heads)),
        float(wanted.several and (is_list or row is not None)),
        float(wanted.several and not is_list and row is None),
        float(row is not None),
        float(rank == 0),
        min(rank / MANY_PASSAGES, 1.0),
        brevity(text),
        _asked_share(text, relevance.weights),
        float(bool(new_names(text, ask.asked))),
        float(has_figure(text)),
        float(any(code not in text_key(f"{text} {context}") for code in _CODE.findall(ask.asked))),
        max((ask.relevance.weights[word] for word in _missing(ask.relevance, both, text, context)), default=0.0)
        / ask.greatest,
        max((_nearness(text, span, shares) for span in things), default=0.0),
    )


def _nearness(text: str, span: tuple[int, int], shares: Mapping[str, float]) -> float:
    """Share of the question's words in a text that stand beside a name of it."""
    near = text_key(text[max(span[0] - NEAR, 0) : span[1] + NEAR])
    return sum(word in near for word in shares) / len(shares) if shares else 0.0


def _missing(relevance: Relevance, covered: Mapping[str, float], text: str, context: str) -> list[str]:
    """The question's words that a unit lacks with what stands above it, also in pieces."""
    key = text_key(f"{text} {context}")
    lacking = [word for word in relevance.weights if word not in covered]
    return [word for word in lacking if 2 * sum(word[i : i + 2] in key for i in range(len(word) - 1)) < len(word) - 1]


def _labels(table: Table) -> tuple[str, ...]:
    return tuple(header_labels(table.rows, table.header_rows))


def _has_header(table: Table, heads: Sequence[str]) -> bool:
    return any(head[-2:] in label for head in heads for label in _labels(table))


def _asked_share(text: str, asked: Mapping[str, float]) -> float:
    """Share of a unit's own content words that the question says too."""
    words = content_words(text)
    total = sum(words.values())
    return sum(weight for word, weight in words.items() if word in asked) / total if total else 0.0


def _share_of(words: frozenset[str], key: str) -> float:
    return sum(word in key for word in words) / len(words) if words else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _is_short_in(name: str, asked: str) -> bool:
    return any(text_key(short) in asked for short in short_names(name))


def _before_bracket(cell: str) -> str:
    return min((cell.split(mark)[0] for mark in _BRACKETS), key=len)
