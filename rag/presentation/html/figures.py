"""The asked figures of an answer → what stands under its words (pure): what each covers, how it was computed, disputes.

One figure is a line, several are a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from markupsafe import Markup

from rag.presentation.asked_figures import Told
from rag.presentation.html.elements import badge, element, elements, grid, if_any
from rag.presentation.json_and_text import cautions
from rag.records import VerifiedAnswer

COMPUTED, DISPUTED, CAUTION = "计算得出", "数字不一致", "请核对"
_MARKER = re.compile(r"\[(\d{1,3})\]")

Marker = Callable[[int], Markup]
"""The mark of a citation."""


def facts_html(told: Sequence[Told], marker: Marker) -> str:
    """What is to be known of the asked figures; empty where the answer, or its notice of a dispute, says it all."""
    if len(told) > 1 and all(one.is_disputed for one in told):
        return ""
    if len(told) > 1:
        return _table(told, marker)
    return Markup().join(_facts(one, marker) for one in told)


def removed_html(answer: VerifiedAnswer) -> str:
    """What was taken out of the answer, and what its reader must know of how it came about."""
    parts = []
    if answer.unsupported:
        figures = Markup("、").join(element("s", text) for text in answer.unsupported)
        parts.append(badge("已删去") + "报告里核实不了的数字：" + figures)
    if answer.notice:
        parts.append(badge("注意") + answer.notice)
    return elements("div.wb-notice.wb-removed", parts)


def cautions_html(answer: VerifiedAnswer) -> str:
    """The figures that may not be what the answer says of them, each with its report's own words."""
    lines = elements("div", cautions(answer))
    return element("div.wb-notice.wb-caution", badge(CAUTION), lines) if lines else ""


def _facts(one: Told, marker: Marker) -> Markup:
    """Scope and badges of a single figure, in a line; a caution has a box of its own."""
    scope = if_any("span.wb-scope", one.figure.scope and f"口径：{one.figure.scope}")
    return if_any("p.wb-facts", _badges(one) + scope + _formula(one, marker))


def _table(told: Sequence[Told], marker: Marker) -> Markup:
    columns: list[tuple[str, list[str]]] = [
        ("单位", [one.whose for one in told]),
        ("说明", [one.about for one in told]),
        ("数字", [_figure(one, marker) for one in told]),
        ("口径", [one.figure.scope for one in told]),
        ("算式", [_formula(one, marker) for one in told]),
    ]
    told_apart = len({one.whose for one in told}) > 1
    shown = [(name, cells) for name, cells in columns if any(cells) and (name != "单位" or told_apart)]
    table = grid((name for name, _ in shown), zip(*(cells for _, cells in shown), strict=True))
    return element("div.wb-figures", table, element("a.wb-copy", "复制表格", href="#copy", role="button"))


def _figure(one: Told, marker: Marker) -> Markup:
    marks = Markup().join(map(marker, one.figure.citations))
    return element("strong", one.figure.text) + marks + _badges(one) + (badge(CAUTION) if one.figure.caution else "")


def _badges(one: Told) -> Markup:
    badges = [COMPUTED] * (one.figure.kind == "computed") + [DISPUTED] * one.is_disputed
    return Markup().join(map(badge, badges))


def _formula(one: Told, marker: Marker) -> Markup:
    """The formula, its citations as marks."""
    pieces = _MARKER.split(one.figure.formula or "")
    cited = set(one.figure.citations)
    shown = [
        (marker(int(piece)) if int(piece) in cited else f"[{piece}]") if at % 2 else piece
        for at, piece in enumerate(pieces)
    ]
    return if_any("span.wb-formula", Markup().join(shown))
