"""What a report calls a figure, in its own words, and of when it says it is."""

from __future__ import annotations

import re

from rag.figures.citing import label_of
from rag.language.numbers import find_scopes
from rag.language.text import unique
from rag.records import Figure

_LINKS = re.compile(r"^[）)”、·\s]+|(?:分别|依次|(?<![合总小])计|[·：:\s为是达到有共占约])+$")
"""What joins a name and its figure, or stands before it."""
_EDGES = re.compile(r"^[）)”、·\s]+|[·：:\s为]+$")
"""Around the name of a cell."""


def figure_to_said(figure: Figure) -> str:
    """The report's words for a figure: row and column, its clause, or its item of a list; `` where they say nothing."""
    unlisted = figure.before.endswith(figure.near.removesuffix(f" {figure.after}"))
    words = label_of(figure) if figure.is_cell or unlisted else _item("".join(figure.near.split()))
    name = (_EDGES if figure.is_cell else _LINKS).sub("", words)
    return name if len(name) > 1 else ""


def figure_to_quote(figure: Figure) -> str:
    """The same, or the start of its clause where that names nothing: never `` where anything is printed beside it."""
    return figure_to_said(figure) or " ".join(figure.near.split()) or " ".join(figure.about.split())


def figure_to_scope(figure: Figure) -> str:
    """The years and dates printed with a figure: in its sentence before it, or in its row, header and caption."""
    text = f"{figure.near}，{figure.before}，{figure.about}" if figure.is_cell else figure.before
    return "，".join(unique(scope.text for scope in find_scopes(text)[-2:]))


def _item(words: str) -> str:
    """An item of a list with what is said of all of them; a list of years behind its own is left out."""
    for scope in reversed(find_scopes(words)[1:]):
        words = words[: scope.start] + words[scope.end :]
    return words
