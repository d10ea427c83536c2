"""Edge: the page's server as a child process that ends with this one."""

from __future__ import annotations

import errno
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from rag.errors import UsageError, WenbaoError

START_SECONDS = 60.0
"""How long the server may take until it answers."""
STOP_SECONDS = 10.0
_LOOK_EVERY_SECONDS = 0.1


def check_address(address: str, port: int) -> None:
    """Raises WenbaoError where nothing can be served at the address, such as a port another program uses."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        socket.create_server((address, port), family=family).close()
    except socket.gaierror as error:
        raise UsageError(f"网页地址 {address!r} 不对：请检查 page_address。") from error
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)):
            raise WenbaoError(
                f"端口 {port} 已被占用（可能问报已经在运行）：请关掉占用它的程序，或用 --port 换一个端口。"
            ) from error
        raise WenbaoError(
            f"无法在 {address}:{port} 提供网页（{error.strerror or error}）：请用 --port 换一个端口。"
        ) from error


def serve_page(
    script: Path, address: str, port: int, environment: Mapping[str, str], on_ready: Callable[[], None]
) -> int:
    """Serve a Streamlit page until it ends or is interrupted; its exit code, 0 where it was interrupted."""
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.address", address, "--server.port", str(port), "--server.headless", "true"]
    command += ["--logger.hideWelcomeMessage", "true", "--logger.level", "warning"]
    previous = signal.signal(signal.SIGTERM, _interrupt)
    # What Streamlit says on stdout is its own English; errors go to stderr.
    process = subprocess.Popen(
        command, env=dict(environment), cwd=script.parent, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        if _wait_until_ready(process, address, port):
            on_ready()
        return process.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(process)
        signal.signal(signal.SIGTERM, previous)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((_reachable(address), port), timeout=1.0).close()
        except OSError:
            time.sleep(_LOOK_EVERY_SECONDS)
        else:
            return True
    return False


def _reachable(address: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(address, address)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
