"""A verified answer's Markdown as paragraphs, lists and tables of marked words; whatever shows it draws only these."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from rag.records import AnswerFigure, AnswerStatus, Cite, Text, VerifiedAnswer, markdown_to_segments

_MARKER = re.compile(r"(\[\d{1,3}\])")
_TABLE_RULE = re.compile(r"\|?[\s:|-]*-[\s:|-]*\|?")


@dataclass(frozen=True, slots=True)
class Span:
    """Words to be shown as they are, or, with a note, the mark of a citation and no words."""

    text: str
    bold: bool = False
    note: int | None = None
    figure: AnswerFigure | None = None
    """The figure that the words are."""


Spans: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one kind; a line of a table has several cells, any other one. A table's first line is its head."""

    kind: str
    """`text`, `list` or `table`."""
    lines: tuple[tuple[Spans, ...], ...]


def answer_to_blocks(answer: VerifiedAnswer) -> tuple[Block, ...]:
    """Paragraphs, lists and pipe tables of the answer; any other Markdown stays as the characters it is."""
    groups: list[tuple[str, list[Spans]]] = []
    for line in _lines(answer):
        text = "".join(span.text for span in line).strip()
        kind = "list" if text.startswith("- ") else "table" if text.startswith("|") else "text" if text else ""
        if not groups or groups[-1][0] != kind:
            groups.append((kind, []))
        groups[-1][1].append(line)
    blocks = (Block(kind, tuple(_cells(kind, lines))) for kind, lines in groups if kind)
    return tuple(block for block in blocks if block.lines)


def _lines(answer: VerifiedAnswer) -> Iterator[Spans]:
    line: list[Span] = []
    for span in _segment_spans(answer):
        first, *others = span.text.split("\n")
        line.append(replace(span, text=first))
        for text in others:
            yield _stripped(line)
            line = [replace(span, text=text)]
    yield _stripped(line)


def _segment_spans(answer: VerifiedAnswer) -> Iterator[Span]:
    figures = iter(answer.figures)
    cited = {citation.n for citation in answer.citations}
    for segment in answer.segments or markdown_to_segments(answer.text):
        bold = answer.status is AnswerStatus.ANSWERED and getattr(segment, "is_answer", False)
        if isinstance(segment, Text):
            yield Span(segment.text, bold)
        elif isinstance(segment, Cite):
            yield Span("", note=segment.n) if segment.n in cited else Span(f"[{segment.n}]", bold)
        else:
            figure = next(figures)
            yield Span(figure.text, bold, figure=figure)


def _stripped(line: Sequence[Span]) -> Spans:
    """A line without white space at its ends and before the marks of citations."""
    kept = [span for span in line if span.text or span.note is not None]
    for at, span in enumerate(kept):
        if span.note is None and (at + 1 == len(kept) or kept[at + 1].note is not None):
            kept[at] = replace(span, text=span.text.rstrip())
    if kept:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip())
    return tuple(span for span in kept if span.text or span.note is not None)


def marked_words(text: str, answer: VerifiedAnswer) -> Spans:
    """Words in which `[n]` is the mark of the answer's own citation."""
    cited = {f"[{citation.n}]": citation.n for citation in answer.citations}
    pieces = filter(None, _MARKER.split(text))
    return tuple(Span("", note=cited[piece]) if piece in cited else Span(piece) for piece in pieces)


def _cells(kind: str, lines: Sequence[Spans]) -> Iterator[tuple[Spans, ...]]:
    for line in lines:
        if kind == "table":
            if not _TABLE_RULE.fullmatch("".join(span.text for span in line)):
                yield tuple(_parted(line))
        elif kind == "list":
            yield (_stripped([replace(line[0], text=line[0].text.removeprefix("- ")), *line[1:]]),)
        else:
            yield (line,)


def _parted(line: Spans) -> Iterator[Spans]:
    """The cells of a line of a pipe table."""
    cells: list[list[Span]] = [[]]
    for span in line:
        first, *others = span.text.split("|") if span.figure is None else [span.text]
        cells[-1].append(replace(span, text=first))
        cells += [[replace(span, text=text)] for text in others]
    whole = "".join(span.text for span in line)
    kept = cells[1 if whole.startswith("|") else 0 : -1 if whole.endswith("|") else len(cells)]
    yield from map(_stripped, kept)
