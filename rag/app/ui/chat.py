"""The page where questions are asked: the conversation, and the box below it."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from rag.app.answerers import needs_key
from rag.app.ui.actions import draw_actions
from rag.app.ui.answer import draw_charts, draw_exchange, draw_question
from rag.app.ui.answerer import BY_EXCERPTS, draw_offer
from rag.app.ui.job import Job, Keep, OnEvidence, OnStage, OnText, ShouldStop
from rag.app.ui.memory import (
    MAX_QUESTION_CHARACTERS,
    drained,
    keep_question,
    keep_queued,
    open_addressed,
    settle,
    shown_exchanges,
    submit,
)
from rag.app.ui.parts import Parts, assistant_of
from rag.app.ui.script import page_script
from rag.app.ui.sidebar import draw_sidebar
from rag.app.ui.source import ASKING, draw_source
from rag.app.ui.suggested import draw_first_questions, draw_next_questions
from rag.app.ui.uploads import draw_uploads
from rag.assistant import Assistant
from rag.errors import KeepingError, WenbaoError
from rag.presentation.exchanges import Exchange, answer_to_exchange
from rag.presentation.html import page
from rag.presentation.html import streaming as page_streaming
from rag.question.understand import filtered_reports
from rag.records import Filters, Report

WATCH_SECONDS = 15
"""How often an open page looks for reports that others have added."""
DRAWN_EVERY_SECONDS = 0.2
"""How often the answer under way is drawn."""
log = logging.getLogger("wenbao.page")


def draw(parts: Parts, viewer: str) -> None:
    """Sidebar, conversation and input."""
    memory = st.session_state
    open_addressed(parts, viewer)
    reports = assistant_of(parts, parts.settings.model).reports()
    with st.sidebar:
        filters, model = draw_sidebar(parts, viewer, reports)
    draw_source(parts, ASKING)
    watch_index(parts, parts.index.store.generation())
    busy = memory.pending is not None
    beside_input = draw_input(parts, reports)
    if memory.conversation is not None and memory.conversation.owner != viewer:
        st.caption("这是别人分享给您的对话。继续提问会另存为您自己的一份，不会改动原来的。")
    # emptied by hand: what is merely no longer drawn stays until the page is drawn whole
    welcome, talk, hints = st.empty(), st.empty(), st.empty()
    charts: list[DeltaGenerator] = []
    if memory.exchanges:
        with talk.container():
            charts = draw_conversation(parts, viewer)
    elif not busy:
        with welcome.container():
            draw_welcome(parts, filtered_reports(reports, filters), reports)
    if busy and reports:
        keep_queued(parts, viewer, filters)
        tell(parts)  # now, not when the answer is there
        draw_charts(charts)
        assistant = assistant_of(parts, model, is_fresh=memory.again is not None, pasted=memory.get("pasted"))
        answer_pending(parts, viewer, assistant, filters, beside_input)
    page_script("wb-followed", data={"follow": True})
    hold_question(len(memory.exchanges) - 1)
    tell(parts)
    draw_charts(charts)
    draw_next_questions(parts, filtered_reports(reports, filters), hints)


def draw_input(parts: Parts, reports: Sequence[Report]) -> DeltaGenerator:
    """The box for questions, before it the way to add reports, behind it an empty place, which is given."""
    with st.bottom, st.container(key="wb-input", horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        with st.popover("添加报告", icon=":material/add:", key="add-reports"):
            draw_uploads(parts)
        asked = st.chat_input(
            "就这些报告提问……" if reports else "请先点左边的＋添加报告",
            key="question",
            max_chars=MAX_QUESTION_CHARACTERS,
            disabled=not reports,
            on_submit=take_question,
        )
        beside = st.empty()
    if asked and not st.session_state.pop("taken", False):
        submit(asked)  # sent by a page of a server that has started anew since: it calls nothing back
        st.rerun()
    return beside


def take_question() -> None:
    """Take the question just sent."""
    st.session_state.taken = True
    submit(st.session_state.question)


def tell(parts: Parts) -> None:
    """What there is to be said."""
    for notice in [*drained(parts.notices), *drained(st.session_state.notices)]:
        st.toast(page.escape_markdown(notice))


def draw_conversation(parts: Parts, viewer: str) -> list[DeltaGenerator]:
    """What was asked and answered so far; gives the places of the charts."""
    places = []
    for number, exchange in enumerate(shown_exchanges()):
        places.append(draw_exchange(number, exchange))
        draw_actions(parts, viewer, number, exchange)
    return places


def draw_welcome(parts: Parts, chosen: Sequence[Report], reports: Sequence[Report]) -> None:
    """What the page is for, and questions to begin with; how to add reports where there are none."""
    st.html(page.welcome_html(reports))
    if chosen:
        draw_first_questions(parts, chosen)
    if reports and needs_key(parts.settings, st.session_state.get("pasted")):
        with st.container(key="wb-answerer", horizontal=True, horizontal_alignment="center", gap="small"):
            st.html(f'<span class="wb-muted">{BY_EXCERPTS}</span>', width="content")
            draw_offer(parts, "welcome")


def answer_pending(
    parts: Parts, viewer: str, assistant: Assistant, filters: Filters, beside_input: DeltaGenerator
) -> None:
    """Answer the question that waits, showing how far it is, and draw the page again."""
    memory = st.session_state
    if memory.job is None:
        memory.job = job_of(parts, viewer, assistant, filters)
    with st.container():  # one, so that the first thing drawn after the conversation takes the place of it all
        draw_question(len(memory.exchanges), memory.pending)
        hold_question(len(memory.exchanges))
        with st.chat_message("assistant"):
            watch_job(memory.job, assistant, beside_input)
    settle(memory.job.exchange, memory.job.problem)
    st.rerun()


def job_of(parts: Parts, viewer: str, assistant: Assistant, filters: Filters) -> Job:
    """What answers the question that waits: under way already where the page was loaded again, else begun and kept."""
    memory = st.session_state
    if memory.place is None:
        keep_question(parts, viewer, memory.pending, filters)
    key = (memory.conversation.id, memory.place) if memory.place is not None else None
    if key is not None and (running := parts.jobs.get(key)) is not None:
        return running

    def keep(exchange: Exchange) -> str:
        """Puts the answer in its place."""
        try:
            if key is not None:
                parts.conversations.put(key[0], viewer, key[1], exchange)
        except KeepingError as error:
            return str(error)
        return ""

    before = [] if memory.is_literal else shown_exchanges()
    job = begin_job(assistant, memory.pending, filters, before, keep)
    if key is not None:
        parts.jobs[key] = job
    return job


def hold_question(number: int) -> None:
    """Keep the question of that place at the top of the view until the reader scrolls; none where it is negative."""
    asked = f"{st.session_state.thread}-{number}" if number >= 0 else ""
    page_script(f"wb-held-{number}", data={"asked": asked})


def watch_job(job: Job, assistant: Assistant, beside_input: DeltaGenerator) -> None:
    """Show stage, sources found and words so far until the answer is there; a button, which no word moves, stops it."""
    status, growing, found = st.status(page.stage_line(())), st.empty(), st.empty()
    if assistant.model is not None:
        beside_input.button(
            "停止", icon=":material/stop_circle:", key="stop", disabled=job.is_stopping, on_click=job.stop
        )
    shown, started, evidence = "", time.monotonic(), None
    while job.exchange is None:
        # Drawing something now and then is what lets a click interrupt this loop.
        seconds = f"（{time.monotonic() - started:.0f} 秒）" if assistant.model is not None else ""
        status.update(label=("正在停止…… " if job.is_stopping else "") + page.stage_line(job.stages) + seconds)
        if assistant.model is not None and job.evidence is not None and job.evidence is not evidence:
            evidence = job.evidence
            reports = {report.id: report for report in assistant.reports()}
            found.html(page_streaming.found_html(evidence, reports))
        if job.text != shown:
            shown = job.text
            growing.html(page_streaming.streaming_html(shown))
        job.wait(DRAWN_EVERY_SECONDS)


def begin_job(assistant: Assistant, question: str, filters: Filters, exchanges: Sequence[Exchange], keep: Keep) -> Job:
    """Have a question of the conversation answered."""
    history = [turn for exchange in exchanges for turn in exchange.turns]

    def ask(on_stage: OnStage, on_evidence: OnEvidence, on_text: OnText, should_stop: ShouldStop) -> Exchange:
        """The exchange a question becomes; an error becomes one too, so that the conversation goes on."""
        try:
            answer = assistant.ask(
                question, history, filters, on_stage, on_evidence=on_evidence, on_text=on_text, should_stop=should_stop
            )
            reports = {report.id: report for report in assistant.reports()}
            return answer_to_exchange(question, answer, reports, assistant.tables(answer.evidence), filters)
        except WenbaoError as error:
            return Exchange(question, failure=str(error))
        except Exception:
            log.exception("question failed: %r", question)
            return Exchange(question, failure="回答这个问题时程序出错了，请换个问法再试。")

    return Job(question, ask, keep)


@st.fragment(run_every=WATCH_SECONDS)
def watch_index(parts: Parts, drawn: int) -> None:
    """Draw the page again when somebody has changed the reports since."""
    if st.session_state.pending is None and parts.index.store.generation() != drawn:
        st.rerun()
