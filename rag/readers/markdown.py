"""Markdown as one page of lines and grids: headings with their level, pipe tables, all markup reduced to text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from rag.errors import UnreadableFileError
from rag.readers.plain import decode_text, rows_to_grid, text_to_rows
from rag.records import Grid, Line, Page, ReadFile
from rag.text import clean_line, join_lines

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:\s*[\"']?(.*?)[\"']?\s*$", re.MULTILINE)
_FENCE = re.compile(r"^\s{0,3}(```+|~~~+)")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})(?:[ \t]+|(?=[\u3400-\u9fff（]))(.*?)(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r"^\s{0,3}(=+|-{2,})[ \t]*$")
_BREAK = re.compile(r"^\s{0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_SEPARATOR = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_QUOTE = re.compile(r"^\s{0,3}(?:>[ \t]?)+")
_BULLET = re.compile(r"^\s*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^()\s]*(?:\([^()]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)|\[[^\]]*\])")
_REFERENCE = re.compile(r"^\s{0,3}\[[^\]]+\]:\s+\S+")
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>")
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^<>\s]+)>")
# A marker right behind a Latin letter or a digit is a sign of multiplication or part of a name.
_STRONG = re.compile(r"(?<![A-Za-z0-9\\])(\*{1,3})(?=\S)(.+?)(?<=\S)(?<!\\)\1(?!\*)")
_UNDERSCORED = re.compile(r"(?<![\w\\])(_{1,3})(?=\S)(.+?)(?<=\S)\1(?!\w)")
_STRUCK = re.compile(r"~~(?=\S)(.+?)(?<=\S)~~")
_CODE = re.compile(r"(`+)(.+?)\1")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def read_markdown(data: bytes) -> ReadFile:
    """A Markdown file as one page without a number; raises UnreadableFileError where it is no text."""
    text = _COMMENT.sub("", "\n".join(text_to_rows(decode_text(data))))
    title, front = "", _FRONT_MATTER.match(text)
    if front:
        stated = _FRONT_TITLE.search(front[1])
        title, text = (clean_line(stated[1]) if stated else ""), text[front.end() :]
    items = tuple(_items(text.split("\n")))
    if not items:
        raise UnreadableFileError("文件里没有文字。")
    return ReadFile("", "markdown", "", (Page(None, items),), title)


def markup_to_text(text: str) -> str:
    """One line's inline markup reduced to the words it shows."""
    text = _AUTOLINK.sub(r"\1", _BREAK_TAG.sub(" ", _LINK.sub(r"\1", text)))
    text = _TAG.sub("", _CODE.sub(r"\2", text))
    for pattern, shown in ((_STRONG, r"\2"), (_STRONG, r"\2"), (_UNDERSCORED, r"\2"), (_STRUCK, r"\1")):
        text = pattern.sub(shown, text)
    return clean_line(html.unescape(_ESCAPE.sub(r"\1", text)))


def _items(rows: Sequence[str]) -> Iterator[Line | Grid]:
    waiting: list[str] = []
    at = 0
    while at < len(rows):
        row = _QUOTE.sub("", rows[at])
        fence, heading, underline = _FENCE.match(row), _HEADING.match(row), _UNDERLINE.match(row)
        table_end = _table_end(rows, at)
        if underline and waiting:
            yield from _paragraph(waiting, 1 if underline[1][0] == "=" else 2)
        elif fence or heading or table_end or _BREAK.match(row) or _REFERENCE.match(row) or not row.strip():
            yield from _paragraph(waiting)
        elif _ITEM.match(row):
            yield from _paragraph(waiting)
            waiting = [_BULLET.sub("", row)]
            at += 1
            continue
        else:
            waiting.append(row)
            at += 1
            continue
        waiting = []
        if fence:
            end = _fence_end(rows, at, fence[1])
            yield from (Line(text, paragraph=True) for row in rows[at + 1 : end] if (text := clean_line(row)))
            at = end
        elif heading and (text := markup_to_text(heading[2])):
            yield Line(text, heading_level=len(heading[1]), paragraph=True)
        elif table_end:
            yield from _table(rows[at:table_end])
            at = table_end - 1
        at += 1
    yield from _paragraph(waiting)


def _paragraph(rows: Sequence[str], heading_level: int | None = None) -> Iterator[Line]:
    """Soft-wrapped rows as one paragraph, begun anew after a hard break."""
    text = ""
    for row in rows:
        hard = row.endswith("\\")
        text = join_lines(text, markup_to_text(row.removesuffix("\\") if hard else row))
        if hard and text:
            yield Line(text, heading_level=heading_level, paragraph=True)
            text = ""
    if text:
        yield Line(text, heading_level=heading_level, paragraph=True)


def _fence_end(rows: Sequence[str], start: int, mark: str) -> int:
    ends = (at for at in range(start + 1, len(rows)) if rows[at].strip().startswith(mark))
    return next(ends, len(rows))


def _table_end(rows: Sequence[str], start: int) -> int:
    """Index behind the pipe table that starts here, 0 where none does."""
    if "|" not in rows[start] or start + 1 >= len(rows):
        return 0
    if not (_SEPARATOR.match(rows[start + 1]) and "|" in rows[start + 1] and "-" in rows[start + 1]):
        return 0
    end = start + 2
    while end < len(rows) and "|" in rows[end]:
        end += 1
    return end


def _table(rows: Sequence[str]) -> Iterator[Line | Grid]:
    cells = [[markup_to_text(cell) for cell in _split(row)] for row in (rows[0], *rows[2:])]
    grid = rows_to_grid(cells)
    if grid:
        yield grid
    else:
        yield from (Line(text, paragraph=True) for row in cells if (text := "\t".join(filter(None, row))))


def _split(row: str) -> list[str]:
    inner = row.strip().removeprefix("|")
    inner = inner if inner.endswith("\\|") else inner.removesuffix("|")
    return [cell.replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", inner)]
