"""A data folder of an older version, brought up to date at another path, against a fresh one made of the same originals.

usage: python -m evals.benchmarks.faults.upgrade DATA --reports DIR

DATA is not touched: a copy of it is opened and brought up to date as `wenbao chat` does. The questions of the smoke set
have to be answered alike by both, and no upload, conversation or feedback may be lost. Exit code 1 where any is.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from evals.cases import Case, load_cases
from rag.app import assembly
from rag.app.assembly import UPLOADS
from rag.app.refreshing import report_paths
from rag.keeping.database import FILE_NAME
from rag.settings.settings import PROJECT, Settings

QUESTIONS = PROJECT / "evals" / "questions"


def answers(settings: Settings, cases: Sequence[Case], paths: Callable[[Settings], Sequence[Path]]) -> list[str]:
    """What the cases are answered with once everything has been read; a line of failures first."""
    with closing(assembly.open_index(settings, print)) as index:
        also = paths(settings)
        outcome = assembly.build_ingest(settings, index).run([*report_paths(settings, index), *also])
        index.finish()
        assistant = assembly.build_assistant(settings, index)
        found = [str(sorted(outcome.failed))]
        found += [assistant.ask(case.question, history=case.history).text for case in cases]
        return [*found, str(sorted(report.title for report in assistant.reports()))]


def kept(data: Path) -> tuple[list[str], list[tuple[str, str]], int]:
    """The uploads, what was asked and said, and how many opinions a data folder holds, told without our own code."""
    uploads = sorted(path.name for path in (data / UPLOADS).glob("*"))
    with closing(sqlite3.connect(data / FILE_NAME)) as connection:
        said = connection.execute("SELECT question, record FROM exchanges ORDER BY question, record").fetchall()
        (opinions,) = connection.execute("SELECT count(*) FROM feedback").fetchone()
    return uploads, said, int(opinions)


def is_readable(settings: Settings) -> bool:
    """Whether every conversation opens, and its feedback is there."""
    keeping = assembly.build_conversations(settings)
    with keeping.keeping.reading() as connection:
        owners = connection.execute("SELECT id, owner FROM conversations").fetchall()
    opened = [keeping.open(identity, owner) for identity, owner in owners]
    texts = [exchange.failure or exchange.text for one in opened if one for exchange in one[1]]
    return all(opened) and all(texts) and len(assembly.build_feedback_box(settings).all()) == kept(settings.data)[2]


def originals(data: Path) -> list[Path]:
    """The files that the reports of a store were read from, told without our own code."""
    with closing(sqlite3.connect(f"{(data / 'index' / 'wenbao.sqlite3').as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT json_extract(CAST(data AS TEXT), '$.path') FROM reports").fetchall()
    return [Path(path) for (path,) in rows if Path(path).exists() and Path(path).parent.name != UPLOADS]


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of an upgrade."""

    differing: tuple[tuple[str, str], ...]
    """Answers and lists of reports and failures that differ: of the upgraded folder, of the fresh one."""
    is_kept: bool
    """Whether every upload, conversation and opinion is there and opens."""


def compared(data: Path, reports: Path, cases: Sequence[Case]) -> Compared:
    """Bring a copy of the data folder up to date and make one anew of the same originals."""
    with tempfile.TemporaryDirectory() as place:
        upgraded, fresh = (Settings(data=Path(place) / name, reports=reports, ocr="off") for name in ("moved", "fresh"))
        shutil.copytree(data, upgraded.data)
        shutil.copytree(data / UPLOADS, fresh.data / UPLOADS)
        files = originals(upgraded.data)
        first = answers(upgraded, cases, lambda settings: ())
        second = answers(fresh, cases, lambda settings: files)
        differing = tuple((a, b) for a, b in zip(first, second, strict=True) if a != b)
        return Compared(differing, kept(upgraded.data) == kept(data) and is_readable(upgraded))


def main() -> None:
    """Compare both."""
    parser = argparse.ArgumentParser(description="旧版本的数据文件夹换个位置升级后，与重新读入同样原件的回答逐题比较")
    parser.add_argument("data", type=Path)
    parser.add_argument("--reports", type=Path, required=True)
    given = parser.parse_args()
    by_id = {case.id: case for case in load_cases(sorted(QUESTIONS.glob("*.jsonl")))}
    cases = [by_id[name] for name in (QUESTIONS / "smoke.txt").read_text(encoding="utf-8").split()]
    seen = compared(given.data, given.reports, cases)
    for upgraded, fresh in seen.differing:
        print(f"升级后：{upgraded}\n重新读入：{fresh}\n")
    uploads, said, opinions = kept(given.data)
    held = "都在，都能打开" if seen.is_kept else "**有丢失或打不开的**"
    print(
        f"{len(cases)} 题，不同 {len(seen.differing)} 处；添加的报告 {len(uploads)} 份、问答 {len(said)} 次、", end=""
    )
    print(f"评价 {opinions} 条：{held}")
    sys.exit(bool(seen.differing) or not seen.is_kept)


if __name__ == "__main__":
    main()
