"""What stands around every page: its looks, whose it is, and what is said where it cannot be drawn."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from rag.app.ui.login import draw_login, viewer_key
from rag.app.ui.memory import CONVERSATION_PARAMETER, MAX_QUESTION_CHARACTERS, prepare
from rag.app.ui.parts import Parts, open_parts
from rag.app.ui.script import page_script
from rag.errors import WenbaoError
from rag.presentation.html import page
from rag.settings.settings import load_settings

STYLE = Path(__file__).with_name("page.css")
log = logging.getLogger("wenbao.page")


@dataclass(frozen=True, slots=True)
class Place:
    """One of the pages: its name, its part of the address, and what draws it for a viewer."""

    title: str
    address: str
    draw: Callable[[Parts, str], None]


def draw_page(places: Sequence[Place]) -> None:
    """Draw once the place that the address names, the first where it names none."""
    pages: list[st.Page] = []
    pages += [
        st.Page(partial(_draw, place, pages), title=place.title, url_path=place.address, default=place is places[0])
        for place in places
    ]
    shown = st.navigation(pages, position="hidden")
    st.set_page_config(page_title="问报", page_icon="📖", layout="centered", initial_sidebar_state="auto")
    st.html(STYLE)
    st.html(f"<style>{page.theme_css(st.context.theme.type == 'dark')}</style>")
    page_script("wb-listening", data={"longest": MAX_QUESTION_CHARACTERS})
    prepare()
    st.session_state.places = {place.address: page for place, page in zip(places, pages, strict=True)}
    shown.run()


def _draw(place: Place, pages: Sequence[st.Page]) -> None:
    try:
        settings = load_settings()
        viewer = viewer_key(settings.login)
        if viewer is None:
            draw_login()
            return
        parts = open_parts(repr(settings), settings)
        with st.sidebar:
            draw_links(pages)
        place.draw(parts, viewer)
    except WenbaoError as error:
        draw_failure(str(error))
    except Exception:
        log.exception("page failed")
        draw_failure("页面出错了。请重试；如果仍然不行，请把运行 wenbao chat 的窗口里的提示发给维护者。")


def draw_links(pages: Sequence[st.Page]) -> None:
    """The name of the program, and the way to its places; the first leads back to the open conversation."""
    st.html('<div class="wb-brand">问报</div>')
    if len(pages) < 2:
        return
    conversation = st.session_state.conversation
    opened = {CONVERSATION_PARAMETER: conversation.id} if conversation is not None else None
    with st.container(key="wb-places", horizontal=True):
        for place in pages:
            st.page_link(place, query_params=opened if place is pages[0] else None)


def draw_failure(message: str) -> None:
    """Why there is no page, and a way to try again."""
    st.html(page.failure_html(message))
    with st.container(horizontal_alignment="center"):
        st.button("重试", type="primary")
