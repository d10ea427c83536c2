"""Qualities that exclude each other (女生, 男生; 省内, 省外; 国家级, 省级): whether a figure has those asked for.

The classes and the words of their members are in `contrasts.toml`. What a figure's own words say goes before what
stands earlier in its sentence, and that before its headings.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rag.language.text import text_key

FOUND = ("same", "far", "other", "other_far", "absent", "unasked")
"""What a class may say of a figure: its own words have the member asked for, or what stands before or above has it;
its own words have another, or what stands before or above has; nothing has one; or it has one nobody asked for."""
CONTRAST_FEATURES = tuple(f"{kind}_{found}" for kind in ("strict", "loose", "agent") for found in FOUND)
_AGENT_MARK = "对"
"""Stands behind whoever judges: 用人单位对毕业生的满意度 is the employers'."""

Members = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Class:
    """One class of qualities."""

    of: re.Pattern[str] | None
    kind: str
    """`agent` where its members are those who judge or are counted; `strict` where a member is hardly left unsaid."""
    plain: Members
    """Members that go without saying."""


@dataclass(frozen=True, slots=True)
class _Table:
    classes: Sequence[_Class]
    pattern: re.Pattern[str]
    """Every word, the longest first."""
    members: Mapping[str, Sequence[tuple[int, Members]]]
    """Word → the classes, by index, and the members it may stand for."""


@cache
def _table() -> _Table:
    entries: Sequence[Mapping[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))[
        "class"
    ]
    members: dict[str, dict[int, set[str]]] = {}
    for index, entry in enumerate(entries):
        for member, words in entry["members"].items():
            for word in words:
                members.setdefault(word, {}).setdefault(index, set()).add(member)
        for word in entry.get("blank", ()):
            members.setdefault(word, {})
    return _Table(
        [
            _Class(
                re.compile(entry["of"]) if "of" in entry else None,
                "agent" if entry.get("agents") else "strict" if entry.get("strict") else "loose",
                frozenset(entry.get("plain", ())),
            )
            for entry in entries
        ],
        re.compile("|".join(sorted(map(re.escape, members), key=len, reverse=True))),
        {word: [(index, frozenset(found)) for index, found in by.items()] for word, by in members.items()},
    )


@lru_cache(maxsize=50_000)
def _mentions(key: str) -> Mapping[int, tuple[Members, Members]]:
    """For each class that a text speaks of: all the members it names, and those it names last."""
    table = _table()
    found: dict[int, list[Members]] = {}
    agents: dict[int, list[Members]] = {}
    for match in table.pattern.finditer(key):
        for index, members in table.members[match.group()]:
            found.setdefault(index, []).append(members)
            if table.classes[index].kind == "agent" and key.startswith(_AGENT_MARK, match.end()):
                agents.setdefault(index, []).append(members)
    return {index: (frozenset().union(*named), named[-1]) for index, named in (found | agents).items()}


def asked_contrasts(texts: Sequence[str], question: str) -> Mapping[int, Members]:
    """Class → the members asked for: those of the first text that speaks of the class; empty where none does.

    Classes that the whole question gives no occasion for are left out.
    """
    mentioned = [_mentions(text_key(text)) for text in texts]
    return {
        index: next((named[index][0] for named in mentioned if index in named), frozenset())
        for index, one in enumerate(_table().classes)
        if one.of is None or one.of.search(question)
    }


def contrast_features(asked: Mapping[int, Members], own: str, earlier: str, heads: str) -> Mapping[str, float]:
    """How a figure's own words, what stands before it in its sentence, and its headings answer the members asked for."""
    near, before, above = (_mentions(text_key(text)) for text in (own, earlier, heads))
    features = dict.fromkeys(CONTRAST_FEATURES, 0.0)
    for index, wanted in asked.items():
        one = _table().classes[index]
        if wanted:
            found = _found(wanted, near.get(index), before.get(index), above.get(index))
            features[f"{one.kind}_{found}"] = 1.0
        elif index in near and not near[index][0] <= one.plain:
            features[f"{one.kind}_unasked"] += 0.5
    return {name: min(value, 1.0) for name, value in features.items()}


def lacks_quality(question: str, text: str) -> bool:
    """Whether a text says nothing of a quality that a question names and that is hardly ever left unsaid."""
    said = _mentions(text_key(text))
    return any(
        wanted and _table().classes[index].kind == "strict" and not (index in said and said[index][0] & wanted)
        for index, wanted in asked_contrasts((question,), question).items()
    )


def _found(
    wanted: Members,
    near: tuple[Members, Members] | None,
    before: tuple[Members, Members] | None,
    above: tuple[Members, Members] | None,
) -> str:
    if near is not None:
        return "same" if near[0] & wanted else "other"
    inherited = before or above
    if inherited is None:
        return "absent"
    return "far" if inherited[1] & wanted else "other_far"
