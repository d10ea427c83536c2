import io
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt

from rag.errors import UnreadableFileError
from rag.readers.docx.numbering import number_text
from rag.readers.docx.reader import read_docx
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


def test_a_table_inside_a_cell_is_one_of_its_own_behind_the_other() -> None:
    def build(document: Document) -> None:
        table = document.add_table(2, 2)
        table.cell(0, 0).text = "学校"
        table.cell(0, 1).text = "明细"
        table.cell(1, 0).text = "甲校"
        table.cell(1, 1).text = "见右"
        inner = table.cell(1, 1).add_table(2, 2)
        for at, text in enumerate(("专业", "人数", "护理", "40")):
            inner.cell(at // 2, at % 2).text = text
        frames = document.add_table(1, 2)
        frames.cell(0, 1).add_table(2, 2).cell(0, 0).text = "左"

    outer, inner, framed = read(build).pages[0].items
    assert [cell.text for cell in outer.cells] == ["学校", "明细", "甲校", "见右"]
    assert [cell.text for cell in inner.cells] == ["专业", "人数", "护理", "40"]
    assert framed.cells[0].text == "左"


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


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    names = nsdecls("w", "m")
    return f"<w:p {names}><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        ((run("12345"), run("1", '<w:vertAlign w:val="superscript"/>'), run("人")), "12345¹人"),
        ((run("CO"), run("2", '<w:vertAlign w:val="subscript"/>')), "CO₂"),
        ((run("共"), run("99", "<w:strike/>"), run("12亩")), "共12亩"),
        ((run("共"), run("99", "<w:dstrike/>"), run("12亩", '<w:strike w:val="0"/>')), "共12亩"),
        ((run("共12亩"), run("率9%", '<w:color w:val="FFFFFF"/>')), "共12亩"),
        ((run("共"), run("12亩", '<w:shd w:fill="000000"/><w:color w:val="FFFFFF"/>')), "共12亩"),
        ((run("共12亩"), run("率9%", '<w:sz w:val="2"/>')), "共12亩"),
        ((run("共12亩"), run("率9%", '<w:rStyle w:val="Hid"/>')), "共12亩"),
        ((run("12"), "<w:r><w:softHyphen/></w:r>", run("345人次")), "12345人次"),
        ((run("误差"), '<w:r><w:sym w:font="Symbol" w:char="F0B1"/></w:r>', run("5%")), "误差±5%"),
        ((run("共1"), '<w:r><w:sym w:font="X" w:char="F032"/></w:r>', run("3人")), "共1□3人"),
        (("<w:r><w:ruby><w:rt>" + run("9") + "</w:rt><w:rubyBase>" + run("教师8人") + "</w:rubyBase></w:ruby></w:r>",), "教师8人"),
        (("<m:oMath><m:f><m:num><m:r><m:t>661</m:t></m:r></m:num><m:den><m:r><m:t>3456</m:t></m:r></m:den></m:f></m:oMath>",), "661/3456"),
        ((run("见10"), "<m:oMath><m:sSup><m:e><m:r><m:t>2</m:t></m:r></m:e><m:sup><m:r><m:t>4</m:t></m:r></m:sup></m:sSup></m:oMath>"), "见10 2^4"),
        (("<m:oMath><m:sSup><m:e><m:r><m:t>m</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>",), "m²"),
        ((run("共12"), "<w:r><w:br/></w:r>", run("345人")), "共12|345人"),
    ],
)  # fmt: skip
def test_a_paragraph_reads_as_it_is_seen(runs: tuple[str, ...], shown: str) -> None:
    def build(document: Document) -> None:
        hidden = f'<w:style {nsdecls("w")} w:type="character" w:styleId="Hid"><w:rPr><w:vanish/></w:rPr></w:style>'
        document.styles.element.append(parse_xml(hidden))
        add(document, paragraph(*runs))

    assert texts(read(build)) == shown.split("|")


def test_what_is_struck_out_hidden_or_revised_is_said() -> None:
    def build(document: Document) -> None:
        add(
            document,
            paragraph(run("共12人"), run("旧", "<w:strike/>"), run("密", "<w:vanish/>"), run("", "<w:strike/>")),
        )
        add(document, paragraph(run("甲"), f"<w:ins>{run('新')}</w:ins>"))

    assert [warning[:12] for warning in read(build).warnings] == [
        "文档带有修订记录，已按“",
        "有 1 处划掉的文字没有",
        "有 1 处隐藏的文字没有",
    ]


def test_tracked_changes_read_as_if_accepted() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(text))}</w:tc>"

    def build(document: Document) -> None:
        add(document, paragraph(run("毕业生34"), properties="<w:rPr><w:del/></w:rPr>"))
        add(document, paragraph(run("56人。"), f"<w:del>{run('旧文')}</w:del>"))
        rows = (
            f"<w:tr>{cell('项目')}{cell('数值')}</w:tr>",
            f"<w:tr><w:trPr><w:del/></w:trPr>{cell('删去')}{cell('999')}</w:tr>",
            f"<w:tr>{cell('教师')}{cell('567')}</w:tr>",
            f"<w:tr>{cell('图书', '<w:cellDel/>')}{cell('88')}</w:tr>",
        )
        add(document, f"<w:tbl {nsdecls('w')}>{''.join(rows)}</w:tbl>")

    result = read(build)
    (grid,) = (item for item in result.pages[0].items if isinstance(item, Grid))
    assert texts(result) == ["毕业生3456人。"]
    assert [cell.text for cell in grid.cells] == ["项目", "数值", "教师", "567", "", "88"]


def test_numbers_in_blocks_of_a_cell_do_not_fuse_and_grouped_thousands_are_one() -> None:
    def build(document: Document) -> None:
        table = document.add_table(2, 2)
        table.cell(0, 0).text = "12"
        table.cell(0, 0).add_paragraph("345人")
        table.cell(0, 1).text = "12 345"
        table.cell(1, 0).text = "男"
        table.cell(1, 0).add_paragraph("5")

    (grid,) = read(build).pages[0].items
    assert [cell.text for cell in grid.cells] == ["12；345人", "12345", "男 5", ""]


def test_headers_are_read_where_the_text_does_not_say_the_same() -> None:
    def build(document: Document) -> None:
        document.add_paragraph("甲学院年报")
        section = document.sections[0]
        section.header.paragraphs[0].text = "甲学院 年报"
        section.footer.paragraphs[0].text = "内部资料第3页"
        section.footer.add_paragraph("第 3 页 / 共 10 页")

    assert texts(read(build)) == ["甲学院年报", "内部资料第3页"]


def test_notes_follow_the_paragraph_that_calls_them() -> None:
    def build(document: Document) -> None:
        note = f"<w:footnotes {nsdecls('w')}><w:footnote w:id='0' w:type='separator'><w:p/></w:footnote>"
        note += f"<w:footnote w:id='2'>{paragraph(run('样本为432份。'))}</w:footnote></w:footnotes>"
        part = Part(PackURI("/word/footnotes.xml"), "application/xml", note.encode(), document.part.package)
        document.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes")
        add(document, paragraph(run("满意度98.7%"), '<w:r><w:footnoteReference w:id="2"/></w:r>', run("。")))
        document.add_paragraph("后文")

    assert texts(read(build)) == ["满意度98.7%¹。", "¹ 样本为432份。", "后文"]


def test_embedded_sheets_are_named() -> None:
    def build(document: Document) -> None:
        document.add_paragraph("共12人")
        part = Part(PackURI("/word/embeddings/sheet1.xlsx"), "application/x", b"PK", document.part.package)
        document.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/package")

    (warning,) = read(build).warnings
    assert "1 个" in warning


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
def test_a_real_report_keeps_every_character_of_its_body_and_its_headers() -> None:
    from rag.language.text import matching_key

    data = (SHARED / "hubei-poly-2020-employment.docx").read_bytes()
    kept = "".join(
        item.text if isinstance(item, Line) else "".join(cell.text for cell in item.cells)
        for item in read_docx(data).pages[0].items
    )
    document = docx.Document(io.BytesIO(data))
    printed = "".join(node.text or "" for node in document.element.body.iter("{*}t"))
    headers = {paragraph.text for section in document.sections for paragraph in section.header.paragraphs}
    assert matching_key(kept) == matching_key(printed + "".join(sorted(headers)))
