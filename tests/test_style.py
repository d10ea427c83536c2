"""The one test line also runs ruff and mypy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CHECKED = ["rag", "evals", "tests", "app.py"]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["ruff", "check", *CHECKED], id="ruff check"),
        pytest.param(["ruff", "format", "--check", *CHECKED], id="ruff format"),
        pytest.param(["mypy", "rag", "evals"], id="mypy --strict"),
    ],
)
def test_the_source_is_clean(arguments):
    ran = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=280, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
