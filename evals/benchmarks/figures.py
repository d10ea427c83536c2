"""What the figure reader makes of gold evidence: each gold figure with its value and unit, and said of the right thing.

A gold figure counts where its digits stand in its evidence, told without the reader. It is *read* where a figure of the
sentences or rows that hold the evidence equals it; it is *bound* where, of all figures of that passage in the same kind
of unit, none that differs has more of the words it is about (`about`) in its clause, row, column and caption.

usage: python -m evals.benchmarks.figures QUESTIONS.jsonl … --reports DIR [--show]
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.cases import Case, GoldFigure, load_cases
from evals.reports import read_folder
from evals.scoring import equals_gold
from rag.figures.extraction import passage_to_figures, section_to_passages
from rag.gate.said import tokens
from rag.language.numbers import format_decimal, unit_class
from rag.language.text import find_quote, matching_key
from rag.records import Figure, Passage, ReportParts, Table

GOAL_READ, GOAL_BOUND, GOAL_PAGES = 0.98, 0.9, 200
EARLIER = 0.5
"""What a word is worth that stands in the figure's sentence before its own clause."""
CALENDAR = frozenset(("年", "月", "日", "届", "级", "学年"))
"""Gold in these is a date: a scope, not a figure."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one gold figure."""

    case: Case
    gold: GoldFigure
    figure: Figure | None
    """The figure that equals it, None where none does."""
    rival: Figure | None
    """A figure that its words fit better."""
    held: str
    """The evidence as the report prints it."""


def findings(cases: Sequence[Case], reports: Sequence[ReportParts]) -> Iterator[Finding]:
    """What the reader makes of every gold figure that is printed in its evidence."""
    for case in cases:
        own = [parts for parts in reports if _stems(parts) & {*case.documents}]
        for gold in case.figures:
            found = [
                finding for quote in case.evidence for parts in own for finding in _found(case, gold, quote, parts)
            ]
            if found:
                yield min(found, key=lambda finding: (finding.figure is None, finding.rival is not None))


def is_printed(gold: GoldFigure, text: str) -> bool:
    """Whether a gold figure's digits stand in a text as a number of their own; a date's never do."""
    if gold.unit in CALENDAR:
        return False
    key = re.sub(r"(?<=\d),(?=\d{3})", "", "|".join(map(matching_key, text.split("\t"))))
    return re.search(rf"(?<![\d.]){re.escape(format_decimal(gold.value))}(?![\d]|\.\d)", key) is not None


def _stems(parts: ReportParts) -> set[str]:
    return {Path(parts.report.path).stem}


def _found(case: Case, gold: GoldFigure, quote: str, parts: ReportParts) -> Iterator[Finding]:
    tables = {table.id: table for table in parts.tables}
    for section in parts.sections:
        for passage in section_to_passages(section):
            span = find_quote(passage.text, quote)
            if span and is_printed(gold, passage.text[span[0] : span[1]]):
                yield _judged(case, gold, passage, tables.get(passage.table_id or ""), span)


def _judged(case: Case, gold: GoldFigure, passage: Passage, table: Table | None, span: tuple[int, int]) -> Finding:
    figures = passage_to_figures(passage, table)
    held = [figure for figure in figures if figure.quote_start < span[1] and span[0] < figure.quote_end]
    equal = [figure for figure in held if equals_gold(gold, figure.number, is_computed=False)]
    text = passage.text[span[0] : span[1]]
    if not equal:
        return Finding(case, gold, None, None, text)
    best = max(equal, key=lambda figure: cover(gold.about, figure))
    return Finding(case, gold, best, rival_of(gold, best, figures), text)


def rival_of(gold: GoldFigure, figure: Figure, others: Sequence[Figure]) -> Figure | None:
    """A figure of another amount, in the same kind of unit, that the gold's words fit better."""
    own = cover(gold.about, figure)
    like = [
        other
        for other in others
        if not equals_gold(gold, other.number, is_computed=False)
        and unit_class(other.number.unit) == unit_class(figure.number.unit)
        and cover(gold.about, other) > own
    ]
    return max(like, key=lambda other: cover(gold.about, other), default=None)


def cover(about: str, figure: Figure) -> float:
    """Share of the words a gold figure is about that the reader says of a figure; words earlier in its sentence by half."""
    wanted = tokens(about)
    before = figure.before if figure.is_cell else ""
    own = wanted & tokens(f"{figure.near} {before} {figure.after} {figure.number.text}")
    earlier = wanted & tokens(figure.before) - own
    return (len(own) + len(earlier) * EARLIER) / len(wanted) if wanted else 0.0


def read_all_figures(reports: Sequence[ReportParts]) -> int:
    """How many figures the reader finds in some reports."""
    count = 0
    for parts in reports:
        tables = {table.id: table for table in parts.tables}
        for section in parts.sections:
            for passage in section_to_passages(section):
                count += len(passage_to_figures(passage, tables.get(passage.table_id or "")))
    return count


def main() -> None:
    """Print the shares, what was missed, and how fast figures are read."""
    parser = argparse.ArgumentParser(description="读数：证据里的金标准数字读到多少，归到对的对象多少，每秒读多少页")
    parser.add_argument("questions", nargs="+", type=Path)
    parser.add_argument("--reports", type=Path, required=True)
    parser.add_argument("--show", action="store_true", help="列出没读到的和归错的")
    arguments = parser.parse_args()
    reports = read_folder(arguments.reports)
    found = list(findings(load_cases(arguments.questions), reports))
    read = [finding for finding in found if finding.figure]
    bound = [finding for finding in read if finding.rival is None]
    print(f"证据里印有的金标准数字 {len(found)} 个")
    print(_share("读出数值和单位", len(read), len(found), GOAL_READ))
    print(_share("归到对的行或指标", len(bound), len(found), GOAL_BOUND))
    for finding in found if arguments.show else ():
        _show(finding)
    started = time.process_time()
    count = read_all_figures(reports)
    seconds = time.process_time() - started
    if pages := sum(parts.report.page_count for parts in reports):
        print(f"{pages} 页 {count} 个数字，每处理器秒读 {pages / seconds:.0f} 页（目标 {GOAL_PAGES}）")


def _share(name: str, part: int, whole: int, goal: float) -> str:
    return f"{name} {part}/{whole}（{part / max(whole, 1):.1%}，目标 {goal:.0%}）"


def _show(finding: Finding) -> None:
    gold, figure, rival = finding.gold, finding.figure, finding.rival
    if figure is None:
        print(
            f"  没读到 {finding.case.id}：{gold.value}{gold.unit}（{gold.about}）← {' '.join(finding.held.split())[:160]}"
        )
    elif rival:
        print(
            f"  归错 {finding.case.id}：{gold.value}{gold.unit}（{gold.about}）归于 {figure.before[-20:]!r} {figure.near!r}"
        )
        print(f"      更像的是 {rival.number.text}：{rival.before[-20:]!r} {rival.near!r}")


if __name__ == "__main__":
    main()
