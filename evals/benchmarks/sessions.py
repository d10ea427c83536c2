"""Ten people at once on one server: first paint, time to an answer, memory, and whether anyone sees another's questions.

Each session is a page of a real browser with cookies and storage of its own. All open at once, then all ask at once,
each its own question; then all ask again while one of them uploads a report. The server and the browser run here, on
the loopback address only.

Beside each time stands the server's own processor time, which, unlike the time, does not depend on what else the machine
is doing; 0 where the system has no /proc.

usage: python -m evals.benchmarks.sessions [--reports DIR] [--upload REPORT.pdf] [--sessions N]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from evals.benchmarks.ingest_speed import descendants, resident_mb, wenbao

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

PROJECT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update --disable-sync"
QUESTIONS = (
    "就业率",
    "专任教师",
    "生师比",
    "在校生",
    "馆藏图书",
    "占地面积",
    "毕业生",
    "满意度",
    "经费收入",
    "双师型教师",
)
"""What the sessions ask, each about something else, so that one's question on another's page is seen."""
BOX = '[data-testid="stChatInputTextArea"]:not([disabled])'
START_SECONDS, PATIENCE_MS = 120.0, 120_000
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def main() -> None:
    """Print one line a measure: the middle and the slowest of all sessions."""
    arguments = _parsed()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        wenbao("ingest", arguments.reports, "--data", data)
        with chat_served(data, arguments.reports) as (address, server):
            asyncio.run(_measure(address, server, arguments.sessions, arguments.upload))


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=Path, default=PROJECT / "corpus")
    parser.add_argument("--upload", type=Path, help="读入它的同时其他人继续提问")
    parser.add_argument("--sessions", type=int, default=10)
    return parser.parse_args()


@contextmanager
def chat_served(data: Path, reports: Path) -> Iterator[tuple[str, int]]:
    """(address, process id) of the page's server, as `wenbao chat` runs it."""
    command = ["rag", "chat", "--data", str(data), "--reports", str(reports), "--port"]
    with module_served(command) as served:
        yield served


@contextmanager
def module_served(command: Sequence[str]) -> Iterator[tuple[str, int]]:
    """(address, process id) of a server that a module runs, its port given last."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-m", *command, str(port)], cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"网页服务没有在 {START_SECONDS:.0f} 秒内启动")


async def _measure(address: str, server: int, sessions: int, upload: Path | None) -> None:
    from playwright.async_api import async_playwright

    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=QUIET.split())
        told = _Told(server)
        print(f"{sessions} 个会话，各是一个独立的浏览器页面")
        page, paint, ready = await _opened(browser, address)
        told.say("第一个页面，首次绘制", [paint])
        told.say("第一个页面，可提问", [ready])
        others = await asyncio.gather(*(_opened(browser, address) for _ in range(sessions - 1)))
        pages = [page, *(page for page, _, _ in others)]
        told.say("其余同时打开，首次绘制", [paint for _, paint, _ in others])
        told.say("其余同时打开，可提问", [ready for _, _, ready in others])
        await told.say_memory("全部打开后", pages)
        told.say("同时提问，到答案", await _ask_all(pages))
        told.say("再问一次，到答案", await _ask_all(pages))
        if upload is not None:
            await _ask_while_reading(address, browser, pages, upload, told)
        await told.say_memory("全部答完后", pages)
        seen = [await _strangers(page, n, sessions) for n, page in enumerate(pages)]
        print(f"在自己的对话里见到别人的问题：{sum(seen)} 处（目标 0）")
        await browser.close()


class _Told:
    """Prints what was measured, with the server's processor time since the line before."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._used = self._processor()

    def say(self, what: str, seconds: Sequence[float]) -> None:
        used, self._used = self._used, self._processor()
        times = (
            f"中位 {median(seconds):.2f} 秒，最慢 {max(seconds):.2f} 秒" if len(seconds) > 1 else f"{seconds[0]:.2f} 秒"
        )
        print(f"{what}：{times}；服务器处理器 {self._used - used:.2f} 秒", flush=True)

    async def say_memory(self, when: str, pages: Sequence[Page]) -> None:
        memory = sum(map(resident_mb, self._processes()))
        print(f"{when}，服务器 {memory:.0f} MB；每页脚本占用 {await _heap(pages):.0f} MB", flush=True)

    def _processes(self) -> tuple[int, ...]:
        return self._server, *descendants(self._server)

    def _processor(self) -> float:
        return sum(map(processor_seconds, self._processes()))


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used, 0 where it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _opened(browser: Browser, address: str) -> tuple[Page, float, float]:
    """(page, seconds to its first paint, seconds until one can ask)."""
    context = await browser.new_context()
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    started = time.perf_counter()
    await page.goto(address)
    await page.locator(BOX).wait_for()
    ready = time.perf_counter() - started
    return page, float(await page.evaluate(PAINT)) / 1000, ready


async def _asked(page: Page, number: int) -> float:
    """Seconds from sending a question until its answer stands there."""
    answers = await page.locator(".wb-answer").count()
    box = page.locator(BOX)
    await box.fill(_question(number))
    started = time.perf_counter()
    await box.press("Enter")
    await page.locator(".wb-answer").nth(answers).wait_for()
    seconds = time.perf_counter() - started
    await page.locator(BOX).wait_for()
    return seconds


async def _ask_while_reading(address: str, browser: Browser, pages: Sequence[Page], upload: Path, told: _Told) -> None:
    """Answers go on coming while somebody's report is read."""
    reader = await (await browser.new_context()).new_page()
    reader.set_default_timeout(PATIENCE_MS)
    await reader.goto(f"{address}/reports")
    started = time.perf_counter()
    await reader.locator('input[type="file"]').first.set_input_files(upload)
    reading = asyncio.ensure_future(_until(reader.locator(".wb-upload").first.wait_for, started))
    told.say(f"有人上传 {upload.name} 时提问，到答案", await _ask_all(pages))
    state = "报告还没读完" if not reading.done() else "报告已读完"
    print(f"{len(pages)} 个答案都到时{state}；读入共用 {await reading:.1f} 秒")
    await reader.context.close()


async def _until(event: Callable[[], Awaitable[None]], started: float) -> float:
    await event()
    return time.perf_counter() - started


async def _ask_all(pages: Sequence[Page]) -> list[float]:
    return await asyncio.gather(*(_asked(page, number) for number, page in enumerate(pages)))


async def _strangers(page: Page, number: int, sessions: int) -> int:
    """How many questions of others stand in a session's own conversation."""
    asked = " ".join(await page.locator(".wb-question").all_inner_texts())
    return sum(_question(other) in asked for other in range(sessions) if other != number)


def _question(number: int) -> str:
    return f"{QUESTIONS[number % len(QUESTIONS)]}是多少？（第{number + 1}位）"


async def _heap(pages: Sequence[Page]) -> float:
    """Middle of the pages' script memory, in MB."""
    used = [await page.evaluate("performance.memory.usedJSHeapSize") for page in pages]
    return float(median(used)) / 2**20


if __name__ == "__main__":
    main()
