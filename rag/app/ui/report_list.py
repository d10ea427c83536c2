"""Which reports there are, and adding some."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from rag.app.ui.memory import BOARD, BOARD_REPORT, DETAIL, DETAIL_REPORT, FIGURES, FIGURES_REPORT, VIEW
from rag.app.ui.parts import Parts
from rag.app.ui.uploads import added_line, draw_recognition, draw_uploads, uploaded
from rag.domain.near_duplicates import without_twins
from rag.presentation.html import page
from rag.records import Report

VIEWS_OF_ONE = (
    ("指标看板", BOARD, BOARD_REPORT), ("数字表", FIGURES, FIGURES_REPORT), ("详情、更正与移除", DETAIL, DETAIL_REPORT),
)  # fmt: skip
LISTED = 20
"""Reports on the page before the reader asks for more."""


def draw_list(parts: Parts, reports: Sequence[Report]) -> None:
    """A place to add reports, and those there are."""
    draw_uploads(parts)
    draw_recognition(parts)
    if not reports:
        st.html('<p class="wb-muted">还没有报告：请在上面添加，或在命令行运行 wenbao ingest。</p>')
        return
    once = without_twins(reports)
    files = f"（{len(reports)} 个文件）" if len(once) < len(reports) else ""
    st.html(f'<div class="wb-head">已收录 {len(once)} 份{files}</div>')
    sought = ""
    if len(reports) > LISTED:
        sought = st.text_input("查找", key="report-sought", placeholder="按题名、院校、年份查找")
    mine = uploaded(parts, once)
    ordered = [*mine, *(report for report in once if report not in mine)]
    found = [report for report in ordered if page.report_fits(report, sought or "")]
    stats = parts.index.store.report_stats()
    counts = contradiction_counts(str(parts.index.store.folder), parts.index.store.generation(), parts)
    for report in found[:LISTED]:
        with st.container(key=f"wb-report-{report.id}", border=True):
            st.html(page.report_html(report, stats.get(report.id), counts.get(report.id, 0), added_line(parts, report)))
            with st.container(horizontal=True, gap="small"):
                for name, view, key in VIEWS_OF_ONE:
                    st.button(
                        name, key=f"{key.partition('-')[0]}-{report.id}", on_click=show_view, args=(view, key, report)
                    )
                for twin in (other for other in reports if other.id in report.near_duplicates):
                    name = page.escape_markdown(f"另一种格式：{Path(twin.path).name}")
                    st.button(name, key=f"detail-{twin.id}", on_click=show_view, args=(DETAIL, DETAIL_REPORT, twin))
    if len(found) > LISTED:
        st.html(f'<p class="wb-muted">还有 {len(found) - LISTED} 份没有列出，请用查找缩小范围。</p>')


@st.cache_resource(show_spinner=False, max_entries=4)
def contradiction_counts(folder: str, generation: int, _parts: Parts) -> dict[str, int]:
    """How many contradictions were found in each report of the index as it stands."""
    return _parts.index.store.contradiction_counts()


def show_view(view: str, key: str, report: Report) -> None:
    """Go to a view of one report."""
    st.session_state[VIEW], st.session_state[key] = view, report.id
