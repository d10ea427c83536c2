"""The table of what readers ask for and what reports print for it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag.language.text import matching_key, unique


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing people ask about."""

    asked: tuple[str, ...]
    printed: tuple[str, ...]
    note: str = ""


@cache
def indicators() -> tuple[Indicator, ...]:
    """All indicators of `indicators.toml`, in its order."""
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["indicator"]
    return tuple(Indicator(tuple(t["asked"]), tuple(t["printed"]), t.get("note", "")) for t in tables)


@cache
def indicator_names() -> frozenset[str]:
    """Keys of every asked and printed name."""
    return frozenset(matching_key(name) for i in indicators() for name in (*i.asked, *i.printed))


def printed_names(question: str) -> tuple[str, ...]:
    """Printed names of every indicator the question asks for under another name, in table order."""
    key = matching_key(question)
    return unique(
        name
        for indicator in indicators()
        if any(matching_key(asked) in key for asked in indicator.asked)
        for name in indicator.printed
        if matching_key(name) not in key
    )
