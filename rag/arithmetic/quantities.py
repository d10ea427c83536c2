"""Amounts with units, and which of them may be added, subtracted or divided: what `compute` computes with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from rag.errors import WenbaoError
from rag.language.numbers import format_decimal
from rag.language.numbers.units import canonical, scaled
from rag.records import Computation, Number

PRECISION = 120
"""Significant digits kept while computing."""
MAX_DIGITS = 24
"""Digits before the point, and half of them behind it, of any figure computed with."""
PLACES = 2
"""Decimals of a share, a ratio, a growth rate; at least as many are kept of an average."""
SHARES_TOLERANCE = Decimal("0.5")
"""By how much rounded shares of one whole may add up to more than 100 %."""

_PEOPLE = frozenset("人 名 位".split())
_PARTS = frozenset("percent points ratio fraction multiple".split())
"""Classes that are parts of something already: dividing one by another says nothing of the things themselves."""
_INDIVISIBLE = _PARTS | {"bare", "pure", "hundred", "quotient", "per"}


class ComputeError(WenbaoError):
    """The figures cannot be computed with as asked."""


ASKERS = 0
"""In place of a citation: the number is the asker's own."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A cited figure, or a number of the question."""

    number: Number
    citation: int
    figure_id: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in `unit`; `one` is how many `base` one of that unit is."""

    value: Decimal
    unit: str
    kind: str
    base: str
    one: Decimal = Decimal(1)
    divided: bool = False
    """Made by a division: to be rounded."""

    def in_unit_of(self, other: Quantity) -> Decimal:
        """The value counted in the unit of another quantity of the same base."""
        return self.value if self.one == other.one else (self.value * self.one / other.one).normalize()


@dataclass(frozen=True, slots=True)
class Term:
    """A quantity and how it came about: text and cited operands in turn."""

    quantity: Quantity
    parts: tuple[str | Operand, ...]

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The cited figures in it, in order."""
        return tuple(part for part in self.parts if isinstance(part, Operand))


_PURE = Quantity(Decimal(0), "", "pure", "pure")
_HUNDRED = Quantity(Decimal(100), "", "hundred", "100%")
_QUOTIENT = Quantity(Decimal(0), "倍", "quotient", "pure", divided=True)
_PERCENT = Quantity(Decimal(0), "%", "percent", "%")
_POINTS = Quantity(Decimal(0), "百分点", "points", "百分点")
HUNDRED_PERCENT = Term(_HUNDRED, ("100%",))


def operand_to_term(operand: Operand) -> Term:
    """A cited figure as a term; ranges and fractions are refused."""
    number = operand.number
    if "～" in number.bound:
        raise ComputeError(f"“{_as_written(number)}”是一个范围，不能参与计算")
    scale, unit = canonical(number.unit)
    if unit.kind == "fraction":
        raise ComputeError(f"“{_as_written(number)}”是几分之几，不能参与计算")
    _check_size(number.value)
    return Term(Quantity(number.value, number.unit, unit.kind, unit.base, scaled(unit.factor, scale)), (operand,))


def literal(value: Decimal) -> Term:
    """A plain number."""
    return Term(replace(_PURE, value=value), (format_decimal(value),))


def bracketed(term: Term) -> Term:
    """The term in parentheses."""
    return replace(term, parts=("(", *term.parts, ")"))


def plus(first: Term, second: Term) -> Term:
    """First + second, in the unit of the first."""
    a, b = first.quantity, second.quantity
    if {a.kind, b.kind} == {"percent", "points"}:
        return _joined(first, "+", second, _like(_PERCENT, a, b, a.value * a.one + b.value * b.one))
    _check_alike(a, b, "相加")
    if a.kind == "ratio":
        raise ComputeError("两个比不能相加")
    value = a.value + b.in_unit_of(a)
    if a.kind == "percent" and max(a.value * a.one, b.value * b.one) <= 100 < value * a.one - SHARES_TOLERANCE:
        raise ComputeError("百分比相加超过 100%，它们不是同一总体的各个部分")
    return _joined(first, "+", second, _like(_wider(a, b), a, b, value))


def minus(first: Term, second: Term) -> Term:
    """First − second, in the unit of the first; of two percentages in 百分点 (the rest of 100% in %), of two ratios a plain number."""
    a, b = first.quantity, second.quantity
    if a.kind == "hundred" and b.kind == "percent":
        return _joined(first, "−", second, _like(_PERCENT, a, b, a.value - b.value * b.one))
    if (a.kind, b.kind) == ("percent", "points"):
        return _joined(first, "−", second, _like(_PERCENT, a, b, a.value * a.one - b.value * b.one))
    _check_alike(a, b, "相减")
    if a.kind == "percent":
        return _joined(first, "−", second, _like(_POINTS, a, b, a.value * a.one - b.value * b.one))
    like = Quantity(a.value, "", "bare", "") if a.kind == "ratio" else _wider(a, b)
    return _joined(first, "−", second, _like(like, a, b, a.value - b.in_unit_of(a)))


def times(first: Term, second: Term) -> Term:
    """First × second, one of which is a plain number or a percentage (60% is 0.6); a quotient times 100 is a percentage."""
    a, b = first.quantity, second.quantity
    if "percent" in (a.kind, b.kind) and not {a.kind, b.kind} & (_INDIVISIBLE - {"percent"}):
        share, whole = (a, b) if a.kind == "percent" else (b, a)
        if whole.kind != "percent":
            part = whole.value * share.value / 100
            return _joined(first, "×", second, replace(whole, value=part, divided=True))
    hundreds = [term.quantity.kind in ("pure", "hundred") and term.quantity.value == 100 for term in (first, second)]
    if "quotient" in (a.kind, b.kind) and any(hundreds):
        left, right = (
            HUNDRED_PERCENT if is_hundred else t for t, is_hundred in zip((first, second), hundreds, strict=True)
        )
        return _joined(left, "×", right, replace(_PERCENT, value=a.value * b.value, divided=True))
    if "hundred" in (a.kind, b.kind):
        raise ComputeError("只有两数相除之后才能乘以 100%")
    if "pure" not in (a.kind, b.kind):
        raise ComputeError("两个数字不能直接相乘，只能乘以一个常数")
    figure, factor = (b, a) if a.kind == "pure" else (a, b)
    return _joined(first, "×", second, _like(figure, a, b, figure.value * factor.value))


def over(first: Term, second: Term) -> Term:
    """First ÷ second: of like quantities 倍, of unlike ones so much per one, by a plain number the same unit."""
    a, b = first.quantity, second.quantity
    if b.kind == "percent" and a.kind not in _INDIVISIBLE:
        _check_divisor(b)
        return _joined(first, "÷", second, replace(a, value=a.value * 100 / b.value, divided=True))
    if b.kind != "pure":
        return quotient_of_like(first, second) if _are_alike(a, b) else per(first, second)
    _check_divisor(b)
    if a.kind in _PARTS:
        raise ComputeError("百分比或比值不能直接相除或平均：各自的总数可能不同")
    return _joined(first, "÷", second, replace(a, value=a.value / b.value, divided=True))


def quotient_of_like(first: Term, second: Term) -> Term:
    """First ÷ second in 倍; unlike quantities are refused, and shares."""
    a, b = first.quantity, second.quantity
    _check_alike(a, b, "相除")
    if a.kind in _PARTS:
        raise ComputeError("百分比或比值之间不相除，可以相减，得百分点")
    _check_divisor(b)
    return _joined(first, "÷", second, replace(_QUOTIENT, value=a.in_unit_of(b) / b.value))


def per(first: Term, second: Term) -> Term:
    """How much of the first falls to one of the second: 万元/人, in 元 where it is less than one 万元."""
    a, b = first.quantity, second.quantity
    if a.kind in _INDIVISIBLE or b.kind in _INDIVISIBLE or b.kind == "money":
        raise ComputeError(f"{_named(a)}与{_named(b)}不能相除")
    _check_divisor(b)
    value, unit, one = a.value / b.value, a.unit, a.one
    if a.kind == "money" and abs(value) < 1 < one:
        value, unit, one = (value * one).normalize(), a.base, Decimal(1)
    name = unit if unit == b.unit else f"{unit}/{b.unit}"
    return _joined(first, "÷", second, Quantity(value, name, "per", f"{a.base}/{b.base}", one, divided=True))


def is_negative(term: Term) -> bool:
    """Whether the term is below zero."""
    return term.quantity.value < 0


def term_to_computation(term: Term) -> Computation:
    """The value written out with its formula; 约 where an operand is approximate, ≈ there and where it is rounded.

    Of so much for each (元/人) the text gives the amount; what it is for stands in the formula.
    """
    quantity = term.quantity
    value = _rounded(quantity, term.operands)
    _check_size(value)
    is_approximate = any(operand.number.bound for operand in term.operands)
    result = _written(value, quantity.unit)
    has_units = len({operand.number.unit for operand in term.operands} | ({quantity.unit} & {"百分点"})) > 1
    formula = "".join(part if isinstance(part, str) else _shown(part, has_units) for part in term.parts)
    sign = "≈" if is_approximate or value != quantity.value else "="
    citations = tuple(dict.fromkeys(o.citation for o in term.operands if o.citation != ASKERS))
    is_each = quantity.kind == "per" and quantity.divided
    stated = _written(value, quantity.unit.partition("/")[0]) if is_each else result
    operands = tuple(dict.fromkeys(operand.figure_id for operand in term.operands if operand.figure_id))
    unit = quantity.unit.partition("/")[0] if is_each else quantity.unit
    text = f"{'约' if is_approximate else ''}{stated}"
    return Computation(text, f"{formula} {sign} {result}", citations, operands, value, unit)


def _joined(first: Term, mark: str, second: Term, quantity: Quantity) -> Term:
    return Term(quantity, (*first.parts, f" {mark} ", *second.parts))


def _like(like: Quantity, a: Quantity, b: Quantity, value: Decimal) -> Quantity:
    return replace(like, value=value, divided=a.divided or b.divided)


def _wider(a: Quantity, b: Quantity) -> Quantity:
    """A quotient less a plain number is a quotient, whichever comes first."""
    return b if a.kind == "pure" else a


def _are_alike(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities are of one kind; 个 may count people or things."""
    if a.base != b.base:
        return False
    return a.kind != "count" or "个" in (a.unit, b.unit) or (a.unit in _PEOPLE) == (b.unit in _PEOPLE)


def _check_alike(a: Quantity, b: Quantity, verb: str) -> None:
    if not _are_alike(a, b):
        raise ComputeError(f"{_named(a)}与{_named(b)}不能{verb}")


def _check_divisor(divisor: Quantity) -> None:
    if not divisor.value:
        raise ComputeError("除数是 0")


def _check_size(value: Decimal) -> None:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or value.adjusted() >= MAX_DIGITS or exponent < -MAX_DIGITS // 2:
        raise ComputeError("数字的位数超出了可以计算的范围")


def _named(quantity: Quantity) -> str:
    return f"以“{quantity.unit}”计的数" if quantity.unit else "没有单位的数"


def _rounded(quantity: Quantity, operands: Sequence[Operand]) -> Decimal:
    """The value as it is written: exact, or where there was a division to two decimals or as many as its operands had.

    A value that would become 0 keeps two digits that tell.
    """
    value = quantity.value if quantity.value else abs(quantity.value)
    if not quantity.divided or value.adjusted() >= MAX_DIGITS:
        return value
    fixed = quantity.kind in ("percent", "quotient", "points")
    places = PLACES if fixed else max(PLACES, *(_places(operand.number.value) for operand in operands))
    if not fixed and _places(value) <= places:
        return value
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return rounded if rounded or not value else value.quantize(Decimal(1).scaleb(value.adjusted() - 1), ROUND_HALF_UP)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _as_written(number: Number) -> str:
    text = "".join(number.text.split())
    return text if number.unit in text or ":" in number.unit else f"{text}{number.unit}"


def _shown(operand: Operand, has_units: bool) -> str:
    """The operand in a formula: its digits; with its unit where they differ; as written where it is approximate."""
    number = operand.number
    if operand.citation == ASKERS:
        return f"{_written(number.value, number.unit)}（问题所给）"
    if number.bound:
        return f"{_as_written(number)}[{operand.citation}]"
    unit = number.unit if has_units and ":" not in number.unit else ""
    return f"{_written(number.value, unit)}[{operand.citation}]"


def _written(value: Decimal, unit: str) -> str:
    return f"{format_decimal(value)}{'个' if unit == '百分点' else ''}{unit}"
