"""Two runs over the same questions, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb
from typing import Any

from evals.scoring import Bucket

_RANK = {
    Bucket.RIGHT: 5,
    Bucket.RIGHT_REFUSAL: 5,
    Bucket.PADDED: 4,
    Bucket.PARTIAL: 3,
    Bucket.FALSE_REFUSAL: 2,
    Bucket.WRONG: 1,
    Bucket.INVENTED: 1,
    Bucket.FAILED: 0,
}
"""How good a bucket is: refusing is better than being wrong, and both are answers where failing is none."""
METRICS = {
    "strict_accuracy": "严格正确率",
    "refusal": "正确拒答率",
    "false_refusal": "误拒率",
    "precision": "作答的正确率",
    "shown": "给出或列出正确答案",
    "correct": "总正确率",
    "cited": "引到原文",
    "page_correct": "页码正确",
    "names_in_bold": "名称加粗",
    "recall_at_8": "recall@8",
}
COUNTS = {
    "unsupported_figures": "拦下的数字",
    "unproved_figures": "无据的数字",
    "unit_errors": "单位错误",
    "bounds_lost": "丢了约、余",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A question that ended differently."""

    id: str
    type: str
    question: str
    before: Bucket
    after: Bucket


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from run A to run B over the questions both answered."""

    shared: int
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    gained: int
    """Correct (right or rightly refused) in B only."""
    lost: int
    """Correct in A only."""
    failed: int
    """Failed in either run: left out of the test."""
    p_value: float
    metrics: tuple[tuple[str, float | None, float | None], ...]
    """(name, value in A, value in B) over each run's own questions."""
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    altered: tuple[str, ...]
    """Questions whose text or gold differ between the runs: left out."""


def mcnemar_exact(gained: int, lost: int) -> float:
    """Two-sided exact p of McNemar's test: as likely a split of the changed pairs as of fair coins (McNemar 1947)."""
    changed = gained + lost
    tail = sum(comb(changed, k) for k in range(min(gained, lost) + 1))
    return float(min(1.0, 2 * tail / 2**changed))


def compare_results(a: Mapping[str, Any], b: Mapping[str, Any]) -> Comparison:
    """Run B against run A, paired by question id."""
    items_a = {item["id"]: item for item in a["items"]}
    items_b = {item["id"]: item for item in b["items"]}
    both = [identity for identity in items_a if identity in items_b]
    altered = [i for i in both if any(items_a[i][key] != items_b[i][key] for key in ("asked", "gold"))]
    changes = [_change(items_a[i], items_b[i]) for i in both if i not in set(altered)]
    sound = [change for change in changes if Bucket.FAILED not in (change.before, change.after)]
    gained = sum(_is_correct(c.after) and not _is_correct(c.before) for c in sound)
    lost = sum(_is_correct(c.before) and not _is_correct(c.after) for c in sound)
    return Comparison(
        shared=len(changes),
        better=tuple(c for c in changes if _RANK[c.after] > _RANK[c.before]),
        worse=tuple(c for c in changes if _RANK[c.after] < _RANK[c.before]),
        gained=gained,
        lost=lost,
        failed=len(changes) - len(sound),
        p_value=mcnemar_exact(gained, lost),
        metrics=_metrics(a["overall"], b["overall"]),
        only_a=tuple(identity for identity in items_a if identity not in items_b),
        only_b=tuple(identity for identity in items_b if identity not in items_a),
        altered=tuple(altered),
    )


def _change(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    return Change(after["id"], after["type"], after["question"], Bucket(before["bucket"]), Bucket(after["bucket"]))


def _is_correct(bucket: Bucket) -> bool:
    return bucket in (Bucket.RIGHT, Bucket.RIGHT_REFUSAL)


def _metrics(a: Mapping[str, Any], b: Mapping[str, Any]) -> tuple[tuple[str, float | None, float | None], ...]:
    shares = ((name, a[key]["value"], b[key]["value"]) for key, name in METRICS.items())
    counts = ((name, a[key], b[key]) for key, name in COUNTS.items())
    costs = ((name, _within(a, *path), _within(b, *path)) for path, name in _COSTS.items())
    return (*shares, *counts, *costs)


def _within(figures: Mapping[str, Any], group: str, key: str) -> float | None:
    """A figure of a run, None where it has none; runs of earlier versions lack some."""
    value = figures.get(group, {}).get(key)
    return None if value is None else float(value)


_COSTS = {
    ("latency_ms", "p50"): "p50（毫秒）",
    ("latency_ms", "p95"): "p95（毫秒）",
    ("first_token_ms", "p50"): "首字 p50（毫秒）",
    ("first_token_ms", "p95"): "首字 p95（毫秒）",
    ("tokens", "input_tokens"): "输入 token",
    ("tokens", "output_tokens"): "输出 token",
    ("cost", "yuan"): "费用（元）",
}
