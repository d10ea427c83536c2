from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.tokens import ESTIMATE, Vocabulary, estimate_tokens


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("", 0, 0), ("学校", 2, 4), ("34118.10", 4, 6), ("vocational", 2, 5), ("，。", 2, 3), ("学校2023年", 5, 8)],
)
def test_estimate(text: str, least: int, most: int) -> None:
    assert least <= estimate_tokens(text) <= most


@given(st.text(alphabet="学校aB1 ，.\n"), st.text(alphabet="学校aB1 ，.\n"))
def test_pieces_take_no_fewer_tokens_than_the_whole(first: str, second: str) -> None:
    assert estimate_tokens(first) + estimate_tokens(second) >= estimate_tokens(first + second)


def test_a_vocabulary_that_is_there_counts() -> None:
    counter, name = Vocabulary("v", lambda: len).counter()
    assert (counter("一二三"), name) == (3, "v")


def test_a_vocabulary_that_fails_is_replaced_by_the_estimate_and_not_asked_for_again() -> None:
    asked: list[int] = []

    def load() -> Callable[[str], int]:
        asked.append(1)
        raise OSError("no network")

    vocabulary = Vocabulary("v", load)
    assert [vocabulary.counter()[1] for _ in range(3)] == [ESTIMATE] * 3
    assert vocabulary.counter()[0] is estimate_tokens
    assert asked == [1]


def test_a_vocabulary_that_hangs_is_waited_for_once_and_used_when_it_comes() -> None:
    arrived = threading.Event()

    def load() -> Callable[[str], int]:
        arrived.wait(10)
        return len

    vocabulary = Vocabulary("v", load, wait_seconds=0.1)
    started = time.monotonic()
    assert [vocabulary.counter()[1] for _ in range(20)] == [ESTIMATE] * 20
    assert time.monotonic() - started < 1
    arrived.set()
    while vocabulary.counter()[1] == ESTIMATE and time.monotonic() - started < 10:
        time.sleep(0.01)
    assert vocabulary.counter()[1] == "v"


def test_a_proxy_that_never_answers_holds_nobody_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = f"http://127.0.0.1:{silent.getsockname()[1]}"
        code = "from rag.language.tokens import token_counter; count, name = token_counter(); print(name, count('学校') > 1)"
        ran = subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[1],
            env={**os.environ, "HTTPS_PROXY": proxy, "https_proxy": proxy, "TIKTOKEN_CACHE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    assert ran.stdout.split() == [ESTIMATE, "True"]
