"""A citation opened where it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from rag.app.ui.parts import Parts
from rag.app.ui.script import page_script
from rag.presentation.exchanges import Exchange
from rag.presentation.html import sources as page_sources
from rag.records import Citation

if TYPE_CHECKING:
    from rag.pictures.request import PagePicture

ZOOMS = (1.0, 1.5, 2.0, 3.0)
"""Widths of a page's picture, in widths of the place it is shown in."""
ASKING, REPORTS = "ask", "reports"
"""Pages on which a source may be open."""


def open_source(place: str, exchange: Exchange, citation: Citation) -> None:
    """Show a citation beside what is read on this page."""
    memory = st.session_state
    memory.source, memory.leaf, memory.zoom = (place, exchange, citation), citation.page, 0
    memory.opened = memory.get("opened", 0) + 1


def close_source() -> None:
    """Show none."""
    st.session_state.source = None


def draw_source(parts: Parts, place: str) -> None:
    """The source that is open on this page: beside what is read where there is room, over it where there is none."""
    memory = st.session_state
    with st.container(key="wb-side"):  # always there, so that what follows keeps its place
        if memory.get("source") is None or memory.source[0] != place:
            return
        _, exchange, citation = memory.source
        with st.container(key="wb-pane"):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.html(f'<div class="wb-pane-head">出处 {citation.n}</div>', width="content")
                st.button("关闭", key="close-source", icon=":material/close:", type="tertiary", on_click=close_source)
            draw_place(parts, exchange, citation)
        page_script("wb-pane-opened", data={"opened": memory.opened})


@st.fragment
def draw_place(parts: Parts, exchange: Exchange, citation: Citation) -> None:
    """A citation where it is printed: the page of a PDF, else the passage it stands in."""
    st.html(page_sources.place_html(exchange, citation))
    request = page_sources.picture_request(exchange, citation, st.session_state.leaf, ZOOMS[st.session_state.zoom])
    if request is not None:
        with st.spinner("正在显示原页……", show_time=False):
            picture = parts.pictures.picture(request)
        draw_leafing(picture, citation)
        draw_picture(picture)
    st.html(page_sources.passage_html(exchange, citation, is_context_open=request is None))


def draw_leafing(picture: PagePicture, citation: Citation) -> None:
    """Which page is shown, and buttons to turn it and to bring it nearer."""
    leaf, zoom = picture.page, st.session_state.zoom
    with st.container(key="wb-leafing", horizontal=True, vertical_alignment="center", gap="xsmall"):
        _turner("上一页", ":material/chevron_left:", leaf > 1, leaf - 1, zoom)
        st.html(f'<span class="wb-leaf">{page_sources.picture_line(picture, citation)}</span>', width="content")
        _turner("下一页", ":material/chevron_right:", leaf < picture.page_count, leaf + 1, zoom)
        if leaf != citation.page:
            _turner("回到引文", ":material/my_location:", True, citation.page or 1, zoom)
        _turner("缩小", ":material/zoom_out:", zoom > 0, leaf, zoom - 1)
        _turner("放大", ":material/zoom_in:", zoom < len(ZOOMS) - 1, leaf, zoom + 1)


def _turner(name: str, icon: str, is_possible: bool, leaf: int, zoom: int) -> None:
    st.button(
        name, icon=icon, help=name, key=f"turn-{name}", disabled=not is_possible, on_click=turn, args=(leaf, zoom)
    )


def turn(leaf: int, zoom: int) -> None:
    """Show this page of the open source this near."""
    st.session_state.leaf, st.session_state.zoom = leaf, zoom


def draw_picture(picture: PagePicture) -> None:
    """The picture of a page, the marked place in sight."""
    if picture.note:
        st.html(page_sources.note_html(picture))
    if not picture.png:
        return
    zoom = ZOOMS[st.session_state.zoom]
    st.html(f"<style>.st-key-wb-paper {{ --wb-zoom: {zoom:.0%} }}</style>")
    with st.container(key="wb-paper"):
        st.image(picture.png, width="stretch", alt=page_sources.picture_words(picture))
    across, down = picture.marked_at
    page_script("wb-shown", data={"show": f"{picture.page}-{zoom}-{picture.located}", "across": across, "down": down})
