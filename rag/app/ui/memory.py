"""What one session of the page remembers: the open conversation, the question that waits, what is to be said."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from rag.app.ui.parts import Parts
from rag.errors import KeepingError
from rag.keeping.conversations import Conversation
from rag.presentation.exchanges import Exchange

CONVERSATION_PARAMETER = "c"
"""Names the open conversation in the page's address, so that reloading or sending the address opens it again."""

VIEW, COMPARED, COMPARISON = "reports-view", "compared-reports", "多份对照"
"""Which view of the reports is shown, and which reports are compared; the name of the view that does."""


def prepare() -> None:
    """Give a session that has just begun its empty conversation."""
    memory = st.session_state
    memory.setdefault("pending", None)
    memory.setdefault("notices", [])
    memory.setdefault("visited", set())
    if "exchanges" not in memory:
        begin()


def begin(conversation: Conversation | None = None, exchanges: Sequence[Exchange] = ()) -> None:
    """Show this conversation; an empty new one where none is given."""
    memory = st.session_state
    memory.conversation, memory.exchanges, memory.kept = conversation, list(exchanges), len(exchanges)
    memory.thread = memory.get("thread", 0) + 1  # widgets of one conversation are not those of another
    memory.ratings, memory.is_again, memory.queued = {}, False, []
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
        memory.viewer, memory.visited = viewer, set()
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
    begin(*found)
    memory.ratings = {number: (given.liked, given.reason) for number, given in ratings.items()}


def keep(parts: Parts, viewer: str) -> None:
    """Keep what is new of the conversation; where that fails, say so and go on without."""
    memory = st.session_state
    try:
        if memory.conversation is None or memory.conversation.owner != viewer:
            memory.conversation = parts.conversations.create(viewer, memory.exchanges)
            memory.visited.add(memory.conversation.id)
            memory.kept = len(memory.exchanges)
            st.query_params[CONVERSATION_PARAMETER] = memory.conversation.id
        change = parts.conversations.replace if memory.is_again else parts.conversations.append
        for exchange in memory.exchanges[memory.kept :]:
            change(memory.conversation.id, viewer, exchange)
            memory.kept += 1
    except KeepingError as error:
        memory.notices.append(str(error))
    memory.is_again = False


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
        memory.queued.append(asked)
        memory.notices.append("已记下，答完这一问就接着回答。")


def ask_again() -> None:
    """Ask the last question once more, as is set now; its answer takes the place of the one before."""
    memory = st.session_state
    if memory.pending is None and memory.exchanges:
        *memory.exchanges, last = memory.exchanges
        memory.pending = last.question
        memory.is_again = memory.kept > len(memory.exchanges)
        memory.kept = min(memory.kept, len(memory.exchanges))


def drained(notices: deque[str] | list[str]) -> list[str]:
    """The notices so far, which are then gone."""
    found = list(notices)
    notices.clear()
    return found
