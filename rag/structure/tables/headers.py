"""How many leading rows of a table are its header: told by merged cells, by labels over figures, by column numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.language.table_lines import label_ending
from rag.structure.tables.rows import GridRow, is_figure, is_single

MAX_HEADER_DEPTH = 6
MAX_LABEL = 60
"""Characters of a header cell."""
MAX_ALIKE = 0.3
"""Share of cells below a label that may end as it does."""
FIGURE_SHARE = 0.8
"""Share of a column's cells that are figures in a column of figures."""
MIN_NUMBERED = 3
"""Columns numbered from 1 on that make a row of column numbers, where no word says so."""

MIN_UNITS = 3
"""Units of the figures in one column from which on they are of different things."""

_WITH_UNIT = re.compile(r"[\d.,，]+\s*([^\d\s.,，])")
_CLASS = re.compile(
    r"""\d[\d.]*\s*[^\d\s]{0,3}?(?:及|含)?以[上下内外]          # 35岁以下, 60分及以上
    |(?:第)?\d{1,2}\s*(?:[-—–~～至]\s*\d{1,2}\s*)?(?:月份?|季度) # 1-3月
    |\d[\d.]*\s*[-—–~～至]\s*\d[\d.]*\s*\D{0,3}                 # 36-45岁
    """,
    re.VERBOSE,
)
"""Digits that name a class, not an amount."""
_BLANK = re.compile(r"[-—－–/\\\s*]*|无")
_COLUMN_NUMBER = re.compile(r"[（(]?(\d{1,2})[）)]?(?:\s*[=＝]\s*[-+－＋×÷*/\d()（）\s]+)?")
_UNNUMBERED = re.compile(r"栏\s*次|行\s*次|栏\s*目|类|款|项|[甲乙丙丁]|合计|")
"""What a row of column numbers holds beside them."""


def count_header_rows(rows: Sequence[GridRow], *, told: int = 0, by_words: bool = True) -> int:
    """How many leading rows are a header, 0 for a table of labels and values; in doubt 0.

    `told` is how many the format marks as such; without `by_words` neither wording nor an empty corner is enough.
    """
    if blank := _blank_row(rows):
        count = count_header_rows([*rows[:blank], *rows[blank + 1 :]], told=told, by_words=by_words)
        return count + (count > blank)
    titles = 0
    while titles < len(rows) - 2 and is_title(rows[titles]):
        titles += 1
    depth = _depth(rows[titles:])
    head, body = rows[titles : titles + depth], rows[titles + depth :]
    if not head or not body or not all(map(_is_labels, head)):
        return 0
    numbered = 1 if len(body) > 1 and numbers_columns(body[0].filled) else 0
    body = [row for row in body[numbered:] if not is_title(row)]
    named = head[-1].filled
    sure = numbered or told > titles or _is_grouped(head)
    sure = sure or any(figures and named[column] for column, figures in enumerate(figure_columns(body)))
    sure = sure or (by_words and (_has_corner(head, body) or _is_worded(named, body)))
    sure = sure and (told > titles or not _begins_with_values(named, body))
    return titles + depth + numbered if sure else 0


def figure_columns(rows: Sequence[GridRow]) -> list[bool]:
    """Whether each column of some rows holds figures and little else."""
    columns = zip(*(row.filled for row in rows), strict=True) if rows else ()
    return [_share([text for text in column if not _BLANK.fullmatch(text)]) >= FIGURE_SHARE for column in columns]


def _share(texts: Sequence[str]) -> float:
    return sum(map(is_figure, texts)) / len(texts) if texts else 0.0


def is_title(row: GridRow) -> bool:
    """Whether one cell of words takes a whole row."""
    return is_single(row) and 0 < len(row.filled[0]) <= MAX_LABEL and not is_figure(row.filled[0])


def is_label(text: str) -> bool:
    """Whether a cell of a header may hold a text: words, a year or a class such as 35岁以下, no amount."""
    return not is_figure(text) or bool(_CLASS.fullmatch(text.strip()))


def numbers_columns(texts: Sequence[str]) -> bool:
    """Whether the cells of a row do nothing but number its columns (栏次 1 2 3)."""
    found = [_COLUMN_NUMBER.fullmatch(text.strip()) for text in texts]
    numbers = [int(match[1]) for match in found if match]
    others = [text.strip() for text, match in zip(texts, found, strict=True) if not match]
    said = any(text.replace(" ", "").startswith("栏") for text in others)
    in_turn = numbers[:1] == [1] and all(below == above + 1 for above, below in pairwise(numbers))
    return in_turn and (said or len(numbers) >= MIN_NUMBERED) and all(map(_UNNUMBERED.fullmatch, others))


def without_column_numbers(texts: Sequence[str]) -> tuple[str, ...]:
    """The cells of a header's row, column numbers and the word 栏次 left out."""
    if not numbers_columns(texts):
        return tuple(texts)
    return tuple("" if _COLUMN_NUMBER.fullmatch(t.strip()) or t.strip().startswith(("栏", "行")) else t for t in texts)


def _blank_row(rows: Sequence[GridRow]) -> int:
    """Index of an empty row that stands amid rows of labels, 0 where there is none."""
    for at in range(1, min(MAX_HEADER_DEPTH, len(rows) - 1)):
        if any(map(is_figure, rows[at - 1].filled)):
            return 0
        if not any(rows[at].printed) and all(rows[at + 1].printed) and _is_labels(rows[at + 1]):
            return at
    return 0


def _depth(rows: Sequence[GridRow]) -> int:
    """Levels a header has if the first of some rows begins one: down to where its merged cells end, and on below
    labels over several columns as long as these are parted; 0 where its cells do not end in time."""
    depth = 1
    while depth < len(rows):
        last, following = rows[depth - 1], rows[depth]
        reaches = any(above + 1 < height for above, height in zip(last.above, last.heights, strict=True))
        if not reaches and not (_parts_labels(last, following) and _is_labels(following)):
            return depth
        if depth == MAX_HEADER_DEPTH:
            return 0
        depth += 1
    return depth


def _parts_labels(upper: GridRow, lower: GridRow) -> bool:
    """Whether a row holds nothing but what stands below the cells of the row above that span columns."""
    beside = any(text for text, width in zip(lower.filled, upper.widths, strict=True) if width == 1)
    parted = any(width > 1 and len(set(texts)) > 1 for width, texts in _spans(upper, lower.filled))
    return parted and not beside and (upper.widths[0] == 1 or all(width > 1 for width in upper.widths))


def _spans(upper: GridRow, texts: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Width of each cell of a row and the texts in its columns."""
    anchors = [column for column, left in enumerate(upper.left) if not left]
    return [(upper.widths[at], list(texts[at : at + upper.widths[at]])) for at in anchors]


def _is_grouped(head: Sequence[GridRow]) -> bool:
    """Whether a label of a header stands over several others."""
    return any(
        width > 1 and len(set(filter(None, texts))) > 1
        for upper, lower in pairwise(head)
        for width, texts in _spans(upper, lower.filled)[1:]
    )


def _has_corner(head: Sequence[GridRow], body: Sequence[GridRow]) -> bool:
    """Whether a header leaves its first column empty that all rows below fill."""
    filled = all(all(row.filled[1:]) and not row.filled[0] for row in head)
    return filled and len(body) > 1 and all(row.filled[0] and not is_figure(row.filled[0]) for row in body)


def names_columns(rows: Sequence[GridRow], at: int) -> bool:
    """Whether a row in the midst of others names their columns anew: labels between figures, its first cell empty."""
    row, columns = rows[at], range(len(rows[at].filled))
    if row.filled[0] or row.above[0] or not rows[at - 1].filled[0] or not rows[at + 1].filled[0] or not _is_labels(row):
        return False
    between = [c for c in columns if is_figure(rows[at - 1].filled[c]) and is_figure(rows[at + 1].filled[c])]
    labels = {row.filled[column] for column in between}
    return len(labels) > 1 and not any(map(_BLANK.fullmatch, labels))


def _is_labels(row: GridRow) -> bool:
    """Whether a row can be part of a header: short labels in nearly all columns, no amount among them."""
    corner = next((at for at, text in enumerate(row.filled) if text), 0)
    texts = row.filled[min(corner, max(1, len(row.filled) // 3)) :]
    short = all(len(text) <= MAX_LABEL for text in texts)
    several = len(set(row.filled)) > 1 or len(row.filled) == 1
    return short and several and texts.count("") <= len(texts) // 3 and all(map(is_label, texts))


def _begins_with_values(labels: Sequence[str], body: Sequence[GridRow]) -> bool:
    """Whether a first row is one of names and values like those below it (举办者 市政府 性质 公办 over 校区数 2个 教职工 748人):
    every second column holds figures of many units, and its first cell neither ends like a label nor names a year.
    """
    values = range(1, len(labels), 2)
    if len(labels) % 2 or any(label_ending(labels[at]) or any(map(str.isdigit, labels[at])) for at in values):
        return False
    units = [{match[1] for row in body if (match := _WITH_UNIT.match(row.filled[at]))} for at in values]
    return bool(units) and all(len(own) >= MIN_UNITS for own in units)


def _is_worded(labels: Sequence[str], body: Sequence[GridRow]) -> bool:
    """Whether most of a row's cells end like labels, and those below them do not end alike."""
    columns = [(label, [row.filled[at] for row in body]) for at, label in enumerate(labels)]
    named = sum(
        bool(ending := label_ending(label))
        and sum(label_ending(text) == ending for text in column) <= MAX_ALIKE * len(column)
        for label, column in columns
    )
    names = [ending for _, column in columns[:1] for text in column if (ending := label_ending(text))]
    beside_values = len(labels) == 2 and len(set(names)) > 1 and len(names) > MAX_ALIKE * len(body)
    return bool(body) and len(labels) > 1 and named * 2 > len(labels) and not beside_values


def shared_header(rows: Sequence[GridRow], further: Sequence[GridRow]) -> int:
    """How many leading rows are printed alike in both: a header repeated on the next page."""
    count = 0
    for one, other in zip(rows, further, strict=False):
        alike = one.key == other.key and any(one.key)
        if not alike or not (all(map(is_label, one.filled)) or numbers_columns(one.filled)):
            break
        count += 1
    return min(count, MAX_HEADER_DEPTH)


def begins_another(rows: Sequence[GridRow], further: Sequence[GridRow]) -> bool:
    """Whether rows on the next page open with a header of their own, unlike the one above."""
    own, known = count_header_rows(further), count_header_rows(rows)
    if not own or not known:
        return False
    above, below = figure_columns(rows[known:]), figure_columns(further[own:])
    label = further[own - 1].filled
    over_figures = any(one and other and text for one, other, text in zip(above, below, label, strict=True))
    return over_figures or (not any(above) and bool(further[0].filled[0]))
