from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, IncompleteRead, RemoteDisconnected
from urllib.parse import urlsplit

import pytest

from evals.benchmarks.model_server import ModelServer, Reply

ASKED = {"model": "m", "messages": [{"role": "user", "content": "就业率是多少"}]}


def post(server: ModelServer, **changes: object) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", urlsplit(server.url).port, timeout=5)
    try:
        connection.request("POST", "/v1/chat/completions", json.dumps(ASKED | changes))
        answered = connection.getresponse()
        return answered.status, answered.read()
    finally:
        connection.close()


def events(data: bytes) -> list[str]:
    return [line.removeprefix("data: ") for line in data.decode().split("\n\n") if line]


def test_a_script_answers_and_every_request_is_kept():
    with ModelServer(lambda body: body["messages"][-1]["content"] + "？") as server:
        status, data = post(server)
        said = json.loads(data)
        assert (status, said["choices"][0]["message"]["content"]) == (200, "就业率是多少？")
        assert (said["model"], said["choices"][0]["finish_reason"]) == ("m", "stop")
        assert server.requests[0].path == "/v1/chat/completions"
        assert json.loads(server.requests[0].raw) == server.requests[0].body == ASKED


@pytest.mark.parametrize("framing", ["chunked", "length", "close"])
@pytest.mark.parametrize("write_bytes", [None, 5])
def test_a_stream_says_the_same_however_it_is_framed(framing, write_bytes):
    with ModelServer(lambda body: Reply("去向落实率为九成", framing=framing, write_bytes=write_bytes)) as server:
        received = events(post(server, stream=True, stream_options={"include_usage": True})[1])
    assert received[-1] == "[DONE]"
    chunks = [json.loads(event) for event in received[:-1]]
    said = "".join(c["delta"].get("content", "") for chunk in chunks for c in chunk["choices"])
    assert said == "去向落实率为九成"
    assert chunks[-1]["usage"]["completion_tokens"] == 4


def test_the_queue_comes_before_the_script():
    with ModelServer(lambda body: "好") as server:
        server.queue.append(Reply(status=429, body=b"{}", headers={"Retry-After": "3"}))
        assert [post(server)[0], post(server)[0]] == [429, 200]


def test_a_stream_is_cut_on_cue():
    with ModelServer(lambda body: Reply("一" * 40, cut_after=2)) as server, pytest.raises(IncompleteRead):
        post(server, stream=True)


def test_closing_ends_what_hangs():
    server = ModelServer(lambda body: Reply(hang_before=True))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(post, server)
        while not server.requests:
            time.sleep(0.01)
        server.close()
        with pytest.raises(RemoteDisconnected):
            asked.result(timeout=5)
