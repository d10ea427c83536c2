"""Who is looking at the page, and what stands there before a login."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

from rag.app.ui.memory import drained
from rag.keeping.conversations import LOCAL_USER
from rag.keeping.people import user_key
from rag.presentation.html import page
from rag.settings.login import AUTO, OFF, REQUIRED, asks_for_login

log = logging.getLogger("wenbao.page")


_seen: set[tuple[Path, ...]] = set()
"""Files that once configured a login: where they go while the page is served, it stays closed."""


def viewer_key(wanted: str) -> str | None:
    """Whose conversations are shown: one local user's where nobody logs in; None before a login.

    `wanted` is the setting `login`. Raises SettingsError where a login is configured and wrong.
    """
    files = tuple(Path(file) for file in st.get_option("secrets.files"))
    if wanted == AUTO and files in _seen:
        wanted = REQUIRED
    is_asked = asks_for_login(files, wanted)
    if is_asked:
        _seen.add(files)
    claims = st.user.to_dict()
    if not is_asked and (wanted == OFF or "is_logged_in" not in claims):
        return LOCAL_USER
    return user_key(claims) if claims.get("is_logged_in") else None


def draw_login() -> None:
    """What stands in place of the page before a login."""
    st.html(page.login_html())
    with st.container(horizontal_alignment="center"):
        st.button("登录", type="primary", on_click=log_in)
    for notice in drained(st.session_state.notices):
        st.html(page.error_html(notice))


def log_in() -> None:
    """Go to the login service, or say why one cannot."""
    try:
        st.login()
    except Exception:  # Streamlit's own words are English and for whoever set it up
        log.exception("login failed")
        st.session_state.notices.append(
            "登录服务没有配置好：请管理员检查 .streamlit/secrets.toml 里的 [auth]，并安装 wenbao[login]。"
        )
