"""DOCX files as one page of paragraphs and grids, in the order of the document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rag.errors import UnreadableFileError
from rag.readers.docx_numbering import Numbering
from rag.records import Cell, Grid, Line, Page, ReadFile
from rag.text import clean_line

MAX_COLUMNS = 200
"""A wider table is damaged or hostile."""

_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])$", re.IGNORECASE)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_WRAPPERS = frozenset(
    _WORD + name for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "body", "hyperlink")
)
_REMOVED = frozenset(_WORD + name for name in ("del", "moveFrom", "delText", "instrText", "pPr", "rPr", "sdtPr"))
_BREAKS = frozenset(_WORD + name for name in ("br", "cr"))


def read_docx(data: bytes) -> ReadFile:
    """A DOCX file as one page without a number; raises UnreadableFileError where it cannot be opened or is empty."""
    import io

    import docx

    try:
        document = docx.Document(io.BytesIO(data))
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # python-docx raises anything at all on missing or malformed parts
        raise UnreadableFileError("DOCX 文件已损坏，打不开；请用 Word 或 WPS 打开后另存，再导入。") from error
    items = tuple(_Walker(document).blocks(document.element.body))
    if not items:
        raise UnreadableFileError("DOCX 文件里没有文字；如果内容是图片，请先做文字识别（OCR）。")
    return ReadFile("", "docx", "", (Page(None, items),), clean_line(document.core_properties.title or ""))


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style, with those it is based on, says about a paragraph."""

    heading_level: int | None = None
    list_id: str | None = None
    list_level: int | None = None
    size: float = 0.0
    bold: bool = False


class _Walker:
    """Goes through a document once, counting its numbered paragraphs on the way."""

    def __init__(self, document: Any) -> None:
        self._styles = {style.styleId: style for style in document.styles.element.style_lst if style.styleId}
        self._default_style = next((key for key, one in self._styles.items() if one.default and one.type == 1), "")
        defaults = document.styles.element.find(f"{_WORD}docDefaults")
        self._default_size = _half_points(defaults.find(f".//{_WORD}sz")) if defaults is not None else 0.0
        self._known: dict[str, _Style] = {}
        relations = (one for one in document.part.rels.values() if one.reltype.endswith("/numbering"))
        root = next((one.target_part.element for one in relations if not one.is_external), None)
        self._numbering = Numbering(root)

    def blocks(self, container: Any) -> Iterator[Line | Grid]:
        """Paragraphs and tables inside an element, also those inside content controls and text boxes."""
        for child in container:
            if child.tag == f"{_WORD}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_WORD}tbl":
                yield from self._table(child)
            elif child.tag in _WRAPPERS:
                yield from self.blocks(child)

    def _paragraph(self, element: Any) -> Iterator[Line]:
        style = self._style_of(element)
        number = self._number(element, style)
        stated = _child_value(element, "pPr/outlineLvl")
        level = int(stated) + 1 if stated is not None and int(stated) < 9 else style.heading_level
        text = f"{number} {_text(element)}" if number else _text(element)
        # a tab behind a heading's number is layout, elsewhere it parts what stands in columns
        text = clean_line(text) if level else "\t".join(filter(None, map(clean_line, text.split("\t"))))
        if text:
            size, bold = self._type(element, style)
            yield Line(text, size=size, bold=bold, heading_level=level, paragraph=True)
        for box in _text_boxes(element):
            yield from (item for item in self.blocks(box) if isinstance(item, Line))

    def _type(self, element: Any, style: _Style) -> tuple[float, bool]:
        """Size and boldness of most of a paragraph's characters."""
        weights: Counter[tuple[float, bool]] = Counter()
        for run in element.iter(f"{_WORD}r"):
            size = _half_points(run.find(f"{_WORD}rPr/{_WORD}sz")) or style.size or self._default_size
            mark = run.find(f"{_WORD}rPr/{_WORD}b")
            weights[size, style.bold if mark is None else _is_on(mark)] += len(_text(run))
        return weights.most_common(1)[0][0] if weights else (style.size, style.bold)

    def _number(self, element: Any, style: _Style) -> str:
        list_id = _child_value(element, "pPr/numPr/numId") or style.list_id
        level = _child_value(element, "pPr/numPr/ilvl")
        if list_id in (None, "0") or not _text(element).strip():
            return ""
        return self._numbering.next(str(list_id), int(level) if level is not None else style.list_level or 0)

    def _style_of(self, element: Any) -> _Style:
        return self._resolved(_child_value(element, "pPr/pStyle") or self._default_style, depth=0)

    def _resolved(self, key: str, depth: int) -> _Style:
        if key not in self._known:
            element = self._styles.get(key)
            if element is None or depth > 20:
                return _Style()
            parent = _child_value(element, "basedOn")
            base = self._resolved(parent, depth + 1) if parent else _Style()
            self._known[key] = _extended(base, element)
        return self._known[key]

    def _table(self, element: Any) -> Iterator[Line | Grid]:
        rows = list(_within(element, "tr"))
        cells = [cell for row in rows for cell in _within(row, "tc")]
        if len(cells) == 1:  # a frame around text, not a table
            yield from self.blocks(cells[0])
            return
        grid = _rows_to_grid(rows, self._cell_text)
        if grid.cells:
            yield grid

    def _cell_text(self, cell: Any) -> str:
        return " ".join(_item_text(item) for item in self.blocks(cell))


def _item_text(item: Line | Grid) -> str:
    return item.text if isinstance(item, Line) else " ".join(cell.text for cell in item.cells if cell.text)


def _extended(base: _Style, element: Any) -> _Style:
    """A style's own statements on top of those of the style it is based on."""
    named = _HEADING_NAME.match(str(_child_value(element, "name") or "").strip())
    outline = _child_value(element, "pPr/outlineLvl")
    level = int(named[1]) if named else base.heading_level
    if outline is not None:
        level = int(outline) + 1 if int(outline) < 9 else None
    bold = element.find(f"{_WORD}rPr/{_WORD}b")
    list_level = _child_value(element, "pPr/numPr/ilvl")
    return _Style(
        heading_level=level,
        list_id=_child_value(element, "pPr/numPr/numId") or base.list_id,
        list_level=base.list_level if list_level is None else int(list_level),
        size=_half_points(element.find(f"{_WORD}rPr/{_WORD}sz")) or base.size,
        bold=base.bold if bold is None else _is_on(bold),
    )


def _child_value(element: Any, path: str) -> str | None:
    child = element.find("/".join(_WORD + name for name in path.split("/")))
    return None if child is None else child.get(f"{_WORD}val")


def _half_points(element: Any | None) -> float:
    value = None if element is None else element.get(f"{_WORD}val")
    return float(value) / 2 if value and re.fullmatch(r"\d+(\.\d+)?", value) else 0.0


def _is_on(mark: Any) -> bool:
    return mark.get(f"{_WORD}val", "1") not in ("0", "false", "off")


def _text(element: Any) -> str:
    """What a paragraph or run shows, without deleted and hidden text, field codes and text boxes."""
    parts: list[str] = []
    for child in element:
        if child.tag in (f"{_WORD}t", _MATH_TEXT):
            parts.append(child.text or "")
        elif child.tag == f"{_WORD}tab":
            parts.append("\t")
        elif child.tag in _BREAKS:
            parts.append(" ")
        elif child.tag == f"{_WORD}noBreakHyphen":
            parts.append("-")
        elif child.tag not in _REMOVED and child.tag not in (f"{_WORD}txbxContent", _FALLBACK) and not _hidden(child):
            parts.append(_text(child))
    return "".join(parts)


def _hidden(element: Any) -> bool:
    mark = element.find(f"{_WORD}rPr/{_WORD}vanish") if element.tag == f"{_WORD}r" else None
    return mark is not None and _is_on(mark)


def _text_boxes(element: Any) -> Iterator[Any]:
    """Text boxes anchored in a paragraph, each once and none inside another."""
    for child in element:
        if child.tag == f"{_WORD}txbxContent":
            yield child
        elif child.tag != _FALLBACK:
            yield from _text_boxes(child)


def _within(element: Any, name: str) -> Iterator[Any]:
    """A table's rows or a row's cells, also those inside content controls."""
    for child in element:
        if child.tag == _WORD + name:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _within(child, name)


def _rows_to_grid(rows: Sequence[Any], text_of: Any) -> Grid:
    """Cells at their places: gridSpan merges across, vMerge down."""
    cells: list[Cell] = []
    open_cells: dict[int, int] = {}
    """Index in `cells` of the cell that may go on downwards, by its column."""
    for number, row in enumerate(rows):
        column = min(int(_child_value(row, "trPr/gridBefore") or 0), MAX_COLUMNS)
        for element in _within(row, "tc"):
            span = max(1, min(int(_child_value(element, "tcPr/gridSpan") or 1), MAX_COLUMNS - column))
            merge = element.find(f"{_WORD}tcPr/{_WORD}vMerge")
            goes_on = merge is not None and merge.get(f"{_WORD}val", "continue") == "continue"
            if goes_on and column in open_cells:
                above = cells[open_cells[column]]
                cells[open_cells[column]] = _taller(above, number)
            else:
                open_cells = {key: at for key, at in open_cells.items() if not column <= key < column + span}
                if merge is not None:
                    open_cells[column] = len(cells)
                cells.append(Cell(text_of(element), number, column, 1, span))
            column += span
    columns = max((cell.column + cell.column_span for cell in cells), default=0)
    return Grid(tuple(cells), len(rows), columns)


def _taller(cell: Cell, row: int) -> Cell:
    return Cell(cell.text, cell.row, cell.column, row - cell.row + 1, cell.column_span)
