"""A verified answer's Markdown as paragraphs, lists and tables of marked words; whatever shows it draws only these."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rag.language.numbers import find_numbers
from rag.records import AnswerStatus, VerifiedAnswer

_INLINE = re.compile(r"\*\*(?P<bold>[^*\n]+?)\*\*|\[(?P<marker>\d{1,3})\]")
_MARKER = re.compile(r"\[\d{1,3}\]")
_TABLE_RULE = re.compile(r"\|?[\s:|-]*-[\s:|-]*\|?")


@dataclass(frozen=True, slots=True)
class Span:
    """Words to be shown as they are, or, with a note, the mark of a citation and no words."""

    text: str
    bold: bool = False
    note: int | None = None


Spans: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one kind; a line of a table has several cells, any other one. A table's first line is its head."""

    kind: str
    """`text`, `list` or `table`."""
    lines: tuple[tuple[Spans, ...], ...]


def answer_to_blocks(answer: VerifiedAnswer) -> tuple[Block, ...]:
    """Paragraphs, lists and pipe tables of the answer's text; any other Markdown stays as the characters it is."""
    groups: list[tuple[str, list[str]]] = []
    for line in answer.text.splitlines():
        text = line.strip()
        kind = "list" if text.startswith("- ") else "table" if text.startswith("|") else "text" if text else ""
        if not groups or groups[-1][0] != kind:
            groups.append((kind, []))
        groups[-1][1].append(text)
    blocks = (Block(kind, _cells(kind, lines, answer)) for kind, lines in groups if kind)
    return tuple(block for block in blocks if block.lines)


def text_to_spans(text: str, answer: VerifiedAnswer, bold: bool = False) -> Spans:
    """Words, citation marks of the answer's own citations, and in bold only proved figures and names."""
    cited = {citation.n for citation in answer.citations}
    spans: list[Span] = []
    at = 0
    for match in _INLINE.finditer(text):
        before, at = text[at : match.start()], match.end()
        if match["marker"] and int(match["marker"]) in cited:
            spans += [Span(before.rstrip(), bold), Span("", bold, int(match["marker"]))]
        elif match["bold"] and not bold and _may_be_bold(match["bold"], answer):
            spans += [Span(before, bold), *text_to_spans(match["bold"], answer, bold=True)]
        else:
            spans += [Span(before, bold), Span(match["bold"] or match.group(), bold)]
    return tuple(span for span in [*spans, Span(text[at:], bold)] if span.text or span.note is not None)


def _cells(kind: str, lines: Sequence[str], answer: VerifiedAnswer) -> tuple[tuple[Spans, ...], ...]:
    if kind == "table":
        rows = [line.strip("|").split("|") for line in lines if not _TABLE_RULE.fullmatch(line)]
        return tuple(tuple(text_to_spans(cell.strip(), answer) for cell in row) for row in rows)
    return tuple((text_to_spans(line.removeprefix("- ") if kind == "list" else line, answer),) for line in lines)


def _may_be_bold(text: str, answer: VerifiedAnswer) -> bool:
    proved = {(figure.value, figure.unit) for figure in answer.figures if figure.role == "answer"}
    numbers = find_numbers(_MARKER.sub("", text))
    return answer.status is AnswerStatus.ANSWERED and all((number.value, number.unit) in proved for number in numbers)
