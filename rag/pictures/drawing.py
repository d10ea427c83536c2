"""A page of a PDF as a picture, with a quote shaded and its figures marked. In the child process only."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from rag.errors import UnreadableFileError
from rag.pictures.locate import Located, Wanted, locate
from rag.pictures.request import PagePicture, PictureRequest, picture_to_bytes
from rag.readers.page_runs import Box, Run
from rag.readers.pdf.fallback_font import bring_font
from rag.readers.pdf.text import PageView, Piece, text_page_to_pieces
from rag.readers.pdf.turned import set_level
from rag.readers.recognised import load_page
from rag.readers.request import os_error_reason
from rag.sandbox.values import json_to_value

if TYPE_CHECKING:
    from PIL.Image import Image

    from rag.sandbox.worker import Teller

NATURAL_SCALE = 1.6
"""Pixels a point at zoom 1: a page of A4 is 952 pixels wide."""
MAX_SIDE_PIXELS = 4200
QUOTE_COLOUR, FIGURE_COLOUR, FRAME_COLOUR = (255, 241, 168), (255, 186, 73), (196, 74, 0)
"""Marker colours: they darken the paper, not the ink."""
QUOTE_PADDING, FIGURE_PADDING, FRAME_WIDTH = (0.5, 1.5), (1.0, 2.5), 1.2
"""Points, across and down; little across, where the next character stands."""

NOT_LOCATED = "引文在这一页上没能可靠定位（只对上 {share}），所以没有标出位置，请对照原文查看。"
NO_TEXT = "这一页没有可用的文字层（扫描件或乱码），无法标出引文的位置。"
NO_SUCH_PAGE = "文件里没有第 {page} 页（共 {count} 页）。"
UNDRAWABLE = "这一页画不出来（可能已损坏）。"
CHANGED = "文件在添加之后改动过，页码和内容可能对不上，所以不显示原页。请重新添加这份报告。"
UNOPENABLE = "这个 PDF 现在打不开（已损坏或需要密码），无法显示原页。"


class _Open(NamedTuple):
    """A file that was drawn from."""

    key: tuple[str, int, int]
    """Path, time of its last change, size."""
    sha256: str
    document: Any


_last: list[_Open] = []
"""The file that was drawn from last; one that has not been touched since is not read again."""


def answer(request: bytes, teller: Teller) -> bytes:
    """The picture asked for, as bytes; raises UnreadableFileError where the file is not to be shown."""
    asked = json_to_value(PictureRequest, request)
    bring_font()
    try:
        opened = _opened(asked.path)
    except OSError as error:
        raise UnreadableFileError(os_error_reason(error)) from error
    if opened.sha256 != asked.sha256:
        raise UnreadableFileError(CHANGED)
    return picture_to_bytes(draw_page(opened.document, asked.page, asked.zoom, asked.wanted, asked.recognised))


def _opened(path: str) -> _Open:
    import pypdfium2  # type: ignore[import-untyped]

    from rag.readers.pictures import picture_file_to_pdf

    status = Path(path).stat()
    key = (path, status.st_mtime_ns, status.st_size)
    if not _last or _last[0].key != key:
        while _last:
            _last.pop().document.close()
        data = Path(path).read_bytes()
        try:
            shown = data if b"%PDF-" in data[:1024] else picture_file_to_pdf(data)
            document = pypdfium2.PdfDocument(shown)
        except (pypdfium2.PdfiumError, UnreadableFileError) as error:
            raise UnreadableFileError(UNOPENABLE) from error
        _last.append(_Open(key, hashlib.sha256(data).hexdigest(), document))
    return _last[0]


def draw_page(document: Any, number: int, zoom: float, wanted: Wanted | None, recognised: str = "") -> PagePicture:
    """The page of an open PDFium document, marked where the quote is found in its text or in what was recognised."""
    import pypdfium2

    count = len(document)
    if not 1 <= number <= count:
        return PagePicture(number, count, note=NO_SUCH_PAGE.format(page=number, count=count))
    blank = PagePicture(number, count, document.get_page_label(number - 1) or None)
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        return replace(blank, note=UNDRAWABLE)
    try:
        set_level(page, page.get_textpage())
        view = PageView(page)
        scale = min(NATURAL_SCALE * zoom, MAX_SIDE_PIXELS / max(view.width, view.height, 1.0))
        located, note = _located(page, view, wanted, recognised) if wanted else (None, "")
        image = page.render(scale=scale).to_pil().convert("RGB")
        marks = _in_pixels(located or Located(0.0), scale)
        _mark(image, marks, scale)
        return replace(
            blank,
            png=_png(image),
            width=image.width,
            height=image.height,
            located=located.share if located else None,
            quote_boxes=marks.quote,
            figure_boxes=marks.figures,
            note=note,
        )
    except pypdfium2.PdfiumError:
        return replace(blank, note=UNDRAWABLE)
    finally:
        page.close()


def _located(page: Any, view: PageView, wanted: Wanted, recognised: str) -> tuple[Located, str]:
    seen = load_page(Path(recognised)) if recognised else None
    own = () if seen and seen.is_whole else page_to_runs(page, view)
    runs = (*own, *(seen.runs if seen else ()))
    if not runs:
        return Located(0.0), NO_TEXT
    located = locate(wanted, runs)
    return located, "" if located.quote else NOT_LOCATED.format(share=f"{located.share:.0%}")


def page_to_runs(page: Any, view: PageView) -> tuple[Run, ...]:
    """The characters of a PDFium page in the order of its content, parted where the page has white space."""
    pieces = text_page_to_pieces(page.get_textpage(), view)
    return tuple(run for piece in pieces for run in _piece_to_runs(piece))


def _piece_to_runs(piece: Piece) -> Iterator[Run]:
    text: list[str] = []
    boxes: list[Box] = []
    for character, left, right in zip([*piece.characters, " "], [*piece.lefts, 0.0], [*piece.rights, 0.0], strict=True):
        if character.strip():
            text.append(character)
            # a character beyond the first plane is one string; a half that was joined to it is an empty one
            boxes.append(Box(left, piece.top, right, piece.bottom))
        elif text and character:
            yield Run("".join(text), tuple(boxes))
            text, boxes = [], []


def _in_pixels(located: Located, scale: float) -> Located:
    def scaled(boxes: Sequence[Box]) -> tuple[Box, ...]:
        return tuple(Box(*(round(value * scale, 1) for value in box)) for box in boxes)

    return replace(located, quote=scaled(located.quote), figures=tuple(map(scaled, located.figures)))


def _mark(image: Image, marks: Located, scale: float) -> None:
    from PIL import ImageDraw

    for box in marks.quote:
        _shade(image, _padded(box, QUOTE_PADDING, scale), QUOTE_COLOUR)
    pen = ImageDraw.Draw(image)
    for box in (box for boxes in marks.figures for box in boxes):
        frame = _padded(box, FIGURE_PADDING, scale)
        _shade(image, frame, FIGURE_COLOUR)
        pen.rectangle(frame, outline=FRAME_COLOUR, width=max(1, round(FRAME_WIDTH * scale)))


def _shade(image: Image, frame: Box, colour: tuple[int, int, int]) -> None:
    """Colour a part of the picture as a marker pen does."""
    from PIL import Image, ImageChops

    left, top = max(0, round(frame.left)), max(0, round(frame.top))
    right, bottom = min(image.width, round(frame.right)), min(image.height, round(frame.bottom))
    if left < right and top < bottom:
        part = image.crop((left, top, right, bottom))
        image.paste(ImageChops.multiply(part, Image.new("RGB", part.size, colour)), (left, top))


def _padded(box: Box, padding: tuple[float, float], scale: float) -> Box:
    across, down = padding[0] * scale, padding[1] * scale
    return Box(box.left - across, box.top - down, box.right + across, box.bottom + down)


def _png(image: Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG", compress_level=3)
    return target.getvalue()
