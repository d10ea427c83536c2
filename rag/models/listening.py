"""Whether a server of one's own is there at all, before anything is asked of it."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

CONNECT_SECONDS = 0.3
"""How long it may take to accept a connection."""
REMEMBERED_SECONDS = 15.0
_seen: dict[tuple[str, int], tuple[float, bool]] = {}
"""(host, port) → (when it was tried, whether something answered)."""


def is_answering(url: str) -> bool:
    """Whether something listens at a server's address; remembered for a moment, for a page asks at every click."""
    parts = urlsplit(url)
    if not parts.hostname:
        return False
    try:
        place = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
    except ValueError:
        return False
    at, answered = _seen.get(place, (float("-inf"), False))
    if time.monotonic() - at > REMEMBERED_SECONDS:
        answered = _connects(place)
        _seen[place] = (time.monotonic(), answered)
    return answered


def _connects(place: tuple[str, int]) -> bool:
    try:
        with socket.create_connection(place, CONNECT_SECONDS):
            return True
    except OSError:
        return False
