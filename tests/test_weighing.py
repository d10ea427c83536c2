"""`rag.answering.built_in.weighing`: what tells the figure asked for from those beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from answer_samples import make_passage, make_report, make_table, table_passage

from rag.answering.built_in.looking import evidence_to_findings
from rag.answering.built_in.scoring import are_near, are_transposed, may_answer
from rag.answering.built_in.weighing import FEATURES, weigh_all
from rag.language.numbers import find_numbers
from rag.question.understand import question_to_query
from rag.records import Evidence, Filters, Passage, Report, Table

COLLEGE = "东湖职业技术学院"
REPORT = replace(make_report("a.txt", COLLEGE), year=2023, cohort=2023, academic_year="2022-2023")


def features(
    question: str, passages: Sequence[Passage], table: Table | None = None, report: Report = REPORT
) -> dict[str, dict[str, float]]:
    """The features of each figure for the first thing asked, by its printed text."""
    query = question_to_query(question, (), Filters(), [report])
    tables = {table.id: table} if table else {}
    findings = evidence_to_findings(Evidence(query, tuple(passages), ()), {"a.txt": report}, tables)
    (wanted, *_) = findings.wanted(query)
    rows = weigh_all(findings.said, wanted, findings.reports)
    named = [dict(zip(FEATURES, row, strict=True)) for row in rows]
    for at, one in enumerate(named):
        one["may"] = float(may_answer(rows, at))
    return {said.figure.number.text: one for said, one in zip(findings.said, named, strict=True)}


TRAINING = make_table(
    [["项目", "2021-2022学年", "2022-2023学年"], ["农民培训（人次）", "3905", "4260"]], caption="表1 社会培训"
)
RESOURCES = make_table(
    [["指标", "学校", "上一学年"], ["双师型教师比例（%）", "73.13", "69.88"]], caption="表2 教学资源"
)


@pytest.mark.parametrize(
    ("question", "fitting", "other"),
    [
        ("东湖职院2022-2023学年农民培训多少人次？", "4260", "3905"),
        ("东湖职院2023年农民培训多少人次？", "4260", "3905"),
        ("东湖职院2021-2022学年农民培训多少人次？", "3905", "4260"),
    ],
)
def test_an_academic_year_is_not_the_one_that_shares_a_year_with_it(question: str, fitting: str, other: str) -> None:
    found = features(question, (table_passage(TRAINING),), TRAINING)
    assert found[fitting]["year"] > 0.5
    assert found[other]["other_year"] == 1.0


def test_a_column_of_last_year_is_stale_where_none_is_asked_for_and_fits_where_it_is() -> None:
    now = features("东湖职院双师型教师比例是多少？", (table_passage(RESOURCES),), RESOURCES)
    assert (now["73.13"]["stale"], now["69.88"]["stale"]) == (0.0, 1.0)
    before = features("东湖职院上一学年双师型教师比例是多少？", (table_passage(RESOURCES),), RESOURCES)
    assert (before["73.13"]["year"], before["69.88"]["year"]) == (0.0, 1.0)


def test_a_figure_of_another_unit_answers_nothing() -> None:
    passage = make_passage("在校生满意度93.57%，在校生10912人。\n", path=("一、概况", "学生"))
    found = features("东湖职院有多少在校生？", (passage,))
    assert (found["93.57%"]["may"], found["10912人"]["may"]) == (0.0, 1.0)


def test_a_school_is_none_of_the_majors_it_is_named_by() -> None:
    table = make_table(
        [["学院", "专业", "落实率（%）"], ["护理与健康学院", "护理", "89.95"]], caption="表3 分专业去向落实"
    )
    whole = make_table([["学院", "落实率（%）"], ["护理与健康学院", "95.33"]], caption="表4 分学院去向落实")
    question = "东湖职院护理专业的落实率是多少？"
    assert features(question, (table_passage(table),), table)["89.95"]["group"] == 0.0
    assert features(question, (table_passage(whole),), whole)["95.33"]["group"] == 1.0


def test_a_sentence_that_names_nothing_goes_on_to_speak_of_the_one_before() -> None:
    passage = make_passage("公务接待费支出5.82万元。比上年增加0.86万元。\n", path=("一、决算", "三公"))
    found = features("东湖职院公务接待费比上年多了多少？", (passage,))
    assert found["0.86万元"]["own"] > 0.3


def test_an_institution_named_by_its_place_is_no_other() -> None:
    other = replace(make_report("b.txt", "西山考试院"), year=2023)
    query = question_to_query("西山发的问卷回收率多少？", (), Filters(), [REPORT, other])
    passages = (
        make_passage("发出问卷500份，回收率81.43%。\n", path=("一、概况", "调查")),
        replace(make_passage("发放问卷300份，回收率96.40%。\n", path=("一、概况", "调查")), report_id="b.txt"),
    )
    findings = evidence_to_findings(Evidence(query, passages, ()), {"a.txt": REPORT, "b.txt": other}, {})
    (wanted, *_) = findings.wanted(query)
    at = FEATURES.index("foreign")
    foreign = {
        said.figure.number.text: row[at]
        for said, row in zip(findings.said, weigh_all(findings.said, wanted, findings.reports), strict=True)
    }
    assert (foreign["81.43%"], foreign["96.40%"]) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("one", "other", "is_near", "is_transposed"),
    [
        ("91.37%", "91.73%", True, True),
        ("386人", "368人", False, True),
        ("512人", "509人", True, False),
        ("45人", "54人", False, False),
        ("386人", "368元", False, False),
    ],
)
def test_two_writings_of_one_figure(one: str, other: str, is_near: bool, is_transposed: bool) -> None:
    first, second = find_numbers(one)[0], find_numbers(other)[0]
    assert (are_near(first, second), are_transposed(first, second)) == (is_near, is_transposed)


def test_a_figure_of_the_whole_is_not_that_of_a_group_it_does_not_name() -> None:
    passages = (
        make_passage("毕业生平均月收入4015元。\n", path=("一、概况", "就业")),
        make_passage("智能制造学院毕业生平均月收入4380元。\n", path=("二、学院", "就业")),
    )
    found = features("东湖职院智能制造学院毕业生平均月收入是多少？", passages)
    assert (found["4015元"]["elsewhere"], found["4380元"]["elsewhere"]) == (1.0, 0.0)
    assert features("东湖职院毕业生平均月收入是多少？", passages)["4015元"]["elsewhere"] == 0.0


def test_what_is_of_women_or_of_the_province_is_not_of_men_or_the_school() -> None:
    text = "2023届毕业生中女生1204人、男生980人，获省级奖项36项、校级奖项158项。"
    men = features("2023届毕业生里男的有多少人？", (make_passage(text),))
    assert (men["980人"]["opposed"], men["1204人"]["opposed"]) == (0.0, 1.0)
    awards = features("省级奖项拿了多少项？", (make_passage(text),))
    assert (awards["36项"]["opposed"], awards["158项"]["opposed"]) == (0.0, 1.0)


def test_a_word_that_labels_another_figure_of_the_sentence_is_taken() -> None:
    found = features("横向经费多少万元？", (make_passage("科研到账经费合计3368.4万元，其中横向经费736.9万元。"),))
    assert found["3368.4万元"]["taken"] > found["736.9万元"]["taken"] == 0.0


def test_a_caption_dates_the_cells_whose_row_and_column_do_not() -> None:
    table = make_table([["省份", "录取数"], ["河南", "571"]], caption="表3 2023年分省录取情况")
    found = features("东湖职院2022年在河南录取了多少人？", (table_passage(table),), table)
    assert found["571"]["other_year"] == 1.0


def test_hundreds_or_tens_of_thousands_are_no_percentage() -> None:
    found = features("住房保障花了几万？", (make_passage("住房保障支出461.08万元，占4.73%。"),))
    assert (found["461.08万元"]["may"], found["4.73%"]["may"]) == (1.0, 0.0)


def test_a_grade_says_when_students_began_not_when_they_were_counted() -> None:
    rows = [["项目", "2022级、2023级"], ["学生满意度（%）", "95.49"], ["报到率（%）", "96.20"]]
    table = make_table(rows, caption="表3 调查")
    found = features("2022年学生满意度是多少？", (table_passage(table),), table)
    assert found["95.49"]["year"] < 0.5
