"""Who answers: the choice, and a key pasted for this session, which the server keeps in its memory and nowhere else."""

from __future__ import annotations

import streamlit as st

from rag.app.answerers import Answerer, answerers, needs_key, try_key
from rag.app.ui.parts import Parts
from rag.errors import WenbaoError
from rag.presentation.html import page
from rag.settings.choices import MODEL_NAMES

BY_EXCERPTS = "现在摘录报告原文回答，不联网。"
OFFER = "粘贴密钥，改用大模型"
KEPT = (
    "密钥只留在服务器内存里，供您这次打开的页面使用：不写进文件，不记进日志，刷新或关掉页面就没有了。数字仍逐个核对。"
)


def draw_choice(parts: Parts) -> str:
    """The choice of who answers; gives the alias."""
    memory = st.session_state
    known = {one.alias: one for one in answerers(parts.settings, memory.get("pasted"))}
    usable = [alias for alias, one in known.items() if not one.missing or alias == parts.settings.model]
    usable.sort(key=lambda alias: alias != parts.settings.model)
    if (tried := memory.pop("tried-model", None)) is not None or memory.get("model") not in usable:
        memory.model = tried or usable[0]
    st.html('<div class="wb-head">回答方式</div>')
    st.selectbox(
        "回答方式", usable, format_func=lambda alias: known[alias].about, label_visibility="collapsed", key="model"
    )
    if memory.model in MODEL_NAMES:
        st.caption(BY_EXCERPTS)
    draw_offer(parts, "aside")
    return str(memory.model)


def draw_offer(parts: Parts, place: str) -> None:
    """Where no key is set: a way to paste one, which is tried at once."""
    if not needs_key(parts.settings, st.session_state.get("pasted")):
        return
    found = answerers(parts.settings)
    known = {one.alias: one.about for one in found if one.takes_key}
    with st.popover(OFFER, icon=":material/key:", key=f"offer-{place}"):
        st.caption(KEPT)
        with st.form(f"paste-{place}", clear_on_submit=True, border=False):
            alias = st.selectbox("服务", list(known), format_func=known.__getitem__, key=f"pasted-for-{place}")
            text = st.text_input("密钥", type="password", key=f"pasted-key-{place}", autocomplete="off")
            pressed = st.form_submit_button("试用", type="primary", key=f"try-{place}")
        if pressed:
            _try(parts, str(alias), text)
        draw_missing(found)


def draw_missing(found: tuple[Answerer, ...]) -> None:
    """The models that cannot be used as they are, and what each lacks."""
    lines = [f"{page.escape_markdown(one.about)}：{page.escape_markdown(one.missing)}" for one in found if one.missing]
    if lines:
        with st.expander("还缺什么（给维护人员）"):
            st.caption("  \n".join(lines))


def _try(parts: Parts, alias: str, text: str) -> None:
    memory = st.session_state
    try:
        with st.spinner("正在试一次……", show_time=False):
            memory.pasted, said = try_key(parts.settings, alias, text)
    except WenbaoError as error:
        st.html(page.error_html(f"没有用上：{error}"))
        return
    memory["tried-model"] = alias
    memory.notices.append(f"已改用大模型。{said}")
    st.rerun()
