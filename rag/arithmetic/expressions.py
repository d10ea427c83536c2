"""Figures computed from cited ones, in Decimal, with the formula shown; what does not fit together is refused.

Sums and differences are exact. Shares, growth and ratios are given to two decimals, rounded half up, and `≈` says
where the value was rounded or an operand is itself approximate. Money takes the unit of the first operand; `%` less `%`
is 百分点; a share is never divided, averaged or multiplied by a figure; people are not added to things, nor 人 to 人次.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal, localcontext
from functools import reduce

from rag.arithmetic.quantities import (
    HUNDRED_PERCENT,
    PRECISION,
    ComputeError,
    Operand,
    Term,
    bracketed,
    is_negative,
    literal,
    minus,
    operand_to_term,
    over,
    per,
    plus,
    quotient_of_like,
    term_to_computation,
    times,
)
from rag.records import Computation

__all__ = [
    "ComputeError",
    "Operand",
    "average",
    "difference",
    "evaluate",
    "growth",
    "quotient",
    "ratio",
    "share",
    "total",
]

MAX_EXPRESSION_LENGTH = 2_000
"""Characters."""
MAX_DEPTH = 12
"""Parentheses inside parentheses."""

_MARKS = str.maketrans({"−": "-", "–": "-", "×": "*", "÷": "/", "（": "(", "）": ")", "\n": " ", "\t": " "})
_WHOLE = "HUNDRED_PERCENT"
"""How 100% is written for the parser."""
_PERCENT = re.compile(r"(?<![\d.])100[ ]?[%％]", re.ASCII)
_SPELLING = re.compile(r"(?:[A-Za-z]\w{0,15}|[0-9]{1,12}(?:\.[0-9]{1,6})?(?![\w.])|[-+*/() ])+", re.ASCII)
_ADDED: Mapping[type[ast.operator], Callable[[Term, Term], Term]] = {ast.Add: plus, ast.Sub: minus}
_OPERATORS: Mapping[type[ast.operator], Callable[[Term, Term], Term]] = {**_ADDED, ast.Mult: times, ast.Div: over}


def total(operands: Sequence[Operand]) -> Computation:
    """The sum of two or more figures, exact."""
    with localcontext(Context(prec=PRECISION)):
        return term_to_computation(_sum(operands))


def difference(first: Operand, second: Operand) -> Computation:
    """First − second, exact; of two percentages in 百分点."""
    with localcontext(Context(prec=PRECISION)):
        return term_to_computation(minus(operand_to_term(first), operand_to_term(second)))


def share(part: Operand, whole: Operand) -> Computation:
    """Part ÷ whole in %, to two decimals; a part greater than its whole is refused."""
    with localcontext(Context(prec=PRECISION)):
        quotient = quotient_of_like(operand_to_term(part), operand_to_term(whole))
        if not 0 <= quotient.quantity.value <= 1:
            raise ComputeError("部分大于总体或带负号，算不成占比，请核对取数")
        return term_to_computation(times(quotient, HUNDRED_PERCENT))


def ratio(first: Operand, second: Operand) -> Computation:
    """First ÷ second in 倍, to two decimals."""
    with localcontext(Context(prec=PRECISION)):
        return term_to_computation(quotient_of_like(operand_to_term(first), operand_to_term(second)))


def growth(old: Operand, new: Operand) -> Computation:
    """(New − old) ÷ old in %, to two decimals; negative where it fell."""
    with localcontext(Context(prec=PRECISION)):
        base = operand_to_term(old)
        if is_negative(base):
            raise ComputeError("基数是负数，算不出增长率")
        change = bracketed(minus(operand_to_term(new), base))
        return term_to_computation(times(quotient_of_like(change, base), HUNDRED_PERCENT))


def average(operands: Sequence[Operand]) -> Computation:
    """The mean of two or more figures; percentages are refused, for their wholes may differ."""
    with localcontext(Context(prec=PRECISION)):
        return term_to_computation(over(bracketed(_sum(operands)), literal(Decimal(len(operands)))))


def quotient(amount: Operand, among: Operand) -> Computation:
    """How much of the first falls to one of the second: 万元 ÷ 人 = 万元/人."""
    with localcontext(Context(prec=PRECISION)):
        return term_to_computation(per(operand_to_term(amount), operand_to_term(among)))


def evaluate(expression: str, operands: Mapping[str, Operand]) -> Computation:
    """The value of an expression over `operands`: ids, + − × ÷, parentheses, and plain numbers to multiply or divide by.

    A quotient of two like figures is 倍, times 100 it is %. Anything else in the text is refused.
    """
    if len(expression) > MAX_EXPRESSION_LENGTH:
        raise ComputeError(f"算式超过 {MAX_EXPRESSION_LENGTH} 个字符")
    with localcontext(Context(prec=PRECISION)):
        term = _node_to_term(*_parsed(expression), operands)
        if not term.operands:
            raise ComputeError("算式里没有引用报告中的数字")
        return term_to_computation(term)


def _sum(operands: Sequence[Operand]) -> Term:
    if len(operands) < 2:
        raise ComputeError("至少要有两个数字才能合计或平均")
    return reduce(plus, map(operand_to_term, operands))


def _parsed(expression: str) -> tuple[ast.expr, str]:
    """The expression as Python's own parser reads it, and what it read; only names, plain numbers, marks and parentheses may be in it."""
    text = _PERCENT.sub(_WHOLE, expression.translate(_MARKS)).strip()
    if _SPELLING.fullmatch(text) is None or _WHOLE in expression or "True" in text or "False" in text:
        raise ComputeError(f"算式里有不认识的内容：{expression[:60]!r}")
    depth = 0
    for mark in text:
        depth += (mark == "(") - (mark == ")")
        if depth > MAX_DEPTH:
            raise ComputeError("算式的括号嵌套太深")
    try:
        return ast.parse(text, mode="eval").body, text
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ComputeError(f"算式写得不完整：{expression[:60]!r}") from None


def _node_to_term(node: ast.expr, text: str, operands: Mapping[str, Operand]) -> Term:
    """The value of a part of an expression; parts that add are bracketed where the reading asks for it."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            first, second = _node_to_term(left, text, operands), _node_to_term(right, text, operands)
            if type(op) not in _ADDED and _adds(left):
                first = bracketed(first)
            if _adds(right) or (type(op) not in _ADDED and isinstance(right, ast.BinOp)):
                second = bracketed(second)
            return _OPERATORS[type(op)](first, second)
        case ast.Name(id="HUNDRED_PERCENT"):
            return HUNDRED_PERCENT
        case ast.Name(id=name) if name in operands:
            return operand_to_term(operands[name])
        case ast.Name(id=name):
            raise ComputeError(f"算式里的{name!r}不是给出的数字")
        case ast.Constant(value=int() | float()):
            return literal(Decimal(text[node.col_offset : node.end_col_offset]))
    raise ComputeError("算式里只能有数字编号、加减乘除和括号")


def _adds(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and type(node.op) in _ADDED
