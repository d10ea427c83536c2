"""The built-in answerer: sure, unsure, not there; computed only from figures of one kind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from answer_samples import make_passage, make_report, make_table, table_passage

from rag.answering.built_in import evidence_to_draft
from rag.answering.built_in.answer import unsure
from rag.answering.built_in.looking import evidence_to_findings, look_up
from rag.answering.built_in.names import Place, shown
from rag.answering.built_in.scoring import SURE
from rag.gate.verify import draft_to_gated
from rag.question.understand import question_to_query
from rag.records import AnswerStatus, Certainty, Draft, Evidence, Filters, Passage, Table
from rag.retrieval.relevance import query_to_relevance

COLLEGE = "东湖职业技术学院"
REPORTS = {"a.txt": make_report("a.txt", COLLEGE)}
STAFF = make_passage(
    "学校现有专任教师512人，其中博士37人，占7.23%。馆藏纸质图书61.20万册。\n", path=("一、概况", "师资")
)
OTHERS = make_passage("食堂面积2400平方米，可同时容纳1800人就餐。校医院有床位25张。\n", path=("一、概况", "后勤"))
COLLEGES = make_table(
    [
        ["学院", "毕业生数（人）", "去向落实率（%）"],
        ["机电学院", "812", "94.15"],
        ["护理学院", "640", "97.31"],
        ["财经学院", "455", "91.02"],
        ["合计", "1907", "94.46"],
    ],
    caption="表1 毕业生去向落实情况",
)

SPANS = ((0, 11, 0.9), (12, 18, 0.85), (0, 11, 0.8), (19, 27, 0.3))


def ask(question: str, passages: Sequence[Passage] = (STAFF, OTHERS), table: Table | None = None) -> Draft:
    query = question_to_query(question, (), Filters(), list(REPORTS.values()))
    weights = query_to_relevance(query, [passage.text for passage in passages]).weights
    tables = {table.id: table} if table else {}
    draft = evidence_to_draft(Evidence(query, tuple(passages), tuple(sorted(weights.items()))), REPORTS, tables)
    assert draft_to_gated(draft, tables, REPORTS).unsupported == ()
    return draft


def bold(draft: Draft) -> list[str]:
    return re.findall(r"\*\*(.+?)\*\*", draft.text)


def test_a_figure_plainly_asked_for_is_given_with_what_its_report_says_of_it() -> None:
    draft = ask("东湖职院专任教师有多少人？")
    assert (draft.status, draft.certainty, bold(draft)) == (AnswerStatus.ANSWERED, Certainty.SURE, ["512人"])
    assert (draft.chance or 0.0) >= SURE
    assert "专任教师**512人**" in draft.text
    assert draft.text.startswith(COLLEGE)


def test_a_cell_is_given_with_its_table_row_and_column() -> None:
    draft = ask("东湖职院护理学院的去向落实率是多少？", [table_passage(COLLEGES)], COLLEGES)
    assert bold(draft) == ["97.31%"]
    assert "表1 毕业生去向落实情况" in draft.text
    assert "护理学院" in draft.text


def test_what_only_may_be_meant_is_shown_and_nothing_is_bold() -> None:
    draft = ask("东湖职院能吃饭的地方装得下多少学生？")
    assert draft.status is AnswerStatus.NOT_FOUND
    assert bold(draft) == []
    assert draft.certainty is not Certainty.SURE
    if draft.certainty is Certainty.UNSURE:
        assert 1 <= len(draft.candidates) <= 3
        assert "可能相关" in draft.text


@pytest.mark.parametrize(
    "question", ["东湖职院有多少篮球场？", "东湖职院党委书记是谁？", "武汉职业技术学院专任教师有多少人？"]
)
def test_nothing_is_bold_that_is_not_there(question: str) -> None:
    draft = ask(question)
    assert draft.status is AnswerStatus.NOT_FOUND
    assert bold(draft) == []


@pytest.mark.parametrize("question", ["\ud800", "？", "👩‍👧", "\u0301"])
def test_a_question_without_a_word_is_not_answered(question: str) -> None:
    assert bold(ask(question)) == []


def test_a_sentence_that_two_reports_print_is_shown_once() -> None:
    best, other, again, far = (Place(STAFF, *span, cover) for *span, cover in SPANS)
    assert shown([best, other, again, far]) == [best, other]


def test_an_unknown_college_is_refused_by_name() -> None:
    assert "没有收录武汉职业技术学院的报告" in ask("武汉职业技术学院专任教师有多少人？").text


def test_the_row_that_comes_first_is_read_off_the_table() -> None:
    draft = ask("东湖职院哪个学院的去向落实率最高？", [table_passage(COLLEGES)], COLLEGES)
    assert bold(draft) == ["护理学院", "97.31%"]


def test_a_total_is_no_row_of_its_own() -> None:
    draft = ask("东湖职院哪个学院的毕业生数最多？", [table_passage(COLLEGES)], COLLEGES)
    assert bold(draft) == ["机电学院", "812人"]


def test_two_rows_of_one_column_are_subtracted() -> None:
    draft = ask("东湖职院机电学院的毕业生数比财经学院多多少人？", [table_passage(COLLEGES)], COLLEGES)
    assert bold(draft) in (["357人"], [])
    assert (bold(draft) == ["357人"]) == (draft.status is AnswerStatus.ANSWERED)


def test_different_things_are_never_subtracted() -> None:
    draft = ask("东湖职院专任教师比食堂多多少？")
    assert draft.computations == ()


def test_a_level_is_no_answer_to_how_much_something_changed() -> None:
    assert bold(ask("东湖职院专任教师比上年增加了多少人？")) == []


def test_another_years_figure_is_no_answer() -> None:
    passage = make_passage("2022届毕业生去向落实率为95.10%。\n")
    assert bold(ask("东湖职院2023届毕业生去向落实率是多少？", [passage])) == []


def test_one_thing_written_in_two_ways_is_shown_with_both() -> None:
    here = make_passage("2023届毕业生就业率为91.37%。\n", path=("一、就业", "概况"))
    there = make_passage("全文小结如下。2023届毕业生就业率为91.73%。\n", path=("五、就业", "小结"))
    draft = ask("东湖职院2023届毕业生就业率是多少？", [here, there])
    assert sorted(bold(draft)) == ["91.37%", "91.73%"]
    assert "两处不一致" in draft.text
    assert len(draft.conflicts) == 1


def test_figures_of_two_years_are_no_two_writings_of_one() -> None:
    here = make_passage("2023届毕业生就业率为91.37%。\n", path=("一、就业", "概况"))
    there = make_passage("2022届毕业生就业率为91.73%。\n", path=("五、就业", "小结"))
    assert bold(ask("东湖职院2023届毕业生就业率是多少？", [here, there])) == ["91.37%"]


def test_things_asked_together_are_answered_by_figures_that_go_together() -> None:
    text = "新建学生公寓3栋，增加床位2244个。教学楼5栋，另有床位60个的校医院。\n"
    question = question_to_query("东湖职院新盖了几栋宿舍，多了多少床位？", (), Filters(), list(REPORTS.values()))
    found = look_up(evidence_to_findings(Evidence(question, (make_passage(text),)), REPORTS, {}))
    assert [one.figure.number.text for one in found] == ["3栋", "2244个"]


def test_a_college_without_a_report_is_answered_only_by_what_names_it() -> None:
    listed = make_passage(
        "名单：西山职业技术学院对接光电子产业集群。东湖职业技术学院对接食品产业集群。全省共有28所院校入选，建设期3年。\n",
        path=("一、名单",),
    )
    draft = ask("西山职业技术学院对接哪个产业集群？", [listed])
    assert "光电子" in draft.text
    assert "食品" not in draft.text
    refused = ask("西山职业技术学院有多少专任教师？")
    assert (refused.certainty, refused.citations) == (Certainty.NONE, ())
    assert "没有收录西山职业技术学院的报告" in refused.text


def test_the_same_question_is_answered_alike_by_every_process() -> None:
    code = "from test_built_in import *; print(ask('东湖职院有多少老师，博士占多大比例？', [STAFF, OTHERS]).text)"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent), "PYTHONUTF8": "1"},
            capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(said) == 1


def test_what_nothing_was_found_for_is_named_beside_what_may_be_meant() -> None:
    query = question_to_query("东湖职院专任教师有多少人？篮球场有多少个？", (), Filters(), list(REPORTS.values()))
    weights = query_to_relevance(query, [STAFF.text]).weights
    findings = evidence_to_findings(Evidence(query, (STAFF,), tuple(sorted(weights.items()))), REPORTS, {})
    staff, courts = look_up(findings)
    text = unsure(findings, [staff, replace(courts, choices=())]).text
    assert text.endswith("“篮球场有多少个”没有找到可能对应的说法。")
    assert "512人" in text
    assert "没有找到" not in unsure(findings, [staff]).text
    asked = replace(courts.wanted, ask=replace(courts.wanted.ask, text="300人的篮球场有多少个"))
    assert unsure(findings, [staff, replace(courts, wanted=asked, choices=())]).text.endswith(
        "另有一问没有找到可能对应的说法。"
    )


@pytest.mark.parametrize("question", ["就业率和校训分别是什么？", "就业率和校训是什么？", "就业率是多少？校训是什么？"])
def test_of_two_things_the_one_that_is_printed_is_given_and_the_other_said_to_be_missing(question: str) -> None:
    rate = make_passage("2023届毕业生就业率为95.27%。\n", path=("二、就业",))
    draft = ask(f"东湖职院{question}", (STAFF, rate))
    assert (draft.status, bold(draft)) == (AnswerStatus.ANSWERED, ["95.27%"])
    assert re.search("“校训(是什么)?”在报告里没有找到", draft.text)


def test_figures_of_one_sentence_are_written_once() -> None:
    draft = ask("东湖职院专任教师有多少人，其中博士多少人？")
    assert bold(draft) == ["512人", "37人"]
    assert draft.text.count("学校现有专任教师") == 1


def test_a_cell_is_written_as_a_sentence() -> None:
    draft = ask("东湖职院护理学院的去向落实率是多少？", (table_passage(COLLEGES),), COLLEGES)
    assert "《表1 毕业生去向落实情况》中，护理学院的去向落实率为**97.31%**" in draft.text


@pytest.mark.parametrize(
    ("other", "is_shown"),
    [
        ("本年度毕业生初次就业率为91.73%。\n", True),
        ("本年度毕业生初次就业率为93.17%。\n", True),
        ("其中女毕业生中考取教师资格证的占91.73%。\n", False),
        ("2021年毕业生初次就业率为91.73%。\n", False),
    ],
)
def test_another_writing_of_a_figure_is_shown_beside_it(other: str, is_shown: bool) -> None:
    first = make_passage("2023年学校毕业生初次就业率91.37%。\n", path=("一、就业", "总体"))
    draft = ask("东湖职院2023年毕业生初次就业率是多少？", (first, make_passage(other, path=("二、附录", "数据"))))
    assert ("另一处写作" in draft.text) is is_shown


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("东湖职院哪个学院的去向落实率最高？", ["护理学院", "97.31%"]),
        ("东湖职院毕业生数最多的两个学院", ["机电学院", "812人", "护理学院", "640人"]),
    ],
)
def test_rows_are_put_in_order_by_the_column_asked_for(question: str, expected: list[str]) -> None:
    assert bold(ask(question, (table_passage(COLLEGES),), COLLEGES)) == expected


MOTTO = make_passage("学校校训为“明德笃行”。学校设有二级学院9个。\n", path=("一、概况", "沿革"))
LEADER = make_passage("二、党建工作与书记项目\n学校党委每月召开一次例会。\n", path=("二、党建", "概况"))


def test_a_sentence_that_says_what_is_asked_is_quoted() -> None:
    draft = ask("东湖职院的校训是什么？", (MOTTO, OTHERS))
    assert draft.status is AnswerStatus.ANSWERED
    assert "原文：“学校校训为“明德笃行”" in draft.text


def test_a_sentence_that_leaves_out_what_is_asked_is_only_shown() -> None:
    assert ask("东湖职院的校歌是谁写的？", (MOTTO, OTHERS)).status is AnswerStatus.NOT_FOUND
    assert ask("东湖职院党委书记是谁？", (LEADER, OTHERS)).status is AnswerStatus.NOT_FOUND


def test_a_year_without_a_report_is_answered_by_what_another_prints_of_it() -> None:
    costs = make_table(
        [
            ["项目", "2021年（万元）", "2022年（万元）"],
            ["学费收入", "5911.06", "6237.48"],
            ["财政拨款", "20110.20", "21018.33"],
        ],
        caption="表6 学校经费收入情况",
    )
    draft = ask("东湖职院2021年学费收入是多少？", [table_passage(costs)], costs)
    assert "5911.06" in draft.text
    assert "6237.48" not in draft.text
    assert "没有收录" in ask("东湖职院2019年学费收入是多少？", [table_passage(costs)], costs).text


def test_the_row_that_comes_first_is_told_by_what_the_column_says() -> None:
    draft = ask("东湖职院去向落实率最高的是哪个学院？", [table_passage(COLLEGES)], COLLEGES)
    assert bold(draft) == ["护理学院", "97.31%"]
    assert "97.31" not in "".join(
        bold(ask("护理学院以外，东湖职院哪个学院去向落实率最高？", [table_passage(COLLEGES)], COLLEGES))
    )


def test_a_word_made_of_the_first_characters_of_others_finds_them() -> None:
    passage = make_passage(
        "2024年报名的学生中，普通高中毕业生1284人，中职学校毕业生2667人。\n", path=("一、招生", "报名")
    )
    draft = ask("东湖职院报名的普高毕业生有多少人？", [passage])
    assert "1284" in draft.text
    assert not draft.candidates or draft.candidates[0].endswith(str(passage.text.index("1284")))
