"""Time of an answer over real reports, and of retrieval over many synthetic chunks, in process.

usage: python evals/benchmarks/ask_speed.py REPORTS_DIR QUESTIONS.jsonl … [--chunks 100000]
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rag.app.assembly import build_assistant, build_ingest, open_index
from rag.assistant import Assistant
from rag.index.index import Index
from rag.records import (
    Chunk,
    Filters,
    PageMark,
    Report,
    ReportKind,
    ReportParts,
    Section,
    SectionKind,
    Turn,
)
from rag.settings.settings import Settings

CHUNKS_PER_REPORT = 500
CHUNKS_PER_SECTION = 5
SENTENCES_PER_CHUNK = 12
MAX_DISK_BYTES = 2 << 30
FREE_DISK_BYTES = 4 << 30
"""Less than this free on the disk, and the synthetic part is left out."""
SEED = 7
_PLACES = "东湖 西山 南岭 北江 青城 白云 赤水 黄石 紫荆 银川".split()
_TOPICS = (
    "在校生 专任教师 馆藏图书 实训基地 教学设备 就业率 升学率 技术服务 横向课题 专利 社团 奖学金 占地面积 食堂".split()
)
_VERBS = "达到 增加到 共有 完成 保持在 提高到".split()


def main() -> None:
    """Print p50 and p95 of each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("reports", type=Path)
    parser.add_argument("questions", type=Path, nargs="+")
    parser.add_argument("--chunks", type=int, default=100_000)
    given = parser.parse_args()
    questions = [
        json.loads(line) for file in given.questions for line in file.read_text(encoding="utf-8").splitlines() if line
    ]
    with tempfile.TemporaryDirectory() as data:
        measure_answers(Settings(data=Path(data)), given.reports, questions)
    if given.chunks and shutil.disk_usage(tempfile.gettempdir()).free > FREE_DISK_BYTES:
        with tempfile.TemporaryDirectory() as data:
            measure_many(Settings(data=Path(data)), given.chunks)


def measure_answers(settings: Settings, reports: Path, questions: Sequence[dict[str, Any]]) -> None:
    """Answers to the questions over the reports, after one that warms up."""
    index = open_index(settings)
    build_ingest(settings, index).run([reports])
    index.finish()
    assistant = build_assistant(settings, index)
    ask(assistant, questions[0])
    stages: dict[str, list[float]] = {}
    for question in questions:
        for name, milliseconds in ask(assistant, question):
            stages.setdefault(name, []).append(milliseconds)
    print(f"{len(index.store.reports())} 份报告，{len(questions)} 个问题（目标 p50 < 150、p95 < 300 毫秒）")
    for name, values in stages.items():
        print(f"  {name:<10} {spread(values)}")
    index.close()


def ask(assistant: Assistant, question: dict[str, Any]) -> tuple[tuple[str, float], ...]:
    """Milliseconds of each stage of one answer."""
    history = [Turn(turn["role"], turn["content"]) for turn in question.get("history", [])]
    return assistant.ask(question["question"], history, Filters(reports=tuple(question.get("reports", ())))).timings_ms


def measure_many(settings: Settings, chunks: int) -> None:
    """Searches and whole retrievals over synthetic reports, of all of them and of one college's."""
    index = open_index(settings)
    started = time.perf_counter()
    written = fill(index, chunks)
    index.finish()
    disk = sum(path.stat().st_size for path in settings.data.rglob("*") if path.is_file())
    print(f"{written} 个合成文本块：写入 {time.perf_counter() - started:.0f} 秒，占用 {disk / 2**20:.0f} MB")
    assistant = build_assistant(settings, index)
    questions, named = synthetic_questions()
    for title, asked in (("检索（不限院校）", questions), ("检索（限一校）", named)):
        print(f"  {title} {spread(timed(lambda q: assistant.retrieve(assistant.understand(q)), asked))}")
    print(f"  只查两种索引 {spread(timed(lambda q: index.search(q, 50), questions))}")
    index.close()


def synthetic_questions() -> tuple[list[str], list[str]]:
    """Questions on the synthetic reports, and the same with a college's name in each."""
    rng = random.Random(SEED)
    questions = [f"{rng.choice(_TOPICS)}{rng.choice(_VERBS)}多少" for _ in range(60)]
    return questions, [f"{rng.choice(_PLACES)}{rng.randrange(3)}职业技术学院{question}" for question in questions]


def timed(work: Callable[[Any], object], questions: Sequence[Any]) -> list[float]:
    """Milliseconds of each call, after one that warms up."""
    work(questions[0])
    values = []
    for question in questions:
        started = time.perf_counter()
        work(question)
        values.append((time.perf_counter() - started) * 1000)
    return values


def fill(index: Index, chunks: int) -> int:
    """Write synthetic reports until there are that many chunks or the disk share is used up; how many there are."""
    rng = random.Random(SEED)
    written = 0
    with index.writing():
        for number in range(-(-chunks // CHUNKS_PER_REPORT)):
            index.replace(synthetic_report(number, rng))
            written += CHUNKS_PER_REPORT
            used = sum(path.stat().st_size for path in index.store.folder.rglob("*") if path.is_file())
            if used > MAX_DISK_BYTES / 2:
                print(f"写到 {written} 块时已占用 {used / 2**20:.0f} MB，到此为止")
                break
    return written


def synthetic_report(number: int, rng: random.Random) -> ReportParts:
    """A report whose chunks are sentences about random topics, a few to a section."""
    identity = f"r{number}"
    college = f"{_PLACES[number % len(_PLACES)]}{number // len(_PLACES)}职业技术学院"
    sections: list[Section] = []
    chunks: list[Chunk] = []
    for ordinal in range(CHUNKS_PER_REPORT // CHUNKS_PER_SECTION):
        section = Section(
            f"{identity}/s{ordinal}",
            identity,
            ordinal,
            (f"{ordinal + 1}.{rng.choice(_TOPICS)}",),
            SectionKind.BODY,
            "".join(synthetic_text(rng) for _ in range(CHUNKS_PER_SECTION)),
            (PageMark(0, ordinal + 1, None),),
        )
        sections.append(section)
        chunks += section_to_chunks(section, college, len(chunks))
    report = Report(
        identity,
        f"{college}质量年报",
        college,
        (),
        ReportKind.QUALITY,
        2023,
        None,
        None,
        f"{identity}.txt",
        "",
        "text",
        1,
    )
    return ReportParts(report, (), tuple(sections), (), tuple(chunks))


def section_to_chunks(section: Section, college: str, first: int) -> list[Chunk]:
    """Equal pieces of a section."""
    size = -(-len(section.text) // CHUNKS_PER_SECTION)
    return [
        Chunk(
            f"{section.report_id}/c{first + at}",
            section.report_id,
            section.id,
            first + at,
            start,
            min(start + size, len(section.text)),
            section.text[start : start + size],
            f"{college}\n{section.path[0]}",
            section.ordinal + 1,
        )
        for at, start in enumerate(range(0, len(section.text), size))
    ]


def synthetic_text(rng: random.Random) -> str:
    """Some sentences with a figure each."""
    return "".join(
        f"{rng.choice(_TOPICS)}{rng.choice(_VERBS)}{rng.randrange(10**6)}，第{rng.randrange(999)}号。"
        for _ in range(SENTENCES_PER_CHUNK)
    )


def spread(milliseconds: Sequence[float]) -> str:
    """p50, p95 and the longest."""
    ordered = sorted(milliseconds)
    p50, p95 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95))
    return f"p50 {p50:6.1f}  p95 {p95:6.1f}  最长 {ordered[-1]:6.1f} 毫秒"


if __name__ == "__main__":
    main()
