"""The table of speeds, each beside what it is to be compared with, measured in the same run.

usage: python -m evals.benchmarks.speed REPORTS_DIR QUESTIONS.jsonl … [--chunks 100000] [--per-report 333] [--vectors 512]
"""

from __future__ import annotations

import argparse
import compileall
import json
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chromadb

import rag
from evals.benchmarks import ask_speed
from evals.benchmarks.ask_speed import ask, spread, synthetic_questions, synthetic_report, timed
from rag.app.assembly import build_assistant, build_ingest, index_folder, open_index
from rag.index.index import Index
from rag.index.shards import Manifest
from rag.settings.settings import Settings

if TYPE_CHECKING:
    from rag.ports import Vectors

MAX_DISK_BYTES = 2 << 30
STARTS = 5
BARE_ROWS = 10_000
"""Rows of the bare collection that writing to Chroma is compared with."""
NEAREST = 50
_OPEN = """
import chromadb, sys
from chromadb.config import Settings
client = chromadb.PersistentClient(sys.argv[1], settings=Settings(anonymized_telemetry=False))
client.get_collection("chunks", embedding_function=None).count()
"""
_PAGE = "import streamlit.web.bootstrap, chromadb"
START_SECONDS = 120.0
Row = tuple[str, str, str]
"""What was measured, what came out, what it is compared with."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("reports", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--per-report", type=int, default=335)
    parser.add_argument("--disk-gb", type=float, default=2.0)
    given = parser.parse_args()
    ask_speed.CHUNKS_PER_REPORT = given.per_report
    questions = [
        json.loads(line) for file in given.questions for line in file.read_text(encoding="utf-8").splitlines() if line
    ]
    for row in chain(of_reports(given.reports, questions), of_size(given.chunks, given.disk_gb)):
        print(f"| {' | '.join(row)} |", flush=True)


def of_reports(reports: Path, questions: Sequence[dict[str, Any]]) -> Iterator[Row]:
    """Answers over real reports, and the start of a process that gives one."""
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(data=Path(data), ocr="off", model="extractive")
        with closing(open_index(settings)) as index:
            build_ingest(settings, index).run([reports])
            index.finish()
            assistant = build_assistant(settings, index)
            answered = timed(lambda number: ask(assistant, questions[number]), range(len(questions)))
            many = len(index.store.reports())
        yield f"{len(questions)} 个问题，{many} 份报告，同一进程", spread(answered), "–"
        shard = next(index_folder(settings).glob("chroma-*/chroma.sqlite3")).parent
        asked = [sys.executable, "-m", "rag", "ask", questions[0]["question"], "--data", data, "--ocr", "off"]
        ours, bare = alternately(asked, [sys.executable, "-c", _OPEN, str(shard)])
        yield (
            "新进程到第一个回答（wenbao ask）",
            f"{ours:.2f} 秒",
            f"载入 chromadb 并打开同一集合的 {ours / bare:.2f} 倍",
        )
        served = [until_served(Path(data), reports) for _ in range(STARTS)]
        _, loaded = alternately([sys.executable, "-c", ""], [sys.executable, "-c", _PAGE])
        taken = statistics.median(served)
        yield (
            "新进程到送出网页（wenbao chat）",
            f"{taken:.2f} 秒",
            f"载入 streamlit 和 chromadb 的 {taken / loaded:.2f} 倍",
        )
        for command in ("--help", "reports"):
            asked = [sys.executable, "-m", "rag", command, *(() if command == "--help" else ("--data", data))]
            ours, bare = alternately(asked, [sys.executable, "-c", "import chromadb"])
            yield f"新进程 wenbao {command}", f"{ours:.2f} 秒", f"载入 chromadb 的 {ours / bare:.2f} 倍"


def until_served(data: Path, reports: Path) -> float:
    """Seconds from the start of `wenbao chat` until its page is sent."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "rag",
        "chat",
        "--data",
        data,
        "--reports",
        reports,
        "--ocr",
        "off",
        "--port",
        port,
    ]
    started = time.perf_counter()
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            while server.poll() is None and time.perf_counter() - started < START_SECONDS:
                with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1):
                    return time.perf_counter() - started
                time.sleep(0.02)
            raise TimeoutError(f"网页没有在 {START_SECONDS:.0f} 秒内送出")
        finally:
            server.terminate()


def alternately(ours: Sequence[str], other: Sequence[str]) -> tuple[float, float]:
    """Median seconds that each command takes, run in turn after once each."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for package in (rag, chromadb):  # as at any second start, whatever this machine keeps of bytecode
        compileall.compile_dir(Path(package.__path__[0]).parent, quiet=2)
    for _ in range(STARTS + 1):
        for command, taken in zip((ours, other), seconds, strict=True):
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            taken.append(time.perf_counter() - started)
    first, second = (statistics.median(taken[1:]) for taken in seconds)
    return first, second


def of_size(chunks: int, disk_gb: float) -> Iterator[Row]:
    """Writing, adding to, and searching many synthetic chunks."""
    if shutil.disk_usage(tempfile.gettempdir()).free < (disk_gb + 4) * 2**30:
        return
    ask_speed.MAX_DISK_BYTES = int(disk_gb * 2**30)
    with tempfile.TemporaryDirectory() as data, closing(open_index(Settings(data=Path(data)))) as index:
        settings = Settings(data=Path(data), model="extractive")
        # Chroma follows afterwards, so that each is measured alone.
        following, index._follower.start = index._follower.start, lambda: None  # type: ignore[method-assign]
        written, seconds = took(lambda: ask_speed.fill(index, chunks))
        reports = f"{len(index.store.reports())} 份合成报告，{written} 块"
        yield f"写入库和字词（{reports}）", f"{written / seconds:.0f} 块/秒", "–"
        index._follower.start = following  # type: ignore[method-assign]
        _, seconds = took(index.finish)
        bare = bare_rate(index)
        rate = written / seconds
        yield (
            "写入 Chroma",
            f"{rate:.0f} 块/秒",
            f"同样的向量直接成批写入一个集合（{BARE_ROWS} 块）的 {rate / bare:.2f} 倍",
        )
        one = synthetic_report(10**6, random.Random(1))
        _, seconds = took(lambda: index.replace(one))
        yield f"再加一份（{len(one.chunks)} 块）", f"{seconds:.2f} 秒", "–"
        _, seconds = took(index.finish)
        yield "　Chroma 跟上", f"{seconds:.2f} 秒", "–"
        yield from _of_search(index, settings)
        disk = sum(path.stat().st_size for path in settings.data.rglob("*") if path.is_file())
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield "占用", f"磁盘 {disk / 2**20:.0f} MB，内存峰值 {memory:.0f} MB", "–"


def _of_search(index: Index, settings: Settings) -> Iterator[Row]:
    questions, named = synthetic_questions()
    nearest = index._vectors
    versions, manifest = index.store.versions(), nearest.manifest()
    vectors = [nearest.query_vector(question) for question in questions]
    exact = timed(lambda vector: nearest.search(vector, NEAREST, versions, Manifest()), vectors)
    found = timed(lambda vector: nearest.search(vector, NEAREST, versions, manifest), vectors)
    ratio = statistics.median(found) / statistics.median(exact)
    yield "Chroma 检索全部", spread(found), f"逐条比较的 {ratio:.2f} 倍"
    yield f"　前 {NEAREST} 条与逐条比较相同", f"{agreement(index, vectors, manifest):.3f}", "–"
    assistant = build_assistant(settings, index)
    for title, asked in (("检索（不限院校）", questions), ("检索（限一校）", named)):
        yield title, spread(timed(lambda question: assistant.retrieve(assistant.understand(question)), asked)), "–"


def agreement(index: Index, vectors: Sequence[Vectors], manifest: Manifest) -> float:
    """Share of what Chroma finds that scores as well as the last of the exact first."""
    nearest, versions = index._vectors, index.store.versions()
    shares = []
    for vector in vectors:
        exact = nearest.search(vector, NEAREST, versions, Manifest())[0]
        found = nearest.search(vector, NEAREST, versions, manifest)[0]
        shares.append(sum(score >= exact[-1][1] - 1e-5 for _, score in found) / len(exact))
    return statistics.mean(shares)


def bare_rate(index: Index) -> float:
    """Rows a second that a plain collection takes of the same vectors, as many at a time as Chroma allows."""
    import numpy as np
    from chromadb.config import Settings as ChromaSettings

    ids: list[str] = []
    rows = []
    for report_id in index.store.versions():
        found = index.store.vectors(report_id, index._vectors.embedder.name)
        if found is not None and len(ids) < BARE_ROWS:
            ids += found[0]
            rows.append(found[1])
    vectors = np.concatenate(rows)
    with tempfile.TemporaryDirectory() as folder:
        client = chromadb.PersistentClient(folder, settings=ChromaSettings(anonymized_telemetry=False))
        collection = client.create_collection(
            "bare", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        step = client.get_max_batch_size()

        def upsert() -> None:
            for at in range(0, len(ids), step):
                collection.upsert(ids=ids[at : at + step], embeddings=vectors[at : at + step])
            collection.query(query_embeddings=vectors[:1], n_results=1)

        _, seconds = took(upsert)
    return len(ids) / seconds


def took(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives, and seconds."""
    started = time.perf_counter()
    return work(), time.perf_counter() - started


if __name__ == "__main__":
    main()
