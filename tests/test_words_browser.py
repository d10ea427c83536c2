"""Streamlit's own words, names and keys in a real browser: Chinese throughout, and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from page_samples import OTHER_REPORT, REPORT, build_index, write_reports
from playwright.sync_api import expect
from test_page_browser import CHROMIUM, LAPTOP, PROJECT, ask, browser, free_port, is_told, new_context, opened, served

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

BOX = '[data-testid="stChatInputTextArea"]:not([disabled])'
ENGLISH = """() => [...document.querySelectorAll('body *')].flatMap(element => {
  const names = ['aria-label', 'title', 'placeholder', 'alt'].map(name => element.getAttribute(name) ?? '');
  const isOurs = element.closest('.stHtml, code, script, style, noscript, svg, .stException') !== null;
  const isIcon = element.matches('[data-testid="stIconMaterial"]');
  const words = isOurs || isIcon ? [] : [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.data);
  return [...names, ...words].map(one => one.trim()).filter(one => /^[A-Z][a-z]+( |$)/.test(one));
})"""
FORMATS = {"Word", "Markdown", "Excel"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words")
    build_index(folder / "data", write_reports(folder / "r", a=REPORT, b=OTHER_REPORT))
    return folder / "data"


@pytest.fixture(scope="module")
def address(data: Path) -> Iterator[str]:
    with served(PROJECT / "server.py", WENBAO_DATA=str(data)) as address:
        yield address


def is_chinese(page: Page) -> None:
    """Nothing but the names of formats is English any more."""
    page.wait_for_function(f"known => ({ENGLISH})().every(one => known.includes(one))", arg=sorted(FORMATS))


def test_no_english_is_left(browser: Browser, address: str) -> None:
    with opened(browser, address, LAPTOP) as page:
        page.locator(".st-key-wb-suggestions button").nth(3).wait_for()
        is_chinese(page)
        page.get_by_role("button", name="添加报告").click()
        page.locator('[data-testid="stFileUploaderDropzoneInstructions"]').wait_for()
        is_chinese(page)
        page.keyboard.press("Escape")
        ask(page, "青石职业技术学院和白河职业技术学院的毕业生就业率分别是多少？")
        chart = page.locator('[data-testid="stVegaLiteChart"]')
        expect(chart).to_have_attribute("aria-label", re.compile("^就业率：.* 95.27%；.* 91.06%$"))
        chart.locator(".role-title-text").wait_for()
        page.locator('[aria-label="有帮助"]').last.click()
        is_told(page, "已记下您的评价")
        is_chinese(page)
        for view in ("", "?view=board", "?view=figures", "?view=compare"):
            page.goto(f"{address}/reports{view}")
            page.locator(".wb-report, .wb-board, [data-testid='stDataFrame'], .wb-compare").first.wait_for()
            is_chinese(page)
        page.goto(f"{address}/nowhere")
        page.get_by_text("没有这个页面").wait_for()
        page.get_by_text("这个地址没有对应的页面").wait_for()
        is_chinese(page)


def test_enter_of_an_input_method_and_too_long_a_text_send_nothing(browser: Browser, address: str) -> None:
    with opened(browser, address, LAPTOP) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        box = page.locator(BOX)
        box.fill("青石职业技术学院在校生有多少人")
        for composing in (True, False):  # Safari says it by the code alone
            box.evaluate(
                """(box, isComposing) => box.dispatchEvent(new KeyboardEvent(
                  'keydown', {key: 'Enter', keyCode: 229, isComposing, bubbles: true, cancelable: true}))""",
                composing,
            )
        page.evaluate("text => navigator.clipboard.writeText(text)", "很长的材料。" * 200)
        box.focus()
        page.keyboard.press("Control+V")
        page.get_by_role("alert").get_by_text("一次最多 1000 字").wait_for()
        expect(box).to_have_value("青石职业技术学院在校生有多少人")
        assert page.locator(".wb-question").count() == 0
        page.keyboard.press("Enter")
        page.locator(".wb-answer").wait_for()
        expect(page.locator(".wb-question")).to_have_text(["青石职业技术学院在校生有多少人"])


def test_what_is_typed_before_all_is_drawn_is_taken(browser: Browser, address: str) -> None:
    with opened(browser, address, LAPTOP) as page:
        page.locator(BOX).wait_for()
        page.evaluate("delete window.wenbaoHeld.longest")  # as where the keyboard is faster than the server
        page.locator(BOX).press_sequentially("在校生")
        expect(page.locator(BOX)).to_have_value("在校生")
        expect(page.locator(".wb-too-long")).to_have_count(0)


def test_a_lost_connection_is_said_and_what_was_typed_is_asked_afterwards(browser: Browser, data: Path) -> None:
    port, typed = free_port(), "青石职业技术学院2023届毕业生就业率是多少？"
    with served(PROJECT / "server.py", port=port, WENBAO_DATA=str(data)) as address:
        context = new_context(browser, viewport=LAPTOP)
        page = context.new_page()
        page.goto(address)
        page.locator(BOX).fill(typed)
        page.locator(".st-key-wb-suggestions button").nth(3).wait_for()
    page.get_by_text("连接断开了").wait_for()
    page.get_by_text("程序没有回应").wait_for()
    with served(PROJECT / "server.py", port=port, WENBAO_DATA=str(data)):
        page.get_by_text("连接断开了").wait_for(state="detached")
        page.locator(BOX).press("Enter")
        page.locator(".wb-text strong").get_by_text("95.27%").wait_for()
        other = context.new_page()  # a second tab shows the same conversation, each asks on by itself
        other.goto(page.url)
        other.locator(".wb-text strong").get_by_text("95.27%").wait_for()
        ask(other, "专业对口率呢？")
        ask(page, "在校生有多少人？")
        page.reload()
        page.locator(".wb-answer").nth(2).wait_for()
        expect(page.locator(".wb-question")).to_have_text([typed, "专业对口率呢？", "在校生有多少人？"])
        context.close()
