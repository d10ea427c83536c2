"""Which report a view of one report is of."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from rag.domain.near_duplicates import without_twins
from rag.records import Report


def choose_report(reports: Sequence[Report], key: str) -> Report | None:
    """The report chosen, None where there is none; one in two formats is offered once, unless the other is asked for."""
    if not reports:
        st.html('<p class="wb-muted">还没有报告。</p>')
        return None
    known = {report.id: report for report in offered(reports, [st.session_state.get(key)])}
    if st.session_state.get(key) not in known:
        st.session_state[key] = next(iter(known))
    return known[st.selectbox("报告", list(known), format_func=lambda i: known[i].title, key=key)]


def offered(reports: Sequence[Report], asked: Sequence[str | None]) -> list[Report]:
    """The reports to choose from, each text once, with those that are asked for."""
    once = {report.id for report in without_twins(reports)}
    return [report for report in reports if report.id in once or report.id in asked]
