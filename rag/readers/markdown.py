"""Markdown as one page of lines and grids: headings with their level, tables of both kinds, markup reduced to text."""

from __future__ import annotations

import re

from rag.errors import UnreadableFileError
from rag.language.text import clean_line, raised
from rag.readers.decoding import decode_text
from rag.readers.html_blocks import LIST_MARK, html_to_seen
from rag.readers.plain import text_to_rows
from rag.records import Page, ReadFile

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:\s*[\"']?(.*?)[\"']?\s*$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TIGHT_HEADING = re.compile(r"^(\s{0,3}#{1,6})(?=[\u3400-\u9fff（])")
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
# CommonMark sees no emphasis where a mark and a Chinese character stand at its stars: **重点：**内容.
_STRONG = re.compile(r"(?<![A-Za-z0-9\\*])(\*{2,3})(?=[^\s*])([^*`\n]+?)(?<=\S)\1(?!\*)")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,20})\](:?)")
# Between digits or Latin letters they are signs: 5*3, 30~~40.
_SIGNS = re.compile(r"(?<=[0-9A-Za-z])(\*{1,3}|~~)(?=[0-9A-Za-z])")


def read_markdown(data: bytes) -> ReadFile:
    """A Markdown file as one page without a number; raises UnreadableFileError where it is no text."""
    decoded = decode_text(data)
    text = _COMMENT.sub("", "\n".join(text_to_rows(decoded.text)))
    title, front = "", _FRONT_MATTER.match(text)
    if front:
        stated = _FRONT_TITLE.search(front[1])
        title, text = (clean_line(stated[1]) if stated else ""), text[front.end() :]
    seen = html_to_seen(_rendered(text))
    if not seen.items:
        raise UnreadableFileError("文件里没有文字。")
    return ReadFile(
        "", "markdown", "", (Page(None, tuple(seen.items)),), title, warnings=(*decoded.warnings, *seen.warnings)
    )


def _rendered(text: str) -> str:
    """Markdown as HTML, the numbers of its lists as they are written."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("code")
    tokens = parser.parse(_closed_up(_prepared(text)))
    for token in tokens:
        if token.type == "list_item_open" and token.info:
            token.attrSet(LIST_MARK, f"{token.info}{token.markup}")
    return str(parser.renderer.render(tokens, parser.options, {}))


def _prepared(text: str) -> str:
    """What other dialects write in the way of CommonMark: #标题, notes [^1], 5*3, **重点：**内容."""
    rows, fenced = [], False
    for row in text.split("\n"):
        fenced = fenced != bool(_FENCE.match(row))
        rows.append(row if fenced else _prepared_row(row))
    return "\n".join(rows)


def _prepared_row(row: str) -> str:
    row = _STRONG.sub(r"<b>\2</b>", _TIGHT_HEADING.sub(r"\1 ", row))
    row = _SIGNS.sub(lambda match: "".join(f"\\{sign}" for sign in match[0]), row)
    return _FOOTNOTE.sub(lambda match: raised(match[1]) + (" " if match[2] else ""), row)


def _closed_up(text: str) -> str:
    """The text with each HTML table in one block: a blank line or an indent inside would end it."""
    parts, at = [], 0
    lowered = text.lower()
    while (start := lowered.find("<table", at)) >= 0 and (end := lowered.find("</table>", start)) >= 0:
        table = "\n".join(filter(None, map(str.strip, text[start:end].split("\n"))))
        parts += [text[at:start], "\n\n" if start and text[start - 1] != "\n" else "", table, "</table>\n\n"]
        at = end + len("</table>")
    return "".join([*parts, text[at:]])
