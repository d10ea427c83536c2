"""Contradictions found in reports, to be read one by one; and how many are found of those planted in them.

usage: python -m evals.benchmarks.contradictions REPORT… [--plant] [--seed N] [--most N] [--show]

Planting takes the figures of a report that bear each other out (printed twice, summed, divided) by their values alone,
changes one digit of one of them in the report's text, and looks whether the report is then accused of that figure.
The finder is not asked where to plant.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from evals.benchmarks.planting import KINDS, Plant, figures_to_plants
from evals.reports import read_sources
from rag.figures.contradictions import figures_to_contradictions
from rag.figures.extraction import passage_to_figures, section_to_passages
from rag.readers.sources import find_sources
from rag.records import Contradiction, Figure, ReportParts, Table

NEAR = 60
"""Characters of a quote shown before its figure."""


def parts_to_figures(parts: ReportParts) -> list[Figure]:
    """A report's figures, in order."""
    tables = {table.id: table for table in parts.tables}
    passages = (passage for section in parts.sections for passage in section_to_passages(section))
    return [f for passage in passages for f in passage_to_figures(passage, tables.get(passage.table_id or ""))]


def parts_to_contradictions(parts: ReportParts) -> tuple[Contradiction, ...]:
    """What is found in a report as it stands."""
    report = parts.report
    return figures_to_contradictions(report.id, parts.sections, parts_to_figures(parts), report.years, report.names)


def changed(text: str, chance: random.Random) -> str:
    """A printed figure with one digit changed, or two neighbours swapped; of the same length."""
    places = [at for at, character in enumerate(text) if character.isdigit()]
    swaps = [(a, b) for a, b in pairwise(places) if text[a] != text[b] and not (a == places[0] and text[b] == "0")]
    if swaps and chance.random() < 0.3:
        a, b = chance.choice(swaps)
        return text[:a] + text[b] + text[a + 1 : b] + text[a] + text[b + 1 :]
    at = chance.choice(places)
    digit = chance.choice([d for d in "123456789" if d != text[at]])
    return text[:at] + digit + text[at + 1 :]


def plant(parts: ReportParts, what: Plant, chance: random.Random) -> ReportParts:
    """The report with one figure changed, where it stands and in its table."""
    figure = what.figure
    old = figure.passage.text[figure.start : figure.end]
    new = old.replace("万元", " 元") if what.kind == "元与万元" else changed(old, chance)
    at = figure.passage.start + figure.start
    sections = tuple(
        replace(s, text=s.text[:at] + new + s.text[at + len(old) :]) if s.id == figure.passage.section_id else s
        for s in parts.sections
    )
    return replace(parts, sections=sections, tables=tuple(_with_cell(t, figure, old, new) for t in parts.tables))


def _with_cell(table: Table, figure: Figure, old: str, new: str) -> Table:
    if figure.row is None or figure.table is None or table.id != figure.table.id:
        return table
    rows = list(table.rows)
    at = next(i for i, row in enumerate(rows) if row is figure.row or row == figure.row)
    cells = [
        tuple(text.replace(old, new) if i == figure.column else text for i, text in enumerate(texts))
        for texts in (rows[at].printed, rows[at].filled)
    ]
    rows[at] = replace(rows[at], printed=cells[0], filled=cells[1])
    return replace(table, rows=tuple(rows))


def places(item: Contradiction) -> set[tuple[str, int]]:
    """Where the figures of a contradiction stand."""
    return {(ref.passage.section_id, ref.passage.start + ref.start) for ref in (*item.figures, *item.operands)}


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one plant."""

    plant: Plant
    printed: str
    found: Contradiction | None
    elsewhere: tuple[Contradiction, ...]
    """New accusations that have nothing to do with it."""


def trials(parts: ReportParts, most: int, seed: int) -> Iterator[Trial]:
    """Up to `most` plants of each kind, one at a time, and what is found of each."""
    chance = random.Random(seed)
    by_kind: Mapping[str, list[Plant]] = defaultdict(list)
    for what in figures_to_plants(parts_to_figures(parts)):
        by_kind[what.kind].append(what)
    known = {frozenset(places(item)) for item in parts_to_contradictions(parts)}
    for kind in KINDS:
        plants = by_kind[kind]
        for what in chance.sample(plants, min(most, len(plants))):
            report = plant(parts, what, chance)
            section, at = what.figure.passage.section_id, what.figure.passage.start + what.figure.start
            new = [item for item in parts_to_contradictions(report) if frozenset(places(item)) not in known]
            hits = [item for item in new if (section, at) in places(item)]
            text = next(s.text for s in report.sections if s.id == section)
            others = tuple(item for item in new if item not in hits)
            yield Trial(what, text[at : at + what.figure.end - what.figure.start], hits[0] if hits else None, others)


def quote(ref: Figure) -> str:
    """A figure in its sentence or row."""
    text, low = ref.passage.text, max(ref.quote_start, ref.start - NEAR)
    said = f"{text[low : ref.start]}【{text[ref.start : ref.end]}】{text[ref.end : min(ref.quote_end, ref.end + NEAR // 2)]}"
    return f"第{ref.passage.page or '?'}页 {' '.join(said.split())}"


def show(item: Contradiction, operands: int = 6) -> None:
    """Print a contradiction with its quotes."""
    print(f"- {item.kind.value}｜{item.indicator}｜{item.note}")
    for ref in item.figures:
        print(f"    {quote(ref)}")
    for ref in item.operands[:operands]:
        print(f"      由 {quote(ref)}")


def show_plant(trial: Trial) -> None:
    """Print a plant and whether it was found."""
    figure = trial.plant.figure
    text = figure.passage.text[max(figure.quote_start, figure.start - NEAR) : figure.start]
    others = " / ".join(f"{f.near} {f.number.text.strip()}"[:40] for f in trial.plant.others[:3])
    print(
        f"{'✓' if trial.found else '✗'} {trial.plant.kind}：{' '.join(text.split())}【{figure.number.text.strip()}→{trial.printed.strip()}】 对 {others}"
    )
    for item in trial.elsewhere:
        print("  另指：", end="")
        show(item, 2)


def main() -> None:
    """Print what is found in each report, with how long it took; with `--plant`, the shares of what was planted."""
    parser = argparse.ArgumentParser(description="报告里的矛盾：逐条列出；--plant 时植入 16 类矛盾，看找到多少")
    parser.add_argument("reports", nargs="+", type=Path)
    parser.add_argument("--plant", action="store_true")
    parser.add_argument("--show", action="store_true", help="列出每一处植入")
    parser.add_argument("--most", type=int, default=6, help="每份报告每类至多植入几处")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    tally: dict[str, Counter[bool]] = defaultdict(Counter)
    elsewhere = 0
    for parts in read_sources(find_sources(arguments.reports).sources):
        figures = parts_to_figures(parts)
        started = time.process_time()
        found = parts_to_contradictions(parts)
        print(f"# {parts.report.id}：{len(figures)} 个数字，{len(found)} 处，{time.process_time() - started:.1f} 秒")
        for item in () if arguments.plant else found:
            show(item)
        for trial in trials(parts, arguments.most, arguments.seed) if arguments.plant else ():
            tally[trial.plant.kind][trial.found is not None] += 1
            elsewhere += len(trial.elsewhere)
            if arguments.show:
                show_plant(trial)
    for kind in KINDS if arguments.plant else ():
        print(f"{kind}：找到 {tally[kind][True]} / {tally[kind].total()}")
    if arguments.plant:
        print(f"另指别处 {elsewhere} 处")


if __name__ == "__main__":
    main()
