"""DOCX files as one page of paragraphs and grids, in the order of the document."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from rag.errors import UnreadableFileError
from rag.language.text import clean_line, matching_key, raised
from rag.readers.docx.numbering import Numbering
from rag.readers.docx.pictures import NOTHING, WAITING, Pictures, picture_warnings
from rag.readers.docx.styles import WORD, Style, Styles, child_value, half_points, run_marks
from rag.readers.docx.text import BREAK, FALLBACK, REVISED, Texts, warnings_of
from rag.readers.html_blocks import joined_blocks
from rag.readers.recognised import RecognisedPage
from rag.records import Cell, Grid, Line, Page, PageStatus, ReadFile

MAX_COLUMNS = 200
"""A wider table is damaged or hostile."""
EMBEDDED = "文档里嵌有 {} 个 Excel 等对象，其中的内容没有读取；请把它们转成普通表格，或另存为单独的文件再添加。"

_WRAPPERS = frozenset(
    WORD + name for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "body", "hyperlink")
)
_PAGE_NUMBER = re.compile(r"[\s\d第共页/—–·-]*")


def read_docx(
    data: bytes, *, recognises: bool = False, recognised: Mapping[int, RecognisedPage] = MappingProxyType({})
) -> ReadFile:
    """A DOCX file as one page without a number; raises UnreadableFileError where it cannot be opened or is empty.

    `recognised` holds what was recognised in its pictures by their numbers; `recognises` says that the others will be.
    """
    document = _opened(data)
    walker = _Walker(document, recognised)
    body = tuple(walker.blocks(document.element.body))
    pictures = walker.pictures
    pending = pictures.missing if recognises else ()
    printed = matching_key("".join(map(_item_text, body)))
    items = (*body, *(line for line in walker.margins() if matching_key(line.text) not in printed))
    if not items and not pending:
        raise UnreadableFileError(NOTHING if recognised else "DOCX 文件里没有文字；如果内容是图片，请打开文字识别。")
    title = clean_line(document.core_properties.title or "")
    warnings = (*warnings_of(walker.left_out), *_embedded(data), *picture_warnings(pictures))
    page = Page(None, items, is_pictured=bool(pictures.files))
    if not items:
        page = replace(page, status=PageStatus.PENDING, note=WAITING)
    return ReadFile("", "docx", "", (page,), title, warnings=warnings, pending=pending)


def docx_picture_files(data: bytes) -> tuple[bytes, ...]:
    """The picture files in a DOCX in the order of their numbers, from 1."""
    document = _opened(data)
    walker = _Walker(document, {})
    for _ in walker.blocks(document.element.body):
        pass
    return tuple(walker.pictures.files.values())


def _opened(data: bytes) -> Any:
    import docx

    try:
        return docx.Document(io.BytesIO(data))
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:  # python-docx raises anything at all on missing or malformed parts
        raise UnreadableFileError("DOCX 文件已损坏，打不开；请用 Word 或 WPS 打开后另存，再添加。") from error


def _embedded(data: bytes) -> tuple[str, ...]:
    """A warning where sheets and other objects are embedded."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        count = sum("/embeddings/" in name for name in archive.namelist())
    return (EMBEDDED.format(count),) if count else ()


class _Walker:
    """Goes through a document once, counting its numbered paragraphs and notes on the way."""

    def __init__(self, document: Any, recognised: Mapping[int, RecognisedPage]) -> None:
        self.pictures = Pictures(document.part, recognised)
        self._in_body = True
        """Not in a note or a margin, whose pictures are counted apart from the document's."""
        self._held: list[Line | Grid] = []
        """Tables inside of cells, and what was recognised in the pictures of cells and text boxes: told behind the table or
        paragraph that holds them."""
        self._styles = Styles(document)
        self._texts = Texts(self._styles)
        self._parts = [one for one in document.part.rels.values() if not one.is_external]
        root = next((one.target_part.element for one in self._parts if one.reltype.endswith("/numbering")), None)
        self._numbering = Numbering(root)
        self._notes = {kind: self._notes_by_id(kind) for kind in ("footnote", "endnote")}

    @property
    def left_out(self) -> Mapping[str, int]:
        """How often text was left out, by its kind."""
        return self._texts.left_out

    def blocks(self, container: Any, *, in_cell: bool = False) -> Iterator[Line | Grid]:
        """Paragraphs and tables inside an element, also those inside content controls and text boxes, and notes."""
        waiting: list[Any] = []
        for child in _flat(container):
            if child.tag == f"{WORD}p" and _loses_its_mark(child):
                self._texts.left_out[REVISED] += 1
                waiting.append(child)
                continue
            if child.tag == f"{WORD}p":
                yield from self._paragraph([*waiting, child], in_cell=in_cell)
                waiting = []
            elif child.tag == f"{WORD}tbl":
                yield from self._table(child)
            if not in_cell:
                yield from self._released()
                yield from self._called_notes()
        if waiting:
            yield from self._paragraph(waiting, in_cell=in_cell)

    def _released(self) -> Iterator[Line | Grid]:
        held, self._held = self._held, []
        yield from held

    def margins(self) -> Iterator[Line]:
        """Headers, footers, each once, without page numbers."""
        known = set()
        for part in self._parts:
            if part.reltype.endswith(("/header", "/footer")):
                for line in self._lines_of(_element(part.target_part)):
                    if line.text not in known and not _PAGE_NUMBER.fullmatch(line.text):
                        known.add(line.text)
                        yield line

    def _lines_of(self, container: Any) -> list[Line]:
        """The lines of a note or a margin."""
        before, self._in_body = self._in_body, False
        lines = [item for item in self.blocks(container, in_cell=True) if isinstance(item, Line)]
        self._in_body = before
        return lines

    def _notes_by_id(self, kind: str) -> dict[str, Any]:
        part = next((one.target_part for one in self._parts if one.reltype.endswith(f"/{kind}s")), None)
        notes = () if part is None else _element(part).iterchildren(WORD + kind)
        return {note.get(f"{WORD}id") or "": note for note in notes if note.get(f"{WORD}type") in (None, "normal")}

    def _called_notes(self) -> Iterator[Line]:
        """The notes called since the last block, each behind its raised number."""
        for kind, key, number in self._texts.called_notes():
            note = self._notes[kind].pop(key, None)
            if note is not None:
                text = " ".join(line.text for line in self._lines_of(note))
                yield Line(f"{raised(number)} {text}", paragraph=True)

    def _paragraph(self, elements: Sequence[Any], *, in_cell: bool) -> Iterator[Line | Grid]:
        """A paragraph, or several whose marks between them are deleted."""
        first = elements[0]
        style = self._styles.of_paragraph(first)
        stated = child_value(first, "pPr/outlineLvl")
        level = int(stated) + 1 if stated is not None and int(stated) < 9 else style.heading_level
        text = "".join(self._texts.of_paragraph(one, on_white=not in_cell) for one in elements)
        number = self._number(first, style) if text.strip() else ""
        text = f"{number} {text}" if number else text
        size, bold = self._type(first, style)
        for row in [text.replace(BREAK, " ")] if level else text.split(BREAK):
            # a tab behind a heading's number is layout, elsewhere it parts what stands in columns
            shown = clean_line(row) if level else "\t".join(filter(None, map(clean_line, row.split("\t"))))
            if shown:
                yield Line(shown, size=size, bold=bold, heading_level=level, paragraph=True)
        for element in elements:
            for box in _text_boxes(element):
                yield from self.blocks(box, in_cell=True)
            if self._in_body:
                self._held += self.pictures.items_of(element)
        if not in_cell:
            yield from self._released()

    def _type(self, element: Any, style: Style) -> tuple[float, bool]:
        """Size and boldness of most of a paragraph's characters."""
        weights: Counter[tuple[float, bool]] = Counter()
        for run in element.iter(f"{WORD}r"):
            size = half_points(run.find(f"{WORD}rPr/{WORD}sz")) or style.size or self._styles.default_size
            bold = run_marks(run).bold
            length = sum(len(text.text or "") for text in run.iterchildren(f"{WORD}t"))
            weights[size, bool(style.bold) if bold is None else bold] += length
        return weights.most_common(1)[0][0] if weights else (style.size, bool(style.bold))

    def _number(self, element: Any, style: Style) -> str:
        list_id = child_value(element, "pPr/numPr/numId") or style.list_id
        level = child_value(element, "pPr/numPr/ilvl")
        if list_id in (None, "0"):
            return ""
        return self._numbering.next(str(list_id), int(level) if level is not None else style.list_level or 0)

    def _table(self, element: Any) -> Iterator[Line | Grid]:
        rows = [row for row in _within(element, "tr") if not self._is_deleted(row, "trPr/del")]
        cells = [cell for row in rows for cell in _within(row, "tc")]
        if len(cells) == 1:  # a frame around text, not a table
            yield from self.blocks(cells[0])
            return
        grid = self._grid(rows)
        if any(cell.text for cell in grid.cells) or (grid.cells and not self._held):
            yield grid

    def _is_deleted(self, element: Any, path: str) -> bool:
        deleted = element.find("/".join(WORD + name for name in path.split("/"))) is not None
        self._texts.left_out[REVISED] += deleted
        return deleted

    def _cell_text(self, cell: Any) -> str:
        """The paragraphs of a cell; a table of several columns inside it is told behind the one around it."""
        items = list(self.blocks(cell, in_cell=True))
        apart = [item for item in items if isinstance(item, Grid) and item.row_count > 1 and item.column_count > 1]
        self._held += apart
        return joined_blocks(_item_text(item) for item in items if item not in apart)

    def _grid(self, rows: Sequence[Any]) -> Grid:
        """Cells at their places: gridSpan merges across, vMerge down."""
        cells: list[Cell] = []
        open_cells: dict[int, int] = {}
        """Index in `cells` of the cell that may go on downwards, by its column."""
        for number, row in enumerate(rows):
            column = min(int(child_value(row, "trPr/gridBefore") or 0), MAX_COLUMNS)
            for element in _within(row, "tc"):
                span = max(1, min(int(child_value(element, "tcPr/gridSpan") or 1), MAX_COLUMNS - column))
                merge = element.find(f"{WORD}tcPr/{WORD}vMerge")
                goes_on = merge is not None and merge.get(f"{WORD}val", "continue") == "continue"
                if goes_on and column in open_cells:
                    above = cells[open_cells[column]]
                    cells[open_cells[column]] = _taller(above, number)
                else:
                    open_cells = {key: at for key, at in open_cells.items() if not column <= key < column + span}
                    if merge is not None:
                        open_cells[column] = len(cells)
                    text = "" if self._is_deleted(element, "tcPr/cellDel") else self._cell_text(element)
                    cells.append(Cell(text, number, column, 1, span))
                column += span
        columns = max((cell.column + cell.column_span for cell in cells), default=0)
        return Grid(tuple(cells), len(rows), columns)


def _element(part: Any) -> Any:
    """The root of a part's XML, also of those python-docx keeps as bytes."""
    from docx.oxml import parse_xml

    return part.element if hasattr(part, "element") else parse_xml(part.blob)


def _flat(container: Any) -> Iterator[Any]:
    """The paragraphs and tables of an element, those inside content controls too."""
    for child in container:
        if child.tag in _WRAPPERS:
            yield from _flat(child)
        elif child.tag in (f"{WORD}p", f"{WORD}tbl"):
            yield child


def _loses_its_mark(paragraph: Any) -> bool:
    """Whether the mark at its end is deleted, so that the next paragraph goes on in it."""
    marks = paragraph.find(f"{WORD}pPr/{WORD}rPr")
    return marks is not None and any(marks.find(WORD + name) is not None for name in ("del", "moveFrom"))


def _item_text(item: Line | Grid) -> str:
    return item.text if isinstance(item, Line) else " ".join(cell.text for cell in item.cells if cell.text)


def _text_boxes(element: Any) -> Iterator[Any]:
    """Text boxes anchored in a paragraph, each once and none inside another."""
    for child in element:
        if child.tag == f"{WORD}txbxContent":
            yield child
        elif child.tag not in (FALLBACK, f"{WORD}del", f"{WORD}moveFrom"):
            yield from _text_boxes(child)


def _within(element: Any, name: str) -> Iterator[Any]:
    """A table's rows or a row's cells, also those inside content controls."""
    for child in element:
        if child.tag == WORD + name:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _within(child, name)


def _taller(cell: Cell, row: int) -> Cell:
    return Cell(cell.text, cell.row, cell.column, row - cell.row + 1, cell.column_span)
