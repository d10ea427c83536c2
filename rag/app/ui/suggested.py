"""Questions to be asked by a click: to begin with, and to go on with."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.app.ui.memory import shown_exchanges, submit
from rag.app.ui.parts import Parts, next_questions, suggested_questions
from rag.presentation.html import page
from rag.records import Purpose, Report
from rag.suggestions.help import examples

log = logging.getLogger("wenbao.page")


def draw_first_questions(parts: Parts, reports: Sequence[Report]) -> None:
    """Questions that these reports answer."""
    try:
        questions = suggested_questions(_key(parts, reports), parts, reports)
    except Exception:  # the page is as good without them
        log.exception("suggestions failed")
        return
    if not questions:
        return
    st.html('<div class="wb-head wb-center">可以这样问</div>')
    with st.container(key="wb-suggestions"):
        for column, question in zip([*st.columns(2), *st.columns(2)], questions, strict=False):
            with column:
                _draw_question(f"ask-{question}", question)


def draw_next_questions(parts: Parts, reports: Sequence[Report], place: DeltaGenerator) -> None:
    """Questions to go on with after the last answer of the conversation."""
    memory = st.session_state
    answer = shown_exchanges()[-1].answer if memory.exchanges else None
    if answer is None or not reports:
        return
    asked = tuple(exchange.question for exchange in memory.exchanges)
    key = (*_key(parts, reports), answer.text, *asked)
    try:
        if answer.query.purpose is Purpose.HELP:
            memory.next = (key, examples(answer.text))
        elif memory.get("next", ((), ()))[0] != key:
            near = next_questions(parts, answer, reports, asked)
            others = near or suggested_questions(_key(parts, reports), parts, reports)
            memory.next = (key, tuple(question for question in others if question not in asked))
    except Exception:  # the answer is as good without them
        log.exception("next questions failed")
        return
    if questions := memory.next[1]:
        with place.container(key="wb-next"):
            st.html('<div class="wb-head">接着可以问</div>')
            for question in questions:
                _draw_question(f"next-{question}", question)


def _key(parts: Parts, reports: Sequence[Report]) -> tuple[object, ...]:
    return (parts.index.store.generation(), str(parts.index.store.folder), *(report.id for report in reports))


def _draw_question(key: str, question: str) -> None:
    st.button(page.escape_markdown(question), key=key, width="stretch", on_click=submit, args=(question,))
