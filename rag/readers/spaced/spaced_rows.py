"""Rows and header of a table whose cells are parted by single spaces, its wrapped cells by line ends.

A row is an ordinal where the table has them, words, a run of figures as long as in every other row, and perhaps more
words. What stands in it beyond that, or short of it, means that there is no table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.language.numbers import cell_number, unit_in_header
from rag.language.table_lines import label_ending
from rag.language.text import join_lines

MAX_ORDINAL_STEP = 3
"""By how much the ordinals of two rows that follow each other differ at most: reports skip numbers."""

_HAN = "[\u3400-\u9fff]"
_ORDINAL = re.compile(r"[（(]?(\d{1,3})[)）.．、]?")
_SLASHED = re.compile(r"\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?)+")
_NAMED_YEAR = re.compile(r"(?:19|20)\d\d(?:年|学年|届|级)")
_BARE_YEAR = re.compile(r"(?:19|20)\d\d")
_BLANK = re.compile(r"[-—–－/\\]{1,3}")
_TOTAL = re.compile(r"(?:合|总|小|共)计|总数$|平均$")
_UNIT_BRACKET = re.compile(r"[（(][^（）()]{1,10}[)）]")
_NO_LABEL = re.compile(r"[^序]|[（(][^（）()]{1,10}[)）]")
"""What is only the end of a label."""
_AMOUNT = re.compile(
    r"(?:数|量|率|比例|占比|比重|百分比|金额|总额|额|值|面积|得分|分数|评分|均分|[合总小共]计|收入|支出|经费|投入|[学课]时|人次|人日"
    r"|[师费]比|(?<!年)度|数据|薪酬?|资产)(?:[（(][^（）()]*[)）])?$|^(?:19|20)\d\d(?:\s*[-—–]\s*\d+)?\s*(?:学年|年度|年|届|级).{0,6}$|^(?:19|20)\d\d$"
)
"""How the label of a column of figures ends, or a year it is for."""
_ORDINAL_LABEL = re.compile(r"^(?:序号?|编号|号|No\.?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line between spaces."""

    text: str
    line: int
    """Index of its line."""

    @property
    def is_value(self) -> bool:
        """Whether it is a figure, or the dash that stands for none."""
        digits = any(character.isdigit() for character in self.text)
        plain = digits and (cell_number(self.text) is not None or bool(_SLASHED.fullmatch(self.text)))
        plain = plain and not _NAMED_YEAR.match(self.text)
        return plain or bool(_BLANK.fullmatch(self.text))

    @property
    def is_year(self) -> bool:
        """Whether it may be the year a column is for."""
        return bool(_BARE_YEAR.fullmatch(self.text))


@dataclass(frozen=True, slots=True)
class Label:
    """A column's label."""

    text: str
    is_amount: bool


@dataclass(slots=True)
class SpacedRow:
    """A row as it is put together."""

    ordinal: Piece | None = None
    words: list[Piece] = field(default_factory=list)
    values: list[Piece] = field(default_factory=list)
    trailing: list[Piece] = field(default_factory=list)

    @property
    def last_line(self) -> int:
        """Index of its last line."""
        ordinal = [self.ordinal] if self.ordinal else []
        return max(piece.line for piece in (*ordinal, *self.words, *self.values, *self.trailing))

    def is_whole(self, count: int) -> bool:
        """Whether it has words and `count` figures, or is numbered and empty."""
        return (bool(self.words) and len(self.values) == count) or not (self.words or self.values)


def joined(pieces: Sequence[Piece]) -> str:
    """Words of one cell: a space where one stood, nothing where the line ended."""
    text = ""
    for at, piece in enumerate(pieces):
        same_line = at and pieces[at - 1].line == piece.line
        text = f"{text} {piece.text}" if same_line else join_lines(text, piece.text)
    return text


def ordinal_of(piece: Piece) -> int | None:
    """The number a row may begin with."""
    match = _ORDINAL.fullmatch(piece.text)
    return int(match[1]) if match else None


def is_total(piece: Piece) -> bool:
    """Whether a row that begins so is a total, which needs no ordinal."""
    return bool(_TOTAL.match(piece.text))


def header_labels(pieces: Sequence[Piece]) -> tuple[Label, ...]:
    """The labels of a header: parted at every space; at a line's end only where the words so far end like a label."""
    labels: list[Label] = []
    open_label = False
    for at, piece in enumerate(pieces):
        new_line = at > 0 and pieces[at - 1].line != piece.line
        goes_on = new_line and labels and (open_label or _NO_LABEL.fullmatch(piece.text))
        text = labels.pop().text + piece.text if goes_on else piece.text
        amount = bool(_AMOUNT.search(text)) or bool(_UNIT_BRACKET.search(text) and unit_in_header(text))
        labels.append(Label(text, amount and not _ORDINAL_LABEL.match(text)))
        open_label = not amount and not label_ending(text)
    return tuple(labels)


def is_ordinal_label(label: Label) -> bool:
    """Whether a column holds the numbers of its rows."""
    return bool(_ORDINAL_LABEL.match(label.text))


def numbered_rows(lines: Sequence[Sequence[Piece]], count: int, first: int) -> tuple[SpacedRow, ...]:
    """The rows, `count` figures each, of lines that begin with the ordinal `first`; none where one is not like that.

    A total at the end may have no ordinal; one with other figures than the rows, and all behind it, is left out.
    """
    rows: list[SpacedRow] = []
    last = first - 1
    for pieces in lines:
        number = ordinal_of(pieces[0])
        row = rows[-1] if rows else None
        done = row is None or row.is_whole(count)
        if number is not None and done and last < number <= last + MAX_ORDINAL_STEP and (row or number == first):
            rows.append(SpacedRow(pieces[0]))
            pieces, last = pieces[1:], number
        elif row is None:
            return ()
        elif done and is_total(pieces[0]):
            if sum(piece.is_value for piece in pieces) != count:
                break
            rows.append(SpacedRow())
        if not all(_take(rows[-1], piece, count) for piece in pieces):
            return ()
    return _trimmed(rows) if rows and rows[-1].values and all(row.is_whole(count) for row in rows) else ()


def unnumbered_rows(lines: Sequence[Sequence[Piece]], count: int) -> tuple[SpacedRow, ...]:
    """The rows, words and then `count` figures that end their line, of lines; none where one is not like that."""
    rows = [SpacedRow()]
    for pieces in lines:
        if len(rows[-1].values) == count:
            rows.append(SpacedRow())
        if not all(_take(rows[-1], piece, count) for piece in pieces) or rows[-1].trailing:
            return ()
    if not rows[-1].values:
        rows.pop()
    return tuple(rows) if all(row.values and row.is_whole(count) for row in rows) else ()


def _take(row: SpacedRow, piece: Piece, count: int) -> bool:
    """Put a piece into a row; whether it has a place there."""
    if piece.is_value and len(row.values) < count and row.words:
        row.values.append(piece)
    elif piece.is_value:
        return False
    elif not row.values:
        row.words.append(piece)
    elif len(row.values) == count:
        row.trailing.append(piece)
    else:
        return False
    return True


def _trimmed(rows: Sequence[SpacedRow]) -> tuple[SpacedRow, ...]:
    """The rows without what follows the last one: lines that no other row goes on with behind its figures."""
    usual = max((len(row.trailing) for row in rows[:-1]), default=0)
    last = rows[-1]
    ends = last.values[-1].line
    kept = last.trailing if len(last.trailing) <= usual else [p for p in last.trailing if p.line == ends]
    return (*rows[:-1], replace(last, trailing=kept))
