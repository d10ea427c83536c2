"""`wenbao chat` told to end (SIGTERM) in the middle of an answer: the question is kept and answered by the next one."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import environment
from page_samples import REPORT, build_index, write_reports
from playwright.sync_api import expect
from test_page_browser import CHROMIUM, LAPTOP, PATIENT, PROJECT, browser, free_port, is_told, opened

from evals.benchmarks.model_server import ModelServer, Reply
from rag.keeping.conversations import LOCAL_USER, Conversations
from rag.keeping.database import FILE_NAME, Keeping

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without telling it"),
]

QUESTION = "青石职业技术学院2023届毕业生就业率是多少？"
MEANWHILE = "青石职业技术学院有多少在校生？"
MORE = "其余情况见年报正文，" * 2_000
ENDING_SECONDS = 120


def hanging(body: Mapping[str, Any]) -> Reply:
    """A proved sentence, then words for hours."""
    return Reply(proved(body, MORE), piece_seconds=0.5)


def whole(body: Mapping[str, Any]) -> Reply:
    """The same sentence, at once and alone."""
    return Reply(proved(body))


def proved(body: Mapping[str, Any], more: str = "") -> str:
    """An answer with the figure that is asked for."""
    identity = re.search(r"(?:95\.27%|8421 ?人)\{(F\d+)", body["messages"][1]["content"])
    assert identity
    return f'{{"status": "answered", "answer": "是 **{{{identity[1]}}}**。{more}", "computations": []}}'


@contextmanager
def chat(data: Path, reports: Path, config: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`wenbao chat` once its page can be opened."""
    command = [sys.executable, "-m", "rag", "chat", "--data", str(data), "--reports", str(reports), "--ocr", "off"]
    command += ["--config", str(config), "--port", str(port)]
    settings = environment(PYTHONUTF8="1")
    with subprocess.Popen(command, cwd=PROJECT, env=settings, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            assert any("网页地址" in line for line in process.stderr)
            yield process
        finally:
            process.terminate()


def is_served(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_question_in_work_when_the_program_ends_is_answered_by_the_next(browser: Browser, tmp_path: Path) -> None:
    data, reports, config, port = tmp_path / "data", tmp_path / "r", tmp_path / "config.toml", free_port()
    build_index(data, write_reports(reports, a=REPORT))
    kept = Conversations(Keeping(data / FILE_NAME))
    with ModelServer(hanging) as server:
        config.write_text(
            f'model = "s"\n[models.s]\nmodel = "s-1"\nbase_url = "{server.url}"\n{PATIENT}', encoding="utf-8"
        )
        with chat(data, reports, config, port) as program, opened(browser, f"http://127.0.0.1:{port}", LAPTOP) as page:
            box = page.locator('[data-testid="stChatInputTextArea"]:not([disabled])')
            box.fill(QUESTION)
            box.press("Enter")
            page.locator(".wb-streaming").wait_for()
            box.fill(MEANWHILE)
            box.press("Enter")
            is_told(page, "答完这一问就接着回答")
            program.send_signal(signal.SIGTERM)
            assert program.wait(ENDING_SECONDS) == 0
            assert program.stderr
            assert "Traceback" not in program.stderr.read()
            assert not is_served(port)
            (conversation,) = kept.of(LOCAL_USER)
            found = kept.open(conversation.id, LOCAL_USER)
            assert found
            assert [(one.question, one.is_waiting) for one in found[1]] == [(QUESTION, True), (MEANWHILE, True)]
            server.script = whole
            with chat(data, reports, config, port):
                page.locator(".wb-answered").nth(1).wait_for()  # the page that stayed open goes on by itself
                expect(page.locator(".wb-question")).to_have_text([QUESTION, MEANWHILE])
                bold = page.locator(".wb-answered strong").all_inner_texts()
                assert ["95.27%" in bold, any("8421" in figure for figure in bold)] == [True, True]
    found = kept.open(conversation.id, LOCAL_USER)
    assert found
    assert not any(one.is_waiting or one.failure for one in found[1])
