"""The bytes of a text file → its characters, whatever encoding it is in, and a warning where bytes are damaged."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from rag.errors import UnreadableFileError
from rag.readers.legible import common_share, is_garbled, page_ranges

LOST = "□"
"""What stands for bytes that mean nothing: figures that it touches are not read."""
MAX_CONTROL_SHARE = 0.01
"""Share of control characters above which a file is no text."""
MAX_ZERO_SHARE = 0.1
"""Share of zero bytes above which what could be UTF-8 is UTF-16: Latin text in it is half zeros."""
SAMPLE = 20_000
"""Characters by which one encoding is preferred to another."""
LINES_NAMED = 8
"""Damaged lines that a warning names."""

LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x85\u2028\u2029]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_CONTROL_IN_NUMBER = re.compile("(?<=[0-9０-９.,，])[\x00-\x08\x0e-\x1f]+(?=[0-9０-９.,，])")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text file's characters, and what to tell the reader of it."""

    text: str
    warnings: tuple[str, ...] = ()


def decode_text(data: bytes) -> Decoded:
    """A text file's characters; raises UnreadableFileError where it is no text in an encoding we know.

    Damaged bytes become □ each, so that they never join two digits, and the lines they stand in are named.
    """
    text = _decoded(data).rstrip("\0\x1a")
    if len(_CONTROL.findall(text)) > MAX_CONTROL_SHARE * len(text):
        raise UnreadableFileError("不是文本文件（含有大量控制字符）；请确认文件类型，或另存为 PDF、DOCX 再添加。")
    if is_garbled(text):
        raise UnreadableFileError("文字是乱码，认不出编码；请用 UTF-8 编码另存后再添加。")
    marked = _CONTROL_IN_NUMBER.sub("\ufffd", text)
    lines = [number for number, line in enumerate(LINE_ENDS.split(marked), start=1) if "\ufffd" in line]
    return Decoded(marked.replace("\ufffd", LOST), (_warning(lines),) if lines else ())


def _warning(lines: list[int]) -> str:
    named = page_ranges(lines[:LINES_NAMED]) + (f" 等 {len(lines)} " if len(lines) > LINES_NAMED else " ")
    return f"第 {named}行有损坏的字节，认不出是什么字，已用“{LOST}”标出，紧挨着它的数字不会引用；请核对原文件。"


def _decoded(data: bytes) -> str:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    zeros = data.count(0)
    if zeros <= MAX_ZERO_SHARE * len(data):
        try:
            # without `final`: a character cut off at the very end of the file costs that character only
            return codecs.getincrementaldecoder("utf-8")().decode(data)
        except UnicodeDecodeError:
            pass
    encodings = ["utf-8", "gb18030", "big5", *(["utf-16-le", "utf-16-be"] if zeros else [])]
    return min((codecs.getincrementaldecoder(name)("replace").decode(data) for name in encodings), key=_doubt)


def _doubt(text: str) -> tuple[bool, bool, float, int]:
    """How unlikely it is that the text was written so: garbled, many lost characters, few common ones, any lost."""
    lost = text.count("\ufffd")
    controls = len(_CONTROL.findall(text))
    sample = text[:SAMPLE]
    return (
        is_garbled(sample) or controls > MAX_CONTROL_SHARE * len(text),
        lost > MAX_CONTROL_SHARE * len(text),
        -round(common_share(sample), 1),
        lost,
    )
