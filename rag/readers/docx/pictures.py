"""The pictures in a DOCX that may hold text, in the order they stand in it, and its charts as tables.

The reader and the recogniser walk the same way, so that the n-th picture of the one is that of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rag.language.text import clean_line
from rag.readers.docx.styles import WORD
from rag.readers.docx.text import FALLBACK
from rag.readers.legible import page_ranges
from rag.readers.number_formats import shown
from rag.readers.recognised import RecognisedPage
from rag.records import Cell, Grid, Line

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
MIN_AREA = 4000.0
"""Square points of the smallest picture that is looked at: smaller ones are logos, signs and signatures."""
WAITING = "文档里的文字在图片中，正在等待文字识别。"
NOTHING = "DOCX 文件里没有文字，图片中也没有认出文字。"
READ = "文档中第 {} 张图片里的文字是识别出来的，引用时请对照原图。"
FAILED = "文档中第 {} 张图片没能识别（识别程序中途退出或用时过长）。"
KINDS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
_EMU = 12_700
"""English metric units in a point."""
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PLACED = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_KEYS = {
    f"{_DRAWING}blip": f"{_RELATION}embed",
    "{urn:schemas-microsoft-com:vml}imagedata": f"{_RELATION}id",
    f"{CHART}chart": f"{_RELATION}id",
}
"""What holds a picture or a chart, and the attribute that names its part."""
_NESTED = frozenset({FALLBACK, f"{WORD}txbxContent", f"{WORD}del", f"{WORD}moveFrom"})


class Pictures:
    """Numbers the pictures of a document as they are met, each file once, and gives what was recognised in them."""

    def __init__(self, part: Any, recognised: Mapping[int, RecognisedPage]) -> None:
        """`part` is the document's main part; `recognised` holds what is known by the pictures' numbers, from 1."""
        self._part, self._recognised = part, recognised
        self.files: dict[str, bytes] = {}
        """The content of the pictures by the name of their part, in the order they were met."""

    def items_of(self, paragraph: Any) -> Iterator[Line | Grid]:
        """What was recognised in the pictures of a paragraph that were not met before, and its charts."""
        for key in _relations(paragraph):
            part = self._part.related_parts.get(key)
            name = str(getattr(part, "partname", ""))
            if "/charts/" in name:
                from docx.oxml import parse_xml

                yield from chart_to_grids(parse_xml(part.blob))
            if name.lower().endswith(KINDS) and name not in self.files:
                self.files[name] = part.blob
                found = self._recognised.get(len(self.files))
                yield from found.items if found else ()

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the pictures that nothing is known of."""
        return tuple(number for number in range(1, len(self.files) + 1) if number not in self._recognised)

    @property
    def known(self) -> tuple[RecognisedPage, ...]:
        """What is known of the others."""
        return tuple(found for number in range(1, len(self.files) + 1) if (found := self._recognised.get(number)))


def picture_warnings(pictures: Pictures) -> tuple[str, ...]:
    """Which pictures text was recognised in, and which could not be recognised."""
    read = page_ranges(page.number for page in pictures.known if page.items)
    failed = page_ranges(page.number for page in pictures.known if page.has_failed)
    return (*([READ.format(read)] if read else []), *([FAILED.format(failed)] if failed else []))


def _relations(element: Any) -> Iterator[str]:
    """Relation ids of the pictures in a paragraph that are large enough, and of its charts; text boxes are left aside."""
    for child in element:
        if child.tag in _NESTED:
            continue
        if child.tag in (f"{_PLACED}inline", f"{_PLACED}anchor") and not _is_large(child.find(f"{_PLACED}extent")):
            continue
        if (attribute := _KEYS.get(child.tag)) and (key := child.get(attribute)):
            yield key
        else:
            yield from _relations(child)


def _is_large(extent: Any) -> bool:
    if extent is None:
        return True
    width, height = (int(extent.get(side) or 0) / _EMU for side in ("cx", "cy"))
    return width * height >= MIN_AREA


_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
MAX_POINTS = 500
"""Points of a series from which on it is no chart that a reader sees values in."""


@dataclass(frozen=True, slots=True)
class _Series:
    name: str
    categories: Mapping[int, str]
    values: Mapping[int, str]
    """As printed, by their place."""


def chart_to_grids(root: Any) -> Iterator[Grid]:
    """A table of a chart's series, of those whose values are printed; nothing without them.

    `root` is the element of the chart's part. A row for each category, a column for each series, the title above them.
    """
    series = [
        _series(one, group)
        for group in root.iterfind(f"{CHART}chart/{CHART}plotArea/*")
        for one in group.iterfind(f"{CHART}ser")
        if _shows_values(one, group)
    ]
    series = [one for one in series if one.values and len(one.values) <= MAX_POINTS]
    if not series:
        return
    title = root.find(f"{CHART}chart/{CHART}title")
    yield _grid(clean_line("".join(node.text or "" for node in title.iter(_TEXT))) if title is not None else "", series)


def _labels(series: Any, group: Any) -> list[Any]:
    found = (owner.find(f"{CHART}dLbls") for owner in (series, group))
    return [labels for labels in found if labels is not None]


def _shows_values(series: Any, group: Any) -> bool:
    labels = next(iter(_labels(series, group)), None)
    mark = None if labels is None else labels.find(f"{CHART}showVal")
    return mark is not None and mark.get("val", "1") in ("1", "true")


def _series(element: Any, group: Any) -> _Series:
    values = element.find(f"{CHART}val")
    number_format = "General" if values is None else values.findtext(f".//{CHART}formatCode") or "General"
    own = [found for labels in _labels(element, group) if (found := labels.find(f"{CHART}numFmt")) is not None]
    if own and own[0].get("sourceLinked") not in ("1", "true"):
        number_format = own[0].get("formatCode") or number_format
    printed = {at: _printed(text, number_format) for at, text in _points(values).items()}
    name = " ".join(_points(element.find(f"{CHART}tx")).values())
    return _Series(clean_line(name), _points(element.find(f"{CHART}cat")), printed)


def _points(element: Any) -> Mapping[int, str]:
    """Text of the points kept in a part of a series, by their place; of categories on several levels the lowest."""
    if element is None:
        return {}
    level = element.find(f".//{CHART}lvl")
    points = (element if level is None else level).iter(f"{CHART}pt")
    found = {int(point.get("idx") or 0): point.findtext(f"{CHART}v") or "" for point in points}
    return found or ({0: text} if (text := element.findtext(f"{CHART}v")) else {})


def _printed(text: str, number_format: str) -> str:
    try:
        return shown(float(text), number_format)
    except ValueError:
        return text


def _grid(title: str, series: Sequence[_Series]) -> Grid:
    places = sorted({at for one in series for at in one.values})
    names = {at: text for one in reversed(series) for at, text in one.categories.items()}
    rows = [["", *(one.name for one in series)]]
    rows += [[clean_line(names.get(at, "")), *(one.values.get(at, "") for one in series)] for at in places]
    above = [Cell(title, 0, 0, 1, len(rows[0]))] if title else []
    cells = (Cell(text, row, column) for row, texts in enumerate(rows, len(above)) for column, text in enumerate(texts))
    return Grid((*above, *cells), len(rows) + len(above), len(rows[0]), header_rows=1 + len(above))
