"""Evidence → the messages a model is asked with, and what the ids in them stand for.

The same function serves a live question and an exported batch, so both send the same characters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.answering.with_model.disputing import disputes_to_text, evidence_to_disputes, with_disputed
from rag.answering.with_model.plaintext import as_data
from rag.answering.with_model.prompts import ANSWER, load_prompt, render_prompt
from rag.figures.citing import written
from rag.figures.entries import figures_within
from rag.figures.extraction import passage_to_figures
from rag.gate.subject import clauses_before, tokens
from rag.language.numbers import find_scopes
from rag.ports import ChatModel
from rag.records import Contradiction, Evidence, Figure, Message, Passage, Report, Table, Turn
from rag.retrieval.relevance import evidence_to_relevance
from rag.structure.passages import recognised_within
from rag.structure.tables.joining import header_labels

MAX_FIGURES = 160
"""Candidate figures that are listed with ids."""
TEXT_SHARE = 0.7
"""Part of the budget that passages may take; what is left is for their figures."""
MAX_TURNS, MAX_TURN_LENGTH = 6, 300
MAX_TITLES = 6
LIST_HEAD = "可引用的数字："
MAX_SAID = 60
"""Characters of what a listed figure is said of."""
OVERHEAD_TOKENS = 64
"""What an endpoint adds around the messages."""
MENDING_TOKENS = 3_000
"""What a second asking, which tells the model what was wrong, adds."""
MIN_BUDGET = 1_000

CountTokens = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class AnswerPrompt:
    """The messages of a question, and what their ids stand for."""

    messages: tuple[Message, ...]
    evidence: Evidence
    passages: Mapping[str, Passage]
    """By id (`P3`)."""
    figures: Mapping[str, Figure]
    """By id (`F12`)."""
    printed: tuple[Figure, ...]
    """Every figure of the passages, those listed first."""
    tables: Mapping[str, Table]
    reports: Mapping[str, Report]
    disputes: tuple[Contradiction, ...]
    """Contradictions of the reports that the question bears on."""
    tokens: int
    """Of the messages, as counted."""


def prompt_budget(model: ChatModel) -> int:
    """Tokens the messages may have so that the whole reply, and a second asking, still fit."""
    mending = min(MENDING_TOKENS, model.context_window // 8)
    return max(MIN_BUDGET, model.context_window - model.max_output_tokens - OVERHEAD_TOKENS - mending)


def evidence_to_prompt(
    evidence: Evidence,
    reports: Mapping[str, Report],
    tables: Mapping[str, Table],
    history: Sequence[Turn],
    budget: int,
    count_tokens: CountTokens,
    contradictions: Sequence[Contradiction] = (),
) -> AnswerPrompt:
    """The messages that ask for an answer from this evidence, in at most `budget` tokens where that can be done.

    The best passages go first and the least are left out; of their figures those that stand by most of the question
    are listed. The same arguments give the same characters. Contradictions kept with the reports are told of where the
    question bears on them.
    """
    disputes = evidence_to_disputes(evidence, contradictions)
    evidence = with_disputed(evidence, disputes)
    frame = _messages("", disputes_to_text(disputes, {}), evidence, reports, history)
    left = budget - sum(count_tokens(message.content) for message in frame)
    passages = _fitting(evidence, reports, tables, int(left * TEXT_SHARE), count_tokens)
    listed = _listed(passages, evidence, tables)
    left -= sum(count_tokens(f"{text}\n{LIST_HEAD}\n\n") for text in _blocks(passages, reports, tables, {}))
    kept = _affordable(listed, left, count_tokens)
    named = [f for p in passages.values() for f in sorted(kept, key=lambda f: f.start) if f.passage is p]
    figures = {f"F{number}": figure for number, figure in enumerate(named, start=1)}
    text = "\n\n".join(_blocks(passages, reports, tables, figures)) or "（没有检索到相关段落）"
    messages = _messages(text, disputes_to_text(disputes, figures), evidence, reports, history)
    size = sum(count_tokens(message.content) for message in messages)
    return AnswerPrompt(messages, evidence, passages, figures, tuple(listed), tables, reports, disputes, size)


def _messages(
    passages: str, disputes: str, evidence: Evidence, reports: Mapping[str, Report], history: Sequence[Turn]
) -> tuple[Message, ...]:
    values = {
        "passages": passages,
        "disputes": disputes,
        "history": history_text(history),
        "question": _question(evidence),
        "searched": _searched(evidence, reports),
    }
    return render_prompt(load_prompt(ANSWER), values)


def history_text(history: Sequence[Turn]) -> str:
    """The last turns of a conversation as data, each cut to a bearable length."""
    lines = (
        f"{'用户' if turn.role == 'user' else '回答'}：{as_data(' '.join(turn.content.split()))[:MAX_TURN_LENGTH]}"
        for turn in history[-MAX_TURNS:]
        if turn.content.strip()
    )
    return "\n".join(lines) or "（没有）"


def _question(evidence: Evidence) -> str:
    query = evidence.query
    asked = as_data(query.question)
    return (
        asked
        if query.standalone == query.question
        else f"{asked}\n（承接上文，完整的意思是：{as_data(query.standalone)}）"
    )


def _searched(evidence: Evidence, reports: Mapping[str, Report]) -> str:
    known = [reports[identity] for identity in evidence.query.report_ids if identity in reports]
    titles = "、".join(f"《{as_data(report.title)}》" for report in known[:MAX_TITLES])
    more = f"等 {len(known)} 份报告" if len(known) > MAX_TITLES else ""
    absent = "、".join(map(as_data, evidence.query.unknown_colleges))
    return (titles + more or "（没有报告）") + (f"。没有收录{absent}的报告" if absent else "")


def _fitting(
    evidence: Evidence, reports: Mapping[str, Report], tables: Mapping[str, Table], budget: int, count: CountTokens
) -> dict[str, Passage]:
    """The passages by id, best first, as many as the budget holds; one that is too long is cut around its focus."""
    kept: dict[str, Passage] = {}
    for passage in evidence.passages:
        identity = f"P{len(kept) + 1}"
        size = count(_block(identity, passage, reports, tables))
        if size > budget:
            head = count(_block(identity, replace(passage, text=""), reports, tables))
            cut = _around_focus(passage, budget - head, count)
            if cut is None:
                continue
            passage, size = cut, count(_block(identity, cut, reports, tables))
        kept[identity] = passage
        budget -= size
    return kept


def _around_focus(passage: Passage, budget: int, count: CountTokens) -> Passage | None:
    """The passage's lines around its focus that the budget holds; None where it does not hold those of the focus."""
    text = passage.text
    start = text.rfind("\n", 0, passage.focus_start) + 1
    end = (text.find("\n", passage.focus_end) + 1) or len(text)
    if count(text[start:end]) > budget:
        return None
    while True:
        low = text.rfind("\n", 0, max(start - 1, 0)) + 1 if start else 0
        high = (text.find("\n", end) + 1) or len(text)
        if low < start and count(text[low:end]) <= budget:
            start = low
        elif high > end and count(text[start:high]) <= budget:
            end = high
        else:
            return _part(passage, start, end)


def _part(passage: Passage, start: int, end: int) -> Passage:
    """A part of a passage as a passage of its own."""
    before = [mark for mark in passage.pages if mark.start <= start][-1:]
    marks = [replace(mark, start=max(0, mark.start - start)) for mark in passage.pages if start < mark.start < end]
    return replace(
        passage,
        id=f"{passage.section_id}:{passage.start + start}-{passage.start + end}",
        start=passage.start + start,
        end=passage.start + end,
        text=passage.text[start:end],
        focus_start=passage.focus_start - start,
        focus_end=min(passage.focus_end, end) - start,
        pages=(*(replace(mark, start=0) for mark in before), *marks),
        recognised=recognised_within(passage.recognised, start, end),
    )


def _listed(passages: Mapping[str, Passage], evidence: Evidence, tables: Mapping[str, Table]) -> list[Figure]:
    """The figures of the passages, those by which most of the question stands first."""
    relevance = evidence_to_relevance(evidence)
    ranked: list[tuple[float, int, bool, Figure]] = []
    for rank, passage in enumerate(passages.values()):
        # a passage that only a contradiction brings is read here
        known = figures_within(passage, evidence.figures)
        for figure in known or passage_to_figures(passage, tables.get(passage.table_id or "")):
            own = passage.text[figure.quote_start : figure.quote_end]
            filled = " ".join(figure.row.filled) if figure.row else ""
            cover = relevance.coverage(f"{own} {filled} {figure.before if figure.is_cell else ''}", figure.about)
            is_aside = figure.start >= passage.focus_end or figure.end <= passage.focus_start
            ranked.append((cover, rank, is_aside, figure))
    ranked.sort(key=lambda item: (-item[0], *item[1:3], item[3].start))
    return [figure for *_, figure in ranked]


def _affordable(figures: Sequence[Figure], budget: int, count: CountTokens) -> list[Figure]:
    kept: list[Figure] = []
    for figure in figures[:MAX_FIGURES]:
        budget -= count(_figure_line(f"F{MAX_FIGURES}", figure)) + 1
        if budget < 0:
            break
        kept.append(figure)
    return kept


def _blocks(
    passages: Mapping[str, Passage],
    reports: Mapping[str, Report],
    tables: Mapping[str, Table],
    figures: Mapping[str, Figure],
) -> list[str]:
    blocks = []
    for identity, passage in passages.items():
        lines = [_figure_line(name, figure) for name, figure in figures.items() if figure.passage is passage]
        block = _block(identity, passage, reports, tables)
        blocks.append("\n".join([block, LIST_HEAD, *lines]) if lines else block)
    return blocks


def _block(identity: str, passage: Passage, reports: Mapping[str, Report], tables: Mapping[str, Table]) -> str:
    """A passage with what says where it stands."""
    report, table = reports.get(passage.report_id), tables.get(passage.table_id or "")
    facts = [f"《{report.title}》", report.college, report.kind.value] if report else [passage.report_id]
    if report and report.year:
        facts.append(f"{report.year}年")
    facts.append(f"章节：{' › '.join(passage.path)}")
    if passage.page is not None:
        facts.append(f"第{passage.page}页")
    lines = [f"〔{identity}〕{as_data('｜'.join(filter(None, facts)))}"]
    if table:
        labels = header_labels(table.rows, table.header_rows)
        caption = " ".join(filter(None, [table.caption, table.unit]))
        lines += [as_data(f"表：{caption}")] if caption else []
        lines += [as_data(f"表头：{' | '.join(labels)}")] if any(labels) else []
    return "\n".join([*lines, as_data(passage.text.strip("\n"))])


def _figure_line(identity: str, figure: Figure) -> str:
    """`F12 = 96.12%｜what it is said of｜its year`."""
    said = as_data(" ".join(_said_of(figure).split()))[-MAX_SAID:]
    text = f"{figure.near} {figure.before} {figure.about}" if figure.is_cell else figure.before
    scopes = [scope.text for scope in find_scopes(text) if scope.kind != "enrolment"][-1:]
    own = [as_data(scope) for scope in scopes if scope not in said]
    return "｜".join(filter(None, [f"{identity} = {as_data(written(figure))}", said, *own]))


def _said_of(figure: Figure) -> str:
    """Row and column of a cell; the clause of a figure in running text, with the one before where it says nothing."""
    if figure.is_cell:
        return " ".join(filter(None, [figure.near, figure.before]))
    if tokens(figure.near):
        return figure.near
    start = len(figure.before)
    return " ".join(clauses_before(f"{figure.before}{figure.number.text}", start, start + len(figure.number.text))[:2])
