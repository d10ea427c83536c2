"""What everybody needs, by script in a real browser: words with contrast, controls with names, a way for the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from page_samples import OTHER_REPORT, PDF_COLLEGE, REPORT, build_index, write_pdf_report, write_reports
from test_page_browser import AT_REST, CHROMIUM, DRAWN, LAPTOP, PROJECT, ask, browser, opened, served

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

BOX = '[data-testid="stChatInputTextArea"]:not([disabled])'
COMPARED = "青石职业技术学院和白河职业技术学院的毕业生就业率分别是多少？"
NAMELESS = """() => [...document.querySelectorAll('button, input, textarea, a[href], summary, [role=button], [role=dialog]')]
  .filter(element => element.checkVisibility() && !element.closest('[aria-hidden=true]'))
  .filter(element => ![element.ariaLabel, element.innerText, element.title, ...[...element.labels ?? []].map(one => one.innerText)]
    .some(name => name?.trim()))
  .map(element => element.outerHTML)"""
OUT_OF_TURN = (
    "() => [...document.querySelectorAll('[tabindex]')].filter(one => one.tabIndex > 0).map(one => one.outerHTML)"
)
FAINT = """() => {
  const parse = text => { const [red, green, blue, seen = 1] = text.match(/[\\d.]+/g).map(Number); return [red, green, blue, seen]; };
  const over = ([r, g, b, seen], [x, y, z]) => [r * seen + x * (1 - seen), g * seen + y * (1 - seen), b * seen + z * (1 - seen), 1];
  const light = colour => colour.slice(0, 3).map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const around = element => element ? [element, ...around(element.parentElement)] : [];
  const paper = element => around(element).map(one => parse(getComputedStyle(one).backgroundColor))
    .reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1]);
  const contrast = element => {
    const ground = paper(element), ink = parse(getComputedStyle(element).color);
    ink[3] *= around(element).reduce((all, one) => all * getComputedStyle(one).opacity, 1);
    const [high, low] = [light(over(ink, ground)), light(ground)].sort((one, other) => other - one);
    return (high + 0.05) / (low + 0.05);
  };
  const written = [...document.querySelectorAll('body *')].filter(element => element.checkVisibility()
    && !element.closest('svg, canvas, script, style, noscript, [disabled], [aria-disabled=true], [data-testid="stDataFrame"]')
    && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    && element.getBoundingClientRect().width > 1);
  const least = element => element.matches('[data-testid="stIconMaterial"]') ? 3 : 4.5;
  return written.length < 10 ? ['nothing is written'] : written.filter(element => contrast(element) < least(element))
    .map(element => `${element.className} ${element.textContent.trim().slice(0, 20)} ${contrast(element).toFixed(2)}`);
}"""
LOOKS = """element => {
  const looks = [];
  for (let one = element, depth = 0; one && depth < 5; one = one.parentElement, depth++) {
    const { outlineStyle, boxShadow, borderColor, backgroundColor } = getComputedStyle(one);
    looks.push(outlineStyle, boxShadow, borderColor, backgroundColor);
  }
  return looks.join();
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("access")
    reports: Path = write_reports(folder / "r", a=REPORT, b=OTHER_REPORT)
    write_pdf_report(reports / "p.pdf")
    build_index(folder / "data", reports)
    with served(PROJECT / "server.py", WENBAO_DATA=str(folder / "data")) as address:
        yield address


def is_accessible(page: Page) -> None:
    """Once nothing moves any more all words stand out from their ground, and every control has a name and its turn."""
    page.wait_for_function(f"{AT_REST} && document.getAnimations().every(one => one.playState !== 'running')")
    page.add_style_tag(content="* { transition: none !important; }")
    assert page.evaluate(FAINT) == []
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(OUT_OF_TURN) == []


def opens(page: Page, name: str) -> None:
    """What a button shows is accessible, the keyboard comes into it, and Escape leads back to the button."""
    button = page.get_by_role("button", name=name).last
    button.focus()
    page.keyboard.press("Enter")
    shown = page.locator('[data-testid="stPopoverBody"]:visible')
    shown.wait_for()
    is_accessible(page)
    page.keyboard.press("Tab")
    assert shown.evaluate("shown => shown.contains(document.activeElement)"), name
    page.keyboard.press("Escape")
    shown.wait_for(state="detached")
    page.wait_for_function("button => button === document.activeElement", arg=button.element_handle())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_questions(browser: Browser, address: str, scheme: str) -> None:
    with opened(browser, address, LAPTOP, scheme) as page:
        page.locator(".st-key-wb-suggestions button").nth(3).wait_for()
        is_accessible(page)
        for name in ("添加报告", "查找范围", "粘贴密钥"):
            opens(page, name)
        ask(page, COMPARED)
        page.locator(".st-key-wb-next button").first.wait_for()
        is_accessible(page)
        for name in ("改问题", "导出", "管理"):
            opens(page, name)
        ask(page, f"{PDF_COLLEGE}2023届毕业生就业率是多少？")
        page.locator(".wb-text a.wb-ref").last.click()
        page.wait_for_function(DRAWN)
        is_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_reports(browser: Browser, address: str, scheme: str) -> None:
    drawn: dict[str, Callable[[Page], None]] = {
        "": lambda page: page.locator(".wb-report").nth(2).wait_for(),
        "?view=detail&report=a.md": lambda page: opens(page, "更正"),
        "?view=board&report=a.md": lambda page: page.locator(".wb-indicator").nth(2).wait_for(),
        "?view=figures&report=a.md": lambda page: page.get_by_test_id("stDataFrame").wait_for(),
        "?view=compare": lambda page: page.locator(".wb-compare tbody tr").nth(1).wait_for(),
    }
    with opened(browser, address, LAPTOP, scheme) as page:
        for view, is_drawn in drawn.items():
            page.goto(f"{address}/reports{view}")
            is_drawn(page)
            is_accessible(page)


def keyboard_round(page: Page, start: str) -> list[str]:
    """The names of what the keyboard comes to from a place until it is there again; each shows that it is there."""
    page.locator(start).focus()
    page.add_style_tag(content="* { transition: none !important; }")
    met: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        here = page.evaluate_handle("document.activeElement")
        met.append(here.evaluate("element => element.ariaLabel || element.innerText || element.placeholder || ''"))
        if here.evaluate("(element, start) => element.matches(start)", start):
            return met
        if here.evaluate("element => element.matches('body, main')"):
            continue
        focused = here.evaluate(LOOKS)
        here.evaluate("element => element.blur()")
        assert here.evaluate(LOOKS) != focused, met[-1]
        here.evaluate("element => element.focus({ focusVisible: true })")
    pytest.fail(f"the keyboard does not come round: {met}")


def test_the_keyboard_comes_to_everything_in_sight(browser: Browser, address: str) -> None:
    with opened(browser, address, LAPTOP) as page:
        ask(page, COMPARED)
        page.locator(".st-key-wb-next button").first.wait_for()
        met = keyboard_round(page, BOX)
        for name in ("新对话", "查找范围", "管理", "改问题", "复制表格", "看原文", "导出", "重新回答", "添加报告"):
            assert any(name in one for one in met), name
        page.goto(f"{address}/reports?view=detail&report=a.md")
        page.locator(".wb-report").wait_for()
        page.wait_for_function(AT_REST)
        met = keyboard_round(page, '[data-testid="stSelectbox"] input')
        for name in ("提问", "报告详情", "重新读取", "更正"):
            assert any(name in one for one in met), name
