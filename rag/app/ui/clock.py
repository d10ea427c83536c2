"""What time it is for whoever looks at the page."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st


def now() -> datetime:
    """Now, in the time zone of the viewer's browser; in the server's own where the browser names none."""
    try:
        return datetime.now(ZoneInfo(st.context.timezone or ""))
    except (ValueError, OSError, KeyError):
        return datetime.now(UTC).astimezone()
