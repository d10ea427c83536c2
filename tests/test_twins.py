from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain.near_duplicates import SKETCH_SIZE, near_duplicates, similarity, text_sketch, without_twins
from rag.records import Report, ReportKind


def text_of(year: int, words: int = 400) -> str:
    """A text whose figures and wording go with the year."""
    return "".join(f"学校{year}年第{n}项工作投入{(n * 7919 + year * 31) % 9973}万元，" for n in range(words))


def report_of(identity: str, text: str, kind: ReportKind = ReportKind.QUALITY) -> Report:
    form = {"pdf": "pdf", "docx": "docx", "txt": "text", "md": "markdown"}[identity.rpartition(".")[2]]
    return Report(identity, "年报", "", (), kind, 2023, None, None, "", "", form, 1, sketch=text_sketch([text]))


def grouped(reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports as the store gives them."""
    return tuple(replace(report, near_duplicates=near_duplicates(report, reports)) for report in reports)


def test_one_text_in_two_formats_counts_once() -> None:
    wrapped = text_of(2023).replace("，", "，\n").replace("学校", "学 校")
    reports = [report_of("b.txt", wrapped), report_of("a.docx", text_of(2023)), report_of("c.pdf", text_of(2023))]
    assert [report.id for report in without_twins(grouped(reports))] == ["c.pdf"]


def test_a_little_lost_text_leaves_a_twin() -> None:
    reports = [report_of("a.pdf", text_of(2023)), report_of("a.txt", text_of(2023)[:-1200])]
    assert len(without_twins(grouped(reports))) == 1


def test_next_years_report_is_another() -> None:
    reports = [report_of("a.pdf", text_of(2022)), report_of("b.pdf", text_of(2023))]
    assert without_twins(grouped(reports)) == grouped(reports)


def test_rules_repeated_next_year_are_another_report() -> None:
    first = report_of("规则2022.pdf", text_of(2023))
    reports = [replace(first, year=2022), replace(first, id="规则2023.pdf")]
    assert without_twins(grouped(reports)) == grouped(reports)


def test_one_name_in_two_formats_may_mark_its_tables_in_two_ways() -> None:
    text, apart = text_of(2023), text_of(2023)[:4000] + text_of(2023)[4000:].replace("投入", "|投入|")
    assert 0.3 < similarity(text_sketch([text]), text_sketch([apart])) < 0.6
    assert len(without_twins(grouped([report_of("年报.pdf", text), report_of("text/年报.txt", apart)]))) == 1
    assert len(without_twins(grouped([report_of("甲.pdf", text), report_of("text/乙.txt", apart)]))) == 2


def test_digest_of_a_report_is_another() -> None:
    reports = [report_of("a.pdf", text_of(2023)), report_of("b.pdf", text_of(2023, 80))]
    assert len(without_twins(grouped(reports))) == 2


def test_other_kind_is_another() -> None:
    reports = [report_of("a.pdf", text_of(2023)), report_of("b.pdf", text_of(2023), ReportKind.BRIEFING)]
    assert len(without_twins(grouped(reports))) == 2


def test_order_given_is_kept_and_smaller_id_wins() -> None:
    reports = [report_of("z.pdf", text_of(2021)), report_of("b.pdf", text_of(2023)), report_of("a.pdf", text_of(2023))]
    assert [report.id for report in without_twins(grouped(reports))] == ["z.pdf", "a.pdf"]


@pytest.mark.parametrize("texts", [[], [""], ["短"]])
def test_short_texts_have_a_sketch(texts: list[str]) -> None:
    assert len(text_sketch(texts)) == 1


def test_reports_without_sketches_are_no_twins() -> None:
    report = replace(report_of("a.pdf", ""), sketch=())
    assert len(without_twins(grouped([report, replace(report, id="b.pdf")]))) == 2


@given(st.text(), st.text())
def test_similarity_is_symmetric_and_bounded(first: str, second: str) -> None:
    a, b = text_sketch([first]), text_sketch([second])
    assert list(a) == sorted(a)
    assert len(a) <= SKETCH_SIZE
    assert 0 <= similarity(a, b) == similarity(b, a) <= 1
    assert similarity(a, a) == 1
