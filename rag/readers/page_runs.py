"""The text of a page as runs of characters with boxes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Box(NamedTuple):
    """A place on a page in points, from its top left corner as it is seen."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that touch each other on one baseline."""

    text: str
    boxes: tuple[Box, ...]
    """One a character."""
