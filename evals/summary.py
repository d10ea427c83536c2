"""Scores → the figures of a run: counts, shares with their intervals, times. Pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evals.cases import TYPES, Case
from evals.causes import Cause
from evals.scoring import Bucket, Score, score_line

Z_95 = 1.959963984540054
"""Standard normal quantile of a two-sided 95 % interval."""
GIVEN = (Bucket.RIGHT, Bucket.PADDED, Bucket.PARTIAL, Bucket.WRONG, Bucket.INVENTED)
"""How a question ends that is answered, rightly or not."""
BY_REPORT = ("strict_accuracy", "precision", "shown", "refusal", "false_refusal")
"""The shares that are told report by report."""
SEVERAL = "跨报告"
"""What questions on several reports together are filed under."""
REFUSAL = {"status": "not_found", "answer": "没有找到。", "figures": [], "citations": [], "retrieved": []}
"""What an answerer that always refuses says."""


@dataclass(frozen=True, slots=True)
class Result:
    """One question of a run, scored."""

    case: Case
    line: Mapping[str, Any]
    score: Score
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`, with a 95 % Wilson interval; value and interval are None where there is nothing to count."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval (Wilson 1927), which holds for small counts and shares near 0 and 1."""
        if not self.total:
            return None
        share, n, z2 = self.count / self.total, self.total, Z_95**2
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = Z_95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def to_json(self) -> dict[str, Any]:
        """Value, count, total and interval, rounded to six places."""
        value, interval = self.value, self.interval
        return {
            "value": None if value is None else round(value, 6),
            "count": self.count,
            "n": self.total,
            "low": None if interval is None else round(interval[0], 6),
            "high": None if interval is None else round(interval[1], 6),
        }


def share_of(flags: Iterable[bool | None]) -> Share:
    """The share of True among those that are not None."""
    known = [flag for flag in flags if flag is not None]
    return Share(sum(known), len(known))


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Nearest-rank percentile, None of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def summarise(results: Sequence[Result]) -> dict[str, Any]:
    """Every figure of a set of results, as it stands in `results.json`."""
    buckets = Counter(result.score.bucket for result in results)
    answerable = [result for result in results if result.case.answerable]
    unanswerable = [result for result in results if not result.case.answerable]
    right = [result for result in results if result.score.bucket is Bucket.RIGHT]
    scores = [result.score for result in results]
    return {
        "n": len(results),
        "answerable": len(answerable),
        "unanswerable": len(unanswerable),
        "buckets": {bucket.value: buckets[bucket] for bucket in Bucket},
        "strict_accuracy": Share(buckets[Bucket.RIGHT], len(answerable)).to_json(),
        "refusal": Share(buckets[Bucket.RIGHT_REFUSAL], len(unanswerable)).to_json(),
        "false_refusal": Share(buckets[Bucket.FALSE_REFUSAL], len(answerable)).to_json(),
        "precision": Share(buckets[Bucket.RIGHT], sum(buckets[bucket] for bucket in GIVEN)).to_json(),
        "shown": Share(sum(score.shown for score in scores), len(answerable)).to_json(),
        "correct": Share(buckets[Bucket.RIGHT] + buckets[Bucket.RIGHT_REFUSAL], len(results)).to_json(),
        "cited": share_of(result.score.cited for result in right).to_json(),
        "page_correct": share_of(result.score.page_correct for result in right).to_json(),
        "names_in_bold": share_of(result.score.names_bold for result in right).to_json(),
        "recall_at_8": share_of(result.score.recalled for result in answerable).to_json(),
        "unsupported_figures": sum(score.unsupported for score in scores),
        "unproved_figures": sum(score.unproved for score in scores),
        "unit_errors": sum(score.unit_errors for score in scores),
        "bounds_lost": sum(score.bounds_lost for score in scores),
        "causes": _causes(results),
        **_costs(results),
    }


def _causes(results: Sequence[Result]) -> dict[str, int]:
    found = Counter(result.cause for result in results)
    return {cause.value: found[cause] for cause in Cause if found[cause]}


def _costs(results: Sequence[Result]) -> dict[str, Any]:
    readable = [result.line for result in results if result.score.bucket is not Bucket.FAILED]
    times = [float(line["timings_ms"]["total"]) for line in readable if "total" in (line.get("timings_ms") or {})]
    # what a failed question used up has been paid for all the same
    usage = [result.line.get("usage") or {} for result in results]
    firsts = [float(item["first_token_ms"]) for item in usage if item.get("first_token_ms") is not None]
    prices = [Decimal(item["cost"]) for item in usage if item.get("cost") is not None]
    return {
        "latency_ms": {"p50": percentile(times, 50), "p95": percentile(times, 95)},
        "first_token_ms": {"p50": percentile(firsts, 50), "p95": percentile(firsts, 95)},
        "tokens": {key: sum(int(item.get(key, 0)) for item in usage) for key in ("input_tokens", "output_tokens")},
        "cost": {"yuan": format(sum(prices, Decimal(0)), "f") if prices else None, "n": len(prices)},
    }


def summarise_by_type(results: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """`summarise` of each type that occurs, in the contract's order."""
    groups = {kind: [result for result in results if result.case.type == kind] for kind in TYPES}
    return {kind: summarise(group) for kind, group in groups.items() if group}


def summarise_by_report(results: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """`summarise` of each report's questions, the mean of the reports' shares and, of each, the worst report's."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        documents = result.case.documents or (result.case.source.rpartition(":")[0],)
        groups[documents[0] if len(documents) == 1 else SEVERAL].append(result)
    by_report = {name: summarise(group) for name, group in sorted(groups.items())}
    mean, worst = {}, {}
    for key in BY_REPORT:
        known = [
            (shares[key]["value"], name) for name, shares in by_report.items() if shares[key]["n"] and name != SEVERAL
        ]
        if known:
            mean[key] = round(sum(value for value, _ in known) / len(known), 6)
            name = (max if key == "false_refusal" else min)(known)[1]
            worst[key] = {"report": name, **by_report[name][key]}
    return {"by_report": by_report, "mean_report": mean, "worst_report": worst}


def risk_coverage(results: Sequence[Result]) -> list[dict[str, float]]:
    """The risk-coverage curve (El-Yaniv and Wiener 2010): were only figures of at least some chance given.

    Each point says how many of all questions would then be given a figure, and what share of these figures is no gold.
    """
    known = [(r.score.chance, r.score.first_is_gold) for r in results]
    ranked = sorted(((chance, gold) for chance, gold in known if chance is not None and gold is not None), reverse=True)
    points, wrong = [], 0
    for count, (chance, is_gold) in enumerate(ranked, start=1):
        wrong += not is_gold
        if count == len(ranked) or ranked[count][0] < chance:
            point = {"chance": chance, "coverage": count / len(results), "risk": wrong / count}
            points.append({key: round(value, 6) for key, value in point.items()})
    return points


def always_refuse(cases: Sequence[Case]) -> dict[str, Any]:
    """What an answerer that refuses every question would score: the baseline beside every run."""
    buckets = Counter(score_line(case, {**REFUSAL, "question": case.question}).bucket for case in cases)
    answerable = sum(case.answerable for case in cases)
    refused = buckets[Bucket.RIGHT_REFUSAL]
    return {
        "strict_accuracy": Share(buckets[Bucket.RIGHT], answerable).to_json(),
        "refusal": Share(refused, len(cases) - answerable).to_json(),
        "false_refusal": Share(buckets[Bucket.FALSE_REFUSAL], answerable).to_json(),
        "correct": Share(buckets[Bucket.RIGHT] + refused, len(cases)).to_json(),
    }
