"""The page in a real browser: what AppTest cannot see."""

from __future__ import annotations

import functools
import io
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import environment
from fixture_files import A4
from page_samples import (
    HOSTILE_IMAGE,
    HOSTILE_REPORT,
    HOSTILE_SENTENCE,
    OTHER_REPORT,
    PDF_BASELINE,
    PDF_COLLEGE,
    PDF_LEFT,
    PDF_SENTENCE,
    REPORT,
    build_index,
    width_of,
    write_pdf_report,
    write_reports,
)
from PIL import Image, ImageChops
from playwright.sync_api import expect, sync_playwright

from rag.pictures.drawing import FIGURE_COLOUR, QUOTE_COLOUR
from rag.presentation.html.elements import WORD_JOINER

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

PROJECT = Path(__file__).parents[1]
QUIET = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync"
PATIENCE_SECONDS = 120
"""How long anything may take, on a machine that has much else to do."""
PATIENT = "timeout = 900\nfirst_token_timeout = 300\n"
"""Settings of a model that is waited for as long."""
TOLD = """window.told = new Set();
new MutationObserver(() => document.querySelectorAll('[data-testid="stToast"]').forEach(one => told.add(one.innerText)))
  .observe(document, { subtree: true, childList: true, characterData: true });"""
"""What the page tells in passing: it may be gone before a test looks."""
PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1366, "height": 768}
LABELS = (
    "**粗** *斜* `码` ~~删~~ __下__",
    "[链接](http://evil.example) ![图](http://evil.example/x.png) <http://evil.example>",
    "http://evil.example/a www.evil.example a@evil.example mailto:a@evil.example",
    ":red[红] :red-background[底] :material/home: :material_home: :smile: :streamlit: :small[小]",
    "$x^2$ 与 $$y$$ 花了 $5 和 $6",
    "<b>粗</b> <script>alert(1)</script> &amp; &#35;",
    "# 标题 - 项 1. 项 > 引 | 甲 | 乙 |",
    "- [ ] 待办",
    "1. 第一",
    "a -> b <- c -- d --- e >= f <= g ~= h",
    "[^1] [x]: y \\* 反斜 \\\\",
    "12:30 到 13:00，生师比 15.85：1",
)


def free_port() -> int:
    """A port of this machine nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(script: Path, *options: str, port: int = 0, **settings: str) -> Iterator[str]:
    """Address of a Streamlit server of the script, on a free port unless one is given."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", *options]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment(**settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(5 * PATIENCE_SECONDS):
        assert process.poll() is None, "the server has ended"
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("served")
    write_reports(folder / "r", ending="txt", hostile=HOSTILE_REPORT)
    write_pdf_report(folder / "r" / "p.pdf")
    build_index(folder / "data", write_reports(folder / "r", a=REPORT, b=OTHER_REPORT))
    with served(PROJECT / "server.py", WENBAO_DATA=str(folder / "data")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=1000 * PATIENCE_SECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Another visitor, who has time and hears all that is told."""
    context = browser.new_context(**options)
    context.set_default_timeout(1000 * PATIENCE_SECONDS)
    context.add_init_script(TOLD)
    return context


def is_told(page: Page, words: str) -> None:
    """The page tells, or has told since it was loaded, what holds these words."""
    page.wait_for_function("words => [...told].some(one => one.includes(words))", arg=words)


def copies(page: Page, link: str) -> None:
    """Press the last link of these; that it has copied is said on it, if only for a moment."""
    page.locator(link).last.evaluate("""link => {
      const isSaid = done => new MutationObserver(() => link.textContent === '已复制' && done()).observe(link, { childList: true });
      window.copying = new Promise(isSaid);
    }""")
    page.locator(link).last.click()
    page.evaluate("window.copying")


@contextmanager
def opened(browser: Browser, address: str, size: dict[str, int], scheme: str = "light") -> Iterator[Page]:
    """The page, drawn; on leaving, nothing may have been asked of another host and no script have failed."""
    context = new_context(browser, viewport=size, color_scheme=scheme)
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("dialog", lambda dialog: failures.append(dialog.message))
    page.on("request", lambda request: failures.append(request.url) if _is_outside(request.url, address) else None)
    page.goto(address)
    yield page
    context.close()
    assert not failures


def _is_outside(url: str, address: str) -> bool:
    return not url.startswith((address, "data:", "blob:"))


def ask(page: Page, question: str) -> None:
    number = page.locator(".wb-answer").count()
    box = page.locator('[data-testid="stChatInputTextArea"]:not([disabled])')
    box.fill(question)
    box.press("Enter")
    page.locator(".wb-answer").nth(number).wait_for()
    page.wait_for_function(AT_REST)


AT_REST = "document.querySelector('.stApp').dataset.testScriptState === 'notRunning'"
"""Nothing is being drawn any more."""


def stays(page: Page, condition: str, argument: Any = None) -> None:
    """Wait until the page is at rest and a condition has held for thirty frames on end."""
    page.evaluate("window.framesHeld = 0")
    page.wait_for_function(
        f"argument => (window.framesHeld = {AT_REST} && ({condition}) ? window.framesHeld + 1 : 0) > 30", arg=argument
    )


def test_the_keyboard_stays_in_the_box_while_questions_are_answered(browser: Browser, address: str) -> None:
    with opened(browser, address, LAPTOP) as page:
        box = page.locator('[data-testid="stChatInputTextArea"]:focus')
        box.wait_for()  # without a click: the box has the keyboard from the start
        page.keyboard.type("青石职业技术学院2023届毕业生就业率是多少？")
        page.keyboard.press("Enter")
        page.keyboard.type("在校生有多少人？")
        page.locator(".wb-answer").first.wait_for()
        box.wait_for()
        expect(box).to_have_value("在校生有多少人？")
        page.keyboard.press("Enter")
        page.locator(".wb-answer").nth(1).wait_for()
        expect(box).to_have_value("")


def test_a_marker_opens_its_source(browser: Browser, address: str) -> None:
    with opened(browser, address, LAPTOP) as page:
        page.locator(".st-key-wb-suggestions button").nth(3).wait_for()
        ask(page, "青石职业技术学院2023届毕业生就业率是多少？")
        assert page.locator(".wb-quote:visible").count() == 0
        page.locator(".wb-text a.wb-ref").first.click()
        source = page.get_by_role("dialog")
        expect(source.locator(".wb-quote")).to_contain_text("95.27%")
        expect(source.locator(".wb-quote mark")).to_have_text("95.27%")
        expect(source.locator("dl")).to_contain_text("人才培养")
        page.wait_for_function(AT_REST)
        assert source.locator("img").count() == 0
        page.keyboard.press("Escape")
        source.wait_for(state="detached")
        page.locator(".wb-source summary").first.click()
        expect(page.locator(".wb-quote:visible")).to_have_count(1)


def marked_part(picture: bytes) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what has the figure's colour, in widths and heights of the picture."""
    shown = Image.open(io.BytesIO(picture)).convert("RGB")
    colour = tuple(a * b // 255 for a, b in zip(QUOTE_COLOUR, FIGURE_COLOUR, strict=True))
    near = (
        band.point([255 * (abs(v - wanted) <= 12) for v in range(256)])
        for band, wanted in zip(shown.split(), colour, strict=True)
    )
    box = functools.reduce(ImageChops.multiply, near).getbbox()
    assert box is not None
    return box[0] / shown.width, box[1] / shown.height, box[2] / shown.width, box[3] / shown.height


@pytest.mark.parametrize(("size", "scheme"), [(LAPTOP, "light"), (PHONE, "dark")])
def test_a_citation_opens_the_page_with_its_figure_marked(
    browser: Browser, address: str, size: dict[str, int], scheme: str
) -> None:
    with opened(browser, address, size, scheme) as page:
        ask(page, f"{PDF_COLLEGE}2023届毕业生就业率是多少？")
        page.locator(".wb-text a.wb-ref").first.click()
        page.wait_for_function(DRAWN)
        figure = (PDF_SENTENCE.index("93.46%"), PDF_SENTENCE.index("93.46%") + 6)
        expected = [(PDF_LEFT + width_of(PDF_SENTENCE[:at])) / A4[2] for at in figure]
        left, top, right, bottom = marked_part(page.evaluate(PIXELS).encode("latin-1"))
        assert (left, right) == pytest.approx(expected, abs=0.012)
        assert top < 1 - (PDF_BASELINE + 4) / A4[3] < bottom
        expect(page.locator(".wb-leaf")).to_have_text("第 2 页 / 共 3 页")
        page.get_by_role("button", name="上一页").click()
        page.get_by_text("第 1 页 / 共 3 页").wait_for()
        page.get_by_role("button", name="回到引文").click()
        page.get_by_text("第 2 页 / 共 3 页").wait_for()
        stays(page, DRAWN)
        before = page.locator(".st-key-wb-paper img").evaluate("image => image.clientWidth")
        page.get_by_role("button", name="放大").click()
        page.wait_for_function(f"document.querySelector('.st-key-wb-paper img').clientWidth > {1.3 * before}")
        page.wait_for_function(DRAWN)
        page.wait_for_function(_FIGURE_IN_SIGHT, arg=[sum(expected) / 2, (top + bottom) / 2])
        ink, paper = page.get_by_role("dialog").locator(".wb-quote").evaluate(_COLOURS)
        assert _contrast(ink, paper) >= 4.5


NO_WIDER = "document.querySelector('.stMainBlockContainer').parentElement.scrollWidth <= argument"
DRAWN = "(i => i && i.complete && i.naturalWidth)(document.querySelector('.st-key-wb-paper img'))"
PIXELS = """async () => {
  const data = await (await fetch(document.querySelector('.st-key-wb-paper img').src)).arrayBuffer();
  return Array.from(new Uint8Array(data), byte => String.fromCharCode(byte)).join('');
}"""
_FIGURE_IN_SIGHT = """([across, down]) => {
  const paper = document.querySelector('.st-key-wb-paper').getBoundingClientRect();
  const image = document.querySelector('.st-key-wb-paper img').getBoundingClientRect();
  const x = image.left + across * image.width, y = image.top + down * image.height;
  return paper.left < x && x < paper.right && paper.top < y && y < paper.bottom;
}"""


def test_report_text_is_only_text(browser: Browser, address: str) -> None:
    with opened(browser, address, LAPTOP) as page:
        page.get_by_role("button", name="查找范围").click()
        page.get_by_role("combobox", name="报告").click()
        page.get_by_role("option", name="<img src=x onerror=alert(1)>").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        ask(page, "黑松职业技术学院馆藏图书有多少万册？")
        page.locator(".wb-source summary").first.click()
        page.locator(".wb-context summary").first.click()
        page.locator(".wb-scroll").wait_for()
        quote, context = page.locator(".wb-quote").inner_text(), page.locator(".wb-scroll").inner_text()
        assert "".join(HOSTILE_SENTENCE.split()) in "".join(quote.split())
        assert "".join(HOSTILE_IMAGE.split()) in "".join(context.split())
        assert page.locator(".wb-answer img, .wb-answer script, .wb-report img, .katex").count() == 0
        assert all(
            link.startswith("#")
            for link in page.locator(".stMain a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        )


def test_labels_show_the_text_they_were_given(browser: Browser, tmp_path: Path) -> None:
    script = tmp_path / "labels.py"
    script.write_text(
        "import streamlit as st\nfrom rag.presentation.html.page import escape_markdown\n"
        f"for number, text in enumerate({LABELS!r}):\n"
        "    st.button(escape_markdown(text), key=f'label-{number}')\n"
        "    with st.container(key=f'text-{number}'):\n        st.markdown(escape_markdown(text))\n",
        encoding="utf-8",
    )
    with served(script) as address, opened(browser, address, LAPTOP) as page:
        page.locator(f".st-key-text-{len(LABELS) - 1} p").wait_for()
        page.wait_for_load_state("networkidle")
        for number, text in enumerate(LABELS):
            for place in ("label", "text"):
                part = page.locator(f'.st-key-{place}-{number} [data-testid="stMarkdownContainer"]')
                assert part.inner_text().replace(WORD_JOINER, "").strip() == text
                assert part.locator(":scope *:not(p)").count() == 0, text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_width_needs_no_sideways_scrolling(browser: Browser, address: str, scheme: str) -> None:
    with opened(browser, address, PHONE, scheme) as page:
        ask(page, "青石职业技术学院和白河职业技术学院的毕业生就业率分别是多少？")
        page.locator(".wb-source summary").first.click()
        page.locator(".st-key-wb-next button").first.wait_for()
        stays(page, NO_WIDER, PHONE["width"])
        page.wait_for_function(f"{_BACKGROUND} {'>' if scheme == 'light' else '<'} 128")


_BACKGROUND = "getComputedStyle(document.querySelector('.stApp')).backgroundColor.match(/\\d+/)[0]"
_COLOURS = """element => {
  const ink = getComputedStyle(element).color;
  while (/rgba\\(.*, 0\\)|transparent/.test(getComputedStyle(element).backgroundColor)) element = element.parentElement;
  return [ink, getComputedStyle(element).backgroundColor];
}"""


def _contrast(one: str, other: str) -> float:
    """Contrast ratio of two CSS colours, WCAG 2.1."""
    lights = []
    for colour in (one, other):
        red, green, blue = (
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            for value in (int(part) / 255 for part in re.findall(r"\d+", colour)[:3])
        )
        lights.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_what_is_added_beside_the_box_is_asked_and_removed(browser: Browser, address: str, tmp_path: Path) -> None:
    good, bad, old = tmp_path / "新.md", tmp_path / "坏.pdf", tmp_path / "旧.doc"
    good.write_text(REPORT.replace("青石", "紫杉").replace("95.27", "88.12"), encoding="utf-8")
    bad.write_bytes(b"not a pdf")
    old.write_bytes(b"old")
    with opened(browser, address, LAPTOP) as page:
        page.get_by_role("button", name="添加报告").click()
        page.locator('input[type="file"]').set_input_files([str(good), str(bad), str(old)])
        said = page.locator(".wb-upload")
        expect(said).to_contain_text(["已添加：《紫杉", "没有添加：", "另存为 DOCX"])
        page.locator('[class*="st-key-close-taken-"] button').last.click()  # not that of a toast
        said.nth(2).wait_for(state="detached")
        page.keyboard.press("Escape")
        ask(page, "紫杉职业技术学院2023届毕业生就业率是多少？")
        page.locator(".wb-text").last.get_by_text("88.12%").wait_for()
        page.get_by_role("button", name="添加报告").click()
        page.get_by_role("button", name="移除").click()
        page.get_by_text("已有的对话不受影响").wait_for()  # asked back first
        page.get_by_role("button", name="确认移除").click()
        is_told(page, "已移除《紫杉")
        said.nth(1).wait_for(state="detached")
