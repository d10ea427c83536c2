"""The shares of a run by type and by report, as rows of text for terminal and page. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.compare import METRICS
from evals.labels import TYPE_NAMES, percent
from evals.summary import BY_REPORT, SEVERAL

MEAN, WORST = "各报告平均", "最差的报告"
Row = list[str]


def groups_to_rows(found: Mapping[str, Any]) -> list[Row]:
    """A head, a row for each type and each report, all together, the reports' mean and, share by share, their worst."""
    by_report: Mapping[str, Any] = found["by_report"]
    rows = [["题型、报告", "题数", *(METRICS[key] for key in BY_REPORT)]]
    rows += [_row(TYPE_NAMES[kind], figures) for kind, figures in found["by_type"].items()]
    rows += [_row(name, figures) for name, figures in by_report.items()]
    rows.append(_row("全部", found["overall"]))
    mean, worst = found["mean_report"], found["worst_report"]
    rows.append([MEAN, f"{len(by_report.keys() - {SEVERAL})} 份", *(percent(mean.get(key)) for key in BY_REPORT)])
    rows.append([WORST, "", *(_cell(worst[key]) if key in worst else percent(None) for key in BY_REPORT)])
    return rows


def worst_to_notes(found: Mapping[str, Any]) -> Sequence[str]:
    """Which report is the worst by each share."""
    return [f"{METRICS[key]}：{share['report']}" for key, share in found["worst_report"].items()]


def _row(name: str, figures: Mapping[str, Any]) -> Row:
    return [name, str(figures["n"]), *(_cell(figures[key]) for key in BY_REPORT)]


def _cell(share: Mapping[str, Any]) -> str:
    """`57.0% 45/79`, or a dash where there is nothing to count."""
    value = percent(share["value"])
    return value if share["value"] is None else f"{value} {share['count']}/{share['n']}"
