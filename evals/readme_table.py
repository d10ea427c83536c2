"""Results of evaluations → the tables of the README.

usage: python -m evals.readme_table NAME=RUN [NAME=RUN …] [--write README.md README.zh-CN.md]

RUN is the folder of a `wenbao eval`. The table of NAME stands in a README between `<!-- results NAME en -->` (or `zh`)
and `<!-- end of results -->`; everything else there is left as it is.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.cases import TYPES
from evals.labels import TYPE_NAMES, milliseconds, percent
from evals.results import read_results
from evals.run import write_text
from rag.errors import UsageError, WenbaoError

BLOCK = re.compile(
    r"(?P<begin><!-- results (?P<name>\S+) (?P<language>en|zh) -->\n)(?P<table>.*?)(?P<end><!-- end of results -->)",
    re.DOTALL,
)
Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its heads by language, and what it says of a group of questions."""

    heads: Mapping[str, str]
    cell: Callable[[Figures], str]


def share_cell(key: str, *, with_interval: bool = False) -> Callable[[Figures], str]:
    """`45/79 (57.0%)`, or `45/79 (57.0%, 46.0–67.3)` with the 95 % interval; a dash where there is nothing to count."""

    def cell(figures: Figures) -> str:
        share = figures[key]
        if share["value"] is None:
            return "—"
        low, high = (percent(share[end]).removesuffix("%") for end in ("low", "high"))
        interval = f", {low}–{high}" if with_interval else ""
        return f"{share['count']}/{share['n']} ({percent(share['value'])}{interval})"

    return cell


def _times(figures: Figures) -> str:
    return " / ".join(milliseconds(figures["latency_ms"][key]) for key in ("p50", "p95"))


COLUMNS = (
    Column({"en": "n", "zh": "题数"}, lambda figures: str(figures["n"])),
    Column(
        {"en": "strictly right (95 % interval)", "zh": "严格正确（95% 区间）"},
        share_cell("strict_accuracy", with_interval=True),
    ),
    Column({"en": "rightly refused", "zh": "正确拒答"}, share_cell("refusal")),
    Column({"en": "wrongly refused", "zh": "误拒"}, share_cell("false_refusal")),
    Column({"en": "evidence cited", "zh": "引到原文"}, share_cell("cited")),
    Column({"en": "page right", "zh": "页码正确"}, share_cell("page_correct")),
    Column({"en": "recall@8", "zh": "recall@8"}, share_cell("recall_at_8")),
    Column({"en": "p50 / p95 ms", "zh": "用时 p50 / p95（毫秒）"}, _times),
)
ROW_HEADS = {"en": ("questions", {kind: kind for kind in TYPES}, "all"), "zh": ("题型", TYPE_NAMES, "全部")}
"""By language: the head of the first column, the names of the types, the name of the last row."""


def results_to_table(found: Figures, language: str) -> str:
    """The Markdown table of a run: each type that occurs in the contract's order, then all."""
    head, names, all_name = ROW_HEADS[language]
    groups = [(names[kind], found["by_type"][kind]) for kind in TYPES if kind in found["by_type"]]
    groups.append((all_name, found["overall"]))
    rows = [
        [head, *(column.heads[language] for column in COLUMNS)],
        ["---", *("---:" for _ in COLUMNS)],
        *([name, *(column.cell(figures) for column in COLUMNS)] for name, figures in groups),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def replace_tables(text: str, runs: Mapping[str, Figures]) -> str:
    """The text with the tables of these runs made anew. Raises UsageError where one has no place in it."""
    if missing := runs.keys() - {match["name"] for match in BLOCK.finditer(text)}:
        raise UsageError(f"没有放 {'、'.join(sorted(missing))} 的地方：缺少 <!-- results … --> 标记。")

    def fresh(match: re.Match[str]) -> str:
        if match["name"] not in runs:
            return match[0]
        return match["begin"] + results_to_table(runs[match["name"]], match["language"]) + match["end"]

    return BLOCK.sub(fresh, text)


def _named(arguments: Iterable[str]) -> dict[str, Figures]:
    runs: dict[str, Figures] = {}
    for argument in arguments:
        name, equals, folder = argument.partition("=")
        if not (name and equals and folder):
            raise UsageError(f"{argument!r} 应写成 名称=评测文件夹。")
        runs[name] = read_results(Path(folder))
    return runs


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables, or write them into the files; 2 where something is not as it should be."""
    parser = argparse.ArgumentParser(description="用评测结果重做 README 里的表格。")
    parser.add_argument("runs", nargs="+", metavar="名称=评测文件夹")
    parser.add_argument(
        "--write", nargs="+", type=Path, default=[], metavar="README", help="写进这些文件，不给则只打印"
    )
    options = parser.parse_args(arguments)
    try:
        runs = _named(options.runs)
        fresh = {path: replace_tables(path.read_text(encoding="utf-8"), runs) for path in options.write}
    except (WenbaoError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for path, text in fresh.items():
        write_text(path, text)
    if not fresh:
        print("\n".join(results_to_table(found, "en") for found in runs.values()), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
