"""One question and its answer."""

from __future__ import annotations

import streamlit as st

from rag import page, page_sources
from rag.exchanges import Exchange
from rag.ui.parts import Parts
from rag.ui.source import show_source


def draw_exchange(parts: Parts, number: int, exchange: Exchange) -> None:
    """A question and its answer."""
    draw_question(number, exchange.question)
    with st.chat_message("assistant"):
        st.html(page.exchange_to_html(exchange, f"source-{number}"))
        draw_openers(parts, number, exchange)


def draw_openers(parts: Parts, number: int, exchange: Exchange) -> None:
    """A button for each citation that opens it where it is printed; its markers in the answer press it."""
    memory = st.session_state
    if exchange.answer is None or not exchange.answer.citations:
        return
    with st.container(key=f"wb-openers-{number}", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.html('<span class="wb-caption">看原页</span>', width="content")
        for citation in exchange.answer.citations:
            label, key = page_sources.opener_label(citation), f"open-source-{number}-{citation.n}"
            if st.button(page.escape_markdown(label), key=key, disabled=memory.pending is not None):
                memory.leaf, memory.zoom = citation.page, 0
                show_source(parts, exchange, citation)


def draw_question(number: int, question: str) -> None:
    """A question in its bubble."""
    with st.container(key=f"wb-question-{number}"), st.chat_message("user"):
        st.html(page.question_html(question))
