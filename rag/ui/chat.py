"""The page where questions are asked: the conversation, and the box below it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import streamlit as st

from rag import page
from rag.assistant import Assistant
from rag.errors import WenbaoError
from rag.exchanges import Exchange, answer_to_exchange
from rag.records import Filters, Report
from rag.ui.actions import draw_actions
from rag.ui.answer import draw_exchange, draw_question
from rag.ui.memory import drained, keep, open_addressed, submit
from rag.ui.parts import Parts, assistant_of
from rag.ui.script import page_script
from rag.ui.sidebar import draw_sidebar
from rag.ui.suggested import draw_first_questions, draw_next_questions
from rag.understand import filtered_reports

MAX_QUESTION_CHARACTERS = 1000
WATCH_SECONDS = 15
"""How often an open page looks for reports that others have added."""
log = logging.getLogger("wenbao.page")


def draw(parts: Parts, viewer: str) -> None:
    """Sidebar, conversation and input."""
    memory = st.session_state
    open_addressed(parts, viewer)
    reports = assistant_of(parts, parts.settings.model).reports()
    with st.sidebar:
        filters, model = draw_sidebar(parts, viewer, reports)
    watch_index(parts, parts.index.store.generation())
    busy = memory.pending is not None
    st.chat_input(
        "就这些报告提问……" if reports else "请先在左侧添加报告",
        key="question",
        max_chars=MAX_QUESTION_CHARACTERS,
        disabled=busy or not reports,
        on_submit=lambda: submit(memory.question),
    )
    if memory.conversation is not None and memory.conversation.owner != viewer:
        st.caption("这是别人分享给您的对话。继续提问会另存为您自己的一份，不会改动原来的。")
    welcome = st.empty()  # emptied by hand: what is merely no longer drawn stays until the answer is there
    if not memory.exchanges and not busy:
        with welcome.container():
            draw_welcome(parts, filtered_reports(reports, filters), reports)
    for number, exchange in enumerate(memory.exchanges):
        draw_exchange(parts, number, exchange)
        draw_actions(parts, viewer, number, exchange)
    hints = st.empty()
    if busy and reports:
        answer_pending(parts, viewer, assistant_of(parts, model), filters)
    page_script("wb-followed", data={"follow": True})
    for notice in [*drained(parts.notices), *drained(memory.notices)]:
        st.toast(page.escape_markdown(notice))
    with hints.container():
        draw_next_questions(parts, filtered_reports(reports, filters))


def draw_welcome(parts: Parts, chosen: Sequence[Report], reports: Sequence[Report]) -> None:
    """What the page is for, and questions to begin with; how to add reports where there are none."""
    st.html(page.welcome_html(reports))
    if chosen:
        draw_first_questions(parts, chosen)


def answer_pending(parts: Parts, viewer: str, assistant: Assistant, filters: Filters) -> None:
    """Answer the question that waits, showing how far it is, keep it, and draw the page again."""
    memory = st.session_state
    number = len(memory.exchanges)
    draw_question(number, memory.pending)
    with st.chat_message("assistant"), st.status(page.stage_line("")) as status:
        exchange = answered(
            assistant, memory.pending, filters, lambda stage: status.update(label=page.stage_line(stage))
        )
    memory.exchanges = [*memory.exchanges, exchange]
    memory.pending = None
    keep(parts, viewer)
    st.rerun()


def answered(assistant: Assistant, question: str, filters: Filters, on_stage: Callable[[str], None]) -> Exchange:
    """The exchange a question becomes; an error becomes one too, so that the conversation goes on."""
    history = [turn for exchange in st.session_state.exchanges for turn in exchange.turns]
    try:
        answer = assistant.ask(question, history, filters, on_stage)
        reports = {report.id: report for report in assistant.reports()}
        return answer_to_exchange(question, answer, reports, assistant.tables(answer.evidence), filters)
    except WenbaoError as error:
        return Exchange(question, failure=str(error))
    except Exception:
        log.exception("question failed: %r", question)
        return Exchange(question, failure="回答这个问题时程序出错了，请换个问法再试。")


@st.fragment(run_every=WATCH_SECONDS)
def watch_index(parts: Parts, drawn: int) -> None:
    """Draw the page again when somebody has changed the reports since."""
    if st.session_state.pending is None and parts.index.store.generation() != drawn:
        st.rerun()
