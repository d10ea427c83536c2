"""No room on the disk, at whatever byte it ends, and folders that may only be read.

usage: python -m evals.benchmarks.faults.space [--tries N] [--seed N] [--show]

Each try gives the folder a small file system of its own (`mount`, in a name space that ends with the program; Linux, and
`unshare` as root) that is full part of the way through the work, or can only be read. The work has to be done or to say why
not; what is answered meanwhile has to be as before or after it. Then there is room again, the program goes on, and all has
to be as after the work.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from evals.benchmarks.faults.kills import STOPS_ANSWERING, after_work, failed, goes_on, measure
from evals.benchmarks.faults.sample import before_in, copy_of, filled, judged, viewed
from evals.benchmarks.faults.tries import Seen, Try, run_part
from evals.benchmarks.faults.work import WORK, said

TRIES = 72
ROOM_BYTES = 2 * 2**20
"""Beyond what stands there before the work: more than any of it needs."""


def without_room(name: str, share: float | None, pristine: Path, folder: Path) -> Seen:
    """What came of the work with a share of `ROOM_BYTES` left on the disk, None where nothing can be written at all."""
    folder.mkdir(parents=True)
    _mount("-t", "tmpfs", "-o", f"size={_used(pristine) + 4 * ROOM_BYTES}", "none", str(folder))
    try:
        return _without_room(name, share, pristine, folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _without_room(name: str, share: float | None, pristine: Path, folder: Path) -> Seen:
    place = folder / "own"
    settings, before = copy_of(pristine, place), before_in(pristine)
    after, _ = after_work(name, pristine)
    prepare, work = WORK[name]
    prepare(settings)
    used = shutil.disk_usage(folder).used
    limit = "ro" if share is None else f"size={used + int(share * ROOM_BYTES)}"
    _mount("-o", f"remount,{limit}", str(folder))
    why = said(work, settings)
    views = [] if name in STOPS_ANSWERING else [viewed(settings)]
    _mount("-o", f"remount,rw,size={used + 8 * ROOM_BYTES}", str(folder))
    told = (why,) if why else ()
    return failed(judged([before, after], views, told)) or goes_on(name, settings, before, after, told)


def _used(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)


def tries(place: Path, count: int | None, seed: int) -> Iterator[Try]:
    """Every kind of work with nothing to write to, then with room drawn by the seed."""
    pristine = filled(place)
    measure(pristine, place)
    drawn, names = random.Random(seed), tuple(WORK)
    for number in range(TRIES if count is None else count):
        name = names[number % len(names)]
        share = None if number < len(names) else drawn.random() ** 3
        what = "只读" if share is None else "磁盘已满"
        yield Try(f"{what} {name}", f"{share}", partial(without_room, name, share, pristine))


def run_inside() -> None:
    """The tries, in a name space of their own."""
    run_part("磁盘已满、文件夹只读，以及读者看到什么", tries)


if __name__ == "__main__":
    if sys.platform != "linux" or os.geteuid() or shutil.which("unshare") is None:
        sys.exit("磁盘已满、只读：没有试（要在 Linux 上以 root 运行，另有 unshare 命令）")
    program = "from evals.benchmarks.faults import space; space.run_inside()"
    sys.exit(subprocess.run(["unshare", "-m", sys.executable, "-c", program, *sys.argv[1:]]).returncode)
