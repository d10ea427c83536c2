"""How far a question names a row of a table."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.answering.built_in.asks import MIN_LABEL, Ask, named_labels
from rag.answering.built_in.wording import pieces
from rag.language.numbers import cell_number
from rag.language.text import text_key
from rag.records import Figure, Table, TableRow

INSIDE_ANOTHER = 0.3
"""How far a label is named that stands in a question only as part of another label."""


def row_features(figure: Figure, asked: Ask) -> Mapping[str, float]:
    """How far the question names a cell's row: by a label of its own, better or worse than the table's other rows."""
    none = {"row_named": 0.0, "row_best": 0.0, "row_beaten": 0.0, "group_named": 0.0}
    if figure.row is None or figure.table is None:
        return none
    named = _named_rows(figure.table, asked)
    own, group = named.get(id(figure.row), (0.0, 0.0))
    best = max((value for value, _ in named.values()), default=0.0)
    return {
        "row_named": own,
        "row_best": float(own >= 0.5 and own == best),
        "row_beaten": best - own,
        "group_named": group,
    }


def _named_rows(table: Table, asked: Ask) -> dict[int, tuple[float, float]]:
    """For each body row: how far the question names a label that few rows have, and one that many have."""
    key = ("rows", table.id)
    if key not in asked.memo:
        body = table.rows[table.header_rows :]
        counts: dict[str, int] = {}
        for row in body:
            for label in set(labels(row)):
                counts[label] = counts.get(label, 0) + 1
        few = max(2, len(body) // 8)
        own_words = asked.own if named_labels(asked.own, (row.filled for row in body)) else asked.question
        whole = frozenset(named_labels(own_words, (row.filled for row in body)))
        found = {}
        for row in body:
            named = {label: _naming(text_key(label), own_words, whole) for label in labels(row)}
            own = max((share for label, share in named.items() if counts[label] <= few), default=0.0)
            group = max((share for label, share in named.items() if counts[label] > few), default=0.0)
            found[id(row)] = (own, group)
        asked.memo[key] = found
    return asked.memo[key]  # type: ignore[return-value]


def labels(row: TableRow) -> list[str]:
    """The texts of a row that are no figures."""
    return [text for text in row.filled if len(text) >= MIN_LABEL and cell_number(text) is None]


def _naming(label: str, question: str, whole: frozenset[str]) -> float:
    """How far a question names a label: 1 and a little for its length where it does so whole, else by pieces.

    护理学院 in a question does not name the row 护理 where there is a row of the longer name.
    """
    core = re.split(r"[(（]", label)[0] or label
    if core in whole:
        return 1.0 + min(len(core), 10) / 20
    if core in question:
        return INSIDE_ANOTHER
    share = pieces(core, question)
    return share * share
