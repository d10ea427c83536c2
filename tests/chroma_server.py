"""A real Chroma server on the loopback, for the tests that need one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rag.index.chroma import ChromaLocation

SERVER_START_SECONDS = 30.0


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def chroma_server(folder: Path, port: int | None = None) -> Iterator[ChromaLocation]:
    """Runs `chroma run` on `folder`; skips the test where that cannot be done."""
    command = shutil.which("chroma", path=str(Path(sys.executable).parent))
    if command is None:
        pytest.skip("no chroma command")
    location = ChromaLocation("127.0.0.1", port or free_port())
    arguments = [command, "run", "--host", location.host, "--port", str(location.port), "--path", str(folder)]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if not _listens(location, process):
            pytest.skip("chroma run does not start here")
        yield location
    finally:
        process.kill()
        process.wait()


def _listens(location: ChromaLocation, process: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + SERVER_START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as client:
            if client.connect_ex((location.host, location.port)) == 0:
                return True
        time.sleep(0.05)
    return False
