"""PDF files as pages of lines and grids: text by PDFium, tables by pdfplumber, what the file states by pypdf.

PDFium is not thread-safe and a hostile file can cost any amount of time and memory, so this runs in the guarded
child process (`rag.reading.analysis`) only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from rag.errors import UnreadableFileError
from rag.language.text import clean_line
from rag.readers.legible import count_lost, has_lost_characters, is_garbled, page_ranges
from rag.readers.pdf.drawing import Drawing, page_to_drawing
from rag.readers.pdf.fallback_font import bring_font
from rag.readers.pdf.false_fonts import FALSE_DIGITS, FALSE_FONT_SUMMARIES, FontTrials
from rag.readers.pdf.fonts import Statements
from rag.readers.pdf.grids import TABLES_FAILED, GridFinder
from rag.readers.pdf.layout import is_within, pieces_to_items
from rag.readers.pdf.left_out import LEFT_OUT, LEFT_OUT_SUMMARIES, STACKED, Fonts, stacked_lines, with_left_out
from rag.readers.pdf.shown import SHOWN_SUMMARIES, ShownText, shown_text
from rag.readers.pdf.text import PageView, Piece
from rag.readers.pdf.turned import set_level
from rag.readers.pdf.watermarks import watermarks_apart
from rag.readers.recognised import (
    FROM_PICTURE,
    NOT_RECOGNISED,
    NOTHING_RECOGNISED,
    PARTLY_FROM_PICTURE,
    WAITING,
    RecognisedPage,
    settled,
)
from rag.records import Line, Origin, Page, PageStatus, ReadFile

MIN_PICTURE_SHARE = 0.3
"""Share of the page a picture takes to be its main content."""
MIN_PICTURE_AREA = 4000.0
"""Square points of the smallest picture that may hold a table or a chart."""
MAX_CAPTION_CHARACTERS = 80
"""A page with a picture and no more text than this says next to nothing without the picture."""
MIN_OUTLINED_PATHS = 100
"""A page without text but with this many filled shapes has its letters drawn."""
MIN_LOST, LOST_SHARE = 10, 0.05
"""So many characters without a meaning, and this share of a page's, leave it to recognition."""
MAX_OUTLINE_ENTRIES = 2000

DAMAGED = "这一页已损坏，读不出来。"
PICTURE = "这一页只有图片，没有文字，需先做文字识别（OCR）。"
OUTLINED = "这一页的文字已转成图形，需先做文字识别（OCR）。"
GARBLED = "这一页的文字是乱码（字体缺少编码对照），没有采用，请对照原件或先做文字识别（OCR）。"
MOSTLY_PICTURE = "这一页主要是图片，图中的文字和数字没有读入。"
PARTLY_LOST = "这一页有个别字符缺少编码对照，已略去，引用时请对照原件。"
MOSTLY_LOST = "这一页许多字符缺少编码对照，已略去，引用时请对照原件。"
_SUMMARIES = {
    DAMAGED: "第 {pages} 页已损坏，没有读入。",
    PICTURE: "第 {pages} 页只有图片、没有文字，没有读入；需要的话请先做文字识别（OCR）。",
    OUTLINED: "第 {pages} 页的文字已转成图形，没有读入；需要的话请先做文字识别（OCR）。",
    GARBLED: "第 {pages} 页的文字是乱码，没有读入。",
    MOSTLY_PICTURE: "第 {pages} 页主要是图片，图中的文字和数字没有读入。",
    MOSTLY_LOST: "第 {pages} 页有许多字符无法识别，已略去；需要的话请先做文字识别（OCR）。",
    PARTLY_LOST: "第 {pages} 页有个别字符无法识别，已略去。",
    WAITING: "第 {pages} 页是图片，正在等待文字识别，识别完成前答不了其中的内容。",
    FROM_PICTURE: "第 {pages} 页的文字是从图片识别的，引用时请对照原图。",
    PARTLY_FROM_PICTURE: "第 {pages} 页图中的文字是从图片识别的，引用时请对照原图。",
    NOTHING_RECOGNISED: "第 {pages} 页是图片，没有认出文字。",
    NOT_RECOGNISED: "第 {pages} 页图中的文字没能识别。",
    TABLES_FAILED: "第 {pages} 页的表格按普通文字读入，行列可能不准。",
}
_PASSWORD_ERROR = 4
_SECURITY_ERROR = 5


def read_pdf(
    data: bytes,
    *,
    password: str | None = None,
    max_pages: int,
    announce_pages: Callable[[int], None],
    recognises: bool = False,
    recognised: Mapping[int, RecognisedPage] = MappingProxyType({}),
) -> ReadFile:
    """The pages of a PDF file; raises UnreadableFileError where none of them has usable text, nor may get some.

    `announce_pages` is told the number of pages before the first is read. `recognised` holds what was recognised on
    pages that are pictures, or hold some; `recognises` says that the others will be.
    """
    document = _open(data, password)
    try:
        count = len(document)
        if count == 0:
            raise UnreadableFileError("这个 PDF 里没有页面，请重新导出。")
        if count > max_pages:
            raise UnreadableFileError(f"页数太多：{count} 页，上限 {max_pages} 页；请拆成几个文件再添加。")
        announce_pages(count)
        with closing(FontTrials(document)) as trials:
            helpers = _Helpers(GridFinder(data, password), Statements(data, password), trials)
            read = [_read_page(document, index, helpers) for index in range(count)]
        unread = {page.number for page in read if FALSE_DIGITS in page.note or MOSTLY_LOST in page.note}
        pages, pending = settled(read, recognised, recognises=recognises, unread=unread)
        if not pending:
            _refuse_without_text(pages)
        return ReadFile(
            name="",
            format="pdf",
            sha256="",
            pages=pages,
            title=clean_line(document.get_metadata_value("Title")),
            outline=_outline(document),
            warnings=_page_warnings(pages),
            pending=pending,
        )
    finally:
        document.close()


def _open(data: bytes, password: str | None) -> Any:
    import pypdfium2  # type: ignore[import-untyped]

    bring_font()
    try:
        return pypdfium2.PdfDocument(data, password=password)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == _PASSWORD_ERROR and password is None:
            raise UnreadableFileError(
                "这个 PDF 需要打开密码；请先去掉密码保护（另存为不加密的 PDF）再添加。"
            ) from error
        if code == _PASSWORD_ERROR:
            raise UnreadableFileError("打开密码不对，请核对后重试。") from error
        if code == _SECURITY_ERROR:
            raise UnreadableFileError("这个 PDF 用了不支持的加密方式；请另存为不加密的 PDF 再添加。") from error
        cut = b"%%EOF" not in data[-2048:]
        reason = "PDF 文件不完整（下载或复制中断）" if cut else "PDF 文件已损坏"
        raise UnreadableFileError(f"{reason}，打不开；请重新下载或重新导出。") from error


def _read_page(document: Any, index: int, helpers: _Helpers) -> Page:
    import pypdfium2

    label = document.get_page_label(index) or None
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return Page(index + 1, (), label, status=PageStatus.EMPTY, note=DAMAGED)
    try:
        text_page = page.get_textpage()
        set_level(page, text_page)
        view = PageView(page)
        blank = Page(index + 1, (), label, round(view.width, 2), round(view.height, 2))
        drawing = page_to_drawing(page)
        if not text_page.count_chars():
            return _without_text(blank, drawing)
        bold_fonts = helpers.stated.bold_fonts(index, page)
        shown = shown_text(page, text_page, view, drawing, bold_fonts, lambda: helpers.stated.has_layers)
        return _annotated(_filled(blank, page, shown.pieces, drawing, view, helpers), shown)
    except pypdfium2.PdfiumError:
        return Page(index + 1, (), label, status=PageStatus.EMPTY, note=DAMAGED)
    finally:
        page.close()


def _without_text(page: Page, drawing: Drawing) -> Page:
    note = PICTURE if drawing.has_picture else OUTLINED if drawing.paths >= MIN_OUTLINED_PATHS else ""
    return replace(page, status=PageStatus.EMPTY, note=note, is_pictured=bool(note))


def _annotated(page: Page, shown: ShownText) -> Page:
    """A page with what is to be said of the text it shows."""
    if shown.is_layer:
        items = tuple(replace(item, origin=Origin.RECOGNISED) for item in page.items)
        note = "" if page.note == MOSTLY_PICTURE else page.note
        page = replace(page, items=items, note=note, is_pictured=page.is_pictured and not items)
    return replace(page, note=page.note + "".join(shown.notes))


def _filled(page: Page, seen: Any, pieces: list[Piece], drawing: Drawing, view: PageView, helpers: _Helpers) -> Page:
    """The page with the text of the PDFium page `seen`."""
    assert page.number is not None
    if not pieces:
        return _without_text(page, drawing)
    if is_garbled(" ".join(piece.text for piece in pieces)):
        return replace(page, status=PageStatus.GARBLED, note=GARBLED, is_pictured=True)
    index = page.number - 1
    fonts = Fonts(partial(helpers.grids.characters, index), partial(helpers.stated.plain_fonts, index))
    if stacked := stacked_lines(pieces, fonts.characters):
        return replace(page, items=tuple(map(Line, stacked)), note=STACKED)
    pieces, is_whole = with_left_out(view, pieces, drawing, fonts)
    pieces, is_false = helpers.trials.believed(seen, view, watermarks_apart(pieces))
    found = helpers.grids.find(page.number - 1, pieces, drawing, view)
    free = [piece for piece in pieces if not any(is_within(piece, grid) for grid in found.grids)]
    items = pieces_to_items(free, found.grids)
    is_pictured = drawing.picture_area >= MIN_PICTURE_AREA
    note = found.note or _text_note(pieces, drawing, view) or ("" if is_whole else LEFT_OUT)
    return replace(page, items=items, note=note + FALSE_DIGITS * is_false, is_pictured=is_pictured)


def _text_note(pieces: Sequence[Piece], drawing: Drawing, view: PageView) -> str:
    lost = sum(count_lost(piece.text) for piece in pieces)
    if lost >= max(MIN_LOST, LOST_SHARE * sum(len(piece.text) for piece in pieces)):
        return MOSTLY_LOST
    if has_lost_characters(piece.text for piece in pieces):
        return PARTLY_LOST
    characters = sum(len(piece.characters) for piece in pieces)
    large = drawing.picture_area >= MIN_PICTURE_SHARE * view.width * view.height
    return MOSTLY_PICTURE if large and characters <= MAX_CAPTION_CHARACTERS else ""


class _Helpers(NamedTuple):
    """What looks into the same file with other libraries."""

    grids: GridFinder
    stated: Statements
    trials: FontTrials


def _outline(document: Any) -> tuple[tuple[int, str, int | None], ...]:
    import pypdfium2

    entries: list[tuple[int, str, int | None]] = []
    try:
        for bookmark in document.get_toc():
            target = bookmark.get_dest()
            index = target.get_index() if target else None
            entries.append((bookmark.level + 1, clean_line(bookmark.get_title()), None if index is None else index + 1))
            if len(entries) == MAX_OUTLINE_ENTRIES:
                break
    except pypdfium2.PdfiumError:
        return tuple(entries)
    return tuple(entries)


def _refuse_without_text(pages: Sequence[Page]) -> None:
    if any(page.items for page in pages):
        return
    notes = [page.note for page in pages if page.note]
    if NOTHING_RECOGNISED in notes or NOT_RECOGNISED in notes:
        raise UnreadableFileError("这个文件全是图片，没有认出可用的文字；请换更清晰的扫描件，或用原文档导出。")
    if GARBLED in notes:
        raise UnreadableFileError(
            "这个 PDF 的文字全是乱码（字体缺少编码对照）；请用原文档重新导出，或先做文字识别（OCR）再添加。"
        )
    if PICTURE in notes or OUTLINED in notes:
        raise UnreadableFileError("这个 PDF 没有文字（扫描件或图片）；请先做文字识别（OCR）再添加。")
    if DAMAGED in notes:
        raise UnreadableFileError("PDF 文件已损坏，没有一页能读出来；请重新下载或重新导出。")
    raise UnreadableFileError("这个 PDF 全是空白页，没有可读的内容。")


def _page_warnings(pages: Sequence[Page]) -> tuple[str, ...]:
    return tuple(
        summary.format(pages=page_ranges(numbers))
        for note, summary in (_SUMMARIES | SHOWN_SUMMARIES | FALSE_FONT_SUMMARIES | LEFT_OUT_SUMMARIES).items()
        if (numbers := [page.number for page in pages if note in page.note and page.number is not None])
    )
