from __future__ import annotations

import io
import zipfile

import docx
import pytest
from kept_samples import make_exchange
from lxml import etree

from rag.presentation.document import exchanges_to_document
from rag.presentation.exchanges import Exchange
from rag.presentation.word import document_to_word

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TABLE = "有表：\n| 校 | 率 |\n|---|---|\n| 甲 [1] | **96.12%** |\n- 项"


def parts(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def word() -> bytes:
    exchanges = [make_exchange(), make_exchange("第二问？", text=TABLE)]
    return document_to_word(exchanges_to_document("就业对比", exchanges))


def test_it_reads_as_it_was_written(word: bytes) -> None:
    read = docx.Document(io.BytesIO(word))
    lines = {(paragraph.style.name, paragraph.text) for paragraph in read.paragraphs if paragraph.style}
    assert ("Heading 1", "就业对比") in lines
    assert ("Heading 2", "第二问？") in lines
    assert ("List Bullet", "项") in lines
    assert ("Quote", "未能核实、已从回答中删去的数字：98.3%") in lines
    assert read.core_properties.title == "就业对比"
    bold = {run.text for paragraph in read.paragraphs for run in paragraph.runs if run.bold}
    assert bold == {"96.12%", "255人", "2130", "1875"}
    assert [[cell.text for cell in row.cells] for row in read.tables[1].rows] == [["校", "率"], ["甲[1]", "96.12%"]]
    heads = [row for row in read.tables[1].rows if row._tr.find(f"{W}trPr/{W}tblHeader") is not None]
    assert [[run.text for cell in row.cells for run in cell.paragraphs[0].runs if run.bold] for row in heads] == [
        ["校", "率"]
    ]


def test_the_paper_is_a4(word: bytes) -> None:
    (section,) = docx.Document(io.BytesIO(word)).sections
    assert section.page_width
    assert section.page_height
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_every_note_is_a_footnote_marked_once(word: bytes) -> None:
    files = parts(word)
    notes = etree.fromstring(files["word/footnotes.xml"]).findall(f"{W}footnote")
    body = etree.fromstring(files["word/document.xml"])
    marks = [mark.get(f"{W}id") for mark in body.iter(f"{W}footnoteReference")]
    assert [note.get(f"{W}id") for note in notes] == ["-1", "0", *marks] == ["-1", "0", "1", "2", "3"]
    assert "第 1 页。原文：“2023届毕业生就业率为 96.12%。”" in "".join(notes[2].itertext())
    names = {start.get(f"{W}name") for start in body.iter(f"{W}bookmarkStart")}
    fields = [field.text.split() for field in body.iter(f"{W}instrText")]
    assert fields
    assert all(field[0] == "NOTEREF" and field[1] in names for field in fields)
    styles = {style.get(f"{W}styleId") for style in etree.fromstring(files["word/styles.xml"]).iter(f"{W}style")}
    used = {e.get(f"{W}val") for part in (body, *notes) for e in part.iter(f"{W}pStyle", f"{W}rStyle")}
    assert used <= styles
    assert b'PartName="/word/footnotes.xml"' in files["[Content_Types].xml"]
    assert b'Target="footnotes.xml"' in files["word/_rels/document.xml.rels"]


def test_a_mark_copied_as_text_is_no_part_of_a_figure(word: bytes) -> None:
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(word)).paragraphs)
    assert "2130[2] − 1875[3] = 255 人" in text
    assert "21302" not in text


def test_the_same_document_gives_the_same_bytes(word: bytes) -> None:
    again = exchanges_to_document("就业对比", [make_exchange(), make_exchange("第二问？", text=TABLE)])
    assert document_to_word(again) == word


def test_any_text_is_a_file_that_opens() -> None:
    hostile = "<w:p>&amp;]]></w:t> \x00\x1f\ud800 =1+1 {number} 😀"
    made = document_to_word(exchanges_to_document(hostile, [Exchange(hostile, failure=hostile)]))
    text = [paragraph.text for paragraph in docx.Document(io.BytesIO(made)).paragraphs]
    assert text == ["<w:p>&amp;]]></w:t>  =1+1 {number} 😀"] * 2
    quoted = document_to_word(exchanges_to_document("题", [make_exchange(text="**96.12%** [1] \x01<b>{number}")]))
    assert "<b>{number}" in docx.Document(io.BytesIO(quoted)).paragraphs[2].text
