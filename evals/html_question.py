"""One question of a run as HTML: answer, gold, citations, retrieved passages. Pure; all text escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from evals.cases import Case
from evals.labels import BUCKETS, TYPE_NAMES
from evals.reply import Place, Reply, UnreadableReplyError, line_to_reply
from evals.scoring import JudgedFigure, Verdict, holders
from evals.summary import Result
from rag.language.numbers import format_decimal
from rag.language.text import find_quote

_VERDICTS = {
    Verdict.GOLD: "对",
    Verdict.OPERAND: "算式中的数",
    Verdict.UNIT: "单位不对",
    Verdict.EXTRA: "不是所问",
    Verdict.CONTEXT: "旁及",
}
_MARKUP = re.compile(r"\*\*|\[\d{1,3}\]")


def question_html(result: Result) -> str:
    """A folded entry for a question, with what the filters look at in its data attributes."""
    case, score = result.case, result.score
    cause = result.cause.value if result.cause else ""
    try:
        parts = _answered(result, line_to_reply(result.line))
    except UnreadableReplyError as error:
        parts = f'<h3>回答</h3><div class="answer">{escape(str(error))}</div>{_gold(result)}'
    tags = " · ".join(filter(None, (case.id, TYPE_NAMES[case.type], cause)))
    return (
        f'<details class="question" data-bucket="{score.bucket.value}" data-type="{case.type}" '
        f'data-cause="{escape(cause)}"><summary><span class="badge {score.bucket.value}">{BUCKETS[score.bucket]}</span>'
        f'<span>{escape(case.question)}</span><span class="tags">{escape(tags)}</span></summary>'
        f'<div class="inner">{_history(case)}{_notice(result)}{parts}</div></details>'
    )


def _answered(result: Result, reply: Reply) -> str:
    citations = "".join(_citation(place, result.case) for place in reply.citations)
    removed = f'<p class="soft">被拦下的数字：{escape("、".join(reply.unsupported))}</p>' if reply.unsupported else ""
    return (
        f'<h3>回答</h3><div class="answer">{answer_html(reply.text, result.score.figures)}</div>{removed}'
        f"{_legend(result)}{_gold(result)}"
        + (f"<h3>引文</h3>{citations}" if citations else "")
        + _retrieved(reply.retrieved, result.case)
    )


def answer_html(text: str, figures: Sequence[JudgedFigure]) -> str:
    """An answer's Markdown with its bold, its citation numbers, and each figure coloured by its verdict."""
    pieces: list[str] = []
    at, is_bold = 0, False
    marks = [(match.start(), match.end(), None) for match in _MARKUP.finditer(text)]
    spans = sorted([*marks, *((figure.start, figure.end, figure) for figure in figures)], key=lambda span: span[:2])
    for start, end, figure in spans:
        if start < at:
            continue
        pieces.append(escape(text[at:start]))
        if figure is not None:
            kind = figure.verdict
            pieces.append(
                f'<span class="figure v-{kind.value}" title="{_VERDICTS[kind]}">{escape(text[start:end])}</span>'
            )
        elif text[start] == "[":
            pieces.append(f"<sup>{escape(text[start:end])}</sup>")
        else:
            is_bold = not is_bold
            pieces.append("<strong>" if is_bold else "</strong>")
        at = end
    return "".join(pieces) + escape(text[at:]) + ("</strong>" if is_bold else "")


def _notice(result: Result) -> str:
    notice = result.line.get("notice")
    return f'<p class="soft">{escape(str(notice))}</p>' if notice else ""


def _legend(result: Result) -> str:
    kinds = dict.fromkeys(figure.verdict for figure in result.score.figures)
    marks = " ".join(f'<span class="figure v-{kind.value}">{_VERDICTS[kind]}</span>' for kind in kinds)
    return f'<p class="soft">{marks}</p>' if marks else ""


def _history(case: Case) -> str:
    turns = "".join(
        f"<li>{'问' if turn.role == 'user' else '答'}：{escape(turn.content)}</li>" for turn in case.history
    )
    return f"<h3>此前的对话</h3><ul>{turns}</ul>" if turns else ""


def _gold(result: Result) -> str:
    case, score = result.case, result.score
    golds = [f"{figure.about or '数字'}：{format_decimal(figure.value)}{figure.unit}" for figure in case.figures]
    found = [*score.figures_found, *score.names_found]
    found += [False] * (len(golds) + len(case.names) - len(found))
    items = "".join(
        f'<li class="{"met" if is_met else "missed"}">{escape(text)}</li>'
        for text, is_met in zip((*golds, *case.names), found, strict=True)
    )
    quotes = "".join(f"<blockquote>{escape(quote)}</blockquote>" for quote in case.evidence)
    pages = "；".join(f"{name} 第 {'、'.join(map(str, numbers))} 页" for name, numbers in case.pages.items())
    notes = "".join(f'<p class="soft">{escape(line)}</p>' for line in (pages, case.note) if line)
    return f"<h3>标准答案</h3>{f'<ul>{items}</ul>' if items else '<p>报告里没有答案，应当拒答。</p>'}{quotes}{notes}"


def _citation(place: Place, case: Case) -> str:
    holds = any(holders(quote, [place]) for quote in case.evidence)
    gold_pages = case.gold_pages(place.report)
    page = "" if place.page is None else f"第 {place.page} 页"
    if page and place.page_label and place.page_label != str(place.page):
        page += f"（印刷页码 {place.page_label}）"
    verdicts = ["含标准原文"] if holds else []
    if gold_pages and place.page is not None:
        verdicts.append("页码对" if place.page in gold_pages else "页码不在标准页")
    where = "，".join(
        filter(None, (f"《{place.title or place.report}》", " › ".join(place.section), place.table, page))
    )
    return (
        f"<p>[{place.number}] {escape(where)} <span class='soft'>{escape('；'.join(verdicts))}</span></p>"
        f"<blockquote>{escape(place.quote)}</blockquote>"
        f"<details><summary class='soft'>整段原文</summary>{_passage(place.text, case)}</details>"
    )


def _retrieved(places: Sequence[Place], case: Case) -> str:
    rows = "".join(
        f"<details><summary class='soft'>{rank}. {escape(_place_line(place))}"
        f"{' ✓' if any(holders(quote, [place]) for quote in case.evidence) else ''}</summary>"
        f"{_passage(place.text, case)}</details>"
        for rank, place in enumerate(places, start=1)
    )
    return f"<h3>检索到的段落（✓ 含标准原文）</h3>{rows}" if rows else ""


def _place_line(place: Place) -> str:
    page = "" if place.page is None else f"第 {place.page} 页"
    return "，".join(filter(None, (place.report, " › ".join(place.section), page)))


def _passage(text: str, case: Case) -> str:
    spans = sorted(span for quote in case.evidence if (span := find_quote(text, quote)) is not None)
    pieces, at = [], 0
    for start, end in spans:
        if start >= at:
            pieces.append(f"{escape(text[at:start])}<mark>{escape(text[start:end])}</mark>")
            at = end
    return f'<div class="passage">{"".join(pieces)}{escape(text[at:])}</div>'
