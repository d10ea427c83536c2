"""Answers of a model in a real browser: sources before words, figures marked until checked, a button that stops."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from page_samples import REPORT, build_index, write_reports
from playwright.sync_api import expect
from test_page_browser import CHROMIUM, LAPTOP, PATIENCE_SECONDS, PATIENT, PROJECT, browser, is_told, opened, served

from evals.benchmarks.model_server import ModelServer, Reply

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

QUESTION = "青石职业技术学院2023届毕业生就业率是多少？"
MEANWHILE = f"{QUESTION}请再说一遍。"
MAY_SPEAK = threading.Event()
MORE = "其余情况见年报正文，" * 1_000


def reply(body: Mapping[str, Any]) -> Reply:
    """An answer that comes slowly once it may: a proved sentence, then many words."""
    MAY_SPEAK.wait(PATIENCE_SECONDS)
    identity = re.search(r"95\.27%\{(F\d+)", body["messages"][1]["content"])
    assert identity
    text = (
        f'{{"status": "answered", "answer": "就业率为 **{{{identity[1]}}}**。另有 12 项。{MORE}", "computations": []}}'
    )
    return Reply(text, piece_seconds=0.15)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    build_index(tmp_path / "data", write_reports(tmp_path / "r", a=REPORT))
    MAY_SPEAK.clear()
    with ModelServer(reply) as server:
        config = tmp_path / "config.toml"
        config.write_text(
            f'model = "s"\n[models.s]\nmodel = "s-1"\nbase_url = "{server.url}"\n{PATIENT}', encoding="utf-8"
        )
        with served(PROJECT / "server.py", WENBAO_DATA=str(tmp_path / "data"), WENBAO_CONFIG=str(config)) as address:
            yield address


def test_an_answer_grows_and_is_stopped(browser: Browser, address: str) -> None:
    with opened(browser, address, LAPTOP) as page:
        box = page.locator('[data-testid="stChatInputTextArea"]:not([disabled])')
        box.fill(QUESTION)
        box.press("Enter")
        page.locator(".wb-found").wait_for()
        assert page.locator(".wb-streaming").count() == 0
        MAY_SPEAK.set()
        page.locator(".wb-streaming .wb-unchecked").nth(1).wait_for()
        place = "document.querySelector('.wb-question').getBoundingClientRect().top"
        page.wait_for_function(f"0 <= {place} && {place} < 100")  # the words grow below it
        expect(page.locator('[data-testid="stExpander"]').last).to_contain_text("作答")
        stop = page.get_by_role("button", name="停止")
        where, words = stop.bounding_box(), page.locator(".wb-streaming").inner_text()
        page.wait_for_function(f"document.querySelector('.wb-streaming').innerText.length > {len(words) + 100}")
        assert stop.bounding_box() == pytest.approx(where, abs=2)  # nor does it run away from the hand
        stop.click()
        answer = page.locator(".wb-answered")
        answer.wait_for()
        page.wait_for_function("!document.querySelector('.wb-streaming, .wb-found')")
        assert "（回答不完整）" in answer.inner_text() or "回答不完整：已停止" in answer.inner_text()
        assert "95.27%" in answer.locator("strong").all_inner_texts()
        assert "12" not in answer.locator(".wb-text").inner_text()
        box.wait_for()


def test_a_question_in_work_goes_on_after_a_reload(browser: Browser, address: str) -> None:
    MAY_SPEAK.set()
    with opened(browser, address, LAPTOP) as page:
        box = page.locator('[data-testid="stChatInputTextArea"]:not([disabled])')
        box.fill(QUESTION)
        box.press("Enter")
        page.wait_for_url("**/?c=*")
        page.locator(".wb-streaming .wb-unchecked").first.wait_for()
        box.fill(MEANWHILE)
        box.press("Enter")
        is_told(page, "答完这一问就接着回答")
        page.reload()
        other = page.context.new_page()  # a second tab shows it growing, too
        other.goto(page.url)
        for tab in (page, other):
            tab.locator(".wb-streaming .wb-unchecked").first.wait_for()  # the same answer, not begun anew
            expect(tab.locator(".wb-question")).to_have_text([QUESTION])
        page.get_by_role("button", name="停止").click()
        page.locator(".wb-question").get_by_text(MEANWHILE).wait_for()
        page.locator(".wb-streaming").wait_for()
        page.get_by_role("button", name="停止").click()
        page.locator(".wb-answered").nth(1).wait_for()
        page.reload()
        page.locator(".wb-answered").nth(1).wait_for()
        expect(page.locator(".wb-question")).to_have_text([QUESTION, MEANWHILE])
        assert "95.27%" in page.locator(".wb-answered strong").all_inner_texts()
