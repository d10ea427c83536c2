"""Addresses as they may be shown (pure)."""

from __future__ import annotations

from urllib.parse import urlsplit


def shown_address(url: str) -> str:
    """The address without what may be a secret: user and password, query, fragment.

    `shown_address("https://a:b@x.cn/v1?key=c") == "https://x.cn/v1"`.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return "（地址不合格式）"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
