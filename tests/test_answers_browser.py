"""Answers and what is kept of them in a real browser: halves, help, versions, feedback, conversations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from page_samples import OTHER_REPORT, REPORT, build_index, write_reports
from playwright.sync_api import expect
from test_page_browser import CHROMIUM, LAPTOP, PROJECT, ask, browser, is_told, opened, served

from rag.keeping.conversations import LOCAL_USER, Conversations
from rag.keeping.database import FILE_NAME, Keeping
from rag.presentation.exchanges import Exchange

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

QUESTION = "青石职业技术学院2023届毕业生就业率是多少？"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("answers")
    build_index(folder / "data", write_reports(folder / "r", a=REPORT, b=OTHER_REPORT))
    kept = Conversations(Keeping(folder / "data" / FILE_NAME))
    for number in range(4):
        kept.create(LOCAL_USER, [Exchange(f"第{number}问", failure="没有")])
    with served(PROJECT / "server.py", WENBAO_DATA=str(folder / "data")) as address:
        yield address


def test_a_half_answer_says_which_half_is_missing_and_a_refusal_where_was_searched(
    browser: Browser, address: str
) -> None:
    with opened(browser, address, LAPTOP) as page:
        ask(page, "青石职业技术学院2023届毕业生就业率和校训分别是什么？")
        answer = page.locator(".wb-answer").last
        expect(answer.locator(".wb-text strong")).to_have_text(["95.27%"])
        expect(answer.locator(".wb-text")).to_contain_text("“校训”在报告里没有找到")
        marks = answer.locator("a.wb-ref").evaluate_all("all => all.map(mark => mark.title)")
        assert marks
        assert all("毕业生就业率为" in title for title in marks)  # the report's own words
        ask(page, "青石职业技术学院食堂的土豆丝多少钱一份？")
        refusal = page.locator(".wb-not-found").last
        expect(refusal).to_contain_text("查找的是《青石职业技术学院高等职业教育质量年度报告（2023年度）》")
        expect(refusal.locator("strong")).to_have_count(0)


def test_what_is_not_sure_looks_otherwise_than_an_answer(browser: Browser, address: str) -> None:
    looks = "text => [getComputedStyle(text).borderStyle, getComputedStyle(text).fontSize].join()"
    with opened(browser, address, LAPTOP) as page:
        ask(page, QUESTION)
        ask(page, "青石职业技术学院的就业率、生师比和图书册数是多少？")
        unsure = page.locator(".wb-unsure")
        expect(unsure).to_contain_text("不确定")
        expect(unsure.locator("strong")).to_have_count(0)
        sure = page.locator(".wb-answered .wb-text").first.evaluate(looks)
        assert unsure.locator(".wb-text").evaluate(looks) != sure


def test_help_leads_to_a_summary(browser: Browser, address: str) -> None:
    with opened(browser, address, LAPTOP) as page:
        ask(page, "你能做什么")
        expect(page.locator(".wb-answer")).to_contain_text("我是问报")
        page.locator(".st-key-wb-next button").last.click()
        page.locator(".wb-answer").nth(1).wait_for()
        expect(page.locator(".wb-answer").last.locator("strong")).not_to_have_count(0)


def test_a_question_is_put_otherwise_and_the_answer_before_keeps_its_feedback(browser: Browser, address: str) -> None:
    liked = '[aria-label="有帮助"]'
    with opened(browser, address, LAPTOP) as page:
        ask(page, QUESTION)
        page.locator(liked).last.click()
        is_told(page, "已记下您的评价")
        reason = page.get_by_placeholder("哪里好")
        reason.wait_for()
        page.get_by_role("button", name="改问题").click()
        page.get_by_role("textbox", name="改问题").fill("青石职业技术学院2023届毕业生专业对口率是多少？")
        page.get_by_role("button", name="重新提问").click()
        page.get_by_text("2 / 2").wait_for()
        expect(page.locator(".wb-text strong")).to_have_text(["78.4%"])
        expect(reason).to_have_count(0)  # nobody has said anything of this one
        page.get_by_role("button", name="上一个回答").click()
        page.get_by_text("1 / 2").wait_for()
        expect(page.locator(".wb-text strong")).to_have_text(["95.27%"])
        reason.wait_for()


def test_conversations_are_searched_renamed_deleted_and_given_back(browser: Browser, address: str) -> None:
    conversations = ".st-key-wb-conversations"
    with opened(browser, address, LAPTOP) as page:
        sought = page.get_by_role("textbox", name="查找对话")
        sought.fill("第2问")
        sought.press("Enter")
        expect(page.locator(conversations)).not_to_contain_text("第1问")
        page.get_by_role("button", name="管理：第2问").click()
        name = page.get_by_role("textbox", name="名称")
        name.fill("改过的名称")
        name.press("Enter")
        is_told(page, "已改名")
        page.keyboard.press("Escape")
        sought.fill("")
        sought.press("Enter")
        expect(page.locator(conversations)).to_contain_text("第1问")
        expect(page.locator(conversations)).to_contain_text("改过的名称")
        page.get_by_role("button", name="管理：改过的名称").click()
        delete = page.get_by_role("button", name="确认删除")
        expect(delete).to_have_count(0)  # asked back first
        page.get_by_text("删除这段对话").click()
        delete.click()
        undo = page.get_by_role("button", name="撤销删除")
        undo.wait_for()
        expect(page.locator(conversations)).not_to_contain_text("改过的名称")
        undo.click()
        expect(page.locator(conversations)).to_contain_text("改过的名称")
        undo.wait_for(state="detached")
