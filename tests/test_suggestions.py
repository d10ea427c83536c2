from __future__ import annotations

from pathlib import Path

import pytest
from page_samples import OTHER_REPORT, REPORT, build_index, write_reports

from rag.app.assembly import build_assistant, open_index
from rag.assistant import Assistant
from rag.records import AnswerStatus, Report, ReportKind, Section, SectionKind, Table, TableRow
from rag.settings.settings import Settings
from rag.suggestions.first import Suggestion, answered_suggestions, in_turn, interleaved, report_to_suggestions


def report(identity: str = "r", kind: ReportKind = ReportKind.QUALITY, college: str = "某某职业技术学院") -> Report:
    return Report(identity, "年报", college, ("某某职院",), kind, 2023, 2023, None, identity, "0", "pdf", 1)


def section(text: str) -> Section:
    return Section("s", "r", 0, ("一",), SectionKind.BODY, text, ())


def table(*rows: tuple[str, ...]) -> Table:
    return Table("t", "r", "s", "表 1", "", 1, tuple(TableRow(row, row, 1) for row in rows))


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("学校生师比为15.85：1。", "某某职院2023年质量年报里，学校生师比是多少？", "15.85：1"),
        ("2023届毕业生就业率达95%。", "某某职院2023届毕业生就业率是多少？", "95%"),
        ("2023届，毕业生就业率达95%。", "某某职院2023届毕业生就业率是多少？", "95%"),
        ("现有专任教师412人。", "某某职院2023年质量年报里，现有专任教师有多少人？", "412人"),
    ],
)
def test_questions_of_prose(text: str, question: str, expected: str) -> None:
    assert Suggestion(question, "r", expected) in report_to_suggestions(report(), [section(text)], [])


def test_what_is_of_no_known_kind_is_named_by_its_college_alone() -> None:
    found = report_to_suggestions(report(kind=ReportKind.OTHER), [section("学校生师比为15.85：1。")], [])
    assert [one.question for one in found] == ["某某职院的学校生师比是多少？"]


@pytest.mark.parametrize("text", ["就业率超过95%。", "就业率稳步提高。", "毕业生就业率，见表。", ""])
def test_no_question_without_a_plain_figure(text: str) -> None:
    assert report_to_suggestions(report(), [section(text)], []) == ()


def test_questions_of_cells_that_one_row_alone_answers() -> None:
    rows = table(("系部", "人数（人）"), ("机电系", "21"), ("护理系", "18"), ("护理系", "19"), ("合计", "58"))
    found = report_to_suggestions(report(), [], [rows])
    assert [(s.question, s.expected) for s in found] == [("某某职院2023年质量年报里，机电系的人数是多少？", "21")]


def test_a_report_of_no_college_is_asked_by_its_rows() -> None:
    rows = table(("学校", "专业名称"), ("甲乙学校", "护理"))
    found = report_to_suggestions(report(kind=ReportKind.OFFICIAL, college=""), [], [rows])
    assert [s.question for s in found] == ["甲乙学校的专业名称是什么？"]


def test_kinds_and_reports_take_turns() -> None:
    reports = [report("a"), report("b"), report("c", ReportKind.BRIEFING)]
    assert [r.id for r in interleaved(reports)] == ["a", "c", "b"]
    one, two, three = (Suggestion(name, "r", "1") for name in "一二三")
    assert list(in_turn([[one, two], [three, one]])) == [one, three, two]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("suggestions")
    build_index(folder / "data", write_reports(folder / "reports", a=REPORT, b=OTHER_REPORT))
    settings = Settings(data=folder / "data")
    return build_assistant(settings, open_index(settings))


def test_only_rightly_answered_questions_are_kept(assistant: Assistant) -> None:
    store = assistant.index.store
    drawn = [report_to_suggestions(r, store.sections(r.id), store.tables(r.id)) for r in assistant.reports()]
    wrong = Suggestion(drawn[0][0].question, "b.md", "没有这个数")
    questions = answered_suggestions([wrong, *in_turn(drawn)], assistant.ask, 4, 14)
    assert len(questions) == 4
    expected = {s.question: s.expected for one in drawn for s in one}
    for question in questions:
        answer = assistant.ask(question)
        assert answer.status is AnswerStatus.ANSWERED
        assert expected[question].split("：")[0] in answer.text
    assert answered_suggestions([wrong], assistant.ask, 4, 14) == ()
