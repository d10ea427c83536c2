"""An answer's words apart from what marks them: which are bold, and where citations stand."""

from __future__ import annotations

from dataclasses import dataclass

BLANK = "\u2063"
"""Stands for a citation marker in the plain text: one character, no part of any word or number."""
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Markup:
    """An answer's words; offsets of bold spans and markers are offsets in `plain`."""

    plain: str
    bold: tuple[Span, ...]
    markers: tuple[tuple[int, int], ...]
    """(offset, citation number) in order."""
