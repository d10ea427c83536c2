from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fixture_files import PdfBuilder, glyph_by_glyph, text
from PIL import Image

from rag.pictures.drawing import FIGURE_COLOUR, FRAME_COLOUR, NATURAL_SCALE, QUOTE_COLOUR
from rag.pictures.locate import Wanted
from rag.pictures.pictures import PagePictures
from rag.pictures.request import PagePicture, PictureRequest, bytes_to_picture, picture_to_bytes
from rag.readers.page_runs import Box

QUOTE = Wanted("rate 96.12 all", ((5, 10),))


@pytest.fixture(scope="module")
def pictures() -> Iterator[PagePictures]:
    drawing = PagePictures()
    yield drawing
    drawing.close()


def request(path: Path, page: int = 1, zoom: float = 1.0, wanted: Wanted | None = None) -> PictureRequest:
    return PictureRequest(str(path), hashlib.sha256(path.read_bytes()).hexdigest(), page, zoom, wanted)


def image(picture: PagePicture) -> Image.Image:
    assert picture.png, picture.note
    return Image.open(io.BytesIO(picture.png)).convert("RGB")


def bold(left: float, baseline: float, words: str) -> str:
    return text(left, baseline, words, font="B")


LINE = bold(100, 700, QUOTE.text)
PAGES = {
    "plain": PdfBuilder().page(LINE),
    "rotated a quarter": PdfBuilder().page(LINE, attributes="/Rotate 90"),
    "rotated a half": PdfBuilder().page(LINE, attributes="/Rotate 180"),
    "rotated three quarters": PdfBuilder().page(LINE, attributes="/Rotate 270"),
    "cropped": PdfBuilder().page(LINE, attributes="/CropBox [50 300 500 780]"),
    "cropped and rotated": PdfBuilder().page(LINE, attributes="/CropBox [50 300 500 780] /Rotate 90"),
    "box away from the origin": PdfBuilder().page(bold(-200, 1700, QUOTE.text), box=(-300, 1000, 295, 1842)),
    "over two lines": PdfBuilder().page(bold(400, 700, "rate 96."), bold(100, 680, "12 all")),
    "piece by piece": PdfBuilder().page(bold(160, 700, "all"), bold(100, 700, "rate"), bold(128, 700, "96.12")),
    "upright": PdfBuilder().page(f"BT /B 12 Tf 0 1 -1 0 300 300 Tm ({QUOTE.text}) Tj ET"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_all_ink_of_a_page_that_is_only_the_quote_lies_in_its_boxes(
    pictures: PagePictures, tmp_path: Path, name: str, zoom: float
) -> None:
    picture = pictures.picture(request(PAGES[name].write(tmp_path / "a.pdf"), zoom=zoom, wanted=QUOTE))
    drawn = image(picture)
    assert picture.located == 1.0
    assert not picture.note
    assert (picture.width, picture.height) == drawn.size
    ink = drawn.convert("L").point(lambda value: 255 if value < 90 else 0)
    assert ink.getbbox()
    slack = 2 * NATURAL_SCALE * zoom
    for box in picture.quote_boxes:
        ink.paste(
            0, (round(box.left - slack), round(box.top - slack), round(box.right + slack), round(box.bottom + slack))
        )
    assert ink.getbbox() is None
    assert sum(_area(box) for box in picture.quote_boxes) < 0.02 * drawn.width * drawn.height


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def test_the_figure_is_marked_more_strongly(pictures: PagePictures, tmp_path: Path) -> None:
    picture = pictures.picture(request(PAGES["plain"].write(tmp_path / "a.pdf"), wanted=QUOTE))
    drawn = image(picture)
    (figure,) = picture.figure_boxes[0]
    (quote,) = picture.quote_boxes
    assert quote.left < figure.left < figure.right < quote.right
    assert drawn.getpixel((round(quote.left) + 1, round(quote.top) + 1)) == QUOTE_COLOUR
    colours = drawn.crop(tuple(map(round, figure))).getcolors()  # type: ignore[arg-type]
    assert max(colours)[1] == tuple(a * b // 255 for a, b in zip(QUOTE_COLOUR, FIGURE_COLOUR, strict=True))  # type: ignore[arg-type]
    framed = drawn.crop(
        (round(figure.left) - 6, round(figure.top) - 6, round(figure.right) + 6, round(figure.bottom) + 6)
    )
    assert FRAME_COLOUR in [colour for _, colour in framed.getcolors(10_000)]  # type: ignore[union-attr]


@pytest.mark.parametrize("words", ["2023届就业率为96.12%，", "毕业⽣就业率为96.12%，"])
def test_chinese_set_character_by_character_is_found(pictures: PagePictures, tmp_path: Path, words: str) -> None:
    path = PdfBuilder().page(glyph_by_glyph(60, 700, words, tracking=1.5)).write(tmp_path / "a.pdf")
    assert pictures.picture(request(path, wanted=Wanted("就业率为96.12%"))).located == 1.0


def test_a_quote_that_is_not_there_leaves_the_page_unmarked_and_says_so(pictures: PagePictures, tmp_path: Path) -> None:
    path = PAGES["plain"].write(tmp_path / "a.pdf")
    plain = pictures.picture(request(path))
    other = pictures.picture(request(path, wanted=Wanted("something else entirely", ((0, 5),))))
    assert image(other).tobytes() == image(plain).tobytes()
    assert "没能可靠定位" in other.note
    assert plain.note == ""
    assert plain.located is None
    empty = PdfBuilder().page("").write(tmp_path / "b.pdf")
    assert "没有可用的文字层" in pictures.picture(request(empty, wanted=QUOTE)).note


def test_pages_are_numbered_and_labelled(pictures: PagePictures, tmp_path: Path) -> None:
    labels = "/PageLabels << /Nums [0 << /S /r >> 1 << /S /D /St 7 >>] >>"
    path = PdfBuilder(catalog=labels).page(LINE).page(LINE).write(tmp_path / "a.pdf")
    found = [pictures.picture(request(path, page)) for page in (1, 2)]
    assert [(one.page, one.page_count, one.page_label) for one in found] == [(1, 2, "i"), (2, 2, "7")]
    assert "没有第 3 页" in pictures.picture(request(path, 3)).note


def test_a_file_that_is_gone_or_changed_is_not_shown(pictures: PagePictures, tmp_path: Path) -> None:
    path = PAGES["plain"].write(tmp_path / "a.pdf")
    asked = request(path, wanted=QUOTE)
    assert pictures.picture(asked).png
    PdfBuilder().page(LINE).page(LINE).write(path)
    changed = pictures.picture(asked)
    assert (changed.png, "改动过" in changed.note) == (b"", True)
    path.write_bytes(b"not a pdf")
    assert "打不开" in pictures.picture(request(path)).note
    path.unlink()
    assert "文件不存在" in pictures.picture(asked).note
    assert pictures.picture(request(PAGES["plain"].write(path), wanted=QUOTE)).png


def bomb(path: Path) -> Path:
    """A page whose forms draw each other some 30^7 times."""
    forms = [
        f"<< /Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << /XObject << /X {11 + n} 0 R >> >>"
        f" /Length 150 >>\nstream\n{'/X Do' * 30}\nendstream"
        for n in range(7)
    ]
    last = "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 11 >>\nstream\n0 0 9 9 re f\nendstream"
    return PdfBuilder(extra=[*forms, last], forms="/X 10 0 R").page("/X Do").write(path)


def test_a_page_that_never_ends_is_given_up_and_the_next_is_drawn(tmp_path: Path) -> None:
    pictures = PagePictures(seconds=15.0)
    good = request(PAGES["plain"].write(tmp_path / "a.pdf"), wanted=QUOTE)
    try:
        assert pictures.picture(good).png
        refused = pictures.picture(request(bomb(tmp_path / "b.pdf")))
        # a quick machine fills the memory it is given before the time is up
        assert (refused.png, "已停止" in refused.note or "中途退出" in refused.note) == (b"", True)
        assert pictures.picture(request(tmp_path / "a.pdf", zoom=1.5)).png
    finally:
        pictures.close()


def test_several_may_ask_at_once(pictures: PagePictures, tmp_path: Path) -> None:
    builder = PdfBuilder()
    for number in range(6):
        builder.page(bold(100, 700 - 50 * number, QUOTE.text))
    path = builder.write(tmp_path / "a.pdf")
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda n: pictures.picture(request(path, 1 + n % 6, wanted=QUOTE)), range(18)))
    assert [one.page for one in found] == [1 + n % 6 for n in range(18)]
    assert len({one.quote_boxes for one in found}) == 6


def test_what_was_drawn_is_kept_within_bounds(tmp_path: Path) -> None:
    path = PAGES["plain"].write(tmp_path / "a.pdf")
    small = PagePictures(cached_bytes=100_000)
    try:
        first = small.picture(request(path))
        assert 50_000 < 3 * len(first.png) < 100_000
        assert small.picture(request(path)) is first
        for zoom in (2.0, 2.1, 2.2, 2.3, 2.4, 2.5):
            small.picture(request(path, zoom=zoom))
        assert small.picture(request(path)) is not first
        os.utime(path, (1, 1))
        assert small.picture(request(path)).png == first.png
    finally:
        small.close()


@pytest.mark.parametrize("data", [b"", b"[1]\n", b"null\n", b'{"page": "1"}\n', b'{"page": 1, "width": 1e99}\n'])
def test_nothing_but_a_picture_is_taken_from_the_child(data: bytes) -> None:
    with pytest.raises(ValueError, match="validation error"):
        bytes_to_picture(data)


def test_a_picture_comes_over_as_it_was() -> None:
    picture = PagePicture(3, 9, "iv", b"\n\x89PNG\n", 10, 20, 0.75, (Box(1, 2, 3, 4),), ((Box(1, 2, 2, 4),),), "注")
    assert bytes_to_picture(picture_to_bytes(picture)) == picture
