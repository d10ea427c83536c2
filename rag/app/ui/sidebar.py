"""What may be set beside the conversation: what is searched and who answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from rag.app.ui.answerer import draw_choice
from rag.app.ui.conversation_list import draw_conversations
from rag.app.ui.memory import start_anew
from rag.app.ui.parts import Parts
from rag.app.ui.uploads import draw_recognition
from rag.domain.near_duplicates import without_twins
from rag.presentation.html import page
from rag.question.understand import filtered_reports
from rag.records import Filters, Report


def draw_sidebar(parts: Parts, viewer: str, reports: Sequence[Report]) -> tuple[Filters, str]:
    """What may be set; gives the filters and the answerer."""
    memory = st.session_state
    idle = memory.pending is None
    disabled = not (memory.exchanges and idle)
    st.button("新对话", icon=":material/edit_square:", width="stretch", disabled=disabled, on_click=start_anew)
    filters = draw_filters(without_twins(reports)) if reports else Filters()
    draw_conversations(parts, viewer)
    draw_recognition(parts)
    return filters, draw_choice(parts)


def draw_filters(reports: Sequence[Report]) -> Filters:
    """College, year, kind and report behind one line that says what they leave; nothing chosen means all."""
    titles = {report.id: report.title for report in reports}
    # the label is drawn before what stands in it is chosen: it tells what the session holds
    held = Filters(*(tuple(st.session_state.get(f"filter-{label}", ())) for label in ("报告", "院校", "年份", "类型")))
    with (
        st.popover(
            page.escape_markdown(scope_line(reports, held)), icon=":material/tune:", width="stretch", key="scope"
        ),
        st.container(key="wb-filters"),
    ):
        colleges = choose("院校", [r.college for r in reports if r.college], "全部院校")
        years = choose("年份", sorted({r.year for r in reports if r.year}, reverse=True), "全部年份")
        kinds = choose("类型", [r.kind.value for r in reports], "全部类型")
        chosen = choose("报告", [r.id for r in reports], "全部报告", lambda identity: titles[identity])
    return Filters(tuple(chosen), tuple(colleges), tuple(years), tuple(kinds))


def scope_line(reports: Sequence[Report], filters: Filters) -> str:
    """What is searched, in a line: 全部 9 份报告, 咸宁职业技术学院 · 2023（2 份）."""
    known = {report.id: report.title for report in reports}
    chosen = [*filters.colleges, *filters.years, *filters.kinds, *(known.get(i, "") for i in filters.reports)]
    left = len(filtered_reports(reports, filters))
    if not any(chosen):
        return f"查找范围：全部 {len(reports)} 份报告"
    said = " · ".join(str(one) for one in chosen if one)
    return f"{said}（{left} 份）" if left else f"没有符合条件的报告：{said}"


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
        persist_state="session",  # also while another page is looked at
    )
