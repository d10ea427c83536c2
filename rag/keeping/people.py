"""Who is asking: a key for what is kept of them (pure)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers by which a reverse proxy says that it speaks for another machine."""


def user_key(claims: Mapping[str, Any]) -> str:
    """The same text for the same person at the same login service, and never their name.

    `claims` are those of an OpenID Connect identity token; ValueError where they hold neither `sub` nor `email`.
    """
    subject = claims.get("sub") or claims.get("email")
    if not subject:
        raise ValueError("claims name nobody")
    return hashlib.sha256(f"{claims.get('iss', '')}\0{subject}".encode()).hexdigest()


def user_name(claims: Mapping[str, Any]) -> str:
    """What the page calls a person who has logged in."""
    return str(claims.get("name") or claims.get("preferred_username") or claims.get("email") or "已登录")


def is_on_this_machine(page_address: str, headers: Mapping[str, str]) -> bool:
    """Whether a visit of these request headers can only come from the machine that serves the page.

    No headers at all are no visit over a network.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    if not _is_loopback(page_address) or any(name in lowered for name in _FORWARDED):
        return False
    return not lowered or _is_loopback(urlsplit(f"//{lowered.get('host', '')}").hostname or "")


def is_link_of_this_machine(link: str) -> bool:
    """Whether the link opens nothing on any other machine."""
    return _is_loopback(urlsplit(link).hostname or "")


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
