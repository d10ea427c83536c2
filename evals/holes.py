"""Whether a pinned package has a hole that is publicly known, asked of the OSV database through pip-audit.

usage: python -m evals.holes

Needs uv and the network. Exit code 0: none known · 1: some are, and named · 2: could not be checked, with the reason.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

EXPORT = ("uv", "export", "--quiet", "--no-hashes", "--no-emit-project", "--all-extras")
AUDIT = (
    "uvx",
    "--quiet",
    "pip-audit",
    "--vulnerability-service",
    "osv",
    "--no-deps",
    "--disable-pip",
    "--format",
    "json",
)
AUDIT_SECONDS = 600.0
Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


def known_holes(found: Any) -> Iterator[str]:
    """A line for each hole in pip-audit's report."""
    for package in found["dependencies"]:
        for hole in package.get("vulns", ()):
            names = "、".join((hole["id"], *hole.get("aliases", ())))
            fixed = "、".join(hole.get("fix_versions", ())) or "尚无"
            yield f"{package['name']} {package['version']}：{names}，修好的版本：{fixed}"


def check(run: Run) -> tuple[int, str]:
    """Exit code and what is printed."""
    try:
        exported = run(EXPORT)
        if exported.returncode:
            return 2, f"没有检查：uv export 失败（{_last_line(exported.stderr)}）。"
        with tempfile.TemporaryDirectory() as folder:
            pinned = Path(folder) / "requirements.txt"
            pinned.write_text(exported.stdout, encoding="utf-8")
            audited = run((*AUDIT, "--requirement", str(pinned)))
        found = json.loads(audited.stdout)
        holes, count = list(known_holes(found)), len(found["dependencies"])
    except (OSError, subprocess.TimeoutExpired) as error:
        return 2, f"没有检查：{error}。"
    except (ValueError, KeyError, TypeError):
        return 2, f"没有检查：pip-audit 没有给出结果，多半是连不上漏洞库（{_last_line(audited.stderr)}）。"
    if holes:
        return 1, "\n".join(holes)
    return 0, f"{count} 个包，没有已知的漏洞。"


def _last_line(text: str) -> str:
    return next(iter(reversed(text.strip().splitlines())), "没有说明")[-300:]


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", timeout=AUDIT_SECONDS)


if __name__ == "__main__":
    code, said = check(_run)
    print(said)
    sys.exit(code)
