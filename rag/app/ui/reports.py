"""The page of reports: which there are, what each states, and several side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from rag.app.ui.addresses import follow_address, write_address
from rag.app.ui.boards import draw_board, draw_comparison
from rag.app.ui.detail import draw_detail
from rag.app.ui.figures import draw_figures
from rag.app.ui.memory import BOARD, COMPARISON, DETAIL, FIGURES, VIEW, drained
from rag.app.ui.parts import Parts
from rag.app.ui.report_list import draw_list
from rag.app.ui.script import page_script
from rag.app.ui.source import REPORTS, draw_source
from rag.presentation.html import page
from rag.records import Report

VIEWS: dict[str, Callable[[Parts, Sequence[Report]], None]] = {
    "收录的报告": draw_list,
    DETAIL: draw_detail,
    BOARD: draw_board,
    FIGURES: draw_figures,
    COMPARISON: draw_comparison,
}


def draw(parts: Parts, viewer: str) -> None:
    """One of the views, whichever the address names or the reader chooses."""
    reports = parts.index.store.reports()
    draw_source(parts, REPORTS)
    st.html(page.reports_head_html(reports))
    follow_address([report.id for report in reports])
    st.session_state.setdefault(VIEW, next(iter(VIEWS)))
    chosen = st.segmented_control("查看", list(VIEWS), key=VIEW, label_visibility="collapsed", required=True)
    VIEWS[chosen or next(iter(VIEWS))](parts, reports)
    write_address()
    page_script("wb-followed", data={"follow": True})
    page_script("wb-turned", data={"top": chosen})
    for notice in [*drained(parts.notices), *drained(st.session_state.notices)]:
        st.toast(page.escape_markdown(notice))
