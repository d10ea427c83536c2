"""The text a paragraph of a DOCX shows in its final view: no deleted, hidden or struck-out text, notes kept apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rag.language.text import lowered, raised
from rag.readers.docx.styles import WORD, Style, Styles, child_value, half_points, run_marks

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
LEGIBLE_SIZE = 2.5
"""Points below which type is not meant to be seen."""
BREAK = "\n"
"""What a line break inside a paragraph reads as."""

STRUCK, HIDDEN, REVISED = "划掉的文字", "隐藏的文字", "修订"
_REMOVED = frozenset(WORD + name for name in ("del", "moveFrom"))
_ADDED = frozenset(WORD + name for name in ("ins", "moveTo"))
_SILENT = frozenset(
    WORD + name
    for name in "pPr rPr sdtPr delText delInstrText instrText txbxContent rt object commentReference annotationRef".split()
)
_SIGNS = {
    f"{WORD}tab": "\t", f"{WORD}ptab": "\t", f"{WORD}br": BREAK, f"{WORD}cr": BREAK, f"{WORD}noBreakHyphen": "-",
}  # fmt: skip
_SYMBOLS = {0xA3: "≤", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈"}
"""Of the font Symbol; its digits and marks are those of ASCII."""


class Texts:
    """Reads paragraphs, counting what is left out and the notes that are referred to."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.left_out: Counter[str] = Counter()
        self._numbers: dict[tuple[str, str], int] = {}
        """The number printed for a note, by its kind and id."""
        self._called: list[tuple[str, str]] = []

    def of_paragraph(self, paragraph: Any, *, on_white: bool = True) -> str:
        """What a paragraph shows. White type is hidden where nothing is known to lie `on_white` paper behind it."""
        style = self._styles.of_paragraph(paragraph)
        shaded = paragraph.find(f"{WORD}pPr/{WORD}shd") is not None
        return self._inside(paragraph, style, on_white=on_white and not shaded)

    def called_notes(self) -> list[tuple[str, str, str]]:
        """(kind, id, number) of the notes called since the last time."""
        called, self._called = self._called, []
        return [(kind, key, str(self._numbers[kind, key])) for kind, key in called]

    def _inside(self, element: Any, style: Style, *, on_white: bool) -> str:
        parts: list[str] = []
        for child in element:
            text = self._of(child, style, on_white=on_white)
            if child.tag == f"{MATH}oMath" and parts and parts[-1][-1:].isdecimal() and text[:1].isdecimal():
                text = f" {text}"
            parts.append(text)
        return "".join(parts)

    def _of(self, element: Any, style: Style, *, on_white: bool) -> str:
        tag = element.tag
        if tag in (f"{WORD}t", f"{MATH}t"):
            return element.text or ""
        if tag in _SIGNS:
            return _SIGNS[tag]
        if tag in _REMOVED or tag in _ADDED:
            self.left_out[REVISED] += 1
        if tag in _REMOVED or tag in _SILENT or tag == FALLBACK or not isinstance(tag, str):
            return ""
        if tag == f"{WORD}sym":
            return _symbol(element)
        if tag in (f"{WORD}footnoteReference", f"{WORD}endnoteReference"):
            return self._note_mark(tag.removeprefix(WORD).removesuffix("Reference"), element.get(f"{WORD}id") or "")
        if tag.startswith(MATH):
            return self._math(element, style)
        if tag == f"{WORD}r":
            return self._run(element, style, on_white=on_white)
        return self._inside(element, style, on_white=on_white)

    def _run(self, run: Any, paragraph_style: Style, *, on_white: bool) -> str:
        text = self._inside(run, paragraph_style, on_white=on_white)
        if not text:
            return ""
        marks = (run_marks(run), self._styles.of_run(run), paragraph_style)
        if next((mark.hidden for mark in marks if mark.hidden is not None), False) or _is_invisible(run, on_white):
            self.left_out[HIDDEN] += bool(text.strip())
            return ""
        if next((mark.struck for mark in marks if mark.struck is not None), False):
            self.left_out[STRUCK] += bool(text.strip())
            return ""
        place = child_value(run, "rPr/vertAlign")
        return raised(text) if place == "superscript" else lowered(text) if place == "subscript" else text

    def _note_mark(self, kind: str, key: str) -> str:
        known = sum(other == kind for other, _ in self._numbers)
        number = self._numbers.setdefault((kind, key), known + 1)
        self._called.append((kind, key))
        return raised(str(number))

    def _math(self, element: Any, style: Style) -> str:
        """A formula in one line: 661/3456, 2^4, m², √2."""
        name = element.tag.removeprefix(MATH)
        parts = {child.tag.removeprefix(MATH): self._of(child, style, on_white=False) for child in element}
        if name == "f":
            return f"{_bracketed(parts.get('num', ''))}/{_bracketed(parts.get('den', ''))}"
        if name in ("sSup", "sSub", "sSubSup"):
            base, power = parts.get("e", "") + lowered(parts.get("sub", "")), parts.get("sup", "")
            # a raised number behind a number would be taken for the mark of a note
            return f"{base}^{_bracketed(power)}" if power and base[-1:].isdecimal() else base + raised(power)
        if name == "rad":
            return f"{raised(parts.get('deg', ''))}√{_bracketed(parts.get('e', ''))}"
        return self._inside(element, style, on_white=False)


def warnings_of(left_out: Mapping[str, int]) -> Iterator[str]:
    """What to tell the reader of what was left out of a document."""
    if left_out.get(REVISED):
        yield "文档带有修订记录，已按“接受全部修订”后的内容读取；请核对修订是否都要接受。"
    for kind in (STRUCK, HIDDEN):
        if left_out.get(kind):
            yield f"有 {left_out[kind]} 处{kind}没有读取；如需要，请改正原文件后再添加。"


def _symbol(element: Any) -> str:
    """A character of a symbol font; what it looks like is known of the font Symbol alone."""
    try:
        code = int(element.get(f"{WORD}char") or "", 16) & 0xFF
    except ValueError:
        return ""
    font = (element.get(f"{WORD}font") or "").lower()
    if font == "symbol" and (code in _SYMBOLS or chr(code) in "0123456789.,%+-()/<>=:"):
        return _SYMBOLS.get(code, chr(code))
    if font == "wingdings" and 0x81 <= code <= 0x8A:
        return chr(ord("①") + code - 0x81)
    return chr(0xF000 + code)


def _is_invisible(run: Any, on_white: bool) -> bool:
    """White on white paper, or too small to see."""
    size = half_points(run.find(f"{WORD}rPr/{WORD}sz"))
    if 0 < size < LEGIBLE_SIZE:
        return True
    on_white = on_white and all(run.find(f"{WORD}rPr/{WORD}{name}") is None for name in ("shd", "highlight"))
    return on_white and (child_value(run, "rPr/color") or "").upper() == "FFFFFF"


def _bracketed(text: str) -> str:
    return text if text.isalnum() or not text else f"({text})"
