"""The computations a model asks for, done in code over the figures it was given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rag.answering.with_model.plaintext import as_characters
from rag.answering.with_model.prompting import AnswerPrompt
from rag.answering.with_model.replies import Request
from rag.arithmetic.expressions import evaluate
from rag.arithmetic.quantities import ComputeError, Operand
from rag.figures.citing import Citations
from rag.language.numbers import find_numbers, unit_class
from rag.language.text import matching_key
from rag.records import Computation, Figure, Passage, Table, TableRow
from rag.structure.tables.joining import row_text

MIN_DISTINCT = 2
"""Different figures a computation needs: of one alone nothing is computed that is not printed."""
MAX_WORD = 30
DEFAULT_COUNTER = "条"
_ID = re.compile(r"[A-Za-z]\d{1,4}")
_LITERAL = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:\.\d+)?")
_COUNT = re.compile(
    r"\s*COUNT\s*[(（]\s*(?P<passage>P\d{1,3})\s*(?:[,，]\s*(?P<word>[^()（）]+?)\s*)?[)）]\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Computed:
    """A result, the ids of the figures it is made of, and the citations that follow it in an answer."""

    computation: Computation
    operands: tuple[str, ...]
    markers: tuple[int, ...]


def request_to_computed(request: Request, prompt: AnswerPrompt, citations: Citations) -> Computed:
    """The result a model asks for; its operands are cited. Raises ComputeError where it cannot be, and cites nothing."""
    taken = len(citations.items)
    try:
        if match := _COUNT.fullmatch(request.expression):
            return _counted(match["passage"].upper(), match["word"] or "", request.unit, prompt, citations)
        return _evaluated(request, prompt, citations)
    except ComputeError:
        del citations.items[taken:]
        raise


def _evaluated(request: Request, prompt: AnswerPrompt, citations: Citations) -> Computed:
    expression = request.expression.upper().replace("X", "*")
    uses = _ID.findall(expression)
    _check_literals(expression, len(uses))
    figures = {name: prompt.figures[name] for name in dict.fromkeys(uses) if name in prompt.figures}
    if len({(f.number.value, f.number.unit, f.passage.id, f.start) for f in figures.values()}) < MIN_DISTINCT:
        raise ComputeError("至少要引用两个不同的数字")
    operands = {name: Operand(figure.number, citations.cite(figure), figure.id) for name, figure in figures.items()}
    result = _in_unit(evaluate(expression, operands), request.unit, figures)
    return Computed(result, tuple(figures), result.citations)


def _check_literals(expression: str, count: int) -> None:
    """Only 100, for a percentage, and the number of figures, for a mean: any other constant is the model's own."""
    for literal in _LITERAL.findall(expression):
        if literal not in ("100", str(count)):
            raise ComputeError(f"算式里的常数 {literal} 不是报告中的数字")


def _in_unit(result: Computation, unit: str, figures: Mapping[str, Figure]) -> Computation:
    """元/人 given as 元 per person, and 倍 of people among things as so many people each; no other unit is changed."""
    number = next(iter(find_numbers(result.text)), None)
    if not unit or number is None or number.unit == unit:
        return result
    each = number.unit.startswith(f"{unit}/")
    among = number.unit == "倍" and unit_class(unit) == "count" and any(f.number.unit == unit for f in figures.values())
    if not each and not among:
        return result
    ending = number.unit
    return replace(
        result,
        text=result.text.removesuffix(ending) + unit,
        formula=result.formula.removesuffix(ending) + unit,
    )


def _counted(identity: str, word: str, unit: str, prompt: AnswerPrompt, citations: Citations) -> Computed:
    """How many rows of a table hold a word, or without one how many it has; only of a table that is given whole."""
    passage = prompt.passages.get(identity)
    table = prompt.tables.get(passage.table_id or "") if passage else None
    if passage is None or table is None:
        raise ComputeError(f"{identity} 不是一张表")
    rows = body_rows(passage, table)
    if len(rows) < len(table.rows) - table.header_rows - 1:
        raise ComputeError(f"{identity} 没有给全这张表，数不出来")
    key = matching_key(word)
    held = [span for row, span in rows if any(key in matching_key(cell) for cell in row.filled)]
    if not held or len(word) > MAX_WORD or find_numbers(unit):
        raise ComputeError(f"表里没有写着“{word[:MAX_WORD]}”的行")
    counter = unit if unit_class(unit) == "count" else DEFAULT_COUNTER
    cited = tuple(citations.cite_span(passage, start, end) for start, end in held)
    text = f"{len(held)}{counter}"
    rows_meant = f"含“{as_characters(word)}”的行" if word else "表中各行（合计除外）"
    computation = Computation(text, f"{rows_meant}计数 = {text}", cited)
    return Computed(computation, (), tuple(dict.fromkeys((cited[0], cited[-1]))))


def body_rows(passage: Passage, table: Table) -> list[tuple[TableRow, tuple[int, int]]]:
    """Body rows that a passage holds, with their spans; totals aside."""
    found = []
    at = 0
    for row in table.rows[table.header_rows :]:
        line = row_text(row)
        start = passage.text.find(line, at)
        if start < 0 or not line:
            continue
        at = start + len(line)
        if not any(cell.startswith(("合计", "总计", "小计")) for cell in row.filled if cell):
            found.append((row, (start, at)))
    return found
