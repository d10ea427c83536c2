"""The rows of a table put together over a page break: a row it has split rejoined, merged cells carried over it.

Where the page leaves open what belongs together, nothing is filled and the table warns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.language.text import join_lines
from rag.structure.tables.headers import figure_columns
from rag.structure.tables.rows import GridRow, going_on, is_figure, with_text

MIN_WITNESSES = 2
"""Rows needed to say that a column is never empty."""

UNSURE_MERGE = "跨页处有单元格为空，不能确定是否属于上一页的合并单元格，未作填补。"
REJOINED = "有一行被分页断开，已接成一行。"

_TOTAL = re.compile(r"(?:合|总|小|共)计")


def appended(
    rows: Sequence[GridRow], further: Sequence[GridRow], header: int, *, open_border: bool
) -> tuple[list[GridRow], list[str]]:
    """Rows with those of the next page, a row split by the break rejoined and merged cells carried over it."""
    if not rows or not further:
        return [*rows, *further], []
    others = [*rows[header:-1], *further[1:]]
    if len(rows) > header and _is_fragment(rows[-1], further[0], others, open_border):
        return _rejoined(rows, further, header), [REJOINED]
    if _is_rest(rows[-1], further[0]):
        return _rejoined(rows, further, header if len(rows) > header else 0), [REJOINED]
    return _carried(rows, further, header) if len(rows) > header else ([*rows, *further], [])


def _never_empty(others: Sequence[GridRow], columns: int) -> set[int]:
    if len(others) < MIN_WITNESSES:
        return set()
    return {column for column in range(columns) if all(row.filled[column] for row in others)}


def _is_fragment(last: GridRow, first: GridRow, others: Sequence[GridRow], open_border: bool) -> bool:
    """Whether a row only goes on with the last one of the page before: together they fill what no row leaves empty."""
    if max(*first.widths, *last.widths, 1) > 1 or not any(first.printed):
        return False
    needed = _never_empty(others, len(first.printed))
    figures = {column for column, yes in enumerate(figure_columns(others)) if yes}
    if any(last.filled[column] and first.printed[column] for column in figures):
        return False
    whole = all(last.filled[column] or first.printed[column] for column in needed)
    if not whole or (last.printed[0] and first.printed[0] and not open_border):
        return False
    lacking = {column for column in needed if not first.printed[column] and first.heights[column] == 1}
    if open_border:
        return bool(lacking) or any(not last.filled[column] for column in needed)
    return bool(lacking & figures) or len(lacking) * 2 > len(needed)


def _is_rest(last: GridRow, first: GridRow) -> bool:
    """Whether a row holds nothing but the rest of cells above whose last line was full, and no figure among them."""
    if first.widths != last.widths or not any(first.printed):
        return False
    goes_on = all(last.full[at] and _goes_on(last.filled[at], text) for at, text in enumerate(first.printed) if text)
    lacking = any(text and not first.filled[at] for at, text in enumerate(last.filled))
    only = sum(map(bool, last.filled)) == sum(map(bool, first.filled)) == 1
    return goes_on and (lacking or only)


def _goes_on(text: str, rest: str) -> bool:
    """Whether words go on in other words: figures are never put together."""
    return not is_figure(text) and not is_figure(rest) and not (text[-1:].isdigit() and rest[:1].isdigit())


def _rejoined(rows: Sequence[GridRow], further: Sequence[GridRow], header: int) -> list[GridRow]:
    """The split row as one, and each merged cell it lies in as one over all rows that cell covers."""
    above, below = list(rows), list(further)
    last, first = rows[-1], further[0]
    for column, text in enumerate(first.printed):
        if first.left[column]:
            continue
        across = range(column, column + first.widths[column])
        anchor = len(rows) - 1 - min(last.above[column], len(rows) - 1 - header)
        whole = join_lines(last.filled[column], text)
        above[anchor] = with_text(above[anchor], column, join_lines(above[anchor].printed[column], text), printed=True)
        reach = min(first.heights[column], len(further))
        for place in across:
            above[anchor:] = [with_text(row, place, whole) for row in above[anchor:]]
            below[:reach] = [with_text(row, place, whole) for row in below[:reach]]
            below[1:reach] = [going_on(row, place, at) for at, row in enumerate(below[1:reach], len(rows) - anchor)]
    above[-1] = replace(above[-1], full=further[0].full)
    return above + below[1:]


def _carried(rows: Sequence[GridRow], further: Sequence[GridRow], header: int) -> tuple[list[GridRow], list[str]]:
    """Merged cells that go on over the break, told by their span and by a column that is never empty otherwise, or by
    words that had no room above."""
    above, below = list(rows), list(further)
    last, first = rows[-1], further[0]
    doubts = []
    for column in range(len(first.printed)):
        reach_up = min(last.above[column] + 1, len(rows) - header)
        reach_down = min(first.heights[column], len(further))
        merged, wide = max(reach_up, reach_down) > 1, max(first.widths[column], last.widths[column]) > 1
        text, rest = last.filled[column], first.filled[column]
        if text and rest:
            if merged and not wide and last.full[column] and _goes_on(text, rest) and text != rest:
                doubts.append(REJOINED)
                above, below = _one_cell(above, below, column, (reach_up, reach_down), text, rest)
            continue
        others = [*rows[header : len(rows) - reach_up], *further[reach_down:]]
        if not (text or rest) or column not in _never_empty(others, column + 1):
            continue
        if not merged or wide:
            doubts.append(UNSURE_MERGE)
        else:
            above, below = _one_cell(above, below, column, (reach_up, reach_down), text, rest)
    return above + below, doubts


def _one_cell(
    above: list[GridRow], below: list[GridRow], column: int, reach: tuple[int, int], text: str, rest: str
) -> tuple[list[GridRow], list[GridRow]]:
    """The rows with one cell over the break in a column: what is printed of it below goes to where it begins."""
    up, down = reach
    whole = join_lines(text, rest)
    above[-up:] = [with_text(row, column, whole) for row in above[-up:]]
    below[:down] = [going_on(with_text(row, column, whole), column, up + at) for at, row in enumerate(below[:down])]
    if text and rest:
        above[-up] = with_text(above[-up], column, whole, printed=True)
        below[0] = with_text(below[0], column, "", printed=True)
    return above, below


def filled_down(rows: Sequence[GridRow], header: int) -> list[GridRow]:
    """Rows of a text file's table with the leading category told for each row below it that leaves it empty.

    Only where each category is printed once, at the first of its rows, and every row is otherwise complete.
    """
    body = list(rows[header:])
    if len(body) < MIN_WITNESSES + 1 or any(height > 1 for row in rows for height in row.heights):
        return list(rows)
    column = 1 if figure_columns(body)[0] and all(row.filled[0] for row in body) else 0
    texts = [row.filled[column] for row in body] if column < len(body[0].filled) - 1 else []
    named = [text for text in texts if text]
    if not named or not texts[0] or len(named) == len(texts) or len(set(named)) < len(named):
        return list(rows)
    always = [
        other for other in range(len(body[0].filled)) if other != column and all(row.filled[other] for row in body)
    ]
    totals = any(_TOTAL.search("".join(row.filled)) for row, text in zip(body, texts, strict=True) if not text)
    if len(always) * 2 < len(body[0].filled) - 1 or totals or any(map(is_figure, named)):
        return list(rows)
    current, out = "", list(rows[:header])
    for row, text in zip(body, texts, strict=True):
        current = text or current
        out.append(with_text(row, column, current))
    return out
