"""The risk-coverage curve of a run as a picture (SVG). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evals.labels import percent

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 560, 220, 60, 12, 34
"""Of the picture and its margins, in pixels."""
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def curve_html(points: Sequence[Mapping[str, float]], overall: Mapping[str, Any]) -> str:
    """The curve with the point where this run answered; nothing where no answer tells its chance."""
    if not points:
        return ""
    steps = [f"{x(point['coverage']):.1f},{y(point['risk']):.1f}" for point in points]
    marks = "".join(
        f'<circle class="curve" cx="{x(point["coverage"]):.1f}" cy="{y(point["risk"]):.1f}" r="2"><title>{_told(point)}'
        "</title></circle>"
        for point in points
    )
    precision = overall["precision"]
    told = (
        f"这次作答了 {precision['n']} 题（{percent(precision['n'] / overall['n'])}），其中错 "
        f"{percent(None if precision['value'] is None else 1 - precision['value'])}。"
    )
    return (
        '<h2>风险与覆盖</h2><div class="panel">'
        f'<svg viewBox="0 0 {LEFT + WIDTH + 60} {TOP + HEIGHT + BOTTOM}" role="img" aria-label="风险与覆盖">{_axes()}'
        f'<polyline class="line" points="{" ".join(steps)}"/>{marks}</svg>'
        '<p class="soft">假如只在把握不低于某个值时给出第一个数字：横轴是给出数字的题占全部题的比例，'
        f"纵轴是其中不对的比例。{told}</p></div>"
    )


def x(coverage: float) -> float:
    """Where a share of all questions lies, in pixels."""
    return LEFT + coverage * WIDTH


def y(risk: float) -> float:
    """Where a share of wrong figures lies, in pixels."""
    return TOP + (1 - risk) * HEIGHT


def _axes() -> str:
    across = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{LEFT + WIDTH}" y1="{y(tick):.0f}" y2="{y(tick):.0f}"/>'
        f'<text x="{LEFT - 44}" y="{y(tick) + 4:.0f}">{percent(tick)}</text>'
        for tick in TICKS
    )
    below = "".join(f'<text x="{x(tick) - 18:.0f}" y="{TOP + HEIGHT + 20}">{percent(tick)}</text>' for tick in TICKS)
    return across + below


def _told(point: Mapping[str, float]) -> str:
    return f"把握 ≥ {percent(point['chance'])}：给出 {percent(point['coverage'])}，其中不对 {percent(point['risk'])}"
