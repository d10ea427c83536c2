"""An answer's Markdown apart from its words: bold spans and citation markers, taken out and put back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

BLANK = "\u2063"
"""Stands for a citation marker in the plain text: one character, no part of any word or number."""

_MARK = re.compile(r"\*\*(?P<bold>(?!\*).+?)\*\*|\[(?P<marker>\d{1,3})\]")
_MARKER = re.compile(r"\[(\d{1,3})\]")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Markup:
    """An answer's words; offsets of bold spans and markers are offsets in `plain`."""

    plain: str
    bold: tuple[Span, ...]
    markers: tuple[tuple[int, int], ...]
    """(offset, citation number) in order."""


def text_to_markup(text: str) -> Markup:
    """The answer without its `**`, each `[n]` one blank."""
    plain: list[str] = []
    bold: list[Span] = []
    markers: list[tuple[int, int]] = []
    length = at = 0

    def add(piece: str) -> None:
        nonlocal length
        plain.append(piece)
        length += len(piece)

    def add_marked(piece: str) -> None:
        last = 0
        for match in _MARKER.finditer(piece):
            add(piece[last : match.start()])
            markers.append((length, int(match[1])))
            add(BLANK)
            last = match.end()
        add(piece[last:])

    for match in _MARK.finditer(text):
        add(text[at : match.start()])
        start = length
        add_marked(match["bold"] or match.group())
        if match["bold"]:
            bold.append((start, length))
        at = match.end()
    add(text[at:])
    return Markup("".join(plain), tuple(bold), tuple(markers))


def markup_to_text(markup: Markup, removed: Sequence[Span] = (), filler: str = "") -> str:
    """The answer with `filler` for each removed span; a bold span that loses a piece is bold no more."""
    kept = [span for span in markup.bold if not any(a < span[1] and span[0] < b for a, b in removed)]
    opens, closes = {start for start, _ in kept}, {end for _, end in kept}
    numbers, ends = dict(markup.markers), dict(removed)
    pieces: list[str] = []
    at = 0
    while at < len(markup.plain):
        pieces.append("**" * ((at in closes) + (at in opens)))
        if at in ends:
            pieces.append(filler)
            at = ends[at]
            continue
        pieces.append(f"[{numbers[at]}]" if at in numbers else markup.plain[at])
        at += 1
    return "".join(pieces) + ("**" if at in closes else "")
