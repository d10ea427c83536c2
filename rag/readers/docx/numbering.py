"""The numbers Word prints before auto-numbered paragraphs, which the text of a DOCX does not hold."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_DIGITS = "零一二三四五六七八九"
_CHINESE_FORMATS = frozenset(
    "chineseCounting chineseCountingThousand taiwaneseCounting taiwaneseCountingThousand "
    "ideographDigital japaneseCounting".split()
)
_LEVEL = re.compile(r"%([1-9])")


@dataclass(slots=True)
class _Level:
    number_format: str = "decimal"
    text: str = ""
    start: int = 1
    all_decimal: bool = False


@dataclass(slots=True)
class _List:
    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)


def number_text(number: int, number_format: str) -> str:
    """A list number as Word writes it, `` for a bullet or none."""
    if number_format in ("none", "bullet") or number < 0:
        return ""
    if number_format in _CHINESE_FORMATS:
        return _chinese(number)
    if number_format in ("upperRoman", "lowerRoman") and 1 <= number <= 12:
        return unicodedata.normalize("NFKC", chr(ord("Ⅰ" if number_format == "upperRoman" else "ⅰ") + number - 1))
    if number_format in ("upperLetter", "lowerLetter") and number:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if number_format == "upperLetter" else letter.lower()
    if number_format.startswith("decimalEnclosedCircle") and 1 <= number <= 20:
        return chr(ord("①") + number - 1)
    return f"{number:02d}" if number_format == "decimalZero" else str(number)


def _chinese(number: int) -> str:
    if number >= 10_000:
        return str(number)
    text = ""
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, power)
        if digit:
            text += _DIGITS[digit] + unit
        elif text and number and not text.endswith("零"):
            text += "零"
    return text.removeprefix("一") if text.startswith("一十") else text or "零"


class Numbering:
    """Counts through a document: ask it once for every numbered paragraph, in order."""

    def __init__(self, root: Any | None) -> None:
        """Take the lists from the root of `numbering.xml`, None where the document has none."""
        self._lists = dict(_lists(root)) if root is not None else {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._started: set[tuple[str, int]] = set()

    def next(self, list_id: str, level: int) -> str:
        """The text printed before the next paragraph of this list at this level, `` for a bullet."""
        known = self._lists.get(list_id)
        if known is None or level not in known.levels:
            return ""
        counts = self._counts[known.abstract]
        stated = known.starts.get(level)
        if stated is not None and (list_id, level) not in self._started:
            counts[level] = stated
        else:
            counts[level] = counts.get(level, known.levels[level].start - 1) + 1
        self._started.add((list_id, level))
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return self._text(known, level, counts)

    def _text(self, known: _List, level: int, counts: dict[int, int]) -> str:
        shown = known.levels[level]

        def place(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            there = known.levels.get(other, _Level())
            number_format = "decimal" if shown.all_decimal else there.number_format
            return number_text(counts.get(other, there.start), number_format)

        return "" if shown.number_format in ("bullet", "none") else _LEVEL.sub(place, shown.text)


def _lists(root: Any) -> Iterable[tuple[str, _List]]:
    from docx.oxml.ns import qn

    abstracts = {
        one.get(qn("w:abstractNumId")): {int(level.get(qn("w:ilvl"))): _level(level) for level in one.iter(qn("w:lvl"))}
        for one in root.iter(qn("w:abstractNum"))
    }
    for one in root.findall(qn("w:num")):
        reference = one.find(qn("w:abstractNumId"))
        abstract = reference.get(qn("w:val")) if reference is not None else ""
        entry = _List(abstract, dict(abstracts.get(abstract, {})))
        for override in one.findall(qn("w:lvlOverride")):
            at = int(override.get(qn("w:ilvl")))
            for level in override.findall(qn("w:lvl")):
                entry.levels[at] = _level(level)
            start = override.find(qn("w:startOverride"))
            if start is not None:
                entry.starts[at] = int(start.get(qn("w:val")))
        yield one.get(qn("w:numId")), entry


def _level(element: Any) -> _Level:
    from docx.oxml.ns import qn

    def value(name: str, default: str) -> str:
        child = element.find(qn(name))
        return default if child is None else str(child.get(qn("w:val"), default))

    return _Level(
        number_format=value("w:numFmt", "decimal"),
        text=value("w:lvlText", ""),
        start=int(value("w:start", "1")),
        all_decimal=element.find(qn("w:isLgl")) is not None,
    )
