"""Results → `report.html`: one page that stands alone, to look at rather than read. Pure.

Everything shown comes from reports, questions and models: all of it is escaped, and the page's own content policy
allows nothing but its own style and script.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from evals.compare import COUNTS, METRICS
from evals.groups import groups_to_rows, worst_to_notes
from evals.html_curve import curve_html
from evals.html_question import question_html
from evals.labels import BUCKETS, TYPE_NAMES, cost, milliseconds, percent
from evals.scoring import Bucket
from evals.summary import Result

LABEL_WIDTH, BAR_WIDTH, ROW_HEIGHT, BAR_HEIGHT = 110, 560, 30, 20
"""Of the chart, in pixels."""
MIN_LABELLED = 18
"""Narrowest piece of a bar that has its count written in it, in pixels."""


def results_to_html(found: Mapping[str, Any], results: Sequence[Result]) -> str:
    """The page for a run: `found` is what `results.json` holds, `results` the questions behind it."""
    style, script = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    body = (
        _head(found),
        _cards(found),
        _chart(found),
        _groups(found),
        curve_html(found["risk_coverage"], found["overall"]),
        _causes(found["overall"]["causes"]),
        _filters(results),
        '<section id="questions">',
        *(question_html(result) for result in results),
        "</section>",
    )
    policy = f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; base-uri 'none'"
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>问报评测</title><style>{style}</style></head>\n<body>\n"
        + "\n".join(body)
        + f"\n<script>{script}</script>\n</body></html>\n"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _head(found: Mapping[str, Any]) -> str:
    returned = "、".join(found["models_returned"])
    facts = (
        f"模型 {found['model']}" + (f"（返回 {returned}）" if returned else ""),
        "作答 " + "、".join(f"{name} {count} 题" for name, count in found["answered_by"].items()),
        f"版本 {found['version']}（代码 {found['code']}）",
        f"设置 {found['settings_hash']}",
        "题库 " + "、".join(item["file"] for item in found["questions"]),
        "报告 " + "、".join(f"{name}（{sha[:8]}）" for name, sha in found["reports"].items()),
    )
    return f'<h1>问报评测</h1><p class="facts">{escape("；".join(facts))}</p>'


def _cards(found: Mapping[str, Any]) -> str:
    overall, baseline = found["overall"], found["baseline"]["always_refuse"]
    shares = (_share_card(name, overall[key], baseline.get(key)) for key, name in METRICS.items())
    counts = (_card(name, str(overall[key]), "") for key, name in COUNTS.items())
    times, firsts = (" / ".join(map(milliseconds, overall[key].values())) for key in ("latency_ms", "first_token_ms"))
    tokens = " / ".join(map(str, overall["tokens"].values()))
    rest = (
        _card("用时 p50 / p95", times, "毫秒"),
        _card("首字 p50 / p95", firsts, "毫秒"),
        _card("token 输入 / 输出", tokens, ""),
        _card("费用", cost(overall), f"有价格的回答 {overall['cost']['n']}"),
        _card("题数", str(overall["n"]), f"可答 {overall['answerable']}，不可答 {overall['unanswerable']}"),
    )
    return f'<h2>总体</h2><div class="cards">{"".join((*shares, *counts, *rest))}</div>'


def _share_card(name: str, share: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> str:
    lines = [f"{share['count']} / {share['n']}"]
    if share["value"] is not None:
        lines.append(f"95% 区间 {percent(share['low'])}–{percent(share['high'])}")
    if baseline and baseline["value"] is not None:
        lines.append(f"一律拒答：{percent(baseline['value'])}")
    return _card(name, percent(share["value"]), *lines)


def _card(name: str, value: str, *lines: str) -> str:
    notes = "".join(f"<span>{escape(line)}</span>" for line in lines if line)
    return f'<div class="card"><span>{escape(name)}</span><b>{escape(value)}</b>{notes}</div>'


def _chart(found: Mapping[str, Any]) -> str:
    rows = [("全部", "", found["overall"])]
    rows += [(TYPE_NAMES[kind], kind, figures) for kind, figures in found["by_type"].items()]
    bars = "".join(_bar(label, kind, figures, at * ROW_HEIGHT) for at, (label, kind, figures) in enumerate(rows))
    size = f"0 0 {LABEL_WIDTH + BAR_WIDTH + 60} {len(rows) * ROW_HEIGHT}"
    legend = "".join(
        f'<span class="tags"><i class="dot {bucket.value}"></i>{name}　</span>' for bucket, name in BUCKETS.items()
    )
    return (
        f'<h2>各类题的结果</h2><div class="panel"><svg viewBox="{size}" role="img" aria-label="各类题的结果">'
        f"{bars}</svg><div>{legend}</div></div>"
    )


def _bar(label: str, kind: str, figures: Mapping[str, Any], top: int) -> str:
    left, parts = float(LABEL_WIDTH), [f'<text x="0" y="{top + 15}">{escape(label)}</text>']
    for bucket, name in BUCKETS.items():
        count = figures["buckets"][bucket.value]
        width = BAR_WIDTH * count / figures["n"]
        if count:
            parts.append(
                f'<rect class="{bucket.value}" data-bucket="{bucket.value}" data-type="{escape(kind)}" x="{left:.1f}" '
                f'y="{top}" width="{width:.1f}" height="{BAR_HEIGHT}"><title>{escape(label)} {name} {count}</title></rect>'
            )
        if count and width >= MIN_LABELLED:
            parts.append(f'<text class="inside" x="{left + 5:.1f}" y="{top + 14}">{count}</text>')
        left += width
    parts.append(f'<text x="{LABEL_WIDTH + BAR_WIDTH + 8}" y="{top + 15}">{figures["n"]} 题</text>')
    return "".join(parts)


def _groups(found: Mapping[str, Any]) -> str:
    head, *rows = ([escape(cell) for cell in row] for row in groups_to_rows(found))
    body = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows)
    notes = "".join(f"<li>{escape(note)}</li>" for note in worst_to_notes(found))
    return (
        f'<h2>按题型和报告</h2><div class="panel"><table><tr><th>{"</th><th>".join(head)}</th></tr>{body}</table>'
        f'<p class="soft">最差的报告</p><ul class="soft">{notes}</ul></div>'
    )


def _causes(causes: Mapping[str, int]) -> str:
    if not causes:
        return ""
    rows = "".join(f"<tr><td>{escape(cause)}</td><td>{count}</td></tr>" for cause, count in causes.items())
    return f'<h2>没答对的原因</h2><div class="panel"><table><tr><th>原因</th><th>题数</th></tr>{rows}</table></div>'


def _filters(results: Sequence[Result]) -> str:
    buckets = {result.score.bucket for result in results}
    kinds = {result.case.type for result in results}
    causes = dict.fromkeys(result.cause for result in results if result.cause)
    rows = (
        ("结果", [("bucket", b.value, BUCKETS[b]) for b in Bucket if b in buckets]),
        ("题型", [("type", kind, name) for kind, name in TYPE_NAMES.items() if kind in kinds]),
        ("原因", [("cause", cause.value, cause.value) for cause in causes]),
    )
    chips = "".join(
        f'<div><span class="name">{name}</span>{"".join(_chip(*chip) for chip in row)}</div>'
        for name, row in rows
        if row
    )
    return (
        f'<h2>每一题</h2><div class="filters">{chips}<div><span class="name">查找</span>'
        '<input id="search" type="search" aria-label="查找" placeholder="问题、回答、编号">'
        '<button id="clear" type="button">清除筛选</button><span id="shown" class="soft"></span></div></div>'
    )


def _chip(key: str, value: str, name: str) -> str:
    dot = f'<i class="dot {value}"></i>' if key == "bucket" else ""
    return (
        f'<button type="button" data-key="{key}" data-value="{escape(value)}" aria-pressed="false">'
        f"{dot}{escape(name)}</button>"
    )
