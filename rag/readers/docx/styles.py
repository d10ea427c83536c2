"""What the styles of a DOCX say of paragraphs and runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Style:
    """What a style, with those it is based on, says; None and 0 where it says nothing."""

    heading_level: int | None = None
    list_id: str | None = None
    list_level: int | None = None
    size: float = 0.0
    bold: bool | None = None
    struck: bool | None = None
    hidden: bool | None = None


class Styles:
    """The styles of a document by id."""

    def __init__(self, document: Any) -> None:
        self._elements = {style.styleId: style for style in document.styles.element.style_lst if style.styleId}
        self._default = next((key for key, one in self._elements.items() if one.default and one.type == 1), "")
        defaults = document.styles.element.find(f"{WORD}docDefaults")
        self.default_size = half_points(defaults.find(f".//{WORD}sz")) if defaults is not None else 0.0
        self._known: dict[str, Style] = {}

    def of_paragraph(self, paragraph: Any) -> Style:
        """The style of a paragraph."""
        return self._resolved(child_value(paragraph, "pPr/pStyle") or self._default, depth=0)

    def of_run(self, run: Any) -> Style:
        """The character style of a run, empty where it has none."""
        key = child_value(run, "rPr/rStyle")
        return self._resolved(key, depth=0) if key else Style()

    def _resolved(self, key: str, depth: int) -> Style:
        if key not in self._known:
            element = self._elements.get(key)
            if element is None or depth > 20:
                return Style()
            parent = child_value(element, "basedOn")
            base = self._resolved(parent, depth + 1) if parent else Style()
            self._known[key] = _extended(base, element)
        return self._known[key]


def _extended(base: Style, element: Any) -> Style:
    """A style's own statements on top of those of the style it is based on."""
    named = _HEADING_NAME.match(str(child_value(element, "name") or "").strip())
    outline = child_value(element, "pPr/outlineLvl")
    level = int(named[1]) if named else base.heading_level
    if outline is not None:
        level = int(outline) + 1 if int(outline) < 9 else None
    list_level = child_value(element, "pPr/numPr/ilvl")
    own = run_marks(element)
    return Style(
        heading_level=level,
        list_id=child_value(element, "pPr/numPr/numId") or base.list_id,
        list_level=base.list_level if list_level is None else int(list_level),
        size=half_points(element.find(f"{WORD}rPr/{WORD}sz")) or base.size,
        bold=base.bold if own.bold is None else own.bold,
        struck=base.struck if own.struck is None else own.struck,
        hidden=base.hidden if own.hidden is None else own.hidden,
    )


def run_marks(element: Any) -> Style:
    """What the run properties inside an element switch on or off."""
    properties = element.find(f"{WORD}rPr")
    if properties is None:
        return Style()
    struck = [on for name in ("strike", "dstrike") if (on := _switch(properties, name)) is not None]
    return Style(
        bold=_switch(properties, "b"),
        struck=any(struck) if struck else None,
        hidden=_switch(properties, "vanish"),
    )


def _switch(properties: Any, name: str) -> bool | None:
    mark = properties.find(WORD + name)
    return None if mark is None else mark.get(f"{WORD}val", "1") not in ("0", "false", "off")


def child_value(element: Any, path: str) -> str | None:
    """The `w:val` of the element at a path of Word names, None where there is none."""
    child = element.find("/".join(WORD + name for name in path.split("/")))
    return None if child is None else child.get(f"{WORD}val")


def half_points(element: Any | None) -> float:
    """A type size in points."""
    value = None if element is None else element.get(f"{WORD}val")
    return float(value) / 2 if value and re.fullmatch(r"\d+(\.\d+)?", value) else 0.0
