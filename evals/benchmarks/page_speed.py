"""First paint, input ready, all drawn and answer drawn, beside an empty page of Streamlit that echoes what is asked, in one run.

Both are opened in turn, each time by a new browser session, and asked one question; the first time of each is told apart,
for there the servers load what they need. The servers and the browser run here, on the loopback address only.

usage: python -m evals.benchmarks.page_speed [--reports DIR] [--data DIR] [--rounds N]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from evals.benchmarks.ingest_speed import wenbao
from evals.benchmarks.sessions import BOX, BROWSERS, PAINT, PATIENCE_MS, PROJECT, QUIET, chat_served, module_served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

QUESTION = "专任教师有多少人？"
EMPTY = """import streamlit as st
if asked := st.chat_input():
    st.chat_message("assistant").html(f'<p class="wb-answer">{len(asked)}</p>')
"""
MEASURES = ("首次绘制", "可提问", "画完", "到答案")
AT_REST = "document.querySelector('.stApp').dataset.testScriptState === 'notRunning'"


@dataclass(frozen=True, slots=True)
class Visit:
    """Seconds from opening the page until something was painted, one could ask, all was drawn; from asking to the answer."""

    paint: float
    ready: float
    drawn: float
    answered: float


def main() -> None:
    """Print a line a measure: both pages' first and middle time, and what the page takes of the empty one's."""
    arguments = _parsed()
    with tempfile.TemporaryDirectory() as folder:
        data, script = arguments.data or Path(folder, "data"), Path(folder, "empty.py")
        script.write_text(EMPTY, encoding="utf-8")
        if arguments.data is None:
            wenbao("ingest", arguments.reports, "--data", data)
        plain = ["streamlit", "run", str(script), "--server.address", "127.0.0.1", "--server.headless", "true"]
        with (
            chat_served(data, arguments.reports) as (page, _),
            module_served([*plain, "--server.port"]) as (empty, _),
        ):
            _tell(*_visited(page, empty, arguments.rounds))


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=Path, default=PROJECT / "corpus")
    parser.add_argument("--data", type=Path, help="已有的索引；不给就先把报告读进一个新的")
    parser.add_argument("--rounds", type=int, default=10)
    return parser.parse_args()


def _visited(page: str, empty: str, rounds: int) -> tuple[list[Visit], list[Visit]]:
    from playwright.sync_api import sync_playwright

    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=QUIET.split())
        pairs = [(_visit(browser, page), _visit(browser, empty)) for _ in range(rounds + 1)]
        browser.close()
    return [own for own, _ in pairs], [other for _, other in pairs]


def _visit(browser: Browser, address: str) -> Visit:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    started = time.perf_counter()
    page.goto(address)
    page.locator(BOX).wait_for()
    ready = time.perf_counter() - started
    page.wait_for_function(f"({PAINT}) > 0 && {AT_REST}")
    drawn = time.perf_counter() - started
    paint = float(page.evaluate(PAINT)) / 1000
    page.locator(BOX).fill(QUESTION)
    started = time.perf_counter()
    page.locator(BOX).press("Enter")
    page.locator(".wb-answer").first.wait_for()
    answered = time.perf_counter() - started
    context.close()
    return Visit(paint, ready, drawn, answered)


def _tell(own: Sequence[Visit], empty: Sequence[Visit]) -> None:
    print(f"{len(own) - 1} 轮，问“{QUESTION}”；首次另列")
    columns = zip(MEASURES, zip(*map(astuple, own), strict=True), zip(*map(astuple, empty), strict=True), strict=True)
    for measure, (first, *others), (empty_first, *empty_others) in columns:
        middle, empty_middle = median(others), median(empty_others)
        print(
            f"{measure}：问报 {middle:.2f} 秒（首次 {first:.2f}），空页 {empty_middle:.2f} 秒（首次 {empty_first:.2f}），"
            f"{middle / empty_middle:.2f} 倍"
        )


if __name__ == "__main__":
    main()
