"""What the page needs beyond Streamlit's own: `page.js`, and Streamlit's own words in Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

_WORDS, _SCRIPT = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("words.json", "page.js"))


def page_script(key: str, data: dict[str, Any]) -> None:
    """Run the page's own script with this data; a new one only where the data changes."""
    st.components.v2.component("wenbao-page", js=f"const WORDS = {_WORDS};\n{_SCRIPT}")(key=key, data=data)
