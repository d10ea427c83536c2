"""Picture files (PNG, JPEG, BMP, TIFF, WebP) as pages that wait to be recognised, or that have been."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rag.errors import UnreadableFileError
from rag.readers.legible import page_ranges
from rag.readers.recognised import FROM_PICTURE, RecognisedPage, settled
from rag.records import Page, ReadFile

NO_RECOGNITION = '这是图片，而文字识别已关闭（ocr = "off"）；请打开文字识别，或改用 PDF、DOCX。'
NOTHING = "图片里没有认出可用的文字；请换更清晰的图片，或用原文档导出 PDF 再添加。"


def read_picture_file(
    data: bytes,
    *,
    max_pages: int,
    announce_pages: Callable[[int], None],
    recognises: bool,
    recognised: Mapping[int, RecognisedPage],
) -> ReadFile:
    """The frames of a picture file as pages; raises UnreadableFileError where it cannot be opened or says nothing."""
    count = _frames(data)
    if count > max_pages:
        raise UnreadableFileError(f"页数太多：{count} 页，上限 {max_pages} 页；请拆成几个文件再添加。")
    announce_pages(count)
    frames = [
        Page(number, (), width=found.width, height=found.height, is_pictured=True)
        if (found := recognised.get(number))
        else Page(number, (), is_pictured=True)
        for number in range(1, count + 1)
    ]
    pages, pending = settled(frames, recognised, recognises=recognises)
    if not pending and not any(page.items for page in pages):
        raise UnreadableFileError(NOTHING if recognised else NO_RECOGNITION)
    read = [page.number for page in pages if page.note == FROM_PICTURE and page.number is not None]
    warnings = (f"第 {page_ranges(read)} 页的文字是从图片识别的，引用时请对照原图。",) if read else ()
    return ReadFile("", "picture", "", pages, warnings=warnings, pending=pending)


def picture_file_to_pdf(data: bytes) -> bytes:
    """A PDF with a frame a page, each as large as it was when it was recognised."""
    import io

    from PIL import Image

    from rag.readers.ocr.sources import file_pictures

    pages = []
    for picture in file_pictures(data):
        pixels = picture.pixels if picture.pixels.ndim == 2 else picture.pixels[..., ::-1]
        image = Image.fromarray(pixels)
        pages.append((image, 72 * picture.scale))
    target = io.BytesIO()
    for number, (image, resolution) in enumerate(pages):
        image.save(target, "PDF", resolution=resolution, append=number > 0)
    return target.getvalue()


def _frames(data: bytes) -> int:
    import io

    from PIL import Image, UnidentifiedImageError

    from rag.readers.ocr.sources import DAMAGED

    try:
        with Image.open(io.BytesIO(data)) as image:
            return int(getattr(image, "n_frames", 1))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableFileError(DAMAGED) from error
