"""Whether every package the program needs comes as a wheel for Windows, told from the lock file alone.

usage: uv export --no-dev --no-hashes --no-emit-project | python -m evals.wheels [--lock uv.lock]

Exit code 1 where one would have to be built, 2 where no package was given. Nothing is fetched.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import canonicalize_name, parse_wheel_filename

PYTHONS = ((3, 11), (3, 12), (3, 13))
PLATFORM = "win_amd64"


def wheel_tags(python: tuple[int, int], platform: str) -> frozenset[Tag]:
    """The tags of wheels that a Python of the platform takes."""
    return frozenset((*cpython_tags(python, platforms=[platform]), *compatible_tags(python, platforms=[platform])))


def needed(lines: Iterable[str], python: tuple[int, int]) -> Iterator[tuple[str, str]]:
    """(name, version) of each pinned requirement that Windows with this Python installs."""
    version = ".".join(map(str, python))
    environment = {
        **dict.fromkeys(("os_name",), "nt"),
        "sys_platform": "win32",
        "platform_system": "Windows",
        "platform_machine": "AMD64",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "python_version": version,
        "python_full_version": f"{version}.0",
    }
    for line in lines:
        try:
            requirement = Requirement(line.partition(" #")[0].strip())
        except InvalidRequirement:  # a comment, or the line of a comment
            continue
        if requirement.marker is None or requirement.marker.evaluate(environment):
            yield canonicalize_name(requirement.name), str(requirement.specifier).removeprefix("==")


def without_wheel(lines: Sequence[str], lock: Mapping[str, Any], python: tuple[int, int]) -> list[str]:
    """The requirements for which the lock file lists no wheel that this Python takes on Windows."""
    packages = {(canonicalize_name(one["name"]), one["version"]): one for one in lock["package"]}
    taken = wheel_tags(python, PLATFORM)
    return [
        f"{name}=={version}"
        for name, version in needed(lines, python)
        if not _has_wheel(packages, name, version, taken)
    ]


def _has_wheel(packages: Mapping[Any, Any], name: str, version: str, taken: frozenset[Tag]) -> bool:
    wheels = packages.get((name, version), {}).get("wheels", ())
    return any(parse_wheel_filename(wheel["url"].rsplit("/", 1)[-1])[3] & taken for wheel in wheels)


def main() -> None:
    """Print what lacks a wheel, a line each Python."""
    parser = argparse.ArgumentParser(description="每个依赖包在 Windows 上有没有现成的 wheel")
    parser.add_argument("--lock", type=Path, default=Path("uv.lock"))
    lock = tomllib.loads(parser.parse_args().lock.read_text(encoding="utf-8"))
    lines, lacking = sys.stdin.read().splitlines(), 0
    if not any(True for python in PYTHONS for _ in needed(lines, python)):
        print("没有检查：没有收到依赖包的清单，请把 uv export --no-dev --no-hashes --no-emit-project 的输出接进来。")
        sys.exit(2)
    for python in PYTHONS:
        found = without_wheel(lines, lock, python)
        count = sum(1 for _ in needed(lines, python))
        lacking += len(found)
        print(f"Python {'.'.join(map(str, python))}，{PLATFORM}：{count} 个包，没有 wheel：{'、'.join(found) or '无'}")
    sys.exit(bool(lacking))


if __name__ == "__main__":
    main()
