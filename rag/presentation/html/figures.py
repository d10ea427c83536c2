"""The asked figures of an answer → what stands under its words (pure): what each covers, how it was computed, disputes.

One figure is a line, several are a table. Every text of a report stands in the HTML as plain characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape

from rag.presentation.asked_figures import Told
from rag.presentation.json_and_text import cautions
from rag.records import VerifiedAnswer

COMPUTED, DISPUTED, CAUTION = "计算得出", "数字不一致", "请核对"
_MARKER = re.compile(r"\[(\d{1,3})\]")

Marker = Callable[[int], str]
"""The mark of a citation, as HTML."""


def facts_html(told: Sequence[Told], marker: Marker) -> str:
    """What is to be known of the asked figures; empty where the answer, or its notice of a dispute, says it all."""
    if len(told) > 1 and all(one.is_disputed for one in told):
        return ""
    if len(told) > 1:
        return _table(told, marker)
    return "".join(_facts(one, marker) for one in told)


def removed_html(answer: VerifiedAnswer) -> str:
    """What was taken out of the answer, and what its reader must know of how it came about."""
    parts = []
    if answer.unsupported:
        figures = "、".join(f"<s>{escape(text)}</s>" for text in answer.unsupported)
        parts.append(f'<span class="wb-badge">已删去</span>报告里核实不了的数字：{figures}')
    if answer.notice:
        parts.append(f'<span class="wb-badge">注意</span>{escape(answer.notice)}')
    return "".join(f'<div class="wb-notice wb-removed">{part}</div>' for part in parts)


def cautions_html(answer: VerifiedAnswer) -> str:
    """The figures that may not be what the answer says of them, each with its report's own words."""
    lines = "".join(f"<div>{escape(line)}</div>" for line in cautions(answer))
    return f'<div class="wb-notice wb-caution"><span class="wb-badge">{CAUTION}</span>{lines}</div>' if lines else ""


def _facts(one: Told, marker: Marker) -> str:
    """Scope and badges of a single figure, in a line."""
    scope = f'<span class="wb-scope">口径：{escape(one.figure.scope)}</span>' if one.figure.scope else ""
    line = "".join([*_badges(one), scope, _formula(one, marker)])
    return f'<p class="wb-facts">{line}</p>' if line else ""


def _table(told: Sequence[Told], marker: Marker) -> str:
    columns = [
        ("单位", [escape(one.whose) for one in told]),
        ("说明", [escape(one.about) for one in told]),
        ("数字", [_figure(one, marker) for one in told]),
        ("口径", [escape(one.figure.scope) for one in told]),
        ("算式", [_formula(one, marker) for one in told]),
    ]
    told_apart = len({one.whose for one in told}) > 1
    shown = [(name, cells) for name, cells in columns if any(cells) and (name != "单位" or told_apart)]
    head = "".join(f"<th>{name}</th>" for name, _ in shown)
    rows = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in zip(*(c for _, c in shown), strict=True)
    )
    table = f'<div class="wb-table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    return f'<div class="wb-figures">{table}<a class="wb-copy" href="#copy" role="button">复制表格</a></div>'


def _figure(one: Told, marker: Marker) -> str:
    return "".join([f"<strong>{escape(one.figure.text)}</strong>", *map(marker, one.figure.citations), *_badges(one)])


def _badges(one: Told) -> list[str]:
    badges = [COMPUTED] * (one.figure.kind == "computed") + [DISPUTED] * one.is_disputed
    badges += [CAUTION] * bool(one.figure.caution)
    return [f'<span class="wb-badge">{badge}</span>' for badge in badges]


def _formula(one: Told, marker: Marker) -> str:
    """The formula, its citations as marks."""
    if not one.figure.formula:
        return ""
    pieces = _MARKER.split(one.figure.formula)
    cited = set(one.figure.citations)
    shown = [
        (marker(int(piece)) if int(piece) in cited else f"[{piece}]") if at % 2 else escape(piece)
        for at, piece in enumerate(pieces)
    ]
    return f'<span class="wb-formula">{"".join(shown)}</span>'
