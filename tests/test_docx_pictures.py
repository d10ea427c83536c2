"""Pictures in Word files: numbered as they stand, recognised by the same numbers, put where they stand."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import docx
import numpy as np
import pytest
from docx.document import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt
from ocr_samples import ScriptedModels, line_picture, packed, reading

from rag.errors import UnreadableFileError
from rag.readers.docx.reader import docx_picture_files, read_docx
from rag.readers.ocr import task
from rag.readers.ocr.models import TextBox
from rag.readers.recognised import RecognisedPage
from rag.readers.request import PictureRequest
from rag.records import Grid, Line, Origin, PageStatus, ReadFile
from rag.sandbox.values import json_to_value, value_to_json
from rag.structure.tables.joining import header_labels, join_tables

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ONE, OTHER = packed(line_picture("one")), packed(line_picture("other"))


def document_of(build: Callable[[Document], object]) -> bytes:
    document = docx.Document()
    build(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def put(document: Document, file: bytes, width: float = 200, height: float = 100) -> None:
    document.add_picture(io.BytesIO(file), Pt(width), Pt(height))


def body(document: Document) -> None:
    document.add_paragraph("上文。")
    put(document, ONE)
    document.add_paragraph("下文。")
    put(document, ONE)
    put(document, packed(line_picture("logo")), 40, 20)
    table = document.add_table(2, 2)
    table.cell(0, 0).text = "现场"
    table.cell(0, 1).paragraphs[0].add_run().add_picture(io.BytesIO(OTHER), Pt(100), Pt(100))
    document.add_paragraph("结尾。")
    document.sections[0].header.paragraphs[0].add_run().add_picture(io.BytesIO(OTHER), Pt(300), Pt(100))


def said(number: int, *words: str) -> RecognisedPage:
    return RecognisedPage(number, tuple(Line(word, origin=Origin.RECOGNISED, score=0.9) for word in words))


def texts(read: ReadFile) -> list[str]:
    return [item.text if isinstance(item, Line) else "表" for item in read.pages[0].items]


def test_pictures_are_numbered_once_each_small_ones_and_those_in_margins_aside() -> None:
    data = document_of(body)
    assert docx_picture_files(data) == (ONE, OTHER)
    assert read_docx(data, recognises=True).pending == (1, 2)
    assert read_docx(data).pending == ()


def test_what_was_recognised_stands_where_the_picture_stands() -> None:
    found = {1: said(1, "专任教师300人"), 2: said(2, "学生4000人")}
    read = read_docx(document_of(body), recognises=True, recognised=found)
    assert texts(read) == ["上文。", "专任教师300人", "下文。", "表", "学生4000人", "结尾。"]
    assert [item.origin for item in read.pages[0].items].count(Origin.RECOGNISED) == 2
    assert read.pending == ()
    assert read.warnings == ("文档中第 1、2 张图片里的文字是识别出来的，引用时请对照原图。",)


def test_a_picture_that_broke_the_recogniser_is_named() -> None:
    found = {1: RecognisedPage(1, has_failed=True)}
    read = read_docx(document_of(body), recognises=True, recognised=found)
    assert read.pending == (2,)
    assert read.warnings[0].startswith("文档中第 1 张图片没能识别")


@pytest.mark.parametrize(
    ("recognises", "found", "refused"),
    [(True, {}, ""), (True, {1: said(1)}, "也没有认出文字"), (False, {}, "请打开文字识别")],
)
def test_a_document_of_pictures_alone(recognises: bool, found: Mapping[int, RecognisedPage], refused: str) -> None:
    data = document_of(lambda document: put(document, ONE))
    if refused:
        with pytest.raises(UnreadableFileError, match=refused):
            read_docx(data, recognises=recognises, recognised=found)
        return
    read = read_docx(data, recognises=recognises, recognised=found)
    assert (read.pages[0].status, read.pending) == (PageStatus.PENDING, (1,))


class Teller:
    def __init__(self) -> None:
        self.notes: list[bytes] = []

    def pages(self, count: int) -> None:
        assert count == 1

    def note(self, body: bytes) -> None:
        self.notes.append(body)


def test_the_recogniser_reads_the_picture_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    height, width = np.asarray(line_picture("other")).shape
    models = ScriptedModels(
        [TextBox(width / 2, height / 2, width * 0.8, height * 0.8, 0)], [reading("专任教师300人")] * 9
    )
    monkeypatch.setattr(task, "Models", lambda: models)
    path = tmp_path / "甲.docx"
    path.write_bytes(data := document_of(body))
    asked = PictureRequest(str(path), hashlib.sha256(data).hexdigest(), (2,), (), 10**7)
    teller = Teller()
    assert task.answer(value_to_json(PictureRequest, asked), teller) == b""  # type: ignore[arg-type]
    (page,) = [json_to_value(RecognisedPage, note) for note in teller.notes]
    assert page.number == 2
    assert [item.text for item in page.items if not isinstance(item, Grid)] == ["专任教师300人"]


CHART = """<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart>
<c:title><c:tx><c:rich><a:p><a:r><a:t>毕业生去向</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart>
<c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>人数</c:v></c:pt></c:strCache></c:strRef></c:tx>
<c:dLbls><c:showVal val="1"/></c:dLbls>
<c:cat><c:strRef><c:strCache><c:pt idx="0"><c:v>升学</c:v></c:pt><c:pt idx="1"><c:v>就业</c:v></c:pt></c:strCache></c:strRef></c:cat>
<c:val><c:numRef><c:numCache><c:formatCode>General</c:formatCode><c:pt idx="0"><c:v>320</c:v></c:pt><c:pt idx="1"><c:v>1450</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>
<c:ser><c:tx><c:v>占比</c:v></c:tx><c:dLbls><c:numFmt formatCode="0.0%" sourceLinked="0"/><c:showVal val="1"/></c:dLbls>
<c:val><c:numRef><c:numCache><c:formatCode>General</c:formatCode><c:pt idx="1"><c:v>0.81921</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>
<c:ser><c:tx><c:v>目标</c:v></c:tx><c:dLbls><c:showVal val="0"/></c:dLbls>
<c:val><c:numRef><c:numCache><c:pt idx="0"><c:v>999</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>
</c:barChart></c:plotArea></c:chart></c:chartSpace>"""


def test_a_chart_is_a_table_of_the_values_printed_in_it() -> None:
    def build(document: Document) -> None:
        name = PackURI("/word/charts/chart1.xml")
        kind = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
        part = Part(name, kind, CHART.encode(), document.part.package)
        key = document.part.relate_to(part, f"{RELATIONS}/chart")
        run = document.add_paragraph("下图：").add_run()
        run._r.append(
            parse_xml(
                f'<w:drawing {nsdecls("w", "wp", "a", "r")}><wp:inline><wp:extent cx="5000000" cy="3000000"/>'
                '<a:graphic><a:graphicData><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
                f'r:id="{key}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
            )
        )

    read = read_docx(document_of(build))
    (table,) = join_tables(read.pages)
    assert (table.caption, header_labels(table.rows, table.header_rows)) == ("毕业生去向", ("", "人数", "占比"))
    assert [row.printed for row in table.rows[table.header_rows :]] == [("升学", "320", ""), ("就业", "1450", "81.9%")]
