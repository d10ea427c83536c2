"""Where the view stands in a real browser: a question at the top, the beginning of its answer below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from page_samples import OTHER_REPORT, REPORT, build_index, write_reports
from playwright.sync_api import expect
from test_page_browser import CHROMIUM, LAPTOP, PHONE, PROJECT, ask, browser, opened, served, stays

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
    stays(
        page,
        """(([number, high]) => {
          const top = name => document.querySelectorAll(name)[number]?.getBoundingClientRect().top;
          const question = top('.wb-question'), answer = top('.wb-answer');
          return 0 <= question && question < high && question < answer && answer < question + 2 * high;
        })(argument)""",
        [number, HIGH],
    )


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
        left = "[...document.querySelectorAll('.wb-question')].at(-1).getBoundingClientRect().top > argument"
        stays(page, left, HIGH + 100)
        page.locator(".wb-source summary").last.evaluate("summary => summary.click()")
        stays(page, left, HIGH + 100)


@pytest.mark.parametrize("size", [{"width": 1600, "height": 900}, LAPTOP])
def test_a_source_stands_beside_the_answer_where_there_is_room(
    browser: Browser, address: str, size: dict[str, int]
) -> None:
    with opened(browser, address, size) as page:
        ask(page, QUESTIONS[0])
        page.locator(".wb-text a.wb-ref").first.click()
        source = page.get_by_role("dialog", name="出处")
        source.locator(".wb-quote").wait_for()
        page.wait_for_function("document.activeElement?.getAttribute('role') === 'dialog'")
        stays(
            page,
            """(([...left]) => left.every(name => document.querySelector(name).getBoundingClientRect().right
              <= document.querySelector('[role=dialog]').getBoundingClientRect().left))(argument)""",
            [".wb-text", '[data-testid="stChatInput"]'],
        )
        ask(page, "专业对口率呢？")  # one reads and asks on; the source stays
        expect(source.locator(".wb-quote")).to_contain_text("95.27%")
        page.locator(".wb-text a.wb-ref").last.click()
        source.locator(".wb-quote").get_by_text("78.4%").wait_for()
        page.keyboard.press("Escape")
        source.wait_for(state="detached")
        stays(page, "document.activeElement.className === 'wb-ref'")  # also once the page has been drawn without it
        page.set_viewport_size(PHONE)
        top = "[...document.querySelectorAll('.wb-text a.wb-ref')].at(-1).getBoundingClientRect().top"
        stays(page, f"window.topBefore === (window.topBefore = {top})")
        before = page.evaluate(top)
        page.locator(".wb-text a.wb-ref").last.evaluate("link => link.click()")  # scrolls nothing itself
        source.locator(".wb-quote").wait_for()
        stays(page, f"Math.abs({top} - argument) <= 2", before)  # nothing moves below it
        stays(
            page,
            "(({x, width}) => x === 0 && width === argument)"
            "(document.querySelector('[role=dialog]').getBoundingClientRect())",
            PHONE["width"],
        )
        source.get_by_role("button", name="关闭").click()
        source.wait_for(state="detached")
