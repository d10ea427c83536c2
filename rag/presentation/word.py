"""A document → a Word file with real footnotes (pure: the same document gives the same bytes)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from rag.presentation.blocks import Span, Spans
from rag.presentation.document import Document

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph

MIME_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FOOTNOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STYLES = {"question": "Heading 2", "list": "List Bullet", "remark": "Quote"}
_FONT, _CHINESE_FONT = "Calibri", "宋体"
_CHANGED = (1980, 1, 1, 0, 0, 0)
"""Time of every part of the file: none."""


def document_to_word(document: Document) -> bytes:
    """A .docx file: headings, text with bold figures, tables, and each note a footnote of Word's own."""
    import docx

    word = docx.Document()
    _set_styles(word)
    _set_page(word)
    word.core_properties.author, word.core_properties.comments = "问报", ""
    word.core_properties.title = document.title
    word.add_heading(document.title, level=1)
    writer = _Writer(word)
    for block in document.blocks:
        if block.kind == "table":
            writer.table(block.lines)
            continue
        for (line,) in block.lines:
            writer.fill(word.add_paragraph(style=_STYLES.get(block.kind)), line)
    _add_footnotes(word, document.notes)
    stream = io.BytesIO()
    word.save(stream)
    return without_times(stream.getvalue())


def without_times(archive: bytes, change: Callable[[bytes], bytes] = lambda part: part) -> bytes:
    """The same zip archive, each part changed so, with no time of writing in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as given, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            part = zipfile.ZipInfo(name, _CHANGED)
            part.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(part, change(given.read(name)))
    return stream.getvalue()


class _Writer:
    """Puts marked words into paragraphs; a note's first mark is its footnote, further ones point there."""

    def __init__(self, word: WordDocument) -> None:
        self._word = word
        self._placed: set[int] = set()

    def fill(self, paragraph: Paragraph, spans: Iterable[Span]) -> None:
        for span in spans:
            if span.note is None:
                paragraph.add_run(span.text).bold = span.bold or None
            elif span.note in self._placed:
                _append(paragraph._p, _FURTHER.format(number=span.note))
            else:
                self._placed.add(span.note)
                _append(paragraph._p, _FIRST.format(number=span.note))

    def table(self, lines: tuple[tuple[Spans, ...], ...]) -> None:
        width = max(map(len, lines))
        table = self._word.add_table(rows=len(lines), cols=width, style="Table Grid")
        for line, row in zip(lines, table.rows, strict=True):
            for spans, cell in zip(line, row.cells, strict=False):
                is_head = line is lines[0]
                self.fill(cell.paragraphs[0], [replace(span, bold=span.bold or is_head) for span in spans])
        _append(table.rows[0]._tr.get_or_add_trPr(), "<w:tblHeader/>")  # again on every page
        self._word.add_paragraph()


_MARK = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>{content}</w:r>'
# Brackets: without them a mark copied as plain text would become part of the figure before it.
_OPEN, _CLOSE = _MARK.format(content="<w:t>[</w:t>"), _MARK.format(content="<w:t>]</w:t>")
_REFERENCE = '<w:footnoteReference w:id="{number}"/>'
_FIRST = (
    f'{_OPEN}<w:bookmarkStart w:id="{{number}}" w:name="_Note{{number}}"/>'
    f"{_MARK.format(content=_REFERENCE)}"
    f'<w:bookmarkEnd w:id="{{number}}"/>{_CLOSE}'
)
_FURTHER = (
    f'{_OPEN}<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> NOTEREF _Note{number} \\f \\h </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    f"{_MARK.format(content='<w:t>{number}</w:t>')}"
    f'<w:r><w:fldChar w:fldCharType="end"/></w:r>{_CLOSE}'
)
_SEPARATOR = '<w:footnote w:type="{kind}" w:id="{id}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
_FOOTNOTE = (
    '<w:footnote w:id="{id}"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>'
    '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>'
    '<w:r><w:t xml:space="preserve"> {text}</w:t></w:r></w:p></w:footnote>'
)


def _append(parent: Any, xml: str) -> None:
    from docx.oxml import parse_xml

    holder: Any = parse_xml(f'<w:p xmlns:w="{_NAMESPACE}">{xml}</w:p>')
    for element in list(holder):
        parent.append(element)


def _add_footnotes(word: WordDocument, notes: tuple[str, ...]) -> None:
    # python-docx knows no footnotes: their part is written by hand and named in the document's relations.
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    body = [_SEPARATOR.format(kind="separator", id=-1), _SEPARATOR.format(kind="continuationSeparator", id=0)]
    body += [_FOOTNOTE.format(id=number, text=escape(note)) for number, note in enumerate(notes, start=1)]
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    xml = f'{head}<w:footnotes xmlns:w="{_NAMESPACE}" xmlns:r="{_RELATIONS}">{"".join(body)}</w:footnotes>'
    part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES_TYPE, xml.encode(), word.part.package)
    word.part.relate_to(part, f"{_RELATIONS}/footnotes")


def _set_page(word: WordDocument) -> None:
    """A4 with the margins Word gives it in Chinese."""
    from docx.shared import Cm

    for section in word.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(3.18)
        section.top_margin = section.bottom_margin = Cm(2.54)


def _set_styles(word: WordDocument) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt

    note: Any = word.styles.add_style("Footnote Text", WD_STYLE_TYPE.PARAGRAPH)
    note.base_style, note.font.size = word.styles["Normal"], Pt(9)
    mark: Any = word.styles.add_style("Footnote Reference", WD_STYLE_TYPE.CHARACTER)
    mark.font.superscript = True
    for added in (note, mark):  # by these names Word knows them for its own
        added.element.name_val = added.name.lower()
    for name in ("Normal", "Heading 1", "Heading 2", "Quote"):
        style: Any = word.styles[name]
        style.font.name = _FONT
        style.element.rPr.rFonts.set(qn("w:eastAsia"), _CHINESE_FONT)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            style.element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
