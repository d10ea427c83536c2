"""Two figures with a dash or 至 between them as one range."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.language.numbers.units import GAP, SCALES, UNIT, canonical, scaled
from rag.records import Number

_MARK = re.compile(r"[ ]?([-—~至到])[ ]?")
RANGE_WITH_UNIT = re.compile(rf"[ ]?[-—~至到][ ]?\d[\d.,]*{GAP}[余多]?[万亿]?(?:{UNIT})")
_GOES_ON = re.compile(r"[ ]?[-—~][ ]?[\d-]|[ ]\d")
_CAME_ON = re.compile(r"(?:[\d%][ ]|[-—~])$")
_FROM = re.compile(r"[从由自][^,。;:、)]{0,12}$")
_WRITTEN_SCALE = re.compile(r"[十百千]?(?:万亿|[万亿])")


def with_ranges(folded: str, found: Sequence[Number]) -> tuple[Number, ...]:
    """The figures with `5-7个`, `3至5万人`, `10%~20%` as one each: the lower end, and `high`, the upper, in one unit."""
    numbers: list[Number] = []
    for number in found:
        joined = _joined(folded, numbers[-1], number) if numbers else None
        if joined:
            numbers[-1] = joined
        else:
            numbers.append(number)
    return tuple(numbers)


def _joined(folded: str, low: Number, high: Number) -> Number | None:
    mark = _MARK.fullmatch(folded, low.end, high.start)
    if mark is None and high.value < 0 and low.end == high.start:
        mark = re.compile("-").match(folded, high.start)  # 5%-7%: what reads as a sign
        high = replace(high, value=-high.value)
    if mark is None or low.high is not None or high.high is not None or low.unit not in ("", high.unit):
        return None
    if mark[0].strip() in ("至", "到") and _FROM.search(folded[max(0, low.start - 14) : low.start]):
        return None
    if not high.unit and (" " in mark[0] or _stands_in_row(folded, low, high)):
        return None
    first = _lower_end(folded, low, high)
    if first.value >= high.value:
        return None
    bounds = [*low.bound.split(), *high.bound.split(), "～"]
    return replace(first, unit=high.unit, end=high.end, bound=" ".join(dict.fromkeys(bounds)), high=high.value)


def _stands_in_row(folded: str, low: Number, high: Number) -> bool:
    """17.40—54.44—94.48, 12 36—528 475: cells of a row, some of them a dash, are no range."""
    return (
        _GOES_ON.match(folded, high.end) is not None
        or _CAME_ON.search(folded[max(0, low.start - 2) : low.start]) is not None
    )


def _lower_end(folded: str, low: Number, high: Number) -> Number:
    """The lower end counted as the upper: 3 of 3至5万人 is 30000, 5000 of 5000至1万元 half a 万元."""
    scale = _WRITTEN_SCALE.search(folded, high.start, high.end)
    low_has_scale = _WRITTEN_SCALE.search(folded, low.start, low.end)
    if low.unit:
        return low
    if scale and "元" not in high.unit and not low_has_scale:
        return replace(low, value=scaled(low.value, scale[0]))
    if low_has_scale and "元" in high.unit:
        return replace(low, value=low.value.scaleb(-SCALES.get(canonical(high.unit)[0], 0)).normalize())
    return low
