"""Damage to each file of the data folder: what was tried, what held, what was lost.

usage: python -m evals.benchmarks.faults.data [--tries N] [--seed N] [--show]

A data folder is filled with reports, one of them added as on the page, a conversation and kept replies. Each try takes a
copy of it, flips a bit of a file, cuts, empties or deletes it, and then does what a reader does: asks questions and opens
the conversation; then ingests, and asks again. A try held where every answer is the one given before the damage, or it was
said in Chinese what is wrong. It is lost where anything else is answered or shown, where an error is nobody's, or where it
does not end. Exit code 1 where one is lost. Every try runs in a process of its own, which may crash or hang.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rag.app.assembly import UPLOADS, build_assistant, build_conversations, build_ingest, open_index
from rag.app.refreshing import report_paths
from rag.errors import WenbaoError
from rag.keeping.conversations import LOCAL_USER
from rag.presentation.exchanges import answer_to_exchange
from rag.settings.settings import PROJECT, Settings

QUESTIONS = (
    "东湖职业技术学院2023届毕业生就业率是多少？",
    "东湖职业技术学院有多少在校生？",
    "西山职业技术学院有多少专任教师？",
)
END_SECONDS = 120.0
"""A try that takes longer does not end."""
MAX_COPY_BYTES = 200 * 2**20
FILLER = 400
"""Lines beside the facts, so that files have several pages."""
_BEFORE = "before.json"


class Damage(StrEnum):
    """What is done to a file; the value is what is printed of it."""

    FLIP = "翻转一位"
    CUT = "截断"
    EMPTY = "清空"
    DELETE = "删除"


class End(StrEnum):
    """How a try ended."""

    SAME = "回答不变"
    SAID = "说明了原因"
    LOST = "失守"


@dataclass(frozen=True, slots=True)
class Try:
    """One damage."""

    file: str
    """Below the data folder."""
    damage: Damage
    place: float
    """Where in the file, from 0 to 1."""
    bit: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of it."""

    end: End
    note: str = ""


def report_text(college: str, students: int, teachers: int, rate: str, seed: int) -> str:
    """A small report; its facts stand among lines that say nothing of them."""
    drawn = random.Random(seed)
    places = ("实训车间", "图书馆", "运动场", "报告厅", "机房", "食堂", "校史馆", "苗圃")
    lines = [
        f"{drawn.choice(places)}在第{drawn.randrange(99)}次安排里轮换{drawn.randrange(9999)}项器材。"
        for _ in range(FILLER)
    ]
    facts = f"全日制在校生{students}人，专任教师{teachers}人。2023届毕业生就业率为{rate}%。"
    return "\n\n".join(
        (f"# {college}高等职业教育质量年度报告（2023年度）", "## 一、学校概况", facts, "## 二、教学", *lines)
    )


def settings_of(folder: Path) -> Settings:
    """Settings whose data and reports stand in the folder."""
    return Settings(data=folder / "data", reports=folder / "reports", ocr="off")


def fill(folder: Path) -> None:
    """Make the reports, the index, the upload and the conversation that the tries start from; note the answers."""
    settings = settings_of(folder)
    for place, name, text in (
        (settings.reports, "xi.md", report_text("西山职业技术学院", 9456, 512, "93.40", 1)),
        (settings.data / UPLOADS, "dong.md", report_text("东湖职业技术学院", 8123, 431, "96.12", 2)),
    ):
        place.mkdir(parents=True)
        (place / name).write_text(text, encoding="utf-8")
    with closing(open_index(settings)) as index:
        build_ingest(settings, index).run(report_paths(settings, index))
        assistant = build_assistant(settings, index)
        known = {report.id: report for report in assistant.reports()}
        answer = assistant.ask(QUESTIONS[0])
        exchange = answer_to_exchange(QUESTIONS[0], answer, known, {})
        build_conversations(settings).create(LOCAL_USER, [exchange])
    (folder / _BEFORE).write_text(json.dumps(answers(settings, [])), encoding="utf-8")


def answers(settings: Settings, notices: list[str]) -> list[str]:
    """What the questions are answered with, then what the conversation shows; `!` before what was said to be wrong."""
    found: list[str] = []
    try:
        with closing(open_index(settings, notices.append)) as index:
            assistant = build_assistant(settings, index)
            for question in QUESTIONS:
                found.append(_tried(lambda question=question: assistant.ask(question).text))  # type: ignore[misc]
    except WenbaoError as error:
        found += [f"!{error}"] * (len(QUESTIONS) - len(found))
    return [*found, _tried(lambda: shown_conversation(settings))]


def shown_conversation(settings: Settings) -> str:
    """The answer kept in the conversation."""
    kept = build_conversations(settings)
    texts = []
    for conversation in kept.of(LOCAL_USER):
        opened = kept.open(conversation.id, LOCAL_USER)
        for exchange in opened[1] if opened else ():
            texts.append(f"!{exchange.failure}" if exchange.failure else exchange.text)
    return "\n".join(texts)


def _tried(work: Callable[[], str]) -> str:
    try:
        return work()
    except WenbaoError as error:
        return f"!{error}"


def after_damage(folder: Path, before: Sequence[str]) -> Seen:
    """What a reader sees of the damaged folder, before and after it is ingested again."""
    settings, notices = settings_of(folder), list[str]()
    first = answers(settings, notices)
    notices += _ingested(settings)
    second = answers(settings, notices)
    wrong = [
        f"{was!r} → {now!r}"
        for was, now in zip((*before, *before), (*first, *second), strict=True)
        if now != was and not now.startswith("!") and not (notices and _says_nothing(now))
    ]
    if wrong:
        return Seen(End.LOST, wrong[0])
    is_same = list(before) == first == second
    told = next((text[1:] for text in (*first, *second) if text.startswith("!")), next(iter(notices), ""))
    return Seen(End.SAME if is_same else End.SAID, told)


def _says_nothing(answer: str) -> bool:
    """Whether an answer states no figure of the reports."""
    return not any(figure in answer for figure in ("8123", "96.12", "512"))


def _ingested(settings: Settings) -> list[str]:
    try:
        with closing(open_index(settings)) as index:
            outcome = build_ingest(settings, index).run(report_paths(settings, index))
    except WenbaoError as error:
        return [str(error)]
    return [f"{name}：{reason}" for name, reason in outcome.failed]


def damage(path: Path, given: Try) -> None:
    """Do to the file what is given."""
    data = bytearray(path.read_bytes())
    at = min(int(given.place * len(data)), max(0, len(data) - 1))
    if given.damage is Damage.DELETE:
        path.unlink()
    elif given.damage is Damage.EMPTY:
        path.write_bytes(b"")
    elif given.damage is Damage.CUT:
        path.write_bytes(data[:at])
    elif data:
        data[at] ^= 1 << given.bit
        path.write_bytes(data)


def tries(data: Path, count: int, seed: int) -> Iterator[Try]:
    """So many damages: every file in turn, every kind of damage, places drawn by the seed."""
    drawn = random.Random(seed)
    files = sorted(file.relative_to(data).as_posix() for file in data.rglob("*") if file.is_file())
    cases = [(file, kind) for kind in (Damage.DELETE, Damage.EMPTY) for file in files]
    largest = sorted(files, key=lambda file: -(data / file).stat().st_size)
    while len(cases) < count:
        kind = Damage.FLIP if drawn.random() < 0.75 else Damage.CUT
        # half of them where most of the bytes are, half in any file
        cases.append((drawn.choice(largest[:3] if drawn.random() < 0.5 else files), kind))
    for file, kind in cases[:count]:
        yield Try(file, kind, drawn.random(), drawn.randrange(8))


def run_try(given: Try, folder: Path, pristine: Path) -> Seen:
    """What came of one damage; the folder is made as the pristine one first."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(pristine, folder)
    damage(folder / "data" / given.file, given)
    try:
        ran = in_child("look", folder)
        said = json.loads(ran.stdout)
    except subprocess.TimeoutExpired:
        return Seen(End.LOST, f"{END_SECONDS:g} 秒没有结束")
    except ValueError:
        return Seen(End.LOST, f"进程以 {ran.returncode} 结束：{ran.stderr.strip()[-300:]}")
    return Seen(End(said["end"]), said["note"])


def in_child(role: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """This program in a process of its own: `fill` or `look`."""
    command = [sys.executable, "-X", "utf8", "-m", "evals.benchmarks.faults.data", role, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=END_SECONDS, cwd=PROJECT)


def look(folder: Path) -> None:
    """Print what a reader sees of the damaged folder."""
    seen = after_damage(folder, json.loads((folder / _BEFORE).read_text(encoding="utf-8")))
    print(json.dumps({"end": seen.end, "note": seen.note}))


def kind_of(file: str) -> str:
    """What a file of the data folder is, as the table says."""
    parts = Path(file).parts
    if parts[0] == UPLOADS:
        return "添加的报告"
    if parts[0] != "index":
        return parts[-1]
    return parts[1].partition("-")[0] if len(parts) > 2 else parts[1]


def print_table(results: Sequence[tuple[Try, Seen]]) -> None:
    """Tried, held and lost, a row each kind of file and damage."""
    print("| 文件 | 损坏 | 试过 | 回答不变 | 说明了原因 | 失守 |\n|---|---|---:|---:|---:|---:|")
    counts = Counter((kind_of(given.file), given.damage, seen.end) for given, seen in results)
    for file, done in sorted({(file, done) for file, done, _ in counts}):
        numbers = [counts[file, done, end] for end in End]
        print(f"| {file} | {done} | {sum(numbers)} | {' | '.join(map(str, numbers))} |")
    ends = Counter(seen.end for _, seen in results)
    print(f"| 合计 | | {len(results)} | {' | '.join(str(ends[end]) for end in End)} |")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="数据文件夹里每个文件的损坏，以及读者看到什么")
    parser.add_argument("role", nargs="?", choices=["fill", "look"], help=argparse.SUPPRESS)
    parser.add_argument("folder", nargs="?", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--tries", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="逐个列出")
    given = parser.parse_args()
    if given.role:
        (fill if given.role == "fill" else look)(given.folder)
        return
    with tempfile.TemporaryDirectory() as place:
        results: list[tuple[Try, Seen]] = []
        with suppress(KeyboardInterrupt):  # what was tried by then is told
            results.extend(run_tries(Path(place), given.tries, given.seed, show=given.show))
        print_table(results)
    sys.exit(any(seen.end is End.LOST for _, seen in results))


def run_tries(place: Path, count: int, seed: int, *, show: bool) -> Iterator[tuple[Try, Seen]]:
    """Every try and what came of it; what is lost is told at once, everything where `show`."""
    folder, pristine = place / "work", place / "pristine"
    in_child("fill", folder).check_returncode()
    folder.rename(pristine)
    assert sum(file.stat().st_size for file in pristine.rglob("*") if file.is_file()) < MAX_COPY_BYTES
    for one in tries(pristine / "data", count, seed):
        seen = run_try(one, folder, pristine)
        if show or seen.end is End.LOST:
            print(f"{one.file} {one.damage} {one.place:.4f}/{one.bit} {seen}", file=sys.stderr, flush=True)
        yield one, seen


if __name__ == "__main__":
    main()
