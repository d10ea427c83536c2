"""Many who ask at once while reports are taken in.

usage: python -m evals.benchmarks.load [--sessions 20] [--reports 50]

All in one process, as the page does it: every session is a thread that asks the one assistant, one question after the
other, until another thread has taken in the new reports. Exit code 1 where a question failed or was answered with another
college's figure. Memory over thousands of questions: `evals.benchmarks.memory`.
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


def told(heard: Heard) -> str:
    """A line of figures."""
    return (
        f"{len(heard.seconds)} 题，出错 {len(heard.errors)}，答错 {len(heard.false)}，答出 {heard.answered}，"
        f"p50 {in_order(heard.seconds, 0.5):.0f} ms，p95 {in_order(heard.seconds, 0.95):.0f} ms"
    )


def main() -> None:
    """Print what came of it."""
    parser = argparse.ArgumentParser(description="许多人同时提问，同时读入报告")
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--reports", type=int, default=50)
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
            heard = while_ingesting(settings, assistant, known, given.sessions)
            seconds = time.monotonic() - started
    print(f"{given.sessions} 个会话，同时读入 {given.reports} 份报告（{seconds:.0f} 秒）：{told(heard)}")
    for line in [*heard.errors, *heard.false][:20]:
        print(line, file=sys.stderr)
    sys.exit(any((heard.errors, heard.false)))


if __name__ == "__main__":
    main()
