"""Figures computed from cited ones, in Decimal, with the formula shown; what does not fit together is refused.

Sums and differences are exact. Shares, growth and ratios are given to two decimals, rounded half up, and `≈` says
where the value was rounded or an operand is itself approximate. Money takes the unit of the first operand; `%` less `%`
is 百分点; a share is never divided, averaged or multiplied by a figure; people are not added to things, nor 人 to 人次.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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

MAX_EXPRESSION_LENGTH = 300
"""Characters."""
MAX_DEPTH = 12
"""Parentheses inside parentheses."""

_TOKEN = re.compile(
    r"\s*(?:(?P<id>[A-Za-z]\w{0,15})|(?P<digits>[0-9]{1,12}(?:\.[0-9]{1,6})?)(?P<percent>\s?[%％])?|(?P<mark>[-+−–*×/÷()（）]))",
    re.ASCII,
)
_MARKS = {"−": "-", "–": "-", "*": "×", "/": "÷", "（": "(", "）": ")"}


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
        term = _Parser(_tokens(expression), operands).parse()
        if not term.operands:
            raise ComputeError("算式里没有引用报告中的数字")
        return term_to_computation(term)


def _sum(operands: Sequence[Operand]) -> Term:
    if len(operands) < 2:
        raise ComputeError("至少要有两个数字才能合计或平均")
    return reduce(plus, map(operand_to_term, operands))


def _tokens(expression: str) -> list[re.Match[str]]:
    tokens, at, text = [], 0, expression.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ComputeError(f"算式里有不认识的内容：{text[at : at + 12]!r}")
        tokens.append(match)
        at = match.end()
    return tokens


class _Parser:
    """Recursive descent: sum = product (± product)*; product = factor (×÷ factor)*; factor = id, number or (sum)."""

    def __init__(self, tokens: Sequence[re.Match[str]], operands: Mapping[str, Operand]) -> None:
        self._tokens = tokens
        self._operands = operands
        self._at = 0

    def parse(self) -> Term:
        term = self._sum(0)
        if self._at < len(self._tokens):
            raise ComputeError(f"算式在{self._tokens[self._at][0].strip()!r}处多出了内容")
        return term

    def _mark(self) -> str:
        mark = self._tokens[self._at]["mark"] if self._at < len(self._tokens) else None
        return _MARKS.get(mark, mark) if mark else ""

    def _sum(self, depth: int) -> Term:
        term = self._product(depth)
        while (mark := self._mark()) in ("+", "-"):
            self._at += 1
            right = self._product(depth)
            term = plus(term, right) if mark == "+" else minus(term, right)
        return term

    def _product(self, depth: int) -> Term:
        term = self._factor(depth)
        while (mark := self._mark()) in ("×", "÷"):
            self._at += 1
            right = self._factor(depth)
            term = times(term, right) if mark == "×" else over(term, right)
        return term

    def _factor(self, depth: int) -> Term:
        if self._at >= len(self._tokens):
            raise ComputeError("算式不完整")
        if self._mark() == "(":
            return self._bracketed(depth + 1)
        token = self._tokens[self._at]
        self._at += 1
        if token["id"]:
            if token["id"] not in self._operands:
                raise ComputeError(f"算式里的{token['id']!r}不是给出的数字")
            return operand_to_term(self._operands[token["id"]])
        if token["digits"]:
            return self._number(token)
        raise ComputeError(f"算式在{token[0].strip()!r}处缺少数字")

    def _number(self, token: re.Match[str]) -> Term:
        value = Decimal(token["digits"])
        if token["percent"] and value != 100:
            raise ComputeError("算式里的百分比要引用报告中的数字")
        return HUNDRED_PERCENT if token["percent"] else literal(value)

    def _bracketed(self, depth: int) -> Term:
        if depth > MAX_DEPTH:
            raise ComputeError("算式的括号嵌套太深")
        self._at += 1
        term = self._sum(depth)
        if self._mark() != ")":
            raise ComputeError("算式的括号不配对")
        self._at += 1
        return bracketed(term)
