"""How buckets, types and shares are called and written for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.scoring import Bucket

BUCKETS = {
    Bucket.RIGHT: "正确",
    Bucket.RIGHT_REFUSAL: "正确拒答",
    Bucket.PADDED: "多答",
    Bucket.PARTIAL: "部分对",
    Bucket.FALSE_REFUSAL: "误拒",
    Bucket.WRONG: "错误",
    Bucket.INVENTED: "臆造",
    Bucket.FAILED: "失败",
}
TYPE_NAMES = {
    "text": "正文",
    "table": "表格",
    "name": "名称",
    "derived": "计算",
    "conflict": "矛盾",
    "followup": "追问",
    "unanswerable": "不可答",
    "compare": "跨报告比较",
    "difference": "跨报告差值",
    "rank": "跨报告排序",
    "definition": "口径",
    "partial": "部分可答",
}


def milliseconds(value: float | None) -> str:
    """`42`, or a dash where nothing was timed."""
    return "—" if value is None else f"{value:.0f}"


def cost(found: Mapping[str, Any]) -> str:
    """`0.0123 元`, or a dash where no price is known, given the figures of a group of questions."""
    yuan = (found.get("cost") or {}).get("yuan")
    return "—" if yuan is None else f"{yuan} 元"


def percent(value: float | None) -> str:
    """`94.3%`, or a dash where there is nothing to count."""
    return "—" if value is None else f"{value * 100:.1f}%"
