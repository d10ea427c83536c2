"""One question and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.app.ui.chart import draw_chart
from rag.app.ui.memory import MAX_QUESTION_CHARACTERS, ask_again, shown_exchanges, submit
from rag.app.ui.source import ASKING, open_source
from rag.presentation.charts import Chart, exchange_to_chart
from rag.presentation.exchanges import Exchange
from rag.presentation.html import page
from rag.presentation.html import sources as page_sources


@dataclass(frozen=True, slots=True)
class Drawing:
    """What an exchange looks like, made once: the page is drawn anew with every click."""

    exchange: Exchange
    answer: str
    sources: str
    chart: Chart | None


def draw_exchange(number: int, exchange: Exchange) -> DeltaGenerator:
    """A question and its answer; gives the place of its chart, for what draws charts may have to be loaded first."""
    draw_question(number, exchange.question)
    draw_editing(number, exchange.question)
    drawing = drawing_of(number, exchange)
    with st.chat_message("assistant"):
        st.html(drawing.answer)
        place = st.empty()
        if drawing.sources:
            st.html(drawing.sources)
        draw_openers(number, exchange)
    return place


def draw_charts(places: Sequence[DeltaGenerator]) -> None:
    """The charts of the conversation's answers, each in its place."""
    for number, (place, exchange) in enumerate(zip(places, shown_exchanges(), strict=True)):
        chart = drawing_of(number, exchange).chart
        if chart is not None:
            with place.container():
                draw_chart(number, chart)


def drawing_of(number: int, exchange: Exchange) -> Drawing:
    """The looks of the exchange that stands at this place of the conversation."""
    made: dict[int, Drawing] = st.session_state.setdefault("drawings", {})
    if number not in made or made[number].exchange is not exchange:
        answer, sources = page.exchange_to_html(exchange, f"source-{number}")
        made[number] = Drawing(exchange, answer, sources, exchange_to_chart(exchange))
    return made[number]


def draw_openers(number: int, exchange: Exchange) -> None:
    """A button for each citation that opens it where it is printed; its markers in the answer press it."""
    memory = st.session_state
    if exchange.answer is None or not exchange.answer.citations:
        return
    with st.container(key=f"wb-openers-{number}", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.html('<span class="wb-caption">看原页</span>', width="content")
        for citation in exchange.answer.citations:
            label, key = page_sources.opener_label(citation), f"open-source-{number}-{citation.n}"
            st.button(
                page.escape_markdown(label), key=key, disabled=memory.pending is not None,
                on_click=open_source, args=(ASKING, exchange, citation),
            )  # fmt: skip


def draw_question(number: int, question: str) -> None:
    """A question in its bubble."""
    with st.container(key=f"wb-question-{number}"), st.chat_message("user"):
        st.html(page.question_html(question))


def draw_editing(number: int, question: str) -> None:
    """A place to put the question otherwise: the last is answered beside its answer, an earlier one at the end."""
    memory = st.session_state
    key = f"edited-{memory.thread}-{number}"
    with (
        st.container(key=f"wb-editing-{number}", horizontal=True, horizontal_alignment="right"),
        st.popover("改问题", icon=":material/edit:", type="tertiary", disabled=memory.pending is not None),
        st.form(f"edit-{memory.thread}-{number}", border=False),
    ):
        st.text_area("改问题", question, key=key, max_chars=MAX_QUESTION_CHARACTERS, label_visibility="collapsed")
        st.form_submit_button("重新提问", type="primary", on_click=_ask_edited, args=(number, key))


def _ask_edited(number: int, key: str) -> None:
    memory = st.session_state
    if number == len(memory.exchanges) - 1 and (edited := memory[key].strip()):
        ask_again(edited)
    else:
        submit(memory[key])
