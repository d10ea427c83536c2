"""Who, which, when: the one sentence or row that says what is asked, its name bold where that is plain; else what may say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.answering.built_in.said import names_college
from rag.answering.built_in.wanted import Wanted
from rag.answering.built_in.weighing import IN_TITLES
from rag.figures.citing import row_of
from rag.language.numbers import find_scopes
from rag.language.text import sentence_spans, text_key
from rag.question.asks import named_thing
from rag.records import Evidence, Passage, Table, TableRow
from rag.structure.tables.joining import header_labels

MIN_COVER = 0.6
"""Share of what is asked that a row or sentence must say to be sure of the name in it."""
MIN_SHOWN = 0.3
MIN_SAID = 0.5
"""Share of a word of what is asked that must be said: a word that merely means something like it says nothing of it."""
MIN_LEAD = 0.05
"""How much more than the next one."""
TELLING, TELLING_LEAD = 0.8, 0.2
"""Share of what is asked that a sentence or row must say to be quoted as the answer, and how much more than the next one."""
LONG = 160
"""Characters of a sentence from which on it says too much to be an answer."""
_WHEN = re.compile(r"哪[一]?[天年月日]|什么时候|啥时候|何时|几[月号日]")


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence or row that may say what is asked, and the names it binds to it."""

    passage: Passage
    start: int
    end: int
    cover: float
    names: tuple[str, ...] = ()
    is_sure: bool = False

    @property
    def place(self) -> tuple[str, int]:
        """Its passage and where it begins there."""
        return self.passage.id, self.start

    @property
    def text(self) -> str:
        """Its words."""
        return self.passage.text[self.start : self.end]


def find_places(wanted: Wanted, evidence: Evidence, tables: Mapping[str, Table]) -> list[Place]:
    """The rows and sentences that say most of what is asked, best first."""
    places = sorted(_places(wanted, evidence, tables), key=lambda place: -place.cover)
    if not places or places[0].cover < MIN_SHOWN:
        return []
    best = places[0]
    lead = best.cover - next((place.cover for place in places[1:] if place.text != best.text), 0.0)
    names = _names(best, wanted, tables)
    says_it = (
        best.cover >= TELLING
        and lead >= TELLING_LEAD
        and _is_telling(best.text, tables.get(best.passage.table_id or ""))
    )
    if (names and best.cover >= MIN_COVER and lead >= MIN_LEAD) or says_it:
        places[0] = replace(best, names=names, is_sure=True)
    return places[:3]


def _is_telling(text: str, table: Table | None) -> bool:
    """Whether a sentence can be read by itself: not a heading, and not so long that it says many things."""
    return len(text) <= LONG and (table is not None or text.rstrip("”’」』）)").endswith(("。", "；", ";", "！")))


def _places(wanted: Wanted, evidence: Evidence, tables: Mapping[str, Table]) -> Iterator[Place]:
    own = text_key(named_thing(wanted.ask)) if len(evidence.query.asks) > 1 else ""
    for rank, passage in enumerate(evidence.passages):
        table = tables.get(passage.table_id or "")
        titles = " ".join(passage.path[1:])
        if table is not None:
            titles += " ".join([table.caption, *header_labels(table.rows, table.header_rows)])
        for start, end in sentence_spans(passage.text):
            text = passage.text[start:end].rstrip()
            row = row_of(text, table)
            if len(text) < 6 or (table is not None and row is None):
                continue
            said = f"{text} {' '.join(row.filled)}" if row else text
            if not all(names_college(said, name) for name in evidence.query.unknown_colleges):
                continue
            if own and not _speaks_of(own, wanted, said, titles):
                continue
            yield Place(passage, start, start + len(text), wanted.words.coverage(said, titles, IN_TITLES) - 0.01 * rank)


def _speaks_of(own: str, wanted: Wanted, *texts: str) -> bool:
    """Whether a text says a word of one of several things asked: not one that only means something like it."""
    shares = (pair for text in texts for pair in wanted.words.shares(text).items())
    return any(share >= MIN_SAID and len(word) > 1 and word in own for word, share in shares)


def _names(place: Place, wanted: Wanted, tables: Mapping[str, Table]) -> tuple[str, ...]:
    table = tables.get(place.passage.table_id or "")
    row = row_of(place.text, table)
    if row is not None and table is not None:
        return _cell_names(row, table, wanted)
    if _WHEN.search(wanted.ask.text):
        dates = [scope.text for scope in find_scopes(place.text) if scope.kind != "enrolment"]
        return tuple(dates) if len(dates) == 1 else ()
    return ()


def _cell_names(row: TableRow, table: Table, wanted: Wanted) -> tuple[str, ...]:
    """The cell under the one header of words that the question names."""
    labels = header_labels(table.rows, table.header_rows)
    key = text_key(wanted.ask.text)
    found = [
        cell
        for label, cell in zip(labels, row.filled, strict=False)
        if cell and not any(c.isdigit() for c in cell) and (tail := text_key(label.rpartition("·")[2]))
        and len(tail) > 1 and (tail in key or wanted.words.coverage(label) > 0.15) and not any(word in text_key(cell) for word in wanted.words.weights if len(word) > 1)
    ]  # fmt: skip
    return tuple(found) if len(found) == 1 else ()


def shown(places: Sequence[Place]) -> list[Place]:
    """Those that say nearly as much as the best one, each wording once."""
    found: dict[str, Place] = {}
    for place in places:
        if place.cover >= places[0].cover * 0.8:
            found.setdefault(text_key(place.text), place)
    return list(found.values())
