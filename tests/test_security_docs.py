"""The threat model names tests and programs that are there."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(test_\w+\.py)`", TEXT))))
def test_a_test_that_is_named_is_there(name: str) -> None:
    assert (ROOT / "tests" / name).is_file()


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m ([\w.]+)", TEXT))))
def test_a_program_that_is_named_is_there(module: str) -> None:
    assert find_spec(module) is not None


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:read|uploads|lock)_\w+)`", TEXT))))
def test_a_setting_that_is_named_is_there(name: str) -> None:
    assert re.search(rf"^{name} =", (ROOT / "config.toml").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", TEXT))))
def test_a_page_that_is_linked_is_there(link: str) -> None:
    assert (ROOT / "docs" / link).exists()
