"""The small markup of the digests: TOML front matter, then one block after another, read into plain values."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEADING = re.compile(r"(#{1,4}) (.+?)(?: \{(front|body|plain)\})?")
MERGED_UP, MERGED_LEFT = "^", "<"


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4; `part` says where a first-level one begins: front matter or body."""

    level: int
    text: str
    part: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `kind` is text, note or item."""

    text: str
    kind: str = "text"


@dataclass(frozen=True)
class Cell:
    """A cell and how many rows and columns it spans."""

    text: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True)
class Table:
    """A table: rows hold None where a spanning cell covers the place."""

    caption: str
    options: dict[str, str]
    header_rows: int
    rows: list[list[Cell | None]]


@dataclass(frozen=True)
class Chart:
    """A picture drawn from labelled values; the values stand nowhere in the text layer."""

    caption: str
    kind: str
    values: list[tuple[str, str]]


@dataclass(frozen=True)
class Case:
    """A boxed case with its own title."""

    title: str
    blocks: list[Block]


@dataclass(frozen=True)
class Contents:
    """The place of the table of contents."""


Block = Heading | Paragraph | Table | Chart | Case | Contents


@dataclass(frozen=True)
class Digest:
    """A source file: its front matter and its blocks."""

    meta: dict[str, Any]
    blocks: list[Block] = field(default_factory=list)


def read_digest(path: Path) -> Digest:
    """Read a source file; raise ValueError for a line that is no part of the markup."""
    _, front, body = path.read_text(encoding="utf-8").split("+++", 2)
    return Digest(tomllib.loads(front), lines_to_blocks(body.splitlines()))


def lines_to_blocks(lines: list[str]) -> list[Block]:
    """Turn lines into blocks; a case box ends at its `!end`."""
    blocks: list[Block] = []
    position = 0
    while position < len(lines):
        line = lines[position].strip()
        end = position + 1
        if line.startswith("!case "):
            end = lines.index("!end", position) + 1
            blocks.append(Case(line.removeprefix("!case "), lines_to_blocks(lines[position + 1 : end - 1])))
        elif line.startswith("!table "):
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            blocks.append(lines_to_table(line.removeprefix("!table "), lines[position + 1 : end]))
        elif line:
            blocks.append(line_to_block(line))
        position = end
    return blocks


def line_to_block(line: str) -> Block:
    """Turn a line that stands for itself into its block."""
    if heading := HEADING.fullmatch(line):
        return Heading(len(heading[1]), heading[2], heading[3] or "")
    if line == "!toc":
        return Contents()
    if line.startswith("!chart "):
        caption, kind, values = line.removeprefix("!chart ").split(" | ")
        pairs = [value.strip().split("=") for value in values.split(";")]
        return Chart(caption, kind, [(label, value) for label, value in pairs])
    if line.startswith("!note "):
        return Paragraph(line.removeprefix("!note "), "note")
    if line.startswith("!"):
        raise ValueError(f"unknown directive {line!r}")
    if line.startswith("- "):
        return Paragraph(line.removeprefix("- "), "item")
    return Paragraph(line)


def lines_to_table(title: str, lines: list[str]) -> Table:
    """Turn pipe rows into a table; rows above `|---|` are its header, `^` and `<` merge up and left."""
    caption, *options = title.split(" | ")
    rule = lines.index("|---|")
    texts = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line != "|---|"]
    width = len(texts[0])
    for row in texts:
        if len(row) != width:
            raise ValueError(f"{caption!r}: row {row!r} has not {width} cells")
    rows = [[span(texts, row, column) for column in range(width)] for row in range(len(texts))]
    return Table(caption, dict(option.split("=", 1) for option in options), rule, rows)


def span(texts: list[list[str]], row: int, column: int) -> Cell | None:
    """Return the cell at a place with its spans, or None where another cell covers it."""
    if texts[row][column] in (MERGED_UP, MERGED_LEFT):
        return None
    below = row + 1
    while below < len(texts) and texts[below][column] == MERGED_UP:
        below += 1
    right = column + 1
    while right < len(texts[row]) and texts[row][right] == MERGED_LEFT:
        right += 1
    return Cell(texts[row][column], below - row, right - column)
