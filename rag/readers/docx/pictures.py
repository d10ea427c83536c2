"""The pictures and charts in a DOCX that may hold text, in the order they stand in it.

The reader and the recogniser walk the same way, so that the n-th picture of the one is that of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rag.readers.docx.charts import CHART, chart_to_grids
from rag.readers.docx.styles import WORD
from rag.readers.docx.text import FALLBACK
from rag.readers.legible import page_ranges
from rag.readers.recognised import RecognisedPage
from rag.records import Grid, Line

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
