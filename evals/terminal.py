"""Results as plain text for a terminal. Pure but for `Tally`, which keeps running counts."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evals.cases import Case
from evals.compare import COUNTS, METRICS, Change, Comparison
from evals.groups import groups_to_rows
from evals.labels import BUCKETS, TYPE_NAMES, cost, milliseconds, percent
from evals.scoring import Bucket, score_line
from rag.ingest import Progress

if TYPE_CHECKING:
    from evals.batch_run import ExportSummary
    from evals.run import Line

SIGNIFICANT = 0.05


class Tally:
    """Counts of the answers so far, shown with each new one."""

    def __init__(self, total: int, show: Callable[[Progress], None], done: Iterable[tuple[Case, Line]] = ()) -> None:
        self._total, self._show = total, show
        self._buckets: Counter[Bucket] = Counter()
        for case, line in done:
            self.add(case, line)

    def add(self, case: Case, line: Line) -> None:
        """Take one more answer in."""
        self._buckets[score_line(case, line).bucket] += 1
        counts = " ".join(f"{name} {self._buckets[b]}" for b, name in BUCKETS.items() if self._buckets[b])
        self._show(Progress(self._buckets.total(), self._total, counts))


def json_text(value: Any) -> str:
    """JSON for a file a person may open."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def results_to_text(found: Mapping[str, Any]) -> str:
    """The tables of a run: buckets by type, shares by type and report, all shares with intervals and the baseline, causes."""
    parts = (
        _buckets_table(found),
        table_text(groups_to_rows(found)),
        _metrics_table(found),
        _causes_table(found["overall"]["causes"]),
    )
    return "\n\n".join(filter(None, parts))


def _buckets_table(found: Mapping[str, Any]) -> str:
    rows = [["题型", "题数", *BUCKETS.values()]]
    groups = [*((TYPE_NAMES[kind], figures) for kind, figures in found["by_type"].items()), ("全部", found["overall"])]
    for name, figures in groups:
        counts = [str(figures["buckets"][bucket.value] or "·") for bucket in BUCKETS]
        rows.append([name, str(figures["n"]), *counts])
    return table_text(rows)


def _metrics_table(found: Mapping[str, Any]) -> str:
    overall, baseline = found["overall"], found["baseline"]["always_refuse"]
    rows = [["指标", "值", "计数", "95% 区间", "一律拒答"]]
    for key, name in METRICS.items():
        share, base = overall[key], baseline.get(key)
        interval = "—" if share["low"] is None else f"{percent(share['low'])}–{percent(share['high'])}"
        rows.append(
            [
                name,
                percent(share["value"]),
                f"{share['count']}/{share['n']}",
                interval,
                percent(base["value"]) if base else "",
            ]
        )
    rows += [[name, str(overall[key]), "", "", ""] for key, name in COUNTS.items()]
    rows += [[name, value, "", "", ""] for name, value in _costs(overall)]
    rows += [[f"由 {name} 作答", str(count), "", "", ""] for name, count in found["answered_by"].items()]
    return table_text(rows)


def _costs(figures: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    yield "用时 p50/p95（毫秒）", "/".join(map(milliseconds, figures["latency_ms"].values()))
    yield "首字 p50/p95（毫秒）", "/".join(map(milliseconds, figures["first_token_ms"].values()))
    yield "token 输入/输出", "/".join(map(str, figures["tokens"].values()))
    yield "费用", cost(figures)


def _causes_table(causes: Mapping[str, int]) -> str:
    rows = [["没答对的原因", "题数"], *([cause, str(count)] for cause, count in causes.items())]
    return table_text(rows) if causes else ""


def flips_to_text(found: Mapping[str, Any]) -> str:
    """How often other words change the answer, from what to what, and the questions that change most."""
    names = {
        "flip_rate": "换个问法结果就变",
        "sure_of_another_figure": "其中两次都肯定而数字不同",
        "questions_that_flip": "至少变过一次的题",
    }
    names |= {key: f"换了问法：{METRICS[key]}" for key in ("precision", "shown", "refusal", "correct")}
    rows = [["指标", "值", "计数"]]
    rows += [
        [name, percent(found[key]["value"]), f"{found[key]['count']}/{found[key]['n']}"] for key, name in names.items()
    ]
    changes = [["原来", "换问法后", "次数"], *([one["from"], one["to"], str(one["n"])] for one in found["changes"])]
    worst = sorted((item for item in found["items"] if item["flips"]), key=lambda item: -len(item["flips"]))
    lines = [
        f"  {item['id']} 变 {len(item['flips'])}/{item['total']}（{item['outcome']}）{item['question']}"
        for item in worst
    ]
    return "\n\n".join(filter(None, (table_text(rows), table_text(changes), "\n".join(lines))))


def export_to_text(summary: ExportSummary, counter: str) -> str:
    """What a batch file holds, in a few lines; `counter` names what counted the tokens."""
    share = summary.evidence.to_json()
    facts = [
        f"请求 {summary.count} 条；提示的 token：中位数 {summary.median_tokens}，最大 {summary.max_tokens}（{counter}）",
    ]
    if share["n"]:
        interval = f"{percent(share['low'])}–{percent(share['high'])}"
        facts.append(
            f"提示里有标准原文：{share['count']}/{share['n']}（{percent(share['value'])}，95% 区间 {interval}）"
        )
    if summary.completed:
        facts.append(f"追问 {summary.completed} 道：按内置规则补全；实际运行时可能由模型改写")
    return "\n".join(facts)


def retrieval_to_text(found: Mapping[str, Any]) -> str:
    """The table of retrieval on its own, and the questions whose evidence was not found."""
    cutoffs = list(found["overall"]["recall"])
    rows = [["题型", "题数", *(f"recall@{k}" for k in cutoffs), "MRR", "页码正确", "p50/p95（毫秒）"]]
    groups = [*((TYPE_NAMES[kind], figures) for kind, figures in found["by_type"].items()), ("全部", found["overall"])]
    for name, figures in groups:
        shares = [percent(figures["recall"][k]["value"]) for k in cutoffs]
        times = "/".join(f"{value:.0f}" for value in figures["latency_ms"].values())
        pages = percent(figures["page_correct"]["value"])
        rows.append([name, str(figures["n"]), *shares, f"{figures['mrr']:.3f}", pages, times])
    missing = [item["id"] for item in found["items"] if item["rank"] is None]
    wrong_page = [item["id"] for item in found["items"] if item["page_correct"] is False]
    lines = [f"没有检索到：{'、'.join(missing)}"] if missing else []
    lines += [f"页码不对：{'、'.join(wrong_page)}"] if wrong_page else []
    return "\n".join([table_text(rows), *lines])


def comparison_to_text(found: Comparison) -> str:
    """What got better, what got worse, whether that is more than chance, and the metrics side by side."""
    verdict = "显著" if found.p_value < SIGNIFICANT else "不显著"
    facts = [
        f"共同的题 {found.shared}：变好 {len(found.better)}，变坏 {len(found.worse)}",
        f"由错变对 {found.gained}，由对变错 {found.lost}，精确 McNemar 检验 p = {found.p_value:.4f}（{verdict}）",
    ]
    if found.failed:
        facts.append(f"任一次失败而不计入检验的题 {found.failed}")
    for note, ids in (
        ("只在甲", found.only_a),
        ("只在乙", found.only_b),
        ("题目或标准答案改过，不比较", found.altered),
    ):
        if ids:
            facts.append(f"{note} {len(ids)}：{'、'.join(ids)}")
    rows = [["指标", "甲", "乙", "差"], *(_metric_row(*metric) for metric in found.metrics)]
    return "\n\n".join(
        filter(
            None, ("\n".join(facts), _changes("变好", found.better), _changes("变坏", found.worse), table_text(rows))
        )
    )


def _changes(title: str, changes: Sequence[Change]) -> str:
    rows = [
        f"  {change.id}（{TYPE_NAMES[change.type]}）{BUCKETS[change.before]} → {BUCKETS[change.after]}  {change.question}"
        for change in changes
    ]
    return "\n".join([f"{title}：", *rows]) if rows else ""


def _metric_row(name: str, before: float | None, after: float | None) -> list[str]:
    is_share = name in METRICS.values()
    shown = [percent(value) if is_share else "—" if value is None else _plain(value) for value in (before, after)]
    if before is None or after is None:
        return [name, *shown, "—"]
    difference = after - before
    return [
        name,
        *shown,
        f"{difference * 100:+.1f} 点" if is_share else f"{'+' if difference >= 0 else ''}{_plain(difference)}",
    ]


def _plain(value: float) -> str:
    return f"{value:.10g}"


def table_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns, the first to the left and the others to the right; a Chinese character is two wide."""
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join("  ".join(_pad(cell, width, at > 0) for at, (cell, width) in _sized(row, widths)) for row in rows)


def _sized(row: Sequence[str], widths: Sequence[int]) -> Iterable[tuple[int, tuple[str, int]]]:
    return enumerate(zip(row, widths, strict=True))


def _pad(cell: str, width: int, to_right: bool) -> str:
    gap = " " * (width - _width(cell))
    return gap + cell if to_right else cell + gap


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
