"""Logging in for real: a browser, the page, and a login service on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from page_samples import REPORT, build_index, write_reports
from playwright.sync_api import expect
from test_page_browser import CHROMIUM, LAPTOP, PROJECT, ask, browser, free_port, is_told, new_context, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
QUESTION = "青石职业技术学院2023届毕业生就业率是多少？"


def logged_in(browser: Browser, address: str) -> Page:
    page = new_context(browser, viewport=LAPTOP).new_page()
    page.goto(address)
    page.get_by_text("请先登录").wait_for()
    assert page.locator('[data-testid="stChatInputTextArea"]').count() == 0
    page.get_by_role("button", name="登录").click()
    page.locator('[data-testid="stChatInputTextArea"]:not([disabled])').wait_for()
    return page


def test_two_people_log_in_and_see_their_own(browser: Browser, tmp_path: Path) -> None:
    pytest.importorskip("authlib")
    from login_service import CLIENT, login_service

    build_index(tmp_path / "data", write_reports(tmp_path / "r", a=REPORT))
    port, file = free_port(), tmp_path / "secrets.toml"
    with login_service() as service:
        file.write_text(
            f'[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\ncookie_secret = "{"s" * 40}"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "none"\n'
            f'server_metadata_url = "{service.address}/.well-known/openid-configuration"\n',
            encoding="utf-8",
        )
        options = ("--secrets.files", str(file))
        with served(PROJECT / "server.py", *options, port=port, WENBAO_DATA=str(tmp_path / "data")) as address:
            mine = logged_in(browser, address)
            ask(mine, QUESTION)
            mine.wait_for_url("**/?c=*")
            service.subject = "2"
            theirs = logged_in(browser, address)
            theirs.get_by_text("退出登录（用户2）").wait_for()
            expect(theirs.locator(".st-key-wb-conversations")).to_have_count(0)
            theirs.goto(mine.url)
            is_told(theirs, "打不开这段对话")
            mine.reload()
            mine.locator(".wb-answer").wait_for()
            mine.locator('[class*="st-key-conversation-"] button').wait_for()
            mine.get_by_text("退出登录（用户1）").click()
            mine.get_by_text("请先登录").wait_for()
            expect(mine.locator(".wb-answer")).to_have_count(0)


def test_a_login_that_is_wrong_leaves_the_page_closed(browser: Browser, tmp_path: Path) -> None:
    build_index(tmp_path / "data", write_reports(tmp_path / "r", a=REPORT))
    file = tmp_path / "secrets.toml"
    file.write_text("[Auth]", encoding="utf-8")
    with served(
        PROJECT / "server.py", "--secrets.files", str(file), WENBAO_DATA=str(tmp_path / "data"), WENBAO_LOGIN="required"
    ) as address:
        for content, said in (("[Auth]", "没有 [auth] 一节"), ("[auth", "不合 TOML 语法"), (None, "找不到登录配置")):
            file.unlink()
            if content is not None:
                file.write_text(content, encoding="utf-8")
            page = new_context(browser, viewport=LAPTOP).new_page()
            page.goto(address)
            page.get_by_text(said).wait_for()
            assert page.locator('[data-testid="stChatInputTextArea"]').count() == 0
            page.context.close()
