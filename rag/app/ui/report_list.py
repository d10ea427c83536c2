"""Which reports there are: adding some, what is wrong with each, reading one again, removing one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from rag.app.ui.memory import BOARD, BOARD_REPORT, VIEW
from rag.app.ui.parts import Parts
from rag.app.ui.uploads import added_line, draw_recognition, draw_removal, draw_uploads, uploaded
from rag.errors import WenbaoError
from rag.presentation.html import boards as board_page
from rag.presentation.html import page
from rag.readers.uploads import is_upload
from rag.records import Report
from rag.settings.settings import SAMPLES

if TYPE_CHECKING:
    from rag.ingest import Progress

LISTED = 20
"""Reports on the page before the reader asks for more."""


def draw_list(parts: Parts, reports: Sequence[Report]) -> None:
    """A place to add reports, and those there are."""
    draw_rereading(parts, reports)
    draw_uploads(parts)
    draw_recognition(parts)
    if not reports:
        st.html('<p class="wb-muted">还没有报告：请在上面添加，或在命令行运行 wenbao ingest。</p>')
        return
    st.html(f'<div class="wb-head">已收录 {len(reports)} 份</div>')
    sought = ""
    if len(reports) > LISTED:
        sought = st.text_input("查找", key="report-sought", placeholder="按题名、院校、年份查找")
    mine = uploaded(parts, reports)
    ordered = [*mine, *(report for report in reports if report not in mine)]
    found = [report for report in ordered if page.report_fits(report, sought or "")]
    stats = parts.index.store.report_stats()
    counts = contradiction_counts(str(parts.index.store.folder), parts.index.store.generation(), parts)
    for report in found[:LISTED]:
        with st.container(key=f"wb-report-{report.id}", border=True):
            st.html(page.report_html(report, stats.get(report.id), counts.get(report.id, 0), added_line(parts, report)))
            with st.container(horizontal=True, gap="small"):
                st.button("指标看板", key=f"board-{report.id}", on_click=show_board, args=(report,))
                if st.button("详情与管理", key=f"detail-{report.id}"):
                    show_detail(parts, report)
    if len(found) > LISTED:
        st.html(f'<p class="wb-muted">还有 {len(found) - LISTED} 份没有列出，请用查找缩小范围。</p>')


@st.cache_resource(show_spinner=False, max_entries=4)
def contradiction_counts(folder: str, generation: int, _parts: Parts) -> dict[str, int]:
    """How many contradictions were found in each report of the index as it stands."""
    return _parts.index.store.contradiction_counts()


def show_board(report: Report) -> None:
    """Go to the board of a report."""
    st.session_state[VIEW], st.session_state[BOARD_REPORT] = BOARD, report.id


@st.dialog("报告详情", width="large")
def show_detail(parts: Parts, report: Report) -> None:
    """A report page by page: what could not be read, what does not fit; reading it again, removing it."""
    store = parts.index.store
    st.html(page.report_html(report, store.report_stats().get(report.id), added=added_line(parts, report)))
    draw_management(parts, report)
    st.html('<div class="wb-head">逐页提醒</div>')
    st.html(board_page.page_notes_html(board_page.page_notes(store.pages(report.id), store.tables(report.id))))
    st.html('<div class="wb-head">前后不一致</div>')
    found = [(item.kind, item.indicator, item.note) for item in store.contradictions((report.id,))]
    st.html(board_page.contradictions_html(found))


def draw_management(parts: Parts, report: Report) -> None:
    """Reading a report again and removing it, or why it cannot be removed here."""
    path = Path(report.path)
    with st.container(horizontal=True):
        pressed = st.button("重新读取", key="again", icon=":material/refresh:", on_click=ask_again, args=(report,))
        if is_upload(path, parts.uploads):
            pressed |= draw_removal(parts, report)
    if not is_upload(path, parts.uploads):
        st.html(page.not_removable_html(path.parent == SAMPLES))
    if pressed:
        st.rerun()


def ask_again(report: Report) -> None:
    """Have a report read again when the page is next drawn."""
    st.session_state["again-report"] = report.id


def draw_rereading(parts: Parts, reports: Sequence[Report]) -> None:
    """Read the report again that was asked for, and say how it went."""
    asked = st.session_state.pop("again-report", None)
    report = next((report for report in reports if report.id == asked), None)
    if report is not None:
        st.session_state["again-said"] = reread(parts, report)
        st.rerun()
    if said := st.session_state.pop("again-said", ""):
        st.html(said)


def reread(parts: Parts, report: Report) -> str:
    """Read a report's file again; where that fails, what was read before stays."""
    bar = st.progress(0.1, page.escape_markdown(f"正在读取 {Path(report.path).name}"))

    def show(progress: Progress) -> None:
        bar.progress(max(0.1, progress.done / progress.total), page.escape_markdown(f"正在读取 {progress.name}"))

    try:
        outcome = parts.ingest.run([Path(report.path)], again=True, on_progress=show)
        if parts.recognition is not None:
            parts.recognition.wake()
        reasons, warnings = [reason for _, reason in outcome.failed], [warning for _, warning in outcome.warnings]
    except WenbaoError as error:
        reasons, warnings = [str(error)], []
    finally:
        bar.empty()
    return page.upload_html(Path(report.path).name, "已重新读取", reasons, warnings, failed="没有重新读取")
