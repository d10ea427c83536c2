"""The asked figures of an answer as a picture, where they compare."""

from __future__ import annotations

import streamlit as st

from rag.presentation.charts import Chart, chart_to_vega
from rag.presentation.html import page


def draw_chart(name: int | str, chart: Chart) -> None:
    """A chart, in the colours of the page."""
    colours = page.colours(st.context.theme.type == "dark")
    with st.container(key=f"wb-chart-{name}"):
        st.vega_lite_chart(chart_to_vega(chart, colours), width="stretch")
