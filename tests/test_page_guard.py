from __future__ import annotations

import asyncio
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from page_samples import REPORT, build_index, write_reports
from test_page_browser import CHROMIUM, LAPTOP, PROJECT, ask, browser, new_context, served

from rag.app.page_guard import HEADERS, PageGuard

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser"]


def sent(guard: PageGuard, path: str) -> list[Mapping[str, Any]]:
    messages: list[Mapping[str, Any]] = []

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(guard({"type": "http", "path": path}, None, send))  # type: ignore[arg-type]
    return messages


async def _page(scope: Any, receive: Any, send: Any) -> None:
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"X-Frame-Options", b"ALLOW"), (b"a", b"b")]}
    )
    await send({"type": "http.response.body", "body": b"x"})


def test_every_answer_carries_the_headers_once() -> None:
    start, body = sent(PageGuard(_page), "/")
    assert body["body"] == b"x"
    assert dict(start["headers"]) == {b"a": b"b"} | {n.encode(): v.encode() for n, v in HEADERS.items()}


@pytest.mark.parametrize(
    ("path", "shows_metrics", "status"),
    [
        ("/_stcore/metrics", False, 404),
        ("/base/_stcore/metrics/", False, 404),
        ("/_stcore/metrics", True, 200),
        ("/_stcore/agent/interact", True, 404),
        ("/_stcore/health", False, 200),
    ],
)
def test_what_nobody_is_shown(path: str, shows_metrics: bool, status: int) -> None:
    assert sent(PageGuard(_page, shows_metrics), path)[0]["status"] == status


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("guarded")
    build_index(folder / "data", write_reports(folder / "r", a=REPORT))
    with served(PROJECT / "server.py", WENBAO_DATA=str(folder / "data")) as address:
        yield address


def test_the_server_itself_is_guarded(address: str) -> None:
    with urllib.request.urlopen(address, timeout=60) as response:
        assert "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]
    for path in ("metrics", "agent/openapi.json"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}/_stcore/{path}", timeout=60)


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


def answered(address: str, method: str, path: str, headers: Mapping[str, str]) -> int:
    with closing(HTTPConnection(address.removeprefix("http://"), timeout=60)) as connection:
        connection.request(method, path, headers=dict(headers))
        return connection.getresponse().status


def test_another_site_uses_no_session_of_a_reader(address: str) -> None:
    stream = "/_stcore/stream"
    assert answered(address, "GET", stream, {**UPGRADE, "Origin": address}) == 101
    assert answered(address, "GET", stream, {**UPGRADE, "Origin": "https://elsewhere.invalid"}) == 403
    assert answered(address, "PUT", "/_stcore/upload_file/a/b", {"Origin": "https://elsewhere.invalid"}) in (400, 403)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_page_asks_nobody_else_and_nobody_elses_frame_shows_it(browser: Browser, address: str) -> None:
    page = new_context(browser, viewport=LAPTOP).new_page()
    asked, said = list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    ask(page, "青石职业技术学院2023届毕业生就业率是多少？")
    assert [
        url for url in asked if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))
    ] == []
    assert [text for text in said if "Content Security Policy" in text] == []
    with framing(address) as other, page.expect_console_message(lambda m: "frame-ancestors" in m.text):
        page.goto(other)
    page.context.close()


@contextmanager
def framing(address: str) -> Iterator[str]:
    """Address of a page of another site that frames this one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{address}"></iframe>'.encode())

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
