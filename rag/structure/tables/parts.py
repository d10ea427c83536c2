"""A table's rows parted where another table begins under them, each part with the titles and notes printed in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.language.table_lines import is_frame_line, is_note, is_unit_line, unit_of
from rag.structure.tables.headers import MAX_LABEL, count_header_rows, is_title, names_columns
from rag.structure.tables.rows import GridRow, is_single, without_hidden_columns


@dataclass(frozen=True, slots=True)
class Part:
    """Rows with one header, and what takes whole rows above and below them."""

    rows: tuple[GridRow, ...]
    title: str = ""
    unit: str = ""
    lines: tuple[str, ...] = ()
    """The rows taken off above the header, as printed, the title's included."""
    note: str = ""


def rows_to_parts(rows: Sequence[GridRow], *, told: int, captioned: bool, starts: Sequence[int] = ()) -> list[Part]:
    """The parts of a table in order. The title in the first row of a table that has a caption stays there.

    `starts` are rows that another part is known to begin with.
    """
    cuts = sorted({0, *_cuts(rows), *starts, len(rows)})
    return [
        _part(rows[start:end], told=told if start == 0 else 0, with_title=start > 0 or not captioned)
        for start, end in pairwise(cuts)
    ]


def _cuts(rows: Sequence[GridRow]) -> list[int]:
    """Where a title with a header of its own, or a header alone, stands between rows."""
    titles = [at for at, row in enumerate(rows) if is_title(row)]
    firsts = [at for at in titles if at == 0 or not (is_title(rows[at - 1]) or rows[at].above[0])]
    ends = dict(pairwise([*firsts, len(rows)]))
    found: list[int] = []
    for at in range(1, len(rows) - 1):
        if found and at - found[-1] < 2:
            continue
        if names_columns(rows, at) or (at in ends and count_header_rows(rows[at : ends[at]], by_words=False) > 1):
            found.append(at)
    return found


def _part(rows: Sequence[GridRow], *, told: int, with_title: bool) -> Part:
    body = list(rows)
    notes: list[str] = []
    while len(body) > 1 and _is_note_row(body[-1]):
        notes.insert(0, body.pop().printed[0])
    lines: list[str] = []
    titles: list[str] = []
    units: list[str] = []
    while len(body) > 1 and with_title and (texts := _frame(body[0], body[1:], told)):
        lines.append("\t".join(texts))
        units += [unit for text in texts if (unit := unit_of(text))]
        titles += [text for text in texts if not is_frame_line(text)]
        body.pop(0)
        while len(body) > 1 and is_single(body[0]) and body[0].above[0]:
            body.pop(0)
    return Part(
        without_hidden_columns(body),
        " ".join(titles),
        next(iter(units), ""),
        tuple(lines),
        "\n".join(filter(None, notes)),
    )


def _is_note_row(row: GridRow) -> bool:
    text = row.filled[0]
    return is_single(row) and bool(text) and (is_note(text) or (len(text) > MAX_LABEL and "。" in text))


def _frame(row: GridRow, below: Sequence[GridRow], told: int) -> list[str]:
    """The texts of a row that is no part of a table's rows: its title, its unit, whom it is of; else none."""
    texts = [text for text in row.printed if text]
    if texts and all(map(is_frame_line, texts)) and any(map(is_unit_line, texts)):
        return texts
    headed = count_header_rows(below, told=told - 1) > 0 or not any(map(is_title, below))
    return texts if is_title(row) and headed and len(texts) == 1 else []
