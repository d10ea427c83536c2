"""The whole way from a question to a verified answer, over small reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import write_report

from rag.assembly import build_assistant, build_ingest, open_index
from rag.assistant import STAGES, Assistant
from rag.records import AnswerStatus, Filters, Turn
from rag.settings import Settings


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder: Path = tmp_path_factory.mktemp("assistant")
    write_report(folder / "reports" / "east.txt", "东湖职业技术学院", 8123)
    write_report(folder / "reports" / "west.txt", "西山职业技术学院", 9456)
    settings = Settings(data=folder / "data")
    index = open_index(settings)
    build_ingest(settings, index).run([folder / "reports"])
    yield build_assistant(settings, index)
    index.close()


@pytest.mark.parametrize(
    ("question", "earlier", "bold", "report"),
    [
        ("东湖职业技术学院有多少在校生？", (), {"8123人"}, "east.txt"),
        ("西山职院全日制在校生有多少人？", (), {"9456人"}, "west.txt"),
        ("西山职业技术学院2023届毕业生就业率是多少？", (), {"96.5%"}, "west.txt"),
        ("东湖职业技术学院的馆藏图书有多少册？", (), {"81230册"}, "east.txt"),
        ("西山职院呢？", ("东湖职业技术学院2023届毕业生就业率是多少？",), {"96.5%"}, "west.txt"),
        ("就业率呢？", ("东湖职业技术学院有多少在校生？",), {"93.5%"}, "east.txt"),
    ],
)
def test_the_figure_asked_for_is_given_and_cited(
    question: str, earlier: tuple[str, ...], bold: set[str], report: str, assistant: Assistant
) -> None:
    answer = assistant.ask(question, [Turn("user", text) for text in earlier])
    assert answer.status is AnswerStatus.ANSWERED
    assert {figure.text for figure in answer.figures if figure.role == "answer"} == bold
    assert {citation.passage.report_id for citation in answer.citations} == {report}
    assert all(text in citation.quote for text in bold for citation in answer.citations)
    assert answer.unsupported == ()


@pytest.mark.parametrize(
    "question", ["东湖职业技术学院的食堂有几层？", "南岭职业技术学院有多少在校生？", "今天天气怎么样？"]
)
def test_what_is_not_there_is_refused_without_a_bold_figure(question: str, assistant: Assistant) -> None:
    answer = assistant.ask(question)
    assert answer.status is AnswerStatus.NOT_FOUND
    assert {figure.role for figure in answer.figures} <= {"context"}
    assert "**" not in answer.text


def test_filters_and_stages_and_times(assistant: Assistant) -> None:
    stages: list[str] = []
    answer = assistant.ask("有多少在校生？", (), Filters(reports=("west",)), stages.append)
    assert answer.evidence.query.report_ids == ("west.txt",)
    assert tuple(stages) == STAGES
    times = dict(answer.timings_ms)
    assert set(times) == {"understand", "retrieve", "answer", "verify", "total"}
    assert times["total"] >= max(times.values()) - 1e-6


def test_the_same_question_gets_the_same_answer(assistant: Assistant) -> None:
    first, second = (assistant.ask("东湖职业技术学院有多少在校生？") for _ in range(2))
    assert (first.text, first.figures, first.citations) == (second.text, second.figures, second.citations)


def test_reports_are_in_order_of_college(assistant: Assistant) -> None:
    assert [report.id for report in assistant.reports()] == ["east.txt", "west.txt"]
