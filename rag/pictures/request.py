"""What the page pictures and their child process say to each other: one line of JSON, then a picture's bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from rag.pictures.locate import Wanted
from rag.readers.page_runs import Box

MEMORY_BYTES = 2 * 2**30
MAX_HEADER_BYTES = 4 * 2**20
MAX_PICTURE_BYTES = 64 * 2**20


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


def request_to_line(request: PictureRequest) -> bytes:
    """The request as one line."""
    return json.dumps(asdict(request)).encode("ascii") + b"\n"


def line_to_request(line: bytes) -> PictureRequest:
    """The request `request_to_line` wrote."""
    values = json.loads(line)
    wanted = values.pop("wanted")
    if wanted is not None:
        wanted = Wanted(**{**wanted, "figures": tuple((start, end) for start, end in wanted["figures"])})
    return PictureRequest(**values, wanted=wanted)


def picture_to_bytes(picture: PagePicture) -> bytes:
    """The picture as a line that ends with the number of bytes behind it."""
    values = asdict(picture)
    del values["png"]
    return json.dumps({**values, "bytes": len(picture.png)}).encode("ascii") + b"\n" + picture.png


def read_picture(read_line: Callable[[int], bytes], read: Callable[[int], bytes]) -> PagePicture | None:
    """The picture that comes next; None where the stream ends or holds anything else.

    The child has parsed hostile bytes: nothing is taken from it but numbers, text and a picture's bytes.
    """
    line = read_line(MAX_HEADER_BYTES)
    try:
        values = json.loads(line)
        length = int(values["bytes"])
        if not line.endswith(b"\n") or not 0 <= length <= MAX_PICTURE_BYTES:
            return None
        png = read(length)
        return _picture(values, png) if len(png) == length else None
    except (ValueError, KeyError, TypeError):
        return None


def _picture(values: dict[str, Any], png: bytes) -> PagePicture:
    label, located = values["page_label"], values["located"]
    return PagePicture(
        page=int(values["page"]),
        page_count=int(values["page_count"]),
        page_label=None if label is None else str(label),
        png=png,
        width=int(values["width"]),
        height=int(values["height"]),
        located=None if located is None else float(located),
        quote_boxes=_boxes(values["quote_boxes"]),
        figure_boxes=tuple(_boxes(boxes) for boxes in values["figure_boxes"]),
        note=str(values["note"]),
    )


def _boxes(values: Any) -> tuple[Box, ...]:
    return tuple(Box(*(float(value) for value in box)) for box in values)
