from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence

import pytest

from evals.holes import check

SOUND = {"name": "a", "version": "1.0", "vulns": []}
HOLED = {"name": "b", "version": "2.0", "vulns": [{"id": "X-1", "aliases": ["CVE-1"], "fix_versions": ["2.1"]}]}


@pytest.mark.parametrize(
    ("code", "printed", "complaint", "expected", "said"),
    [
        (0, json.dumps({"dependencies": [SOUND]}), "", 0, "1 个包，没有已知的漏洞"),
        (1, json.dumps({"dependencies": [SOUND, HOLED]}), "", 1, "b 2.0：X-1、CVE-1，修好的版本：2.1"),
        (1, "", "Traceback\nConnectionError: no route", 2, "连不上漏洞库（ConnectionError: no route）"),
    ],
)
def test_holes_are_named_and_what_was_not_checked_is_said(
    code: int, printed: str, complaint: str, expected: int, said: str
) -> None:
    asked: list[Sequence[str]] = []

    def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        if command[0] == "uv":
            return subprocess.CompletedProcess(command, 0, "a==1.0\nb==2.0\n", "")
        return subprocess.CompletedProcess(command, code, printed, complaint)

    found = check(run)
    assert (found[0], said in found[1], len(asked)) == (expected, True, 2)


def test_a_machine_without_uv_is_told() -> None:
    def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        raise FileNotFoundError(2, "No such file", "uv")

    assert (check(run)[0], "没有检查" in check(run)[1]) == (2, True)
