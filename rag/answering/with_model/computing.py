"""The computations a model asks for, done in code over the figures it was given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.answering.with_model.columns import is_whole, rank_of, written_out
from rag.answering.with_model.plaintext import as_characters
from rag.answering.with_model.prompting import AnswerPrompt
from rag.answering.with_model.replies import FIGURE_ID, Request
from rag.arithmetic.expressions import evaluate
from rag.arithmetic.quantities import ASKERS, ComputeError, Operand
from rag.figures.citing import Citations, written
from rag.language.numbers import find_numbers, format_decimal, unit_class
from rag.language.text import matching_key
from rag.records import Computation, Figure, Number, Passage, Table, TableRow
from rag.structure.tables.joining import row_text

MIN_DISTINCT = 2
"""Different figures a computation needs: of one alone nothing is computed that is not printed."""
MAX_WORD = 30
DEFAULT_COUNTER = "条"
MANY = 6
"""Operands from which on a formula and its citations are shortened."""
MAX_MARKERS = 4
_ID = re.compile(FIGURE_ID, re.IGNORECASE)
_LITERAL = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:\.\d+)?")
_COUNT = re.compile(
    r"\s*COUNT\s*[(（]\s*(?P<passage>P\d{1,3})\s*(?:[,，]\s*(?P<word>[^()（）]+?)\s*)?[)）]\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Computed:
    """A result, the ids of the figures it is made of, and the citations that follow it in an answer."""

    computation: Computation
    operands: tuple[str, ...]
    """Those that the model named one by one."""
    markers: tuple[int, ...]
    figures: tuple[str, ...] = ()
    """All of them."""


def request_to_computed(request: Request, prompt: AnswerPrompt, citations: Citations) -> Computed:
    """The result a model asks for; its operands are cited. Raises ComputeError where it cannot be, and cites nothing."""
    taken = len(citations.items)
    try:
        if match := _COUNT.fullmatch(request.expression):
            return _counted(match["passage"].upper(), match["word"] or "", request.unit, prompt, citations)
        if ranked := rank_of(request.expression, prompt):
            return _ranked(*ranked, request.expression, citations)
        return _evaluated(request, prompt, citations)
    except ComputeError:
        del citations.items[taken:]
        raise


def _evaluated(request: Request, prompt: AnswerPrompt, citations: Citations) -> Computed:
    asked = request.expression.upper()
    expression = written_out(asked, prompt).replace("X", "*")
    expression = _with_constants(expression, prompt.constants)
    uses = _ID.findall(expression)
    _check_literals(expression, len(uses))
    figures = {name: prompt.figures[name] for name in dict.fromkeys(uses) if name in prompt.figures}
    constants = {name: number for name, number in prompt.constants.items() if re.search(rf"\b{name}\b", expression)}
    is_picked = len(figures) == 1 and asked != expression
    different = {(f.number.value, f.number.unit, f.passage.id, f.start) for f in figures.values()}
    if not is_picked and len(different) + len(constants) < MIN_DISTINCT:
        raise ComputeError("至少要引用两个不同的数字")
    cited = _cited(figures, citations)
    operands = {name: Operand(figure.number, cited[name], figure.id) for name, figure in figures.items()}
    operands |= {name: Operand(number, ASKERS) for name, number in constants.items()}
    result = _in_unit(evaluate(expression, operands), request.unit, figures)
    if is_picked:
        result = _as_picked(result, next(iter(figures.values())), request.expression)
    own = tuple(name for name in figures if re.search(rf"\b{name}\b", asked))
    markers = tuple(dict.fromkeys(result.citations))[:MAX_MARKERS]
    return Computed(_shortened(result, operands), own, markers, tuple(figures))


def _cited(figures: Mapping[str, Figure], citations: Citations) -> dict[str, int]:
    """The citation of each operand: its row or sentence; of many cells of one table the rows from the first to the last."""
    cells = [figure for figure in figures.values() if figure.is_cell]
    passages = {figure.passage.id for figure in cells}
    if len(cells) < MANY or len(cells) != len(figures) or len(passages) > 1:
        return {name: citations.cite(figure) for name, figure in figures.items()}
    start, end = min(f.quote_start for f in cells), max(f.quote_end for f in cells)
    number = citations.cite_span(cells[0].passage, start, end)
    return dict.fromkeys(figures, number)


def _with_constants(expression: str, constants: Mapping[str, Number]) -> str:
    """The expression with the ids of the asker's numbers in place of those numbers, where they are written out."""
    values = {format_decimal(number.value): name for name, number in constants.items()}
    return _LITERAL.sub(lambda match: values.get(match[0], match[0]), expression)


def _shortened(result: Computation, operands: Mapping[str, Operand]) -> Computation:
    """The result with a formula that a reader can read: of many operands of one sum the first two and the last."""
    if len(operands) < MANY:
        return result
    parts = result.formula.split(" + ")
    if len(parts) < MANY:
        return result
    return replace(result, formula=f"{' + '.join(parts[:2])} + …（共 {len(parts)} 项）… + {parts[-1]}")


def _as_picked(result: Computation, figure: Figure, expression: str) -> Computation:
    """The greatest or smallest of a column, with its name."""
    text = written(figure)
    name = " ".join(filter(None, (figure.near.strip(), figure.before)))
    kind = "最小" if expression.strip().upper().startswith("MIN") else "最大"
    return replace(result, text=text, formula=f"这一列中{kind}的是{name}：{text}[{result.citations[0]}] = {text}")


def _ranked(
    place: int, figure: Figure, column: Sequence[Figure], is_ascending: bool, expression: str, citations: Citations
) -> Computed:
    order = "从小到大" if is_ascending else "从大到小"
    n = citations.cite(figure)
    text = f"第{place}"
    formula = f"{written(figure)}[{n}] 在这一列 {len(column)} 个数字里{order}排 = {text}"
    computation = Computation(text, formula, (n,), (figure.id,), Decimal(place))
    names = tuple(name.upper() for name in _ID.findall(expression)[:1])
    return Computed(computation, names, (n,), names)


def _check_literals(expression: str, count: int) -> None:
    """Only 100, for a percentage, and the number of figures, for a mean: any other constant is the model's own."""
    for literal in _LITERAL.findall(expression):
        if literal not in ("100", str(count)):
            raise ComputeError(f"算式里的常数 {literal} 既不是报告中的数字，也不是问题里给的")


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
    if not is_whole(passage, prompt):
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
