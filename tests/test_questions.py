"""Our question set bears its own checker, and the checker catches what is put wrong on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pytest

from evals.cases import TYPES, Case, GoldFigure, load_cases
from evals.check_questions import (
    MIN_QUESTIONS,
    MIN_UNANSWERABLE_SHARE,
    SMOKE,
    ReportText,
    check_case,
    check_set,
    count_types,
    evaluate,
    read_corpus,
)

ROOT = Path(__file__).parents[1]
QUESTIONS = ROOT / "evals" / "questions"
SHARED_EVALS = Path(__file__).parents[2] / "shared" / "evals"
QUALITY, EMPLOYMENT, LETTER = (
    "xianning-2023-digest",
    "hubei-poly-2020-employment-digest",
    "hubei-edu-letter-2022-19-digest",
)


@pytest.fixture(scope="module")
def corpus() -> Mapping[str, ReportText]:
    return read_corpus(ROOT / "corpus")


@pytest.fixture(scope="module")
def cases() -> Sequence[Case]:
    return load_cases(sorted(QUESTIONS.glob("*.jsonl")))


@pytest.fixture(scope="module")
def smoke() -> Sequence[str]:
    return (QUESTIONS / SMOKE).read_text(encoding="utf-8").split()


def test_set_has_no_fault(cases: Sequence[Case], smoke: Sequence[str], corpus: Mapping[str, ReportText]) -> None:
    assert check_set(cases, smoke, corpus) == ()


def test_set_is_large_and_of_every_type(cases: Sequence[Case], smoke: Sequence[str]) -> None:
    counts = dict(count_types(cases))
    assert len(cases) >= MIN_QUESTIONS
    assert counts["unanswerable"] >= MIN_UNANSWERABLE_SHARE * len(cases)
    assert all(counts[kind] for kind in TYPES)
    assert 20 <= len(smoke) <= 40


def test_no_question_is_one_of_the_given_sets(cases: Sequence[Case]) -> None:
    given = sorted(SHARED_EVALS.glob("*.jsonl"))
    if not given:
        pytest.skip("the given question sets are not here")
    assert {case.question for case in load_cases(given) if not case.history}.isdisjoint(c.question for c in cases)


# --- what is put wrong on purpose: (type of the question, change, part of the message) ---


def _answerable(cases: Sequence[Case], kind: str) -> Case:
    return next(case for case in cases if case.type == kind)


def _bend_figure(case: Case) -> Case:
    first, *rest = case.figures
    return replace(case, figures=(replace(first, value=first.value + 1), *rest))


def _shorten_figure(case: Case) -> Case:
    first, *rest = case.figures
    return replace(case, figures=(replace(first, value=Decimal(str(first.value)[:-1])), *rest))


def _bend_unit(case: Case) -> Case:
    first, *rest = case.figures
    return replace(case, figures=(replace(first, unit="亿元"), *rest))


def _bend_quote(case: Case) -> Case:
    return replace(case, evidence=(case.evidence[0][:-1] + "错", *case.evidence[1:]))


def _cut_number(case: Case) -> Case:
    return replace(case, evidence=(case.evidence[0][:-1], *case.evidence[1:]))


def _turn_page(case: Case) -> Case:
    return replace(case, pages={name: tuple(page + 1 for page in pages) for name, pages in case.pages.items()})


def _add_page(case: Case) -> Case:
    return replace(case, pages={name: (*pages, max(pages) + 1) for name, pages in case.pages.items()})


def _bend_result(case: Case) -> Case:
    result = case.figures[0].value
    changed = replace(case.figures[0], value=result + 1)
    return replace(case, figures=(changed,), note=case.note.replace(f"={result}", f"={result + 1}"))


def _bend_operand(case: Case) -> Case:
    return replace(case, note=case.note.replace("算式：", "算式：1*7-6+1-1+"))


def _break_formula(case: Case) -> Case:
    return replace(case, note=case.note.replace("算式：", "算式：__import__('os')+"))


MUTATIONS = [
    ("text", _bend_figure, "既不在依据里"),
    ("text", _shorten_figure, "既不在依据里"),
    ("text", _bend_unit, "既不在依据里"),
    ("text", _bend_quote, "依据不在报告里"),
    ("text", _turn_page, "依据所在的页"),
    ("text", _add_page, "依据所在的页"),
    ("text", lambda case: replace(case, documents=(EMPLOYMENT,)), "依据所在的报告"),
    ("text", lambda case: replace(case, documents=("nowhere",)), "没有这些报告"),
    ("text", lambda case: replace(case, evidence=()), "没有 evidence"),
    ("text", lambda case: replace(case, question=f"是不是{case.figures[0].value}？"), "问句里就有答案"),
    ("text", lambda case: replace(case, answerable=False), "answerable 与类型不符"),
    ("table", _cut_number, "依据不在报告里"),
    ("name", lambda case: replace(case, names=("查无此名",)), "名称不在依据里"),
    ("name", lambda case: replace(case, names=()), "没有 names"),
    ("derived", _bend_result, "不是"),
    ("derived", _bend_operand, "不在依据里"),
    ("derived", _break_formula, "只能有数"),
    ("derived", lambda case: replace(case, note=""), "没有算出答案"),
    ("followup", lambda case: replace(case, history=()), "追问要有 history"),
    ("compare", lambda case: replace(case, documents=case.documents[:1]), "两份以上"),
    ("partial", lambda case: replace(case, extra={**case.extra, "silent": list(case.documents)}), "也许答得出"),
    ("unanswerable", lambda case: replace(case, extra={"absent": ["毕业生"]}), "也许答得出"),
    ("unanswerable", lambda case: replace(case, extra={}), "写明 absent"),
    ("unanswerable", lambda case: replace(case, names=("某校",)), "不应有答案"),
]


@pytest.mark.parametrize(("kind", "change", "message"), MUTATIONS)
def test_what_is_put_wrong_is_caught(kind, change, message, cases, corpus) -> None:  # type: ignore[no-untyped-def]
    case = _answerable(cases, kind)
    assert check_case(case, corpus) == ()
    assert any(message in fault.message for fault in check_case(change(case), corpus)), change(case)


def test_every_bent_figure_of_the_set_is_caught(cases: Sequence[Case], corpus: Mapping[str, ReportText]) -> None:
    missed = [
        case.id
        for case in cases
        for at, figure in enumerate(case.figures)
        if not check_case(_with_figure(case, at, replace(figure, value=figure.value + Decimal("0.37"))), corpus)
    ]
    assert missed == []


def _with_figure(case: Case, at: int, figure: GoldFigure) -> Case:
    return replace(case, figures=(*case.figures[:at], figure, *case.figures[at + 1 :]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cases: [*cases, replace(cases[0], id="again")], "同样的问题"),
        (lambda cases: cases[: MIN_QUESTIONS - 1], "题以上"),
        (lambda cases: [case for case in cases if case.answerable], "两成以上"),
        (lambda cases: [case for case in cases if case.type != "rank"], "没有 rank 题"),
        (lambda cases: cases[1:], "没有 'dx-001' 这道题"),
    ],
)
def test_faults_of_the_set_as_a_whole(change, message, cases, smoke, corpus) -> None:  # type: ignore[no-untyped-def]
    faults = check_set(change(list(cases)), [cases[0].id, *smoke], MappingProxyType(corpus))
    assert any(message in fault.message.replace(cases[0].id, "dx-001") for fault in faults)


REPORT = ReportText(
    "a.pdf", "某学院", ((1, "护理 1146\n软件 20 143 2.81%"), (2, "收入 34118.1 万 元。")), ("收入34118.1万元。",)
)


@pytest.mark.parametrize(
    ("quote", "pages"),
    [
        ("护理 1146", (1,)),
        ("护 理1146", (1,)),
        ("护理 114", ()),
        ("146", ()),
        ("20 143 2.81%", (1,)),
        ("20143", ()),
        ("收入34118.1万元", (2,)),
        ("收入34118", ()),
        ("118.1万元", ()),
        ("收入３４１１８.１万元", (2,)),
    ],
)
def test_quote_is_found_with_its_figures_whole(quote: str, pages: tuple[int, ...]) -> None:
    assert REPORT.pages_holding(quote) == pages


@pytest.mark.parametrize(
    ("phrases", "stated"),
    [(["收入"], True), (["支出|收入", "万元"], True), (["收入", "支出"], False), (["支出"], False)],
)
def test_phrases_that_stand_together(phrases: list[str], stated: bool) -> None:
    assert (REPORT.states_together(phrases) is not None) is stated


def test_merged_cell_belongs_to_every_row_it_covers(corpus: Mapping[str, ReportText]) -> None:
    assert corpus[LETTER].states_together(["智慧财税", "现代金融"]) is not None
    assert corpus[LETTER].states_together(["智慧财税", "现代物流"]) is None


@pytest.mark.parametrize(
    ("expression", "value"),
    [("1079+1146", "2225"), ("(85.23-80.03)*2", "10.40"), ("1/4", "0.25"), ("0.1+0.2", "0.3")],
)
def test_expression_is_decimal_arithmetic(expression: str, value: str) -> None:
    assert evaluate(expression) == Decimal(value)


@pytest.mark.parametrize("expression", ["1/0", "2**9", "abs(1)", "a+1", "1+", "", "-1", "'1'+1"])
def test_anything_else_is_no_expression(expression: str) -> None:
    with pytest.raises(ValueError, match="算式"):
        evaluate(expression)
