import itertools
from pathlib import Path

import pytest
from fixture_files import (
    A4,
    DIGIT_CMAP,
    DIGIT_SQUARE,
    PdfBuilder,
    form,
    glyph_by_glyph,
    nameless_font,
    picture,
    ruled,
    text,
    turned,
)

from rag.errors import UnreadableFileError
from rag.readers.pdf.drawing import Drawing, page_to_drawing
from rag.readers.pdf.reader import (
    GARBLED,
    MOSTLY_LOST,
    MOSTLY_PICTURE,
    OUTLINED,
    PARTLY_LOST,
    PICTURE,
    read_pdf,
)
from rag.readers.recognised import RecognisedPage
from rag.records import Grid, Line, Origin, Page, PageStatus, ReadFile

SHARED = Path(__file__).parents[2] / "shared" / "reports"
PROSE = "学校现有在校学生一万余人其中女生占四成多毕业生去向落实率保持稳定教师队伍结构合理"


def read(builder: PdfBuilder, password: str | None = None) -> ReadFile:
    return read_pdf(builder.render(), password=password, max_pages=50, announce_pages=lambda count: None)


def first_page(*content: str, attributes: str = "") -> Page:
    return read(PdfBuilder().page(*content, attributes=attributes)).pages[0]


def texts(page: Page) -> list[str]:
    return [item.text for item in page.items if isinstance(item, Line)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([text(100, 700, "毕业生 2023 届")], ["毕业生2023届"]),
        ([text(100, 600, "下一行"), text(100, 700, "上一行")], ["上一行", "下一行"]),
        ([text(100, 700, "图"), text(112, 700, "书馆")], ["图书馆"]),
        ([text(100, 700, "图2-5"), text(300, 700, "图2-6")], ["图2-5\t图2-6"]),
        ([text(300, 700, "右"), text(100, 700, "左边")], ["左边\t右"]),
        ([text(200, 700, "目"), text(300, 700, "录")], ["目录"]),
        ([text(100, 700, "面积"), text(124, 700, "m", font="B"), text(135, 704, "2", 7, font="B")], ["面积m²"]),
        ([text(100, 700, "one two", font="B")], ["one two"]),
        ([text(100, 700, "共"), text(112, 700, "96.12%", font="B"), text(160, 700, "。")], ["共96.12%。"]),
        ([text(100, 700, "⼤⽣⻓")], ["大生长"]),
        ([text(100, 700, "2022-"), text(100, 680, "abc")], ["2022-", "abc"]),
    ],
)
def test_lines_follow_the_printed_place(content: list[str], expected: list[str]) -> None:
    assert texts(first_page(*content)) == expected


def test_a_line_knows_its_place_size_and_weight() -> None:
    page = first_page(text(100, 700, "第一章", 20), text(100, 600, "Bold line", 10, font="B"))
    heading, bold = page.items
    assert isinstance(heading, Line)
    assert isinstance(bold, Line)
    assert (heading.left, heading.size, heading.bold, heading.paragraph) == (100.0, 20.0, False, False)
    assert heading.top == pytest.approx(842 - 700 - 0.88 * 20)
    assert heading.right == pytest.approx(160.0)
    assert bold.bold


UPRIGHT = [text(30, 780 - 12 * row, "附") for row in range(22)]
"""A column of characters: PDFium takes the whole page for upright writing and ends a line behind every text."""


@pytest.mark.parametrize("figure", ["30", "1,234.56", "96.12%", "15.85：1", "2022-2023", "10000", "96.33％"])
@pytest.mark.parametrize("tracking", [0.0, 0.6, 1.2, 2.0, -0.5])
def test_characters_shown_one_by_one_are_one_figure(figure: str, tracking: float) -> None:
    page = first_page(
        *UPRIGHT, ruled(100, 600, [100, 100], [30]), text(105, 610, "人数"), glyph_by_glyph(205, 610, figure, tracking),
        glyph_by_glyph(100, 500, "共" + figure + "人", tracking),
    )  # fmt: skip
    grid = next(item for item in page.items if isinstance(item, Grid))
    assert [cell.text for cell in grid.cells] == ["人数", figure]
    assert texts(page)[-1] == f"共{figure}人"


@pytest.mark.parametrize(("apart", "expected"), [(0.0, "37"), (2.0, "37"), (3.0, "3 7"), (12.0, "3 7"), (30.0, "3\t7")])
@pytest.mark.parametrize("upright", [True, False])
def test_the_gap_decides_whether_two_figures_are_one(upright: bool, apart: float, expected: str) -> None:
    rest = UPRIGHT if upright else [text(60, 780 - 15 * row, PROSE) for row in range(8)]
    assert texts(first_page(*rest, text(100, 500, "3"), text(106 + apart, 500, "7")))[-1] == expected


def test_a_space_character_without_room_parts_nothing() -> None:
    page = first_page(text(100, 700, "3 "), text(106, 700, "0"), text(100, 600, "3 0"))
    assert texts(page) == ["30", "3 0"]


@pytest.mark.parametrize("matrix", ["1 0 0 1 60 40", ".25 0 0 .25 100 500", ".24 0 0 -.24 48 700"])
def test_text_with_a_stated_reading_stands_where_its_form_is_drawn(matrix: str) -> None:
    flip = "-1" if "-" in matrix else "1"

    def shown(left: int, words: str, reading: str = "") -> str:
        content = f"/F 12 Tf 1 0 0 {flip} {left} 0 Tm <{words.encode('utf-16-be').hex()}> Tj"
        return (
            f"/Span << /ActualText <feff{reading.encode('utf-16-be').hex()}> >> BDC {content} EMC"
            if reading
            else content
        )

    content = (
        "BT " + " ".join([shown(0, "共有学"), shown(36, "⽣", "生"), shown(48, "30"), shown(60, "⼈", "人")]) + " ET"
    )
    (page,) = read(PdfBuilder(extra=[form(content)], forms="/M 10 0 R").page(f"q {matrix} cm /M Do Q")).pages
    scale, x, y = (float(matrix.split()[at]) for at in (0, 4, 5))
    (line,) = page.items
    assert isinstance(line, Line)
    assert line.text == "共有学生30人"
    assert line.size == pytest.approx(12 * scale, abs=0.1)
    assert (line.left, line.right) == pytest.approx((x, x + 72 * scale), abs=1.5 * scale)
    assert line.bottom == pytest.approx(842 - y + 0.12 * 12 * scale, abs=0.05)


@pytest.mark.parametrize(
    ("first", "second", "content", "expected"),
    [
        (("Kai-Regular", 400), ("Kai-Bold", None), "/P 12 Tf <31> Tj /Q 12 Tf 0 -50 Td (2) Tj", [False, True]),
        (("Kai", 400), ("Kai", 700), "/Q 12 Tf [<31>] TJ /P 12 Tf 0 -50 Td <32> Tj", [True, False]),
        (("Kai", None), ("Kai", 700), "/Q 12 Tf q /P 12 Tf Q [<31>] TJ /P 12 Tf 0 -50 Td <32> Tj", [True, False]),
        (("Kai", 700), ("Kai", None), r"/B 12 Tf (\)) Tj /P 12 Tf 0 -50 Td <32> Tj", [True, True]),
        (("Kai", None), ("Kai", None), "/P 12 Tf <31> Tj", [False]),
    ],
)
def test_a_font_pdfium_has_no_name_for_is_as_bold_as_the_file_says(
    first: tuple[str, int | None], second: tuple[str, int | None], content: str, expected: list[bool]
) -> None:
    extra = [DIGIT_SQUARE, DIGIT_CMAP, nameless_font(*first), nameless_font(*second)]
    builder = PdfBuilder(extra=extra, fonts="/P 12 0 R /Q 13 0 R").page(f"BT 1 0 0 1 100 700 Tm {content} ET")
    lines = [item for item in read(builder).pages[0].items if isinstance(item, Line)]
    assert [line.bold for line in lines] == expected


@pytest.mark.parametrize(
    ("name", "flags", "expected"), [("Kaiti", 4, False), ("Kaiti,Bold", 4, True), ("Kaiti", 4 | 1 << 18, True)]
)
def test_thick_stems_alone_make_no_font_bold(name: str, flags: int, expected: bool) -> None:
    descriptor = f"<< /Type /FontDescriptor /FontName /{name} /Flags {flags} /StemV 172 /FontBBox [0 0 900 900] >>"
    font = f"<< /Type /Font /Subtype /TrueType /BaseFont /{name} /FontDescriptor {descriptor} >>"
    builder = PdfBuilder(extra=[font], fonts="/K 10 0 R").page("BT /K 12 Tf 1 0 0 1 100 700 Tm (2023) Tj ET")
    (line,) = read(builder).pages[0].items
    assert isinstance(line, Line)
    assert line.bold is expected


@pytest.mark.parametrize(("rotation", "a", "b"), [(0, 1, 0), (90, 0, 1), (180, -1, 0), (270, 0, -1)])
def test_a_turned_page_reads_as_it_is_seen(rotation: int, a: int, b: int) -> None:
    right_of_it = {0: (400, 300), 90: (200, 600), 180: (20, 300), 270: (200, 20)}[rotation]
    page = first_page(
        turned(200, 300, "左边", a, b), turned(*right_of_it, "右边", a, b), attributes=f"/Rotate {rotation}"
    )
    assert texts(page) == ["左边\t右边"]
    assert (page.width, page.height) == ((842, 595) if rotation in (90, 270) else (595, 842))


def test_places_count_from_the_visible_box() -> None:
    builder = PdfBuilder().page(text(100, 700, "毕业生"), box=(50, 30, 645, 872))
    builder.page(text(100, 700, "毕业生"), attributes="/CropBox [40 60 500 800]")
    shifted, cropped = (page.items[0] for page in read(builder).pages)
    assert (shifted.left, shifted.bottom) == pytest.approx((50, 172 + 0.12 * 12), abs=0.01)
    assert (cropped.left, cropped.bottom) == pytest.approx((60, 100 + 0.12 * 12), abs=0.01)


def test_a_watermark_across_the_page_is_a_line_of_its_own() -> None:
    page = first_page(text(100, 700, PROSE[:20]), turned(150, 600, "内部资料", 0.7, 0.7, 40), text(100, 680, "后文"))
    assert texts(page) == [PROSE[:20], "后文", "内部资料"]


def test_two_columns_of_prose_are_read_one_after_the_other() -> None:
    rows = range(6)
    left = [text(60, 700 - 20 * row, f"左{row}" + PROSE[:16]) for row in rows]
    right = [text(320, 700 - 20 * row, f"右{row}" + PROSE[:16]) for row in rows]
    page = first_page(
        text(60, 760, PROSE + "通"), *itertools.chain(*zip(left, right, strict=True)), text(60, 500, PROSE)
    )
    order = [line[:2] for line in texts(page)]
    assert order == [PROSE[:2], *(f"左{row}" for row in rows), *(f"右{row}" for row in rows), PROSE[:2]]


def test_rows_of_short_cells_are_not_two_columns() -> None:
    content = [
        text(x, 700 - 20 * row, words) for row in range(8) for x, words in ((80, f"学院{row}"), (400, f"{row}人"))
    ]
    assert texts(first_page(*content)) == [f"学院{row}\t{row}人" for row in range(8)]


def test_a_ruled_table_is_a_grid_between_its_lines_and_not_repeated() -> None:
    cells = [text(105, 645, "教职工"), text(205, 645, "959"), text(105, 615, "专任教师"), text(205, 615, "703")]
    page = first_page(text(100, 750, "表1 教师"), ruled(100, 600, [100, 100], [30, 30]), *cells, text(100, 500, "后文"))
    before, grid, after = page.items
    assert isinstance(before, Line)
    assert isinstance(grid, Grid)
    assert isinstance(after, Line)
    assert (before.text, after.text) == ("表1教师", "后文")
    assert [cell.text for cell in grid.cells] == ["教职工", "959", "专任教师", "703"]
    assert (grid.left, grid.top, grid.right, grid.bottom) == pytest.approx((100, 182, 300, 242), abs=1)


def test_the_grid_of_a_cropped_page_lies_where_its_text_does() -> None:
    cells = [text(105, 645, "甲"), text(205, 645, "1"), text(105, 615, "乙"), text(205, 615, "2")]
    page = first_page(
        ruled(100, 600, [100, 100], [30, 30]), *cells, text(100, 500, "后文"), attributes="/CropBox [50 60 500 800]"
    )
    grid = next(item for item in page.items if isinstance(item, Grid))
    assert [cell.text for cell in grid.cells] == ["甲", "1", "乙", "2"]
    assert (grid.left, grid.top) == pytest.approx((50, 140), abs=1)
    assert texts(page) == ["后文"]


def test_unusable_pages_are_marked_and_named_and_the_rest_is_read() -> None:
    builder = (
        PdfBuilder().page(text(100, 700, PROSE)).page(picture(50, 50, 480, 700)).page(text(100, 700, PROSE, font="G"))
    )
    builder.page().page(picture(50, 50, 480, 700), text(280, 30, "12")).page(picture(50, 50, 480, 700))
    result = read(builder)
    assert [page.status for page in result.pages] == [
        PageStatus.TEXT, PageStatus.EMPTY, PageStatus.GARBLED, PageStatus.EMPTY, PageStatus.TEXT, PageStatus.EMPTY,
    ]  # fmt: skip
    assert [page.note for page in result.pages] == ["", PICTURE, GARBLED, "", MOSTLY_PICTURE, PICTURE]
    assert [page.number for page in result.pages] == [1, 2, 3, 4, 5, 6]
    assert not result.pages[2].items
    assert [warning[:8] for warning in result.warnings] == ["第 2、6 页只", "第 3 页的文字", "第 5 页主要是"]


def test_characters_lost_inside_readable_text_are_reported() -> None:
    page = first_page(text(100, 700, PROSE), text(100, 650, "共"), text(112, 650, "一二三四", font="G"))
    assert page.status is PageStatus.TEXT
    assert page.note == PARTLY_LOST


def test_a_page_whose_letters_are_drawn_as_shapes_is_told_from_an_empty_form() -> None:
    letter = "100 700 m 110 700 l 110 712 l 100 712 l h 103 703 m 107 703 l 107 709 l 103 709 l h f"
    outlined = "\n".join([letter] * 60)
    pages = read(PdfBuilder().page(text(100, 700, PROSE)).page(outlined).page("\n".join([FRAME] * 20))).pages
    assert [page.note for page in pages] == ["", OUTLINED, ""]
    assert [page.is_pictured for page in pages] == [False, True, False]


def test_a_page_of_which_much_is_lost_is_recognised_instead_and_else_read_as_it_is() -> None:
    lines = [text(60, 700 - 30 * row, PROSE) for row in range(2)]
    data = PdfBuilder().page(*lines, text(60, 600, "一二三四五六七八九十一二", font="G")).render()
    seen = RecognisedPage(1, (Line("共一二三四人", origin=Origin.RECOGNISED),), is_whole=True)

    def page_with(recognises: bool, found: RecognisedPage | None = None) -> ReadFile:
        recognised = {1: found} if found else {}
        announce = lambda count: None  # noqa: E731
        return read_pdf(data, max_pages=1, announce_pages=announce, recognises=recognises, recognised=recognised)

    bare = page_with(recognises=False)
    assert bare.pages[0].note == MOSTLY_LOST
    assert texts(bare.pages[0]) == [PROSE, PROSE]
    waiting = page_with(recognises=True)
    assert waiting.pending == (1,)
    assert (waiting.pages[0].status, waiting.pages[0].items) == (PageStatus.PENDING, ())
    assert texts(page_with(True, seen).pages[0]) == ["共一二三四人"]
    failed = page_with(True, RecognisedPage(1, is_whole=True, has_failed=True))
    assert (texts(failed.pages[0]), failed.pending) == ([PROSE, PROSE], ())


def drawing(*content: str) -> Drawing:
    import pypdfium2

    document = pypdfium2.PdfDocument(PdfBuilder().page(*content).render())
    try:
        return page_to_drawing(document[0])
    finally:
        document.close()


FRAME = "90 300 400 200 re S"
HEAD_RULE = "60 800 m 540 800 l S"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([], False),
        ([HEAD_RULE, "60 795 m 540 795 l S"], False),
        ([HEAD_RULE, FRAME, "91 301 398 198 re f"], False),
        (["0 0 595 842 re f", FRAME], False),
        ([ruled(100, 600, [100, 100], [30])], True),
        ([ruled(100, 600, [100, 100], [30]).replace(" S", "") + " S"], True),
        (["q .5 0 0 .5 0 0 cm", ruled(200, 1200, [200, 200], [60]).replace(" S", "") + " S Q"], True),
        (["100 600 m 300 600 l 310 600 310 600 310 610 c 310 700 l 100 700 l h S", HEAD_RULE], False),
        (["100 600 100 30 re S", "200 600 100 30 re S"], True),
        ([f"100 {y} m 500 {y} l S" for y in (700, 680, 600)], True),
        ([f"100 {y} m 500 {y} l S" for y in (700, 680)], True),
        ([f"100 {y} m 500 {y} l S" for y in (800, 60)], False),
        (["100 700 400 1 re f", "100 680 400 1 re f", "100 600 400 1 re f"], True),
    ],
)
def test_pages_worth_parsing_for_tables_are_told_by_their_rules(content: list[str], expected: bool) -> None:
    assert drawing(*content).has_lattice is expected


@pytest.mark.parametrize(
    ("builder", "reason"),
    [
        (PdfBuilder().page(picture(0, 0, 595, 842)).page(), "扫描件"),
        (PdfBuilder().page(text(100, 700, PROSE, font="G")), "乱码"),
        (PdfBuilder().page(), "空白页"),
    ],
)
def test_a_file_without_any_usable_page_is_refused(builder: PdfBuilder, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=reason):
        read(builder)


def test_too_many_pages_are_refused_with_their_number() -> None:
    builder = PdfBuilder()
    for _ in range(51):
        builder.page(text(100, 700, "页"))
    with pytest.raises(UnreadableFileError, match="51 页，上限 50 页"):
        read(builder)


@pytest.mark.parametrize(
    ("cut", "reason"), [(lambda data: data[: len(data) // 2], "不完整"), (lambda data: b"%PDF-1.7\n%%EOF\n", "已损坏")]
)
def test_a_damaged_file_says_so(cut, reason: str) -> None:
    data = PdfBuilder().page(text(100, 700, PROSE)).render()
    with pytest.raises(UnreadableFileError, match=reason):
        read_pdf(cut(data), max_pages=50, announce_pages=lambda count: None)


def test_title_labels_and_bookmarks_are_kept() -> None:
    catalog = (
        "/PageLabels << /Nums [0 << /S /r >> 1 << /S /D >>] >> /Outlines << /First 10 0 R /Last 10 0 R /Count 1 >>"
    )
    entry = f"<< /Title <feff{'一、概况'.encode('utf-16-be').hex()}> /Parent 1 0 R /Dest [22 0 R /Fit] >>"
    builder = PdfBuilder(catalog=catalog, extra=[entry]).page(text(100, 700, "封面")).page(text(100, 700, "正文"))
    result = read(builder)
    assert [page.label for page in result.pages] == ["i", "1"]
    assert result.outline == ((1, "一、概况", 2),)


def test_pages_are_announced_before_they_are_read() -> None:
    announced: list[int] = []
    data = PdfBuilder().page(text(100, 700, "一")).page(text(100, 700, "二")).render()
    read_pdf(data, max_pages=50, announce_pages=announced.append)
    assert announced == [2]


def test_same_bytes_give_the_same_pages() -> None:
    builder = PdfBuilder().page(
        text(100, 700, PROSE), ruled(100, 600, [50, 50], [20, 20]), text(105, 605, "甲"), box=A4
    )
    assert read(builder) == read(builder)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared reports")
def test_every_character_of_a_real_report_is_kept() -> None:
    import pypdfium2

    from rag.language.text import matching_key

    path = SHARED / "hubei-edu-letter-2022-19.pdf"
    result = read_pdf(path.read_bytes(), max_pages=50, announce_pages=lambda count: None)
    document = pypdfium2.PdfDocument(path)
    for index, page in enumerate(result.pages):
        kept = "".join(
            item.text if isinstance(item, Line) else "".join(cell.text for cell in item.cells) for item in page.items
        )
        bare = document[index].get_textpage().get_text_bounded()
        assert sorted(matching_key(kept)) == sorted(matching_key(bare))
    document.close()


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared reports")
def test_an_encrypted_report_opens_with_its_password_only() -> None:
    data = (SHARED / "broken" / "encrypted.pdf").read_bytes()
    for password, reason in ((None, "需要打开密码"), ("wrong", "密码不对")):
        with pytest.raises(UnreadableFileError, match=reason):
            read_pdf(data, password=password, max_pages=50, announce_pages=lambda count: None)
    assert len(read_pdf(data, password="secret", max_pages=50, announce_pages=lambda count: None).pages) == 5


def test_a_table_with_coloured_bands_for_rules_is_read_below_its_caption() -> None:
    rows = [
        ("系部", "人数", "占比"),
        ("机电工程系", "320", "12.5%"),
        ("外语系", "40", "8.1%"),
        ("合计", "360", "20.6%"),
    ]
    content = [text(240, 740, "表2 就业情况")]
    for at, cells in enumerate(rows):
        colour, ink = ("0.2 0.3 0.6", "1 1 1") if at == 0 else ("0.85 0.9 0.95" if at % 2 else "1 1 1", "0 0 0")
        content.append(f"{colour} rg 80 {693 - 24 * at} 430 24 re f {ink} rg")
        content += [text(100 + 150 * column, 700 - 24 * at, cell) for column, cell in enumerate(cells)]
        content.append("0 0 0 rg")
    page = read_pdf(PdfBuilder().page(*content).render(), max_pages=1, announce_pages=lambda count: None).pages[0]
    (grid,) = [item for item in page.items if isinstance(item, Grid)]
    assert [cell.text for cell in grid.cells] == [cell for cells in rows for cell in cells]
