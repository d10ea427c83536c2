"""The indicators of one report, and those of several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from rag.app.ui.chart import draw_chart
from rag.app.ui.choosing import choose_report, offered
from rag.app.ui.downloads import draw_downloads
from rag.app.ui.memory import BOARD_REPORT, COMPARED, INDICATORS
from rag.app.ui.parts import Parts, assistant_of
from rag.app.ui.source import REPORTS, open_source
from rag.boards import Board, Comparison, boards_to_comparison, wanted_indicators
from rag.domain.near_duplicates import without_twins
from rag.presentation import board_rows, word
from rag.presentation import document as exports
from rag.presentation import spreadsheet as figure_rows
from rag.presentation.exchanges import Exchange
from rag.presentation.html import boards as board_page
from rag.presentation.html.boards import Shown
from rag.readers.uploads import safe_name
from rag.records import Report, ReportKind, Table
from rag.settings.settings import EXTRACTIVE

OF_COLLEGES = (ReportKind.QUALITY, ReportKind.EMPLOYMENT, ReportKind.UNDERGRADUATE)
COMPARED_AT_FIRST = 3
"""Reports compared until the reader chooses; below, their indicators."""
INDICATORS_AT_FIRST = 6
MAX_COMPARED = 8
MIN_COLUMN, MAX_COLUMN = 24, 40


@st.cache_resource(show_spinner="正在汇总指标……", max_entries=64)
def board_of(key: tuple[Any, ...], _parts: Parts, _report: Report) -> Board:
    """The board of a report as it was last read."""
    return assistant_of(_parts, EXTRACTIVE).board(_report)


def boards_of(parts: Parts, reports: Sequence[Report]) -> list[Board]:
    """The boards of these reports."""
    store = parts.index.store
    versions, folder = store.versions(), str(store.folder)
    return [
        board_of((folder, report.id, report.sha256, versions[report.id].revision), parts, report)
        for report in reports
        if report.id in versions
    ]


def draw_board(parts: Parts, reports: Sequence[Report]) -> None:
    """The board of the report that is chosen."""
    report = choose_report(reports, BOARD_REPORT)
    if report is None:
        return
    board = boards_of(parts, [report])[0]
    if not board.stated:
        st.html('<p class="wb-muted">这份报告里没有找到全校口径的常用指标；可以直接提问。</p>')
        return
    shown = board_page.boards_to_shown(f"指标看板 {board.report.title}", [board], tables_of(parts, [board]))
    draw_downloads("board", f"指标看板 {board.report.title}", [shown.exchange])
    draw_openers(shown.exchange, "board")
    st.html(board_page.board_html(board, shown, "source-board"))


def draw_comparison(parts: Parts, reports: Sequence[Report]) -> None:
    """The indicators chosen, over the reports chosen."""
    titles = {report.id: report.title for report in offered(reports, st.session_state.get(COMPARED, ()))}
    if len(titles) < 2:
        st.html('<p class="wb-muted">至少要有两份报告才能对照。</p>')
        return
    memory = st.session_state
    # set here, for the page of questions may have chosen some; those gone since are forgotten
    memory[COMPARED] = [
        identity for identity in memory.get(COMPARED, compared_at_first(without_twins(reports))) if identity in titles
    ]
    chosen = st.multiselect(
        "报告", list(titles), format_func=lambda i: titles[i],
        key=COMPARED, max_selections=MAX_COMPARED, placeholder="选择要对照的报告",
    )  # fmt: skip
    boards = boards_of(parts, [report for report in reports if report.id in chosen])
    offer_indicators(boards)
    names = st.multiselect(
        "指标", [wanted.name for wanted in wanted_indicators()], key=INDICATORS, placeholder="选择指标"
    )
    if len(boards) < 2 or not names:
        st.html('<p class="wb-muted">请选择至少两份报告和一项指标。</p>')
        return
    comparisons = boards_to_comparison(boards, names)
    shown = board_page.boards_to_shown("多份报告对照", boards, tables_of(parts, boards), names)
    draw_saving(comparisons, boards, shown)
    draw_openers(shown.exchange, "compare")
    st.html(board_page.comparison_html(comparisons, boards, shown, "source-compare"))
    draw_charts(comparisons, boards)


def offer_indicators(boards: Sequence[Board]) -> None:
    """Choose what most of the boards state, as long as the reader has chosen nothing else."""
    memory, offered = st.session_state, often_stated(boards)
    if memory.get(INDICATORS) in (None, memory.get("offered-indicators")):
        memory[INDICATORS] = offered
    memory["offered-indicators"] = offered


def compared_at_first(reports: Sequence[Report]) -> list[str]:
    """Ids of the reports of colleges that hold most figures, one of each college and year; any two where these are too few."""
    fullest = sorted(reports, key=lambda report: (report.kind not in OF_COLLEGES, -report.figure_count))
    first: dict[tuple[str, int | None], str] = {}
    for report in fullest:
        if report.kind in OF_COLLEGES:
            first.setdefault((report.college, report.year), report.id)
    chosen = list(first.values())[:COMPARED_AT_FIRST]
    return chosen if len(chosen) > 1 else [report.id for report in fullest[:2]]


def often_stated(boards: Sequence[Board]) -> list[str]:
    """The indicators most of the boards state, in their order."""
    counts: dict[str, int] = {}
    for board in boards:
        for line in board.stated:
            counts[line.wanted.name] = counts.get(line.wanted.name, 0) + 1
    best = sorted(counts, key=lambda name: -counts[name])[:INDICATORS_AT_FIRST]
    return [wanted.name for wanted in wanted_indicators() if wanted.name in best]


def tables_of(parts: Parts, boards: Sequence[Board]) -> dict[str, Table]:
    """The tables that the figures of these boards stand in."""
    return {table.id: table for board in boards for table in parts.index.store.tables(board.report.id)}


def draw_openers(exchange: Exchange, anchor: str) -> None:
    """A button for each source, out of sight: the page numbers beside the figures press it."""
    assert exchange.answer is not None
    with st.container(key="wb-hidden"):
        for citation in exchange.answer.citations:
            st.button(
                f"查看出处 {citation.n}", key=f"open-source-{anchor}-{citation.n}",
                on_click=open_source, args=(REPORTS, exchange, citation),
            )  # fmt: skip


def draw_saving(comparisons: Sequence[Comparison], boards: Sequence[Board], shown: Shown) -> None:
    """The table to copy, and as Word, Excel and CSV; the last two with a row for each figure."""
    rows = board_rows.comparison_rows(comparisons, boards)
    figures = board_rows.comparison_figures(comparisons, boards)
    widths = [MIN_COLUMN, *[MAX_COLUMN] * (len(rows[0]) - 1)]
    sheets: list[figure_rows.Sheet] = [("对照", rows, widths), ("逐个数字", figures, board_rows.FIGURE_WIDTHS)]
    with st.container(horizontal=True):
        with st.popover("复制表格", icon=":material/content_copy:"):
            st.caption("点右上角的复制，再粘贴到 Excel 或 Word。")
            st.code("\n".join("\t".join(row) for row in rows), language=None)
        st.download_button(
            "Word", lambda: comparison_to_word(board_rows.comparison_exchange(comparisons, boards, shown)),
            safe_name("问报-对照.docx"), word.MIME_TYPE, key="compare-docx", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Excel", lambda: figure_rows.sheets_to_xlsx(sheets), safe_name("问报-对照.xlsx"),
            figure_rows.XLSX_TYPE, key="compare-xlsx", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "CSV", lambda: figure_rows.rows_to_csv(figures), safe_name("问报-对照.csv"), "text/csv",
            key="compare-csv", on_click="ignore",
        )  # fmt: skip


def comparison_to_word(exchange: Exchange) -> bytes:
    """A comparison as a Word file."""
    return word.document_to_word(exports.exchanges_to_document(exchange.question, [exchange]))


def draw_charts(comparisons: Sequence[Comparison], boards: Sequence[Board]) -> None:
    """One of the indicators that can be compared, as bars."""
    reports = [board.report for board in boards]
    names = dict(zip((report.id for report in reports), board_page.report_names(reports), strict=True))
    drawn = {item.wanted.name: board_page.comparison_to_chart(item, names) for item in comparisons}
    possible = [name for name, chart in drawn.items() if chart is not None]
    if not possible:
        st.html('<p class="wb-muted">所选指标的名称、单位或时点不一，不画在一张图里。</p>')
        return
    chosen = st.selectbox("画成图", possible, key="charted")
    if (chart := drawn[chosen]) is not None:
        draw_chart("compared", chart)
