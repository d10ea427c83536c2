"""The page of reports in a real browser: a board's page number opens the page it names; a phone is wide enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from page_samples import HOSTILE_REPORT, OTHER_REPORT, REPORT, build_index, write_pdf_report, write_reports
from playwright.sync_api import expect
from test_page_browser import AT_REST, CHROMIUM, LAPTOP, PHONE, PROJECT, ask, browser, opened, served, stays
from test_story_browser import picture

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
__all__ = ["browser"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("served")
    write_reports(folder / "r", ending="txt", hostile=HOSTILE_REPORT)
    write_pdf_report(folder / "r" / "p.pdf")
    build_index(folder / "data", write_reports(folder / "r", a=REPORT, b=OTHER_REPORT))
    with served(PROJECT / "server.py", WENBAO_DATA=str(folder / "data")) as address:
        yield address


def test_a_page_number_on_a_board_opens_that_page(browser, address):
    with opened(browser, address, LAPTOP) as page:
        page.get_by_test_id("stPageLink").filter(has_text="报告").click()
        page.locator(".wb-report").nth(3).wait_for()
        assert page.locator(".wb-report img, .wb-report script").count() == 0
        page.locator('[class*="st-key-board-a-md"] button').click()
        page.locator(".wb-indicator").nth(4).wait_for()
        page.get_by_text("收录的报告").click()
        page.locator('[class*="st-key-board-p-pdf"] button').click()
        page.get_by_text("93.46%").wait_for()
        assert page.locator(".st-key-wb-hidden button:visible").count() == 0
        page.locator(".wb-indicator a.wb-ref").first.click()
        page.locator(".st-key-wb-paper img").wait_for()
        source = page.get_by_role("dialog")
        expect(source).to_contain_text("第 2 页")
        expect(source.locator(".wb-quote mark")).to_have_text("93.46%")


def test_what_does_not_fit_and_what_is_of_parts_lead_to_their_places(browser, tmp_path):
    words = REPORT.replace(
        "78.4%。", "78.4%。\n\n在校生3456人，其中男生1667人，女生1889人。\n\n护理系2023届毕业生升学率为 21.5%。"
    )
    build_index(tmp_path / "data", write_reports(tmp_path / "r", c=words))
    with (
        served(PROJECT / "server.py", WENBAO_DATA=str(tmp_path / "data")) as address,
        opened(browser, address, LAPTOP) as page,
    ):
        page.goto(f"{address}/reports?view=detail&report=c.md")
        page.locator(".wb-doubts li", has_text="3456人").locator("a.wb-ref").first.click()
        page.get_by_role("dialog", name="出处").locator(".wb-quote mark").get_by_text("3456人").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="更正").click()
        page.get_by_role("textbox", name="院校或单位").fill("青山职业学院")
        page.get_by_role("button", name="保存更正").click()
        page.get_by_text("已更正").wait_for()
        page.locator(".wb-report").get_by_text("青山职业学院").wait_for()
        page.goto(f"{address}/reports?view=board&report=c.md")
        page.get_by_role("link", name="升学率").click()
        page.wait_for_url("**/reports?view=figures&report=c.md&find=*")
        page.get_by_text("个数字中有 1 个符合").wait_for()


def test_reports_stand_side_by_side_with_a_chart(browser, address):
    with opened(browser, address, LAPTOP) as page:
        page.goto(f"{address}/reports")
        page.get_by_text("多份对照").click()
        page.locator(".wb-compare tbody tr").nth(1).wait_for()
        page.locator('[data-testid="stVegaLiteChart"]').wait_for()
        picture(page, "compare")
        page.set_viewport_size({"width": 1920, "height": 1080})
        stays(page, "document.querySelector('.wb-compare').clientWidth > argument", 1300)
        page.set_viewport_size(PHONE)
        stays(page, "document.scrollingElement.scrollWidth <= argument", PHONE["width"])


def test_what_is_shown_has_an_address_to_reload_go_back_to_and_send(browser, address):
    with opened(browser, address, LAPTOP) as page:
        page.goto(f"{address}/reports")
        page.locator('[class*="st-key-board-b-md"] button').click()
        page.get_by_text("91.06%").wait_for()
        page.wait_for_url("**/reports?view=board&report=b.md")
        page.reload()
        page.get_by_text("91.06%").wait_for()
        page.wait_for_function(AT_REST)
        expect(page.get_by_text("95.27%")).to_have_count(0)
        page.get_by_text("多份对照").click()
        page.wait_for_url("**view=compare&report=*&indicator=*")
        page.locator(".wb-compare table").wait_for()
        shared = page.url
        page.go_back()
        page.locator(".wb-board").first.wait_for()
        page.get_by_text("91.06%").wait_for()
    chosen = f"{address}/reports?view=compare&report=b.md&report=a.md&report=gone.md&indicator=就业率&indicator=没有的"
    with opened(browser, address, LAPTOP) as page:
        page.goto(chosen)
        expect(page.locator(".wb-compare tbody tr")).to_have_count(1)
        page.wait_for_url(lambda url: "gone" not in url)
        page.goto(shared)
        page.locator(".wb-compare tbody tr").nth(1).wait_for()


def test_reports_are_added_at_the_top_and_one_in_two_formats_is_one_line(browser, tmp_path):
    title = "青石职业技术学院高等职业教育质量年度报告（2023年度）"
    build_index(tmp_path / "data", write_reports(tmp_path / "r", a=REPORT, b=OTHER_REPORT))
    more = write_reports(tmp_path / "more", ending="markdown", a=f"{REPORT}\n")
    with (
        served(PROJECT / "server.py", WENBAO_DATA=str(tmp_path / "data")) as address,
        opened(browser, address, LAPTOP) as page,
    ):
        page.goto(f"{address}/reports")
        page.locator(".wb-report").nth(1).wait_for()
        place, first = (page.locator(name).first for name in ('[data-testid="stFileUploader"]', ".wb-report"))
        assert place.bounding_box()["y"] < first.bounding_box()["y"]
        place.locator('input[type="file"]').set_input_files(sorted(more.iterdir()))
        page.locator(".wb-upload").get_by_text("已添加").wait_for()
        page.get_by_text("已收录 2 份（3 个文件）").wait_for()
        expect(page.locator(".wb-report")).to_have_count(2)
        page.goto(address)
        page.get_by_role("button", name="查找范围").click()
        page.get_by_role("combobox", name="报告").click()
        option = page.get_by_role("option", name=title)
        assert option.evaluate(
            "one => [one, ...one.querySelectorAll('*')].every(e => e.scrollWidth <= e.clientWidth + 1)"
        )


def test_an_answer_over_two_colleges_leads_to_the_comparison_of_what_was_asked(browser, address):
    with opened(browser, address, LAPTOP) as page:
        ask(page, "青石职业技术学院2023届和白河职业技术学院2022届的就业率分别是多少？")
        page.get_by_role("link", name="多份对照").click()
        page.wait_for_url("**/reports?view=compare&report=*&indicator=*")
        expect(page.locator(".wb-compare tbody tr")).to_have_count(1)
        expect(page.locator(".wb-compare tbody")).to_contain_text("95.27%")
        page.go_back()
        page.locator(".wb-answer").wait_for()
