"""Pictures to be recognised: whole pages of a PDF, large pictures inside its pages, and picture files."""

from __future__ import annotations

import ctypes
import io
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from rag.errors import UnreadableFileError
from rag.readers.ocr.picture import Picture, Pixels, ink_of, type_size
from rag.readers.page_runs import Box
from rag.readers.pdf.drawing import combined, matrix_of, moved, placed_objects
from rag.readers.pdf.text import PageView, Piece

USUAL_DPI = 200
MIN_DPI, MAX_DPI = 150, 400
MIN_TYPE_PIXELS = 22
"""Type smaller than this is drawn larger, where the picture has more to show."""
MAX_PIXELS = 14_000_000
"""A larger picture is made smaller: this much of A4 is 430 dpi."""
MAX_FILE_PIXELS = 150_000_000
"""A picture file with more is not opened."""
MAX_FRAMES = 300
MIN_WIDTH, MIN_HEIGHT = 100.0, 40.0
"""Points of the smallest picture inside a page that may hold a table or a chart."""
WHOLE_SHARE = 0.5
"""Share of the page from which on a picture is the page."""
TILE_GAP = 1.5
"""Points between the parts that a picture is cut into."""
MAX_COVERING = 12
"""A picture with more of the page's own characters on it is a ground for them, and was read with them."""
FLAT_SHARE = 0.4
"""Share of the commonest shades: tables and charts stand on even ground, photographs do not."""
USUAL_TYPE_POINTS = 10.5
TYPE_POINTS = (6.0, 20.0)
"""Sizes of type that a picture file's own resolution may lead to and be believed."""

TOO_LARGE = "图片太大（{width}×{height} 像素）；请缩小后再添加。"
DAMAGED = "图片已损坏或不完整，打不开；请用看图软件另存为 PNG 或 JPG 再添加。"


class PlacedPicture(NamedTuple):
    """A picture inside a page: where it is seen, in points from the top left corner, and how fine it is."""

    box: Box
    dpi: float


def page_picture(page: Any) -> Picture:
    """A whole page of PDFium, as finely drawn as its scan or its smallest print needs."""
    view = PageView(page)
    whole = [
        placed.dpi
        for placed in _placed_pictures(page, view)
        if _area(placed.box) >= WHOLE_SHARE * view.width * view.height
    ]
    finest = max(whole, default=math.inf)
    sheet = Box(0.0, 0.0, view.width, view.height)
    picture = _drawn(page, view, sheet, min(finest, USUAL_DPI), finest / 72)
    size = type_size(ink_of(picture.grey, picture.scale))
    dpi = min(finest, MAX_DPI, picture.scale * 72 * MIN_TYPE_PIXELS / size)
    return _drawn(page, view, sheet, dpi, finest / 72) if dpi > 1.1 * picture.scale * 72 else picture


def pictures_of_page(page: Any, pieces: Sequence[Piece]) -> list[Picture]:
    """The pictures inside a page that may hold a table or printed values, from the top down.

    `pieces` is the page's own text: what lies under it is its ground. Photographs, logos and ornaments are left out.
    """
    view = PageView(page)
    pictures = []
    for box, dpi in _joined_tiles(_placed_pictures(page, view)):
        large = box.right - box.left >= MIN_WIDTH and box.bottom - box.top >= MIN_HEIGHT
        if large and _characters_on(box, pieces) <= MAX_COVERING:
            picture = _drawn(page, view, box, dpi, dpi / 72)
            if is_even(picture.grey):
                pictures.append(picture)
    return sorted(pictures, key=lambda picture: (picture.top, picture.left))


def is_even(grey: Pixels) -> bool:
    """Whether a picture has an even ground, as tables and charts have, unlike photographs."""
    shades = np.sort(np.bincount(grey.ravel() // 8, minlength=32))
    return bool(shades[-3:].sum() >= FLAT_SHARE * grey.size)


def file_pictures(data: bytes) -> Iterator[Picture]:
    """The frames of a picture file (PNG, JPEG, BMP, TIFF, WebP), each set up as its makers meant it to be seen."""
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
            if width * height > MAX_FILE_PIXELS:
                raise UnreadableFileError(TOO_LARGE.format(width=width, height=height))
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                if number == MAX_FRAMES:
                    return
                dpi = float(frame.info.get("dpi", (0.0,))[0] or 0.0)
                yield _scaled(_coloured(ImageOps.exif_transpose(frame)), dpi)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableFileError(DAMAGED) from error


def _coloured(image: Any) -> Pixels:
    """A picture in blue, green and red, on white where it is transparent."""
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        wide = np.asarray(image, np.float64)
        return np.asarray(255 * (wide - wide.min()) / max(1.0, float(np.ptp(wide))), np.uint8)
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    return np.ascontiguousarray(np.asarray(image.convert("RGB"), np.uint8)[..., ::-1])


def _scaled(pixels: Pixels, dpi: float) -> Picture:
    """A picture of a file with type of usual size, if it has no resolution of its own that makes sense."""
    import cv2

    height, width = pixels.shape[:2]
    given = type_size(ink_of(Picture(pixels, 1.0).grey, USUAL_DPI / 72))
    grown = min(max(1.0, MIN_TYPE_PIXELS / given), (MAX_PIXELS / (height * width)) ** 0.5)
    if abs(grown - 1) > 0.05:
        way = cv2.INTER_CUBIC if grown > 1 else cv2.INTER_AREA
        pixels = np.asarray(cv2.resize(pixels, None, fx=grown, fy=grown, interpolation=way), np.uint8)
    believed = dpi and TYPE_POINTS[0] <= given * 72 / dpi <= TYPE_POINTS[1]
    detail = dpi / 72 if believed else given / USUAL_TYPE_POINTS
    return Picture(pixels, detail * grown, detail=detail)


def _drawn(page: Any, view: PageView, box: Box, dpi: float, detail: float) -> Picture:
    """A part of a page at a resolution, whose source has so many pixels a point."""
    width, height = box.right - box.left, box.bottom - box.top
    scale = max(MIN_DPI, min(MAX_DPI, dpi)) / 72
    scale = min(scale, (MAX_PIXELS / max(1.0, width * height)) ** 0.5)
    cut = (box.left, view.height - box.bottom, view.width - box.right, box.top)
    bitmap = page.render(scale=scale, crop=tuple(max(0.0, edge) for edge in cut))
    pixels = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3], np.uint8)
    bitmap.close()
    return Picture(pixels, scale, box.left, box.top, detail)


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def _characters_on(box: Box, pieces: Sequence[Piece]) -> int:
    return sum(
        box.left <= (left + right) / 2 <= box.right
        for piece in pieces
        if box.top <= piece.middle <= box.bottom
        for left, right in zip(piece.lefts, piece.rights, strict=True)
    )


def _placed_pictures(page: Any, view: PageView) -> list[PlacedPicture]:
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    found = []
    width, height = ctypes.c_uint(), ctypes.c_uint()
    for item, kind, form in placed_objects(page, pdfium):
        if kind != pdfium.FPDF_PAGEOBJ_IMAGE:
            continue
        own = matrix_of(item, pdfium)
        a, b, *_ = matrix = combined(own, form.matrix) if form else own
        corners = [_seen(view, *moved(matrix, x, y)) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
        across, down = zip(*corners, strict=True)
        box = Box(max(0.0, min(across)), max(0.0, min(down)), min(view.width, max(across)), min(view.height, max(down)))
        pdfium.FPDFImageObj_GetImagePixelSize(item, width, height)
        if box.left < box.right and box.top < box.bottom:
            spread = max(1.0, (a * a + b * b) ** 0.5)
            found.append(PlacedPicture(box, width.value / spread * 72))
    return found


def _seen(view: PageView, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = view.matrix
    return a * x + b * y + c, d * x + e * y + f


def _joined_tiles(pictures: Sequence[PlacedPicture]) -> list[PlacedPicture]:
    """Pictures with those that touch each other along a whole side, or overlap, made one."""
    joined: list[PlacedPicture] = []
    for box, dpi in sorted(pictures, key=lambda placed: (placed.box.top, placed.box.left)):
        for at, (other, other_dpi) in enumerate(joined):
            if _are_tiles(box, other):
                around = Box(*map(min, box[:2], other[:2]), *map(max, box[2:], other[2:]))
                joined[at] = PlacedPicture(around, max(dpi, other_dpi))
                break
        else:
            joined.append(PlacedPicture(box, dpi))
    return joined


def _are_tiles(one: Box, other: Box) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    if across > 0 and down > 0:
        return across * down >= 0.5 * min(_area(one), _area(other))
    same_width = abs(one.left - other.left) + abs(one.right - other.right) <= TILE_GAP
    same_height = abs(one.top - other.top) + abs(one.bottom - other.bottom) <= TILE_GAP
    return (same_width and -TILE_GAP <= down <= 0) or (same_height and -TILE_GAP <= across <= 0)
