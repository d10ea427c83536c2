"""Units of figures: which class one belongs to, what it is counted in, and the unit a header states."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from rag.language.numbers.numerals import FOLD


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its canonical name, its class, and how many (`factor`) of what (`base`) it is."""

    name: str
    kind: str
    base: str
    factor: Decimal


DATA = tomllib.loads(Path(__file__).with_name("units.toml").read_text(encoding="utf-8"))
SCALES = {
    "百": 2,
    "千": 3,
    "万": 4,
    "十万": 5,
    "百万": 6,
    "千万": 7,
    "亿": 8,
    "十亿": 9,
    "百亿": 10,
    "千亿": 11,
    "万亿": 12,
}
BOUND_KINDS = {word: kind for kind, words in DATA["bounds"].items() for word in words.split()}


def _spellings() -> Iterator[tuple[str, str, Unit]]:
    """(spelling, what must not follow, unit)."""
    for entry in DATA["count"].split():
        word, _, tail = entry.partition("!")
        yield word, tail, Unit(re.sub("[()]", "", word), "count", "个", Decimal(1))
    for name, kind, base, factor, spellings in DATA["measures"]["rows"]:
        for entry in spellings.split():
            word, _, tail = entry.partition("!")
            yield word, tail, Unit(name, kind, base, Decimal(factor))


UNITS = {word: unit for word, _, unit in _spellings()}
_SHARE = "|".join(DATA["shares"].split())
_SHARED_BY = rf"[ ]?/[ ]?(?:\((?:{_SHARE})[·/](?:{_SHARE})\)|(?:{_SHARE})(?:[ ]?[·/][ ]?(?:{_SHARE}))?)"
"""/生, /人·年, /(生·学年)"""


def unit_pattern(excluded: frozenset[str] = frozenset()) -> str:
    """Regular expression of every unit in folded text, shares (元/生) included; longer ones first."""

    def guarded(word: str, tail: str) -> str:
        latin = "(?![A-Za-z])" if word[0].isascii() and word[0].isalpha() else ""
        return re.escape(word) + latin + (f"(?!{tail})" if tail else "")

    entries = sorted(_spellings(), key=lambda entry: -len(entry[0]))
    words = [guarded(word, tail) for word, tail, _ in entries if word not in excluded]
    first = "".join(sorted({re.escape(word[0]) for word, _, _ in entries}))
    return rf"(?=[{first}])(?:{'|'.join(words)})(?:{_SHARED_BY})?"


UNIT = unit_pattern()
GAP = r"[ ]*\n?[ ]*"
"""What may stand between a number and its unit."""
_SCALED_UNIT = re.compile(rf"(?P<scale>[十百千]?(?:万亿|[万亿])|[百千](?!克|米|瓦))?(?P<unit>{UNIT})")
_ONE_PART = re.compile(r":\d+(?:\.\d+)?|1:")


@lru_cache(maxsize=20_000)
def canonical(written: str) -> tuple[str, Unit]:
    """(scale, unit) of a unit as written; an unknown one is its own kind and base."""
    folded = re.sub(r"\s", "", written.translate(FOLD))
    if _ONE_PART.fullmatch(folded) or folded == "分之" or not folded:
        kind = "ratio" if ":" in folded else "fraction" if folded else "bare"
        return "", Unit(folded, kind, folded, Decimal(1))
    match = _SCALED_UNIT.fullmatch(folded)
    if match is None:
        counted = folded.startswith("个")
        return "", Unit(folded, "count" if counted else "other", "个" if counted else folded, Decimal(1))
    first, *shares = re.findall(r"[^/·()\s]+", match["unit"])
    if match["unit"] in UNITS:
        return match["scale"] or "", UNITS[match["unit"]]
    unit, per = UNITS[first], "".join("/" + (UNITS[share].name if share in UNITS else share) for share in shares)
    return match["scale"] or "", Unit(unit.name + per, "per", unit.base + per, unit.factor)


def scaled(value: Decimal, scale: str) -> Decimal:
    """The value times 万, 亿 …, as a plain decimal that keeps the digits written."""
    shifted = value.scaleb(SCALES.get(scale, 0))
    exponent = shifted.as_tuple().exponent
    return shifted.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else shifted


def in_base(value: Decimal, unit: str) -> Decimal:
    """A value in the base of its unit as written: 元 of 万元, 平方米 of 万平方米.

    >>> in_base(Decimal("1.5"), "万元")
    Decimal('15000')
    """
    scale, known = canonical(unit)
    return scaled(value * known.factor, scale)


def unit_class(unit: str) -> str:
    """Coarse class of a unit: count, money, percent, points, area, ratio, fraction, per, bare, other …

    Two figures of one class need not be comparable (亩 and 平方米, 学时 and 课时): `same_value` decides that.
    """
    return canonical(unit)[1].kind


def unit_in_header(text: str) -> str:
    """The unit a header, unit line or unit cell states: `经费收入总额（万元）` → `万元`; empty where there is none."""
    folded = text.translate(FOLD)
    named = re.search(r"单位 ?[:(]? ?([^\s()]+)", folded)
    candidates = re.findall(r"[(\[]([^()\[\]]{1,12})[)\]]", folded)[::-1] + folded.rsplit("/", 1)[1:] + [folded]
    tails = [candidate.rsplit(",", 1)[1] for candidate in candidates[:-1] if "," in candidate]
    for candidate in ([named[1]] if named else []) + candidates + tails:
        written = re.sub(r"\s|^单位:?", "", candidate)
        if written == ":1":
            return written
        if _SCALED_UNIT.fullmatch(written):
            scale, unit = canonical(written)
            return scale + unit.name
    return ""
