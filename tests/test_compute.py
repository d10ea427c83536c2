"""Computing with cited figures: exact, with formula, and refusing what does not fit."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.arithmetic.expressions import (
    MAX_DEPTH,
    ComputeError,
    Operand,
    average,
    difference,
    evaluate,
    growth,
    quotient,
    ratio,
    share,
    total,
)
from rag.errors import WenbaoError
from rag.language.numbers import find_numbers
from rag.language.numbers.units import UNITS
from rag.records import Computation, Number


def operands(*texts: str) -> list[Operand]:
    """The first figure of each text, cited 1, 2, 3 …"""
    return [Operand(find_numbers(text)[0], n) for n, text in enumerate(texts, 1)]


def shown(computation: Computation) -> tuple[str, str]:
    return computation.text, computation.formula


TOTALS = [
    (["1079人", "1146人"], "2225人", "1079[1] + 1146[2] = 2225人"),
    (["1079人", "1146名"], "2225人", "1079人[1] + 1146名[2] = 2225人"),
    (["20.50万元", "3.25万元", "1.25万元"], "25.00万元", "20.50[1] + 3.25[2] + 1.25[3] = 25.00万元"),
    (["1.5亿元", "300万元"], "1.53亿元", "1.5亿元[1] + 300万元[2] = 1.53亿元"),
    (["300万元", "1.5亿元"], "15300万元", "300万元[1] + 1.5亿元[2] = 15300万元"),
    (["8000元", "1.2万元"], "20000元", "8000元[1] + 1.2万元[2] = 20000元"),
    (["12.5%", "30.25%"], "42.75%", "12.5[1] + 30.25[2] = 42.75%"),
    (["85%", "3个百分点"], "88%", "85%[1] + 3个百分点[2] = 88%"),
    (["1.2个百分点", "0.35个百分点"], "1.55个百分点", "1.2[1] + 0.35[2] = 1.55个百分点"),
    (["约500人", "300人"], "约800人", "约500人[1] + 300[2] ≈ 800人"),
    (["2万余人次", "300人次"], "约20300人次", "2万余人次[1] + 300[2] ≈ 20300人次"),
    (["2公顷", "500平方米"], "2.05公顷", "2公顷[1] + 500平方米[2] = 2.05公顷"),
    (["3个", "5项"], "8个", "3个[1] + 5项[2] = 8个"),
    (["0人", "0人"], "0人", "0[1] + 0[2] = 0人"),
]


@pytest.mark.parametrize(("texts", "text", "formula"), TOTALS)
def test_total(texts: list[str], text: str, formula: str) -> None:
    result = total(operands(*texts))
    assert shown(result) == (text, formula)
    assert result.citations == tuple(range(1, len(texts) + 1))


@pytest.mark.parametrize(
    ("first", "second", "text", "formula"),
    [
        ("85.23%", "80.03%", "5.20个百分点", "85.23%[1] − 80.03%[2] = 5.20个百分点"),
        ("34118.10万元", "33714.58万元", "403.52万元", "34118.10[1] − 33714.58[2] = 403.52万元"),
        ("5098人", "3571人", "1527人", "5098[1] − 3571[2] = 1527人"),
        ("796人", "959人", "-163人", "796[1] − 959[2] = -163人"),
        ("90%", "1.5个百分点", "88.5%", "90%[1] − 1.5个百分点[2] = 88.5%"),
        ("15.85：1", "14.20：1", "1.65", "15.85[1] − 14.20[2] = 1.65"),
        ("5‰", "3‰", "0.2个百分点", "5‰[1] − 3‰[2] = 0.2个百分点"),
        ("超过600人", "100人", "约500人", "超过600人[1] − 100[2] ≈ 500人"),
        ("4.52万元/生", "4.02万元/生", "0.50万元/生", "4.52[1] − 4.02[2] = 0.50万元/生"),
    ],
)
def test_difference(first: str, second: str, text: str, formula: str) -> None:
    assert shown(difference(*operands(first, second))) == (text, formula)


@pytest.mark.parametrize(
    ("compute", "first", "second", "text", "formula"),
    [
        (share, "1079人", "5098人", "21.17%", "1079[1] ÷ 5098[2] × 100% ≈ 21.17%"),
        (share, "50人", "200名", "25.00%", "50人[1] ÷ 200名[2] × 100% = 25.00%"),
        (share, "3571.5万元", "1.2亿元", "29.76%", "3571.5万元[1] ÷ 1.2亿元[2] × 100% ≈ 29.76%"),
        (share, "1人", "100000人", "0.0010%", "1[1] ÷ 100000[2] × 100% = 0.0010%"),
        (share, "0人", "20人", "0.00%", "0[1] ÷ 20[2] × 100% = 0.00%"),
        (share, "近200人", "400人", "约50.00%", "近200人[1] ÷ 400[2] × 100% ≈ 50.00%"),
        (ratio, "2203人", "883人", "2.49倍", "2203[1] ÷ 883[2] ≈ 2.49倍"),
        (ratio, "1亿元", "4000万元", "2.50倍", "1亿元[1] ÷ 4000万元[2] = 2.50倍"),
        (ratio, "1005人", "200人", "5.03倍", "1005[1] ÷ 200[2] ≈ 5.03倍"),
        (growth, "32319.40万元", "33714.58万元", "4.32%", "(33714.58[2] − 32319.40[1]) ÷ 32319.40[1] × 100% ≈ 4.32%"),
        (growth, "200人", "150人", "-25.00%", "(150[2] − 200[1]) ÷ 200[1] × 100% = -25.00%"),
        (quotient, "30000万元", "1.5万人", "2万元", "30000万元[1] ÷ 15000人[2] = 2万元/人"),
        (quotient, "100万元", "3000人", "333.33元", "100万元[1] ÷ 3000人[2] ≈ 333.33元/人"),
        (quotient, "8990人", "52个", "172.88人", "8990人[1] ÷ 52个[2] ≈ 172.88人/个"),
        (quotient, "900人", "80人", "11.25人", "900[1] ÷ 80[2] = 11.25人"),
    ],
)
def test_division(
    compute: Callable[[Operand, Operand], Computation], first: str, second: str, text: str, formula: str
) -> None:
    assert shown(compute(*operands(first, second))) == (text, formula)


@pytest.mark.parametrize(
    ("texts", "text", "formula"),
    [
        (["10人", "11人"], "10.5人", "(10[1] + 11[2]) ÷ 2 = 10.5人"),
        (["10人", "10人", "12人"], "10.67人", "(10[1] + 10[2] + 12[3]) ÷ 3 ≈ 10.67人"),
        (["1.250万元", "1.251万元"], "1.251万元", "(1.250[1] + 1.251[2]) ÷ 2 ≈ 1.251万元"),
    ],
)
def test_average(texts: list[str], text: str, formula: str) -> None:
    assert shown(average(operands(*texts))) == (text, formula)


@pytest.mark.parametrize(
    ("compute", "first", "second", "message"),
    [
        (difference, "5人", "3人次", "不能相减"),
        (difference, "5人", "3项", "不能相减"),
        (difference, "5万元", "3%", "不能相减"),
        (difference, "3个百分点", "2%", "不能相减"),
        (difference, "3亩", "2平方米", "不能相减"),
        (difference, "3学时", "2课时", "不能相减"),
        (difference, "100元", "100美元", "不能相减"),
        (difference, "3-5人", "2人", "范围"),
        (difference, "三分之一", "四分之一", "几分之几"),
        (share, "5人", "3人", "部分大于总体"),
        (share, "5%", "30%", "不相除"),
        (ratio, "90%", "30%", "不相除"),
        (ratio, "90万元", "30人", "不能相除"),
        (ratio, "90人", "0人", "除数是 0"),
        (ratio, "15：1", "14：1", "不相除"),
        (growth, "0万元", "3万元", "除数是 0"),
        (growth, "80%", "90%", "不能|不相除"),
        (quotient, "90%", "30人", "不能相除"),
        (quotient, "90人", "30万元", "不能相除"),
        (quotient, "90人", "0个", "除数是 0"),
    ],
)
def test_refused(compute: Callable[[Operand, Operand], Computation], first: str, second: str, message: str) -> None:
    with pytest.raises(ComputeError, match=message):
        compute(*operands(first, second))


def test_refused_sums() -> None:
    with pytest.raises(ComputeError, match="至少"):
        total(operands("5人"))
    with pytest.raises(ComputeError, match="超过 100%"):
        total(operands("93%", "95%"))
    with pytest.raises(ComputeError, match="百分比"):
        average(operands("90%", "80%"))
    with pytest.raises(ComputeError, match="不能相加"):
        total([*operands("5人"), Operand(Number("7", Decimal(7), "", 0, 1), 2)])
    assert total(operands("33.34%", "33.33%", "33.34%")).text == "100.01%"
    assert issubclass(ComputeError, WenbaoError)


def test_one_citation_is_named_once() -> None:
    first, second = operands("1079人", "5098人")
    assert share(first, Operand(second.number, 1)).citations == (1,)
    assert growth(first, second).citations == (2, 1)


FIGURES = dict(
    zip(
        ["f1", "f2", "f3", "rate", "old", "cost"],
        operands("1079人", "1146人", "5098人", "85.23%", "80.03%", "30000万元"),
        strict=True,
    )
)


@pytest.mark.parametrize(
    ("expression", "text", "formula"),
    [
        ("f1+f2", "2225人", "1079[1] + 1146[2] = 2225人"),
        ("f3 - f1 - f2", "2873人", "5098[3] − 1079[1] − 1146[2] = 2873人"),
        ("f3 − (f1 + f2)", "2873人", "5098[3] − (1079[1] + 1146[2]) = 2873人"),
        ("(f1+f2)/f3*100", "43.64%", "(1079[1] + 1146[2]) ÷ 5098[3] × 100% ≈ 43.64%"),
        ("（f1 + f2）÷ f3 × 100％", "43.64%", "(1079[1] + 1146[2]) ÷ 5098[3] × 100% ≈ 43.64%"),
        ("100 × (f1 ÷ f3)", "21.17%", "100% × (1079[1] ÷ 5098[3]) ≈ 21.17%"),
        ("f2 ÷ f1", "1.06倍", "1146[2] ÷ 1079[1] ≈ 1.06倍"),
        ("(f2 ÷ f1 − 1) × 100", "6.21%", "(1146[2] ÷ 1079[1] − 1) × 100% ≈ 6.21%"),
        ("(1 − f1 ÷ f3) × 100", "78.83%", "(1 − 1079[1] ÷ 5098[3]) × 100% ≈ 78.83%"),
        (
            "f2÷f3×100 − f1÷f3×100",
            "1.31个百分点",
            "1146人[2] ÷ 5098人[3] × 100% − 1079人[1] ÷ 5098人[3] × 100% ≈ 1.31个百分点",
        ),
        ("rate − old", "5.20个百分点", "85.23%[4] − 80.03%[5] = 5.20个百分点"),
        ("f1 × 2", "2158人", "1079[1] × 2 = 2158人"),
        ("f1 ÷ 2", "539.5人", "1079[1] ÷ 2 = 539.5人"),
        ("((f1))", "1079人", "1079[1] = 1079人"),
        ("cost ÷ f3", "5.88万元", "30000万元[6] ÷ 5098人[3] ≈ 5.88万元/人"),
    ],
)
def test_evaluate(expression: str, text: str, formula: str) -> None:
    assert shown(evaluate(expression, FIGURES)) == (text, formula)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        " ",
        "100",
        "1 + 1",
        "f9",
        "f1 +",
        "+ f1",
        "-f1",
        "(f1 + f2",
        "f1)",
        "f1 f2",
        "f1 ** 2",
        "f1 // f2",
        "f1 × f2",
        "f1 + 5",
        "f1 − 80.03",
        "f1 × 20%",
        "f1 × 100%",
        "f1 + 100%",
        "f1 ÷ 100%",
        "f1 + rate",
        "rate ÷ old",
        "rate ÷ 2",
        "f1 ÷ 0",
        "f1 ÷ (f2 − f2)",
        "100 ÷ f1",
        "__import__('os')",
        "f1.real",
        "f1; f2",
        "f1 + ２",
        "(" * (MAX_DEPTH + 1) + "f1" + ")" * (MAX_DEPTH + 1),
        "f1" + " + f1" * 500,
        "f1" + "×999999999999" * 20,
        "f1" + "÷999999999999" * 20,
        "f1" + "×0.000001" * 10,
    ],
)
def test_malformed_expressions_are_refused(expression: str) -> None:
    with pytest.raises(ComputeError):
        evaluate(expression, FIGURES)


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="f123 ratecostold+-−×÷*/()（）0.%％９", max_size=40) | st.text(max_size=20))
def test_no_text_raises_anything_else(expression: str) -> None:
    with contextlib.suppress(ComputeError):
        assert evaluate(expression, FIGURES).citations


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.decimals(allow_nan=True), st.sampled_from(["", ":1", "分之", *UNITS]), st.sampled_from(["", "约", "～"])
        ),
        min_size=2,
        max_size=3,
    )
)
def test_no_figures_raise_anything_else(rows: list[tuple[Decimal, str, str]]) -> None:
    figures = [Operand(Number(f"{v}{u}", v, u, 0, 1, b), n) for n, (v, u, b) in enumerate(rows)]
    for compute in (difference, share, ratio, growth, quotient):
        with contextlib.suppress(ComputeError):
            assert "E" not in compute(figures[0], figures[1]).text.replace(figures[0].number.unit, "")
    for compute_all in (total, average):
        with contextlib.suppress(ComputeError):
            compute_all(figures)


@given(st.lists(st.decimals(min_value=0, max_value=10**9, places=2), min_size=2, max_size=6))
def test_sums_and_differences_are_exact(values: list[Decimal]) -> None:
    figures = [Operand(Number(f"{v}万元", v, "万元", 0, 1), n) for n, v in enumerate(values)]
    added = find_numbers(f"共 {total(figures).text}")[0]
    assert added.value == sum(values)
    back = difference(Operand(added, 9), figures[0])
    assert Decimal(back.text.removesuffix("万元")) == sum(values) - values[0]


@pytest.mark.parametrize(
    ("expression", "text"),
    [("part * all", "30人"), ("all * part", "30人"), ("all / part", "83.33人"), ("part * money", "60万元")],
)
def test_a_percentage_of_an_amount_is_so_many_hundredths_of_it(expression, text):
    given_figures = dict(zip(("part", "all", "money"), operands("60%", "50人", "100万元"), strict=True))
    assert evaluate(expression, given_figures).text == text
