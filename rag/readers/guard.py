"""Reading a file in a child process that a hostile or damaged file can spoil without harm to this one."""

from __future__ import annotations

import io
import os
import pickle
import stat
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rag
from rag.errors import UnreadableFileError
from rag.readers.memory import OUT_OF_MEMORY_EXIT
from rag.readers.request import (
    ANSWER_NAME,
    OUT_OF_MEMORY,
    PAGE_COUNT_NAME,
    Request,
    os_error_reason,
    too_large,
)
from rag.records import ReadFile

POLL_SECONDS = 0.05
STOPPED = "读取已中断。"
CRASHED = "解析程序中途崩溃（文件已损坏、内存不足或含恶意内容）；请重新导出后再导入。"
UNUSABLE_ANSWER = "解析结果不完整，无法使用；请重试，或重新导出文件后再导入。"


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may cost."""

    memory_bytes: int = 2 * 2**30
    """Of the child process: address space on Linux, resident memory elsewhere."""
    seconds: float = 120.0
    seconds_per_page: float = 0.5
    """Added to `seconds` for every page once the number of pages is known."""
    max_pages: int = 1000
    max_file_bytes: int = 200 * 2**20
    max_answer_bytes: int = 512 * 2**20


def read_report(
    path: Path, limits: Limits = Limits(), *, password: str | None = None, stop: threading.Event | None = None
) -> ReadFile:
    """The file's pages, read in a child process within the limits; raises UnreadableFileError with the reason.

    Setting `stop` from another thread ends it early.
    """
    path = Path(path)
    _check_before_reading(path, limits)
    with tempfile.TemporaryDirectory(prefix="wenbao-", ignore_cleanup_errors=True) as folder:
        request = Request(
            str(path.absolute()), folder, password, limits.max_pages, limits.max_file_bytes, limits.memory_bytes
        )
        with Path(folder, "errors").open("w+b") as errors:
            code = _run(request, limits, errors, stop or threading.Event())
            errors.seek(0)
            complaint = errors.read()[-20_000:].decode("utf-8", errors="replace")
        return _result(Path(folder, ANSWER_NAME), code, limits, complaint)


def _check_before_reading(path: Path, limits: Limits) -> None:
    try:
        status = path.stat()
    except OSError as error:
        raise UnreadableFileError(os_error_reason(error)) from error
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableFileError("这是一个文件夹，不是文件。")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFileError("这不是普通文件（可能是设备或管道），不能读取。")
    if status.st_size > limits.max_file_bytes:
        raise UnreadableFileError(too_large(status.st_size, limits.max_file_bytes))


def _run(request: Request, limits: Limits, errors: Any, stop: threading.Event) -> int:
    """Exit code of the child; it has ended when this returns or raises."""
    process = start_child("rag.readers.worker", stdout=subprocess.DEVNULL, stderr=errors)
    try:
        assert process.stdin is not None
        _ask(process.stdin, request)
        return _wait(process, limits, Path(request.folder, PAGE_COUNT_NAME), stop)
    finally:
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def start_child(module: str, *, stdout: int, stderr: Any) -> subprocess.Popen[bytes]:
    """A child process that runs one of our modules, asked through its standard input."""
    home = str(Path(rag.__file__).resolve().parents[1])
    search_path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=stderr,
        env={**os.environ, "PYTHONPATH": search_path, "PYTHONUTF8": "1"},
    )


def _ask(stream: Any, request: Request) -> None:
    """Send the request and leave the pipe open: its end tells the child that this process is gone."""
    try:
        stream.write(pickle.dumps(request))
        stream.flush()
    except OSError:
        return  # the child has died already; its exit code and its complaint say more


def _wait(process: subprocess.Popen[bytes], limits: Limits, page_count: Path, stop: threading.Event) -> int:
    started = time.monotonic()
    while True:
        try:
            return process.wait(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if stop.is_set():
                raise UnreadableFileError(STOPPED) from None
            spent = time.monotonic() - started
            if spent > limits.seconds and spent > limits.seconds + limits.seconds_per_page * _pages(page_count):
                raise UnreadableFileError(
                    f"解析超过 {spent:.0f} 秒仍未完成，已停止（文件过于复杂、已损坏或含恶意内容）；请拆分或重新导出后再导入。"
                ) from None


def _pages(page_count: Path) -> int:
    try:
        return int(page_count.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _result(answer: Path, code: int, limits: Limits, complaint: str) -> ReadFile:
    cause = RuntimeError(f"child ended with {code}\n{complaint}")
    if code == OUT_OF_MEMORY_EXIT or (code and "MemoryError" in complaint):
        raise UnreadableFileError(OUT_OF_MEMORY) from cause
    if code or not answer.exists():
        raise UnreadableFileError(CRASHED) from cause
    if answer.stat().st_size > limits.max_answer_bytes:
        raise UnreadableFileError("读出的内容过大，已拒绝；请拆分文件后再导入。")
    result = _unpickled(answer.read_bytes())
    if isinstance(result, str):
        raise UnreadableFileError(result) from (cause if complaint else None)
    if not isinstance(result, ReadFile):
        raise UnreadableFileError(UNUSABLE_ANSWER) from cause
    return result


class _RecordsOnly(pickle.Unpickler):
    """The child has parsed hostile bytes: nothing but our own values is taken from it."""

    def find_class(self, module: str, name: str) -> Any:
        if module != "rag.records":
            raise pickle.UnpicklingError(f"{module}.{name} is not expected in an answer")
        return super().find_class(module, name)


def _unpickled(data: bytes) -> object:
    try:
        return _RecordsOnly(io.BytesIO(data)).load()
    except Exception as error:  # a broken pickle raises nearly anything
        raise UnreadableFileError(UNUSABLE_ANSWER) from error
