"""What a perfect and a sloppy model would reply to the prompts of a question set, its gold being known.

They see what a model sees, the messages, and nothing of the program's own values: a figure is found by its line in the
prompt, a passage by its label, and the reply is written in the format the prompt asks for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, permutations
from typing import Any
from zlib import crc32

from evals.cases import Case, GoldFigure
from evals.scoring import equals_gold
from rag.answering.with_model.prompting import history_text
from rag.arithmetic.expressions import ComputeError, evaluate
from rag.arithmetic.quantities import Operand
from rag.language.numbers import cell_number, find_numbers, find_scopes, unit_class
from rag.language.text import matching_key
from rag.records import Number

MAX_OPERANDS = 14
"""Figures of the evidence that expressions are tried over."""
MIN_WORD = 3
"""Characters a word must have at least, less one, to have its rows counted."""
HEADER_ROWS = 1
_QUESTION = re.compile(r"^问题：(.*)$", re.MULTILINE)
_HISTORY = re.compile(r"其中的数字不能当作依据）：\n(.*?)\n\n问题：", re.DOTALL)
_PASSAGE = re.compile(r"^〔(P\d+)〕(.*)$")
_FIGURE = re.compile(
    r"(?P<written>[约近超]?-?\d[\d.,/:：～—-]*(?:[^\s\d{}｜，。；、（）]{1,6})?)\{(?P<id>F\w+)[^{}]*\}"
)
_MARK = re.compile(r"\{F\w+[^{}]*\}")
_UNIT = re.compile(r"（([^（）]{1,6})）$")
_COLUMNS = "列："
_SAID_BEFORE = 30
"""Characters before a figure that tell what it is said of."""
_CHANGES = ("({0} - {1}) / {1} * 100", "({0} - {1}) / {0} * 100")
_EXPRESSIONS = ("{0} - {1}", "{0} / {1} * 100", *_CHANGES, "{0} / {1}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A figure as the prompt lists it."""

    id: str
    passage: str
    written: str
    said: str

    @property
    def number(self) -> Number | None:
        """What it reads as."""
        return next(iter(find_numbers(f"为{self.written}")), None) or cell_number(self.written)


@dataclass(frozen=True, slots=True)
class Seen:
    """A prompt as a model sees it."""

    question: str
    history: str
    passages: Mapping[str, str]
    """Text by id, head and listed figures aside."""
    figures: Sequence[Listed]


def prompt_to_seen(user: str) -> Seen:
    """What stands in the message that asks a question."""
    passages: dict[str, list[str]] = {}
    figures: list[Listed] = []
    current, columns = "", list[str]()
    for line in user.split("=====资料结束=====")[0].splitlines():
        if head := _PASSAGE.match(line):
            current, columns = head[1], []
            passages[current] = []
        elif current and line.startswith(_COLUMNS):
            columns = line.removeprefix(_COLUMNS).split("｜")
        elif current:
            figures += _line_figures(line, current, columns)
            passages[current].append(_MARK.sub("", line).replace("｜", "\t"))
    question, history = _QUESTION.search(user), _HISTORY.search(user)
    texts = {name: "\n".join(lines) for name, lines in passages.items()}
    return Seen(question[1] if question else "", history[1] if history else "", texts, figures)


def _place(figure: Listed) -> int:
    return int("".join(filter(str.isdigit, figure.id))[:4])


def _line_figures(line: str, passage: str, columns: Sequence[str]) -> list[Listed]:
    """The figures of a line of prose, or of a row under these columns."""
    cells = line.split("｜")
    if len(cells) != len(columns):
        matches = list(_FIGURE.finditer(line))
        said = [_MARK.sub("", line[: match.start()])[-_SAID_BEFORE:] for match in matches]
        return [
            Listed(match["id"], passage, match["written"], before) for match, before in zip(matches, said, strict=True)
        ]
    names = " ".join(cell for cell in cells if not _MARK.search(cell))
    found = []
    for cell, column in zip(cells, columns, strict=True):
        for match in _FIGURE.finditer(cell):
            unit = _UNIT.search(column)
            written = match["written"]
            ending = unit[1] if unit and unit[1] not in written else ""
            found.append(Listed(match["id"], passage, f"{written}{ending}", f"{names} {column[2:]}"))
    return found


@dataclass(frozen=True, slots=True)
class PerfectModel:
    """Replies with the gold of the case that is asked, as far as the prompt holds it."""

    cases: Sequence[Case]

    def __call__(self, body: Mapping[str, Any]) -> str:
        """The reply to a request's body."""
        messages = [str(message["content"]) for message in body["messages"]]
        seen = prompt_to_seen(messages[1])
        case = next((case for case in self.cases if _is_asked(case, seen)), None)
        if case is None:
            return json.dumps({"question": ""})
        return self.answer(case, seen, again=len(messages) > 2)

    def answer(self, case: Case, seen: Seen, *, again: bool) -> str:
        """The reply to a case; asked `again`, in the report's own words."""
        if not case.answerable:
            return _reply("资料里没有写。", "not_found")
        parts: list[str] = []
        computations: list[dict[str, str]] = []
        ids: list[str] = []
        for gold in case.figures:
            if (chosen := _listed(gold, case, seen)) is not None:
                ids.append(chosen.id)
                parts.append(f"{chosen.said if again else gold.about}为 **{{{chosen.id}}}**")
            elif (expression := _expression(gold, case, seen)) is not None:
                computations.append({"id": f"C{len(computations) + 1}", "expression": expression, "unit": gold.unit})
                parts.append(f"{gold.about}为 **{{C{len(computations)}}}**")
            elif (written := _in_text(gold, case, seen)) is not None:
                parts.append(f"{gold.about}为 **{written[0]}**[{written[1]}]")
            elif (counted := _count(gold, case, seen)) is not None:
                computations.append({"id": f"C{len(computations) + 1}", "expression": counted, "unit": gold.unit})
                parts.append(f"{gold.about}为 **{{C{len(computations)}}}**")
        parts += [f"**{name}**[{passage}]" for name in case.names if (passage := _named(name, case, seen))]
        if not parts:
            return _reply("资料里没有写。", "not_found")
        conflicts = (
            [{"about": case.figures[0].about, "figures": ids}] if case.type == "conflict" and len(ids) > 1 else []
        )
        return _reply("；".join(parts) + "。", computations=computations, conflicts=conflicts)


@dataclass(frozen=True, slots=True)
class SloppyModel:
    """Replies as the perfect one, but one figure in `every` is another one, or changed by a digit; asked again, it is too.

    Which figures those are depends on question and figure alone.
    """

    perfect: PerfectModel
    every: int = 5

    def __call__(self, body: Mapping[str, Any]) -> str:
        """The reply to a request's body."""
        reply = json.loads(self.perfect({"messages": body["messages"][:2]}))
        if "answer" not in reply:
            return json.dumps(reply)
        seen = prompt_to_seen(str(body["messages"][1]["content"]))
        reply["answer"] = re.sub(r"\{(F\d+)\}", lambda match: self._slip(match[1], seen), reply["answer"])
        return json.dumps(reply, ensure_ascii=False)

    def _slip(self, identity: str, seen: Seen) -> str:
        chosen = next(figure for figure in seen.figures if figure.id == identity)
        chance = crc32(f"{seen.question}{seen.history}{chosen.written}{chosen.said}".encode())
        if chance % self.every:
            return f"{{{identity}}}"
        others = [f for f in seen.figures if f.passage == chosen.passage and _unlike(f, chosen)]
        if others and chance % (2 * self.every):
            return f"{{{others[chance % len(others)].id}}}"
        digits = re.sub(r"\d", lambda match: str((int(match[0]) + 3) % 10), chosen.written, count=1)
        return f"{digits}[{chosen.passage}]"


def _unlike(one: Listed, other: Listed) -> bool:
    a, b = one.number, other.number
    return a is not None and b is not None and a.unit == b.unit and a.value != b.value


def _is_asked(case: Case, seen: Seen) -> bool:
    return " ".join(case.question.split()) == seen.question and history_text(case.history) == seen.history


def _listed(gold: GoldFigure, case: Case, seen: Seen) -> Listed | None:
    """The listed figure that is the gold one: of a passage with the evidence, and said of most of what gold is of."""
    equal = [figure for figure in seen.figures if figure.number and equals_gold(gold, figure.number, is_computed=False)]
    wanted = f"{gold.about} {case.question}"
    return max(equal, key=lambda f: (_holds(f, case, seen), _shared(wanted, f.said), -_place(f)), default=None)


def _holds(figure: Listed, case: Case, seen: Seen) -> int:
    """2 where a piece of evidence with this figure stands in its passage, 1 where any does."""
    text = matching_key(seen.passages[figure.passage])
    here = [quote for quote in case.evidence if matching_key(quote) in text]
    return 2 if any(_digits(figure) in matching_key(quote) for quote in here) else int(bool(here))


def _shared(one: str, other: str) -> float:
    """Share of the pairs of characters of the shorter text that both have."""
    pairs = [{key[i : i + 2] for i in range(len(key) - 1)} for key in map(matching_key, (one, other))]
    return len(pairs[0] & pairs[1]) / max(1, min(map(len, pairs)))


def _expression(gold: GoldFigure, case: Case, seen: Seen) -> str | None:
    """An expression over listed figures whose value is the gold one: the one of the case's note, or one that fits."""
    quotes = [matching_key(quote) for quote in case.evidence]
    near = [f for f in seen.figures if _holds(f, case, seen) and any(_digits(f) in quote for quote in quotes)]
    near.sort(key=lambda f: (-_holds(f, case, seen), -max(_shared(f.said, quote) for quote in case.evidence)))
    operands = {figure.id: Operand(figure.number, 1) for figure in near if figure.number}
    noted = _noted(case.note, [figure for figure in near if figure.id in operands])
    some = list(dict.fromkeys({(_digits(f), f.said): f.id for f in near[:MAX_OPERANDS] if f.id in operands}.values()))
    return next((text for text in (*noted, *_candidates(some)) if _gives(text, operands, gold)), None)


def _digits(figure: Listed) -> str:
    """Its digits as they are printed."""
    match = re.search(r"\d[\d.,，：:]*", figure.written)
    return matching_key(match[0]) if match else figure.written


def _noted(note: str, figures: Sequence[Listed]) -> Iterator[str]:
    """The formulas a note gives, each number the first listed figure of that value."""
    for formula in re.findall(r"([-+*/×÷().\d]+)=", note):
        ids, known = list(figures), True
        parts = re.split(r"(\d+(?:\.\d+)?)", formula.replace("*10000", ""))
        for at in range(1, len(parts), 2):
            match = next((f for f in ids if f.number and f.number.value == Decimal(parts[at])), None)
            known = known and (match is not None or parts[at] in ("100", str(len(parts) // 2)))
            if match is not None:
                ids.remove(match)
                parts[at] = match.id
        if known:
            yield "".join(parts)


def _candidates(ids: Sequence[str]) -> Iterator[str]:
    for pattern in _EXPRESSIONS:
        yield from (pattern.format(*pair) for pair in permutations(ids, 2))
    for count in range(len(ids), 1, -1):
        if count <= 6 or count == len(ids):
            for chosen in combinations(ids, count):
                total = " + ".join(chosen)
                yield total
                yield f"({total}) / {count}"
                yield from (f"({total}) / {whole} * 100" for whole in ids if whole not in chosen)
                yield from (f"{whole} - {' - '.join(chosen)}" for whole in ids if whole not in chosen)
    yield from (f"({a} - {b}) / {c} * 100" for a, b, c in permutations(ids, 3))
    yield from (f"{a} / {b} - {c} / {d}" for a, b, c, d in permutations(ids, 4) if len(ids) <= 6)


def _gives(expression: str, operands: Mapping[str, Operand], gold: GoldFigure) -> bool:
    try:
        found = find_numbers(evaluate(expression, operands).text)
    except ComputeError:
        return False
    each = [replace(n, unit=gold.unit) for n in found if n.unit == "倍" or n.unit.startswith(f"{gold.unit}/")]
    return len(found) == 1 and any(equals_gold(gold, number, is_computed=True) for number in [*found, *each])


def _count(gold: GoldFigure, case: Case, seen: Seen) -> str | None:
    """A count of a table's rows, of all or of those that hold words of the question, where there are as many."""
    for identity, text in seen.passages.items():
        rows = [line for line in text.splitlines() if "\t" in line]
        if gold.value <= 1 or unit_class(gold.unit) != "count" or not _has_evidence(text, case):
            continue
        words = {cell for row in rows for cell in row.split("\t") if len(cell) > 1}
        for word in sorted(words, key=lambda word: -_shared(case.question, word)):
            common = max(_common(case.question, word), _common(gold.about, word), key=len)
            held = sum(common in row for row in rows)
            # A cell merged over rows is printed once.
            if len(common) > MIN_WORD and (held == gold.value or (held == 1 and len(rows) - HEADER_ROWS > gold.value)):
                return f"COUNT({identity}, {common})"
        if len(rows) - HEADER_ROWS == gold.value:
            return f"COUNT({identity})"
    return None


def _common(one: str, other: str) -> str:
    """The longest piece of text that both hold."""
    pieces = (one[a:b] for a in range(len(one)) for b in range(len(one), a, -1) if one[a:b] in other)
    return max(pieces, key=len, default="")


def _in_text(gold: GoldFigure, case: Case, seen: Seen) -> tuple[str, str] | None:
    """A gold figure or year that no line lists, as the text of a passage with the evidence has it, and the passage."""
    for identity, text in sorted(seen.passages.items(), key=lambda item: not _has_evidence(item[1], case)):
        for number in find_numbers(text.replace("\t", "；")):
            if equals_gold(gold, number, is_computed=False):
                return " ".join(number.text.split()), identity
        for scope in find_scopes(text):
            parts = (*scope.years, scope.month, scope.day)
            if gold.unit in ("年", "月", "日", "届", "学年") and gold.value in parts:
                return scope.text, identity
    return None


def _has_evidence(text: str, case: Case) -> bool:
    return any(matching_key(quote) in matching_key(text) for quote in case.evidence)


def _named(name: str, case: Case, seen: Seen) -> str | None:
    """The passage that prints a name, one with the evidence before others; the first where only its head does."""
    holding = [identity for identity, text in seen.passages.items() if matching_key(name) in matching_key(text)]
    proved = [identity for identity in holding if _has_evidence(seen.passages[identity], case)]
    return next(iter([*proved, *holding]), next(iter(seen.passages), None))


def _reply(answer: str, status: str = "answered", **more: object) -> str:
    return json.dumps(
        {"status": status, "answer": answer, "computations": [], "conflicts": [], **more}, ensure_ascii=False
    )
