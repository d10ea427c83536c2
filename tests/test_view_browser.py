"""Where the view stands in a real browser: a question at the top, the beginning of its answer below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from page_samples import OTHER_REPORT, REPORT, build_index, write_reports
from test_page_browser import CHROMIUM, LAPTOP, PHONE, PROJECT, ask, browser, opened, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

HIGH = 100
"""Pixels from the top within which a question stands."""
QUESTIONS = (
    "青石职业技术学院2023届毕业生就业率是多少？",
    "总结一下青石职业技术学院2023年的情况",
    "在校生有多少人？",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("viewed")
    build_index(folder / "data", write_reports(folder / "r", a=REPORT, b=OTHER_REPORT))
    with served(PROJECT / "server.py", WENBAO_DATA=str(folder / "data")) as address:
        yield address


def at_top(page: Page, number: int) -> None:
    """The question stands at the top and stays there, its answer begins below it, in sight."""
    place = f"(n => document.querySelectorAll('.wb-question')[n]?.getBoundingClientRect().top)({number})"
    page.wait_for_function(f"0 <= {place} && {place} < {HIGH}")
    page.wait_for_timeout(500)
    question = page.locator(".wb-question").nth(number).bounding_box()
    answer = page.locator(".wb-answer").nth(number).bounding_box()
    assert question is not None
    assert answer is not None
    assert 0 <= question["y"] < HIGH
    assert question["y"] < answer["y"] < question["y"] + 2 * HIGH


@pytest.mark.parametrize("size", [LAPTOP, PHONE, {"width": 683, "height": 384}])
def test_a_question_stands_at_the_top_until_the_reader_scrolls(
    browser: Browser, address: str, size: dict[str, int]
) -> None:
    with opened(browser, address, size) as page:
        for number, question in enumerate(QUESTIONS):
            ask(page, question)
            at_top(page, number)
        assert page.evaluate("document.documentElement.lang") == "zh-CN"
        page.reload()
        page.locator(".wb-answer").nth(len(QUESTIONS) - 1).wait_for()
        at_top(page, len(QUESTIONS) - 1)
        page.mouse.move(size["width"] / 2, size["height"] / 3)
        page.mouse.wheel(0, -300)
        page.wait_for_function(
            f"document.querySelectorAll('.wb-question')[{len(QUESTIONS) - 1}].getBoundingClientRect().top > {HIGH + 100}"
        )
        page.locator(".wb-source summary").last.evaluate("summary => summary.click()")
        page.wait_for_timeout(500)
        last = page.locator(".wb-question").last.bounding_box()
        assert last is not None
        assert last["y"] > HIGH + 100


def test_a_source_stands_beside_the_answer_where_there_is_room(browser: Browser, address: str) -> None:
    with opened(browser, address, {"width": 1600, "height": 900}) as page:
        ask(page, QUESTIONS[0])
        page.locator(".wb-text a.wb-ref").first.click()
        source = page.get_by_role("dialog", name="出处")
        source.locator(".wb-quote").wait_for()
        page.wait_for_function("document.activeElement?.getAttribute('role') === 'dialog'")
        pane, text = source.bounding_box(), page.locator(".wb-text").bounding_box()
        box = page.locator('[data-testid="stChatInput"]').bounding_box()
        assert pane is not None
        assert text is not None
        assert box is not None
        assert text["x"] + text["width"] <= pane["x"]
        assert box["x"] + box["width"] <= pane["x"]
        ask(page, "专业对口率呢？")  # one reads and asks on; the source stays
        assert "95.27%" in source.locator(".wb-quote").inner_text()
        page.locator(".wb-text a.wb-ref").last.click()
        source.locator(".wb-quote").get_by_text("78.4%").wait_for()
        page.keyboard.press("Escape")
        source.wait_for(state="detached")
        page.wait_for_timeout(1500)  # also once the page has been drawn without it
        assert page.evaluate("document.activeElement.className") == "wb-ref"
        page.set_viewport_size(PHONE)
        page.wait_for_timeout(500)
        marker = page.locator(".wb-text a.wb-ref").last
        before = marker.bounding_box()
        marker.click()
        source.locator(".wb-quote").wait_for()
        pane, after = source.bounding_box(), marker.bounding_box()
        assert before is not None
        assert after is not None
        assert after["y"] == pytest.approx(before["y"], abs=2)  # nothing moves below it
        assert pane is not None
        assert (pane["x"], pane["width"]) == (0, PHONE["width"])
        source.get_by_role("button", name="关闭").click()
        source.wait_for(state="detached")
