"""Places: those known by name (`places.txt`), and what a name tells of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_NATIONAL = frozenset({"中国", "中央", "中华", "国家"})


@cache
def _place_lines() -> tuple[tuple[str, ...], ...]:
    text = Path(__file__).with_name("places.txt").read_text(encoding="utf-8")
    return tuple(tuple(line.split()) for line in text.splitlines() if line)


@cache
def provinces() -> tuple[str, ...]:
    """Provinces, regions and municipalities by their short names."""
    return tuple(line[0] for line in _place_lines()[:-1])


@cache
def _abbreviations() -> dict[str, str]:
    return {line[0]: line[1] for line in _place_lines()[:-1]}


def abbreviation_of(place: str) -> str:
    """The one character a province is written with (湖南: 湘), `` where the place is none."""
    return _abbreviations().get(place, "")


def is_national(place: str) -> bool:
    """Whether what a name begins with is the country: 中国, 国家."""
    return place in _NATIONAL


@cache
def places() -> frozenset[str]:
    """All places that are known by name."""
    return frozenset(name for line in _place_lines() for name in line if len(name) > 1)


def place_at(text: str, start: int = 0) -> str:
    """The longest known place a text has at an offset, `` where there is none."""
    return next((text[start : start + n] for n in (5, 4, 3, 2) if text[start : start + n] in places()), "")
