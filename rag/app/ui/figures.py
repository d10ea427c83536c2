"""The figure table of a report: every figure with what was understood of it, to look through and to search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from rag.app.ui.choosing import choose_report
from rag.app.ui.memory import FIGURES_REPORT, FIGURES_SOUGHT
from rag.app.ui.parts import Parts
from rag.presentation import figure_table
from rag.readers.uploads import safe_name
from rag.records import Figure, Report


@st.cache_resource(show_spinner="正在取出数字……", max_entries=8)
def figures_of(key: tuple[Any, ...], _parts: Parts, _report: Report) -> tuple[Figure, ...]:
    """The figures of a report as it was last read."""
    return _parts.index.store.report_figures(_report.id)


def draw_figures(parts: Parts, reports: Sequence[Report]) -> None:
    """The figures of the report that is chosen, those alone of which the words sought are said."""
    versions = parts.index.store.versions()
    report = choose_report([report for report in reports if report.id in versions], FIGURES_REPORT)
    if report is None:
        return
    words = st.text_input(
        "查找", key=FIGURES_SOUGHT, placeholder="按名称、表题、章节、年份或数字查找，如：就业率 2023届"
    )
    revision = versions[report.id].revision
    figures = figures_of((str(parts.index.store.folder), report.id, revision), parts, report)
    found = figure_table.find_figures(figures, words or "")
    draw_count(len(found), len(figures))
    if found:
        st.dataframe(figure_table.figure_columns(found), width="stretch", hide_index=True, key="figures-table")
        name = safe_name(f"问报-数字表-{report.title}.csv")
        content = figure_table.figures_to_csv(found)
        st.download_button("CSV（数字表）", content, name, "text/csv", key="figures-csv", on_click="ignore")


def draw_count(found: int, total: int) -> None:
    """How many figures are shown, and of how many."""
    said = f"共 {total} 个数字" if found == total else f"{total} 个数字中有 {found} 个符合"
    st.html(f'<p class="wb-muted">{said}。每个数字旁是系统所理解的含义；有误请以原文为准。</p>')
