"""What one session of the page remembers: the open conversation, the question that waits, what is to be said."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from rag.app.ui.parts import Parts
from rag.errors import KeepingError
from rag.keeping.conversations import Conversation, Place
from rag.presentation.exchanges import Exchange
from rag.records import Filters

CONVERSATION_PARAMETER = "c"
"""Names the open conversation in the page's address, so that reloading or sending the address opens it again."""

VIEW, COMPARED, INDICATORS = "reports-view", "compared-reports", "compared-indicators"
BOARD_REPORT, FIGURES_REPORT, DETAIL_REPORT = "board-report", "figures-report", "detail-report"
FIGURES_SOUGHT = "figures-sought"
"""Which view of the reports is shown, and what of which reports in it."""
DETAIL, BOARD, FIGURES, COMPARISON = "报告详情", "指标看板", "数字表", "多份对照"
"""Views of the reports that have addresses."""

MAX_QUESTION_CHARACTERS = 1000
ELSEWHERE = "这一问正在另一个窗口里回答，刷新后可以看到。"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question asked while another one is being answered, and where it is kept."""

    question: str
    place: Place | None = None


def prepare() -> None:
    """Give a session that has just begun its empty conversation."""
    memory = st.session_state
    memory.setdefault("pending", None)
    memory.setdefault("notices", [])
    memory.setdefault("visited", set())
    memory.setdefault("deleted", None)
    memory.setdefault("job", None)
    if "exchanges" not in memory:
        begin()


def begin(conversation: Conversation | None = None, exchanges: Sequence[Exchange] = ()) -> None:
    """Show this conversation; an empty new one where none is given."""
    memory = st.session_state
    memory.conversation, memory.exchanges = conversation, list(exchanges)
    memory.thread = memory.get("thread", 0) + 1  # widgets of one conversation are not those of another
    memory.ratings, memory.shown, memory.queued = {}, {}, []
    memory.again, memory.place, memory.source, memory.is_literal = None, None, None, False
    if conversation is not None:
        memory.visited.add(conversation.id)


def start_anew() -> None:
    """Leave the conversation; it stays in the list."""
    begin()
    st.query_params.pop(CONVERSATION_PARAMETER, None)


def open_addressed(parts: Parts, viewer: str) -> None:
    """Show the conversation the address names, where that is another one than is shown."""
    memory = st.session_state
    if memory.setdefault("viewer", viewer) != viewer:  # somebody else has logged in meanwhile
        memory.viewer, memory.visited, memory.deleted = viewer, set(), None
        start_anew()
    asked = st.query_params.get(CONVERSATION_PARAMETER)
    if memory.pending is not None or asked == (memory.conversation.id if memory.conversation else None):
        return
    if asked is None:
        begin()
        return
    try:
        found = parts.conversations.open(asked, viewer)
        ratings = parts.feedback.given(viewer, asked)
    except KeepingError as error:
        memory.notices.append(str(error))
        start_anew()
        return
    if found is None:
        memory.notices.append("打不开这段对话：它已被删除，或者没有分享给您。")
        start_anew()
        return
    conversation, exchanges = found
    begin(conversation, [exchange for one in exchanges if (exchange := _answered(one)) is not None])
    memory.ratings = {place: (given.liked, given.reason) for place, given in ratings.items()}
    if conversation.owner == viewer:
        _go_on(exchanges)


def _answered(exchange: Exchange) -> Exchange | None:
    """The last answer given, None where the question still waits for its first."""
    if not exchange.is_waiting:
        return exchange
    return replace(exchange.earlier[-1], earlier=exchange.earlier[:-1]) if exchange.earlier else None


def _go_on(exchanges: Sequence[Exchange]) -> None:
    """Have the last questions answered that were asked before the page was loaded again."""
    memory = st.session_state
    first = len(exchanges)
    while first and exchanges[first - 1].is_waiting:
        first -= 1
    if first == len(exchanges):
        return
    waiting = [Waiting(one.question, Place(first + at, len(one.earlier))) for at, one in enumerate(exchanges[first:])]
    if exchanges[first].earlier:
        memory.again = memory.exchanges.pop()
    memory.pending, memory.place, memory.queued = waiting[0].question, waiting[0].place, waiting[1:]


def keep_queued(parts: Parts, viewer: str, filters: Filters) -> None:
    """Keep the questions that were asked while another one is being answered."""
    memory = st.session_state
    if memory.place is None or memory.job is None:
        return  # what comes first is not kept: nor is what follows
    try:
        for at, waiting in enumerate(memory.queued):
            if waiting.place is None:
                asked = Exchange(waiting.question, filters=filters)
                place = parts.conversations.append(memory.conversation.id, viewer, asked)
                memory.queued[at] = replace(waiting, place=place)
    except KeepingError as error:
        memory.notices.append(str(error))


def keep_question(parts: Parts, viewer: str, question: str, filters: Filters) -> None:
    """Keep a question from the moment it is asked; where that fails, say so and go on without."""
    memory = st.session_state
    asked, kept = Exchange(question, filters=filters), parts.conversations
    number, earlier = len(memory.exchanges), memory.again.versions if memory.again else ()
    try:
        if memory.conversation is None or memory.conversation.owner != viewer:
            memory.conversation = kept.create(viewer, [*memory.exchanges, replace(asked, earlier=earlier)])
            memory.place = Place(number, len(earlier))
            memory.visited.add(memory.conversation.id)
            st.query_params[CONVERSATION_PARAMETER] = memory.conversation.id
        elif earlier:
            memory.place = kept.append_version(memory.conversation.id, viewer, number, asked)
        else:
            memory.place = kept.append(memory.conversation.id, viewer, asked)
            if memory.place.number != number:
                catch_up(parts, viewer)
    except KeepingError as error:
        not_kept(str(error))


def catch_up(parts: Parts, viewer: str) -> None:
    """Take in what was asked of this conversation elsewhere, in another tab, so that each place means the same here."""
    memory = st.session_state
    if (found := parts.conversations.open(memory.conversation.id, viewer)) is not None:
        before = found[1][: memory.place.number]
        memory.exchanges = [_answered(one) or replace(one, failure=ELSEWHERE) for one in before]


def not_kept(problem: str) -> None:
    """Say why the conversation is not kept; with the next question all of it is kept as another one."""
    memory = st.session_state
    memory.notices.append(problem)
    memory.conversation, memory.place = None, None
    st.query_params.pop(CONVERSATION_PARAMETER, None)


def settle(exchange: Exchange, problem: str) -> None:
    """Take in the answer to the question that waited; the next in the queue waits then."""
    memory = st.session_state
    if memory.again is not None:
        exchange = replace(exchange, earlier=memory.again.versions)
    memory.exchanges = [*memory.exchanges, exchange]
    memory.shown.pop(len(memory.exchanges) - 1, None)
    memory.job, memory.again, memory.pending, memory.place, memory.is_literal = None, None, None, None, False
    if memory.queued:
        following = memory.queued.pop(0)
        memory.pending, memory.place = following.question, following.place
    if problem:
        not_kept(problem)


def shown_version(number: int) -> int:
    """Which of the answers to a question is shown, the last where none was chosen."""
    memory = st.session_state
    last = len(memory.exchanges[number].earlier)
    return min(int(memory.shown.get(number, last)), last)


def shown_exchanges() -> list[Exchange]:
    """The conversation as it is shown: of each question the answer that is chosen."""
    return [
        exchange.versions[shown_version(number)] if exchange.earlier else exchange
        for number, exchange in enumerate(st.session_state.exchanges)
    ]


def tried(change: Callable[..., None], *arguments: Any) -> bool:
    """Whether the change could be kept; the viewer is told where it could not."""
    try:
        change(*arguments)
    except KeepingError as error:
        st.session_state.notices.append(str(error))
        return False
    return True


def submit(question: str | None) -> None:
    """Remember the question that is to be answered next; behind the one under way, where there is one."""
    memory, asked = st.session_state, (question or "").strip()
    if asked and memory.pending is None:
        memory.pending = asked
    elif asked:
        memory.queued.append(Waiting(asked))
        memory.notices.append("已记下，答完这一问就接着回答。")


def ask_again(question: str = "", *, is_literal: bool = False) -> None:
    """Ask the last question once more, as is set now, in other words, or literally: with nothing of the conversation
    filled in. The answers before stay beside the new one."""
    memory = st.session_state
    if memory.pending is None and memory.exchanges:
        *memory.exchanges, memory.again = memory.exchanges
        memory.pending, memory.is_literal = question.strip() or memory.again.question, is_literal


def drained(notices: deque[str] | list[str]) -> list[str]:
    """The notices so far, which are then gone."""
    found = list(notices)
    notices.clear()
    return found
