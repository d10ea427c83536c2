"""One reader's whole visit in a real browser, over the sample reports. `WENBAO_SCREENSHOTS=docs` keeps its pictures."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from page_samples import OTHER_REPORT, REPORT, write_reports
from playwright.sync_api import expect
from test_keeping_browser import saved
from test_page_browser import (
    AT_REST,
    CHROMIUM,
    DRAWN,
    NO_WIDER,
    PHONE,
    PIXELS,
    PROJECT,
    ask,
    browser,
    copies,
    marked_part,
    opened,
    served,
    stays,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

DESK = {"width": 1280, "height": 800}
WIDE = {"width": 1600, "height": 900}
PICTURES = os.environ.get("WENBAO_SCREENSHOTS")
COMPARED = "青石职业技术学院和白河职业技术学院的毕业生就业率分别是多少？"


def picture(page: Page, name: str) -> None:
    """Keep what is to be seen, where pictures are wanted."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.mouse.move(0, 0)
        expect(page.locator('[data-testid="stToast"]')).to_have_count(0)
        stays(page, "document.getAnimations().length === 0")
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def answers(page: Page, press: str) -> int:
    """Press what asks a question; how many answers there are then."""
    number = page.locator(".wb-answer").count()
    page.locator(press).first.click()
    page.locator(".wb-answer").nth(number).wait_for()
    page.wait_for_function(AT_REST)
    return page.locator(".wb-answer").count()


def choose(page: Page, label: str, option: str) -> None:
    """Set a filter."""
    page.get_by_role("button", name="查找范围").click()
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()
    page.get_by_role("button", name=option).wait_for()  # the line says what is searched now
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def test_a_readers_visit(browser: Browser, tmp_path: Path, corpus_index: Path) -> None:
    shutil.copytree(corpus_index, tmp_path / "data")
    own = write_reports(tmp_path / "own", 青石=REPORT, 白河=OTHER_REPORT)
    with (
        served(PROJECT / "server.py", WENBAO_DATA=str(tmp_path / "data")) as address,
        opened(browser, address, DESK) as page,
    ):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        assert answers(page, ".st-key-wb-suggestions button") == 1
        page.locator(".st-key-wb-next button").first.wait_for()
        picture(page, "page")
        opens_its_page_by_keyboard(page)
        assert answers(page, ".st-key-wb-next button") == 2
        page.get_by_role("button", name="添加报告").click()
        page.locator('input[type="file"]').set_input_files(sorted(own.iterdir()))
        page.locator(".wb-upload").nth(1).get_by_text("已添加").wait_for()
        page.keyboard.press("Escape")
        compares_and_copies(page)
        survives_a_reload_on_a_phone(page)
        page.get_by_text("新对话").click()
        page.locator(".wb-answer").first.wait_for(state="detached")
        choose(page, "院校", "白河职业技术学院")
        ask(page, "毕业生就业率是多少？")
        expect(page.locator(".wb-text strong").last).to_have_text("91.06%")
        ask(page, "专业对口率呢？")
        expect(page.locator(".wb-answer").last).to_contain_text("理解为：")
        is_made_anew(page)
        page.get_by_text("导出", exact=True).last.click()
        assert "**78.4%**[^1]" in saved(page, "Markdown").decode()


def opens_its_page_by_keyboard(page: Page) -> None:
    """The source of the answer opens from the keyboard, its figure marked, and closes again."""
    page.locator(".wb-open").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(DRAWN)
    left, top, right, bottom = marked_part(page.evaluate(PIXELS).encode("latin-1"))
    assert 0 < left < right < 1
    assert 0 < top < bottom < 1
    page.set_viewport_size(WIDE)
    picture(page, "source")
    page.set_viewport_size(DESK)
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


def compares_and_copies(page: Page) -> None:
    """Figures of two colleges are a chart, and a table that can be copied."""
    ask(page, COMPARED)
    page.locator('[data-testid="stVegaLiteChart"] canvas, [data-testid="stVegaLiteChart"] svg').last.wait_for()
    copies(page, ".wb-copy")
    rows = [line.split("\t") for line in page.evaluate("navigator.clipboard.readText()").splitlines()]
    assert [row[rows[0].index("数字")] for row in rows] == ["数字", "95.27%", "91.06%"]
    picture(page, "chart")


def is_made_anew(page: Page) -> None:
    """The last answer is made once more, in its place; what was thought of it is gone with it."""
    number = page.locator(".wb-answer").count()
    reason = page.get_by_placeholder("哪里好")
    page.locator('[data-testid="stFeedback"] button, [data-testid="stButtonGroup"] button').last.click()
    reason.wait_for()
    page.get_by_text("重新回答").click()
    reason.wait_for(state="detached")
    page.wait_for_function(AT_REST)
    expect(page.locator(".wb-answer")).to_have_count(number)


def survives_a_reload_on_a_phone(page: Page) -> None:
    """After a reload the conversation is there again, as wide as a phone."""
    number = page.locator(".wb-answer").count()
    page.set_viewport_size(PHONE)
    page.reload()
    page.locator(".wb-answer").nth(number - 1).wait_for()
    stays(page, NO_WIDER, PHONE["width"])
    page.locator('[data-testid="stVegaLiteChart"] canvas, [data-testid="stVegaLiteChart"] svg').first.wait_for()
    picture(page, "phone")
    page.set_viewport_size(DESK)
