"""Page, `ask` and `ingest` at work on one index at the same time, each a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import environment
from page_samples import OTHER_REPORT, REPORT, build_index, write_reports
from test_page_browser import CHROMIUM, LAPTOP, PROJECT, ask, browser, opened, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

QUESTION = "青石职业技术学院2023届毕业生就业率是多少？"


def _started(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "rag", *map(str, arguments)]
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment(PYTHONIOENCODING="utf-8"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_the_page_ask_and_ingest_work_on_one_index_at_once(browser: Browser, tmp_path: Path) -> None:
    data = tmp_path / "data"
    build_index(data, write_reports(tmp_path / "own", 青石=REPORT))
    more = write_reports(tmp_path / "more", 白河=OTHER_REPORT)
    with (
        served(PROJECT / "server.py", WENBAO_DATA=str(data)) as address,
        opened(browser, address, LAPTOP) as page,
    ):
        ask(page, QUESTION)
        writer = _started("ingest", more, "--data", data)
        askers = [_started("ask", QUESTION, "--data", data) for _ in range(2)]
        ask(page, QUESTION)
        for asker in askers:
            out, err = asker.communicate(timeout=200)
            assert (asker.returncode, "95.27%" in out) == (0, True), err
        out, err = writer.communicate(timeout=200)
        assert (writer.returncode, out.strip()) == (0, "新增 1 / 更新 0 / 跳过 0 / 失败 0"), err
        ask(page, "白河职业技术学院2022届毕业生就业率是多少？")
        texts = page.locator(".wb-answer").all_inner_texts()
    assert ["95.27%" in texts[0], "95.27%" in texts[1], "91.06%" in texts[2]] == [True] * 3, texts
