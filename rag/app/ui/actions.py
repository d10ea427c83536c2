"""What can be done with an answer: think well or ill of it, and save it."""

from __future__ import annotations

from functools import partial
from typing import Literal

import streamlit as st

from rag.app.ui.addresses import comparison_address
from rag.app.ui.downloads import draw_downloads
from rag.app.ui.memory import ask_again, shown_version, tried
from rag.app.ui.parts import Parts
from rag.presentation.exchanges import Exchange
from rag.presentation.html import page


def draw_actions(parts: Parts, viewer: str, number: int, exchange: Exchange) -> None:
    """What can be done with an answer: think well or ill of it, save it, and have the last one given anew."""
    memory = st.session_state
    busy, is_last = memory.pending is not None, number == len(memory.exchanges) - 1
    with st.container(key=f"wb-actions-{number}", horizontal=True, vertical_alignment="center"):
        draw_versions(number)
        if exchange.record and memory.conversation is not None:
            draw_feedback(parts, viewer, number)
        if exchange.record:
            st.html(page.copy_html(exchange), width="content")
            with st.popover("导出", icon=":material/download:", disabled=busy):
                draw_downloads(f"{memory.thread}-{number}", exchange.question, [exchange])
        compared = page.compared_reports(exchange)
        standalone = exchange.answer.query.standalone if exchange.answer is not None else exchange.question
        if len(compared) > 1:
            # no button: switching the page by one leaves a second entry to go back through
            st.page_link(
                memory.places["reports"],
                label="多份对照：表和图",
                icon=":material/table_chart:",
                query_params=comparison_address(compared, standalone),
                disabled=busy,
                width="content",
            )
        if is_last and exchange.is_completed:
            st.button(
                "按原话问",
                icon=":material/format_quote:",
                key=f"literal-{number}",
                help="只按这句话本身来问，不从上文补全",
                disabled=busy,
                on_click=ask_again,
                kwargs={"is_literal": True},
            )
        if is_last:
            st.button(
                "重新回答",
                icon=":material/refresh:",
                key=f"again-{number}",
                disabled=busy,
                on_click=ask_again,
            )


def draw_versions(number: int) -> None:
    """Which answer to a question is shown, where there are several, and the way to the others."""
    memory = st.session_state
    shown, last = shown_version(number), len(memory.exchanges[number].earlier)
    if not last:
        return
    for name, icon, version in (
        ("上一个回答", ":material/chevron_left:", shown - 1),
        ("下一个回答", ":material/chevron_right:", shown + 1),
    ):
        st.button(
            name, icon=icon, help=name, key=f"version-{icon}-{number}", type="tertiary",
            disabled=not 0 <= version <= last, on_click=memory.shown.update, args=({number: version},),
        )  # fmt: skip
        if version < shown:
            st.html(f'<span class="wb-leaf">{shown + 1} / {last + 1}</span>', width="content")


def draw_feedback(parts: Parts, viewer: str, number: int) -> None:
    """Thumbs, and a place for the reason once one is chosen."""
    memory = st.session_state
    version = shown_version(number)
    place = f"{memory.thread}-{number}" + (f"-{version}" if version else "")
    thumb, reason = f"thumb-{place}", f"reason-{place}"
    liked, said = memory.ratings.get((number, version), (None, ""))
    change, busy = partial(rate, parts, viewer, number, version, thumb, reason), memory.pending is not None
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


def rate(parts: Parts, viewer: str, number: int, version: int, thumb: str, reason: str) -> None:
    """Keep what the viewer thinks of an answer, or forget it."""
    memory = st.session_state
    conversation, liked, said = memory.conversation.id, memory[thumb], memory.get(reason) or ""
    memory.ratings[number, version] = (None if liked is None else bool(liked), said)
    if liked is None:
        tried(parts.feedback.withdraw, viewer, conversation, number, version)
    elif tried(parts.feedback.give, viewer, conversation, memory.exchanges, number, bool(liked), said, version):
        st.session_state.notices.append("已记下您的评价，谢谢。")
