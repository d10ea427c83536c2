"""Rows of tab-separated cells that have slipped under a neighbour's header, put right where that is certain.

Merged cells come out of a PDF as one empty cell too many or too few. The figures of a row tell: where every row ends
in as many figures, they stand under the last labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from rag.language.numbers import cell_number

Cells = list[str]


def righted(rows: Sequence[Cells]) -> list[Cells]:
    """The rows, each with as many cells as the header, and the header once; as they are where that is in doubt."""
    bare = [_without_end([cell.strip() for cell in row]) for row in rows]
    header, body = bare[0], [row for row in bare[1:] if row != bare[0]]
    counts = {_figures_at_end(row) for row in body}
    uneven = any(len(row) != len(header) for row in body)
    if not uneven or len(counts) != 1 or not 0 < (count := counts.pop()) < len(header) or not all(header):
        return list(rows)
    if any(cell_number(cell) for cell in header):
        return list(rows)
    fitted = [_fitted(row[:-count], len(header) - count) for row in body]
    whole = [[*words, *row[-count:]] for words, row in zip(fitted, body, strict=True) if words]
    return [header, *whole] if len(whole) == len(body) else list(rows)


def _without_end(row: Cells) -> Cells:
    """A row without the empty cells at its end."""
    empty = len(list(takewhile(lambda cell: not cell, reversed(row))))
    return row[: len(row) - empty]


def _figures_at_end(row: Cells) -> int:
    return len(list(takewhile(lambda cell: cell_number(cell) is not None, reversed(row))))


def _fitted(words: Cells, width: int) -> Cells:
    """The words of a row in as many cells, the last of them next to the figures; none where it takes more."""
    words = _without_end(words)
    while len(words) > width and "" in words:
        words.remove("")
    return [""] * (width - len(words)) + words if 0 < len(words) <= width else []
