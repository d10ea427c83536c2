"""Many who ask at once while reports are taken in, and memory over thousands of questions.

usage: python -m evals.benchmarks.load [--sessions 20] [--reports 50] [--questions 5000] [--seed N]

All in one process, as the page does it: every session is a thread that asks the one assistant, one question after the
other. First they ask until another thread has taken in the new reports; then some of them ask the rest of the questions,
and the memory held is noted at every tenth part. Exit code 1 where a question failed, was answered with another college's
figure, or the second half of the questions took the memory up by more than a twentieth.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from evals.benchmarks.faults.sample import report_text
from rag.app.assembly import build_assistant, build_ingest, open_index
from rag.assistant import Assistant
from rag.settings.settings import Settings

FIRST = 5
"""Reports that are there before anybody asks."""
TENTHS = 10
MAX_GROWTH = 0.05
_PLACES = "东西南北中上下前后青白红绿金银玉石山水河"
_ASKED = ("有多少在校生", "有多少专任教师", "2023届毕业生就业率是多少")


@dataclass(frozen=True, slots=True)
class College:
    """A college and its figures, in the order of the questions asked of it."""

    name: str
    figures: tuple[str, str, str]

    def report(self, seed: int) -> str:
        """Its report."""
        students, teachers, rate = self.figures
        return report_text(self.name, int(students), int(teachers), rate, seed)


@dataclass(slots=True)
class Heard:
    """What came of the questions."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    answered: int = 0


def colleges(count: int) -> Iterator[College]:
    """So many colleges; no two share a name or a figure."""
    for number in range(count):
        name = f"{_PLACES[number % 20]}{_PLACES[(number // 20 + 3 * number + 7) % 20]}湖职业技术学院"
        yield College(name, (str(4_000 + 7 * number), str(200 + 3 * number), f"{80 + number // 10}.{number % 10}3"))


def ask(assistant: Assistant, college: College, which: int, heard: Heard) -> None:
    """Ask one question; a bold figure that is none of its report's is false."""
    question = f"{college.name}{_ASKED[which]}？"
    started = time.perf_counter()
    try:
        said = assistant.ask(question).text
    except Exception as error:  # whatever it is, nobody may see it
        heard.errors.append(f"{question} {error!r}")
        return
    heard.seconds.append(time.perf_counter() - started)
    bold = re.findall(r"\*\*(\d[\d.]*)", said)
    heard.answered += bold == [college.figures[which]]
    if any(figure != college.figures[which] for figure in bold):
        heard.false.append(f"{question} {said}")


def held_megabytes() -> float:
    """Memory the process holds just now; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    found = re.search(r"VmRSS:\s*(\d+)", status.read_text(encoding="ascii")) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def in_order(seconds: Sequence[float], share: float) -> float:
    """The time in milliseconds that this share of the questions took at most."""
    return sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))] * 1000 if seconds else 0.0


def while_ingesting(settings: Settings, assistant: Assistant, known: Sequence[College], sessions: int) -> Heard:
    """What came of the questions of so many sessions until the new reports were taken in."""
    heard, over = Heard(), threading.Event()

    def session(number: int) -> None:
        drawn = random.Random(number)
        while not over.is_set():
            ask(assistant, drawn.choice(known[:FIRST]), drawn.randrange(3), heard)

    def take_in() -> None:
        try:
            outcome = build_ingest(settings, assistant.index).run([settings.reports])
            heard.errors += [f"{name} {reason}" for name, reason in outcome.failed]
            assistant.index.finish()
        finally:
            over.set()

    with ThreadPoolExecutor(sessions + 1) as pool:
        done = [pool.submit(take_in), *(pool.submit(session, number) for number in range(sessions))]
    for one in done:
        one.result()
    return heard


def over_time(assistant: Assistant, known: Sequence[College], count: int, seed: int) -> tuple[Heard, list[float]]:
    """What came of so many questions, and the memory held after each tenth part of them."""
    heard, held, drawn = Heard(), list[float](), random.Random(seed)
    for tenth in range(TENTHS):
        for _ in range(count // TENTHS):
            ask(assistant, drawn.choice(known), drawn.randrange(3), heard)
        held.append(held_megabytes())
        print(f"{(tenth + 1) * count // TENTHS} 题：{held[-1]:.0f} MB", file=sys.stderr, flush=True)
    return heard, held


def told(heard: Heard) -> str:
    """A line of figures."""
    return (
        f"{len(heard.seconds)} 题，出错 {len(heard.errors)}，答错 {len(heard.false)}，答出 {heard.answered}，"
        f"p50 {in_order(heard.seconds, 0.5):.0f} ms，p95 {in_order(heard.seconds, 0.95):.0f} ms"
    )


def main() -> None:
    """Print what came of both."""
    parser = argparse.ArgumentParser(description="许多人同时提问，同时读入报告；几千次提问里内存的变化")
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--reports", type=int, default=50)
    parser.add_argument("--questions", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    known = list(colleges(FIRST + given.reports))
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(data=Path(place) / "data", reports=Path(place) / "reports", ocr="off")
        settings.reports.mkdir()
        for number, college in enumerate(known[:FIRST]):
            (settings.reports / f"{college.name}.md").write_text(college.report(number), encoding="utf-8")
        with closing(open_index(settings)) as index:
            build_ingest(settings, index).run([settings.reports])
            assistant = build_assistant(settings, index)
            for number, college in enumerate(known[FIRST:], FIRST):
                (settings.reports / f"{college.name}.md").write_text(college.report(number), encoding="utf-8")
            started = time.monotonic()
            first = while_ingesting(settings, assistant, known, given.sessions)
            seconds = time.monotonic() - started
            print(
                f"{given.sessions} 个会话，同时读入 {given.reports} 份报告（{seconds:.0f} 秒）：{told(first)}",
                flush=True,
            )
            second, held = over_time(assistant, known, given.questions, given.seed)
    print(f"之后逐题：{told(second)}；内存 {'、'.join(f'{one:.0f}' for one in held)} MB")
    for line in [*first.errors, *first.false, *second.errors, *second.false][:20]:
        print(line, file=sys.stderr)
    grown = held[-1] > held[len(held) // 2 - 1] * (1 + MAX_GROWTH)
    sys.exit(any((first.errors, first.false, second.errors, second.false, grown)))


if __name__ == "__main__":
    main()
