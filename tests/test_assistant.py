"""The whole way from a question to a verified answer, over small reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import write_report
from fake_model import FakeModel
from generate_samples import reply_text

from evals.benchmarks.model_server import ModelServer, Reply
from rag.app.assembly import build_assistant, build_ingest, open_index
from rag.assistant import STAGES, Assistant
from rag.errors import ModelError
from rag.presentation.exchanges import answer_to_exchange
from rag.records import AnswerStatus, Filters, Message, Turn
from rag.settings.settings import ChatSettings, Settings

SECRET = "sk-9f8e7d6c5b4a3210"


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


# --- with a model ---


def reply_with(figure: str) -> Callable[[Sequence[Message]], str]:
    """A reply that gives the figure by the id the prompt lists it under."""

    def reply(messages: Sequence[Message]) -> str:
        found = re.search(rf"{re.escape(figure)}\{{(F\w+)", messages[1].content)
        return reply_text(f"是 **{{{found[1] if found else 'F999'}}}**。")

    return reply


def test_a_model_answers_behind_the_same_gate(assistant: Assistant) -> None:
    model = FakeModel(reply_with("8123人"))
    stages: list[str] = []
    seen: list[str] = []
    found: list[int] = []
    answer = replace(assistant, model=model, price=lambda sent, got: Decimal(sent) / 1000).ask(
        "东湖职业技术学院有多少在校生？",
        on_stage=stages.append,
        on_text=seen.append,
        on_evidence=lambda evidence: found.append(len(evidence.passages)),
    )
    assert answer.text == "是 **8123人** [1]。"
    assert (answer.model, answer.model_returned, answer.notice) == ("fake", "fake-1-0", "")
    assert (answer.input_tokens, answer.cost, answer.first_token_ms) == (100, Decimal("0.1"), 5.0)
    assert tuple(stages) == STAGES
    assert seen[-1] == "是 8123人。"
    assert found == [len(answer.evidence.passages)]
    assert set(dict(answer.timings_ms)) == {"understand", "retrieve", "answer", "verify", "total"}


def test_a_follow_up_is_made_whole_by_the_model_where_that_is_safe(assistant: Assistant) -> None:
    earlier = [Turn("user", "东湖职业技术学院有多少在校生？"), Turn("assistant", "8123人")]
    safe = '{"question": "西山职业技术学院的在校生有多少？"}'
    answer = replace(assistant, model=FakeModel(safe, reply_with("9456人"))).ask("那西山职院呢", earlier)
    assert answer.query.question == "那西山职院呢"
    assert answer.query.standalone == "西山职业技术学院的在校生有多少？"
    assert answer.query.report_ids == ("west.txt",)
    assert "**9456人**" in answer.text
    for unsafe in ('{"question": "南岭职业技术学院有多少人？"}', "乱说", ModelError("忙")):
        answer = replace(assistant, model=FakeModel(unsafe, reply_with("9456人"))).ask("那西山职院呢", earlier)
        assert answer.query.standalone == "西山职业技术学院有多少在校生？"
        assert "**9456人**" in answer.text


def test_a_question_that_stands_alone_is_not_rewritten(assistant: Assistant) -> None:
    model = FakeModel(reply_with("8123人"))
    replace(assistant, model=model).ask("东湖职院有多少在校生？", [Turn("user", "西山职院呢")])
    assert len(model.history) == 1


def test_what_was_cited_before_is_offered_again(assistant: Assistant) -> None:
    first = assistant.ask("东湖职业技术学院有多少在校生？")
    cited = tuple(citation.passage.id for citation in first.citations)
    earlier = [Turn("user", first.query.question), Turn("assistant", first.text, cited)]
    model = FakeModel('{"question": "x"}', reply_with("8123人"))
    narrow = replace(assistant, model=model, limits=replace(assistant.limits, passages=1))
    answer = narrow.ask("那就业率呢", earlier)
    assert set(cited) <= {passage.id for passage in answer.evidence.passages}


def chosen(server: ModelServer, tmp_path: Path, **settings: object) -> Settings:
    served = ChatSettings(
        model="m", base_url=server.url, input_price=Decimal(2), output_price=Decimal(4), first_token_timeout=5.0
    )
    return Settings(data=tmp_path, model="served", models={"served": served}, **settings)  # type: ignore[arg-type]


def test_a_configured_model_answers_over_http_and_is_asked_once(assistant: Assistant, tmp_path: Path) -> None:
    def script(body: Mapping[str, Any]) -> str:
        return reply_with("8123人")([Message(m["role"], m["content"]) for m in body["messages"]])

    with ModelServer(script) as server:
        built = build_assistant(chosen(server, tmp_path), assistant.index)
        first, second = (built.ask("东湖职业技术学院有多少在校生？") for _ in range(2))
        assert len(server.requests) == 1
        again = build_assistant(chosen(server, tmp_path, answer_cache=False), assistant.index)
        again.ask("东湖职业技术学院有多少在校生？")
        assert len(server.requests) == 2
    assert first.text == "是 **8123人** [1]。"
    assert first.cost == (Decimal(2) * first.input_tokens + Decimal(4) * first.output_tokens) / 1_000_000
    same = {"timings_ms": (), "first_token_ms": None}
    assert replace(first, **same) == replace(second, **same)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reply", "notice"),
    [
        (Reply("", status=401, body=b"{}"), "模型没有给出回答"),
        (Reply("", body=b"<html>proxy</html>"), "模型没有给出回答"),
        (Reply(reply_text("就业率是97%。" * 20), cut_after=10), "模型的回答不完整"),
        (Reply(reply_text("就业率是97%。" * 20), finish_reason="length"), "模型的回答不完整"),
        (Reply("一点也不像 JSON"), "不合格式"),
    ],
)
def test_where_the_service_fails_the_built_in_answer_is_given(
    reply: Reply, notice: str, assistant: Assistant, tmp_path: Path
) -> None:
    with ModelServer(lambda body: reply) as server:
        answer = build_assistant(chosen(server, tmp_path), assistant.index).ask("东湖职业技术学院有多少在校生？")
    assert notice in answer.notice
    assert "内置的摘录式回答" in answer.notice
    assert answer.text == assistant.ask("东湖职业技术学院有多少在校生？").text


def test_a_key_is_sent_and_kept_nowhere(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    monkeypatch.setenv("WENBAO_TEST_KEY", SECRET)
    said = iter([reply_text("没有。", "not_found"), Reply("", status=401, body=f"bad key {SECRET}".encode())])
    with ModelServer(lambda body: next(said)) as server:
        settings = chosen(server, tmp_path)
        keyed = replace(settings.models["served"], api_key_env="WENBAO_TEST_KEY")
        built = build_assistant(replace(settings, models={"served": keyed}), assistant.index)
        answers = [built.ask(f"{name}职业技术学院有多少在校生？") for name in ("东湖", "西山")]
        assert server.requests[0].headers["authorization"] == f"Bearer {SECRET}"
    assert "401" in answers[1].notice
    exchanges = [answer_to_exchange("问", answer, {}, {}) for answer in answers]
    assert SECRET not in "".join([*map(repr, exchanges), repr(settings), caplog.text])
    folders = (tmp_path, assistant.index.store.folder)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite3" for path in files)
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
