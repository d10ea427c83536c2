"""What may be set beside the conversation: what is searched and who answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from rag.app.ui.conversation_list import draw_conversations
from rag.app.ui.memory import start_anew
from rag.app.ui.parts import Parts
from rag.app.ui.uploads import draw_recognition, draw_reports, draw_uploads
from rag.question.understand import filtered_reports
from rag.records import Filters, Report
from rag.settings.choices import MODEL_NAMES, model_choices, model_hint


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
    choices = model_choices(parts.settings)
    st.html('<div class="wb-head">回答方式</div>')
    model = st.selectbox(
        "回答方式", choices, format_func=lambda a: MODEL_NAMES.get(a, a), label_visibility="collapsed", key="model"
    )
    if hint := model_hint(parts.settings):
        st.caption("现在由内置程序摘录报告原文回答，不联网。")
        with st.expander("改用大模型（给维护人员）"):
            st.caption(hint)
    return filters, model or choices[0]


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
