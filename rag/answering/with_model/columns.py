"""Functions over table columns in a model's expressions, written out as sums of figures or as one figure, or answered.

`SUM(P1.B)` becomes `(F3B + F4B + F5B)`, `AVERAGE(P1.B)` that over 3, `MAX(P1.B)` the greatest of them by its id; rows of
totals are left out, and with a word only the rows that hold it are taken. Lists of ids are taken likewise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from rag.answering.with_model.numbering import letter
from rag.answering.with_model.prompting import AnswerPrompt
from rag.answering.with_model.replies import FIGURE_ID
from rag.arithmetic.quantities import ComputeError
from rag.figures.extraction import passage_rows
from rag.language.text import matching_key
from rag.records import Figure, Passage

_COLUMN = re.compile(
    r"(?P<passage>P\d{1,3})\s*[.．·]\s*(?P<letter>[A-Z]{1,2})(?:\s*[,，、]\s*(?P<word>[^()（）]+))?", re.I
)
_CALL = re.compile(r"\b(?P<name>SUM|AVERAGE|AVG|MAX|MIN)\s*[(（](?P<inside>[^()（）]*)[)）]", re.IGNORECASE)
_RANK = re.compile(
    rf"\s*RANK\s*[(（]\s*(?P<id>{FIGURE_ID})\s*(?:[,，]\s*(?P<order>[^()（）]*?)\s*)?[)）]\s*", re.IGNORECASE
)
_ASCENDING = re.compile(r"小|升|asc|低|少", re.IGNORECASE)
_EACH_ID = re.compile(FIGURE_ID)


def written_out(expression: str, prompt: AnswerPrompt) -> str:
    """The expression with its functions over columns written out. Raises ComputeError where a column cannot be had."""
    return _CALL.sub(lambda call: _call(call["name"].upper(), call["inside"], prompt), expression)


def rank_of(expression: str, prompt: AnswerPrompt) -> tuple[int, Figure, Sequence[Figure], bool] | None:
    """`RANK(F7B)`: its place, itself, the figures of its column, and whether the smallest is first; None if it is none."""
    match = _RANK.fullmatch(expression)
    if match is None:
        return None
    figure = prompt.figures.get(match["id"].upper())
    if figure is None or not figure.is_cell:
        raise ComputeError(f"{match['id']} 不是表格里的数字")
    is_ascending = bool(match["order"] and _ASCENDING.search(match["order"]))
    names = _column(figure.passage, figure.column, "", prompt)
    others = [prompt.figures[name] for name in names]
    ahead = (f.number.value < figure.number.value for f in others)
    if not is_ascending:
        ahead = (f.number.value > figure.number.value for f in others)
    return sum(ahead) + 1, figure, others, is_ascending


def is_whole(passage: Passage, prompt: AnswerPrompt) -> bool:
    """Whether a passage holds every body row of its table."""
    table = prompt.tables.get(passage.table_id or "")
    return table is not None and sum(1 for _ in passage_rows(passage, table)) >= len(table.rows) - table.header_rows


def _call(name: str, inside: str, prompt: AnswerPrompt) -> str:
    names = _inside(inside, prompt)
    if name in ("MAX", "MIN"):
        pick = max if name == "MAX" else min
        return pick(names, key=lambda identity: _value(prompt.figures[identity]))
    joined = f"({' + '.join(names)})"
    return joined if name == "SUM" else f"({joined} / {len(names)})"


def _inside(inside: str, prompt: AnswerPrompt) -> list[str]:
    """The ids that the arguments of a function stand for."""
    if match := _COLUMN.fullmatch(inside.strip()):
        passage = prompt.passages.get(match["passage"].upper())
        columns = {letter(f.column): f.column for f in prompt.figures.values() if f.is_cell and f.passage is passage}
        if passage is None or match["letter"].upper() not in columns:
            raise ComputeError(f"{inside.strip()} 不是一列数字")
        return _column(passage, columns[match["letter"].upper()], match["word"] or "", prompt)
    names = [name.upper() for name in _EACH_ID.findall(inside)]
    if not names or _EACH_ID.sub("", inside).strip(" ,，、") or not set(names) <= set(prompt.figures):
        raise ComputeError(f"{inside.strip()[:40]} 不是一列数字")
    return names


def _column(passage: Passage, column: int, word: str, prompt: AnswerPrompt) -> list[str]:
    """The ids of a column's figures, totals aside, of the rows that hold a word. Raises ComputeError for half a table."""
    if not is_whole(passage, prompt):
        raise ComputeError("这张表没有给全，整列算不出来；可以在 search 里写它的段落编号")
    key = matching_key(word)
    names = {
        figure.id: name
        for name, figure in prompt.figures.items()
        if figure.passage is passage and figure.column == column and figure.is_cell and not figure.is_total
        if figure.row and any(key in matching_key(cell) for cell in figure.row.filled)
    }
    if not names:
        raise ComputeError(f"这一列没有{f'写着“{word[:30]}”的' if word else ''}数字")
    return list(names.values())


def _value(figure: Figure) -> Decimal:
    return figure.number.value
