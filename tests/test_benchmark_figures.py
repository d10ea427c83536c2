"""The measure of the figure reader: what it counts, and that it sees a figure missed or said of the wrong thing."""

from decimal import Decimal

import pytest

from evals.benchmarks.figures import cover, findings, is_printed, read_all_figures
from evals.cases import Case, GoldFigure
from rag.figures.extraction import passage_to_figures, section_to_passages
from rag.readers.plain import read_plain
from rag.readers.request import Request
from rag.reading.analysis import read_to_parts
from rag.records import ReportParts

TEXT = """一、师资

学校专任教师796人，其中女教师368人，生师比15.85：1，另有兼职教师若干。

表1 学生情况统计表

专业\t学生人数（人）\t占比
护理\t1255\t7.2%
助产\t233\t1.3%
"""


def report(tmp_path, text: str = TEXT) -> ReportParts:
    path = tmp_path / "report.txt"
    path.write_text(text, encoding="utf-8")
    return read_to_parts(read_plain(path.read_bytes()), Request(str(path), path.name, {}, 400, 10, 10**6), len)


def case(value: str, unit: str, about: str, evidence: str) -> Case:
    gold = GoldFigure(Decimal(value), unit, about)
    return Case("q", "？", "text", True, (gold,), (), (evidence,), documents=("report",))


@pytest.mark.parametrize(
    ("value", "unit", "text", "printed"),
    [
        ("1255", "人", "护理\t1255\t7.2%", True),
        ("255", "人", "护理\t1255", False),
        ("7", "%", "护理7.2%", False),
        ("12345", "元", "共12,345元", True),
        ("12", "月", "2022年12月30日", False),
    ],
)
def test_a_gold_figure_counts_where_its_digits_stand_by_themselves(value, unit, text, printed) -> None:
    assert is_printed(GoldFigure(Decimal(value), unit), text) is printed


@pytest.mark.parametrize(
    ("value", "unit", "about", "evidence", "read", "bound"),
    [
        ("796", "人", "专任教师数", "专任教师796人", True, True),
        ("368", "人", "专任教师数", "女教师368人", True, False),
        ("1255", "人", "护理专业学生人数", "护理1255", True, True),
        ("1255", "人", "助产专业学生人数", "护理1255", True, False),
        ("7.2", "元", "护理占比", "护理12557.2%", False, False),
        ("15.85", "", "生师比", "生师比15.85：1", True, True),
    ],
)
def test_a_figure_is_read_by_value_and_unit_and_bound_by_the_words_it_is_about(
    tmp_path, value, unit, about, evidence, read, bound
) -> None:
    (finding,) = findings([case(value, unit, about, evidence)], [report(tmp_path)])
    assert (finding.figure is not None, finding.figure is not None and finding.rival is None) == (read, bound)


def test_what_is_not_printed_in_the_evidence_is_not_counted(tmp_path) -> None:
    assert not list(findings([case("1488", "人", "护理和助产学生合计", "护理1255")], [report(tmp_path)]))
    assert read_all_figures([report(tmp_path)]) == 7


def test_words_that_a_figure_is_about_are_looked_for_in_its_row_and_column(tmp_path) -> None:
    parts = report(tmp_path)
    passage = next(p for section in parts.sections for p in section_to_passages(section) if p.table_id)
    (cell, *_) = passage_to_figures(passage, parts.tables[0])
    assert cover("护理学生", cell) > cover("助产学生", cell)
