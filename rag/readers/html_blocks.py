"""HTML as lines and grids: what a reader of the page would see, hidden and struck-out text left out with a warning."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rag.language.text import clean_line, join_lines, lowered, raised
from rag.records import Cell, Grid, Line

MAX_COLUMNS = 200
"""A wider table is damaged or hostile."""
MAX_DEPTH = 200
"""Elements inside one another that are followed."""

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_UNSEEN = frozenset("head iframe noscript object script select style svg template textarea title".split())
_STRUCK = frozenset("del s strike".split())
_HIDING = re.compile(r"display:none|visibility:(?:hidden|collapse)|opacity:0(?:\.0+)?(?:;|$)|font-size:0(?![.\d])")
_STRIKING = re.compile(r"text-decoration(?:-line)?:[^;]*line-through")
_TASK = re.compile(r"^\[[ xX]\]\s+")
LIST_MARK = "data-mark"
"""Attribute of a list item that holds its number as written."""


@dataclass(slots=True)
class Seen:
    """Lines and grids of a piece of HTML, and how many pieces were left out."""

    items: list[Line | Grid] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to tell the reader of what was left out."""
        return tuple(
            f"有 {count} 处{kind}没有读取；如需要，请改正原文件后再添加。" for kind, count in self.left_out.items()
        )


def html_to_seen(html: str) -> Seen:
    """What a piece of HTML shows; broken markup is mended as browsers do."""
    import lxml.html  # type: ignore[import-untyped]

    seen = Seen()
    if not html.strip():
        return seen
    root = lxml.html.document_fromstring(f"<html><body>{html}</body></html>")
    walker = _Walker(seen)
    walker.walk(root, 0)
    walker.end_line()
    return seen


class _Walker:
    """Goes through the elements once, gathering the text of the line it is in."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._text = ""
        self._level: int | None = None

    def walk(self, element: Any, depth: int) -> None:
        """An element with all that stands inside it, without its tail."""
        name = element.tag if isinstance(element.tag, str) else ""
        if depth > MAX_DEPTH or not self._is_read(element, name):
            return
        if name == "br":
            self._text += " " if self._level else "\n"
        elif name == "img":
            self._text += element.get("alt") or ""
        elif name in ("sup", "sub"):
            inside = _flat_text(element, self._seen)
            self._text += raised(inside) if name == "sup" else lowered(inside)
        elif name == "table" and (rows := _rows(element)) and sum(len(_cells(row)) for row in rows) > 1:
            self._table(element, rows)
        else:
            self.inside(element, name, depth)

    def inside(self, element: Any, name: str, depth: int) -> None:
        """What stands inside an element, its lines apart from those around it where it is a block."""
        is_block = name in _BLOCKS
        if is_block:
            self.end_line()
        level, self._level = self._level, int(name[1]) if re.fullmatch("h[1-6]", name) else self._level
        if name == "ol":
            _number_items(element)
        if name == "li" and (mark := element.get(LIST_MARK)):
            self._text = f"{mark} "
        self._add(element.text, in_lines=name == "pre")
        for child in element:
            self.walk(child, depth + 1)
            self._add(child.tail, in_lines=name == "pre")
        if is_block:
            self.end_line()
        self._level = level

    def _is_read(self, element: Any, name: str) -> bool:
        return bool(name) and name not in _UNSEEN and not _left_out(element, name, self._seen.left_out)

    def _add(self, text: str | None, *, in_lines: bool) -> None:
        """Text is wrapped freely; only in `pre` do its lines stand as they are."""
        if text and in_lines:
            self._text += text
        elif text:
            first, *rest = text.split("\n")
            self._text += first
            for line in rest:
                head, mark, last = self._text.rpartition("\n")
                self._text = head + mark + join_lines(last.rstrip(), line.lstrip())

    def end_line(self) -> None:
        """Close the line that is being gathered."""
        for row in self._text.split("\n"):
            text = "\t".join(filter(None, map(clean_line, _TASK.sub("", row.strip()).split("\t"))))
            if text:
                self._seen.items.append(Line(text, heading_level=self._level, paragraph=True))
        self._text = ""

    def _table(self, element: Any, rows: list[Any]) -> None:
        self.end_line()
        for caption in element.iterchildren("caption"):
            self.walk(caption, 0)
        grid = _grid(rows, self._seen)
        filled = Counter(cell.row for cell in grid.cells if cell.text)
        if sum(count > 1 for count in filled.values()) >= 2:
            self._seen.items.append(grid)
            return
        for row in range(grid.row_count):
            text = "\t".join(cell.text for cell in grid.cells if cell.row == row and cell.text)
            if text:
                self._seen.items.append(Line(text, paragraph=True))


def _left_out(element: Any, name: str, left_out: Counter[str]) -> bool:
    """Whether an element is hidden or struck out; counted where it holds any text."""
    style = re.sub(r"\s", "", (element.get("style") or "").lower())
    kind = ""
    if element.get("hidden") is not None or _HIDING.search(style):
        kind = "隐藏的内容"
    elif name in _STRUCK or _STRIKING.search(style):
        kind = "划掉的文字"
    if kind and "".join(element.itertext()).strip():
        left_out[kind] += 1
    return bool(kind)


def _number_items(ordered_list: Any) -> None:
    """Write the number of each item of an ordered list into it where it is not yet said."""
    start = ordered_list.get("start") or "1"
    first = int(start) if re.fullmatch(r"\d{1,9}", start) else 1
    for number, item in enumerate(ordered_list.iterchildren("li"), start=first):
        item.set(LIST_MARK, item.get(LIST_MARK) or f"{number}.")


def _rows(table: Any) -> list[Any]:
    return [
        row
        for part in table
        for row in ([part] if part.tag == "tr" else part if part.tag in ("thead", "tbody", "tfoot") else [])
        if row.tag == "tr"
    ]


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _grid(rows: list[Any], seen: Seen) -> Grid:
    """Cells at their places: rowspan and colspan merge."""
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    shown = [row for row in rows if not _left_out(row, "tr", seen.left_out)]
    for number, row in enumerate(shown):
        column = 0
        for element in _cells(row):
            while (number, column) in taken:
                column += 1
            if column >= MAX_COLUMNS or _left_out(element, "td", seen.left_out):
                continue
            width = _span(element, "colspan", MAX_COLUMNS - column)
            height = _span(element, "rowspan", len(shown) - number)
            taken.update((number + down, column + right) for down in range(height) for right in range(width))
            cells.append(Cell(clean_line(_flat_text(element, seen)), number, column, height, width))
            column += width
    columns = max((cell.column + cell.column_span for cell in cells), default=0)
    return Grid(tuple(cells), len(shown), columns)


def _span(element: Any, name: str, most: int) -> int:
    stated = (element.get(name) or "1").strip()
    if not re.fullmatch(r"\d{1,6}", stated):
        return 1
    return max(1, min(int(stated) or most, most))


def _flat_text(element: Any, seen: Seen) -> str:
    """All that an element shows, on one line; what stands in blocks of its own is a space apart."""
    inner = Seen(left_out=seen.left_out)
    walker = _Walker(inner)
    walker.inside(element, "td", 0)
    return joined_blocks(
        item.text if isinstance(item, Line) else " ".join(cell.text for cell in item.cells if cell.text)
        for item in inner.items
    )


_GROUPED = re.compile(r"[-+−]?[1-9]\d{0,2}(?: \d{3})+(?:\.\d+)?%?")


def joined_blocks(blocks: Iterable[str]) -> str:
    """The blocks of a cell on one line: a space between, a mark where two numbers would look like one.

    A number alone, its thousands grouped by spaces, is written without them.
    """
    text = ""
    for block in filter(None, blocks):
        shown = block.replace(" ", "") if _GROUPED.fullmatch(block) else block
        between = "；" if text[-1:].isdecimal() and shown[:1].isdecimal() else " " if text else ""
        text += between + shown
    return text
