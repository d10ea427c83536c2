"""Who, which, when: a name only where a row or a sentence binds one to what is asked; else the places that may say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.answering.built_in.said import names_college
from rag.answering.built_in.wanted import Wanted
from rag.answering.built_in.weighing import IN_TITLES
from rag.figures.citing import row_of
from rag.language.numbers import find_scopes
from rag.language.text import sentence_spans, tagged_words, text_key
from rag.records import Evidence, Passage, Table, TableRow
from rag.structure.tables.joining import header_labels

MIN_COVER = 0.6
"""Share of what is asked that a row or sentence must say to be sure of the name in it."""
MIN_SHOWN = 0.3
MIN_LEAD = 0.05
"""How much more than the next one."""
MAX_APART = 14
"""Characters between a role and the name that is bound to it."""
_WHEN = re.compile(r"哪[一]?[天年月日]|什么时候|啥时候|何时|几[月号日]")
_LINK = re.compile(r"[是为由叫：:，、（(\s]*(?:[\u4e00-\u9fff]{0,8})[：:，、（(\s]*")
_TITLE = re.compile(r"[《“\"]([^《》“”\"]{2,30})[》”\"]")


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
    def text(self) -> str:
        """Its words."""
        return self.passage.text[self.start : self.end]


def find_places(wanted: Wanted, evidence: Evidence, tables: Mapping[str, Table]) -> list[Place]:
    """The rows and sentences that say most of what is asked, best first."""
    places = sorted(_places(wanted, evidence, tables), key=lambda place: -place.cover)
    if not places or places[0].cover < MIN_SHOWN:
        return []
    best = places[0]
    lead = best.cover - (places[1].cover if len(places) > 1 else 0.0)
    if best.cover >= MIN_COVER and lead >= MIN_LEAD and (names := _names(best, wanted, tables)):
        places[0] = Place(best.passage, best.start, best.end, best.cover, names, is_sure=True)
    return places[:3]


def _places(wanted: Wanted, evidence: Evidence, tables: Mapping[str, Table]) -> Iterator[Place]:
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
            yield Place(passage, start, start + len(text), wanted.words.coverage(said, titles, IN_TITLES) - 0.01 * rank)


def _names(place: Place, wanted: Wanted, tables: Mapping[str, Table]) -> tuple[str, ...]:
    table = tables.get(place.passage.table_id or "")
    row = row_of(place.text, table)
    if row is not None and table is not None:
        return _cell_names(row, table, wanted)
    if _WHEN.search(wanted.ask.text):
        dates = [scope.text for scope in find_scopes(place.text) if scope.kind != "enrolment"]
        return tuple(dates) if len(dates) == 1 else ()
    return _bound_names(place.text, wanted)


def _cell_names(row: TableRow, table: Table, wanted: Wanted) -> tuple[str, ...]:
    """The cell under the one header of words that the question names."""
    labels = header_labels(table.rows, table.header_rows)
    key = text_key(wanted.ask.text)
    found = [
        cell
        for label, cell in zip(labels, row.filled, strict=False)
        if cell and not any(c.isdigit() for c in cell) and (tail := text_key(label.rpartition("·")[2]))
        and len(tail) > 1 and (tail in key or wanted.words.coverage(label) > 0.15) and text_key(cell) not in wanted.question
    ]  # fmt: skip
    return tuple(found) if len(found) == 1 else ()


def _bound_names(text: str, wanted: Wanted) -> tuple[str, ...]:
    """A person's name, or a quoted one, that stands right by a word of the question."""
    asked = [word for word in wanted.words.weights if len(word) > 1 and word in text_key(text)]
    if "谁" not in wanted.ask.text and "姓" not in wanted.ask.text:
        return ()
    found = []
    at = 0
    for word, tag in tagged_words(text):
        start = text.find(word, at)
        at = start + len(word) if start >= 0 else at
        if tag.startswith("nr") and 2 <= len(word) <= 4 and start >= 0 and word not in wanted.question:
            around = text[max(0, start - MAX_APART) : start]
            if any(role in around for role in asked):
                found.append(word)
    return tuple(found) if len(set(found)) == 1 else ()


def shown(places: Sequence[Place]) -> list[Place]:
    """Those that say nearly as much as the best one."""
    return [place for place in places if place.cover >= places[0].cover * 0.8]
