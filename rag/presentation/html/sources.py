"""A citation → what the page shows of it (pure): where it stands, its quote with the figures marked, what is around."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from rag.pictures.request import PagePicture, PictureRequest
from rag.presentation.citations import citation_to_cited, cited_figures, wanted_on_page
from rag.presentation.exchanges import Exchange
from rag.presentation.html.elements import WORD_JOINER, element, grid, lines
from rag.presentation.json_and_text import RECOGNISED, recognised_note
from rag.records import Citation, FigureEntry, Report, Table, VerifiedAnswer
from rag.structure.tables.joining import header_labels, row_text

LONGEST_TOLD = 160
"""Characters of a report's words that are told in passing."""


def marker(anchor: str, quotes: Mapping[int, str], n: int) -> Markup:
    """The number of a source, which opens it; the report's own words are told where the pointer rests on it."""
    words = " ".join(quotes.get(n, "").split())
    told = f"{words[:LONGEST_TOLD]}……" if len(words) > LONGEST_TOLD else words
    title = f"查看出处 {n}：“{told}”" if told else f"查看出处 {n}"
    return WORD_JOINER + element("a.wb-ref", str(n), href=f"#{anchor}-{n}", title=title)


def sources_html(
    answer: VerifiedAnswer, reports: Mapping[str, Report], tables: Mapping[str, Table], anchor: str
) -> str:
    """The sources of an answer, each closed; `anchor` makes their ids unlike those of others."""
    if not answer.citations:
        return ""
    items = Markup().join(
        _source(
            citation,
            reports.get(citation.passage.report_id),
            tables.get(citation.passage.table_id or ""),
            answer,
            anchor,
        )
        for citation in answer.citations
    )
    return element("div.wb-sources", element("div.wb-caption", "出处"), items)


def _source(
    citation: Citation, report: Report | None, table: Table | None, answer: VerifiedAnswer, anchor: str
) -> Markup:
    place, note = f"{anchor}-{citation.n}", recognised_note(citation)
    summary = element(
        "summary",
        element("span.wb-ref", str(citation.n)),
        element("span.wb-title", _title(citation, report)),
        element("span.wb-recognised", RECOGNISED, title=note) if note else "",
        element("a.wb-open", f"看{_page(citation) or '原文'}", href=f"#{place}"),
    )
    marked = _Marked.of(citation, answer, table)
    parts = (_facts(citation, report, table), _quote(citation, marked), _context(citation, marked))
    return element("details.wb-source", summary, element("div.wb-body", *parts, id=place))


def place_html(exchange: Exchange, citation: Citation) -> str:
    """Report, section, page and table of a citation of the exchange."""
    report, table = _report_and_table(exchange, citation)
    return element("div.wb-body.wb-place", _facts(citation, report, table))


def passage_html(exchange: Exchange, citation: Citation, *, is_context_open: bool) -> str:
    """The quote of a citation of the exchange, verbatim, and the passage it stands in; the figures are marked."""
    assert exchange.answer is not None
    if not citation.passage.text:
        return ""
    table = _report_and_table(exchange, citation)[1]
    marked = _Marked.of(citation, exchange.answer, table)
    return element("div.wb-body", _quote(citation, marked), _context(citation, marked, is_open=is_context_open))


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
    return element("div.wb-notice.wb-missed", lines(picture.note))


def picture_words(picture: PagePicture) -> str:
    """A picture in words, for those who do not see it."""
    return f"第 {picture.page} 页的图像{'，引文和数字已标出' if picture.quote_boxes else ''}"


def _report_and_table(exchange: Exchange, citation: Citation) -> tuple[Report | None, Table | None]:
    passage = citation.passage
    report = next((report for report in exchange.reports if report.id == passage.report_id), None)
    return report, next((table for table in exchange.tables if table.id == passage.table_id), None)


def _title(citation: Citation, report: Report | None) -> str:
    return f"《{report.title}》" if report else citation.passage.report_id


def _facts(citation: Citation, report: Report | None, table: Table | None) -> Markup:
    college = f"（{report.college}）" if report and report.college not in report.title else ""
    facts = [
        ("报告", f"{_title(citation, report)}{college}"),
        ("章节", " › ".join(citation.passage.path)),
        ("页码", _page_in_full(citation)),
        ("来源", recognised_note(citation)),
        ("表格", f"{table.caption if table else ''}{f'（{table.unit}）' if table and table.unit else ''}"),
    ]
    return element("dl", *(element("dt", name) + element("dd", value) for name, value in facts if value))


def _quote(citation: Citation, marked: _Marked) -> Markup:
    quote = marked.part(citation.quote_start, citation.quote_end)
    return element("div.wb-caption", "原文") + element("blockquote.wb-quote", quote)


def _page(citation: Citation) -> str:
    return f"第 {citation.page} 页" if citation.page is not None else ""


def _page_in_full(citation: Citation) -> str:
    """Physical and printed page; empty where the format has none."""
    if citation.page is None:
        return ""
    printed = f"，印刷页码 {citation.page_label}" if citation.page_label else "，页上没有印页码"
    return f"文件第 {citation.page} 页{printed}"


def _context(citation: Citation, marked: _Marked, *, is_open: bool = False) -> Markup:
    """What stands around the quote; empty where the quote is all there is."""
    text = citation.passage.text
    if citation.quote.strip() == text.strip():
        return Markup()
    if marked.is_table:
        whole = marked.part(0, len(text))
    else:
        here = marked.words(citation.quote_start, citation.quote_end)
        whole = lines(text[: citation.quote_start]) + element("span.wb-here", here) + lines(text[citation.quote_end :])
    state = {"open": ""} if is_open else {}
    return element("details.wb-context", element("summary", "上下文"), element("div.wb-scroll", whole), **state)


@dataclass(frozen=True, slots=True)
class _Marked:
    """A citation's passage, in which the figures that an answer takes from the quote are marked."""

    text: str
    table: Table | None
    start: int
    """Where the passage begins in its section."""
    figures: tuple[FigureEntry, ...]

    @classmethod
    def of(cls, citation: Citation, answer: VerifiedAnswer, table: Table | None) -> _Marked:
        passage = citation.passage
        return cls(passage.text, table, passage.start, cited_figures(answer, citation))

    @property
    def is_table(self) -> bool:
        """Whether all of it is rows of its table."""
        return bool(self._rows(self.text))

    def part(self, start: int, end: int) -> Markup:
        """A part of the passage, as rows where it is rows of its table."""
        rows = self._rows(self.text[start:end])
        if self.table is None or not rows:
            return self.words(start, end)
        labels = header_labels(self.table.rows, self.table.header_rows)
        marks = {(figure.row, figure.column): figure.number.text for figure in self.figures}
        cells = (
            (_cell(cell, marks.get((at, column))) for column, cell in enumerate(self.table.rows[at].printed))
            for at in rows
        )
        return grid(labels if any(labels) else (), cells)

    def words(self, start: int, end: int) -> Markup:
        """A part of the passage as it stands, without the line feeds at its ends."""
        text = self.text[start:end]
        start, end = start + len(text) - len(text.lstrip("\n")), start + len(text.rstrip("\n"))
        marked, at = Markup(), start
        for figure in sorted(self.figures, key=lambda figure: figure.start):
            low, high = figure.start - self.start, figure.end - self.start
            if at <= low and high <= end:
                marked += lines(self.text[at:low]) + element("mark", lines(self.text[low:high]))
                at = high
        return marked + lines(self.text[at:end])

    def _rows(self, text: str) -> list[int]:
        """Which rows of the table the text consists of; none where other text stands between them."""
        table = self.table
        if table is None:
            return []
        known = {row_text(row).strip(): at for at, row in enumerate(table.rows)}
        heads = [row_text(row).strip() for row in table.rows[: table.header_rows]]
        printed = [line.strip() for line in text.split("\n") if line.strip()]
        if not printed or not all(line in known for line in printed):
            return []
        return [known[line] for line in printed if line not in heads]


def _cell(text: str, figure: str | None) -> Markup:
    """A cell in which the text of its figure is marked."""
    if figure is None:
        return lines(text)
    before, found, after = text.partition(figure.strip())
    return lines(before) + element("mark", lines(found)) + lines(after)
