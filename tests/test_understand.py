"""Questions and the reports they are about."""

from __future__ import annotations

import pytest
from answer_samples import make_report

from rag.errors import UsageError
from rag.question.understand import MAX_PARTS, filtered_reports, question_to_query, strip_question
from rag.records import Filters, ReportKind, Turn

REPORTS = [
    make_report("xn-2023.pdf", "咸宁职业技术学院", academic_year="2022-2023"),
    make_report("hn-2021.pdf", "湖南工业职业技术学院", year=2021, academic_year="2020-2021"),
    make_report("hn-2023.pdf", "湖南工业职业技术学院", year=2023, academic_year="2022-2023"),
    make_report("hb-2020.pdf", "湖北职业技术学院", ReportKind.EMPLOYMENT, 2020),
    make_report("hb-2023.pdf", "湖北职业技术学院", ReportKind.QUALITY, 2023),
    make_report("letter.docx", "湖北省教育厅办公室", ReportKind.OFFICIAL, 2022),
]
ALL = tuple(report.id for report in REPORTS)
XN, HN, HB = "咸宁职业技术学院", "湖南工业职业技术学院", "湖北职业技术学院"


@pytest.mark.parametrize(
    ("question", "colleges", "unknown", "ids"),
    [
        ("咸宁职业技术学院的生师比", (XN,), (), ("xn-2023.pdf", "letter.docx")),
        ("咸职生师比", (XN,), (), ("xn-2023.pdf", "letter.docx")),
        ("咸宁职业技术学园的生师比", (XN,), (), ("xn-2023.pdf", "letter.docx")),
        ("湖南工业职院2020年生师比", (HN,), (), ("hn-2021.pdf", "letter.docx")),
        ("湖南工业职院2023年生师比", (HN,), (), ("hn-2023.pdf",)),
        ("湖南工业职院1999年生师比", (HN,), (), ("hn-2021.pdf", "hn-2023.pdf")),
        ("湖南工业大学的生师比", (), ("湖南工业大学",), ALL),
        ("湖职和咸职2023年谁的生师比高", (HB, XN), (), ("xn-2023.pdf", "hb-2023.pdf")),
        ("咸职和湖南工业职院2020年的差多少", (XN, HN), (), ("xn-2023.pdf", "hn-2021.pdf", "letter.docx")),
        ("湖职就业质量年报里的就业率", (HB,), (), ("hb-2020.pdf",)),
        ("咸职就业质量年报里的就业率", (XN,), (), ("xn-2023.pdf",)),
        ("湖职得过教育厅几次表彰", (HB,), (), ("hb-2020.pdf", "hb-2023.pdf", "letter.docx")),
        ("省厅公布的名单里有几所学校", (), (), ("letter.docx",)),
        ("武汉职业技术学院的生师比", (), ("武汉职业技术学院",), ALL),
        ("生师比是多少", (), (), ALL),
        ("2023年生师比是多少", (), (), ALL),
    ],
)
def test_a_question_is_routed_to_the_reports_it_is_about(
    question: str, colleges: tuple[str, ...], unknown: tuple[str, ...], ids: tuple[str, ...]
) -> None:
    query = question_to_query(question, (), Filters(), REPORTS)
    assert (query.colleges, query.unknown_colleges, query.report_ids) == (colleges, unknown, ids)


def test_a_follow_up_about_another_college_leaves_the_first() -> None:
    query = question_to_query("湖南那所呢？", [Turn("user", "咸职2023年的生师比是多少？")], Filters(), REPORTS)
    assert (query.colleges, query.years, query.report_ids) == ((HN,), (2023,), ("hn-2023.pdf",))
    assert query.standalone == query.focus == f"{HN}2023年的生师比是多少？"


def test_a_carried_question_counts_for_routing_and_terms() -> None:
    query = question_to_query("图书有多少册？", [Turn("user", "湖南工业职院2020年的生师比？")], Filters(), REPORTS)
    assert (query.colleges, query.years, query.report_ids) == ((HN,), (2020,), ("hn-2021.pdf", "letter.docx"))
    assert (query.wants_number, query.focus) == (True, "图书有多少册？")
    assert "生师比" in query.carried


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), ALL),
        (Filters(reports=("XN-2023",)), ("xn-2023.pdf",)),
        (Filters(reports=("hb-2020.pdf", "letter")), ("hb-2020.pdf", "letter.docx")),
        (Filters(colleges=("湖职",)), ("hb-2020.pdf", "hb-2023.pdf")),
        (Filters(years=(2022,)), ("letter.docx",)),
        (Filters(kinds=("质量年报",), years=(2023,)), ("xn-2023.pdf", "hn-2023.pdf", "hb-2023.pdf")),
        (Filters(reports=("none",)), ()),
    ],
)
def test_filters_leave_what_the_asker_wants(filters: Filters, ids: tuple[str, ...]) -> None:
    assert tuple(report.id for report in filtered_reports(REPORTS, filters)) == ids
    assert question_to_query("生师比", (), filters, REPORTS).report_ids == ids


def test_search_words_are_left_without_names_and_fillers() -> None:
    assert strip_question("请问咸职的生师比到底是多少呢？", (XN,), REPORTS) == "生师比 ？"


def test_a_misspelt_college_is_not_unknown_as_well() -> None:
    reports = [make_report("xianning.pdf", "咸宁职业技术学院")]
    query = question_to_query("威宁职业技术学院占地多少亩", (), Filters(), reports)
    assert query.colleges == ("咸宁职业技术学院",)
    assert query.unknown_colleges == ()


def test_a_college_left_out_by_the_filters_is_named_whole() -> None:
    query = question_to_query("湖职有多少教师", (), Filters(colleges=(XN,)), REPORTS)
    assert (query.colleges, query.unknown_colleges, query.report_ids) == ((), (HB,), ("xn-2023.pdf",))


def test_a_college_left_out_by_the_filters_is_still_one_of_those_compared() -> None:
    query = question_to_query("咸职和湖职的生师比各是多少", (), Filters(colleges=(XN,)), REPORTS)
    assert [part.unknown_colleges for part in query.parts] == [(), (HB,)]


YEARS = [
    make_report(f"xn-{year}.pdf", XN, year=year, academic_year=f"{year - 1}-{year}") for year in (2019, 2021, 2023)
]


@pytest.mark.parametrize(
    ("question", "ids", "beyond"),
    [
        ("生师比是多少", ("xn-2019.pdf", "xn-2021.pdf", "xn-2023.pdf"), ()),
        ("2021年生师比是多少", ("xn-2021.pdf", "xn-2023.pdf"), ("xn-2019.pdf",)),
        ("23年生师比是多少", ("xn-2023.pdf",), ("xn-2019.pdf", "xn-2021.pdf")),
        ("咸职2018年生师比是多少", ("xn-2019.pdf",), ("xn-2021.pdf", "xn-2023.pdf")),
    ],
)
def test_of_other_years_only_what_prints_the_asked_one_is_wanted(
    question: str, ids: tuple[str, ...], beyond: tuple[str, ...]
) -> None:
    query = question_to_query(question, (), Filters(), YEARS)
    assert (query.report_ids, query.beyond_ids) == (ids, beyond)


def test_a_college_named_again_and_again_is_one_part() -> None:
    reports = [make_report(name, college=name) for name in ("东湖职业技术学院", "西山职业技术学院")]
    query = question_to_query("东湖职业技术学院、西山职业技术学院" * 9 + "有多少在校生？", (), Filters(), reports)
    assert len(query.parts) <= 2


def test_a_name_that_begins_with_the_place_of_a_college_but_is_none_of_its_names_is_unknown() -> None:
    reports = [make_report("a.pdf", "澜江理工大学"), make_report("b.pdf", "砚溪职业技术学院")]
    query = question_to_query("澜江工业大学和砚溪师范学院的生师比", (), Filters(), reports)
    assert (query.colleges, query.unknown_colleges) == ((), ("澜江工业大学", "砚溪师范学院"))
    school = question_to_query("砚溪信息工程学院的就业率", (), Filters(), reports)
    assert school.unknown_colleges == ()


def test_an_authority_is_named_by_its_town_where_no_college_is() -> None:
    reports = [make_report("a.pdf", "砚州市教育局", ReportKind.OFFICIAL), make_report("b.pdf", XN)]
    named = question_to_query("砚州的问卷回收率", (), Filters(), reports)
    beside = question_to_query("咸职和砚州的问卷回收率", (), Filters(), reports)
    assert (named.colleges, beside.colleges) == (("砚州市教育局",), (XN,))


def test_a_class_is_looked_for_in_the_report_on_that_class() -> None:
    reports = [make_report(f"xn-{year}.pdf", XN, year=year) for year in (2022, 2023)]
    of_class, of_year = (question_to_query(f"咸职2022{word}就业率", (), Filters(), reports) for word in "届年")
    assert (of_class.report_ids, of_class.beyond_ids) == (("xn-2022.pdf",), ("xn-2023.pdf",))
    assert of_year.report_ids == ("xn-2022.pdf", "xn-2023.pdf")


def test_no_question_is_answered_that_names_more_than_is_looked_up_at_once() -> None:
    strangers = [f"{place}湖职业技术学院" for place in map(chr, range(0x4E00, 0x4E00 + 2 * MAX_PARTS))]
    with pytest.raises(UsageError, match=f"最多查 {MAX_PARTS} 个；请分几次问"):
        question_to_query("、".join(strangers) + "谁的在校生多？", (), Filters(), REPORTS)
    few = question_to_query("、".join(strangers[:3]) + "谁的在校生多？", (), Filters(), REPORTS)
    assert len(few.parts) == 3
