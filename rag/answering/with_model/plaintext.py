"""A model's words made plain text: no HTML, image, link, code or control character is left to be rendered.

What a Markdown reader could take for markup becomes its full-width twin (`<` → `＜`), which reads the same and folds to
the same figure. Bold (`**`), list lines (`- `) and the ids of figures and passages are left for `drafting`.
"""

from __future__ import annotations

import re
import unicodedata

LEFT_OUT = "（链接已略去）"
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LINE_END = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]]{0,500})\]\([^()\n]{0,2000}\)")
_TAG = re.compile(r"<[A-Za-z/!?][^<>]{0,2000}>")
_ADDRESS = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]{0,20}://|www\.|(?:javascript|data|vbscript|file):)[!-;=?-~]+", re.I)
_RULE = re.compile(r"^[ \t]*[-=_*]{3,}[ \t]*$", re.MULTILINE)
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]*)+", re.MULTILINE)
_BULLET = re.compile(r"^[ \t]*[*+•·][ \t]+", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+|[ \t]+$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n{3,}")
_FORGED_ID = re.compile(r"[〔\[{［｛](?=\s*[PFC]\d)")
_FORGED_RULE = re.compile(r"={3,}")
_MARKER = re.compile(r"\[\d{1,4}\]")
_TWINS = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in "<>[]`$~\\*"})


def without_markup(text: str, known: str) -> str:
    """The text without invisible characters, HTML, images and links; addresses only where they stand in `known`."""
    text = visible(text).replace("\t", " ")
    text = _TAG.sub("", _IMAGE_OR_LINK.sub(r"\1", text))
    text = _ADDRESS.sub(lambda match: match[0] if match[0].rstrip(".,;:!?)") in known else LEFT_OUT, text)
    for pattern, put in ((_RULE, ""), (_LINE_MARK, ""), (_BULLET, "- "), (_INDENT, ""), (_EMPTY_LINES, "\n\n")):
        text = pattern.sub(put, text)
    return text.strip()


def visible(text: str) -> str:
    """The text without control, formatting and private characters, tabs kept; every end of line is one line feed."""
    lines = _LINE_END.sub("\n", text)
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in _DROPPED)


def as_data(text: str) -> str:
    """A text that cannot pass for a part of a prompt's own frame: its ids and rules are broken up."""
    return _FORGED_RULE.sub("==", _FORGED_ID.sub("（", visible(text)))


def as_characters(text: str) -> str:
    """The text with nothing in it that Markdown or the gate's markers would be read from."""
    return _MARKER.sub("", text).translate(_TWINS)
