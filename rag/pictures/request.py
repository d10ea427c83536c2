"""What a page picture is asked for, and what it is: the values that cross the border to the child that draws."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rag.pictures.locate import Wanted
from rag.readers.page_runs import Box
from rag.sandbox.values import json_to_value, value_to_json


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """A page of a PDF file, drawn at a zoom, with a quote marked where one is wanted."""

    path: str
    sha256: str
    """Of the file as it was indexed."""
    page: int
    """Physical page, from 1."""
    zoom: float
    """1 is the page at NATURAL_SCALE pixels a point."""
    wanted: Wanted | None = None
    recognised: str = ""
    """File with what was recognised on the page, `` where nothing was."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as a picture, or why there is none."""

    page: int
    page_count: int = 0
    page_label: str | None = None
    """The page number as the file states it."""
    png: bytes = b""
    """Empty where the page cannot be shown; `note` says why."""
    width: int = 0
    height: int = 0
    """In pixels."""
    located: float | None = None
    """Share of the quote found on the page; None where none was wanted."""
    quote_boxes: tuple[Box, ...] = ()
    figure_boxes: tuple[tuple[Box, ...], ...] = ()
    """Boxes of the quote and of each figure found whole, in pixels."""
    note: str = ""
    """Chinese: what a reader must know."""

    @property
    def marked_at(self) -> tuple[float, float]:
        """Middle of the first figure, else of the quote's first line, in widths and heights of the picture."""
        boxes = next(iter(self.figure_boxes), self.quote_boxes)
        if not boxes:
            return 0.5, 0.0
        first = boxes[0]
        return (first.left + first.right) / 2 / self.width, (first.top + first.bottom) / 2 / self.height


def picture_to_bytes(picture: PagePicture) -> bytes:
    """The picture as a line, and its PNG behind that."""
    return value_to_json(PagePicture, replace(picture, png=b"")) + b"\n" + picture.png


def bytes_to_picture(data: bytes) -> PagePicture:
    """What `picture_to_bytes` wrote; ValueError for anything that is none."""
    values, _, png = data.partition(b"\n")
    return replace(json_to_value(PagePicture, values), png=png)
