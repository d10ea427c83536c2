"""Pictures to be recognised."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2
import pytest
from fixture_files import PdfBuilder, text
from ocr_samples import packed, table_picture
from PIL import Image

from rag.errors import UnreadableFileError
from rag.readers.ocr import sources
from rag.readers.ocr.sources import file_pictures, is_even, page_picture, pictures_of_page
from rag.readers.pdf.text import PageView, Piece, text_page_to_pieces

ROWS = [["2021", "1,234"], ["2022", "2,345"]]


def pdf_with(
    *placed: tuple[Image.Image, tuple[float, float, float, float]], content: str = ""
) -> pypdfium2.PdfDocument:
    """One page of A4 with pictures at (left, bottom, width, height)."""
    document = pypdfium2.PdfDocument(PdfBuilder().page(content).render())
    page = document[0]
    for image, (left, bottom, width, height) in placed:
        target = pypdfium2.PdfImage.new(document)
        data = io.BytesIO()
        image.convert("RGB").save(data, "JPEG", quality=95)
        target.load_jpeg(data, inline=True)
        target.set_matrix(pypdfium2.PdfMatrix().scale(width, height).translate(left, bottom))
        page.insert_obj(target)
    page.gen_content()
    return document


TABLE = Image.fromarray(table_picture(ROWS, margin=20))
NOISE = Image.fromarray(np.random.default_rng(1).integers(0, 255, (300, 400), np.uint8))


def pieces(page: pypdfium2.PdfPage) -> list[Piece]:
    return text_page_to_pieces(page.get_textpage(), PageView(page))


def test_a_large_picture_of_a_table_is_found_where_it_is_seen() -> None:
    page = pdf_with((TABLE, (100, 500, 280, 90)))[0]
    (picture,) = pictures_of_page(page, [])
    assert (picture.left, picture.top) == (pytest.approx(100, abs=1), pytest.approx(842 - 590, abs=1))
    assert picture.pixels.shape[1] / picture.scale == pytest.approx(280, abs=1)


def test_photographs_logos_and_grounds_are_left_out() -> None:
    over = text(110, 560, "这些字印在底图之上，不必再从图里认一遍")
    assert pictures_of_page(pdf_with((NOISE, (100, 500, 280, 90)))[0], []) == []
    assert pictures_of_page(pdf_with((TABLE, (100, 500, 60, 20)))[0], []) == []
    page = pdf_with((TABLE, (100, 500, 280, 90)), content=over)[0]
    assert pictures_of_page(page, pieces(page)) == []


def test_a_picture_cut_into_strips_is_one() -> None:
    upper, lower = TABLE.crop((0, 0, TABLE.width, 90)), TABLE.crop((0, 90, TABLE.width, TABLE.height))
    page = pdf_with((upper, (100, 550, 280, 45)), (lower, (100, 505, 280, 45)))[0]
    (picture,) = pictures_of_page(page, [])
    assert picture.pixels.shape[0] / picture.scale == pytest.approx(90, abs=1)


def test_a_page_is_drawn_as_finely_as_its_scan() -> None:
    scan = Image.new("L", (1240, 1754), 255)
    assert page_picture(pdf_with((scan, (0, 0, 595, 842)))[0]).scale == pytest.approx(150 / 72, rel=0.01)


def test_small_print_is_drawn_larger() -> None:
    usual = PdfBuilder().page(*(text(50, 700 - 20 * at, "ABCDEF 123456", 11, "B") for at in range(20)))
    small = PdfBuilder().page(*(text(50, 700 - 20 * at, "ABCDEF 123456", 5, "B") for at in range(20)))
    scales = [page_picture(pypdfium2.PdfDocument(pdf.render())[0]).scale for pdf in (usual, small)]
    assert scales[1] > 1.3 * scales[0]


def test_an_even_ground_is_told_from_a_photograph() -> None:
    assert is_even(np.asarray(TABLE))
    assert not is_even(np.asarray(NOISE))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "WEBP"])
def test_kinds_of_picture_files(kind: str) -> None:
    (picture,) = file_pictures(packed(np.asarray(TABLE), kind))
    assert picture.pixels.ndim == 3


def test_a_file_with_several_frames_has_several_pictures() -> None:
    target = io.BytesIO()
    TABLE.save(target, "TIFF", save_all=True, append_images=[TABLE, TABLE])
    assert len(list(file_pictures(target.getvalue()))) == 3


def test_a_transparent_picture_stands_on_white() -> None:
    clear = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    target = io.BytesIO()
    clear.save(target, "PNG")
    (picture,) = file_pictures(target.getvalue())
    assert picture.pixels.min() == 255


def test_a_photograph_is_turned_as_its_camera_was_held() -> None:
    target, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    TABLE.save(target, "JPEG", exif=exif)
    (picture,) = file_pictures(target.getvalue())
    assert picture.pixels.shape[0] > picture.pixels.shape[1]


def test_type_of_a_file_without_resolution_is_taken_to_be_of_usual_size() -> None:
    large, small = (table_picture(ROWS, size=size) for size in (34, 68))
    scales = [next(file_pictures(packed(pixels))).scale for pixels in (large, small)]
    assert scales[1] == pytest.approx(2 * scales[0], rel=0.15)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", packed(np.asarray(TABLE))[:200]])
def test_a_damaged_file_says_so(data: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="图片已损坏"):
        list(file_pictures(data))


def test_a_file_too_large_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILE_PIXELS", 1000)
    with pytest.raises(UnreadableFileError, match="图片太大"):
        list(file_pictures(packed(np.asarray(TABLE))))
