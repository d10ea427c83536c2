"""Keeping in a real browser: a reload, a killed server, and files that are really saved."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from page_samples import REPORT, build_index, write_reports
from playwright.sync_api import expect
from test_page_browser import AT_REST, CHROMIUM, LAPTOP, PROJECT, ask, browser, copies, opened, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

QUESTION = "青石职业技术学院2023届毕业生就业率是多少？"


def saved(page: Page, label: str) -> bytes:
    """The file a button of the opened menu saves."""
    with page.expect_download() as download:
        page.locator('[data-testid="stPopoverBody"]').get_by_text(label, exact=True).click()
    return Path(download.value.path()).read_bytes()


def test_a_conversation_outlives_reload_and_server_and_is_saved(browser: Browser, tmp_path: Path) -> None:
    data = tmp_path / "data"
    build_index(data, write_reports(tmp_path / "r", a=REPORT))
    with served(PROJECT / "server.py", WENBAO_DATA=str(data)) as address, opened(browser, address, LAPTOP) as page:
        ask(page, QUESTION)
        page.wait_for_url("**/?c=*")
        page.reload()
        page.locator(".wb-answer").wait_for()
        page.wait_for_function(AT_REST)
        ask(page, "专业对口率呢？")
        query = page.url.partition("?")[2]
        page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
        copies(page, "a.wb-copy-text")
        copied = page.evaluate("window.copied")
        assert "78.4%" in copied
        assert "\n[1] 《青石职业技术学院高等职业教育质量年度报告（2023年度）》" in copied
        assert "**" not in copied
        page.get_by_text("导出", exact=True).last.click()
        with zipfile.ZipFile(io.BytesIO(saved(page, "Word"))) as file:
            assert "78.4%" in file.read("word/footnotes.xml").decode()
        assert "**78.4%**[^1]" in saved(page, "Markdown").decode()
        assert "78.4" in saved(page, "CSV（数字）").decode("utf-8-sig")
        assert zipfile.is_zipfile(io.BytesIO(saved(page, "Excel（数字）")))
    with served(PROJECT / "server.py", WENBAO_DATA=str(data)) as address, opened(browser, address, LAPTOP) as page:
        page.goto(f"{address}/?{query}")
        page.locator(".wb-answer").nth(1).wait_for()
        expect(page.locator(".wb-question")).to_have_text([QUESTION, "专业对口率呢？"])
        page.get_by_text("新对话").click()
        page.locator(".wb-welcome").wait_for()
        page.wait_for_url(lambda url: "c=" not in url)
        page.locator('[class*="st-key-conversation-"] button').click()
        page.locator(".wb-answer").nth(1).wait_for()
        page.go_back()
        page.locator(".wb-welcome").wait_for()
