"""One line of answers (the object of `wenbao ask --json`) → a reply that can be scored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from rag.language.numbers import Scope, find_numbers, find_scopes
from rag.language.text import matching_key, matching_key_with_offsets
from rag.records import AnswerStatus, Number

BLANK = "\x00"
"""Stands for each character that is markup or no words of the answer's own, so that offsets stay."""
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_MARKER = re.compile(r"\[\d{1,3}\]")
Span = tuple[int, int]


class UnreadableReplyError(ValueError):
    """The line is not an answer; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class DeclaredFigure:
    """A figure as the answer's `figures` list has it."""

    number: Number
    is_answer: bool
    is_computed: bool
    citations: tuple[int, ...]
    formula: str


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A figure that stands in the answer's text."""

    number: Number
    """Its span is that in the answer's text."""
    is_answer: bool
    declared: DeclaredFigure | None


@dataclass(frozen=True, slots=True)
class Place:
    """A retrieved passage, or a citation with its quote."""

    report: str
    section: tuple[str, ...]
    page: int | None
    page_label: str | None
    text: str
    number: int = 0
    quote: str = ""
    table: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A readable answer."""

    status: AnswerStatus
    text: str
    figures: tuple[StatedFigure, ...]
    bold_dates: tuple[Scope, ...]
    own_words: str
    """The answer with its markup and any copy of the question blanked out."""
    bold: tuple[str, ...]
    citations: tuple[Place, ...]
    retrieved: tuple[Place, ...]
    unsupported: tuple[str, ...]
    candidates: tuple[Number, ...] = ()
    """What an unsure answer shows that may be meant."""
    chance: float | None = None
    """How likely its first figure is what is asked, by its own estimate."""

    @property
    def answer_figures(self) -> tuple[StatedFigure, ...]:
        """The figures given as the answer."""
        return tuple(figure for figure in self.figures if figure.is_answer)


def line_to_reply(line: Mapping[str, Any]) -> Reply:
    """The reply of an `ask` object. Raises UnreadableReplyError where it is an error or not of that shape.

    A figure is part of the answer where it is bold or declared with the role `answer`; a declared one that does not
    stand in the text is none. What only repeats the question counts for nothing.
    """
    if line.get("status") == AnswerStatus.ERROR.value:
        raise UnreadableReplyError(str(line.get("error") or line.get("answer") or "作答出错"))
    try:
        status, text = AnswerStatus(line["status"]), line["answer"]
        declared = tuple(_declared(item) for item in line["figures"])
        citations = tuple(_citation(item) for item in line["citations"])
        retrieved = tuple(_place(item) for item in line["retrieved"])
        unsupported = tuple(str(item) for item in line.get("unsupported", ()))
        candidates = tuple(_number(item) for item in line.get("candidates", ()))
        chance = None if line.get("chance") is None else float(line["chance"])
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as error:
        raise UnreadableReplyError(f"回答的格式不对：{type(error).__name__} {error}") from error
    if not isinstance(text, str) or not text.strip():
        raise UnreadableReplyError("回答是空的")
    own, bold = _own_words(text, str(line.get("question", "")))
    return Reply(
        status=status,
        text=text,
        figures=_stated(own, bold, declared),
        bold_dates=tuple(scope for scope in find_scopes(own) if _inside((scope.start, scope.end), bold)),
        own_words=own,
        bold=tuple(own[start:end] for start, end in bold),
        citations=citations,
        retrieved=retrieved,
        unsupported=unsupported,
        candidates=candidates,
        chance=chance,
    )


def _number(item: Mapping[str, Any]) -> Number:
    written = find_numbers(item["text"])
    bound = written[0].bound if len(written) == 1 else ""
    number = Number(item["text"], Decimal(item["value"]), item["unit"] or "", 0, 0, bound)
    if not number.value.is_finite():
        raise ValueError(item["value"])
    return number


def _declared(item: Mapping[str, Any]) -> DeclaredFigure:
    number = _number(item)
    cited = tuple(int(n) for n in item["citations"])
    return DeclaredFigure(
        number, item["role"] == "answer", item["kind"] == "computed", cited, str(item.get("formula") or "")
    )


def _place(item: Mapping[str, Any]) -> Place:
    return Place(
        report=str(item["report"]),
        section=tuple(map(str, item["section"])),
        page=None if item["page"] is None else int(item["page"]),
        page_label=item.get("page_label"),
        text=str(item["text"]),
        number=int(item.get("n", 0)),
        quote=str(item.get("quote", "")),
        table=str(item.get("table") or ""),
        title=str(item.get("title") or ""),
    )


def _citation(item: Mapping[str, Any]) -> Place:
    for key in ("n", "quote"):
        item[key]
    return _place(item)


def _own_words(text: str, question: str) -> tuple[str, tuple[Span, ...]]:
    """The text with markup and copies of the question blanked out, and the spans of what is bold."""
    bold = tuple(match.span(1) for match in _BOLD.finditer(text))
    plain = _MARKER.sub(lambda match: BLANK * len(match[0]), text).replace("**", BLANK * 2)
    echoes = _copies(plain, question)
    own = "".join(BLANK if _inside((at, at + 1), echoes) else character for at, character in enumerate(plain))
    return own, bold


def _copies(text: str, question: str) -> tuple[Span, ...]:
    wanted = matching_key(question.replace("**", "")).rstrip("?。")
    folded, offsets = matching_key_with_offsets(text)
    kept = [(character, offset) for character, offset in zip(folded, offsets, strict=True) if character != BLANK]
    key = "".join(character for character, _ in kept)
    found = re.finditer(re.escape(wanted), key) if wanted else ()
    return tuple((kept[match.start()][1], kept[match.end() - 1][1] + 1) for match in found)


def _inside(span: Span, spans: Sequence[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def _stated(own: str, bold: Sequence[Span], declared: Sequence[DeclaredFigure]) -> tuple[StatedFigure, ...]:
    by_text: dict[str, list[DeclaredFigure]] = {}
    for figure in declared:
        by_text.setdefault(matching_key(figure.number.text), []).append(figure)
    stated: list[StatedFigure] = []
    for number in find_numbers(own):
        like = by_text.get(matching_key(number.text), [])
        match = like.pop(0) if like else None
        is_bold = _inside((number.start, number.end), bold)
        stated.append(StatedFigure(number, is_bold or (match is not None and match.is_answer), match))
    left = [figure for figures in by_text.values() for figure in figures]
    stated.extend(filter(None, (_found_by_text(own, figure, stated) for figure in left)))
    return tuple(sorted(stated, key=lambda figure: (figure.number.start, figure.number.end)))


def _found_by_text(own: str, figure: DeclaredFigure, stated: Sequence[StatedFigure]) -> StatedFigure | None:
    """A declared figure that is written as find_numbers does not read it, where it stands."""
    start = own.find(figure.number.text)
    span = (start, start + len(figure.number.text))
    taken = any(other.number.start < span[1] and span[0] < other.number.end for other in stated)
    if start < 0 or taken:
        return None
    number = Number(figure.number.text, figure.number.value, figure.number.unit, *span, figure.number.bound)
    return StatedFigure(number, figure.is_answer, figure)
