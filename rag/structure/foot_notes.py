"""Notes at the foot of a page, which must not part a sentence that runs on over the page's end."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TypeVar

from rag.structure.paragraphs import ENDED, Layout, PlacedLine, opens_paragraph

NOTE_SIZE = 0.92
"""Size of a note as a share of the body's at most."""
MAX_NOTE_LINES = 12

T = TypeVar("T")


def with_notes_before(elements: Sequence[PlacedLine | T], layout: Layout) -> list[PlacedLine | T]:
    """The lines of a document, notes at the foot of a page set before the paragraph that runs on over the page's end."""
    ordered: list[PlacedLine | T] = []
    for element in elements:
        last = ordered[-1] if ordered else None
        if isinstance(element, PlacedLine) and isinstance(last, PlacedLine) and last.page != element.page:
            _set_notes_before(ordered, element, layout)
        ordered.append(element)
    return ordered


def _set_notes_before(ordered: list[PlacedLine | T], following: PlacedLine, layout: Layout) -> None:
    notes = list(itertools.takewhile(lambda one: _is_note(one, layout), reversed(ordered[-MAX_NOTE_LINES:])))
    above = ordered[: len(ordered) - len(notes)]
    if not notes or not above or not isinstance(last := above[-1], PlacedLine):
        return
    if last.page == following.page or ENDED.search(last.line.text) or opens_paragraph(last, following, layout):
        return
    start = len(above) - 1
    while start and isinstance(one := above[start - 1], PlacedLine) and one.page == last.page:
        if opens_paragraph(one, last, layout):
            ordered[start:] = [*notes[::-1], *above[start:]]
            return
        start, last = start - 1, one
    if start == 0 or not isinstance(above[start - 1], PlacedLine):
        ordered[start:] = [*notes[::-1], *above[start:]]


def _is_note(element: object, layout: Layout) -> bool:
    return (
        isinstance(element, PlacedLine)
        and 0 < element.line.size <= NOTE_SIZE * layout.body_size
        and "\t" not in element.line.text
    )
