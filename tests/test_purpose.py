"""What a question is for, and the answers that need no search: a summary from the board, a word about the program."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fake_model import FakeModel
from generate_samples import reply_text
from page_samples import OTHER_REPORT, REPORT, build_index, write_reports

from evals.cases import load_cases
from rag.app.assembly import build_assistant, open_index
from rag.assistant import Assistant
from rag.errors import ModelError
from rag.presentation.document import exchanges_to_document
from rag.presentation.exchanges import answer_to_exchange
from rag.presentation.word import document_to_word
from rag.question.purpose import question_to_purpose, words_to_write_of
from rag.question.understand import without_small_talk
from rag.records import AnswerStatus, Certainty, Filters, Message, Purpose, Turn
from rag.settings.settings import Settings

BRIEFING = """# 白河职业技术学院办学数据简报（2023年第1期）

白河职业技术学院2023届毕业生就业率为 90.12%，双师型教师比例为 61.2%。
"""
"""Of a kind that may speak of any college."""
NAMES = ("青石职业技术学院", "青石职院")
HELP, SUMMARY, FIGURES = Purpose.HELP, Purpose.SUMMARY, Purpose.FIGURES
RATE = "青石职业技术学院2023届毕业生就业率是多少？"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("purpose")
    build_index(folder / "data", write_reports(folder / "reports", a=REPORT, b=OTHER_REPORT, c=BRIEFING))
    return folder / "data"


@pytest.fixture(scope="module")
def assistant(data: Path) -> Iterator[Assistant]:
    settings = Settings(data=data)
    index = open_index(settings)
    yield build_assistant(settings, index)
    index.close()


@pytest.mark.parametrize(
    ("question", "first", "later"),
    [
        ("你好！", HELP, HELP),
        ("谢谢你", HELP, HELP),
        ("你是谁？", HELP, HELP),
        ("怎么使用", HELP, HELP),
        ("您能回答什么问题？", HELP, HELP),
        ("介绍一下你自己", HELP, HELP),
        ("为什么？", HELP, FIGURES),  # in a conversation it leans on what was said
        ("总结一下这份报告", SUMMARY, SUMMARY),
        ("你好，请概括青石职院2023年的主要内容", SUMMARY, SUMMARY),
        ("青石职院2023年的情况", SUMMARY, SUMMARY),
        ("那青石职院的情况呢", SUMMARY, FIGURES),
        ("青石职院怎么样？", SUMMARY, FIGURES),
        ("总结一下青石的情况", SUMMARY, SUMMARY),
        ("写一段介绍青石职院办学情况的文字", SUMMARY, SUMMARY),
        ("两所学校汇总成表", SUMMARY, SUMMARY),
        ("把各校的情况汇总一下", SUMMARY, SUMMARY),
        ("哪所学校的情况最好", FIGURES, FIGURES),
        ("两所学校的就业率汇总成表", FIGURES, FIGURES),
        ("青石的就业情况", FIGURES, FIGURES),
        ("你好，青石职院就业率是多少", FIGURES, FIGURES),
        ("青石职院的就业情况", FIGURES, FIGURES),
        ("青石职院有多少人？", FIGURES, FIGURES),
        ("青石职院在哪？", FIGURES, FIGURES),
        ("你知道学费吗", FIGURES, FIGURES),
        ("食堂", FIGURES, FIGURES),
        ("1+1等于几？", FIGURES, FIGURES),
    ],
)
def test_a_question_looks_for_something_when_anything_is_left_of_it(
    question: str, first: Purpose, later: Purpose
) -> None:
    assert question_to_purpose(question, NAMES, is_first=True) is first
    assert question_to_purpose(question, NAMES, is_first=False) is later


def test_no_question_of_the_evaluation_is_taken_for_talk() -> None:
    cases = load_cases(sorted((Path(__file__).parents[1] / "evals" / "questions").glob("*.jsonl")))
    assert len(cases) > 300
    names = ("咸宁职业技术学院", "咸宁职院", "咸职", "湖北职业技术学院", "湖北职院", "湖职")
    taken = [
        case.question
        for case in cases
        if question_to_purpose(case.question, names, is_first=not case.history) is not FIGURES
    ]
    assert taken == []


def test_a_greeting_is_answered_with_examples_and_without_figures(assistant: Assistant) -> None:
    answer = assistant.ask("你好")
    assert (answer.status, answer.sureness) == (AnswerStatus.ANSWERED, Certainty.SURE)
    assert answer.text.startswith("您好！我是问报")
    assert "没有找到" not in answer.text
    assert "青石" in answer.text
    assert "白河" in answer.text
    assert "**" not in answer.text
    assert (answer.figures, answer.citations, answer.unsupported) == ((), (), ())


def test_help_speaks_of_the_reports_chosen(assistant: Assistant) -> None:
    answer = assistant.ask("你能做什么？", filters=Filters(colleges=("白河职业技术学院",)))
    assert "白河" in answer.text
    assert "青石" not in answer.text


def test_what_follows_small_talk_leans_on_what_was_said_before_it(assistant: Assistant) -> None:
    history = [Turn("user", RATE), Turn("assistant", "95.27%"), Turn("user", "谢谢"), Turn("assistant", "不客气。")]
    assert without_small_talk(history) == tuple(history[:2])
    assert "78.4%" in assistant.ask("专业对口率呢？", history).text


def test_a_summary_gives_the_board_each_figure_cited(assistant: Assistant) -> None:
    answer = assistant.ask("总结一下青石职业技术学院2023年的情况")
    assert answer.query.purpose is SUMMARY
    assert answer.status is AnswerStatus.ANSWERED
    shown = {figure.text for figure in answer.figures}
    assert {"95.27%", "78.4%", "8421人"} <= shown
    assert all(figure.role == "answer" and figure.citations for figure in answer.figures)
    quotes = {citation.n: citation.quote for citation in answer.citations}
    assert all(figure.text.rstrip("人%") in quotes[figure.citations[0]] for figure in answer.figures)
    assert {citation.passage.report_id for citation in answer.citations} == {"a.md"}
    assert answer.unsupported == ()
    assert assistant.ask("总结一下青石").text == answer.text


def test_a_model_writes_the_summary_from_the_figures_of_the_board(assistant: Assistant) -> None:
    def written(messages: Sequence[Message]) -> str:
        ids = re.findall(r"(?:95\.27%|8421人)\{(F\w+)", messages[1].content)
        return reply_text(f"毕业去向落实率为**{{{ids[0]}}}**，在校生{{{ids[1]}}}，专业对口率为71.3%。")

    question = "总结一下青石职业技术学院2023年质量年报"
    model = FakeModel(written, written)
    answer = replace(assistant, model=model).ask(question)
    assert answer.model == "fake"
    assert {"95.27%", "8421人"} <= {figure.text for figure in answer.figures}
    assert "71.3" not in answer.text
    failed = replace(assistant, model=FakeModel(ModelError("余额不足"))).ask(question)
    assert failed.text == assistant.ask(question).text
    assert "余额不足" in failed.notice


def test_of_one_college_and_year_further_reports_add_what_the_fullest_does_not_state(assistant: Assistant) -> None:
    whole = assistant.ask("总结一下白河职业技术学院的情况").text
    assert whole.index("质量年度报告") < whole.index("简报")
    assert "91.06%" in whole
    assert "61.2%" in whole


def test_a_summary_in_a_conversation_is_of_the_college_spoken_of(assistant: Assistant) -> None:
    history = [Turn("user", RATE), Turn("assistant", "95.27%")]
    assert {c.passage.report_id for c in assistant.ask("总结一下这份报告", history).citations} == {"a.md"}
    more = [*history, Turn("user", "总结一下青石职业技术学院"), Turn("assistant", "……")]
    assert {c.passage.report_id for c in assistant.ask("那白河职业技术学院呢？", more).citations} == {"b.md", "c.md"}


def _in_rows(messages: Sequence[Message]) -> str:
    """A table of one figure of each college that is given."""
    passages = messages[1].content.split("〔P")
    rows = []
    for college in ("青石职业技术学院", "白河职业技术学院"):
        own = next(
            text for text in passages if college in text.partition("\n")[0] and re.search(r"就业率.{0,9}\{F", text)
        )
        identity = re.search(r"就业率[^{]{0,9}\{(F\w+)", own)
        rows.append(f"| {college} | {{{identity[1] if identity else ''}}} |")
    return reply_text("汇总如下：\n| 学校 | 就业率 |\n| --- | --- |\n" + "\n".join(rows))


@pytest.mark.parametrize(
    "question", ["两所学校汇总成表", "把两所学校2023届毕业生就业率汇总成表", "写一段两校就业率对比的材料"]
)
def test_a_table_of_all_colleges_takes_all_and_goes_to_word_as_it_stands(assistant: Assistant, question: str) -> None:
    answer = replace(assistant, model=FakeModel(_in_rows)).ask(question)
    assert answer.unsupported == ()
    known = {report.id: report for report in assistant.reports()}
    cited = {known[citation.passage.report_id].college for citation in answer.citations}
    assert cited == {"青石职业技术学院", "白河职业技术学院"}
    exchange = answer_to_exchange(question, answer, known, assistant.tables(answer.evidence))
    written = zipfile.ZipFile(io.BytesIO(document_to_word(exchanges_to_document("对话", [exchange]))))
    body = written.read("word/document.xml").decode()
    assert body.count("<w:tbl>") == 1
    assert body.count("<w:footnoteReference ") == 2
    assert all(figure.text in body for figure in answer.figures)


def test_what_is_to_be_written_of_is_read_of_the_board_too(assistant: Assistant) -> None:
    query = assistant.understand("写一段青石职业技术学院毕业生就业情况的材料，200字左右")
    assert query.purpose is FIGURES
    assert words_to_write_of(query.question)
    texts = "".join(passage.text for passage in assistant.retrieve(query).passages)
    assert "95.27%" in texts
    assert "78.4%" in texts
    assert words_to_write_of("青石职业技术学院毕业生就业率是多少") == ()


def test_where_no_report_is_meant_those_there_are_named(assistant: Assistant) -> None:
    text = assistant.ask("总结一下这份报告").text
    assert text.startswith("请说明")
    assert text.count("《") == 3


def test_a_college_without_report_is_refused(assistant: Assistant) -> None:
    answer = assistant.ask("总结一下武汉大学2023年的情况")
    assert answer.status is AnswerStatus.NOT_FOUND
    assert "没有收录武汉大学的报告" in answer.text


def test_the_command_line_greets_too(wenbao, data):
    answer = json.loads(wenbao("ask", "你好", "--json", "--data", data).out)
    assert (answer["status"], answer["purpose"], answer["figures"]) == ("answered", "help", [])
