"""What `reports.toml` says of a report has the last word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rag.domain.short_names import short_names
from rag.errors import SettingsError
from rag.language.text import unique
from rag.records import Report, ReportKind

_CORRECTABLE = {
    "title": str,
    "college": str,
    "kind": str,
    "year": int,
    "cohort": int,
    "academic_year": str,
    "source": str,
}


def corrected(report: Report, corrections: Mapping[str, Any]) -> Report:
    """The report as `corrections` have it; raises SettingsError where a key or its value is none."""
    unknown = set(corrections) - {*_CORRECTABLE, "short_names"}
    if unknown:
        known = "、".join([*_CORRECTABLE, "short_names"])
        raise SettingsError(f"reports.toml 中 {report.id} 有不认识的键 {sorted(unknown)[0]!r}；可用的键：{known}。")
    changes: dict[str, Any] = {}
    for key, kind in _CORRECTABLE.items():
        if key in corrections:
            if not isinstance(corrections[key], kind):
                raise SettingsError(f"reports.toml 中 {report.id} 的 {key} 应为{'整数' if kind is int else '文字'}。")
            changes[key] = corrections[key]
    if "kind" in changes:
        try:
            changes["kind"] = ReportKind(changes["kind"])
        except ValueError:
            kinds = "、".join(kind.value for kind in ReportKind)
            raise SettingsError(f"reports.toml 中 {report.id} 的 kind 应为：{kinds}。") from None
    college = changes.get("college", report.college)
    listed = corrections.get("short_names", ())
    changes["short_names"] = unique(
        [*map(str, listed), *(short_names(college) if "college" in changes else report.short_names)]
    )
    return replace(report, **changes)
