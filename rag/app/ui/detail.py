"""One report in detail: what could not be read, what does not fit; putting right what it was taken for, removing it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from rag.app.ui.boards import draw_openers
from rag.app.ui.choosing import choose_report
from rag.app.ui.memory import DETAIL_REPORT
from rag.app.ui.parts import Parts
from rag.app.ui.uploads import added_line, draw_removal, show_progress, visitor
from rag.errors import WenbaoError
from rag.presentation.html import detail as detail_page
from rag.presentation.html import page
from rag.readers.sources import corrections_of, keep_corrections
from rag.readers.uploads import is_upload
from rag.records import Report, ReportKind
from rag.settings.settings import SAMPLES

AGAIN = "again-report"


def draw_detail(parts: Parts, reports: Sequence[Report]) -> None:
    """The report that is chosen."""
    draw_rereading(parts, reports)
    report = choose_report(reports, DETAIL_REPORT)
    if report is None:
        return
    store = parts.index.store
    st.html(page.report_html(report, store.report_stats().get(report.id), added=added_line(parts, report)))
    draw_management(parts, report)
    found = store.contradictions((report.id,))
    detail = detail_page.report_to_detail(report, store.pages(report.id), store.tables(report.id), found)
    draw_openers(detail.exchange, "detail")
    st.html(detail_page.detail_html(detail, "source-detail"))


def draw_management(parts: Parts, report: Report) -> None:
    """Reading a report again, putting it right and removing it, or why that cannot be done here."""
    path = Path(report.path)
    is_own = is_upload(path, parts.uploads)
    with st.container(horizontal=True):
        st.button("重新读取", key="reread", icon=":material/refresh:", on_click=ask_again, args=(report, "已重新读取"))
        if is_own or visitor(parts) is None:
            with st.popover("更正", icon=":material/edit:"):
                draw_correcting(report)
        if is_own:
            draw_removal(parts, report, "detail")
    if not is_own:
        st.html(page.not_removable_html(path.parent == SAMPLES))


def draw_correcting(report: Report) -> None:
    """What the report was taken for, to be put right."""
    identity = report.id
    with st.form(f"correct-{identity}", border=False):
        st.text_input("题名", report.title, key=f"title-{identity}")
        st.text_input("院校或单位", report.college, key=f"college-{identity}")
        st.text_input("简称（用顿号隔开）", "、".join(report.short_names), key=f"short_names-{identity}")
        kinds = [kind.value for kind in ReportKind]
        st.selectbox("类型", kinds, kinds.index(report.kind.value), key=f"kind-{identity}")
        st.number_input("年份", 1900, 2100, report.year, key=f"year-{identity}", format="%d")
        st.caption("更正记在报告旁边的 reports.toml 里，立即生效；以后重新读取也照此办理。")
        st.form_submit_button("保存更正", type="primary", on_click=correct, args=(report,))


def correct(report: Report) -> None:
    """Keep what was put right beside the report, and have it read accordingly."""
    memory, now = st.session_state, {"title": report.title, "college": report.college, "kind": report.kind.value}
    said: dict[str, Any] = {key: str(memory[f"{key}-{report.id}"]).strip() for key in now}
    changed: dict[str, Any] = {key: value for key, value in said.items() if value and value != now[key]}
    names = [name.strip() for name in str(memory[f"short_names-{report.id}"]).replace("，", "、").split("、")]
    if names != list(report.short_names):
        changed["short_names"] = [name for name in names if name]
    if (year := memory[f"year-{report.id}"]) not in (None, report.year):
        changed["year"] = int(year)
    if not changed:
        memory.notices.append("没有改动。")
        return
    path = Path(report.path)
    try:
        keep_corrections(path, {**corrections_of(path), **changed})
    except (WenbaoError, OSError) as error:
        memory.notices.append(f"更正没有存下来：{error}")
        return
    ask_again(report, "已更正")


def ask_again(report: Report, done: str) -> None:
    """Have a report read again when the page is next drawn, and say then that this was done."""
    st.session_state[AGAIN] = (report.id, done)


def draw_rereading(parts: Parts, reports: Sequence[Report]) -> None:
    """Read the report again that was asked for, and say how it went."""
    asked, done = st.session_state.pop(AGAIN, ("", ""))
    report = next((report for report in reports if report.id == asked), None)
    if report is not None:
        st.session_state["again-said"] = reread(parts, report, done)
        st.rerun()
    if said := st.session_state.pop("again-said", ""):
        st.html(said)


def reread(parts: Parts, report: Report, done: str) -> str:
    """Read a report's file again; where that fails, what was read before stays."""
    bar = st.progress(0.0)
    try:
        outcome = parts.ingest.run([Path(report.path)], again=True, on_progress=partial(show_progress, bar))
        if parts.recognition is not None:
            parts.recognition.wake()
        reasons, warnings = [reason for _, reason in outcome.failed], [warning for _, warning in outcome.warnings]
    except WenbaoError as error:
        reasons, warnings = [str(error)], []
    finally:
        bar.empty()
    return page.upload_html(Path(report.path).name, done, reasons, warnings, failed="没有重新读取")
