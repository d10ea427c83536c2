"""What may be set beside the conversation: what is searched and who answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from rag.app.ui.answerer import draw_choice
from rag.app.ui.conversation_list import draw_conversations
from rag.app.ui.memory import start_anew
from rag.app.ui.parts import Parts
from rag.app.ui.uploads import draw_recognition, draw_reports, draw_uploads
from rag.question.understand import filtered_reports
from rag.records import Filters, Report


def draw_sidebar(parts: Parts, viewer: str, reports: Sequence[Report]) -> tuple[Filters, str]:
    """What may be set; gives the filters and the answerer."""
    memory = st.session_state
    idle = memory.pending is None
    disabled = not (memory.exchanges and idle)
    st.button("新对话", icon=":material/edit_square:", width="stretch", disabled=disabled, on_click=start_anew)
    filters = draw_filters(reports) if reports else Filters()
    if reports:
        draw_reports(parts, [report for report in reports if filtered_reports([report], filters)])
    draw_conversations(parts, viewer)
    draw_uploads(parts)
    draw_recognition(parts)
    return filters, draw_choice(parts)


def draw_filters(reports: Sequence[Report]) -> Filters:
    """College, year, kind and report; nothing chosen means all."""
    titles = {report.id: report.title for report in reports}
    st.html('<div class="wb-head">查找范围</div>')
    colleges = choose("院校", [r.college for r in reports if r.college], "全部院校")
    years = choose("年份", sorted({r.year for r in reports if r.year}, reverse=True), "全部年份")
    kinds = choose("类型", [r.kind.value for r in reports], "全部类型")
    chosen = choose("报告", [r.id for r in reports], "全部报告", lambda identity: titles[identity])
    return Filters(tuple(chosen), tuple(colleges), tuple(years), tuple(kinds))


def choose(label: str, options: Sequence[Any], placeholder: str, name: Callable[[Any], str] = str) -> list[Any]:
    """Some of the options; those that have gone since are forgotten."""
    known, key = list(dict.fromkeys(options)), f"filter-{label}"
    if key in st.session_state:
        st.session_state[key] = [option for option in st.session_state[key] if option in known]
    return st.multiselect(
        label,
        known,
        format_func=name,
        placeholder=placeholder,
        key=key,
        select_all=False,
        label_visibility="collapsed",
        persist_state="session",  # also while another page is looked at
    )
