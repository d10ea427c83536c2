"""How often the answer changes when one question is put in other words: paraphrases, outcomes, flip rates. Pure but for reading."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from evals.cases import Case
from evals.reply import UnreadableReplyError, line_to_reply
from evals.results import score_lines
from evals.summary import Share, summarise
from rag.errors import UsageError
from rag.language.numbers.units import canonical, scaled
from rag.records import AnswerStatus, Number

PARAPHRASES = Path(__file__).with_name("paraphrases.jsonl")
SURE, UNSURE, NONE, FAILED = "肯定", "不确定", "没有", "失败"
OTHER = "肯定，但数字不同"
Measure = tuple[str, Decimal]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a reader takes away: sure of these figures, unsure, not there, or no answer at all."""

    kind: str
    figures: frozenset[Measure] = frozenset()


@dataclass(frozen=True, slots=True)
class Flips:
    """How one question ends, and how those of its other wordings do that end otherwise."""

    id: str
    question: str
    outcome: str
    total: int
    flips: tuple[str, ...]


def read_paraphrases(path: Path) -> dict[str, tuple[str, ...]]:
    """Other wordings by question id, of lines `{"id", "paraphrases": […]}`. Raises UsageError naming file and line."""
    found: dict[str, tuple[str, ...]] = {}
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"读不了同义问法 {path}：请检查路径、权限和编码（UTF-8）。") from error
    for at, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            wordings = line["paraphrases"]
            if not wordings or not all(isinstance(one, str) and one.strip() for one in wordings):
                raise ValueError("paraphrases")
            found[str(line["id"])] = tuple(wordings)
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"同义问法 {path} 第 {at} 行：应是 {{“id”、“paraphrases”: [文字…]}}（{error}）。"
            ) from None
    return found


def with_paraphrases(cases: Iterable[Case], paraphrases: Mapping[str, Sequence[str]]) -> list[list[Case]]:
    """Each case that has other wordings, before the same case in each of them (`id~1` …)."""
    groups = [
        [case, *(replace(case, id=f"{case.id}~{n}", question=text) for n, text in enumerate(paraphrases[case.id], 1))]
        for case in cases
        if case.id in paraphrases
    ]
    if not groups:
        raise UsageError("这些题都没有同义问法，无从比较：请检查题库和 --paraphrases。")
    return groups


def line_to_outcome(line: Mapping[str, Any]) -> Outcome:
    """The outcome of one answer."""
    try:
        reply = line_to_reply(line)
    except UnreadableReplyError:
        return Outcome(FAILED)
    if reply.status is AnswerStatus.ANSWERED:
        return Outcome(SURE, frozenset(_measure(figure.number) for figure in reply.answer_figures))
    return Outcome(UNSURE if reply.candidates or line.get("certainty") == "unsure" else NONE)


def _measure(number: Number) -> Measure:
    scale, unit = canonical(number.unit)
    return unit.base, scaled(number.value * unit.factor, scale)


def flips_to_json(groups: Sequence[Sequence[Case]], lines: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """How many wordings end otherwise than the question itself, from what to what, and how good they are together."""
    items = [_flips(group, [line_to_outcome(lines[case.id]) for case in group]) for group in groups]
    total = sum(item.total for item in items)
    changes = Counter((item.outcome, end) for item in items for end in item.flips)
    reworded = summarise(score_lines([case for group in groups for case in group[1:]], lines))
    return {
        "flip_rate": Share(changes.total(), total).to_json(),
        "sure_of_another_figure": Share(sum(n for (_, end), n in changes.items() if end == OTHER), total).to_json(),
        "questions_that_flip": Share(sum(bool(item.flips) for item in items), len(items)).to_json(),
        **{key: reworded[key] for key in ("precision", "shown", "refusal", "correct")},
        "changes": [{"from": start, "to": end, "n": n} for (start, end), n in changes.most_common()],
        "items": [asdict(item) for item in items],
    }


def _flips(group: Sequence[Case], outcomes: Sequence[Outcome]) -> Flips:
    first = outcomes[0]
    ends = tuple(OTHER if end.kind == first.kind else end.kind for end in outcomes[1:] if end != first)
    return Flips(group[0].id, group[0].question, first.kind, len(group) - 1, ends)
