"""The indicators a board shows, and what reports print for them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from rag.boards.labels import CLASS
from rag.language.numbers import unit_class
from rag.language.text import matching_key
from rag.records import Figure

_PERSONS = frozenset("人 名 位".split())
PART_MARK = "其中"
ADDITIVE = frozenset({"people", "area", "count", "money"})
"""Units in which no part is more than the whole."""
WHOLE = Decimal("0.8")
"""Share of the largest figure from which on another may state the same whole."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a board."""

    name: str
    group: str
    units: frozenset[str]
    """Classes of unit its figures have; `people` counts persons."""
    printed: tuple[tuple[str, re.Pattern[str]], ...]
    """(name as reports print it, what the whole of a label matches); each is a definition of its own."""
    note: str = ""
    near: re.Pattern[str] = re.compile("")
    """What must stand in the figure's paragraph up to it, or above it, for so general a name to be of the school."""
    far: re.Pattern[str] = re.compile("(?!)")
    """What must not stand in its sentence before it: what else goes by the same name."""
    is_whole: bool = False
    """It counts the school's all, so that what is said with 其中 is not it."""

    def definition(self, key: str, unit: str) -> str | None:
        """The printed name that a label's key is, where the figure's unit is of this indicator."""
        if not self._may_have(unit):
            return None
        if self.is_whole and key.startswith(PART_MARK):
            return None
        plain = key.removeprefix(PART_MARK)
        keys = (plain, plain.removeprefix(CLASS))
        return next((name for name, pattern in self.printed if any(map(pattern.fullmatch, keys))), None)

    def named_in(self, text: str) -> str:
        """The longest of its own name and those reports print for it that a text holds, `` where it holds none."""
        key = matching_key(text)
        names = (matching_key(name) for name in (self.name, *(name for name, _ in self.printed)))
        return max((name for name in names if name in key), key=len, default="")

    def is_said_of(self, figure: Figure) -> bool:
        """Whether a figure's label names it and its unit is one of its own: the figure may be of a part, a plan, a group."""
        return self._may_have(figure.number.unit) and self.named_in(figure.label) != ""

    def _may_have(self, unit: str) -> bool:
        return not self.units.isdisjoint({unit_class(unit), "people" if unit in _PERSONS else ""})

    def fits(self, before: str, above: str) -> bool:
        """Whether a figure may be of this indicator by what stands before it in its sentence, and in its paragraph and above."""
        return self.near.search(f"{before} {above}") is not None and self.far.search(before) is None

    def is_part(self, value: Decimal, largest: Decimal) -> bool:
        """Whether a figure is so much less than the largest of its definition and time that it can only count a part."""
        return bool(self.units & ADDITIVE) and value < WHOLE * largest


@cache
def wanted_indicators() -> tuple[Wanted, ...]:
    """All lines of a board, in order."""
    tables = tomllib.loads((Path(__file__).parent / "indicators.toml").read_text(encoding="utf-8"))["indicator"]
    return tuple(
        Wanted(
            table["name"],
            table["group"],
            frozenset(table["units"]),
            tuple((name, re.compile(pattern)) for name, pattern in table["printed"].items()),
            table.get("note", ""),
            re.compile(table.get("near", "")),
            re.compile(table.get("far", "(?!)")),
            table.get("whole", False),
        )
        for table in tables
    )
