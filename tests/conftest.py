"""What several test files use: `wenbao` run as a program, and small reports to feed it."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

ROOT = Path(__file__).parents[1]
RUN_SECONDS = 120
# Each run of the program would otherwise compile every library again where byte code is not written; all workers share it.
_SHARED = "TESTS_BYTE_CODE"
if _SHARED not in os.environ:
    os.environ[_SHARED] = tempfile.mkdtemp(prefix="wenbao-tests-")
    atexit.register(shutil.rmtree, os.environ[_SHARED], ignore_errors=True)
BYTE_CODE = os.environ[_SHARED]


# what runs in the background is often started deaf to Ctrl-C, and so would be every process the tests interrupt
signal.signal(signal.SIGINT, signal.default_int_handler)
# recognition takes seconds a page: the tests of it switch it on
os.environ["WENBAO_OCR"] = "off"
# how long an example takes says how busy the machine is
settings.register_profile("wenbao", deadline=None)
settings.load_profile("wenbao")


@dataclass(frozen=True)
class Ran:
    """How a run of the program ended."""

    code: int
    out: str
    err: str


def environment(**changes: str) -> dict[str, str]:
    """The environment without settings of the developer's own."""
    dropped = ("WENBAO_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": BYTE_CODE, "WENBAO_OCR": "off", **changes}


def write_report(path: Path, college: str, students: int, year: int = 2023) -> Path:
    """A small report in plain text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{college}高等职业教育质量年度报告（{year}年度）",
        "一、学校概况",
        f"截至{year}年8月31日，学校全日制在校生{students}人，馆藏图书{students * 10}册。",
        "二、就业质量",
        f"{year}届毕业生就业率为{90 + students % 10}.5%。",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser and a server beside other work take long, and are no slower a product for that."""
    for item in items:
        if item.path.name.endswith("_browser.py"):
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def corpus_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample reports indexed: built once for all workers, a copy for each."""
    from page_samples import build_index  # most tests need none of what it imports

    base = tmp_path_factory.getbasetemp()
    built = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "corpus-index"
    with FileLock(f"{built}.lock"):
        if not built.is_dir():
            build_index(fresh := built.with_name("corpus-index-new"), ROOT / "corpus")
            fresh.rename(built)
    return shutil.copytree(built, tmp_path_factory.mktemp("corpus") / "data")


@pytest.fixture(scope="session")
def wenbao() -> Callable[..., Ran]:
    """Runs the program with these arguments, in `cwd`, with `env` added to the environment."""

    def run(*arguments: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "rag", *map(str, arguments)],
            cwd=cwd,
            env=environment(**(env or {})),
            capture_output=True,
            timeout=RUN_SECONDS,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    return run


@pytest.fixture
def started() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts the program and leaves it running; it is ended with the test."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str | Path, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "rag", *map(str, arguments)],
            cwd=ROOT,
            env=environment(**(env or {})),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()
