"""Ingest against the bare libraries on the same files in the same run: pages a second, memory, re-ingest, help.

The bare libraries' time is that of pypdfium2 giving the text of every page and pdfplumber finding and extracting the
tables of those pages our reader hands it, one file after the other in one process.

usage: python evals/benchmarks/ingest_speed.py REPORT.pdf …
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

RUNS = 3
MAX_PAGES = 10_000
_SAMPLE_SECONDS = 0.02


def main() -> None:
    """Print one line a measure, with the goal beside it; each is the best of several runs taken in turn."""
    files = [Path(name).resolve() for name in sys.argv[1:]]
    tables = {file: pages_with_tables(file) for file in files}
    pages = sum(map(count_pages, files))
    bare, command, here, again, helps = (list[float]() for _ in range(5))
    with memory_watched() as peak, tempfile.TemporaryDirectory() as folder:
        for run in range(RUNS):
            data = Path(folder, str(run))
            bare.append(seconds(bare_libraries, tables))
            command.append(seconds(wenbao, "ingest", *files, "--data", data))
            again.append(seconds(wenbao, "ingest", *files, "--data", data))
            here.append(ingest_here(files, Path(folder, f"{run}-here")))
            helps.append(seconds(wenbao, "--help"))
    best = min(bare)
    print(
        f"{len(files)} 份报告，{pages} 页，其中 {sum(map(len, tables.values()))} 页交给 pdfplumber 找表；取 {RUNS} 次中最快的"
    )
    print(f"裸库            {best:6.2f} 秒  {pages / best:6.1f} 页/秒")
    for name, values in (("入库（整条命令）", command), ("入库（进程内）  ", here)):
        print(
            f"{name}{min(values):6.2f} 秒  {pages / min(values):6.1f} 页/秒  {min(values) / best:.2f} 倍（目标 ≤ 2.5）"
        )
    print(f"内存峰值（命令与其子进程合计）{peak():.0f} MB（目标 < 1024）")
    print(f"没有变化时再入库 {min(again):.2f} 秒（目标 < 2）")
    print(f"wenbao --help  {min(helps):.2f} 秒（目标 < 0.5）")


def wenbao(*arguments: str | Path) -> None:
    """Run the program; what it says is dropped."""
    command = [sys.executable, "-m", "rag", *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def seconds(work: Callable[..., object], *arguments: object) -> float:
    """Wall-clock seconds of one call."""
    started = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - started


def count_pages(file: Path) -> int:
    """Pages of a PDF."""
    import pypdfium2  # type: ignore[import-untyped]

    document = pypdfium2.PdfDocument(file)
    try:
        return len(document)
    finally:
        document.close()


def pages_with_tables(file: Path) -> tuple[int, ...]:
    """Indexes of the pages our reader hands to pdfplumber."""
    from rag.readers.pdf.grids import GridFinder
    from rag.readers.pdf.reader import read_pdf

    asked: list[int] = []
    find = GridFinder._page

    def noted(finder: GridFinder, index: int, rotation: int) -> Any:
        asked.append(index)
        return find(finder, index, rotation)

    with mock.patch.object(GridFinder, "_page", noted):
        read_pdf(file.read_bytes(), max_pages=MAX_PAGES, announce_pages=lambda count: None, recognises=True)
    return tuple(sorted(set(asked)))


def bare_libraries(tables: dict[Path, tuple[int, ...]]) -> None:
    """What the libraries alone take for the same text and the same tables."""
    import pdfplumber
    import pypdfium2

    for file, wanted in tables.items():
        document = pypdfium2.PdfDocument(file)
        for page in document:
            text_page = page.get_textpage()
            text_page.get_text_range()
            text_page.close()
            page.close()
        document.close()
        with pdfplumber.open(file, pages=[index + 1 for index in wanted] or None) as plumbed:
            for plumbed_page in plumbed.pages if wanted else ():
                for table in plumbed_page.find_tables():
                    table.extract()
                plumbed_page.close()


def ingest_here(files: list[Path], data: Path) -> float:
    """Seconds of the ingest itself, the program's start left out."""
    from rag.app.assembly import build_ingest, open_index
    from rag.settings.settings import Settings

    settings = Settings(data=data)
    index = open_index(settings)
    try:
        return seconds(build_ingest(settings, index).run, files)
    finally:
        index.close()


@contextmanager
def memory_watched() -> Iterator[Callable[[], float]]:
    """Highest resident memory, in MB, of all descendants of this process together; 0 where the system has no /proc."""
    highest = 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal highest
        while not done.wait(_SAMPLE_SECONDS):
            highest = max(highest, sum(map(resident_mb, descendants(os.getpid()))))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield lambda: highest
    finally:
        done.set()
        thread.join()


def descendants(pid: int) -> tuple[int, ...]:
    """Process ids of children, their children and so on."""
    try:
        listed = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return ()
    children = [int(child) for child in listed.split()]
    return (*children, *(below for child in children for below in descendants(child)))


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MB, 0 where it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)


if __name__ == "__main__":
    main()
