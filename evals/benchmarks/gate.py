"""The gate held against real passages: honest restatements that it stops, corrupted figures that it lets through.

usage: python -m evals.benchmarks.gate FOLDER... [--per-kind N] [--seed N] [--show]
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from evals.benchmarks.gate_cases import Place, Statement, corrupted, honest, is_true, parts_to_places
from evals.reports import read_folder
from rag.gate.verify import draft_to_gated
from rag.index.schema import DATABASE_NAME
from rag.index.store import ReportStore
from rag.records import Citation, Report, ReportParts

MAX_IDLE = 20_000
"""Statements of kinds that are full, after which no other kind is waited for."""


class Outcome(StrEnum):
    """What the gate does with the figures of a statement; the value is what is printed of it."""

    CLEAN = "放过"
    CAUTIONED = "请核对"
    REMOVED = "删去"
    NONE = "没有数字"


def judged(statement: Statement, reports: Mapping[str, Report]) -> Outcome:
    """What the gate does with the worst treated of a statement's figures."""
    cited = statement.cited
    citation = Citation(1, cited.passage, cited.quote_start, cited.quote_end, cited.passage.page, None)
    draft = statement.draft((citation,))
    tables = {statement.place.table.id: statement.place.table} if statement.place.table else {}
    gated = draft_to_gated(draft, tables, reports, stored=statement.place.others, is_typed=True)
    asked = [figure for figure in gated.figures if figure.role == "answer"]
    if gated.unsupported and len(asked) < statement.figures:
        return Outcome.REMOVED
    if any(figure.caution for figure in gated.figures):
        return Outcome.CAUTIONED
    return Outcome.CLEAN if len(asked) >= statement.figures else Outcome.NONE


@dataclass(frozen=True, slots=True)
class Count:
    """Cases of one kind by what became of them, and those that went wrong."""

    outcomes: Mapping[Outcome, int]
    wrong: tuple[Statement, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.outcomes.values())


def run(
    places: Sequence[Place], reports: Mapping[str, Report], per_kind: int, seed: int
) -> tuple[dict[str, Count], dict[str, Count]]:
    """(honest, corrupted): by kind, what the gate does; wrong is an honest one struck, a corrupted one let through.

    An honest figure that keeps its place with a caution is not struck; a corrupted one with a caution is caught.
    """
    random_ = random.Random(seed)
    shuffled = random_.sample(list(places), len(places))
    straight = _measure(
        (s for place in shuffled for s in honest(place)), per_kind, reports, lambda outcome: outcome is Outcome.REMOVED
    )
    colleges = sorted({report.college for report in reports.values()})
    crooked = (s for place in shuffled for s in corrupted(place, random_, colleges))
    return straight, _measure(
        crooked, per_kind, reports, lambda outcome: outcome in (Outcome.CLEAN, Outcome.NONE), is_true
    )


def _measure(
    statements: Iterable[Statement],
    per_kind: int,
    reports: Mapping[str, Report],
    is_wrong: Callable[[Outcome], bool],
    is_void: Callable[[Statement], bool] = lambda statement: False,
) -> dict[str, Count]:
    outcomes: dict[str, Counter[Outcome]] = {}
    wrong: dict[str, list[Statement]] = {}
    idle = 0
    for statement in statements:
        counted = outcomes.setdefault(statement.kind, Counter())
        idle += 1
        if idle > MAX_IDLE:
            break
        if sum(counted.values()) >= per_kind or is_void(statement):
            continue
        idle = 0
        outcome = judged(statement, reports)
        counted[outcome] += 1
        if is_wrong(outcome):
            wrong.setdefault(statement.kind, []).append(statement)
    return {kind: Count(found, tuple(wrong.get(kind, ()))) for kind, found in sorted(outcomes.items())}


def folder_places(folder: Path) -> tuple[list[Place], dict[str, Report]]:
    """Every figure of the reports in a folder, or of those in its index, and the reports by id."""
    parts = index_parts(folder) if (folder / DATABASE_NAME).is_file() else read_folder(folder)
    return [place for part in parts for place in parts_to_places(part)], {part.report.id: part.report for part in parts}


def index_parts(folder: Path) -> list[ReportParts]:
    """What places are made of, of every report in an index."""
    store = ReportStore(folder)
    return [
        ReportParts(r, (), store.sections(r.id), store.tables(r.id), (), figures=store.figures(r.id))
        for r in store.reports()
    ]


def main() -> None:
    """Print both counts for folders of reports or indexes, taken together."""
    parser = argparse.ArgumentParser(description="核对关口：如实转述被误拦多少，错误数字被放过多少")
    parser.add_argument("folders", type=Path, nargs="+", help="报告文件夹，或已建好的索引")
    parser.add_argument("--per-kind", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="列出每一条判错的")
    arguments = parser.parse_args()
    places: list[Place] = []
    reports: dict[str, Report] = {}
    for folder in arguments.folders:
        found, known = folder_places(folder)
        places += found
        reports |= known
    for name, fault, counts in zip(
        ("如实转述", "错误数字"),
        ("误删", "放过"),
        run(places, reports, arguments.per_kind, arguments.seed),
        strict=True,
    ):
        total, wrong = sum(c.total for c in counts.values()), sum(len(c.wrong) for c in counts.values())
        print(f"{name} {total} 条，{fault} {wrong} 条（{wrong / max(total, 1):.2%}）")
        for kind, count in counts.items():
            shares = "，".join(f"{outcome.value} {count.outcomes[outcome]}" for outcome in Outcome)
            print(f"  {kind} {count.total}：{shares}")
            for statement in count.wrong if arguments.show else ():
                quote = statement.cited.passage.text[statement.cited.quote_start : statement.cited.quote_end]
                print(f"    {statement.text}\n      ← {' '.join(quote.split())}")


if __name__ == "__main__":
    main()
