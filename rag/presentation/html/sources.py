"""A citation → what the page shows of it (pure): where it stands, its quote with the figures marked, what is around.

Every text of a report stands in the HTML as plain characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from rag.language.numbers import cell_number
from rag.pictures.request import PagePicture, PictureRequest
from rag.presentation.citations import CitedFigure, citation_to_cited, cited_figures, figure_spans, wanted_on_page
from rag.presentation.exchanges import Exchange
from rag.presentation.json_and_text import RECOGNISED, recognised_note
from rag.records import Citation, Report, Table, TableRow, VerifiedAnswer
from rag.structure.tables.joining import header_labels, row_text


def sources_html(
    answer: VerifiedAnswer, reports: Mapping[str, Report], tables: Mapping[str, Table], anchor: str
) -> str:
    """The sources of an answer, each closed; `anchor` makes their ids unlike those of others."""
    if not answer.citations:
        return ""
    items = "".join(
        _source(
            citation,
            reports.get(citation.passage.report_id),
            tables.get(citation.passage.table_id or ""),
            _Marked.of(citation, answer),
            anchor,
        )
        for citation in answer.citations
    )
    return f'<div class="wb-sources"><div class="wb-caption">出处</div>{items}</div>'


def _source(citation: Citation, report: Report | None, table: Table | None, marked: _Marked, anchor: str) -> str:
    return (
        f'<details class="wb-source"><summary><span class="wb-ref">{citation.n}</span>'
        f'<span class="wb-title">{escape(_title(citation, report))}</span>{_badge(citation)}'
        f'<a class="wb-open" href="#{anchor}-{citation.n}">看{escape(_page(citation) or "原文")}</a></summary>'
        f'<div class="wb-body" id="{anchor}-{citation.n}">{_facts(citation, report, table)}'
        f"{_quote(citation, table, marked)}{_context(citation, table, marked)}</div></details>"
    )


def _badge(citation: Citation) -> str:
    note = recognised_note(citation)
    return f'<span class="wb-recognised" title="{escape(note)}">{RECOGNISED}</span>' if note else ""


def place_html(exchange: Exchange, citation: Citation) -> str:
    """Report, section, page and table of a citation of the exchange."""
    report, table = _report_and_table(exchange, citation)
    return f'<div class="wb-body wb-place">{_facts(citation, report, table)}</div>'


def passage_html(exchange: Exchange, citation: Citation, *, is_context_open: bool) -> str:
    """The quote of a citation of the exchange, verbatim, and the passage it stands in; the figures are marked."""
    assert exchange.answer is not None
    table = _report_and_table(exchange, citation)[1]
    marked = _Marked.of(citation, exchange.answer)
    context = _context(citation, table, marked, is_open=is_context_open)
    return f'<div class="wb-body">{_quote(citation, table, marked)}{context}</div>'


def opener_label(citation: Citation) -> str:
    """What stands on the button that opens a citation."""
    return " · ".join(filter(None, (str(citation.n), _page(citation) or "原文")))


def picture_line(picture: PagePicture, citation: Citation) -> str:
    """Which page a picture shows; the printed number where it is known."""
    marks = {mark.page: mark.label for mark in citation.passage.pages} | {citation.page: citation.page_label}
    label = marks.get(picture.page) or picture.page_label
    printed = f"（印刷页码 {label}）" if label and label != str(picture.page) else ""
    return f"第 {picture.page} 页{printed} / 共 {picture.page_count} 页"


def picture_request(exchange: Exchange, citation: Citation, leaf: int | None, zoom: float) -> PictureRequest | None:
    """What to draw of a citation's report, marked where the quote goes over this page; None where it has no pages."""
    assert exchange.answer is not None
    report = _report_and_table(exchange, citation)[0]
    if report is None or report.format not in ("pdf", "picture") or leaf is None:
        return None
    wanted = wanted_on_page(citation_to_cited(citation, exchange.answer), leaf)
    return PictureRequest(report.path, report.sha256, leaf, zoom, wanted)


def note_html(picture: PagePicture) -> str:
    """What a reader must know of a picture."""
    return f'<div class="wb-notice wb-missed">{plain_html(picture.note)}</div>'


def picture_words(picture: PagePicture) -> str:
    """A picture in words, for those who do not see it."""
    return f"第 {picture.page} 页的图像{'，引文和数字已标出' if picture.quote_boxes else ''}"


def _report_and_table(exchange: Exchange, citation: Citation) -> tuple[Report | None, Table | None]:
    passage = citation.passage
    report = next((report for report in exchange.reports if report.id == passage.report_id), None)
    return report, next((table for table in exchange.tables if table.id == passage.table_id), None)


def _title(citation: Citation, report: Report | None) -> str:
    return f"《{report.title}》" if report else citation.passage.report_id


def _facts(citation: Citation, report: Report | None, table: Table | None) -> str:
    college = f"（{report.college}）" if report and report.college not in report.title else ""
    facts = [
        ("报告", f"{_title(citation, report)}{college}"),
        ("章节", " › ".join(citation.passage.path)),
        ("页码", _page_in_full(citation)),
        ("来源", recognised_note(citation)),
        ("表格", f"{table.caption if table else ''}{f'（{table.unit}）' if table and table.unit else ''}"),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)
    return f"<dl>{rows}</dl>"


def _quote(citation: Citation, table: Table | None, marked: _Marked) -> str:
    quote = _passage_html(citation.quote, table, marked)
    return f'<div class="wb-caption">原文</div><blockquote class="wb-quote">{quote}</blockquote>'


def _page(citation: Citation) -> str:
    return f"第 {citation.page} 页" if citation.page is not None else ""


def _page_in_full(citation: Citation) -> str:
    """Physical and printed page; empty where the format has none."""
    if citation.page is None:
        return ""
    printed = f"，印刷页码 {citation.page_label}" if citation.page_label else "，页上没有印页码"
    return f"文件第 {citation.page} 页{printed}"


def _context(citation: Citation, table: Table | None, marked: _Marked, *, is_open: bool = False) -> str:
    """What stands around the quote; empty where the quote is all there is."""
    passage = citation.passage
    if citation.quote.strip() == passage.text.strip():
        return ""
    before, after = passage.text[: citation.quote_start], passage.text[citation.quote_end :]
    if _table_rows(passage.text, table):
        whole = _passage_html(passage.text, table, marked)
    else:
        here = _passage_html(citation.quote, None, marked)
        whole = f'{plain_html(before)}<span class="wb-here">{here}</span>{plain_html(after)}'
    state = " open" if is_open else ""
    return f'<details class="wb-context"{state}><summary>上下文</summary><div class="wb-scroll">{whole}</div></details>'


def _passage_html(text: str, table: Table | None, marked: _Marked) -> str:
    rows = _table_rows(text, table)
    if table is None or not rows:
        return marked.in_text(text.strip("\n"))
    labels = header_labels(table.rows, table.header_rows)
    head = [escape(label) for label in labels] if any(labels) else []
    return grid_html(head, [[marked.in_cell(cell) for cell in row.printed] for row in rows])


def _table_rows(text: str, table: Table | None) -> list[TableRow]:
    """The rows of the table the text consists of; none where other text stands between them."""
    if table is None:
        return []
    known = {row_text(row).strip(): row for row in table.rows}
    heads = [row_text(row).strip() for row in table.rows[: table.header_rows]]
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if not lines or not all(line in known for line in lines):
        return []
    return [known[line] for line in lines if line not in heads]


def grid_html(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    top = f"<thead><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr></thead>" if head else ""
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wb-table"><table>{top}<tbody>{body}</tbody></table></div>'


def plain_html(text: str) -> str:
    """Escaped text, line feeds kept, tabs as wide gaps."""
    return escape(text).replace("\t", "\u2003").replace("\n", "<br>")


@dataclass(frozen=True, slots=True)
class _Marked:
    """The figures an answer takes from one citation."""

    figures: tuple[CitedFigure, ...]

    @classmethod
    def of(cls, citation: Citation, answer: VerifiedAnswer) -> _Marked:
        return cls(cited_figures(answer, citation.n))

    def in_text(self, text: str) -> str:
        """Escaped text with the figures marked."""
        parts, at = [], 0
        for start, end in figure_spans(text, self.figures):
            parts += [plain_html(text[at:start]), f"<mark>{plain_html(text[start:end])}</mark>"]
            at = end
        return "".join([*parts, plain_html(text[at:])])

    def in_cell(self, text: str) -> str:
        """An escaped cell, marked where its number is one of the figures, whatever unit its column gives it."""
        number = cell_number(text)
        if number is not None and any(figure.fits(number) for figure in self.figures):
            return f"<mark>{plain_html(text)}</mark>"
        return self.in_text(text)
