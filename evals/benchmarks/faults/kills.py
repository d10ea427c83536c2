"""Killed at a moment drawn by chance: while reports are read, a store is upgraded, a file is added, an answer is kept.

usage: python -m evals.benchmarks.faults.kills [--tries N] [--seed N] [--show]

Before anything is killed the work is done once in peace, for how long it takes and what is answered after it. A try kills
the process (SIGKILL) somewhere in that time, looks, lets the program go on as it does when it is started again, and looks
again. Held is what answers as before or as after the work, and, once it has gone on, as after it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from evals.benchmarks.faults.sample import before_in, copy_of, filled, ingest, judged, settings_of, viewed
from evals.benchmarks.faults.tries import End, Seen, Try, run_part, run_tries
from evals.benchmarks.faults.work import WORK, copy_to_end, said
from rag.settings.settings import Settings

TRIES = 120
Row = tuple[str, ...]
"""The answers of a view."""
_AFTER = "after.json"
STOPS_ANSWERING = frozenset({"升级"})
"""Work in the middle of which there is nothing to answer from: it is looked at once it has gone on."""


def killed(name: str, moment: float, pristine: Path, folder: Path) -> Seen:
    """What came of the work killed at a moment from 0 (its beginning) to 1 (its usual end)."""
    settings, before = copy_of(pristine, folder), before_in(folder)
    after, seconds = after_work(name, pristine)
    prepare, work = WORK[name]
    prepare(settings)
    _kill_after(moment * seconds, lambda: work(settings))
    views = [] if name in STOPS_ANSWERING else [viewed(settings)]
    return failed(judged([before, after], views)) or goes_on(name, settings, before, after)


def goes_on(name: str, settings: Settings, before: Row, after: Row, told: tuple[str, ...] = ()) -> Seen:
    """What is seen once the program goes on after work that was broken off."""
    told += ingest(settings)
    if name == "重读":
        told += tuple(filter(None, [said(WORK[name][1], settings)]))
    # a question that was being answered, or a file that had no name yet, is asked or added anew by who saw it vanish
    ends = [after] if name in ("入库", "升级", "重读", "重建") else [before, after]
    seen = judged(_with_halves(name, before, ends), [viewed(settings)])
    return Seen(End.SAID, told[0]) if told and seen.end is End.SAME else seen


def failed(seen: Seen) -> Seen | None:
    """What came of a try where that is the end of it."""
    return seen if seen.end in (End.LOST, End.FALSE) else None


def _with_halves(name: str, before: Row, ends: list[Row]) -> list[Row]:
    """A conversation is kept before what was thought of it."""
    return [*ends, (*ends[-1][:-1], before[-1])] if name == "回答" else ends


def after_work(name: str, pristine: Path) -> tuple[Row, float]:
    """What is answered after the work, and how long it takes in peace."""
    answers, seconds = json.loads((pristine.parent / f"{name}.json").read_text(encoding="utf-8"))
    return tuple(answers), float(seconds)


def _kill_after(seconds: float, work: Callable[[], None]) -> None:
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setpgid(0, 0)
            os.write(told, b"1")
            work()
        finally:
            os._exit(0)
    os.read(heard, 1)
    time.sleep(seconds)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(heard)
    os.close(told)


def measured(name: str, pristine: Path, folder: Path) -> Seen:
    """Do the work in peace; note what is answered after it, and how long it takes."""
    settings: Settings = copy_of(pristine, folder)
    started = time.monotonic()
    copy_to_end(name, settings)
    seconds = time.monotonic() - started
    ingest(settings)
    noted = json.dumps([viewed(settings_of(folder)).answers, seconds], ensure_ascii=False)
    (pristine.parent / f"{name}.json").write_text(noted, encoding="utf-8")
    return Seen(End.SAME)


def measure(pristine: Path, place: Path, names: Iterable[str] = WORK, start: str = "fork") -> None:
    """Do each kind of work in peace, one after the other."""
    works = [Try("", name, partial(measured, name, pristine)) for name in names]
    for one in run_tries(works, place / "measure", 1, start):
        if one.end is not End.SAME:
            raise RuntimeError(f"{one.what}: {one.note}")


def tries(place: Path, count: int | None, seed: int) -> Iterator[Try]:
    """The kills as tries, the kinds of work in turn."""
    pristine = filled(place)
    measure(pristine, place)
    drawn = random.Random(seed)
    names = tuple(WORK)
    for number in range(TRIES if count is None else count):
        name, moment = names[number % len(names)], drawn.random()
        yield Try(f"强行结束 {name}", f"{moment:.3f}", partial(killed, name, moment, pristine))


if __name__ == "__main__":
    run_part("随机时刻强行结束，以及读者看到什么", tries)
