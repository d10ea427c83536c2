import io
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from rag.errors import UnreadableFileError
from rag.readers.docx import read_docx
from rag.readers.docx_numbering import number_text
from rag.records import Cell, Grid, Line, ReadFile

SHARED = Path(__file__).parents[2] / "shared" / "reports"


def read(build: Callable[[Document], object]) -> ReadFile:
    document = docx.Document()
    build(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return read_docx(buffer.getvalue())


def add(document: Document, xml: str) -> None:
    document.element.body.insert(len(document.element.body) - 1, parse_xml(xml))


def texts(result: ReadFile) -> list[str]:
    return [item.text for item in result.pages[0].items if isinstance(item, Line)]


def test_paragraphs_and_tables_keep_their_order_and_headings_their_level() -> None:
    def build(document: Document) -> None:
        document.core_properties.title = "质量年报"
        document.add_heading("一、概况", 1)
        document.add_paragraph("学校有 959 人。")
        table = document.add_table(2, 2)
        for cell, text in zip((cell for row in table.rows for cell in row.cells), "甲乙丙丁", strict=True):
            cell.text = text
        document.add_heading("（一）师资", 2)

    result = read(build)
    heading, paragraph, grid, second = result.pages[0].items
    assert (result.format, result.title, result.pages[0].number) == ("docx", "质量年报", None)
    assert (heading.text, heading.heading_level, paragraph.text) == ("一、概况", 1, "学校有959人。")
    assert (paragraph.heading_level, paragraph.paragraph, second.heading_level) == (None, True, 2)
    assert [cell.text for cell in grid.cells] == list("甲乙丙丁")


def test_merged_cells_stand_once_with_their_spans() -> None:
    def build(document: Document) -> None:
        table = document.add_table(3, 3)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "横"
        table.cell(1, 0).merge(table.cell(2, 0)).text = "竖"
        table.cell(1, 1).merge(table.cell(2, 2)).text = "块"
        table.cell(0, 2).text = "单"

    (grid,) = read(build).pages[0].items
    assert isinstance(grid, Grid)
    assert grid.cells == (Cell("横", 0, 0, 1, 2), Cell("单", 0, 2), Cell("竖", 1, 0, 2, 1), Cell("块", 1, 1, 2, 2))
    assert (grid.row_count, grid.column_count) == (3, 3)


def test_paragraphs_of_a_cell_stay_apart_and_a_nested_table_is_flattened() -> None:
    def build(document: Document) -> None:
        table = document.add_table(1, 2)
        table.cell(0, 0).text = "张三"
        table.cell(0, 0).add_paragraph("李四")
        inner = table.cell(0, 1).add_table(1, 2)
        inner.cell(0, 0).text = "内一"
        inner.cell(0, 1).text = "内二"

    (grid,) = read(build).pages[0].items
    assert [cell.text for cell in grid.cells] == ["张三 李四", "内一 内二"]


def test_a_frame_of_one_cell_is_text_not_a_table() -> None:
    def build(document: Document) -> None:
        cell = document.add_table(1, 1).cell(0, 0)
        cell.text = "典型案例"
        cell.add_paragraph("正文")

    assert texts(read(build)) == ["典型案例", "正文"]


def test_content_controls_insertions_and_deletions_read_as_printed() -> None:
    w = nsdecls("w")

    def build(document: Document) -> None:
        add(document, f"<w:sdt {w}><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>")
        add(
            document,
            f"<w:p {w}><w:ins><w:r><w:t>新增</w:t></w:r></w:ins><w:del><w:r><w:delText>删去</w:delText></w:r></w:del>"
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:t>1</w:t><w:noBreakHyphen/><w:t>2</w:t></w:r></w:p>",
        )

    assert texts(read(build)) == ["控件", "新增1-2"]


def test_text_boxes_are_read_once() -> None:
    names = nsdecls("w") + (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    box = "<w:txbxContent><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent>"

    def build(document: Document) -> None:
        add(
            document,
            f"<w:p {names}><w:r><w:t>框外</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'>"
            f"<w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict>"
            "</mc:Fallback></mc:AlternateContent></w:r></w:p>",
        )

    assert texts(read(build)) == ["框外", "框内"]


def test_tabs_part_columns_but_not_a_heading_from_its_number() -> None:
    def build(document: Document) -> None:
        document.add_paragraph("姓名\t张三")
        document.add_heading("1.1\t概况", 2)

    assert texts(read(build)) == ["姓名\t张三", "1.1概况"]


def numbered(document: Document, levels: list[tuple[str, str]], paragraphs: list[tuple[int, str]]) -> None:
    w = nsdecls("w")
    numbering = document.part.numbering_part.element
    defined = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (kind, text) in enumerate(levels)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {w} w:abstractNumId="77">{defined}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {w} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in paragraphs:
        add(
            document,
            f'<w:p {w}><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr></w:pPr>'
            f"<w:r><w:t>{text}</w:t></w:r></w:p>",
        )


def test_numbers_that_word_adds_itself_are_restored() -> None:
    levels = [("chineseCounting", "%1、"), ("decimal", "%1.%2"), ("bullet", "●")]
    paragraphs = [(0, "概况"), (1, "师资"), (1, "设备"), (2, "点"), (0, "育人"), (1, "思政")]
    result = read(lambda document: numbered(document, levels, paragraphs))
    assert texts(result) == ["一、概况", "一.1师资", "一.2设备", "点", "二、育人", "二.1思政"]


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (10, "chineseCounting", "十"),
        (12, "chineseCountingThousand", "十二"),
        (20, "chineseCounting", "二十"),
        (101, "chineseCounting", "一百零一"),
        (1010, "chineseCounting", "一千零一十"),
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (3, "decimalEnclosedCircle", "③"),
        (7, "decimalZero", "07"),
        (5, "bullet", ""),
    ],
)
def test_list_numbers_are_written_as_word_does(number: int, kind: str, text: str) -> None:
    assert number_text(number, kind) == text


def test_size_and_weight_are_those_of_most_characters() -> None:
    def build(document: Document) -> None:
        run = document.add_paragraph().add_run("黑体小标题")
        run.bold, run.font.size = True, Pt(15)

    (line,) = read(build).pages[0].items
    assert (line.size, line.bold) == (15.0, True)


def test_an_empty_document_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="没有文字"):
        read(lambda document: None)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the shared reports")
def test_a_real_report_keeps_every_character_of_its_body() -> None:
    from rag.text import matching_key

    data = (SHARED / "hubei-poly-2020-employment.docx").read_bytes()
    kept = "".join(
        item.text if isinstance(item, Line) else "".join(cell.text for cell in item.cells)
        for item in read_docx(data).pages[0].items
    )
    body = docx.Document(io.BytesIO(data)).element.body
    printed = "".join(node.text or "" for node in body.iter("{*}t"))
    assert matching_key(kept) == matching_key(printed)
