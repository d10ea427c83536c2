"""Ingest against the bare libraries on the same files in the same run.

A line a file: pages a second of the libraries alone, of the whole way into the store through one warm guarded child,
the ratio of the two, and how much longer the file takes with its pages (or text) twice. Then the mean of a hundred small
text files through such a child. With `--command` also the command as a whole: memory, re-ingest, help.

The bare libraries' time is that of pypdfium2 giving the text of every page and pdfplumber finding and extracting the
tables of those pages our reader hands it, in this process. All times but those of `--command` are the processor's.

usage: python evals/benchmarks/ingest_speed.py [--command] REPORT …
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

RUNS = 2
ENOUGH_SECONDS = 10.0
"""A measure that took so long is not taken again."""
MAX_PAGES = 10_000
SMALL_FILES = 100
_SAMPLE_SECONDS = 0.02


def main() -> None:
    """Print one line a file and a measure, with the goal beside it; each is the best of several runs taken in turn."""
    wanted = sys.argv[1:]
    files = [Path(name).resolve() for name in wanted if name != "--command"]
    with tempfile.TemporaryDirectory() as folder, closing(WarmChild(Path(folder))) as child:
        print("目标：入库 ≤ 裸库的 2.5 倍；内容加倍后用时 ≤ 2.3 倍")
        for file in files:
            print(measured(file, child, Path(folder)), flush=True)
        mean = child.read(small_files(Path(folder))) / SMALL_FILES
        print(f"{SMALL_FILES} 个小文本文件，平均 {mean:.3f} 秒（目标 ≤ 0.15）；以上都是处理器时间")
    if "--command" in wanted:
        measure_command(files)


def measured(file: Path, child: WarmChild, folder: Path) -> str:
    """The line of one file."""
    double = folder / f"double{file.suffix}"
    tables = {file: pages_with_tables(file)} if file.suffix == ".pdf" else {}
    has_double = write_double(file, double)
    bare, once, twice = list[float](), list[float](), list[float]()
    for _ in range(RUNS):
        started = processor_seconds()
        bare_libraries(tables)
        bare.append(processor_seconds() - started)
        once.append(child.read([file]))
        twice += [child.read([double])] if has_double else []
        if sum((*bare, *once, *twice)) > ENOUGH_SECONDS:
            break
    grown = f"  加倍 {min(twice) / min(once):.2f} 倍" if twice else ""
    if not tables:
        return f"{file.name}  入库 {min(once):.2f} 秒{grown}"
    pages = count_pages(file)
    return (
        f"{file.name}  {pages} 页（找表 {len(tables[file])} 页）  裸库 {pages / min(bare):.1f} 页/秒"
        f"  入库 {pages / min(once):.1f} 页/秒  {min(once) / min(bare):.2f} 倍{grown}"
    )


class WarmChild:
    """Files into an index of their own through one guarded child that has read a file before."""

    def __init__(self, folder: Path) -> None:
        """Keep the index under a folder."""
        from rag.app.assembly import build_ingest, open_index
        from rag.readers.recognised import RecognisedPages
        from rag.reading.files import Reading
        from rag.settings.settings import Settings

        settings = Settings(data=folder / "data")
        self._index = open_index(settings)
        recognised = RecognisedPages(folder / "recognised")
        limits = build_ingest(settings, self._index).limits
        self._reading = Reading(limits, settings.max_chunk_tokens, recognised)
        self.read(small_files(folder)[:1])

    def close(self) -> None:
        """End the child."""
        self._reading.close()
        self._index.close()

    def read(self, files: Sequence[Path]) -> float:
        """Processor seconds to read files and store them; making them searchable, once for a whole ingest, is left out."""
        from rag.readers.sources import find_sources

        with self._index.writing():
            started = processor_seconds()
            for file in files:
                for source in find_sources([file]).sources:
                    self._index.replace(self._reading.parts(source), str(time.perf_counter()))
            return processor_seconds() - started


def processor_seconds() -> float:
    """Seconds of a processor that this process and its children have taken: other work on the machine counts for none.

    Where the system has no /proc, seconds of the clock.
    """
    try:
        ticks = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in descendants(os.getpid())]
        own = Path("/proc/self/stat").exists()
    except OSError:
        own = False
    if not own:
        return time.perf_counter()
    return time.process_time() + sum(int(one[11]) + int(one[12]) for one in ticks) / os.sysconf("SC_CLK_TCK")


def write_double(file: Path, double: Path) -> bool:
    """Write a file with everything in it twice; False for a kind of which this cannot be done here."""
    if file.suffix == ".pdf":
        from pypdf import PdfReader, PdfWriter

        with PdfWriter() as writer:
            for _ in range(2):
                writer.append(PdfReader(file))
            writer.write(double)
    elif file.suffix in (".txt", ".md"):
        double.write_bytes(file.read_bytes() * 2)
    else:
        return False
    return True


def small_files(folder: Path) -> list[Path]:
    """A hundred text files of some twenty sentences each, no two alike."""
    files = []
    for number in range(SMALL_FILES):
        sentences = (
            f"第{at}项：{2000 + at}年共有{number * at + 7}人参加，占{at + 10}.{number % 10}%。" for at in range(20)
        )
        files.append(folder / f"学院{number}简报.txt")
        files[-1].write_text("\n".join([f"学院{number}工作简报", *sentences]), encoding="utf-8")
    return files


def measure_command(files: list[Path]) -> None:
    """Print what the command takes as a whole."""
    command, again, helps = (list[float]() for _ in range(3))
    with memory_watched() as peak, tempfile.TemporaryDirectory() as folder:
        for run in range(RUNS):
            data = Path(folder, str(run))
            command.append(seconds(wenbao, "ingest", *files, "--data", data))
            again.append(seconds(wenbao, "ingest", *files, "--data", data))
            helps.append(seconds(wenbao, "--help"))
    print(f"入库（整条命令）{min(command):.2f} 秒；没有变化时再入库 {min(again):.2f} 秒（目标 < 2）")
    print(f"内存峰值（命令与其子进程合计）{peak():.0f} MB（目标 < 1024）")
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
