"""Damage to each file of the data folder: what was tried, what held, what was lost.

usage: python -m evals.benchmarks.faults.data [--tries N] [--seed N] [--show]

A data folder is filled with reports, one of them added as on the page, a conversation and feedback. Each try takes a
copy of it, flips a bit of a file, cuts, empties or deletes it, and then does what a reader does: asks questions and opens
the conversation; then ingests, and looks again. A try held where every answer is the one given before the damage, or it was
said in Chinese what is wrong. It is lost where anything else is shown, where an error is nobody's, or where it does not
end. Exit code 1 where one is lost.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from evals.benchmarks.faults.sample import before_in, copy_of, filled, ingest, judged, viewed
from evals.benchmarks.faults.tries import Seen, Try, run_part
from rag.app.assembly import UPLOADS
from rag.settings.settings import Settings

TRIES = 240


class Damage(StrEnum):
    """What is done to a file; the value is what is printed of it."""

    FLIP = "翻转一位"
    CUT = "截断"
    EMPTY = "清空"
    DELETE = "删除"


@dataclass(frozen=True, slots=True)
class Hurt:
    """One damage."""

    file: str
    """Below the data folder."""
    damage: Damage
    place: float
    """Where in the file, from 0 to 1."""
    bit: int


def after_damage(settings: Settings, before: Sequence[str]) -> Seen:
    """What a reader sees of the damaged folder, before and after it is ingested again."""
    first = viewed(settings)
    told = ingest(settings)
    return judged([before], [first, viewed(settings)], told)


def damage(path: Path, given: Hurt) -> None:
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


def hurts(data: Path, count: int, seed: int) -> Iterator[Hurt]:
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
        yield Hurt(file, kind, drawn.random(), drawn.randrange(8))


def hurt(given: Hurt, pristine: Path, folder: Path) -> Seen:
    """What came of one damage to a copy of the pristine folder."""
    settings = copy_of(pristine, folder)
    damage(settings.data / given.file, given)
    return after_damage(settings, before_in(folder))


def tries(place: Path, count: int | None, seed: int) -> Iterator[Try]:
    """The damages as tries."""
    pristine = filled(place)
    for given in hurts(pristine / "data", TRIES if count is None else count, seed):
        what = f"{given.file} {given.place:.4f}/{given.bit}"
        yield Try(f"数据 {kind_of(given.file)} {given.damage}", what, partial(hurt, given, pristine))


def kind_of(file: str) -> str:
    """What a file of the data folder is, as the table says."""
    parts = Path(file).parts
    if parts[0] == UPLOADS:
        return "添加的报告"
    if parts[0] != "index":
        return parts[-1]
    return parts[1].partition("-")[0] if len(parts) > 2 else parts[1]


if __name__ == "__main__":
    run_part("数据文件夹里每个文件的损坏，以及读者看到什么", tries)
