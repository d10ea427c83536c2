"""What is not the part, sums of named things, and parts of a question that lean on the one before."""

from __future__ import annotations

import pytest
from answer_samples import make_passage, make_report, make_table, table_passage

from rag.answering.built_in import evidence_to_draft
from rag.gate.verify import draft_to_gated
from rag.question.asks import question_to_asks
from rag.question.operation import negation, question_to_operation
from rag.question.understand import question_to_query
from rag.records import Certainty, Draft, Evidence, Filters, Operation, Passage, Table
from rag.retrieval.relevance import query_to_relevance

COLLEGE = "东湖职业技术学院"
REPORTS = {"a.txt": make_report("a.txt", COLLEGE)}
ENROLLED = "2023年学校招生计划2100人，录取2000人，报到1900人，报到率95.00%。\n"
STAFF = "学校现有教职工640人，其中专任教师512人，生师比16.20。\n"
OTHERS = "食堂面积2400平方米，可同时容纳1800人就餐。校医院有床位25张。\n"
SCHOOLS = make_table(
    [["学院", "毕业生数（人）"], ["护理学院", "640"], ["护理分院", "115"], ["财经学院", "455"], ["合计", "1210"]],
    caption="表1 毕业生分布",
)
STANDARD = make_table(
    [["指标", "学校数值", "国家标准"], ["研究生学位教师占比（%）", "46.23", "15"], ["生均图书（册/生）", "82", "60"]],
    caption="表2 办学条件",
)
PLACEMENT = make_table(
    [
        ["去向", "人数", "占毕业生比例"],
        ["就业", "900", "90.00%"],
        ["待就业", "100", "10.00%"],
        ["合计", "1000", "100%"],
    ],
    caption="表3 2023届毕业生去向",
)


def ask(question: str, *sources: str | Table) -> Draft:
    query = question_to_query(question, (), Filters(), list(REPORTS.values()))
    tables = {source.id: source for source in sources if isinstance(source, Table)}
    passages: list[Passage] = [
        table_passage(source) if isinstance(source, Table) else make_passage(source) for source in sources
    ]
    weights = query_to_relevance(query, [passage.text for passage in passages]).weights
    draft = evidence_to_draft(Evidence(query, tuple(passages), tuple(sorted(weights.items()))), REPORTS, tables)
    assert draft_to_gated(draft, tables, REPORTS).unsupported == ()
    return draft


def answers(draft: Draft) -> list[str]:
    return draft.text.split("**")[1::2]


@pytest.mark.parametrize(
    ("question", "source", "expected"),
    [
        pytest.param("东湖职院2023年录取了却没报到的有多少人？", ENROLLED, "100人", id="share-proves-it"),
        pytest.param("东湖职院教职工里不算专任教师的有多少人？", STAFF, "128人", id="sentence-says-it"),
    ],
)
def test_what_is_not_the_part_is_the_whole_less_it(question: str, source: str, expected: str) -> None:
    draft = ask(question, source, OTHERS)
    assert answers(draft) == [expected]
    (computation,) = draft.computations
    assert "−" in computation.formula
    assert len(computation.operands) == 2


def test_of_a_share_it_is_what_is_left_of_a_hundred() -> None:
    draft = ask("东湖职院2023年没报到的新生占多少？", "2023年学校新生报到率95.40%。\n", OTHERS)
    assert answers(draft) == ["4.60%"]
    assert draft.computations[0].formula.startswith("100% − 95.40")


def test_a_change_leaves_nothing_of_a_hundred() -> None:
    draft = ask("东湖职院2023年没报到的新生占多少？", "2023年学校新生报到人数增长率5.40%。\n", OTHERS)
    assert draft.computations == ()


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("2023年学校新生报到1900人。\n", id="no-whole"),
        pytest.param(
            "2023年学校录取2000人，报到1900人，食堂2100平方米，报到率91.00%。\n", id="share-of-something-else"
        ),
    ],
)
def test_the_part_is_never_the_answer_where_the_rest_is_asked_for(source: str) -> None:
    draft = ask("东湖职院2023年没报到的新生有多少人？", source, OTHERS)
    assert answers(draft) == []


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("东湖职院2023年没贷款的新生有多少人？", id="part-is-not-printed"),
        pytest.param("东湖职院2023年没录取的新生有多少人？", id="part-is-the-whole-of-another"),
        pytest.param("东湖职院2023年没贷款的新生占多少？", id="share-is-of-another"),
    ],
)
def test_another_part_is_not_subtracted(question: str) -> None:
    draft = ask(question, ENROLLED, OTHERS)
    assert draft.certainty is not Certainty.SURE
    assert answers(draft) == []


def test_what_is_negated_in_print_is_no_part_to_subtract() -> None:
    assert answers(ask("东湖职院2023届没就业的毕业生有多少人？", PLACEMENT)) == ["100人"]


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("专任教师里还有多少不是双师的", "双师"),
        ("录了但没来报到的有几个", "来报到"),
        ("除了博士以外还有多少教师", "博士"),
        ("护理（不是整个学院）有多少人", None),
        ("够不够多少人", None),
        ("不到四成的有几个", None),
        ("没有硕士点吗", None),
        ("引进了几个博士？人事代理的不算", None),
    ],
)
def test_a_negation_counts_where_an_amount_is_asked_for(question: str, part: str | None) -> None:
    match = negation(question)
    assert (match and match["part"]) == part


@pytest.mark.parametrize(
    "question",
    [
        "东湖职院护理学院加护理分院，毕业生有多少人？",
        "东湖职院护理学院和护理分院，两个合起来毕业生多少人？",
        "东湖职院护理学院和护理分院毕业生一共多少人？",
    ],
)
def test_named_things_are_added_up_and_none_alone_is_the_answer(question: str) -> None:
    draft = ask(question, SCHOOLS)
    assert answers(draft) == ["755人"]
    assert {figure.number.text for figure in draft.figures} == {"640", "115"}


def test_one_of_two_things_is_not_their_sum() -> None:
    draft = ask("东湖职院护理学院加体育学院，毕业生有多少人？", SCHOOLS)
    assert draft.certainty is not Certainty.SURE
    assert answers(draft) == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("医学院加医学分院，2020届毕业多少人", ("医学院", "医学分院")),
        ("机电学院和护理学院2023届毕业生一共多少人", ("机电学院", "护理学院")),
        ("两个校区加起来占地多少", ()),
        ("学校参加了多少比赛", None),
        ("教师增加多少人", None),
    ],
)
def test_what_is_added_up(question: str, expected: tuple[str, ...] | None) -> None:
    operation, items = question_to_operation(question)
    assert (operation is Operation.SUM) == (expected is not None)
    assert expected is None or items == expected


@pytest.mark.parametrize("question", ["研究生学位的教师占多少，国标呢？", "研究生学位教师占比多少，够不够标准？"])
def test_a_standard_is_answered_beside_what_is_measured_against_it(question: str) -> None:
    assert answers(ask(f"东湖职院{question}", STANDARD)) == ["46.23%", "15%"]


def test_a_part_that_names_nothing_is_of_what_the_part_before_asks() -> None:
    first, second = question_to_asks("2020届男毕业生几个、比例多少")
    assert (first.leans, second.leans) == (False, True)
    assert "男毕业生" in second.text


def test_shares_that_add_up_to_the_whole_are_no_answer() -> None:
    draft = ask("东湖职院2023届男毕业生占比多少？", PLACEMENT)
    assert "100%" not in [figure.number.text for figure in draft.figures]


def test_a_total_is_no_share_of_a_part_that_was_not_found() -> None:
    assert answers(ask("东湖职院2023届男毕业生几个、比例多少？", PLACEMENT)) == []
