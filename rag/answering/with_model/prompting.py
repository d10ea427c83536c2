"""Evidence → the messages a model is asked with, and what the ids in them stand for.

The same function serves a live question and an exported batch, so both send the same characters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from rag.answering.with_model.disputing import disputes_to_text, evidence_to_disputes, with_disputed
from rag.answering.with_model.numbering import Numbered, number_figures, passage_to_text
from rag.answering.with_model.plaintext import as_data
from rag.answering.with_model.prompts import ANSWER, load_prompt, render_prompt
from rag.figures.entries import figures_of
from rag.language.numbers import find_numbers
from rag.language.text import matching_key
from rag.ports import ChatModel
from rag.records import Contradiction, Evidence, Figure, Message, Number, Passage, Report, Table, Turn
from rag.retrieval.relevance import evidence_to_relevance
from rag.structure.passages import recognised_within

SHARES = (1_600, 900, 600, 450, 350)
"""Tokens that the best passage may take, the second, …, and every further one; what one leaves goes to tables behind it."""
TARGET_TOKENS = 6_000
"""What the messages take at most where the model could read more: what is asked stands first, or is asked for."""
REPEATED_SHARE, MIN_KEY = 0.8, 4
"""Share of a passage's sentences that are given already, and characters from which on a sentence counts."""
_PART_END = re.compile(r"[。；;，,\t|｜]|\n(?=#|[（(]?[一二三四五六七八九十\d]+[、.）)])")
MAX_TURNS, MAX_TURN_LENGTH = 6, 300
MAX_TITLES, MAX_CONSTANTS = 6, 6
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
    """Every figure of the passages, those by which most of the question stands first."""
    tables: Mapping[str, Table]
    reports: Mapping[str, Report]
    disputes: tuple[Contradiction, ...]
    """Contradictions of the reports that the question bears on."""
    tokens: int
    """Of the messages, as counted."""
    constants: Mapping[str, Number] = field(default_factory=dict)
    """Numbers of the question by id (`Q1`)."""


def prompt_budget(model: ChatModel) -> int:
    """Tokens the messages may have so that the whole reply, and a second asking, still fit."""
    mending = min(MENDING_TOKENS, model.context_window // 8)
    room = model.context_window - model.max_output_tokens - OVERHEAD_TOKENS - mending
    return min(TARGET_TOKENS, max(MIN_BUDGET, room))


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

    The best passages go first and the least are cut to what bears most on the question, or left out; every figure of
    what is left has an id. The same arguments give the same characters. Contradictions kept with the reports are told
    of where the question bears on them.
    """
    disputes = evidence_to_disputes(evidence, contradictions)
    evidence = with_disputed(evidence, disputes)
    frame = _messages("", disputes_to_text(disputes, {}), evidence, reports, history)
    left = budget - sum(count_tokens(message.content) for message in frame)

    def held_by(passage: Passage) -> Sequence[Figure]:
        return figures_of(passage, tables.get(passage.table_id or ""), evidence.figures)

    def size_of(passage: Passage) -> int:
        numbered = number_figures([passage], {passage.id: held_by(passage)})
        return count_tokens(_block("P1", passage, reports, tables, numbered))

    passages = _fitting(evidence, left, size_of)
    figures = {passage.id: held_by(passage) for passage in passages.values()}
    numbered = number_figures(tuple(passages.values()), figures)
    blocks = (_block(identity, passage, reports, tables, numbered) for identity, passage in passages.items())
    text = "\n\n".join(blocks) or "（没有检索到相关段落）"
    messages = _messages(text, disputes_to_text(disputes, numbered.figures), evidence, reports, history)
    size = sum(count_tokens(message.content) for message in messages)
    printed = _ranked(passages, figures, evidence)
    return AnswerPrompt(
        messages,
        evidence,
        passages,
        numbered.figures,
        printed,
        tables,
        reports,
        disputes,
        size,
        question_constants(evidence),
    )


def _messages(
    passages: str, disputes: str, evidence: Evidence, reports: Mapping[str, Report], history: Sequence[Turn]
) -> tuple[Message, ...]:
    values = {
        "passages": passages,
        "disputes": disputes,
        "history": history_text(history),
        "question": _question(evidence),
        "constants": _constants_text(question_constants(evidence)),
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


def question_constants(evidence: Evidence) -> dict[str, Number]:
    """The numbers of a question by id (`Q1`): they may be computed with."""
    found = find_numbers(evidence.query.question)
    return {f"Q{n}": number for n, number in enumerate(found[:MAX_CONSTANTS], start=1)}


def _constants_text(constants: Mapping[str, Number]) -> str:
    said = "，".join(f"{name} = {as_data(number.text.strip())}" for name, number in constants.items())
    return f"（问题里的数：{said}）\n" if said else ""


def _searched(evidence: Evidence, reports: Mapping[str, Report]) -> str:
    known = [reports[identity] for identity in evidence.query.report_ids if identity in reports]
    titles = "、".join(f"《{as_data(report.title)}》" for report in known[:MAX_TITLES])
    more = f"等 {len(known)} 份报告" if len(known) > MAX_TITLES else ""
    absent = "、".join(map(as_data, evidence.query.unknown_colleges))
    return (titles + more or "（没有报告）") + (f"。没有收录{absent}的报告" if absent else "")


def _fitting(evidence: Evidence, budget: int, size_of: Callable[[Passage], int]) -> dict[str, Passage]:
    """The passages by id, best first, as many as the budget holds; one that is too long is cut around its focus.

    What an earlier passage holds already is not given again.
    """
    kept: dict[str, Passage] = {}
    taken, allotted = 0, SHARES[0]
    said: dict[str, set[str]] = {}
    for whole in evidence.passages:
        passage = _unseen(whole, kept.values())
        others = set[str]().union(*(keys for report, keys in said.items() if report != whole.report_id))
        if passage is None or _is_repeated(passage, others):
            continue
        share, left = SHARES[min(len(kept), len(SHARES) - 1)], min(SHARES[0], allotted - taken)
        granted = min(budget - taken, max(share, left) if passage.table_id else share)
        if size_of(passage) > granted:
            cut = _around_focus(passage, granted, size_of) or _around_focus(
                passage, budget - taken, size_of, is_least=True
            )
            if cut is None:
                continue
            passage = cut
        kept[f"P{len(kept) + 1}"] = passage
        said.setdefault(passage.report_id, set()).update(_sentence_keys(passage))
        taken += size_of(passage)
        allotted += SHARES[min(len(kept), len(SHARES) - 1)]
    return kept


def _is_repeated(passage: Passage, others: Set[str]) -> bool:
    """Whether other reports' passages say nearly all of it: of one report in two formats one is enough."""
    keys = _sentence_keys(passage)
    return bool(keys) and len(keys & others) >= REPEATED_SHARE * len(keys)


def _sentence_keys(passage: Passage) -> set[str]:
    """The sentences and cells of a passage that say something, however they are spaced and broken."""
    keys = (matching_key(part) for part in _PART_END.split(passage.text))
    return {key for key in keys if len(key) >= MIN_KEY}


def _unseen(passage: Passage, kept: Iterable[Passage]) -> Passage | None:
    """What of a passage no kept one holds: the longer side of what overlaps; None where nothing is left."""
    start, end = passage.start, passage.end
    for other in kept:
        if other.section_id != passage.section_id or other.end <= start or end <= other.start:
            continue
        before, behind = (start, min(end, other.start)), (max(start, other.end), end)
        start, end = max(before, behind, key=lambda span: span[1] - span[0])
        if start >= end:
            return None
    is_whole = (start, end) == (passage.start, passage.end)
    return passage if is_whole else _part(passage, start - passage.start, end - passage.start)


def _around_focus(
    passage: Passage, budget: int, size_of: Callable[[Passage], int], *, is_least: bool = False
) -> Passage | None:
    """The passage's lines around its focus that the budget holds, or with `is_least` those of the focus alone.

    None where it does not hold those of the focus.
    """
    text = passage.text
    start = text.rfind("\n", 0, passage.focus_start) + 1
    end = (text.find("\n", passage.focus_end) + 1) or len(text)
    if size_of(_part(passage, start, end)) > budget:
        return None
    while not is_least:
        low = text.rfind("\n", 0, max(start - 1, 0)) + 1 if start else 0
        high = (text.find("\n", end) + 1) or len(text)
        if low < start and size_of(_part(passage, low, end)) <= budget:
            start = low
        elif high > end and size_of(_part(passage, start, high)) <= budget:
            end = high
        else:
            break
    return _part(passage, start, end)


def _part(passage: Passage, start: int, end: int) -> Passage:
    """A part of a passage as a passage of its own."""
    before = [mark for mark in passage.pages if mark.start <= start][-1:]
    marks = (replace(mark, start=max(0, mark.start - start)) for mark in passage.pages if start < mark.start < end)
    return replace(
        passage,
        id=f"{passage.section_id}:{passage.start + start}-{passage.start + end}",
        start=passage.start + start,
        end=passage.start + end,
        text=passage.text[start:end],
        focus_start=min(max(passage.focus_start, start), end) - start,
        focus_end=min(max(passage.focus_end, start), end) - start,
        pages=(*(replace(mark, start=0) for mark in before), *marks),
        recognised=recognised_within(passage.recognised, start, end),
    )


def _ranked(
    passages: Mapping[str, Passage], figures: Mapping[str, Sequence[Figure]], evidence: Evidence
) -> tuple[Figure, ...]:
    """The figures of the passages, those by which most of the question stands first."""
    relevance = evidence_to_relevance(evidence)
    ranked: list[tuple[float, int, bool, Figure]] = []
    for rank, passage in enumerate(passages.values()):
        for figure in figures[passage.id]:
            own = passage.text[figure.quote_start : figure.quote_end]
            filled = " ".join(figure.row.filled) if figure.row else ""
            cover = relevance.coverage(f"{own} {filled} {figure.before if figure.is_cell else ''}", figure.about)
            is_aside = figure.start >= passage.focus_end or figure.end <= passage.focus_start
            ranked.append((cover, rank, is_aside, figure))
    ranked.sort(key=lambda item: (-item[0], *item[1:3], item[3].start))
    return tuple(figure for *_, figure in ranked)


def _block(
    identity: str, passage: Passage, reports: Mapping[str, Report], tables: Mapping[str, Table], numbered: Numbered
) -> str:
    """A passage with what says where it stands."""
    report = reports.get(passage.report_id)
    facts = [f"《{report.title}》"] if report else [passage.report_id]
    if report and report.college and report.college not in report.title:
        facts.append(report.college)
    if report and report.year and str(report.year) not in report.title:
        facts.append(f"{report.year}年")
    facts.append(" › ".join(passage.path))
    if passage.page is not None:
        facts.append(f"第{passage.page}页")
    head = f"〔{identity}〕{as_data('｜'.join(filter(None, facts)))}"
    return f"{head}\n{passage_to_text(passage, tables.get(passage.table_id or ''), numbered)}"
