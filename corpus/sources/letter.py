"""The letter as a DOCX: real heading styles, a table with merged cells, a page number field in the foot."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from markup import Digest, Heading, Paragraph, Table

BODY_FONT, HEADING_FONT = "仿宋", "黑体"
TEXT_WIDTH_CM = 15.6
STYLES = (("Normal", BODY_FONT, 14), ("Heading 1", HEADING_FONT, 15), ("Heading 2", HEADING_FONT, 14))
BUILT = datetime(2024, 1, 15)


def write_letter(digest: Digest, target: Path) -> None:
    """Write a digest as DOCX."""
    document = Document()
    set_page(document, digest.meta["running"])
    set_fonts(document)
    document.core_properties.title = digest.meta["title"]
    document.core_properties.author = "问报"
    document.core_properties.created = document.core_properties.modified = BUILT
    for block in digest.blocks:
        match block:
            case Heading(level=1):
                add_title(document, block.text)
            case Heading():
                document.add_heading(block.text, block.level - 1)
            case Paragraph(kind="item"):
                document.add_paragraph(block.text, style="List Bullet")
            case Paragraph():
                document.add_paragraph(block.text).paragraph_format.first_line_indent = Pt(28)
            case Table():
                add_table(document, block)
            case _:
                raise TypeError(f"no DOCX for {block!r}")
    document.save(str(target))


def set_page(document: Any, running: str) -> None:
    """Set A4 with the margins of an official letter, a running head and a page number."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - TEXT_WIDTH_CM) / 2)
    section.header.paragraphs[0].text = running
    section.header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    foot.add_run("— ")
    foot._p.append(field)
    foot.add_run(" —")


def set_fonts(document: Any) -> None:
    """Give the built-in styles Chinese fonts and black ink."""
    for name, font, size in STYLES:
        style = document.styles[name]
        style.font.name, style.font.size = font, Pt(size)
        style.font.color.rgb = None
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:eastAsiaTheme", "w:hAnsiTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
        fonts.set(qn("w:eastAsia"), font)
        style.paragraph_format.line_spacing = 1.4


def add_title(document: Any, text: str) -> None:
    """Add the title, centred."""
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold, run.font.size = True, Pt(20)


def add_table(document: Any, table: Table) -> None:
    """Add a table: caption above, merged cells really merged, header repeated on every page."""
    caption = document.add_paragraph(table.caption)
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = True
    grid = document.add_table(len(table.rows), len(table.rows[0]), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    widths = [float(width) for width in table.options["widths"].split(",")]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Cm(TEXT_WIDTH_CM * width / 100)
    for row_index, row in enumerate(table.rows):
        for column, cell in enumerate(row):
            if cell is None:
                continue
            last = grid.cell(row_index + cell.rows - 1, column + cell.columns - 1)
            place = grid.cell(row_index, column).merge(last)
            place.text = cell.text
            place.width = Cm(TEXT_WIDTH_CM * widths[column] / 100)
            for run in place.paragraphs[0].runs:
                run.font.size, run.bold = Pt(10.5), row_index < table.header_rows
    for row_index in range(table.header_rows):
        grid.rows[row_index]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
