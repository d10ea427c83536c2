"""A small data folder with all that is kept, and what a reader sees of it."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from evals.benchmarks.faults.tries import End, Seen, Try, run_tries
from rag.app.assembly import (
    UPLOADS,
    build_assistant,
    build_conversations,
    build_feedback_box,
    build_ingest,
    open_index,
)
from rag.app.refreshing import report_paths
from rag.errors import WenbaoError
from rag.index.chroma import load_chroma
from rag.keeping.conversations import LOCAL_USER
from rag.presentation.exchanges import Exchange, answer_to_exchange
from rag.settings.settings import Settings

QUESTIONS = (
    "东湖职业技术学院2023届毕业生就业率是多少？",
    "东湖职业技术学院有多少在校生？",
    "西山职业技术学院有多少专任教师？",
)
FIGURES = ("8123", "96.12", "512", "9456", "93.40", "431")
"""Of the two reports."""
FILLER = 150
"""Lines beside the facts."""
_BEFORE = "before.json"


def report_text(college: str, students: int, teachers: int, rate: str, seed: int) -> str:
    """A small report; its facts stand among lines that say nothing of them."""
    drawn = random.Random(seed)
    places = ("实训车间", "图书馆", "运动场", "报告厅", "机房", "食堂", "校史馆", "苗圃")
    lines = [
        f"{drawn.choice(places)}在第{drawn.randrange(99)}次安排里轮换{drawn.randrange(9999)}项器材。"
        for _ in range(FILLER)
    ]
    facts = (f"全日制在校生{students}人。", f"专任教师{teachers}人。", f"2023届毕业生就业率为{rate}%。")
    return "\n\n".join(
        (f"# {college}高等职业教育质量年度报告（2023年度）", "## 一、学校概况", *facts, "## 二、教学", *lines)
    )


def settings_of(folder: Path) -> Settings:
    """Settings whose data and reports stand in the folder."""
    return Settings(data=folder / "data", reports=folder / "reports", ocr="off")


def fill(folder: Path) -> Seen:
    """Make the reports, the index, the upload, the conversation and the feedback that tries start from; note the answers."""
    settings = settings_of(folder)
    for place, name, text in (
        (settings.reports, "xi.md", report_text("西山职业技术学院", 9456, 512, "93.40", 1)),
        (settings.data / UPLOADS, "dong.md", report_text("东湖职业技术学院", 8123, 431, "96.12", 2)),
    ):
        place.mkdir(parents=True)
        (place / name).write_text(text, encoding="utf-8")
    ingest(settings)
    exchange = asked(settings, QUESTIONS[0])
    keep(settings, exchange)
    (folder / _BEFORE).write_text(json.dumps(viewed(settings).answers), encoding="utf-8")
    return Seen(End.SAME)


def filled(place: Path, start: str = "fork") -> Path:
    """A folder as `fill` makes it, made by a process of its own: Chroma, once used, cannot be copied into others."""
    warm_up()
    folder = place / "pristine"
    made = next(run_tries([Try("", "", fill)], place, start=start))
    if made.end is not End.SAME:
        raise RuntimeError(made.note)
    (place / "try-1").rename(folder)
    return folder


def keep(settings: Settings, exchange: Exchange) -> None:
    """Keep a conversation and what its reader thinks of it."""
    made = build_conversations(settings).create(LOCAL_USER, [exchange])
    build_feedback_box(settings).give(LOCAL_USER, made.id, [exchange], 0, True)


def before_in(folder: Path) -> tuple[str, ...]:
    """The answers noted by `fill`."""
    return tuple(json.loads((folder / _BEFORE).read_text(encoding="utf-8")))


def copy_of(pristine: Path, folder: Path) -> Settings:
    """The folder made as the pristine one."""
    shutil.copytree(pristine, folder)
    return settings_of(folder)


def warm_up() -> None:
    """Load what every try needs, for its process to start with."""
    load_chroma()
    for module in ("bm25s", "pydantic", "langchain_core.messages", "rag.reading.files", "rag.question.understand"):
        __import__(module)


def asked(settings: Settings, question: str) -> Exchange:
    """A question answered, as a conversation keeps it."""
    with closing(open_index(settings)) as index:
        assistant = build_assistant(settings, index)
        return answer_to_exchange(question, assistant.ask(question), {r.id: r for r in assistant.reports()}, {})


@dataclass(frozen=True, slots=True)
class View:
    """What is seen: answers to the questions, the conversations, the feedback; `!` before what was said to be wrong."""

    answers: tuple[str, ...]
    notices: tuple[str, ...] = ()


def viewed(settings: Settings) -> View:
    """What a reader sees just now."""
    found: list[str] = []
    notices: list[str] = []
    try:
        with closing(open_index(settings, notices.append)) as index:
            assistant = build_assistant(settings, index)
            for question in QUESTIONS:
                found.append(_tried(lambda question=question: assistant.ask(question).text))  # type: ignore[misc]
    except WenbaoError as error:
        found += [f"!{error}"] * (len(QUESTIONS) - len(found))
    kept = (
        _tried(lambda: _conversation(settings)),
        _tried(lambda: f"{len(build_feedback_box(settings).all())} 条评价"),
    )
    return View((*found, *kept), tuple(notices))


def _conversation(settings: Settings) -> str:
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


def ingest(settings: Settings) -> tuple[str, ...]:
    """Read what there is to read; what stood in the way."""
    try:
        with closing(open_index(settings)) as index:
            outcome = build_ingest(settings, index).run(report_paths(settings, index))
            index.finish()
    except WenbaoError as error:
        return (str(error),)
    return tuple(f"{name}：{reason}" for name, reason in outcome.failed)


def judged(allowed: Sequence[Sequence[str]], views: Sequence[View], told: Sequence[str] = ()) -> Seen:
    """Whether each answer is one of those allowed (a row of answers each), or it was said what is wrong.

    False is another answer that states a figure, lost one that says nothing where nobody said why.
    """
    notices = [*(notice for view in views for notice in view.notices if "结果一样" not in notice), *told]
    for answers in (view.answers for view in views):
        for at, now in enumerate(answers):
            if now in [row[at] for row in allowed] or now.startswith("!"):
                continue
            if "**" in now or any(figure in now for figure in FIGURES):
                return Seen(End.FALSE, f"{allowed[-1][at]!r} → {now!r}")
            if not notices:
                return Seen(End.LOST, f"{allowed[-1][at]!r} → {now!r}")
    rows = [tuple(row) for row in allowed]
    is_same = all(view.answers in rows for view in views)
    said = (now[1:] for view in views for now in view.answers if now.startswith("!"))
    return Seen(End.SAME if is_same else End.SAID, next(said, next(iter(notices), "")))
