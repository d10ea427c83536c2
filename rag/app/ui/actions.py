"""What can be done with an answer: think well or ill of it, and save it."""

from __future__ import annotations

from functools import partial
from typing import Literal

import streamlit as st

from rag.app.ui.downloads import draw_downloads
from rag.app.ui.memory import COMPARED, COMPARISON, VIEW, ask_again, tried
from rag.app.ui.parts import Parts
from rag.presentation.exchanges import Exchange
from rag.presentation.html import page


def draw_actions(parts: Parts, viewer: str, number: int, exchange: Exchange) -> None:
    """What can be done with an answer: think well or ill of it, save it, and have the last one made anew."""
    memory = st.session_state
    busy, is_last = memory.pending is not None, number == len(memory.exchanges) - 1
    with st.container(key=f"wb-actions-{number}", horizontal=True, vertical_alignment="center"):
        if exchange.record and memory.conversation is not None:
            draw_feedback(parts, viewer, number)
        if exchange.record:
            with st.popover("导出", icon=":material/download:", disabled=busy):
                draw_downloads(f"{memory.thread}-{number}", exchange.question, [exchange])
        compared = page.compared_reports(exchange)
        if len(compared) > 1 and st.button(
            "多份对照：表和图", icon=":material/table_chart:", key=f"compare-{number}", disabled=busy
        ):
            memory[VIEW], memory[COMPARED] = COMPARISON, list(compared)
            st.switch_page(memory.places["reports"])
        if is_last:
            st.button(
                "重新回答",
                icon=":material/refresh:",
                key=f"again-{number}",
                disabled=busy,
                on_click=answer_anew,
                args=(parts, viewer, number),
            )


def answer_anew(parts: Parts, viewer: str, number: int) -> None:
    """Have the last question answered once more; what was thought of the answer goes with it."""
    memory = st.session_state
    if memory.ratings.pop(number, None) or memory.get(f"thumb-{memory.thread}-{number}") is not None:
        tried(parts.feedback.withdraw, viewer, memory.conversation.id, number)
    memory.pop(f"thumb-{memory.thread}-{number}", None)
    memory.pop(f"reason-{memory.thread}-{number}", None)
    ask_again()


def draw_feedback(parts: Parts, viewer: str, number: int) -> None:
    """Thumbs, and a place for the reason once one is chosen."""
    memory = st.session_state
    thumb, reason = f"thumb-{memory.thread}-{number}", f"reason-{memory.thread}-{number}"
    liked, said = memory.ratings.get(number, (None, ""))
    change, busy = partial(rate, parts, viewer, number, thumb, reason), memory.pending is not None
    default: Literal[0, 1] | None = None if liked is None else (1 if liked else 0)
    if st.feedback("thumbs", key=thumb, default=default, disabled=busy, on_change=change) is not None:
        st.text_input(
            "原因",
            said,
            key=reason,
            placeholder="哪里好，或者哪里不对？（可不填，回车保存）",
            label_visibility="collapsed",
            disabled=busy,
            on_change=change,
        )


def rate(parts: Parts, viewer: str, number: int, thumb: str, reason: str) -> None:
    """Keep what the viewer thinks of an answer, or forget it."""
    memory = st.session_state
    conversation, liked = memory.conversation.id, memory[thumb]
    if liked is None:
        tried(parts.feedback.withdraw, viewer, conversation, number)
    elif tried(
        parts.feedback.give, viewer, conversation, memory.exchanges, number, bool(liked), memory.get(reason) or ""
    ):
        st.session_state.notices.append("已记下您的评价，谢谢。")
