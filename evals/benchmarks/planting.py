"""Where contradictions can be planted in a report: figures that bear each other out, told by their values alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from rag.language.numbers import unit_class
from rag.records import Figure

MIN_DIGITS = 3
"""Significant digits of a figure that is changed, so that those equal to it mean the same."""
AMOUNTS = ("count", "money", "area", "visits")
KINDS = (
    "正文两处 正文与表 表与表 标题与正文 正文各项与合计 两部分与总数 两占比与100% 正文占比 百分点差 增长率 增减量 比值与平均 元与万元 "
    "表的列合计 表的行合计 表中占比"
).split()


@dataclass(frozen=True, slots=True)
class Plant:
    """A figure to be changed, and what it then contradicts."""

    kind: str
    figure: Figure
    others: tuple[Figure, ...]


def _digits(figure: Figure) -> int:
    return len(figure.number.value.normalize().as_tuple().digits)


def _is_plain(figure: Figure) -> bool:
    return (
        not figure.number.bound
        and _digits(figure) >= MIN_DIGITS
        and re.search(r"\d{2}", figure.number.text) is not None
    )


def _sentences(figures: Sequence[Figure]) -> Iterator[list[Figure]]:
    groups: dict[tuple[str, int], list[Figure]] = defaultdict(list)
    for figure in figures:
        if not figure.is_cell:
            groups[figure.passage.id, figure.quote_start].append(figure)
    yield from groups.values()


def _words(figure: Figure) -> set[str]:
    text = f"{figure.near} {figure.before if figure.is_cell else ''}"
    return {text[at : at + 2] for at in range(len(text) - 1) if re.fullmatch("[\u4e00-\u9fff]{2}", text[at : at + 2])}


def _repeated(figures: Sequence[Figure], first_cell: bool, second_cell: bool, kind: str) -> Iterator[Plant]:
    groups: dict[Decimal, list[Figure]] = defaultdict(list)
    for figure in filter(_is_plain, figures):
        groups[figure.number.value].append(figure)
    for same in groups.values():
        for one in (f for f in same if f.is_cell == first_cell):
            rivals = [
                f
                for f in same
                if f.is_cell == second_cell
                and f is not one
                and f.passage.id != one.passage.id
                and (f.number.unit == one.number.unit or not f.number.unit)
                and (f.near == one.near if first_cell and second_cell else len(_words(f) & _words(one)) > 1)
            ]
            if rivals and len(same) <= 4:
                yield Plant(kind, one, tuple(rivals))
                break


def _headlines(figures: Sequence[Figure]) -> Iterator[Plant]:
    for figure in figures:
        line = figure.passage.text[figure.passage.text.rfind("\n", 0, figure.start) + 1 :].split("\n")[0]
        if (
            figure.is_cell
            or line.strip() != figure.passage.path[-1].strip()
            or not re.search(r"\d{2}", figure.number.text)
        ):
            continue
        same = [
            f
            for f in figures
            if f is not figure
            and f.passage.section_id == figure.passage.section_id
            and f.number.unit == figure.number.unit
            and f.number.value == figure.number.value
        ]
        if same:
            yield Plant("标题与正文", figure, tuple(same))


def _text_sums(figures: Sequence[Figure]) -> Iterator[Plant]:
    for sentence in _sentences(figures):
        for at, whole in enumerate(sentence):
            if unit_class(whole.number.unit) not in AMOUNTS or not _is_plain(whole):
                continue
            for size in range(2, len(sentence) - at):
                parts = sentence[at + 1 : at + 1 + size]
                if all(p.number.unit == whole.number.unit for p in parts) and _sum(parts) == whole.number.value:
                    kind = "两部分与总数" if size == 2 else "正文各项与合计"
                    yield Plant(kind, whole, tuple(parts))
                    plain = [part for part in parts if _is_plain(part)]
                    if plain:
                        yield Plant(kind, plain[-1], (whole,))
                    break


def _sum(figures: Sequence[Figure]) -> Decimal:
    return sum((figure.number.value for figure in figures), Decimal(0))


def _complements(figures: Sequence[Figure]) -> Iterator[Plant]:
    for sentence in _sentences(figures):
        for one, other in pairwise(f for f in sentence if unit_class(f.number.unit) == "percent"):
            if one.number.value + other.number.value == 100 and _is_plain(other):
                yield Plant("两占比与100%", other, (one,))


def _text_shares(figures: Sequence[Figure]) -> Iterator[Plant]:
    for sentence in _sentences(figures):
        for part, share in pairwise(sentence):
            if (
                unit_class(share.number.unit) == "percent"
                and unit_class(part.number.unit) in AMOUNTS
                and _is_plain(share)
            ):
                wholes = [f for f in sentence if f.start < part.start and f.number.unit == part.number.unit]
                if any(_is_share(share, part, whole) for whole in wholes):
                    yield Plant("正文占比", share, (part,))


def _is_share(share: Figure, part: Figure, whole: Figure) -> bool:
    return (
        whole.number.value > part.number.value > 0
        and _rounded(part.number.value * 100 / whole.number.value, share) == share.number.value
    )


def _rounded(value: Decimal, like: Figure) -> Decimal:
    return value.quantize(Decimal(1).scaleb(min(0, int(like.number.value.as_tuple().exponent))), ROUND_HALF_UP)


def _changes(figures: Sequence[Figure]) -> Iterator[Plant]:
    for sentence in _sentences(figures):
        for at, change in enumerate(sentence):
            before = sentence[max(0, at - 4) : at]
            pairs = [(a, b) for a in before for b in before if a is not b and a.number.unit == b.number.unit]
            found = next((p for p in pairs if _change_kind(change, *p)), None)
            if found and (kind := _change_kind(change, *found)):
                yield Plant(kind, change, found)


def _change_kind(change: Figure, one: Figure, other: Figure) -> str:
    """Which kind of change between two figures a third is, `` where it is none."""
    kind, of = unit_class(change.number.unit), unit_class(one.number.unit)
    gap = abs(one.number.value - other.number.value)
    if kind == "points":
        return "百分点差" if of == "percent" and gap == change.number.value else ""
    if of not in AMOUNTS or not other.number.value or not re.search("增|减|升|降|多|少", change.before[-10:]):
        return ""
    if kind == "percent":
        growth = _rounded(gap * 100 / other.number.value, change)
        return "增长率" if _is_plain(change) and growth == change.number.value else ""
    same = one.number.unit == change.number.unit and gap == change.number.value
    return "增减量" if same and _digits(change) > 1 else ""


def _quotients(figures: Sequence[Figure]) -> Iterator[Plant]:
    for sentence in _sentences(figures):
        for at, result in enumerate(sentence):
            if not _is_plain(result) or unit_class(result.number.unit) in ("percent", "points", "visits"):
                continue
            before = [f for f in sentence[max(0, at - 6) : at] if unit_class(f.number.unit) in AMOUNTS]
            for one, other in ((a, b) for a in before for b in before if a is not b and b.number.value > 1):
                scale = Decimal(10000) if "万" in one.number.unit and "万" not in result.number.unit else Decimal(1)
                if _rounded(one.number.value * scale / other.number.value, result) == result.number.value:
                    yield Plant("比值与平均", result, (one, other))
                    break


def _units(figures: Sequence[Figure]) -> Iterator[Plant]:
    for plant in (*_repeated(figures, False, False, ""), *_repeated(figures, False, True, "")):
        if plant.figure.number.unit == "万元" and "万元" in plant.figure.number.text:
            yield replace(plant, kind="元与万元")


def _table_relations(figures: Sequence[Figure]) -> Iterator[Plant]:
    tables: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.is_cell and figure.row and figure.number.text.strip() == figure.row.printed[figure.column].strip():
            tables[figure.passage.id].append(figure)
    for cells in tables.values():
        yield from _column_sums(cells)
        rows: dict[int, list[Figure]] = defaultdict(list)
        for cell in cells:
            rows[cell.quote_start].append(cell)
        for row in rows.values():
            total = next((f for f in row if re.search("合计|总计|小计", f.before)), None)
            parts = [f for f in row if total and f is not total and f.number.unit == total.number.unit]
            if total and len(parts) > 1 and _digits(total) > 1 and _sum(parts) == total.number.value:
                yield Plant("表的行合计", total, tuple(parts))
            wholes = [f for f in cells if f.is_total and unit_class(f.number.unit) in (*AMOUNTS, "bare")]
            for part, share in pairwise(row):
                of = [*(w for w in wholes if w.column == part.column), *(w for w in row if w is not part)]
                is_share = unit_class(share.number.unit) == "percent" and any(_is_share(share, part, w) for w in of)
                if is_share and _is_plain(share):
                    yield Plant("表中占比", share, (part,))


def _column_sums(cells: Sequence[Figure]) -> Iterator[Plant]:
    columns: dict[int, list[Figure]] = defaultdict(list)
    for cell in cells:
        columns[cell.column].append(cell)
    for column in columns.values():
        for at, total in enumerate(column):
            parts = [f for f in column[:at] if not f.is_total]
            if total.is_total and len(parts) > 1 and _digits(total) > 1 and _sum(parts) == total.number.value:
                yield Plant("表的列合计", total, tuple(parts))
                yield Plant("表的列合计", max(parts, key=_digits), (total,))


PLANTERS: Sequence[Callable[[Sequence[Figure]], Iterator[Plant]]] = (
    lambda figures: _repeated(figures, False, False, "正文两处"),
    lambda figures: _repeated(figures, False, True, "正文与表"),
    lambda figures: _repeated(figures, True, True, "表与表"),
    _headlines,
    _text_sums,
    _complements,
    _text_shares,
    _changes,
    _quotients,
    _units,
    _table_relations,
)


def figures_to_plants(figures: Sequence[Figure]) -> Iterator[Plant]:
    """Every figure of a report that another bears out, with the kind of contradiction it makes when it is changed."""
    for planter in PLANTERS:
        yield from planter(figures)
