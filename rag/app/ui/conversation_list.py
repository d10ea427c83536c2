"""The viewer's conversations, and what can be done with each."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

import streamlit as st

from rag.app.ui.clock import now
from rag.app.ui.downloads import draw_downloads
from rag.app.ui.memory import CONVERSATION_PARAMETER, shown_exchanges, start_anew, tried
from rag.app.ui.parts import Parts
from rag.errors import KeepingError
from rag.keeping.conversations import LOCAL_USER, Conversation
from rag.keeping.people import is_link_of_this_machine, is_on_this_machine, user_name
from rag.presentation.html import page
from rag.presentation.moments import day_of, time_text

LISTED_CONVERSATIONS = 12
SEARCHED_FROM = 4
"""Conversations from which on there is a field to search them."""
SOUGHT = "sought-conversations"


def draw_conversations(parts: Parts, viewer: str) -> None:
    """The viewer's conversations, and what can be done with each."""
    memory = st.session_state
    is_local = viewer != LOCAL_USER or is_on_this_machine(parts.settings.page_address, st.context.headers)
    try:
        # Nobody logs in, yet it may be anyone: each session sees only what it opened itself.
        kept = parts.conversations.of(viewer, None if is_local else memory.visited)
        found = parts.conversations.find(viewer, sought) if (sought := memory.get(SOUGHT, "")) else None
    except KeepingError as error:
        st.html(page.keeping_failed_html(str(error)))
        return
    if viewer != LOCAL_USER:
        st.button(
            f"退出登录（{page.escape_markdown(user_name(st.user.to_dict()))}）", type="tertiary", on_click=st.logout
        )
    draw_undoing(parts)
    if not kept:
        return
    st.html('<div class="wb-head">对话</div>')
    if len(kept) >= SEARCHED_FROM or found is not None:
        st.text_input("查找对话", key=SOUGHT, placeholder="查找对话", label_visibility="collapsed")
    listed = kept if found is None else tuple(conversation for conversation in kept if conversation.id in found)
    if not listed:
        st.html('<p class="wb-muted">没有找到这样的对话。</p>')
    shown = listed if st.session_state.get("all-conversations") else listed[:LISTED_CONVERSATIONS]
    with st.container(key="wb-conversations"):
        moment = now()
        for day, of_day in groupby(shown, key=lambda conversation: day_of(conversation.updated, moment)):
            st.html(f'<div class="wb-caption">{day}</div>')
            for conversation in of_day:
                draw_conversation(parts, viewer, conversation, moment)
    if len(listed) > LISTED_CONVERSATIONS:
        st.toggle(f"显示全部 {len(listed)} 段对话", key="all-conversations")


def draw_conversation(parts: Parts, viewer: str, conversation: Conversation, moment: datetime) -> None:
    """One line of the list, and behind its end what can be done with it."""
    title, is_busy = page.escape_markdown(conversation.title), st.session_state.pending is not None
    with st.container(key=f"wb-listed-{conversation.id}", horizontal=True, vertical_alignment="center", gap="xxsmall"):
        st.button(
            f":small[{time_text(conversation.updated, moment)}] {title}",
            key=f"conversation-{conversation.id}",
            type="secondary" if is_open(conversation.id) else "tertiary",
            width="stretch",
            disabled=is_busy,
            on_click=lambda: st.query_params.update({CONVERSATION_PARAMETER: conversation.id}),
        )
        key = f"manage-{conversation.id}"
        with st.popover(f"管理：{title}", icon=":material/more_horiz:", type="tertiary", disabled=is_busy, key=key):
            draw_management(parts, viewer, conversation)


def is_open(identity: str) -> bool:
    """Whether this is the conversation that is shown."""
    opened = st.session_state.conversation
    return opened is not None and opened.id == identity


def draw_management(parts: Parts, viewer: str, conversation: Conversation) -> None:
    """Name and deletion of a conversation; of the one that is shown also files and its link."""
    identity = conversation.id
    name, shared = f"title-{identity}", f"shared-{identity}"
    st.text_input(
        "名称（改好后按回车）", conversation.title, key=name, on_change=rename, args=(parts, viewer, identity, name)
    )
    if viewer != LOCAL_USER:
        st.toggle(
            "允许其他登录用户用链接查看",
            conversation.is_shared,
            key=shared,
            on_change=share,
            args=(parts, viewer, identity, shared),
        )
    draw_deletion(parts, viewer, identity)
    if is_open(identity):
        draw_saving(conversation)


def draw_saving(conversation: Conversation) -> None:
    """The shown conversation as files, and its link."""
    identity = conversation.id
    st.html('<div class="wb-head">另存为</div>')
    draw_downloads(f"all-{identity}", conversation.title, shown_exchanges())
    st.html('<div class="wb-head">这段对话的链接</div>')
    link = f"{st.context.url or ''}?{CONVERSATION_PARAMETER}={identity}"
    st.code(link, language=None, wrap_lines=True)
    only_here = "这个链接只在这台电脑上打得开。" if is_link_of_this_machine(link) else ""
    st.caption(f"鼠标移到链接上，点右上角的图标复制。{only_here}")


def draw_deletion(parts: Parts, viewer: str, identity: str) -> None:
    """Deletion, asked back first."""
    with st.expander("删除这段对话", icon=":material/delete:"):
        st.caption("问答会从列表里删掉；删掉后可以马上撤销，离开页面后就不能了。")
        st.button("确认删除", key=f"delete-{identity}", on_click=delete, args=(parts, viewer, identity))


def draw_undoing(parts: Parts) -> None:
    """The way back for the conversation deleted last."""
    if st.session_state.deleted is not None:
        title = page.escape_markdown(st.session_state.deleted[0].title)
        with st.container(key="wb-undoing"):
            st.button(f"撤销删除 {title}", icon=":material/undo:", width="stretch", on_click=undo, args=(parts,))


def rename(parts: Parts, viewer: str, identity: str, key: str) -> None:
    """Call the conversation what stands in the field `key`."""
    if tried(parts.conversations.rename, identity, viewer, st.session_state[key]):
        st.session_state.notices.append("已改名。")


def share(parts: Parts, viewer: str, identity: str, key: str) -> None:
    """Let others open the conversation by its link, or no longer."""
    tried(parts.conversations.share, identity, viewer, st.session_state[key])


def delete(parts: Parts, viewer: str, identity: str) -> None:
    """Forget a conversation; this session remembers it for the case that it was a mistake."""
    found: list[Any] = []
    if tried(lambda: found.append(parts.conversations.open(identity, viewer))) and tried(
        parts.conversations.delete, identity, viewer
    ):
        st.session_state.deleted = found[0]
        if is_open(identity):
            start_anew()


def undo(parts: Parts) -> None:
    """Keep the conversation again that was deleted last; open it where nothing else is shown."""
    deleted, st.session_state.deleted = st.session_state.deleted, None
    if tried(parts.conversations.restore, *deleted) and not st.session_state.exchanges:
        st.query_params.update({CONVERSATION_PARAMETER: deleted[0].id})
