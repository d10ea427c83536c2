"""Charts drawn by Word: the values that stand at their bars, points and slices, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.language.text import clean_line
from rag.readers.number_formats import shown
from rag.records import Cell, Grid

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
MAX_POINTS = 500
"""Points of a series from which on it is no chart that a reader sees values in."""


@dataclass(frozen=True, slots=True)
class _Series:
    name: str
    categories: Mapping[int, str]
    values: Mapping[int, str]
    """As printed, by their place."""


def chart_to_grids(root: Any) -> Iterator[Grid]:
    """A table of a chart's series, of those whose values are printed; nothing without them.

    `root` is the element of the chart's part. A row for each category, a column for each series, the title above them.
    """
    series = [
        _series(one, group)
        for group in root.iterfind(f"{CHART}chart/{CHART}plotArea/*")
        for one in group.iterfind(f"{CHART}ser")
        if _shows_values(one, group)
    ]
    series = [one for one in series if one.values and len(one.values) <= MAX_POINTS]
    if not series:
        return
    title = root.find(f"{CHART}chart/{CHART}title")
    yield _grid(clean_line("".join(node.text or "" for node in title.iter(_TEXT))) if title is not None else "", series)


def _labels(series: Any, group: Any) -> list[Any]:
    found = (owner.find(f"{CHART}dLbls") for owner in (series, group))
    return [labels for labels in found if labels is not None]


def _shows_values(series: Any, group: Any) -> bool:
    labels = next(iter(_labels(series, group)), None)
    mark = None if labels is None else labels.find(f"{CHART}showVal")
    return mark is not None and mark.get("val", "1") in ("1", "true")


def _series(element: Any, group: Any) -> _Series:
    values = element.find(f"{CHART}val")
    number_format = "General" if values is None else values.findtext(f".//{CHART}formatCode") or "General"
    own = [found for labels in _labels(element, group) if (found := labels.find(f"{CHART}numFmt")) is not None]
    if own and own[0].get("sourceLinked") not in ("1", "true"):
        number_format = own[0].get("formatCode") or number_format
    printed = {at: _printed(text, number_format) for at, text in _points(values).items()}
    name = " ".join(_points(element.find(f"{CHART}tx")).values())
    return _Series(clean_line(name), _points(element.find(f"{CHART}cat")), printed)


def _points(element: Any) -> Mapping[int, str]:
    """Text of the points kept in a part of a series, by their place; of categories on several levels the lowest."""
    if element is None:
        return {}
    level = element.find(f".//{CHART}lvl")
    points = (element if level is None else level).iter(f"{CHART}pt")
    found = {int(point.get("idx") or 0): point.findtext(f"{CHART}v") or "" for point in points}
    return found or ({0: text} if (text := element.findtext(f"{CHART}v")) else {})


def _printed(text: str, number_format: str) -> str:
    try:
        return shown(float(text), number_format)
    except ValueError:
        return text


def _grid(title: str, series: Sequence[_Series]) -> Grid:
    places = sorted({at for one in series for at in one.values})
    names = {at: text for one in reversed(series) for at, text in one.categories.items()}
    rows = [["", *(one.name for one in series)]]
    rows += [[clean_line(names.get(at, "")), *(one.values.get(at, "") for one in series)] for at in places]
    above = [Cell(title, 0, 0, 1, len(rows[0]))] if title else []
    cells = (Cell(text, row, column) for row, texts in enumerate(rows, len(above)) for column, text in enumerate(texts))
    return Grid((*above, *cells), len(rows) + len(above), len(rows[0]), header_rows=1 + len(above))
