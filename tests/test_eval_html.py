"""The page of a run: what stands in it, that it stands alone, and that it works in a real browser."""

from __future__ import annotations

import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from eval_samples import case, citation, line, passage, refusal

from evals.html import results_to_html
from evals.html_question import answer_html
from evals.results import results_to_json, score_lines
from evals.scoring import JudgedFigure, Verdict

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HAS_FONTS = sys.platform != "linux" or any(path.is_file() for path in Path("/usr/share/fonts").rglob("*.[ot]t[cf]"))
HOSTILE = "<script>document.title='偷'</script><img src=http://evil.example/x.png onerror=alert(1)>\"'&"
VOID = {"meta", "img", "input", "br", "rect", "line", "polyline"}


def results():
    gold = {"evidence": ("就业率为95.27%",), "pages": {"qs-2023.pdf": (7,)}}
    cases = (
        case(("95.27", "%"), id="right", **gold),
        case(("95.27", "%"), id="wrong", type="table", **gold),
        case(("95.27", "%"), id="hostile", question=HOSTILE, names=(HOSTILE,), note=HOSTILE, **gold),
        case(id="refused", type="unanswerable", answerable=False),
        case(("1", "人"), id="failed"),
    )
    hostile = citation(HOSTILE + "就业率为95.27%", HOSTILE, title=HOSTILE, section=[HOSTILE])
    lines = (
        line("就业率为**95.27%** [1]，签约1860人 [1]。", notice=f"没有重试<b>{HOSTILE}", chance=0.9),
        line(
            "就业率为**95.27个百分点**，**191人** [1]。",
            citations=[citation(page=8)],
            retrieved=[passage("别的"), passage()],
        ),
        line(f"**{HOSTILE}** [1]", citations=[hostile], retrieved=[passage(HOSTILE)]),
        refusal(),
        line("", status="error", error=HOSTILE),
    )
    return score_lines(cases, {c.id: found for c, found in zip(cases, lines, strict=True)})


@pytest.fixture(scope="module")
def page():
    found = results()
    manifest = {
        "version": "1",
        "code": "c",
        "settings_hash": "s",
        "model": HOSTILE,
        "prompt_versions": {},
        "reports": {HOSTILE: "ab"},
    }
    return results_to_html(results_to_json(found, manifest, []), found)


class Outline(HTMLParser):
    """Tags with their attributes, and whether each that is opened is closed in order."""

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.broken = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.broken.append(tag)


def test_the_page_is_whole_and_holds_nothing_from_outside(page):
    outline = Outline()
    outline.feed(page)
    assert (outline.broken, outline.open) == ([], [])
    assert not [tag for tag, attributes in outline.tags if {"src", "href", "style"} & attributes.keys()]
    assert not [name for _, attributes in outline.tags for name in attributes if name.startswith("on")]
    assert sum(tag == "script" for tag, _ in outline.tags) == 1
    assert not {"img", "link", "iframe", "object", "base"} & {tag for tag, _ in outline.tags}
    assert "default-src 'none'" in page


def test_every_question_is_there_with_what_it_is_judged_by(page):
    entries = re.findall(r'<details class="question" data-bucket="(\w+)" data-type="(\w+)" data-cause="([^"]*)">', page)
    assert entries == [
        ("right", "text", ""),
        ("wrong", "table", "单位不对"),
        ("partial", "text", "句子不对"),
        ("right_refusal", "unanswerable", ""),
        ("failed", "text", "出错"),
    ]
    for part in (
        "<mark>就业率为95.27%</mark>",
        "含标准原文；页码对",
        "页码不在标准页",
        "第 7 页（印刷页码 5）",
        "报告里没有答案，应当拒答",
        '<p class="soft">没有重试&lt;b&gt;&lt;script&gt;',
    ):
        assert part in page


def test_the_page_shows_reports_and_the_curve_of_risk_and_coverage(page):
    assert "<td>各报告平均</td>" in page
    assert "<td>最差的报告</td>" in page
    assert re.findall(r"<title>(把握[^<]+)</title>", page) == ["把握 ≥ 90.0%：给出 20.0%，其中不对 0.0%"]


def test_figures_are_coloured_by_verdict(page):
    assert '<strong><span class="figure v-gold" title="对">95.27%</span></strong> <sup>[1]</sup>' in page
    assert '<span class="figure v-context" title="旁及">1860人</span>' in page
    assert '<span class="figure v-unit" title="单位不对">95.27个百分点</span>' in page
    assert '<span class="figure v-extra" title="不是所问">191人</span>' in page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("**甲**乙", "<strong>甲</strong>乙"),
        ("**甲", "<strong>甲</strong>"),
        ("a<b [12]", "a&lt;b <sup>[12]</sup>"),
    ],
)
def test_markup_of_an_answer(text, expected):
    assert answer_html(text, ()) == expected


def test_overlapping_figures_are_shown_once():
    figures = (JudgedFigure(0, 3, "12人", Verdict.GOLD), JudgedFigure(1, 3, "2人", Verdict.EXTRA))
    assert answer_html("12人。", figures) == '<span class="figure v-gold" title="对">12人</span>。'


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.skipif(not HAS_FONTS, reason="Chromium draws no page without any font")
def test_the_page_in_a_real_browser(page, tmp_path):
    from playwright.sync_api import sync_playwright

    path = tmp_path / "report.html"
    path.write_text(page, encoding="utf-8")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        try:
            _look(browser.new_page(viewport={"width": 390, "height": 844}), path.as_uri())
        finally:
            browser.close()


def _look(tab, address):
    complaints, requests = [], []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(address)
    shown = tab.locator(".question:visible")
    assert (shown.count(), tab.title()) == (5, "问报评测")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.evaluate("getComputedStyle(document.querySelector('rect.wrong')).fill") == "rgb(196, 81, 63)"
    tab.locator("button[data-value=wrong]").click()
    assert (shown.count(), tab.locator("#shown").inner_text()) == (1, "1 / 5 题")
    tab.locator("button[data-value=partial]").click()
    assert shown.count() == 2
    tab.locator("button[data-value=table]").click()
    assert shown.count() == 1
    shown.locator("summary").first.click()
    assert tab.locator(".figure.v-unit").first.is_visible()
    tab.locator("#clear").click()
    assert shown.count() == 5
    tab.locator("#search").fill("95.27个百分点")
    assert shown.count() == 1
    tab.locator("#clear").click()
    tab.locator('rect[data-bucket="right_refusal"][data-type="unanswerable"]').click()
    assert shown.count() == 1
    assert (complaints, requests) == ([], [address])
