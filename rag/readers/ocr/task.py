"""What the guarded child does for `rag.reading.recognition`: the pages asked for, each told of as soon as it is recognised."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import UnreadableFileError
from rag.readers.docx.reader import docx_picture_files
from rag.readers.ocr.models import Models
from rag.readers.ocr.picture import Picture
from rag.readers.ocr.recognise import MIN_CHARACTERS, Recognised, recognise
from rag.readers.ocr.sources import file_pictures, page_picture, pictures_of_page
from rag.readers.page_runs import Run
from rag.readers.pdf.fallback_font import bring_font
from rag.readers.pdf.text import PageView, text_page_to_pieces
from rag.readers.recognised import RecognisedPage
from rag.readers.request import PictureRequest, os_error_reason
from rag.records import Grid, Line
from rag.sandbox.values import json_to_value, value_to_json

if TYPE_CHECKING:
    from rag.sandbox.worker import Teller

CHANGED = "文件在读入之后改动过，请重新读入。"


def answer(request: bytes, teller: Teller) -> bytes:
    """Notes of RecognisedPage, one a page in the order asked for; the answer itself is empty."""
    asked = json_to_value(PictureRequest, request)
    data = _data_of(asked)
    teller.pages(len(asked.numbers))
    for page in _pages(data, asked):
        teller.note(value_to_json(RecognisedPage, page))
    return b""


def _pages(data: bytes, asked: PictureRequest) -> Iterator[RecognisedPage]:
    if b"%PDF-" in data[:1024]:
        return _pages_of_pdf(data, asked)
    if data.startswith(b"PK"):
        return _pictures_of_docx(data, asked)
    return _pages_of_picture_file(data, asked)


def _data_of(asked: PictureRequest) -> bytes:
    try:
        with Path(asked.path).open("rb") as stream:
            data = stream.read(asked.max_file_bytes + 1)
    except OSError as error:
        raise UnreadableFileError(os_error_reason(error)) from error
    if hashlib.sha256(data).hexdigest() != asked.sha256:
        raise UnreadableFileError(CHANGED)
    return data


def _pages_of_pdf(data: bytes, asked: PictureRequest) -> Iterator[RecognisedPage]:
    import pypdfium2  # type: ignore[import-untyped]

    bring_font()
    models = Models()
    document = pypdfium2.PdfDocument(data)
    try:
        for number in asked.numbers:
            page = document[number - 1]
            try:
                yield _recognised(page, number, number in asked.whole, models)
            finally:
                page.close()
    finally:
        document.close()


def _recognised(page: Any, number: int, is_whole: bool, models: Models) -> RecognisedPage:
    view = PageView(page)
    if is_whole:
        pictures = [page_picture(page)]
    else:
        pictures = pictures_of_page(page, text_page_to_pieces(page.get_textpage(), view))
    found = [one for picture in pictures if _says_enough(one := recognise(picture, models))]
    return RecognisedPage(number, _items(found), is_whole, _runs(found), round(view.width, 2), round(view.height, 2))


def _says_enough(found: Recognised) -> bool:
    """Whether a picture holds more than a mark or a word on a sign."""
    texts = [item.text if isinstance(item, Line) else "".join(cell.text for cell in item.cells) for item in found.items]
    return sum(map(len, texts)) >= MIN_CHARACTERS


def _items(found: Iterable[Recognised]) -> tuple[Line | Grid, ...]:
    return tuple(item for one in found for item in one.items)


def _runs(found: Iterable[Recognised]) -> tuple[Run, ...]:
    return tuple(run for one in found for run in one.runs)


def _pages_of_picture_file(data: bytes, asked: PictureRequest) -> Iterator[RecognisedPage]:
    models = Models()
    for number, picture in enumerate(file_pictures(data), 1):
        if number in asked.numbers:
            found = recognise(picture, models)
            width, height = picture_size(picture)
            yield RecognisedPage(number, found.items, True, found.runs, width, height)


def _pictures_of_docx(data: bytes, asked: PictureRequest) -> Iterator[RecognisedPage]:
    """The pictures in a DOCX, each as a page with the picture's number; nothing in one that cannot be opened."""
    models = Models()
    for number, file in enumerate(docx_picture_files(data), 1):
        if number in asked.numbers:
            yield RecognisedPage(number, _items(_found_in(file, models)))


def _found_in(file: bytes, models: Models) -> Iterator[Recognised]:
    try:
        for picture in file_pictures(file):
            if _says_enough(found := recognise(picture, models)):
                yield found
    except UnreadableFileError:
        return


def picture_size(picture: Picture) -> tuple[float, float]:
    """Width and height of a picture in points."""
    height, width = picture.pixels.shape[:2]
    return round(width / picture.scale, 2), round(height / picture.scale, 2)
