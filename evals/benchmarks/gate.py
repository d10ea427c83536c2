"""The gate held against real passages: honest restatements that it stops, corrupted figures that it lets through.

usage: python -m evals.benchmarks.gate REPORTS_DIR [--per-kind N] [--seed N] [--show]
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.benchmarks.gate_cases import Place, Statement, corrupted, honest, is_true, parts_to_places
from evals.reports import read_folder
from rag.gate.verify import draft_to_gated
from rag.records import AnswerStatus, Citation, Report, text_to_draft


def passed(statement: Statement, reports: Mapping[str, Report]) -> int | None:
    """How many of the statement's figures the gate lets through; None where there is no figure to be read in it."""
    cited = statement.cited
    citation = Citation(1, cited.passage, cited.quote_start, cited.quote_end, cited.passage.page, None)
    draft = text_to_draft(AnswerStatus.ANSWERED, statement.text, (citation,))
    tables = {statement.place.table.id: statement.place.table} if statement.place.table else {}
    gated = draft_to_gated(draft, tables, reports)
    count = sum(figure.role == "answer" for figure in gated.figures)
    return count if count or gated.unsupported else None


@dataclass(frozen=True, slots=True)
class Count:
    """Cases of one kind, and those that went wrong."""

    total: int
    wrong: tuple[Statement, ...]


def run(
    places: Sequence[Place], reports: Mapping[str, Report], per_kind: int, seed: int
) -> tuple[dict[str, Count], dict[str, Count]]:
    """(honest, corrupted): by kind, how many cases, and which honest ones are stopped or corrupted ones let through."""
    random_ = random.Random(seed)
    shuffled = random_.sample(list(places), len(places))
    straight = _measure(
        (s for place in shuffled for s in honest(place)),
        per_kind,
        lambda s: (count := passed(s, reports)) is not None and count < s.figures,
    )
    colleges = sorted({report.college for report in reports.values()})
    crooked = (s for place in shuffled for s in corrupted(place, random_, colleges) if not is_true(s))
    return straight, _measure(crooked, per_kind, lambda s: bool(passed(s, reports)))


def _measure(statements: Iterable[Statement], per_kind: int, is_wrong: Callable[[Statement], bool]) -> dict[str, Count]:
    totals: Counter[str] = Counter()
    wrong: dict[str, list[Statement]] = {}
    for statement in statements:
        if totals[statement.kind] >= per_kind:
            continue
        totals[statement.kind] += 1
        if is_wrong(statement):
            wrong.setdefault(statement.kind, []).append(statement)
    return {kind: Count(total, tuple(wrong.get(kind, ()))) for kind, total in sorted(totals.items())}


def folder_places(folder: Path) -> tuple[list[Place], dict[str, Report]]:
    """Every figure of the reports in a folder, and the reports by id."""
    parts = read_folder(folder)
    return [place for part in parts for place in parts_to_places(part)], {part.report.id: part.report for part in parts}


def main() -> None:
    """Print both counts for a folder of reports."""
    parser = argparse.ArgumentParser(description="核对关口：如实转述被误拦多少，错误数字被放过多少")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--per-kind", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="列出每一条判错的")
    arguments = parser.parse_args()
    places, reports = folder_places(arguments.folder)
    for name, fault, counts in zip(
        ("如实转述", "错误数字"),
        ("误拦", "放过"),
        run(places, reports, arguments.per_kind, arguments.seed),
        strict=True,
    ):
        total, wrong = sum(c.total for c in counts.values()), sum(len(c.wrong) for c in counts.values())
        print(f"{name} {total} 条，{fault} {wrong} 条（{wrong / max(total, 1):.2%}）")
        for kind, count in counts.items():
            print(f"  {kind}：{len(count.wrong)}/{count.total}")
            for statement in count.wrong if arguments.show else ():
                quote = statement.cited.passage.text[statement.cited.quote_start : statement.cited.quote_end]
                print(f"    {statement.text}\n      ← {' '.join(quote.split())}")


if __name__ == "__main__":
    main()
