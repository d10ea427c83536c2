"""The figures of answers → rows for Excel, as CSV or as a workbook (pure). No cell of them is ever a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from rag.gate.saying import figure_to_quote
from rag.language.text import unique
from rag.presentation.asked_figures import printed_figures
from rag.presentation.document import printable
from rag.presentation.exchanges import Exchange
from rag.presentation.json_and_text import recognised_note
from rag.presentation.word import without_times
from rag.records import AnswerFigure, AnswerStatus, Figure, VerifiedAnswer

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Sheet: TypeAlias = tuple[str, Sequence[Sequence[str | Decimal]], Sequence[int]]
"""Title, rows and widths."""
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMNS = "问题 院校 指标 时间 数字 数值 单位 对象/说明 口径 报告 页码 原文 公式 来源 请核对".split()
_WIDTHS = (32, 22, 22, 16, 14, 12, 8, 32, 22, 32, 10, 60, 40, 12, 32)
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_MAX_CELL_CHARACTERS = 32_767
"""What a cell of Excel holds."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of an answer, in the order of `COLUMNS`."""

    question: str
    colleges: str
    measure: str
    """What is measured or counted, `` where that cannot be told."""
    time: str
    """As printed: the figure's own, else that of its table."""
    text: str
    value: Decimal
    unit: str
    about: str
    scope: str
    reports: str
    pages: Decimal | str
    """A number where it is one page."""
    quotes: str
    formula: str
    origin: str
    """That it was recognised from a picture, `` where it is printed."""
    caution: str
    """Why it may not be what the answer says of it."""


def exchanges_to_rows(exchanges: Sequence[Exchange]) -> tuple[FigureRow, ...]:
    """The figures of all answers in order, each once an answer; none of what only stands near what was not found."""
    return tuple(
        row
        for exchange in exchanges
        if exchange.answer is not None and has_figures(exchange)
        for row in _rows(exchange.answer, exchange)
    )


def has_figures(exchange: Exchange) -> bool:
    """Whether there are figures that answer its question."""
    answer = exchange.answer
    return answer is not None and answer.status is AnswerStatus.ANSWERED and bool(answer.figures)


def figures_to_csv(exchanges: Sequence[Exchange]) -> bytes:
    """The figures of the answers as `rows_to_csv` writes them."""
    return rows_to_csv([COLUMNS, *map(_cells, exchanges_to_rows(exchanges))])


def figures_to_xlsx(exchanges: Sequence[Exchange]) -> bytes:
    """The figures of the answers as `rows_to_xlsx` writes them."""
    return rows_to_xlsx("数字", [COLUMNS, *map(_cells, exchanges_to_rows(exchanges))], _WIDTHS)


def rows_to_csv(rows: Sequence[Sequence[str | Decimal]]) -> bytes:
    """A table Excel opens as it is: UTF-8 with a byte order mark; text that looks like a formula is led by an apostrophe."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    for row in rows:
        writer.writerow(_harmless(cell) for cell in row)
    return stream.getvalue().encode("utf-8-sig")


def rows_to_xlsx(title: str, rows: Sequence[Sequence[str | Decimal]], widths: Sequence[int]) -> bytes:
    """A workbook of one sheet as `sheets_to_xlsx` makes it."""
    return sheets_to_xlsx([(title, rows, widths)])


def sheets_to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of sheets (title, rows, widths), each first row its head; values are numbers, all else is text.

    Like rows, like bytes.
    """
    from openpyxl import Workbook

    book = Workbook()
    del book[book.sheetnames[0]]
    for title, rows, widths in sheets:
        _fill(book.create_sheet(title), rows, widths)
    stream = io.BytesIO()
    book.save(stream)
    return without_times(stream.getvalue(), lambda part: _MODIFIED.sub(rb"\g<1>1980-01-01T00:00:00Z", part))


def _fill(sheet: Worksheet, rows: Sequence[Sequence[str | Decimal]], widths: Sequence[int]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for number, row in enumerate(rows, start=1):
        for column, content in enumerate(row, start=1):
            text = printable(content)[:_MAX_CELL_CHARACTERS] if isinstance(content, str) else content
            cell = sheet.cell(number, column, text)
            if isinstance(text, str):
                cell.data_type = "s"
            cell.alignment = Alignment(vertical="top", wrap_text=widths[column - 1] > 20)
            cell.font = Font(bold=number == 1)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"


def _rows(answer: VerifiedAnswer, exchange: Exchange) -> tuple[FigureRow, ...]:
    printed = printed_figures(exchange)
    return tuple(dict.fromkeys(_row(figure, printed, answer, exchange) for figure in answer.figures))


def _row(figure: AnswerFigure, printed: Mapping[str, Figure], answer: VerifiedAnswer, exchange: Exchange) -> FigureRow:
    cited = [citation for citation in answer.citations if citation.n in figure.citations]
    held = [printed[identity] for identity in figure.operands or (figure.id,) if identity in printed]
    titles = {report.id: report.title for report in exchange.reports}
    colleges = {report.id: report.college for report in exchange.reports}
    pages = unique(str(c.page) for c in cited if c.page is not None)
    return FigureRow(
        answer.query.standalone,
        "；".join(unique(filter(None, (colleges.get(c.passage.report_id, "") for c in cited)))),
        "；".join(unique(filter(None, (found.context.head for found in held)))),
        "；".join(unique(filter(None, (found.context.time.text for found in held)))) or figure.scope,
        figure.text,
        figure.value,
        figure.unit,
        figure.said or "；".join(unique(figure_to_quote(found) for found in held)),
        figure.scope,
        "；".join(unique(titles.get(c.passage.report_id, c.passage.report_id) for c in cited)),
        Decimal(pages[0]) if len(pages) == 1 else "；".join(pages),
        "；".join(unique(" ".join(c.quote.split()) for c in cited)),
        figure.formula or "",
        "；".join(unique(filter(None, map(recognised_note, cited)))),
        figure.caution or "",
    )


def _cells(row: FigureRow) -> tuple[str | Decimal, ...]:
    return tuple(printable(cell)[:_MAX_CELL_CHARACTERS] if isinstance(cell, str) else cell for cell in astuple(row))


def _harmless(cell: str | Decimal) -> str:
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA_STARTS) else cell
