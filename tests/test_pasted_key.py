"""A key pasted on the page: used for one session, and found in no file, log, export or error."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from page_samples import REPORT, build_index, write_reports
from streamlit.testing.v1 import AppTest
from test_app import APP, QUESTION, ask, html

from evals.benchmarks.model_server import ModelServer, Reply
from rag.presentation import document as exports
from rag.presentation import spreadsheet, word

KEY = "sk-5f9c-known-to-nobody"


@dataclass(frozen=True)
class Site:
    """A data folder, a model service and the settings that name it."""

    data: Path
    server: ModelServer


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    build_index(tmp_path / "data", write_reports(tmp_path / "reports", a=REPORT))
    with ModelServer() as server:
        config = tmp_path / "config.toml"
        config.write_text(
            f'[models.s]\nmodel = "s-1"\nbase_url = "{server.url}"\napi_key_env = "WENBAO_TEST_KEY"\nabout = "校内"\n',
            encoding="utf-8",
        )
        monkeypatch.delenv("WENBAO_TEST_KEY", raising=False)
        monkeypatch.setenv("WENBAO_CONFIG", str(config))
        monkeypatch.setenv("WENBAO_DATA", str(tmp_path / "data"))
        yield Site(tmp_path / "data", server)


def open_page() -> AppTest:
    return AppTest.from_file(str(APP), default_timeout=60).run()


def paste(page: AppTest, key: str) -> AppTest:
    page.text_input(key="pasted-key-aside").set_value(key)
    return page.button(key="try-aside").click().run()


def offers(page: AppTest) -> int:
    return sum(one.label == "密钥" for one in page.text_input)


def everything(page: AppTest) -> str:
    """All that the page shows, whatever shows it."""
    return "".join(str(element.proto) for element in page.main) + "".join(str(e.proto) for e in page.sidebar)


def test_the_page_says_who_answers_and_offers_to_paste_a_key(site: Site) -> None:
    page = open_page()
    assert "现在摘录报告原文回答" in html(page)
    assert offers(page) == 2  # below the questions to begin with, and beside
    assert page.selectbox(key="model").options == ["摘录式（内置，不联网）"]


@pytest.mark.parametrize(
    ("key", "reply", "said"),
    [
        ("", Reply(), "还没有粘贴密钥"),
        ("密 钥", Reply(), "不是完整的密钥"),
        (KEY, Reply(status=401, body=f'{{"error": {{"message": "bad key {KEY}"}}}}'.encode()), "密钥无效"),
        (KEY, Reply(status=403, body=f'{{"error": {{"message": "bad key {KEY}"}}}}'.encode()), "没有使用该模型的权限"),
        (KEY, Reply(status=402), "余额不足"),
    ],
)
def test_what_failed_is_said_at_once_and_the_key_is_not(
    site: Site, caplog: pytest.LogCaptureFixture, key: str, reply: Reply, said: str
) -> None:
    caplog.set_level(logging.DEBUG)
    site.server.queue.append(reply)
    page = paste(open_page(), key)
    assert said in html(page)
    assert "WENBAO_TEST_KEY" not in html(page)  # it is not the variable's
    assert "pasted" not in page.session_state
    assert KEY not in everything(page)
    assert KEY not in caplog.text
    assert page.selectbox(key="model").value == "extractive"


def test_a_pasted_key_is_used_for_the_session_and_stands_nowhere(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    page = paste(open_page(), KEY)
    assert page.selectbox(key="model").value == "s"
    assert "已改用大模型" in "".join(toast.value for toast in page.toast)
    assert offers(page) == 0
    ask(page, QUESTION)
    assert not page.exception
    assert {request.headers["authorization"] for request in site.server.requests} == {f"Bearer {KEY}"}
    assert len(site.server.requests) > 1
    site.server.script = lambda body: Reply(status=400, body=f"broken {KEY}".encode())
    ask(page, "青石职业技术学院专业对口率是多少？")
    exchanges = page.session_state.exchanges
    document = exports.exchanges_to_document("对话", exchanges)
    written = [exports.document_to_markdown(document).encode(), word.document_to_word(document)]
    written += [spreadsheet.figures_to_csv(exchanges), repr(page.session_state.pasted).encode()]
    written += [file.read_bytes() for file in site.data.parent.rglob("*") if file.is_file()]
    assert not any(KEY.encode() in content for content in written)
    assert KEY not in everything(page)
    assert KEY not in caplog.text
    assert open_page().selectbox(key="model").value == "extractive"  # another session knows nothing of it
