"""What the program writes, piece by piece: the work that is killed, or finds no room, in the middle."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from evals.benchmarks.faults.sample import QUESTIONS, asked, ingest, keep, report_text
from rag.app.assembly import UPLOADS, build_ingest, open_index
from rag.app.rereading import Rereading
from rag.errors import WenbaoError
from rag.index.schema import DATABASE_NAME
from rag.readers.uploads import save_upload
from rag.settings.settings import Settings

MORE = "南岭职业技术学院"


class UndoneError(Exception):
    """Work that said why it could not be done."""


def bring_reports(settings: Settings) -> None:
    """Put a report more into the folder, and one that was corrected."""
    more, corrected = (MORE, 777, 88, "91.00", 3), ("西山职业技术学院", 9457, 513, "93.41", 1)
    settings.reports.joinpath("nan.md").write_text(report_text(*more), encoding="utf-8")
    settings.reports.joinpath("xi.md").write_text(report_text(*corrected), encoding="utf-8")


def take_in(settings: Settings) -> None:
    """What there is to be read; after an upgrade, all of it."""
    _done(ingest(settings))


def make_older(settings: Settings) -> None:
    """Leave the store as an older layout would be."""
    with closing(sqlite3.connect(settings.data / "index" / DATABASE_NAME)) as connection, connection:
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'layout'")


def add_upload(settings: Settings) -> None:
    """What the page does with a file dropped on it."""
    text = report_text(MORE, 777, 88, "91.00", 3).encode()
    path, _ = save_upload(settings.data / UPLOADS, "nan.md", text, 2**20)
    with closing(open_index(settings)) as index:
        _done(tuple(reason for _, reason in build_ingest(settings, index).run([path]).failed))


def answer(settings: Settings) -> None:
    """A question answered, kept and found good."""
    keep(settings, asked(settings, QUESTIONS[1]))


def read_again(settings: Settings) -> None:
    """What the page does in the background with reports that other code has read."""
    with closing(open_index(settings)) as index:
        told: list[str] = []
        Rereading(index, build_ingest(settings, index)).run(told.append)
        _done(tuple(told))


def make_outdated(settings: Settings) -> None:
    """Leave the reports as read by other code."""
    with closing(sqlite3.connect(settings.data / "index" / DATABASE_NAME)) as connection, connection:
        connection.execute(
            "UPDATE reports SET fingerprint = substr(fingerprint, 1, instr(fingerprint, ':')) || 'older'"
        )


def rebuild(settings: Settings) -> None:
    """Words and vectors made again from the store."""
    with closing(open_index(settings)) as index:
        index.finish()


def make_bare(settings: Settings) -> None:
    """Leave the store alone in its folder, but for a sign that there was more."""
    for folder in (*settings.data.glob("index/keywords-*"), *settings.data.glob("index/chroma-*")):
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                file.unlink()


WORK: Mapping[str, tuple[Callable[[Settings], None], Callable[[Settings], None]]] = {
    "入库": (bring_reports, take_in),
    "升级": (make_older, take_in),
    "上传": (lambda settings: None, add_upload),
    "回答": (lambda settings: None, answer),
    "重读": (make_outdated, read_again),
    "重建": (make_bare, rebuild),
}
"""Name → (what is prepared, the work)."""


def said(work: Callable[[Settings], None], settings: Settings) -> str:
    """Why the work could not be done, `` where it was."""
    try:
        work(settings)
    except (WenbaoError, UndoneError) as error:
        return str(error)
    return ""


def copy_to_end(name: str, settings: Settings) -> None:
    """The work prepared and done, with nobody in the way."""
    prepare, work = WORK[name]
    prepare(settings)
    work(settings)


def left_over(settings: Settings) -> tuple[Path, ...]:
    """Halves of files that stand where a reader would find them."""
    return tuple(path for path in (settings.data / UPLOADS).glob("*") if path.suffix == ".part" and path.name[0] != ".")


def _done(reasons: tuple[str, ...]) -> None:
    if reasons:
        raise UndoneError("；".join(reasons))
