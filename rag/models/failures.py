"""What clients of model services raise → `ModelError`, which says what to do. The one place that knows vendors' errors.

No client is imported: errors are told apart by the status they carry and by the names of their classes, so that those
of any provider are understood.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from rag.errors import ModelError
from rag.settings.addresses import shown_address

MAX_QUOTED_CHARACTERS = 160
"""Of what a service says of its error."""
_HIDDEN = "***"

_REASONS: Mapping[int, str] = {
    400: "请求被拒绝，请检查 config.toml 里这个模型的 model、temperature、extra_body、structured 等设置",
    401: "密钥无效或没有给出，请检查{key}",
    402: "账户余额不足，请到该服务的网站充值，或换一个模型",
    403: "密钥没有使用该模型的权限，请到该服务的网站开通，或换一个模型",
    404: "地址或模型名不对，请检查 base_url 和 model",
    407: "代理服务器要求登录，请检查系统的代理设置",
    408: "服务等待超时，请稍后再试",
    413: "内容过长，请调小 retrieve_passages 或换上下文更长的模型",
    422: "请求的参数不对，请检查 config.toml 里这个模型的设置",
    429: "请求过于频繁（限流）或额度用尽，请稍后再试或换一个模型",
}
_SERVER_TROUBLE = "服务出错，请稍后再试或换一个模型"
_RETRIED = frozenset({408, 409, 425, 429})
_SAYS_NOTHING_MORE = frozenset({401, 402, 407})
"""Statuses whose reason is plain; what the service says of a key is never repeated."""
_NO_MONEY = re.compile(
    r"insufficient[_ ](?:quota|balance)|exceeded_current_quota|arrear|billing|余额|欠费|recharge", re.IGNORECASE
)
_TOO_LONG = re.compile(
    r"context[_ ](?:length|window)|maximum context|(?:prompt|input|messages?) (?:is |are )?too (?:long|large)"
    r"|(?:range of|exceeds?).{0,40}(?:input|token|length)|上下文|超长|长度超",
    re.IGNORECASE,
)
_CENSORED = re.compile(
    r"content[_ ]?filter|data_inspection|inappropriate|sensitive|content.?policy|敏感|审核|违规", re.I
)


@dataclass(frozen=True, slots=True)
class Service:
    """Whom an error is about."""

    use: str
    """`模型` or `嵌入模型`."""
    model: str
    base_url: str = ""
    key_variable: str = ""
    key: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """As messages call it; its address without what may be a secret."""
        address = shown_address(self.base_url)
        return f"{self.use} {self.model!r}" + (f"（{address}）" if address else "")


class StalledError(Exception):
    """Nothing came for too long; the message is the Chinese clause that says so."""

    def __init__(self, clause: str, *, retryable: bool) -> None:
        super().__init__(clause)
        self.retryable = retryable


class FloodError(Exception):
    """More came than a reply can be; the message is the Chinese clause that says so."""


def failure_to_error(error: BaseException, service: Service) -> ModelError:
    """The error with its Chinese message; the key is neither in it nor in what it was raised from."""
    found = _explained(error, service)
    secret_shown = bool(service.key) and any(service.key in f"{e}{vars(e)}" for e in _chain(error))
    found.__cause__ = None if secret_shown else error
    found.__suppress_context__ = True
    return found


def _explained(error: BaseException, service: Service) -> ModelError:
    chain = tuple(_chain(error))
    if status := next((code for e in chain if (code := _status(e))), 0):
        return _refused(status, chain, service)
    clause, retryable = _trouble(chain, service)
    return ModelError(f"{service.name}{clause}。", retryable=retryable)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _status(error: BaseException) -> int:
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) and status >= 400 else 0


def _refused(status: int, chain: tuple[BaseException, ...], service: Service) -> ModelError:
    """An answer of the service that is no reply."""
    said = next((text for e in chain if (text := _said(e))), "").replace(service.key or _HIDDEN, _HIDDEN)
    reason, retryable = _reason(status, said, service)
    quoted = f"；服务说：{said[:MAX_QUOTED_CHARACTERS]}" if said and status not in _SAYS_NOTHING_MORE else ""
    wait = next((seconds for e in chain if (seconds := _retry_after(e)) is not None), None)
    return ModelError(f"{service.name}返回 {status}：{reason}{quoted}。", retryable=retryable, retry_after=wait)


def _reason(status: int, said: str, service: Service) -> tuple[str, bool]:
    if status in (400, 403, 429) and _NO_MONEY.search(said):
        return _REASONS[402], False
    if status in (400, 413, 422) and _TOO_LONG.search(said):
        return "内容超出了模型的上下文长度，请调小 retrieve_passages、核对 context_window，或换上下文更长的模型", False
    if status in (400, 403) and _CENSORED.search(said):
        return "内容被该服务的安全审核拦下，请换个问法或换一个模型", False
    key = f"环境变量 {service.key_variable}" if service.key_variable else "密钥和 base_url"
    if status >= 500:
        return _SERVER_TROUBLE, True
    return _REASONS.get(status, "请求被拒绝").format(key=key), status in _RETRIED


def _said(error: BaseException) -> str:
    """What the service says of its error, on one line; `` for a web page."""
    body = getattr(error, "body", None)
    while isinstance(body, Mapping):
        body = body.get("message") or body.get("error") or body.get("detail") or body.get("msg")
    text = " ".join(str(body or "").split())
    return "" if text.startswith("<") else text


def _retry_after(error: BaseException) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    value = str(headers.get("retry-after") or "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError, IndexError):
        return None


def _trouble(chain: tuple[BaseException, ...], service: Service) -> tuple[str, bool]:
    """What went wrong without an answer of the service, as a clause, and whether to try again."""
    first = chain[0]
    if isinstance(first, StalledError):
        return f"{first}，已停止等待：请稍后再试，或在 config.toml 里调大它的时限", first.retryable
    flood = next((error for error in chain if isinstance(error, FloodError)), None)
    if flood is not None:
        return f"{flood}，已停止接收：请检查 base_url 和 model，或换一个模型", False
    names = {kind.__name__ for error in chain for kind in type(error).__mro__}
    for known, clause, retryable in _TROUBLES:
        if any(isinstance(error, known) for error in chain) if isinstance(known, type) else names & known:
            return clause + (_proxy_hint(service) if clause.startswith("连接") else ""), retryable
    if type(first).__name__ == "APIError":
        said = next((text for error in chain if (text := _said(error))), "").replace(service.key or _HIDDEN, _HIDDEN)
        return f"在回复中报错，请稍后再试或换一个模型；服务说：{said[:MAX_QUOTED_CHARACTERS]}", True
    if names & _FORMAT:
        return "的回复不是该接口的格式，请检查 base_url 和 model", False
    return f"调用失败（{type(first).__name__}），请检查 config.toml 里它的设置", False


_TROUBLES: tuple[tuple[Any, str, bool], ...] = (
    ({"ProxyError"}, "连接不上：代理服务器不通或拒绝转发，请检查系统的代理设置", False),
    (socket.gaierror, "连接不上：找不到这个主机名，请检查 base_url 和网络（DNS）", False),
    (ConnectionRefusedError, "连接被拒绝：该地址没有服务在运行，请检查 base_url，本机模型请先启动", False),
    (ssl.SSLError, "连接不安全：证书没有通过校验，请检查 base_url、系统时间和代理", False),
    ({"ConnectTimeout"}, "连接不上：超时，请检查 base_url 和网络", True),
    (
        {"TimeoutException", "TimeoutError", "APITimeoutError", "ModelTimeoutError", "Timeout"},
        "超时未答，请稍后再试或调大它的 timeout",
        True,
    ),
    (
        {"TransportError", "APIConnectionError", "ConnectionError", "EndOfStream"},
        "连接不上或中途断开，请检查 base_url 和网络",
        True,
    ),
)
_FORMAT = frozenset({"ValueError", "KeyError", "TypeError", "AttributeError", "IndexError"})


def _proxy_hint(service: Service) -> str:
    parts = urlsplit(service.base_url)
    used = parts.scheme in getproxies() and parts.hostname and not proxy_bypass(parts.hostname)
    return "（当前经系统代理访问，请一并检查代理）" if used else ""
