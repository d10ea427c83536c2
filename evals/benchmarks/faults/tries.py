"""Faults tried one by one, each in a process of its own that may crash or hang, and the table of how they ended."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

END_SECONDS = 900.0
"""A try that takes longer does not end; long enough for a machine that is busy with other work."""
WORKERS = 2
"""Tries at a time."""


class End(StrEnum):
    """How a try ended; the value is what is printed of it."""

    SAME = "回答不变"
    SAID = "说明了原因"
    LOST = "失守"
    FALSE = "答错"


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a try."""

    end: End
    note: str = ""


@dataclass(frozen=True, slots=True)
class Try:
    """One fault: its kind, as the table says, what it is in particular, and what puts it in and looks."""

    kind: str
    what: str
    run: Callable[[Path], Seen]
    """Given a folder of its own that does not exist yet."""
    seconds: float = END_SECONDS


@dataclass(frozen=True, slots=True)
class Tried:
    """A fault and how it ended."""

    kind: str
    what: str
    end: End
    note: str = ""


def run_tries(tries: Iterable[Try], place: Path, workers: int = WORKERS, start: str = "fork") -> Iterator[Tried]:
    """What came of each, as they end. The processes are copies of this one, which has loaded what they need.

    Where this one has used Chroma it cannot be copied: `start` is `forkserver` then.
    """
    context: Any = multiprocessing.get_context(start)
    waiting, running = iter(tries), dict[Any, tuple[Try, Any, float]]()
    number = 0
    while True:
        while len(running) < workers and (one := next(waiting, None)) is not None:
            number += 1
            heard, said = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(one, place / f"try-{number}", said))
            process.start()
            said.close()
            running[heard] = (one, process, time.monotonic() + one.seconds)
        if not running:
            return
        ready = wait(list(running), timeout=0.2)
        for heard, (one, process, until) in list(running.items()):
            if heard in ready or time.monotonic() > until:
                seen = _heard(heard) if heard in ready else Seen(End.LOST, f"{one.seconds:g} 秒没有结束")
                del running[heard]
                _end(process)
                yield Tried(one.kind, one.what, seen.end, seen.note or _exit_note(process, seen))


def _work(one: Try, folder: Path, said: Connection) -> None:
    os.setpgid(0, 0)  # what it starts ends with it; a session of its own would lose the priority it was started with
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        seen = one.run(folder)
    except BaseException:  # whatever a fault brings about is what is looked for
        seen = Seen(End.LOST, traceback.format_exc()[-600:])
    said.send(seen)
    said.close()
    os._exit(0)


def _heard(heard: Connection) -> Seen:
    try:
        seen = heard.recv()
        assert isinstance(seen, Seen)
        return seen
    except EOFError:
        return Seen(End.LOST)


def _end(process: Any) -> None:
    process.join(1.0)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.join()


def _exit_note(process: Any, seen: Seen) -> str:
    return f"进程以 {process.exitcode} 结束" if seen.end is End.LOST else ""


def print_table(results: Sequence[Tried]) -> None:
    """Tried, held, lost and false, a row each kind."""
    print("| 故障 | 试过 | 守住 | 其中回答不变 | 其中说明了原因 | 失守 | 答错 |\n|---|---:|---:|---:|---:|---:|---:|")
    counts = Counter((one.kind, one.end) for one in results)
    for kind in dict.fromkeys(one.kind for one in results):
        print(f"| {kind} | {_numbers([counts[kind, end] for end in End])} |")
    print(f"| 合计 | {_numbers([sum(one.end is end for one in results) for end in End])} |")


def _numbers(ends: Sequence[int]) -> str:
    same, said, lost, false = ends
    return " | ".join(map(str, (sum(ends), same + said, same, said, lost, false)))


def has_failed(results: Iterable[Tried]) -> bool:
    """Whether any was lost or answered falsely."""
    return any(one.end in (End.LOST, End.FALSE) for one in results)


def run_part(about: str, tries_of: Callable[[Path, int | None, int], Iterable[Try]]) -> None:
    """Command line of one part: its tries, of (a folder, how many, the seed), then its table; exit code 1 where one failed.

    With `--json` a line of JSON each instead of the table.
    """
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--tries", type=int, help="试多少次")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--show", action="store_true", help="逐个列出")
    parser.add_argument("--json", action="store_true", help="每次一行 JSON，不列表")
    given = parser.parse_args()
    results: list[Tried] = []
    with tempfile.TemporaryDirectory() as place, suppress(KeyboardInterrupt):  # what was tried by then is told
        for one in run_tries(tries_of(Path(place), given.tries, given.seed), Path(place), given.workers):
            results.append(one)
            if given.json:
                print(json.dumps(asdict(one), ensure_ascii=False), flush=True)
            if given.show or one.end in (End.LOST, End.FALSE):
                print(f"{one.end} {one.kind} {one.what}：{one.note}", file=sys.stderr, flush=True)
    if not given.json:
        print_table(results)
    sys.exit(has_failed(results))
